"""Turns driving and plug-in into the least and most energy a car may hold, and into the uncontrolled schedule."""

import numpy as np

from analysis.dispatch.flows import charge_sources, peak_change_sek, within_site
from analysis.dispatch.problem import Dispatch, Vector, VehicleProblem

PASSES = 2
MOST_PASSES = 60
SETTLED_KWH = 1e-9


def required_energy_kwh(
    driving_dc_kwh: Vector,
    charge_limit_kw: Vector,
    step_h: float,
    charge_efficiency_pu: float,
    floor_kwh: float,
    is_periodic: bool = True,
) -> Vector:
    """Least energy at the start of each step that still serves every later trip at full charging power.

    E^req_t = max(floor, E^req_{t+1} + driven_t − Δ·P_t·η_c), on a horizon that repeats itself: the recursion is walked
    twice so that the start sees the trips after the end; on an open one nothing beyond the floor is needed at the end.

    Returns
    -------
    Vector
        One entry a step; may exceed the battery, in which case charging on the road cannot be avoided.

    References
    ----------
    METHODS 1.6.

    Examples
    --------
    A trip of 20 kWh in step 2, steps before it that can store 12 and 8 kWh, floor 10: 10 (start), 22, 30.
    """
    change = driving_dc_kwh - step_h * charge_efficiency_pu * charge_limit_kw
    required = np.full(len(change), floor_kwh)
    level = floor_kwh
    for _ in range(PASSES if is_periodic else 1):
        for step in range(len(change) - 1, -1, -1):
            level = max(floor_kwh, level + change[step])
            required[step] = level
    return required


def energy_ceiling_kwh(required_kwh: Vector, daily_limit_kwh: float, capacity_kwh: float) -> Vector:
    """Most energy at the start of each step.

    # ASSUME: the daily limit holds at all times except before a trip that needs more; then the car fills beyond it as
    # late as its charging power allows, up to the usable capacity.
    """
    return np.minimum(np.maximum(required_kwh, daily_limit_kwh), capacity_kwh)


def terminal_worth_sek(problem: VehicleProblem, end_kwh: float) -> float:
    """Worth of the energy left at an open end; nothing where the horizon closes on itself."""
    if problem.is_periodic:
        return 0.0
    return problem.terminal_sek_per_kwh * min(end_kwh, problem.terminal_target_kwh)


def uncontrolled(problem: VehicleProblem) -> Dispatch:
    """Charge at full power from plug-in until the ceiling is reached; no discharge, no reserves, no standby.

    The horizon is repeated until the state at its end equals the state at its start; an open one is walked once.
    Charging on the road is forced in the step in which the car would fall below its floor.

    Returns
    -------
    Dispatch
        Objective: bill of charging and of charging on the road, less the worth of what is left at an open end.
    """
    problem = within_site(problem)
    start = float(problem.ceiling_kwh[0]) if problem.start_kwh is None else problem.start_kwh
    for _ in range(MOST_PASSES):
        charge, forced, state = _fill_once(problem, start)
        if not problem.is_periodic or abs(state[-1] - start) < SETTLED_KWH:
            break
        start = float(state[-1])
    zero = np.zeros(problem.step_count)
    sources = charge_sources(problem, charge)
    bought, forgone = sources.grid_kw @ problem.buy_sek_per_kwh, sources.surplus_kw @ problem.solar_price
    cash = problem.step_h * float(bought + forgone) + peak_change_sek(problem, charge, zero)
    cash -= terminal_worth_sek(problem, float(state[-1]))
    return Dispatch(
        charge_kw=charge, load_discharge_kw=zero, export_discharge_kw=zero, forced_dc_kwh=forced, fcr_n_kw=zero,
        fcr_d_up_kw=zero, fcr_d_down_kw=zero, enabled_pu=zero, state_kwh=state,
        objective_sek=cash + problem.forced_charge_sek_per_kwh * float(forced.sum()),
    )  # fmt: skip


def _fill_once(problem: VehicleProblem, start_kwh: float) -> tuple[Vector, Vector, Vector]:
    count, step_h, efficiency = problem.step_count, problem.step_h, problem.charge_efficiency_pu
    charge, forced, state = np.zeros(count), np.zeros(count), np.zeros(count + 1)
    state[0] = energy = start_kwh
    ceiling = problem.ceiling_by_moment_kwh
    for step in range(count):
        driven = problem.driving_dc_kwh[step]
        room = max(ceiling[step + 1] - (energy - driven), 0.0)
        charge[step] = min(problem.charge_limit_kw[step], room / (step_h * efficiency))
        energy += step_h * efficiency * charge[step] - driven
        forced[step] = max(problem.floor_kwh - energy, 0.0)
        energy += forced[step]
        state[step + 1] = energy
    return charge, forced, state
