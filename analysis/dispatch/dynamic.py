"""Solves one car's problem by dynamic programming, compiled: the production engine beside ``linear``, its reference.

Where the problem is convex and sells no reserves the optimum is exact (``thresholds``); else ever finer lattices of
stored energy are walked around a path (``lattice``): reserves, V2X on or off by the day, losses by power, least power,
prices below zero. A capacity tariff is kept by a search on caps around either (``capped``).
"""

import logging
from dataclasses import dataclass, replace

import numpy as np

from analysis.dispatch.budgets import within_budgets
from analysis.dispatch.capped import solve_peaks
from analysis.dispatch.energy import plain_pieces, solve_energy
from analysis.dispatch.flows import within_site
from analysis.dispatch.lattice import solve_lattice
from analysis.dispatch.layout import DischargePrice
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem

LOG = logging.getLogger(__name__)

HELD_EXTRAS = ("budget of the horizon", "budget of hours", "capacity tariff", "restoration")


def refusals(problem: VehicleProblem, strategy: Strategy) -> tuple[str, ...]:
    """Name what of a problem this engine does not hold; empty where it does.

    Quarter hours, measured on eight cars for a week each, share of the value over one-way charging:

    - An offer holds for the hour while power may follow the price of each quarter (real ones of autumn 2025). One power
      through every hour in which something is offered misses 0.1-1.9 %. The best of some thirty shapes of power within
      the hour misses 0.11-0.56 % where the energy at its start and end is that of the optimum: more than the 0.1 % that
      this engine answers for.
    - A capacity tariff bills hourly means. A cap on each quarter holds them too, but leaves the cheapest quarter less
      than it may take: with generated prices of quarters, 12 % apart, the bill of a car that serves its house is 0.1 %
      higher in the middle and 1.2 % at most.
    """
    held_elsewhere = {
        "a daily limit on discharge": bool(np.isfinite(problem.daily_discharge_limit_kwh)),
        "reserves in steps shorter than an hour": strategy.sells_reserves and problem.step_h != 1.0,
        "a capacity tariff in steps shorter than an hour": problem.peak is not None and problem.step_h != 1.0,
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
        return solve_peaks(problem, strategy, problem.peak, price)
    pieces = plain_pieces(problem, strategy, price)
    if pieces is not None:
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
