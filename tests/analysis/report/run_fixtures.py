"""A small run to show: three rules, two files of the user, two laws."""

from dataclasses import replace
from functools import cache

import pandas as pd

from analysis.policy.loader import load_scheme
from analysis.report.run_inputs import RawFile
from analysis.report.run_page import RunFacts
from analysis.sources.descriptor import load_descriptor
from tests.analysis.report import report_fixtures as fixtures
from tests.conftest import ROOT

STAGES = {"build_prices": "ingest", "dispatch_vehicles": "dispatch", "render_report": "report", "unused": "calibrate"}
PRICES, VALUES, PAGE = (
    "data/interim/one/prices.parquet",
    "data/results/default/values.parquet",
    "reports/build/default/index.html",
)


def job(rule, message, reads, makes):
    return {"rule": rule, "message": message, "wildcards": {}, "inputs": {"read": reads}, "outputs": {"made": makes}}


@cache
def demo_facts() -> RunFacts:
    """Facts of a run whose third job has no record."""
    results = fixtures.demo_results()
    tables = ["data/reference/municipalities.csv", "data/assumptions/parameters.csv"]
    laws = ["data/policy/se/none.yaml", "data/policy/se/task53.yaml"]
    return RunFacts(
        run={
            "seed": 1, "code_digest": "c0de", "lock_sha256": "10c4", "python": "3.11.7", "settings": {"seed": 1},
            "libraries": {"pandas": "3.1.1", "six": "1.17.0"},
            "inputs": {"prices/2024.csv": "aa11", "sessions.csv": "bb22"},
            "committed_inputs": {path: f"digest-{number}" for number, path in enumerate([*tables, *laws])},
        },
        settings=fixtures.demo_settings(),
        scenario="default",
        dataset="embedded-1234abcd",
        lineage={"jobs": [
            job("build_prices", "Prices", ["INPUTS/prices/2024.csv"], [PRICES]),
            job("dispatch_vehicles", "Dispatch", [PRICES], [VALUES]),
            job("render_report", "Report", [VALUES], [PAGE]),
            job("unused", "Not of this run", [PRICES], ["data/results/calibration/z.csv"]),
        ]},
        records={
            PRICES: {"rule": "build_prices", "starttime": 1_790_000_000.0, "endtime": 1_790_000_002.5},
            VALUES: {"rule": "dispatch_vehicles", "starttime": 1_790_000_003.0, "endtime": 1_790_000_013.0},
        },
        stages=STAGES,
        parameters=results.parameters,
        sensitivity=results.sensitivity,
        code_assumptions=pd.DataFrame({"path": ["analysis/x.py"], "line": [3], "assumption": ["cars live 17 years"]}),
        schemes=[load_scheme(ROOT / path) for path in laws],
        descriptors={
            name: load_descriptor(name, ROOT / "data" / "sources") for name in ("mimer_fcr", "norway12_sessions")
        },
        raw=[
            RawFile("prices/2024.csv", "reserve_prices", "mimer_fcr", 1000),
            RawFile("sessions.csv", "sessions", "norway12_sessions", 2000),
        ],
        sizes=dict.fromkeys([*tables, *laws], 512),
        guide=(ROOT / "data" / "README.md").read_text(encoding="utf-8"),
        libraries=["pandas"],
        has_snakemake_page=False,
    )  # fmt: skip


def hostile_facts(markup: str) -> RunFacts:
    """The same run with markup wherever a name can come from outside."""
    facts = demo_facts()
    descriptor = facts.descriptors["mimer_fcr"].model_copy(
        update={"licence": markup, "citation": markup, "url": markup}
    )
    jobs = [job("build_prices", markup, [f"INPUTS/{markup}"], [f"data/results/default/{markup}"])]
    return replace(
        facts,
        run=facts.run | {"inputs": {markup: markup}, "code_digest": markup, "libraries": {markup: markup}},
        scenario=facts.scenario,
        lineage={"jobs": jobs},
        descriptors={"mimer_fcr": descriptor},
        raw=[RawFile(markup, "sessions", "mimer_fcr", 1)],
        code_assumptions=pd.DataFrame({"path": [markup], "line": [1], "assumption": [markup]}),
    )
