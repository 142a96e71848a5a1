"""Turns charging sessions into who was plugged in, hour by hour of each day, of those under observation that day."""

from dataclasses import dataclass

import holidays
import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.mobility.weeks import LOCAL_ZONE
from analysis.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK

LEAST_WEEKS = 4
"""# ASSUME: a user seen for fewer than four whole weeks shows no mean week to deviate from and is left out."""

HALF_HOUR = 0.5
ORIGIN = pd.Timestamp("1900-01-01")  # a Monday
CHRISTMAS = ("12-23", "01-01")
JULY = 7
EASTER_SHIFTS = range(-6, 2)  # Monday before Easter Sunday to Easter Monday


@dataclass(frozen=True)
class PluggedDays:
    """Who is plugged in: ``plugged`` day × hour of day × user, ``observed`` day × user, whole local weeks.

    ``days`` are local dates that begin on a Monday; ``user_ids`` and ``sites`` have the users' order. A user who is
    not observed on a day is not plugged in on it.
    """

    days: pd.DatetimeIndex
    user_ids: np.ndarray
    sites: np.ndarray
    plugged: np.ndarray
    observed: np.ndarray

    @property
    def day_of_week(self) -> np.ndarray:
        """0 (Monday) to 6 for each day."""
        return np.asarray(self.days.day_of_week)


def plugged_days(sessions: pd.DataFrame) -> PluggedDays:
    """Lay sessions at home on local days: plugged in at half past each hour or not.

    A user is observed on the whole weeks from the first Monday after the first plug-in to the last one before the last
    plug-out: nobody is taken for absent before entering or after leaving.

    Parameters
    ----------
    sessions
        ``Sessions`` of any length of time; overlapping ones of a user count as one connection.

    Returns
    -------
    PluggedDays
        Of the users observed for at least four whole weeks.

    Raises
    ------
    DataError
        If no user is.

    Examples
    --------
    Plugged in from Monday 20:10 to Tuesday 08:00: hours 20-23 of Monday and 0-7 of Tuesday.
    """
    home = sessions[sessions["place"] == "home"]
    users, of_user = np.unique(home["user_id"].to_numpy(str), return_inverse=True)
    begin, end = (_local_hours(home[name]) for name in ("plug_in_utc", "plug_out_utc"))
    entered, left = np.full(len(users), np.inf), np.full(len(users), -np.inf)
    np.minimum.at(entered, of_user, begin)
    np.maximum.at(left, of_user, end)
    first_week, last_week = np.ceil(entered / HOURS_PER_WEEK), np.floor(left / HOURS_PER_WEEK)
    kept = last_week - first_week >= LEAST_WEEKS
    if not kept.any():
        raise DataError(
            Fault("charging sessions", "no user with four whole weeks at home", "at least one", "Give more sessions.")
        )
    start, stop = int(first_week[kept].min()), int(last_week[kept].max())
    plugged = _connected(begin, end, of_user, len(users), start, stop)[:, :, kept]
    weeks = np.repeat(np.arange(start, stop), DAYS_PER_WEEK)[:, None]
    observed = (weeks >= first_week[kept]) & (weeks < last_week[kept])
    site = home.assign(site=home["site"].fillna("")).groupby("user_id")["site"].first()
    return PluggedDays(
        days=pd.date_range(ORIGIN + pd.Timedelta(weeks=start), periods=len(weeks), freq="D"),
        user_ids=users[kept],
        sites=site.reindex(users[kept]).to_numpy(str),
        plugged=plugged & observed[:, None, :],
        observed=observed,
    )


def _local_hours(instants: pd.Series) -> np.ndarray:
    """Hours of wall-clock time since Monday 1 January 1900."""
    local = instants.dt.tz_convert(LOCAL_ZONE).dt.tz_localize(None)
    hours: np.ndarray = (local - ORIGIN).dt.total_seconds().to_numpy(float) / 3600
    return hours


def _connected(
    begin: np.ndarray, end: np.ndarray, of_user: np.ndarray, user_count: int, start: int, stop: int
) -> np.ndarray:
    """Day × hour of day × user, whether a session covers the middle of the hour; weeks ``start`` to ``stop``."""
    hours = (stop - start) * HOURS_PER_WEEK
    steps = np.zeros((hours + 1, user_count), dtype=np.int32)
    for edge, step in ((begin, 1), (end, -1)):
        middle = np.ceil(edge - HALF_HOUR).astype(int) - start * HOURS_PER_WEEK
        np.add.at(steps, (np.clip(middle, 0, hours), of_user), step)
    there: np.ndarray = (steps.cumsum(axis=0)[:hours] > 0).reshape(-1, HOURS_PER_DAY, user_count)
    return there


def holiday_days(days: pd.DatetimeIndex, country: str) -> np.ndarray:
    """Say of each day whether it belongs to the holidays of a Nordic country.

    # ASSUME: holidays are public holidays, 23 December to 1 January, Holy Week to Easter Monday, and July.

    Parameters
    ----------
    days
        Local dates.
    country
        Code of the calendar, such as ``NO``.
    """
    red = holidays.country_holidays(country, years=sorted(set(days.year)), include_sundays=False)
    margin = pd.Timedelta(days=DAYS_PER_WEEK)
    sundays = pd.date_range(days[0] - margin, days[-1] + margin, freq=pd.offsets.Easter())
    easter = [sunday + pd.Timedelta(days=shift) for sunday in sundays for shift in EASTER_SHIFTS]
    clock = days.strftime("%m-%d")
    return np.asarray(
        days.isin(pd.DatetimeIndex(list(red))) | days.isin(easter) | (days.month == JULY)
        | (clock >= CHRISTMAS[0]) | (clock <= CHRISTMAS[1])
    )  # fmt: skip
