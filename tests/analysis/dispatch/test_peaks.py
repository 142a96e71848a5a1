"""Capacity tariffs in the compiled engine: by hand, against the linear programme, and against every rule."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.dispatch.capped import import_cap, solve_peaks, solve_under_cap
from analysis.dispatch.dynamic import refusals, solve
from analysis.dispatch.energy import energy_pieces, solve_energy, stored_worths
from analysis.dispatch.flows import billed_kw
from analysis.dispatch.layout import FREE, ImportCap, objective_sek
from analysis.dispatch.linear import LinearModel, SearchLimits
from analysis.dispatch.peaks import slots_of
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.strategies import GRID, HOME, SMART
from analysis.dispatch.verify import broken_rules
from analysis.market.capacity_tariff import PeakCharge

Maker = Callable[..., VehicleProblem]
FULL = Strategy("grid_reserve", "full", True, True, 1.0, 1.0)
TIGHT = SearchLimits(gap_sek=1e-7, gap_pu=1e-9, solve_count=3000)


def _tariff(days: int, count: int, first: int = 7, end: int = 19, price: float = 15.0, periods: int = 1) -> PeakCharge:
    """One slot a day within the hours, the days split into periods one after another."""
    hour, day = np.arange(24 * days) % 24, np.arange(24 * days) // 24
    period = np.arange(days) * periods // days
    counts = np.minimum(np.bincount(period), count)
    return PeakCharge(np.where((hour >= first) & (hour < end), day, -1), period, np.full(periods, price), counts)


def _house(random_problem: Maker, seed: int, days: int, peak: PeakCharge, **changed: object) -> VehicleProblem:
    """A car at home by noon and in the evening, prices above zero, no standby: convex."""
    random, hour = np.random.default_rng(seed + 77), np.arange(24 * days) % 24
    plugged = ((hour < 8) | (hour > 15) | (hour == 12)).astype(float)
    problem = random_problem(seed, days, plugged=plugged, standby_kw=0.0, daily_limit_kwh=48.0)
    buy = random.uniform(0.9, 3.0, 24 * days)
    return replace(problem, buy_sek_per_kwh=buy, sell_sek_per_kwh=0.7 * buy - 0.5, peak=peak, **changed)


def _compared(problem: VehicleProblem, strategy: Strategy) -> tuple[Dispatch, Dispatch, float]:
    """Both engines' schedules and the excess of the compiled one's cost, as a share of the bill with one-way power."""
    found = solve(problem, strategy)
    reference = LinearModel(problem, strategy.sells_reserves).solve(strategy, limits=TIGHT)
    smart = LinearModel(problem, False).solve(SMART, limits=TIGHT)
    assert found is not None and reference is not None and smart is not None
    assert not broken_rules(problem, strategy, found)
    excess = found.penalised_sek - reference.penalised_sek
    assert excess >= -reference.gap_sek - 1e-6
    return found, reference, excess / abs(smart.penalised_sek)


def test_charging_spreads_over_all_hours_that_it_may_use(make_problem: Maker) -> None:
    """11.5 kWh in 23 hours at one price: 0.5 kW throughout, 11.5 SEK of energy and 10 SEK/kW × 0.5 kW."""
    plugged, driving = np.r_[np.ones(23), 0.0], np.r_[np.zeros(23), 11.5]
    problem = make_problem(np.ones(24), plugged=plugged, driving=driving, peak=_tariff(1, 1, 0, 24, price=10.0))
    found = solve(problem, SMART)
    assert found is not None
    np.testing.assert_allclose(found.charge_kw[:23], 0.5, atol=0.01)
    assert found.objective_sek == pytest.approx(11.5 + 5.0, abs=2e-3)


def test_the_house_is_served_down_to_where_charging_meets_it(make_problem: Maker) -> None:
    """Loads 1, 1, 3, 1 kW without losses: what 3 lacks the other three take, 3 − M = 3 (M − 1), so M = 1.5."""
    slot = PeakCharge(np.zeros(4, np.int64), np.zeros(1, np.int64), np.array([10.0]), np.array([1]))
    problem = make_problem(np.ones(4), load=[1.0, 1.0, 3.0, 1.0], peak=slot)
    found = solve(problem, HOME)
    assert found is not None
    assert billed_kw(problem, found)[0] == pytest.approx(1.5, abs=1e-3)
    assert found.objective_sek == pytest.approx(-15.0, abs=1e-2)
    assert found.load_discharge_kw[2] == pytest.approx(1.5, abs=1e-3)


def test_a_peak_that_nothing_can_press_down_is_left_where_it_is(make_problem: Maker) -> None:
    """The house alone takes 5 kW while the car is away: below that no cap is worth a kWh dearer."""
    problem = make_problem([1.0, 3.0, 3.0, 3.0], plugged=[1, 0, 1, 1], driving=[0, 4.0, 0, 0], load=[0.0, 5, 0, 0],
                           peak=PeakCharge(np.zeros(4, np.int64), np.zeros(1, np.int64), np.array([50.0]),
                                           np.array([1])))  # fmt: skip
    found = solve(problem, SMART)
    assert found is not None
    assert found.objective_sek == pytest.approx(4.0)
    np.testing.assert_allclose(found.charge_kw, [4.0, 0.0, 0.0, 0.0], atol=1e-9)


def test_a_month_without_charge_is_the_plain_problem(random_problem: Maker) -> None:
    """No hour is billed: no slot, no period, and no cap."""
    none = PeakCharge(np.full(48, -1), np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
    problem = _house(random_problem, 1, 2, none)
    for strategy in (SMART, GRID, FULL):
        found, plain = solve(problem, strategy), solve(replace(problem, peak=None), strategy)
        assert found is not None and plain is not None
        assert found.objective_sek == pytest.approx(plain.objective_sek, abs=1e-9)


def test_what_is_stored_is_worth_the_price_of_the_hour_that_charges_in_part(make_problem: Maker) -> None:
    """12 kWh at 10 kW: full power at 1, 2 kWh at 2. A kW more in the first hour would save 1 SEK, elsewhere nothing."""
    problem = make_problem([1.0, 2.0, 5.0, 9.0], plugged=[1, 1, 1, 0], driving=[0, 0, 0, 12.0])
    pieces = energy_pieces(problem, SMART)
    found = solve_energy(problem, SMART, pieces)
    assert found is not None
    for worth in stored_worths(problem, pieces, found):
        np.testing.assert_allclose(worth[:3], 2.0)
    cap = ImportCap(np.array([8.0, 10.0, 10.0, 0.0]), np.zeros(4), 0.0)
    trial = solve_under_cap(problem, SMART, FREE, cap, None)
    assert trial is not None
    for gain in (trial.least_sek_per_kw, trial.most_sek_per_kw):
        np.testing.assert_allclose(gain, [1.0, 0.0, 0.0, 0.0])


def test_at_the_floor_worth_falls_and_at_the_ceiling_it_rises(make_problem: Maker) -> None:
    """Full: sold at 4 to the floor, filled at 1, sold at 3, filled at 1.5: no worth may fall but where it is empty."""
    problem = make_problem([9.0, 1.0, 9.0, 1.5], sell=[4.0, 0.0, 3.0, 0.0], daily_limit_kwh=20.0)
    pieces = energy_pieces(problem, GRID)
    found = solve_energy(problem, GRID, pieces)
    assert found is not None
    np.testing.assert_allclose(found.state_kwh, [20.0, 10.0, 20.0, 10.0, 20.0])
    least, most = stored_worths(problem, pieces, found)
    np.testing.assert_allclose(least, [1.5, 1.0, 1.5, 1.5])
    np.testing.assert_allclose(most, [4.0, 3.0, 3.0, 3.0])


def test_a_margin_counts_the_offers_that_more_charging_makes_room_for(make_problem: Maker) -> None:
    """FCR-D up at 1 SEK binds 1 kW up: a kW less of net discharge frees one more, beside what energy gains or loses."""
    flat = {"buy": np.full(24, 1.0), "sell": 0.0, "power_kw": 10.0, "floor_kwh": 10.0, "daily_limit_kwh": 50.0}
    cap = ImportCap(np.zeros(24), np.zeros(24), 0.0)
    gains = []
    for price in (np.nan, 1.0):
        trial = solve_under_cap(make_problem(**flat, fcr_d_up=price), FULL, FREE, cap, None)
        assert trial is not None
        gains.append(float(trial.most_sek_per_kw.mean()))
    assert gains[0] == pytest.approx(0.0, abs=0.1)
    assert gains[1] == pytest.approx(gains[0] + 1.0, abs=0.35)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("strategy", [SMART, HOME, GRID])
def test_one_peak_costs_what_it_does_by_the_linear_programme(
    random_problem: Maker, seed: int, strategy: Strategy
) -> None:
    for first, end in ((7, 19), (0, 24)):
        problem = _house(random_problem, seed, 7, _tariff(7, 1, first, end))
        found, reference, gap = _compared(problem, strategy)
        assert gap <= 2e-5
        np.testing.assert_allclose(billed_kw(problem, found), billed_kw(problem, reference), atol=0.05)


def test_the_tariff_changes_what_the_car_does(random_problem: Maker) -> None:
    """What the others prove is proven of tariffs that bite."""
    for strategy in (SMART, HOME, GRID):
        problem = _house(random_problem, 3, 7, _tariff(7, 1))
        free, found = solve(replace(problem, peak=None), strategy), solve(problem, strategy)
        assert free is not None and found is not None
        assert billed_kw(problem, found)[0] < 0.9 * billed_kw(problem, free)[0]


@pytest.mark.parametrize("seed", range(4))
def test_two_months_are_searched_at_once(random_problem: Maker, seed: int) -> None:
    problem = _house(random_problem, seed, 14, _tariff(14, 1, periods=2))
    for strategy in (SMART, HOME):
        assert _compared(problem, strategy)[2] <= 1e-3


@pytest.mark.parametrize("seed", range(6))
def test_three_peaks_come_close(random_problem: Maker, seed: int) -> None:
    """Days that lean on each other through what is stored are not found one by one: close, not exact."""
    problem = _house(random_problem, seed, 7, _tariff(7, 3))
    for strategy in (SMART, HOME, GRID):
        assert _compared(problem, strategy)[2] <= 0.01


def _under(problem: VehicleProblem, strategy: Strategy, limits: Vector) -> tuple[float, Vector, Vector]:
    """Cost of energy under caps of the slots, what exceeds them included, and marginal values of each slot."""
    peak = problem.peak
    assert peak is not None
    plain, slots = replace(problem, peak=None), slots_of(problem, strategy, peak)
    limit = slots.by_step(limits)
    trial = solve_under_cap(plain, strategy, FREE, import_cap(plain, strategy, limit, 30.0), None)
    assert trial is not None
    over = np.maximum(problem.site_load_kw + trial.schedule.charge_kw - trial.schedule.load_discharge_kw - limit, 0.0)
    kept = over[problem.plugged_pu > 0].max() <= 1e-9
    cost = trial.schedule.penalised_sek if kept else np.inf
    return cost, slots.summed(trial.least_sek_per_kw), slots.summed(trial.most_sek_per_kw)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), level=st.floats(1.5, 8.0), step=st.floats(-1.0, 1.0))
def test_marginal_values_bound_what_another_cap_costs(
    random_problem: Maker, seed: int, level: float, step: float
) -> None:
    """Cost is convex in the caps: no other caps cost less than the marginal values of these say."""
    problem = _house(random_problem, seed, 3, _tariff(3, 1))
    here, there = np.full(3, level), np.array([level + step, level, level - 0.5 * step])
    for strategy in (SMART, HOME):
        (cost, least, most), (other, _, _) = _under(problem, strategy, here), _under(problem, strategy, there)
        if np.isfinite(cost):
            for gains in (least, most):
                assert other >= cost - float(gains @ (there - here)) - 1e-6 * (1 + abs(cost))


@pytest.mark.parametrize(("seed", "count"), [(0, 1), (1, 1), (2, 1), (3, 3)])
def test_with_reserves_a_thousandth_of_the_value_is_missed_at_most(
    random_problem: Maker, seed: int, count: int
) -> None:
    problem = _house(random_problem, seed, 7, _tariff(7, count))
    found, reference, _ = _compared(problem, FULL)
    smart = LinearModel(problem, False).solve(SMART, limits=TIGHT)
    assert smart is not None and found.fcr_d_down_kw.sum() > 0.0
    value = smart.penalised_sek - reference.penalised_sek
    assert found.penalised_sek - reference.penalised_sek <= 0.001 * value


@pytest.mark.parametrize("seed", range(2))
def test_days_with_v2x_on_are_chosen_under_the_tariff(random_problem: Maker, seed: int) -> None:
    """Not convex: the schedule stands, is not better than the proven bound and no dearer than one without a search."""
    problem = replace(_house(random_problem, seed, 7, _tariff(7, 1)), standby_kw=0.15)
    found, _, gap = _compared(problem, HOME)
    blind = solve(replace(problem, peak=None), HOME)
    assert blind is not None
    assert found.objective_sek <= objective_sek(problem, HOME, blind) - 1.0
    assert gap <= 0.05


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), days=st.integers(1, 5), count=st.integers(1, 4),
       window=st.sampled_from(((0, 24), (7, 19), (16, 20))), price=st.floats(0.0, 80.0),
       strategy=st.sampled_from((SMART, HOME, GRID)), wild=st.booleans())  # fmt: skip
def test_any_tariff_is_billed_right_and_never_beats_the_optimum(
    random_problem: Maker, seed: int, days: int, count: int, window: tuple[int, int], price: float,
    strategy: Strategy, wild: bool,
) -> None:  # fmt: skip
    """Prices below zero too, where lattices are walked."""
    peak = _tariff(days, count, *window, price=price)
    problem = random_problem(seed, days, standby_kw=0.0, peak=peak) if wild else (
        _house(random_problem, seed, days, peak))  # fmt: skip
    found, _, gap = _compared(problem, strategy)
    assert not broken_rules(problem, strategy, found)
    if not wild and peak.peak_count[0] == 1:
        assert gap <= 1e-3


def test_a_lifetime_budget_is_kept_beside_the_tariff(random_problem: Maker) -> None:
    problem = _house(random_problem, 4, 7, _tariff(7, 1), horizon_discharge_limit_kwh=20.0)
    found, _, gap = _compared(problem, HOME)
    assert 15.0 < found.discharge_kw.sum() <= 20.0 + 1e-6
    assert gap <= 0.02


def test_quarter_hours_with_a_tariff_are_left_to_the_reference(whole_problem: Maker) -> None:
    assert "a capacity tariff in steps shorter than an hour" in refusals(whole_problem(1, 2, 0.25), GRID)
    assert "a capacity tariff in steps shorter than an hour" not in refusals(whole_problem(1, 2, 1.0), GRID)


def test_one_way_charging_pays_for_its_own_peak_only(random_problem: Maker) -> None:
    problem = _house(random_problem, 5, 7, _tariff(7, 1))
    assert problem.peak is not None
    pieces = energy_pieces(problem, SMART)
    free, found = solve_energy(problem, SMART, pieces), solve_peaks(problem, SMART, problem.peak)
    assert free is not None and found is not None and found.objective_sek < free.objective_sek
