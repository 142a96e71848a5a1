"""Runs one car through weeks with no more than what is known: plans, bids, and what remains of both in reality.

A plan is made anew at midnight, at 13:00 (when tomorrow's prices have come), when the car is plugged in, and when it
still stands there after its plan has run out. Bids for tomorrow's reserves go out at 13:00 at the car's own cost; what
was bought is known at midnight and is held. Source: METHODS 3.5; the plans are solved by ``linear``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis.dispatch.accounts import cash_streams
from analysis.dispatch.branching import SearchLimits
from analysis.dispatch.execution import Moment, carry_out
from analysis.dispatch.flows import activation_costs, activation_drain_kwh, offered_prices
from analysis.dispatch.known import PUBLISHED_HOUR, Course, Known, Outlook, foresee, known_at, ready_kwh
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.options import ChargerPhysics
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.requirement import required_energy_kwh, terminal_worth_sek
from analysis.market.tariff import Tariff
from analysis.units import HOURS_PER_DAY

OFFERS = ("fcr_n_kw", "fcr_d_up_kw", "fcr_d_down_kw")
FLOWS = ("charge_kw", "load_discharge_kw", "export_discharge_kw", "forced_dc_kwh", *OFFERS, "enabled_pu")
CHEAP_HOURS = 6
KEPT_WORTH_PU = 2.0
"""# ASSUME: a plan keeps what was sold unless keeping it costs more than twice its price; the second price is not paid,
it stands for the trust of the buyer."""
NOT_WHOLE_PU = 1e-6

Foresee = Callable[[Known], Outlook]


@dataclass(frozen=True)
class Car:
    """One car at its site: its real problem over the stretch, and what a plan needs to state its own.

    ``problem`` starts with what is stored and has real trips, prices and load; hours. Plans keep its floor; on a trip
    that nobody planned the car may go down to ``road_floor_kwh`` before it charges on the road.
    """

    problem: VehicleProblem
    charger: ChargerPhysics
    tariff: Tariff
    site_kw: float
    road_floor_kwh: float
    daily_limit_kwh: float
    capacity_kwh: float


@dataclass(frozen=True)
class Rolled:
    """What became of the plans: the schedule, the problem it was held to, and what was sold and withdrawn (kW·h).

    ``problem`` is the real one, with ceiling and need as the plans in force knew them.
    """

    schedule: Dispatch
    problem: VehicleProblem
    sold_kw_h: float
    withdrawn_kw_h: float
    rejected_kw_h: float
    plan_count: int


def roll(
    car: Car,
    course: Course,
    strategy: Strategy,
    limits: SearchLimits,
    foresee_by: Foresee = foresee,
    is_pooled: bool = False,
) -> Rolled:
    """Carry a strategy through the stretch, hour by hour.

    Parameters
    ----------
    car
        Its problem begins at the course's ``first_day``.
    course
        What really happens; plans see :class:`Known` alone.
    strategy
        What the car may do.
    limits
        When the search of a single plan stops.
    foresee_by
        Turns what is known into what is expected.
    is_pooled
        Whether the car's reserves are sold as a part of a pool's; else it bids alone, a day ahead.
    """
    return _Run(car, course, strategy, limits, foresee_by, is_pooled).through()


class _Run:
    """One car, one strategy: the state of its battery, its standing plan and its standing bids."""

    def __init__(
        self, car: Car, course: Course, strategy: Strategy, limits: SearchLimits, foresee_by: Foresee, is_pooled: bool
    ) -> None:
        self.car, self.course, self.strategy, self.limits, self.foresee_by = car, course, strategy, limits, foresee_by
        self.is_pooled, self.bids_alone = is_pooled, strategy.sells_reserves and not is_pooled
        self.real = replace(car.problem, floor_kwh=car.road_floor_kwh)
        self.first, count = course.first_day * HOURS_PER_DAY, self.real.step_count
        assert self.real.start_kwh is not None
        assert self.real.step_h == 1.0
        assert count == len(course.spot_sek_per_kwh) - self.first
        self.state = np.full(count + 1, self.real.start_kwh)
        self.flows = {name: np.zeros(count) for name in FLOWS}
        self.enabled = np.full(count, np.nan)
        self.ceiling = np.full(count + 1, min(car.daily_limit_kwh, car.capacity_kwh))
        self.required = np.full(count + 1, np.inf)
        self.bids = {name: np.full(count, np.nan) for name in OFFERS}
        self.asked = {name: np.full(count, np.nan) for name in OFFERS}
        self.rejected_kw_h, self.plan_count = 0.0, 0

    def through(self) -> Rolled:
        """Walk the hours."""
        if self.bids_alone:
            self._plan(self.first - HOURS_PER_DAY + PUBLISHED_HOUR)
            self._bid(0)
        for step in range(self.real.step_count):
            hour = step % HOURS_PER_DAY
            if hour == 0:
                self._clear(step)
                self._plan(step + self.first)
            elif hour == PUBLISHED_HOUR:
                self._plan(step + self.first)
                self._bid(step + HOURS_PER_DAY - PUBLISHED_HOUR)
            elif self.course.plugged_pu[step + self.first] > 0 and self.problem.plugged_pu[self._at(step)] <= 0:
                self._plan(step + self.first)
            self._settle(step)
            self._carry_out(step)
        return self._rolled()

    def _at(self, step: int) -> int:
        """Place of a step of the stretch in the standing plan."""
        return step + self.first - self.plan_start

    def _plan(self, now: int) -> None:
        """Solve anew from what is known and stored."""
        outlook = self.foresee_by(known_at(self.course, now))
        self.plan_start = outlook.first_day * HOURS_PER_DAY
        step = now - self.first
        plan = self._problem(outlook, float(self.state[max(step, 0)]))
        self.problem = self._with_standing(plan, outlook)
        model = LinearModel(self.problem, with_reserves=self.strategy.sells_reserves)
        found = model.solve(self.strategy, limits=self.limits)
        assert found is not None
        self.schedule, self.plan_count = found, self.plan_count + 1
        if step >= 0:
            at = self._at(step)
            self.ceiling[step] = max(self.ceiling[step], self.problem.ceiling_kwh[at])
            self.required[step] = min(self.required[step], self.problem.required_kwh[at])

    def _problem(self, outlook: Outlook, stored_kwh: float) -> VehicleProblem:
        """State the plan on expected prices, load and use.

        # ASSUME: a plan fills the battery to the daily limit at most; only who knows a long trip ahead fills more.
        """
        car, real = self.car, self.real
        # the evening before the stretch makes bids alone: the stretch begins with what is stored, by agreement
        counted = np.arange(len(outlook.load_kw)) + self.plan_start >= self.first
        load, plugged, driving = outlook.load_kw, outlook.plugged_pu * counted, outlook.driving_dc_kwh * counted
        power = car.charger.power_kw * plugged
        charge = np.minimum(power, np.maximum(car.site_kw - load, 0.0))
        need = required_energy_kwh(
            driving, charge, real.step_h, real.charge_efficiency_pu, car.problem.floor_kwh, is_periodic=False
        )
        buy = car.tariff.buy_sek_per_kwh(outlook.spot_sek_per_kwh)
        worth, target = self._end(outlook, buy)
        reserve = outlook.reserve_when_bid_sek_per_kw_h if self.is_pooled else outlook.reserve_sek_per_kw_h
        return replace(
            real, plugged_pu=plugged, driving_dc_kwh=driving, charge_limit_kw=charge,
            discharge_limit_kw=np.minimum(power, car.site_kw + load) * car.charger.is_bidirectional,
            required_kwh=need, ceiling_kwh=np.full(len(load), max(car.daily_limit_kwh, stored_kwh)),
            buy_sek_per_kwh=buy, sell_sek_per_kwh=car.tariff.sell_sek_per_kwh(outlook.spot_sek_per_kwh),
            site_load_kw=load, load_efficiency_pu=car.charger.load_efficiency_pu(load), start_kwh=stored_kwh,
            terminal_sek_per_kwh=worth, terminal_target_kwh=target, fcr_n_sek_per_kw_h=reserve["fcr_n"],
            fcr_d_up_sek_per_kw_h=reserve["fcr_d_up"], fcr_d_down_sek_per_kw_h=reserve["fcr_d_down"],
        )  # fmt: skip

    def _end(self, outlook: Outlook, buy: Vector) -> tuple[float, float]:
        """Worth and target of what is left: the account's own where the stretch ends, else a cheap refill.

        # ASSUME: a kWh left at the end of a plan saves one bought in the six cheapest hours of a day.
        """
        real = self.real
        if outlook.first_day * HOURS_PER_DAY + len(buy) == len(self.course.spot_sek_per_kwh):
            return real.terminal_sek_per_kwh, real.terminal_target_kwh
        cheap = np.sort(buy.reshape(-1, HOURS_PER_DAY), axis=1)[:, :CHEAP_HOURS].mean()
        return max(float(cheap) / real.charge_efficiency_pu, 0.0), self.car.daily_limit_kwh

    def _with_standing(self, plan: VehicleProblem, outlook: Outlook) -> VehicleProblem:
        """Hold what was settled and sold; ask of the battery no more than it can reach."""
        free = np.full(plan.step_count, np.nan)
        sold = {name: self._standing(bids, free) if self.bids_alone else free for name, bids in self.bids.items()}
        prices = (plan.fcr_n_sek_per_kw_h, plan.fcr_d_up_sek_per_kw_h, plan.fcr_d_down_sek_per_kw_h)
        kept = [np.where(sold[name] > 0, price * KEPT_WORTH_PU, price)
                for name, price in zip(OFFERS, prices, strict=True)]  # fmt: skip
        # hours in which nothing can be offered any more need no rows
        is_open = np.any([np.isnan(most) | (most > 0) for most in sold.values()], axis=0)
        reachable = _reachable_kwh(plan)
        ready = np.minimum(self._ready(plan, outlook), reachable)
        return replace(
            plan, plugged_pu=np.where(is_open, plan.plugged_pu, np.minimum(plan.plugged_pu, 1 - NOT_WHOLE_PU)),
            required_kwh=np.maximum(np.minimum(plan.required_kwh, reachable), ready), ready_kwh=ready,
            committed={**sold, "enabled_pu": self._standing(self.enabled, free)}, fcr_n_sek_per_kw_h=kept[0],
            fcr_d_up_sek_per_kw_h=kept[1], fcr_d_down_sek_per_kw_h=kept[2],
        )  # fmt: skip

    def _standing(self, values: Vector, free: Vector) -> Vector:
        """Cut a series of the stretch to the plan's window; free where the window reaches beyond the stretch."""
        steps = self.plan_start - self.first + np.arange(len(free))
        inside = (steps >= 0) & (steps < len(values))
        held = free.copy()
        held[inside] = values[steps[inside]]
        return held

    def _ready(self, plan: VehicleProblem, outlook: Outlook) -> Vector:
        """Energy for departures that may come before the expected one; only while the car is expected to stay."""
        floor, here = self.car.problem.floor_kwh, outlook.now - self.plan_start
        ready = np.full(plan.step_count, floor)
        away = np.flatnonzero(plan.plugged_pu[here:] <= 0)
        hours = min(int(away[0]) + 1 if len(away) else plan.step_count, plan.step_count - here)
        gain = plan.step_h * plan.charge_efficiency_pu * self.car.charger.power_kw
        ready[here : here + hours] = ready_kwh(outlook, hours, gain, floor, self.car.daily_limit_kwh)
        return ready

    def _bid(self, step: int) -> None:
        """Offer for the day from ``step`` on what the plan offers, at the car's own cost."""
        if not self.bids_alone or step >= len(self.enabled):
            return
        day = slice(step, step + HOURS_PER_DAY)
        at = slice(self._at(step), self._at(step) + HOURS_PER_DAY)
        for name, cost in zip(OFFERS, own_costs_sek_per_kw_h(self.problem), strict=True):
            self.bids[name][day] = getattr(self.schedule, name)[at]
            self.asked[name][day] = cost[at]

    def _clear(self, step: int) -> None:
        """Keep of the day's bids what the real price pays."""
        if not self.bids_alone:
            return
        day = slice(step, step + HOURS_PER_DAY)
        for name, price in zip(OFFERS, offered_prices(self.real, self.strategy), strict=True):
            bids, asked = self.bids[name][day], self.asked[name][day]
            is_bought = np.nan_to_num(price[day], nan=-np.inf) >= asked
            self.rejected_kw_h += float(np.where(is_bought, 0.0, bids).sum())
            self.bids[name][day] = np.where(is_bought, bids, 0.0)

    def _settle(self, step: int) -> None:
        """Switch V2X on or off for the day when the car is first plugged in on it; before, it makes no difference."""
        today = slice(step - step % HOURS_PER_DAY, step - step % HOURS_PER_DAY + HOURS_PER_DAY)
        if np.isnan(self.enabled[step]) and self.real.plugged_pu[step] > 0:
            self.enabled[today] = self.schedule.enabled_pu[self._at(step)]

    def _sold(self, step: int) -> Vector:
        """What is to be held in this hour: of a car alone what the plan keeps of its bids, of a pool's car its plan.

        # ASSUME: a pool has sold what its cars offer in the mean, on the prices expected the day before; the cars that
        are plugged in hold it, each by its own plan. What the pool misses in all is not counted here.
        """
        at = self._at(step)
        planned = np.array([float(getattr(self.schedule, name)[at]) for name in OFFERS])
        if self.bids_alone:
            bids = np.array([float(self.bids[name][step]) for name in OFFERS])
            return np.where(bids < planned, bids, planned)
        if not planned.any():
            return planned
        asked = np.array([float(cost[at]) for cost in own_costs_sek_per_kw_h(self.problem)])
        paid = np.array([float(price[step]) for price in offered_prices(self.real, self.strategy)])
        bought: Vector = np.where(np.nan_to_num(paid, nan=-np.inf) >= asked, planned, 0.0)
        self.rejected_kw_h += float((planned - bought).sum())
        for name, offer in zip(OFFERS, bought, strict=True):
            self.bids[name][step] = offer
        return bought

    def _carry_out(self, step: int) -> None:
        at, plan = self._at(step), self.problem
        load = float(self.schedule.load_discharge_kw[at])
        moment = Moment(
            step=step,
            state_kwh=float(self.state[step]),
            enabled_pu=float(np.nan_to_num(self.enabled[step])),
            required_kwh=(float(plan.required_by_moment_kwh[at]), float(plan.required_by_moment_kwh[at + 1])),
            ceiling_kwh=(float(self.ceiling[step]), float(plan.ceiling_by_moment_kwh[at + 1])),
            charge_kw=float(self.schedule.charge_kw[at]),
            load_kw=load,
            export_kw=float(self.schedule.export_discharge_kw[at]),
            follows_load=load > float(plan.load_limit_kw[at]) - NOT_WHOLE_PU,
            offers_kw=self._sold(step),
        )
        done = carry_out(self.real, self.strategy, moment)
        for name, value in zip(FLOWS, done.flows, strict=True):
            self.flows[name][step] = value
        self.state[step + 1] = done.state_kwh
        self.ceiling[step + 1] = max(moment.ceiling_kwh[1], done.state_kwh)
        self.required[step] = min(self.required[step], moment.required_kwh[0])
        self.required[step + 1] = moment.required_kwh[1]

    def _rolled(self) -> Rolled:
        ceiling = self.ceiling[:-1].copy()
        ceiling[-1] = max(ceiling[-1], self.ceiling[-1])
        held = replace(self.real, ceiling_kwh=ceiling, required_kwh=self.required[:-1])
        self.flows["enabled_pu"] = np.nan_to_num(self.enabled)
        sold = sum(float(np.nansum(bids)) for bids in self.bids.values())
        kept = sum(float(self.flows[name].sum()) for name in OFFERS)
        schedule = Dispatch(
            **self.flows, state_kwh=self.state, objective_sek=np.nan, solve_count=self.plan_count,
            simultaneous_count=0, gap_sek=0.0,
        )  # fmt: skip
        schedule = replace(schedule, objective_sek=cost_sek(self.car, self.strategy, schedule))
        return Rolled(schedule, held, sold, sold - kept, self.rejected_kw_h, self.plan_count)


def cost_sek(car: Car, strategy: Strategy, schedule: Dispatch) -> float:
    """Net cost of a schedule in the real problem, less the worth of what is left at its end."""
    spot = car.problem.sell_sek_per_kwh - car.tariff.sell_sek_per_kwh(0.0)
    cash = cash_streams(car.problem, schedule, strategy, car.tariff, spot)
    return cash["net_cost_sek"] - terminal_worth_sek(car.problem, float(schedule.state_kwh[-1]))


def _reachable_kwh(plan: VehicleProblem) -> Vector:
    """Energy at the start of each step if the car charges whenever it can, V2X being on."""
    assert plan.start_kwh is not None
    reached, level = np.empty(plan.step_count), plan.start_kwh
    standby = plan.standby_kw * plan.step_h * plan.plugged_pu
    gained = plan.step_h * plan.charge_efficiency_pu * plan.charge_limit_kw - standby - plan.driving_dc_kwh
    most = plan.ceiling_by_moment_kwh
    for step in range(plan.step_count):
        reached[step] = level
        level = max(min(level + gained[step], most[step + 1]), plan.floor_kwh)
    return reached


def own_costs_sek_per_kw_h(plan: VehicleProblem) -> tuple[Vector, Vector, Vector]:
    """Least capacity price at which an offered kW pays: what its activation costs and drains, over what remains.

    # ASSUME: what the offer keeps the car from doing on the energy market is no part of its asking price; the plan
    weighs it when it chooses how much to offer.
    """
    refill = float(np.median(plan.buy_sek_per_kwh)) / plan.charge_efficiency_pu
    costs = [
        np.maximum(moved + refill * drain, 0.0) / plan.reserve_net_pu
        for moved, drain in zip(activation_costs(plan), activation_drain_kwh(plan), strict=True)
    ]
    return costs[0], costs[1], costs[2]
