"""Contracts of prices, climate, load and solar: one row an interval, interval start in UTC."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, PRICE_AREAS_AND_SWEDEN, RESERVE_PRODUCTS, Table, UtcTime, utc_field


class DayAheadQuotes(Table):
    """Grain: price area × interval, as published: nominal euro."""

    interval_start_utc: UtcTime = utc_field()
    step_h: float = pa.Field(isin=(0.25, 1.0))
    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_eur_nominal_per_mwh: float = pa.Field(ge=-600, le=6000)

    class Config(Table.Config):
        unique = ["interval_start_utc", "price_area"]


class DayAheadPrices(Table):
    """Grain: price area × interval; real SEK of the run's price year, excluding VAT."""

    interval_start_utc: UtcTime = utc_field()
    step_h: float = pa.Field(isin=(0.25, 1.0))
    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_sek_per_mwh: float = pa.Field(ge=-9000, le=90000)

    class Config(Table.Config):
        unique = ["interval_start_utc", "price_area"]


class ReserveQuotes(Table):
    """Grain: product × area × interval, as published: nominal euro. FCR is one price for Sweden: area ``SE``."""

    interval_start_utc: UtcTime = utc_field()
    step_h: float = pa.Field(isin=(0.25, 1.0))
    product: str = pa.Field(isin=RESERVE_PRODUCTS)
    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    price_eur_nominal_per_mw_h: float = pa.Field(ge=0, le=20000)
    volume_mw: float = pa.Field(gt=0, le=5000)

    class Config(Table.Config):
        unique = ["product", "price_area", "interval_start_utc"]


class ReservePrices(Table):
    """Grain: product × area × interval; real SEK per MW and hour. No row = nothing bought (absent, not zero)."""

    interval_start_utc: UtcTime = utc_field()
    step_h: float = pa.Field(isin=(0.25, 1.0))
    product: str = pa.Field(isin=RESERVE_PRODUCTS)
    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    price_sek_per_mw_h: float = pa.Field(ge=0, le=300_000)
    volume_mw: float = pa.Field(gt=0, le=5000)

    class Config(Table.Config):
        unique = ["product", "price_area", "interval_start_utc"]


class ActivationPrices(Table):
    """Grain: product × area × interval: mFRR activation energy, nominal euro per MWh."""

    interval_start_utc: UtcTime = utc_field()
    step_h: float = pa.Field(isin=(0.25, 1.0))
    product: str = pa.Field(isin=("mfrr_up", "mfrr_down"))
    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_eur_nominal_per_mwh: float = pa.Field(ge=-10000, le=15000)
    volume_mwh: float = pa.Field(ge=0, le=5000)

    class Config(Table.Config):
        unique = ["product", "price_area", "interval_start_utc"]


class Temperature(Table):
    """Grain: price area × hour. ``price_area`` is that of the station."""

    interval_start_utc: UtcTime = utc_field()
    price_area: str = pa.Field(isin=PRICE_AREAS)
    temperature_deg_c: float = pa.Field(ge=-55, le=45)

    class Config(Table.Config):
        unique = ["price_area", "interval_start_utc"]


class SolarProfile(Table):
    """Grain: area × hour of a standard year (local standard time, 8 760 hours): output per installed kW."""

    price_area: str = pa.Field(isin=PRICE_AREAS)
    month: int = pa.Field(ge=1, le=12)
    day: int = pa.Field(ge=1, le=31)
    hour: int = pa.Field(ge=0, le=23)
    share_of_year_pu: float = pa.Field(ge=0, le=1)

    class Config(Table.Config):
        unique = ["price_area", "month", "day", "hour"]


class LoadShape(Table):
    """Grain: month × day kind × hour of a standard household; the year sums to 1 000 kWh."""

    month: int = pa.Field(ge=1, le=12)
    day_kind: str = pa.Field(isin=("weekday", "saturday", "sunday"))
    hour: int = pa.Field(ge=0, le=23)
    load_kw: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["month", "day_kind", "hour"]


class HouseholdLoad(Table):
    """Grain: price area × dwelling × hour: mean load of one household with its heating mix."""

    interval_start_utc: UtcTime = utc_field()
    price_area: str = pa.Field(isin=PRICE_AREAS)
    dwelling: str
    load_kw: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["price_area", "dwelling", "interval_start_utc"]


class PriceIndex(Table):
    """Grain: year. What turns nominal euro of a year into real SEK of another."""

    year: int = pa.Field(unique=True)
    sek_per_eur: float = pa.Field(gt=5, lt=20)
    consumer_price_index_pu: float = pa.Field(gt=0)
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["year"]


class ExchangeRates(Table):
    """Grain: banking day. Reference rate of the European Central Bank, crowns for a euro."""

    day: str = pa.Field(str_matches=r"^\d{4}-\d{2}-\d{2}$")
    sek_per_eur: float = pa.Field(gt=5, lt=20)

    class Config(Table.Config):
        unique = ["day"]
