"""Cases of what one Swedish car earns by two-way charging and reserves, and of what is left when prices collapse."""

from dataclasses import replace
from itertools import product

from analysis.dispatch.problem import Strategy
from analysis.dispatch.reserve_collapse import DAYS_PER_YEAR
from analysis.dispatch.strategies import SMART
from analysis.dispatch.use_cases import WHOLE_PRICE
from analysis.errors import DataError, Fault
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.evidence.solved_years import SolvedYear, car_of, connected, home_car, solved_year, spent_sek, two_way
from analysis.fleet.use_cases import UseCase
from analysis.settings.model import ReserveLevel

CAR_COUNT = 2
PER_CENT = 100.0
WEEKS_PER_YEAR = 52.0
HOME: dict[str, Setting] = {"price_area": "SE3", "price_year": 2025, "power_kw": 11.0, "battery_usable_kwh": 62.0}
V2G_STUDY = {**HOME, "collapsed_level": "low", "chemistry": "nmc", "connected_h_per_day": 16.0}
MAS = {**HOME, "price_year": 2022, "connected_h_per_day": 16.0}
"""Price level of 2022 (METHODS 11); 112 hours a week, as the row's own check counts them."""
OTHER_YEARS = (2023, 2025)
"""No hourly prices of 2022 are at hand: its hours are those of 2023 at its means, which is a transfer."""
GOTHENBURG = {**HOME, "price_year": 2022, "used_pu": 1.0, "depart_h": 9.0, "arrive_h": 17.0, "plug_in_pu": 1.0}
"""The car of check T15: plugged in from 17 to 9 every day, and the mean yearly distance in between."""
GRID_OF_SCENARIOS: dict[str, Setting] = {
    "price_area": "SE3", "price_year": 2025, "other_year": 2024, "connected_h_per_day": 16.0,
}  # fmt: skip
POWERS_KW, BATTERIES_KWH = (3.7, 11.0), (40.0, 85.0)
TARIFFS = ("by_parameters", "power_all_hours")
MARKETS: tuple[ReserveLevel | None, ...] = (None, WHOLE_PRICE)

NET = tuple(Knob(name) for name in ("res.accept_rate", "res.agg_fee"))


def _home_car(laboratory: Laboratory) -> UseCase:
    car = home_car(
        laboratory, laboratory.text("price_area"), laboratory.number("power_kw"),
        battery_usable_kwh=laboratory.number("battery_usable_kwh"),
    )  # fmt: skip
    return connected(car, laboratory.number("connected_h_per_day"))


def _solved(laboratory: Laboratory, case: UseCase, price_year: int, strategy: Strategy) -> SolvedYear:
    return laboratory.made(
        ("solved_car", case, price_year, strategy),
        lambda lab: solved_year(car_of(lab, case, price_year), strategy),
    )


# PR020


def _level(laboratory: Laboratory, level_id: str) -> ReserveLevel:
    """A level of reserve prices of the run."""
    known = {level.level_id: level for level in laboratory.settings.scope.reserve_levels}
    if level_id not in known:
        raise DataError(Fault(f"reserve level {level_id!r}", f"only {', '.join(known)}", "a level of the run",
                              "Correct the name."))  # fmt: skip
    return known[level_id]


def _aged_cost_sek(laboratory: Laboratory, year: SolvedYear) -> float:
    """Cost of a year with what its battery really loses, by cell, in place of the wear that the dispatch saw."""
    parameters, chemistry = laboratory.parameters, laboratory.text("chemistry")
    spent = spent_sek(parameters, chemistry, year)
    return year.net_cost_sek - parameters["deg.c_deg_nmc"] * year.discharge_ac_kwh + spent


def _gains_sek(laboratory: Laboratory, *, always_on: bool, is_by_cell: bool) -> float:
    """The least by which two-way charging beats one-way at the year's reserve prices, at collapsed ones, and falls.

    Published: it is positive in both, and the smaller the lower the price.
    """
    car, year = _home_car(laboratory), laboratory.whole("price_year")
    levels = WHOLE_PRICE, _level(laboratory, laboratory.text("collapsed_level"))
    strategies = SMART, *(two_way(level, always_on=always_on) for level in levels)
    solved = [_solved(laboratory, car, year, strategy) for strategy in strategies]
    cost = [_aged_cost_sek(laboratory, each) if is_by_cell else each.net_cost_sek for each in solved]
    full, collapsed = cost[0] - cost[1], cost[0] - cost[2]
    return min(full, collapsed, full - collapsed)


def _positive_and_falling(laboratory: Laboratory) -> Estimate:
    """With the wear that the dispatch sees (T10, and the study's way); else ageing by cell, and V2X on all year."""
    by_cell = _gains_sek(laboratory, always_on=False, is_by_cell=True)
    by_wear = _gains_sek(laboratory, always_on=False, is_by_cell=False)
    kept_on = _gains_sek(laboratory, always_on=True, is_by_cell=True)
    return Estimate.across(by_wear, by_cell, kept_on)


# PR021, PR029


def _reserves_per_week_eur(laboratory: Laboratory) -> Estimate:
    """What reserves take off the cost of a car that already trades energy; other years beside the study's level."""
    years = laboratory.whole("price_year"), *OTHER_YEARS
    costs = [
        laboratory.use_case_values(_home_car(laboratory), year, vehicle_count=CAR_COUNT)["net_cost_sek"]
        for year in years
    ]
    saved = [float(cost["grid"] - cost["grid_reserve"]) / WEEKS_PER_YEAR for cost in costs]
    return Estimate.across(*saved).scaled(1 / laboratory.sek_per("EUR"))


def _gothenburg_car(laboratory: Laboratory) -> UseCase:
    used, depart, arrive = (laboratory.number(name) for name in ("used_pu", "depart_h", "arrive_h"))
    driven_kwh = laboratory.parameters["veh.annual_km"] * laboratory.parameters["veh.eps0"] / DAYS_PER_YEAR
    car = home_car(
        laboratory, laboratory.text("price_area"), laboratory.number("power_kw"),
        battery_usable_kwh=laboratory.number("battery_usable_kwh"),
    )  # fmt: skip
    return replace(
        car, weekday_used_pu=used, weekend_used_pu=used, weekday_depart_h=depart, weekend_depart_h=depart,
        weekday_arrive_h=arrive, weekend_arrive_h=arrive, spread_h=0.0, plug_in_pu=laboratory.number("plug_in_pu"),
        energy_dc_kwh_per_day=driven_kwh,
    )  # fmt: skip


def _change_percent(laboratory: Laboratory) -> Estimate:
    """Cost with two-way charging and FCR over that of charging at once."""
    year = laboratory.whole("price_year")
    cost = laboratory.use_case_values(_gothenburg_car(laboratory), year, vehicle_count=CAR_COUNT)["net_cost_sek"]
    return Estimate.single(PER_CENT * float(cost["grid_reserve"] / cost["uncontrolled"] - 1))


# PR046


def _range_eur(laboratory: Laboratory, price_year: int, *, always_on: bool) -> tuple[float, float]:
    """Least and most that two-way charging adds over the grid of powers, batteries, tariffs and markets."""
    area, added = laboratory.text("price_area"), []
    for power_kw, battery_kwh, tariff in product(POWERS_KW, BATTERIES_KWH, TARIFFS):
        car = home_car(laboratory, area, power_kw, battery_usable_kwh=battery_kwh, grid_tariff=tariff)
        car = connected(car, laboratory.number("connected_h_per_day"))
        one_way = _solved(laboratory, car, price_year, SMART).net_cost_sek
        strategies = (two_way(market, always_on=always_on) for market in MARKETS)
        added += [one_way - _solved(laboratory, car, price_year, strategy).net_cost_sek for strategy in strategies]
    return min(added) / laboratory.sek_per("EUR"), max(added) / laboratory.sek_per("EUR")


def _straddling_eur(laboratory: Laboratory) -> Estimate:
    """How far the range reaches to the nearer side of zero, V2X kept on whenever the car is plugged in.

    The other readings are the other year, and V2X that is switched on by the day where it pays.
    """
    year, other = laboratory.whole("price_year"), laboratory.whole("other_year")
    ranges = [
        _range_eur(laboratory, year, always_on=True),
        _range_eur(laboratory, other, always_on=True),
        _range_eur(laboratory, year, always_on=False),
    ]
    return Estimate.across(*(min(most, -least) for least, most in ranges))


CASES = (
    Case("PR020", "engine", _positive_and_falling,
         (Knob("loss.P_standby_enabled"), Knob("deg.pack_price_nmc"), Knob("deg.c_deg_nmc"),
          Knob("chemistry", ("nmc", "lfp")), Knob("collapsed_level", ("late", "none")),
          Knob("connected_h_per_day", (8.0, 18.0)), *NET),
         V2G_STUDY),
    Case("PR021", "engine", _reserves_per_week_eur,
         (Knob("price_year", (2024, 2025)), *NET, Knob("connected_h_per_day", (8.0, 18.0)),
          Knob("power_kw", (3.7, 22.0))),
         MAS, is_transfer=True),
    Case("PR029", "engine", _change_percent,
         (Knob("arrive_h", (13.0, 23.0)), Knob("plug_in_pu", (0.3, 0.7)), *NET, Knob("power_kw", (3.7, 22.0)),
          Knob("veh.annual_km"), Knob("battery_usable_kwh", (40.0, 85.0))),
         GOTHENBURG, is_transfer=True),
    Case("PR046", "engine", _straddling_eur,
         (Knob("loss.P_standby_enabled"), Knob("deg.c_deg_nmc"), Knob("connected_h_per_day", (8.0, 18.0))),
         GRID_OF_SCENARIOS, is_transfer=True),
)  # fmt: skip
