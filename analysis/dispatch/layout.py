"""Lays one car's problem out for the compiled walks over stored energy, and turns their flows into a schedule."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.dispatch.flows import (
    activation_costs,
    activation_drain_kwh,
    net_stored_kwh,
    offered_prices,
    peak_change_sek,
)
from analysis.dispatch.problem import FORCED_PENALTY_SEK_PER_KWH, Dispatch, Strategy, Vector, VehicleProblem


@dataclass(frozen=True)
class DischargePrice:
    """What scheduled discharge is made to cost while a budget is kept; it steers a schedule and is no cash."""

    sek_per_kwh: float = 0.0
    sek_per_h: float = 0.0


FREE = DischargePrice()


def steered_sek(problem: VehicleProblem, schedule: Dispatch, price: DischargePrice) -> float:
    """What schedules are ranked by while discharge bears a price, SEK."""
    out = schedule.discharge_kw
    steered = price.sek_per_kwh * out.sum() + price.sek_per_h * np.count_nonzero(out > 0.0)
    return float(schedule.penalised_sek + problem.step_h * steered)


@dataclass(frozen=True)
class ImportCap:
    """What a cap on the site's import asks of the car in each step, kW AC: charging at most, the house at least.

    ``beyond_sek_per_kwh`` steers where the house cannot be served so far; it is no cash.
    """

    charge_kw: Vector
    serve_kw: Vector
    beyond_sek_per_kwh: float


def objective_sek(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch) -> float:
    """Cost of a schedule, SEK: energy at the margin, wear, road, less reserves net of fee and activation; peaks."""
    peaks = peak_change_sek(problem, schedule.charge_kw, schedule.load_discharge_kw)
    return float(costs_by_step(problem, strategy, schedule).sum()) + peaks


def costs_by_step(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch) -> Vector:
    """Cost of each step of a schedule, SEK; they and the capacity charge add up to :func:`objective_sek`."""
    buy, sell, wear = problem.buy_sek_per_kwh, problem.sell_sek_per_kwh, problem.wear_sek_per_kwh
    cost = schedule.charge_kw * buy - schedule.load_discharge_kw * (buy - wear)
    cost -= schedule.export_discharge_kw * (sell - wear)
    offered = zip(problem.products, offered_prices(problem, strategy), activation_costs(problem), strict=True)
    for product, price, moved in offered:
        cost -= schedule.offer_kw(product) * (problem.reserve_net_pu * np.nan_to_num(price) - moved)
    return np.asarray(problem.step_h * cost + problem.forced_charge_sek_per_kwh * schedule.forced_dc_kwh)


def lay_hours(problem: VehicleProblem, strategy: Strategy, cap: ImportCap | None = None) -> Vector:
    """Lay the steps out, step × column of ``moves.COLUMNS`` and one a product, whose prices are left at zero."""
    constant = problem.curve is None
    extra = 1 / problem.load_efficiency_pu - 1 / problem.discharge_efficiency_pu
    worth = float(problem.buy_sek_per_kwh.mean()) / problem.charge_efficiency_pu
    none = np.zeros(problem.step_count)
    capped, must = (problem.charge_limit_kw, none) if cap is None else (cap.charge_kw, cap.serve_kw)
    columns = [
        problem.buy_sek_per_kwh, problem.sell_sek_per_kwh, problem.charge_limit_kw, problem.discharge_limit_kw,
        problem.load_limit_kw * strategy.self_use, extra * constant, problem.driving_dc_kwh, problem.ceiling_kwh,
        problem.required_kwh, problem.plugged_pu, none + worth, capped, must, *[none for _ in problem.products],
    ]  # fmt: skip
    return np.column_stack(columns).astype(float)


def lay_physics(
    problem: VehicleProblem, strategy: Strategy, price: DischargePrice = FREE, cap: ImportCap | None = None
) -> Vector:
    """Lay out what does not change with time, in the order of ``moves.PHYSICS``."""
    road = problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH
    into, out = _loss_terms(problem)
    return np.array([
        problem.step_h, problem.floor_kwh, problem.discharge_efficiency_pu, problem.charge_efficiency_pu, *into, *out,
        problem.least_charge_kw, problem.standby_kw, problem.wear_sek_per_kwh + price.sek_per_kwh, road,
        float(strategy.export), price.sek_per_h, 0.0 if cap is None else cap.beyond_sek_per_kwh,
        *activation_drain_kwh(problem),
    ])  # fmt: skip


def _loss_terms(problem: VehicleProblem) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """No-load, linear and square loss of charging and of discharging."""
    if problem.curve is None:
        return (0.0, 1 - problem.charge_efficiency_pu, 0.0), (0.0, 1 / problem.discharge_efficiency_pu - 1, 0.0)
    curve = problem.curve
    terms = (curve.no_load_kw, curve.linear_pu + curve.extra_pu, curve.square_per_kw)
    return terms, terms


def schedule_of(problem: VehicleProblem, strategy: Strategy, start: float, flows: Vector, enabled: Vector) -> Dispatch:
    """Turn flows (charged, discharged, road, an offer of each product; by step) from a start state into a schedule."""
    load = np.minimum(flows[1], problem.load_limit_kw * strategy.self_use)
    offers = {f"{product.name}_kw": offer for product, offer in zip(problem.products, flows[3:], strict=True)}
    parts = {"charge_kw": flows[0], "load_discharge_kw": load, "export_discharge_kw": flows[1] - load,
             "forced_dc_kwh": flows[2], "enabled_pu": enabled, **offers}  # fmt: skip
    state = start + np.r_[0.0, np.cumsum(net_stored_kwh(problem, **parts))]
    schedule = Dispatch(**parts, state_kwh=state, objective_sek=0.0, solve_count=1)
    return replace(schedule, objective_sek=objective_sek(problem, strategy, schedule))


def flows_of(problem: VehicleProblem, schedule: Dispatch) -> Vector:
    """Give a schedule's flows as :func:`schedule_of` takes them."""
    offers = [schedule.offer_kw(product) for product in problem.products]
    return np.array([schedule.charge_kw, schedule.discharge_kw, schedule.forced_dc_kwh, *offers])
