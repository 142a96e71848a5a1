"""Contract of what the data sets on driving and charging are like, side by side."""

import pandera.pandas as pa

from analysis.schemas.base import Table


class DrivingData(Table):
    """Grain: data set × measure. A measure that a data set cannot give has no row."""

    dataset: str
    kind: str = pa.Field(isin=("generated", "logbook", "diary", "sessions"))
    measure: str
    value: float
    unit: str
    how_computed: str
    source: str

    class Config(Table.Config):
        unique = ["dataset", "measure"]
