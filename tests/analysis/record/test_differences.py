"""How two versions of a table differ: by hand, then for any change of any cell."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.record.differences import SAME_VALUES, arrays_difference, table_difference
from tests.analysis.record import record_fixtures as fixtures

KEY = ["price_area", "year"]


def differ(change, key=KEY):
    return table_difference("potential.parquet", fixtures.values(), change(fixtures.values()), key)


def test_the_same_values_are_told_so():
    found = differ(lambda table: table)
    assert (found.lines, found.largest_relative) == ((SAME_VALUES,), 0.0)
    shuffled = differ(lambda table: table.iloc[::-1].reset_index(drop=True))
    assert shuffled.lines == (SAME_VALUES,), "rows are matched by their key"


def test_a_changed_row_is_named_with_its_column():
    def change(table):
        table.loc[1, "power_mw"] = 2.5
        return table

    found = differ(change)
    assert found.lines == (
        "power_mw: 1 of 4 rows differs, by 0.2 at most; price_area=SE3, year=2035: recorded 2.0, recomputed 2.5",
    )
    assert found.largest_relative == 0.2
    assert "row 1: recorded 2.0, recomputed 2.5" in differ(change, key=[]).lines[0]


def test_a_number_against_none_is_infinitely_far():
    found = differ(lambda table: table.assign(power_mw=[1.0, 2.0, np.nan, np.nan]))
    assert found.largest_relative == np.inf
    assert "price_area=SE4, year=2030: recorded 4.0, recomputed nan" in found.lines[0]


def test_rows_and_columns_of_one_only():
    found = differ(lambda table: table.iloc[1:].assign(more=1).rename(columns={"power_mw": "power_kw"}))
    assert found.lines == (
        "column power_mw: only recorded",
        "column power_kw: only recomputed",
        "column more: only recomputed",
        "1 row only recorded: price_area=SE3, year=2030",
    )
    assert differ(lambda table: table.iloc[:3], key=[]).lines[0].startswith("recorded 4 rows, recomputed 3")


def test_another_kind_of_column_with_the_same_values():
    found = differ(lambda table: table.assign(year=table["year"].astype("int32")), key=["price_area"])
    assert found.lines == ("column year: recorded as int64, recomputed as int32",)


def test_text_differs_without_a_size():
    found = differ(lambda table: table.assign(price_area=["SE3", "SE3", "SE4", "SE1"]), key=[])
    assert found.lines == ("price_area: 1 of 4 rows differs; row 3: recorded SE4, recomputed SE1",)
    assert found.largest_relative == 0.0


def test_the_first_three_of_many_are_named():
    found = differ(lambda table: table.assign(year=[1, 2, 3, 4]), key=[])
    assert found.lines[0].startswith("year: 4 of 4 rows differ, by 1 at most; row 0: ")
    assert "row 2: " in found.lines[0] and "row 3: " not in found.lines[0] and found.lines[0].endswith(" …")


def test_arrays_are_compared_entry_by_entry():
    before = {"a": np.arange(6.0).reshape(2, 3), "b": np.ones(2), "c": np.ones(1)}
    after = {"a": before["a"].copy(), "b": np.ones(3), "d": np.ones(1)}
    after["a"][1, 2] = 4.0
    found = arrays_difference("designer.npz", before, after)
    assert found.lines == (
        "array c: only recorded",
        "array d: only recomputed",
        "array a: 1 of 6 rows differs, by 0.2 at most; entry (1, 2): recorded 5.0, recomputed 4.0",
        "array b: recorded shape (2,), recomputed (3,)",
    )
    assert arrays_difference("x.npz", before, before).lines == (SAME_VALUES,)


@given(
    values=st.lists(st.floats(allow_nan=True, allow_infinity=False, width=32), min_size=1, max_size=8),
    number=st.integers(0, 7),
    other=st.floats(allow_nan=False, allow_infinity=False, width=32),
)
def test_any_change_of_a_cell_is_found_and_no_other(values, number, other):
    place = number % len(values)
    before = pd.DataFrame({"id": range(len(values)), "x_kwh": values})
    after = before.copy()
    after.loc[place, "x_kwh"] = other
    found = table_difference("x.parquet", before, after, ["id"])
    if before.at[place, "x_kwh"] == other:
        assert found.lines == (SAME_VALUES,)
    else:
        assert len(found.lines) == 1 and f"id={place}: recorded" in found.lines[0]
        assert found.largest_relative > 0
