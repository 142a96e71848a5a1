"""Turns the weeks of an enrolled fleet into what its cars could discharge while plugged in, and did together.

Source: METHODS 4 ("conditional, not average") and check T13 (PR025, PR093).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.battery.cold import cell_temperature_deg_c
from analysis.dispatch.capability import DURATIONS_H, dischargeable_kw
from analysis.dispatch.cold import derated
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.options import ChargerPhysics
from analysis.dispatch.problem import Dispatch, Vector, VehicleProblem
from analysis.dispatch.strategies import GRID, SMART, Terms, attainable, build_problem
from analysis.units import HOURS_PER_WEEK


def fleet_power(
    terms: Terms,
    charger: ChargerPhysics,
    weeks: Sequence[MarketWeek],
    lived: Mapping[tuple[str, str], tuple[Vector, Vector]],
    cars: Sequence[tuple[str, str, float]],
    joint_count: int,
    cells: Mapping[str, Vector] | None = None,
) -> dict[str, float]:
    """Solve every car and week by day-ahead prices and add up.

    Parameters
    ----------
    lived
        Plugged share and driven kWh by (vehicle, week).
    cars
        Vehicle, dwelling and usable kWh.
    joint_count
        How many of them, from the first, are a fleet of their own for what cars do together.
    cells
        Cell temperature by week, degrees Celsius (:func:`cell_temperatures`); None: the cold takes no power.

    Returns
    -------
    dict[str, float]
        The measures of ``DeliverablePower``: weeks weigh as they stand for the year, cars alike.

    Examples
    --------
    Two cars that can hold 11 and 5 kW for an hour while one of them is plugged in half as long as the other give
    (11 × 0.5 + 5) / 1.5 kW per plugged hour.
    """
    sums = dict.fromkeys(("plugged", "steps", "smart", *DURATIONS_H), 0.0)
    highest = dict.fromkeys(("joint_discharge_max_kw", "joint_deliverable_max_kw", "plugged_max"), 0.0)
    for week in weeks:
        together = {name: np.zeros(len(week.steps_utc)) for name in highest}
        for place, (vehicle_id, dwelling, capacity_kwh) in enumerate(cars):
            plugged, driving = lived[vehicle_id, week.week_id]
            problem = build_problem(
                terms, charger, week, plugged_pu=plugged, driving_dc_kwh=driving, load_kw=week.load_kw[dwelling],
                capacity_kwh=capacity_kwh,
            )  # fmt: skip
            if cells is not None:
                problem = derated(problem, terms.parameters, cells[week.week_id], capacity_kwh)
            smart, grid = _solved(problem, terms)
            enrolled = attainable(problem, smart)
            able = {name: dischargeable_kw(enrolled, grid, hours) for name, hours in DURATIONS_H.items()}
            one_way = dischargeable_kw(enrolled, smart, 1.0)
            for name, values in {"plugged": plugged, "steps": np.ones(len(plugged)), "smart": one_way, **able}.items():
                sums[name] += week.weight_weeks * float(values.sum())
            if place < joint_count:
                for name, power in zip(highest, (grid.discharge_kw, able["discharge_1h_kw"], plugged), strict=True):
                    together[name] += power
        highest = {name: max(most, float(together[name].max())) for name, most in highest.items()}
    return {
        "plugged_pu": sums["plugged"] / sums["steps"],
        "plugged_max_pu": highest.pop("plugged_max") / joint_count,
        "smart_deliverable_1h_kw": sums["smart"] / sums["plugged"],
        **{f"grid_{name.replace('discharge', 'deliverable')}": sums[name] / sums["plugged"] for name in DURATIONS_H},
        **highest,
    }


def cell_temperatures(weather: pd.DataFrame, weeks: Sequence[MarketWeek], price_area: str) -> dict[str, Vector]:
    """Temperature of the cells of cars that stand outdoors, by week (``Temperature`` in, hourly)."""
    air = weather[weather["price_area"] == price_area].set_index("interval_start_utc")["temperature_deg_c"]
    return {
        week.week_id: cell_temperature_deg_c(air.reindex(week.steps_utc.floor("h")).to_numpy(float), _step_h(week))
        for week in weeks
    }


def _step_h(week: MarketWeek) -> float:
    return HOURS_PER_WEEK / len(week.steps_utc)


def _solved(problem: VehicleProblem, terms: Terms) -> tuple[Dispatch, Dispatch]:
    """Charging well, and day-ahead trading beside it, from one kept basis."""
    model = LinearModel(problem, with_reserves=False)
    smart = model.solve(SMART, limits=terms.limits)
    assert smart is not None
    model.most_forced_kwh = smart.forced_dc_kwh
    return smart, model.solve(GRID, smart.penalised_sek, terms.limits) or smart
