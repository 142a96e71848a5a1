"""Lets dispatch and ageing agree for a handful of cars in one price area and price year."""

from pathlib import Path

from analysis.dispatch.inputs import northern_share
from analysis.dispatch.wear_table import settle_vehicles
from analysis.io import read_csv_table, read_table, write_table
from analysis.schemas.assumptions import Parameters
from analysis.schemas.market import DayAheadPrices, HouseholdLoad, ReservePrices
from analysis.schemas.mobility import AvailabilityWeeks, RepresentativeWeeks, Vehicles
from analysis.schemas.sample import DispatchSample
from analysis.schemas.tariffs import AreaTariffs
from analysis.schemas.wear import Wear
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *,
    availability_weeks: Path,
    representative_weeks: Path,
    vehicles: Path,
    dispatch_sample: Path,
    day_ahead_prices: Path,
    reserve_prices: Path,
    household_load: Path,
    parameters: Path,
    tariffs: Path,
    wear: Path,
    price_area: str,
    price_year: int,
    settings: dict,
) -> None:
    run = Settings.model_validate(settings)
    settled = settle_vehicles(
        availability_weeks=read_table(availability_weeks, AvailabilityWeeks),
        representative_weeks=read_table(representative_weeks, RepresentativeWeeks),
        vehicles=read_table(vehicles, Vehicles),
        dispatch_sample=read_table(dispatch_sample, DispatchSample),
        day_ahead_prices=read_table(day_ahead_prices, DayAheadPrices),
        reserve_prices=read_table(reserve_prices, ReservePrices),
        household_load=read_table(household_load, HouseholdLoad),
        parameters=parameter_set(read_csv_table(parameters, Parameters), run.assumptions.overrides),
        price_area=price_area,
        price_year=int(price_year),
        scope=run.scope,
        northern_pu=northern_share(read_csv_table(tariffs, AreaTariffs), price_area),
    )
    write_table(settled, wear, Wear)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
