"""Say where a number of a finished report comes from: cell, table, rules, inputs, law, meter or assumption."""

import argparse
import re
import sys
from pathlib import Path

import pandas as pd

from analysis.errors import ConfigError, DataError, Fault, PipelineError
from analysis.io import read_csv_table, read_table, read_text
from analysis.policy.loader import load_scheme
from analysis.report.lineage import REPORT, Lineage, read_lineage
from analysis.report.results import COMMITTED, ONCE_MADE, TABLES
from analysis.report.trace_number import find_cells
from analysis.report.trace_text import descriptor_lines, law_lines, trace_lines
from analysis.schemas.assumptions import Parameters
from analysis.sources.descriptor import load_descriptor

PARAMETERS = Path("data/assumptions/parameters.csv")


def main(*, root: Path, asked: str, scenario: str) -> list[str]:
    """Give the lines to print for one number of a scenario's report."""
    if not asked.strip():
        expected = '"29 MW" or "headlines:firm_discharge_mw:SE:value"'
        raise ConfigError(Fault("make trace NUMBER", "nothing", expected, "Say: make trace NUMBER=…"))
    if not re.fullmatch(r"[A-Za-z0-9_-]+", scenario):
        raise ConfigError(Fault("make trace SCENARIO", repr(scenario), "a folder of data/results", "Check the name."))
    place = Path("data/results") / scenario / "lineage.json"
    if not (root / place).exists():
        remedy = f"Make the report first: make report SCENARIO={scenario}"
        raise DataError(Fault(place.as_posix(), "no such file", "the graph of a finished run", remedy))
    lineage = read_lineage(read_text(root / place), place.as_posix())
    cells = find_cells(asked, _tables(root, lineage))
    parameters = read_csv_table(root / PARAMETERS, Parameters)
    return trace_lines(cells, lineage, parameters, lambda path: _told(root, path))


def _tables(root: Path, lineage: Lineage) -> dict[str, pd.DataFrame]:
    """Every table that the report of the run shows."""
    read = next(job.inputs for job in lineage.jobs if job.rule == REPORT)
    made = {**TABLES, **ONCE_MADE}
    shown = {name: root / read[name][0] for name in (*made, *COMMITTED) if name in read}
    if missing := [path for path in shown.values() if not path.exists()]:
        raise DataError(
            Fault(path.as_posix(), "no such file", "a table of the run", "Make the report again.") for path in missing
        )
    return {
        name: read_table(path, made[name]) if name in made else read_csv_table(path, COMMITTED[name])
        for name, path in shown.items()
    }


def _told(root: Path, path: str) -> list[str]:
    """What a source tells about itself: references of a law, licence of a descriptor."""
    if path.startswith("data/policy/"):
        return law_lines(load_scheme(root / path))
    if path.startswith("data/sources/"):
        return descriptor_lines(load_descriptor(Path(path).stem, root / "data" / "sources"))
    return []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", help='"29 MW", or table:row:column')
    parser.add_argument("--scenario", default="default")
    given = parser.parse_args()
    try:
        print("\n".join(main(root=Path(), asked=given.number, scenario=given.scenario)))
    except PipelineError as error:
        print(f"{type(error).__name__}: {error.message}", file=sys.stderr)
        sys.exit(1)
