"""Turns charging sessions alone into the points that users are clustered on: no trips, no parking known.

The same two blocks as for cars with trips (METHODS 2.1), from what sessions tell: the share plugged in over the 168
hours of the week, and the habits of plugging in: how often, how long, how much, at what hour, on which days.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.profiles.features import joined_points
from analysis.profiles.traits import HOURS_PER_DAY, LOCAL_TIME, WORKDAYS_PER_WEEK
from analysis.units import DAYS_PER_WEEK

Array = NDArray[np.float64]

# ASSUME: one kWh a day on each side keeps the weekend/weekday ratio finite, as one km does for trips.
RATIO_PRIOR_KWH = 1.0
LONG_PU = 0.95


def session_habits(sessions: pd.DataFrame, users: pd.DataFrame) -> pd.DataFrame:
    """Summarise the sessions of each user.

    Parameters
    ----------
    sessions
        Grain charging session (schema Sessions).
    users
        ``vehicle_id`` (the user) and ``observed_days``; sessions of other users are left aside.

    Returns
    -------
    pd.DataFrame
        Indexed by ``vehicle_id`` in the order of ``users``: sessions a week, kWh a day, share of days with a plug-in,
        mean hours connected, mean resultant vector of plug-in and plug-out on the 24-hour circle with its dispersion,
        kWh per weekend day over kWh per weekday, 95 % quantile of a session's kWh.

    References
    ----------
    METHODS 2.1 (b), read for sessions: energy stands for distance, plug-in and plug-out for arrival and departure.

    Examples
    --------
    Seven sessions of 10 kWh in 14 days, each from 18 to 06: 3.5 a week, 5 kWh a day, 12 h, plug-in at (cos, sin) of 18
    hours (0, -1), dispersion 0.
    """
    days = users.set_index("vehicle_id")["observed_days"].astype(float)
    own = sessions[sessions["user_id"].isin(days.index)].sort_values(["user_id", "plug_in_utc"], kind="stable")
    begin, end = (own[name].dt.tz_convert(LOCAL_TIME).dt.tz_localize(None) for name in ("plug_in_utc", "plug_out_utc"))
    table = pd.DataFrame(
        {
            "user": own["user_id"].to_numpy(),
            "kwh": own["energy_ac_kwh"].to_numpy(float),
            "connected_h": (end - begin).dt.total_seconds().to_numpy(float) / 3600.0,
            "day": begin.dt.normalize().to_numpy(),
            "is_weekend": (begin.dt.day_of_week >= WORKDAYS_PER_WEEK).to_numpy(),
            "plug_in_h": (begin.dt.hour + begin.dt.minute / 60.0).to_numpy(float),
            "plug_out_h": (end.dt.hour + end.dt.minute / 60.0).to_numpy(float),
        }
    )
    grouped = table.groupby("user")
    habits = pd.DataFrame(index=days.index)
    habits["plug_ins_per_week"] = grouped.size() / days * DAYS_PER_WEEK
    habits["energy_kwh_per_day"] = grouped["kwh"].sum() / days
    habits["plugged_days_pu"] = (grouped["day"].nunique() / days).clip(upper=1.0)
    habits["connected_h"] = grouped["connected_h"].mean()
    for name in ("plug_in", "plug_out"):
        angle = table[f"{name}_h"] * (2.0 * np.pi / HOURS_PER_DAY)
        circle = pd.DataFrame({"cos": np.cos(angle), "sin": np.sin(angle)}).groupby(table["user"]).mean()
        habits[f"{name}_cos"], habits[f"{name}_sin"] = circle["cos"], circle["sin"]
        habits[f"{name}_dispersion_pu"] = 1.0 - np.hypot(circle["cos"], circle["sin"])
    habits["weekend_ratio_pu"] = _weekend_ratio(table, days)
    habits["large_session_kwh"] = grouped["kwh"].quantile(LONG_PU)
    return habits.astype(float)


def _weekend_ratio(table: pd.DataFrame, days: pd.Series) -> pd.Series:
    kwh = table.groupby(["user", "is_weekend"])["kwh"].sum().unstack()
    kwh = kwh.reindex(index=days.index, columns=[False, True], fill_value=0.0).fillna(0.0)
    weekday = kwh[False] / (days * WORKDAYS_PER_WEEK / DAYS_PER_WEEK)
    weekend = kwh[True] / (days * (DAYS_PER_WEEK - WORKDAYS_PER_WEEK) / DAYS_PER_WEEK)
    return (weekend + RATIO_PRIOR_KWH) / (weekday + RATIO_PRIOR_KWH)


def session_points(plugged_pu: Array, habits: pd.DataFrame, users: pd.DataFrame) -> Array:
    """Points that users are clustered on (n × d), in the order of ``users``.

    Parameters
    ----------
    plugged_pu
        User × 168: share plugged in by hour of week.
    habits
        Result of :func:`session_habits`.
    users
        ``vehicle_id``, ``weight`` and ``observed_days``.
    """
    table = habits.reindex(pd.Index(users["vehicle_id"])).copy()
    for name in ("plug_ins_per_week", "energy_kwh_per_day", "connected_h", "large_session_kwh"):
        table[name] = np.log1p(table[name])
    table["weekend_ratio_pu"] = np.log(table["weekend_ratio_pu"])
    weeks = users["observed_days"].to_numpy(float) / DAYS_PER_WEEK
    return joined_points(plugged_pu, table.to_numpy(float), weeks, users["weight"].to_numpy(float))


def session_figures(plugged_pu: Array, habits: pd.DataFrame) -> Array:
    """What a sample of users should keep the mean of: kWh a day, plug-in a day and at 18 and 02 (n × 4)."""
    return np.column_stack(
        [
            habits["energy_kwh_per_day"].to_numpy(float),
            plugged_pu.mean(axis=1),
            plugged_pu[:, 18::24].mean(axis=1),
            plugged_pu[:, 2::24].mean(axis=1),
        ]
    )
