"""Turns a schedule's flows into stored energy, and offered reserves into the energy and cost they should move."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.products import Product

NETTED = "fcr_n"
"""The group whose activation goes both ways within a settlement interval and nets out at the meter."""


def activation_drain_kwh(problem: VehicleProblem) -> tuple[float, ...]:
    """Battery energy that an offered kW of each product of the problem is expected to drain per hour."""
    return tuple(
        problem.reserve_volume_pu
        * (
            rule.discharge_kwh_per_kw_h / problem.discharge_efficiency_pu
            - rule.charge_kwh_per_kw_h * problem.charge_efficiency_pu
        )
        for rule in map(problem.rule, problem.products)
    )


def offered_prices(problem: VehicleProblem, strategy: Strategy) -> tuple[Vector, ...]:
    """Capacity prices of the problem's products at the strategy's level, SEK per kW and hour, NaN: not bought."""
    return tuple(problem.capacity_price(product) * strategy.level_pu(product) for product in problem.products)


def without_gaps(price: Vector) -> Vector:
    """Give a price with 0 where nothing is bought."""
    return np.where(np.isnan(price), 0.0, price)


def activation_costs(problem: VehicleProblem) -> tuple[Vector, ...]:
    """Cash and wear of the expected activation of one offered kW for an hour, beside what the battery balance shows.

    # ASSUME: activated FCR-N energy goes both ways within one settlement interval and is settled at the spot price, so
    # its commodity value, tax and fee cancel; its losses and ageing do not. FCR-D activation stays on the energy bill:
    # up as export, down as import (METHODS 3.4).
    """
    return tuple(_activation_cost(problem, product) for product in problem.products)


def _activation_cost(problem: VehicleProblem, product: Product) -> Vector:
    rule, volume, wear = problem.rule(product), problem.reserve_volume_pu, problem.wear_sek_per_kwh
    if product.group == NETTED:
        return np.full(problem.step_count, volume * rule.discharge_kwh_per_kw_h * wear)
    out = volume * rule.discharge_kwh_per_kw_h * (wear - problem.sell_sek_per_kwh)
    return np.asarray(out + volume * rule.charge_kwh_per_kw_h * problem.buy_sek_per_kwh)


@dataclass(frozen=True)
class Activation:
    """Expected activation of a schedule's offers in each step, kWh AC.

    ``export_kwh`` and ``import_kwh`` cross the meter; ``discharge_kwh`` and ``charge_kwh`` pass the battery (FCR-N does
    so both ways and nets out at the meter).
    """

    import_kwh: Vector
    export_kwh: Vector
    charge_kwh: Vector
    discharge_kwh: Vector


def activated(problem: VehicleProblem, schedule: Dispatch) -> Activation:
    """Expect the activation of what a schedule offers."""
    zero = np.zeros(problem.step_count)
    into, out, bought, sold = zero.copy(), zero.copy(), zero.copy(), zero.copy()
    for product in problem.products:
        rule = problem.rule(product)
        moved = problem.step_h * problem.reserve_volume_pu * schedule.offer_kw(product)
        into += moved * rule.charge_kwh_per_kw_h
        out += moved * rule.discharge_kwh_per_kw_h
        if product.group != NETTED:
            bought += moved * rule.charge_kwh_per_kw_h
            sold += moved * rule.discharge_kwh_per_kw_h
    return Activation(import_kwh=bought, export_kwh=sold, charge_kwh=into, discharge_kwh=out)


def within_site(problem: VehicleProblem) -> VehicleProblem:
    """Tighten the power limits to what fuse and feed-in limit leave beside the household (METHODS 3.2).

    # ASSUME: a household that alone takes more than its fuse is not the car's to relieve; the car then charges nothing.
    """
    if np.isinf(problem.fuse_kw) and np.isinf(problem.feed_in_kw):
        return problem
    charge = np.minimum(problem.charge_limit_kw, np.maximum(problem.fuse_kw - problem.net_load_kw, 0.0))
    discharge = np.minimum(problem.discharge_limit_kw, np.maximum(problem.feed_in_kw + problem.net_load_kw, 0.0))
    if (charge == problem.charge_limit_kw).all() and (discharge == problem.discharge_limit_kw).all():
        return problem
    return replace(problem, charge_limit_kw=charge, discharge_limit_kw=discharge)


@dataclass(frozen=True)
class ChargeSources:
    """Charging power of each step by where it comes from, kW AC: the grid, exported or spilled own generation."""

    grid_kw: Vector
    surplus_kw: Vector
    spill_kw: Vector


def charge_sources(problem: VehicleProblem, charge_kw: Vector) -> ChargeSources:
    """Split charging: first what would be spilled, then what would be exported, then import (METHODS 3.2)."""
    if problem.solar_kw is None:
        zero = np.zeros(problem.step_count)
        return ChargeSources(charge_kw, zero, zero)
    spill = np.minimum(charge_kw, problem.spill_limit_kw)
    surplus = np.minimum(charge_kw - spill, problem.surplus_limit_kw)
    return ChargeSources(charge_kw - spill - surplus, surplus, spill)


def site_import_kw(problem: VehicleProblem, charge_kw: Vector, load_discharge_kw: Vector) -> Vector:
    """Import of the whole site by step, kW: what its load takes beyond its generation, with the car."""
    own = np.maximum(problem.net_load_kw, 0.0)
    return np.asarray(own + charge_sources(problem, charge_kw).grid_kw - load_discharge_kw)


def hourly_mean(by_step: Vector, step_h: float) -> Vector:
    """Mean of each hour of a horizon; the last may be cut short."""
    starts = np.arange(0, len(by_step), round(1 / step_h))
    return np.asarray(np.add.reduceat(by_step, starts) / np.diff(np.r_[starts, len(by_step)]))


def peak_change_sek(problem: VehicleProblem, charge_kw: Vector, load_discharge_kw: Vector) -> float:
    """What the schedule adds to the site's capacity charge (negative: saves), SEK with VAT.

    # ASSUME: the expected activation of reserves sets no peak; a down-regulation that does is not foreseen.
    """
    if problem.peak is None:
        return 0.0
    with_car = hourly_mean(site_import_kw(problem, charge_kw, load_discharge_kw), problem.step_h)
    return problem.peak.cost_sek(with_car) - house_peak_sek(problem)


def billed_kw(problem: VehicleProblem, schedule: Dispatch) -> Vector:
    """Mean of the highest hourly imports of each period of the capacity tariff, kW; empty without one."""
    if problem.peak is None:
        return np.empty(0)
    import_kw = site_import_kw(problem, schedule.charge_kw, schedule.load_discharge_kw)
    return problem.peak.billed_kw(hourly_mean(import_kw, problem.step_h))


def house_peak_sek(problem: VehicleProblem) -> float:
    """Capacity charge of the site without the car, SEK with VAT."""
    if problem.peak is None:
        return 0.0
    return problem.peak.cost_sek(hourly_mean(np.maximum(problem.net_load_kw, 0.0), problem.step_h))


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
    **restoration_kw: Vector,
) -> Vector:
    """Change of stored energy in each step, kWh; positive fills the battery (METHODS 1.3).

    Parameters
    ----------
    restoration_kw
        Offers of aFRR and mFRR under their names in Dispatch, where there are any.
    """
    step = problem.step_h
    offers = {"fcr_n_kw": fcr_n_kw, "fcr_d_up_kw": fcr_d_up_kw, "fcr_d_down_kw": fcr_d_down_kw, **restoration_kw}
    stored = charged_dc_kwh(problem, charge_kw) - discharged_dc_kwh(problem, load_discharge_kw, export_discharge_kw)
    drains = zip(problem.products, activation_drain_kwh(problem), strict=True)
    named = {f"{product.name}_kw": drain for product, drain in drains}
    stored -= step * np.sum([named[name] * offer for name, offer in offers.items() if name in named], axis=0)
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
