"""Lays every car's diary weeks on the weeks of a year in given weather: trips with energy, stays at home, habits."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.mobility.plug_in import Habits, draw_habits
from analysis.mobility.stays import Calendar, Diaries, FloatArray, HomeStays, home_stays, lay_on_calendar
from analysis.mobility.weeks import calendar_weeks
from analysis.settings.parameters import ParameterSet
from analysis.units import HOURS_PER_WEEK

WARM_UP_WEEKS = 4
REFERENCE_AREA = "SE3"
ROTATION_STAGE = 15


@dataclass(frozen=True)
class VehicleYear:
    """A run of calendar weeks for all vehicles: trips, stays and plugged stays; the first weeks only warm up."""

    diaries: Diaries
    calendar: Calendar
    stays: HomeStays
    habits: Habits
    run_week_count: int


def weather_by_week(temperature: pd.DataFrame, price_area: str, price_year: int) -> FloatArray:
    """Lay one area's temperature on the whole local weeks of a year (calendar week × 168 hours).

    A week in which the clock is moved is read in hours since its Monday, one hour off after the change.

    Raises
    ------
    DataError
        If an hour is missing.
    """
    series = temperature[temperature["price_area"] == price_area].set_index("interval_start_utc")["temperature_deg_c"]
    starts = calendar_weeks(price_year)["week_start_utc"]
    offsets = pd.to_timedelta(np.arange(HOURS_PER_WEEK), unit="h")
    hours = pd.DatetimeIndex(np.concatenate([(start + offsets).to_numpy() for start in starts]), tz="UTC").as_unit("us")
    values = series.reindex(hours).to_numpy(float)
    if np.isnan(values).any():
        raise DataError(
            Fault(f"temperature {price_area} {price_year}", f"{int(np.isnan(values).sum())} hours missing",
                  "every hour of every whole week", "Build the climate for this area and year.")
        )  # fmt: skip
    return values.reshape(len(starts), HOURS_PER_WEEK)


def reference_weather(temperature: pd.DataFrame, price_areas: Sequence[str], price_years: Sequence[int]) -> FloatArray:
    """Weather in which the behaviour is calibrated and the mean week is built: one area, the first price year.

    Most battery cars stand in SE3; without it in the run, the southernmost area of the run stands for all.
    """
    # ASSUME: one mean week per car serves all areas; the weeks that dispatch meets have each area's own weather.
    area = REFERENCE_AREA if REFERENCE_AREA in price_areas else max(price_areas)
    return weather_by_week(temperature, area, min(price_years))


def vehicle_year(diaries: Diaries, weather_deg_c: FloatArray, seed: int, parameters: ParameterSet) -> VehicleYear:
    """Repeat the diaries over the weeks of a year, the last weeks put before it as warm-up, and find the home stays.

    Which diary week a car lives in a calendar week is drawn once per car: a rotation, one for all areas and years.
    """
    weeks = np.arange(len(weather_deg_c))
    order = np.concatenate([weeks[-WARM_UP_WEEKS:], weeks])
    # ASSUME: diaries have no season: any week of a car may fall in any week of the year, in its own order.
    rotation = np.array(
        [
            np.random.default_rng([seed, ROTATION_STAGE, zlib.crc32(name.encode())]).integers(0, 52)
            for name in diaries.vehicle_ids
        ]
    )
    calendar = lay_on_calendar(diaries, order, rotation, weather_deg_c, parameters)
    stays = home_stays(calendar)
    habits = draw_habits(diaries.vehicle_ids, stays.is_stay.shape[1], seed, parameters)
    return VehicleYear(diaries, calendar, stays, habits, len(order))
