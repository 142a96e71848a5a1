"""Solve a handful of vehicles of every use case on the run's prices of its price area, at the latest price year."""

from pathlib import Path

import pandas as pd

from analysis.dispatch.inputs import market_weeks, northern_share
from analysis.dispatch.use_cases import GridTerms, dispatch_use_cases, season_weeks
from analysis.fleet.use_cases import use_cases as rows_to_cases
from analysis.io import read_csv_table, read_table, write_table
from analysis.market.grid_tariff import grid_tariff, parameters_of_price_year
from analysis.schemas import assumptions, market, mobility
from analysis.schemas.tariffs import AreaTariffs, GridTariffs
from analysis.schemas.use_cases import UseCases, UseCaseValues
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set

VEHICLES = 3


def main(
    *, use_cases: Path, representative_weeks: Path, day_ahead_prices: Path, reserve_prices: Path, household_load: Path,
    parameters: Path, tariffs: Path, grid_tariffs: list[Path], market_facts: Path, values: Path, settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    year, scope = max(run.scope.price_years), run.scope
    assumed = parameter_set(read_csv_table(parameters, assumptions.Parameters), run.assumptions.overrides)
    facts, northern = read_csv_table(market_facts, assumptions.Facts), read_csv_table(tariffs, AreaTariffs)
    listed = pd.concat([read_csv_table(path, GridTariffs) for path in grid_tariffs], ignore_index=True)
    cases = rows_to_cases(read_csv_table(use_cases, UseCases))
    grids = {}
    for name in sorted({case.grid_tariff for case in cases}):
        tariff = grid_tariff(listed, name)
        laid = parameters_of_price_year(assumed, tariff, facts, energy_tax=run.assumptions.energy_tax, price_year=year)
        grids[name] = GridTerms(laid, tariff.charge)
    tables = (
        read_table(representative_weeks, mobility.RepresentativeWeeks),
        read_table(day_ahead_prices, market.DayAheadPrices),
        read_table(reserve_prices, market.ReservePrices),
        read_table(household_load, market.HouseholdLoad),
    )
    weeks = {
        area: season_weeks(market_weeks(*tables, price_area=area, price_year=year, step_h=scope.step_h))
        for area in scope.price_areas
        if area in {case.price_area for case in cases}
    }
    found = dispatch_use_cases(
        cases, weeks, grids, price_year=year, step_h=scope.step_h, seed=run.seed, vehicle_count=VEHICLES,
        northern_pu={area: northern_share(northern, area) for area in scope.price_areas},
    )  # fmt: skip
    write_table(found, values, UseCaseValues)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
