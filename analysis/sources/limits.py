"""How large an input may be, and how a packed one is unpacked without ever holding more than that."""

import gzip
import io
import zlib
from pathlib import Path
from typing import Final

from analysis.errors import DataError, Fault

LARGEST_BYTES: Final = 1 << 29
"""Bytes of a file that is read as a whole, unpacked. Longer files of trips are read part by part."""
MOST_CELLS: Final = 100_000_000
MOST_COLUMNS: Final = 16_384
"""Columns of a sheet (Excel's own limit); more is a file that lost its line ends or names a column by each record."""
MOST_LEVELS: Final = 20
"""Levels of JSON objects inside each other."""
SMALLER: Final = "Cut the file into parts and give a pattern that matches them all."


def checked_size(path: Path) -> int:
    """Give the size of a plain file.

    Raises
    ------
    DataError
        If it is no plain file (a folder, a device or a pipe, which would wait for ever), empty, or too large.
    """
    if not path.is_file():
        found = "no plain file" if path.exists() else "no such file"
        raise DataError(Fault(str(path), found, "a readable file", "Check the pattern under inputs."))
    size = path.stat().st_size
    if size == 0:
        raise DataError(Fault(str(path), "an empty file", "at least one row", "Fetch the file again."))
    if size > LARGEST_BYTES:
        raise DataError(Fault(str(path), f"{size} bytes", f"at most {LARGEST_BYTES} bytes", SMALLER))
    return size


def unpacked(path: Path) -> bytes:
    """Read the bytes of a file, of a gzip file those it stands for; never more than ``LARGEST_BYTES`` of them.

    Raises
    ------
    DataError
        As :func:`checked_size`, and if the gzip file is damaged or stands for too much.
    """
    checked_size(path)
    content = path.read_bytes()
    if not (path.suffix == ".gz" or content[:2] == b"\x1f\x8b"):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            plain = stream.read(LARGEST_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(
            Fault(str(path), f"a damaged gzip file ({error})", "a complete gzip file", "Fetch the file again.")
        ) from None
    if len(plain) > LARGEST_BYTES:
        found = f"{len(content)} bytes that stand for more than {LARGEST_BYTES}"
        raise DataError(Fault(str(path), found, f"at most {LARGEST_BYTES} bytes when unpacked", SMALLER))
    return plain


def checked_shape(path: Path, rows: int, columns: int) -> None:
    """Refuse a table that memory could not hold, before any cell of it is made.

    Raises
    ------
    DataError
        If it has more than ``MOST_COLUMNS`` columns or ``MOST_CELLS`` cells.
    """
    if columns > MOST_COLUMNS:
        remedy = "Check file.delimiter and the line ends; records must share their keys."
        raise DataError(Fault(str(path), f"{columns} columns", f"at most {MOST_COLUMNS}", remedy))
    if rows * columns > MOST_CELLS:
        raise DataError(Fault(str(path), f"{rows} rows of {columns} columns", f"at most {MOST_CELLS} cells", SMALLER))
