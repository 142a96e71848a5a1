"""Fills the fields of a table from the rows of a file, and holds a series against the promise of its descriptor."""

import logging
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.schemas.base import DWELLINGS, PLACES, PRICE_AREAS, PRICE_AREAS_AND_SWEDEN, RESERVE_PRODUCTS
from analysis.sources.descriptor import Descriptor, FieldSource
from analysis.sources.dropped import NOUNS, Kept, nothing_dropped, sieve
from analysis.sources.intervals import calendar_faults, infer_step_h
from analysis.sources.shaping import neighbour_name
from analysis.sources.tables import MAY_BE_EMPTY, RECORD_IDS, TABLES, kinds_of
from analysis.sources.timestamps import FIRST_YEAR, LAST_YEAR, read_instants
from analysis.sources.values import number_field, text_field

log = logging.getLogger(__name__)

HOUR = pd.Timedelta(hours=1)


@dataclass(frozen=True)
class Filled:
    """Typed rows of one pass over a file (index = position), those the clock leaves out, and the faults met."""

    table: pd.DataFrame
    dropped: pd.DataFrame
    faults: tuple[Fault, ...]


def allowed_values(field: str, table: str) -> tuple[str, ...] | None:
    """The closed vocabulary of a text field, None where it is open."""
    if field == "price_area":
        return PRICE_AREAS_AND_SWEDEN if table == "ReserveQuotes" else PRICE_AREAS
    return {"product": RESERVE_PRODUCTS, "origin": PLACES, "destination": PLACES, "place": PLACES,
            "dwelling": DWELLINGS if table == "Vehicles" else None}.get(field)  # fmt: skip


def fill_fields(
    descriptor: Descriptor, raw: pd.DataFrame, fields: dict[str, FieldSource], names: dict[str, str], place: str
) -> Filled:
    """Type every field of one pass; rows on a wall-clock hour that the spring skips are left out when empty.

    Returns
    -------
    Filled
        Places of the faults carry positions; :func:`renumbered` turns them into row numbers of the file.
    """
    model = TABLES[descriptor.table]
    kinds = kinds_of(model)
    schema = model.to_schema().columns

    def may_be_empty(field: str) -> bool:
        return bool(schema[field].nullable) or field in MAY_BE_EMPTY.get(descriptor.table, ())

    columns: dict[str, pd.Series] = {}
    faults: list[Fault] = []
    for field, source in fields.items():
        if source.from_spacing or kinds[field].startswith("datetime"):
            continue
        cells = _cells(raw, source, names, place, field)
        if source.days_between is not None or kinds[field] == "bool":
            columns[field] = cells
        elif kinds[field].startswith("str"):
            columns[field], found = text_field(cells, source, place, field, allowed_values(field, descriptor.table))
            faults += found
        else:
            if source.map is not None:
                cells, found = text_field(cells, source, place, field, None)
                faults += found
                source = source.model_copy(update={"extract": None})
            columns[field], found = number_field(
                cells, source, kinds[field], descriptor.file.decimal, place, field, may_be_empty(field)
            )
            faults += found
    times, found = _times(descriptor, raw, fields, columns, place)
    faults += found
    table = pd.DataFrame({**columns, **times.columns}, index=raw.index)
    table, found = _without_skipped(table, times.skipped, place)
    kept = _without_odd(descriptor, table, times.odd, place)
    return Filled(kept.table, kept.dropped, (*faults, *found))


def _without_odd(descriptor: Descriptor, table: pd.DataFrame, odd: dict[str, pd.Series], place: str) -> Kept:
    """Leave out rows with a local time that the clock skips or repeats; ``odd`` holds that text, by column."""
    record = RECORD_IDS.get(descriptor.table)
    if not odd or record is None:
        return Kept(table, nothing_dropped())
    texts = pd.concat([column + " " + cells.astype("str") for column, cells in odd.items()])
    first = texts[~texts.index.duplicated()]
    mask = table.index.isin(first.index)
    return sieve(
        table, record, [("clock_change", mask, lambda rows: first.loc[rows.index].tolist())], place,
        NOUNS[descriptor.table],
    )  # fmt: skip


@dataclass
class _Times:
    """Time fields; rows on a skipped hour that are to be empty; cells on an odd hour that are to go, by column."""

    columns: dict[str, pd.Series]
    skipped: pd.Series
    odd: dict[str, pd.Series]


def _cells(raw: pd.DataFrame, source: FieldSource, names: dict[str, str], place: str, field: str) -> pd.Series:
    if source.column is not None:
        return raw[source.column]
    if source.columns is not None:
        return raw[list(source.columns)].astype("str").agg(" ".join, axis=1)
    if source.from_file_name is not None:
        if source.from_file_name not in names:
            raise DataError(Fault(place, f"no {source.from_file_name} in the file name", field, "Rename the file."))
        return pd.Series(names[source.from_file_name], index=raw.index)
    if source.days_between is not None:
        return _days_between(raw, source, place)
    if source.previous_row is not None or source.next_row is not None:
        return raw[neighbour_name(source)]
    return pd.Series(source.constant, index=raw.index)


def _days_between(raw: pd.DataFrame, source: FieldSource, place: str) -> pd.Series:
    rule = source.days_between
    assert rule is not None
    first = pd.to_datetime(raw[rule.first], format=rule.format, errors="coerce")
    last = pd.to_datetime(raw[rule.last], format=rule.format, errors="coerce")
    days = (last - first).dt.days + 1
    wrong = raw.index[~(days > 0)]
    if len(wrong):
        raise DataError(
            Fault(f"{place}:{row}/{rule.first}", f"{raw[rule.first][row]} to {raw[rule.last][row]}",
                  f"two days in order as {rule.format}", "Correct the row or days_between.format.")
            for row in wrong[:20]
        )  # fmt: skip
    return days.astype("int64")


def _times(
    descriptor: Descriptor, raw: pd.DataFrame, fields: dict[str, FieldSource], columns: dict[str, pd.Series], place: str
) -> tuple[_Times, list[Fault]]:
    times = _Times({}, pd.Series(False, index=raw.index), {})
    faults: list[Fault] = []
    for field, source in fields.items():
        if source.clock is None or source.column is None:
            continue
        cells = raw[source.column]
        is_missing = cells.isna() | cells.astype("str").str.strip().isin([*source.missing, ""])
        present = cells[~is_missing]
        groups = _groups(descriptor, columns, raw.index)[~is_missing]
        read = read_instants(present, source.clock, groups, place, source.column)
        faults += read.faults
        if read.odd.any():
            times.odd[source.column] = present[read.odd]
        if is_missing.any() and not source.missing and field not in MAY_BE_EMPTY.get(descriptor.table, ()):
            faults += [
                Fault(f"{place}:{row}/{source.column}", "an empty cell", "a time", "Fill it, or list it under missing.")
                for row in raw.index[is_missing][:20]
            ]
        utc = read.utc.reindex(raw.index)
        if source.clock.label == "interval_end" and source.clock.range_separator is None:
            utc = utc - pd.to_timedelta(columns.get("step_h", 1.0), unit="h")
        elif source.clock.label == "interval_end":
            utc = utc - HOUR
        times.columns[field] = utc.astype("datetime64[us, UTC]")
        if source.clock.skipped_hour == "drop_if_missing":
            times.skipped |= read.skipped.reindex(raw.index, fill_value=False)
    series = descriptor.series
    for field, source in fields.items():
        if source.from_spacing and series is not None and not faults:
            columns[field] = infer_step_h(
                times.columns["interval_start_utc"], _groups(descriptor, columns, raw.index), series.zone
            )
    return times, faults


def _groups(descriptor: Descriptor, columns: dict[str, pd.Series], index: pd.Index) -> pd.Series:
    by = descriptor.series.by if descriptor.series is not None else ()
    label = pd.Series("", index=index)
    for field in by:
        label = label + (" " if field != by[0] else "") + columns[field].astype("str")
    return label


def _without_skipped(table: pd.DataFrame, skipped: pd.Series, place: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Leave out empty rows on the hour that the spring skips; a value there is a fault."""
    if not skipped.any():
        return table, []
    numbers = table.loc[skipped].select_dtypes("float").drop(columns="step_h", errors="ignore")
    filled = numbers.index[numbers.notna().any(axis=1)]
    if len(filled):
        return table, [
            Fault(f"{place}:{row}", "a value in the hour that the spring skips", "an empty cell",
                  "Check clock.zone: this file may not keep summer time.")
            for row in filled
        ]  # fmt: skip
    log.info("%s: left out %d empty rows on the skipped hour of spring", place, int(skipped.sum()))
    return table[~skipped], []


def checked_series(
    descriptor: Descriptor, table: pd.DataFrame, fields: dict[str, FieldSource], names: dict[str, str], place: str,
    numbers: npt.NDArray[Any],
) -> pd.DataFrame:  # fmt: skip
    """Hold a time series against its calendar; cut the declared tail without values; name holes inside.

    Raises
    ------
    DataError
        With every duplicated, missing or empty interval.
    """
    series = descriptor.series
    if series is None:
        return table
    year = _file_year(names, place)
    local_year = table["interval_start_utc"].dt.tz_convert(series.zone).dt.year
    if series.only_file_year and year is not None and (local_year != year).any():
        log.info("%s: left out %d rows of other years than %d", place, int((local_year != year).sum()), year)
        table = table[local_year == year]
    groups = _groups(descriptor, {str(name): table[name] for name in table}, table.index)
    step_h = table["step_h"] if "step_h" in table else pd.Series(1.0, index=table.index)
    faults = calendar_faults(table["interval_start_utc"], step_h, groups, series, place, year)
    numeric = [
        name for name in table.select_dtypes("float") if name != "step_h" and not _may_be_missing(descriptor, str(name))
    ]
    empty = table[numeric].isna().any(axis=1)
    if series.may_end_early is not None and empty.any():
        last = table["interval_start_utc"].where(~empty).groupby(groups).transform("max")
        tail = empty & (table["interval_start_utc"] > last)
        if tail.any():
            log.info("%s: series ends at %s UTC; %d declared empty rows after it", place, last.min(), int(tail.sum()))
        table, empty = table[~tail], empty[~tail]
    faults += [
        Fault(f"{place}:{row}", f"no value at {table['interval_start_utc'][row]:%Y-%m-%d %H:%M} UTC", "a value",
              "Only the tail may be empty: fetch the hour again.")
        for row in table.index[empty][:20]
    ]  # fmt: skip
    if faults:
        raise DataError(renumbered(fault, place, numbers) for fault in faults)
    return table


def _file_year(names: dict[str, str], place: str) -> int | None:
    """The year that the file's name gives, if it gives one."""
    text = names.get("year")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and FIRST_YEAR <= int(text[:9]) <= LAST_YEAR):
        expected = f"a year from {FIRST_YEAR} to {LAST_YEAR}"
        raise DataError(Fault(place, f"year {text!r} in the file name", expected, "Rename the file."))
    return int(text)


def _may_be_missing(descriptor: Descriptor, field: str) -> bool:
    return any(field in (rule.any_missing or ()) for rule in descriptor.no_row_when)


def renumbered(fault: Fault, place: str, numbers: npt.NDArray[Any]) -> Fault:
    """Turn the position in the frame, which a fault's place carries, into the row number in the file."""
    found = re.match(re.escape(place) + r"( \[[^\]]*\])?:(\d+)(.*)$", fault.place)
    if found is None:
        return fault
    row = np.asarray(numbers)[int(found.group(2))]
    return Fault(f"{place}{found.group(1) or ''}:{row}{found.group(3)}", fault.found, fault.expected, fault.remedy)
