"""Gathers the areas and years of the dispatch into one table of values and one of capability."""

from pathlib import Path

import pandas as pd

from analysis.io import read_table, write_table
from analysis.schemas.results import CapabilityHours, DispatchValues


def main(*, values: list[Path], capability: list[Path], dispatch_values: Path, capability_hours: Path) -> None:
    rows = [read_table(Path(path), DispatchValues) for path in values]
    write_table(pd.concat(rows, ignore_index=True), dispatch_values, DispatchValues)
    hours = [read_table(Path(path), CapabilityHours) for path in capability]
    write_table(pd.concat(hours, ignore_index=True), capability_hours, CapabilityHours)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
