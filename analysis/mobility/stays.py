"""Turns trips into diary weeks laid over a calendar, and those into stays at the home base with the energy between.

Minutes count from Monday 00:00 local of the first calendar week; every week has 168 hours. A diary week is chosen per
calendar week by rotation, so that the weeks of one car stay its own and keep their order.
"""

import itertools
import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.mobility.energy import trip_energy_dc_kwh
from analysis.mobility.weeks import LOCAL_ZONE
from analysis.settings.parameters import ParameterSet
from analysis.units import DAYS_PER_WEEK, HOURS_PER_WEEK, MINUTES_PER_HOUR

FloatArray = NDArray[np.float64]

log = logging.getLogger(__name__)

HOME_BASES = ("home", "depot")
"""Places where a car has its own charge point: a household's parking, a company car's depot."""

WEEK_MIN = HOURS_PER_WEEK * MINUTES_PER_HOUR


@dataclass(frozen=True)
class Diaries:
    """Trips by vehicle and diary week, sorted; weeks and battery per vehicle, in the order of ``vehicle_ids``."""

    vehicle_ids: tuple[str, ...]
    week_count: NDArray[np.int64]
    battery_kwh: FloatArray
    trips: pd.DataFrame


@dataclass(frozen=True)
class Calendar:
    """Trips of all vehicles over a run of calendar weeks (sorted by vehicle, departure), with their energy."""

    vehicle_count: int
    week_count: int
    vehicle_index: NDArray[np.int64]
    depart_min: FloatArray
    arrive_min: FloatArray
    energy_dc_kwh: FloatArray
    is_from_home: NDArray[np.bool_]
    is_to_home: NDArray[np.bool_]


@dataclass(frozen=True)
class HomeStays:
    """Stays at the home base, vehicle × stay, padded (``is_stay`` false): minutes, energy driven before and after."""

    arrive_min: FloatArray
    depart_min: FloatArray
    energy_before_dc_kwh: FloatArray
    energy_after_dc_kwh: FloatArray
    is_stay: NDArray[np.bool_]


def diaries_of(trips: pd.DataFrame, vehicles: pd.DataFrame, default_battery_kwh: float) -> Diaries:
    """Lay each vehicle's trips on its own local weeks, the first of which is the week of its first trip.

    Whole weeks only: ``observed_days // 7`` of them, at least one; trips after the last whole week are left out.
    """
    ordered = trips.sort_values(["vehicle_id", "depart_utc"], kind="stable")
    index_of = {name: index for index, name in enumerate(vehicles["vehicle_id"])}
    ordered = ordered[ordered["vehicle_id"].isin(index_of.keys())]
    vehicle_index = ordered["vehicle_id"].map(index_of).to_numpy(np.int64)
    local = ordered["depart_utc"].dt.tz_convert(LOCAL_ZONE).dt.tz_localize(None)
    monday = (local - pd.to_timedelta(local.dt.day_of_week, unit="D")).dt.normalize()
    first_monday = monday.groupby(vehicle_index).transform("min")
    start_min = (local - first_monday).dt.total_seconds().to_numpy() / MINUTES_PER_HOUR
    duration_min = (ordered["arrive_utc"] - ordered["depart_utc"]).dt.total_seconds().to_numpy() / MINUTES_PER_HOUR
    week_count = np.maximum(1, vehicles["observed_days"].to_numpy(np.int64) // DAYS_PER_WEEK)
    table = pd.DataFrame(
        {
            "vehicle_index": vehicle_index,
            "diary_week": (start_min // WEEK_MIN).astype(np.int64),
            "week_min": start_min % WEEK_MIN,
            "duration_min": duration_min,
            "distance_km": ordered["distance_km"].to_numpy(),
            "is_from_home": ordered["origin"].isin(HOME_BASES).to_numpy(),
            "is_to_home": ordered["destination"].isin(HOME_BASES).to_numpy(),
        }
    )
    inside = table["diary_week"].to_numpy() < week_count[vehicle_index]
    if not inside.all():
        log.info("left out %d of %d trips after the last whole week of their car", int((~inside).sum()), len(table))
    battery = vehicles["battery_usable_kwh"].fillna(default_battery_kwh).to_numpy(float)
    return Diaries(tuple(vehicles["vehicle_id"]), week_count, battery, table[inside].reset_index(drop=True))


def lay_on_calendar(
    diaries: Diaries,
    week_order: NDArray[np.int64],
    rotation: NDArray[np.int64],
    temperature_deg_c: FloatArray,
    parameters: ParameterSet,
) -> Calendar:
    """Repeat the diaries over calendar weeks and give each trip its energy in the weather of that hour.

    Parameters
    ----------
    diaries
        Trips by vehicle and diary week.
    week_order
        Calendar week of each week of the run (warm-up weeks first).
    rotation
        Per vehicle: the diary week of calendar week c is (c + rotation) modulo its diary weeks.
    temperature_deg_c
        Calendar week × 168 hours.
    """
    count = len(diaries.vehicle_ids)
    plan = pd.DataFrame(
        {
            "vehicle_index": np.repeat(np.arange(count), len(week_order)),
            "run_week": np.tile(np.arange(len(week_order)), count),
            "calendar_week": np.tile(week_order, count),
        }
    )
    shift = rotation[plan["vehicle_index"].to_numpy()]
    plan["diary_week"] = (plan["calendar_week"].to_numpy() + shift) % diaries.week_count[
        plan["vehicle_index"].to_numpy()
    ]
    laid = plan.merge(diaries.trips, on=["vehicle_index", "diary_week"], how="inner")
    laid["depart_min"] = laid["run_week"] * WEEK_MIN + laid["week_min"]
    laid = laid.sort_values(["vehicle_index", "depart_min"], kind="stable").reset_index(drop=True)
    vehicle_index = laid["vehicle_index"].to_numpy(np.int64)
    depart = laid["depart_min"].to_numpy(float)
    arrive = depart + laid["duration_min"].to_numpy(float)
    is_last = np.append(vehicle_index[1:] != vehicle_index[:-1], True)
    following = np.where(is_last, np.inf, np.append(depart[1:], np.inf))
    # ASSUME: where the last diary week runs into the first one again, a trip still under way ends as the next begins.
    arrive = np.minimum(arrive, following)
    before = np.where(np.append(True, is_last[:-1]), -np.inf, np.append(-np.inf, arrive[:-1]))
    hour = np.minimum((laid["week_min"].to_numpy() // MINUTES_PER_HOUR).astype(np.int64), HOURS_PER_WEEK - 1)
    weather = temperature_deg_c[laid["calendar_week"].to_numpy(), hour]
    is_cold_car = np.zeros(len(laid), dtype=bool)  # ASSUME: no car is warmed from the grid before a trip.
    soak_h = (depart - before) / MINUTES_PER_HOUR
    energy = trip_energy_dc_kwh(laid["distance_km"].to_numpy(float), weather, soak_h, is_cold_car, parameters)
    return Calendar(
        count, len(week_order), vehicle_index, depart, arrive, energy,
        laid["is_from_home"].to_numpy(bool), laid["is_to_home"].to_numpy(bool),
    )  # fmt: skip


def home_stays(calendar: Calendar) -> HomeStays:
    """Gather, per vehicle, the stays at home base and the energy driven since the stay before.

    A car that does not drive in a run stands at home all the time. The first stay counts from minute 0.
    """
    end_min = calendar.week_count * WEEK_MIN
    per_vehicle = [_stays_of(calendar, rows, end_min) for rows in _rows_by_vehicle(calendar)]
    width = max(len(stay[0]) for stay in per_vehicle)
    padded = [np.full((calendar.vehicle_count, width), 0.0) for _ in range(4)]
    is_stay = np.zeros((calendar.vehicle_count, width), dtype=bool)
    for index, columns in enumerate(per_vehicle):
        for target, values in zip(padded, columns, strict=True):
            target[index, : len(values)] = values
        is_stay[index, : len(columns[0])] = True
    return HomeStays(padded[0], padded[1], padded[2], padded[3], is_stay)


def _rows_by_vehicle(calendar: Calendar) -> list[slice]:
    bounds = np.searchsorted(calendar.vehicle_index, np.arange(calendar.vehicle_count + 1))
    return [slice(low, high) for low, high in itertools.pairwise(bounds)]


def _stays_of(calendar: Calendar, rows: slice, end_min: float) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Arrivals, departures, energy before and energy after, of one vehicle."""
    depart, arrive = calendar.depart_min[rows], calendar.arrive_min[rows]
    to_home, from_home = calendar.is_to_home[rows], calendar.is_from_home[rows]
    driven = np.concatenate([[0.0], np.cumsum(calendar.energy_dc_kwh[rows])])
    starts_home = len(depart) == 0 or bool(from_home[0])
    at_home = np.concatenate([[starts_home], to_home])
    begins = np.concatenate([[0.0], arrive])[at_home]
    ends = np.minimum(np.concatenate([depart, [end_min]])[at_home], end_min)
    begins = np.minimum(begins, ends)
    so_far = driven[at_home]
    before = np.diff(so_far, prepend=0.0)
    after = np.diff(so_far, append=driven[-1])
    return begins, ends, before, after


def overlap_per_step(
    begin_min: FloatArray, end_min: FloatArray, amount: FloatArray, edges_min: FloatArray
) -> FloatArray:
    """Spread amounts evenly over their intervals and add them up per step.

    Parameters
    ----------
    begin_min, end_min
        Intervals of one vehicle, in order and apart from each other.
    amount
        What each interval holds in all (its minutes, or its kWh).
    edges_min
        Edges of the steps, one more than steps.

    Returns
    -------
    Array of len(edges) - 1. What lies inside the edges is kept to the last drop: the running total is piecewise
    linear, and a step holds its difference.

    Examples
    --------
    60 minutes from minute 30 to 90, edges 0, 60, 120: [30, 30].
    """
    if len(begin_min) == 0:
        return np.zeros(len(edges_min) - 1)
    knots = np.empty(2 * len(begin_min))
    knots[0::2], knots[1::2] = begin_min, end_min
    totals = np.empty_like(knots)
    running = np.cumsum(amount)
    totals[0::2], totals[1::2] = running - amount, running
    overlap: FloatArray = np.maximum(np.diff(np.interp(edges_min, knots, totals)), 0.0)
    return overlap
