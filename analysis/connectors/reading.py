"""What the services' modules share: text and JSON of an answer, and the fault of one that is not as documented."""

import csv
import json
from collections.abc import Sequence
from typing import Any, NoReturn

import pandas as pd

from analysis.connectors.services import Question
from analysis.errors import DataError, Fault

LOCAL = "Europe/Stockholm"
CHANGED = "The service answers otherwise than documented, and nothing was kept: compare with its documentation."


def changed(question: Question, found: str, expected: str, remedy: str = CHANGED) -> DataError:
    """Name an answer that is not as documented."""
    return DataError(Fault(question.place, found, expected, remedy))


def text_of(question: Question, content: bytes) -> str:
    """Read an answer as UTF-8, with or without byte order mark."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise changed(question, f"a byte that is not UTF-8 at {error.start}", "text in UTF-8") from None


def json_of(question: Question, content: bytes) -> dict[str, Any]:
    """Read an answer as one JSON object."""

    def refuse(name: str) -> NoReturn:
        raise ValueError(name)

    try:
        value = json.loads(text_of(question, content), parse_constant=refuse)
    except ValueError as error:
        raise changed(question, f"no JSON ({error})"[:120], "a JSON object") from None
    if not isinstance(value, dict):
        raise changed(question, f"a {type(value).__name__}", "a JSON object")
    return value


def rows_of(question: Question, lines: Sequence[str], delimiter: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read delimited lines whose header must hold these columns; each row must reach as far as the last of them."""
    reader = csv.reader(lines, delimiter=delimiter)
    header = [name.strip() for name in next(reader, [])]
    if absent := [name for name in columns if header.count(name) != 1]:
        raise changed(question, f"columns {', '.join(header) or 'none'}"[:300], f"one column {', '.join(absent)}")
    last = max(header.index(name) for name in columns)
    rows = []
    for number, cells in enumerate(reader, start=2):
        if not any(cells):
            continue
        if len(cells) <= last:
            raise changed(question, f"row {number} with {len(cells)} fields", f"more than {last}")
        rows.append(dict(zip(header, cells, strict=False)))
    if not rows:
        raise changed(question, "no rows", "rows below the header")
    return rows


def hours_of_year(year: int) -> float:
    """Hours of a year."""
    return (pd.Timestamp(year + 1, 1, 1) - pd.Timestamp(year, 1, 1)) / pd.Timedelta(hours=1)


def local_year(year: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First instant of a Swedish year and of the next."""
    return pd.Timestamp(year, 1, 1, tz=LOCAL), pd.Timestamp(year + 1, 1, 1, tz=LOCAL)
