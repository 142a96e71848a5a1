"""Trips: cleaning by table and by batch, one car at a time, and its cost."""

import gzip
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ConfigError, DataError
from analysis.io import read_table
from analysis.schemas.mobility import Trips
from analysis.sources.reader import read_source
from analysis.sources.rules import TripRules
from analysis.sources.streams import clean_trip_batches, ingest_trips, stream_trips
from analysis.sources.trips import clean_trips
from tests.analysis.sources.source_examples import describe, describe_trips

RULES = TripRules(max_speed_km_per_h=150)


def trips(rows: list[tuple[str, float, float, float]]) -> pd.DataFrame:
    start = pd.Timestamp("2024-05-01", tz="UTC")
    frame = pd.DataFrame(rows, columns=["vehicle_id", "from_h", "to_h", "distance_km"]).astype({"vehicle_id": "str"})
    for name, hour in (("depart_utc", "from_h"), ("arrive_utc", "to_h")):
        frame[name] = (start + pd.to_timedelta(frame.pop(hour).astype(float), unit="h")).astype("datetime64[us, UTC]")
    return frame.assign(origin="home", destination="work", purpose="any")


def test_result_is_sorted_by_car_and_time() -> None:
    given_rows = trips([("b", 5, 6, 10), ("a", 9, 10, 10), ("a", 7, 8, 10)])
    expected = trips([("a", 7, 8, 10), ("a", 9, 10, 10), ("b", 5, 6, 10)])
    clean = clean_trips(given_rows, RULES, "t").table
    assert list(clean.index) == [2, 1, 0], "the number of the row in the file stays with it"
    pd.testing.assert_frame_equal(clean.reset_index(drop=True), expected)


def test_next_trip_may_start_on_arrival() -> None:
    assert len(clean_trips(trips([("a", 7, 8, 10), ("a", 8, 9, 10)]), RULES, "t").table) == 2


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(1, 8)), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_overlap_is_found_exactly_when_two_trips_of_a_car_share_time(rows: list[tuple[int, int, int]]) -> None:
    different = list(dict.fromkeys(rows))
    table = trips([(str(car), start, start + length, 5) for car, start, length in rows])
    pairs = [
        (one, two) for number, one in enumerate(different) for two in different[number + 1 :]
        if one[0] == two[0] and one[1] < two[1] + two[2] and two[1] < one[1] + one[2]
    ]  # fmt: skip
    if pairs:
        with pytest.raises(DataError, match="still runs"):
            clean_trips(table, RULES, "t")
    else:
        kept = clean_trips(table, RULES, "t")
        assert len(kept.table) == len(different), "equal rows are one trip told twice"
        assert kept.dropped["reason"].tolist() == ["duplicate"] * (len(rows) - len(different))


def test_batches_give_what_the_whole_gives() -> None:
    whole = trips([("a", 7, 8, 10), ("a", 9, 10, 10), ("b", 5, 6, 10), ("b", 8, 9, 900)])
    parts = list(clean_trip_batches([whole.iloc[:1], whole.iloc[1:3], whole.iloc[3:]], RULES, "t"))
    at_once = clean_trips(whole.set_axis(pd.RangeIndex(1, 5, name="row"), axis=0), RULES, "t")
    pd.testing.assert_frame_equal(pd.concat([part.table for part in parts]), at_once.table)
    pd.testing.assert_frame_equal(pd.concat([part.dropped for part in parts], ignore_index=True), at_once.dropped)


def test_overlap_across_batches_is_named() -> None:
    whole = trips([("a", 7, 8, 10), ("a", 7.5, 9, 10)])
    with pytest.raises(DataError, match="of an earlier batch"):
        list(clean_trip_batches([whole.iloc[:1], whole.iloc[1:]], RULES, "t"))


def test_streamed_file_gives_what_the_whole_gives(tmp_path: Path) -> None:
    lines = ["car,from,to,km,a,b"]
    lines += [f"{car},2024-05-{day:02d} 08:00,2024-05-{day:02d} 08:30,10,H,W" for day in range(1, 21) for car in "12"]
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    whole = read_source(describe_trips(), [path])
    parts = pd.concat([part.table for part in stream_trips(describe_trips(), path, rows=7)], ignore_index=True)
    pd.testing.assert_frame_equal(parts.sort_values(["vehicle_id", "depart_utc"], ignore_index=True), whole)
    ingest_trips(describe_trips(), [path], tmp_path / "trips.parquet", tmp_path / "dropped.parquet", rows=7)
    written = read_table(tmp_path / "trips.parquet", Trips)
    pd.testing.assert_frame_equal(written.sort_values(["vehicle_id", "depart_utc"], ignore_index=True), whole)


def test_streamed_file_names_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    good = "1,2024-05-01 08:00,2024-05-01 08:30,10,H,W\n"
    path.write_text("car,from,to,km,a,b\n" + good + "1,2024-05-02 08:00,2024-05-02 08:30,ten,H,W\n")
    with pytest.raises(DataError, match=r"t\.csv:3/km: found 'ten'"):
        list(stream_trips(describe_trips(), path, rows=1))
    path.write_bytes(b"car,from,to,km,a,b\n" + good.replace("H", "\u00e5").encode("iso-8859-1"))
    with pytest.raises(DataError, match="not utf-8"):
        list(stream_trips(describe_trips(), path))
    with pytest.raises(ConfigError, match="Trips from csv"):
        list(stream_trips(describe(), path))


@pytest.mark.slow
def test_a_million_trips_are_cleaned_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    count, cars = 1_000_000, 2_000
    generator = np.random.default_rng(1)
    depart = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(np.arange(count) // cars, unit="h")
    table = pd.DataFrame(
        {
            "vehicle_id": pd.Series(generator.permutation(cars).astype(str))
            .astype("str")
            .take(np.arange(count) % cars),
            "depart_utc": depart.astype("datetime64[us, UTC]"),
            "arrive_utc": (depart + pd.Timedelta(minutes=30)).astype("datetime64[us, UTC]"),
            "distance_km": generator.uniform(1, 60, count),
            "origin": "home",
            "destination": "work",
            "purpose": "any",
        }
    ).reset_index(drop=True)
    table.loc[7, "distance_km"] = 400.0
    begin = time.perf_counter()
    clean = clean_trips(table, RULES, "t").table
    with capsys.disabled():
        print(f" [{time.perf_counter() - begin:.2f} s for 1 M trips]", end="")
    assert len(clean) == count - 1
    assert clean["vehicle_id"].is_monotonic_increasing
