"""Turns a schedule into the car's cash, energy and use of the battery over its horizon, one number a quantity.

Everything is the change that the car makes to its household: the household's own consumption stands outside, so that
import is charging less what discharge replaces. Sums are of one horizon (a week); the caller weights them to a year.
"""

from dataclasses import dataclass

import numpy as np

from analysis.dispatch.flows import (
    activated,
    charge_sources,
    discharged_dc_kwh,
    offered_prices,
    peak_change_sek,
    standby_kwh,
    without_gaps,
)
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.products import PRODUCTS
from analysis.market.tariff import Tariff
from analysis.units import HOURS_PER_DAY

FORCED_LEAST_KWH = 1e-6
"""Less than this is rounding, not a stop at a fast charger."""


@dataclass(frozen=True)
class SiteFlows:
    """Energy of each step, kWh AC: what crosses the meter because of the car, and what the battery does in all.

    ``solar_kwh`` is own generation that charges the car instead of being exported; what would have been spilled stands
    in ``charge_kwh`` only.
    """

    import_kwh: Vector
    export_kwh: Vector
    solar_kwh: Vector
    charge_kwh: Vector
    discharge_kwh: Vector
    discharge_dc_kwh: Vector


def site_flows(problem: VehicleProblem, schedule: Dispatch) -> SiteFlows:
    """Add the expected activation of reserves to the schedule.

    FCR-D activation crosses the meter (up as export, down as import); FCR-N activation nets out within the settlement
    interval there, but passes through the battery both ways.
    """
    step, moved = problem.step_h, activated(problem, schedule)
    load, export = step * schedule.load_discharge_kw, step * schedule.export_discharge_kw
    sources = charge_sources(problem, schedule.charge_kw)
    return SiteFlows(
        import_kwh=step * sources.grid_kw - load + moved.import_kwh,
        export_kwh=export + moved.export_kwh,
        solar_kwh=step * sources.surplus_kw,
        charge_kwh=step * schedule.charge_kw + moved.charge_kwh,
        discharge_kwh=load + export + moved.discharge_kwh,
        discharge_dc_kwh=discharged_dc_kwh(problem, schedule.load_discharge_kw, schedule.export_discharge_kw)
        + moved.discharge_kwh / problem.discharge_efficiency_pu,
    )


def cash_streams(
    problem: VehicleProblem,
    schedule: Dispatch,
    strategy: Strategy,
    tariff: Tariff,
    spot_sek_per_kwh: Vector,
    flows: SiteFlows | None = None,
) -> dict[str, float]:
    """Every cash stream of the horizon under its column name in DispatchValues, and ``net_cost_sek`` that closes them.

    Parameters
    ----------
    flows
        The schedule's :func:`site_flows` where they are at hand: several price levels may share one schedule.

    Returns
    -------
    dict[str, float]
        Real SEK. ``net_cost_sek`` = import and capacity charge with VAT − export − refund + forgone export of own
        generation − what remains of reserves + wear + charging on the road; equal to the objective of the optimisation.
    """
    flows = flows or site_flows(problem, schedule)
    imported, exported = float(flows.import_kwh.sum()), float(flows.export_kwh.sum())
    cash = {
        "net_spot_import_sek": float(flows.import_kwh @ spot_sek_per_kwh),
        "net_spot_export_sek": -float(flows.export_kwh @ spot_sek_per_kwh),
        "retail_margin_sek": imported * tariff.margin_sek_per_kwh,
        "energy_tax_sek": imported * tariff.energy_tax_sek_per_kwh,
        "grid_fee_sek": imported * tariff.grid_fee_sek_per_kwh,
        "net_capacity_tariff_sek": peak_change_sek(problem, schedule.charge_kw, schedule.load_discharge_kw)
        / (1 + tariff.vat_pu),
        "net_solar_forgone_sek": float(flows.solar_kwh @ problem.solar_price),
        "net_export_margin_sek": -exported * tariff.export_margin_sek_per_kwh,
        "network_benefit_sek": exported * tariff.network_benefit_sek_per_kwh,
        "tax_refund_sek": exported * tariff.tax_refund_pu * tariff.energy_tax_sek_per_kwh,
        "degradation_cost_sek": problem.wear_sek_per_kwh * float(flows.discharge_kwh.sum()),
        "forced_charge_cost_sek": problem.forced_charge_sek_per_kwh * float(schedule.forced_dc_kwh.sum()),
    }
    before_vat = (
        "net_spot_import_sek", "retail_margin_sek", "energy_tax_sek", "grid_fee_sek", "net_capacity_tariff_sek",
    )  # fmt: skip
    cash["net_vat_sek"] = tariff.vat_pu * sum(cash[name] for name in before_vat)
    offered = dict(zip(problem.products, offered_prices(problem, strategy), strict=True))
    for product in PRODUCTS:
        price = offered.get(product)
        paid = 0.0 if price is None else problem.step_h * float(schedule.offer_kw(product) @ without_gaps(price))
        cash[f"{product.name}_revenue_sek"] = paid
    gross = sum(cash[f"{product.name}_revenue_sek"] for product in PRODUCTS)
    cash["reserve_net_revenue_sek"] = problem.reserve_net_pu * gross
    cash["net_cost_sek"] = (
        sum(cash[name] for name in (*before_vat, "net_vat_sek", "net_spot_export_sek", "net_export_margin_sek"))
        - sum(cash[name] for name in ("network_benefit_sek", "tax_refund_sek", "reserve_net_revenue_sek"))
        + cash["degradation_cost_sek"] + cash["forced_charge_cost_sek"] + cash["net_solar_forgone_sek"]
    )  # fmt: skip
    return cash


def use_of_battery(
    problem: VehicleProblem, schedule: Dispatch, capacity_kwh: float, flows: SiteFlows | None = None
) -> dict[str, float]:
    """Energy, hours, cycles and offers of the horizon; ``_kw_h`` and ``_h`` are sums to be averaged.

    ``state_kwh_h`` is stored energy × hours; ``swing_kwh`` the sum over days of the daily range of the state.
    """
    step, flows = problem.step_h, flows or site_flows(problem, schedule)
    starts, state = np.arange(0, problem.step_count, round(HOURS_PER_DAY / step)), schedule.state_kwh[:-1]
    swing = np.maximum.reduceat(state, starts) - np.minimum.reduceat(state, starts)
    return {
        "import_kwh": float(flows.import_kwh.sum()),
        "export_kwh": float(flows.export_kwh.sum()),
        "charge_ac_kwh": float(flows.charge_kwh.sum()),
        "discharge_ac_kwh": float(flows.discharge_kwh.sum()),
        "discharge_dc_kwh": float(flows.discharge_dc_kwh.sum()),
        "driving_dc_kwh": float(problem.driving_dc_kwh.sum()),
        "standby_dc_kwh": float(standby_kwh(problem, schedule.enabled_pu).sum()),
        "full_cycle_count": float(flows.discharge_dc_kwh.sum()) / capacity_kwh,
        "plugged_h": step * float(problem.plugged_pu.sum()),
        "discharge_h": step * float((schedule.discharge_kw > 0).sum()),
        "enabled_h": step * float(schedule.enabled_pu.sum()),
        "solar_charge_kwh": float(flows.solar_kwh.sum()),
        **{f"{product.name}_kw_h": step * float(schedule.offer_kw(product).sum()) for product in PRODUCTS},
        "forced_charge_count": _outings_with_forced_charge(problem, schedule),
        "state_kwh_h": step * float(schedule.state_kwh[:-1].sum()),
        "swing_kwh": float(swing.sum()),
        "horizon_h": step * problem.step_count,
    }


def _outings_with_forced_charge(problem: VehicleProblem, schedule: Dispatch) -> float:
    """Count outings, from one plug to the next, on which the car had to charge on the road; not its stops there."""
    outing = np.cumsum(problem.plugged_pu > 0)
    outing[outing == outing[-1]] = outing[-1] if problem.plugged_pu[0] > 0 else 0
    return float(len(np.unique(outing[schedule.forced_dc_kwh > FORCED_LEAST_KWH])))
