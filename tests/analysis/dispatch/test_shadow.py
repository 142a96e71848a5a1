"""Shadow prices: signs and sizes by hand, and against the change of the least cost when a limit is moved."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import Strategy, VehicleProblem
from analysis.dispatch.strategies import GRID, SMART

Maker = Callable[..., VehicleProblem]
ALWAYS = Strategy("grid_reserve", "full", True, True, 1.0, 1.0, always_on=True, afrr_mfrr_pu=1.0)
MOVE = 1e-4


def test_a_kwh_in_the_battery_is_worth_the_price_it_saves(make_problem: Maker) -> None:
    """14 kWh from hours at 1 (full) and 2 (not full): a kWh saves 2, and a kW more in the cheap hour saves 1."""
    problem = make_problem([3.0, 1.0, 2.0, 9.0], plugged=[1, 1, 1, 0], driving=[0, 0, 0, 14.0])
    found = LinearModel(problem, False).shadow_prices(SMART)
    np.testing.assert_allclose(found.stored_sek_per_kwh, 2.0)
    np.testing.assert_allclose(found.charge_sek_per_kw, [0, 1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(found.discharge_sek_per_kw, 0.0, atol=1e-9)


def test_budgets_are_worth_the_spread_they_hold_back(make_problem: Maker) -> None:
    """Bought at 1, sold at 5, 3 kWh a day allowed: one more is worth 4; the horizon's budget likewise."""
    buy = np.r_[np.ones(23), 9.0]
    problem = make_problem(buy, sell=np.r_[np.zeros(23), 5.0])
    model = LinearModel(replace(problem, daily_discharge_limit_kwh=3.0), False)
    assert model.shadow_prices(GRID).day_budget_sek_per_kwh.tolist() == pytest.approx([4.0])
    model = LinearModel(replace(problem, horizon_discharge_limit_kwh=3.0), False)
    assert model.shadow_prices(GRID).horizon_budget_sek_per_kwh == pytest.approx(4.0)
    assert LinearModel(problem, False).shadow_prices(GRID).day_budget_sek_per_kwh.tolist() == [0.0]
    assert LinearModel(problem, False).shadow_prices(GRID).discharge_sek_per_kw[-1] == pytest.approx(4.0)


def tight(problem: VehicleProblem) -> VehicleProblem:
    """Limits that can be moved one by one, a budget that binds, and a little driving in every step to take away."""
    return replace(problem, fuse_kw=np.inf, feed_in_kw=np.inf, horizon_discharge_limit_kwh=2.0,
                   driving_dc_kwh=problem.driving_dc_kwh + 2 * MOVE)  # fmt: skip


def cost(problem: VehicleProblem, strategy: Strategy) -> float:
    found = LinearModel(problem, with_reserves=True).solve(strategy)
    assert found is not None
    return found.penalised_sek


def between(problem: VehicleProblem, strategy: Strategy, price: float, name: str, step: int | None) -> bool:
    """The price stands between what one unit less costs and what one unit more saves (the cost is convex)."""

    def moved(by: float) -> float:
        value = getattr(problem, name)
        changed = value + by if step is None else value + by * (np.arange(len(value)) == step)
        return cost(replace(problem, **{name: changed}), strategy)

    here = cost(problem, strategy)
    more, less = (here - moved(MOVE)) / MOVE, (moved(-MOVE) - here) / MOVE
    return min(more, less) - 1e-4 <= price <= max(more, less) + 1e-4


@pytest.mark.parametrize(("seed", "step_h"), [(1, 1.0), (4, 0.25)])
def test_prices_are_the_change_of_the_least_cost(whole_problem: Maker, seed: int, step_h: float) -> None:
    """Every step in which something binds, in a problem with everything in it; V2X always on: no binary moves."""
    problem = tight(whole_problem(seed, 1, step_h))
    found = LinearModel(problem, True).shadow_prices(ALWAYS)
    decides = np.flatnonzero(problem.charge_limit_kw > 0.5)[:: 3 if step_h == 1.0 else 9]
    assert found.charge_sek_per_kw.min() >= 0 and found.discharge_sek_per_kw.min() >= 0
    for step in decides:
        charge, out = float(found.charge_sek_per_kw[step]), float(found.discharge_sek_per_kw[step])
        assert between(problem, ALWAYS, charge, "charge_limit_kw", step), f"charge {step}"
        assert between(problem, ALWAYS, out, "discharge_limit_kw", step), f"discharge {step}"
        gift = -float(found.stored_sek_per_kwh[step])  # a kWh driven more costs what one stored is worth
        assert between(problem, ALWAYS, gift, "driving_dc_kwh", step), f"energy {step}"
    day = float(found.day_budget_sek_per_kwh.sum())
    assert between(problem, ALWAYS, day, "daily_discharge_limit_kwh", None)
    assert between(problem, ALWAYS, found.horizon_budget_sek_per_kwh, "horizon_discharge_limit_kwh", None)


def test_something_binds_in_the_random_problems(whole_problem: Maker) -> None:
    problem = tight(whole_problem(1, 1))
    found = LinearModel(problem, True).shadow_prices(ALWAYS)
    assert (found.charge_sek_per_kw > 1e-3).sum() > 3
    assert (found.discharge_sek_per_kw > 1e-3).sum() > 3
    assert found.stored_sek_per_kwh.min() > 0
    assert found.horizon_budget_sek_per_kwh > 0
