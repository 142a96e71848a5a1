"""What explains a car's value: the spot price export needs in each area and year, and one car's week step by step."""

from pathlib import Path

import pandas as pd

from analysis.dispatch.car_week import busiest_week, car_week
from analysis.dispatch.inputs import DEFAULT_DWELLING, market_weeks, northern_share, vehicle_weeks
from analysis.dispatch.options import charger_physics
from analysis.dispatch.strategies import terms_of
from analysis.io import read_csv_table, read_table, write_table
from analysis.market.tariff import household_tariff
from analysis.market.wedge import export_wedge
from analysis.profiles.represent import commonest_car
from analysis.schemas import assumptions, explain, market, mobility
from analysis.schemas.tariffs import AreaTariffs
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *, availability_weeks: Path, representative_weeks: Path, vehicles: Path, profiles: Path, day_ahead_prices: Path,
    reserve_prices: Path, household_load: Path, parameters: Path, tariffs: Path, wedge: Path, week: Path,
    settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    scope = run.scope
    assumed = parameter_set(read_csv_table(parameters, assumptions.Parameters), run.assumptions.overrides)
    by_area = read_csv_table(tariffs, AreaTariffs)
    prices = read_table(day_ahead_prices, market.DayAheadPrices)
    households = {
        area: household_tariff(assumed, northern_pu=northern_share(by_area, area)) for area in scope.price_areas
    }
    write_table(export_wedge(prices, households, assumed, scope.price_years), wedge, explain.ExportWedge)

    # the car shown stands for the commonest profile, in the area of most cars and at the latest prices
    area = "SE3" if "SE3" in scope.price_areas else scope.price_areas[0]
    year = max(scope.price_years)
    vehicle_id = commonest_car(read_table(profiles, mobility.Profiles))
    weeks = market_weeks(
        read_table(representative_weeks, mobility.RepresentativeWeeks), prices,
        read_table(reserve_prices, market.ReservePrices), read_table(household_load, market.HouseholdLoad),
        price_area=area, price_year=year, step_h=scope.step_h,
    )  # fmt: skip
    driven = vehicle_weeks(
        read_table(availability_weeks, mobility.AvailabilityWeeks), weeks, price_area=area, price_year=year,
        step_h=scope.step_h,
    )  # fmt: skip
    shown = busiest_week(weeks, driven, vehicle_id)
    car = read_table(vehicles, mobility.Vehicles).set_index("vehicle_id").loc[vehicle_id]
    dwelling = DEFAULT_DWELLING if pd.isna(car["dwelling"]) else str(car["dwelling"])
    plugged, driving = driven[vehicle_id, shown.week_id]
    steps = car_week(
        terms_of(assumed, scope.reserve_levels, scope.step_h, northern_share(by_area, area)),
        charger_physics(scope.two_way_option, assumed), shown, plugged_pu=plugged, driving_dc_kwh=driving,
        load_kw=shown.load_kw[dwelling], capacity_kwh=float(car["battery_usable_kwh"]),
    )  # fmt: skip
    keys = {"price_area": area, "price_year": year, "week_id": shown.week_id, "vehicle_id": vehicle_id}
    write_table(steps.assign(**keys, charger_option=scope.two_way_option), week, explain.CarWeek)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
