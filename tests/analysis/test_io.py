"""Tables pass their schema on both sides of the disk, and a write is whole or absent."""

import errno
import os

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from analysis.errors import DataError, MachineError
from analysis.io import atomic_path, read_batches, read_csv_table, read_table, write_table
from analysis.schemas.assumptions import Parameters
from analysis.schemas.market import DayAheadPrices


def prices(count=3):
    start = pd.Timestamp("2024-01-01", tz="UTC")
    return pd.DataFrame(
        {
            "interval_start_utc": pd.date_range(start, periods=count, freq="h", unit="us"),
            "step_h": 1.0,
            "price_area": pd.array(["SE3"] * count, dtype="str"),
            "price_sek_per_mwh": [100.0 + i for i in range(count)],
        }
    )


def test_round_trip_gives_the_same_table(tmp_path):
    write_table(prices(), tmp_path / "a.parquet", DayAheadPrices)
    assert_frame_equal(read_table(tmp_path / "a.parquet", DayAheadPrices), prices())


def test_writing_sorts_by_key_and_gives_equal_bytes(tmp_path):
    write_table(prices(), tmp_path / "a.parquet", DayAheadPrices)
    write_table(prices().iloc[::-1], tmp_path / "b.parquet", DayAheadPrices)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_bad_table_is_not_written_and_all_faults_are_named(tmp_path):
    bad = prices().assign(price_area="SE9", surplus=1)
    with pytest.raises(DataError) as caught:
        write_table(bad, tmp_path / "a.parquet", DayAheadPrices)
    assert "SE9" in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_an_extra_column_is_a_fault(tmp_path):
    prices().assign(surplus=1).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match="surplus"):
        read_table(tmp_path / "a.parquet", DayAheadPrices)


def test_a_truncated_file_is_a_named_fault(tmp_path):
    write_table(prices(500), tmp_path / "a.parquet", DayAheadPrices)
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"a\.parquet.*expected a readable Parquet file"):
        read_table(tmp_path / "a.parquet", DayAheadPrices)


def test_a_failing_block_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), atomic_path(tmp_path / "a.txt") as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_an_orphan_of_a_dead_process_is_removed_and_a_living_one_kept(tmp_path):
    dead = tmp_path / ".a.txt.999999999.tmp"
    living = tmp_path / f".a.txt.{os.getppid()}.tmp"
    dead.write_text("half")
    living.write_text("half")
    with atomic_path(tmp_path / "a.txt") as temporary:
        temporary.write_text("whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [living.name, "a.txt"]


def test_streaming_gives_every_row_once(tmp_path):
    write_table(prices(1000), tmp_path / "a.parquet", DayAheadPrices)
    batches = list(read_batches(tmp_path / "a.parquet", columns=["price_sek_per_mwh"], rows=300))
    assert [len(batch) for batch in batches] == [300, 300, 300, 100]
    assert pd.concat(batches)["price_sek_per_mwh"].sum() == prices(1000)["price_sek_per_mwh"].sum()


def test_the_parameters_carry_source_and_verified(root):
    table = read_csv_table(root / "data" / "assumptions" / "parameters.csv", Parameters)
    assert len(table) > 100
    assert table["verified"].any() and not table["verified"].all()


def test_a_csv_of_the_wrong_encoding_is_a_named_fault(tmp_path):
    (tmp_path / "a.csv").write_bytes("id,källa\n1,å\n".encode("latin-1"))
    with pytest.raises(DataError, match="UTF-8 CSV"):
        read_csv_table(tmp_path / "a.csv", Parameters)


@pytest.mark.parametrize("harm", ["flipped", "empty", "other"])
def test_a_damaged_file_is_a_fault_with_its_name_however_it_is_read(tmp_path, harm):
    path = tmp_path / "a.parquet"
    write_table(prices(500), path, DayAheadPrices)
    if harm == "flipped":
        content = bytearray(path.read_bytes())
        content[len(content) // 3] ^= 1
        path.write_bytes(content)
    elif harm == "empty":
        path.write_bytes(b"")
    else:
        pd.DataFrame({"other": [1]}).to_parquet(path)
    told = r"a\.parquet.*found .*expected .*"
    with pytest.raises(DataError, match=told):
        read_table(path, DayAheadPrices)
    if harm != "other":  # a name that is not asked for is not missed
        with pytest.raises(DataError, match=told + "Delete it and run again"):
            list(read_batches(path))
        with pytest.raises(DataError, match=told + "Delete it and run again"):
            read_table(path, DayAheadPrices, columns=list(prices().columns))


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_damaged_page_gives_other_numbers(tmp_path, data):
    """Any bit of the pages: the reader refuses, or the bit stood for nothing."""
    path = tmp_path / "a.parquet"
    write_table(prices(200), path, DayAheadPrices)
    content = bytearray(path.read_bytes())
    footer = int.from_bytes(content[-8:-4], "little") + 8
    content[data.draw(st.integers(0, len(content) - footer - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    try:
        found = read_table(path, DayAheadPrices)
    except DataError as error:
        assert "a.parquet" in error.message
    else:
        assert_frame_equal(found, prices(200))


def test_a_full_disk_is_a_fault_of_the_machine_with_the_place(tmp_path):
    with (
        pytest.raises(MachineError, match=r"a\.txt: found a disk without room .*Make room there and run again"),
        atomic_path(tmp_path / "a.txt") as temporary,
    ):
        temporary.symlink_to("/dev/full")
        temporary.write_text("half")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_a_folder_stays_what_it_is(tmp_path):
    (tmp_path / "a").write_text("a file")
    with pytest.raises(FileExistsError), atomic_path(tmp_path / "a" / "b.txt"):
        pass


def test_what_a_block_may_not_read_is_not_its_own_place(tmp_path):
    with pytest.raises(PermissionError, match="secret"), atomic_path(tmp_path / "a.txt"):
        raise PermissionError(errno.EACCES, "Permission denied", "secret.csv")
