"""Follow every diary through a year and write each car's mean week: parked, at home, plugged, available, biddable."""

from pathlib import Path
from typing import Any

from analysis.io import read_csv_table, read_table, write_table
from analysis.mobility import availability as rooms
from analysis.mobility.calibration import calibrated_behaviour
from analysis.mobility.years import reference_weather
from analysis.schemas.assumptions import Parameters
from analysis.schemas.market import Temperature
from analysis.schemas.mobility import Availability, Trips, Vehicles
from analysis.schemas.plug_in import PlugInStatistics
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
    settings: dict[str, Any],
) -> None:
    run = Settings.model_validate(settings)
    rows = read_csv_table(parameters, Parameters)
    assumptions = parameter_set(rows, run.assumptions.overrides)
    driven, cars = read_table(trips, Trips), read_table(vehicles, Vehicles)
    weather = reference_weather(read_table(temperature, Temperature), run.scope.price_areas, run.scope.price_years)
    read_statistics = read_csv_table if Path(plug_in_statistics).suffix == ".csv" else read_table
    statistics = read_statistics(plug_in_statistics, PlugInStatistics)
    behaviour = calibrated_behaviour(driven, cars, weather, statistics, run.seed, assumptions)
    table = rooms.build_availability(driven, cars, weather, behaviour, run.seed, assumptions)
    write_table(table, availability, Availability)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821
