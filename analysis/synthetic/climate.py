"""Turns monthly normals into hourly temperature per price area and year: season, daily swing, weather that lasts.

A generated year is not the weather of that year. It is a normal year with cold and mild spells of usual size.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault

FloatArray = NDArray[np.float64]

LOCAL_ZONE = "Europe/Stockholm"
CLIMATE_STAGE = 12
MONTHS = tuple(str(month) for month in range(1, 13))

# ASSUME: half the difference of day and night, January to December: small in dark months, large in spring and summer.
DAILY_SWING_K = (1.0, 1.6, 2.9, 4.0, 4.6, 4.6, 4.4, 4.0, 3.2, 2.0, 1.1, 0.8)
WARMEST_HOUR_LOCAL = 15.0
# ASSUME: spread of day means about the normal: winters vary more, the north more; a spell fades by 0.78 a day.
SPELL_WINTER_K = {"SE1": 6.5, "SE2": 5.8, "SE3": 4.3, "SE4": 3.7}
SPELL_SUMMER_K = {"SE1": 3.0, "SE2": 2.9, "SE3": 2.6, "SE4": 2.3}
SPELL_MEMORY_PU = 0.78
# ASSUME: neighbouring price areas share most of their spells.
SHARED_SPELL_PU = 0.8


def monthly_normals(normals: pd.DataFrame, price_area: str) -> FloatArray:
    """Mean of an area's places for each month, °C; only places with all twelve months count.

    Raises
    ------
    DataError
        If the area has no such place.
    """
    rows = normals[(normals["price_area"] == price_area) & normals["month"].isin(MONTHS)]
    table = (
        rows.pivot(index="place", columns="month", values="temperature_deg_c").reindex(columns=list(MONTHS)).dropna()
    )
    if table.empty:
        raise DataError(
            Fault(f"climate normals, {price_area}", "no place with twelve months", "at least one", "Add its rows.")
        )
    mean: FloatArray = table.to_numpy(float).mean(axis=0)
    return mean


def local_hours(year: int) -> pd.DatetimeIndex:
    """All hours of a local calendar year as UTC interval starts (8 760 or 8 784)."""
    start = pd.Timestamp(f"{year}-01-01", tz=LOCAL_ZONE).tz_convert("UTC")
    end = pd.Timestamp(f"{year + 1}-01-01", tz=LOCAL_ZONE).tz_convert("UTC")
    return pd.date_range(start, end, freq="h", inclusive="left", unit="us")


def normal_temperature(monthly_deg_c: FloatArray, hours_utc: pd.DatetimeIndex) -> FloatArray:
    """Season and daily swing without weather: month means are met, day runs warmest at 15 local standard time."""
    standard = hours_utc + pd.Timedelta(hours=1)
    day = standard.day_of_year.to_numpy(float) - 1.0 + standard.hour.to_numpy(float) / 24.0
    month = standard.month.to_numpy() - 1
    anchors = _mean_preserving(monthly_deg_c, day, month)
    season = _through_months(anchors, day)
    swing = _through_months(np.array(DAILY_SWING_K), day)
    phase = 2.0 * np.pi * (standard.hour.to_numpy(float) - WARMEST_HOUR_LOCAL) / 24.0
    temperature: FloatArray = season + swing * np.cos(phase)
    return temperature


def _through_months(values: FloatArray, day: FloatArray) -> FloatArray:
    """Draw a periodic line through mid-month values."""
    middle = (np.arange(12) + 0.5) * 365.25 / 12.0
    line: FloatArray = np.interp(day, middle, values, period=365.25)
    return line


def _mean_preserving(monthly: FloatArray, day: FloatArray, month: NDArray[np.integer]) -> FloatArray:
    """Shift the mid-month anchors until the line has the wanted month means (where the hours cover the month)."""
    anchors = monthly.copy()
    counts = np.bincount(month, minlength=12)
    for _ in range(20):
        sums = np.bincount(month, weights=_through_months(anchors, day), minlength=12)
        anchors = anchors + np.where(counts > 24 * 27, monthly - sums / np.maximum(counts, 1), 0.0)
    return anchors


def climate_year(price_areas: Sequence[str], year: int, normals: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Generate the hourly temperature of one local calendar year.

    Parameters
    ----------
    price_areas
        Areas; the spells of one do not depend on which others are asked for.
    year
        Local calendar year: from 1 January 00:00 to the next, so that successive years join without overlap.
    normals
        ClimateNormals.
    seed
        Seed of the run.

    Returns
    -------
    pd.DataFrame
        Temperature (grain: price area × hour).
    """
    hours = local_hours(year)
    day_count = len(hours) // 24 + 3
    shared = _spells(np.random.default_rng([seed, CLIMATE_STAGE, year, 0]), day_count)
    blocks = []
    for price_area in price_areas:
        own = _spells(np.random.default_rng([seed, CLIMATE_STAGE, year, int(price_area[-1])]), day_count)
        spell = np.sqrt(SHARED_SPELL_PU) * shared + np.sqrt(1.0 - SHARED_SPELL_PU) * own
        position = np.arange(len(hours)) / 24.0
        smooth = np.interp(position, np.arange(day_count), spell)
        is_winter = 0.5 + 0.5 * np.cos(2.0 * np.pi * (position - 20.0) / 365.25)
        spread = SPELL_SUMMER_K[price_area] + is_winter * (SPELL_WINTER_K[price_area] - SPELL_SUMMER_K[price_area])
        value = normal_temperature(monthly_normals(normals, price_area), hours) + spread * smooth
        blocks.append(
            pd.DataFrame(
                {"interval_start_utc": hours, "price_area": price_area, "temperature_deg_c": np.clip(value, -50, 40)}
            )
        )
    return pd.concat(blocks, ignore_index=True).astype({"price_area": "str"})


def _spells(generator: np.random.Generator, day_count: int) -> FloatArray:
    """Day-to-day weather with memory, mean 0 and spread 1 over the year (a normal year, not a warm or cold one)."""
    shocks = generator.normal(size=day_count) * np.sqrt(1.0 - SPELL_MEMORY_PU**2)
    spell = np.empty(day_count)
    spell[0] = generator.normal()
    for day in range(1, day_count):
        spell[day] = SPELL_MEMORY_PU * spell[day - 1] + shocks[day]
    standard: FloatArray = (spell - spell.mean()) / spell.std()
    return standard
