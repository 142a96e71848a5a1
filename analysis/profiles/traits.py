"""Turns trips into the habits of each car: how far, how often, when out, when back, how long at rest.

Source: METHODS 2.1 (b). A day runs from 03 to 03 local time, so that a late return belongs to the evening it ends.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.units import DAYS_PER_WEEK, HOURS_PER_WEEK

LOCAL_TIME = "Europe/Stockholm"
# ASSUME: a driving day begins at 03 local time, when fewest cars are on the road.
DAY_BREAK_H = 3
# ASSUME: one km a day on each side keeps the weekend/weekday ratio finite for cars that stand still in one of them.
RATIO_PRIOR_KM = 1.0
WORKDAYS_PER_WEEK = 5
HOURS_PER_DAY = 24

HABIT_COLUMNS = ["vehicle_id", "depart_utc", "arrive_utc", "distance_km", "destination"]
"""What of a trip table habits are read from."""
HABITS = (
    "daily_km", "used_days_pu", "departure_cos", "departure_sin", "departure_dispersion_pu", "arrival_cos",
    "arrival_sin", "arrival_dispersion_pu", "longest_dwell_h", "weekend_ratio_pu", "long_trip_km", "work_days_pu",
)  # fmt: skip
"""Columns of the habits table, one row a vehicle."""


def whole_vehicles(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Regroup batches of a trip table sorted by vehicle, so that no vehicle is cut in two.

    Raises
    ------
    DataError
        If vehicles do not stand in ascending order: a vehicle could then come back unseen.
    """
    rest: pd.DataFrame | None = None
    last = ""
    for batch in batches:
        table = batch if rest is None else pd.concat([rest, batch], ignore_index=True)
        if not table["vehicle_id"].is_monotonic_increasing or (len(table) and str(table["vehicle_id"].iloc[0]) < last):
            raise DataError(
                Fault(
                    "trips.vehicle_id", "vehicles out of order", "rows sorted by vehicle_id", "Write the table sorted."
                )
            )
        if not len(table):
            continue
        last = str(table["vehicle_id"].iloc[-1])
        is_rest = table["vehicle_id"] == last
        rest = table[is_rest]
        if not is_rest.all():
            yield table[~is_rest]
    if rest is not None:
        yield rest


def vehicle_habits(trips: pd.DataFrame, vehicles: pd.DataFrame) -> pd.DataFrame:
    """Summarise the trips of each vehicle; a vehicle without trips stood still all the time it was observed.

    Parameters
    ----------
    trips
        Grain trip, whole vehicles (schema Trips).
    vehicles
        Grain vehicle (schema Vehicles); ``observed_days`` is the length of the diary.

    Returns
    -------
    pd.DataFrame
        Indexed by ``vehicle_id`` in the order of ``vehicles``, columns :data:`HABITS`. Clock times are the mean
        resultant vector on the 24-hour circle (cosine, sine) and its dispersion 1 - R; never linear hours.

    Raises
    ------
    DataError
        If trips belong to unknown vehicles, or a vehicle drives on more days than it was observed.

    References
    ----------
    METHODS 2.1 (b).

    Examples
    --------
    One 10 km trip from 06:00 on one of two observed days: daily_km 5, used_days_pu 0.5, departure (cos, sin) (0, 1).
    """
    _refuse_strangers(trips, vehicles)
    observed_days = vehicles.set_index("vehicle_id")["observed_days"].astype(float)
    timed = _with_driving_day(trips)
    days = _driving_days(timed)
    used = days.groupby("vehicle_id").size().reindex(observed_days.index, fill_value=0).astype(float)
    # One more driving day than observed days is the day break at 03 cutting the first or the last night.
    _refuse_too_many_days(used, observed_days)
    habits = pd.DataFrame(index=observed_days.index)
    total_km = timed.groupby("vehicle_id")["distance_km"].sum().reindex(habits.index, fill_value=0.0)
    habits["daily_km"] = total_km / observed_days
    habits["used_days_pu"] = (used / observed_days).clip(upper=1.0)
    for name, column in (("departure", "first_departure_h"), ("arrival", "last_arrival_h")):
        circle = _circular_mean(days, column).reindex(habits.index, fill_value=0.0)
        habits[f"{name}_cos"], habits[f"{name}_sin"] = circle["cos"], circle["sin"]
        habits[f"{name}_dispersion_pu"] = 1.0 - np.hypot(circle["cos"], circle["sin"])
    habits["longest_dwell_h"] = _longest_dwell_h(timed).reindex(habits.index, fill_value=float(HOURS_PER_WEEK))
    habits["weekend_ratio_pu"] = _weekend_ratio(days, observed_days)
    habits["long_trip_km"] = timed.groupby("vehicle_id")["distance_km"].quantile(0.95).reindex(habits.index).fillna(0.0)
    habits["work_days_pu"] = _work_days(timed, observed_days)
    return habits[list(HABITS)].astype(float)


def stream_habits(batches: Iterable[pd.DataFrame], vehicles: pd.DataFrame) -> pd.DataFrame:
    """Summarise a trip table batch by batch; a big one never stands in memory as a whole.

    Returns what :func:`vehicle_habits` returns, vehicles without trips last.
    """
    parts, driven = [], set[str]()
    for chunk in whole_vehicles(batches):
        ids = set(chunk["vehicle_id"])
        parts.append(vehicle_habits(chunk, vehicles[vehicles["vehicle_id"].isin(ids)]))
        driven |= ids
    standing = vehicles[~vehicles["vehicle_id"].isin(driven)]
    return pd.concat([*parts, habits_of_standing(standing)])


def habits_of_standing(vehicles: pd.DataFrame) -> pd.DataFrame:
    """Habits of vehicles that made no trip while observed: nothing driven, a dwell of a whole week, no rhythm."""
    standing = dict.fromkeys(HABITS, 0.0) | {
        "departure_dispersion_pu": 1.0,
        "arrival_dispersion_pu": 1.0,
        "longest_dwell_h": float(HOURS_PER_WEEK),
        "weekend_ratio_pu": 1.0,
    }
    return pd.DataFrame(standing, index=pd.Index(vehicles["vehicle_id"]), columns=list(HABITS), dtype=float)


def _refuse_strangers(trips: pd.DataFrame, vehicles: pd.DataFrame) -> None:
    strangers = sorted(set(trips["vehicle_id"]) - set(vehicles["vehicle_id"]))
    if strangers:
        raise DataError(
            Fault("trips.vehicle_id", f"{len(strangers)} unknown vehicles ({', '.join(strangers[:3])})",
                  "vehicles of the vehicles table", "Build trips and vehicles from the same source.")
        )  # fmt: skip


def _refuse_too_many_days(used: pd.Series, observed_days: pd.Series) -> None:
    over = used.index[used > observed_days + 1]
    if len(over):
        raise DataError(
            [
                Fault(
                    place=f"vehicles[{vehicle}].observed_days",
                    found=f"{observed_days[vehicle]:.0f} days, yet driven on {used[vehicle]:.0f}",
                    expected="at least the days with trips",
                    remedy="Correct observed_days in the source.",
                )
                for vehicle in over
            ]
        )


def _with_driving_day(trips: pd.DataFrame) -> pd.DataFrame:
    timed = trips.sort_values(["vehicle_id", "depart_utc"], kind="stable").reset_index(drop=True)
    timed["depart_local"] = timed["depart_utc"].dt.tz_convert(LOCAL_TIME).dt.tz_localize(None)
    timed["arrive_local"] = timed["arrive_utc"].dt.tz_convert(LOCAL_TIME).dt.tz_localize(None)
    timed["day"] = (timed["depart_local"] - pd.Timedelta(hours=DAY_BREAK_H)).dt.normalize()
    return timed


def _driving_days(timed: pd.DataFrame) -> pd.DataFrame:
    days = (
        timed.groupby(["vehicle_id", "day"])
        .agg(first=("depart_local", "min"), last=("arrive_local", "max"), km=("distance_km", "sum"))
        .reset_index()
    )
    for column, source in (("first_departure_h", "first"), ("last_arrival_h", "last")):
        clock = days[source]
        days[column] = clock.dt.hour + clock.dt.minute / 60.0
    days["is_weekend"] = days["day"].dt.day_of_week >= WORKDAYS_PER_WEEK
    return days


def _circular_mean(days: pd.DataFrame, column: str) -> pd.DataFrame:
    angle = days[column] * (2.0 * np.pi / HOURS_PER_DAY)
    circle = pd.DataFrame({"vehicle_id": days["vehicle_id"], "cos": np.cos(angle), "sin": np.sin(angle)})
    return circle.groupby("vehicle_id")[["cos", "sin"]].mean()


def _longest_dwell_h(timed: pd.DataFrame) -> pd.Series:
    """Mean over weeks of the longest gap between arrival and next departure, at most a week."""
    gap = (timed.groupby("vehicle_id")["depart_utc"].shift(-1) - timed["arrive_utc"]).dt.total_seconds() / 3600.0
    monday = timed["day"] - pd.to_timedelta(timed["day"].dt.day_of_week, unit="D")
    table = pd.DataFrame({"vehicle_id": timed["vehicle_id"], "monday": monday, "gap_h": gap}).dropna()
    longest = table.groupby(["vehicle_id", "monday"])["gap_h"].max().clip(0.0, float(HOURS_PER_WEEK))
    return longest.groupby("vehicle_id").mean()


def _weekend_ratio(days: pd.DataFrame, observed_days: pd.Series) -> pd.Series:
    """Km per weekend day over km per weekday; the diary is taken to hold both in their share of a week."""
    km = days.groupby(["vehicle_id", "is_weekend"])["km"].sum().unstack()
    km = km.reindex(index=observed_days.index, columns=[False, True], fill_value=0.0).fillna(0.0)
    weekday = km[False] / (observed_days * WORKDAYS_PER_WEEK / DAYS_PER_WEEK)
    weekend = km[True] / (observed_days * (DAYS_PER_WEEK - WORKDAYS_PER_WEEK) / DAYS_PER_WEEK)
    return (weekend + RATIO_PRIOR_KM) / (weekday + RATIO_PRIOR_KM)


def _work_days(timed: pd.DataFrame, observed_days: pd.Series) -> pd.Series:
    """Share of Mondays to Fridays with a trip that ends at work."""
    is_work = (timed["destination"] == "work") & (timed["day"].dt.day_of_week < WORKDAYS_PER_WEEK)
    work = timed[is_work].groupby("vehicle_id")["day"].nunique().reindex(observed_days.index, fill_value=0)
    share: pd.Series = work / (observed_days * WORKDAYS_PER_WEEK / DAYS_PER_WEEK)
    return share.clip(upper=1.0)
