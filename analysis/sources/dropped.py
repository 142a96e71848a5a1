"""Leaves rows out of a table, one by one with its reason, so that nothing goes missing unseen."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.io import check_table, normalise
from analysis.schemas.dropped_rows import REASONS, DroppedRows

log = logging.getLogger(__name__)

Mask = npt.NDArray[np.bool_]
Test = tuple[str, Mask, Callable[[pd.DataFrame], "list[str]"]]
"""A reason, the rows it is true of, and what is said to have been found in such rows."""

LISTED: Final = ["row_number", "record_id", "reason", "found"]
KINDS: Final = {"row_number": "int64", "record_id": "str", "reason": "str", "found": "str"}
NOUNS: Final = {"Trips": "trips", "GpsTrips": "trips", "Sessions": "sessions", "Vehicles": "cars"}


@dataclass(frozen=True)
class Kept:
    """A table (index = row number in its file) and the rows left out of it (columns ``LISTED``)."""

    table: pd.DataFrame
    dropped: pd.DataFrame


@cache
def nothing_dropped() -> pd.DataFrame:
    """Give the empty list of left-out rows; it is never changed."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in KINDS.items()})


def joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put lists of left-out rows together."""
    some = [part for part in parts if len(part)]
    return pd.concat(some, ignore_index=True) if some else nothing_dropped()


def sieve(table: pd.DataFrame, record: str, tests: Iterable[Test], place: str, noun: str) -> Kept:
    """Leave out every row that a test is true of, by the first such test, and log each reason with its count.

    Parameters
    ----------
    table
        Index = row number in the file.
    record
        Column that says whose row it is.
    tests
        In order of weight: a row is listed once.
    place, noun
        File, and what a row is, for the log.

    Returns
    -------
    Kept
        The rest, and one line for each row left out.
    """
    gone = np.zeros(len(table), dtype=bool)
    parts = []
    for reason, mask, found in tests:
        new = mask & ~gone
        if new.any():
            rows = table[new]
            log.info("%s: dropped %d of %d %s %s (%s)", place, len(rows), len(table), noun, REASONS[reason], reason)
            parts.append(listed(rows, record, reason, found(rows)))
            gone |= new
    return Kept(table[~gone] if gone.any() else table, joined(parts))


def listed(rows: pd.DataFrame, record: str, reason: str, found: list[str]) -> pd.DataFrame:
    """Make one line for each row (index = row number in the file)."""
    columns = {"row_number": rows.index, "record_id": rows[record].to_numpy(), "reason": reason, "found": found}
    return pd.DataFrame(columns).astype(KINDS)


def dropped_rows(rows: pd.DataFrame, dataset: str, source_file: str, table_name: str) -> pd.DataFrame:
    """Say of left-out rows which file of which data set they stood in, and what table they were meant for.

    Returns
    -------
    pd.DataFrame
        ``DroppedRows``.
    """
    named = rows.assign(dataset=dataset, source_file=source_file, table_name=table_name)
    ordered = named[list(DroppedRows.to_schema().columns)].sort_values("row_number", kind="stable")
    texts = ("dataset", "source_file", "table_name")
    return check_table(normalise(ordered.astype(dict.fromkeys(texts, "str"))), DroppedRows, f"{source_file} [dropped]")


def all_dropped(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put ``DroppedRows`` of several files together."""
    some = [part for part in parts if len(part)]
    if some:
        return pd.concat(some, ignore_index=True)
    return dropped_rows(nothing_dropped(), "", "", "Trips")


def texts_of(column: str, words: str) -> Callable[[pd.DataFrame], list[str]]:
    """Say a number of each row in words: ``texts_of("distance_km", "{:g} km")``."""
    return lambda rows: [words.format(value) for value in rows[column]]


def same_text(words: str) -> Callable[[pd.DataFrame], list[str]]:
    """Say the same of every row."""
    return lambda rows: [words] * len(rows)


def two_times(first: str, last: str) -> Callable[[pd.DataFrame], list[str]]:
    """Say the two times of each row."""
    return lambda rows: [
        f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
        for begin, end in zip(rows[first], rows[last], strict=True)
    ]
