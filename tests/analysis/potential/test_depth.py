"""Prices fall with cars, agree with offers, never pay for more than is bought, and end at their floor."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.potential.depth import (
    Market,
    Volumes,
    balance,
    mean_prices,
    most_sold_mw,
    offers_mw,
    required_volumes,
)
from analysis.potential.settle import SETTLED_PU, eroded_pu
from analysis.potential.surrogate import RESERVE, Schedules, replayed_value, schedules, surrogate

VOLUMES = Volumes(226.0, 547.0, 528.0)
SHARES = {"SE1": 0.02, "SE2": 0.04, "SE3": 0.76, "SE4": 0.18}


def market(exponent=1.5, ratio=2.0, floor_n=0.05, floor_d=0.05, sold=0.45):
    one = np.ones(1)
    return Market(
        ratio * VOLUMES.fcr_n_mw * one, ratio * VOLUMES.fcr_d_mw * one, exponent * one, VOLUMES, floor_n * one,
        floor_d * one, sold,
    )  # fmt: skip


@pytest.fixture(scope="module")
def known(dispatch_values, sample, run_settings):
    return schedules(dispatch_values, sample, SHARES, "ac_11", (2024, 2025), run_settings.scope.reserve_levels, 0.36)


@pytest.fixture(scope="module")
def car(known):
    return surrogate(known)


def test_requirements_are_those_of_2026(facts):
    assert required_volumes(facts) == VOLUMES
    with pytest.raises(DataError, match="FCR-N requirement"):
        required_volumes(facts[facts["metric"] != "FCR-N volume requirement"])


def test_erosion_by_hand():
    assert eroded_pu(np.array(452.0), np.array(120.0), np.array(1.5)) == pytest.approx((452 / 572) ** 1.5)
    assert eroded_pu(np.array(452.0), np.array(0.0), np.array(1.5)) == 1.0


def test_the_mean_car_weighs_cars(car):
    # cars of size 1 and 0.5 with weights 3 and 1; at full prices most keep their own schedule, which is the best
    weights = np.exp(np.array([60.0, 470.0, 284.0]) / 80)
    n_kw, up_kw, down_kw, _, plugged_h = car.at(np.array(1.0), np.array(1.0))[:5]
    assert n_kw == pytest.approx(6 * weights[1] / weights.sum() * (3 + 0.5) / 4, rel=0.02)
    assert down_kw == pytest.approx(0.9 * up_kw)
    assert plugged_h == pytest.approx(4000)


def test_a_missing_row_and_a_missing_level_are_named(dispatch_values, sample, run_settings):
    levels = run_settings.scope.reserve_levels
    with pytest.raises(DataError, match="15 rows"):
        schedules(
            dispatch_values.drop(index=dispatch_values.index[-1]), sample, SHARES, "ac_11", (2024, 2025), levels, 1
        )
    without = dispatch_values[dispatch_values["reserve_level_id"] != "low"]
    with pytest.raises(DataError, match="level low"):
        schedules(without, sample, SHARES, "ac_11", (2024, 2025), levels, 0.36)


def test_a_schedule_is_replayed_at_other_prices_by_hand():
    one = Schedules(
        levels=np.array([[0.5, 1.0], [0.0, 0.0]]), names=("mixed", "none"), weight=np.ones(1),
        quantities=np.array([[[4.0, 0.0]], [[3.0, 0.0]], [[3.0, 0.0]], [[500.0, 100.0]], [[4000.0, 4000.0]],
                             [[60.0, 0.0]], [[200.0, 0.0]], [[450.0, 0.0]]]),
        net_fcr_n_sek=np.array([[300.0, 0.0]]), net_fcr_d_sek=np.array([[150.0, 0.0]]),
    )  # fmt: skip
    np.testing.assert_allclose(replayed_value(one, 0.25, 1.0), [[350.0, 100.0]])
    np.testing.assert_allclose(replayed_value(one, 0.0, 0.0), [[50.0, 100.0]])
    table = surrogate(one)
    # logit with 50 SEK: a lead of 250 SEK leaves 1/(1+exp(-5)) of the cars, a lag of 50 SEK 1/(1+exp(1))
    assert table.at(np.array(0.25), np.array(1.0))[0] == pytest.approx(4.0 / (1 + np.exp(-5)))
    behind = 1 / (1 + np.exp(1))
    assert table.at(np.array(0.0), np.array(0.0))[0] == pytest.approx(4.0 * behind)
    assert table.at(np.array(0.0), np.array(0.0))[3] == pytest.approx(50 * behind + 100 * (1 - behind))
    # at a quarter of the FCR-N price and all of the FCR-D price the schedule earns 150 + 150 SEK of its 450
    assert table.at(np.array(0.25), np.array(1.0))[RESERVE] == pytest.approx(300.0 / (1 + np.exp(-5)))


def test_a_level_whose_own_schedule_is_beaten_is_refused(known, run_settings):
    quantities = known.quantities.copy()
    quantities[3, :, 1] = 0.0
    with pytest.raises(DataError, match=f"level {run_settings.scope.reserve_levels[1].level_id}"):
        surrogate(dataclasses.replace(known, quantities=quantities))


@settings(deadline=None, max_examples=30)
@given(n=st.floats(0, 1), d=st.floats(0, 1), more=st.floats(0, 1))
def test_value_and_own_offers_never_fall_as_a_price_rises(car, n, d, more):
    low = car.at(np.array(n), np.array(d))
    up_n = car.at(np.array(n + (1 - n) * more), np.array(d))
    up_d = car.at(np.array(n), np.array(d + (1 - d) * more))
    assert up_n[3] >= low[3] - 1e-6 and up_d[3] >= low[3] - 1e-6
    assert up_n[0] >= low[0] - 1e-6 and up_d[1] >= low[1] - 1e-6


def test_no_car_means_todays_price(car):
    found = balance(car, np.array([0.0]), market())
    assert found.fcr_n_level_pu[0] == found.fcr_d_level_pu[0] == 1.0
    assert found.fcr_n_sold_mw[0] == 0.0


def test_levels_and_offers_agree(car):
    cars = np.array([1_000.0, 10_000.0, 30_000.0])
    state = market()
    found = balance(car, cars, state)
    offered_n, offered_d, plugged_h = offers_mw(car, cars, (found.fcr_n_level_pu, found.fcr_d_level_pu))
    for level, supply, offered, volume, floor in (
        (found.fcr_n_level_pu, state.supply_n_mw, offered_n, VOLUMES.fcr_n_mw, 0.05),
        (found.fcr_d_level_pu, state.supply_d_mw, offered_d, VOLUMES.fcr_d_mw, 0.05),
    ):
        agreed = np.abs(level - eroded_pu(supply, offered, state.erosion_exponent)) < 1e-3
        bound = np.abs(offered * state.sold_pu - most_sold_mw(volume, plugged_h)) < 1e-3 * volume
        assert (agreed | bound | (level <= floor + 1e-6)).all()


@settings(max_examples=25, deadline=None)
@given(
    exponent=st.floats(0.8, 3.0), ratio=st.floats(1.5, 4.0), floor_n=st.floats(0.0, 0.9), floor_d=st.floats(0.0, 0.9)
)
def test_more_cars_never_raise_prices_and_never_sell_more_than_is_bought(car, exponent, ratio, floor_n, floor_d):
    cars = np.concatenate([[0.0], np.geomspace(100, 1_000_000, 15)])
    found = balance(car, cars, market(exponent, ratio, floor_n, floor_d))
    assert (np.diff(found.fcr_n_level_pu) <= 5e-3).all() and (np.diff(found.fcr_d_level_pu) <= 5e-3).all()
    assert (found.fcr_n_level_pu >= floor_n - 1e-9).all() and (found.fcr_d_level_pu >= floor_d - 1e-9).all()
    # T16: evenly over connected hours, no hour sells more than is bought
    assert (found.fcr_n_sold_mw * 8760 / 4000 <= VOLUMES.fcr_n_mw * 1.001).all()
    assert (found.fcr_d_sold_mw * 8760 / 4000 <= VOLUMES.fcr_d_mw * 1.001).all()
    assert (np.diff(found.value_sek) <= 1.0).all()


@settings(max_examples=8, deadline=None)
@given(
    n=st.floats(0.0, 1.0), d=st.floats(0.0, 1.0), exponent=st.floats(0.8, 3.0), ratio=st.floats(1.5, 4.0),
    floor=st.floats(0.0, 0.5),
)  # fmt: skip
def test_every_start_comes_to_the_same_balance(car, n, d, exponent, ratio, floor):
    cars = np.geomspace(1_000, 1_000_000, 7)
    state = market(exponent, ratio, floor, floor)
    first, other = balance(car, cars, state), balance(car, cars, state, (np.array(n), np.array(d)))
    np.testing.assert_allclose(first.fcr_n_level_pu, other.fcr_n_level_pu, atol=2 * SETTLED_PU)
    np.testing.assert_allclose(first.fcr_d_level_pu, other.fcr_d_level_pu, atol=2 * SETTLED_PU)


@settings(max_examples=8, deadline=None)
@given(cars=st.floats(100, 500_000), exponent=st.floats(0.8, 3.0), ratio=st.floats(1.5, 4.0), sold=st.floats(0.2, 1.0))
def test_twice_the_cars_never_raise_a_price(car, cars, exponent, ratio, sold):
    found = balance(car, np.array([cars, 2 * cars]), market(exponent, ratio, sold=sold))
    for level in (found.fcr_n_level_pu, found.fcr_d_level_pu):
        assert level[1] <= level[0] + SETTLED_PU
    assert (found.fcr_n_sold_mw <= VOLUMES.fcr_n_mw).all() and (found.fcr_d_sold_mw <= VOLUMES.fcr_d_mw).all()


def test_a_one_line_design_balances_too(dispatch_values, sample, run_settings):
    levels = [level for level in run_settings.scope.reserve_levels if level.fcr_n_pu == level.fcr_d_pu]
    known = schedules(dispatch_values, sample, SHARES, "ac_11", (2024,), levels, 0.36)
    found = balance(surrogate(known), np.array([0.0, 1e4, 1e6]), market())
    assert (np.diff(found.fcr_n_level_pu) < 0).all()


def test_mean_prices_count_hours_with_a_purchase(reserve_prices):
    assert mean_prices(reserve_prices, 2024) == pytest.approx({"fcr_n": 300.0, "fcr_d": 90.0})
    up_only = reserve_prices[reserve_prices["product"] != "fcr_d_down"]
    assert mean_prices(up_only, 2024)["fcr_d"] == pytest.approx(80.0)
    with pytest.raises(DataError, match="fcr_n"):
        mean_prices(reserve_prices[reserve_prices["product"] != "fcr_n"], 2024)
    with pytest.raises(DataError, match="2022"):
        mean_prices(reserve_prices, 2022)
