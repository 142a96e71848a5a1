"""Turns a higher floor of the battery into what it costs in a winter week, and the hours of backup it buys.

Energy held for an outage is energy that trade does not get: the two are never added, the one is paid with the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.dispatch.fleet_states import FleetStates
from analysis.dispatch.problem import VehicleProblem
from analysis.dispatch.requirement import energy_ceiling_kwh, required_energy_kwh
from analysis.dispatch.strategies import Terms, solve_strategies
from analysis.resilience.backup import NeedCase, lasting_h
from analysis.schemas.resilience import CRITICAL_CASES, PRESENCE, SEASONS

FloatArray = NDArray[np.float64]

FLOORS_PU = (0.4, 0.6)
"""Floors tried beside the user's own, as shares of the battery."""
STRATEGIES = ("smart", "grid_reserve")
SEASON = "winter"


def raised(problem: VehicleProblem, floor_kwh: float, daily_limit_kwh: float, capacity_kwh: float) -> VehicleProblem:
    """Give the same week with a higher floor: need and ceiling follow from it."""
    required = required_energy_kwh(problem.driving_dc_kwh, problem.charge_limit_kw, problem.step_h,
                                   problem.charge_efficiency_pu, floor_kwh)  # fmt: skip
    ceiling = energy_ceiling_kwh(required, max(daily_limit_kwh, floor_kwh), capacity_kwh)
    return replace(problem, floor_kwh=floor_kwh, required_kwh=required, ceiling_kwh=ceiling)


def floor_table(states: FleetStates, terms: Terms, cases: Sequence[NeedCase]) -> pd.DataFrame:
    """Give ``BackupFloor``: the user's own floor first, then the higher ones, in the winter week.

    # ASSUME: whatever floor the plan keeps, in an outage the owner keeps only the user's own: the rest is the backup.
    """
    place = SEASONS.index(SEASON)
    own_pu = terms.parameters["veh.soc_min_user"]
    need = next(case for case in cases if case.load_case == CRITICAL_CASES[1]).by_season[SEASON]
    kept = own_pu * states.capacity_kwh[:, None]

    def told(stored: FloatArray) -> dict[str, float]:
        hours = lasting_h(np.maximum(stored - kept, 0.0), need)
        there = {name: states.there_pu[name][:, place] for name in PRESENCE}
        return {f"{name}_mean_h": float(states.car_weight @ (hours * there[name]).mean(axis=1)) for name in PRESENCE}

    rows: list[dict[str, object]] = []
    for name in STRATEGIES:
        own = states.cost_sek[name][:, place]
        rows.append({"strategy": name, "floor_pu": own_pu, "net_cost_sek_per_week": 0.0,
                     **told(states.stored_kwh[name][:, place])})  # fmt: skip
        for floor, cost, stored in _solved(states, terms, place, name, own_pu):
            rows.append({"strategy": name, "floor_pu": floor,
                         "net_cost_sek_per_week": float(states.car_weight @ (cost - own)), **told(stored)})  # fmt: skip
    return pd.DataFrame(rows)


def _solved(
    states: FleetStates, terms: Terms, place: int, name: str, own_pu: float
) -> Iterator[tuple[float, FloatArray, FloatArray]]:
    """Cost and stored energy of every car under each floor above the user's own."""
    daily = terms.parameters["veh.soc_max_daily"]
    levels = terms.levels[:1] if name == STRATEGIES[-1] else ()
    for floor in FLOORS_PU:
        if floor <= own_pu:
            continue
        found = []
        for car, capacity in enumerate(states.capacity_kwh):
            problem = raised(states.problems[car][place], floor * capacity, daily * capacity, capacity)
            solved = solve_strategies(problem, levels, bool(levels), terms.limits)
            found.append(next(plan for strategy, plan in solved.items() if strategy.name == name))
        yield floor, np.array([plan.objective_sek for plan in found]), np.array([p.state_kwh[:-1] for p in found])
