"""Finds the cell that a number of the report is, and tells in plain text how it came about.

A number is named by its address (``headlines:firm_discharge_mw:SE:value``: table, what its row holds, column) or as it
is printed (``29 MW``; ``headlines: 29 MW`` looks in that table alone). Nothing is opened.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.report.lineage import nearest
from analysis.report.numbers import LEAST_DIGITS, MINUS, is_known
from analysis.report.text import SHARE_UNITS

PLACE = "make trace NUMBER"
REMEDY = 'Say a table, what its row holds and a column: NUMBER="headlines:firm_discharge_mw:SE:value".'
FREE_WORDS = ("detail", "note", "reason", "how_computed", "source", "conditions")
"""Text columns that tell about a row and do not name it."""
UNITS: Mapping[str, tuple[str, ...]] = {
    "mw": ("mw",), "kw": ("kw",), "kwh": ("kwh",), "mwh": ("mwh",), "kr": ("sek",), "sek": ("sek",), "mnkr": ("msek",),
    "msek": ("msek",), "tkr": ("ksek",), "bilar": ("count", "cars", "car"), "cars": ("count", "cars", "car"),
    "st": ("count",), "h": ("h",), "timmar": ("h",), "hours": ("h",), "%": SHARE_UNITS, "km": ("km",),
    "gånger": ("ratio",), "times": ("ratio",), "euro": ("eur",), "eur": ("eur",),
}  # fmt: skip
"""Units as the report prints them, and how columns and unit columns spell them."""
_NUMBER = re.compile(r"([+-]?\d+(?:[ .,]\d+)*)\s*(.*)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
MOST = 40
"""So many cells are told where a printed number fits more; a table or a unit narrows them."""


@dataclass(frozen=True)
class Cell:
    """One cell of a result table: what names its row (column and text), its column, its value and unit."""

    table: str
    row: tuple[tuple[str, str], ...]
    column: str
    value: object
    unit: str = ""

    @property
    def address(self) -> str:
        """Table, row and column as ``make trace`` takes them."""
        return ":".join([self.table, *(text for _, text in self.row), self.column])


def find_cells(asked: str, tables: Mapping[str, pd.DataFrame]) -> list[Cell]:
    """List the cells that a number can be, in the order of the tables; a printed one gives :data:`MOST` at most.

    Parameters
    ----------
    asked
        An address, or a number as printed, with tables before a colon if it is to be sought in those alone.
    tables
        Tables that the report shows, by name.

    Raises
    ------
    DataError
        If a table, a row or a column is not there (the nearest names are told), or no cell shows the number.

    Examples
    --------
    ``29 MW`` finds each cell in MW from 28.5 to 29.5; ``1 700`` each from 1650 to 1750: printed zeros at the end may be
    rounded, but two digits hold.
    """
    first, *rest = [part.strip() for part in asked.split(":")]
    if not rest:
        return _printed(first, tables)
    names = [name.strip() for name in first.split(",")]
    if unknown := [name for name in names if name not in tables]:
        raise DataError(
            Fault(PLACE, f"no table {name!r}", f"one of {', '.join(nearest(name, tables))}", REMEDY) for name in unknown
        )
    chosen = {name: tables[name] for name in names}
    if len(rest) == 1 and _NUMBER.match(_plain(rest[0])):
        return _printed(rest[0], chosen)
    return [cell for name, table in chosen.items() for cell in _addressed(name, table, rest)]


def _addressed(name: str, table: pd.DataFrame, parts: Sequence[str]) -> list[Cell]:
    *held, column = parts
    if column not in table.columns:
        known = ", ".join(nearest(column, map(str, table.columns)))
        raise DataError(Fault(f"{PLACE} {name}", f"no column {column!r}", f"one of {known}", REMEDY))
    keys = _keys(table)
    fits = pd.Series(True, index=table.index)
    for part in held:
        hit = (keys == part).any(axis=1)
        if not hit.any():
            texts = {str(text) for key in keys for text in keys[key].unique()}
            known = ", ".join(nearest(part, texts)[:20]) or "a table with rows"
            raise DataError(Fault(f"{PLACE} {name}", f"no row with {part!r}", f"one of {known}", REMEDY))
        fits &= hit
    if not fits.any():
        raise DataError(Fault(f"{PLACE} {name}", f"no row with all of {', '.join(held)}", "texts of one row", REMEDY))
    return [_cell(name, table, keys, place, column) for place in table.index[fits]]


def _printed(text: str, tables: Mapping[str, pd.DataFrame]) -> list[Cell]:
    places = ((name, column, place) for name, table in tables.items() for column, place in _places(text, table))
    keys = {name: _keys(table) for name, table in tables.items()}
    found = [_cell(name, tables[name], keys[name], place, column) for name, column, place in islice(places, MOST)]
    if not found:
        raise DataError(Fault(PLACE, f"no cell that shows {text!r}", "a number that the report shows", REMEDY))
    return found


def _places(text: str, table: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """Columns and rows of a table whose cell can be printed so."""
    ranges, unit = read_printed(text)
    for column in table.columns:
        cells = table[column]
        if not pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_bool_dtype(cells):
            continue
        held = _units(table, str(column))
        is_right = pd.Series([not unit or bool(set(UNITS.get(unit, (unit,))) & own) for own in held], index=table.index)
        scale = [100.0 if unit == "%" and own & set(SHARE_UNITS) else 1.0 for own in held]
        shown = cells.astype(float) * pd.Series(scale, index=table.index, dtype=float)
        within = pd.Series(False, index=table.index)
        for low, high in ranges:
            within |= shown.between(low, high)
        yield from ((str(column), place) for place in table.index[within & is_right])


def read_printed(text: str) -> tuple[list[tuple[float, float]], str]:
    """Read a printed number: the ranges that are rounded to it, in each way of writing decimals, and its unit.

    Raises
    ------
    DataError
        If the text does not begin with a number.
    """
    found = _NUMBER.match(_plain(text))
    if found is None:
        raise DataError(Fault(PLACE, repr(text), "an address or a number as printed", REMEDY))
    digits, unit = found[1].replace(" ", ""), found[2].strip().lower()
    ways = {digits.replace(",", "")} if "," not in digits or _THOUSANDS.fullmatch(digits) else set()
    ways |= {digits.replace(",", ".")} if digits.count(",") == 1 and "." not in digits else set()
    if not ways or any(way.count(".") > 1 for way in ways):
        raise DataError(Fault(PLACE, repr(text), "a number with one decimal sign", REMEDY))
    return sorted({_range(way) for way in ways}), unit.split(" ")[0]


def _plain(text: str) -> str:
    return re.sub(r"[\s\u2060]+", " ", text.replace(MINUS, "-")).strip()


def _range(digits: str) -> tuple[float, float]:
    whole, _, decimals = digits.lstrip("+-").partition(".")
    zeros = 0 if decimals else len(whole) - len(whole.rstrip("0"))
    half = 0.5 * 10.0 ** (-len(decimals) if decimals else max(0, min(zeros, len(whole) - LEAST_DIGITS)))
    return float(digits) - half, float(digits) + half


def _units(table: pd.DataFrame, column: str) -> list[set[str]]:
    """Words for the unit of each cell of a column: of the column's name, or of the row where a column holds units."""
    named = set(re.split(r"[^a-z0-9]+", column.lower()))
    if "unit" not in table.columns:
        return [named] * len(table)
    return [named | {str(unit).lower(), *re.split(r"[^a-z0-9%]+", str(unit).lower())} for unit in table["unit"]]


def _keys(table: pd.DataFrame) -> pd.DataFrame:
    """Columns that name a row, as text: words, years, hours, yes and no."""
    names = [
        str(column)
        for column in table.columns
        if not pd.api.types.is_float_dtype(table[column])
        and not any(str(column).startswith(free) for free in FREE_WORDS)
    ]
    return table[names].astype(str)


def _cell(name: str, table: pd.DataFrame, keys: pd.DataFrame, place: Any, column: str) -> Cell:
    """Name a row by its first key columns, as many as tell it from every other row."""
    row: list[tuple[str, str]] = []
    same = pd.Series(True, index=keys.index)
    for key in keys.columns.drop(column, errors="ignore"):
        if same.sum() == 1:
            break
        narrowed = same & keys[key].eq(keys.loc[place, key])
        if narrowed.sum() < same.sum():
            row.append((str(key), str(keys.loc[place, key])))
            same = narrowed
    unit = str(table.loc[place, "unit"]) if "unit" in table.columns else ""
    return Cell(name, tuple(row), column, table.loc[place, column], unit)


def cell_line(cell: Cell) -> str:
    """Write a cell with its value as the table holds it."""
    value = f"{cell.value:.6g}" if is_known(cell.value) else str(cell.value)
    return f"{cell.address} = {value} {cell.unit}".strip()
