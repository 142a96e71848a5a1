"""Turns JSON text into a raw frame: one row a record, nested keys joined by a full stop, lists added up where asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.sources.layout import Envelope, FileForm, ListSum
from analysis.sources.limits import MOST_COLUMNS, MOST_LEVELS, checked_shape
from analysis.sources.patterns import found_in

MAX_EXAMPLES = 20


def records_of_lines(path: Path, text: str) -> pd.DataFrame:
    """Read one JSON object a line; index = line number.

    Raises
    ------
    DataError
        With every line that is no JSON object.
    """
    records, rows, faults = [], [], []
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines() also cuts at signs that JSON allows
        if not line.strip():
            continue
        try:
            record = _parsed(line)
        except json.JSONDecodeError as error:
            faults.append(Fault(f"{path}:{number}", f"{error.msg} at {error.colno}", "one JSON object a line",
                                "If it is the last line, the file was cut: fetch it again."))  # fmt: skip
            continue
        except (ValueError, RecursionError) as error:
            faults.append(_odd_value(f"{path}:{number}", error))
            continue
        if isinstance(record, dict):
            try:
                records.append(_flat(record, f"{path}:{number}"))
            except DataError as error:
                faults += error.faults
            rows.append(number)
        else:
            faults.append(Fault(f"{path}:{number}", type(record).__name__, "a JSON object", "Correct the line."))
    if faults:
        raise DataError(faults[:MAX_EXAMPLES] + _rest(path, faults))
    _check_width(path, records)
    return pd.DataFrame(records, index=pd.Index(rows, name="row"))


def _rest(path: Path, faults: list[Fault]) -> list[Fault]:
    more = len(faults) - MAX_EXAMPLES
    return [Fault(str(path), f"{more} more lines with faults", "none", "Correct the first ones.")] if more > 0 else []


def _parsed(text: str) -> Any:
    """Parse JSON: numbers that are no number, keys given twice and endless digits are refused."""
    return json.loads(text, parse_constant=_no_number, parse_int=_whole, object_pairs_hook=_once)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 19 else float(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in {name for name, _ in pairs[:place]})
        raise ValueError(f"the key {twice!r} twice in one object")
    return held


def _odd_value(place: str, error: Exception) -> Fault:
    found = "objects or lists too deep inside each other" if isinstance(error, RecursionError) else str(error)
    return Fault(place, found, "JSON numbers, each key once", "Write null where nothing is known.")


def _check_width(path: Path, records: list[dict[str, Any]]) -> None:
    keys: set[str] = set()
    for record in records:
        keys.update(record)
        if len(keys) > MOST_COLUMNS:
            break
    checked_shape(path, len(records), len(keys))


def records_of_json(path: Path, text: str, form: FileForm) -> pd.DataFrame:
    """Read a list of JSON objects, plain or in the envelope of a service's answer.

    Returns
    -------
    pd.DataFrame
        Index = number of the record in the list, from 1. ``true`` and ``false`` are text; a key that a record lacks is
        null, as is one that holds null. Lists are left out, but for the sums that ``form.sums`` names.

    Raises
    ------
    DataError
        If the text is no JSON, no list, an answer without success, or holds an element that is no object.
    """
    try:
        content = _parsed(text)
    except json.JSONDecodeError as error:
        raise DataError(
            Fault(f"{path}:{error.lineno}", f"{error.msg} at {error.colno}", "JSON text",
                  "If it is the end of the file, it was cut: fetch it again.")
        ) from None  # fmt: skip
    except (ValueError, RecursionError) as error:
        raise DataError(_odd_value(str(path), error)) from None
    found = _records(path, content, form.envelope)
    wrong = [number for number, record in enumerate(found, start=1) if not isinstance(record, dict)]
    if wrong:
        raise DataError(
            Fault(f"{path}:{number}", type(found[number - 1]).__name__, "a JSON object", "Correct the record.")
            for number in wrong[:20]
        )
    rows = pd.RangeIndex(1, len(found) + 1, name="row")
    flat = [_flat(record, f"{path}:{number}") for number, record in enumerate(found, start=1)]
    _check_width(path, flat)
    table = pd.DataFrame(flat, index=rows)
    sums = {name: [_sum(record, rule) for record in found] for name, rule in form.sums.items()}
    absent = {name: None for name in form.optional if name not in table.columns}
    added = {name: pd.Series(values, index=rows, dtype="float64") for name, values in sums.items()}
    added |= {name: pd.Series(value, index=rows, dtype="object") for name, value in absent.items()}
    return table.assign(**added)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"the number {text}")


def _records(path: Path, content: Any, envelope: Envelope | None) -> list[Any]:
    """Give the list itself, or the list inside the envelope, whose status must be one of success."""
    if isinstance(content, list):
        return content
    if envelope is None or not isinstance(content, dict):
        raise DataError(Fault(str(path), f"a {type(content).__name__}", "a list of records", "Check file.envelope."))
    status = str(content.get(envelope.status, "nothing"))
    if found_in(envelope.success, status) is None:
        raise DataError(
            Fault(f"{path}/{envelope.status}", status, f"what matches {envelope.success!r}",
                  "The service answered with an error: fetch it again.")
        )  # fmt: skip
    inner: Any = content
    for key in envelope.records.split("."):
        inner = inner.get(key) if isinstance(inner, dict) else None
    if not isinstance(inner, list):
        raise DataError(
            Fault(f"{path}/{envelope.records}", f"a {type(inner).__name__}", "a list of records",
                  "Fetch the list, not one record; or correct file.envelope.records.")
        )  # fmt: skip
    return inner


def _flat(record: dict[str, Any], place: str, prefix: str = "", level: int = 1) -> dict[str, Any]:
    if level > MOST_LEVELS:
        raise DataError(
            Fault(place, f"more than {MOST_LEVELS} objects inside each other", "a record", "Correct the record.")
        )
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat |= _flat(value, place, f"{prefix}{key}.", level + 1)
        elif isinstance(value, bool):
            flat[f"{prefix}{key}"] = "true" if value else "false"
        elif not isinstance(value, list):
            flat[f"{prefix}{key}"] = value
    return flat


def _sum(record: dict[str, Any], rule: ListSum) -> float:
    """Add up the numbers of the chosen elements; NaN where there is none."""
    values = [
        element[rule.value]
        for element in _elements(record, rule.each.split("."))
        if all(str(element.get(key)) == text for key, text in rule.where.items())
        and isinstance(element.get(rule.value), int | float)
    ]
    return float(sum(values)) if values else float(np.nan)


def _elements(value: Any, path: list[str]) -> Iterator[dict[str, Any]]:
    """Elements at the end of a path of keys, through every list on the way."""
    if isinstance(value, list):
        for item in value:
            yield from _elements(item, path)
    elif isinstance(value, dict) and path:
        yield from _elements(value.get(path[0]), path[1:])
    elif isinstance(value, dict):
        yield value
