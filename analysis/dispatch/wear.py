"""Finds the ageing cost at which a car's dispatch and the ageing it causes agree: dispatch → ageing → wear → dispatch.

A car-year is a list of weeks with their weights. Its linear models are built once; only the cost of wear changes
between rounds. Source: METHODS 3.3, 3.7.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from analysis.battery.ageing import Duty
from analysis.battery.budget import PricedDispatch
from analysis.battery.cost import loss_pu, net_wear_sek_per_kwh, standing_loss_pu
from analysis.battery.warranty import (
    BudgetLife,
    HourReading,
    Rule,
    Warranty,
    counted_hours,
    maker_budget,
    requirements,
    virtual_km,
    warranty_of,
)
from analysis.dispatch.accounts import cash_streams, use_of_battery
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.options import ChargerPhysics
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.strategies import GRID, SMART, Terms, attainable
from analysis.settings.parameters import ParameterSet
from analysis.units import DAYS_PER_WEEK, HOURS_PER_WEEK, HOURS_PER_YEAR

Totals = dict[str, float]

# ASSUME: ageing with and without V2X is compared over the first ten years, the life of METHODS 3.7's example.
AGEING_YEARS = 10.0
# ASSUME: cells are at 10 °C on the mean in every area, as for the ageing of all cars; LFP has no data below.
CELL_DEG_C = 10.0


@dataclass(frozen=True)
class YearUse:
    """What a car does in a year under one wear: cost, energy and hours, and the duty that ages its battery.

    ``net_cost_sek`` holds the wear at which the year was dispatched; positive: the household pays. ``enabled_h`` counts
    hours in which the car is plugged in and kept awake for V2X.
    """

    net_cost_sek: float
    discharge_ac_kwh: float
    discharge_dc_kwh: float
    discharge_h: float
    enabled_h: float
    duty: Duty


class _Week:
    """One week's models: one-way charging solved once, the two-way strategy solved anew for each wear."""

    def __init__(self, terms: Terms, week: MarketWeek, problem: VehicleProblem, strategy: Strategy) -> None:
        self.terms, self.week, self.strategy = terms, week, strategy
        self.plain = LinearModel(problem, with_reserves=False)
        smart = self.plain.solve(SMART, limits=terms.limits)
        assert smart is not None, "one-way charging has a schedule at any price"
        self.plain.most_forced_kwh = smart.forced_dc_kwh
        self.problem, self.smart = problem, smart
        sells = strategy.sells_reserves
        self.reserve = LinearModel(attainable(problem, smart), True, smart.forced_dc_kwh) if sells else None

    def one_way(self, capacity_kwh: float) -> Totals:
        """Sums of the week under optimised one-way charging."""
        return self._totals(self.problem, self.smart, SMART, capacity_kwh)

    def two_way(self, wear_sek_per_kwh: float, capacity_kwh: float) -> Totals:
        """Sums of the week under the strategy; those of one-way charging where nothing beats it."""
        schedule = self.smart
        for model, strategy in ((self.plain, GRID if self.reserve else self.strategy), (self.reserve, self.strategy)):
            if model is not None:
                model.problem = replace(model.problem, wear_sek_per_kwh=wear_sek_per_kwh)
                schedule = model.solve(strategy, schedule.penalised_sek, self.terms.limits) or schedule
        worn = replace(self.problem, wear_sek_per_kwh=wear_sek_per_kwh)
        return self._totals(worn, schedule, self.strategy, capacity_kwh)

    def _totals(self, problem: VehicleProblem, schedule: Dispatch, strategy: Strategy, capacity_kwh: float) -> Totals:
        cash = cash_streams(problem, schedule, strategy, self.terms.tariff, self.week.spot_sek_per_kwh)
        awake_h = problem.step_h * float(problem.plugged_pu @ schedule.enabled_pu)
        use = use_of_battery(problem, schedule, capacity_kwh)
        return {**use, "net_cost_sek": cash["net_cost_sek"], "enabled_h": awake_h}


class CarYear:
    """One car at one charger through its weeks, under a two-way strategy whose cost of wear can be changed.

    Parameters
    ----------
    terms, charger
        As for a dispatch; the wear of the problems is replaced.
    weeks
        Each week with the car's problem in it (:func:`analysis.dispatch.strategies.build_problem`).
    capacity_kwh
        Usable energy.
    strategy
        What the car may do beside one-way charging.
    """

    def __init__(
        self,
        terms: Terms,
        charger: ChargerPhysics,
        weeks: Sequence[tuple[MarketWeek, VehicleProblem]],
        capacity_kwh: float,
        strategy: Strategy,
    ) -> None:
        self.charger, self.capacity_kwh = charger, capacity_kwh
        self.weights = [week.weight_weeks for week, _ in weeks]
        self._weeks = [_Week(terms, week, problem, strategy) for week, problem in weeks]
        self._smart = [week.one_way(capacity_kwh) for week in self._weeks]
        self._known: dict[float, list[Totals]] = {}
        self.smart = self._year(self._smart)

    def use(self, wear_sek_per_kwh: float) -> YearUse:
        """The year at a wear."""
        return self._year(self._at(wear_sek_per_kwh))

    def use_with_weeks_off(self, wear_sek_per_kwh: float, enabled_sek_per_h: float) -> YearUse:
        """The year where V2X stays off in each week that does not earn a price on its enabled hours.

        # ASSUME: whole weeks give way; days within a week hang together by the stored energy and are not parted.
        """
        kept = [
            two_way if one_way["net_cost_sek"] - two_way["net_cost_sek"] > enabled_sek_per_h * two_way["enabled_h"]
            else one_way
            for one_way, two_way in zip(self._smart, self._at(wear_sek_per_kwh), strict=True)
        ]  # fmt: skip
        return self._year(kept)

    def _at(self, wear_sek_per_kwh: float) -> list[Totals]:
        if wear_sek_per_kwh not in self._known:
            found = [week.two_way(wear_sek_per_kwh, self.capacity_kwh) for week in self._weeks]
            self._known[wear_sek_per_kwh] = found
        return self._known[wear_sek_per_kwh]

    def _year(self, weeks: list[Totals]) -> YearUse:
        """Weight the weeks to a year.

        # ASSUME: cycles are as deep as the mean daily swing of the state of charge, and run at the charger's power.
        """
        sums: Totals = defaultdict(float)
        for weight, totals in zip(self.weights, weeks, strict=True):
            for name, amount in totals.items():
                sums[name] += weight * amount
        horizon_h, capacity_kwh = sums["horizon_h"], self.capacity_kwh
        days = horizon_h / HOURS_PER_WEEK * DAYS_PER_WEEK
        throughput = sums["discharge_dc_kwh"] + sums["driving_dc_kwh"] + sums["standby_dc_kwh"]
        duty = Duty(
            years=AGEING_YEARS, temperature_deg_c=CELL_DEG_C,
            mean_state_pu=sums["state_kwh_h"] / horizon_h / capacity_kwh,
            depth_pu=sums["swing_kwh"] / days / capacity_kwh,
            discharge_dc_kwh_per_year=throughput * HOURS_PER_YEAR / horizon_h, capacity_kwh=capacity_kwh,
            c_rate_per_h=self.charger.reference_kw / capacity_kwh,
        )  # fmt: skip
        names = ("net_cost_sek", "discharge_ac_kwh", "discharge_dc_kwh", "discharge_h", "enabled_h")
        return YearUse(**{name: sums[name] for name in names}, duty=duty)


@dataclass(frozen=True)
class WearLimits:
    """When the rounds stop, and the share of the difference of ageing and wear that each round takes.

    They stop at a difference of 1 % of the wear or 0.02 öre/kWh, whichever is larger: LFP wears 0.6 öre/kWh at its
    least.
    """

    least_tolerance_sek_per_kwh: float = 0.0002
    tolerance_pu: float = 0.01
    round_count: int = 40
    damping_pu: float = 0.7

    def tolerance_sek_per_kwh(self, wear_sek_per_kwh: float) -> float:
        """Difference that counts as agreement at a wear."""
        return max(self.least_tolerance_sek_per_kwh, self.tolerance_pu * wear_sek_per_kwh)


@dataclass(frozen=True)
class Settled:
    """Where the rounds of dispatch and ageing ended.

    ``net_wear_sek_per_kwh`` is what ageing costs at the dispatch of ``wear_sek_per_kwh``; it may be negative, while
    the dispatch never meets a wear below zero. ``outcome`` is ``settled`` (they agree within the tolerance),
    ``between_schedules`` (the dispatch steps over the point of agreement: the wear is known within the tolerance, the
    ageing on either side of it is ``residual_sek_per_kwh`` away) or ``unsettled`` (the rounds ran out).
    """

    wear_sek_per_kwh: float
    net_wear_sek_per_kwh: float
    residual_sek_per_kwh: float
    iteration_count: int
    outcome: str

    @property
    def is_converged(self) -> bool:
        """Whether wear and ageing agree within the tolerance."""
        return self.outcome == "settled"


def settle_wear(
    respond: Callable[[float], float], start_sek_per_kwh: float, limits: WearLimits = WearLimits()
) -> Settled:
    """Find the wear that the ageing of its own dispatch confirms, by damped rounds held within a bracket.

    Parameters
    ----------
    respond
        Ageing per kWh (signed) of the dispatch at a wear.
    start_sek_per_kwh
        First guess, not negative.

    # ASSUME: a negative ageing is no bonus for discharging: it comes from an emptier battery, not from the kWh sold.
    The dispatch then meets no wear at all, and the sign is reported beside it.

    Examples
    --------
    Ageing 0.3 − 0.5·wear from a start of 0.25 settles at 0.2 SEK/kWh.
    """
    low, high, wear = 0.0, float("inf"), start_sek_per_kwh
    tried: list[Settled] = []
    for count in range(1, limits.round_count + 1):
        net = respond(wear)
        gap, tolerance = max(net, 0.0) - wear, limits.tolerance_sek_per_kwh(wear)
        tried.append(Settled(wear, net, abs(gap), count, "settled" if abs(gap) <= tolerance else "unsettled"))
        if tried[-1].is_converged:
            return tried[-1]
        low, high = (max(low, wear), high) if gap > 0 else (low, min(high, wear))
        if high - low <= tolerance:
            ends = [each for each in tried if low <= each.wear_sek_per_kwh <= high]
            return replace(_nearest(ends), outcome="between_schedules", iteration_count=count)
        step = wear + limits.damping_pu * gap
        wear = step if low < step < high else (low + high) / 2
    return replace(_nearest(tried), iteration_count=limits.round_count)


def _nearest(tried: list[Settled]) -> Settled:
    return min(tried, key=lambda each: each.residual_sek_per_kwh)


@dataclass(frozen=True)
class CarWear:
    """The settled wear of one car, chemistry and basis, with the year at the start and at the end of the rounds."""

    settled: Settled
    start: YearUse
    end: YearUse
    smart_capacity_loss_pu: float
    v2x_capacity_loss_pu: float
    smart_standing_loss_pu: float
    v2x_standing_loss_pu: float


def settle_car(
    parameters: ParameterSet,
    year: CarYear,
    chemistry: str,
    basis: str,
    start_sek_per_kwh: float,
    limits: WearLimits = WearLimits(),
) -> CarWear:
    """Let one car's dispatch and ageing agree, for a chemistry (``nmc``, ``lfp``) and a basis of cost.

    Parameters
    ----------
    basis
        ``capacity`` or ``end_of_life`` (:mod:`analysis.battery.cost`).
    start_sek_per_kwh
        Wear at which the car was dispatched so far (``deg.c_deg_nmc``, ``deg.c_deg_lfp``).

    Returns
    -------
    CarWear
        Capacity losses are of ten years, with V2X and as optimised one-way charging on the same trips; beside each
        the part that comes from standing at its mean state of charge.
    """

    def respond(wear_sek_per_kwh: float) -> float:
        use = year.use(wear_sek_per_kwh)
        return net_wear_sek_per_kwh(
            parameters, chemistry, basis, with_v2x=use.duty, without=year.smart.duty,
            discharge_ac_kwh_per_year=use.discharge_ac_kwh,
        )  # fmt: skip

    settled = settle_wear(respond, start_sek_per_kwh, limits)
    end = year.use(settled.wear_sek_per_kwh)
    losses = [
        part(parameters, chemistry, use.duty) for part in (loss_pu, standing_loss_pu) for use in (year.smart, end)
    ]
    return CarWear(settled, year.use(start_sek_per_kwh), end, *losses)


def warranties(
    parameters: ParameterSet, use: YearUse, chemistry: str, driven_km_per_year: float, rule: Rule = "gtr_22"
) -> tuple[Warranty, Warranty]:
    """The early and the late warranty of a car that is used every year as in this one.

    Examples
    --------
    12 000 km driven and 3 120 kWh taken from the battery a year: the late one ends after 5.8 years instead of 8.
    """
    virtual = virtual_km(use.discharge_dc_kwh, parameters["deg.wltp_worst"])

    def state_after_pu(years: float) -> float:
        return 1 - loss_pu(parameters, chemistry, replace(use.duty, years=years))

    early, late = (
        warranty_of(each, driven_km_per_year, virtual, state_after_pu) for each in requirements(parameters, rule)
    )
    return early, late


def budget_life(parameters: ParameterSet, use: YearUse, reading: HourReading = "discharging") -> BudgetLife:
    """Years until a maker's lifetime budget ends for a car that is used every year as in this one, and what binds."""
    hours = counted_hours(reading, use.discharge_h, use.enabled_h)
    return maker_budget(parameters).life(use.discharge_ac_kwh, hours)


def priced_dispatch(year: CarYear, wear_sek_per_kwh: float, reading: HourReading) -> PricedDispatch:
    """Lay the price of a lifetime budget on a car-year: what :func:`analysis.battery.budget.budget_shadow_price` asks.

    # ASSUME: an hour of discharge is priced as the kWh of an hour at the charger's full power, for a linear programme
    knows no hours of discharge; the hours that are counted are those of the schedule. An enabled hour is priced by
    leaving V2X off in whole weeks that do not earn it. Activation of sold reserves counts as kWh, not as hours.
    """

    def dispatch(sek_per_kwh: float, sek_per_h: float) -> tuple[float, float]:
        if reading == "discharging":
            use = year.use(wear_sek_per_kwh + sek_per_kwh + sek_per_h / year.charger.power_kw)
        else:
            use = year.use_with_weeks_off(wear_sek_per_kwh + sek_per_kwh, sek_per_h)
        return use.discharge_ac_kwh, counted_hours(reading, use.discharge_h, use.enabled_h)

    return dispatch
