"""Turns generated trips and published facts into one table: target, generated, how near, and how sure the target is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betainc

from analysis.units import DAYS_PER_WEEK, HOURS_PER_WEEK, KM_PER_MIL

LOCAL_ZONE = "Europe/Stockholm"
LONG_TRIP_KM = 200.0
LEAST_ROUND_TRIPS = 6
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Driving:
    """What the targets are measured on: car count, day count, trips with local clock, and car × day kilometres."""

    car_count: int
    day_count: int
    trips: pd.DataFrame
    day_km: pd.DataFrame
    home_pu: np.ndarray


@dataclass(frozen=True)
class Target:
    """One target: facts it rests on, factor from the facts' unit, tolerance as share of the target."""

    target_id: str
    metric: str
    fact_ids: tuple[str, ...]
    tolerance_pu: float
    measure: Callable[[Driving], float]
    unit: str
    factor: float = 1.0


def travel_targets(vehicles: pd.DataFrame, trips: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Hold generated driving against each published figure it should resemble (grain: target × series).

    Parameters
    ----------
    vehicles, trips
        As generated; company cars and other data sets are left out.
    facts
        TravelFacts.

    Returns
    -------
    pd.DataFrame
        TravelTargets: published and generated value, the accepted band, and ``verified`` of the fact. For the
        departure profile the published value is 1 and the generated one is the overlap of the two profiles.
    """
    private = vehicles[(vehicles["dataset"] == "generated") & (vehicles["use_case"] == "private")]
    driving = _driving(private, trips[trips["vehicle_id"].isin(private["vehicle_id"])])
    by_id = facts.set_index("id")
    rows: list[dict[str, object]] = []
    for target in _plain_targets() + _weekday_targets() + _home_targets():
        source = by_id.loc[list(target.fact_ids)]
        value = float(source["value"].mean()) * target.factor
        rows += _rows(target, value, source, target.measure(driving))
    for day_type in ("weekday", "weekend"):
        rows += _profile_rows(driving, facts, day_type)
    table = pd.DataFrame(rows)
    return table.astype(dict.fromkeys(("target_id", "series", "metric", "unit", "fact_ids", "source"), "str"))


def _rows(target: Target, value: float, source: pd.DataFrame, generated: float) -> list[dict[str, object]]:
    ratio = generated / value
    shared = {
        "target_id": target.target_id,
        "metric": target.metric,
        "low": value * (1.0 - target.tolerance_pu),
        "high": value * (1.0 + target.tolerance_pu),
        "ratio_pu": ratio,
        "is_within": bool(abs(ratio - 1.0) <= target.tolerance_pu),
        "unit": target.unit,
        "fact_ids": " ".join(target.fact_ids),
        "source": "; ".join(sorted(set(source["source"]))),
        "verified": bool(source["verified"].all()),
    }
    return [{**shared, "series": "published", "value": value}, {**shared, "series": "generated", "value": generated}]


def _driving(vehicles: pd.DataFrame, trips: pd.DataFrame) -> Driving:
    local = trips["depart_utc"].dt.tz_convert(LOCAL_ZONE).dt.tz_localize(None)
    table = trips.assign(day=local.dt.normalize(), weekday=local.dt.day_of_week, hour=local.dt.hour, local=local)
    day_km = table.groupby(["vehicle_id", "day", "weekday"])["distance_km"].agg(["sum", "size"]).reset_index()
    day_count = int(vehicles["observed_days"].iloc[0])
    return Driving(len(vehicles), day_count, table, day_km, _home_by_hour(table, len(vehicles), day_count))


def _home_by_hour(trips: pd.DataFrame, car_count: int, day_count: int) -> np.ndarray:
    """Share of cars at home at half past each hour of the week: a car leaves home and comes back."""
    start = trips["day"].min() - pd.Timedelta(days=int(trips["day"].min().day_of_week))
    minutes = np.arange(day_count * 24) * 60.0 + 30.0
    left = ((trips["local"] - start).dt.total_seconds() / 60.0)[trips["origin"] == "home"]
    length = (trips["arrive_utc"] - trips["depart_utc"]).dt.total_seconds() / 60.0
    back = ((trips["local"] - start).dt.total_seconds() / 60.0 + length)[trips["destination"] == "home"]
    away = np.searchsorted(np.sort(left), minutes, "right") - np.searchsorted(np.sort(back), minutes, "right")
    home: np.ndarray = 1.0 - (away / car_count).reshape(-1, HOURS_PER_WEEK).mean(axis=0)
    return home


def _is_weekday(table: pd.DataFrame, is_weekday: bool) -> pd.Series:
    return (table["weekday"] < 5) == is_weekday


def _used_share(driving: Driving, is_weekday: bool) -> float:
    days = driving.day_count / DAYS_PER_WEEK * (5 if is_weekday else 2)
    return float(_is_weekday(driving.day_km, is_weekday).sum() / (driving.car_count * days))


def _work_share(driving: Driving, is_weekday: bool) -> float:
    table = driving.trips[_is_weekday(driving.trips, is_weekday)]
    return float(table.loc[table["purpose"] == "work", "distance_km"].sum() / table["distance_km"].sum())


def _commutes(driving: Driving) -> pd.Series:
    table = driving.trips
    return table.loc[(table["purpose"] == "work") & (table["destination"] == "work"), "distance_km"]


def _many_long_trips(driving: Driving) -> float:
    """Share of cars with at least 11 one-way trips over 200 km a year, from fewer weeks by a negative binomial."""
    long = driving.trips[(driving.trips["distance_km"] > LONG_TRIP_KM) & (driving.trips["origin"] == "home")]
    counts = np.zeros(driving.car_count)
    per_car = long.groupby("vehicle_id").size().to_numpy()
    counts[: len(per_car)] = per_car
    mean, variance = counts.mean(), counts.var()
    shape = mean**2 / max(variance - mean, 1e-3)
    year_mean = mean * 365.25 / driving.day_count
    # the upper tail of the negative binomial with this shape and mean
    return float(betainc(LEAST_ROUND_TRIPS, shape, year_mean / (shape + year_mean)))


def _plain_targets() -> list[Target]:
    return [
        Target("annual_km", "km a year, private battery car", ("TF005",), 0.03,
               lambda d: d.trips["distance_km"].sum() / d.car_count / d.day_count * 365.25, "km/yr", KM_PER_MIL),
        Target("used_weekday", "share of cars used on a weekday", ("TF179",), 0.10,
               lambda d: _used_share(d, True), "share"),
        Target("used_weekend", "share of cars used on a weekend day", ("TF180",), 0.10,
               lambda d: _used_share(d, False), "share"),
        Target("trips_per_used_day", "trips per used car and day", ("TF181",), 0.10,
               lambda d: float(d.day_km["size"].mean()), "1/day"),
        Target("trip_mean_km", "mean trip (target is of all cars, 14 % fewer km a year)", ("TF182",), 0.25,
               lambda d: float(d.trips["distance_km"].mean()), "km"),
        Target("trip_median_km", "median trip", ("TF183",), 0.20,
               lambda d: float(d.trips["distance_km"].median()), "km"),
        Target("commute_mean_km", "mean one-way commute", ("TF184",), 0.15, lambda d: float(_commutes(d).mean()), "km"),
        Target("commute_median_km", "median one-way commute", ("TF185",), 0.20,
               lambda d: float(_commutes(d).median()), "km"),
        Target("used_day_p95_km", "95th percentile of km on a used day", ("TF186",), 0.25,
               lambda d: float(d.day_km["sum"].quantile(0.95)), "km"),
        Target("work_share_weekday", "share of km to and from work, weekdays",
               ("TF047", "TF048", "TF049", "TF050", "TF051"),
               0.20, lambda d: _work_share(d, True), "share"),
        Target("work_share_weekend", "share of km to and from work, weekend", ("TF052", "TF053"), 0.60,
               lambda d: _work_share(d, False), "share"),
        Target("many_long_trips", "cars with at least 11 one-way trips over 200 km a year", ("TF024",), 0.25,
               _many_long_trips, "share"),
    ]  # fmt: skip


def _weekday_targets() -> list[Target]:
    def measure(number: int) -> Callable[[Driving], float]:
        return lambda d: float(d.trips.loc[d.trips["weekday"] == number, "distance_km"].sum()
                               / d.trips["distance_km"].sum() * DAYS_PER_WEEK)  # fmt: skip

    return [
        Target(f"km_{name.lower()}", f"km on {name} relative to the mean day", (f"TF{40 + number:03d}",), 0.15,
               measure(number), "ratio")
        for number, name in enumerate(WEEKDAYS)
    ]  # fmt: skip


def _home_targets() -> list[Target]:
    def at(hour: int, is_weekday: bool) -> Callable[[Driving], float]:
        days = range(5) if is_weekday else range(5, 7)
        return lambda d: float(np.mean([d.home_pu[day * 24 + hour] for day in days]))

    hours = [
        Target(f"home_{kind}_{hour:02d}", f"share of cars at home, {kind} {hour:02d}-{hour + 1:02d}",
               (f"TF{first + hour:03d}",), 0.15, at(hour, kind == "weekday"), "share")
        for kind, first in (("weekday", 131), ("weekend", 155))
        for hour in (3, 8, 12, 17, 21)
    ]  # fmt: skip
    mean = Target(
        "home_mean", "share of time at home (England)", ("TF016",), 0.15, lambda d: float(d.home_pu.mean()), "share"
    )
    return [mean, *hours]


def _profile_rows(driving: Driving, facts: pd.DataFrame, day_type: str) -> list[dict[str, object]]:
    chosen = facts[(facts["metric"] == "departures by hour, car driver") & (facts["day_type"] == day_type)]
    wanted = chosen.set_index(chosen["hour"].astype(int))["value"].sort_index()
    wanted = wanted / wanted.sum()
    table = driving.trips[_is_weekday(driving.trips, day_type == "weekday")]
    found = table["hour"].value_counts(normalize=True).reindex(range(24), fill_value=0.0)
    overlap = float(np.minimum(wanted.to_numpy(), found.to_numpy()).sum())
    span = (chosen["id"].iloc[0], chosen["id"].iloc[-1])
    target = Target(f"departures_{day_type}", f"departures by hour, {day_type}: overlap of the profiles", span, 0.15,
                    lambda _: overlap, "share")  # fmt: skip
    return _rows(target, 1.0, chosen, overlap)
