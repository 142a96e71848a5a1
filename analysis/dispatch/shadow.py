"""Reads from the duals of a solved linear programme what one more unit of each limit would save."""

from dataclasses import dataclass

import numpy as np

from analysis.dispatch.columns import Index, Layout
from analysis.dispatch.problem import Vector, VehicleProblem

AT_LIMIT_KW = 1e-9
Mark = tuple[str, Index, Index, Index]


@dataclass(frozen=True)
class ShadowPrices:
    """What one more unit would save over the horizon, SEK; 0 where a limit does not bind.

    All are the derivative of the least cost with its sign turned, so that a limit that hurts has a positive price. At a
    kink (a degenerate optimum) a price lies between the saving of one unit more and the cost of one unit less.

    Attributes
    ----------
    stored_sek_per_kwh
        Worth of a kWh in the battery (DC) in each step: what a gift of it in the step would save. Negative where the
        battery is full and import is paid for.
    charge_sek_per_kw, discharge_sek_per_kw
        Worth of one more kW of charging and of discharging limit in each step (the plug, the charger or the site),
        reserves included; the need of later trips and the household's load are held.
    day_budget_sek_per_kwh
        Worth of one more kWh that may be discharged on each day; zeros without such a limit.
    horizon_budget_sek_per_kwh
        Worth of one more kWh of the horizon's share of a lifetime budget (the μ of METHODS 3.3).
    """

    stored_sek_per_kwh: Vector
    charge_sek_per_kw: Vector
    discharge_sek_per_kw: Vector
    day_budget_sek_per_kwh: Vector
    horizon_budget_sek_per_kwh: float


def shadow_prices_of(
    problem: VehicleProblem, layout: Layout, marks: list[Mark], columns: Vector, row_dual: Vector, column_dual: Vector
) -> ShadowPrices:
    """Collect the duals of every row and bound in which a limit stands.

    Parameters
    ----------
    marks
        Rows in which a limit stands, as the rows were built: name, rows, place (step or day), column that the limit is
        multiplied by there (−1: none).
    columns, row_dual, column_dual
        Solution of the linear programme; a dual is the change of the least cost per unit of its bound.
    """
    count = problem.step_count
    sizes = {"charge": count, "discharge": count, "day_budget": layout.day_count, "horizon_budget": 1}
    worth = {name: np.zeros(size) for name, size in sizes.items()}
    for name, rows, places, factors in marks:
        share = np.where(factors >= 0, columns[factors], 1.0)
        np.add.at(worth[name], places, -row_dual[rows] * share)
    for name, block, at, limit in _bounded(problem, layout):
        columns_of = layout.block(block)
        binds = (columns[columns_of] >= limit - AT_LIMIT_KW) & (limit > 0)
        np.add.at(worth[name], layout.steps[at], np.where(binds, np.maximum(-column_dual[columns_of], 0.0), 0.0))
    return ShadowPrices(
        stored_sek_per_kwh=-row_dual[: layout.node_count][layout.node_of_step],
        charge_sek_per_kw=worth["charge"],
        discharge_sek_per_kw=worth["discharge"],
        day_budget_sek_per_kwh=worth["day_budget"],
        horizon_budget_sek_per_kwh=float(worth["horizon_budget"][0]),
    )


def _bounded(problem: VehicleProblem, layout: Layout) -> list[tuple[str, str, Index, Vector]]:
    """Blocks whose bound is a limit of power: limit, block, places of its columns, bound where it is that limit."""
    steps = layout.steps
    charge, discharge = problem.charge_limit_kw[steps], problem.discharge_limit_kw[steps]
    load = np.where(problem.load_limit_kw[steps] >= discharge, discharge, np.inf)
    found = [("charge", "charge", np.arange(len(steps)), charge),
             ("discharge", "export", np.arange(len(steps)), discharge),
             ("discharge", "load", np.arange(len(steps)), load)]  # fmt: skip
    if problem.solar_kw is not None:
        spill, over = problem.spill_limit_kw[steps], problem.surplus_limit_kw[steps]
        shares = np.where((spill < charge) & (spill + over >= charge), over, np.inf)
        found.append(("charge", "surplus", layout.surplus_at, shares[layout.surplus_at]))
        found.append(("charge", "spill", layout.spill_at, np.where(spill >= charge, spill, np.inf)[layout.spill_at]))
    return found
