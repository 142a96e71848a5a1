"""Holds what is earned with limited knowledge against what perfect foresight would earn: the foresight ratio κ.

Each car lives one continuous stretch of whole weeks, after weeks that are its known past. Both accounts start with the
same energy, and what is left at the end has the same price. Source: METHODS 3.5.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.dispatch.branching import SearchLimits
from analysis.dispatch.inputs import MarketWeek, market_weeks, vehicle_weeks
from analysis.dispatch.known import Course, Known, Outlook, foresee
from analysis.dispatch.options import ChargerPhysics, charger_physics, connection_limit_kw
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.requirement import energy_ceiling_kwh, required_energy_kwh, uncontrolled
from analysis.dispatch.rolling import Car, Rolled, cost_sek, roll
from analysis.dispatch.strategies import (
    GRID,
    HOME,
    SMART,
    UNCONTROLLED,
    Terms,
    attainable,
    build_problem,
    solve_strategies,
    terms_of,
)
from analysis.dispatch.stretches import Stretch, as_weeks, course_of, stretches_of
from analysis.dispatch.verify import broken_rules
from analysis.errors import ConfigError, DataError, Fault
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet
from analysis.units import DAYS_PER_WEEK, HOURS_PER_DAY

log = logging.getLogger(__name__)

PLAN_LIMITS = SearchLimits(gap_sek=0.01, gap_pu=1e-4, solve_count=50)
PERFECT_LIMITS = SearchLimits(gap_sek=0.02, gap_pu=1e-5, solve_count=300)
ROAD_FLOOR_PU = 0.5
"""# ASSUME: the reserve that every plan keeps (``veh.soc_min_user``, ``veh.reserve_km``) is there for what was not
planned: half of it may be driven before the car is charged on the road."""
FULL = ReserveLevel(level_id="full", fcr_n_pu=1.0, fcr_d_pu=1.0)
RESERVE = Strategy("grid_reserve", "full", self_use=True, export=True, fcr_n_pu=1.0, fcr_d_pu=1.0)
ROLLED = ((SMART, "none"), (HOME, "none"), (GRID, "none"), (RESERVE, "pool"), (RESERVE, "alone"))
"""Strategies, and who bids: a pool that holds with the cars that are there, or the car alone for its own hours."""


def measure_foresight(
    foresight_weeks: pd.DataFrame,
    availability: pd.DataFrame,
    vehicles: pd.DataFrame,
    day_ahead_prices: pd.DataFrame,
    reserve_prices: pd.DataFrame,
    household_load: pd.DataFrame,
    parameters: ParameterSet,
    *,
    price_area: str,
    price_year: int,
    charger_option: str,
    northern_pu: float = 0.0,
) -> pd.DataFrame:
    """Follow every car through its weeks in one price area and price year, with limited and with perfect foresight.

    Steps are hours; quarters are averaged. The margin ``res.kappa_fcr`` is what is measured here, so it is 1 in both
    accounts; fee and acceptance are as everywhere.

    Parameters
    ----------
    foresight_weeks
        ForesightWeeks.
    availability
        AvailabilityWeeks of these weeks, hourly.
    charger_option
        One two-way charger.

    Returns
    -------
    pd.DataFrame
        ForesightVehicles.

    References
    ----------
    METHODS 3.5, Foresight.
    """
    known = parameters.with_values({"res.kappa_fcr": 1.0})
    terms, charger = terms_of(known, (FULL,), 1.0, northern_pu), charger_physics(charger_option, known)
    lived = foresight_weeks[foresight_weeks["price_year"] == price_year]
    weeks = market_weeks(as_weeks(lived), day_ahead_prices, reserve_prices, household_load, price_area=price_area,
                         price_year=price_year, step_h=1.0)  # fmt: skip
    driven = vehicle_weeks(availability, weeks, price_area=price_area, price_year=price_year, step_h=1.0)
    rows = [
        {"price_area": price_area, "price_year": price_year, **row}
        for stretch in stretches_of(lived, vehicles, weeks, driven, known)
        for row in compare_stretch(terms, charger, stretch)
    ]
    return pd.DataFrame(rows).astype({"week_start_utc": pd.DatetimeTZDtype("us", "UTC")})


def two_way_option(charger_options: Sequence[str]) -> str:
    """Take the first two-way charger of the scope.

    Raises
    ------
    ConfigError
        If there is none.
    """
    two_way = [name for name in charger_options if not name.endswith("_oneway")]
    if not two_way:
        raise ConfigError(Fault("scope.charger_options", ", ".join(charger_options), "a two-way charger", "Add one."))
    return two_way[0]


def car_of(terms: Terms, charger: ChargerPhysics, stretch: Stretch, course: Course) -> Car:
    """State the real problem of the valued weeks.

    # ASSUME: a stretch begins at the daily limit; a kWh left at its end, up to that limit, is worth what one cost at
    the mean price of the weeks before. Trips after the end are not served.
    """
    first, parameters = course.first_day * HOURS_PER_DAY, terms.parameters
    valued = _joined(stretch.weeks[stretch.past_weeks :])
    load, driving = course.load_kw[first:], course.driving_dc_kwh[first:]
    built = build_problem(
        terms, charger, valued, plugged_pu=course.plugged_pu[first:], driving_dc_kwh=driving, load_kw=load,
        capacity_kwh=stretch.capacity_kwh,
    )  # fmt: skip
    limit = parameters["veh.soc_max_daily"] * stretch.capacity_kwh
    need = required_energy_kwh(
        driving, built.charge_limit_kw, built.step_h, built.charge_efficiency_pu, built.floor_kwh, is_periodic=False
    )
    past_sek_per_kwh = float(terms.tariff.buy_sek_per_kwh(course.spot_sek_per_kwh[:first]).mean())
    problem = replace(
        built, required_kwh=need, ceiling_kwh=energy_ceiling_kwh(need, limit, stretch.capacity_kwh), start_kwh=limit,
        terminal_sek_per_kwh=max(past_sek_per_kwh, 0.0) / built.charge_efficiency_pu, terminal_target_kwh=limit,
    )  # fmt: skip
    site_kw = connection_limit_kw(parameters, charger.power_kw, float(load.mean()))
    return Car(problem, charger, terms.tariff, site_kw, ROAD_FLOOR_PU * problem.floor_kwh, limit, stretch.capacity_kwh)


def _joined(weeks: Sequence[MarketWeek]) -> MarketWeek:
    """Put weeks that follow one another into one."""
    first = weeks[0]
    return replace(
        first,
        steps_utc=pd.DatetimeIndex(np.concatenate([week.steps_utc for week in weeks]), tz="UTC"),
        hour_of_week=np.concatenate([week.hour_of_week for week in weeks]),
        spot_sek_per_kwh=np.concatenate([week.spot_sek_per_kwh for week in weeks]),
        reserve_sek_per_kw_h={
            name: np.concatenate([week.reserve_sek_per_kw_h[name] for week in weeks])
            for name in first.reserve_sek_per_kw_h
        },
        load_kw={name: np.concatenate([week.load_kw[name] for week in weeks]) for name in first.load_kw},
    )


def compare_stretch(terms: Terms, charger: ChargerPhysics, stretch: Stretch) -> Iterator[dict[str, object]]:
    """Roll every strategy through a car's stretch and solve it with perfect foresight (grain: strategy).

    Yields
    ------
    dict
        Row of ForesightVehicles, without area and year.

    Raises
    ------
    DataError
        If a schedule breaks a rule of its problem.
    """
    course = course_of(stretch)
    car = car_of(terms, charger, stretch, course)
    rolled = roll_all(car, course)
    # perfect foresight may fill the battery as far as any plan was allowed to: it is never held tighter
    ceiling = np.maximum.reduce([car.problem.ceiling_kwh, *(run.problem.ceiling_kwh for run in rolled.values())])
    whole = replace(car.problem, ceiling_kwh=ceiling)
    perfect = solve_strategies(whole, (FULL,), charger.is_bidirectional, PERFECT_LIMITS)
    reached = attainable(whole, perfect[SMART])
    _check([(strategy, reached, schedule) for strategy, schedule in perfect.items()], stretch.vehicle_id)
    allowed = rolled[SMART, "none"].problem
    at_once = uncontrolled(allowed)
    held = [(strategy, run.problem, run.schedule) for (strategy, _), run in rolled.items()]
    _check([*held, (UNCONTROLLED, allowed, at_once)], stretch.vehicle_id)
    for (strategy, bidding), run in rolled.items():
        yield {
            "vehicle_id": stretch.vehicle_id,
            "strategy": strategy.name,
            "bidding": bidding,
            "week_start_utc": stretch.weeks[stretch.past_weeks].steps_utc[0],
            "horizon_days": float(stretch.valued_weeks * DAYS_PER_WEEK),
            "net_uncontrolled_cost_sek": cost_sek(car, UNCONTROLLED, at_once),
            "net_realised_cost_sek": run.schedule.objective_sek,
            "net_perfect_cost_sek": cost_sek(car, strategy, perfect[strategy]),
            "uncontrolled_forced_kwh": float(at_once.forced_dc_kwh.sum()),
            "realised_forced_kwh": float(run.schedule.forced_dc_kwh.sum()),
            "perfect_forced_kwh": float(perfect[strategy].forced_dc_kwh.sum()),
            "road_extra_sek_per_kwh": car.problem.forced_charge_sek_per_kwh - car.problem.terminal_sek_per_kwh,
            "sold_kw_h": run.sold_kw_h,
            "withdrawn_kw_h": run.withdrawn_kw_h,
            "rejected_kw_h": run.rejected_kw_h,
            "perfect_sold_kw_h": offered_kw_h(perfect[strategy]),
        }


def roll_all(car: Car, course: Course) -> dict[tuple[Strategy, str], Rolled]:
    """Roll every strategy; what is expected at an hour is the same for all and found once."""
    expected: dict[int, Outlook] = {}

    def once(known: Known) -> Outlook:
        if known.now not in expected:
            expected[known.now] = foresee(known)
        return expected[known.now]

    return {
        (strategy, bidding): roll(car, course, strategy, PLAN_LIMITS, once, is_pooled=bidding == "pool")
        for strategy, bidding in ROLLED
    }


def offered_kw_h(schedule: Dispatch) -> float:
    """Capacity offered, all products together, hourly steps."""
    return float((schedule.fcr_n_kw + schedule.fcr_d_up_kw + schedule.fcr_d_down_kw).sum())


def _check(schedules: Sequence[tuple[Strategy, VehicleProblem, Dispatch]], vehicle_id: str) -> None:
    faults = [
        Fault(f"{vehicle_id}, {fault.place}", fault.found, fault.expected, fault.remedy)
        for strategy, problem, schedule in schedules
        for fault in broken_rules(problem, strategy, schedule)
    ]
    if faults:
        raise DataError(faults)
