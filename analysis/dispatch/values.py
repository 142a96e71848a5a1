"""Turns solved weeks into the year of each car: rows of DispatchValues and of CapabilityHours."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.battery.ageing import Duty, nmc_loss_pu
from analysis.battery.warranty import virtual_km
from analysis.dispatch.accounts import SiteFlows, cash_streams, site_flows, use_of_battery
from analysis.dispatch.capability import DURATIONS_H, dischargeable_kw
from analysis.dispatch.inputs import DEFAULT_DWELLING, MarketWeek, market_weeks, vehicle_weeks
from analysis.dispatch.offers import CarsOffers, MeanOffers, Offers, empty_table, offers_of
from analysis.dispatch.options import ChargerPhysics, charger_physics
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.products import PRODUCTS
from analysis.dispatch.strategies import GRID, SMART, Terms, attainable, build_problem, solve_strategies, terms_of
from analysis.errors import DataError, Fault
from analysis.market.capacity_tariff import CapacityTariff
from analysis.schemas.results import CapabilityHours, DispatchValues
from analysis.settings.model import Scope
from analysis.settings.parameters import ParameterSet
from analysis.units import HOURS_PER_WEEK, HOURS_PER_YEAR

log = logging.getLogger(__name__)

BATTERY_TEMPERATURE_DEG_C = 10.0
"""# ASSUME: mean cell temperature of a car that stands in Sweden, all areas alike."""
AGEING_YEARS = 10.0
"""# ASSUME: capacity loss of a year is a tenth of that of the first ten years (power laws are steep at the start)."""

Totals = dict[str, float]


class Dispatched(NamedTuple):
    """Tables of one area and price year: DispatchValues, CapabilityHours, InfeasibleCars, ReserveOffers."""

    values: pd.DataFrame
    capability: pd.DataFrame
    infeasible: pd.DataFrame
    offers: pd.DataFrame


def dispatch_vehicles(
    *,
    availability_weeks: pd.DataFrame,
    representative_weeks: pd.DataFrame,
    vehicles: pd.DataFrame,
    dispatch_sample: pd.DataFrame,
    day_ahead_prices: pd.DataFrame,
    reserve_prices: pd.DataFrame,
    household_load: pd.DataFrame,
    parameters: ParameterSet,
    price_area: str,
    price_year: int,
    scope: Scope,
    northern_pu: float = 0.0,
    capacity: CapacityTariff | None = None,
    car_weights: Mapping[str, float] | None = None,
    is_chunk: bool = False,
) -> Dispatched:
    """Optimise every car of the sample in every week under every option, strategy and reserve level.

    Parameters
    ----------
    availability_weeks, representative_weeks, vehicles, dispatch_sample
        Contract tables of the same names.
    day_ahead_prices, reserve_prices, household_load
        Contract tables; other areas and years than the two asked for are ignored.
    scope
        Charger options, reserve levels and step.
    northern_pu
        Share of the area's cars in municipalities with reduced energy tax; their mean tax is used for all.
    capacity
        Charge on the highest hourly imports of the household; None: none.
    car_weights
        Weight of each car in the mean hourly offers with the first charger option; None: these are not gathered.
    is_chunk
        Whether these are some of the cars only: offers are then kept by car (CarOffers), and none need have a schedule.

    Returns
    -------
    Dispatched
        DispatchValues (a year by the weights of the weeks), CapabilityHours, and InfeasibleCars: a car that some
        option has no schedule for stands there with the reason, in the log too, and nowhere else. ReserveOffers.

    Raises
    ------
    DataError
        If a car, week, price, load or dwelling is missing: all of them named; or if no car has a schedule.

    References
    ----------
    METHODS 3; checks T2, T10.
    """
    terms = terms_of(parameters, scope.reserve_levels, scope.step_h, northern_pu, capacity)
    weeks = market_weeks(
        representative_weeks, day_ahead_prices, reserve_prices, household_load,
        price_area=price_area, price_year=price_year, step_h=scope.step_h,
    )  # fmt: skip
    driven = vehicle_weeks(availability_weeks, weeks, price_area=price_area, price_year=price_year, step_h=scope.step_h)
    cars = cars_of_sample(vehicles, dispatch_sample, parameters, weeks, driven)
    chargers = [charger_physics(name, parameters) for name in scope.charger_options]
    values: list[dict[str, object]] = []
    capability: list[pd.DataFrame] = []
    efforts: list[Vector] = []
    offers = CarsOffers() if is_chunk else MeanOffers()
    refused: dict[str, DataError] = {}
    for vehicle_id, dwelling, capacity_kwh in cars:
        years = [_VehicleYear(terms, charger, capacity_kwh) for charger in chargers]
        years[0].keeps_offers = car_weights is not None
        try:
            for year in years:
                year.add_weeks(weeks, driven, vehicle_id, dwelling)
        except DataError as error:
            refused[vehicle_id] = error
            log.warning("dispatch %s %d: %s is left out: %s", price_area, price_year, vehicle_id, error)
            continue
        for year in years:
            car = {"vehicle_id": vehicle_id, "charger_option": year.charger.charger_option}
            values.extend({**car, **row} for row in year.rows())
            capability += [year.capability().assign(**car)] if year.charger.is_bidirectional else []
            efforts.append(year.effort)
        if car_weights is not None:
            offers.add(vehicle_id, years[0].offers, car_weights[vehicle_id])
    if refused and not values and not is_chunk:
        raise DataError(fault for error in refused.values() for fault in error.faults)
    _report_effort(efforts, price_area, price_year)
    tables = Dispatched(_rows(values), _gathered(capability), _reasons(refused), offers.table(weeks))
    for table in tables:
        table["price_area"], table["price_year"] = price_area, price_year
    return tables


def _reasons(refused: Mapping[str, DataError]) -> pd.DataFrame:
    reasons = [error.message for error in refused.values()]
    return pd.DataFrame({"vehicle_id": list(refused), "reason": reasons}, dtype="str")


def _report_effort(efforts: list[Vector], price_area: str, price_year: int) -> None:
    """Log how hard the search was: solves, steps that had to choose a direction, the largest unproven rest."""
    solves, steps, _ = np.sum(efforts, axis=0) if efforts else np.zeros(3)
    gap_sek = max((effort[2] for effort in efforts), default=0.0)
    text = "dispatch %s %d: %d solves, %d steps held to one direction, largest gap %.3f SEK a week"
    log.info(text, price_area, price_year, solves, steps, gap_sek)


def _gathered(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Capability of all cars; an empty table of the right form when no option is two-way."""
    return pd.concat(parts, ignore_index=True) if parts else empty_table(CapabilityHours)


def _rows(values: list[dict[str, object]]) -> pd.DataFrame:
    """Values of all cars; an empty table of the right form when none has a schedule."""
    return pd.DataFrame(values) if values else empty_table(DispatchValues)


def cars_of_sample(
    vehicles: pd.DataFrame,
    sample: pd.DataFrame,
    parameters: ParameterSet,
    weeks: list[MarketWeek],
    driven: Mapping[tuple[str, str], object],
) -> list[tuple[str, str, float]]:
    """Give (vehicle, dwelling, usable kWh) of the sample.

    Raises
    ------
    DataError
        With one fault per car that lacks its row, a week or the load of its dwelling.
    """
    known = vehicles.set_index("vehicle_id")
    faults, cars = [], []
    for vehicle_id in sorted(sample["vehicle_id"]):
        if vehicle_id not in known.index:
            faults.append(Fault(f"vehicles {vehicle_id}", "no row", "a row per car of dispatch_sample", "Add the car."))
            continue
        row = known.loc[vehicle_id]
        dwelling = DEFAULT_DWELLING if pd.isna(row["dwelling"]) else str(row["dwelling"])
        capacity = row["battery_usable_kwh"]
        cars.append(
            (str(vehicle_id), dwelling, parameters["veh.E_usable_bev"] if pd.isna(capacity) else float(capacity))
        )
        absent = [week.week_id for week in weeks if (vehicle_id, week.week_id) not in driven]
        if absent:
            faults.append(Fault(f"availability_weeks {vehicle_id}", f"weeks {', '.join(absent)} missing",
                                "every representative week", "Build availability for all weeks."))  # fmt: skip
        if dwelling not in weeks[0].load_kw:
            known_kinds = ", ".join(sorted(weeks[0].load_kw))
            faults.append(Fault(f"household_load {dwelling}", "no rows", f"one of {known_kinds}", "Add the dwelling."))
    if faults:
        raise DataError(faults)
    return cars


class _VehicleYear:
    """Sums the weeks of one car and charger; weights make them a year."""

    def __init__(self, terms: Terms, charger: ChargerPhysics, capacity_kwh: float) -> None:
        self.terms, self.charger, self.capacity_kwh = terms, charger, capacity_kwh
        self.totals: dict[Strategy, Totals] = {}
        self.hours: list[tuple[MarketWeek, dict[str, Vector]]] = []
        self.offers: Offers = {}
        self.keeps_offers = False
        self.effort = np.zeros(3)

    def add_weeks(
        self,
        weeks: list[MarketWeek],
        driven: Mapping[tuple[str, str], tuple[Vector, Vector]],
        vehicle_id: str,
        dwelling: str,
    ) -> None:
        """Solve all weeks of the car."""
        for week in weeks:
            plugged, driving = driven[vehicle_id, week.week_id]
            self.add_week(week, plugged, driving, week.load_kw[dwelling])

    def add_week(self, week: MarketWeek, plugged_pu: Vector, driving_dc_kwh: Vector, load_kw: Vector) -> None:
        """Solve one week and add it with its weight."""
        problem = build_problem(
            self.terms, self.charger, week, plugged_pu=plugged_pu, driving_dc_kwh=driving_dc_kwh, load_kw=load_kw,
            capacity_kwh=self.capacity_kwh,
        )  # fmt: skip
        solved = solve_strategies(problem, self.terms.levels, self.charger.is_bidirectional, self.terms.limits)
        if self.keeps_offers:
            self.offers |= offers_of(week, solved)
        kept: dict[int, tuple[SiteFlows, Totals]] = {}  # several price levels may share one schedule
        for strategy, schedule in solved.items():
            if id(schedule) not in kept:
                flows = site_flows(problem, schedule)
                kept[id(schedule)] = flows, use_of_battery(problem, schedule, self.capacity_kwh, flows)
            flows, used = kept[id(schedule)]
            self.effort[:2] += schedule.solve_count, schedule.simultaneous_count
            self.effort[2] = max(self.effort[2], schedule.gap_sek)
            totals = self.totals.setdefault(strategy, defaultdict(float))
            cash = cash_streams(problem, schedule, strategy, self.terms.tariff, week.spot_sek_per_kwh, flows)
            for name, amount in {**cash, **used}.items():
                totals[name] += amount * week.weight_weeks
        if self.charger.is_bidirectional:
            self.hours.append((week, _capability(attainable(problem, solved[SMART]), solved[GRID])))

    def rows(self) -> Iterator[dict[str, object]]:
        """One row a strategy and level."""
        smart_cost = self.totals[SMART]["net_cost_sek"]
        for strategy, totals in self.totals.items():
            yield {
                "strategy": strategy.name,
                "reserve_level_id": strategy.level_id,
                "net_value_over_smart_sek": smart_cost - totals["net_cost_sek"],
                **_finished(totals, self.capacity_kwh, self.terms.parameters),
            }

    def capability(self) -> pd.DataFrame:
        """Weighted mean by season and hour of week."""
        measures = ["plugged_pu", *DURATIONS_H]
        columns = {
            name: np.concatenate([week.weight_weeks * found[name] for week, found in self.hours]) for name in measures
        }
        steps = [len(week.hour_of_week) for week, _ in self.hours]
        columns["weight"] = np.repeat([week.weight_weeks for week, _ in self.hours], steps)
        seasons, season = np.unique(np.repeat([week.season for week, _ in self.hours], steps), return_inverse=True)
        hour = np.concatenate([week.hour_of_week for week, _ in self.hours]).astype("int64")
        cells, cell = np.unique(season * HOURS_PER_WEEK + hour, return_inverse=True)
        totals = {name: np.bincount(cell, weights=values) for name, values in columns.items()}
        return pd.DataFrame(
            {
                "season": pd.Series(seasons[cells // HOURS_PER_WEEK], dtype="str"),
                "hour_of_week": cells % HOURS_PER_WEEK,
                **{name: totals[name] / totals["weight"] for name in measures},
            }
        )


def _capability(problem: VehicleProblem, schedule: Dispatch) -> dict[str, Vector]:
    """Share of each step plugged in and power that can be held for each duration."""
    powers = {name: dischargeable_kw(problem, schedule, hours) for name, hours in DURATIONS_H.items()}
    return {"plugged_pu": problem.plugged_pu, **powers}


def _finished(totals: Totals, capacity_kwh: float, parameters: ParameterSet) -> Totals:
    """Turn the sums of a year into the columns of DispatchValues; offers are means over all hours of the year."""
    row = dict(totals)
    horizon_h = row.pop("horizon_h")
    for product in PRODUCTS:
        row[f"{product.name}_mean_kw"] = row.pop(f"{product.name}_kw_h") / horizon_h
    row["enabled_pu"] = row.pop("enabled_h") / horizon_h
    discharged, driven = row.pop("discharge_dc_kwh"), row.pop("driving_dc_kwh")
    row["virtual_km"] = virtual_km(discharged, parameters["deg.wltp_worst"])
    duty = Duty(
        years=AGEING_YEARS,
        temperature_deg_c=BATTERY_TEMPERATURE_DEG_C,
        mean_state_pu=row.pop("state_kwh_h") / horizon_h / capacity_kwh,
        depth_pu=row.pop("swing_kwh") / (horizon_h / HOURS_PER_WEEK * 7) / capacity_kwh,
        discharge_dc_kwh_per_year=(discharged + driven) * HOURS_PER_YEAR / horizon_h,
        capacity_kwh=capacity_kwh,
    )
    row["capacity_loss_pu"] = nmc_loss_pu(parameters, duty) / AGEING_YEARS
    return row
