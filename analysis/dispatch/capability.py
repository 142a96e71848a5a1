"""Turns a schedule into what an enrolled car could discharge for 20 minutes, one hour and four hours."""

import numpy as np

from analysis.dispatch.problem import Dispatch, Vector, VehicleProblem

DURATIONS_H = {"discharge_20min_kw": 1 / 3, "discharge_1h_kw": 1.0, "discharge_4h_kw": 4.0}


def dischargeable_kw(problem: VehicleProblem, schedule: Dispatch, duration_h: float) -> Vector:
    """Power that could be held for a duration from the start of each step, kW AC.

    The least of the power limit and of the energy above what later trips need, spread over the duration. The car must
    stay plugged in for all of it, and the need is read at its *end*: nothing is charged meanwhile.

    Examples
    --------
    40 kWh stored, 15 kWh needed four hours later, efficiency 0.93, 11 kW: 5.8 kW for four hours, 11 kW for one.
    """
    ahead = max(int(np.ceil(duration_h / problem.step_h - 1e-9)), 1)
    windows = np.stack([np.roll(problem.discharge_limit_kw, -offset) for offset in range(ahead)])
    later = np.roll(problem.required_kwh, -ahead)
    spare = np.maximum(schedule.state_kwh[:-1] - np.maximum(later, problem.floor_kwh), 0.0)
    return np.asarray(np.minimum(windows.min(axis=0), spare * problem.discharge_efficiency_pu / duration_h))
