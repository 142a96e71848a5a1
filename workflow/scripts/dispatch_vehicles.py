"""Optimises every car of the sample, or of one chunk of it, in one price area and price year."""

from pathlib import Path

import pandas as pd

from analysis.dispatch.chunks import sample_of_part
from analysis.dispatch.inputs import northern_share
from analysis.dispatch.values import dispatch_vehicles
from analysis.io import read_csv_table, read_table, write_table
from analysis.market.grid_tariff import grid_tariff, parameters_of_price_year
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.market import DayAheadPrices, HouseholdLoad, ReservePrices
from analysis.schemas.market_depth import CarOffers, ReserveOffers
from analysis.schemas.mobility import AvailabilityWeeks, RepresentativeWeeks, Vehicles
from analysis.schemas.results import CapabilityHours, DispatchValues
from analysis.schemas.sample import DispatchSample, InfeasibleCars
from analysis.schemas.tariffs import AreaTariffs, GridTariffs
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
    values: Path,
    capability: Path,
    infeasible: Path,
    offers: Path,
    price_area: str,
    price_year: int,
    settings: dict,
    tariffs: Path,
    grid_tariffs: list[Path],
    market_facts: Path,
    part: str = "",
) -> None:
    run = Settings.model_validate(settings)
    assumed = parameter_set(read_csv_table(parameters, Parameters), run.assumptions.overrides)
    listed = pd.concat([read_csv_table(path, GridTariffs) for path in grid_tariffs], ignore_index=True)
    tariff = grid_tariff(listed, run.assumptions.grid_tariff)
    assumed = parameters_of_price_year(
        assumed,
        tariff,
        read_csv_table(market_facts, Facts),
        energy_tax=run.assumptions.energy_tax,
        price_year=int(price_year),
    )
    sample = read_table(dispatch_sample, DispatchSample)
    found = dispatch_vehicles(
        availability_weeks=read_table(availability_weeks, AvailabilityWeeks),
        representative_weeks=read_table(representative_weeks, RepresentativeWeeks),
        vehicles=read_table(vehicles, Vehicles),
        dispatch_sample=sample_of_part(sample, part),
        day_ahead_prices=read_table(day_ahead_prices, DayAheadPrices),
        reserve_prices=read_table(reserve_prices, ReservePrices),
        household_load=read_table(household_load, HouseholdLoad),
        parameters=assumed,
        price_area=price_area,
        price_year=int(price_year),
        scope=run.scope,
        northern_pu=northern_share(read_csv_table(tariffs, AreaTariffs), price_area),
        capacity=tariff.charge,
        car_weights=dict(zip(sample["vehicle_id"], sample["weight"], strict=True)),
        is_chunk=bool(part),
    )
    write_table(found.values, values, DispatchValues)
    write_table(found.capability, capability, CapabilityHours)
    write_table(found.infeasible, infeasible, InfeasibleCars)
    write_table(found.offers, offers, CarOffers if part else ReserveOffers)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
