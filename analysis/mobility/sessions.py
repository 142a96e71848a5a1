"""Turns charging sessions into what they say about plugging in: how often, when, how long, how much."""

import logging
from dataclasses import dataclass

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.mobility.weeks import LOCAL_ZONE

log = logging.getLogger(__name__)

StatisticRow = tuple[str, str, int | None, float, str, str]

LEAST_ACTIVE_WEEKS = 2.0
LONGEST_SESSION_DAYS = 31
MAX_EXAMPLES = 20
WEEK_DAYS = {"weekday": (0, 1, 2, 3, 4), "weekend": (5, 6)}


@dataclass(frozen=True)
class SoundSessions:
    """Sessions that can be measured, and how many were set aside or doubtful."""

    sessions: pd.DataFrame
    long_count: int
    overlap_count: int
    overlap_user_count: int


def sound_sessions(sessions: pd.DataFrame, place: str) -> SoundSessions:
    """Refuse sessions that cannot be, leave out those longer than a month, count those that overlap.

    Parameters
    ----------
    sessions
        Grain: session; uses ``user_id``, ``plug_in_utc``, ``plug_out_utc``, ``energy_ac_kwh``.
    place
        File or data set, for faults and log.

    Returns
    -------
    SoundSessions
        Sorted by user and plug-in. A session of over 31 days is a forgotten plug-out or a fault of the meter and is
        left out. A session that begins before an earlier one of its user has ended stays: two cars may share a user.

    Raises
    ------
    DataError
        With each session of negative energy and each that ends before it begins, at once.

    Examples
    --------
    A user with sessions Monday 18-07 and Tuesday 06-08 has one that overlaps.
    """
    faults = []
    wrong = {
        "negative energy": (sessions["energy_ac_kwh"] < 0, "energy of zero or more"),
        "plug-out before plug-in": (sessions["plug_out_utc"] < sessions["plug_in_utc"], "plug-out after plug-in"),
    }
    for found, (mask, expected) in wrong.items():
        rows = sessions[mask]
        faults += [
            Fault(f"{place}, user {row.user_id}, {row.plug_in_utc:%Y-%m-%d %H:%M} UTC",
                  f"{found} ({len(rows)} such sessions)", expected, "Correct the row.")
            for row in rows.head(MAX_EXAMPLES).itertuples()
        ]  # fmt: skip
    if faults:
        raise DataError(faults)
    is_long = (sessions["plug_out_utc"] - sessions["plug_in_utc"]) > pd.Timedelta(days=LONGEST_SESSION_DAYS)
    kept = sessions[~is_long].sort_values(["user_id", "plug_in_utc"], kind="stable")
    ended = kept.groupby("user_id")["plug_out_utc"].transform(lambda ends: ends.cummax().shift())
    overlapping = kept[kept["plug_in_utc"] < ended]
    users = overlapping["user_id"].nunique()
    if is_long.any():
        log.info("%s: dropped %d of %d sessions: longer than 31 days", place, int(is_long.sum()), len(sessions))
    if len(overlapping):
        log.info("%s: %d sessions of %d users overlap an earlier one; kept", place, len(overlapping), users)
    return SoundSessions(kept, int(is_long.sum()), len(overlapping), users)


def plug_in_statistics(sessions: pd.DataFrame, source: str) -> pd.DataFrame:
    """Say what home charging sessions tell: plug-ins per user and week, hours of arrival and departure, size, length.

    Parameters
    ----------
    sessions
        Sessions; those at home are used.
    source
        Where they come from; stands in each row.

    Returns
    -------
    pd.DataFrame
        PlugInStatistics.

    Raises
    ------
    DataError
        If no user is seen at home for at least two weeks, or a session cannot be (see :func:`sound_sessions`).
    """
    home = sound_sessions(sessions[sessions["place"] == "home"], source).sessions
    span = home.groupby("user_id")["plug_in_utc"].agg(["min", "max", "size"])
    weeks = (span["max"] - span["min"]).dt.total_seconds() / (7 * 86_400)
    steady = weeks >= LEAST_ACTIVE_WEEKS
    if not steady.any():
        raise DataError(
            Fault("charging sessions", "no user with home sessions over two weeks", "at least one",
                  "Give more sessions, or null to use the committed statistics.")
        )  # fmt: skip
    per_week = span["size"][steady] / weeks[steady]
    connected_h = (home["plug_out_utc"] - home["plug_in_utc"]).dt.total_seconds() / 3600
    scalars = {
        "plug_ins_per_week_mean": (per_week.mean(), "1/week", "mean over users of sessions / weeks first to last"),
        "plug_ins_per_week_median": (per_week.median(), "1/week", "median over users of the same"),
        "user_count": (float(steady.sum()), "count", f"users seen over at least {LEAST_ACTIVE_WEEKS:g} weeks"),
        "session_count": (float(len(home)), "count", "sessions at home"),
        "energy_mean": (home["energy_ac_kwh"].mean(), "kWh", "mean energy of a session"),
        "energy_median": (home["energy_ac_kwh"].median(), "kWh", "median energy of a session"),
        "connection_mean": (connected_h.mean(), "h", "mean time from plug-in to plug-out"),
        "connection_median": (connected_h.median(), "h", "median time from plug-in to plug-out"),
    }
    rows: list[StatisticRow] = [
        (name, "all", None, float(value), unit, how) for name, (value, unit, how) in scalars.items()
    ]
    rows += hour_shares("arrival_share", home["plug_in_utc"]) + hour_shares("departure_share", home["plug_out_utc"])
    table = pd.DataFrame(rows, columns=["statistic", "day_kind", "hour", "value", "unit", "how_computed"])
    return table.assign(hour=table["hour"].astype("Int64"), value=table["value"].astype(float), source=source)[
        ["statistic", "day_kind", "hour", "value", "unit", "source", "how_computed"]
    ]


def hour_shares(statistic: str, instants: pd.Series) -> list[StatisticRow]:
    """Give the share of instants in each local hour, on weekdays and on weekends."""
    local = instants.dt.tz_convert(LOCAL_ZONE)
    rows: list[StatisticRow] = []
    for day_kind, days in WEEK_DAYS.items():
        hours = local.dt.hour[local.dt.day_of_week.isin(days)]
        share = hours.value_counts(normalize=True).reindex(range(24), fill_value=0.0)
        rows += [
            (statistic, day_kind, hour, float(share[hour]), "share", "of that day kind, local hour")
            for hour in range(24)
        ]
    return rows
