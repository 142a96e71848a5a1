"""Turns prices and temperature into the weight of each season and hour of week: all, the dearest, the coldest hours."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.units import HOURS_PER_WEEK

LOCAL_TIME = "Europe/Stockholm"
SEASONS = ("winter", "spring", "summer", "autumn")

# SOURCE: METHODS 4 and 6: firm power is reported as the mean over the 50 dearest and the 50 coldest hours of a year.
NEED_HOUR_COUNT = 50


@dataclass(frozen=True)
class HourWeights:
    """Weights over season × hour of week that sum to 1: all hours of a year, its dearest and its coldest hours."""

    all_hours: np.ndarray
    dearest: np.ndarray
    coldest: np.ndarray


def season_index(month: np.ndarray) -> np.ndarray:
    """Meteorological season of a month (1-12): 0 winter (December to February) to 3 autumn.

    ASSUME: seasons are the meteorological quarters, as in the representative weeks.
    """
    return (np.asarray(month) % 12) // 3


def hourly(table: pd.DataFrame, value: str = "price_sek_per_mwh") -> pd.DataFrame:
    """Mean of each hour, with ``price_year`` (local), ``season`` (index) and ``hour_of_week`` (local).

    Parameters
    ----------
    table
        ``DayAheadPrices``, or ``Temperature``.
    value
        The column of which the mean is taken.
    """
    hour = table["interval_start_utc"].dt.floor("h").rename("hour_utc")
    mean = table.groupby([table["price_area"], hour])[value].mean().reset_index()
    local = mean["hour_utc"].dt.tz_convert(LOCAL_TIME)
    return mean.assign(
        price_year=local.dt.year,
        season=season_index(local.dt.month.to_numpy()),
        hour_of_week=local.dt.day_of_week * 24 + local.dt.hour,
    )


def hour_weights(prices: pd.DataFrame, temperature: pd.DataFrame, price_area: str, price_year: int) -> HourWeights:
    """Count how often each season and hour of week occurs in a year, and among its 50 dearest and 50 coldest hours.

    Ties are broken by time, so that the same prices give the same hours.

    Parameters
    ----------
    prices, temperature
        Results of :func:`hourly`: of ``price_sek_per_mwh``, and of ``temperature_deg_c``.
    price_area, price_year
        Which hours.

    Raises
    ------
    DataError
        If the year holds fewer hours than are looked for, or misses an hour of the week.

    References
    ----------
    METHODS 4: correlation with need matters more than the mean.
    """
    priced = _of_year(prices, "day_ahead_prices", price_area, price_year)
    cold = _of_year(temperature, "temperature", price_area, price_year)
    dearest = priced.sort_values(["price_sek_per_mwh", "hour_utc"], ascending=[False, True]).head(NEED_HOUR_COUNT)
    coldest = cold.sort_values(["temperature_deg_c", "hour_utc"]).head(NEED_HOUR_COUNT)
    return HourWeights(*(_counted(hours) / len(hours) for hours in (priced, dearest, coldest)))


def _of_year(hours: pd.DataFrame, table: str, price_area: str, price_year: int) -> pd.DataFrame:
    year = hours[(hours["price_area"] == price_area) & (hours["price_year"] == price_year)]
    if len(year) < NEED_HOUR_COUNT or year["hour_of_week"].nunique() < HOURS_PER_WEEK:
        raise DataError(
            Fault(f"{table} {price_area} {price_year}", f"{len(year)} hours",
                  f"at least {NEED_HOUR_COUNT} and each hour of the week", "Give hours of the whole year.")
        )  # fmt: skip
    return year


def _counted(hours: pd.DataFrame) -> np.ndarray:
    counts = np.zeros((len(SEASONS), HOURS_PER_WEEK))
    np.add.at(counts, (hours["season"].to_numpy(int), hours["hour_of_week"].to_numpy(int)), 1.0)
    return counts
