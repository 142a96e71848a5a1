"""Budgets of the horizon held by a price on discharge: against the programmes that hold them as rows."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.battery.losses import LossCurve
from analysis.dispatch.budgets import fits, used
from analysis.dispatch.dynamic import solve, solve_or_refer
from analysis.dispatch.linear import LinearModel, SearchLimits
from analysis.dispatch.mixed import least_cost_sek
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.strategies import GRID, SMART
from analysis.dispatch.verify import broken_rules
from analysis.errors import DataError

Maker = Callable[..., VehicleProblem]

TIGHT = SearchLimits(gap_sek=1e-7, gap_pu=1e-9, solve_count=3000)
FULL = Strategy("grid_reserve", "full", True, True, 1.0, 1.0)


def _limited(problem: VehicleProblem, strategy: Strategy, share: float, in_hours: bool) -> VehicleProblem:
    """The same car with a share of what it would use without a budget; whole hours."""
    free = solve(problem, strategy)
    assert free is not None
    kwh, hours = used(problem, free)
    if in_hours:
        return replace(problem, horizon_discharge_limit_h=float(np.floor(share * hours)))
    return replace(problem, horizon_discharge_limit_kwh=share * kwh)


def _value_gap(found: Dispatch, reference_sek: float, problem: VehicleProblem) -> float:
    plain = replace(problem, curve=None, least_charge_kw=0.0)
    smart = solve(plain, SMART)
    assert smart is not None
    return (found.penalised_sek - reference_sek) / (smart.penalised_sek - reference_sek)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, derandomize=True)
@given(seed=st.integers(0, 100_000), share=st.floats(0.05, 0.95), strategy=st.sampled_from((GRID, FULL)))
def test_a_budget_of_energy_costs_what_its_row_costs(
    random_problem: Maker, seed: int, share: float, strategy: Strategy
) -> None:
    problem = random_problem(seed, 3, standby_kw=0.0, daily_limit_kwh=48.0, wear_sek_per_kwh=0.05)
    problem = _limited(problem, strategy, share, in_hours=False)
    found = solve(problem, strategy)
    reference = LinearModel(problem, with_reserves=strategy.sells_reserves).solve(strategy, limits=TIGHT)
    assert found is not None and reference is not None
    assert not broken_rules(problem, strategy, found)
    assert found.penalised_sek >= reference.penalised_sek - reference.gap_sek - 1e-6
    assert _value_gap(found, reference.penalised_sek, problem) <= 0.001


@pytest.mark.parametrize("seed", range(4))
def test_a_budget_of_hours_comes_close_to_a_proven_bound(random_problem: Maker, seed: int) -> None:
    problem = random_problem(seed, 3, standby_kw=0.0, daily_limit_kwh=48.0, wear_sek_per_kwh=0.05)
    problem = _limited(problem, GRID, 0.3 + 0.1 * seed, in_hours=True)
    found, bound = solve(problem, GRID), least_cost_sek(problem, GRID)
    assert found is not None
    assert not broken_rules(problem, GRID, found)
    assert found.penalised_sek >= bound - 1e-3
    assert _value_gap(found, bound, problem) <= 0.005


@pytest.mark.slow
@settings(max_examples=4, deadline=None, derandomize=True)
@given(seed=st.integers(0, 100_000), share=st.floats(0.1, 0.9), in_hours=st.booleans())
def test_with_all_losses_every_rule_holds(random_problem: Maker, seed: int, share: float, in_hours: bool) -> None:
    problem = random_problem(seed, 2, daily_limit_kwh=48.0, curve=LossCurve(0.15, 0.025, 0.0026), least_charge_kw=1.4)
    problem = _limited(problem, FULL, share, in_hours)
    found = solve(problem, FULL)
    assert found is not None
    assert not broken_rules(problem, FULL, found)


def test_both_budgets_at_once(random_problem: Maker) -> None:
    problem = random_problem(3, 4, standby_kw=0.0, daily_limit_kwh=48.0)
    by_energy, by_hours = (_limited(problem, GRID, 0.5, in_hours) for in_hours in (False, True))
    both = replace(by_energy, horizon_discharge_limit_h=by_hours.horizon_discharge_limit_h)
    found, each = solve(both, GRID), [solve(problem, GRID) for problem in (by_energy, by_hours)]
    assert found is not None and fits(both, found)
    assert not broken_rules(both, GRID, found)
    assert found.penalised_sek >= max(one.penalised_sek for one in each if one is not None) - 1e-6


def test_the_dearest_hours_come_first_by_hand(make_problem: Maker) -> None:
    """Bought at 1; sold at 5, 4 and 3 at 10 kW: 15 kWh allowed are ten at 5 and five at 4; two hours the first two."""
    sell = np.r_[np.zeros(20), 0.0, 5.0, 4.0, 3.0]
    problem = make_problem(np.r_[np.ones(20), np.full(4, 9.0)], sell=sell)
    energy = solve(replace(problem, horizon_discharge_limit_kwh=15.0), GRID)
    hours = solve(replace(problem, horizon_discharge_limit_h=2.0), GRID)
    none = solve(replace(problem, horizon_discharge_limit_kwh=0.0), GRID)
    assert energy is not None and hours is not None and none is not None
    np.testing.assert_allclose(energy.discharge_kw[-4:], [0, 10, 5, 0], atol=1e-6)
    np.testing.assert_allclose(hours.discharge_kw[-4:], [0, 10, 10, 0], atol=1e-6)
    assert energy.objective_sek == pytest.approx(-(10 * 4 + 5 * 3))
    assert none.objective_sek == pytest.approx(0.0, abs=1e-9)


def test_an_engine_that_cannot_count_hours_refuses_them(random_problem: Maker) -> None:
    problem = replace(random_problem(1, 2), horizon_discharge_limit_h=5.0)
    assert problem.extras == ("budget of hours",)
    with pytest.raises(DataError, match="horizon_discharge_limit_h"):
        LinearModel(problem, with_reserves=False)
    assert solve_or_refer(problem, GRID).engine == "dynamic"


def test_a_schedule_beyond_its_hours_is_caught(random_problem: Maker) -> None:
    problem = random_problem(2, 2, standby_kw=0.0)
    free = solve(problem, GRID)
    assert free is not None
    hours = used(problem, free)[1]
    broken = broken_rules(replace(problem, horizon_discharge_limit_h=hours - 1.0), GRID, free)
    assert ["hours with discharge above the budget of the horizon" in str(fault.found) for fault in broken] == [True]
