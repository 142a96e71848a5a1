"""Solve a few cars at reserve price levels that no run designs, and hold the values between levels against them."""

from pathlib import Path

import pandas as pd

from analysis.dispatch.inputs import northern_share
from analysis.dispatch.values import dispatch_vehicles
from analysis.io import normalise, read_csv_table, read_table, write_text
from analysis.market.reserve_rules import reserve_shares
from analysis.potential.level_check import HELD_OUT, level_check
from analysis.schemas import assumptions, market, mobility
from analysis.schemas.level_check import LevelCheck
from analysis.schemas.sample import DispatchSample
from analysis.schemas.tariffs import AreaTariffs
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set

CARS = 10


def main(
    *, availability_weeks: Path, representative_weeks: Path, vehicles: Path, dispatch_sample: Path,
    day_ahead_prices: Path, reserve_prices: Path, household_load: Path, parameters: Path, tariffs: Path, check: Path,
    settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    designed = run.scope.reserve_levels
    option = run.scope.two_way_option
    scope = run.scope.model_copy(update={"reserve_levels": (*designed, *HELD_OUT), "charger_options": (option,)})
    assumed = parameter_set(read_csv_table(parameters, assumptions.Parameters), run.assumptions.overrides)
    # the heaviest cars of the sample, in the area of most cars: what is tested is the path between levels
    sample = read_table(dispatch_sample, DispatchSample).sort_values("weight", ascending=False).head(CARS)
    area = "SE3" if "SE3" in scope.price_areas else scope.price_areas[0]
    tables = {
        "availability_weeks": read_table(availability_weeks, mobility.AvailabilityWeeks),
        "representative_weeks": read_table(representative_weeks, mobility.RepresentativeWeeks),
        "vehicles": read_table(vehicles, mobility.Vehicles),
        "day_ahead_prices": read_table(day_ahead_prices, market.DayAheadPrices),
        "reserve_prices": read_table(reserve_prices, market.ReservePrices),
        "household_load": read_table(household_load, market.HouseholdLoad),
    }
    northern = northern_share(read_csv_table(tariffs, AreaTariffs), area)
    solved = [
        dispatch_vehicles(
            **tables, dispatch_sample=sample, parameters=assumed, price_area=area, price_year=year, scope=scope,
            northern_pu=northern,
        )[0]
        for year in scope.price_years
    ]  # fmt: skip
    share, _ = reserve_shares(assumed)
    found = level_check(
        pd.concat(solved, ignore_index=True), sample, {area: 1.0}, (option,), scope.price_years, designed, share
    )
    table = LevelCheck.validate(normalise(found)[list(LevelCheck.to_schema().columns)])
    write_text(table.to_csv(index=False, lineterminator="\n", float_format="%.6g"), check)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
