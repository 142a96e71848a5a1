"""Contracts of the travel generator: the published facts it is fitted to, and how near it comes."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import Table


class TravelFacts(Table):
    """Grain: fact. ``hour`` is null where the fact is not of an hour of the day."""

    id: str = pa.Field(unique=True)
    country: str
    year: str = pa.Field(nullable=True)
    metric: str
    day_type: str
    hour: pd.Int64Dtype = pa.Field(ge=0, le=23, nullable=True)
    value: float
    unit: str
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["id"]


class TravelTargets(Table):
    """Grain: calibration target × series: the published value and the generated one, and how near it must come.

    ``low`` and ``high`` bound what is accepted; ``ratio_pu`` is generated over published. Both rows carry them.
    """

    target_id: str
    series: str = pa.Field(isin=("published", "generated"))
    metric: str
    value: float
    low: float
    high: float
    ratio_pu: float
    is_within: bool
    unit: str
    fact_ids: str
    source: str
    verified: bool

    class Config(Table.Config):
        unique = ["target_id", "series"]
