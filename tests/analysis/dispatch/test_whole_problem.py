"""The whole problem (sun, fuse, capacity tariff, seven reserves, budgets) against an engine that is not ours."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.dispatch import dynamic
from analysis.dispatch.branching import SearchLimits
from analysis.dispatch.flows import charge_sources, peak_change_sek
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.mixed import least_cost_sek
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.products import PRODUCTS, RESTORATION
from analysis.dispatch.requirement import uncontrolled
from analysis.dispatch.strategies import GRID, HOME, SMART
from analysis.dispatch.verify import broken_rules
from workflow.linopy_problem import LinopyProblem

Maker = Callable[..., VehicleProblem]
ALL = Strategy("grid_reserve", "full", True, True, 1.0, 1.0, afrr_mfrr_pu=1.0)
EXACT = SearchLimits(gap_sek=1e-7, gap_pu=0.0, solve_count=5000)


RESTORATION_PRICES = tuple(f"{product.name}_sek_per_kw_h" for product in RESTORATION)


def solve(problem: VehicleProblem, strategy: Strategy) -> Dispatch:
    found = LinearModel(problem, with_reserves=strategy.sells_reserves).solve(strategy, limits=EXACT)
    assert found is not None
    return found


@pytest.mark.parametrize(("seed", "step_h", "strategy"), [(0, 1.0, ALL), (1, 0.25, ALL), (2, 1.0, HOME)])
def test_another_engine_finds_the_same_cost(whole_problem: Maker, seed: int, step_h: float, strategy: Strategy) -> None:
    problem = whole_problem(seed, 2, step_h)
    found = solve(problem, strategy)
    assert broken_rules(problem, strategy, found) == []
    reference = LinopyProblem(problem, strategy, whole=True).solve()
    assert found.penalised_sek == pytest.approx(reference, rel=1e-6, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "strategy"), [(5, ALL), (6, GRID)])
def test_dear_export_and_negative_prices_agree_too(whole_problem: Maker, seed: int, strategy: Strategy) -> None:
    """The kinks of the meter are no longer convex: the other engine holds them by binaries."""
    problem = whole_problem(seed, 1, 1.0, dear_export=True)
    found = solve(problem, strategy)
    assert broken_rules(problem, strategy, found) == []
    assert found.penalised_sek == pytest.approx(LinopyProblem(problem, strategy, whole=True).solve(), abs=1e-5)


def test_the_random_problems_use_all_that_they_have(whole_problem: Maker) -> None:
    """What the other tests prove is proven of schedules in which every feature does something."""
    problem = whole_problem(5, 2, 0.25)
    found = solve(problem, ALL)
    sources = charge_sources(problem, found.charge_kw)
    assert min(float(found.offer_kw(product).sum()) for product in PRODUCTS) > 1
    assert min(sources.grid_kw.sum(), sources.surplus_kw.sum(), sources.spill_kw.sum()) > 1
    assert min(found.load_discharge_kw.sum(), found.export_discharge_kw.sum()) > 1
    site = problem.net_load_kw + found.charge_kw - found.discharge_kw
    assert np.isclose(site, 9.0).any() and np.isclose(site, -4.5).any()
    assert peak_change_sek(problem, found.charge_kw, found.load_discharge_kw) < -1


@pytest.mark.parametrize("seed", range(10, 13))
def test_every_rule_holds(whole_problem: Maker, seed: int) -> None:
    for dear_export in (False, True):
        problem = whole_problem(seed, 2, (1.0, 0.25)[seed % 2], dear_export)
        for strategy in (SMART, HOME, GRID, ALL):
            found = LinearModel(problem, with_reserves=strategy.sells_reserves).solve(strategy)
            assert found is not None
            assert broken_rules(problem, strategy, found) == []


def test_engines_that_do_not_state_all_of_it_refuse_it(whole_problem: Maker) -> None:
    plain = replace(whole_problem(0), solar_kw=None, peak=None, horizon_discharge_limit_kwh=np.inf,
                    daily_discharge_limit_kwh=np.inf, **dict.fromkeys(RESTORATION_PRICES))  # fmt: skip
    assert plain.extras == ()
    for name in ("solar_kw", "peak", *RESTORATION_PRICES):
        problem = replace(plain, **{name: getattr(whole_problem(0), name)})
        assert len(problem.extras) == 1
        assert bool(dynamic.refusals(problem, GRID)) == (name == "solar_kw")
        with pytest.raises(ValueError, match="stated for"):
            least_cost_sek(problem, GRID)


# --- what must hold for any car at any site ---


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), quarters=st.booleans())
def test_more_of_anything_never_costs_more(whole_problem: Maker, seed: int, quarters: bool) -> None:
    """More battery, power, connection, plugged hours, fuse, feed-in and choice: each alone, all else alike."""
    problem = whole_problem(seed, 1, 0.25 if quarters else 1.0)
    limits = {name: getattr(problem, name) for name in ("charge_limit_kw", "discharge_limit_kw")}
    open_site = replace(problem, **dict.fromkeys(limits, 10.0 * problem.plugged_pu))
    unplugged = (problem.plugged_pu == 0) & (problem.driving_dc_kwh == 0)
    later = np.maximum(problem.plugged_pu, unplugged)
    more = {
        "battery": replace(problem, ceiling_kwh=problem.ceiling_kwh + 10.0),
        "power": replace(problem, **{name: 1.3 * limit for name, limit in limits.items()}),
        "plug": replace(problem, plugged_pu=later, standby_kw=0.0,
                        **{name: np.where(unplugged, 5.0, limit) for name, limit in limits.items()}),
        "fuse": replace(open_site, fuse_kw=12.0), "feed-in": replace(open_site, feed_in_kw=12.0, solar_kw=None),
        "budget": replace(problem, daily_discharge_limit_kwh=np.inf, horizon_discharge_limit_kwh=np.inf),
        "products": problem,
    }  # fmt: skip
    less = dict.fromkeys(more, problem) | {
        "plug": replace(problem, standby_kw=0.0), "fuse": open_site, "feed-in": replace(open_site, solar_kw=None),
        "products": replace(problem, **dict.fromkeys(RESTORATION_PRICES)),
    }  # fmt: skip
    for name, wider in more.items():
        assert solve(wider, ALL).penalised_sek <= solve(less[name], ALL).penalised_sek + 1e-5, name
    costs = [
        uncontrolled(problem).penalised_sek,
        *(solve(problem, strategy).penalised_sek for strategy in (SMART, HOME, GRID, ALL)),
    ]
    assert (np.diff(costs) <= 1e-5).all()


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_endless_wear_leaves_one_way_charging(whole_problem: Maker, seed: int) -> None:
    problem = replace(whole_problem(seed, 1), wear_sek_per_kwh=1e4)
    worn = solve(problem, GRID)
    assert worn.objective_sek == pytest.approx(solve(problem, SMART).objective_sek, abs=1e-5)
    assert worn.discharge_kw.sum() <= 1e-6
