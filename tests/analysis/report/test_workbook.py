"""The workbook: what is written is read back, nothing is a formula, the same bytes each time."""

import io
import time
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from analysis.report.workbook import Sheet, table_sheet, workbook_bytes

HOSTILE = [
    "=1+1", "=HYPERLINK(\"https://x\")", "+46", "-x", "@SUM(A1)", "\t=1", "\r=1", "#N/A", "1e5", "<b>&amp;</b>", "]]>",
    " lead", "a\nb", "TRUE", "2030-01-01",
]  # fmt: skip


def read(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(page):
    return [list(row) for row in page.iter_rows(values_only=True)]


def test_numbers_flags_text_and_nothing_by_hand():
    table = pd.DataFrame(
        {
            "name": ["Åre", None],
            "power_mw": [0.1 + 0.2, float("nan")],
            "car_count": pd.array([12, None], dtype="Int64"),
            "is_open": [True, False],
            "start_utc": pd.to_datetime(["2030-01-01T00:15Z", "2030-07-01T00:00Z"]).astype("datetime64[us, UTC]"),
        }
    )
    page = read(workbook_bytes([table_sheet("one", table)]))["one"]
    assert cells(page) == [
        ["name", "power_mw", "car_count", "is_open", "start_utc"],
        ["Åre", 0.30000000000000004, 12, True, "2030-01-01T00:15:00Z"],
        [None, None, None, False, "2030-07-01T00:00:00Z"],
    ]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:E3"


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text_whatever_it_begins_with(text):
    content = workbook_bytes([Sheet("s", ["a", "=b"], [[text, -1.5]])])
    head, row = read(content)["s"].iter_rows()
    assert [head[1].value, row[0].value, row[1].value] == ["=b", text, -1.5]
    assert {head[1].data_type, row[0].data_type} == {"s"}
    assert row[0].quotePrefix == text.startswith(("=", "+", "-", "@", "\t", "\r"))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.integers()), max_size=5))
def test_what_is_written_is_read_back(rows):
    page = read(workbook_bytes([Sheet("s", ["a", "b", "c"], rows)]))["s"]
    expected = [[ILLEGAL_CHARACTERS_RE.sub("\ufffd", text), value, count] for text, value, count in rows]
    assert cells(page)[1:] == expected


def test_the_same_sheets_give_the_same_bytes_at_another_time(monkeypatch):
    sheets = [Sheet("s", ["a"], [["x"], [1]]), Sheet("t", ["b"], [], is_text=True)]
    first = workbook_bytes(sheets)
    later = time.time() + 100_000
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(later))
    assert workbook_bytes(sheets) == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z" in parts.read("docProps/core.xml")


def test_another_number_gives_other_bytes():
    assert workbook_bytes([Sheet("s", ["a"], [[1.0]])]) != workbook_bytes([Sheet("s", ["a"], [[1.0000000000000002]])])


def test_a_cell_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="B3: list"):
        workbook_bytes([Sheet("s", ["a", "b"], [[1, 2], [1, []]])])
