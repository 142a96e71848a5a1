"""Turns a load shape, Swedish annual use and temperature into hourly load of a mean household by dwelling.

Household electricity follows a German standard profile (no Swedish hourly series is open); electric heating follows
degree hours. Both are assumptions wherever home use, capacity tariffs or the coldest hours are shown (METHODS 3.2).
"""

from dataclasses import dataclass

import holidays
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.schemas.base import DWELLINGS
from analysis.synthetic.climate import LOCAL_ZONE, local_hours, monthly_normals, normal_temperature

FloatArray = NDArray[np.float64]

HEATING_LIMIT_DEG_C = 17.0  # ASSUME: houses are heated below 17 °C, the base of Swedish degree days.
REFERENCE_AREA = "SE3"
REFERENCE_YEAR = 2023
SHAPE_SUM_KWH = 1000.0
# SOURCE: HE011-HE015: heat and hot water 22 000 kWh of the house for which heat-pump use is published.
HEAT_PUMP_HOUSE_HEAT_KWH = 22_000.0
# SOURCE: HE011-HE015: seasonal performance 3.34 in Malmö (9.2 °C) to 2.82 in Kiruna (about -1 °C): 0.05 per degree.
PERFORMANCE_PER_K = 0.05
LEAST_PERFORMANCE = 1.0


@dataclass(frozen=True)
class Heating:
    """A detached house's electric heat: hot water in kW all year, space heat in kW per degree, by kind of heating."""

    direct_share_pu: float
    heat_pump_share_pu: float
    hot_water_kwh: float
    direct_space_kwh: float
    heat_pump_electric_kwh: float


def household_load(
    temperature: pd.DataFrame, shape: pd.DataFrame, electricity: pd.DataFrame, normals: pd.DataFrame
) -> pd.DataFrame:
    """Build the mean household's load for every hour of the temperature table (grain: area × dwelling × hour).

    Parameters
    ----------
    temperature
        Temperature; its hours and areas are those of the result.
    shape
        LoadShape: 1 000 kWh a year by month, day kind and local hour.
    electricity
        HouseholdElectricity: HE003-HE006, HE013, HE019, HE030, HE031.
    normals
        ClimateNormals: annual heat is that of a normal Stockholm year, and other weather scales it by degree hours.

    Returns
    -------
    pd.DataFrame
        HouseholdLoad for each of the dwellings of the house vocabulary.
    """
    value = electricity.set_index("id")["value"]
    # ASSUME: "other" dwellings use as much as a flat; flats have no electric heating.
    annual_kwh = dict.fromkeys(DWELLINGS, float(value["HE019"])) | {"detached": float(value["HE006"])}
    heating = Heating(
        direct_share_pu=float(value["HE030"]),
        heat_pump_share_pu=float(value["HE031"]),
        hot_water_kwh=float(value["HE005"]),
        direct_space_kwh=float(value["HE004"]),
        heat_pump_electric_kwh=float(value["HE013"]),
    )
    reference = normal_temperature(monthly_normals(normals, REFERENCE_AREA), local_hours(REFERENCE_YEAR))
    blocks = []
    for price_area, rows in temperature.groupby("price_area", sort=True):
        hours = pd.DatetimeIndex(rows["interval_start_utc"])
        base = shape_kw(shape, hours)
        heat = heating_kw(rows["temperature_deg_c"].to_numpy(float), reference, heating)
        for dwelling in DWELLINGS:
            load = base * annual_kwh[dwelling] / SHAPE_SUM_KWH + (heat if dwelling == "detached" else 0.0)
            blocks.append(
                pd.DataFrame(
                    {"interval_start_utc": hours, "price_area": price_area, "dwelling": dwelling, "load_kw": load}
                )
            )
    return pd.concat(blocks, ignore_index=True).astype({"price_area": "str", "dwelling": "str"})


def shape_kw(shape: pd.DataFrame, hours_utc: pd.DatetimeIndex) -> FloatArray:
    """Read the shape at local clock hours; Sundays and Swedish public holidays are one day kind."""
    local = hours_utc.tz_convert(LOCAL_ZONE)
    red_days = holidays.country_holidays("SE", years=sorted(set(local.year)), include_sundays=False)
    dates = local.normalize().tz_localize(None)
    unique = dates.unique()
    is_red = pd.Series([day.date() in red_days for day in unique], index=unique).reindex(dates).to_numpy(bool)
    kind = np.select([is_red | (local.day_of_week == 6), local.day_of_week == 5], ["sunday", "saturday"], "weekday")
    table = shape.set_index(["month", "day_kind", "hour"])["load_kw"]
    wanted = pd.MultiIndex.from_arrays([local.month, kind, local.hour], names=table.index.names)
    load: FloatArray = table.reindex(wanted).to_numpy(float)
    return load


def heating_kw(temperature_deg_c: FloatArray, reference_deg_c: FloatArray, heating: Heating) -> FloatArray:
    """Mean electric heat of a detached house over its mix of heating, kW.

    Space heat is proportional to degrees below the heating limit; its yearly sum in the reference climate is the
    published one. A heat pump gives less heat per kWh in cold, so its electricity rises faster than the heat.
    """
    hot_water_kw = heating.hot_water_kwh / len(reference_deg_c)
    degrees = np.maximum(0.0, HEATING_LIMIT_DEG_C - temperature_deg_c)
    reference_degrees = np.maximum(0.0, HEATING_LIMIT_DEG_C - reference_deg_c)
    direct_kw = heating.direct_space_kwh * degrees / reference_degrees.sum() + hot_water_kw
    seasonal = HEAT_PUMP_HOUSE_HEAT_KWH / heating.heat_pump_electric_kwh
    pump_water_kwh = heating.hot_water_kwh / seasonal
    mean_deg_c = float(np.average(reference_deg_c, weights=reference_degrees))

    def electric(degrees_k: FloatArray, outdoor_deg_c: FloatArray) -> FloatArray:
        performance = np.maximum(seasonal + PERFORMANCE_PER_K * (outdoor_deg_c - mean_deg_c), LEAST_PERFORMANCE)
        return np.asarray(degrees_k / performance, dtype=np.float64)

    pump_space_kwh = heating.heat_pump_electric_kwh - pump_water_kwh
    scale = pump_space_kwh / electric(reference_degrees, reference_deg_c).sum()
    pump_kw = scale * electric(degrees, temperature_deg_c) + pump_water_kwh / len(reference_deg_c)
    mix: FloatArray = heating.direct_share_pu * direct_kw + heating.heat_pump_share_pu * pump_kw
    return mix
