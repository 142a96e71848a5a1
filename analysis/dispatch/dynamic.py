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
from analysis.dispatch.flows import billed_kw, within_site
from analysis.dispatch.lattice import SHARES, margins_of, solve_lattice, walk_lattice
from analysis.dispatch.layout import DischargePrice, ImportCap
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.peaks import HALVINGS, CapSearch, Trial, slots_of
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.verify import TOLERANCE_KW
from analysis.units import HOURS_PER_DAY

LOG = logging.getLogger(__name__)

HELD_EXTRAS = ("budget of the horizon", "budget of hours", "capacity tariff", "restoration")
COARSE, GRID = 13, 4
BEYOND = 2.0
"""What an hour beyond a cap costs, times what a kW of the highest slot does: more than the charge, so that none is."""


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
    beyond = BEYOND * float(slots.share.max(initial=0.0)) / problem.step_h

    def solve_under(limit_kw: Vector, known: Dispatch | None) -> Trial | None:
        cap = import_cap(problem, strategy, limit_kw, beyond)
        pieces = _plain_pieces(problem, strategy, price, cap)
        if pieces is None:
            return _walked(problem, strategy, price, cap, known)
        return _followed(problem, strategy, cap, pieces)

    is_convex = _plain_pieces(problem, strategy, price) is not None
    found = CapSearch(slots, solve_under, lambda found: billed_kw(problem, found)).run(
        HALVINGS if is_convex else COARSE, grid=0 if is_convex else GRID
    )
    return None if found is None else found.schedule


def import_cap(problem: VehicleProblem, strategy: Strategy, limit_kw: Vector, beyond: float) -> ImportCap:
    """Turn what the site may import in each step into what it asks of the car."""
    own = np.maximum(problem.net_load_kw, 0.0)
    served = problem.load_limit_kw * float(strategy.self_use)
    return ImportCap(
        charge_kw=np.minimum(problem.charge_limit_kw, np.maximum(limit_kw - own, 0.0)),
        serve_kw=np.minimum(np.maximum(own - limit_kw, 0.0), served),
        beyond_sek_per_kwh=beyond,
    )


def _followed(problem: VehicleProblem, strategy: Strategy, cap: ImportCap, pieces: EnergyPieces) -> Trial | None:
    """Solve a convex problem under a cap on import, with what a kW more of it would save in each step."""
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


def _walked(
    problem: VehicleProblem, strategy: Strategy, price: DischargePrice, cap: ImportCap, known: Dispatch | None
) -> Trial | None:
    """Walk lattices under a cap on import, with what a kW more of it would save in each step.

    Where days with V2X on are chosen, those of the best schedule ``known`` are tried too.
    """
    trials = [walk_lattice(problem, strategy, SHARES, price, cap)]
    if known is not None and strategy.is_two_way and problem.standby_kw > 0.0 and not strategy.always_on:
        days_on = known.enabled_pu[:: round(HOURS_PER_DAY / problem.step_h)].astype(np.int64)
        trials.append(walk_lattice(problem, strategy, SHARES, price, cap, days_on))
    found = min(filter(None, trials), key=lambda pair: pair[0].penalised_sek, default=None)
    if found is None:
        return None
    schedule = found[0]
    charges = (cap.charge_kw < problem.charge_limit_kw) & (schedule.charge_kw >= cap.charge_kw - TOLERANCE_KW)
    serves = (cap.serve_kw > 0.0) & (schedule.load_discharge_kw <= cap.serve_kw + TOLERANCE_KW)
    missed = schedule.load_discharge_kw < cap.serve_kw - TOLERANCE_KW
    saved = np.where(charges | serves, np.maximum(margins_of(problem, *found), 0.0), 0.0)
    saved = np.where(missed, problem.step_h * cap.beyond_sek_per_kwh, saved)
    return Trial(schedule, saved, saved)


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
