"""What a page tells of its numbers: each table's way in words of its language, sources once, no table unread."""

import json
import re

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.report import lineage
from analysis.report.text import Voice, read_catalog
from analysis.report.trace_page import HOLDER, trace_data, with_trace
from tests.analysis.report import report_fixtures
from tests.conftest import ROOT

PARAMETERS = pd.DataFrame({"id": ["cba.rate", "veh.eps0"], "verified": [True, False]})


def job(rule, inputs, outputs, parameters=()):
    return {"rule": rule, "script": "", "message": rule, "wildcards": {}, "inputs": inputs, "outputs": {"": outputs},
            "parameters": list(parameters)}  # fmt: skip


def graph():
    """Headlines from two schemes, which rest on law and prices; trips are generated and rest on statistics."""
    parts = [f"data/results/s/schemes/{name}/summary.parquet" for name in ("none", "task53")]
    jobs = [
        job("render_report", {"headlines": ["data/results/s/headlines.parquet"], "trips": ["data/interim/d/t.parquet"]},
            ["reports/build/s/index.html"]),
        job("summarise_schemes", {"": parts}, ["data/results/s/headlines.parquet"]),
        job("generate_travel", {"": ["data/reference/travel_facts.csv"]}, ["data/interim/d/t.parquet"]),
        *(job("evaluate_scheme", {"": [f"data/policy/se/{name}.yaml", "data/interim/d/t.parquet",
                                       "INPUTS/p/1.csv", "INPUTS/p/2.csv"]}, [part], ["cba.rate", "veh.eps0"])
          for name, part in zip(("none", "task53"), parts, strict=True)),
    ]  # fmt: skip
    return lineage.read_lineage(json.dumps({"scenario": "s", "jobs": jobs}), "lineage.json")


def voice(locale):
    texts = read_catalog(report_fixtures.demo_texts()[locale])
    return Voice(locale, {**texts, "scheme.none": "Nothing", "scheme.task53": "Task"})


def test_the_way_of_the_headlines_is_told_rule_by_rule_and_kind_by_kind():
    told = trace_data(["headlines"], graph(), PARAMETERS, voice("sv"))
    table = told["tables"]["headlines"]
    assert table["files"] == ["data/results/s/headlines.parquet"]
    words = [(distance, told["rules"][rule], count) for distance, rule, count in table["steps"]]
    assert words == [
        (0, "Stöden sida vid sida, huvudtal", 1), (1, "Ett stöd: införande och konton", 2),
        (2, "Resor: bilarnas dagböcker, genererade", 1),
    ]  # fmt: skip
    sources = {kind: [told["sources"][place] for place in places] for kind, places in table["sources"].items()}
    assert sources == {
        "law": ["Nothing (data/policy/se/none.yaml)", "Task (data/policy/se/task53.yaml)"],
        "meter": ["INPUTS/p/*.csv (2 filer)"],
        "statistics": ["data/reference/travel_facts.csv"],
        "generated": ["Resor: bilarnas dagböcker, genererade"],
    }
    assert re.search(r"\b2 parametrar.*\b1 av dem", table["parameters"])


def test_a_page_holds_what_its_own_views_name_and_nothing_else():
    page = f'<p data-origin="headlines trips">1</p>{HOLDER}</script>'
    told = with_trace(page, graph(), PARAMETERS, voice("en"))
    data = json.loads(re.search(rf"{HOLDER}(.*?)</script>", told)[1])
    assert set(data["tables"]) == {"headlines", "trips"}
    assert set(json.loads(with_trace(HOLDER, graph(), PARAMETERS, voice("en"))[len(HOLDER) :])["tables"]) == set()


def test_a_table_that_the_report_does_not_read_is_a_fault():
    with pytest.raises(DataError, match="saturation"):
        with_trace(f'<p data-origin="saturation">1</p>{HOLDER}', graph(), PARAMETERS, voice("en"))


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_every_rule_of_the_workflow_has_its_words(locale):
    files = [ROOT / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]
    rules = {name for path in files for name in re.findall(r"^rule (\w+):", path.read_text("utf-8"), re.MULTILINE)}
    gathering = {"all", "calibrate"}  # they make no file
    texts = read_catalog(report_fixtures.demo_texts()[locale])
    assert len(rules) > 50
    assert sorted(rules - gathering - {name.removeprefix("rule.") for name in texts}) == []
