"""Choose representative weeks of each price year, and follow the sampled cars through them, step by step, per area."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.io import read_csv_table, read_table, write_table
from analysis.mobility import availability as rooms
from analysis.mobility.calibration import calibrated_behaviour, calibration_cars
from analysis.mobility.contracts import Contract
from analysis.mobility.weeks import choose_weeks
from analysis.mobility.years import reference_weather
from analysis.schemas.assumptions import Parameters
from analysis.schemas.market import DayAheadPrices, ReservePrices, Temperature
from analysis.schemas.mobility import AvailabilityWeeks, RepresentativeWeeks, Trips, Vehicles
from analysis.schemas.plug_in import PlugInStatistics
from analysis.schemas.sample import DispatchSample
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *,
    trips: Path,
    vehicles: Path,
    temperature: Path,
    day_ahead_prices: Path,
    reserve_prices: Path,
    plug_in_statistics: Path,
    dispatch_sample: Path,
    parameters: Path,
    representative_weeks: Path,
    availability_weeks: Path,
    settings: dict[str, Any],
) -> None:
    run = Settings.model_validate(settings)
    scope = run.scope
    rows = read_csv_table(parameters, Parameters)
    assumptions = parameter_set(rows, run.assumptions.overrides)
    prices, weather = read_table(day_ahead_prices, DayAheadPrices), read_table(temperature, Temperature)
    per_season, has_extreme = scope.representative_weeks_per_season, scope.has_extreme_week
    reserves = read_table(reserve_prices, ReservePrices)
    weeks = pd.concat(
        [choose_weeks(prices, reserves, year, per_season, has_extreme) for year in sorted(scope.price_years)]
    )
    cars = read_table(vehicles, Vehicles)
    sampled = rooms.sampled_vehicles(cars, read_table(dispatch_sample, DispatchSample)["vehicle_id"].tolist())
    looked_at = {*calibration_cars(cars)["vehicle_id"], *sampled["vehicle_id"]}
    driven = read_table(trips, Trips, rows=[("vehicle_id", "in", looked_at)])
    read_statistics = read_csv_table if Path(plug_in_statistics).suffix == ".csv" else read_table
    statistics = read_statistics(plug_in_statistics, PlugInStatistics)
    reference = reference_weather(weather, scope.price_areas, scope.price_years)
    behaviour = calibrated_behaviour(driven, cars, reference, statistics, run.seed, assumptions)
    contract = Contract(run.assumptions.plug_in_contract, run.assumptions.contract_hour_reading)
    followed = [
        rooms.build_availability_weeks(
            driven, sampled, weather, weeks, behaviour, area, scope.step_h, run.seed, assumptions, contract
        )
        for area in scope.price_areas
    ]
    write_table(weeks, representative_weeks, RepresentativeWeeks)
    write_table(pd.concat(followed), availability_weeks, AvailabilityWeeks)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
