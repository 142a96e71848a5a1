"""Contracts of prequalified supply, and of price erosion fitted to published months."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN, RESERVE_PRODUCTS, Table


class PrequalifiedVolumes(Table):
    """Grain: observation of prequalified, installed or required MW, each with source; ``verified`` as in parameters."""

    id: str = pa.Field(unique=True)
    date: str = pa.Field(str_matches=r"^\d{4}-\d{2}-\d{2}$")
    area: str
    product: str
    technology: str
    measure: str
    value_mw: float = pa.Field(ge=0)
    low_mw: float = pa.Field(ge=0, nullable=True)
    high_mw: float = pa.Field(ge=0, nullable=True)
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["id"]


class ErosionFit(Table):
    """Grain: product × price area × test: the exponent that published months give, held against other rules.

    A market without months on record has no row. ``status``: ``fitted``; ``supply_unknown`` where the table of
    prequalified supply does not tell how batteries grew; ``supply_still`` where they did not. ``free_`` is the data
    alone, ``exponent_`` with the prior; the ends are 5 and 95 %. ``*_supply_exponent_pu`` is the exponent had batteries
    grown least or most beside other supply. ``*_miss_pu`` is the root mean square of the miss of the log price in
    months that the rule had not seen; ``test``: ``quarters``, each calendar quarter left out in turn; ``ahead``, the
    half-year after each quarter's start, from what came before. ``best_rule`` misses least in this test; ``verdict``:
    ``fit`` where the fit does so in both, else ``prior``.
    """

    product: str = pa.Field(isin=RESERVE_PRODUCTS)
    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    test: str = pa.Field(isin=("quarters", "ahead"))
    status: str = pa.Field(isin=("fitted", "supply_unknown", "supply_still"))
    first_month: str = pa.Field(str_matches=r"^\d{4}-\d{2}$")
    last_month: str = pa.Field(str_matches=r"^\d{4}-\d{2}$")
    month_count: int = pa.Field(ge=1)
    price_first_sek_per_mw_h: float = pa.Field(ge=0)
    price_last_sek_per_mw_h: float = pa.Field(ge=0)
    volume_first_mw: float = pa.Field(gt=0)
    volume_last_mw: float = pa.Field(gt=0)
    supply_first_mw: float = pa.Field(gt=0, nullable=True)
    supply_last_mw: float = pa.Field(gt=0, nullable=True)
    free_exponent_pu: float = pa.Field(nullable=True)
    free_error_pu: float = pa.Field(ge=0, nullable=True)
    exponent_pu: float = pa.Field(nullable=True)
    exponent_low_pu: float = pa.Field(nullable=True)
    exponent_high_pu: float = pa.Field(nullable=True)
    least_supply_exponent_pu: float = pa.Field(nullable=True)
    most_supply_exponent_pu: float = pa.Field(nullable=True)
    held_out_count: int = pa.Field(ge=0)
    fit_miss_pu: float = pa.Field(ge=0, nullable=True)
    trend_miss_pu: float = pa.Field(ge=0, nullable=True)
    constant_miss_pu: float = pa.Field(ge=0, nullable=True)
    prior_miss_pu: float = pa.Field(ge=0, nullable=True)
    best_rule: str = pa.Field(isin=("fit", "trend", "constant", "prior", "none"))
    verdict: str = pa.Field(isin=("fit", "prior"))

    class Config(Table.Config):
        unique = ["product", "price_area", "test"]
