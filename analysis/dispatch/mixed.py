"""States one car's whole problem as a mixed-integer programme for HiGHS: the reference of the production engine.

Everything the grid handles stands here in rows: no-load loss and least power by a binary a step and direction, the
curve of the losses by tangents, one direction at a time, the house before export, V2X on or off by the day, the
reserve rows at the start and at the end of each hour. Small problems only. Source: METHODS 3.3-3.6.

With a loss curve the tangents let losses be no smaller than they are at the tangent points: the optimum is a lower
bound on the cost, the closer the more tangents; with constant efficiencies it is exact.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.dispatch.flows import activation_costs, activation_drain_kwh, offered_prices
from analysis.dispatch.problem import FORCED_PENALTY_SEK_PER_KWH, Strategy, Vector, VehicleProblem
from analysis.errors import DataError, Fault
from analysis.units import HOURS_PER_DAY

STEP_BLOCKS = (
    "charge",
    "load",
    "export",
    "forced",
    "energy",
    "loss_in",
    "loss_out",
    "is_charging",
    "is_out",
    "is_full",
)
OFFER_BLOCKS = ("n", "up", "down")
TANGENTS = 12
BUDGETS = {"budget of the horizon", "budget of hours"}


@dataclass
class _Model:
    """Collects rows over named blocks of columns, one column a step (days: one a day)."""

    steps: int
    days: int
    rows: list[tuple[list[int], list[float], float, float]] = field(default_factory=list)

    def at(self, block: str, step: int) -> int:
        """Column of a block and step."""
        if block == "day":
            return (len(STEP_BLOCKS) + len(OFFER_BLOCKS)) * self.steps + step
        return (STEP_BLOCKS + OFFER_BLOCKS).index(block) * self.steps + step

    @property
    def count(self) -> int:
        """Number of columns."""
        return (len(STEP_BLOCKS) + len(OFFER_BLOCKS)) * self.steps + self.days

    def add(self, terms: list[tuple[int, float]], lower: float, upper: float) -> None:
        """Append a row."""
        self.rows.append(([column for column, _ in terms], [value for _, value in terms], lower, upper))

    def constraint(self) -> LinearConstraint:
        """All rows."""
        counts = [len(columns) for columns, *_ in self.rows]
        row = np.repeat(np.arange(len(self.rows)), counts)
        column = np.concatenate([columns for columns, *_ in self.rows])
        value = np.concatenate([values for _, values, *_ in self.rows])
        matrix = sparse.csr_matrix((value, (row, column)), shape=(len(self.rows), self.count))
        return LinearConstraint(matrix, [low for *_, low, _ in self.rows], [high for *_, high in self.rows])


def least_cost_sek(problem: VehicleProblem, strategy: Strategy, seconds: float = 60.0, gap_pu: float = 1e-5) -> float:
    """Lower bound on the cost of the best schedule, SEK, as proven by HiGHS; exact with constant efficiencies.

    Charging on the road carries its penalty here, as in ``Dispatch.penalised_sek``.

    Parameters
    ----------
    problem, strategy
        As for the engines; hourly steps where reserves are sold.
    seconds, gap_pu
        When HiGHS stops.

    Raises
    ------
    DataError
        If HiGHS finds no schedule.
    ValueError
        If the horizon is open, something was settled before, or the problem has extras: not stated here.
    """
    if not problem.is_periodic or problem.committed or set(problem.extras) - BUDGETS:
        raise ValueError("stated for energy and containment on a horizon that closes on itself, nothing settled before")
    per_day = round(HOURS_PER_DAY / problem.step_h)
    model = _Model(problem.step_count, -(-problem.step_count // per_day))
    for step in range(problem.step_count):
        _add_flows(model, problem, strategy, step, step // per_day)
        _add_balance(model, problem, step, step // per_day)
        if strategy.sells_reserves:
            _add_reserves(model, problem, step, step // per_day)
    _add_budgets(model, problem)
    lower, upper = _bounds(model, problem, strategy)
    integral = np.zeros(model.count, dtype=np.int64)
    for block in ("is_charging", "is_out", "is_full"):
        integral[model.at(block, 0) : model.at(block, 0) + model.steps] = 1
    integral[model.at("day", 0) :] = 1
    found = milp(_costs(model, problem, strategy), integrality=integral, bounds=Bounds(lower, upper),
                 constraints=model.constraint(), options={"time_limit": seconds, "mip_rel_gap": gap_pu})  # fmt: skip
    if found.x is None:
        raise DataError(Fault("dispatch", f"no schedule ({found.message})", "a feasible problem", "Check the bounds."))
    return float(found.fun if found.mip_dual_bound is None else found.mip_dual_bound)


def _costs(model: _Model, problem: VehicleProblem, strategy: Strategy) -> Vector:
    cost, step, wear = np.zeros(model.count), problem.step_h, problem.wear_sek_per_kwh
    span = slice(0, model.steps)
    parts = {
        "charge": step * problem.buy_sek_per_kwh,
        "load": step * (wear - problem.buy_sek_per_kwh),
        "export": step * (wear - problem.sell_sek_per_kwh),
        "forced": np.full(model.steps, problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH),
    }
    offers = zip(OFFER_BLOCKS, offered_prices(problem, strategy), activation_costs(problem), strict=True)
    parts |= {name: step * (moved - problem.reserve_net_pu * np.nan_to_num(price)) for name, price, moved in offers}
    for name, values in parts.items():
        cost[model.at(name, 0) : model.at(name, 0) + model.steps] = values[span]
    return cost


def _bounds(model: _Model, problem: VehicleProblem, strategy: Strategy) -> tuple[Vector, Vector]:
    lower, upper = np.zeros(model.count), np.full(model.count, np.inf)

    def most(block: str, values: Vector | float) -> None:
        upper[model.at(block, 0) : model.at(block, 0) + model.steps] = values

    most("charge", problem.charge_limit_kw)
    most("load", problem.load_limit_kw * strategy.self_use)
    most("export", problem.discharge_limit_kw * strategy.export)
    most("forced", np.where(problem.driving_dc_kwh > 0, np.inf, 0.0))
    most("energy", problem.ceiling_kwh)
    lower[model.at("energy", 0) : model.at("energy", 0) + model.steps] = problem.floor_kwh
    for block in ("is_charging", "is_out", "is_full"):
        most(block, 1.0)
    whole = (problem.plugged_pu > 1 - 1e-9) & (problem.discharge_limit_kw > 0)
    shares = (strategy.fcr_n_pu, strategy.fcr_d_pu, strategy.fcr_d_pu)
    for block, price, share in zip(OFFER_BLOCKS, offered_prices(problem, strategy), shares, strict=True):
        most(block, np.where(whole & ~np.isnan(price) & (share > 0), np.inf, 0.0))
    upper[model.at("day", 0) :] = float(strategy.is_two_way or strategy.sells_reserves)
    lower[model.at("day", 0) :] = float(strategy.always_on)
    return lower, upper


def _add_flows(model: _Model, problem: VehicleProblem, strategy: Strategy, step: int, day: int) -> None:
    """One direction at a time, least power, the house before export, nothing out on a day that is off, losses."""
    charge, load, export, on = (model.at(name, step) for name in ("charge", "load", "export", "is_charging"))
    out, full, enabled = model.at("is_out", step), model.at("is_full", step), model.at("day", day)
    most_in, most_out = problem.charge_limit_kw[step], problem.discharge_limit_kw[step]
    house = problem.load_limit_kw[step] * strategy.self_use
    model.add([(charge, 1.0), (on, -most_in)], -np.inf, 0.0)
    model.add([(charge, 1.0), (on, -problem.least_charge_kw)], 0.0, np.inf)
    model.add([(load, 1.0), (export, 1.0), (out, -most_out)], -np.inf, 0.0)
    model.add([(on, 1.0), (out, 1.0)], -np.inf, 1.0)
    model.add([(out, 1.0), (enabled, -1.0)], -np.inf, 0.0)
    model.add([(load, 1.0), (full, -house)], 0.0, np.inf)
    model.add([(export, 1.0), (full, -most_out)], -np.inf, 0.0)
    if problem.curve is None:
        return
    curve = problem.curve
    linear, square = curve.linear_pu + curve.extra_pu, curve.square_per_kw
    for point in np.linspace(0.0, max(most_in, most_out), TANGENTS):
        slope, level = linear + 2 * square * point, -square * point**2
        for name, flows, running in (("loss_in", [charge], on), ("loss_out", [load, export], out)):
            terms = [(model.at(name, step), 1.0), *((flow, -slope) for flow in flows)]
            model.add([*terms, (running, -(curve.no_load_kw + level))], 0.0, np.inf)


def _add_balance(model: _Model, problem: VehicleProblem, step: int, day: int) -> None:
    """Energy after the step, periodic (METHODS 1.3)."""
    hours, later = problem.step_h, (step + 1) % model.steps
    terms = [(model.at("energy", later), 1.0), (model.at("energy", step), -1.0), (model.at("forced", step), -1.0)]
    if problem.curve is None:
        terms += [(model.at("charge", step), -hours * problem.charge_efficiency_pu),
                  (model.at("load", step), hours / problem.load_efficiency_pu[step]),
                  (model.at("export", step), hours / problem.discharge_efficiency_pu)]  # fmt: skip
    else:
        terms += [(model.at("charge", step), -hours), (model.at("loss_in", step), hours),
                  (model.at("load", step), hours), (model.at("export", step), hours),
                  (model.at("loss_out", step), hours)]  # fmt: skip
    terms.append((model.at("day", day), hours * problem.standby_kw * problem.plugged_pu[step]))
    for name, drain in zip(OFFER_BLOCKS, activation_drain_kwh(problem), strict=True):
        terms.append((model.at(name, step), hours * drain))
    model.add(terms, -problem.driving_dc_kwh[step], -problem.driving_dc_kwh[step])


def _add_budgets(model: _Model, problem: VehicleProblem) -> None:
    """Energy and hours that may be discharged in the whole horizon."""
    steps, hours = range(model.steps), problem.step_h
    if np.isfinite(problem.horizon_discharge_limit_kwh):
        terms = [(model.at(name, step), hours) for name in ("load", "export") for step in steps]
        model.add(terms, -np.inf, problem.horizon_discharge_limit_kwh)
    if np.isfinite(problem.horizon_discharge_limit_h):
        model.add([(model.at("is_out", step), hours) for step in steps], -np.inf, problem.horizon_discharge_limit_h)


def _add_reserves(model: _Model, problem: VehicleProblem, step: int, day: int) -> None:
    """Reserve rows of METHODS 3.4; energy rows bind only where something is offered."""
    if problem.discharge_limit_kw[step] <= 0 or problem.plugged_pu[step] < 1:
        return
    rules = (problem.rules.fcr_n, problem.rules.fcr_d_up, problem.rules.fcr_d_down)
    offers = [model.at(name, step) for name in OFFER_BLOCKS]
    charge, load, export = (model.at(name, step) for name in ("charge", "load", "export"))
    up = [(offer, rule.power_up_pu) for offer, rule in zip(offers, rules, strict=True)]
    down = [(offer, rule.power_down_pu) for offer, rule in zip(offers, rules, strict=True)]
    most_out, most_in = problem.discharge_limit_kw[step], problem.charge_limit_kw[step]
    model.add([*up, (load, 1.0), (export, 1.0), (charge, -1.0)], -np.inf, most_out)
    model.add([*down, (load, -1.0), (export, -1.0), (charge, 1.0)], -np.inf, most_in)
    model.add([*up, *down, (model.at("day", day), -4.0 * (most_out + most_in))], -np.inf, 0.0)
    for moment in (step, (step + 1) % model.steps):
        energy = model.at("energy", moment)
        held_up = [(offer, -rule.energy_up_h) for offer, rule in zip(offers, rules, strict=True)]
        held_down = [(offer, rule.energy_down_h) for offer, rule in zip(offers, rules, strict=True)]
        out, into = problem.discharge_efficiency_pu, problem.charge_efficiency_pu
        model.add([(energy, out), *held_up], out * problem.required_kwh[moment], np.inf)
        model.add([(energy, 1 / into), *held_down], -np.inf, problem.ceiling_kwh[moment] / into)
