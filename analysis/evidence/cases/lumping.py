"""Case of one mean car in the place of many: where a system model may lump cars together, and where it may not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.battery.ageing import Duty, nmc_loss_pu
from analysis.dispatch.accounts import cash_streams, use_of_battery
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.options import charger_physics
from analysis.dispatch.problem import Dispatch, VehicleProblem
from analysis.dispatch.requirement import uncontrolled
from analysis.dispatch.strategies import GRID, SMART, UNCONTROLLED, Terms, build_problem, terms_of
from analysis.dispatch.use_cases import FREE
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory
from analysis.mobility.availability import step_shares
from analysis.mobility.plug_in import PluggedStays
from analysis.mobility.stays import WEEK_MIN, FloatArray, diaries_of
from analysis.mobility.weeks import calendar_weeks
from analysis.mobility.years import WARM_UP_WEEKS, VehicleYear, vehicle_year, weather_by_week
from analysis.units import HOURS_PER_DAY, HOURS_PER_WEEK, MINUTES_PER_HOUR

PER_CENT = 100.0
PLACES = ("home", "anywhere")
USES = ("discharge_dc_kwh", "driving_dc_kwh", "state_kwh_h", "swing_kwh", "horizon_h")
YEARS = 10.0
CELL_DEG_C = 15.0
"""# ASSUME: cells at 15 °C; both fleets stand in the same weather, and only their difference is asked for."""


@dataclass(frozen=True)
class Fleet:
    """What a mean car of a fleet saves over charging at once, SEK a year, and what its battery loses in ten years."""

    saved_sek: float
    loss_pu: float


@dataclass(frozen=True)
class Weeks:
    """Share of each hour plugged in and energy driven: week × car × hour."""

    plugged_pu: FloatArray
    driving_dc_kwh: FloatArray

    def lumped(self) -> "Weeks":
        """One car that is the mean of all."""
        return Weeks(self.plugged_pu.mean(axis=1, keepdims=True), self.driving_dc_kwh.mean(axis=1, keepdims=True))


def difference_pu(one: float, other: float) -> float:
    """How far one lies from the other, as a share of the other; two zeros do not differ.

    Examples
    --------
    12 beside 10: 0.2.
    """
    return abs(one / other - 1.0) if one != other else 0.0


class Setup(NamedTuple):
    """Which cars are solved where: at home only or wherever they stand, each for itself or as one mean car."""

    car_count: int
    charger_option: str
    price_area: str
    price_year: int
    place: str
    is_lumped: bool


def _must_differ_points(laboratory: Laboratory) -> Estimate:
    """Percentage points by which lumping errs more where it should than where it should not.

    Should: saving of cars that charge at home only, and ageing of their batteries. Should not: saving of cars that
    charge wherever they stand.
    """
    return Estimate.across(*(_margin(laboratory, name) for name in ("price_year", "other_year")))


def _margin(laboratory: Laboratory, year: str) -> float:
    def fleet(place: str, is_lumped: bool) -> Fleet:
        setup = Setup(laboratory.whole("car_count"), laboratory.text("charger_option"), laboratory.text("price_area"),
                      laboratory.whole(year), place, is_lumped)  # fmt: skip
        return laboratory.made(("lumping", *setup), lambda lab: _solved(lab, setup))

    saving, ageing = {}, {}
    for place in PLACES:
        each, mean = fleet(place, False), fleet(place, True)
        saving[place] = difference_pu(mean.saved_sek, each.saved_sek)
        ageing[place] = difference_pu(mean.loss_pu, each.loss_pu)
    return PER_CENT * (min(saving["home"], ageing["home"]) - saving["anywhere"])


def _weeks(laboratory: Laboratory, setup: Setup) -> Weeks:
    """The first generated cars in the weeks that stand for a year, plugged in whenever they stand at the place."""
    travel, value = laboratory.travel(), laboratory.parameters
    cars = travel.vehicles.iloc[: setup.car_count]
    trips = travel.trips[travel.trips["vehicle_id"].isin(cars["vehicle_id"])]
    area, price_year = setup.price_area, setup.price_year
    weather = weather_by_week(laboratory.weather(area, price_year), area, price_year)
    diaries = diaries_of(trips, cars, value["veh.E_usable_bev"])
    year = vehicle_year(diaries, weather, laboratory.settings.seed, value)
    position = calendar_weeks(price_year).set_index("week_id")["week_index"]
    chosen = [int(position[week.week_id]) for week in laboratory.market_weeks(area, price_year)]
    cut = [step_shares(year, _always(year), _edges_min(WARM_UP_WEEKS + week)) for week in chosen]
    plugged = [shares.parked_home_pu if setup.place == "home" else shares.parked_pu for shares in cut]
    found = Weeks(np.stack(plugged), np.stack([shares.driving_dc_kwh for shares in cut]))
    return found.lumped() if setup.is_lumped else found


def _edges_min(run_week: int) -> FloatArray:
    return run_week * WEEK_MIN + np.arange(HOURS_PER_WEEK + 1, dtype=np.float64) * MINUTES_PER_HOUR


def _always(year: VehicleYear) -> PluggedStays:
    """Plugged in at every stay: who lumps cars together takes a parked car for a connected one."""
    stays, none = year.stays, np.zeros(year.stays.is_stay.shape)
    no_charge = np.zeros(len(none), dtype=np.int64)
    return PluggedStays(stays.is_stay, stays.depart_min, none, none, no_charge, none[:, 0], none[:, 0])


def _solved(laboratory: Laboratory, setup: Setup) -> Fleet:
    """Dispatch every car of a fleet at spot in and out, without tax, wear and standby, as a system model does."""
    value, fleet = laboratory.parameters, _weeks(laboratory, setup)
    terms = terms_of(value.with_values(dict.fromkeys(FREE, 0.0)), (), 1.0)
    charger = charger_physics(setup.charger_option, terms.parameters)
    capacity, count = value["veh.E_usable_bev"], fleet.plugged_pu.shape[1]
    saved, use = 0.0, dict.fromkeys(USES, 0.0)
    for number, week in enumerate(laboratory.market_weeks(setup.price_area, setup.price_year)):
        for car in range(count):
            problem = build_problem(
                terms, charger, week, plugged_pu=fleet.plugged_pu[number, car],
                driving_dc_kwh=fleet.driving_dc_kwh[number, car], load_kw=np.zeros(HOURS_PER_WEEK),
                capacity_kwh=capacity, site_limit_kw=charger.power_kw,
            )  # fmt: skip
            two_way = _two_way(problem, terms)
            costs = [
                cash_streams(problem, schedule, strategy, terms.tariff, week.spot_sek_per_kwh)["net_cost_sek"]
                for strategy, schedule in ((UNCONTROLLED, uncontrolled(problem)), (GRID, two_way))
            ]
            saved += week.weight_weeks * (costs[0] - costs[1])
            used = use_of_battery(problem, two_way, capacity)
            use = {name: total + week.weight_weeks * used[name] for name, total in use.items()}
    return Fleet(saved / count, nmc_loss_pu(value, _duty(use, capacity, count)))


def _two_way(problem: VehicleProblem, terms: Terms) -> Dispatch:
    """Sell and buy at spot with no more charging on the road than charging well needs."""
    model = LinearModel(problem, with_reserves=False)
    smart = model.solve(SMART, limits=terms.limits)
    assert smart is not None
    model.most_forced_kwh = smart.forced_dc_kwh
    return model.solve(GRID, smart.penalised_sek, terms.limits) or smart


def _duty(use: Mapping[str, float], capacity_kwh: float, count: int) -> Duty:
    """The duty of a mean car: mean state, mean daily swing, all that leaves the cells."""
    car_days = use["horizon_h"] / HOURS_PER_DAY
    return Duty(
        YEARS, CELL_DEG_C, use["state_kwh_h"] / use["horizon_h"] / capacity_kwh,
        use["swing_kwh"] / car_days / capacity_kwh, (use["discharge_dc_kwh"] + use["driving_dc_kwh"]) / count,
        capacity_kwh,
    )  # fmt: skip


CASES = (
    Case("EX007", "engine", _must_differ_points,
         (Knob("charger_option", ("ac_3p7", "ac_22")), Knob("price_area", ("SE1", "SE3")), Knob("car_count", (4, 16)),
          Knob("veh.annual_km"), Knob("veh.E_usable_bev")),
         {"price_area": "SE4", "price_year": 2025, "other_year": 2024, "car_count": 8, "charger_option": "ac_11"}),
)  # fmt: skip
