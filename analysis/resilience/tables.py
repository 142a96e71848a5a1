"""Puts the room together: from the run's cars, weeks and climate to tables on outages, sites, an island, a feeder."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.dispatch.fleet_states import FleetStates, fewer_cars, fleet_states, home_habits, season_weeks
from analysis.dispatch.inputs import MarketWeek, vehicle_weeks
from analysis.dispatch.options import ChargerPhysics, charger_physics
from analysis.dispatch.strategies import Terms, terms_of
from analysis.dispatch.values import cars_of_sample
from analysis.errors import DataError, Fault
from analysis.market.capacity_tariff import CapacityTariff
from analysis.potential.acceptance import stated_share
from analysis.potential.local_grid import local_grid_table
from analysis.resilience.backup import NeedCase, backup_table, need_cases
from analysis.resilience.floor import floor_table
from analysis.resilience.houses import ClimateTables, critical_loads_kw, house_loads
from analysis.resilience.island import car_terms, duration_table, island_of, island_table, island_year
from analysis.resilience.supply import call_terms, enrolled_by_municipality, supply_summary, supply_table
from analysis.resilience.value import value_tables, value_terms
from analysis.schemas.resilience import HOUSE_TYPES
from analysis.settings.model import Scope
from analysis.settings.parameters import ParameterSet
from analysis.synthetic.rooftop_sun import rooftop_kw_per_kw

SHOWN_AREA = "SE3"
MOST_CARS = 16
"""# ASSUME: outages, island and feeder are told from at most 16 cars of the sample, spread over its profiles."""
ISLAND_CODE = "0980"
"""Gotland: the one island that is a municipality and a price area's outpost with links of its own."""


@dataclass(frozen=True)
class RunCars:
    """Contract tables that say what the cars do: weeks, cars, habits and the solved sample."""

    availability_weeks: pd.DataFrame
    vehicles: pd.DataFrame
    availability: pd.DataFrame
    solved_sample: pd.DataFrame


@dataclass(frozen=True)
class Place:
    """Where and when the room looks: a price area and a price year of the scope, with its terms and charger."""

    price_area: str
    price_year: int
    terms: Terms
    charger: ChargerPhysics


def shown_area(price_areas: Sequence[str]) -> str:
    """SE3, where most cars are, or the first area of the scope."""
    return SHOWN_AREA if SHOWN_AREA in price_areas else price_areas[0]


def place_of(
    scope: Scope, parameters: ParameterSet, price_year: int, northern_pu: float, capacity: CapacityTariff | None
) -> Place:
    """Take the scope's first two-way charger, and undiminished reserve prices."""
    level = next(level for level in scope.reserve_levels if level.level_id == scope.full_reserve_level_id)
    terms = terms_of(parameters, (level,), scope.step_h, northern_pu, capacity)
    return Place(shown_area(scope.price_areas), price_year, terms, charger_physics(scope.two_way_option, parameters))


def states_of_run(run: RunCars, weeks: Sequence[MarketWeek], place: Place) -> FleetStates:
    """Solve some of the sample's cars in a week a season."""
    shown, sample = season_weeks(weeks), fewer_cars(run.solved_sample, MOST_CARS)
    known = run.availability_weeks
    wanted = known[known["vehicle_id"].isin(set(sample["vehicle_id"]))]
    driven = vehicle_weeks(
        wanted[wanted["week_id"].isin({week.week_id for week in shown})], shown, price_area=place.price_area,
        price_year=place.price_year, step_h=place.terms.step_h,
    )  # fmt: skip
    cars = cars_of_sample(run.vehicles, sample, place.terms.parameters, shown, driven)
    weight = dict(zip(sample["vehicle_id"], sample["weight"].astype(float), strict=True))
    return fleet_states(
        place.terms, place.charger, place.terms.levels[0], weeks, driven, cars, weight,
        home_habits(run.availability, [name for name, _, _ in cars]),
    )  # fmt: skip


def cases_of_run(
    states: FleetStates, place: Place, climate: ClimateTables, parameter_table: pd.DataFrame
) -> list[NeedCase]:
    """Lay out what houses need in the weeks shown, behind the power limit of backup and charger."""
    parameters = place.terms.parameters
    by_week = [house_loads(steps, place.price_area, climate) for steps in states.steps_utc]
    loads = {house: [of_week[house] for of_week in by_week] for house in HOUSE_TYPES}
    limit_kw = min(parameters["rsl.p_backup"], place.charger.power_kw)
    return need_cases(loads, critical_loads_kw(parameter_table, parameters), limit_kw, place.charger.curve,
                      states.step_h)  # fmt: skip


def backup_tables(
    states: FleetStates, place: Place, cases: Sequence[NeedCase]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Give ``Resilience``, ``BackupFloor``, ``BackupValue`` and ``BackupThreshold``."""
    parameters = place.terms.parameters
    kept = sorted({0.0, parameters["veh.soc_min_user"]})
    hours = backup_table(states, cases, kept, parameters["rsl.crisis_h"])
    values, thresholds = value_tables(states, cases, value_terms(parameters))
    return (hours.assign(price_area=place.price_area, price_year=place.price_year),
            floor_table(states, place.terms, cases), values, thresholds)  # fmt: skip


def supply_tables(
    states: FleetStates, place: Place, municipalities: pd.DataFrame, fleet_stock: pd.DataFrame, sites: pd.DataFrame,
    year: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Give ``CrisisSupply`` and ``CrisisSupplySummary``."""
    parameters = place.terms.parameters
    enrolled = enrolled_by_municipality(municipalities, fleet_stock, year, float(stated_share(year, parameters)[0]))
    terms = call_terms(parameters, place.charger.discharge_efficiency_pu, place.charger.power_kw)
    supply = supply_table(states, enrolled, sites, terms, year)
    return supply, supply_summary(supply, sites)


def island_fleets(municipalities: pd.DataFrame, fleet_stock: pd.DataFrame, year: int, place: Place) -> dict[str, float]:
    """Count the island's cars in a year: enrolled, capable of two-way charging, all electric.

    # ASSUME: electric cars of the island grow as those of the price area shown, and are as often capable, at a home
    point and enrolled; the run need not hold the island's own area.

    Raises
    ------
    DataError
        If the island is not among the municipalities, or the shown area has no stock of the year.
    """
    rows = municipalities[municipalities["municipality_code"] == ISLAND_CODE]
    stock = fleet_stock[(fleet_stock["year"] == year) & (fleet_stock["price_area"] == place.price_area)]
    if rows.empty or stock.empty:
        raise DataError(
            Fault(f"municipalities {ISLAND_CODE}, stock of {place.price_area}", f"{len(rows)}, {len(stock)} rows",
                  "one of each", "Give the municipality and the stock.")
        )  # fmt: skip
    today = municipalities.loc[municipalities["price_area"] == place.price_area, "bev_count"].sum()
    electric = float(rows["bev_count"].iloc[0]) * float(stock["bev_count"].iloc[0]) / float(today)
    capable = electric * float(stock["capable_pu"].iloc[0])
    home = float(stock["home_access_pu"].iloc[0])
    accepting = float(stated_share(year, place.terms.parameters)[0])
    return {"enrolled": capable * home * accepting, "capable": capable, "all_electric": electric}


def island_tables(
    states: FleetStates, place: Place, facts: pd.DataFrame, household_load: pd.DataFrame, fleets: dict[str, float],
    year: int, seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Give ``IslandCase`` and ``IslandDuration``."""
    island = island_of(facts)
    synthetic = island_year(island, household_load, place.price_area, place.price_year, seed)
    terms = car_terms(place.terms.parameters, island, place.charger.power_kw, place.charger.discharge_efficiency_pu)
    return island_table(synthetic, island, states, terms, fleets, year), duration_table(synthetic)


def feeder_table(states: FleetStates, weeks: Sequence[MarketWeek], place: Place, seed: int) -> pd.DataFrame:
    """Give ``LocalGrid``."""
    shown = season_weeks(weeks)
    return local_grid_table(
        states, [week.load_kw["detached"] for week in shown],
        [rooftop_kw_per_kw(week.steps_utc, place.price_area, seed) for week in shown], place.charger.power_kw,
    )  # fmt: skip
