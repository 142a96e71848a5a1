"""Put two finished runs side by side, with the runs between them where there are any; none is run again."""

import argparse
import re
import sys
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import ConfigError, DataError, Fault, PipelineError
from analysis.io import read_csv_table, read_table, read_text, write_text
from analysis.policy.loader import load_scheme
from analysis.provenance import code_digest, file_digest
from analysis.report.compare_page import build_comparison
from analysis.report.compare_ready import unfinished
from analysis.report.compare_tables import PARAMETERS, Run
from analysis.report.results import scheme_labels
from analysis.schemas.assumptions import Parameters
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.results import Headlines, SchemeSummary
from analysis.schemas.value_summary import ValueSummary
from analysis.settings.load import read_yaml, scenario_names

TABLES = {"headlines": Headlines, "scheme_summary": SchemeSummary, "value_summary": ValueSummary}


def main(*, root: Path, names: list[str]) -> Path:
    """Compare the first with the last of the named folders of data/results; give the folder of the pages."""
    if odd := [name for name in names if not re.fullmatch(r"[A-Za-z0-9_-]+", name)]:
        expected = "names of two folders in data/results"
        raise ConfigError([Fault("make compare", repr(name), expected, "Say: make compare A=… B=…") for name in odd])
    folders = {name: root / "data" / "results" / name for name in names}
    records = {name: _record(folder) for name, folder in folders.items()}
    known = scenario_names(root / "workflow" / "config")
    wanted = f"make compare A={names[0]} B={names[-1]}"
    faults = [unfinished(wanted, name, records[name], _digests(folders[name]), known) for name in folders]
    if any(faults):
        raise DataError(chain.from_iterable(faults))
    runs = {name: _read(folders[name], records[name]) for name in folders}
    files = {root / f"data/policy/se/{scheme}.yaml" for run in runs.values() for scheme in run.scheme_summary["scheme"]}
    site = build_comparison(
        [runs[name] for name in names],
        read_csv_table(root / PARAMETERS, Parameters),
        {"parameters": file_digest(root / PARAMETERS), "code": code_digest()},
        scheme_labels(load_scheme(path) for path in sorted(files) if path.exists()),
        {path.parents[1].name: read_text(path) for path in root.glob("reports/text/*/LC_MESSAGES/report.po")},
        {path.name: read_text(path) for room in ("templates", "theme") for path in (root / "reports" / room).iterdir()},
    )
    target = root / "reports" / "build" / "compare" / f"{names[0]}_{names[-1]}"
    for path, text in site.items():
        write_text(text, target / path)
    return target


def _record(folder: Path) -> dict[str, Any] | None:
    return read_yaml(folder / "run.yaml") if (folder / "run.yaml").exists() else None


def _digests(folder: Path) -> dict[str, str | None]:
    paths = [folder / f"{table}.parquet" for table in TABLES]
    return {path.name: file_digest(path) if path.exists() else None for path in paths}


def _read(folder: Path, record: dict[str, Any] | None) -> Run:
    tables = {part: read_table(folder / f"{part}.parquet", schema) for part, schema in TABLES.items()}
    paths = [
        folder / "schemes" / scheme / "draws.parquet" for scheme in sorted(set(tables["scheme_summary"]["scheme"]))
    ]
    parts = [read_table(path, SchemeDraws) for path in paths if path.exists()]
    draws = pd.concat(parts) if parts else pd.DataFrame(columns=list(SchemeDraws.to_schema().columns))
    return Run(name=folder.name, record=record or {}, draws=draws, **tables)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a", help="a folder of data/results")
    parser.add_argument("b", help="another")
    parser.add_argument("--via", default="", help="runs between, in order, with commas")
    given = parser.parse_args()
    try:
        page = main(root=Path(), names=[given.a, *filter(None, given.via.split(",")), given.b])
    except PipelineError as error:
        print(f"{type(error).__name__}: {error.message}", file=sys.stderr)
        sys.exit(1)
    print(f"Comparison:  {page / 'index.html'}   (English: {page / 'en' / 'index.html'})")
