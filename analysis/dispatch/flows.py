"""Turns a schedule's flows into stored energy, and offered reserves into the energy and cost they should move."""

import numpy as np

from analysis.dispatch.problem import Strategy, Vector, VehicleProblem


def activation_drain_kwh(problem: VehicleProblem) -> tuple[float, float, float]:
    """Battery energy that an offered kW of FCR-N, FCR-D up and FCR-D down is expected to drain per hour."""
    rules = problem.rules
    drains = [
        problem.reserve_volume_pu
        * (
            rule.discharge_kwh_per_kw_h / problem.discharge_efficiency_pu
            - rule.charge_kwh_per_kw_h * problem.charge_efficiency_pu
        )
        for rule in (rules.fcr_n, rules.fcr_d_up, rules.fcr_d_down)
    ]
    return drains[0], drains[1], drains[2]


def offered_prices(problem: VehicleProblem, strategy: Strategy) -> tuple[Vector, Vector, Vector]:
    """Capacity prices at the strategy's level, SEK per kW and hour, NaN where nothing is bought."""
    return (
        problem.fcr_n_sek_per_kw_h * strategy.fcr_n_pu,
        problem.fcr_d_up_sek_per_kw_h * strategy.fcr_d_pu,
        problem.fcr_d_down_sek_per_kw_h * strategy.fcr_d_pu,
    )


def without_gaps(price: Vector) -> Vector:
    """Give a price with 0 where nothing is bought."""
    return np.where(np.isnan(price), 0.0, price)


def activation_costs(problem: VehicleProblem) -> tuple[Vector, Vector, Vector]:
    """Cash and wear of the expected activation of one offered kW for an hour, beside what the battery balance shows.

    # ASSUME: activated FCR-N energy goes both ways within one settlement interval and is settled at the spot price, so
    # its commodity value, tax and fee cancel; its losses and ageing do not. FCR-D activation stays on the energy bill:
    # up as export, down as import (METHODS 3.4).
    """
    rules, volume, wear = problem.rules, problem.reserve_volume_pu, problem.wear_sek_per_kwh
    ones = np.ones(problem.step_count)
    return (
        ones * (volume * rules.fcr_n.discharge_kwh_per_kw_h * wear),
        volume * rules.fcr_d_up.discharge_kwh_per_kw_h * (wear - problem.sell_sek_per_kwh),
        volume * rules.fcr_d_down.charge_kwh_per_kw_h * problem.buy_sek_per_kwh,
    )


def net_stored_kwh(
    problem: VehicleProblem,
    *,
    charge_kw: Vector,
    load_discharge_kw: Vector,
    export_discharge_kw: Vector,
    forced_dc_kwh: Vector,
    fcr_n_kw: Vector,
    fcr_d_up_kw: Vector,
    fcr_d_down_kw: Vector,
    enabled_pu: Vector,
) -> Vector:
    """Change of stored energy in each step, kWh; positive fills the battery (METHODS 1.3)."""
    step = problem.step_h
    drain_n, drain_up, drain_down = activation_drain_kwh(problem)
    stored = charged_dc_kwh(problem, charge_kw) - discharged_dc_kwh(problem, load_discharge_kw, export_discharge_kw)
    stored -= step * (drain_n * fcr_n_kw + drain_up * fcr_d_up_kw + drain_down * fcr_d_down_kw)
    return stored - standby_kwh(problem, enabled_pu) - problem.driving_dc_kwh + forced_dc_kwh


def standby_kwh(problem: VehicleProblem, enabled_pu: Vector) -> Vector:
    """Battery energy drawn in each step while the car is plugged in and kept awake for V2X."""
    return np.asarray(problem.step_h * problem.standby_kw * problem.plugged_pu * enabled_pu)


def charged_dc_kwh(problem: VehicleProblem, charge_kw: Vector) -> Vector:
    """Energy stored in each step by charging at a power (AC)."""
    if problem.curve is None:
        return np.asarray(problem.step_h * problem.charge_efficiency_pu * charge_kw)
    return np.asarray(problem.step_h * (charge_kw - problem.curve.loss_kw(charge_kw)))


def discharged_dc_kwh(problem: VehicleProblem, load_discharge_kw: Vector, export_discharge_kw: Vector) -> Vector:
    """Energy drawn in each step by discharging; with a loss curve both flows pass the same converter."""
    if problem.curve is None:
        drawn = load_discharge_kw / problem.load_efficiency_pu + export_discharge_kw / problem.discharge_efficiency_pu
        return np.asarray(problem.step_h * drawn)
    power = load_discharge_kw + export_discharge_kw
    return np.asarray(problem.step_h * (power + problem.curve.loss_kw(power)))
