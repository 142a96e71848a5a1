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
    """Grain: calibration target. ``generated_value`` stands beside the published value, with how near it must come."""

    target_id: str = pa.Field(unique=True)
    metric: str
    value: float
    generated_value: float
    ratio_pu: float
    tolerance_pu: float = pa.Field(gt=0)
    is_within: bool
    unit: str
    fact_ids: str
    source: str
    verified: bool

    class Config(Table.Config):
        unique = ["target_id"]
