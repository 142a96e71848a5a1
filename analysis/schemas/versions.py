"""Contracts of the files that committed statistics were computed from, and of the list of their versions."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import Table

SHA256 = r"^[0-9a-f]{64}$"


class DataFiles(Table):
    """Grain: file that ``make calibrate`` reads, or that lies in an installed package and every run reads.

    ``file`` leads below the user's folder, or from the name of a package on; ``row_count`` is lines of a text, rows of
    a Parquet file, empty for others; ``used_by`` are the committed tables computed from it, without suffix.
    """

    dataset: str = pa.Field(str_length={"min_value": 1})
    file: str = pa.Field(str_length={"min_value": 1})
    version: str = pa.Field(str_length={"min_value": 1}, nullable=True)
    source: str = pa.Field(str_length={"min_value": 1})
    licence: str = pa.Field(str_length={"min_value": 1})
    url: str = pa.Field(str_startswith="https://")
    bytes: int = pa.Field(ge=0)
    sha256: str = pa.Field(str_matches=SHA256)
    row_count: pd.Int64Dtype = pa.Field(ge=0, nullable=True)
    used_by: str = pa.Field(str_length={"min_value": 1})

    class Config(Table.Config):
        unique = ["file"]


class DataVersions(DataFiles):
    """Grain: version of a file. A row is added and never changed: each carries the digest of all before it."""

    version: str = pa.Field(str_length={"min_value": 1})
    first_seen: str = pa.Field(str_matches=r"^\d{4}-\d{2}-\d{2}$")
    chain_sha256: str = pa.Field(str_matches=SHA256)

    class Config(Table.Config):
        unique = ["file", "sha256"]
