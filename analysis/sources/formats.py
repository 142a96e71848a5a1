"""Turns the bytes of a published file into a raw frame: text as published, indexed by the row number in the file.

Empty, truncated and wrongly encoded files are named here, before any value is read.
"""

import csv
import io
import re
import unicodedata
import warnings
from collections import Counter
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow.parquet as pq

from analysis.errors import DataError, Fault
from analysis.sources.layout import FileForm
from analysis.sources.limits import checked_shape, checked_size, unpacked
from analysis.sources.records import records_of_json, records_of_lines
from analysis.sources.workbook import read_sheet

EPW_HEADER_ROWS: Final = 8
EPW_COLUMNS: Final = (
    "year", "month", "day", "hour", "minute", "flags", "dry_bulb_deg_c", "dew_point_deg_c", "humidity_percent",
    "pressure_pa", "extraterrestrial_horizontal_wh_m2", "extraterrestrial_normal_wh_m2", "infrared_wh_m2",
    "global_horizontal_wh_m2", "direct_normal_wh_m2", "diffuse_horizontal_wh_m2", "global_illuminance_lux",
    "direct_illuminance_lux", "diffuse_illuminance_lux", "zenith_luminance", "wind_direction_deg", "wind_speed_m_s",
    "sky_cover", "opaque_sky_cover", "visibility_km", "ceiling_m", "weather_observation", "weather_codes",
    "precipitable_water_mm", "aerosol_optical_depth", "snow_depth_cm", "days_since_snow", "albedo", "rain_mm", "rain_h",
)  # fmt: skip
# SOURCE: EnergyPlus Auxiliary Programs, EPW data dictionary.

_MOJIBAKE: Final = re.compile("Ã[¥¤¶…„–©]|Â[ §°]|ï»¿")
_TOO_MANY: Final = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


def read_raw(path: Path, form: FileForm) -> pd.DataFrame:
    """Read one file as published.

    Returns
    -------
    pd.DataFrame
        One row per row of the file; index = row number in the file (the header is row 1 where there is one). CSV,
        EPW cells are text; JSON, Excel and Parquet cells keep their type. Columns with an empty header are
        named ``#1``, ``#2``… by position.

    Raises
    ------
    DataError
        If the file is missing, empty, truncated, too large, or not in its declared encoding or format.
    """
    path = Path(path)
    checked_size(path)
    readers = {"csv": _csv, "epw": _epw, "excel": _excel, "parquet": _parquet, "ndjson": _ndjson, "json": _json}
    raw = readers[form.format](path, form)
    if raw.empty:
        raise DataError(Fault(str(path), "no data rows", "at least one row below the header", "Fetch the file again."))
    return raw


def decode(path: Path, content: bytes, encoding: str) -> str:
    """Decode a whole file strictly; a byte order mark or doubly encoded letters count as the wrong encoding.

    A letter and its accent that stand apart (``a`` and a ring, as some systems write ``å``) become one letter.
    """
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        start = getattr(error, "start", len(content))
        line = content[:start].count(b"\n") + 1
        raise DataError(
            Fault(f"{path}:{line}", f"a byte that is not {encoding}", f"text in {encoding}",
                  "Correct file.encoding in the descriptor, or the file was cut.")
        ) from None  # fmt: skip
    if text.startswith("\ufeff"):
        raise DataError(
            Fault(f"{path}:1", "a byte order mark", f"text in {encoding} without one", "Declare encoding utf-8-sig.")
        )
    if mark := _MOJIBAKE.search(text):
        line = text.count("\n", 0, mark.start()) + 1
        raise DataError(
            Fault(f"{path}:{line}", f"the letters {mark.group()!r}, as UTF-8 read in another encoding",
                  f"text in {encoding}", "Declare encoding utf-8 (or utf-8-sig).")
        )  # fmt: skip
    if not text.strip():
        raise DataError(Fault(str(path), "only blanks", "at least one row", "Fetch the file again."))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _csv(path: Path, form: FileForm) -> pd.DataFrame:
    text = decode(path, unpacked(path), form.encoding)
    if form.ends_with_newline and not text.endswith(("\n", "\r")):
        raise DataError(
            Fault(f"{path}:{text.count(chr(10)) + 1}", "a last line without an end", "a complete last line",
                  "The file was cut: fetch it again; or set file.ends_with_newline: false if it is always so.")
        )  # fmt: skip
    return _parse(path, text, form)


def _epw(path: Path, form: FileForm) -> pd.DataFrame:
    """Weather file: hours are labelled 1 to 24 by their end; ``interval_start`` is added as "year month day hour"."""
    layout = form.model_copy(update={"skip_rows": EPW_HEADER_ROWS, "header_rows": 0, "columns": EPW_COLUMNS})
    table = _parse(path, decode(path, unpacked(path), form.encoding), layout)
    if table.empty:
        return table
    hours = pd.to_numeric(table["hour"], errors="coerce") - 1
    starts = hours.map(lambda hour: f"{hour:.0f}" if hour == hour else "none")
    return table.assign(interval_start=table["year"] + " " + table["month"] + " " + table["day"] + " " + starts)


def _parse(path: Path, text: str, form: FileForm) -> pd.DataFrame:
    lines = text.count("\n") + text.count("\r")
    try:
        names, first_row = header(path, text, form)
        checked_shape(path, lines, len(names))
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # it warns where it leaves cells out
            table = pd.read_csv(
                io.StringIO(text), sep=form.delimiter, header=None, names=names, index_col=False, dtype=str,
                skiprows=first_row - 1, keep_default_na=False, na_values=[], skip_blank_lines=False,
                quotechar='"', engine="c",
            )  # fmt: skip
        table.index = pd.RangeIndex(first_row, first_row + len(table), name="row")
        table = _with_absent_cells(table, text, form.delimiter)
    except pd.errors.EmptyDataError:
        raise DataError(Fault(str(path), "no rows", "a header and rows", "Fetch the file again.")) from None
    except pd.errors.ParserError as error:
        raise DataError(_parser_fault(path, str(error))) from None
    except pd.errors.ParserWarning:
        expected = f"{len(names)} fields, as in the header"
        raise DataError(
            Fault(f"{path}:{first_row}", "rows with more", expected, "Correct the rows or the header.")
        ) from None
    except (ValueError, csv.Error) as error:
        raise DataError(Fault(str(path), str(error), "a delimited text file", "Check the file, row by row.")) from None
    blank = (table == "").all(axis=1) | table.iloc[:, 1:].isna().all(axis=1) & table.iloc[:, 0].eq("")
    return table[~blank] if blank.any() else table


def _with_absent_cells(table: pd.DataFrame, text: str, delimiter: str) -> pd.DataFrame:
    """Tell a cell that is not there (a cut row: null) from an empty one (text of length 0)."""
    candidates = table.index[table.iloc[:, -1].isin([""]) | table.iloc[:, -1].isna()]
    if len(candidates) == 0:
        return table
    asked = set(candidates)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    counts = pd.Series({row: len(cells) for row, cells in enumerate(rows, start=1) if row in asked}, dtype="int64")
    short = counts[counts < table.shape[1]]
    columns = {name: table[name] for name in table.columns}
    for position, name in enumerate(table.columns):
        absent = short.index[short <= position]
        if position > 0 and len(absent):
            columns[name] = columns[name].mask(table.index.isin(absent))
    return pd.DataFrame(columns, index=table.index)


def header(path: Path, text: str, form: FileForm) -> tuple[list[str], int]:
    """Read column names and the file row on which the data start."""
    if form.header_rows == 0:
        return list(form.columns or ()), form.skip_rows + 1
    checked_shape(path, 1, _widest(text, form))
    head = pd.read_csv(
        io.StringIO(text), sep=form.delimiter, header=None, dtype=str, keep_default_na=False,
        skiprows=form.skip_rows, nrows=form.header_rows, skip_blank_lines=False,
    )  # fmt: skip
    if len(head) < form.header_rows:
        raise DataError(Fault(str(path), "no header", f"{form.header_rows} header rows", "Fetch the file again."))
    return column_names([head.iloc[:, i].tolist() for i in range(head.shape[1])]), form.skip_rows + form.header_rows + 1


def _widest(text: str, form: FileForm) -> int:
    """Cells of the widest header row, before any of them is made."""
    rows = form.skip_rows + form.header_rows
    return max((line.count(form.delimiter) + 1 for line in text.split("\n", rows)[:rows]), default=1)


def column_names(parts: list[list[object]]) -> list[str]:
    """Join the header cells of a column by ``|``; an empty header becomes ``#position``, a repeated one ``name#2``."""
    names: dict[str, None] = {}
    seen: Counter[str] = Counter()
    for position, cells in enumerate(parts, start=1):
        name = base = "|".join(text for cell in cells if (text := _cell_text(cell))) or f"#{position}"
        seen[base] += 1
        while name in names:
            name = f"{base}#{seen[base]}" if f"{base}#{seen[base]}" not in names else f"{name}#"
        names[name] = None
    return list(names)


def _cell_text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _parser_fault(path: Path, message: str) -> Fault:
    if found := _TOO_MANY.search(message):
        expected, line, saw = found.groups()
        return Fault(f"{path}:{line}", f"{saw} fields", f"{expected} fields", "Correct the row or file.delimiter.")
    if "EOF inside string" in message:
        return Fault(
            str(path), "an end of file inside quotes", "a complete last row", "The file was cut: fetch it again."
        )
    return Fault(str(path), message, "a delimited text file", "Check file.format and file.delimiter.")


def _excel(path: Path, form: FileForm) -> pd.DataFrame:
    table, sheet = read_sheet(path, form.sheet)
    first = form.skip_rows + form.header_rows
    if len(table) < first:
        raise DataError(Fault(f"{path}[{sheet}]", f"{len(table)} rows", f"more than {first}", "Check file.skip_rows."))
    header = table.iloc[form.skip_rows : first]
    names = list(form.columns) if form.header_rows == 0 and form.columns else column_names(
        [header.iloc[:, i].tolist() for i in range(table.shape[1])]
    )  # fmt: skip
    if len(names) != table.shape[1]:
        raise DataError(
            Fault(f"{path}[{sheet}]", f"{table.shape[1]} columns", f"{len(names)} columns", "Correct file.columns.")
        )
    data = table.iloc[first:].copy()
    data.columns = pd.Index(names)
    data.index = pd.RangeIndex(first + 1, len(table) + 1, name="row")
    return data.dropna(how="all")


def _parquet(path: Path, form: FileForm) -> pd.DataFrame:
    try:
        with pq.ParquetFile(path) as file:
            checked_shape(path, file.metadata.num_rows, file.metadata.num_columns)
            names = file.schema_arrow.names
            repeated = sorted(name for name, count in Counter(names).items() if count > 1)
            if repeated:
                raise DataError(
                    Fault(str(path), f"several columns {', '.join(repeated)}", "each name once", "Rename them.")
                )
            read = file.read()
        read.validate(full=True)  # text that is not UTF-8 would be found in the middle of some reader, or never
        table: pd.DataFrame = read.to_pandas(ignore_metadata=True)
    except DataError:
        raise
    except Exception as error:  # Arrow's own kinds, and those of pandas for a type or a zone that it does not know
        raise DataError(
            Fault(str(path), f"a damaged Parquet file ({error})", "a complete Parquet file", "Fetch the file again.")
        ) from None
    table.index = pd.RangeIndex(1, len(table) + 1, name="row")
    held = [name for name, kind in table.dtypes.items() if pd.api.types.is_object_dtype(kind)]
    return table.assign(**{str(name): _texts_of_bytes(table[name]) for name in held})


def _texts_of_bytes(cells: pd.Series) -> pd.Series:
    """Some writers do not say that their bytes are text; a byte that is none is written out."""
    return cells.map(lambda cell: cell.decode("utf-8", "backslashreplace") if isinstance(cell, bytes) else cell)


def _ndjson(path: Path, form: FileForm) -> pd.DataFrame:
    return records_of_lines(path, decode(path, unpacked(path), form.encoding))


def _json(path: Path, form: FileForm) -> pd.DataFrame:
    return records_of_json(path, decode(path, unpacked(path), form.encoding), form)
