"""Measure what fifty private cars could discharge while plugged in, with their own and with the published battery."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.dispatch.fleet_power import cell_temperatures, fleet_power
from analysis.dispatch.inputs import DEFAULT_DWELLING, market_weeks, northern_share, vehicle_weeks
from analysis.dispatch.options import charger_physics
from analysis.dispatch.strategies import terms_of
from analysis.io import check_table, normalise, read_csv_table, read_table, write_text
from analysis.mobility import availability, calibration, years
from analysis.mobility.weeks import choose_weeks
from analysis.schemas import assumptions, climate, market, plug_in, tariffs, travel
from analysis.schemas.use_cases import DeliverablePower
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.bundle import in_scope
from analysis.sources.money import real_day_ahead_prices, real_reserve_prices
from analysis.synthetic.climate import climate_year
from analysis.synthetic.household_load import household_load
from analysis.synthetic.travel import generate_travel


def main(
    *, day_ahead_quotes: Path, reserve_quotes: Path, price_index: Path, travel_facts: Path, plug_in_statistics: Path,
    climate_normals: Path, household_electricity: Path, load_shape: Path, parameters: Path, area_tariffs: Path,
    power: Path, settings: dict[str, Any], price_area: str, price_years: list[int], car_count: int,
    joint_count: int, published_battery_kwh: float,
) -> None:  # fmt: skip
    run, option = Settings.model_validate(settings), "ac_11"
    scope = run.scope.model_copy(update={"price_areas": (price_area,), "price_years": tuple(price_years)})
    run = run.model_copy(update={"scope": scope})
    seed, assumed = run.seed, parameter_set(read_csv_table(parameters, assumptions.Parameters))
    index = read_csv_table(price_index, market.PriceIndex)
    energy, paid = read_table(day_ahead_quotes, market.DayAheadQuotes), read_table(reserve_quotes, market.ReserveQuotes)
    prices = real_day_ahead_prices(in_scope(energy, run), index, run.price_year)
    reserves = real_reserve_prices(in_scope(paid, run), index, run.price_year)
    normals = read_csv_table(climate_normals, climate.ClimateNormals)
    weather = pd.concat([climate_year(scope.price_areas, year, normals, seed) for year in price_years])
    load = household_load(
        weather, read_csv_table(load_shape, climate.HouseholdLoadShape),
        read_csv_table(household_electricity, climate.HouseholdElectricity), normals,
    )  # fmt: skip
    cars, trips = generate_travel(
        car_count, scope.diary_weeks, seed, read_csv_table(travel_facts, travel.TravelFacts), assumed
    )
    at_base = years.reference_weather(weather, scope.price_areas, scope.price_years)
    plug_ins = read_csv_table(plug_in_statistics, plug_in.PlugInStatistics)
    behaviour = calibration.calibrated_behaviour(trips, cars, at_base, plug_ins, seed, assumed)
    few = cars.iloc[:car_count]
    north = northern_share(read_csv_table(area_tariffs, tariffs.AreaTariffs), price_area)
    terms, charger = terms_of(assumed, (), 1.0, north), charger_physics(option, assumed)
    kept = {"price_area": price_area, "car_count": car_count, "joint_count": joint_count, "charger_option": option,
            "working_pu": 1 - assumed["res.unavailable_hw"]}  # fmt: skip
    rows = []
    for case, battery_kwh in (("own_battery", np.nan), ("published_battery", published_battery_kwh)):
        held = few if np.isnan(battery_kwh) else few.assign(battery_usable_kwh=battery_kwh)
        ridden = trips[trips["vehicle_id"].isin(held["vehicle_id"])]
        dwelling = held["dwelling"].fillna(DEFAULT_DWELLING)
        fleet = list(zip(held["vehicle_id"], dwelling, held["battery_usable_kwh"].astype(float), strict=True))
        for year in price_years:
            chosen = choose_weeks(prices, reserves, year, 1, True)
            lived = availability.build_availability_weeks(
                ridden, held, weather, chosen, behaviour, price_area, 1.0, seed, assumed
            )
            place = {"price_area": price_area, "price_year": year, "step_h": 1.0}
            weeks = market_weeks(chosen, prices, reserves, load, **place)
            driven, mean_kwh = vehicle_weeks(lived, weeks, **place), float(held["battery_usable_kwh"].mean())
            for cells in (None, cell_temperatures(weather, weeks, price_area)):
                found = fleet_power(terms, charger, weeks, driven, fleet, joint_count, cells)
                rows.append({**kept, "case": case, "is_cold": cells is not None, "price_year": year,
                             "mean_battery_usable_kwh": mean_kwh, **found})  # fmt: skip
    found_all = normalise(pd.DataFrame(rows))[list(DeliverablePower.to_schema().columns)]
    table = check_table(found_all, DeliverablePower, "deliverable power")
    write_text(table.to_csv(index=False, lineterminator="\n", float_format="%.4f"), power)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
