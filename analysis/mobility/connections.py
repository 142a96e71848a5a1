"""Measures connections, real or simulated, in one way: how often, when, how long, how much; and compares two sets.

A connection runs from plug-in to plug-out; minutes count from a Monday 00:00 local. Real sessions and simulated stays
become the same small table, so that no measure is computed one way for the one and another way for the other.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import ks_2samp, wasserstein_distance

from analysis.mobility.plug_in import PluggedStays
from analysis.mobility.sessions import LEAST_ACTIVE_WEEKS, WEEK_DAYS
from analysis.mobility.stays import WEEK_MIN, FloatArray, overlap_per_step
from analysis.mobility.weeks import LOCAL_ZONE
from analysis.mobility.years import WARM_UP_WEEKS, VehicleYear
from analysis.settings.parameters import ParameterSet
from analysis.units import DAYS_PER_WEEK, MINUTES_PER_HOUR

FIRST_MONDAY = pd.Timestamp("2018-01-01")
HOURS_PER_DAY = 24
DAY_KINDS = tuple(WEEK_DAYS)


def connections_of_sessions(sessions: pd.DataFrame) -> pd.DataFrame:
    """Turn sessions (schema Sessions) into connections: user, begin and end in local minutes, hours, energy."""
    begin_min, end_min = (
        (sessions[name].dt.tz_convert(LOCAL_ZONE).dt.tz_localize(None) - FIRST_MONDAY).dt.total_seconds() / 60.0
        for name in ("plug_in_utc", "plug_out_utc")
    )
    connected_h = (sessions["plug_out_utc"] - sessions["plug_in_utc"]).dt.total_seconds() / 3600.0
    return pd.DataFrame(
        {"user_id": sessions["user_id"], "begin_min": begin_min, "end_min": end_min, "connected_h": connected_h,
         "energy_ac_kwh": sessions["energy_ac_kwh"]}
    ).reset_index(drop=True)  # fmt: skip


def connections_of_stays(year: VehicleYear, plugged: PluggedStays, parameters: ParameterSet) -> pd.DataFrame:
    """Turn the plugged stays of a simulated year into connections; those that begin while it warms up are left out."""
    begins = year.stays.arrive_min
    kept = plugged.is_plugged & (begins >= WARM_UP_WEEKS * WEEK_MIN) & (begins < year.run_week_count * WEEK_MIN)
    begin_min, end_min = begins[kept], plugged.unplug_min[kept]
    return pd.DataFrame(
        {
            "user_id": np.array(year.diaries.vehicle_ids, dtype=object)[np.nonzero(kept)[0]],
            "begin_min": begin_min,
            "end_min": end_min,
            "connected_h": (end_min - begin_min) / MINUTES_PER_HOUR,
            "energy_ac_kwh": plugged.charge_dc_kwh[kept] / parameters["plug.charge_efficiency"],
        }
    )


def plug_ins_per_week_by_user(connections: pd.DataFrame) -> "pd.Series[float]":
    """Connections per week from first to last plug-in, of each user seen over at least two weeks."""
    span = connections.groupby("user_id")["begin_min"].agg(["min", "max", "size"])
    weeks = (span["max"] - span["min"]) / WEEK_MIN
    return (span["size"] / weeks)[weeks >= LEAST_ACTIVE_WEEKS]


def plugged_share_by_hour(connections: pd.DataFrame) -> FloatArray:
    """Share of users plugged in, weekday and weekend × local hour.

    Each user seen over two weeks counts alike, over the whole hours from first to last plug-in; connections of one
    user that overlap count once.

    Examples
    --------
    One user plugged in from 18 to 06 every night: 1 from 18 to 05, 0 from 06 to 17.
    """
    users = [_user_share(begin, end) for begin, end in _apart(connections)]
    shares: FloatArray = np.nanmean(np.array(users), axis=0)
    return shares


def _apart(connections: pd.DataFrame) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Begins and ends of each steady user, cut where the next one begins before the longest so far has ended."""
    steady = plug_ins_per_week_by_user(connections).index
    ordered = connections.sort_values(["user_id", "begin_min"], kind="stable")
    for user, rows in ordered.groupby("user_id"):
        if user in steady:
            latest = np.maximum.accumulate(rows["end_min"].to_numpy(float))
            begin = np.maximum(rows["begin_min"].to_numpy(float), np.append(-np.inf, latest[:-1]))
            yield begin, np.maximum(latest, begin)


def _user_share(begin_min: FloatArray, end_min: FloatArray) -> FloatArray:
    first, last = np.ceil(begin_min[0] / MINUTES_PER_HOUR), np.floor(begin_min[-1] / MINUTES_PER_HOUR)
    hours: FloatArray = np.arange(first, last + 1).astype(np.float64)
    share = overlap_per_step(begin_min, end_min, end_min - begin_min, hours * MINUTES_PER_HOUR) / MINUTES_PER_HOUR
    minutes: FloatArray = hours[:-1] * MINUTES_PER_HOUR
    cell = _day_kind_hour(minutes)
    size = len(DAY_KINDS) * HOURS_PER_DAY
    seen = np.bincount(cell, minlength=size)
    total = np.bincount(cell, weights=share, minlength=size)
    mean = np.divide(total, seen, out=np.full(size, np.nan), where=seen > 0)
    table: FloatArray = mean.reshape(len(DAY_KINDS), HOURS_PER_DAY)
    return table


def _day_kind_hour(minutes: FloatArray) -> NDArray[np.int64]:
    """Cell of day kind and hour that minutes lie in: 0-23 on weekdays, 24-47 on weekends."""
    hour = np.floor(minutes / MINUTES_PER_HOUR).astype(np.int64)
    is_weekend = (hour // HOURS_PER_DAY) % DAYS_PER_WEEK >= len(WEEK_DAYS["weekday"])
    cell: NDArray[np.int64] = is_weekend * HOURS_PER_DAY + hour % HOURS_PER_DAY
    return cell


def clock_share(minutes: "pd.Series[float]") -> FloatArray:
    """Share of instants in each local hour, weekday and weekend × hour; each day kind sums to one."""
    instants: FloatArray = np.asarray(minutes, dtype=np.float64)
    cells = np.bincount(_day_kind_hour(instants), minlength=len(DAY_KINDS) * HOURS_PER_DAY)
    by_kind = cells.reshape(len(DAY_KINDS), HOURS_PER_DAY)
    shares: FloatArray = by_kind / np.maximum(by_kind.sum(axis=1, keepdims=True), 1)
    return shares


def cumulative_share(connected_h: "pd.Series[float]", longest_h: int) -> FloatArray:
    """Share of connections no longer than 0, 1, … hours."""
    shares: FloatArray = np.searchsorted(np.sort(connected_h), np.arange(longest_h + 1), side="right") / len(
        connected_h
    )
    return shares


def level_measures(connections: pd.DataFrame) -> dict[str, float]:
    """Give frequency, length, energy and the mean share plugged in of a set of connections."""
    rates = plug_ins_per_week_by_user(connections)
    return {
        "plug_ins_per_week_mean": float(rates.mean()),
        "plug_ins_per_week_median": float(rates.median()),
        "plug_ins_per_week_tenth": float(rates.quantile(0.1)),
        "plug_ins_per_week_ninetieth": float(rates.quantile(0.9)),
        "connection_mean": float(connections["connected_h"].mean()),
        "connection_median": float(connections["connected_h"].median()),
        "energy_mean": float(connections["energy_ac_kwh"].mean()),
        "energy_median": float(connections["energy_ac_kwh"].median()),
        "plugged_share": _over_week(plugged_share_by_hour(connections)),
    }


def distances(found: pd.DataFrame, wanted: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Say by measure and day kind how far one set of connections is from another.

    Levels differ by a share of the wanted one, hourly shares by points on the mean over the week, distributions by
    Kolmogorov's greatest gap and Wasserstein's hours, clock hours by the share that would have to move.
    """
    ours, theirs = level_measures(found), level_measures(wanted)
    away: dict[tuple[str, str], float] = {
        (name, "all"): abs(ours[name] / theirs[name] - 1.0)
        for name in ("plug_ins_per_week_mean", "plug_ins_per_week_median", "energy_mean")
    }
    gap = np.abs(plugged_share_by_hour(found) - plugged_share_by_hour(wanted))
    away["plugged_share_by_hour", "all"] = _over_week(gap)
    for column, measure in (("connected_h", "connection"), ("energy_ac_kwh", "energy")):
        away[f"{measure}_kolmogorov", "all"] = float(ks_2samp(found[column], wanted[column]).statistic)
    away["connection_wasserstein", "all"] = float(wasserstein_distance(found["connected_h"], wanted["connected_h"]))
    for column, measure in (("begin_min", "arrival_hours"), ("end_min", "departure_hours")):
        moved = np.abs(clock_share(found[column]) - clock_share(wanted[column])).sum(axis=1) / 2.0
        away |= {(measure, kind): float(moved[row]) for row, kind in enumerate(DAY_KINDS)}
    return away


def _over_week(by_hour: FloatArray) -> float:
    """Mean over the hours of a week of what is known by day kind and hour."""
    return float(np.average(by_hour.mean(axis=1), weights=[len(days) for days in WEEK_DAYS.values()]))
