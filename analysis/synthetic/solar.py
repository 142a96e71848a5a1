"""Turns latitude and hours into the output of a kW of solar panels, by the height of the sun."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.units import LOCAL_ZONE

FloatArray = NDArray[np.float64]

LATITUDE_DEG = {"SE1": 65.6, "SE2": 62.4, "SE3": 59.3, "SE4": 55.6}
"""Luleå, Sundsvall, Stockholm and Malmö stand for their price areas."""
LONGITUDE_DEG = 16.0
YIELD_KWH_PER_KW_YEAR = {"SE1": 850.0, "SE2": 880.0, "SE3": 950.0, "SE4": 1000.0}
"""# ASSUME: yearly yield of a kW of panels that face south; no Swedish measurement was read."""
CLEAR_PU_BY_MONTH = (0.35, 0.50, 0.65, 0.75, 0.80, 0.80, 0.80, 0.75, 0.65, 0.50, 0.35, 0.30)
"""# ASSUME: how much of a cloudless month's sun comes through, January first, relative to each other."""
TILT_DEG = 30.0
YEAR_DAYS = 365.25
MEAN_ATTENUATION_PU = 0.7
ATTENUATION_EXPONENT = 0.678


def solar_output_pu(times_utc: pd.DatetimeIndex, price_area: str) -> FloatArray:
    """Mean output of each hour or quarter per kW of panels, without weather.

    # ASSUME: every day of a month is alike: the sun's height through the air, the panel's tilt of 30 degrees to the
    # south and the month's mean cloud, scaled to the area's yearly yield. Single cloudy and clear days are not made.

    Parameters
    ----------
    times_utc
        Starts of at least two steps of one length; the sun is taken in their middle.

    Returns
    -------
    FloatArray
        Share of the panels' peak power.

    Examples
    --------
    SE3 at noon in June: about 0.6; in December: about 0.1; at midnight 0.
    """
    year = pd.date_range("2025-01-01", "2026-01-01", freq="h", tz="UTC", inclusive="left")
    whole = float(_relative(year, LATITUDE_DEG[price_area]).sum())
    scale = YIELD_KWH_PER_KW_YEAR[price_area] / whole
    return np.minimum(scale * _relative(times_utc, LATITUDE_DEG[price_area]), 1.0)


def _relative(times_utc: pd.DatetimeIndex, latitude_deg: float) -> FloatArray:
    """Direct sun on the panel in arbitrary units."""
    middle = times_utc + (times_utc[1] - times_utc[0]) / 2
    day = middle.day_of_year.to_numpy(float)
    clock_h = middle.hour.to_numpy(float) + middle.minute.to_numpy(float) / 60 + LONGITUDE_DEG / 15
    declination = np.radians(23.45) * np.sin(2 * np.pi * (day - 81) / YEAR_DAYS)
    angle, latitude, tilt = np.radians(15 * (clock_h - 12)), np.radians(latitude_deg), np.radians(TILT_DEG)
    height = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(angle)
    on_panel = np.sin(latitude - tilt) * np.sin(declination) + np.cos(latitude - tilt) * np.cos(declination) * np.cos(
        angle
    )
    air_mass = 1 / np.maximum(height, 0.02)
    through = MEAN_ATTENUATION_PU ** (air_mass**ATTENUATION_EXPONENT)
    clear = np.asarray(CLEAR_PU_BY_MONTH)[middle.tz_convert(LOCAL_ZONE).month.to_numpy() - 1]
    return np.asarray(np.where(height > 0, np.maximum(on_panel, 0.0) * through * clear, 0.0))
