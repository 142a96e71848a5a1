"""A number of the report is found by its address and as it is printed, and its way told up to the sources."""

import json

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.report import lineage
from analysis.report.numbers import number_text, rounding_exponent
from analysis.report.trace_number import cell_line, find_cells, read_printed
from analysis.report.trace_text import gathered, trace_lines

HEADLINES = pd.DataFrame(
    {
        "headline_id": ["firm_discharge_mw", "firm_discharge_mw", "value_today"],
        "price_area": ["SE", "SE3", "SE"],
        "value": [29.3, 12.0, 1712.0],
        "low": [21.0, 8.0, 900.0],
        "high": [41.0, 17.0, 2500.0],
        "unit": ["MW", "MW", "SEK/car,year"],
        "detail": ["", "", "free words"],
    }
)
POTENTIAL = pd.DataFrame(
    {"price_area": ["SE", "SE"], "year": [2030, 2035], "power_mw": [29.4, 1700.0], "share_pu": [0.29, 0.5]}
)
TABLES = {"headlines": HEADLINES, "potential_summary": POTENTIAL}


def lines(asked):
    return [cell_line(cell) for cell in find_cells(asked, TABLES)]


def test_an_address_gives_its_cell():
    assert lines("headlines:firm_discharge_mw:SE:value") == ["headlines:firm_discharge_mw:SE:value = 29.3 MW"]
    assert lines("potential_summary:2035:power_mw") == ["potential_summary:2035:power_mw = 1700"]


def test_an_address_of_several_rows_lists_them_each_by_its_own_address():
    assert lines("headlines:firm_discharge_mw:value") == [
        "headlines:firm_discharge_mw:SE:value = 29.3 MW", "headlines:firm_discharge_mw:SE3:value = 12 MW",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("29 MW", ["headlines:firm_discharge_mw:SE:value", "potential_summary:2030:power_mw"]),
        ("headlines: 29 MW", ["headlines:firm_discharge_mw:SE:value"]),
        ("29\u00a0%", ["potential_summary:2030:share_pu"]),
        ("1\u00a0700 kr", ["headlines:value_today:value"]),
        ("1,700 SEK", ["headlines:value_today:value"]),
        ("1 700 MW", ["potential_summary:2035:power_mw"]),
        ("29,3", ["headlines:firm_discharge_mw:SE:value"]),
        ("headlines,potential_summary: 29.4", ["potential_summary:2030:power_mw"]),
    ],
)
def test_a_printed_number_gives_every_cell_that_prints_so(asked, found):
    assert [cell.address for cell in find_cells(asked, TABLES)] == found


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("headlins:SE:value", "headlines"),
        ("headlines:firm_discharg:value", "firm_discharge_mw"),
        ("headlines:SE:valu", "value"),
        ("headlines:value_today:SE3:value", "no row with all of"),
        ("many MW", "an address or a number"),
        ("77 MW", "no cell"),
        ("1.2.3", "one decimal sign"),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest_names(asked, told):
    with pytest.raises(DataError, match=told):
        find_cells(asked, TABLES)


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("29", [(28.5, 29.5)]),
        ("30", [(29.5, 30.5)]),
        ("1700", [(1650.0, 1750.0)]),
        ("\u2212250", [(-255.0, -245.0)]),
        ("0,62", [(0.615, 0.625)]),
        ("1,700", [(1.6995, 1.7005), (1650.0, 1750.0)]),
        ("12,3", [(12.25, 12.35)]),
    ],
)
def test_the_ranges_behind_a_printed_number(text, ranges):
    found, _ = read_printed(text)
    assert found == [pytest.approx(pair) for pair in ranges]


@given(st.floats(-1e7, 1e7), st.sampled_from(["sv", "en"]))
def test_what_the_report_prints_without_an_interval_is_found_again(value, locale):
    assume(abs(value) > 1e-3)
    text = number_text(value, rounding_exponent(value), locale)
    ranges, _ = read_printed(text)
    assert any(low - 1e-9 <= value <= high + 1e-9 for low, high in ranges), text


def test_the_way_is_told_from_the_cell_to_law_and_parameters():
    job = {"script": "", "message": "Schemes", "wildcards": {}, "rule": "summarise", "parameters": ["cba.rate"],
           "inputs": {"": ["data/policy/se/task53.yaml", lineage.PARAMETERS, "INPUTS/p/1.csv", "INPUTS/p/2.csv"]},
           "outputs": {"": ["data/results/s/headlines.parquet"]}}  # fmt: skip
    graph = lineage.read_lineage(json.dumps({"scenario": "s", "jobs": [job]}), "lineage.json")
    parameters = pd.DataFrame(
        {"id": ["cba.rate", "other.one"], "value": [0.035, 1.0], "low": [0.02, 1.0], "high": [0.05, 1.0],
         "unit": ["pu", "h"], "source": ["ASEK 8", "assumption"], "verified": [True, False]}
    )  # fmt: skip
    told = trace_lines(find_cells("29 MW", {"headlines": HEADLINES}), graph, parameters, lambda path: [f"about {path}"])
    text = "\n".join(told)
    assert told[0] == "headlines:firm_discharge_mw:SE:value = 29.3 MW"
    assert "data/results/s/headlines.parquet" in told[1]
    assert "   0  summarise: Schemes" in told
    assert "      about data/policy/se/task53.yaml" in told
    assert "  INPUTS/p/*.csv (2 files)" in told
    assert "  cba.rate = 0.035 (0.02 to 0.05) pu; verified; ASEK 8 [summarise]" in told
    assert "other.one" not in text


def test_files_of_a_user_are_put_together_by_folder_and_committed_ones_stand_alone():
    files = ["INPUTS/a/1.csv", "INPUTS/a/2.csv", "INPUTS/b.csv", "data/reference/x.csv", "data/reference/y.csv"]
    found = gathered([lineage.Source(path, "meter", 1) for path in files])
    assert list(found) == ["INPUTS/a/*.csv (2 files)", "INPUTS/b.csv", "data/reference/x.csv", "data/reference/y.csv"]
