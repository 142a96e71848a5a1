"""Reads and writes tables: every table passes its schema on the way in and on the way out.

Writing is atomic: a temporary name that carries the process id, then a rename, so that a killed job leaves either the
old file or the new one, never half of one.
"""

import errno
import json
import logging
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas as pa
import pyarrow as pyarrow_
import pyarrow.parquet as pq

from analysis.errors import DataError, Fault, MachineError, machine_fault

log = logging.getLogger(__name__)

ROW_GROUP_SIZE = 131_072
WRITTEN: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}
"""How every Parquet file is written; with a checksum a page, a damaged byte is found by whoever reads it."""
UNREADABLE = (OSError, ValueError, LookupError, TypeError, pyarrow_.ArrowException)
"""What pandas and pyarrow raise on a file that is not what was written: its lengths and its names can be anything."""
Rows = Sequence[tuple[str, str, Any]]
"""Conditions on rows, as pyarrow's filters: column, operator, value."""


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary name beside ``path``; rename it to ``path`` when the block ends well, remove it when not.

    Temporary names of processes that no longer live are removed first: an orphan of a killed run.

    Raises
    ------
    MachineError
        If the disk is full or the place cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_orphans(path)
        try:
            yield temporary
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        fault = machine_fault(error, str(path))
        # a block can read too: what it may not read is not this place
        if fault is None or (error.errno in {errno.EACCES, errno.EPERM} and path.name not in str(error)):
            raise
        raise MachineError(fault) from error


def _remove_orphans(path: Path) -> None:
    for orphan in path.parent.glob(f".{path.name}.*.tmp"):
        process_id = orphan.name.rsplit(".", 2)[-2]
        if process_id.isdigit() and not Path(f"/proc/{process_id}").exists():
            orphan.unlink(missing_ok=True)


def normalise(table: pd.DataFrame) -> pd.DataFrame:
    """Bring text to pandas' own ``str`` and times to ``datetime64[us, UTC]``; leave every value as it is."""
    changed = table.copy(deep=False)
    for name in changed.columns:
        kind = changed[name].dtype
        if isinstance(kind, pd.DatetimeTZDtype):
            changed[name] = changed[name].dt.tz_convert("UTC").astype("datetime64[us, UTC]")
        elif isinstance(kind, pd.CategoricalDtype | pd.StringDtype) or pd.api.types.is_object_dtype(kind):
            changed[name] = changed[name].astype("str")
    return changed.reset_index(drop=True)


def check_table(table: pd.DataFrame, model: type[pa.DataFrameModel], place: str) -> pd.DataFrame:
    """Validate a table against its schema and name every fault at once.

    Raises
    ------
    DataError
        With one fault per failing column and check (the count of rows and the first examples).
    """
    try:
        return model.validate(table, lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise DataError(list(_faults_of(error, model.__name__, place))) from None


def _faults_of(error: pandera.errors.SchemaErrors, model: str, place: str) -> Iterator[Fault]:
    cases = error.failure_cases
    for (column, check), group in cases.groupby(["column", "check"], dropna=False, sort=True):
        examples = ", ".join(sorted({str(case) for case in group["failure_case"]})[:3])
        subject = column if isinstance(column, str) and column != model else "table"
        rows = f" in {len(group)} rows" if group["index"].notna().any() else ""
        yield Fault(
            place=f"{place} [{model}.{subject}]",
            found=f"{examples}{rows}",
            expected=str(check),
            remedy="Correct the source or its descriptor; the schema is in analysis/schemas.",
        )


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn whatever a damaged Parquet file makes its reader raise into one fault with the file's name.

    Raises
    ------
    DataError
        Whatever the reader raised, save that memory runs out.
    """
    try:
        yield
    except MemoryError:  # one of pyarrow's own kinds too
        raise
    except UNREADABLE as error:
        found = f"{type(error).__name__}: {error}".splitlines()[0]
        raise DataError(Fault(str(path), found, "a readable Parquet file", "Delete it and run again.")) from error


def read_table(
    path: Path, model: type[pa.DataFrameModel], columns: list[str] | None = None, rows: Rows | None = None
) -> pd.DataFrame:
    """Read one Parquet table and check it against its schema.

    Parameters
    ----------
    path
        A file written by :func:`write_table`.
    model
        The strict schema of the table.
    columns
        Read only these; the schema is then not checked.
    rows
        Read only rows that meet all of these conditions, as ``[("vehicle_id", "in", {"a", "b"})]``: of a big file the
        row groups that hold none are not read at all.

    Raises
    ------
    DataError
        If the file is missing, empty, truncated or damaged, or does not pass its schema.
    """
    path = Path(path)
    with readable(path):
        table = normalise(pd.read_parquet(path, columns=columns, filters=rows, page_checksum_verification=True))
    return table if columns is not None else check_table(table, model, str(path))


def read_batches(path: Path, columns: list[str] | None = None, rows: int = ROW_GROUP_SIZE) -> Iterator[pd.DataFrame]:
    """Stream a Parquet table in batches, so that a big trip file never stands in memory as a whole.

    The table was checked when it was written; what lies across batches, as its key, cannot be checked here.

    Raises
    ------
    DataError
        If the file is missing, empty, truncated or damaged.
    """
    path = Path(path)
    with readable(path):
        file = pq.ParquetFile(path, page_checksum_verification=True)
    with file:
        batches = file.iter_batches(batch_size=rows, columns=columns)
        while True:
            with readable(path):
                batch = next(batches, None)
                table = None if batch is None else normalise(batch.to_pandas())
            if table is None:
                return
            yield table


def write_table(table: pd.DataFrame, path: Path, model: type[pa.DataFrameModel]) -> None:
    """Check a table against its schema and write it as Parquet, sorted by its key, in row groups, atomically."""
    ready = normalise(table)
    keys = list(model.to_schema().unique or [])
    if keys and len(ready):
        ready = ready.sort_values(keys, kind="stable").reset_index(drop=True)
    order = [name for name in model.to_schema().columns if name in ready.columns]
    ready = check_table(ready, model, str(path))[order]
    with atomic_path(Path(path)) as temporary:
        ready.to_parquet(temporary, index=False, row_group_size=ROW_GROUP_SIZE, **WRITTEN)
    log.info("wrote %s: %d rows", path, len(ready))


@contextmanager
def table_writer(path: Path, model: type[pa.DataFrameModel]) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Give a function that checks a part of a table against its schema and appends it as row groups; atomic as a whole.

    The parts are written in the order they come; the key is checked within each part.
    """
    kinds = {name: str(column.dtype) for name, column in model.to_schema().columns.items()}
    empty = normalise(pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()}))
    schema = pyarrow_.Schema.from_pandas(empty, preserve_index=False)
    with atomic_path(Path(path)) as temporary, pq.ParquetWriter(temporary, schema, **WRITTEN) as writer:

        def append(part: pd.DataFrame) -> None:
            ready = check_table(normalise(part), model, str(path))[list(kinds)]
            if len(ready):
                table = pyarrow_.Table.from_pandas(ready, schema=schema, preserve_index=False)
                writer.write_table(table, row_group_size=ROW_GROUP_SIZE)

        yield append
    log.info("wrote %s", path)


def read_csv_table(path: Path, model: type[pa.DataFrameModel]) -> pd.DataFrame:
    """Read one committed CSV (UTF-8, comma) whose columns are exactly those of the schema.

    Text columns keep leading zeros; an empty cell is null.
    """
    path = Path(path)
    kinds = {name: str(column.dtype) for name, column in model.to_schema().columns.items()}
    as_text = {name: "str" for name, kind in kinds.items() if kind.startswith("str")}
    try:
        table = pd.read_csv(path, dtype=as_text, keep_default_na=False, na_values=[""], encoding="utf-8")
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise DataError(
            Fault(str(path), f"{type(error).__name__}: {error}", "a UTF-8 CSV with a header", "Restore the file.")
        ) from error
    if not isinstance(table.index, pd.RangeIndex):  # pandas takes a cell too many in each row for the row's name
        raise DataError(Fault(str(path), "rows longer than the header", "a cell for each name", "Restore the file."))
    for name, kind in kinds.items():
        if name in table.columns and kind in {"Int64", "float64"} and pd.api.types.is_numeric_dtype(table[name]):
            table[name] = table[name].astype(kind)
    return check_table(normalise(table), model, str(path))


def write_text(text: str, path: Path) -> None:
    """Write a text file atomically as UTF-8."""
    with atomic_path(Path(path)) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(content: bytes, path: Path) -> None:
    """Write a file of bytes atomically."""
    with atomic_path(Path(path)) as temporary:
        temporary.write_bytes(content)


def write_json(value: Any, path: Path) -> None:
    """Write a JSON file atomically, keys sorted."""
    write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n", path)


def read_text(path: Path) -> str:
    """Read a UTF-8 text file.

    Raises
    ------
    DataError
        If it is missing or not UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise DataError(
            Fault(str(path), f"{type(error).__name__}: {error}", "UTF-8 text", "Restore the file.")
        ) from error


def write_arrays(arrays: Mapping[str, np.ndarray], path: Path) -> None:
    """Write named arrays of numbers as one file, atomically; the same arrays give the same bytes."""
    named: dict[str, Any] = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    with atomic_path(Path(path)) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **named)
    log.info("wrote %s: %d arrays", path, len(arrays))


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read what :func:`write_arrays` wrote. Nothing in the file can run code.

    Raises
    ------
    DataError
        If the file is missing, truncated, or holds anything but numbers.
    """
    try:
        with np.load(Path(path), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            Fault(str(path), f"{type(error).__name__}: {error}", "a file of arrays", "Delete it and run again.")
        ) from error
