"""Follow every diary through a year: each car's mean week from parked to biddable, and what contracts would change."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.io import read_csv_table, read_table, table_writer, write_table
from analysis.mobility import availability as rooms
from analysis.mobility.calibration import calibrated_behaviour, calibration_cars
from analysis.mobility.contracts import Contract, compare_contracts
from analysis.mobility.years import reference_weather
from analysis.schemas.assumptions import Parameters
from analysis.schemas.market import Temperature
from analysis.schemas.mobility import Availability, Trips, Vehicles
from analysis.schemas.plug_in import PlugInContracts, PlugInStatistics
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *,
    trips: Path,
    vehicles: Path,
    temperature: Path,
    plug_in_statistics: Path,
    parameters: Path,
    availability: Path,
    plug_in_contracts: Path,
    settings: dict[str, Any],
) -> None:
    run = Settings.model_validate(settings)
    rows = read_csv_table(parameters, Parameters)
    assumptions = parameter_set(rows, run.assumptions.overrides)
    cars = read_table(vehicles, Vehicles)
    fitted = set(calibration_cars(cars)["vehicle_id"])
    driven = read_table(trips, Trips, rows=[("vehicle_id", "in", fitted)])
    weather = reference_weather(read_table(temperature, Temperature), run.scope.price_areas, run.scope.price_years)
    read_statistics = read_csv_table if Path(plug_in_statistics).suffix == ".csv" else read_table
    statistics = read_statistics(plug_in_statistics, PlugInStatistics)
    behaviour = calibrated_behaviour(driven, cars, weather, statistics, run.seed, assumptions)
    contract = Contract(run.assumptions.plug_in_contract, run.assumptions.contract_hour_reading)
    compared = compare_contracts(driven, cars, weather, behaviour, run.seed, assumptions)

    def between(first: str, last: str) -> pd.DataFrame:
        return read_table(trips, Trips, rows=[("vehicle_id", ">=", first), ("vehicle_id", "<=", last)])

    parts = rooms.stream_availability(between, cars, weather, behaviour, run.seed, assumptions, contract)
    with table_writer(availability, Availability) as append:
        for part in parts:
            append(part)
    write_table(compared, plug_in_contracts, PlugInContracts)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
