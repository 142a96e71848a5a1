"""Turns charging sessions into what they say about plugging in: how often, when, how long, how much."""

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.mobility.weeks import LOCAL_ZONE

StatisticRow = tuple[str, str, int | None, float, str, str]

LEAST_ACTIVE_WEEKS = 2.0
WEEK_DAYS = {"weekday": (0, 1, 2, 3, 4), "weekend": (5, 6)}


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
        If no user is seen at home for at least two weeks.
    """
    home = sessions[sessions["place"] == "home"]
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
