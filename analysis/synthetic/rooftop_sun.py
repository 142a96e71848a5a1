"""Generates the output of a roof's solar panels at any hours: the sun's path over a tilted roof, cloudy days by seed.

No Swedish series of roof output is embedded. What is stated is the yearly yield; the shape is geometry.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.synthetic.climate import LOCAL_ZONE, local_hours

FloatArray = NDArray[np.float64]

SUN_STAGE = 42
LATITUDE_DEG = {"SE1": 65.6, "SE2": 62.9, "SE3": 59.3, "SE4": 55.9}
"""SOURCE: Luleå, Sundsvall (62.4 rounded to the area's middle), Stockholm and the middle of Scania, by the map."""
YIELD_KWH_PER_KW = {"SE1": 860.0, "SE2": 880.0, "SE3": 950.0, "SE4": 1000.0}
"""# ASSUME: yearly output of an installed kW by price area, from memory of 800-1 100 kWh in Sweden."""
TILT_DEG = 35.0
"""# ASSUME: roofs face south at 35 degrees."""
DIFFUSE_PU = 0.2
"""# ASSUME: a fifth of the light comes from the whole sky and follows the sun's height."""
AIR_MASS_LOSS = 0.3
"""# ASSUME: the clear sky lets through exp(−0.3 / sin(height))."""
CLOUD_SHAPE = (1.6, 1.0)
"""# ASSUME: a day's share of the clear sky is drawn from Beta(1.6, 1.0): mean 0.62, whole days alike on one feeder."""


def rooftop_kw_per_kw(steps_utc: pd.DatetimeIndex, price_area: str, seed: int) -> FloatArray:
    """Output per installed kW at each step.

    Parameters
    ----------
    steps_utc
        Steps of one local calendar year; the day's clouds depend on day and year only, not on which steps are asked.
    price_area
        Its latitude is used.
    seed
        Seed of the run.

    Returns
    -------
    FloatArray
        Between 0 and about 1; over a whole year it sums to :data:`YIELD_KWH_PER_KW`.
    """
    year = int(steps_utc.tz_convert(LOCAL_ZONE).year[len(steps_utc) // 2])
    hours = local_hours(year)
    whole = _clear_sky(hours, price_area) * _clouds(hours, year, seed)
    scale = YIELD_KWH_PER_KW[price_area] / float(whole.sum())
    return np.asarray(scale * _clear_sky(steps_utc, price_area) * _clouds(steps_utc, year, seed))


def _clear_sky(steps_utc: pd.DatetimeIndex, price_area: str) -> FloatArray:
    """Sun on the roof under a clear sky, in parts of its strength above the air."""
    solar = steps_utc + pd.Timedelta(
        minutes=90
    )  # half a step, and an hour from UTC to the sun's noon at 15 degrees east
    day = solar.day_of_year.to_numpy(float)
    angle = np.deg2rad(15.0 * (solar.hour.to_numpy(float) + solar.minute.to_numpy(float) / 60.0 - 12.0))
    declination = np.deg2rad(23.44) * np.sin(2.0 * np.pi * (day - 81.0) / 365.25)

    def facing(latitude_deg: float) -> FloatArray:
        latitude = np.deg2rad(latitude_deg)
        level = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(angle)
        return np.asarray(np.maximum(level, 0.0))

    # a plane tilted to the south meets the sun as level ground does that many degrees further south
    height, tilted = facing(LATITUDE_DEG[price_area]), facing(LATITUDE_DEG[price_area] - TILT_DEG)
    through = np.exp(-AIR_MASS_LOSS / np.maximum(height, 1e-3))
    return np.asarray(np.where(height > 0, through * ((1.0 - DIFFUSE_PU) * tilted + DIFFUSE_PU * height), 0.0))


def _clouds(steps_utc: pd.DatetimeIndex, year: int, seed: int) -> FloatArray:
    """One draw a local day of the year, alike for all its steps."""
    generator = np.random.default_rng([seed, SUN_STAGE, year])
    by_day = generator.beta(*CLOUD_SHAPE, size=367)
    return np.asarray(by_day[steps_utc.tz_convert(LOCAL_ZONE).day_of_year.to_numpy()])
