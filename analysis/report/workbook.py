"""Turns tables into one Excel workbook: numbers as numbers, text as text, the same bytes each time.

The library makes the file and its looks. Rows are written by hand into it: ten times as fast, and a cell so written has
no place for a formula.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from analysis.report.figure_data import RISKY, plain_times

LONGEST = 32_767
"""Letters that a cell holds (Excel's own limit)."""
WIDEST, NARROWEST, MARGIN = 60, 8, 2
LOOKED_AT = 200
"""Rows whose text decides the width of a column."""
STAMP = (1980, 1, 1, 0, 0, 0)
"""Time of every part of the file: the first that a zip file can tell."""
STAMPED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms)")
ROWS_END = b"</sheetData>"
UNKNOWN_LETTER = "\ufffd"
RETURN = {"\r": "&#13;"}
"""A return that stands bare is read as a new line."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its heads and its rows of plain values; ``is_text`` leaves out the filter and breaks long lines."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    is_text: bool = False


@dataclass(frozen=True)
class Looks:
    """Numbers of the looks of text in the file: plain, and where a spreadsheet would see the start of a formula."""

    plain: int
    risky: int


def table_sheet(name: str, table: pd.DataFrame) -> Sheet:
    """Lay a table on a sheet: column names as heads, a missing value as an empty cell, instants as text in UTC."""
    plain = plain_times(table)
    cells = plain.astype(object).where(plain.notna(), None)
    return Sheet(name, [str(head) for head in cells.columns], cells.to_numpy().tolist())


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Write the sheets in their order.

    The head of each stays in view and can be filtered by. No cell is a formula: what begins with ``=`` is text.

    Raises
    ------
    TypeError
        If a cell is neither a number, a flag, text nor nothing.
    """
    book = Workbook(write_only=True)
    looks = [_frame(book, sheet) for sheet in sheets]
    raw = io.BytesIO()
    book.save(raw)
    rows = {
        f"xl/worksheets/sheet{place}.xml": _rows_xml(sheet.rows, look)
        for place, (sheet, look) in enumerate(zip(sheets, looks, strict=True), start=1)
    }
    return _filled(raw.getvalue(), rows)


def _frame(book: Workbook, sheet: Sheet) -> Looks:
    """Make a sheet with its heads and no rows."""
    page = book.create_sheet(sheet.name)
    page.freeze_panes = "A2"
    for place, width in enumerate(_widths(sheet), start=1):
        page.column_dimensions[get_column_letter(place)].width = width
    if not sheet.is_text:
        page.auto_filter.ref = f"A1:{get_column_letter(max(len(sheet.heads), 1))}{len(sheet.rows) + 1}"
    page.append([_head(page, head) for head in sheet.heads])
    return Looks(_look(page, sheet, is_risky=False), _look(page, sheet, is_risky=True))


def _head(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub(UNKNOWN_LETTER, text))
    cell.data_type = "s"
    cell.font = Font(bold=True)
    return cell


def _look(page: Any, sheet: Sheet, is_risky: bool) -> int:
    """Enter a look in the book and give its number; a cell of the risky look stays text when it is edited."""
    cell = WriteOnlyCell(page)
    if sheet.is_text:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if is_risky:
        cell.quotePrefix = True
    return int(cell.style_id)


def _widths(sheet: Sheet) -> list[int]:
    """Make each column as wide as its longest text among the first rows, within limits."""
    widths = [len(head) for head in sheet.heads]
    for row in sheet.rows[:LOOKED_AT]:
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                widths[place] = max(widths[place], len(cell))
    return [min(max(width + MARGIN, NARROWEST), WIDEST) for width in widths]


def _rows_xml(rows: Iterable[Sequence[Any]], look: Looks) -> bytes:
    """Write rows from the second on."""
    lines = []
    letters: list[str] = []
    for number, row in enumerate(rows, start=2):
        letters = letters if len(letters) == len(row) else [get_column_letter(place + 1) for place in range(len(row))]
        cells = [_cell_xml(f"{letter}{number}", cell, look) for letter, cell in zip(letters, row, strict=True)]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(lines).encode("utf-8")


def _cell_xml(place: str, cell: Any, look: Looks) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{place}"><v>{cell!r}</v></c>'
    if not isinstance(cell, str):
        raise TypeError(f"{place}: {type(cell).__name__} is no cell of a sheet")
    style = look.risky if cell.startswith(RISKY) else look.plain
    text = escape(ILLEGAL_CHARACTERS_RE.sub(UNKNOWN_LETTER, cell)[:LONGEST], RETURN)
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _filled(content: bytes, rows: dict[str, bytes]) -> bytes:
    """Put the rows into their sheets; parts stand in a fixed order, with a fixed time and no day of making."""
    made = io.BytesIO()
    stamp = "-".join(f"{part:02d}" for part in STAMP[:3]).encode() + b"T00:00:00Z"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = STAMPED.sub(rb"\g<1>" + stamp + rb"\g<2>", old.read(name))
            if name in rows:
                part = part.replace(ROWS_END, rows[name] + ROWS_END)
            new.writestr(zipfile.ZipInfo(name, STAMP), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()
