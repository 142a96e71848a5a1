"""Holds the files that statistics are computed from against the list of their versions, and adds to that list."""

import datetime
from pathlib import Path

from analysis.errors import DataError
from analysis.io import read_csv_table, write_text
from analysis.record.versions import append_versions, chain_faults, unlisted_lines
from analysis.schemas.versions import DataFiles, DataVersions

LIST = "data/versions.csv"
SEEN = "data/interim/calibration/data_files.csv"
"""What rule ``list_data_files`` makes."""


def told_unlisted(root: Path, inputs: str) -> list[str]:
    """Lines about each file that was read and is not listed, as it is; none where all are.

    Raises
    ------
    DataError
        Naming every row of the list that was edited.
    """
    listed = read_csv_table(root / LIST, DataVersions)
    if faults := chain_faults(listed):
        raise DataError(faults)
    return unlisted_lines(listed, read_csv_table(root / SEEN, DataFiles), inputs)


def add_versions(root: Path, day: str = "") -> int:
    """Add what was read and is not listed; give the number of rows added. The day is today's where none is given."""
    listed, seen = read_csv_table(root / LIST, DataVersions), read_csv_table(root / SEEN, DataFiles)
    table = DataVersions.validate(
        append_versions(listed, seen, day or datetime.datetime.now(datetime.UTC).date().isoformat())
    )
    write_text(table.to_csv(index=False, lineterminator="\n"), root / LIST)
    return len(table) - len(listed)
