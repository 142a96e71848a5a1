"""Puts generated cars, houses and roofs behind one transformer and steers the cars for an even net load over a year.

Houses, cars and roofs are those of the run; shares of them and the kind of car are a case's conditions.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.battery.ageing import Duty
from analysis.battery.cost import loss_pu
from analysis.dispatch.inputs import MarketWeek, vehicle_weeks
from analysis.dispatch.options import charger_physics
from analysis.dispatch.problem import VehicleProblem
from analysis.dispatch.requirement import uncontrolled
from analysis.dispatch.strategies import Terms, build_problem, terms_of
from analysis.dispatch.wear import AGEING_YEARS, CELL_DEG_C
from analysis.evidence.laboratory import Laboratory
from analysis.mobility.contracts import Contract
from analysis.potential.feeder_schedule import flattest_schedule
from analysis.resilience.houses import ClimateTables, house_loads
from analysis.settings.parameters import ParameterSet
from analysis.synthetic.rooftop_sun import rooftop_kw_per_kw
from analysis.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_YEAR

FloatArray = NDArray[np.float64]
STEP_H = 1.0


@dataclass(frozen=True)
class FeederTerms:
    """What stands behind the transformer.

    ``house`` is a kind of house of the resilience tables, or ``mean`` for the run's mean detached house;
    ``battery_kwh`` 0 leaves each car its own battery; ``has_engine`` is a plug-in hybrid, which keeps no reserve.
    """

    price_area: str
    price_year: int
    car_count: int
    car_share_pu: float
    solar_share_pu: float
    roof_kw: float
    house: str
    contract: str
    power_kw: float
    battery_kwh: float = 0.0
    has_engine: bool = False


@dataclass(frozen=True)
class FeederWeek:
    """Net load at the transformer without cars and with them, kW by step, and what the cars do, car × step."""

    weight_weeks: float
    base_kw: FloatArray
    solar_kw: FloatArray
    at_once_kw: FloatArray
    charge_kw: FloatArray
    discharge_kw: FloatArray
    problems: tuple[VehicleProblem, ...]

    def net_kw(self, is_steered: bool) -> FloatArray:
        """Houses and cars less roofs."""
        cars = self.charge_kw - self.discharge_kw if is_steered else self.at_once_kw
        return np.asarray(self.base_kw - self.solar_kw + cars.sum(axis=0))


def feeder_year(laboratory: Laboratory, terms: FeederTerms, is_two_way: bool = True) -> tuple[FeederWeek, ...]:
    """Steer the cars of one feeder for the least sum of squares of net load, week by week of those that stand for it.

    # ASSUME: the sum of a neighbourhood's houses is the mean house times their number, as in the run's own feeder.
    """
    return laboratory.made(
        ("feeder_year", terms, is_two_way), lambda lab: tuple(_weeks(lab, terms, is_two_way))
    )  # fmt: skip


def _weeks(lab: Laboratory, terms: FeederTerms, is_two_way: bool) -> list[FeederWeek]:
    area, year = terms.price_area, terms.price_year
    weeks = lab.market_weeks(area, year)
    lived = vehicle_weeks(lab.car_weeks(terms.car_count, area, year, contract=Contract(terms.contract)), weeks,
                          price_area=area, price_year=year, step_h=STEP_H)  # fmt: skip
    cars = lab.travel().vehicles.iloc[: terms.car_count]
    run = terms_of(lab.parameters, (), STEP_H, lab.northern_pu(area))
    house_count = terms.car_count / terms.car_share_pu
    found = []
    for week in weeks:
        problems = tuple(
            _problem(run, terms, week, lived[str(name), week.week_id], float(own_kwh))
            for name, own_kwh in zip(cars["vehicle_id"], cars["battery_usable_kwh"], strict=True)
        )
        base = house_count * _house_kw(lab, terms, week)
        sun = rooftop_kw_per_kw(week.steps_utc, area, lab.settings.seed)
        solar = house_count * terms.solar_share_pu * terms.roof_kw * sun
        flat = flattest_schedule(problems, base - solar, is_two_way)
        at_once = np.array([uncontrolled(problem).charge_kw for problem in problems])
        found.append(FeederWeek(week.weight_weeks, base, solar, at_once, flat.charge_kw, flat.discharge_kw, problems))
    return found


def _house_kw(lab: Laboratory, terms: FeederTerms, week: MarketWeek) -> FloatArray:
    if terms.house == "mean":
        return week.load_kw["detached"]
    tables = ClimateTables(
        lab.weather(terms.price_area, terms.price_year), lab.table("household_load_shape"),
        lab.table("household_electricity"), lab.table("climate_normals"),
    )  # fmt: skip
    return house_loads(week.steps_utc, terms.price_area, tables)[terms.house]


def _problem(
    run: Terms, terms: FeederTerms, week: MarketWeek, lived: tuple[FloatArray, FloatArray], own_kwh: float
) -> VehicleProblem:
    """One car's week.

    # ASSUME: a car with an engine keeps no energy for unplanned trips; beyond its battery the engine drives.
    """
    if terms.has_engine:
        run = replace(run, parameters=run.parameters.with_values({"veh.reserve_km": 0.0}))
    plugged, driving = lived
    capacity = terms.battery_kwh or own_kwh
    charger = charger_physics(f"ac_{terms.power_kw:g}".replace(".", "p"), run.parameters)
    return build_problem(
        run, charger, week, plugged_pu=plugged, driving_dc_kwh=driving, load_kw=np.zeros(len(plugged)),
        capacity_kwh=capacity, site_limit_kw=terms.power_kw,
    )  # fmt: skip


# what the year says


def weighted(weeks: tuple[FeederWeek, ...], of_week: Callable[[FeederWeek], float]) -> float:
    """Mean of a number of each week, by how much of the year it stands for."""
    return float(np.average([of_week(week) for week in weeks], weights=[week.weight_weeks for week in weeks]))


def variance_kw2(weeks: tuple[FeederWeek, ...], is_steered: bool) -> float:
    """Variance of net load over the whole year, what differs between seasons included.

    Examples
    --------
    Two weeks that stand for half a year each, one even at 1 kW and one at 3: 1.
    """
    mean = weighted(weeks, lambda week: float(week.net_kw(is_steered).mean()))
    return weighted(weeks, lambda week: float(np.square(week.net_kw(is_steered) - mean).mean()))


def daily_variance_kw2(weeks: tuple[FeederWeek, ...], is_steered: bool) -> float:
    """Mean over the days of the variance within a day: what cars can move, and seasons left out."""

    def within(week: FeederWeek) -> float:
        return float(week.net_kw(is_steered).reshape(DAYS_PER_WEEK, -1).var(axis=1).mean())

    return weighted(weeks, within)


def solar_used_pu(weeks: tuple[FeederWeek, ...], is_steered: bool) -> float:
    """Share of the roofs' energy that houses and charging take in the same hour; discharge takes nothing from it."""

    def taken(week: FeederWeek) -> float:
        return float(np.minimum(week.solar_kw, np.maximum(week.solar_kw + week.net_kw(is_steered), 0.0)).sum())

    return weighted(weeks, taken) / weighted(weeks, lambda week: float(week.solar_kw.sum()))


def extra_loss_pu_per_year(
    weeks: tuple[FeederWeek, ...], parameters: ParameterSet, capacity_kwh: FloatArray, years: float = AGEING_YEARS
) -> FloatArray:
    """Capacity that each car loses a year by feeding the grid, beside driving: NMC, mean over the years.

    # ASSUME: both stand at the middle of the window, so that what differs is cycling: energy, and how deep a day goes.
    """
    state = (parameters["veh.soc_min_user"] + parameters["veh.soc_max_daily"]) / 2
    cars = range(len(capacity_kwh))
    return np.array([
        (loss_pu(parameters, "nmc", _duty(weeks, car, float(capacity_kwh[car]), state, years, True))
         - loss_pu(parameters, "nmc", _duty(weeks, car, float(capacity_kwh[car]), state, years, False))) / years
        for car in cars
    ])  # fmt: skip


def _duty(
    weeks: tuple[FeederWeek, ...], car: int, capacity_kwh: float, state_pu: float, years: float, is_steered: bool
) -> Duty:
    """Energy out of the cells in a year and mean daily swing of one car."""

    def discharged(week: FeederWeek) -> float:
        out = week.discharge_kw[car] / week.problems[car].discharge_efficiency_pu if is_steered else 0.0
        return float((STEP_H * out + _driven_kwh(week, car, is_steered)).mean()) / STEP_H

    def swing(week: FeederWeek) -> float:
        by_day = np.concatenate([[0.0], np.cumsum(_change_kwh(week, car, is_steered))])
        day = round(HOURS_PER_DAY / STEP_H)
        days = [by_day[start : start + day + 1] for start in range(0, DAYS_PER_WEEK * day, day)]
        return float(np.mean([np.ptp(one) for one in days])) / capacity_kwh

    return Duty(years, CELL_DEG_C, state_pu, min(weighted(weeks, swing), 1.0),
                weighted(weeks, discharged) * HOURS_PER_YEAR, capacity_kwh)  # fmt: skip


def _change_kwh(week: FeederWeek, car: int, is_steered: bool) -> FloatArray:
    problem = week.problems[car]
    into = (week.charge_kw if is_steered else week.at_once_kw)[car] * problem.charge_efficiency_pu
    out = week.discharge_kw[car] / problem.discharge_efficiency_pu if is_steered else 0.0
    return np.asarray(STEP_H * (into - out) - _driven_kwh(week, car, is_steered))


def _driven_kwh(week: FeederWeek, car: int, is_steered: bool) -> FloatArray:
    """Energy that the battery gives to driving: all of it, less what is driven on charge or fuel taken on the road.

    # ASSUME: what is taken on the road is spread over the week's driving.
    """
    problem = week.problems[car]
    into = (week.charge_kw if is_steered else week.at_once_kw)[car] * problem.charge_efficiency_pu
    out = week.discharge_kw[car] / problem.discharge_efficiency_pu if is_steered else np.zeros(len(into))
    net = STEP_H * float((into - out).sum())
    total = float(problem.driving_dc_kwh.sum())
    return np.asarray(problem.driving_dc_kwh * (min(net / total, 1.0) if total > 0 else 0.0))
