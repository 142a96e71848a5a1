"""Turns a use case's site into one vehicle's even share of it: load, own generation and connection."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.fleet.use_cases import WORKING_DAYS, UseCase
from analysis.schemas.use_cases import HOUSEHOLD_LOADS
from analysis.synthetic.rooftop_sun import rooftop_kw_per_kw
from analysis.units import HOURS_PER_YEAR, LOCAL_ZONE

FloatArray = NDArray[np.float64]

OPEN_FROM_HOUR, OPEN_TO_HOUR = 7, 18
CLOSED_PU = 0.35
"""# ASSUME: a firm's building draws from 7 to 18 on working days what it draws at 35 % of at other hours."""


@dataclass(frozen=True)
class SiteShare:
    """What one vehicle sees of its site, kW: load and own generation by step, and the limit of the connection.

    # ASSUME: load, generation and connection are shared evenly by the vehicles of a site. The schedules together then
    # keep the site's limit without being solved together; pooling them could only be worth more.
    """

    load_kw: FloatArray
    solar_kw: FloatArray | None
    limit_kw: float


def site_share(
    case: UseCase, steps_utc: pd.DatetimeIndex, household_kw: Mapping[str, FloatArray], seed: int
) -> SiteShare:
    """Lay out one vehicle's share of its site over the steps of a week.

    Parameters
    ----------
    household_kw
        The run's household load of the week by dwelling; read for sites that are households only.
    seed
        Seed of the run: cloudy and clear days.

    Raises
    ------
    DataError
        If the case is a household and its load is not there.
    """
    solar = None
    if case.solar_peak_kw > 0:
        solar = rooftop_kw_per_kw(steps_utc, case.price_area, seed) * case.solar_peak_kw / case.vehicle_count
    return SiteShare(
        load_kw=_load_kw(case, steps_utc, household_kw) / case.vehicle_count,
        solar_kw=solar,
        limit_kw=case.site_limit_kw / case.vehicle_count,
    )


def _load_kw(case: UseCase, steps_utc: pd.DatetimeIndex, household_kw: Mapping[str, FloatArray]) -> FloatArray:
    """Load of the whole site."""
    mean_kw = (case.site_load_kwh_per_year or 0.0) / HOURS_PER_YEAR
    if case.site_load in HOUSEHOLD_LOADS:
        if case.site_load not in household_kw:
            raise DataError(Fault(f"use_cases.csv {case.use_case}", f"no household load of {case.site_load}",
                                  "the run's household load", "Give it, or choose another site_load."))  # fmt: skip
        return household_kw[case.site_load]
    if case.site_load == "workday":
        return mean_kw * _workday_pu(steps_utc) / _workday_mean()
    return np.full(len(steps_utc), mean_kw)


def _workday_pu(steps_utc: pd.DatetimeIndex) -> FloatArray:
    local = steps_utc.tz_convert(LOCAL_ZONE)
    is_open = (local.day_of_week < WORKING_DAYS) & (local.hour >= OPEN_FROM_HOUR) & (local.hour < OPEN_TO_HOUR)
    return np.where(is_open, 1.0, CLOSED_PU)


def _workday_mean() -> float:
    week = pd.date_range("2025-01-06", periods=7 * 24, freq="h", tz=LOCAL_ZONE)
    return float(_workday_pu(week).mean())
