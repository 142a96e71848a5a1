"""Checks a schedule against every rule of its problem, by no engine's own means: what any solver's answer must pass."""

import numpy as np

from analysis.dispatch.flows import net_stored_kwh
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.products import PRODUCTS
from analysis.errors import Fault
from analysis.market.capacity_tariff import PeakCharge
from analysis.units import HOURS_PER_DAY

TOLERANCE_KW = 1e-6
TOLERANCE_KWH = 1e-6
TOLERANCE_SEK = 1e-5
RELATIVE = 1e-7


def broken_rules(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch) -> list[Fault]:
    """List every rule that a schedule breaks, with the worst step of each.

    Rules: signs and power limits, one direction at a time, the house before export, what the strategy allows, stored
    energy between floor and ceiling, the balance of every step and of the whole period (of an open one: its start),
    what was settled before, charging on the road only while driving, offers constant over whole plugged hours, the
    reserve rows at the start and at the end of each hour (METHODS 3.3, 3.4), fuse, feed-in limit and budgets; and the
    objective is the bill worked out anew from the meter, own generation, reserves and capacity tariff included
    (METHODS 3.2, 3.5).

    Returns
    -------
    list[Fault]
        Empty where the schedule stands.
    """
    checks = [*_flow_checks(problem, strategy, schedule), *_state_checks(problem, schedule)]
    checks += [*_offer_checks(problem, strategy, schedule), *_site_checks(problem, strategy, schedule)]
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
        "charge_kw", "load_discharge_kw", "export_discharge_kw", "forced_dc_kwh", "enabled_pu")}  # fmt: skip
    offers = {f"{product.name}_kw": schedule.offer_kw(product) for product in problem.products}
    change = net_stored_kwh(problem, **flows, **offers)
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
    named = {f"{product.name}_kw": schedule.offer_kw(product) for product in PRODUCTS}
    sold = [(offer, problem.committed[name]) for name, offer in named.items() if name in problem.committed]
    beyond = [np.where(np.isnan(most), 0.0, offer - most) for offer, most in sold]
    return np.asarray(np.max([np.zeros(problem.step_count), *beyond], axis=0))


def _part_days(problem: VehicleProblem, schedule: Dispatch) -> Vector:
    day = np.arange(problem.step_count) // round(HOURS_PER_DAY / problem.step_h)
    first = schedule.enabled_pu[np.searchsorted(day, day)]
    return np.abs(schedule.enabled_pu - first)


def _offer_checks(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch) -> list[Check]:
    rules = [problem.rule(product) for product in PRODUCTS]
    offers = [schedule.offer_kw(product) for product in PRODUCTS]
    total = np.sum(offers, axis=0)
    net = schedule.charge_kw - schedule.discharge_kw
    whole = (problem.plugged_pu > 1 - 1e-9) & (problem.discharge_limit_kw > 0)
    whole = _each_hour(whole.astype(float), problem.step_h, np.minimum) > 0
    uneven = [
        _each_hour(offer, problem.step_h, np.maximum) - _each_hour(offer, problem.step_h, np.minimum)
        for offer in offers
    ]
    unbought = [
        np.where(np.isnan(problem.capacity_price(product)), offer, 0.0)
        for product, offer in zip(PRODUCTS, offers, strict=True)
    ]
    unallowed = [offer * (strategy.level_pu(product) <= 0) for product, offer in zip(PRODUCTS, offers, strict=True)]

    def bound(row: str) -> Vector:
        return np.asarray(
            np.sum([getattr(rule, row) * offer for rule, offer in zip(rules, offers, strict=True)], axis=0)
        )

    checks: list[Check] = [
        ("an offer below nothing", -np.minimum.reduce(offers), TOLERANCE_KW),
        ("an offer outside whole plugged hours", np.where(whole, 0.0, total), TOLERANCE_KW),
        ("an offer while V2X is off", total * (1 - schedule.enabled_pu), TOLERANCE_KW),
        ("an offer that the strategy does not allow", np.sum(unallowed, axis=0), TOLERANCE_KW),
        ("an offer that changes within the hour", np.sum(uneven, axis=0), TOLERANCE_KW),
        ("an offer that nobody buys", np.sum(unbought, axis=0), TOLERANCE_KW),
        ("an offer beyond what was sold", _beyond_sold(problem, schedule), TOLERANCE_KW),
        ("power up sold twice", np.where(whole, bound("power_up_pu") - net - problem.discharge_limit_kw, 0.0),
         TOLERANCE_KW),
        ("power down sold twice", np.where(whole, bound("power_down_pu") + net - problem.charge_limit_kw, 0.0),
         TOLERANCE_KW),
    ]  # fmt: skip
    return checks + _energy_checks(problem, schedule, bound("energy_up_h"), bound("energy_down_h"), total)


def _each_hour(values: Vector, step_h: float, least_or_most: np.ufunc) -> Vector:
    """Least or most of each hour, on its steps; the last hour may be cut short."""
    per_hour = round(1 / step_h)
    starts = np.arange(0, len(values), per_hour)
    return np.asarray(np.repeat(least_or_most.reduceat(values, starts), per_hour)[: len(values)])


def _site_checks(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch) -> list[Check]:
    """Fuse, feed-in limit and budgets, and the whole bill worked out anew from what crosses the meter."""
    alone = problem.site_load_kw - (0.0 if problem.solar_kw is None else problem.solar_kw)
    site = alone + schedule.charge_kw - schedule.discharge_kw
    discharged = problem.step_h * schedule.discharge_kw
    per_day = np.arange(0, problem.step_count, round(HOURS_PER_DAY / problem.step_h))
    bill = _bill_sek(problem, strategy, schedule, alone)
    slack = TOLERANCE_SEK + RELATIVE * abs(bill)
    return [
        ("import above the fuse", site - np.maximum(problem.fuse_kw, alone), TOLERANCE_KW),
        ("export above the feed-in limit", -site - np.maximum(problem.feed_in_kw, -alone), TOLERANCE_KW),
        ("discharge above the budget of the day",
         np.add.reduceat(discharged, per_day) - problem.daily_discharge_limit_kwh, TOLERANCE_KWH),
        ("discharge above the budget of the horizon",
         np.array([discharged.sum() - problem.horizon_discharge_limit_kwh]), TOLERANCE_KWH),
        ("hours with discharge above the budget of the horizon",
         np.array([problem.step_h * (schedule.discharge_kw > TOLERANCE_KW).sum() - problem.horizon_discharge_limit_h]),
         TOLERANCE_KWH),
        ("an objective that is not the bill", np.array([abs(schedule.objective_sek - bill)]), slack),
    ]  # fmt: skip


def _bill_sek(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch, alone_kw: Vector) -> float:
    """Cost of the car from the meter: the site with it less the site without it, road, wear, reserves, peaks."""
    buy, sell, step = problem.buy_sek_per_kwh, problem.sell_sek_per_kwh, problem.step_h
    beside, here = alone_kw * problem.plugged_pu, schedule.charge_kw - schedule.discharge_kw
    export_most = np.inf if np.isinf(problem.feed_in_kw) else problem.feed_in_kw * problem.plugged_pu

    def of_site(net_kw: Vector) -> Vector:
        """Import bought; own generation sold up to the feed-in limit; what the battery sends out beyond it sold."""
        solar = np.minimum(np.maximum(-beside, 0.0), np.maximum(-net_kw, 0.0))
        battery = np.maximum(-net_kw, 0.0) - solar
        sold = np.minimum(solar, export_most) * problem.solar_price + battery * sell
        return np.asarray(np.maximum(net_kw, 0.0) * buy - sold)

    cost = step * float((of_site(beside + here) - of_site(beside)).sum())
    moved_out = np.zeros(problem.step_count)
    for product in PRODUCTS:
        offer, rule = schedule.offer_kw(product), problem.rule(product)
        paid = np.nan_to_num(problem.capacity_price(product)) * strategy.level_pu(product) * problem.reserve_net_pu
        out, into = (
            problem.reserve_volume_pu * moved * offer
            for moved in (rule.discharge_kwh_per_kw_h, rule.charge_kwh_per_kw_h)
        )
        crosses = product.name != "fcr_n"
        cost += step * float((crosses * (into * buy - out * sell) - paid * offer).sum())
        moved_out += out
    cost += problem.wear_sek_per_kwh * step * float((schedule.discharge_kw + moved_out).sum())
    cost += problem.forced_charge_sek_per_kwh * float(schedule.forced_dc_kwh.sum())
    if not problem.is_periodic:
        cost -= problem.terminal_sek_per_kwh * min(float(schedule.state_kwh[-1]), problem.terminal_target_kwh)
    if problem.peak is None:
        return cost
    outside = np.maximum(alone_kw, 0.0) * (1 - problem.plugged_pu)
    with_car, without = outside + np.maximum(beside + here, 0.0), np.maximum(alone_kw, 0.0)
    return cost + _peaks_sek(problem, problem.peak, with_car) - _peaks_sek(problem, problem.peak, without)


def _peaks_sek(problem: VehicleProblem, peak: PeakCharge, import_kw: Vector) -> float:
    """Capacity charge by listing the hours of each period from the highest down and taking a slot once."""
    starts = np.arange(0, problem.step_count, round(1 / problem.step_h))
    hourly = [float(part.mean()) for part in np.split(import_kw, starts[1:])]
    total = 0.0
    for period, price in enumerate(peak.price_sek_per_kw):
        taken: dict[int, float] = {}
        for hour in sorted(range(len(hourly)), key=lambda at: -hourly[at]):
            slot = int(peak.slot_of_hour[hour])
            if slot >= 0 and peak.period_of_slot[slot] == period and len(taken) < peak.peak_count[period]:
                taken.setdefault(slot, hourly[hour])
        total += float(price) * sum(taken.values()) / int(peak.peak_count[period])
    return total


def _energy_checks(
    problem: VehicleProblem, schedule: Dispatch, bound_up: Vector, bound_down: Vector, total: Vector
) -> list[Check]:
    per_hour = round(1 / problem.step_h)
    starts = np.arange(problem.step_count // per_hour) * per_hour
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
