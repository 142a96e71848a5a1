"""Checks a schedule against every rule of its problem, by no engine's own means: what any solver's answer must pass."""

import numpy as np

from analysis.dispatch.flows import net_stored_kwh
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.errors import Fault
from analysis.units import HOURS_PER_DAY

TOLERANCE_KW = 1e-6
TOLERANCE_KWH = 1e-6


def broken_rules(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch) -> list[Fault]:
    """List every rule that a schedule breaks, with the worst step of each.

    Rules: signs and power limits, one direction at a time, the house before export, what the strategy allows, stored
    energy between floor and ceiling, the balance of every step and of the whole period (of an open one: its start),
    what was settled before, charging on the road only while driving, offers constant over whole plugged hours, and the
    reserve rows at the start and at the end of each hour (METHODS 3.3, 3.4).

    Returns
    -------
    list[Fault]
        Empty where the schedule stands.
    """
    checks = [*_flow_checks(problem, strategy, schedule), *_state_checks(problem, schedule)]
    checks += _offer_checks(problem, strategy, schedule)
    faults = []
    for rule, excess, tolerance in checks:
        worst = float(np.max(excess, initial=0.0))
        if worst > tolerance:
            step = int(np.argmax(excess))
            faults.append(Fault(f"dispatch {strategy.name}, step {step}", f"{rule} by {worst:.3g}",
                                f"at most {tolerance:g}", "Solve again by the reference engine."))  # fmt: skip
    return faults


Check = tuple[str, Vector, float]


def _flow_checks(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch) -> list[Check]:
    charge, load, export = schedule.charge_kw, schedule.load_discharge_kw, schedule.export_discharge_kw
    out = load + export
    spare_load = np.maximum(problem.load_limit_kw * strategy.self_use - load, 0.0)
    small = -np.minimum(np.minimum(charge, load), np.minimum(export, schedule.forced_dc_kwh))
    on_road = np.where(problem.driving_dc_kwh > 0, 0.0, schedule.forced_dc_kwh)
    return [
        ("a negative flow", small, TOLERANCE_KW),
        ("charging above its limit", charge - problem.charge_limit_kw, TOLERANCE_KW),
        ("discharging above its limit", out - problem.discharge_limit_kw, TOLERANCE_KW),
        ("serving more than the house takes", load - problem.load_limit_kw * strategy.self_use, TOLERANCE_KW),
        ("export that the strategy does not allow", export * (not strategy.export), TOLERANCE_KW),
        ("charging and discharging at once", np.minimum(charge, out), TOLERANCE_KW),
        ("export before the house is served", np.minimum(spare_load, export), TOLERANCE_KW),
        ("discharge while V2X is off", out * (1.0 - schedule.enabled_pu), TOLERANCE_KW),
        ("charging on the road while standing", on_road, TOLERANCE_KWH),
        ("charging below its least power", _below_least(problem, charge), TOLERANCE_KW),
    ]


def _below_least(problem: VehicleProblem, charge_kw: Vector) -> Vector:
    least = problem.least_charge_kw
    return np.where(charge_kw > TOLERANCE_KW, least - charge_kw, 0.0)


def _state_checks(problem: VehicleProblem, schedule: Dispatch) -> list[Check]:
    flows = {name: getattr(schedule, name) for name in (
        "charge_kw", "load_discharge_kw", "export_discharge_kw", "forced_dc_kwh", "fcr_n_kw", "fcr_d_up_kw",
        "fcr_d_down_kw", "enabled_pu")}  # fmt: skip
    change = net_stored_kwh(problem, **flows)
    balance = np.abs(np.diff(schedule.state_kwh) - change)
    decides = (problem.charge_limit_kw > 0) | (problem.discharge_limit_kw > 0)
    held = np.r_[decides, decides[0]] | np.r_[decides[-1], decides]
    if not problem.is_periodic:
        held[0], held[-1] = False, decides[-1]
    state = schedule.state_kwh
    return [
        ("the energy balance missed", balance, TOLERANCE_KWH),
        _closing_check(problem, schedule),
        ("energy below the floor", problem.floor_kwh - state, TOLERANCE_KWH),
        ("energy above the ceiling", np.where(held, state - problem.ceiling_by_moment_kwh, 0.0), TOLERANCE_KWH),
        ("V2X switched against what was settled", _against_settled(problem, schedule), TOLERANCE_KW),
        ("V2X neither on nor off", np.minimum(schedule.enabled_pu, 1 - schedule.enabled_pu), TOLERANCE_KW),
        ("V2X on for a part of a day", _part_days(problem, schedule), TOLERANCE_KW),
    ]


def _closing_check(problem: VehicleProblem, schedule: Dispatch) -> Check:
    """A period ends where it starts; an open one starts with what is stored."""
    start, end = schedule.state_kwh[[0]], schedule.state_kwh[[-1]]
    if problem.start_kwh is None:
        return "an open period", np.abs(end - start), TOLERANCE_KWH
    return "another start than what is stored", np.abs(start - problem.start_kwh), TOLERANCE_KWH


def _against_settled(problem: VehicleProblem, schedule: Dispatch) -> Vector:
    settled = problem.committed.get("enabled_pu", np.full(problem.step_count, np.nan))
    return np.abs(np.where(np.isnan(settled), 0.0, schedule.enabled_pu - settled))


def _beyond_sold(problem: VehicleProblem, schedule: Dispatch) -> Vector:
    names = ("fcr_n_kw", "fcr_d_up_kw", "fcr_d_down_kw")
    sold = [(getattr(schedule, name), problem.committed[name]) for name in names if name in problem.committed]
    beyond = [np.where(np.isnan(most), 0.0, offer - most) for offer, most in sold]
    return np.asarray(np.max([np.zeros(problem.step_count), *beyond], axis=0))


def _part_days(problem: VehicleProblem, schedule: Dispatch) -> Vector:
    day = np.arange(problem.step_count) // round(HOURS_PER_DAY / problem.step_h)
    first = schedule.enabled_pu[np.searchsorted(day, day)]
    return np.abs(schedule.enabled_pu - first)


def _offer_checks(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch) -> list[Check]:
    rules = (problem.rules.fcr_n, problem.rules.fcr_d_up, problem.rules.fcr_d_down)
    offers = (schedule.fcr_n_kw, schedule.fcr_d_up_kw, schedule.fcr_d_down_kw)
    total = np.sum(offers, axis=0)
    net = schedule.charge_kw - schedule.discharge_kw
    per_hour = round(1 / problem.step_h)
    whole = (problem.plugged_pu > 1 - 1e-9) & (problem.discharge_limit_kw > 0)
    whole = np.repeat(whole.reshape(-1, per_hour).all(axis=1), per_hour)
    uneven = np.sum([np.abs(offer - np.repeat(offer[::per_hour], per_hour)) for offer in offers], axis=0)
    prices = (problem.fcr_n_sek_per_kw_h, problem.fcr_d_up_sek_per_kw_h, problem.fcr_d_down_sek_per_kw_h)
    unbought = np.sum(
        [np.where(np.isnan(price), offer, 0.0) for price, offer in zip(prices, offers, strict=True)], axis=0
    )

    def bound(row: str) -> Vector:
        return np.asarray(
            np.sum([getattr(rule, row) * offer for rule, offer in zip(rules, offers, strict=True)], axis=0)
        )

    checks: list[Check] = [
        ("an offer below nothing", -np.minimum.reduce(offers), TOLERANCE_KW),
        ("an offer outside whole plugged hours", np.where(whole, 0.0, total), TOLERANCE_KW),
        ("an offer while V2X is off", total * (1 - schedule.enabled_pu), TOLERANCE_KW),
        ("an offer that the strategy does not allow", total * (not strategy.sells_reserves), TOLERANCE_KW),
        ("an offer that changes within the hour", uneven, TOLERANCE_KW),
        ("an offer that nobody buys", unbought, TOLERANCE_KW),
        ("an offer beyond what was sold", _beyond_sold(problem, schedule), TOLERANCE_KW),
        ("power up sold twice", np.where(whole, bound("power_up_pu") - net - problem.discharge_limit_kw, 0.0),
         TOLERANCE_KW),
        ("power down sold twice", np.where(whole, bound("power_down_pu") + net - problem.charge_limit_kw, 0.0),
         TOLERANCE_KW),
    ]  # fmt: skip
    return checks + _energy_checks(problem, schedule, bound("energy_up_h"), bound("energy_down_h"), total)


def _energy_checks(
    problem: VehicleProblem, schedule: Dispatch, bound_up: Vector, bound_down: Vector, total: Vector
) -> list[Check]:
    per_hour = round(1 / problem.step_h)
    starts = np.arange(0, problem.step_count, per_hour)
    checks: list[Check] = []
    for name, moments in (("start", starts), ("end", starts + per_hour)):
        state = schedule.state_kwh[moments]
        up, down = bound_up[starts], bound_down[starts]
        above = (state - problem.required_by_moment_kwh[moments]) * problem.discharge_efficiency_pu
        below = (problem.ceiling_by_moment_kwh[moments] - state) / problem.charge_efficiency_pu
        sold = total[starts] > TOLERANCE_KW
        checks.append((f"energy up short at the {name} of the hour", np.where(sold, up - above, 0.0), TOLERANCE_KWH))
        checks.append(
            (f"energy down short at the {name} of the hour", np.where(sold, down - below, 0.0), TOLERANCE_KWH)
        )
    return checks
