"""Solves one car's problem by dynamic programming, compiled: the production engine beside ``linear``, its reference.

Where the problem is convex and sells no reserves the optimum is exact (``thresholds``); else ever finer lattices of
stored energy are walked around a path (``lattice``): reserves, V2X on or off by the day, losses by power, least power,
prices below zero.
"""

import logging
from dataclasses import dataclass, replace

import numpy as np

from analysis.dispatch import thresholds
from analysis.dispatch.budgets import within_budgets
from analysis.dispatch.lattice import solve_lattice
from analysis.dispatch.layout import FREE, DischargePrice
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import FORCED_PENALTY_SEK_PER_KWH, Dispatch, Strategy, Vector, VehicleProblem
from analysis.units import HOURS_PER_DAY

LOG = logging.getLogger(__name__)

HELD_EXTRAS = ("budget of the horizon", "budget of hours")
PREFIX_DAYS = 14
PASSES = 6


@dataclass(frozen=True)
class EnergyPieces:
    """What a stored kWh costs or earns in each step: charge, serve the house, export; battery side.

    ``slopes`` in SEK per kWh stored (negative: energy is worth that), ``lengths`` in kWh; step × 3. ``is_convex``:
    whether charging and discharging at once, or exporting before serving the house, would never pay.
    """

    slopes: Vector
    lengths: Vector
    is_convex: bool


def energy_pieces(problem: VehicleProblem, strategy: Strategy, price: DischargePrice = FREE) -> EnergyPieces:
    """Lay out a step's choices by what they are worth per stored kWh (constant efficiencies, no reserves)."""
    slopes, lengths = np.empty((problem.step_count, 3)), np.empty((problem.step_count, 3))
    discharge_kw = problem.discharge_limit_kw * float(strategy.is_two_way)
    convex = thresholds.lay_choices(
        problem.buy_sek_per_kwh, problem.sell_sek_per_kwh, problem.charge_limit_kw,
        np.minimum(problem.load_limit_kw, discharge_kw) * float(strategy.self_use), discharge_kw,
        problem.load_efficiency_pu, problem.charge_efficiency_pu, problem.discharge_efficiency_pu,
        problem.wear_sek_per_kwh + price.sek_per_kwh, problem.step_h, strategy.export, slopes, lengths,
    )  # fmt: skip
    return EnergyPieces(slopes, lengths, bool(convex))


def refusals(problem: VehicleProblem, strategy: Strategy) -> tuple[str, ...]:
    """Name what of a problem this engine does not hold; empty where it does."""
    held_elsewhere = {
        "a daily limit on discharge": bool(np.isfinite(problem.daily_discharge_limit_kwh)),
        "reserves in steps shorter than an hour": strategy.sells_reserves and problem.step_h != 1.0,
        "an open horizon": not problem.is_periodic,
        "what was settled before": bool(problem.committed),
        "energy kept ready": problem.ready_kwh is not None,
        **dict.fromkeys((extra for extra in problem.extras if extra not in HELD_EXTRAS), True),
    }
    return tuple(name for name, is_there in held_elsewhere.items() if is_there)


def solve(problem: VehicleProblem, strategy: Strategy) -> Dispatch | None:
    """Find the cheapest schedule of a strategy.

    Parameters
    ----------
    problem
        The car, its site and its prices; any whole number of days.
    strategy
        What the car may do.

    Returns
    -------
    Dispatch | None
        None where this engine does not hold what :func:`refusals` names, or where the period does not close;
        :func:`solve_or_refer` falls back to ``linear`` and says so.
    """
    if refusals(problem, strategy):
        return None
    return within_budgets(problem, strategy, lambda price: _solve_priced(problem, strategy, price))


def _solve_priced(problem: VehicleProblem, strategy: Strategy, price: DischargePrice) -> Dispatch | None:
    """Find the cheapest schedule where scheduled discharge bears a price, budgets of the horizon left aside."""
    plain = problem.curve is None and problem.least_charge_kw <= 0.0 and not strategy.sells_reserves
    if plain and price.sek_per_h <= 0.0 and (not strategy.is_two_way or problem.standby_kw <= 0.0):
        pieces = energy_pieces(problem, strategy, price)
        if pieces.is_convex:
            return solve_energy(problem, strategy, pieces)
    return solve_lattice(problem, strategy, price=price)


@dataclass(frozen=True)
class Solved:
    """A schedule, the engine it comes from and, where that is not this one, why."""

    schedule: Dispatch
    engine: str
    referred_for: tuple[str, ...] = ()


def solve_or_refer(problem: VehicleProblem, strategy: Strategy) -> Solved:
    """Find the cheapest schedule; what this engine does not hold is left to the linear programme, which is logged.

    The linear programme knows constant efficiencies alone: losses by power and least power are then left out, and
    named among the reasons.

    Raises
    ------
    DataError
        If the problem has no schedule at all.
    """
    found = solve(problem, strategy)
    if found is not None:
        return Solved(found, "dynamic")
    reasons = refusals(problem, strategy) or ("a period that does not close",)
    if problem.curve is not None or problem.least_charge_kw > 0.0:
        reasons += ("losses by power and least power are left out",)
        problem = replace(problem, curve=None, least_charge_kw=0.0)
    LOG.warning("%s is left to the linear programme: %s", strategy.name, "; ".join(reasons))
    schedule = LinearModel(problem, with_reserves=strategy.sells_reserves).solve(strategy)
    assert schedule is not None, "nothing known is to be beaten"
    return Solved(schedule, "linear", reasons)


def solve_energy(problem: VehicleProblem, strategy: Strategy, pieces: EnergyPieces) -> Dispatch | None:
    """Find the optimum of a convex problem without reserves: exact, no grid.

    Returns
    -------
    Dispatch | None
        None where no schedule closes the period.

    Raises
    ------
    ValueError
        If the pieces are not convex: the rule would be wrong.
    """
    if not pieces.is_convex:
        raise ValueError("energy pieces are not convex; solve by the grid")
    flows = np.zeros((4, problem.step_count))
    road = problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH
    prefix = min(problem.step_count, round(PREFIX_DAYS * HOURS_PER_DAY / problem.step_h))
    data = (problem.driving_dc_kwh, pieces.slopes, pieces.lengths, -road, problem.floor_kwh, problem.ceiling_kwh)
    start, passes, failed = thresholds.solve_closed(*data, prefix, PASSES, flows)
    if failed >= 0:
        return None
    if not passes:
        start, cost = thresholds.search_start(*data, flows)
        if not np.isfinite(cost):
            return None
    state, zero = np.empty(problem.step_count + 1), np.zeros(problem.step_count)
    cost = thresholds.lay_schedule(
        start, flows, problem.driving_dc_kwh, problem.buy_sek_per_kwh, problem.sell_sek_per_kwh,
        problem.load_efficiency_pu, problem.charge_efficiency_pu, problem.discharge_efficiency_pu,
        problem.wear_sek_per_kwh, problem.step_h, problem.forced_charge_sek_per_kwh, state,
    )  # fmt: skip
    return Dispatch(
        charge_kw=flows[0], load_discharge_kw=flows[1], export_discharge_kw=flows[2], forced_dc_kwh=flows[3],
        fcr_n_kw=zero, fcr_d_up_kw=zero, fcr_d_down_kw=zero,
        enabled_pu=np.full(problem.step_count, float(strategy.is_two_way)), state_kwh=state,
        objective_sek=float(cost), solve_count=max(passes, 1),
    )  # fmt: skip
