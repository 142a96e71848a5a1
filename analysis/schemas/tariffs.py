"""Contracts of the committed tariffs: energy tax by price area, and what grid companies charge by energy and power."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, Table, share_field

BAND_HOURS = ("none", "all", "window", "rest")
BAND_DAYS = ("all", "working_days")


class AreaTariffs(Table):
    """Grain: price area. ``northern_pu`` is the share of its electric cars with reduced energy tax."""

    price_area: str = pa.Field(isin=PRICE_AREAS, unique=True)
    northern_pu: float = share_field()
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["price_area"]


class GridTariffs(Table):
    """Grain: tariff × band of its capacity charge. A tariff without one has the single band 0 of hours ``none``.

    Amounts exclude VAT, whatever the price list printed (``is_published_with_vat``). The bands of a tariff add up:
    each charges the mean of its ``peak_count`` highest hourly means of the month among its own hours. ``all`` is every
    hour, ``window`` the local hours from ``hour_first`` to before ``hour_end`` on its days, ``rest`` every hour outside
    the windows of the same months. Months run from ``month_first`` to ``month_last`` and may pass the turn of the
    year. In hours from ``reduced_from_hour`` to before ``reduced_to_hour`` a peak counts by ``reduced_pu`` only. An
    empty network benefit means that ``ret.network_benefit`` holds. An empty energy fee means that
    ``ret.grid_energy_fee`` holds where the operator is ``archetype``; of a company it means a fee that differs by hour.
    ``verified``: all amounts, and the hours of a window, stand on the company's own price page.
    """

    tariff_id: str = pa.Field(str_matches=r"^[a-z0-9_]+$")
    band: int = pa.Field(ge=0)
    operator: str
    price_area: str = pa.Field(isin=PRICE_AREAS, nullable=True)
    valid_from: str = pa.Field(str_matches=r"^\d{4}-\d{2}-\d{2}$", nullable=True)
    energy_fee_sek_per_kwh: float = pa.Field(ge=0, le=1, nullable=True)
    network_benefit_sek_per_kwh: float = pa.Field(ge=0, le=0.5, nullable=True)
    feed_in_fee_sek_per_year: float = pa.Field(ge=0, nullable=True)
    is_published_with_vat: bool
    capacity_price_sek_per_kw_month: float = pa.Field(ge=0, le=400)
    peak_count: int = pa.Field(ge=0, le=31)
    is_one_per_day: bool
    month_first: int = pa.Field(ge=1, le=12)
    month_last: int = pa.Field(ge=1, le=12)
    hours: str = pa.Field(isin=BAND_HOURS)
    hour_first: int = pa.Field(ge=0, le=23)
    hour_end: int = pa.Field(ge=1, le=24)
    days: str = pa.Field(isin=BAND_DAYS)
    reduced_pu: float = share_field()
    reduced_from_hour: int = pa.Field(ge=0, le=23)
    reduced_to_hour: int = pa.Field(ge=0, le=23)
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["tariff_id", "band"]

    @pa.dataframe_check(error="hours 'none' exactly where the price is 0, and then band 0 alone")
    def nothing_is_charged_by_no_hours(cls, table: pd.DataFrame) -> pd.Series:
        """A band without hours has no price, no peaks and no band beside it."""
        none = table["hours"] == "none"
        alone = table.groupby("tariff_id")["band"].transform("size") == 1
        free = (table["capacity_price_sek_per_kw_month"] == 0) & (table["peak_count"] == 0)
        return (none & free & alone & (table["band"] == 0)) | (~none & ~free)


class PowerFeeLists(Table):
    """Grain: price list with a power fee, as collected from the operators' pages: amounts with VAT, fees as text."""

    operator: str
    vat_number: str
    variant: str = pa.Field(nullable=True)
    valid_from: str
    energy_fee_with_vat_sek_per_kwh: float = pa.Field(ge=0, le=2, nullable=True)
    peak_method: str
    power_fee_periods: str

    class Config(Table.Config):
        unique = ["vat_number", "variant", "valid_from"]


class GridCompanySeats(Table):
    """Grain: grid company: the municipality of its seat, which decides the price area that its tariff stands in."""

    vat_number: str = pa.Field(unique=True)
    operator: str
    municipality_code: str = pa.Field(str_matches=r"^\d{4}$", nullable=True)
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["vat_number"]
