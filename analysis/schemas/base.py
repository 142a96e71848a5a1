"""What every contract table shares: strict columns, closed vocabularies, and the time type of the house."""

from typing import Any

import pandas as pd
import pandera.pandas as pa

UTC_DTYPE = {"unit": "us", "tz": "UTC"}
"""Arguments of the one time type: interval start, microseconds, UTC."""

PRICE_AREAS = ("SE1", "SE2", "SE3", "SE4")
PRICE_AREAS_AND_SWEDEN = ("SE", *PRICE_AREAS)
RESERVE_PRODUCTS = ("fcr_n", "fcr_d_up", "fcr_d_down", "afrr_up", "afrr_down", "mfrr_up", "mfrr_down")
PLACES = ("home", "work", "public", "depot", "other")
DWELLINGS = ("detached", "flat_cooperative", "flat_rental", "other")
STRATEGIES = ("uncontrolled", "smart", "home", "grid", "grid_reserve")
TIERS = ("technical", "access", "capable", "willing", "available", "firm")
OCCASIONS = ("week_mean", "dearest_50", "coldest_50")
SERVICES = ("discharge_20min", "discharge_1h", "discharge_4h")
TECHNOLOGIES = ("none", "ac", "dc")
ACCOUNTS = ("user", "aggregator", "grid_company", "suppliers", "displaced", "other_customers", "state", "external")

UtcTime = pd.DatetimeTZDtype


def utc_field(**checks: Any) -> Any:
    """A column of interval starts or instants in UTC."""
    return pa.Field(dtype_kwargs=UTC_DTYPE, **checks)


def share_field(**more: Any) -> Any:
    """A share between 0 and 1, with room for rounding."""
    return pa.Field(ge=-1e-9, le=1 + 1e-9, **more)


class Table(pa.DataFrameModel):
    """Base of all contracts: an extra column is an error, never a silent guest."""

    class Config:
        strict = True
        coerce = False
