"""Carries a plan's hour out in reality: what the plug, the house, the battery and a sold reserve allow."""

from dataclasses import dataclass

import numpy as np

from analysis.dispatch.flows import activation_drain_kwh
from analysis.dispatch.problem import Strategy, Vector, VehicleProblem

ROUNDING_KWH = 1e-9
WHOLLY_HELD_PU = 1e-5
HELD_TOLERANCE = 1e-7
"""Rounding of the solver, kW or kWh: less is no reason to withdraw an offer."""


@dataclass(frozen=True)
class Moment:
    """One hour of a plan and the state in which it begins.

    ``required_kwh`` and ``ceiling_kwh`` stand at the start and at the end of the hour, as the plan knows them.
    ``follows_load``: the plan serves all of the house's load, whatever it will be.
    """

    step: int
    state_kwh: float
    enabled_pu: float
    required_kwh: tuple[float, float]
    ceiling_kwh: tuple[float, float]
    charge_kw: float
    load_kw: float
    export_kw: float
    follows_load: bool
    offers_kw: Vector


@dataclass(frozen=True)
class Done:
    """What came of it: charge, load, export (kW), forced (kWh), three offers (kW), V2X on; state and share held."""

    flows: tuple[float, ...]
    state_kwh: float
    held_pu: float


def carry_out(real: VehicleProblem, strategy: Strategy, moment: Moment) -> Done:
    """Do in an hour what of its plan reality allows.

    The house is served as its load turns out, the battery is neither emptied below the floor nor filled beyond what
    the plan allows, an offer that the car cannot hold is withdrawn as far as it cannot, and energy that is short on
    the road is charged there.
    """
    whole = _try_out(real, strategy, moment, float(moment.offers_kw @ np.array(activation_drain_kwh(real))))
    if whole.held_pu >= 1.0 - WHOLLY_HELD_PU or not moment.offers_kw.any():
        return whole
    # what is withdrawn drains nothing, so there is no room for charging in its place
    return _try_out(real, strategy, moment, 0.0)


def _try_out(real: VehicleProblem, strategy: Strategy, moment: Moment, drain_kwh: float) -> Done:
    """Carry the hour out, with room for what the activation of what was sold is expected to drain or to fill."""
    step, hours = moment.step, real.step_h
    standby = hours * real.standby_kw * float(real.plugged_pu[step]) * moment.enabled_pu
    load, export = _discharge(real, strategy, moment, standby + drain_kwh)
    charge = 0.0 if load + export > 0 else _charge(real, moment, standby + drain_kwh)
    drawn = hours * (load / float(real.load_efficiency_pu[step]) + export / real.discharge_efficiency_pu)
    after = moment.state_kwh + hours * real.charge_efficiency_pu * charge - drawn - standby
    held = held_share_pu(real, moment, charge - load - export, after) * moment.enabled_pu
    offers = held * moment.offers_kw
    after -= hours * float(offers @ np.array(activation_drain_kwh(real))) + float(real.driving_dc_kwh[step])
    forced = max(real.floor_kwh - after, 0.0) if real.driving_dc_kwh[step] > 0 else 0.0
    flows = (charge, load, export, forced, *(float(offer) for offer in offers), moment.enabled_pu)
    return Done(flows, after + forced, held)


def _discharge(real: VehicleProblem, strategy: Strategy, moment: Moment, drawn_kwh: float) -> tuple[float, float]:
    """Serve the house and export as planned, within plug, load and stored energy; see :func:`_charge`."""
    step, planned = moment.step, moment.load_kw + moment.export_kw
    if moment.enabled_pu <= 0 or planned <= ROUNDING_KWH:
        return 0.0, 0.0
    house = float(real.load_limit_kw[step]) * strategy.self_use
    most = float(real.discharge_limit_kw[step])
    load = house if moment.follows_load else min(moment.load_kw, house)
    export = 0.0
    if moment.export_kw > ROUNDING_KWH:
        load = min(house, planned)
        export = min(planned, most) - load
    least = max(real.floor_kwh, moment.required_kwh[1])
    spare = max(moment.state_kwh - least - drawn_kwh, 0.0) / real.step_h
    load = min(load, spare * float(real.load_efficiency_pu[step]))
    left = spare - load / float(real.load_efficiency_pu[step])
    export = min(max(export, 0.0), left * real.discharge_efficiency_pu) if load >= min(house, most) - 1e-7 else 0.0
    return load, export


def _charge(real: VehicleProblem, moment: Moment, drawn_kwh: float) -> float:
    """Charge as planned, within plug and ceiling; at least what keeps a standing car at its floor.

    ``drawn_kwh``: what standby and activation take meanwhile.
    """
    per_kw = real.step_h * real.charge_efficiency_pu
    limit = float(real.charge_limit_kw[moment.step])
    room = max(moment.ceiling_kwh[1] - moment.state_kwh + drawn_kwh, 0.0) / per_kw
    least = max(real.floor_kwh - moment.state_kwh + drawn_kwh, 0.0) / per_kw
    return min(max(min(moment.charge_kw, room), least), limit)


def held_share_pu(real: VehicleProblem, moment: Moment, net_charge_kw: float, after_kwh: float) -> float:
    """Largest share of what was sold that the car can hold through the hour (rows of METHODS 3.4); none if it leaves.

    Parameters
    ----------
    net_charge_kw
        Charging less discharging.
    after_kwh
        Stored energy at the end of the hour, before activation and driving.
    """
    step, offers = moment.step, moment.offers_kw
    discharge, charge = float(real.discharge_limit_kw[step]), float(real.charge_limit_kw[step])
    if real.plugged_pu[step] <= 1 - 1e-9 or discharge <= 0 or offers.sum() <= 0:
        return 0.0
    rules = (real.rules.fcr_n, real.rules.fcr_d_up, real.rules.fcr_d_down)
    up, down, energy_up, energy_down = (
        float(np.array([getattr(rule, row) for rule in rules]) @ offers)
        for row in ("power_up_pu", "power_down_pu", "energy_up_h", "energy_down_h")
    )
    drain = real.step_h * float(np.array(activation_drain_kwh(real)) @ offers)
    out, into = real.discharge_efficiency_pu, real.charge_efficiency_pu
    after = after_kwh - float(real.driving_dc_kwh[step])
    rows = (
        (up, discharge + net_charge_kw),
        (down, charge - net_charge_kw),
        (energy_up, (moment.state_kwh - moment.required_kwh[0]) * out),
        (energy_down, (moment.ceiling_kwh[0] - moment.state_kwh) / into),
        (energy_up + drain * out, (after - moment.required_kwh[1]) * out),
        (energy_down - drain / into, (moment.ceiling_kwh[1] - after) / into),
    )
    share = 1.0
    for bound, room in rows:
        if bound > 0 and room > 0:
            share = min(share, room / bound)
        elif min(bound, 0.0) > room + HELD_TOLERANCE:
            # even the whole of it, where it helps, does not keep the row
            return 0.0
        elif bound > 0:
            share = 0.0
    return share
