"""Measure what limited foresight costs on published prices: generated cars in every price area of the real years."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.dispatch.foresight import measure_foresight, two_way_option
from analysis.dispatch.foresight_ratio import foresight_ratios
from analysis.dispatch.inputs import northern_share
from analysis.dispatch.stretches import as_weeks, choose_cars, choose_weeks_of_cars, own_weeks
from analysis.io import check_table, read_csv_table, read_table, write_text
from analysis.mobility import availability as rooms
from analysis.mobility import calibration, years
from analysis.schemas import assumptions, climate, foresight, market, plug_in, travel
from analysis.schemas.tariffs import AreaTariffs
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.bundle import in_scope
from analysis.sources.money import real_day_ahead_prices, real_reserve_prices
from analysis.synthetic.climate import climate_year
from analysis.synthetic.household_load import household_load
from analysis.synthetic.travel import generate_travel


def main(
    *, day_ahead_quotes: Path, reserve_quotes: Path, price_index: Path, travel_facts: Path, plug_in_statistics: Path,
    climate_normals: Path, household_electricity: Path, load_shape: Path, parameters: Path, tariffs: Path,
    evidence: Path, settings: dict[str, Any], vehicle_count: int,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    scope, seed = run.scope, run.seed
    areas, price_years = scope.price_areas, sorted(scope.price_years)
    assumed = parameter_set(read_csv_table(parameters, assumptions.Parameters), {})
    money = read_csv_table(price_index, market.PriceIndex), run.price_year
    prices = real_day_ahead_prices(in_scope(read_table(day_ahead_quotes, market.DayAheadQuotes), run), *money)
    reserves = real_reserve_prices(in_scope(read_table(reserve_quotes, market.ReserveQuotes), run), *money)
    normals, shape, use = (
        read_csv_table(path, schema) for path, schema in (
            (climate_normals, climate.ClimateNormals), (load_shape, climate.HouseholdLoadShape),
            (household_electricity, climate.HouseholdElectricity))
    )  # fmt: skip
    weather = pd.concat([climate_year(areas, year, normals, seed) for year in price_years], ignore_index=True)
    load = household_load(weather, shape, use, normals)
    facts = read_csv_table(travel_facts, travel.TravelFacts)
    vehicles, trips = generate_travel(scope.diary_vehicle_count, scope.diary_weeks, seed, facts, assumed)
    at_base = years.reference_weather(weather, areas, price_years)
    plug_ins = read_csv_table(plug_in_statistics, plug_in.PlugInStatistics)
    behaviour = calibration.calibrated_behaviour(trips, vehicles, at_base, plug_ins, seed, assumed)
    cars = choose_cars(vehicles.assign(profile_id="all"), vehicles, vehicle_count)
    weeks = choose_weeks_of_cars(cars["vehicle_id"].tolist(), price_years, scope.foresight_weeks, seed)
    northern, option = read_csv_table(tariffs, AreaTariffs), two_way_option(scope.charger_options)
    found = []
    for area in areas:
        lived = rooms.build_availability_weeks(
            trips, cars, weather, as_weeks(weeks), behaviour, area, 1.0, seed, assumed
        )
        for year in price_years:
            found.append(
                measure_foresight(
                    weeks, own_weeks(lived, weeks), cars, prices, reserves, load, assumed, price_area=area,
                    price_year=year, charger_option=option, northern_pu=northern_share(northern, area),
                )
            )  # fmt: skip
    each = check_table(pd.concat(found, ignore_index=True), foresight.ForesightVehicles, "foresight by car")
    table = check_table(foresight_ratios(each, seed), foresight.Foresight, str(evidence))
    write_text(table.to_csv(index=False, lineterminator="\n", float_format="%.6g"), evidence)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
