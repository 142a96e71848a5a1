"""Capacity of aFRR and mFRR: what a car can offer by hand, and that both ends of each hour hold its energy."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.dispatch import corner_table, dynamic
from analysis.dispatch.accounts import cash_streams, use_of_battery
from analysis.dispatch.branching import SearchLimits
from analysis.dispatch.lattice import lay_ground
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.products import PRODUCTS
from analysis.dispatch.strategies import SMART
from analysis.dispatch.verify import broken_rules
from analysis.market.tariff import Tariff

Maker = Callable[..., VehicleProblem]
SELL = Strategy("grid_reserve", "full", True, True, 1.0, 1.0, afrr_mfrr_pu=1.0)
TIGHT = SearchLimits(gap_sek=1e-7, gap_pu=1e-9, solve_count=3000)
CONTAINMENT_ONLY = Strategy("grid_reserve", "full", True, True, 1.0, 1.0)


def solve(problem: VehicleProblem, strategy: Strategy = SELL) -> Dispatch:
    found = LinearModel(problem, with_reserves=True).solve(strategy)
    assert found is not None
    assert broken_rules(problem, strategy, found) == []
    return found


@pytest.mark.parametrize("name", ["afrr_up", "afrr_down", "mfrr_up", "mfrr_down"])
def test_one_hour_of_energy_binds(make_problem: Maker, name: str) -> None:
    """A window of 6 kWh holds 6 kW one way for one hour, whatever the power; 12 kWh are held where 6 kW meet 6 kW."""
    problem = make_problem([1.0] * 4, daily_limit_kwh=16.0, power_kw=20.0, **{f"{name}_sek_per_kw_h": np.full(4, 0.3)})
    found = solve(problem)
    np.testing.assert_allclose(getattr(found, f"{name}_kw"), 6.0, rtol=1e-6)
    assert found.objective_sek == pytest.approx(-4 * 6 * 0.3)


def test_power_binds_and_products_add(make_problem: Maker) -> None:
    """10 kW up are sold once: to the dearer of aFRR and mFRR, hour by hour; down stands beside it."""
    problem = make_problem(
        [1.0] * 2, afrr_up_sek_per_kw_h=np.array([0.3, 0.1]), mfrr_up_sek_per_kw_h=np.array([0.2, 0.2]),
        mfrr_down_sek_per_kw_h=np.array([0.05, 0.05]),
    )  # fmt: skip
    found = solve(problem)
    assert found.afrr_up_kw is not None and found.mfrr_up_kw is not None and found.mfrr_down_kw is not None
    np.testing.assert_allclose(found.afrr_up_kw, [10.0, 0.0], atol=1e-7)
    np.testing.assert_allclose(found.mfrr_up_kw, [0.0, 10.0], atol=1e-7)
    np.testing.assert_allclose(found.mfrr_down_kw, [10.0, 10.0], rtol=1e-6)


def test_the_end_of_the_hour_binds_too(make_problem: Maker) -> None:
    """The car needs 20 kWh when it leaves and has 10 more at the start: what it discharges it cannot offer as well."""
    problem = make_problem([1.0, 1.0, 1.0], plugged=[1, 0, 0], driving=[0, 20.0, 0], daily_limit_kwh=30.0,
                           sell=[9.0, 0, 0], afrr_up_sek_per_kw_h=np.array([2.0, np.nan, np.nan]))  # fmt: skip
    found = solve(problem)
    spare = found.state_kwh[[0, 1]] - problem.required_kwh[[0, 1]]
    assert found.afrr_up_kw is not None
    assert found.afrr_up_kw[0] == pytest.approx(min(spare), abs=1e-6)


def test_a_level_of_nothing_sells_nothing(whole_problem: Maker) -> None:
    problem = whole_problem(3)
    found = solve(problem, CONTAINMENT_ONLY)
    assert sum(float(found.offer_kw(product).sum()) for product in PRODUCTS[3:]) == 0.0
    without = replace(problem, **{f"{product.name}_sek_per_kw_h": None for product in PRODUCTS[3:]})
    assert solve(without, CONTAINMENT_ONLY).objective_sek == pytest.approx(found.objective_sek, abs=1e-6)
    assert solve(problem).objective_sek < found.objective_sek - 1


def test_columns_stand_only_where_there_is_a_price(make_problem: Maker) -> None:
    plain = LinearModel(make_problem([1.0] * 4, fcr_n=0.1), True).layout
    unbought = LinearModel(make_problem([1.0] * 4, fcr_n=0.1, afrr_up_sek_per_kw_h=np.full(4, np.nan)), True).layout
    priced = LinearModel(make_problem([1.0] * 4, fcr_n=0.1, afrr_up_sek_per_kw_h=np.full(4, 0.1)), True).layout
    assert plain.column_count == unbought.column_count == priced.column_count - 4


def test_revenue_and_mean_offer_stand_in_the_accounts(make_problem: Maker) -> None:
    """Prices at half their level, 0.36 of it kept: 24 h × 10 kW × 0.2 SEK × 0.5 gross."""
    half = Strategy("grid_reserve", "half", True, True, afrr_mfrr_pu=0.5)
    problem = make_problem([1.0] * 24, mfrr_up_sek_per_kw_h=np.full(24, 0.2), reserve_net_pu=0.36)
    found = solve(problem, half)
    cash = cash_streams(problem, found, half, Tariff(0.25, 0.36, 0.25, 0.06, -0.03, 0.06, 0.0), np.zeros(24))
    assert cash["mfrr_up_revenue_sek"] == pytest.approx(24 * 10 * 0.1)
    assert cash["reserve_net_revenue_sek"] == pytest.approx(0.36 * 24)
    assert cash["afrr_up_revenue_sek"] == 0.0
    assert use_of_battery(problem, found, 60.0)["mfrr_up_kw_h"] == pytest.approx(240.0)


@pytest.mark.parametrize("name", ["afrr_up", "mfrr_down"])
def test_the_check_sees_energy_sold_twice(make_problem: Maker, name: str) -> None:
    problem = make_problem([1.0] * 4, daily_limit_kwh=16.0, power_kw=20.0, **{f"{name}_sek_per_kw_h": np.full(4, 0.3)})
    found = solve(problem)
    twice = replace(found, **{f"{name}_kw": 1.5 * getattr(found, f"{name}_kw")})
    text = " ".join(fault.found for fault in broken_rules(problem, SELL, twice))
    way = "up" if name.endswith("up") else "down"
    assert f"energy {way} short at the start of the hour" in text and f"energy {way} short at the end" in text
    assert "an objective that is not the bill" in text


# --- the compiled engine ---


def _seller(random_problem: Maker, seed: int, days: int) -> VehicleProblem:
    """A car without standby that all seven products are bought from in four hours of five."""
    random, prices = np.random.default_rng(seed + 999), {}
    for name, most in (("afrr_up", 0.4), ("afrr_down", 0.3), ("mfrr_up", 0.3), ("mfrr_down", 0.2)):
        bought = random.random(24 * days) < 0.8
        prices[f"{name}_sek_per_kw_h"] = np.where(bought, random.uniform(0, most, 24 * days), np.nan)
    return random_problem(seed, days, power_kw=(11.0, 3.7, 7.4)[seed % 3], standby_kw=0.0, daily_limit_kwh=48.0,
                          **prices)  # fmt: skip


@pytest.mark.parametrize("seed", range(9))
def test_the_compiled_engine_misses_a_thousandth_of_the_value_at_most(random_problem: Maker, seed: int) -> None:
    problem = _seller(random_problem, seed, 7)
    if seed % 2:
        shorter = replace(problem.rules, afrr_up=replace(problem.rules.afrr_up, energy_up_h=0.5))
        problem = replace(problem, rules=shorter)
    found = dynamic.solve(problem, SELL)
    reference = LinearModel(problem, with_reserves=True).solve(SELL, limits=TIGHT)
    smart = dynamic.solve(problem, SMART)
    assert found is not None and reference is not None and smart is not None
    assert broken_rules(problem, SELL, found) == []
    assert min(float(found.offer_kw(product).sum()) for product in PRODUCTS) > 1.0
    excess = found.penalised_sek - reference.penalised_sek
    assert -1e-6 <= excess <= 0.001 * (smart.penalised_sek - reference.penalised_sek)


@pytest.mark.parametrize("name", ["afrr_up", "afrr_down", "mfrr_up", "mfrr_down"])
def test_the_compiled_engine_binds_one_hour_too(make_problem: Maker, name: str) -> None:
    problem = make_problem([1.0] * 24, daily_limit_kwh=16.0, power_kw=20.0,
                           **{f"{name}_sek_per_kw_h": np.full(24, 0.3)})  # fmt: skip
    found = dynamic.solve(problem, SELL)
    assert found is not None
    np.testing.assert_allclose(getattr(found, f"{name}_kw"), 6.0, atol=1e-4)
    assert found.objective_sek == pytest.approx(-24 * 6 * 0.3, abs=1e-3)


def test_a_level_of_nothing_or_a_gap_leaves_restoration_unsold(random_problem: Maker) -> None:
    problem = _seller(random_problem, 2, 3)
    found, sold = dynamic.solve(problem, CONTAINMENT_ONLY), dynamic.solve(problem, SELL)
    assert found is not None and sold is not None
    assert sum(float(found.offer_kw(product).sum()) for product in PRODUCTS[3:]) == 0.0
    for product in PRODUCTS[3:]:
        assert sold.offer_kw(product)[np.isnan(problem.capacity_price(product))].max() == 0.0


def test_seven_products_have_few_corners(random_problem: Maker) -> None:
    """The list of corners is never cut short: an hour has a few dozen at most."""
    most = max(int(lay_ground(_seller(random_problem, seed, 14), SELL).counts.max()) for seed in range(12))
    assert 10 < most < 0.6 * corner_table.CORNERS_MOST


@settings(max_examples=30, deadline=None, derandomize=True)
@given(seed=st.integers(0, 100_000), days=st.integers(1, 4), standby=st.booleans())
def test_every_schedule_with_restoration_keeps_every_rule(
    random_problem: Maker, seed: int, days: int, standby: bool
) -> None:
    problem = replace(_seller(random_problem, seed, days), standby_kw=0.15 * standby)
    found = dynamic.solve(problem, SELL)
    assert found is not None
    assert broken_rules(problem, SELL, found) == []
