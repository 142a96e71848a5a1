"""Turns published cells into typed fields: numbers with their unit, codes, text; each fault with row and column."""

import hashlib

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute

from analysis.errors import Fault
from analysis.sources.descriptor import Descriptor, FieldSource
from analysis.sources.patterns import first_group, is_match
from analysis.sources.units_read import LEAST_ROWS_FOR_LEVEL, UNITS, header_conflict, level_bounds

MAX_EXAMPLES = 20
BLANK = "[ \t\u00a0\u2009\u202f]"
GROUPED = rf"^[-+]?\d{{1,3}}(?:{BLANK}\d{{3}})+(?:[.,]\d+)?$"
LARGEST_COUNT = 2.0**53
"""Whole numbers beyond it have no place of their own in a float."""


def number_field(
    raw: pd.Series, source: FieldSource, kind: str, decimal: str, place: str, field: str, nullable: bool
) -> tuple[pd.Series, list[Fault]]:
    """Read a column of numbers and convert its unit.

    Returns
    -------
    tuple
        Float (or whole) numbers by row, null where the cell is one of ``missing``; and the faults: a cell that is no
        finite number, a fraction where a count is due, a level that means another unit.
    """
    values, is_missing = _numbers(raw, source, decimal)
    column = source.file_column or field
    wrong = ~np.isfinite(values) & ~is_missing
    values = values.mask(wrong)
    faults = [
        Fault(
            f"{place}:{row}/{column}",
            repr(raw[row]),
            f"a number with the decimal sign {decimal!r}",
            "Correct file.decimal or the cell, or list it under missing.",
        )
        for row in raw.index[wrong][:MAX_EXAMPLES]
    ]
    unit = UNITS[source.unit or "plain"]
    if unit.factor != 1.0:
        values = values * unit.factor
    if not nullable and not source.missing:
        faults += [
            Fault(f"{place}:{row}/{column}", "an empty cell", "a number", "Fill the cell, or declare it under missing.")
            for row in raw.index[is_missing][:MAX_EXAMPLES]
        ]
    faults += _level_faults(values, source, place, field, column)
    return _as_kind(values, kind, place, column, faults)


def _numbers(raw: pd.Series, source: FieldSource, decimal: str) -> tuple[pd.Series, pd.Series]:
    if pd.api.types.is_numeric_dtype(raw.dtype) and not pd.api.types.is_bool_dtype(raw.dtype):
        return raw.astype("float64"), raw.isna()
    text = raw.astype("str").str.strip()
    is_missing = raw.isna() | (text == "") | text.isin(list(source.missing))
    if source.extract is not None:
        text = first_group(source.extract, text)
    direct = _cast(text) if decimal == "." else None
    if direct is None or bool((direct.isna() & ~is_missing).any()):
        direct = pd.to_numeric(_plain_digits(text, decimal), errors="coerce")
    return direct.astype("float64").where(~is_missing), is_missing


def _plain_digits(text: pd.Series, decimal: str) -> pd.Series:
    """Numbers as a computer writes them: ``1 234,5`` becomes ``1234.5``.

    Blanks go only where they part groups of three digits, so that ``12 5`` stays what it is: no number. A full stop in
    a file whose decimal sign is the comma may part thousands, and is no number either.
    """
    digits = text.str.replace(BLANK, "", regex=True)
    text = text.mask(is_match(GROUPED, text), digits)
    if decimal == ".":
        return text
    stops = text.str.contains(".", regex=False).fillna(False).astype(bool)
    return text.mask(stops, None).str.replace(",", ".", regex=False)


def _cast(text: pd.Series) -> pd.Series:
    """Numbers of plain texts, null where one is none; Arrow reads a column of clean numbers many times faster."""
    try:
        numbers = pyarrow.compute.cast(pyarrow.array(text, from_pandas=True), pyarrow.float64())
    except pyarrow.ArrowInvalid:
        return pd.to_numeric(text, errors="coerce")
    return pd.Series(numbers.to_numpy(zero_copy_only=False), index=text.index)


def _level_faults(values: pd.Series, source: FieldSource, place: str, field: str, column: str) -> list[Fault]:
    bounds = level_bounds(field, source.plausible_level)
    present = values[values.notna() & (values != 0.0)]
    if bounds is None or len(present) < LEAST_ROWS_FOR_LEVEL:
        return []
    level = float(np.abs(present).mean())
    if bounds[0] <= level <= bounds[1]:
        return []
    return [
        Fault(f"{place}/{column}", f"a mean level of {level:.4g} in {field}",
              f"between {bounds[0]:g} and {bounds[1]:g} when read as {source.unit or 'plain'}",
              "The unit is probably another one: correct unit in the descriptor.")
    ]  # fmt: skip


def _as_kind(
    values: pd.Series, kind: str, place: str, column: str, faults: list[Fault]
) -> tuple[pd.Series, list[Fault]]:
    if kind not in {"int64", "Int64"}:
        return values, faults
    fractions = values.notna() & (((values - values.round()).abs() > 1e-9) | (values.abs() >= LARGEST_COUNT))
    faults += [
        Fault(f"{place}:{row}/{column}", f"{values[row]:g}", "a whole number", "Check the column and its decimal sign.")
        for row in values.index[fractions][:MAX_EXAMPLES]
    ]
    return values.mask(fractions).round().astype("Int64"), faults


def text_field(
    raw: pd.Series, source: FieldSource, place: str, field: str, allowed: tuple[str, ...] | None
) -> tuple[pd.Series, list[Fault]]:
    """Read a column of text or codes: strip, extract, map, pad, prefix; a value outside a closed list is a fault."""
    text = _plain_text(raw)
    if source.extract is not None:
        text = first_group(source.extract, text)
    is_missing = text.isna() | (text == "") | text.isin(list(source.missing))
    if field == "municipality_code" and not source.pad_zeros and (lost := _lost_zeros(text, place, source, field)):
        return text, lost
    column = source.file_column or field
    faults: list[Fault] = []
    if source.map is not None:
        text, faults = _mapped(text, is_missing, source, place, column)
    else:
        text = text.mask(is_missing)
    if source.pad_zeros:
        text = text.str.zfill(source.pad_zeros)
    if source.pseudonym is not None:
        text = _pseudonyms(text, source.pseudonym)
    if source.prefix:
        text = source.prefix + text
    if allowed is not None and not faults:
        wrong = text.notna() & ~text.isin(list(allowed))
        faults = [
            Fault(f"{place}/{column}", f"unknown {field} {value!r} in {count} rows", f"one of {', '.join(allowed)}",
                  "Add it to the map of the descriptor, or drop the rows with a rule.")
            for value, count in sorted(text[wrong].value_counts().items())
        ]  # fmt: skip
    return text.astype("str"), faults


def _lost_zeros(text: pd.Series, place: str, source: FieldSource, field: str) -> list[Fault]:
    """Codes of municipalities that a spreadsheet took for numbers: 0114 became 114 or 114.0."""
    number = text.str.fullmatch(r"\d{1,3}(?:\.0+)?|\d{4}\.0+").fillna(False)
    return [
        Fault(f"{place}:{row}/{source.file_column or field}", f"{text[row]!r}, a municipality code read as a number",
              "four digits as text, such as 0114",
              "Save the column as text; or set pad_zeros: 4, where every code of the file lost only its zeros.")
        for row in text.index[number][:MAX_EXAMPLES]
    ]  # fmt: skip


def _pseudonyms(text: pd.Series, word: str) -> pd.Series:
    """Put the first 16 hexadecimal digits of SHA-256 of word and text in place of each text.

    One id gives one pseudonym, so the sessions of a user stay together. It hides an id from the eye, not from one who
    holds a list of ids and the word.
    """
    hashed = {each: hashlib.sha256(f"{word}|{each}".encode()).hexdigest()[:16] for each in text.dropna().unique()}
    return text.map(hashed)


def _plain_text(raw: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(raw.dtype) or raw.dtype == object:
        raw = raw.map(lambda cell: str(int(cell)) if isinstance(cell, float) and cell.is_integer() else cell)
    return raw.astype("str").str.strip()


def _mapped(
    text: pd.Series, is_missing: pd.Series, source: FieldSource, place: str, column: str
) -> tuple[pd.Series, list[Fault]]:
    table = source.map or {}
    codes, values = pd.factorize(text)  # a column of codes has few values: each is looked up once
    known = {key: None if value is None else str(value) for key, value in table.items()}
    looked_up = pd.array([known.get(value) for value in values], dtype="str")
    mapped = pd.Series(looked_up.take(codes, allow_fill=True), index=text.index)
    unknown = pd.Series(np.array([*(value not in known for value in values), False])[codes], index=text.index)
    unknown &= ~is_missing
    if "otherwise" in source.model_fields_set:
        filled = unknown | is_missing
        return mapped.mask(filled, None if source.otherwise is None else str(source.otherwise)), []
    faults = [
        Fault(f"{place}/{column}", f"the code {value!r} in {count} rows", f"one of {', '.join(sorted(table))}",
              "Add the code to map, or give otherwise.")
        for value, count in sorted(text[unknown].value_counts().items())
    ]  # fmt: skip
    return mapped, faults


def header_faults(descriptor: Descriptor, place: str) -> list[Fault]:
    """Columns whose header names another unit than the descriptor declares."""
    faults = []
    sources = dict(descriptor.fields)
    for name, variant in (descriptor.variants.of if descriptor.variants else {}).items():
        sources |= {f"{name}.{field}": source for field, source in variant.fields.items()}
    for field, source in sources.items():
        if source.column is None or source.unit is None:
            continue
        if named := header_conflict(source.column, source.unit):
            faults.append(
                Fault(f"{place}/{source.column}", f"a header that says {named}",
                      f"{source.unit} as declared for {field}", "Correct unit, or read another column.")
            )  # fmt: skip
    return faults
