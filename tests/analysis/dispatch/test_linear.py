"""The optimiser: problems solved by hand, an independent mixed-integer model, and what must hold for any car."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from analysis.dispatch.branching import SearchLimits
from analysis.dispatch.flows import activation_costs, activation_drain_kwh, net_stored_kwh
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import FORCED_PENALTY_SEK_PER_KWH, Dispatch, Strategy, VehicleProblem
from analysis.dispatch.requirement import uncontrolled
from analysis.dispatch.strategies import GRID, HOME, SMART, UNCONTROLLED, solve_strategies
from analysis.errors import DataError
from analysis.settings.model import ReserveLevel

Maker = Callable[..., VehicleProblem]
RESERVE = Strategy("grid_reserve", "full", self_use=True, export=True, fcr_n_pu=1.0, fcr_d_pu=1.0)
EXACT = SearchLimits(gap_sek=1e-7, gap_pu=0.0, solve_count=5000)


def solve(problem: VehicleProblem, strategy: Strategy, limits: SearchLimits = EXACT) -> Dispatch:
    found = LinearModel(problem, with_reserves=strategy.sells_reserves).solve(strategy, limits=limits)
    assert found is not None
    return found


def test_one_way_charging_takes_the_cheapest_hours(make_problem: Maker) -> None:
    problem = make_problem([3.0, 1.0, 2.0, 9.0], plugged=[1, 1, 1, 0], driving=[0, 0, 0, 14.0])
    found = solve(problem, SMART)
    np.testing.assert_allclose(found.charge_kw, [0, 10, 4, 0], atol=1e-9)
    assert found.objective_sek == pytest.approx(10 * 1 + 4 * 2)


def test_serving_the_house_is_bounded_by_its_load(make_problem: Maker) -> None:
    problem = make_problem([1.0, 3.0, 3.0], load=[2.0, 2.0, 0.5], sell=0.0)
    found = solve(problem, HOME)
    np.testing.assert_allclose(found.load_discharge_kw, [0, 2, 0.5], atol=1e-9)
    assert found.export_discharge_kw.sum() == 0
    assert found.objective_sek == pytest.approx(2.5 * 1.0 - 2.5 * 3.0)


def test_following_a_small_load_takes_more_from_the_battery(make_problem: Maker) -> None:
    problem = make_problem([1.0, 3.0], load=[0.0, 2.0], sell=0.0, efficiency=0.9)
    found = solve(replace(problem, load_efficiency_pu=np.array([0.5, 0.5])), HOME)
    assert found.charge_kw[0] * 0.9 == pytest.approx(2.0 / 0.5)
    assert abs(found.state_kwh[-1] - found.state_kwh[0]) < 1e-9


def test_export_needs_more_than_losses_and_wear(make_problem: Maker) -> None:
    """Bought at 1, efficiency 0.9 each way, wear 0.2: export pays above 1/0.81 + 0.2 = 1.4346."""
    for sell, exported in ((1.43, 0.0), (1.44, 8.1)):
        problem = make_problem([1.0, 9.0], sell=[0.0, sell], efficiency=0.9, wear_sek_per_kwh=0.2)
        assert solve(problem, GRID).export_discharge_kw[1] == pytest.approx(exported)


def test_standby_switches_a_day_off(make_problem: Maker) -> None:
    """Two days; the spread of the second (2 kWh × 1 SEK) does not pay 2.4 kWh of standby; that of the first does."""
    buy = np.ones(48)
    buy[20], buy[44] = 5.0, 2.0
    load = np.where(buy > 1, 2.0, 0.0)
    found = solve(make_problem(buy, load=load, sell=-5.0, standby_kw=0.1), HOME)
    np.testing.assert_array_equal(found.enabled_pu, np.repeat([1.0, 0.0], 24))
    assert found.objective_sek == pytest.approx(2.0 - 2.0 * 5.0 + 2.4)


def test_charging_on_the_road_is_counted_not_infeasible(make_problem: Maker) -> None:
    problem = make_problem([1.0, 1.0, 1.0], plugged=[1, 0, 0], driving=[0, 12.0, 3.0])
    for schedule in (solve(problem, SMART), uncontrolled(problem)):
        assert schedule.forced_dc_kwh.sum() == pytest.approx(5.0)
        assert schedule.charge_kw[0] == pytest.approx(10.0)
        assert schedule.objective_sek == pytest.approx(10 * 1 + 5 * 5)
        assert schedule.state_kwh.min() >= problem.floor_kwh - 1e-9


def test_two_way_use_never_adds_charging_on_the_road(random_problem: Maker) -> None:
    """The same energy could be charged on another outing; each outing is held to that of one-way charging."""
    for seed in range(8):
        problem = random_problem(seed, days=7, capacity_kwh=22.0, daily_limit_kwh=18.0, power_kw=1.0)
        level = ReserveLevel(level_id="full", fcr_n_pu=1.0, fcr_d_pu=1.0)
        solved = solve_strategies(problem, (level,), True, EXACT)
        smart = solved[SMART].forced_dc_kwh
        away = np.cumsum(problem.plugged_pu > 0)
        for schedule in solved.values():
            excess = np.bincount(away, weights=schedule.forced_dc_kwh - smart)
            if schedule is not solved[UNCONTROLLED]:
                assert excess.max() < 1e-6
    assert smart.sum() > 0


def test_a_long_trip_may_fill_beyond_the_daily_limit(make_problem: Maker) -> None:
    buy = [1.0] * 6
    problem = make_problem(buy, plugged=[1, 1, 1, 1, 1, 0], driving=[0, 0, 0, 0, 0, 45.0])
    found = solve(problem, SMART)
    assert found.forced_dc_kwh.sum() == 0
    assert found.state_kwh[5] == pytest.approx(55.0)
    assert (found.state_kwh[:5] <= problem.ceiling_kwh[:5] + 1e-9).all()


def test_negative_import_price_does_not_burn_energy(make_problem: Maker) -> None:
    """Paid to import in hour 1 with little room left: a relaxed schedule would discharge meanwhile to import more."""
    problem = make_problem(
        [1.0, -2.0, 1.0], sell=[0.0, -2.5, 0.9], load=3.0, efficiency=0.9, daily_limit_kwh=12.0, capacity_kwh=12.0
    )
    found = solve(problem, GRID)
    assert found.simultaneous_count > 0
    assert np.minimum(found.charge_kw, found.discharge_kw).max() <= 1e-6
    assert found.objective_sek == pytest.approx(reference_cost(problem, GRID), abs=1e-6)


def test_export_that_pays_more_than_import_serves_the_house_first(make_problem: Maker) -> None:
    problem = make_problem([1.0, 2.0], sell=[0.0, 3.0], load=4.0, daily_limit_kwh=18.0, wear_sek_per_kwh=0.0)
    found = solve(problem, GRID)
    assert found.export_discharge_kw[1] == pytest.approx(4.0)
    assert found.load_discharge_kw[1] == pytest.approx(4.0)
    assert found.objective_sek == pytest.approx(reference_cost(problem, GRID), abs=1e-6)


def test_an_impossible_problem_is_named(make_problem: Maker) -> None:
    """A battery that starts below its floor, unplugged and standing: nothing can lift it."""
    problem = make_problem([1.0, 1.0], floor_kwh=10.0, plugged=[0, 1], start_kwh=5.0)
    with pytest.raises(DataError, match="feasible schedule"):
        solve(problem, SMART)


def test_quarters_and_hours_agree(make_problem: Maker, random_problem: Maker) -> None:
    """The same prices by the quarter allow no more than by the hour when all limits hold for whole hours."""
    hourly = random_problem(3)
    spread = {name: np.repeat(value, 4) for name, value in vars(hourly).items() if isinstance(value, np.ndarray)}
    quarterly = replace(hourly, **spread, step_h=0.25)
    quarterly = replace(quarterly, driving_dc_kwh=quarterly.driving_dc_kwh / 4)
    for strategy in (SMART, RESERVE):
        by_hour, by_quarter = solve(hourly, strategy), solve(quarterly, strategy, SearchLimits())
        assert by_quarter.objective_sek == pytest.approx(by_hour.objective_sek, rel=0.02, abs=0.05)


# --- an independent model: meter balance, binaries for direction and for each day, solved by branch and cut ---


def reference_cost(problem: VehicleProblem, strategy: Strategy) -> float:
    """Least cost by scipy's mixed-integer solver, with g+ − g− = L + c − d written out."""
    count, step = problem.step_count, problem.step_h
    names = ("c", "d", "into", "out", "e", "f", "b", "way", "n", "u", "w")
    at = {name: np.arange(i * count, (i + 1) * count) for i, name in enumerate(names)}
    days = -(-count // 24)
    day = len(names) * count + np.arange(count) // 24
    size = len(names) * count + days
    rows, low, high = [], [], []

    def row(terms: dict[int, float], least: float, most: float) -> None:
        line = np.zeros(size)
        for column, value in terms.items():
            line[column] += value
        rows.append(line), low.append(least), high.append(most)

    drain_n, drain_u, drain_w = activation_drain_kwh(problem)
    eta_c, eta_d, rules = problem.charge_efficiency_pu, problem.discharge_efficiency_pu, problem.rules
    big = problem.charge_limit_kw.max() + problem.site_load_kw.max() + 1
    for t in range(count):
        c, d, into, out, e, f, b, way, n, u, w = (int(at[name][t]) for name in names)
        following = int(at["e"][(t + 1) % count])
        row({following: 1, e: -1, c: -step * eta_c, d: step / eta_d, f: -1, n: step * drain_n, u: step * drain_u,
             w: step * drain_w, int(day[t]): step * problem.standby_kw * problem.plugged_pu[t]},
            -problem.driving_dc_kwh[t], -problem.driving_dc_kwh[t])  # fmt: skip
        load = problem.site_load_kw[t]
        row({into: 1, out: -1, c: -1, d: 1}, load, load)
        row({into: 1, way: -big}, -np.inf, 0), row({out: 1, way: big}, -np.inf, big)
        power_c, power_d = problem.charge_limit_kw[t], problem.discharge_limit_kw[t]
        row({c: 1, b: -power_c}, -np.inf, 0), row({d: 1, b: power_d}, -np.inf, power_d)
        row({d: 1, int(day[t]): -power_d}, -np.inf, 0)
        if not strategy.export:
            row({d: 1}, -np.inf, load)
        row({n: 1, u: 1, w: 1, int(day[t]): -1000}, -np.inf, 0)
        products = ((n, rules.fcr_n), (u, rules.fcr_d_up), (w, rules.fcr_d_down))
        row({d: 1, c: -1, **{k: r.power_up_pu for k, r in products}}, -np.inf, power_d)
        row({c: 1, d: -1, **{k: r.power_down_pu for k, r in products}}, -np.inf, power_c)
        if strategy.sells_reserves and power_d > 0:
            for state, moment in ((e, t), (following, (t + 1) % count)):
                row({state: eta_d, **{k: -r.energy_up_h for k, r in products}},
                    problem.required_kwh[moment] * eta_d, np.inf)  # fmt: skip
                row({state: 1 / eta_c, **{k: r.energy_down_h for k, r in products}},
                    -np.inf, problem.ceiling_kwh[moment] / eta_c)  # fmt: skip
    cost = np.zeros(size)
    cost[at["into"]], cost[at["out"]] = step * problem.buy_sek_per_kwh, -step * problem.sell_sek_per_kwh
    cost[at["d"]] = step * problem.wear_sek_per_kwh
    cost[at["f"]] = problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH
    prices = (problem.fcr_n_sek_per_kw_h, problem.fcr_d_up_sek_per_kw_h, problem.fcr_d_down_sek_per_kw_h)
    for name, price, moved in zip("nuw", prices, activation_costs(problem), strict=True):
        cost[at[name]] = step * (moved - problem.reserve_net_pu * np.nan_to_num(price))
    upper = np.full(size, np.inf)
    upper[at["e"]], upper[at["b"]], upper[at["way"]], upper[len(names) * count :] = problem.ceiling_kwh, 1, 1, 1
    upper[at["f"]] = np.where(problem.driving_dc_kwh > 0, np.inf, 0)
    for name, price in zip("nuw", prices, strict=True):
        whole = strategy.sells_reserves & ~np.isnan(price) & (problem.plugged_pu >= 1)
        upper[at[name]] = np.where(whole, np.inf, 0)
    upper[at["d"]] = problem.discharge_limit_kw * strategy.is_two_way
    lower = np.zeros(size)
    lower[at["e"]] = problem.floor_kwh
    integer = np.zeros(size)
    integer[at["b"]], integer[at["way"]], integer[len(names) * count :] = 1, 1, 1
    solved = optimize.milp(
        cost, integrality=integer, bounds=optimize.Bounds(lower, upper),
        constraints=optimize.LinearConstraint(np.array(rows), np.array(low), np.array(high)),
        options={"mip_rel_gap": 1e-9},
    )  # fmt: skip
    assert solved.success, solved.message
    own = step * float(problem.site_load_kw @ problem.buy_sek_per_kwh)
    return float(solved.fun) - own


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("strategy", [SMART, HOME, GRID, RESERVE], ids=lambda s: s.name)
def test_agrees_with_an_independent_model(random_problem: Maker, seed: int, strategy: Strategy) -> None:
    problem = random_problem(seed)
    assert solve(problem, strategy).penalised_sek == pytest.approx(reference_cost(problem, strategy), abs=1e-5)


# --- what must hold for any car ---


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), power=st.sampled_from([3.7, 11.0, 20.0]))
def test_energy_balance_closes(random_problem: Maker, seed: int, power: float) -> None:
    problem = random_problem(seed, power_kw=power)
    for strategy in (SMART, HOME, GRID, RESERVE):
        found = solve(problem, strategy, SearchLimits())
        flows = {name: getattr(found, name) for name in (
            "charge_kw", "load_discharge_kw", "export_discharge_kw", "forced_dc_kwh", "fcr_n_kw", "fcr_d_up_kw",
            "fcr_d_down_kw", "enabled_pu")}  # fmt: skip
        assert abs(net_stored_kwh(problem, **flows).sum()) < 1e-6
        assert abs(found.state_kwh[-1] - found.state_kwh[0]) < 1e-6
        assert found.state_kwh.min() >= problem.floor_kwh - 1e-6
        assert (found.state_kwh[:-1] <= problem.ceiling_kwh + 1e-6)[problem.plugged_pu > 0].all()
        assert np.minimum(found.charge_kw, found.discharge_kw).max() <= 1e-6


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_more_freedom_never_costs_more(random_problem: Maker, seed: int) -> None:
    problem = random_problem(seed)
    costs = [uncontrolled(problem).penalised_sek]
    costs += [solve(problem, strategy).penalised_sek for strategy in (SMART, HOME, GRID, RESERVE)]
    assert (np.diff(costs) <= 1e-6).all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_value_grows_with_power_battery_and_plug(random_problem: Maker, seed: int) -> None:
    base = random_problem(seed)
    longer = np.maximum(base.plugged_pu, (np.arange(48) % 24 == 17).astype(float))
    bigger = [
        random_problem(seed, power_kw=16.0),
        random_problem(seed, daily_limit_kwh=70.0, capacity_kwh=80.0),
        random_problem(seed, plugged=longer, standby_kw=0.0),
    ]
    smaller = [base, base, random_problem(seed, standby_kw=0.0)]
    for more, less in zip(bigger, smaller, strict=True):
        for strategy in (SMART, GRID):
            assert solve(more, strategy).penalised_sek <= solve(less, strategy).penalised_sek + 1e-6


def test_endless_wear_leaves_one_way_charging(random_problem: Maker) -> None:
    problem = random_problem(5, wear_sek_per_kwh=1e4)
    assert solve(problem, GRID).objective_sek == pytest.approx(solve(problem, SMART).objective_sek, abs=1e-6)
    assert solve(problem, GRID).discharge_kw.sum() <= 1e-6


def test_unplugging_for_good_forces_all_energy(make_problem: Maker) -> None:
    problem = make_problem([1.0, 1.0], plugged=0.0, driving=[2.0, 3.0])
    assert solve(problem, SMART).forced_dc_kwh.sum() == pytest.approx(5.0)


def test_one_model_serves_all_strategies(random_problem: Maker) -> None:
    problem = random_problem(8)
    kept = LinearModel(problem, with_reserves=True)
    for strategy in (RESERVE, SMART, GRID, HOME, replace(RESERVE, fcr_n_pu=0.0), RESERVE):
        again = kept.solve(strategy, limits=EXACT)
        assert again is not None
        assert again.objective_sek == pytest.approx(solve(problem, strategy).objective_sek, abs=1e-5)


def test_reserves_need_their_rows(random_problem: Maker) -> None:
    with pytest.raises(ValueError, match="with_reserves"):
        LinearModel(random_problem(1), with_reserves=False).solve(RESERVE)
