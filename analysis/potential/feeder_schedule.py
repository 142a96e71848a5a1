"""Finds the charging of several cars that makes the sum of squares of the net load at their transformer least.

That is the heat in cable and transformer: high hours cost more than low ones save, and what two-way charging loses on
the way counts as load. One linear programme over all cars and steps, the square replaced by its tangents. Prices do not
enter; the cars' trips and floors do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from analysis.dispatch.problem import Vector, VehicleProblem
from analysis.errors import DataError, Fault

FloatArray = NDArray[np.float64]

TANGENT_COUNT = 32
"""Against 128 tangents the change of variance moves by at most 0.5 percentage points (eight cars, four weeks)."""
WEAR_KW = 0.05
"""Weight of a discharged kWh against a kW of net load: breaks ties, and keeps energy from going round for nothing."""
ROAD_WEIGHT = 1e4


@dataclass(frozen=True)
class FlatSchedule:
    """Charging and discharging power, car × step, kW AC, and the forced charging on the road, kWh."""

    charge_kw: FloatArray
    discharge_kw: FloatArray
    forced_dc_kwh: FloatArray


def flattest_schedule(problems: Sequence[VehicleProblem], other_load_kw: Vector, is_two_way: bool) -> FlatSchedule:
    """Minimise Σ (net load)² at the transformer, by tangents.

    Parameters
    ----------
    problems
        One a car, on the same steps; trips, limits, floor, ceiling and efficiencies are read, prices are not.
    other_load_kw
        Net load of all else on the feeder; negative where the sun gives more than houses use.
    is_two_way
        Whether cars may discharge.

    Raises
    ------
    DataError
        If the programme has no solution.

    Notes
    -----
    # ASSUME: everything about the week is known to whoever steers the cars; what is reached is the upper end.
    """
    steps = len(other_load_kw)
    tangents, bound = _tangents(other_load_kw, problems)
    free = np.tile([-np.inf, np.inf], (2 * steps, 1))
    cost = np.concatenate([*(_cost(steps) for _ in problems), np.zeros(steps), np.full(steps, 1.0 / bound)])
    programme: dict[str, Any] = {
        "A_ub": _tangent_rows(tangents, len(problems), steps),
        "b_ub": np.repeat([-offset for _, offset in tangents], steps),
        "A_eq": _equations(problems, steps),
        "b_eq": np.concatenate([*(-problem.driving_dc_kwh for problem in problems), -other_load_kw]),
        "bounds": np.vstack([*(_bounds(problem, is_two_way) for problem in problems), free]),
    }
    found = optimize.linprog(cost, **programme, method="highs")
    if found.x is None:
        raise DataError(Fault("local grid", found.message, "a schedule for every car", "Check trips and floors."))
    return _split(found.x, problems, steps)


def _cost(steps: int) -> FloatArray:
    return np.concatenate([np.zeros(steps), np.full(steps, WEAR_KW), np.full(steps, ROAD_WEIGHT), np.zeros(steps)])


def _bounds(problem: VehicleProblem, is_two_way: bool) -> FloatArray:
    """Charge, discharge, charge on the road, state: lowest and highest, step by step."""
    zero, steps = np.zeros(problem.step_count), problem.step_count
    low = np.concatenate([zero, zero, zero, np.full(steps, problem.floor_kwh)])
    high = np.concatenate([problem.charge_limit_kw, problem.discharge_limit_kw * float(is_two_way),
                           np.full(steps, np.inf), np.maximum(problem.ceiling_kwh, problem.floor_kwh)])  # fmt: skip
    return np.column_stack([low, high])


def _equations(problems: Sequence[VehicleProblem], steps: int) -> Any:
    """Energy of every car, and net load = other load + Σ (charge − discharge)."""
    energy = sparse.block_diag([_energy_rows(problem) for problem in problems])
    one_car = sparse.hstack([sparse.eye(steps), -sparse.eye(steps), sparse.csr_matrix((steps, 2 * steps))])
    net = sparse.hstack([one_car] * len(problems))
    nothing = sparse.csr_matrix((energy.shape[0], 2 * steps))
    balance = sparse.hstack([net, -sparse.eye(steps), sparse.csr_matrix((steps, steps))])
    return sparse.vstack([sparse.hstack([energy, nothing]), balance], format="csr")


def _tangent_rows(tangents: Sequence[tuple[float, float]], car_count: int, steps: int) -> Any:
    """Slope × net load − square ≤ −offset, for each tangent and step."""
    nothing = sparse.csr_matrix((steps, 4 * car_count * steps))
    rows = [sparse.hstack([nothing, slope * sparse.eye(steps), -sparse.eye(steps)]) for slope, _ in tangents]
    return sparse.vstack(rows, format="csr")


def _split(solution: FloatArray, problems: Sequence[VehicleProblem], steps: int) -> FlatSchedule:
    """Cut the solution into cars; a step in which a car both charges and discharges keeps what is left of the two.

    Where the sun gives more than all can take, the least squares would send energy round to burn it; the same change of
    the stored energy by one flow alone leaves every later step as it is, and nothing is burnt.
    """
    parts = solution[: 4 * len(problems) * steps].reshape(len(problems), 4, steps)
    into = np.array([problem.charge_efficiency_pu for problem in problems])[:, None]
    out = np.array([problem.discharge_efficiency_pu for problem in problems])[:, None]
    stored = parts[:, 0] * into - parts[:, 1] / out
    return FlatSchedule(np.maximum(stored, 0.0) / into, np.maximum(-stored, 0.0) * out, parts[:, 2])


def _energy_rows(problem: VehicleProblem) -> Any:
    """State after a step = state before + charged − discharged + forced − driven; the week closes on itself."""
    steps = len(problem.plugged_pu)
    charge = -problem.step_h * problem.charge_efficiency_pu * sparse.eye(steps)
    discharge = problem.step_h / problem.discharge_efficiency_pu * sparse.eye(steps)
    after = sparse.csr_matrix(np.roll(np.eye(steps), 1, axis=1))
    return sparse.hstack([charge, discharge, -sparse.eye(steps), after - sparse.eye(steps)], format="csr")


def _tangents(other_load_kw: Vector, problems: Sequence[VehicleProblem]) -> tuple[list[tuple[float, float]], float]:
    """Slopes and offsets of tangents to the square of the net load over the span it is likely to have, and its most."""
    most = float(sum(problem.charge_limit_kw.max() for problem in problems))
    span = np.linspace(float(other_load_kw.min()), float(other_load_kw.max()) + most / 4, TANGENT_COUNT)
    return [(2.0 * point, -point * point) for point in span], float(np.abs(span).max())
