"""Diaries laid over a calendar and cut into stays: hand-worked weeks, and nothing is lost on the way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.mobility.stays import WEEK_MIN, diaries_of, home_stays, lay_on_calendar, overlap_per_step


def one_car(trip_table):
    rows = [
        ("a", "2024-01-08 08:00", "2024-01-08 08:30", 20.0, "home", "work"),
        ("a", "2024-01-08 17:00", "2024-01-08 17:30", 20.0, "work", "home"),
    ]
    return trip_table(rows)


def test_a_working_day_gives_two_stays_and_the_energy_between(trip_table, vehicle_table, assumptions):
    diaries = diaries_of(one_car(trip_table), vehicle_table(["a"]), 62.0)
    calendar = lay_on_calendar(diaries, np.array([0]), np.array([0]), np.full((1, 168), 20.0), assumptions)
    stays = home_stays(calendar)
    np.testing.assert_allclose(stays.arrive_min[0], [0.0, 17.5 * 60])
    np.testing.assert_allclose(stays.depart_min[0], [8 * 60.0, WEEK_MIN])
    np.testing.assert_allclose(stays.energy_before_dc_kwh[0], [0.0, 40 * 0.17])
    np.testing.assert_allclose(stays.energy_after_dc_kwh[0], [40 * 0.17, 0.0])


def test_a_car_that_never_drives_stands_at_home(trip_table, vehicle_table, assumptions):
    diaries = diaries_of(one_car(trip_table), vehicle_table(["a", "still"]), 62.0)
    calendar = lay_on_calendar(diaries, np.array([0, 0]), np.zeros(2, int), np.full((1, 168), 20.0), assumptions)
    stays = home_stays(calendar)
    assert stays.is_stay[1].sum() == 1
    assert stays.depart_min[1, 0] == 2 * WEEK_MIN


def test_rotation_takes_the_diary_weeks_in_their_own_order(trip_table, vehicle_table, assumptions):
    rows = [
        ("a", "2024-01-08 08:00", "2024-01-08 09:00", 10.0, "home", "work"),
        ("a", "2024-01-08 10:00", "2024-01-08 11:00", 10.0, "work", "home"),
        ("a", "2024-01-15 08:00", "2024-01-15 09:00", 30.0, "home", "work"),
        ("a", "2024-01-15 10:00", "2024-01-15 11:00", 30.0, "work", "home"),
    ]
    diaries = diaries_of(trip_table(rows), vehicle_table(["a"], days=14), 62.0)
    calendar = lay_on_calendar(diaries, np.array([0, 1, 2]), np.array([1]), np.full((3, 168), 20.0), assumptions)
    np.testing.assert_allclose(calendar.energy_dc_kwh / 0.17, [30, 30, 10, 10, 30, 30])


def test_local_clock_holds_over_the_moved_clock(trip_table, vehicle_table, assumptions):
    rows = [
        ("a", "2024-03-25 07:00", "2024-03-25 08:00", 10.0, "home", "work"),
        ("a", "2024-04-01 07:00", "2024-04-01 08:00", 10.0, "home", "work"),
    ]
    diaries = diaries_of(trip_table(rows), vehicle_table(["a"], days=14), 62.0)
    assert diaries.trips["week_min"].tolist() == [7 * 60.0, 7 * 60.0]
    assert diaries.trips["diary_week"].tolist() == [0, 1]


def test_a_trip_into_the_next_round_is_cut_where_that_begins(trip_table, vehicle_table, assumptions):
    rows = [
        ("a", "2024-01-08 00:30", "2024-01-08 01:30", 10.0, "home", "other"),
        ("a", "2024-01-14 23:00", "2024-01-15 01:00", 90.0, "other", "home"),
    ]
    diaries = diaries_of(trip_table(rows), vehicle_table(["a"]), 62.0)
    calendar = lay_on_calendar(diaries, np.array([0, 0]), np.array([0]), np.full((1, 168), 20.0), assumptions)
    assert (calendar.arrive_min[:-1] <= calendar.depart_min[1:]).all()
    assert calendar.energy_dc_kwh.sum() == pytest.approx(200 * 0.17)


def test_an_hour_and_a_half_falls_half_into_each_step():
    overlap = overlap_per_step(np.array([30.0]), np.array([90.0]), np.array([60.0]), np.array([0.0, 60.0, 120.0]))
    np.testing.assert_allclose(overlap, [30.0, 30.0])


@settings(max_examples=60)
@given(
    st.lists(st.floats(1.0, 300.0), min_size=2, max_size=30),
    st.lists(st.floats(0.0, 50.0), min_size=15, max_size=15),
    st.sampled_from([15.0, 60.0]),
)
def test_what_is_spread_over_steps_adds_up_again(gaps, amounts, step_min):
    bounds = np.cumsum(gaps)
    bounds = bounds[: len(bounds) // 2 * 2]
    begin, end = bounds[0::2], bounds[1::2]
    amount = np.array(amounts[: len(begin)])
    edges = np.arange(0.0, bounds[-1] + 2 * step_min, step_min)
    spread = overlap_per_step(begin, end, amount, edges)
    assert spread.sum() == pytest.approx(amount.sum(), abs=1e-9)
    assert (spread >= 0).all()
