"""Contracts of the committed price statistics and of the year-by-year comparison of generated with real price years."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, RESERVE_PRODUCTS, Table

FCR_PRODUCTS = RESERVE_PRODUCTS[:3]
"""The frequency containment reserves: fcr_n, fcr_d_up, fcr_d_down."""

PRICE_SERIES = (*PRICE_AREAS, *FCR_PRODUCTS)
"""What is generated together, in this order: the day-ahead price of each area, the price of each reserve product."""

QUANTILE_LEVELS_PU = (
    0,
    0.01,
    0.025,
    0.05,
    0.1,
    0.15,
    0.2,
    0.3,
    0.4,
    0.5,
    0.6,
    0.7,
    0.8,
    0.85,
    0.9,
    0.95,
    0.975,
    0.99,
    1,
)
"""The cumulative shares at which a distribution of prices or of daily spreads is described."""

HOUR_COLUMNS = tuple(f"hour_{hour:02d}_pu" for hour in range(24))
LEVEL_COLUMNS = tuple(f"level_{round(level * 1000):04d}_pu" for level in QUANTILE_LEVELS_PU)

VALUE_STATISTICS = (
    "price_scale",
    "deviation_sd",
    "score_variance",
    "transition",
    "coupled_share",
    "volume_mean",
)
HOUR_STATISTICS = ("month_shape", "weekend_shape", "loading", "volume_shape")
QUANTILE_STATISTICS = ("hourly_price", "spread_of_day", "spread_of_night")
ALL_STATISTICS = (*VALUE_STATISTICS, *HOUR_STATISTICS, *QUANTILE_STATISTICS)


class PriceStatisticValues(Table):
    """Grain: year × statistic × series × month × component × partner. Month 0 = whole year; component 0 = none.

    ``partner`` is the other area of a coupled pair, or the component that the transition leads to.
    """

    year: int = pa.Field(ge=2000, le=2100)
    statistic: str = pa.Field(isin=VALUE_STATISTICS)
    series: str = pa.Field(isin=(*PRICE_SERIES, "all"))
    month: int = pa.Field(ge=0, le=12)
    component: int = pa.Field(ge=0, le=240)
    partner: str
    value: float
    unit: str = pa.Field(isin=("EUR/MWh", "EUR/MW,h", "MW", "share", "standard deviation", "variance", "coefficient"))

    class Config(Table.Config):
        unique = ["year", "statistic", "series", "month", "component", "partner"]


class PriceStatisticShapes(Table):
    """Grain: year × statistic × series × month or season × component; one column per local clock hour.

    ``period`` is ``year``, ``month_01`` to ``month_12`` or a season; values are normal scores,
    loadings or factors of 1.
    """

    year: int = pa.Field(ge=2000, le=2100)
    statistic: str = pa.Field(isin=HOUR_STATISTICS)
    series: str = pa.Field(isin=PRICE_SERIES)
    period: str
    component: int = pa.Field(ge=0, le=240)
    hour_pu: float = pa.Field(alias=r"hour_\d\d_pu", regex=True, ge=-20, le=20)

    class Config(Table.Config):
        unique = ["year", "statistic", "series", "period", "component"]


class PriceStatisticQuantiles(Table):
    """Grain: year × statistic × series × month × part of the day; one column per cumulative share (in thousandths).

    Values are factors of the series' ``price_scale`` of that month. Part of the day 0 = all hours, 1 = 00-06 local,
    2 = 06-12, 3 = 12-18, 4 = 18-24.
    """

    year: int = pa.Field(ge=2000, le=2100)
    statistic: str = pa.Field(isin=QUANTILE_STATISTICS)
    series: str = pa.Field(isin=PRICE_SERIES)
    month: int = pa.Field(ge=1, le=12)
    part_of_day: int = pa.Field(ge=0, le=4)
    level_pu: float = pa.Field(alias=r"level_\d\d\d\d_pu", regex=True, ge=-500, le=5000)

    class Config(Table.Config):
        unique = ["year", "statistic", "series", "month", "part_of_day"]


class PriceStatisticSources(Table):
    """Grain: year × statistic: what it was computed from and how; the trace of every row of the three tables."""

    year: int = pa.Field(ge=2000, le=2100)
    statistic: str = pa.Field(isin=ALL_STATISTICS)
    unit: str
    how_computed: str
    source: str
    files: str
    hours_count: int = pa.Field(gt=0)

    class Config(Table.Config):
        unique = ["year", "statistic"]


class PublishedPriceFiles(Table):
    """Grain: published price file: its year, the contract table read from it and how its publisher is cited."""

    year: int = pa.Field(ge=2000, le=2100)
    table: str = pa.Field(isin=("DayAheadQuotes", "ReserveQuotes"))
    file: str = pa.Field(str_length={"min_value": 1})
    source: str = pa.Field(str_length={"min_value": 1})

    class Config(Table.Config):
        unique = ["year", "table", "file"]


class PriceYearComparison(Table):
    """Grain: real year × price area: the reference car's values and the price statistics, real and embedded.

    Where the year is not calibrated the embedded one is the nearest calibrated year and the row shows what is lost.
    Reserve columns are empty for years without reserve prices.
    """

    year: int
    price_area: str = pa.Field(isin=PRICE_AREAS)
    embedded_year: int
    is_calibrated: bool
    seed: int
    is_within_15_pct: bool
    seeds_count: int
    seeds_within_15_pct_count: int
    real_measure: float = pa.Field(alias=r"real_.*_(year|h|mwh|pu)$", regex=True, nullable=True)
    embedded_measure: float = pa.Field(alias=r"embedded_.*_(year|h|mwh|pu)$", regex=True, nullable=True)
    ratio_pu: float = pa.Field(alias=r"ratio_.*_pu", regex=True, nullable=True)
    price_source: str
    reserve_source: str

    class Config(Table.Config):
        unique = ["year", "price_area"]


def check_columns(table: pd.DataFrame, columns: tuple[str, ...]) -> list[str]:
    """List the columns that a wide statistics table lacks, sorted."""
    return sorted(set(columns) - set(table.columns))
