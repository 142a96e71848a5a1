"""Lay out what two-way charging is worth step by step, and what is taken on the way to the owner."""

from pathlib import Path

from analysis.io import read_csv_table, read_table, write_table
from analysis.potential.value_steps import value_steps as steps_of
from analysis.schemas.assumptions import Parameters
from analysis.schemas.results import DispatchValues, FleetStock
from analysis.schemas.sample import DispatchSample
from analysis.schemas.value_summary import ValueSteps
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *,
    dispatch_values: Path,
    dispatch_sample: Path,
    fleet_stock: Path,
    parameters: Path,
    value_steps: Path,
    year: int,
    settings: dict,
) -> None:
    run = Settings.model_validate(settings)
    stock = read_table(fleet_stock, FleetStock)
    full = next(level for level in run.scope.reserve_levels if level.fcr_n_pu == 1.0 and level.fcr_d_pu == 1.0)
    steps = steps_of(
        read_table(dispatch_values, DispatchValues),
        read_table(dispatch_sample, DispatchSample),
        stock[stock["year"] == year].set_index("price_area")["bev_count"],
        parameter_set(read_csv_table(parameters, Parameters), run.assumptions.overrides),
        full.level_id,
    )
    write_table(steps, value_steps, ValueSteps)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
