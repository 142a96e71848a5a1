"""Contracts of the committed tables: parameters, facts, charger price observations, each row with its source."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import TECHNOLOGIES, Table


class Parameters(Table):
    """Grain: parameter. ``verified`` is true only where the figure was read in the report or a checked source."""

    id: str = pa.Field(unique=True)
    group: str
    name: str
    value: float
    low: float
    high: float
    unit: str
    distribution: str = pa.Field(
        isin=("triangular", "normal", "lognormal", "uniform", "discrete", "fixed", "by year", "lever", "derived",
              "empirical", "reference")
    )  # fmt: skip
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["id"]

    @pa.dataframe_check(error="low <= value <= high")
    def value_within_range(cls, table: pd.DataFrame) -> pd.Series:
        """The default lies inside its own range."""
        return (table["low"] <= table["value"]) & (table["value"] <= table["high"])


class Facts(Table):
    """Grain: fact. A published figure with its source; ``area`` and ``year`` as the source gives them."""

    id: str = pa.Field(unique=True)
    year: str = pa.Field(nullable=True)
    area: str = pa.Field(nullable=True)
    metric: str
    value: float
    unit: str
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["id"]


class ChargerOptions(Table):
    """Grain: charger option × interoperable: real SEK of the price year, incl. VAT, installed, before support.

    ``charger_option`` names the physics (``ac_11``, ``dc_11``, ``dc_20``, one-way ``ac_11_oneway``), which is all that
    dispatch sees; openness changes price, support and who can use it, not the schedule.
    """

    charger_option: str
    technology: str = pa.Field(isin=TECHNOLOGIES)
    is_bidirectional: bool
    is_interoperable: bool
    power_kw: float = pa.Field(gt=0, le=400)
    price_sek: float = pa.Field(ge=0)
    price_low_sek: float = pa.Field(ge=0)
    price_high_sek: float = pa.Field(ge=0)
    source: str
    verified: bool

    class Config(Table.Config):
        unique = ["charger_option", "is_interoperable"]
