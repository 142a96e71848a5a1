"""Cases of homes: the fuse of two houses, a household's bill under V2H, what a car carries in an outage."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from analysis.battery.losses import loss_curve
from analysis.dispatch.strategies import HOME, SMART, UNCONTROLLED
from analysis.errors import DataError, Fault
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.evidence.schedules import NamedWeeks, Site, solved_site
from analysis.resilience.backup import Need, lasting_h
from analysis.resilience.houses import ClimateTables, house_loads
from analysis.units import HOURS_PER_DAY

PER_CENT = 100.0
NO_VALUE_PC = 1.0
"""SOURCE: METHODS check T12: the value beyond V1G is about 0; here less than a hundredth of the bill of charging."""
WIDE = 10.0
"""How many times wider a connection is that binds nowhere."""
PAYBACK_YEARS = 10.0  # SOURCE: PR049: payback under ten years, undiscounted
HOME_CARS = 3
CARS_BEHIND_FUSE = {"villa": 1, "housing_association": 5}
"""One detached house, and a quarter of the association's cars with their even share of its fuse."""

# the fuse of two houses


def _fuse_margin_pc(laboratory: Laboratory) -> Estimate:
    """By how much the worth of two-way flow behind a binding fuse stays below a hundredth of the bill; worst house."""
    margins = [_margin_pc(laboratory, house) for house in CARS_BEHIND_FUSE]
    return Estimate.across(min(margins), max(margins))


def _margin_pc(laboratory: Laboratory, house: str) -> float:
    """What the fuse costs one-way charging beyond what it costs two-way flow, over the bill without it.

    Raises
    ------
    DataError
        If charging at once keeps within the fuse: the house would ask for no capacity.
    """
    year, area = laboratory.whole("price_year"), laboratory.text("price_area")
    row = laboratory.use_case(house, market="spot", price_area=area)
    limit_kw = laboratory.number(f"{house}_limit_kw")
    bound, free = (
        laboratory.use_case_values(replace(row, site_limit_kw=limit), year, vehicle_count=CARS_BEHIND_FUSE[house])
        for limit in (limit_kw, WIDE * limit_kw)
    )
    at_once_kw = float(free["peak_import_ac_kw"]["uncontrolled"])
    if at_once_kw <= limit_kw / row.vehicle_count:
        raise DataError(Fault(f"{house}: fuse", f"{at_once_kw:.1f} kW at once", "more than the fuse carries",
                              "Give a fuse that binds."))  # fmt: skip
    two_way = "home" if row.charger_owner == "household" else "building"
    lost = {name: float(bound["net_cost_sek"][name] - free["net_cost_sek"][name]) for name in ("smart", two_way)}
    value_pc = PER_CENT * (lost["smart"] - lost[two_way]) / float(free["net_cost_sek"]["smart"])
    is_feasible = bound["forced_charge_count"]["smart"] <= free["forced_charge_count"]["smart"]
    return NO_VALUE_PC - value_pc if is_feasible else -PER_CENT


# a household's bill


def _weeks(laboratory: Laboratory, price_year: int) -> NamedWeeks:
    """Weeks of the year with the load of a house of one kind, and with day-ahead prices spread wider or narrower."""
    area, house, spread = laboratory.text("price_area"), laboratory.text("house"), laboratory.number("price_spread")
    tables = ClimateTables(laboratory.weather(area, price_year), laboratory.table("household_load_shape"),
                           laboratory.table("household_electricity"), laboratory.table("climate_normals"))  # fmt: skip
    weeks = laboratory.market_weeks(area, price_year)
    mean = float(np.average([week.spot_sek_per_kwh.mean() for week in weeks], weights=[w.weight_weeks for w in weeks]))
    own = tuple(
        replace(week, load_kw={"detached": house_loads(week.steps_utc, area, tables)[house]},
                spot_sek_per_kwh=mean + spread * (week.spot_sek_per_kwh - mean))
        for week in weeks
    )  # fmt: skip
    return NamedWeeks(f"{area} {price_year} {house} {spread:g}", own)


def _home(laboratory: Laboratory, price_year: int) -> Site:
    case = laboratory.use_case(
        "villa", market="spot", price_area=laboratory.text("price_area"), power_kw=laboratory.number("power_kw"),
        plug_in_pu=laboratory.number("plug_in_pu"), solar_peak_kw=laboratory.number("solar_kw"),
    )  # fmt: skip
    return solved_site(laboratory, case, price_year, HOME_CARS, _weeks(laboratory, price_year))


def _bills_sek(laboratory: Laboratory, price_year: int) -> tuple[float, float]:
    """Bill of house and car in a year before V2H and with it."""
    site = _home(laboratory, price_year)
    before = {"at_once": UNCONTROLLED, "charging_well": SMART}[laboratory.text("before")]
    house = site.load_sek()
    bills = [(house + site.charging_sek(strategy)) / HOME_CARS for strategy in (before, HOME)]
    return bills[0], bills[1]


def _by_year(laboratory: Laboratory) -> list[tuple[float, float]]:
    return [_bills_sek(laboratory, laboratory.whole(name)) for name in ("price_year", "other_year")]


def _bill_change_pc(laboratory: Laboratory) -> Estimate:
    return Estimate.across(*(PER_CENT * (after / before - 1) for before, after in _by_year(laboratory)))


def _tolerable_eur(laboratory: Laboratory) -> Estimate:
    saved = [(before - after) / laboratory.sek_per("EUR") for before, after in _by_year(laboratory)]
    return Estimate.across(*(PAYBACK_YEARS * each for each in saved))


# an outage


def _backup_kw(laboratory: Laboratory) -> Estimate:
    return Estimate.single(laboratory.parameters["rsl.p_backup"])


def _days(laboratory: Laboratory) -> Estimate:
    """How long a full battery carries the mean detached house, mean over all hours of the year at which it begins."""
    load = laboratory.household_load(laboratory.text("price_area"), laboratory.whole("price_year"))
    house_kw = load.loc[load["dwelling"] == "detached", "load_kw"].to_numpy(float)
    value = laboratory.parameters
    need = Need(laboratory.number("load_pu") * house_kw, value["rsl.p_backup"], 1.0, loss_curve(value, "dc"))
    days = [
        float(lasting_h(np.full(len(house_kw), laboratory.number(name)), need).mean()) / HOURS_PER_DAY
        for name in ("battery_kwh", "other_battery_kwh")
    ]
    return Estimate.across(*days)


HOUSES: Mapping[str, Setting] = {
    "price_area": "SE3",
    "price_year": 2025,
    "villa_limit_kw": 11.085,
    "housing_association_limit_kw": 86.6,
}
BILL: Mapping[str, Setting] = {
    "price_area": "SE3",
    "price_year": 2025,
    "other_year": 2024,
    "house": "detached_district",
    "power_kw": 11.0,
    "plug_in_pu": 0.55,
    "solar_kw": 0.0,
    "price_spread": 1.0,
    "before": "at_once",
}
BILL_KNOBS = (
    Knob("price_spread", (0.5, 4.0)),
    Knob("plug_in_pu", (0.3, 1.0)),
    Knob("price_year", (2022, 2023)),
    Knob("price_area", ("SE1", "SE4")),
    Knob("house", ("detached_direct", "flat")),
    Knob("solar_kw", (0.0, 6.0)),
    Knob("before", ("at_once", "charging_well")),
    Knob("loss.P_standby_enabled"),
    Knob("deg.c_deg_nmc"),
    Knob("ret.grid_energy_fee"),
)
OUTAGE: Mapping[str, Setting] = {
    "price_area": "SE3",
    "price_year": 2025,
    "battery_kwh": 131.0,
    "other_battery_kwh": 98.0,
    "load_pu": 1.0,
}

CASES = (
    Case("PR011", "engine", _fuse_margin_pc, (Knob("villa_limit_kw", (8.0, 13.0)), Knob("price_year", (2023, 2024))),
         HOUSES),
    Case("PR047", "engine", _bill_change_pc, BILL_KNOBS, BILL, is_transfer=True),
    Case("PR049", "engine", _tolerable_eur, BILL_KNOBS, BILL, is_transfer=True),
    Case("PR095", "input", _backup_kw, (Knob("rsl.p_backup"),)),
    Case("PR096", "engine", _days, (Knob("load_pu", (0.5, 1.5)), Knob("price_area", ("SE1", "SE4"))), OUTAGE,
         is_transfer=True),
)  # fmt: skip
