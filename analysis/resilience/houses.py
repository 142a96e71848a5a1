"""Turns temperature, a load shape and annual use into the load of single kinds of house, where the run has their mean.

A backup serves one house, not the mixture: direct electric heat, a heat pump, district heat, or a flat.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.schemas.resilience import HOUSE_TYPES
from analysis.settings.parameters import ParameterSet
from analysis.synthetic.climate import local_hours, monthly_normals, normal_temperature
from analysis.synthetic.household_load import (
    REFERENCE_AREA,
    REFERENCE_YEAR,
    SHAPE_SUM_KWH,
    Heating,
    heating_kw,
    shape_kw,
)

FloatArray = NDArray[np.float64]

FLAT_USE, DETACHED_USE = "HE019", "HE006"
# ASSUME: a single house has the hourly load of the mean house of its kind; its short peaks are smoothed away, so that
# the power limit of the backup binds less often here than in a kitchen at dinner.


@dataclass(frozen=True)
class ClimateTables:
    """Temperature of the run, and what a load is built from: LoadShape, HouseholdElectricity, ClimateNormals."""

    temperature: pd.DataFrame
    shape: pd.DataFrame
    electricity: pd.DataFrame
    normals: pd.DataFrame


def house_loads(steps_utc: pd.DatetimeIndex, price_area: str, tables: ClimateTables) -> dict[str, FloatArray]:
    """Give the load of each kind of house in kW, one value a step.

    Raises
    ------
    DataError
        If the temperature of the area lacks an hour of the steps.

    References
    ----------
    METHODS 3.2 and 8; ``data/reference/household_electricity.csv``.
    """
    value = tables.electricity.set_index("id")["value"]
    hours = steps_utc.floor("h")
    temperature = _temperature(hours, price_area, tables.temperature)
    reference = normal_temperature(monthly_normals(tables.normals, REFERENCE_AREA), local_hours(REFERENCE_YEAR))
    base = shape_kw(tables.shape, hours) / SHAPE_SUM_KWH

    def heat(direct_pu: float, pump_pu: float) -> FloatArray:
        kind = Heating(
            direct_share_pu=direct_pu, heat_pump_share_pu=pump_pu, hot_water_kwh=float(value["HE005"]),
            direct_space_kwh=float(value["HE004"]), heat_pump_electric_kwh=float(value["HE013"]),
        )  # fmt: skip
        return heating_kw(temperature, reference, kind)

    detached, flat = base * float(value[DETACHED_USE]), base * float(value[FLAT_USE])
    loads = (detached + heat(1.0, 0.0), detached + heat(0.0, 1.0), detached, flat)
    return dict(zip(HOUSE_TYPES, loads, strict=True))


def _temperature(hours: pd.DatetimeIndex, price_area: str, temperature: pd.DataFrame) -> FloatArray:
    rows = temperature[temperature["price_area"] == price_area]
    series = pd.Series(rows["temperature_deg_c"].to_numpy(float), index=pd.DatetimeIndex(rows["interval_start_utc"]))
    found: FloatArray = series.reindex(hours).to_numpy(float)
    missing = int(np.isnan(found).sum())
    if missing:
        raise DataError(
            Fault(f"temperature {price_area}", f"{missing} of {len(hours)} hours missing from {hours[0]}",
                  "every hour of the weeks shown", "Give the temperature of the whole year.")
        )  # fmt: skip
    return found


def critical_loads_kw(table: pd.DataFrame, parameters: ParameterSet) -> tuple[float, float, float]:
    """Low, central and high mean of what must not stop: refrigerator, circulation pump, communication, light.

    Parameters
    ----------
    table
        ``Parameters``, with the ends of ``rsl.critical_load``; the run's own value is the middle.
    """
    ends = table.set_index("id")[["low", "high"]].loc[["rsl.critical_load"]].to_numpy(float)[0]
    return float(ends[0]), parameters["rsl.critical_load"], float(ends[1])
