"""Gathers the areas and years of the dispatch into one table of values and one of capability, of the same cars."""

from pathlib import Path

import pandas as pd

from analysis.dispatch.left_out import of_solved, solved_sample
from analysis.io import read_table, write_table
from analysis.schemas.results import CapabilityHours, DispatchValues
from analysis.schemas.sample import DispatchSample, InfeasibleCars


def main(
    *,
    values: list[Path],
    capability: list[Path],
    infeasible: list[Path],
    dispatch_sample: Path,
    dispatch_values: Path,
    capability_hours: Path,
    infeasible_cars: Path,
    sample: Path,
) -> None:
    left_out = pd.concat([read_table(Path(path), InfeasibleCars) for path in infeasible], ignore_index=True)
    rows = pd.concat([read_table(Path(path), DispatchValues) for path in values], ignore_index=True)
    hours = pd.concat([read_table(Path(path), CapabilityHours) for path in capability], ignore_index=True)
    write_table(of_solved(rows, left_out), dispatch_values, DispatchValues)
    write_table(of_solved(hours, left_out), capability_hours, CapabilityHours)
    write_table(left_out, infeasible_cars, InfeasibleCars)
    write_table(solved_sample(read_table(dispatch_sample, DispatchSample), left_out), sample, DispatchSample)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
