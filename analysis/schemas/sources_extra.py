"""Contracts of published tables that feed calibration and comparison rather than the chain itself."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, Table, UtcTime, share_field, utc_field


class TravelStatistics(Table):
    """Grain: measure × country × group × segment × day kind × clock hour. ``unit`` says what ``value`` counts."""

    measure: str
    country: str
    group: str = pa.Field(nullable=True)
    segment: str = pa.Field(nullable=True)
    day_kind: str = pa.Field(isin=("weekday", "saturday", "sunday", "weekend"), nullable=True)
    clock_h: float = pa.Field(ge=0, le=24, nullable=True)
    value: float = pa.Field(nullable=True)
    unit: str

    class Config(Table.Config):
        unique = ["measure", "country", "group", "segment", "day_kind", "clock_h"]


class TripClasses(Table):
    """Grain: distance class × duration class. Share of trips; the bounds are the upper ends of the classes."""

    distance_upper_km: float = pa.Field(gt=0)
    duration_upper_min: float = pa.Field(gt=0)
    probability_pu: float = share_field()

    class Config(Table.Config):
        unique = ["distance_upper_km", "duration_upper_min"]


class ChargingUsers(Table):
    """Grain: user of charge points. Power and battery as the authors predict them, not as measured."""

    user_id: str = pa.Field(unique=True)
    charge_power_kw: float = pa.Field(gt=0, le=400)
    battery_kwh: float = pa.Field(gt=0, le=1000)

    class Config(Table.Config):
        unique = ["user_id"]


class TrafficCounts(Table):
    """Grain: counting point × hour."""

    interval_start_utc: UtcTime = utc_field()
    point: str
    vehicle_count: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["point", "interval_start_utc"]


class Irradiation(Table):
    """Grain: price area × hour. Mean global irradiation on the horizontal."""

    interval_start_utc: UtcTime = utc_field()
    price_area: str = pa.Field(isin=PRICE_AREAS)
    irradiation_kw_per_m2: float = pa.Field(ge=0, le=1.4)

    class Config(Table.Config):
        unique = ["price_area", "interval_start_utc"]


class SolarGeneration(Table):
    """Grain: price area × interval. Metered output; hours of no output are not published."""

    interval_start_utc: UtcTime = utc_field()
    step_h: float = pa.Field(isin=(0.25, 1.0))
    price_area: str = pa.Field(isin=PRICE_AREAS)
    generation_mw: float = pa.Field(ge=0, le=20000)

    class Config(Table.Config):
        unique = ["price_area", "interval_start_utc"]


class LoadPeriods(Table):
    """Grain: period of the year × day of week (1 = Monday) × quarter of an hour: a standard household of 1 000 kWh."""

    period: str = pa.Field(isin=("summer", "winter", "transition"))
    weekday: int = pa.Field(ge=1, le=7)
    clock: str
    load_kw: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["period", "weekday", "clock"]


class MunicipalFinances(Table):
    """Grain: municipality. Residents, education and taxable income per inhabitant (SEK of the year, nominal)."""

    municipality_code: str = pa.Field(str_matches=r"^\d{4}$", unique=True)
    name: str
    population_count: int = pa.Field(gt=0)
    tertiary_education_pu: float = share_field()
    tax_rate_pu: float = share_field()
    taxable_income_ksek: float = pa.Field(gt=0)

    class Config(Table.Config):
        unique = ["municipality_code"]
