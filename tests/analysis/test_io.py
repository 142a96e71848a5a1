"""Tables pass their schema on both sides of the disk, and a write is whole or absent."""

import os

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analysis.errors import DataError
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
