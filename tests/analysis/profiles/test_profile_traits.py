"""Habits of a car, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.profiles.traits import HABITS, habits_of_standing, stream_habits, vehicle_habits, whole_vehicles
from tests.analysis.profiles.profile_archetypes import make_tables, trips_table, vehicles_table


def at(text):
    return pd.Timestamp(text)


def car(name="a", days=14):
    return (name, 1.0, days, "made", "private", "detached", 3)


def test_habits_of_one_car_over_two_weeks():
    trips = trips_table(
        [
            ("a", at("2024-01-08 06:00"), at("2024-01-08 06:30"), 20.0, "home", "work", "work"),
            ("a", at("2024-01-08 17:30"), at("2024-01-08 18:00"), 20.0, "work", "home", "home"),
            ("a", at("2024-01-13 06:00"), at("2024-01-13 18:00"), 30.0, "home", "home", "visit"),
        ]
    )
    habits = vehicle_habits(trips, vehicles_table([car()])).loc["a"]
    assert habits["daily_km"] == pytest.approx(70 / 14)
    assert habits["used_days_pu"] == pytest.approx(2 / 14)
    # 06:00 is a quarter round the clock, 18:00 three quarters.
    assert (habits["departure_cos"], habits["departure_sin"]) == pytest.approx((0.0, 1.0), abs=1e-12)
    assert (habits["arrival_cos"], habits["arrival_sin"]) == pytest.approx((0.0, -1.0), abs=1e-12)
    assert habits["departure_dispersion_pu"] == pytest.approx(0.0, abs=1e-12)
    # From Monday 18:00 to Saturday 06:00.
    assert habits["longest_dwell_h"] == pytest.approx(108.0)
    # 40 km over 10 weekdays against 30 km over 4 weekend days, one km a day on each side.
    assert habits["weekend_ratio_pu"] == pytest.approx((30 / 4 + 1) / (40 / 10 + 1))
    assert habits["long_trip_km"] == pytest.approx(29.0)
    assert habits["work_days_pu"] == pytest.approx(1 / 10)


def test_clock_times_each_side_of_midnight_meet_at_midnight_not_at_noon():
    trips = trips_table(
        [
            ("a", at("2024-01-08 21:00"), at("2024-01-08 23:00"), 5.0, "home", "home", "x"),
            ("a", at("2024-01-09 21:00"), at("2024-01-10 01:00"), 5.0, "home", "home", "x"),
        ]
    )
    habits = vehicle_habits(trips, vehicles_table([car()])).loc["a"]
    angle = np.arctan2(habits["arrival_sin"], habits["arrival_cos"])
    assert angle == pytest.approx(0.0, abs=1e-12)
    assert habits["arrival_dispersion_pu"] == pytest.approx(1 - np.cos(np.pi / 12))


def test_a_return_after_midnight_belongs_to_the_evening():
    trips = trips_table(
        [
            ("a", at("2024-01-08 20:00"), at("2024-01-08 20:30"), 5.0, "home", "other", "x"),
            ("a", at("2024-01-09 01:00"), at("2024-01-09 01:30"), 5.0, "other", "home", "x"),
        ]
    )
    assert vehicle_habits(trips, vehicles_table([car()])).loc["a", "used_days_pu"] == pytest.approx(1 / 14)


def test_hours_are_local_in_summer_too():
    rows = [("a", at("2024-07-08 06:00"), at("2024-07-08 07:00"), 5.0, "home", "work", "x")]
    assert vehicle_habits(trips_table(rows), vehicles_table([car()])).loc["a", "departure_sin"] == pytest.approx(1.0)


def test_a_car_that_never_drives_has_the_same_habits_either_way():
    moving = trips_table([("a", at("2024-01-08 06:00"), at("2024-01-08 06:30"), 20.0, "home", "work", "x")])
    both = vehicle_habits(moving, vehicles_table([car("a"), car("b")]))
    pd.testing.assert_frame_equal(both.loc[["b"]], habits_of_standing(vehicles_table([car("b")])))
    assert list(both.columns) == list(HABITS)


def test_unknown_vehicles_and_impossible_days_are_refused():
    trips = trips_table(
        [
            ("a", at(f"2024-01-{day:02d} 08:00"), at(f"2024-01-{day:02d} 09:00"), 5.0, "home", "home", "x")
            for day in (8, 9, 10)
        ]
    )
    with pytest.raises(DataError, match="unknown vehicles"):
        vehicle_habits(trips, vehicles_table([car("b")]))
    with pytest.raises(DataError, match="observed_days"):
        vehicle_habits(trips, vehicles_table([car("a", days=1)]))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_batches_are_regrouped_into_whole_vehicles(size):
    table = pd.DataFrame({"vehicle_id": list("aaabcccc"), "n": range(8)})
    chunks = list(whole_vehicles(table[start : start + size] for start in range(0, 8, size)))
    pd.testing.assert_frame_equal(pd.concat(chunks, ignore_index=True), table)
    seen = [name for chunk in chunks for name in chunk["vehicle_id"].unique()]
    assert len(seen) == len(set(seen))


def test_batches_out_of_order_are_refused():
    parts = [pd.DataFrame({"vehicle_id": ["b", "b"]}), pd.DataFrame({"vehicle_id": ["a"]})]
    with pytest.raises(DataError, match="out of order"):
        list(whole_vehicles(parts))


@pytest.mark.parametrize("size", [1, 4, 50])
def test_streamed_habits_are_those_of_the_whole_table(size):
    _, vehicles, trips = make_tables({"commuter": 2, "night": 2}, weeks=1)
    vehicles = pd.concat([vehicles, vehicles_table([car("still")])], ignore_index=True)
    ready = trips.sort_values(["vehicle_id", "depart_utc"], ignore_index=True)
    streamed = stream_habits((ready[start : start + size] for start in range(0, len(ready), size)), vehicles)
    whole = vehicle_habits(trips, vehicles)
    pd.testing.assert_frame_equal(streamed.loc[whole.index], whole)
