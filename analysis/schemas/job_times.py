"""Contract of how long each job of a run took, by Snakemake's own records."""

import pandera.pandas as pa

from analysis.schemas.base import Table, UtcTime, utc_field


class JobTimes(Table):
    """Grain: job whose files are still in use, named by the first of them. Seconds of wall clock, start-up included."""

    rule: str
    output: str
    begun_utc: UtcTime = utc_field()
    ended_utc: UtcTime = utc_field()
    run_s: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["output"]
