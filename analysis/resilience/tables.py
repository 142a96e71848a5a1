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
FLEET_TIERS = {"enrolled": "willing", "capable": "capable", "all_electric": "technical"}
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
    states: FleetStates, place: Place, potential: pd.DataFrame, municipalities: pd.DataFrame, sites: pd.DataFrame,
    year: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Give ``CrisisSupply`` and ``CrisisSupplySummary``."""
    enrolled = enrolled_by_municipality(potential, municipalities, year)
    terms = call_terms(place.terms.parameters, place.charger.discharge_efficiency_pu, place.charger.power_kw)
    supply = supply_table(states, enrolled, sites, terms, year)
    return supply, supply_summary(supply, sites)


def island_fleets(
    potential: pd.DataFrame, municipalities: pd.DataFrame, year: int, price_area: str
) -> dict[str, float]:
    """Count the island's cars in a year: enrolled, capable with a point at home, all electric.

    # ASSUME: in a run without the island's price area, its cars grow, can and enrol as those of the area shown.

    Parameters
    ----------
    potential
        ``PotentialMunicipalities``.
    municipalities
        ``Municipalities``: today's electric cars.

    Raises
    ------
    DataError
        If neither the island nor the area shown has cars in that year.
    """
    rows = potential[potential["year"] == year]
    own = rows[rows["municipality_code"] == ISLAND_CODE].set_index("tier")["car_count"]
    if own.empty:
        today = municipalities.set_index("municipality_code")["bev_count"].astype(float)
        of_area = today[municipalities.set_index("municipality_code")["price_area"] == price_area].sum()
        whole = rows[rows["price_area"] == price_area].groupby("tier")["car_count"].sum()
        own = whole * float(today.get(ISLAND_CODE, 0.0)) / float(of_area)
    missing = [name for name in FLEET_TIERS.values() if name not in own.index]
    if missing:
        raise DataError(
            Fault(f"potential_municipalities {ISLAND_CODE} {year}", f"no {', '.join(missing)}",
                  "a row per tier, or an area shown with cars", "Run the potential of that year.")
        )  # fmt: skip
    return {fleet: float(own[tier]) for fleet, tier in FLEET_TIERS.items()}


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
