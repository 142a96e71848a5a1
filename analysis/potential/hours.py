"""Turns day-ahead prices into the weight of each season and hour of week: over the year, and over its dearest hours."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.units import HOURS_PER_WEEK

LOCAL_TIME = "Europe/Stockholm"
SEASONS = ("winter", "spring", "summer", "autumn")

# SOURCE: METHODS 4 and 6: firm power is reported as the mean over the 50 dearest hours of a year.
DEAREST_HOUR_COUNT = 50


@dataclass(frozen=True)
class HourWeights:
    """Weights over season × hour of week that sum to 1: all hours of a year, and its dearest hours."""

    all_hours: np.ndarray
    dearest: np.ndarray


def season_index(month: np.ndarray) -> np.ndarray:
    """Meteorological season of a month (1-12): 0 winter (December to February) to 3 autumn.

    ASSUME: seasons are the meteorological quarters, as in the representative weeks.
    """
    return (np.asarray(month) % 12) // 3


def hourly(prices: pd.DataFrame) -> pd.DataFrame:
    """Mean price of each hour, with ``price_year`` (local), ``season`` (index) and ``hour_of_week`` (local)."""
    hour = prices["interval_start_utc"].dt.floor("h").rename("hour_utc")
    mean = prices.groupby([prices["price_area"], hour])["price_sek_per_mwh"].mean().reset_index()
    local = mean["hour_utc"].dt.tz_convert(LOCAL_TIME)
    return mean.assign(
        price_year=local.dt.year,
        season=season_index(local.dt.month.to_numpy()),
        hour_of_week=local.dt.day_of_week * 24 + local.dt.hour,
    )


def hour_weights(prices: pd.DataFrame, price_area: str, price_year: int) -> HourWeights:
    """Count how often each season and hour of week occurs in a year, and among its 50 dearest hours.

    Ties are broken by time, so that the same prices give the same hours.

    Parameters
    ----------
    prices
        The result of :func:`hourly`.
    price_area, price_year
        Which prices.

    Raises
    ------
    DataError
        If the year holds fewer hours than are looked for, or misses an hour of the week.
    """
    year = prices[(prices["price_area"] == price_area) & (prices["price_year"] == price_year)]
    if len(year) < DEAREST_HOUR_COUNT or year["hour_of_week"].nunique() < HOURS_PER_WEEK:
        raise DataError(
            Fault(f"day_ahead_prices {price_area} {price_year}", f"{len(year)} hours",
                  f"at least {DEAREST_HOUR_COUNT} and each hour of the week", "Give prices of the whole year.")
        )  # fmt: skip
    dearest = year.sort_values(["price_sek_per_mwh", "hour_utc"], ascending=[False, True]).head(DEAREST_HOUR_COUNT)
    return HourWeights(_counted(year) / len(year), _counted(dearest) / len(dearest))


def _counted(hours: pd.DataFrame) -> np.ndarray:
    counts = np.zeros((len(SEASONS), HOURS_PER_WEEK))
    np.add.at(counts, (hours["season"].to_numpy(int), hours["hour_of_week"].to_numpy(int)), 1.0)
    return counts
