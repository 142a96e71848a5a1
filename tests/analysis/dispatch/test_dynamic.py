"""The compiled engine against the linear programme, against every rule, and against cases worked by hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import pytest
from scipy.optimize import linprog

from analysis.battery.losses import LossCurve
from analysis.dispatch import compiled, dynamic, reserve_vertices
from analysis.dispatch.dynamic import energy_pieces, objective_sek, solve, solve_energy
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.mixed import least_cost_sek
from analysis.dispatch.problem import Strategy, VehicleProblem
from analysis.dispatch.strategies import GRID, HOME, SMART
from analysis.dispatch.verify import broken_rules

Maker = Callable[..., VehicleProblem]

FULL = Strategy("grid_reserve", "full", True, True, 1.0, 1.0)
SIZES = ((11.0, 60.0, 48.0), (3.7, 40.0, 32.0), (7.4, 80.0, 64.0))


def _car(random_problem: Maker, seed: int, days: int, **changed: float) -> VehicleProblem:
    power, capacity, daily = SIZES[seed % 3]
    return random_problem(seed, days, power_kw=power, capacity_kwh=capacity, daily_limit_kwh=daily, standby_kw=0.0,
                          wear_sek_per_kwh=(0.25, 0.05)[seed % 2], **changed)  # fmt: skip


@pytest.mark.parametrize("seed", range(24))
def test_without_reserves_the_optimum_is_that_of_the_linear_programme(random_problem: Maker, seed: int) -> None:
    problem = _car(random_problem, seed, days=(2, 5, 14)[seed % 3])
    for strategy in (SMART, HOME, GRID):
        pieces = energy_pieces(problem, strategy)
        if not pieces.is_convex:
            continue
        found = solve_energy(problem, strategy, pieces)
        reference = LinearModel(problem, with_reserves=False).solve(strategy)
        assert found is not None and reference is not None
        assert found.objective_sek == pytest.approx(reference.objective_sek, rel=1e-9, abs=1e-6)
        assert not broken_rules(problem, strategy, found)


def test_most_of_the_random_problems_are_convex(random_problem: Maker) -> None:
    convex = [energy_pieces(_car(random_problem, seed, 5), GRID).is_convex for seed in range(24)]
    assert sum(convex) >= 8


@pytest.mark.parametrize("seed", range(12))
def test_with_reserves_the_cost_is_within_a_few_thousandths_and_never_below(random_problem: Maker, seed: int) -> None:
    problem = _car(random_problem, seed, days=7)
    found = solve(problem, FULL)
    reference = LinearModel(problem, with_reserves=True).solve(FULL)
    assert found is not None and reference is not None
    assert not broken_rules(problem, FULL, found)
    gap = (found.objective_sek - reference.objective_sek) / abs(reference.objective_sek)
    assert -1e-6 <= gap < 0.004


@pytest.mark.parametrize("seed", range(4))
def test_more_nodes_come_closer(random_problem: Maker, seed: int) -> None:
    problem = _car(random_problem, seed, days=7)
    coarse, fine = solve(problem, FULL, nodes=13), solve(problem, FULL, nodes=97)
    reference = LinearModel(problem, with_reserves=True).solve(FULL)
    assert coarse is not None and fine is not None and reference is not None
    assert fine.objective_sek <= coarse.objective_sek + 0.01
    assert fine.objective_sek == pytest.approx(reference.objective_sek, rel=0.0015)


@pytest.mark.parametrize("seed", range(6))
def test_with_standby_days_are_switched_on_and_off(random_problem: Maker, seed: int) -> None:
    problem = random_problem(seed, 6, daily_limit_kwh=48.0)
    found = solve(problem, GRID, nodes=97)
    reference = LinearModel(problem, with_reserves=False).solve(GRID)
    assert found is not None and reference is not None
    assert not broken_rules(problem, GRID, found)
    assert found.objective_sek >= reference.objective_sek - reference.gap_sek - 1e-6
    assert found.objective_sek == pytest.approx(reference.objective_sek, rel=0.01, abs=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_all_losses_come_close_to_a_proven_bound_and_never_below(random_problem: Maker, seed: int) -> None:
    """Loss curve, least power, standby by the day, reserves: against the mixed-integer programme on three days."""
    problem = random_problem(seed, 3, daily_limit_kwh=48.0, power_kw=11.0, curve=LossCurve(0.15, 0.025, 0.0026),
                             least_charge_kw=1.4)  # fmt: skip
    found = solve(problem, FULL)
    assert found is not None
    assert not broken_rules(problem, FULL, found)
    bound = least_cost_sek(problem, FULL)
    assert found.penalised_sek >= bound - 1e-3
    assert found.penalised_sek == pytest.approx(bound, rel=0.02, abs=0.5)


@pytest.mark.parametrize("seed", range(3))
def test_the_mixed_integer_programme_is_the_linear_one_where_nothing_is_whole(random_problem: Maker, seed: int) -> None:
    problem = random_problem(seed, 2)
    linear = LinearModel(problem, with_reserves=True).solve(FULL)
    assert linear is not None
    assert least_cost_sek(problem, FULL) == pytest.approx(linear.penalised_sek, rel=2e-3, abs=0.05)


def test_an_empty_price_leaves_the_hour_unsold(random_problem: Maker) -> None:
    problem = random_problem(3, 4, standby_kw=0.0, fcr_n=np.nan, fcr_d_down=np.nan)
    found = solve(problem, FULL)
    assert found is not None
    assert found.fcr_n_kw.max() == 0.0 and found.fcr_d_down_kw.max() == 0.0
    assert found.fcr_d_up_kw.max() > 0.0


def test_eleven_kw_sell_nine_of_fcr_d_or_eight_of_fcr_n(make_problem: Maker) -> None:
    flat = {"buy": np.full(48, 1.0), "sell": 0.0, "power_kw": 11.0, "floor_kwh": 10.0, "daily_limit_kwh": 50.0}
    disturbance = solve(make_problem(**flat, fcr_d_up=1.0, fcr_d_down=1.0), FULL)
    normal = solve(make_problem(**flat, fcr_n=1.0), FULL)
    assert disturbance is not None and normal is not None
    assert disturbance.fcr_d_up_kw.max() == pytest.approx(11 / 1.2, abs=1e-6)
    assert disturbance.fcr_d_down_kw.max() == pytest.approx(11 / 1.2, abs=1e-6)
    assert normal.fcr_n_kw.max() == pytest.approx(11 / 1.34, abs=1e-6)


def test_two_thresholds_by_hand(make_problem: Maker) -> None:
    """Cheap, dear, cheap, dear with 10 kW, no losses: 10 kWh bought at 1 and sold at 3, twice."""
    problem = make_problem(buy=np.tile([1.0, 3.0], 12), sell=np.tile([1.0, 3.0], 12))
    found = solve(problem, GRID)
    assert found is not None
    assert found.objective_sek == pytest.approx(-12 * 20.0)
    np.testing.assert_allclose(found.charge_kw, np.tile([10.0, 0.0], 12), atol=1e-9)


def test_pieces_that_are_not_convex_are_refused(make_problem: Maker) -> None:
    problem = make_problem(buy=np.full(24, 1.0), sell=2.0)
    pieces = energy_pieces(problem, GRID)
    assert not pieces.is_convex
    with pytest.raises(ValueError, match="not convex"):
        solve_energy(problem, GRID, pieces)


def test_what_the_engine_does_not_hold_is_left_to_the_reference(random_problem: Maker) -> None:
    assert solve(random_problem(1, 2, daily_discharge_limit_kwh=5.0), GRID) is None
    quarters = random_problem(1, 2, step_h=0.25)
    assert solve(quarters, FULL) is None


def test_a_schedule_that_breaks_rules_is_caught(random_problem: Maker) -> None:
    problem = random_problem(2, 3, standby_kw=0.0)
    found = solve(problem, FULL)
    assert found is not None
    step = int(np.flatnonzero(problem.plugged_pu > 0)[3])
    charge, offer = found.charge_kw.copy(), found.fcr_d_up_kw.copy()
    charge[step] += 30.0
    offer[step] += 30.0
    broken = broken_rules(problem, FULL, replace(found, charge_kw=charge, fcr_d_up_kw=offer))
    text = " ".join(str(fault.found) for fault in broken)
    assert "energy up short at the start of the hour" in text
    assert "charging above its limit" in text and "balance missed" in text and "power down sold twice" in text


def test_the_dual_corners_price_every_offer_as_a_linear_programme_does() -> None:
    binding = np.array([[1.34, 1.34, 1.0, 1.0], [1.0, 0.2, 1 / 3, 0.0], [0.2, 1.0, 0.0, 1 / 3]])
    inverses = reserve_vertices.dual_bases(binding)
    corners, offer = np.zeros((reserve_vertices.CORNERS_MOST, 5)), np.zeros(3)
    random = np.random.default_rng(0)
    most = 0
    for trial in range(300):
        prices, free = random.uniform(-0.05, 0.6, 3), random.uniform(0, 20, 4)
        if trial % 5 == 0:
            free[random.integers(4)] = 0.0
        count = reserve_vertices.list_corners(prices, binding, inverses, corners)
        most = max(most, count)
        by_dual = float((corners[:count, :4] @ free).min())
        by_offer = reserve_vertices.best_offer(prices, binding, inverses, corners, count, free, offer)
        reference = -linprog(-np.maximum(prices, 0.0), A_ub=binding.T, b_ub=free).fun
        assert by_dual == pytest.approx(reference, abs=1e-8)
        assert by_offer == pytest.approx(reference, abs=1e-8)
        assert (binding.T @ offer <= free + 1e-8).all() and (offer >= 0).all()
    assert 1 < most <= 11


def test_the_objective_is_the_cash_of_the_schedule(random_problem: Maker) -> None:
    problem = random_problem(4, 3)
    reference = LinearModel(problem, with_reserves=True).solve(FULL)
    assert reference is not None
    assert objective_sek(problem, FULL, reference) == pytest.approx(reference.objective_sek, abs=1e-6)
    assert dynamic.NODES >= 33


def test_every_compiled_module_is_in_the_digest(root: Path) -> None:
    folder = root / "analysis" / "dispatch"
    holding = {path.stem for path in folder.glob("*.py") if "\n@compiled" in path.read_text(encoding="utf-8")}
    assert holding == set(compiled.MODULES)
    assert compiled.compiled_digest() in str(numba.config.CACHE_DIR)
