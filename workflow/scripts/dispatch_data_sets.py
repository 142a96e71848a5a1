"""Dispatch every vehicle of the generated cars, the logbook and the charging sessions in one area and price year."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.dispatch.inputs import northern_share
from analysis.dispatch.values import dispatch_vehicles
from analysis.io import read_csv_table, read_table, write_table
from analysis.mobility import availability as rooms
from analysis.mobility import calibration, years
from analysis.mobility.session_weeks import session_availability, session_weeks
from analysis.mobility.weeks import choose_weeks
from analysis.schemas import assumptions, climate, market, mobility, plug_in, results, travel
from analysis.schemas.tariffs import AreaTariffs
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.bundle import in_scope
from analysis.sources.descriptor import load_descriptor
from analysis.sources.money import real_day_ahead_prices, real_reserve_prices
from analysis.sources.publishers import without_overlap
from analysis.sources.reader import read_source
from analysis.synthetic.climate import climate_year
from analysis.synthetic.household_load import household_load
from analysis.synthetic.travel import generate_travel

# ASSUME: the Norwegian users live in flats of housing associations: their household load is that of such a flat.
USER_DWELLING = "flat_cooperative"
WEEKS_PER_SEASON = 3  # more than a run takes: what profiles lose is weighed on the finer year


def main(
    *, day_ahead_quotes: Path, reserve_quotes: Path, price_index: Path, travel_facts: Path,
    plug_in_statistics: Path, climate_normals: Path, household_electricity: Path, load_shape: Path, parameters: Path,
    tariffs: Path, champpy_trips: Path, champpy_vehicles: Path, norway12_sessions: Path, trondheim_sessions: Path,
    vehicles: Path, trips: Path, sessions: Path, availability: Path, weeks: Path, values: Path, capability: Path,
    settings: dict[str, Any], price_area: str, price_year: int,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    scope = run.scope.model_copy(
        update={"price_areas": (price_area,), "price_years": (price_year,),
                "reserve_levels": run.scope.reserve_levels[-1:], "charger_options": run.scope.charger_options[:1]}
    )  # fmt: skip
    run = run.model_copy(update={"scope": scope})
    seed, assumed = run.seed, parameter_set(read_csv_table(parameters, assumptions.Parameters), {})
    money = read_csv_table(price_index, market.PriceIndex), run.price_year
    prices = real_day_ahead_prices(in_scope(read_table(day_ahead_quotes, market.DayAheadQuotes), run), *money)
    reserves = real_reserve_prices(in_scope(read_table(reserve_quotes, market.ReserveQuotes), run), *money)
    chosen = choose_weeks(prices, reserves, price_year, WEEKS_PER_SEASON, True)
    normals, shape, use, facts, plug_ins = (
        read_csv_table(path, schema) for path, schema in (
            (climate_normals, climate.ClimateNormals), (load_shape, climate.HouseholdLoadShape),
            (household_electricity, climate.HouseholdElectricity), (travel_facts, travel.TravelFacts),
            (plug_in_statistics, plug_in.PlugInStatistics))
    )  # fmt: skip
    weather = climate_year(scope.price_areas, price_year, normals, seed)
    private, driven = generate_travel(scope.diary_vehicle_count, scope.diary_weeks, seed, facts, assumed)
    at_base = years.reference_weather(weather, scope.price_areas, scope.price_years)
    behaviour = calibration.calibrated_behaviour(driven, private, at_base, plug_ins, seed, assumed)
    cars = pd.concat([private, read_source(load_descriptor("champpy_vehicles"), [champpy_vehicles])], ignore_index=True)
    rides = pd.concat([driven, read_source(load_descriptor("champpy_trips"), [champpy_trips])], ignore_index=True)
    files = {"norway12_sessions": norway12_sessions, "trondheim_sessions": trondheim_sessions}
    readers = {name: load_descriptor(name) for name in files}
    read = without_overlap({name: read_source(readers[name], [path]) for name, path in files.items()}, readers)
    plugged = pd.concat(read.values(), ignore_index=True)
    users = session_weeks(plugged, assumed)
    lived = rooms.build_availability_weeks(rides, cars, weather, chosen, behaviour, price_area, 1.0, seed, assumed)
    everyone = pd.concat([cars, users.users.assign(dwelling=USER_DWELLING)], ignore_index=True)
    found = dispatch_vehicles(
        availability_weeks=pd.concat([lived, session_availability(users, chosen, price_area, seed)], ignore_index=True),
        representative_weeks=chosen, vehicles=everyone, dispatch_sample=everyone[["vehicle_id"]],
        day_ahead_prices=prices, reserve_prices=reserves, household_load=household_load(weather, shape, use, normals),
        parameters=assumed, price_area=price_area, price_year=price_year, scope=scope,
        northern_pu=northern_share(read_csv_table(tariffs, AreaTariffs), price_area),
    )  # fmt: skip
    mean_weeks = rooms.build_availability(rides, cars, at_base, behaviour, seed, assumed)
    for table, path, schema in (
        (cars, vehicles, mobility.Vehicles), (rides, trips, mobility.Trips), (plugged, sessions, mobility.Sessions),
        (mean_weeks, availability, mobility.Availability), (chosen, weeks, mobility.RepresentativeWeeks),
        (found[0], values, results.DispatchValues), (found[1], capability, results.CapabilityHours),
    ):  # fmt: skip
        write_table(table, path, schema)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
