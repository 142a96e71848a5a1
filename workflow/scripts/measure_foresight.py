"""Follow the cars of one price area and price year with limited and with perfect foresight."""

from pathlib import Path
from typing import Any

from analysis.dispatch.foresight import measure_foresight, two_way_option
from analysis.dispatch.inputs import northern_share
from analysis.io import read_csv_table, read_table, write_table
from analysis.schemas.assumptions import Parameters
from analysis.schemas.foresight import ForesightVehicles, ForesightWeeks
from analysis.schemas.market import DayAheadPrices, HouseholdLoad, ReservePrices
from analysis.schemas.mobility import AvailabilityWeeks, Vehicles
from analysis.schemas.tariffs import AreaTariffs
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *,
    foresight_weeks: Path,
    availability: Path,
    vehicles: Path,
    day_ahead_prices: Path,
    reserve_prices: Path,
    household_load: Path,
    parameters: Path,
    tariffs: Path,
    foresight_vehicles: Path,
    price_area: str,
    price_year: int,
    settings: dict[str, Any],
) -> None:
    run = Settings.model_validate(settings)
    found = measure_foresight(
        read_table(foresight_weeks, ForesightWeeks),
        read_table(availability, AvailabilityWeeks),
        read_table(vehicles, Vehicles),
        read_table(day_ahead_prices, DayAheadPrices),
        read_table(reserve_prices, ReservePrices),
        read_table(household_load, HouseholdLoad),
        parameter_set(read_csv_table(parameters, Parameters), run.assumptions.overrides),
        price_area=price_area,
        price_year=int(price_year),
        charger_option=two_way_option(run.scope.charger_options),
        northern_pu=northern_share(read_csv_table(tariffs, AreaTariffs), price_area),
    )
    write_table(found, foresight_vehicles, ForesightVehicles)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
