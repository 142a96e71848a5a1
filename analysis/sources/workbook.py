"""Turns an Excel file into cells. A packed book is weighed before it is unpacked: a kilobyte can stand for a terabyte.

What the reader behind it gives as an empty cell is told apart here: an error such as ``#REF!``, and a formula that was
saved without its value, come back as text, so that no number is lost unseen.
"""

import re
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

import pandas as pd
from python_calamine import SheetTypeEnum, SheetVisibleEnum

from analysis.errors import DataError, Fault
from analysis.sources.limits import MOST_COLUMNS, checked_size

LARGEST_BOOK_BYTES: Final = 1 << 28
MOST_PARTS: Final = 2_000
MOST_BOOK_CELLS: Final = 5_000_000
"""Cells of the rectangle from the first cell of a sheet to its last, which the reader fills whole."""
FOREIGN_PARTS: Final = {"content.xml", "xl/workbook.bin"}
CHUNK: Final = 1 << 20
LOCAL_HEAD: Final = 30

_NAME: Final = rb"<(?:\w+:)?"
_PLACED: Final = re.compile(_NAME + rb"""(?:c|row)\s[^<>]*?\br=["']([A-Za-z]*)(\d+)["']""")
_CELL: Final = re.compile(
    _NAME + rb"""c\s(?P<head>[^<>]*[^<>/]|)>(?P<body>(?:(?!</(?:\w+:)?c>|<(?:\w+:)?c[\s>]).)*)""", flags=re.DOTALL
)
_VALUE: Final = re.compile(_NAME + rb"v[^<>/]*>([^<]+)<")
_PLACE: Final = re.compile(rb"""\br=["']([A-Za-z]+)(\d+)["']""")
_SHEET: Final = re.compile(_NAME + rb"sheet\s[^<>]*>")
_LINK: Final = re.compile(_NAME + rb"Relationship\s[^<>]*>")


def read_sheet(path: Path, wanted: str | None) -> tuple[pd.DataFrame, str]:
    """Read one sheet of an xls or xlsx file.

    Parameters
    ----------
    path
        The file.
    wanted
        Name of the sheet; without it the first one that is not hidden.

    Returns
    -------
    tuple
        The cells as they stand (from the first row and column on, without heads), and the name of the sheet.

    Raises
    ------
    DataError
        If the file is damaged, larger than memory should hold, or has no such sheet.
    """
    checked_size(path)
    try:
        marks = _checked_parts(path) if zipfile.is_zipfile(path) or path.suffix == ".xlsx" else {}
        with path.open("rb") as stream, pd.ExcelFile(stream, engine="calamine") as book:  # its ending chooses nothing
            named = [each for each in book.book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
            shown = [each.name for each in named if each.visible == SheetVisibleEnum.Visible]
            found = [each.name for each in named]
            sheet = wanted if wanted is not None else (shown or found)[0]
            table = pd.read_excel(book, sheet_name=sheet, header=None, dtype=object) if sheet in found else None
    except DataError:
        raise
    except BaseException as error:  # calamine raises its own, undocumented kinds; a panic of it is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise DataError(
            Fault(str(path), f"a damaged workbook ({error})", "a readable xls or xlsx file", "Fetch the file again.")
        ) from None
    if table is None:
        raise DataError(Fault(str(path), f"sheets {', '.join(found)}", f"a sheet {sheet!r}", "Correct file.sheet."))
    for (row, column), text in marks.get(sheet, {}).items():
        if row < table.shape[0] and column < table.shape[1]:
            table.iat[row, column] = text
    return table, sheet


def _checked_parts(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """Weigh every part of a packed book; give the error cells and formulas without value of each sheet."""
    with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        declared = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or declared > LARGEST_BOOK_BYTES:
            raise _too_large(path, f"{len(parts)} parts of {declared} bytes")
        if "xl/workbook.xml" not in names or names & FOREIGN_PARTS or len(names) < len(parts):
            raise zipfile.BadZipFile("no Excel workbook, or a part given twice")
        left = LARGEST_BOOK_BYTES
        for part in parts:
            left -= _true_size(stream, part, left, path)
        if (damaged := archive.testzip()) is not None:  # the sums are checked: a damaged book can hold up its reader
            raise zipfile.BadZipFile(f"wrong sum of {damaged}")
        marks = {}
        titles = _titles(archive, names)
        for name in sorted(names):
            if name.endswith((".xml", ".rels")):
                content = archive.read(name)
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                    raise zipfile.BadZipFile(f"{name} declares entities")
                if "sheet" in name.lower():
                    marks[titles.get(name, name)] = _marks(path, content)
    return marks


def _true_size(stream: Any, part: zipfile.ZipInfo, most: int, path: Path) -> int:
    """Bytes that a part really stands for, by unpacking it; what the file says of itself may be a lie."""
    stream.seek(part.header_offset)
    head = stream.read(LOCAL_HEAD)
    stream.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(f"{part.filename} is packed in a way that no workbook uses")
    unpacker, size, left = zlib.decompressobj(-15), 0, part.compress_size
    while left > 0 and not unpacker.eof:
        packed = stream.read(min(CHUNK, left))
        if not packed:
            break
        left -= len(packed)
        while packed:
            size += len(unpacker.decompress(packed, CHUNK))
            if size > most:
                raise _too_large(path, f"a part {part.filename} of more than {most} bytes")
            packed = unpacker.unconsumed_tail
    return size


def _too_large(path: Path, found: str) -> DataError:
    expected = f"at most {MOST_PARTS} parts and {LARGEST_BOOK_BYTES} bytes when unpacked"
    return DataError(Fault(str(path), found, expected, "Save the one sheet that is needed as a file of its own."))


def _titles(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Title of each sheet by the name of its part."""
    if "xl/_rels/workbook.xml.rels" not in names:
        return {}
    links = {
        _attribute(link, "Id"): _attribute(link, "Target").lstrip("/").removeprefix("xl/")
        for link in _LINK.findall(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
    return {f"xl/{links.get(_attribute(each, r'(?:[A-Za-z]+:)?id'), '')}": _attribute(each, "name") for each in sheets}


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rf"""\s{name}=(?:"([^"]*)"|'([^']*)')""", tag.decode("utf-8", errors="replace"))
    return (found.group(1) or found.group(2) or "") if found else ""


def _marks(path: Path, content: bytes) -> dict[tuple[int, int], str]:
    """Cells of one sheet that the reader would give as empty; refuse a sheet whose cells lie too far apart."""
    last_row = last_column = 1
    for letters, digits in _PLACED.findall(content):
        last_row = max(last_row, int(digits[:8]))
        last_column = max(last_column, _column(letters) + 1)
    if last_column > MOST_COLUMNS or last_row * last_column > MOST_BOOK_CELLS:
        raise DataError(
            Fault(str(path), f"a cell in row {last_row} and one in column {last_column}",
                  f"a sheet of at most {MOST_BOOK_CELLS} cells", "Remove what stands far from the table.")
        )  # fmt: skip
    found = {}
    for cell in _CELL.finditer(content) if b"<f" in content or b":f" in content or b'"e"' in content else ():
        head, body = cell["head"], cell["body"]
        value, place = _VALUE.search(body), _PLACE.search(b" " + head)
        if place is None:
            continue
        spot = int(place.group(2)) - 1, _column(place.group(1))
        if re.search(rb"""\bt=["']e["']""", head) and value is not None and value.group(1) != b"#N/A":
            found[spot] = value.group(1).decode("utf-8", errors="replace")
        elif value is None and re.search(_NAME + rb"f[\s>/]", body):
            found[spot] = "a formula saved without its value"
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number - 1
