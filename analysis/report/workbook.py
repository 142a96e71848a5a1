"""Turns tables into one Excel workbook: numbers as numbers, text as text, the same bytes each time."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from analysis.report.figure_data import RISKY

LONGEST = 32_767
"""Letters that a cell holds (Excel's own limit)."""
WIDEST, NARROWEST, MARGIN = 60, 8, 2
LOOKED_AT = 200
"""Rows whose text decides the width of a column."""
STAMP = (1980, 1, 1, 0, 0, 0)
"""Time of every part of the file: the first that a zip file can tell."""
STAMPED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms)")
UNKNOWN_LETTER = "\ufffd"


@dataclass(frozen=True)
class Sheet:
    """One sheet: its heads and its rows of plain values; ``is_text`` leaves out the filter and breaks long lines."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    is_text: bool = False


def table_sheet(name: str, table: pd.DataFrame) -> Sheet:
    """Lay a table on a sheet: column names as heads, a missing value as an empty cell, instants in UTC."""
    plain = table.copy(deep=False)
    for column in plain.columns:
        if isinstance(plain[column].dtype, pd.DatetimeTZDtype):
            plain[column] = plain[column].dt.tz_convert("UTC").dt.tz_localize(None)
    cells = plain.astype(object).where(plain.notna(), None)
    return Sheet(name, [str(head) for head in cells.columns], cells.to_numpy().tolist())


def workbook_bytes(sheets: Iterable[Sheet]) -> bytes:
    """Write the sheets in their order.

    The head of each stays in view and can be filtered by. No cell is a formula: text is marked as text, so that what
    begins with ``=`` is read as it stands.
    """
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book, sheet)
    raw = io.BytesIO()
    book.save(raw)
    return _without_time(raw.getvalue())


def _write(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.name)
    page.freeze_panes = "A2"
    for place, width in enumerate(_widths(sheet), start=1):
        page.column_dimensions[get_column_letter(place)].width = width
    if not sheet.is_text:
        page.auto_filter.ref = f"A1:{get_column_letter(max(len(sheet.heads), 1))}{len(sheet.rows) + 1}"
    page.append([_text(page, head, font=Font(bold=True)) for head in sheet.heads])
    fold = Alignment(wrap_text=True, vertical="top") if sheet.is_text else None
    for row in sheet.rows:
        page.append([_text(page, cell, fold=fold) if isinstance(cell, str) else cell for cell in row])


def _text(page: Any, text: str, font: Font | None = None, fold: Alignment | None = None) -> Any:
    """Make a cell of text, whatever it begins with; a letter that a sheet cannot hold is shown as unknown."""
    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub(UNKNOWN_LETTER, text)[:LONGEST])
    cell.data_type = "s"
    if text.startswith(RISKY):
        cell.quotePrefix = True
    if font:
        cell.font = font
    if fold:
        cell.alignment = fold
    return cell


def _widths(sheet: Sheet) -> list[int]:
    """Make each column as wide as its longest text among the first rows, within limits."""
    widths = [len(head) for head in sheet.heads]
    for row in sheet.rows[:LOOKED_AT]:
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                widths[place] = max(widths[place], len(cell))
    return [min(max(width + MARGIN, NARROWEST), WIDEST) for width in widths]


def _without_time(content: bytes) -> bytes:
    """Write the parts of the file again in a fixed order, with a fixed time and no day of making."""
    made = io.BytesIO()
    stamp = "-".join(f"{part:02d}" for part in STAMP[:3]).encode() + b"T00:00:00Z"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = STAMPED.sub(rb"\g<1>" + stamp + rb"\g<3>", old.read(name))
            new.writestr(zipfile.ZipInfo(name, STAMP), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()
