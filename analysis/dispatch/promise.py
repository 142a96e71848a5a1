"""Lays on a visitor's problem what its driver came for: it leaves with no less than by charging at once.

Who owns a charger at a place of visit may shift and borrow within a stay. The energy a car brings is its driver's, and
whether the same car comes back is not known: nothing can be carried from one stay to the next.
"""

from dataclasses import replace

import numpy as np

from analysis.dispatch.problem import Vector, VehicleProblem
from analysis.dispatch.requirement import uncontrolled

ROUNDING_KWH = 1e-6


def left_as_promised(problem: VehicleProblem) -> VehicleProblem:
    """Hold the energy at the end of each stay at that of charging at once, and what must be there before it.

    Returns
    -------
    VehicleProblem
        With ``ready_kwh``, and ``required_kwh`` no lower: within a stay the energy from which full charging power still
        reaches the promise. Charging at once and charging later within a stay keep it by their nature.

    Examples
    --------
    A stay of three hours at 10 kW without losses that begins at 20 kWh with a ceiling of 40: 40 kWh at the departure,
    30 an hour before, 20 on arrival.
    """
    ready = _ready_kwh(problem, uncontrolled(problem).state_kwh[:-1])
    return replace(problem, ready_kwh=ready, required_kwh=np.maximum(problem.required_kwh, ready))


def _ready_kwh(problem: VehicleProblem, state_kwh: Vector) -> Vector:
    """Backwards through each stay; zero away from the charger. The horizon is walked twice, as it repeats itself."""
    here = (problem.charge_limit_kw > 0) | (problem.discharge_limit_kw > 0)
    gain = problem.step_h * problem.charge_efficiency_pu * problem.charge_limit_kw - problem.driving_dc_kwh
    ready, count = np.zeros(len(here)), len(here)
    if here.all() or not here.any():
        return ready
    for place in range(2 * count - 1, -1, -1):
        step = place % count
        if not here[step]:
            ready[step] = max(state_kwh[step] - ROUNDING_KWH, 0.0) if here[step - 1] else 0.0
        else:
            ready[step] = max(ready[(step + 1) % count] - gain[step], 0.0)
    return ready
