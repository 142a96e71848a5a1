"""Cleans trips: faults that a file must not hold, and rows that are left out, each with its reason."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.sources.dropped import Kept, Test, joined, same_text, sieve, texts_of, two_times
from analysis.sources.positions import ENDS, is_jump, jump_texts
from analysis.sources.rules import TripRules

MAX_EXAMPLES = 20
MICROSECONDS_PER_HOUR = 3.6e9
LOCAL = "Europe/Stockholm"
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def clean_trips(trips: pd.DataFrame, rules: TripRules, place: str) -> Kept:
    """Check trips and leave out those that no car can have made.

    Parameters
    ----------
    trips
        Grain: trip, columns of the ``Trips`` or ``GpsTrips`` contract; index = row number for faults and the list.
    rules
        The highest plausible speed.
    place
        File or table for the faults.

    Returns
    -------
    Kept
        Trips sorted by vehicle and departure, index still the row number; and the rows left out: without start or end,
        of no or negative distance, of no duration, too fast, with a GPS jump, or the same as another row.

    Raises
    ------
    DataError
        With every trip that arrives before it departs or overlaps the trip before it (same car), at once.

    Notes
    -----
    One sort on whole numbers, the rest by column: 1 million trips take about a second on one core.
    """
    whole = sieve(trips, "vehicle_id", _unfinished(trips), place, "trips")
    kept = sieve(whole.table, "vehicle_id", _impossible(whole.table, rules), place, "trips")
    faults = _backwards(kept.table, place)
    forwards = kept.table[kept.table["arrive_utc"] >= kept.table["depart_utc"]] if faults else kept.table
    ordered, codes = _sorted(forwards)
    once = sieve(ordered, "vehicle_id", [_repeated(ordered, codes)], place, "trips")
    faults += _overlap_faults(once.table, place)
    if faults:
        raise DataError(faults)
    return Kept(once.table, joined([whole.dropped, kept.dropped, once.dropped]))


def _unfinished(trips: pd.DataFrame) -> list[Test]:
    return [
        ("no_start", trips["depart_utc"].isna().to_numpy(), same_text("no departure")),
        ("no_end", trips["arrive_utc"].isna().to_numpy(), same_text("no arrival")),
    ]


def _impossible(trips: pd.DataFrame, rules: TripRules) -> list[Test]:
    hours = (_microseconds(trips["arrive_utc"]) - _microseconds(trips["depart_utc"])) / MICROSECONDS_PER_HOUR
    distance = trips["distance_km"].to_numpy()
    kilometres = texts_of("distance_km", "{:g} km")
    times = two_times("depart_utc", "arrive_utc")
    tests: list[Test] = [
        ("negative_distance", distance < 0.0, kilometres),
        ("no_distance", ~(distance > 0.0), kilometres),
        ("no_duration", hours == 0.0, times),
    ]
    if set(ENDS) <= set(trips.columns):
        jumps = (hours > 0.0) & is_jump(trips, hours, rules.max_speed_km_per_h)
        return [*tests, ("gps_jump", jumps, jump_texts)]
    with np.errstate(divide="ignore", invalid="ignore"):
        too_fast = (hours > 0.0) & (distance / hours > rules.max_speed_km_per_h)
    return [*tests, ("too_fast", too_fast, _speeds)]


def _speeds(trips: pd.DataFrame) -> list[str]:
    hours = (trips["arrive_utc"] - trips["depart_utc"]).dt.total_seconds() / 3600
    return [
        f"{distance / time:.0f} km/h over {distance:g} km"
        for distance, time in zip(trips["distance_km"], hours, strict=True)
    ]


def _microseconds(times: pd.Series) -> Integers:
    return np.asarray(times.dt.tz_convert(None).astype("datetime64[us]").to_numpy(), dtype="int64")


def _backwards(trips: pd.DataFrame, place: str) -> list[Fault]:
    rows = trips.index.to_numpy()
    backwards = (trips["arrive_utc"] < trips["depart_utc"]).to_numpy()
    return [
        Fault(f"{place}:{rows[i]}", f"arrival {trips['arrive_utc'].iat[i]:%Y-%m-%d %H:%M} UTC before departure "
              f"{trips['depart_utc'].iat[i]:%Y-%m-%d %H:%M} UTC", "arrival after departure",
              "Correct the row; check that both columns use one clock.")
        for i in np.flatnonzero(backwards)[:MAX_EXAMPLES]
    ]  # fmt: skip


def _sorted(trips: pd.DataFrame) -> tuple[pd.DataFrame, Integers]:
    codes, _ = pd.factorize(trips["vehicle_id"], sort=True)
    order = np.lexsort((_microseconds(trips["depart_utc"]), codes))
    if np.array_equal(order, np.arange(len(trips))):
        return trips, codes
    return trips.take(order), codes[order]


def _repeated(ordered: pd.DataFrame, codes: Integers) -> Test:
    """Find rows that equal the row before them in every column; only those with one car and departure are compared."""
    depart = _microseconds(ordered["depart_utc"])
    same = np.zeros(len(ordered), dtype=bool)
    same[1:] = (codes[1:] == codes[:-1]) & (depart[1:] == depart[:-1])
    if same.any():
        close = same | np.append(same[1:], False)
        same[close] = ordered[close].duplicated().to_numpy()
    return "duplicate", same, two_times("depart_utc", "arrive_utc")


def _overlap_faults(ordered: pd.DataFrame, place: str) -> list[Fault]:
    codes, vehicles = pd.factorize(ordered["vehicle_id"])
    depart = _microseconds(ordered["depart_utc"])
    arrive = _microseconds(ordered["arrive_utc"])
    latest = _latest_before(arrive, codes)
    rows = ordered.index.to_numpy()
    return [
        Fault(f"{place}:{rows[i]}", f"car {vehicles[codes[i]]} departs {_stamp(depart[i])} UTC while a trip until "
              f"{_stamp(latest[i])} UTC still runs",
              "one trip of a car at a time", "Correct one of the trips, or split the car's id.")
        for i in np.flatnonzero(depart < latest)[:MAX_EXAMPLES]
    ]  # fmt: skip


def _stamp(microseconds: np.int64) -> str:
    return f"{pd.Timestamp(int(microseconds), unit='us'):%Y-%m-%d %H:%M}"


def _latest_before(arrive: Integers, codes: Integers) -> Integers:
    """Latest arrival among the earlier trips of the same car; the least integer for its first trip."""
    never = np.iinfo("int64").min
    if len(arrive) == 0:
        return arrive
    running = pd.Series(arrive).groupby(codes).cummax().to_numpy()
    before = np.empty_like(arrive)
    before[0] = never
    before[1:] = np.where(codes[1:] == codes[:-1], running[:-1], never)
    return before


def days_seen(trips: pd.DataFrame) -> "pd.Series[int]":
    """Count the local days on which each car departs; index = vehicle_id.

    ASSUME: a car is seen on the days on which it leaves; that a last trip arrives after midnight adds none.
    """
    days = trips["depart_utc"].dt.tz_convert(LOCAL).dt.normalize()
    seen: pd.Series[int] = days.groupby(trips["vehicle_id"]).nunique()
    return seen


def without_cars_of_one_day(trips: pd.DataFrame, cars: set[str], place: str) -> Kept:
    """Leave out every trip of the named cars, which were seen for a single day (METHODS 1.1: no weeks from one day)."""
    mask = trips["vehicle_id"].isin(cars).to_numpy()
    days = trips["depart_utc"].dt.tz_convert(LOCAL).dt.strftime("seen on %Y-%m-%d only")
    return sieve(
        trips, "vehicle_id", [("seen_one_day", mask, lambda rows: days.loc[rows.index].tolist())], place, "trips"
    )
