"""Turns quotes that were read from published files into price years by local calendar year, each with its sources."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.schemas.price_statistics import PublishedPriceFiles
from analysis.synthetic.price_clock import LOCAL_TIME

NO_SOURCE: Final = "none published here"


@dataclass(frozen=True)
class PublishedYear:
    """The published prices of one year and where they came from."""

    day_ahead: pd.DataFrame
    reserves: pd.DataFrame
    day_ahead_source: str
    reserve_source: str
    files: str


def published_file_rows(table: str, source: str, paths: Iterable[PurePath]) -> pd.DataFrame:
    """List the files that one publisher's quotes of a contract table were read from.

    Parameters
    ----------
    table
        ``DayAheadQuotes`` or ``ReserveQuotes``.
    source
        How the publisher is cited.
    paths
        Below the inputs root; the name of each file holds its year.

    Returns
    -------
    pd.DataFrame
        ``PublishedPriceFiles``, one row a file.

    Raises
    ------
    DataError
        Naming every file without a year in its name.
    """
    rows, faults = [], []
    for path in paths:
        year = re.search(r"(?<!\d)\d{4}(?!\d)", path.name)
        if year is None:
            faults.append(Fault(str(path), "no year in the file's name", "for example 2024.csv", "Rename the file."))
        else:
            rows.append({"year": int(year[0]), "table": table, "file": path.as_posix(), "source": source})
    if faults:
        raise DataError(faults)
    return PublishedPriceFiles.validate(pd.DataFrame(rows).astype({"table": "str", "file": "str", "source": "str"}))


def published_years(day_ahead: pd.DataFrame, reserves: pd.DataFrame, files: pd.DataFrame) -> dict[int, PublishedYear]:
    """Cut the published quotes into local calendar years.

    Parameters
    ----------
    day_ahead, reserves
        Hourly ``DayAheadQuotes`` and ``ReserveQuotes`` of all years.
    files
        ``PublishedPriceFiles``: the files of each year.

    Returns
    -------
    dict
        Year with day-ahead files → its quotes and sources; ``reserves`` has no rows where none are published.
    """
    day_ahead_years, reserve_years = _local_year(day_ahead), _local_year(reserves)
    found = {}
    for year in sorted(set(files.loc[files["table"] == "DayAheadQuotes", "year"])):
        named = files[files["year"] == year].sort_values(["table", "file"])
        found[int(year)] = PublishedYear(
            day_ahead=day_ahead[day_ahead_years == year].reset_index(drop=True),
            reserves=reserves[reserve_years == year].reset_index(drop=True),
            day_ahead_source=_sources(named, "DayAheadQuotes"),
            reserve_source=_sources(named, "ReserveQuotes"),
            files=" ".join(named["file"]),
        )
    return found


def _local_year(quotes: pd.DataFrame) -> pd.Series:
    year: pd.Series = quotes["interval_start_utc"].dt.tz_convert(LOCAL_TIME).dt.year
    return year


def _sources(named: pd.DataFrame, table: str) -> str:
    return "; ".join(dict.fromkeys(named.loc[named["table"] == table, "source"])) or NO_SOURCE
