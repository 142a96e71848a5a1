"""Finds the cheapest one-way charging of a site's vehicles together, with the power charge on the peaks of the site.

The dispatch of use cases bills each vehicle's own peaks. An operator with one connection is billed on their sum; this
is what that difference comes to. One linear programme over all vehicles and steps of a week.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from analysis.dispatch.problem import FORCED_PENALTY_SEK_PER_KWH, VehicleProblem
from analysis.errors import DataError, Fault
from analysis.market.capacity_tariff import NOT_BILLED, PeakCharge

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class JointWeek:
    """Charging of all vehicles by step, kW, and what it costs the site: energy, and the power charge on their sum."""

    charge_kw: FloatArray
    cost_sek: float


def joint_cost_sek(problems: Sequence[VehicleProblem], charge_kw: FloatArray) -> float:
    """Bill of one connection for vehicles that charge by a schedule (vehicle × step): energy, and peaks of their sum.

    The site's load counts for the peaks and not for the energy, which is that of charging. What charging takes of own
    generation is priced as import.

    Examples
    --------
    Two vehicles at 10 kW in the same hour are billed on 20 kW, in different hours on 10.
    """
    first, charged = problems[0], charge_kw.sum(axis=0)
    energy = first.step_h * float(charged @ first.buy_sek_per_kwh)
    return energy + (first.peak.cost_sek(joint_import_kw(problems, charge_kw)) if first.peak is not None else 0.0)


def joint_import_kw(problems: Sequence[VehicleProblem], charge_kw: FloatArray) -> FloatArray:
    """Import of the one connection by step, the vehicles' shares of the site's load and generation together."""
    load = np.sum([problem.net_load_kw for problem in problems], axis=0)
    return np.asarray(np.maximum(load + charge_kw.sum(axis=0), 0.0))


def on_peak_alone(problem: VehicleProblem) -> VehicleProblem:
    """The same vehicle where energy costs nothing and the highest hour of the week is all that is billed."""
    highest = PeakCharge(
        np.zeros(problem.step_count, np.int64), np.zeros(1, np.int64), np.ones(1), np.ones(1, np.int64)
    )
    return replace(problem, buy_sek_per_kwh=np.zeros(problem.step_count), peak=highest)


def joint_week(problems: Sequence[VehicleProblem]) -> JointWeek:
    """Minimise the bill of the one connection over the week; each vehicle leaves with what it was promised.

    Parameters
    ----------
    problems
        One a vehicle, in hourly steps and with the same prices; one-way charging.

    Raises
    ------
    DataError
        If the programme has no solution.
    """
    count, steps, peak = len(problems), problems[0].step_count, problems[0].peak
    energy: Any = sparse.block_diag([_energy_rows(problem) for problem in problems])
    cost = np.concatenate([_cost(problem) for problem in problems])
    programme: dict[str, Any] = {
        "bounds": np.vstack([_bounds(problem) for problem in problems]),
        "b_eq": np.concatenate([problem.driving_dc_kwh for problem in problems]),
    }
    if peak is not None:
        rows, bounds, peak_cost = _peak_part(peak, count, steps)
        programme |= {"A_ub": rows, "b_ub": _room(problems, peak, rows.shape[0]),
                      "bounds": np.vstack([programme["bounds"], bounds])}  # fmt: skip
        energy = sparse.hstack([energy, sparse.csr_matrix((energy.shape[0], len(peak_cost)))])
        cost = np.concatenate([cost, peak_cost])
    programme["A_eq"] = sparse.csr_matrix(energy)
    found = optimize.linprog(cost, **programme, method="highs")
    if found.x is None:
        raise DataError(Fault("joint site", found.message, "a schedule for every vehicle", "Check stays and floors."))
    charge = found.x[: 3 * count * steps].reshape(count, 3, steps)[:, 0]
    return JointWeek(charge, joint_cost_sek(problems, charge))


def _cost(problem: VehicleProblem) -> FloatArray:
    """Of charging, of charging on the road (a last resort, as in the dispatch) and of what is stored."""
    road = problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH
    steps = problem.step_count
    return np.concatenate([problem.step_h * problem.buy_sek_per_kwh, np.full(steps, road), np.zeros(steps)])


def _bounds(problem: VehicleProblem) -> FloatArray:
    """Charging, charging on the road, energy at the start of the step."""
    zero = np.zeros(problem.step_count)
    ready = zero if problem.ready_kwh is None else problem.ready_kwh
    least = np.maximum(problem.floor_kwh, ready)
    low = np.concatenate([zero, zero, least])
    high = np.concatenate([problem.charge_limit_kw, zero + np.inf, np.maximum(problem.ceiling_kwh, least)])
    return np.column_stack([low, high])


def _energy_rows(problem: VehicleProblem) -> sparse.csr_matrix:
    """Charged + forced + before − after = driven; the week closes on itself."""
    steps = problem.step_count
    after = sparse.csr_matrix(np.roll(np.eye(steps), 1, axis=1))
    into = problem.step_h * problem.charge_efficiency_pu
    return sparse.csr_matrix(
        sparse.hstack([into * sparse.eye(steps), sparse.eye(steps), sparse.eye(steps) - after])
    )  # fmt: skip


def _room(problems: Sequence[VehicleProblem], peak: PeakCharge, row_count: int) -> FloatArray:
    """Charging in a billed hour is at most the slot less the load; the rows of what slots exceed hold nothing."""
    load, billed = np.sum([problem.net_load_kw for problem in problems], axis=0), peak.slot_of_hour != NOT_BILLED
    return np.concatenate([-load[billed], np.zeros(row_count - int(billed.sum()))])


def _peak_part(peak: PeakCharge, count: int, steps: int) -> tuple[sparse.csr_matrix, FloatArray, FloatArray]:
    """Rows, bounds and cost of slots, of what they exceed their period's level by, and of those levels.

    The sum of the k highest of some numbers is the least of k × level + Σ what exceeds the level.
    """
    slots, periods = len(peak.period_of_slot), len(peak.price_sek_per_kw)
    billed = np.flatnonzero(peak.slot_of_hour != NOT_BILLED)
    one = sparse.hstack([sparse.eye(steps), sparse.csr_matrix((steps, 2 * steps))])
    summed = sparse.csr_matrix(sparse.hstack([one] * count))[billed]
    of_slot = sparse.csr_matrix((np.ones(len(billed)), (np.arange(len(billed)), peak.slot_of_hour[billed])),
                                shape=(len(billed), slots))  # fmt: skip
    below_slot = sparse.hstack([summed, -of_slot, sparse.csr_matrix((len(billed), slots + periods))])
    of_period = sparse.csr_matrix((np.ones(slots), (np.arange(slots), peak.period_of_slot)), shape=(slots, periods))
    excess = sparse.hstack(
        [sparse.csr_matrix((slots, 3 * count * steps)), sparse.eye(slots), -sparse.eye(slots), -of_period]
    )
    share = peak.price_sek_per_kw / peak.peak_count
    cost = np.concatenate([np.zeros(slots), share[peak.period_of_slot], peak.price_sek_per_kw])
    bounds = np.tile([0.0, np.inf], (2 * slots + periods, 1))
    return sparse.csr_matrix(sparse.vstack([below_slot, excess])), bounds, cost
