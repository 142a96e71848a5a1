"""Choose the cars and weeks in which foresight is measured, and follow the cars through them hour by hour, per area."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.dispatch.stretches import as_weeks, choose_cars, choose_weeks_of_cars, own_weeks
from analysis.io import read_csv_table, read_table, write_table
from analysis.mobility import availability as rooms
from analysis.mobility.calibration import calibrated_behaviour
from analysis.mobility.contracts import Contract
from analysis.mobility.years import reference_weather
from analysis.schemas.assumptions import Parameters
from analysis.schemas.foresight import ForesightWeeks
from analysis.schemas.market import Temperature
from analysis.schemas.mobility import AvailabilityWeeks, Trips, Vehicles
from analysis.schemas.plug_in import PlugInStatistics
from analysis.schemas.sample import DispatchSample
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *,
    trips: Path,
    vehicles: Path,
    temperature: Path,
    dispatch_sample: Path,
    plug_in_statistics: Path,
    parameters: Path,
    foresight_weeks: Path,
    availability: Path,
    settings: dict[str, Any],
) -> None:
    run = Settings.model_validate(settings)
    scope, seed = run.scope, run.seed
    assumed = parameter_set(read_csv_table(parameters, Parameters), run.assumptions.overrides)
    driven, everyone, weather = (
        read_table(path, schema) for path, schema in ((trips, Trips), (vehicles, Vehicles), (temperature, Temperature))
    )
    read_statistics = read_csv_table if Path(plug_in_statistics).suffix == ".csv" else read_table
    statistics = read_statistics(plug_in_statistics, PlugInStatistics)
    reference = reference_weather(weather, scope.price_areas, scope.price_years)
    behaviour = calibrated_behaviour(driven, everyone, reference, statistics, seed, assumed)
    cars = choose_cars(read_table(dispatch_sample, DispatchSample), everyone, scope.foresight_vehicle_count)
    years = sorted(scope.price_years)
    weeks = choose_weeks_of_cars(cars["vehicle_id"].tolist(), years, scope.foresight_weeks, seed)
    contract = Contract(run.assumptions.plug_in_contract, run.assumptions.contract_hour_reading)
    followed = [
        rooms.build_availability_weeks(
            driven, cars, weather, as_weeks(weeks), behaviour, area, 1.0, seed, assumed, contract
        )
        for area in scope.price_areas
    ]
    write_table(weeks, foresight_weeks, ForesightWeeks)
    write_table(own_weeks(pd.concat(followed, ignore_index=True), weeks), availability, AvailabilityWeeks)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
