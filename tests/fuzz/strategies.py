"""Strategies of hostile input: committed YAML with one thing changed, raw text, and files of each format."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from hypothesis import strategies as st
from openpyxl import Workbook

from analysis.sources.formats import EPW_COLUMNS
from tests.conftest import ROOT

ODD_TEXTS = (
    "", " ", "\x00", "\ufeff", "\u200b", "\u202e1", "\u2028", "\x85", "\x1b[2J",
    "=1+1", "@SUM(A1)", "NaN", "inf", "-inf",
    "1e400", "1" * 400, "-0", "0x10", "１２", "−5", "1 234", "1\u00a0234,5", "12 5", "1.500", "1,500", "NO", "null",
    "true", "Göteborg", "Go\u0308teborg", "2024-02-30", "0001-01-01", "9999-12-31 23:59", "2024-03-31 02:30",
    "1900-02-29",
    "45413", "#REF!", "../../etc/passwd", "~", "a" * 3000, '"', "'", "\\", "\n", "\r\n", "\t", ";", "<script>",
    "{{7*7}}", "%s%n",
)  # fmt: skip
ODD_NUMBERS = (0, -1, 1.5, 10**18, 10**25, -(10**25), 1e300, float("inf"), float("-inf"), float("nan"), 2**53 + 1, True)
SWEDISH = ("SE1", "SE3", "SE5", "Göteborg", "Go\u0308teborg", "Å\u200bre", "Malmö ")

texts = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=12))
numbers = st.one_of(st.sampled_from(ODD_NUMBERS), st.floats(), st.integers(-(10**30), 10**30))
scalars = st.one_of(st.none(), st.booleans(), texts, numbers, st.dates())
plain = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)
moments = st.one_of(
    st.sampled_from(["2024-05-01 00:00", "2024-05-01 01:00", "2024-10-27 02:00", "2024-03-31 02:00"]), texts
)
"""Clock texts: good ones, the two odd hours, and odd ones."""


@st.composite
def changed(draw: st.DrawFn, whole: Any) -> Any:
    """A copy of a nested value in which one place is replaced, removed, renamed or given something extra."""
    places = list(_places(whole))
    place = draw(st.sampled_from(places))
    how = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
    value = draw(plain)
    return _at(whole, place, how, value, draw(texts))


def _places(value: Any, above: tuple[Any, ...] = ()) -> Any:
    yield above
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _places(each, (*above, key))


def _at(whole: Any, place: tuple[Any, ...], how: str, value: Any, name: str) -> Any:
    if not place:
        return value
    copied = dict(whole) if isinstance(whole, dict) else list(whole)
    key, rest = place[0], place[1:]
    if rest:
        copied[key] = _at(copied[key], rest, how, value, name)
    elif how == "remove":
        del copied[key]
    elif isinstance(copied, dict) and how in {"rename", "add"}:
        copied[name] = copied.pop(key) if how == "rename" else value
    else:
        copied[key] = value
    return copied


def committed(folder: str) -> list[Any]:
    """Values of all YAML files of a folder."""
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ROOT / folder).glob("*.yaml"))]


def as_yaml(value: Any) -> str:
    """YAML of plain values, as a person could have written them."""
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False))


yaml_noise = st.one_of(
    st.lists(
        st.sampled_from(
            ["a: ", "- ", "&x ", "*x", "<<: *x", "!!python/object:os.system ", "!!int ", "[", "]", "{", "}", "\n", "  ",
             "? ", ": ", "|", ">", "0o7", "017", "1:30", "NO", ".nan", "1e400", "9" * 5000, "2024-02-30",
             "%YAML 1.1", "---",
             "'", '"', "\t", "\x07", "#", "é", "0b_", "=", "~", "@", "`"]
        ),
        max_size=40,
    ).map("".join),
    st.text(max_size=60),
)  # fmt: skip
"""Pieces of YAML in any order."""


WHOLE = 10_000
parts = st.integers(0, WHOLE - 1)
"""A place in a file as a part of its length: a packed file has another length each time it is made."""


@st.composite
def spoiled(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes with a few of them replaced, cut out or put in; sometimes cut short."""
    made = bytearray(content)
    for _ in range(draw(st.integers(0, 4))):
        spot = draw(parts) * len(made) // WHOLE
        piece = draw(
            st.one_of(st.binary(max_size=6), st.sampled_from([b"\x00", b"\xff\xfe", b"\x85", b'"', b"9" * 40]))
        )
        made[spot : spot + draw(st.integers(0, 3))] = piece
    return bytes(made[: draw(parts) * len(made) // WHOLE]) if draw(st.booleans()) else bytes(made)


def good_rows(hours: int) -> list[tuple[Any, ...]]:
    """Hours from a local midnight that the descriptor of the tests takes."""
    return [(f"2024-05-01 {hour:02d}:00", "SE3", 40.0 + hour) for hour in range(hours)]


odd_rows = st.lists(
    st.tuples(moments, st.one_of(st.sampled_from(SWEDISH), texts), st.one_of(numbers, texts)), max_size=6
)


@st.composite
def _nearly_good_rows(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    hours = [list(row) for row in good_rows(24)]
    if draw(st.booleans()):
        hours[draw(st.integers(0, 23))][draw(st.integers(0, 2))] = draw(st.one_of(moments, numbers))
    return [tuple(row) for row in hours]


rows = st.one_of(odd_rows, _nearly_good_rows())


@st.composite
def csv_bytes(draw: st.DrawFn) -> bytes:
    """Delimited text of the columns start, area and price."""
    delimiter = draw(st.sampled_from([",", ",", ";", "\t"]))
    quote = draw(st.booleans())
    lines = ["start,area,price".replace(",", delimiter)]
    for row in draw(rows):
        cells = [str(cell) for cell in row]
        cells = ['"' + cell.replace('"', '""') + '"' for cell in cells] if quote else cells
        lines.append(delimiter.join(cells[: draw(st.sampled_from([3, 3, 3, 2, 1]))]))
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join([*lines, ""])
    encoded = text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1"])), "replace")
    return draw(spoiled(encoded))


@st.composite
def json_bytes(draw: st.DrawFn) -> bytes:
    """One object a line, or a list of them; sometimes nested, sometimes no object at all."""
    records = [dict(zip(("start", "area", "price"), row, strict=True)) for row in draw(rows)]
    records += draw(st.lists(plain, max_size=2))
    if draw(st.booleans()):
        records.append({"deep": draw(st.sampled_from([1, 15, 300]))})
    texts_of = [_json(record) for record in records]
    whole = "[" + ",".join(texts_of) + "]" if draw(st.booleans()) else "\n".join(texts_of) + "\n"
    return draw(spoiled(whole.encode("utf-8", "surrogatepass")))


def _json(record: Any) -> str:
    if isinstance(record, dict) and set(record) == {"deep"}:
        return '{"a":' * record["deep"] + "1" + "}" * record["deep"]
    return json.dumps(record, default=str, ensure_ascii=False)


@st.composite
def parquet_bytes(draw: st.DrawFn) -> bytes:
    """A table of any types under the names that are asked for; sometimes damaged."""
    count = draw(st.integers(0, 4))
    kinds = [
        (st.integers(-(2**62), 2**62), pa.int64()), (st.floats(), pa.float64()), (moments, pa.string()),
        (st.binary(max_size=5), pa.binary()), (st.booleans(), pa.bool_()), (st.dates(), pa.date32()),
        (st.integers(-(2**60), 2**60), pa.timestamp("ns", "UTC")), (st.integers(-(2**60), 2**60), pa.timestamp("us")),
        (st.lists(st.integers(0, 3), max_size=2), pa.list_(pa.int64())), (st.none(), pa.null()),
        (st.fixed_dictionaries({"x": st.integers(0, 3)}), pa.struct([("x", pa.int64())])),
        (st.sampled_from(SWEDISH), pa.dictionary(pa.int32(), pa.string())), (st.integers(0, 86_399), pa.time32("s")),
        (st.integers(-(2**60), 2**60), pa.duration("us")), (st.decimals(-100, 100, places=2), pa.decimal128(12, 2)),
    ]  # fmt: skip
    arrays = []
    for _ in range(3):
        values, kind = draw(st.sampled_from(kinds))
        cells = draw(st.lists(st.one_of(st.none(), values), min_size=count, max_size=count))
        arrays.append(pa.array(cells, kind))
    names = draw(st.sampled_from([["start", "area", "price"]] * 4 + [["start", "start", "price"], ["a", "b", "c"]]))
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=names), stream)
    return draw(spoiled(stream.getvalue())) if draw(st.booleans()) else stream.getvalue()


@st.composite
def book_bytes(draw: st.DrawFn) -> bytes:
    """A workbook of numbers, dates, formulas and errors; sometimes a part of it is damaged, or the whole file."""
    book = Workbook()
    page = book.active
    page.append(["start", "area", "price"])
    for row in draw(rows):
        page.append([_cell(cell) for cell in row])
    for place in draw(st.lists(st.sampled_from(["A2", "B3", "C2", "C4"]), max_size=2)):
        cell = page[place]
        cell.value = draw(st.sampled_from([60, -1, 1e9, 45413.5, "=1/0", "#REF!", True]))
        cell.number_format = draw(st.sampled_from(["General", "yyyy-mm-dd hh:mm", "[h]:mm", "0%"]))
        cell.data_type = "e" if cell.value == "#REF!" else cell.data_type
    stream = io.BytesIO()
    book.save(stream)
    how = draw(st.sampled_from(["whole", "part", "file"]))
    if how == "part":
        return draw(_with_spoiled_part(stream.getvalue()))
    return draw(spoiled(stream.getvalue())) if how == "file" else stream.getvalue()


def _cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return "".join(letter for letter in cell if letter.isprintable())[:3000]
    return cell if not isinstance(cell, int) or abs(cell) < 10**15 else float(cell)


@st.composite
def _with_spoiled_part(draw: st.DrawFn, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = draw(st.sampled_from(old.namelist()))
        for name in old.namelist():
            new.writestr(name, draw(spoiled(old.read(name))) if name == chosen else old.read(name))
    return made.getvalue()


@st.composite
def epw_bytes(draw: st.DrawFn) -> bytes:
    """A weather file of some hours."""
    lines = ["LOCATION,x", *["HEADER"] * 7]
    for hour in range(draw(st.integers(0, 3))):
        cells = ["2020", "1", "1", str(hour + 1), "60", "A", "-3.5", *["0"] * (len(EPW_COLUMNS) - 7)]
        cells[draw(st.integers(0, 6))] = draw(st.one_of(st.just("1"), texts)).replace("\n", " ")
        lines.append(",".join(cells))
    return draw(spoiled(("\n".join(lines) + "\n").encode("utf-8", "replace")))


def written(content: bytes, path: Path) -> Path:
    """Put bytes into a file."""
    path.write_bytes(content)
    return path
