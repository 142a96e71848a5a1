"""The whole problem (sun, fuse, capacity tariff, seven reserves, budgets) against an engine that is not ours."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis.dispatch.branching import SearchLimits
from analysis.dispatch.flows import charge_sources, peak_change_sek
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.products import PRODUCTS
from analysis.dispatch.strategies import GRID, HOME, SMART
from analysis.dispatch.verify import broken_rules
from workflow.linopy_problem import LinopyProblem

Maker = Callable[..., VehicleProblem]
ALL = Strategy("grid_reserve", "full", True, True, 1.0, 1.0, afrr_mfrr_pu=1.0)
EXACT = SearchLimits(gap_sek=1e-7, gap_pu=0.0, solve_count=5000)


def solve(problem: VehicleProblem, strategy: Strategy) -> Dispatch:
    found = LinearModel(problem, with_reserves=strategy.sells_reserves).solve(strategy, limits=EXACT)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("seed", "step_h", "strategy"), [(0, 1.0, ALL), (1, 0.25, ALL), (2, 1.0, HOME), (3, 0.25, SMART), (4, 1.0, GRID)]
)
def test_another_engine_finds_the_same_cost(whole_problem: Maker, seed: int, step_h: float, strategy: Strategy) -> None:
    problem = whole_problem(seed, 2, step_h)
    found = solve(problem, strategy)
    assert broken_rules(problem, strategy, found) == []
    reference = LinopyProblem(problem, strategy, whole=True).solve()
    assert found.penalised_sek == pytest.approx(reference, rel=1e-6, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "strategy"), [(5, ALL), (6, GRID), (7, SMART)])
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


@pytest.mark.parametrize("seed", range(10, 14))
def test_every_rule_holds(whole_problem: Maker, seed: int) -> None:
    for dear_export in (False, True):
        problem = whole_problem(seed, 2, (1.0, 0.25)[seed % 2], dear_export)
        for strategy in (SMART, HOME, GRID, ALL):
            found = LinearModel(problem, with_reserves=strategy.sells_reserves).solve(strategy)
            assert found is not None
            assert broken_rules(problem, strategy, found) == []
