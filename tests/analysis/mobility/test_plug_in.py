"""Plug-in behaviour: full cars plug in less, energy is kept, and what sessions say is computed as it says."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.io import check_table
from analysis.mobility.plug_in import (
    Habits,
    Rhythm,
    draw_habits,
    find_level,
    plug_stays,
    unplugged_after,
)
from analysis.mobility.sessions import plug_in_statistics
from analysis.mobility.stays import HomeStays
from analysis.schemas.plug_in import PlugInStatistics


def stays_of(energy_before, dwell_h=10.0):
    before = np.atleast_2d(np.asarray(energy_before, float))
    arrive = np.tile(np.arange(before.shape[1]) * 1440.0, (before.shape[0], 1))
    after = np.concatenate([before[:, 1:], np.zeros((before.shape[0], 1))], axis=1)
    return HomeStays(arrive, arrive + dwell_h * 60, before, after, np.ones(before.shape, bool))


def test_an_even_chance_at_the_neutral_state(assumptions):
    # Arrival at s* = 0.6 of 60 kWh with nothing ahead; dwell 1 h; beta 0: P = 0.5 for the mean user.
    stays = stays_of([[12.0]], dwell_h=1.0)
    stays = HomeStays(stays.arrive_min, stays.depart_min, stays.energy_before_dc_kwh, np.zeros((1, 1)), stays.is_stay)
    for uniform, expected in ((0.49, True), (0.51, False)):
        habits = Habits(np.zeros(1), np.ones(1), np.array([[uniform]]), np.zeros((1, 1)))
        found = plug_stays(stays, habits, Rhythm(0.0, 0.0), np.array([60.0]), assumptions)
        assert found.arrival_soc_pu.item() == pytest.approx(0.6)
        assert bool(found.is_plugged.item()) == expected


def test_charging_stops_at_the_daily_limit_and_at_departure(assumptions):
    habits = Habits(np.zeros(1), np.ones(1), np.full((1, 1), 1e-9), np.zeros((1, 1)))
    long = plug_stays(stays_of([[10.0]]), habits, Rhythm(15.0, 0.0), np.array([60.0]), assumptions)
    assert long.charge_dc_kwh.item() == pytest.approx(10.0)
    short = plug_stays(stays_of([[10.0]], dwell_h=0.5), habits, Rhythm(15.0, 0.0), np.array([60.0]), assumptions)
    assert short.charge_dc_kwh.item() == pytest.approx(0.5 * 7.4 * 0.9)


def test_energy_below_the_floor_was_charged_under_way_and_is_counted(assumptions):
    habits = Habits(np.zeros(1), np.ones(1), np.full((1, 1), 1 - 1e-9), np.zeros((1, 1)))
    found = plug_stays(stays_of([[50.0]]), habits, Rhythm(-15.0, 0.0), np.array([60.0]), assumptions)
    # 0.8 · 60 = 48 kWh at the start, 50 driven, floor 0.2 · 60 = 12: 14 kWh forced.
    assert found.forced_charge_dc_kwh.item() == pytest.approx(14.0)
    assert found.forced_charge_count.item() == 1


@settings(max_examples=50)
@given(
    st.lists(st.lists(st.floats(0.0, 80.0), min_size=6, max_size=6), min_size=1, max_size=4),
    st.floats(-6, 6), st.integers(0, 1000),
)  # fmt: skip
def test_energy_in_is_energy_out_and_change_in_store(assumptions, before, beta, seed):
    stays = stays_of(before)
    count = len(before)
    generator = np.random.default_rng(seed)
    habits = Habits(
        generator.normal(size=count),
        np.ones(count),
        generator.uniform(0.01, 0.99, (count, 6)),
        generator.random((count, 6)),
    )
    found = plug_stays(stays, habits, Rhythm(beta, 5.0), np.full(count, 60.0), assumptions)
    energy_in = found.charge_dc_kwh.sum(axis=1) + found.forced_charge_dc_kwh
    driven = np.sum(before, axis=1)
    np.testing.assert_allclose(energy_in, driven + found.net_store_change_dc_kwh, atol=1e-9)
    assert (found.unplug_min <= stays.depart_min + 1e-9).all()
    assert (found.unplug_min >= stays.arrive_min - 1e-9).all()


def test_a_larger_battery_plugs_in_less_often(assumptions):
    names = [f"car_{number}" for number in range(400)]
    stays = stays_of(np.full((400, 60), 7.0))
    habits = draw_habits(names, 60, 3, assumptions)
    rates = [
        plug_stays(stays, habits, Rhythm(-1.0, 5.0), np.full(400, kwh), assumptions).is_plugged.mean()
        for kwh in (40, 85)
    ]
    assert rates[1] < rates[0]


def test_habitual_users_plug_in_at_every_stay_and_leave_the_others_as_they_are(assumptions):
    names = [f"car_{number}" for number in range(200)]
    stays = stays_of(np.full((200, 40), 7.0))
    habits = draw_habits(names, 40, 3, assumptions)
    none, some = (
        plug_stays(stays, habits, Rhythm(-2.0, 5.0, share), np.full(200, 60.0), assumptions).is_plugged
        for share in (0.0, 0.3)
    )
    habitual = habits.habit_pu < 0.3
    assert 40 < habitual.sum() < 80
    assert some[habitual].all()
    np.testing.assert_array_equal(some[~habitual], none[~habitual])


def test_a_payment_raises_plugging_in(assumptions):
    names = [f"car_{number}" for number in range(100)]
    stays = stays_of(np.full((100, 40), 7.0))
    habits = draw_habits(names, 40, 3, assumptions)
    battery = np.full(100, 60.0)
    without = plug_stays(stays, habits, Rhythm(-1.0, 5.0), battery, assumptions)
    paid = plug_stays(stays, habits, Rhythm(-1.0, 5.0), battery, assumptions, payment_logit=2.0)
    assert paid.is_plugged.sum() > without.is_plugged.sum()


def test_a_car_behaves_alone_as_it_does_in_a_crowd(assumptions):
    alone = draw_habits(["car_7"], 5, 3, assumptions)
    crowd = draw_habits(["car_1", "car_7"], 9, 3, assumptions)
    np.testing.assert_array_equal(alone.uniform_pu[0], crowd.uniform_pu[1, :5])
    assert alone.user_logit[0] == crowd.user_logit[1]


def test_nobody_unplugs_a_full_car_in_the_night():
    # Full at 22:30 with an hour of waking time to go; full at 02:00; full at noon with a whole waking day to go.
    found = unplugged_after(np.array([22.5, 26.0, 12.0]) * 60, np.array([60.0, 0.0, 17 * 60.0]))
    np.testing.assert_allclose(found / 60, [30.5, 30.0, 36.0])
    # Friday 23:30 with half an hour to go: Saturday 08:30. Sunday 22:00 with two hours: Monday 07:00 of the next week.
    late = unplugged_after(np.array([4 * 24 + 23.5, 6 * 24 + 22.0]) * 60, np.array([30.0, 120.0]))
    np.testing.assert_allclose(late / 60, [5 * 24 + 8.5, 7 * 24 + 7.0])


def test_a_target_out_of_reach_is_a_named_fault():
    with pytest.raises(DataError, match="plug-ins a week"):
        find_level(lambda value: value, 9.0, 0.0, 5.0, "plug-ins a week")
    assert find_level(lambda value: value**3, 8.0, 0.0, 5.0, "cube") == pytest.approx(2.0, abs=1e-3)


def test_statistics_of_two_users_by_hand():
    rows = [
        ("1", "u", "2024-01-08 17:00", "2024-01-09 07:00", 10.0, "home"),
        ("2", "u", "2024-01-15 17:00", "2024-01-16 07:00", 20.0, "home"),
        ("3", "u", "2024-01-22 17:00", "2024-01-23 07:00", 12.0, "home"),
        ("4", "v", "2024-01-06 11:00", "2024-01-06 13:00", 6.0, "home"),
        ("5", "v", "2024-01-20 11:00", "2024-01-20 13:00", 6.0, "home"),
        ("6", "once", "2024-01-20 11:00", "2024-01-20 13:00", 6.0, "home"),
        ("7", "u", "2024-01-10 09:00", "2024-01-10 15:00", 30.0, "work"),
    ]
    table = pd.DataFrame(rows, columns=["session_id", "user_id", "plug_in", "plug_out", "energy_ac_kwh", "place"])
    for name in ("plug_in", "plug_out"):
        local = pd.to_datetime(table.pop(name)).dt.tz_localize("Europe/Stockholm")
        table[f"{name}_utc"] = local.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    found = check_table(plug_in_statistics(table, "a test"), PlugInStatistics, "statistics")
    value = found[found["hour"].isna()].set_index("statistic")["value"]
    assert value["plug_ins_per_week_mean"] == pytest.approx((3 / 2 + 2 / 2) / 2)
    assert value["user_count"] == 2
    assert value["connection_mean"] == pytest.approx((3 * 14 + 3 * 2) / 6)
    hourly = found[found["hour"].notna()].set_index(["statistic", "day_kind", "hour"])["value"]
    assert hourly["arrival_share", "weekday", 17] == pytest.approx(1.0)
    assert hourly["departure_share", "weekend", 13] == pytest.approx(1.0)


def test_sessions_too_short_to_tell_are_a_fault():
    table = pd.DataFrame(
        {"user_id": ["u"], "place": ["home"], "energy_ac_kwh": [1.0],
         "plug_in_utc": pd.to_datetime(["2024-01-01"], utc=True),
         "plug_out_utc": pd.to_datetime(["2024-01-02"], utc=True)}
    )  # fmt: skip
    with pytest.raises(DataError, match="two weeks"):
        plug_in_statistics(table, "a test")
