"""Contract of what charging sessions say about plugging in: one long table of statistics, each with its source."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import Table


class PlugInStatistics(Table):
    """Grain: statistic × day kind × hour. ``hour`` is null for scalars; hourly shares sum to one over a day kind."""

    statistic: str
    day_kind: str = pa.Field(isin=("all", "weekday", "weekend"))
    hour: pd.Int64Dtype = pa.Field(ge=0, le=23, nullable=True)
    value: float = pa.Field(ge=0)
    unit: str
    source: str
    how_computed: str

    class Config(Table.Config):
        unique = ["statistic", "day_kind", "hour"]
