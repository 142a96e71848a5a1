"""Turns published files into one contract table, as a descriptor says; every fault of every file is raised at once."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from analysis.errors import DataError, Fault
from analysis.io import check_table, normalise
from analysis.sources import shaping
from analysis.sources.descriptor import Descriptor, FieldSource, Variant
from analysis.sources.dropped import Kept, all_dropped, dropped_rows, joined, listed, nothing_dropped
from analysis.sources.fields import checked_series, fill_fields, renumbered
from analysis.sources.formats import read_raw
from analysis.sources.patterns import found_in
from analysis.sources.rules import SessionRules
from analysis.sources.sessions import clean_sessions, clean_vehicles, withdrawn_names
from analysis.sources.tables import RECORD_IDS, TABLES, keys_of, kinds_of
from analysis.sources.trips import clean_trips
from analysis.sources.values import header_faults

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Read:
    """A contract table, where each of its rows stood, and the rows left out on the way.

    ``origin`` (source_file, row_number) has the index of ``table``; ``dropped`` is ``DroppedRows``.
    """

    table: pd.DataFrame
    origin: pd.DataFrame
    dropped: pd.DataFrame


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
    return read_listed(descriptor, paths).table


def read_listed(descriptor: Descriptor, paths: Iterable[Path]) -> Read:
    """Read files of one kind into their contract table, and list the rows of trips, sessions or cars left out.

    Parameters, order and faults are those of :func:`read_source`.
    """
    paths = [Path(path) for path in paths]
    parts: list[Kept] = []
    faults: list[Fault] = []
    withdrawn = _withdrawn(descriptor, paths)
    for path in paths:
        try:
            parts.append(_read_file(descriptor, path, withdrawn))
        except DataError as error:
            faults.extend(error.faults)
    if faults:
        raise DataError(faults)
    if not parts:
        raise DataError(Fault(descriptor.name, "no files", "at least one file", "Check the pattern under inputs."))
    return _finished(parts, descriptor, [str(path) for path in paths])


def _withdrawn(descriptor: Descriptor, paths: list[Path]) -> frozenset[str]:
    """Names of the records that any of the files withdraws; a file that cannot be read is named when its turn comes."""
    names: frozenset[str] = frozenset()
    if descriptor.sessions is None or descriptor.sessions.withdrawn_by is None:
        return names
    for path in paths:
        with suppress(DataError):
            names |= withdrawn_names(read_raw(path, descriptor.file), descriptor.sessions)
    return names


def _finished(parts: list[Kept], descriptor: Descriptor, files: list[str]) -> Read:
    model = TABLES[descriptor.table]
    keys, place = keys_of(model), ", ".join(files)
    table = pd.concat([part.table for part in parts], ignore_index=True) if len(parts) > 1 else parts[0].table
    origin = _origin(parts, files)
    table = table.reset_index(drop=True)
    if descriptor.first_of_key:
        table = table.drop_duplicates(keys)
    repeated = table[table.duplicated(keys, keep=False)] if keys else table[:0]
    again = table.index[:0]
    if len(repeated):
        once = repeated.drop_duplicates()
        conflict = once[once.duplicated(keys, keep=False)]
        if len(conflict):
            example = ", ".join(str(value) for value in conflict[keys].iloc[0])
            raise DataError(
                Fault(place, f"{len(conflict)} rows that differ for one {' × '.join(keys)}, the first {example}",
                      "each key once", "Remove one of the files or rows.")
            )  # fmt: skip
        again = table.index[table.duplicated()]
        table = table.drop(index=again)
        log.info("%s: dropped %d rows that files repeat with equal values", descriptor.name, len(again))
    dropped = _dropped(parts, descriptor, files, repeated.loc[again], origin)
    if keys:
        table = table.sort_values(keys, kind="stable")
    where = origin.loc[table.index].reset_index(drop=True)
    return Read(check_table(normalise(table), model, place[:300]), where, dropped)


def _origin(parts: list[Kept], files: list[str]) -> pd.DataFrame:
    """File and row of each row of the parts, one after the other."""
    sizes = [len(part.table) for part in parts]
    codes = np.repeat(np.arange(len(parts)), sizes)
    rows = np.concatenate([part.table.index.to_numpy() for part in parts])
    source = pd.Categorical.from_codes(codes, categories=pd.Index(range(len(files)))).rename_categories(
        dict(enumerate(files))
    )
    return pd.DataFrame({"source_file": source, "row_number": rows})


def _dropped(
    parts: list[Kept], descriptor: Descriptor, files: list[str], again: pd.DataFrame, origin: pd.DataFrame
) -> pd.DataFrame:
    """Left-out rows of each file, and those that stand in several rows or files; of tables that list them."""
    record = RECORD_IDS.get(descriptor.table)
    found: list[pd.DataFrame] = []
    if record is None:
        return all_dropped(found)
    for part, file in zip(parts, files, strict=True):
        rows = again[(origin.loc[again.index, "source_file"] == file).to_numpy()]
        numbered = rows.set_axis(pd.Index(origin.loc[rows.index, "row_number"]), axis=0)
        repeats = listed(numbered, record, "duplicate", ["equal to a row read before"] * len(rows))
        found.append(dropped_rows(joined([part.dropped, repeats]), descriptor.name, file, descriptor.table))
    return all_dropped(found)


def _read_file(descriptor: Descriptor, path: Path, withdrawn: frozenset[str]) -> Kept:
    kept = table_of_rows(descriptor, read_raw(path, descriptor.file), path, withdrawn)
    table = shaping.gathered(kept.table, descriptor.aggregate)
    table = shaping.completed_year(table, descriptor.standard_year, str(path))
    log.info("%s: %d rows of %s", path, len(table), descriptor.table)
    return Kept(table, kept.dropped)


def table_of_rows(
    descriptor: Descriptor, raw: pd.DataFrame, path: Path, withdrawn: frozenset[str] = frozenset()
) -> Kept:
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
        if descriptor.file.format == "json" and (lacking := shaping.lacking_key_faults(raw, descriptor, place)):
            faults += lacking
            continue
        try:
            named = f"{place}" + (f" [{value}]" if value else "")
            parts.append(_one_pass(descriptor, raw, fields, variant, names, withdrawn, named))
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    if len(parts) == 1:
        return parts[0]
    return Kept(pd.concat([part.table for part in parts]), joined([part.dropped for part in parts]))


def _file_name_groups(descriptor: Descriptor, path: Path) -> dict[str, str]:
    if descriptor.file_name is None:
        return {}
    found = found_in(descriptor.file_name, path.as_posix())
    if found is None:
        raise DataError(
            Fault(str(path), "this file name", f"a name that matches {descriptor.file_name!r}",
                  "Rename the file or correct file_name in the descriptor.")
        )  # fmt: skip
    return {key: value for key, value in found.items() if value}


def _one_pass(
    descriptor: Descriptor, raw: pd.DataFrame, fields: dict[str, FieldSource], variant: Variant | None,
    names: dict[str, str], withdrawn: frozenset[str], place: str,
) -> Kept:  # fmt: skip
    """One row per row of the file, all fields typed; then the checks of a series, the absent rows, trips, sessions."""
    numbers = raw.index.to_numpy()
    filled = fill_fields(descriptor, raw.reset_index(drop=True), fields, names, place)
    if filled.faults:
        raise DataError(renumbered(fault, place, numbers) for fault in filled.faults)
    table = checked_series(descriptor, filled.table, fields, names, place, numbers)
    table = shaping.without_absent(table, descriptor.no_row_when, place)
    if variant is not None and descriptor.series is not None:
        table = shaping.within_validity(table, variant, "interval_start_utc", descriptor.series.zone, place)
    table = table.set_axis(pd.Index(numbers[table.index], name="row"), axis=0)
    odd = filled.dropped.assign(row_number=numbers[filled.dropped["row_number"].to_numpy()])
    kept = _checked_travel(descriptor, table, raw, withdrawn, place)
    return Kept(_with_nulls(kept.table, TABLES[descriptor.table]), joined([odd, kept.dropped]))


def _checked_travel(
    descriptor: Descriptor, table: pd.DataFrame, raw: pd.DataFrame, withdrawn: frozenset[str], place: str
) -> Kept:
    if descriptor.trips is not None:
        return clean_trips(_with_nulls(table, TABLES[descriptor.table]), descriptor.trips, place)
    if descriptor.table == "Sessions":
        return clean_sessions(table, descriptor.sessions or SessionRules(), raw, withdrawn, place)
    if descriptor.table == "Vehicles":
        return clean_vehicles(table, place)
    return Kept(table, nothing_dropped())


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
