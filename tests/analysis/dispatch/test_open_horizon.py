"""A horizon that does not close on itself: it starts with what is stored, and what is left at its end has a price."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analysis.dispatch import dynamic, mixed
from analysis.dispatch.branching import SearchLimits
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.requirement import required_energy_kwh, uncontrolled
from analysis.dispatch.strategies import GRID, HOME, SMART
from analysis.dispatch.verify import broken_rules

Maker = Callable[..., VehicleProblem]
RESERVE = Strategy("grid_reserve", "full", self_use=True, export=True, fcr_n_pu=1.0, fcr_d_pu=1.0)
EXACT = SearchLimits(gap_sek=1e-7, gap_pu=0.0, solve_count=5000)
FREE = np.nan


def solve(problem: VehicleProblem, strategy: Strategy) -> Dispatch:
    found = LinearModel(problem, with_reserves=strategy.sells_reserves).solve(strategy, limits=EXACT)
    assert found is not None
    assert not broken_rules(problem, strategy, found)
    return found


def opened(problem: VehicleProblem, start: float, worth: float = 0.0, target: float = 0.0) -> VehicleProblem:
    return replace(problem, start_kwh=start, terminal_sek_per_kwh=worth, terminal_target_kwh=target)


def test_energy_without_a_price_is_used_up(make_problem: Maker) -> None:
    """30 kWh at the start, floor 10: the house takes 2 kWh an hour, the rest is worth nothing and stays."""
    problem = opened(make_problem([3.0, 3.0], load=2.0), start=30.0)
    found = solve(problem, HOME)
    np.testing.assert_allclose(found.load_discharge_kw, [2.0, 2.0], atol=1e-9)
    np.testing.assert_allclose(found.state_kwh, [30.0, 28.0, 26.0], atol=1e-9)
    assert found.objective_sek == pytest.approx(-12.0)


def test_energy_left_is_priced_up_to_the_target(make_problem: Maker) -> None:
    """Bought at 1 and worth 2, the battery is filled to the target and no further: 24 − 20 bought, 24 kept."""
    problem = opened(make_problem([1.0, 3.0]), start=20.0, worth=2.0, target=24.0)
    found = solve(problem, SMART)
    np.testing.assert_allclose(found.charge_kw, [4.0, 0.0], atol=1e-9)
    assert found.objective_sek == pytest.approx(4.0 - 2.0 * 24.0)


def test_energy_is_not_sold_below_what_it_is_worth_later(make_problem: Maker) -> None:
    problem = opened(make_problem([9.0, 9.0], sell=[1.5, 2.5]), start=40.0, worth=2.0, target=40.0)
    np.testing.assert_allclose(solve(problem, GRID).export_discharge_kw, [0.0, 10.0], atol=1e-9)


def test_need_of_an_open_horizon_ends_with_it() -> None:
    driving, power = np.array([6.0, 0.0]), np.array([0.0, 10.0])
    assert required_energy_kwh(driving, power, 1.0, 1.0, 5.0, is_periodic=False).tolist() == [11.0, 5.0]
    assert required_energy_kwh(driving[::-1], power[::-1], 1.0, 1.0, 5.0, is_periodic=False).tolist() == [5.0, 11.0]


def test_uncontrolled_starts_with_what_is_stored(make_problem: Maker) -> None:
    problem = opened(make_problem([1.0, 1.0, 1.0]), start=36.0, worth=0.5, target=60.0)
    found = uncontrolled(problem)
    np.testing.assert_allclose(found.state_kwh, [36.0, 46.0, 50.0, 50.0])
    assert found.objective_sek == pytest.approx(14.0 - 25.0)
    assert not broken_rules(problem, SMART, found)


@pytest.mark.parametrize("strategy", [SMART, HOME, GRID, RESERVE], ids=lambda strategy: strategy.name)
def test_opened_where_it_closed_nothing_is_gained_but_the_closing(random_problem: Maker, strategy: Strategy) -> None:
    """Started at the periodic optimum with a high price up to that energy, the optimum is the periodic one."""
    problem = random_problem(3, 3)
    closed = solve(problem, strategy)
    level = float(closed.state_kwh[0])
    again = solve(opened(problem, level, worth=50.0, target=level), strategy)
    assert again.state_kwh[-1] == pytest.approx(level, abs=1e-6)
    assert again.objective_sek + 50.0 * level == pytest.approx(closed.objective_sek, abs=1e-4)


def test_what_was_settled_is_held(random_problem: Maker) -> None:
    problem = random_problem(1, 2)
    free = solve(problem, RESERVE)
    assert free.enabled_pu[0] == 1 and free.fcr_n_kw.max() > 3
    enabled = np.r_[np.zeros(24), np.full(24, FREE)]
    off = solve(replace(problem, committed={"enabled_pu": enabled}), RESERVE)
    assert off.enabled_pu[:24].max() == 0 and off.discharge_kw[:24].max() == 0
    sold = np.where(free.fcr_n_kw > 2, 2.0, FREE)
    held = solve(replace(problem, committed={"fcr_n_kw": sold, "enabled_pu": np.ones(48)}), RESERVE)
    assert held.fcr_n_kw[free.fcr_n_kw > 2].max() <= 2 + 1e-9
    broken = broken_rules(replace(problem, committed={"fcr_n_kw": sold, "enabled_pu": enabled}), RESERVE, free)
    text = " ".join(str(fault.found) for fault in broken)
    assert "an offer beyond what was sold" in text and "V2X switched against what was settled" in text


def test_another_start_is_caught(make_problem: Maker) -> None:
    problem = opened(make_problem([1.0, 1.0]), start=20.0)
    found = solve(problem, SMART)
    broken = broken_rules(replace(problem, start_kwh=21.0), SMART, found)
    assert [str(fault.found).split(" by ")[0] for fault in broken] == ["another start than what is stored"]


def test_engines_that_close_the_horizon_refuse_an_open_one(make_problem: Maker) -> None:
    problem = opened(make_problem([1.0] * 24), start=20.0)
    assert dynamic.solve(problem, SMART) is None
    with pytest.raises(ValueError, match="closes on itself"):
        mixed.least_cost_sek(problem, SMART)


def test_a_plan_keeps_what_may_be_needed(make_problem: Maker) -> None:
    """Cheapest last, but 25 kWh are to be stored from hour 2 on: 5 are bought before it."""
    ready = np.array([0.0, 0.0, 25.0, 25.0])
    problem = replace(opened(make_problem([3.0, 2.0, 1.0, 1.0]), start=20.0), ready_kwh=ready)
    np.testing.assert_allclose(solve(problem, SMART).charge_kw, [0.0, 5.0, 0.0, 0.0], atol=1e-9)
