"""Finds home and work from where and when a car stands: overnight parking is home, weekday parking by day is work."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.mobility.weeks import LOCAL_ZONE
from analysis.sources.positions import EARTH_RADIUS_KM
from analysis.sources.rules import PlaceRules

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NIGHT_H: Final = (1, 5)
WORKDAY_H: Final = (10, 14)
# ASSUME: a car that stands from 01 to 05 stands overnight, and one that stands from 10 to 14 on a weekday stands there
# by day; a night worker's home and work change places, and a workplace of half days is not found.
NOWHERE: Final = -1


def with_places(trips: pd.DataFrame, rules: PlaceRules) -> pd.DataFrame:
    """Give each trip the kind of place it leaves and reaches.

    Parameters
    ----------
    trips
        Grain trip, sorted by car and departure (schema ``GpsTrips``).
    rules
        How far apart two stays may lie to be one place, and how many nights or workdays make it home or work.

    Returns
    -------
    pd.DataFrame
        Grain trip (schema ``Trips``): origin and destination are home (or the rules' base), work or other. Where a
        file tells a purpose it is kept; else the purpose is the destination.

    Notes
    -----
    With positions: the ends of a car's trips are gathered to places by DBSCAN on the sphere; its home is the place with
    most nights, its work another place with most weekdays. Without: each stay is judged by its own hours
    (:func:`places_by_time`). METHODS 1.1.

    Examples
    --------
    A car that leaves A at 07 for B and returns at 17, Monday to Friday, has home A and work B.
    """
    parts = [_of_one_car(car, rules) for _, car in trips.groupby("vehicle_id", sort=False)]
    ends = np.concatenate(parts) if parts else np.empty((0, 2), dtype=object)
    origin = pd.Series(ends[:, 0], index=trips.index, dtype="str")
    destination = pd.Series(ends[:, 1], index=trips.index, dtype="str")
    table = trips[["vehicle_id", "depart_utc", "arrive_utc", "distance_km"]].copy()
    return table.assign(origin=origin, destination=destination, purpose=trips["purpose"].fillna(destination))


def _of_one_car(car: pd.DataFrame, rules: PlaceRules) -> NDArray[np.object_]:
    arrive, depart = _local_hours(car["arrive_utc"]), _local_hours(car["depart_utc"])
    begins, ends = arrive[:-1], depart[1:]
    by_time = places_by_time(begins, ends, rules)
    origin, destination = np.append(rules.base, by_time), np.append(by_time, rules.base)
    first = car[["depart_latitude_deg", "depart_longitude_deg"]].to_numpy(float)
    last = car[["arrive_latitude_deg", "arrive_longitude_deg"]].to_numpy(float)
    place = clusters(np.vstack([first, last]), rules.radius_m)
    if (place == NOWHERE).all():
        return np.column_stack([origin, destination]).astype(object)
    leaves, reaches = place[: len(car)], place[len(car) :]
    # a stay is where the trip before it ended; where that is unknown, where the trip after it began
    stays = np.where(reaches[:-1] == NOWHERE, leaves[1:], reaches[:-1])
    home, work = home_and_work(stays, begins, ends, rules)
    return np.column_stack([_named(leaves, home, work, origin, rules), _named(reaches, home, work, destination, rules)])


def _named(
    place: IntArray, home: int, work: int, otherwise: NDArray[np.str_], rules: PlaceRules
) -> NDArray[np.object_]:
    """Name each place; one without position is named by its time."""
    names = np.select([place == NOWHERE, place == home, place == work], [otherwise, rules.base, "work"], "other")
    return names.astype(object)


def _local_hours(times: pd.Series) -> FloatArray:
    """Hours on the Swedish wall clock since Monday 1970-01-05."""
    naive = times.dt.tz_convert(LOCAL_ZONE).dt.tz_localize(None)
    hours: FloatArray = ((naive - pd.Timestamp("1970-01-05")) / pd.Timedelta(hours=1)).to_numpy(float)
    return hours


def clusters(positions_deg: FloatArray, radius_m: float) -> IntArray:
    """Gather positions (latitude, longitude) by DBSCAN on great circles; one with no other near is a place of its own.

    Returns
    -------
    Number of the place by position, -1 where the position is missing.
    """
    from sklearn.cluster import DBSCAN  # two seconds to load: only where a file tells positions

    place = np.full(len(positions_deg), NOWHERE, dtype=np.int64)
    known = ~np.isnan(positions_deg).any(axis=1)
    if known.any():
        reach = radius_m / 1000.0 / EARTH_RADIUS_KM
        model = DBSCAN(eps=reach, min_samples=2, metric="haversine", algorithm="ball_tree")
        found = model.fit_predict(np.radians(positions_deg[known]))
        alone = found == NOWHERE
        found[alone] = found.max() + 1 + np.arange(alone.sum())
        place[known] = found
    return place


def days_covered(begins: FloatArray, ends: FloatArray, hours: tuple[int, int], weekdays_only: bool = False) -> IntArray:
    """Count the days on which a stay covers all of some hours of the clock.

    Parameters
    ----------
    begins, ends
        Local hours since a Monday at midnight.
    hours
        First and last hour of the day.
    weekdays_only
        Count Monday to Friday only.

    Examples
    --------
    From Monday 18 to Wednesday 07 a stay covers the hours 01-05 of two days: 2.
    """
    first = np.ceil((begins - hours[0]) / 24.0).astype(np.int64)
    last = np.floor((ends - hours[1]) / 24.0).astype(np.int64)
    if weekdays_only:
        counted: IntArray = np.maximum(_weekdays_before(last + 1) - _weekdays_before(first), 0)
        return counted
    nights: IntArray = np.maximum(last - first + 1, 0)
    return nights


def _weekdays_before(day: IntArray) -> IntArray:
    """Weekdays from day 0, a Monday, up to and without a day."""
    weeks, rest = np.divmod(day, 7)
    weekdays: IntArray = 5 * weeks + np.minimum(rest, 5)
    return weekdays


def home_and_work(place: IntArray, begins: FloatArray, ends: FloatArray, rules: PlaceRules) -> tuple[int, int]:
    """Choose the place with most nights and, among the others, that with most weekdays; -2 where none has enough.

    Parameters
    ----------
    place, begins, ends
        One stay each: number of its place (-1 unknown), and its local hours.
    rules
        ``least_nights`` and ``least_workdays``.
    """
    known = place != NOWHERE
    count = int(place.max(initial=-1)) + 1
    nights = np.bincount(place[known], days_covered(begins, ends, NIGHT_H)[known], count)
    days = np.bincount(place[known], days_covered(begins, ends, WORKDAY_H, weekdays_only=True)[known], count)
    home = int(nights.argmax()) if count and nights.max() >= rules.least_nights else -2
    days[home if home >= 0 else slice(0, 0)] = 0
    work = int(days.argmax()) if count and days.max() >= rules.least_workdays else -2
    return home, work


def places_by_time(begins: FloatArray, ends: FloatArray, rules: PlaceRules) -> NDArray[np.str_]:
    """Name each stay between two trips by its hours alone: over a night home, over a weekday's middle work, else other.

    ASSUME: without positions a night away from home looks like home, and the stays before a car's first and after its
    last trip, which nobody saw, are at home.
    """
    nights = days_covered(begins, ends, NIGHT_H)
    days = days_covered(begins, ends, WORKDAY_H, weekdays_only=True)
    return np.select([nights > 0, days > 0], [rules.base, "work"], "other").astype("U5")
