"""Turns published files into one contract table, as a descriptor says; every fault of every file is raised at once."""

import logging
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from analysis.errors import DataError, Fault
from analysis.io import check_table, normalise
from analysis.sources import shaping
from analysis.sources.descriptor import Descriptor, FieldSource, Variant
from analysis.sources.fields import checked_series, fill_fields, renumbered
from analysis.sources.formats import read_raw
from analysis.sources.tables import TABLES, keys_of, kinds_of
from analysis.sources.trips import clean_sessions, clean_trips
from analysis.sources.values import header_faults

log = logging.getLogger(__name__)


def read_source(descriptor: Descriptor, paths: Iterable[Path]) -> pd.DataFrame:
    """Read files of one kind into their contract table.

    Parameters
    ----------
    descriptor
        How the files are read (:func:`analysis.sources.descriptor.load_descriptor`).
    paths
        The files (:func:`analysis.sources.locate.files_of`); at least one.

    Returns
    -------
    pd.DataFrame
        In the schema of ``descriptor.table``, sorted by its key.

    Raises
    ------
    DataError
        With the faults of all files: place (file, row, column), what was found, what was expected, what to do.
    """
    parts: list[pd.DataFrame] = []
    faults: list[Fault] = []
    paths = list(paths)
    for path in paths:
        try:
            parts.append(_read_file(descriptor, Path(path)))
        except DataError as error:
            faults.extend(error.faults)
    if faults:
        raise DataError(faults)
    if not parts:
        raise DataError(Fault(descriptor.name, "no files", "at least one file", "Check the pattern under inputs."))
    table = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    return _finished(table, descriptor, ", ".join(str(path) for path in paths))


def _finished(table: pd.DataFrame, descriptor: Descriptor, place: str) -> pd.DataFrame:
    model = TABLES[descriptor.table]
    keys = keys_of(model)
    if descriptor.first_of_key:
        table = table.drop_duplicates(keys)
    repeated = table[table.duplicated(keys, keep=False)] if keys else table[:0]
    if len(repeated):
        once = repeated.drop_duplicates()
        conflict = once[once.duplicated(keys, keep=False)]
        if len(conflict):
            example = ", ".join(str(value) for value in conflict[keys].iloc[0])
            raise DataError(
                Fault(place, f"{len(conflict)} rows that differ for one {' × '.join(keys)}, the first {example}",
                      "each key once", "Remove one of the files or rows.")
            )  # fmt: skip
        table = table.drop_duplicates()
        log.info("%s: dropped %d rows that files repeat with equal values", descriptor.name, len(repeated) - len(once))
    table = normalise(table)
    if keys:
        table = table.sort_values(keys, kind="stable").reset_index(drop=True)
    return check_table(table, model, place[:300])


def _read_file(descriptor: Descriptor, path: Path) -> pd.DataFrame:
    table = table_of_rows(descriptor, read_raw(path, descriptor.file), path)
    table = shaping.completed_year(shaping.gathered(table, descriptor.aggregate), descriptor.standard_year, str(path))
    log.info("%s: %d rows of %s", path, len(table), descriptor.table)
    return table


def table_of_rows(descriptor: Descriptor, raw: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Turn the raw rows of a file, or of a part of it, into typed rows of the table; all faults at once."""
    place = str(path)
    raw = shaping.with_neighbours(raw, descriptor, place)
    raw = shaping.wanted_rows(raw, descriptor, place)
    raw = shaping.columns_to_rows(raw, descriptor, place)
    names = _file_name_groups(descriptor, path)
    faults: list[Fault] = header_faults(descriptor, place)
    parts = []
    for fields, variant, value in shaping.variant_fields(descriptor):
        absent = shaping.missing_columns(raw, fields, place)
        if absent:
            faults += absent
            continue
        if descriptor.file.format in {"csv", "epw"} and (cut := shaping.short_row_faults(raw, fields, place)):
            faults += cut
            continue
        try:
            parts.append(
                _one_pass(descriptor, raw, fields, variant, names, f"{place}" + (f" [{value}]" if value else ""))
            )
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def _file_name_groups(descriptor: Descriptor, path: Path) -> dict[str, str]:
    if descriptor.file_name is None:
        return {}
    found = re.search(descriptor.file_name, path.as_posix())
    if found is None:
        raise DataError(
            Fault(str(path), "this file name", f"a name that matches {descriptor.file_name!r}",
                  "Rename the file or correct file_name in the descriptor.")
        )  # fmt: skip
    return {key: value for key, value in found.groupdict().items() if value is not None}


def _one_pass(
    descriptor: Descriptor, raw: pd.DataFrame, fields: dict[str, FieldSource], variant: Variant | None,
    names: dict[str, str], place: str,
) -> pd.DataFrame:  # fmt: skip
    """One row per row of the file, all fields typed; then the checks of a series, the absent rows, trips, sessions."""
    numbers = raw.index.to_numpy()
    filled = fill_fields(descriptor, raw.reset_index(drop=True), fields, names, place)
    if filled.faults:
        raise DataError(renumbered(fault, place, numbers) for fault in filled.faults)
    table = checked_series(descriptor, filled.table, fields, names, place, numbers)
    table = shaping.without_absent(table, descriptor.no_row_when, place)
    if variant is not None and descriptor.series is not None:
        table = shaping.within_validity(table, variant, "interval_start_utc", descriptor.series.zone, place)
    table = _checked_travel(descriptor, table.set_axis(pd.Index(numbers[table.index], name="row"), axis=0), place)
    return _with_nulls(table.reset_index(drop=True), TABLES[descriptor.table])


def _checked_travel(descriptor: Descriptor, table: pd.DataFrame, place: str) -> pd.DataFrame:
    if descriptor.table == "Trips":
        if descriptor.trips is None:
            raise DataError(
                Fault(f"descriptor {descriptor.name}", "no trips.max_speed_km_per_h", "the highest plausible speed",
                      "Add it to the descriptor.")
            )  # fmt: skip
        return clean_trips(table, descriptor.trips, place)
    if descriptor.table == "Sessions":
        return clean_sessions(table, place)
    return table


def _with_nulls(table: pd.DataFrame, model: type[pa.DataFrameModel]) -> pd.DataFrame:
    """Add the nullable fields that the file does not tell, in the order and with the types of the schema."""
    kinds = kinds_of(model)
    columns = {
        name: _typed(table[name], kind) if name in table else _nulls(kind, table.index) for name, kind in kinds.items()
    }
    return pd.DataFrame(columns, index=table.index)


def _typed(values: pd.Series, kind: str) -> pd.Series:
    return pd.Series(values, dtype=kind) if str(values.dtype) != kind else values


def _nulls(kind: str, index: pd.Index) -> pd.Series:
    empty: list[float] | list[None] = [float("nan")] * len(index) if kind == "float64" else [None] * len(index)
    return pd.Series(empty, index=index, dtype=kind)
