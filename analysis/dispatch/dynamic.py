"""Solves one car's problem by dynamic programming, compiled: the production engine beside ``linear``, its reference.

Where the problem is convex and sells no reserves the optimum is exact (``thresholds``); else ever finer lattices of
stored energy are walked around a path (``lattice``): reserves, V2X on or off by the day, losses by power, least power,
prices below zero.
"""

import logging
from dataclasses import dataclass, replace

import numpy as np

from analysis.dispatch.budgets import within_budgets
from analysis.dispatch.energy import EnergyPieces, energy_pieces, solve_energy, stored_worths
from analysis.dispatch.flows import house_peak_sek, within_site
from analysis.dispatch.lattice import solve_lattice
from analysis.dispatch.layout import DischargePrice, ImportCap
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.peaks import CapSearch, Slots, Trial, slots_of
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem

LOG = logging.getLogger(__name__)

HELD_EXTRAS = ("budget of the horizon", "budget of hours", "capacity tariff", "restoration")


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
    problem = within_site(problem)
    return within_budgets(problem, strategy, lambda price: _solve_priced(problem, strategy, price))


def _solve_priced(problem: VehicleProblem, strategy: Strategy, price: DischargePrice) -> Dispatch | None:
    """Find the cheapest schedule where scheduled discharge bears a price, budgets of the horizon left aside."""
    if problem.peak is not None:
        return _solve_peaks(problem, strategy, price)
    pieces = _plain_pieces(problem, strategy, price)
    if pieces is not None:
        return solve_energy(problem, strategy, pieces)
    return solve_lattice(problem, strategy, price=price)


def _plain_pieces(
    problem: VehicleProblem, strategy: Strategy, price: DischargePrice, cap: ImportCap | None = None
) -> EnergyPieces | None:
    """Lay out the choices of a problem that is exact without a lattice; None where it is not."""
    plain = problem.curve is None and problem.least_charge_kw <= 0.0 and not strategy.sells_reserves
    if not plain or price.sek_per_h > 0.0 or (strategy.is_two_way and problem.standby_kw > 0.0):
        return None
    pieces = energy_pieces(problem, strategy, price, cap)
    return pieces if pieces.is_convex else None


def _solve_peaks(problem: VehicleProblem, strategy: Strategy, price: DischargePrice) -> Dispatch | None:
    """Find the cheapest schedule under a capacity tariff."""
    assert problem.peak is not None
    slots = slots_of(problem, strategy, problem.peak)
    search = CapSearch(slots, lambda limit: _capped(problem, strategy, price, limit))
    found = search.run()
    return None if found is None else found.schedule


def import_cap(problem: VehicleProblem, strategy: Strategy, limit_kw: Vector) -> ImportCap:
    """Turn what the site may import in each step into what it asks of the car."""
    own = np.maximum(problem.net_load_kw, 0.0)
    served = problem.load_limit_kw * float(strategy.self_use)
    return ImportCap(
        charge_kw=np.minimum(problem.charge_limit_kw, np.maximum(limit_kw - own, 0.0)),
        serve_kw=np.minimum(np.maximum(own - limit_kw, 0.0), served),
    )


def _capped(problem: VehicleProblem, strategy: Strategy, price: DischargePrice, limit_kw: Vector) -> Trial | None:
    """Solve a convex problem under a cap on import, with what a kW more of it would save in each step."""
    cap = import_cap(problem, strategy, limit_kw)
    pieces = _plain_pieces(problem, strategy, price, cap)
    assert pieces is not None
    schedule = solve_energy(problem, strategy, pieces)
    if schedule is None:
        return None
    serves, charges = cap.serve_kw > 0.0, cap.charge_kw < problem.charge_limit_kw
    per_kw = np.where(serves, 1 / problem.load_efficiency_pu, problem.charge_efficiency_pu * charges)
    slope = np.where(serves, pieces.slopes[:, 1], pieces.slopes[:, 0])
    least, most = (
        problem.step_h * per_kw * np.maximum(worth + slope, 0.0) for worth in stored_worths(problem, pieces, schedule)
    )
    return Trial(schedule, least, most)


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
