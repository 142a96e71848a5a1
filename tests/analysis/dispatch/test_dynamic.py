"""The compiled engine against the linear programme, against every rule, and against cases worked by hand."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.battery.losses import LossCurve
from analysis.dispatch import compiled, corner_table, reserve_vertices
from analysis.dispatch.dynamic import solve, solve_or_refer
from analysis.dispatch.energy import energy_pieces, solve_energy
from analysis.dispatch.lattice import SHARES, Walker, lay_ground, net_prices, solve_lattice
from analysis.dispatch.layout import objective_sek
from analysis.dispatch.linear import LinearModel, SearchLimits
from analysis.dispatch.mixed import least_cost_sek
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.strategies import GRID, HOME, SMART, attainable
from analysis.dispatch.verify import broken_rules

Maker = Callable[..., VehicleProblem]

TIGHT = SearchLimits(gap_sek=1e-7, gap_pu=1e-9, solve_count=3000)
FULL = Strategy("grid_reserve", "full", True, True, 1.0, 1.0)
CURVE = LossCurve(0.15, 0.025, 0.0026)
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
        reference = LinearModel(problem, with_reserves=False).solve(strategy, limits=TIGHT)
        assert found is not None and reference is not None
        assert found.objective_sek == pytest.approx(reference.objective_sek, rel=1e-9, abs=1e-6)
        assert not broken_rules(problem, strategy, found)


def test_most_of_the_random_problems_are_convex(random_problem: Maker) -> None:
    convex = [energy_pieces(_car(random_problem, seed, 5), GRID).is_convex for seed in range(24)]
    assert sum(convex) >= 8


def _value_gap(found: Dispatch, reference_sek: float, problem: VehicleProblem) -> float:
    """Excess of cost over a reference, as a share of the value over one-way charging."""
    smart = solve(replace(problem, curve=None, least_charge_kw=0.0), SMART)
    assert smart is not None
    return (found.penalised_sek - reference_sek) / (smart.penalised_sek - reference_sek)


@pytest.mark.parametrize("seed", range(12))
def test_with_reserves_a_thousandth_of_the_value_is_missed_at_most_and_the_optimum_never_beaten(
    random_problem: Maker, seed: int
) -> None:
    problem = _car(random_problem, seed, days=7)
    found = solve(problem, FULL)
    reference = LinearModel(problem, with_reserves=True).solve(FULL, limits=TIGHT)
    assert found is not None and reference is not None
    assert not broken_rules(problem, FULL, found)
    assert found.penalised_sek >= reference.penalised_sek - reference.gap_sek - 1e-6
    assert _value_gap(found, reference.penalised_sek, problem) <= 0.001


@pytest.mark.parametrize("seed", range(4))
def test_finer_lattices_come_closer(random_problem: Maker, seed: int) -> None:
    problem = _car(random_problem, seed, days=7)
    coarse, fine = solve_lattice(problem, FULL, SHARES[:2]), solve_lattice(problem, FULL)
    reference = LinearModel(problem, with_reserves=True).solve(FULL, limits=TIGHT)
    assert coarse is not None and fine is not None and reference is not None
    gaps = [_value_gap(found, reference.penalised_sek, problem) for found in (coarse, fine)]
    assert gaps[1] < 0.2 * gaps[0]


def test_a_car_that_must_charge_on_the_road_misses_no_more_than_others(random_problem: Maker) -> None:
    """A trip larger than the battery after a night in which it fills: what is worth holding is worth a lattice node."""
    driving = np.zeros(24 * 6)
    driving[[2 * 24 + 9, 4 * 24 + 9]] = 70.0
    problem = random_problem(7, 6, driving=driving, power_kw=11.0, daily_limit_kwh=48.0, standby_kw=0.0)
    smart = LinearModel(problem, with_reserves=False).solve(SMART)
    assert smart is not None and smart.forced_dc_kwh.sum() > 20.0
    problem = attainable(problem, smart)
    found = solve(problem, FULL)
    reference = LinearModel(problem, with_reserves=True).solve(FULL, limits=TIGHT)
    assert found is not None and reference is not None
    assert not broken_rules(problem, FULL, found)
    assert found.forced_dc_kwh.sum() == pytest.approx(reference.forced_dc_kwh.sum(), abs=1e-6)
    assert _value_gap(found, reference.penalised_sek, problem) <= 0.001


@pytest.mark.parametrize("seed", range(6))
def test_with_standby_days_are_switched_on_and_off(random_problem: Maker, seed: int) -> None:
    problem = random_problem(seed, 6, daily_limit_kwh=48.0)
    found = solve(problem, GRID)
    reference = LinearModel(problem, with_reserves=False).solve(GRID, limits=TIGHT)
    assert found is not None and reference is not None
    assert not broken_rules(problem, GRID, found)
    assert found.penalised_sek >= reference.penalised_sek - reference.gap_sek - 1e-6
    assert found.penalised_sek == pytest.approx(reference.penalised_sek, rel=0.002, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_all_losses_come_close_to_a_proven_bound_and_never_below(random_problem: Maker, seed: int) -> None:
    """Loss curve, least power, standby by the day, reserves: against the mixed-integer programme on three days."""
    problem = random_problem(seed, 3, daily_limit_kwh=48.0, power_kw=11.0, curve=CURVE,
                             least_charge_kw=1.4)  # fmt: skip
    found = solve(problem, FULL)
    assert found is not None
    assert not broken_rules(problem, FULL, found)
    bound = least_cost_sek(problem, FULL)
    assert found.penalised_sek >= bound - 1e-3
    assert _value_gap(found, bound, problem) <= 0.005


def _away_one_day(random_problem: Maker, seed: int, day: int, standby_kw: float) -> VehicleProblem:
    """A car that does not plug in on one of three days: two trips and a night between plugging in and out."""
    clock = np.arange(72)
    plugged = ((clock % 24 < 8) | (clock % 24 > 16)) & (clock // 24 != day)
    return random_problem(seed, 3, daily_limit_kwh=48.0, power_kw=11.0, curve=CURVE, least_charge_kw=1.4,
                          plugged=plugged.astype(float), standby_kw=standby_kw)  # fmt: skip


@pytest.mark.parametrize(("seed", "day", "standby_kw"), [(0, 0, 0.15), (0, 2, 0.15), (1, 2, 0.6), (5, 0, 0.6)])
def test_a_period_closes_where_that_is_cheapest(random_problem: Maker, seed: int, day: int, standby_kw: float) -> None:
    """The first lattice leads from node to node, so that it finds every start which a schedule can come back to."""
    problem = _away_one_day(random_problem, seed, day, standby_kw)
    found = solve(problem, FULL)
    assert found is not None
    assert not broken_rules(problem, FULL, found)
    bound = least_cost_sek(problem, FULL)
    assert found.penalised_sek >= bound - 1e-3
    assert _value_gap(found, bound, problem) <= 0.001


@pytest.mark.parametrize("seed", range(4))
def test_the_walk_expects_what_its_schedule_costs(random_problem: Maker, seed: int) -> None:
    """What activation drains weighs once, not twice: days with V2X on would look dearer than they are."""
    problem = _away_one_day(random_problem, seed, 1, 0.15)
    walker, width = Walker(lay_ground(problem, FULL)), float(problem.ceiling_kwh.max()) - problem.floor_kwh
    for share in SHARES:
        assert walker.walk(width * share, share == SHARES[-1])
    found = solve(problem, FULL)
    assert found is not None and found.enabled_pu.max() == 1.0
    expected = float(walker.day_values[:, 0, int(walker.nodes[0])].min())
    assert expected == pytest.approx(found.penalised_sek, abs=0.005 * abs(found.penalised_sek))


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


@pytest.mark.parametrize("seed", range(4))
def test_what_is_driven_within_a_plugged_hour_is_not_offered(random_problem: Maker, seed: int) -> None:
    """Energy at the end of the hour is that after driving: a car that drives 8 kWh before the hour is over."""
    hour = np.arange(72) % 24
    driving = np.where(hour == 18, 8.0, 0.0)
    problem = random_problem(seed, 3, driving=driving, standby_kw=0.0, daily_limit_kwh=32.0, fcr_d_up=0.9)
    found, reference = solve(problem, FULL), LinearModel(problem, True).solve(FULL, limits=TIGHT)
    assert found is not None and reference is not None and found.fcr_d_up_kw[hour == 18].max() > 0.0
    assert not broken_rules(problem, FULL, found)
    assert _value_gap(found, reference.penalised_sek, problem) <= 0.001


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
    assert solve(replace(random_problem(1, 2), ready_kwh=np.full(48, 20.0)), GRID) is None


def test_the_reference_takes_over_and_it_is_said(random_problem: Maker, caplog: pytest.LogCaptureFixture) -> None:
    limited = random_problem(1, 2, daily_discharge_limit_kwh=5.0, least_charge_kw=1.4)
    solved = solve_or_refer(limited, GRID)
    assert solved.engine == "linear"
    assert solved.referred_for == ("a daily limit on discharge", "losses by power and least power are left out")
    assert "a daily limit on discharge" in caplog.text
    assert solved.schedule.discharge_kw.reshape(2, 24).sum(axis=1).max() <= 5.0 + 1e-6
    own = solve_or_refer(random_problem(1, 2), GRID)
    assert own.engine == "dynamic" and not own.referred_for


@settings(max_examples=120, deadline=None, derandomize=True)
@given(seed=st.integers(0, 100_000), days=st.integers(1, 4), standby=st.booleans(), curved=st.booleans(),
       strategy=st.sampled_from((SMART, HOME, GRID, FULL)), least=st.sampled_from((0.0, 1.4)))  # fmt: skip
def test_every_schedule_keeps_every_rule(
    random_problem: Maker, seed: int, days: int, standby: bool, curved: bool, strategy: Strategy, least: float
) -> None:
    """Any car: balance, period, powers, reserve rows"""
    power, capacity, daily = SIZES[seed % 3]
    problem = random_problem(seed, days, power_kw=power, capacity_kwh=capacity, daily_limit_kwh=daily,
                             standby_kw=0.15 * standby, curve=CURVE if curved else None,
                             least_charge_kw=least)  # fmt: skip
    found = solve(problem, strategy)
    assert found is not None
    assert not broken_rules(problem, strategy, found)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 100_000), days=st.integers(2, 5))
def test_no_convex_problem_misses_a_thousandth_or_beats_the_optimum(
    random_problem: Maker, seed: int, days: int
) -> None:
    problem = _car(random_problem, seed, days=days)
    found = solve(problem, FULL)
    reference = LinearModel(problem, with_reserves=True).solve(FULL, limits=TIGHT)
    assert found is not None and reference is not None
    assert found.penalised_sek >= reference.penalised_sek - reference.gap_sek - 1e-6
    assert _value_gap(found, reference.penalised_sek, problem) <= 0.001


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
    inverses, drains = reserve_vertices.dual_bases(binding), np.array([0.02, 0.01, -0.015])
    table, counts = np.zeros((1, corner_table.COLUMNS, corner_table.CORNERS_MOST)), np.zeros(1, np.int64)
    random, offer = np.random.default_rng(0), np.zeros(3)
    for trial in range(300):
        prices, free, worth = random.uniform(-0.05, 0.6, 3), random.uniform(0, 20, 4), random.uniform(0, 3)
        if trial % 5 == 0:
            free[random.integers(4)] = 0.0
        corner_table.list_table(prices[None], drains, binding, inverses, table, counts)
        if prices.max() <= 0.0:
            assert counts[0] == 0
            continue
        assert 0 < counts[0] < corner_table.CORNERS_MOST
        rows = table[0][:, : counts[0]].T
        rows = rows[(rows[:, corner_table.LOW] <= worth) & (worth <= rows[:, corner_table.HIGH])]
        corners = np.c_[rows[:, :4] - worth * rows[:, 4:8], rows[:, corner_table.BASE]]
        net = prices - worth * drains
        by_dual = max(float((corners[:, :4] @ free).min()), 0.0)
        by_offer = reserve_vertices.best_offer(net, binding, inverses, corners, len(corners), free, offer)
        reference = -linprog(-np.maximum(net, 0.0), A_ub=binding.T, b_ub=free).fun
        assert by_dual == pytest.approx(reference, abs=1e-7)
        assert by_offer == pytest.approx(reference, abs=1e-7)
        assert (binding.T @ offer <= free + 1e-8).all() and (offer >= 0).all()


def test_one_table_serves_all_cars_of_a_market(random_problem: Maker) -> None:
    problem = random_problem(1, 2)
    drains, binding = np.zeros(3), reserve_vertices.binding_matrix(map(problem.rule, problem.products))
    tables, prices = corner_table.CornerTables(), net_prices(problem, FULL)
    first, counts = tables.table(prices, drains, binding)
    again, _ = tables.table(prices.copy(), drains, binding)
    other, _ = tables.table(prices * 0.5, drains, binding)
    assert again is first and other is not first and (counts > 0).all()


def test_the_objective_is_the_cash_of_the_schedule(random_problem: Maker) -> None:
    problem = random_problem(4, 3)
    reference = LinearModel(problem, with_reserves=True).solve(FULL)
    assert reference is not None
    assert objective_sek(problem, FULL, reference) == pytest.approx(reference.objective_sek, abs=1e-6)


def test_every_compiled_module_is_in_the_digest(root: Path) -> None:
    folder = root / "analysis" / "dispatch"
    holding = {
        path.stem
        for path in folder.glob("*.py")
        if re.search(r"\n@(compiled|vectorised)\n", path.read_text(encoding="utf-8"))
    }
    assert holding == set(compiled.MODULES)
    assert compiled.compiled_digest() in str(numba.config.CACHE_DIR)
