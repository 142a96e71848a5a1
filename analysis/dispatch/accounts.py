"""Turns a schedule into the car's cash, energy and use of the battery over its horizon, one number a quantity.

Everything is the change that the car makes to its household: the household's own consumption stands outside, so that
import is charging less what discharge replaces. Sums are of one horizon (a week); the caller weights them to a year.
"""

from dataclasses import dataclass

import numpy as np

from analysis.dispatch.flows import discharged_dc_kwh, offered_prices, standby_kwh, without_gaps
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.market.tariff import Tariff

FORCED_LEAST_KWH = 1e-6
"""Less than this is rounding, not a stop at a fast charger."""


@dataclass(frozen=True)
class SiteFlows:
    """Energy of each step, kWh AC: what crosses the meter because of the car, and what the battery does in all."""

    import_kwh: Vector
    export_kwh: Vector
    charge_kwh: Vector
    discharge_kwh: Vector
    discharge_dc_kwh: Vector


def site_flows(problem: VehicleProblem, schedule: Dispatch) -> SiteFlows:
    """Add the expected activation of reserves to the schedule.

    FCR-D activation crosses the meter (up as export, down as import); FCR-N activation nets out within the settlement
    interval there, but passes through the battery both ways.
    """
    step, rules, volume = problem.step_h, problem.rules, problem.reserve_volume_pu
    activated_n = step * volume * schedule.fcr_n_kw
    activated_up = step * volume * schedule.fcr_d_up_kw * rules.fcr_d_up.discharge_kwh_per_kw_h
    activated_down = step * volume * schedule.fcr_d_down_kw * rules.fcr_d_down.charge_kwh_per_kw_h
    activated_out = activated_up + activated_n * rules.fcr_n.discharge_kwh_per_kw_h
    load, export = step * schedule.load_discharge_kw, step * schedule.export_discharge_kw
    charge = step * schedule.charge_kw
    return SiteFlows(
        import_kwh=charge - load + activated_down,
        export_kwh=export + activated_up,
        charge_kwh=charge + activated_down + activated_n * rules.fcr_n.charge_kwh_per_kw_h,
        discharge_kwh=load + export + activated_out,
        discharge_dc_kwh=discharged_dc_kwh(problem, schedule.load_discharge_kw, schedule.export_discharge_kw)
        + activated_out / problem.discharge_efficiency_pu,
    )


def cash_streams(
    problem: VehicleProblem, schedule: Dispatch, strategy: Strategy, tariff: Tariff, spot_sek_per_kwh: Vector
) -> dict[str, float]:
    """Every cash stream of the horizon under its column name in DispatchValues, and ``net_cost_sek`` that closes them.

    Returns
    -------
    dict[str, float]
        Real SEK. ``net_cost_sek`` = import with VAT − export − refund − what remains of reserves + wear + charging on
        the road; equal to the objective of the optimisation.
    """
    flows = site_flows(problem, schedule)
    imported, exported = float(flows.import_kwh.sum()), float(flows.export_kwh.sum())
    cash = {
        "net_spot_import_sek": float(flows.import_kwh @ spot_sek_per_kwh),
        "net_spot_export_sek": -float(flows.export_kwh @ spot_sek_per_kwh),
        "retail_margin_sek": imported * tariff.margin_sek_per_kwh,
        "energy_tax_sek": imported * tariff.energy_tax_sek_per_kwh,
        "grid_fee_sek": imported * tariff.grid_fee_sek_per_kwh,
        "net_export_margin_sek": -exported * tariff.export_margin_sek_per_kwh,
        "network_benefit_sek": exported * tariff.network_benefit_sek_per_kwh,
        "tax_refund_sek": exported * tariff.tax_refund_pu * tariff.energy_tax_sek_per_kwh,
        "degradation_cost_sek": problem.wear_sek_per_kwh * float(flows.discharge_kwh.sum()),
        "forced_charge_cost_sek": problem.forced_charge_sek_per_kwh * float(schedule.forced_dc_kwh.sum()),
    }
    before_vat = ("net_spot_import_sek", "retail_margin_sek", "energy_tax_sek", "grid_fee_sek")
    cash["net_vat_sek"] = tariff.vat_pu * sum(cash[name] for name in before_vat)
    offers = {"fcr_n": schedule.fcr_n_kw, "fcr_d_up": schedule.fcr_d_up_kw, "fcr_d_down": schedule.fcr_d_down_kw}
    for (name, offer), price in zip(offers.items(), offered_prices(problem, strategy), strict=True):
        cash[f"{name}_revenue_sek"] = problem.step_h * float(offer @ without_gaps(price))
    gross = sum(cash[f"{name}_revenue_sek"] for name in offers)
    cash["reserve_net_revenue_sek"] = problem.reserve_net_pu * gross
    cash["net_cost_sek"] = (
        sum(cash[name] for name in (*before_vat, "net_vat_sek", "net_spot_export_sek", "net_export_margin_sek"))
        - sum(cash[name] for name in ("network_benefit_sek", "tax_refund_sek", "reserve_net_revenue_sek"))
        + cash["degradation_cost_sek"] + cash["forced_charge_cost_sek"]
    )  # fmt: skip
    return cash


def use_of_battery(problem: VehicleProblem, schedule: Dispatch, capacity_kwh: float) -> dict[str, float]:
    """Energy, hours, cycles and offers of the horizon; ``_kw_h`` and ``_h`` are sums to be averaged.

    ``state_kwh_h`` is stored energy × hours; ``swing_kwh`` the sum over days of the daily range of the state.
    """
    step, flows = problem.step_h, site_flows(problem, schedule)
    per_day = round(24 / step)
    days = schedule.state_kwh[:-1].reshape(-1, per_day)
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
        "fcr_n_kw_h": step * float(schedule.fcr_n_kw.sum()),
        "fcr_d_up_kw_h": step * float(schedule.fcr_d_up_kw.sum()),
        "fcr_d_down_kw_h": step * float(schedule.fcr_d_down_kw.sum()),
        "forced_charge_count": _outings_with_forced_charge(problem, schedule),
        "state_kwh_h": step * float(schedule.state_kwh[:-1].sum()),
        "swing_kwh": float((days.max(axis=1) - days.min(axis=1)).sum()),
        "horizon_h": step * problem.step_count,
    }


def _outings_with_forced_charge(problem: VehicleProblem, schedule: Dispatch) -> float:
    """Count outings, from one plug to the next, on which the car had to charge on the road; not its stops there."""
    outing = np.cumsum(problem.plugged_pu > 0)
    outing[outing == outing[-1]] = outing[-1] if problem.plugged_pu[0] > 0 else 0
    return float(len(np.unique(outing[schedule.forced_dc_kwh > FORCED_LEAST_KWH])))
