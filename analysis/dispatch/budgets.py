"""Keeps a schedule within what may be discharged over its horizon, by a price on discharge and not by a hard stop.

The price (μ of METHODS 3.3, per kWh or per hour with discharge) is the least at which the cheapest schedule keeps the
budget. What that schedule leaves unused is filled from the schedule that stands just beyond the budget: wherever the
two hold the same energy, the horizon may change from one to the other.
"""

from collections.abc import Callable

import numpy as np

from analysis.dispatch.lattice import close_period
from analysis.dispatch.layout import FREE, DischargePrice, costs_by_step, flows_of, schedule_of
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.verify import TOLERANCE_KW, TOLERANCE_KWH, broken_rules
from analysis.units import HOURS_PER_DAY

Solve = Callable[[DischargePrice], Dispatch | None]

FIRST_PRICE, DOUBLINGS, HALVINGS, ROUNDS = 1.0, 12, 16, 3
MEETING_KWH = 1e-9
TRIED = 4


def used(problem: VehicleProblem, schedule: Dispatch) -> tuple[float, float]:
    """What a schedule uses of both budgets: kWh discharged (AC, scheduled) and hours in which it discharges."""
    return float(_by_step(problem, schedule, 0).sum()), float(_by_step(problem, schedule, 1).sum())


def _by_step(problem: VehicleProblem, schedule: Dispatch, axis: int) -> Vector:
    out = schedule.discharge_kw
    return np.asarray(problem.step_h * (out if axis == 0 else (out > TOLERANCE_KW).astype(float)))


def _limits(problem: VehicleProblem) -> tuple[float, float]:
    return problem.horizon_discharge_limit_kwh, problem.horizon_discharge_limit_h


def fits(problem: VehicleProblem, schedule: Dispatch) -> bool:
    """Whether a schedule keeps both budgets of its horizon."""
    pairs = zip(used(problem, schedule), _limits(problem), strict=True)
    return all(amount <= limit + TOLERANCE_KWH / 2 for amount, limit in pairs)


def within_budgets(problem: VehicleProblem, strategy: Strategy, solve: Solve) -> Dispatch | None:
    """Find the cheapest schedule that keeps the budgets of the horizon.

    Parameters
    ----------
    problem, strategy
        As for ``dynamic.solve``.
    solve
        Finds the cheapest schedule where discharge bears a price, budgets left aside.

    Returns
    -------
    Dispatch | None
        None where no price is enough, or where ``solve`` finds nothing.
    """
    free = solve(FREE)
    if free is None or fits(problem, free):
        return free
    prices = [0.0, 0.0]
    for axis in range(2):
        if used(problem, free)[axis] > _limits(problem)[axis]:
            found = _search(problem, strategy, solve, [0.0, 0.0], axis)
            if found is None or fits(problem, found):
                return found
    for _ in range(ROUNDS):
        for axis in range(2):
            found = _search(problem, strategy, solve, prices, axis)
            if found is None or fits(problem, found):
                return found
    return None


def _search(
    problem: VehicleProblem, strategy: Strategy, solve: Solve, prices: list[float], axis: int
) -> Dispatch | None:
    """Find the least price of one budget that keeps it, the other's held; sets it among ``prices``."""

    def at(price: float) -> Dispatch | None:
        trial = [price if place == axis else held for place, held in enumerate(prices)]
        return solve(DischargePrice(*trial))

    limit, low, high = _limits(problem)[axis], 0.0, FIRST_PRICE
    over, under = at(low), at(high)
    for _ in range(DOUBLINGS):
        if over is None or under is None or used(problem, under)[axis] <= limit:
            break
        low, high, over, under = high, 2 * high, under, at(2 * high)
    if over is None or under is None or used(problem, under)[axis] > limit:
        return None
    for _ in range(HALVINGS):
        middle = at(0.5 * (low + high))
        if middle is None:
            break
        if used(problem, middle)[axis] > limit:
            low, over = 0.5 * (low + high), middle
        else:
            high, under = 0.5 * (low + high), middle
    prices[axis] = high
    return fill(problem, strategy, under, over, axis)


def fill(problem: VehicleProblem, strategy: Strategy, under: Dispatch, over: Dispatch, axis: int) -> Dispatch:
    """Take over from the schedule beyond a budget what the one within leaves room for, the best stretches first.

    Stretches lie between moments at which both hold the same energy. The last one that has no room is mixed, if the
    mixture keeps every rule: with constant efficiencies that is the optimum of a convex problem.
    """
    limit = _limits(problem)[axis]
    if used(problem, over)[axis] <= limit:
        return over
    stretch = _stretches(problem, under, over)
    more = np.bincount(stretch, _by_step(problem, over, axis) - _by_step(problem, under, axis))
    saved = np.bincount(stretch, costs_by_step(problem, strategy, under) - costs_by_step(problem, strategy, over))
    order = np.argsort(-saved / np.where(more > 0.0, more, MEETING_KWH))
    room, share = limit - used(problem, under)[axis], np.zeros(len(more))
    for place in order[saved[order] > 0.0]:
        if more[place] <= room:
            share[place], room = 1.0, room - max(more[place], 0.0)
    best = _taken_if_sound(problem, strategy, under, over, share[stretch], under)
    left = [place for place in order if saved[place] > 0.0 and share[place] == 0.0 and more[place] > room]
    for place in left[:TRIED] if axis == 0 else ():
        part = np.where(np.arange(len(share)) == place, room / more[place], share)
        best = _taken_if_sound(problem, strategy, under, over, part[stretch], best)
        best = _throttled_if_sound(problem, strategy, under, over, part[stretch], best)
    return best


def _stretches(problem: VehicleProblem, under: Dispatch, over: Dispatch) -> np.ndarray:
    """Number every step's stretch; the first and the last are one, as the horizon closes on itself."""
    same = np.abs(under.state_kwh - over.state_kwh)[:-1] <= MEETING_KWH
    begins_day = np.arange(problem.step_count) % round(HOURS_PER_DAY / problem.step_h) == 0
    meets = same & (begins_day | (under.enabled_pu == over.enabled_pu))
    stretch = np.cumsum(meets)
    return np.asarray(np.where(stretch == stretch[-1], 0, stretch))


def _mixed(under: Vector, over: Vector, share: Vector) -> Vector:
    return np.asarray((1 - share) * under + share * over)


def _taken_if_sound(
    problem: VehicleProblem, strategy: Strategy, under: Dispatch, over: Dispatch, share: Vector, known: Dispatch
) -> Dispatch:
    """Mix two schedules step by step; the known one where that is no cheaper or breaks a rule."""
    flows = _mixed(flows_of(problem, under), flows_of(problem, over), share)
    enabled = _mixed(under.enabled_pu, over.enabled_pu, share)
    start = (1 - share[0]) * under.state_kwh[0] + share[0] * over.state_kwh[0]
    found = schedule_of(problem, strategy, float(start), flows, enabled)
    if found.penalised_sek >= known.penalised_sek or broken_rules(problem, strategy, found):
        return known
    return found


def _throttled_if_sound(
    problem: VehicleProblem, strategy: Strategy, under: Dispatch, over: Dispatch, share: Vector, known: Dispatch
) -> Dispatch:
    """Follow the schedule beyond the budget in a mixed stretch, discharging less: what is left need not be charged."""
    whole = np.ceil(share)
    flows, enabled = flows_of(problem, under), _mixed(under.enabled_pu, over.enabled_pu, whole)
    flows = _mixed(flows, flows_of(problem, over), whole)
    wanted, taken = (_mixed(under.discharge_kw, over.discharge_kw, part) for part in (share, whole))
    mixed = share != whole
    flows[1] = np.where(mixed, taken * (wanted[mixed].sum() / taken[mixed].sum() if mixed.any() else 1.0), taken)
    start = over.state_kwh[0] if whole[0] else under.state_kwh[0]
    found = schedule_of(problem, strategy, float(start), flows, enabled)
    closed = close_period(problem, strategy, found)
    return known if closed is None or closed.penalised_sek >= known.penalised_sek else closed
