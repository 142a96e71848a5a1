"""Turns hours in UTC into local days of 24 clock hours, and back: the clock the price statistics are kept on.

The 23-hour day of March gets its missing clock hour from the hour before, the repeated hour of October is averaged;
on the way back the missing hour is left out and the repeated one is given twice.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

HOURS_PER_DAY: Final = 24
NOON: Final = 12
LOCAL_TIME: Final = "Europe/Stockholm"
SEASONS: Final = ("winter", "spring", "summer", "autumn")
PARTS_OF_DAY: Final = 4
"""Quarters of the local day: 00-06, 06-12, 12-18, 18-24."""


@dataclass(frozen=True)
class YearClock:
    """The local clock of one calendar year: labels of the days and of the 24 hours of each.

    ``start_utc`` lists the real hours; ``cell`` says which clock hour (0 = first hour of 1 January) each one is.
    """

    year: int
    start_utc: pd.DatetimeIndex
    cell: Integers
    day_month: Integers
    day_is_weekend: npt.NDArray[np.bool_]

    @property
    def day_count(self) -> int:
        """Days of the year: 365 or 366."""
        return len(self.day_month)

    @property
    def month(self) -> Integers:
        """Month 1-12 of every clock hour."""
        return np.repeat(self.day_month, HOURS_PER_DAY)

    @property
    def season(self) -> Integers:
        """Season 0-3 of every clock hour; winter is December to February."""
        return self.month % 12 // 3

    @property
    def is_weekend(self) -> npt.NDArray[np.bool_]:
        """Say for every clock hour whether it falls on a Saturday or Sunday."""
        # ASSUME: public holidays have the price shape of the weekday they fall on.
        return np.repeat(self.day_is_weekend, HOURS_PER_DAY)

    @property
    def hour(self) -> Integers:
        """Clock hour 0-23 of every clock hour."""
        return np.tile(np.arange(HOURS_PER_DAY), self.day_count)

    @property
    def part(self) -> Integers:
        """Part of the day 1-4 of every clock hour."""
        return self.hour // (HOURS_PER_DAY // PARTS_OF_DAY) + 1


def year_clock(year: int) -> YearClock:
    """Give the clock of a calendar year in Swedish local time.

    Examples
    --------
    2024 has 366 days and 8 784 real hours; cell 2 043 (31 March, 03 local) follows cell 2 041 (01 local).
    """
    local = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", tz=LOCAL_TIME, inclusive="left")
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31", freq="D")
    cell = (local.day_of_year.to_numpy() - 1) * HOURS_PER_DAY + local.hour.to_numpy()
    return YearClock(
        year=year,
        start_utc=local.tz_convert("UTC").as_unit("us"),
        cell=cell.astype(np.int64),
        day_month=days.month.to_numpy().astype(np.int64),
        day_is_weekend=days.day_of_week.to_numpy() >= 5,
    )


def to_clock_hours(values: pd.Series, clock: YearClock) -> Floats:
    """Lay an hourly UTC series out on the clock hours of the year.

    Parameters
    ----------
    values
        Indexed by interval start in UTC; hours outside the year are ignored, absent hours take the last value before
        them (the first value of the year where there is none).

    Returns
    -------
    np.ndarray
        One value per clock hour, length days × 24.
    """
    inside = pd.Series(values.reindex(clock.start_utc).to_numpy(), index=clock.cell)
    filled = inside.groupby(level=0).mean().reindex(np.arange(clock.day_count * HOURS_PER_DAY)).ffill().bfill()
    return filled.to_numpy(dtype=float)


def days_from(clock_hours: Floats, start_hour: int) -> Floats:
    """Fold series × clock hours into day × series × 24, the days starting at a clock hour (the year is a ring)."""
    rolled = np.roll(clock_hours, -start_hour, axis=1)
    return rolled.reshape(len(clock_hours), -1, HOURS_PER_DAY).transpose(1, 0, 2)


def from_days(days: Floats, start_hour: int) -> Floats:
    """Undo :func:`days_from`."""
    flat = days.transpose(1, 0, 2).reshape(days.shape[1], -1)
    return np.roll(flat, start_hour, axis=1)
