"""Trips: cleaning by table and by batch, one car at a time, and its cost."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.sources.descriptor import TripRules
from analysis.sources.streams import clean_trip_batches
from analysis.sources.trips import clean_trips

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
    pd.testing.assert_frame_equal(clean_trips(given_rows, RULES, "t"), expected)


def test_next_trip_may_start_on_arrival() -> None:
    assert len(clean_trips(trips([("a", 7, 8, 10), ("a", 8, 9, 10)]), RULES, "t")) == 2


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(1, 8)), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_overlap_is_found_exactly_when_two_trips_of_a_car_share_time(rows: list[tuple[int, int, int]]) -> None:
    table = trips([(str(car), start, start + length, 5) for car, start, length in rows])
    pairs = [
        (one, two) for number, one in enumerate(rows) for two in rows[number + 1 :]
        if one[0] == two[0] and one[1] < two[1] + two[2] and two[1] < one[1] + one[2]
    ]  # fmt: skip
    if pairs:
        with pytest.raises(DataError, match="still runs"):
            clean_trips(table, RULES, "t")
    else:
        assert len(clean_trips(table, RULES, "t")) == len(rows)


def test_batches_give_what_the_whole_gives() -> None:
    whole = trips([("a", 7, 8, 10), ("a", 9, 10, 10), ("b", 5, 6, 10), ("b", 8, 9, 900)])
    parts = list(clean_trip_batches([whole.iloc[:1], whole.iloc[1:3], whole.iloc[3:]], RULES, "t"))
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), clean_trips(whole, RULES, "t"))


def test_overlap_across_batches_is_named() -> None:
    whole = trips([("a", 7, 8, 10), ("a", 7.5, 9, 10)])
    with pytest.raises(DataError, match="of an earlier batch"):
        list(clean_trip_batches([whole.iloc[:1], whole.iloc[1:]], RULES, "t"))


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
    clean = clean_trips(table, RULES, "t")
    with capsys.disabled():
        print(f" [{time.perf_counter() - begin:.2f} s for 1 M trips]", end="")
    assert len(clean) == count - 1
    assert clean["vehicle_id"].is_monotonic_increasing
