"""Turns shares of households and cars into single cars with habits of their own, so that weeks of one car are alike."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.settings.parameters import ParameterSet

FloatArray = NDArray[np.float64]

TRAVEL_STAGE = 11
DAYS_PER_WEEK = 7
WEEKDAY_COUNT = 5

# ASSUME: income quintiles of battery-car owners lean to the top, as surveys of early owners say in words.
INCOME_SHARES = (0.07, 0.11, 0.18, 0.27, 0.37)
# ASSUME: household types of battery-car owners by dwelling (families in houses, smaller households in flats).
HOUSEHOLD_SHARES = {
    "detached": {"couple_with_children": 0.50, "couple": 0.35, "single": 0.10, "single_with_children": 0.05},
    "flat": {"couple_with_children": 0.25, "couple": 0.36, "single": 0.32, "single_with_children": 0.07},
}
# ASSUME: commutes from houses are longer than from flats, in this ratio to the mean.
COMMUTE_RATIO = {"detached": 1.12, "flat": 0.72}
# ASSUME: chance to commute by car relative to the mean, by household type and by income quintile.
COMMUTER_RATIO = {"couple_with_children": 1.15, "couple": 0.90, "single": 0.95, "single_with_children": 1.05}
COMMUTER_BY_INCOME = (0.65, 0.80, 0.95, 1.05, 1.13)
LONGEST_COMMUTE_KM = 120.0
SHORTEST_TRIP_KM = 0.4
CAR_TYPES = ((52.0, "small"), (70.0, "medium"), (np.inf, "large"))
BATTERY_LIMITS_KWH = (40.0, 85.0)


@dataclass(frozen=True)
class CarHabits:
    """What stays the same from week to week for one car; minutes count from midnight."""

    is_commuter: bool
    works_on: tuple[bool, ...]
    leave_min: float
    work_length_min: float
    commute_km: float
    free_use_pu: tuple[float, ...]
    free_start_min: tuple[float, ...]
    distance_factor_pu: float
    long_round_trips_per_week: float


def draw_vehicles(vehicle_count: int, weeks: int, seed: int, parameters: ParameterSet) -> pd.DataFrame:
    """Draw private battery cars and their households (grain: vehicle; schema Vehicles).

    Shares of dwellings are met as nearly as whole cars allow; the rest is drawn.
    """
    generator = np.random.default_rng([seed, TRAVEL_STAGE, 0])
    detached = parameters["plug.ev_owner_detached_share"]
    cooperative = parameters["trv.flat_cooperative_share"]
    ladder = (np.arange(vehicle_count) + generator.random()) / vehicle_count
    dwelling = np.select(
        [ladder < detached, ladder < detached + cooperative], ["detached", "flat_cooperative"], "flat_rental"
    )
    dwelling = dwelling[generator.permutation(vehicle_count)]
    battery = generator.normal(parameters["veh.E_usable_bev"], parameters["trv.battery_spread_kwh"], vehicle_count)
    battery = np.clip(battery, *BATTERY_LIMITS_KWH)
    types = [next(name for limit, name in CAR_TYPES if kwh < limit) for kwh in battery]
    household = []
    for home in dwelling:
        shares = HOUSEHOLD_SHARES["detached" if home == "detached" else "flat"]
        household.append(str(generator.choice(list(shares), p=list(shares.values()))))
    return pd.DataFrame(
        {
            "vehicle_id": [f"car_{number:05d}" for number in range(vehicle_count)],
            "weight": 1.0,
            "observed_days": weeks * DAYS_PER_WEEK,
            "dataset": "generated",
            "use_case": "private",
            "dwelling": dwelling,
            "income_quintile": pd.array(
                generator.choice(np.arange(1, 6), size=vehicle_count, p=INCOME_SHARES), dtype="Int64"
            ),
            "household_type": household,
            "car_type": types,
            "battery_usable_kwh": battery,
        }
    ).astype(dict.fromkeys(("vehicle_id", "dataset", "use_case", "dwelling", "household_type", "car_type"), "str"))


def draw_habits(
    dwelling: str, household_type: str, income_quintile: int, commute_mean_km: float, commute_median_km: float,
    generator: np.random.Generator, parameters: ParameterSet,
) -> CarHabits:  # fmt: skip
    """Draw the habits of one car.

    Parameters
    ----------
    dwelling, household_type, income_quintile
        Of the household: they shift the chance and the length of the commute.
    commute_mean_km, commute_median_km
        One way; they fix a lognormal (facts TF184, TF185).
    generator
        The car's own.
    parameters
        Parameters ``trv.*``.
    """
    home = "detached" if dwelling == "detached" else "flat"
    chance = parameters["trv.commuter_share"] * COMMUTER_RATIO[household_type] * COMMUTER_BY_INCOME[income_quintile - 1]
    is_commuter = bool(generator.random() < chance)
    is_shift = bool(generator.random() < parameters["trv.shift_worker_share"])
    spread = np.sqrt(2.0 * np.log(commute_mean_km / commute_median_km))
    commute_km = commute_median_km * COMMUTE_RATIO[home] * np.exp(spread * generator.normal())
    weekend_pu = parameters["trv.weekend_use"]
    weekday_pu = parameters["trv.free_weekday_use"]
    mean_use = np.array([weekday_pu] * WEEKDAY_COUNT + [weekend_pu] * 2)
    # ASSUME: how surely a car is used on its free Tuesday is its own (beta, two pseudo-weeks): some always, some never.
    own_use = generator.beta(2.0 * mean_use, 2.0 * (1.0 - mean_use))
    # ASSUME: free days begin about 10:45 on weekdays and 11:20 on weekends, each car and weekday at its own time.
    own_start = generator.normal([645.0] * WEEKDAY_COUNT + [680.0] * 2, 135.0)
    rate = generator.gamma(parameters["trv.long_trip_dispersion"]) / parameters["trv.long_trip_dispersion"]
    return CarHabits(
        is_commuter=is_commuter,
        works_on=_working_days(is_commuter, is_shift, generator, parameters),
        leave_min=_leaving(is_shift, generator, parameters),
        # ASSUME: a working day away from home, break included, is 8 h 35 min on the mean.
        work_length_min=float(np.clip(generator.normal(515.0, 45.0), 240.0, 660.0)),
        commute_km=float(np.clip(commute_km, SHORTEST_TRIP_KM, LONGEST_COMMUTE_KM)),
        free_use_pu=tuple(float(value) for value in own_use),
        free_start_min=tuple(float(value) for value in np.clip(own_start, 400.0, 1150.0)),
        # ASSUME: free distances differ between cars by a lognormal factor of 0.35.
        distance_factor_pu=float(np.exp(0.35 * generator.normal() - 0.5 * 0.35**2)),
        long_round_trips_per_week=float(rate * parameters["trv.long_one_way_per_year"] / 2.0 / 52.0),
    )


def _working_days(
    is_commuter: bool, is_shift: bool, generator: np.random.Generator, parameters: ParameterSet
) -> tuple[bool, ...]:
    if not is_commuter:
        return (False,) * DAYS_PER_WEEK
    mean_days = parameters["trv.commute_days_per_week"]
    count = int(np.clip(round(generator.normal(mean_days, 1.1)), 1, WEEKDAY_COUNT))
    # ASSUME: those who work from home one day do so on Fridays more often than on other days; shifts include weekends.
    leaning = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.95, 0.9] if is_shift else [1.0, 1.15, 1.15, 1.1, 0.75, 0.0, 0.0])
    days = generator.choice(DAYS_PER_WEEK, size=count, replace=False, p=leaning / leaning.sum())
    return tuple(bool(day in days) for day in range(DAYS_PER_WEEK))


def _leaving(is_shift: bool, generator: np.random.Generator, parameters: ParameterSet) -> float:
    """Minute of leaving for work: about 07:26, shifts about 05:40 or 13:00."""
    wobble = generator.normal()
    is_late = bool(generator.random() < 0.4)
    if is_shift:
        return (780.0 if is_late else 345.0) + 25.0 * wobble
    return 446.0 + parameters["trv.habit_time_spread_min"] * wobble
