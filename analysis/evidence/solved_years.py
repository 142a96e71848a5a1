"""Solves one car or one stationary battery through the weeks of a year: what it pays, discharges and how it ages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.battery.ageing import Duty
from analysis.battery.cost import loss_pu, pack_price_sek_per_kwh
from analysis.dispatch.accounts import cash_streams, use_of_battery
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.options import ChargerPhysics, charger_physics, connection_limit_kw
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.strategies import SMART, Terms, attainable, build_problem, terms_of
from analysis.dispatch.use_cases import owner_parameters
from analysis.dispatch.wear import AGEING_YEARS, CELL_DEG_C
from analysis.errors import DataError, Fault
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.fleet.site import site_share
from analysis.fleet.use_cases import UseCase, habit, seeded, vehicle_week
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet
from analysis.synthetic.rooftop_sun import rooftop_kw_per_kw
from analysis.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK, HOURS_PER_YEAR

Weeks = Sequence[tuple[MarketWeek, VehicleProblem]]


@dataclass(frozen=True)
class Storage:
    """What is solved: the terms, the charger or inverter, usable energy, and each week with its problem."""

    terms: Terms
    charger: ChargerPhysics
    capacity_kwh: float
    weeks: Weeks


@dataclass(frozen=True)
class SolvedYear:
    """A year under one strategy: net cost with wear at the price of the dispatch, AC discharge, and the duty."""

    net_cost_sek: float
    discharge_ac_kwh: float
    duty: Duty


def two_way(level: ReserveLevel | None = None, *, always_on: bool = False) -> Strategy:
    """Serve the house and export, with reserves at the prices of a level or without."""
    if level is None:
        return Strategy("grid", self_use=True, export=True, always_on=always_on)
    return Strategy("grid_reserve", level.level_id, True, True, level.fcr_n_pu, level.fcr_d_pu, always_on=always_on)


def car_of(laboratory: Laboratory, case: UseCase, price_year: int) -> Storage:
    """The first vehicle of a use case, drawn as the use cases draw it, in the weeks of a year."""

    def make(lab: Laboratory) -> Storage:
        grid = lab.grid_terms(case.grid_tariff, price_year)
        parameters = owner_parameters(case, grid.parameters)
        terms = terms_of(parameters, (), 1.0, lab.northern_pu(case.price_area), grid.capacity)
        charger, seed = charger_physics(case.charger_option, parameters), lab.settings.seed
        random = seeded(case, seed, 0)
        keeps, weeks = habit(case, random), []
        for week in lab.market_weeks(case.price_area, price_year):
            share = site_share(case, week.steps_utc, week.load_kw, seed)
            plugged, driving = vehicle_week(case, keeps, week.season, len(week.steps_utc), 1.0, random)
            problem = build_problem(
                terms, charger, week, plugged_pu=plugged, driving_dc_kwh=driving, load_kw=share.load_kw,
                capacity_kwh=case.battery_usable_kwh, solar_kw=share.solar_kw, site_limit_kw=share.limit_kw,
            )  # fmt: skip
            weeks.append((week, problem))
        return Storage(terms, charger, case.battery_usable_kwh, weeks)

    return laboratory.made(("car_of", case, price_year), make)


@dataclass(frozen=True)
class BatterySite:
    """A house with a battery that never drives: flats, roof, battery, connection, and the tariff of its grid."""

    price_area: str
    flat_count: int
    solar_peak_kw: float
    battery_kwh: float
    battery_kw: float
    site_limit_kw: float
    grid_tariff: str


FLATS = "flat_cooperative"
YEAR_OF_LOAD = 2025


def battery_of(laboratory: Laboratory, site: BatterySite, price_year: int) -> Storage:
    """A stationary battery at a building with flats and a roof, as a vehicle that is always plugged in.

    # ASSUME: a stationary battery keeps nothing for a trip and uses all its usable energy; its inverter loses what a
    DC charger does and draws what a charger at rest does.
    """

    def make(lab: Laboratory) -> Storage:
        grid = lab.grid_terms(site.grid_tariff, price_year)
        terms = terms_of(grid.parameters, (), 1.0, capacity=grid.capacity)
        option = f"dc_{site.battery_kw:.1f}".replace(".", "p")
        charger = charger_physics(option, grid.parameters)
        weeks = [(week, _standing(lab, site, terms, charger, week))
                 for week in lab.market_weeks(site.price_area, price_year)]  # fmt: skip
        return Storage(terms, charger, site.battery_kwh, weeks)

    return laboratory.made(("battery_of", site, price_year), make)


def _standing(
    laboratory: Laboratory, site: BatterySite, terms: Terms, charger: ChargerPhysics, week: MarketWeek
) -> VehicleProblem:
    parameters, count = terms.parameters, len(week.steps_utc)
    solar = rooftop_kw_per_kw(week.steps_utc, site.price_area, laboratory.settings.seed) * site.solar_peak_kw
    # the bounds of a car are laid out first and then give way: a battery has no trip to keep energy for
    problem = build_problem(
        terms, charger, week, plugged_pu=np.ones(count), driving_dc_kwh=np.zeros(count),
        load_kw=week.load_kw[FLATS] * site.flat_count, capacity_kwh=parameters["veh.E_usable_bev"], solar_kw=solar,
        site_limit_kw=site.site_limit_kw,
    )  # fmt: skip
    return replace(
        problem, floor_kwh=0.0, required_kwh=np.zeros(count), ceiling_kwh=np.full(count, site.battery_kwh),
        standby_kw=parameters["loss.P_standby_charger"],
    )  # fmt: skip


def solved_year(storage: Storage, strategy: Strategy, wear_sek_per_kwh: float | None = None) -> SolvedYear:
    """Solve every week under one strategy and add them up to the year.

    A week in which the strategy finds nothing better keeps one-way charging, unless the strategy is always on.

    Parameters
    ----------
    wear_sek_per_kwh
        Cost of ageing that the dispatch sees; None: that of the parameters.
    """
    sums: dict[str, float] = defaultdict(float)
    for week, problem in storage.weeks:
        worn = problem if wear_sek_per_kwh is None else replace(problem, wear_sek_per_kwh=wear_sek_per_kwh)
        schedule = _schedule(worn, strategy, storage.terms)
        cash = cash_streams(worn, schedule, strategy, storage.terms.tariff, week.spot_sek_per_kwh)
        amounts = {**use_of_battery(worn, schedule, storage.capacity_kwh), "net_cost_sek": cash["net_cost_sek"]}
        for name, amount in amounts.items():
            sums[name] += week.weight_weeks * amount
    return SolvedYear(sums["net_cost_sek"], sums["discharge_ac_kwh"], _duty(sums, storage))


def spent_sek(parameters: ParameterSet, chemistry: str, year: SolvedYear) -> float:
    """What a year takes out of the battery, standing and cycling, as lost capacity on the end-of-life basis.

    Capacity loss of a year is a tenth of that of the first ten; a pack is spent at ``deg.soh_eol`` (METHODS 3.7).

    Examples
    --------
    A tenth of 9 % of 60 kWh at 1 253 SEK/kWh over 0.3: 2 256 SEK.
    """
    lost_kwh = loss_pu(parameters, chemistry, year.duty) / year.duty.years * year.duty.capacity_kwh
    return lost_kwh * pack_price_sek_per_kwh(parameters, chemistry) / (1 - parameters["deg.soh_eol"])


def _schedule(problem: VehicleProblem, strategy: Strategy, terms: Terms) -> Dispatch:
    plain = LinearModel(problem, with_reserves=False)
    smart = plain.solve(SMART, limits=terms.limits)
    assert smart is not None, "one-way charging has a schedule at any price"
    if strategy == SMART:
        return smart
    plain.most_forced_kwh = smart.forced_dc_kwh
    sells = strategy.sells_reserves
    model = LinearModel(attainable(problem, smart), True, smart.forced_dc_kwh) if sells else plain
    known_sek = np.inf if strategy.always_on else smart.penalised_sek
    return model.solve(strategy, known_sek, terms.limits) or smart


def _duty(sums: dict[str, float], storage: Storage) -> Duty:
    """How the battery is used, as for the wear that is settled with the dispatch (:mod:`analysis.dispatch.wear`)."""
    horizon_h, capacity_kwh = sums["horizon_h"], storage.capacity_kwh
    throughput = sums["discharge_dc_kwh"] + sums["driving_dc_kwh"] + sums["standby_dc_kwh"]
    return Duty(
        years=AGEING_YEARS, temperature_deg_c=CELL_DEG_C,
        mean_state_pu=sums["state_kwh_h"] / horizon_h / capacity_kwh,
        depth_pu=sums["swing_kwh"] / (horizon_h / HOURS_PER_WEEK * DAYS_PER_WEEK) / capacity_kwh,
        discharge_dc_kwh_per_year=throughput * HOURS_PER_YEAR / horizon_h, capacity_kwh=capacity_kwh,
        c_rate_per_h=storage.charger.reference_kw / capacity_kwh,
    )  # fmt: skip


def home_hours_per_day(case: UseCase) -> float:
    """Hours a day at the base by the clock times of a use case, mean over the week.

    Examples
    --------
    Used every day from 9 to 17: 16 hours.
    """
    days = range(DAYS_PER_WEEK)
    away = [(arrive - depart) % HOURS_PER_DAY for depart, arrive in (case.clock_h(day) for day in days)]
    return HOURS_PER_DAY - sum(case.used_pu(day) * hours for day, hours in zip(days, away, strict=True)) / DAYS_PER_WEEK


def connected(case: UseCase, hours_per_day: float) -> UseCase:
    """The use case plugged in for so many hours a day on the mean: in that share of its stays at the base.

    Raises
    ------
    DataError
        If the vehicle is not at its base for so long.
    """
    most = home_hours_per_day(case)
    if hours_per_day > most:
        raise DataError(Fault(f"use case {case.use_case}: connected hours", f"{hours_per_day:g} a day",
                              f"at most the {most:.1f} that it is at its base", "Lower them."))  # fmt: skip
    return replace(case, plug_in_pu=hours_per_day / most)


def home_car(laboratory: Laboratory, price_area: str, power_kw: float, **changed: Setting) -> UseCase:
    """The villa's car at a charger of another power, behind the main fuse that carries it (PR100).

    Power is told to a tenth of a kW, as the names of charger options are.
    """
    villa, power_kw = laboratory.use_case("villa", price_area=price_area, **changed), round(power_kw, 1)
    load = laboratory.household_load(price_area, YEAR_OF_LOAD)
    mean_kw = float(load.loc[load["dwelling"] == villa.site_load, "load_kw"].mean())
    limit_kw = connection_limit_kw(laboratory.parameters, power_kw, mean_kw)
    return replace(villa, power_kw=power_kw, site_limit_kw=limit_kw)
