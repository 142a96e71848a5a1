"""Reads a big CSV or Parquet file part by part: text as published, so that it never stands in memory as a whole."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow
import pyarrow.csv
import pyarrow.parquet as pq

from analysis.errors import DataError, Fault
from analysis.sources.formats import header
from analysis.sources.layout import FileForm

BLOCK_BYTES: Final = 1 << 23
MAX_EXAMPLES: Final = 20
LONGEST_LINE: Final = 1 << 20


def raw_batches(path: Path, form: FileForm, rows: int) -> Iterator[pd.DataFrame]:
    """Read a CSV (plain or gzip) or Parquet file in parts of some rows; index = row number in the file.

    Raises
    ------
    DataError
        As :func:`analysis.sources.formats.read_raw`, when the part that holds the fault is reached.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(Fault(str(path), "no plain file", "a readable file", "Check the pattern under inputs."))
    first_row = 1
    try:
        if form.format == "parquet":
            tables = _parquet_tables(path, rows)
        else:
            names, first_row = _header(path, form)
            tables = _cut(_csv_tables(path, form, names), rows)
        for table in tables:
            part = table.to_pandas()
            yield part.set_axis(pd.RangeIndex(first_row, first_row + len(part), name="row"), axis=0)
            first_row += len(part)
    except DataError:
        raise
    except UnicodeError as error:
        raise DataError(_wrong_encoding(path, form, str(error))) from None
    except (pyarrow.ArrowException, EOFError, OSError, zlib.error, ValueError, KeyError, TypeError) as error:
        if "UTF8" in str(error):
            raise DataError(_wrong_encoding(path, form, str(error))) from None
        what = "Parquet file" if form.format == "parquet" else "file"
        raise DataError(
            Fault(str(path), f"a damaged {what} ({error})", f"a complete {what}", "Fetch the file again.")
        ) from None


def _wrong_encoding(path: Path, form: FileForm, error: str) -> Fault:
    return Fault(str(path), f"a byte that is not {form.encoding} ({error})", f"text in {form.encoding}",
                 "Correct file.encoding in the descriptor, or the file was cut.")  # fmt: skip


def _header(path: Path, form: FileForm) -> tuple[list[str], int]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding=form.encoding, errors="strict", newline="") as file:
        lines = [file.readline(LONGEST_LINE) for _ in range(form.skip_rows + form.header_rows)]
    if any(len(line) == LONGEST_LINE for line in lines):
        remedy = "Check file.delimiter and the line ends."
        raise DataError(Fault(str(path), f"a line of {LONGEST_LINE} letters or more", "a header", remedy))
    if not any(lines) and form.header_rows:
        raise DataError(Fault(str(path), "no data rows", "a header and rows", "Fetch the file again."))
    try:
        return header(path, "".join(lines), form)
    except ValueError as error:  # of pandas, for quotes that do not end and the like
        raise DataError(Fault(str(path), str(error), "a header row", "Check file.skip_rows and the quotes.")) from None


def _parquet_tables(path: Path, rows: int) -> Iterator[pyarrow.Table]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=rows):
            batch.validate(full=True)
            yield pyarrow.Table.from_batches([batch])


def _csv_tables(path: Path, form: FileForm, names: list[str]) -> Iterator[pyarrow.Table]:
    """Parts as Arrow cuts them; every cell is text, and rows with too few or too many cells are faults."""
    wrong: list[Any] = []

    def remember(row: Any) -> str:
        wrong.append(row)
        return "skip"

    skipped = form.skip_rows + form.header_rows
    with pyarrow.input_stream(str(path), compression="detect") as stream:
        reader = pyarrow.csv.open_csv(
            stream,
            pyarrow.csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, skip_rows=skipped, column_names=names,
                                    encoding=form.encoding.removesuffix("-sig")),
            pyarrow.csv.ParseOptions(delimiter=form.delimiter, ignore_empty_lines=False, newlines_in_values=True,
                                     invalid_row_handler=remember),
            pyarrow.csv.ConvertOptions(column_types={name: pyarrow.string() for name in names},
                                       strings_can_be_null=False),
        )  # fmt: skip
        for batch in reader:
            if wrong:
                raise DataError(_wrong_rows(path, wrong))
            yield pyarrow.Table.from_batches([batch])
        if wrong:
            raise DataError(_wrong_rows(path, wrong))


def _wrong_rows(path: Path, wrong: list[Any]) -> list[Fault]:
    return [
        Fault(f"{path}:{row.number}", f"a row of {row.actual_columns} fields", f"{row.expected_columns} fields",
              "The row was cut, or file.delimiter is another; if it is the last row, fetch the file again.")
        for row in wrong[:MAX_EXAMPLES]
    ]  # fmt: skip


def _cut(tables: Iterator[pyarrow.Table], rows: int) -> Iterator[pyarrow.Table]:
    """Cut parts of any length into parts of some rows."""
    held: pyarrow.Table | None = None
    for table in tables:
        held = table if held is None else pyarrow.concat_tables([held, table])
        while held.num_rows >= rows:
            yield held.slice(0, rows)
            held = held.slice(rows)
    if held is not None and held.num_rows:
        yield held
