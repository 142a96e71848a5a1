"""Turns published travel statistics and a seed into weeks of driving of private battery cars.

A generated diary is not an observation. It keeps what the chain needs and a one-day survey cannot give: the weeks of
one car resemble each other, long trips are rare and belong to few, and whole weeks start and end at home.
"""

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.settings.parameters import ParameterSet
from analysis.synthetic.travel_days import Leg, car_legs
from analysis.synthetic.travel_vehicles import DAYS_PER_WEEK, TRAVEL_STAGE, CarHabits, draw_habits, draw_vehicles

LOCAL_ZONE = "Europe/Stockholm"
DIARY_START = "2024-01-08"
"""Monday on which every generated diary begins (local). Diaries have no season; the date only carries the weekday."""

DAYS_PER_YEAR = 365.25
FIT_ROUNDS = 3


def generate_travel(
    vehicle_count: int, weeks: int, seed: int, facts: pd.DataFrame, parameters: ParameterSet
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Generate whole-week diaries of private battery cars, fitted to published statistics.

    Parameters
    ----------
    vehicle_count, weeks
        How many cars, how many weeks each.
    seed
        Seed of the run; each car has a stream of its own.
    facts
        TravelFacts; uses the length of commutes (TF184, TF185). What is reached stands in
        :func:`analysis.synthetic.travel_targets.travel_targets`.
    parameters
        Parameters and travel-generator rows (``trv.*``); ``veh.annual_km`` is met by a common factor on the
        distances of errands and leisure, while commutes and long trips stay as drawn.

    Returns
    -------
    tuple
        Vehicles and Trips.

    Raises
    ------
    DataError
        If commutes and long trips alone exceed the annual distance.
    """
    vehicles = draw_vehicles(vehicle_count, weeks, seed, parameters)
    habits = _habits_of(vehicles, seed, facts, parameters)
    target_km = parameters["veh.annual_km"] * weeks * DAYS_PER_WEEK / DAYS_PER_YEAR * vehicle_count
    factor = 1.0
    for _ in range(FIT_ROUNDS):
        legs = [
            car_legs(habit, weeks, factor, np.random.default_rng([seed, TRAVEL_STAGE, 2, number]), parameters)
            for number, habit in enumerate(habits)
        ]
        factor *= _correction(legs, target_km)
    return vehicles, _trips_of(vehicles["vehicle_id"].tolist(), legs)


def _habits_of(vehicles: pd.DataFrame, seed: int, facts: pd.DataFrame, parameters: ParameterSet) -> list[CarHabits]:
    value = facts.set_index("id")["value"]
    mean_km, median_km = float(value["TF184"]), float(value["TF185"])
    rows = zip(vehicles["dwelling"], vehicles["household_type"], vehicles["income_quintile"], strict=True)
    return [
        draw_habits(
            dwelling, household, int(income), mean_km, median_km,
            np.random.default_rng([seed, TRAVEL_STAGE, 1, number]), parameters,
        )
        for number, (dwelling, household, income) in enumerate(rows)
    ]  # fmt: skip


def _correction(legs: list[list[Leg]], target_km: float) -> float:
    free = sum(leg.distance_km for car in legs for leg in car if leg.purpose in ("errand", "leisure"))
    fixed = sum(leg.distance_km for car in legs for leg in car) - free
    if fixed >= target_km or free <= 0:
        raise DataError(
            Fault("travel generator", f"{fixed:,.0f} km of fixed trips", f"less than {target_km:,.0f} km in all",
                  "Lower trv.commuter_share or trv.long_one_way_per_year, or raise veh.annual_km.")
        )  # fmt: skip
    return (target_km - fixed) / free


def _trips_of(vehicle_ids: list[str], legs: list[list[Leg]]) -> pd.DataFrame:
    rows = [
        (name, leg.depart_min, leg.arrive_min, leg.distance_km, leg.origin, leg.destination, leg.purpose)
        for name, car in zip(vehicle_ids, legs, strict=True)
        for leg in car
    ]
    names = ["vehicle_id", "depart_min", "arrive_min", "distance_km", "origin", "destination", "purpose"]
    table = pd.DataFrame(rows, columns=names)
    depart_s = (table["depart_min"] * 60).round()
    length_s = ((table["arrive_min"] - table["depart_min"]) * 60).round().clip(lower=60)
    local = pd.Timestamp(DIARY_START) + pd.to_timedelta(depart_s, unit="s")
    depart = local.dt.tz_localize(LOCAL_ZONE, ambiguous=True, nonexistent="shift_forward").dt.tz_convert("UTC")
    table["depart_utc"] = depart.astype("datetime64[us, UTC]")
    table["arrive_utc"] = (depart + pd.to_timedelta(length_s, unit="s")).astype("datetime64[us, UTC]")
    columns = ["vehicle_id", "depart_utc", "arrive_utc", "distance_km", "origin", "destination", "purpose"]
    return table[columns].astype(dict.fromkeys(("vehicle_id", "origin", "destination", "purpose"), "str"))
