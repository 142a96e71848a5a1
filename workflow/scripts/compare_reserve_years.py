"""Dispatch the same few generated cars at the prices of five years: what reserves were worth, and what was left."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.dispatch.inputs import northern_share
from analysis.dispatch.reserve_collapse import CASE_CAR, case_weeks, reserve_cases
from analysis.dispatch.values import dispatch_vehicles
from analysis.io import check_table, normalise, read_csv_table, read_table, write_text
from analysis.mobility import availability, calibration, years
from analysis.mobility.weeks import choose_weeks
from analysis.schemas import assumptions, climate, market, money_evidence, plug_in, tariffs, travel
from analysis.settings.model import ReserveLevel, Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.bundle import in_scope
from analysis.sources.money import real_day_ahead_prices, real_reserve_prices
from analysis.synthetic.climate import climate_year
from analysis.synthetic.household_load import household_load
from analysis.synthetic.price_scaling import with_scaled_year
from analysis.synthetic.travel import generate_travel


def main(
    *, day_ahead_quotes: Path, reserve_quotes: Path, market_facts: Path, price_index: Path, travel_facts: Path,
    plug_in_statistics: Path, climate_normals: Path, household_electricity: Path, load_shape: Path, parameters: Path,
    area_tariffs: Path, collapse: Path, settings: dict[str, Any], price_area: str, price_years: list[int],
    scaled: dict[str, int], diary_count: int, car_count: int,
) -> None:  # fmt: skip
    run, level = Settings.model_validate(settings), "full"
    levels = (
        *(one for one in run.scope.reserve_levels if one.level_id in (level, "none")),
        ReserveLevel(level_id="fcr_d_only", fcr_n_pu=0.0, fcr_d_pu=1.0),
    )
    scope = run.scope.model_copy(update={"price_areas": (price_area,), "price_years": tuple(price_years),
                                         "reserve_levels": levels, "charger_options": ("ac_11",)})  # fmt: skip
    run = run.model_copy(update={"scope": scope})
    seed, assumed = run.seed, parameter_set(read_csv_table(parameters, assumptions.Parameters))
    facts, index = read_csv_table(market_facts, assumptions.Facts), read_csv_table(price_index, market.PriceIndex)
    energy, paid = with_scaled_year(
        read_table(day_ahead_quotes, market.DayAheadQuotes), read_table(reserve_quotes, market.ReserveQuotes), facts,
        **scaled,
    )  # fmt: skip
    prices = real_day_ahead_prices(in_scope(energy, run), index, run.price_year)
    reserves = real_reserve_prices(in_scope(paid, run), index, run.price_year)
    normals = read_csv_table(climate_normals, climate.ClimateNormals)
    shape = read_csv_table(load_shape, climate.HouseholdLoadShape)
    use = read_csv_table(household_electricity, climate.HouseholdElectricity)
    weather = pd.concat([climate_year(scope.price_areas, year, normals, seed) for year in price_years])
    habits = read_csv_table(travel_facts, travel.TravelFacts)
    cars, trips = generate_travel(diary_count, scope.diary_weeks, seed, habits, assumed)
    at_base = years.reference_weather(weather, scope.price_areas, scope.price_years)
    plug_ins = read_csv_table(plug_in_statistics, plug_in.PlugInStatistics)
    behaviour = calibration.calibrated_behaviour(trips, cars, at_base, plug_ins, seed, assumed)
    few = cars.iloc[:car_count]
    ridden = trips[trips["vehicle_id"].isin(few["vehicle_id"])]
    both = pd.concat([few, few.iloc[:1].assign(vehicle_id=CASE_CAR, dwelling=None, battery_usable_kwh=None)])
    north, parts = northern_share(read_csv_table(area_tariffs, tariffs.AreaTariffs), price_area), []
    for year in price_years:
        weeks = choose_weeks(prices, reserves, year, 1, True)
        lived = availability.build_availability_weeks(
            ridden, few, weather, weeks, behaviour, price_area, 1.0, seed, assumed
        )
        found = dispatch_vehicles(
            availability_weeks=pd.concat([lived, case_weeks(weeks, price_area, assumed)], ignore_index=True),
            representative_weeks=weeks, vehicles=both, dispatch_sample=both[["vehicle_id"]],
            day_ahead_prices=prices, reserve_prices=reserves,
            household_load=household_load(weather, shape, use, normals), parameters=assumed, price_area=price_area,
            price_year=year, scope=scope, northern_pu=north,
        )  # fmt: skip
        parts.append(found[0])
    solved = pd.concat(parts, ignore_index=True)
    found = reserve_cases(solved, reserves, facts, assumed, level, "fcr_d_only")
    found["is_generated_year"] = found["price_year"] == scaled["year"]
    model = money_evidence.ReserveCollapse
    table = check_table(normalise(found)[list(model.to_schema().columns)], model, "reserve collapse")
    write_text(table.to_csv(index=False, lineterminator="\n", float_format="%.4f"), collapse)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
