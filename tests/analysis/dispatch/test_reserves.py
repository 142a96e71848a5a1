"""Reserves out of the solver: the most a car can offer (check T2), and that power and energy hold in every hour."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem

Maker = Callable[..., VehicleProblem]
RESERVE = Strategy("grid_reserve", "full", self_use=True, export=True, fcr_n_pu=1.0, fcr_d_pu=1.0)


def solve(problem: VehicleProblem, strategy: Strategy = RESERVE) -> Dispatch:
    found = LinearModel(problem, with_reserves=True).solve(strategy)
    assert found is not None
    return found


def test_symmetric_disturbance_reserve_of_an_11_kw_car(make_problem: Maker) -> None:
    found = solve(make_problem([1.0] * 24, power_kw=11.0, fcr_d_up=0.05, fcr_d_down=0.05))
    np.testing.assert_allclose(found.fcr_d_up_kw, 11 / 1.2, rtol=1e-6)
    np.testing.assert_allclose(found.fcr_d_down_kw, 11 / 1.2, rtol=1e-6)


def test_normal_reserve_of_an_11_kw_car(make_problem: Maker) -> None:
    found = solve(make_problem([1.0] * 24, power_kw=11.0, fcr_n=0.3))
    np.testing.assert_allclose(found.fcr_n_kw, 11 / 1.34, rtol=1e-6)


def test_energy_binds_before_power(make_problem: Maker) -> None:
    """A window of 6 kWh holds 3 kW of FCR-N (one hour each way), whatever the power."""
    found = solve(make_problem([1.0] * 4, fcr_n=0.3, daily_limit_kwh=16.0, power_kw=20.0))
    np.testing.assert_allclose(found.fcr_n_kw, 3.0, rtol=1e-6)


def test_nothing_is_offered_where_nothing_is_bought(make_problem: Maker) -> None:
    price = np.array([0.1, np.nan, 0.1, np.nan])
    found = solve(make_problem([1.0] * 4, fcr_d_up=price, fcr_d_down=price, fcr_n=np.nan))
    assert (found.fcr_d_up_kw > 0).tolist() == [True, False, True, False]
    assert found.fcr_n_kw.sum() == 0


def test_reducing_charging_is_capacity_up(make_problem: Maker) -> None:
    """While charging 5 kW, stopping and reversing are both sold: 15 kW up, with 0.2 × 15 kept free the other way."""
    problem = make_problem([0.1, 9.0], plugged=[1, 0], driving=[0, 5.0], fcr_d_up=[5.0, np.nan])
    assert solve(problem).fcr_d_up_kw[0] == pytest.approx(15.0)


def test_charging_at_full_power_leaves_no_room_to_restore(make_problem: Maker) -> None:
    problem = make_problem([0.1, 9.0], plugged=[1, 0], driving=[0, 10.0], fcr_d_up=[5.0, np.nan])
    assert solve(problem).fcr_d_up_kw[0] == pytest.approx(0.0, abs=1e-9)


def test_a_car_that_is_off_offers_nothing(make_problem: Maker) -> None:
    """Standby of 5 kW for 24 h costs more than stopping the one hour of charging earns: off, and nothing is sold."""
    buy = np.r_[0.5, np.ones(23)]
    driving = np.r_[np.zeros(23), 8.0]
    price = np.r_[1.0, np.full(23, np.nan)]
    problem = make_problem(buy, plugged=np.r_[np.ones(23), 0.0], driving=driving, fcr_d_up=price, standby_kw=5.0)
    off = solve(problem)
    assert off.enabled_pu.max() == 0
    assert off.charge_kw[0] == pytest.approx(8.0)
    assert off.fcr_d_up_kw.sum() == 0
    on = solve(make_problem(buy, plugged=np.r_[np.ones(23), 0.0], driving=driving, fcr_d_up=price, standby_kw=0.01))
    assert on.enabled_pu.min() == 1
    assert on.fcr_d_up_kw[0] > 10


def test_a_car_that_leaves_within_the_hour_offers_nothing(make_problem: Maker) -> None:
    problem = make_problem([1.0] * 3, plugged=[1, 0.5, 1], fcr_d_up=0.1, fcr_d_down=0.1)
    assert solve(problem).fcr_d_up_kw[1] == 0


def test_activation_of_the_normal_reserve_costs_losses_and_wear(random_problem: Maker) -> None:
    """Two-way flow of 0.11 kWh each way per kW and hour drains 0.11 (1/η − η) and wears 0.11."""
    problem = random_problem(2)
    found = solve(problem, Strategy("grid_reserve", "n", True, True, fcr_n_pu=1.0))
    offered = found.fcr_n_kw.sum()
    drain = 0.45 * 0.11 * (1 / 0.93 - 0.93) * offered
    stored = 0.93 * found.charge_kw.sum() - found.discharge_kw.sum() / 0.93
    standby = 0.15 * (problem.plugged_pu * found.enabled_pu).sum()
    assert offered > 10
    assert stored + found.forced_dc_kwh.sum() == pytest.approx(problem.driving_dc_kwh.sum() + drain + standby, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), power=st.sampled_from([3.7, 11.0, 20.0]))
def test_rows_hold_at_start_and_end_of_each_hour(random_problem: Maker, seed: int, power: float) -> None:
    problem = random_problem(seed, power_kw=power)
    found = solve(problem)
    n, up, down = found.fcr_n_kw, found.fcr_d_up_kw, found.fcr_d_down_kw
    flow = found.discharge_kw - found.charge_kw
    assert (flow + 1.34 * n + up + 0.2 * down <= problem.discharge_limit_kw + 1e-6).all()
    assert (-flow + 1.34 * n + down + 0.2 * up <= problem.charge_limit_kw + 1e-6).all()
    need = np.r_[problem.required_kwh, problem.required_kwh[0]]
    most = np.r_[problem.ceiling_kwh, problem.ceiling_kwh[0]]
    for moment in (slice(None, -1), slice(1, None)):
        offered = (n + up + down) > 0
        spare = (found.state_kwh[moment] - need[moment]) * problem.discharge_efficiency_pu
        room = (most[moment] - found.state_kwh[moment]) / problem.charge_efficiency_pu
        assert (spare + 1e-6 >= n + up / 3)[offered].all()
        assert (room + 1e-6 >= n + down / 3)[offered].all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_value_falls_with_the_price(random_problem: Maker, seed: int) -> None:
    model = LinearModel(random_problem(seed), with_reserves=True)
    costs = []
    for level in (1.0, 0.5, 0.15, 0.0):
        found = model.solve(Strategy("grid_reserve", "x", True, True, level, level))
        assert found is not None
        costs.append(found.penalised_sek - found.gap_sek)
    assert (np.diff(costs) >= -0.05).all()
