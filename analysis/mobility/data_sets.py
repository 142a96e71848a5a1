"""Turns trips and charging sessions of any origin into the same few measures, so that data sets can be compared.

Each kind gives what it can (METHODS 1.1): a one-day diary has no rhythm over days, and sessions know no kilometres.
"""

import pandas as pd

from analysis.mobility.sessions import plug_in_statistics
from analysis.mobility.weeks import LOCAL_ZONE
from analysis.units import MINUTES_PER_HOUR

Measure = tuple[str, float, str, str]

BASES = ("home", "depot")
"""Where a car belongs: private cars at home, firms' cars at their depot."""
SECONDS_PER_HOUR = 60.0 * MINUTES_PER_HOUR
SESSION_MEASURES = ("user_count", "session_count", "plug_ins_per_week_mean", "plug_ins_per_week_median",
                    "connection_mean", "connection_median", "energy_mean", "energy_median")  # fmt: skip


def describe_trips(trips: pd.DataFrame, vehicles: pd.DataFrame) -> list[Measure]:
    """Give the measures of a set of trips; every car counts alike.

    Parameters
    ----------
    trips
        Grain trip (schema Trips).
    vehicles
        Grain vehicle (schema Vehicles); uses ``observed_days``. Cars without trips count as unused.

    Returns
    -------
    list
        Measure, value, unit and how it was computed. Stays at base are left out where no trip ends and starts there,
        and of one-day diaries, which cannot see a night.

    Examples
    --------
    A car seen for two days with trips of 10 km at 08-09 and 17-18 on the first gives 10 km a day, half of the days
    used, 2 trips on a used day.
    """
    days = vehicles.set_index("vehicle_id")["observed_days"].astype(float)
    local_day = trips["depart_utc"].dt.tz_convert(LOCAL_ZONE).dt.normalize()
    used = local_day.groupby(trips["vehicle_id"]).nunique().reindex(days.index, fill_value=0)
    driven = trips.groupby("vehicle_id")["distance_km"].sum().reindex(days.index, fill_value=0.0)
    measures: list[Measure] = [
        ("vehicle_count", float(len(days)), "count", "cars observed, also those that never moved"),
        ("trip_count", float(len(trips)), "count", "trips"),
        ("observed_days_mean", float(days.mean()), "d", "mean over cars"),
        ("distance_mean", float((driven / days).mean()), "km/d", "mean over cars of km / observed days"),
        ("used_days_mean", float((used.clip(upper=days) / days).mean()), "share", "mean over cars of days with a trip"),
        ("trips_per_used_day", float(len(trips) / used.sum()), "1/d", "trips / days with a trip"),
        ("trip_distance_median", float(trips["distance_km"].median()), "km", "median over trips"),
    ]
    stays_h = base_stays_h(trips)
    if len(stays_h) and (days > 1).any():
        overnight = float((stays_h >= 10.0).mean())
        measures.append(("base_stay_median", float(stays_h.median()), "h", "median of stays at home or depot"))
        measures.append(("base_stay_over_10h", overnight, "share", "of stays at home or depot, at least 10 h"))
    return measures


def base_stays_h(trips: pd.DataFrame) -> "pd.Series[float]":
    """Length of each stay at home or depot between two trips of one car, in hours; open stays have none."""
    ordered = trips.sort_values(["vehicle_id", "depart_utc"], kind="stable")
    next_depart = ordered.groupby("vehicle_id")["depart_utc"].shift(-1)
    stays = next_depart - ordered["arrive_utc"]
    at_base = ordered["destination"].isin(BASES) & next_depart.notna()
    return stays[at_base].dt.total_seconds() / SECONDS_PER_HOUR


def describe_sessions(sessions: pd.DataFrame) -> list[Measure]:
    """Give the measures of a set of charging sessions at home (schema Sessions), as ``plug_in_statistics`` does."""
    table = plug_in_statistics(sessions, "").set_index("statistic")
    rows = table.loc[list(SESSION_MEASURES)]
    return list(zip(rows.index, rows["value"], rows["unit"], rows["how_computed"], strict=True))


def side_by_side(described: list[tuple[str, str, str, list[Measure]]]) -> pd.DataFrame:
    """Put described data sets together.

    Parameters
    ----------
    described
        Name, kind, source and measures of each data set.

    Returns
    -------
    pd.DataFrame
        DrivingData.
    """
    rows = [(dataset, kind, *measure, source) for dataset, kind, source, measures in described for measure in measures]
    return pd.DataFrame(rows, columns=["dataset", "kind", "measure", "value", "unit", "how_computed", "source"])
