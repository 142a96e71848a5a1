"""Sums dispatch values up by area, strategy and level, and lays the mean car's value out step by step."""

from pathlib import Path

from analysis.io import read_csv_table, read_table, write_table
from analysis.potential.value_steps import value_steps
from analysis.potential.value_summary import summarise_values
from analysis.schemas.assumptions import Parameters
from analysis.schemas.results import DispatchValues, FleetStock
from analysis.schemas.sample import DispatchSample
from analysis.schemas.value_summary import ValueSteps, ValueSummary
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *, dispatch_values: Path, dispatch_sample: Path, fleet_stock: Path, parameters: Path, value_summary: Path,
    steps: Path, year: int, settings: dict,
) -> None:  # fmt: skip
    """Read the values, the sample's weights and the cars of the areas in one year; write both tables."""
    run = Settings.model_validate(settings)
    values, sample = read_table(dispatch_values, DispatchValues), read_table(dispatch_sample, DispatchSample)
    stock = read_table(fleet_stock, FleetStock)
    area_cars = stock[stock["year"] == year].set_index("price_area")["bev_count"]
    assumed = parameter_set(read_csv_table(parameters, Parameters), run.assumptions.overrides)
    write_table(summarise_values(values, sample, area_cars), value_summary, ValueSummary)
    full = run.scope.full_reserve_level_id
    write_table(value_steps(values, sample, area_cars, assumed, full), steps, ValueSteps)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
