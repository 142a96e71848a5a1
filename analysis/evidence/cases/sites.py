"""Cases of sites as European pilots had them: the worth of smart charging, peaks, bills, data and two trucks."""

from collections.abc import Mapping
from dataclasses import replace
from statistics import fmean

import pandas as pd

from analysis.dispatch.inputs import market_weeks
from analysis.dispatch.strategies import GRID, HOME, SMART, UNCONTROLLED
from analysis.dispatch.use_case_check import REFUSE_TRUCKS
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.joint_site import joint_import_kw, joint_week, on_peak_alone
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.evidence.schedules import NamedWeeks, Site, SiteWeek, solved_site
from analysis.mobility.weeks import LOCAL_ZONE
from analysis.units import DAYS_PER_WEEK

PER_CENT = 100.0
OWN = "own"
"""Each firm has the grid tariff of its row."""
LIGHT_SITES = ("villa", "housing_association", "workplace_solar", "public_parking", "airport_long_stay", "car_sharing",
               "dealer_lot", "municipal_fleet", "parking_wardens", "grid_company_fleet", "depot_vans",
               "parking_hub")  # fmt: skip
"""Every row of use_cases.csv that is of cars or vans: the pilots had those, and none is left out."""
ENDURANCE_LEFT_S = 300.0
"""SOURCE: METHODS 3.4: alert-state management begins when five minutes of endurance are left."""
TWO_WAY = {"smart": (SMART,), "two_way": (SMART, HOME, GRID)}

# January in Oslo


def _january(laboratory: Laboratory, price_year: int) -> NamedWeeks:
    """The whole local weeks of January, which stand for its 31 days."""
    area = laboratory.text("price_area")
    year, load = laboratory.priced_year(area, price_year), laboratory.household_load(area, price_year)
    days = pd.date_range(f"{price_year}-01-01", f"{price_year}-01-{31 - DAYS_PER_WEEK + 1}", tz=LOCAL_ZONE)
    mondays = days[days.day_of_week == 0].tz_convert("UTC")
    listed = pd.DataFrame(
        {"price_year": price_year, "week_start_utc": mondays, "week_id": mondays.strftime("%Y-%m-%d"),
         "season": "winter", "weight_weeks": 31 / DAYS_PER_WEEK / len(mondays)}
    )  # fmt: skip
    weeks = market_weeks(
        listed, year.day_ahead, year.reserves, load, price_area=area, price_year=price_year, step_h=1.0
    )
    return NamedWeeks(f"{area} January {price_year}", tuple(weeks))


def _worth_eur(laboratory: Laboratory) -> Estimate:
    """Charging at once less charging well, EUR a charger in January; other price area as the other end."""
    return Estimate.across(*(
        _worth_of_area_eur(laboratory.with_condition("price_area", laboratory.text(name)))
        for name in ("price_area", "other_area")
    ))  # fmt: skip


def _worth_of_area_eur(laboratory: Laboratory) -> float:
    year = laboratory.whole("price_year")
    case = laboratory.use_case(
        "housing_association", market="spot", price_area=laboratory.text("price_area"),
        grid_tariff=laboratory.text("grid_tariff"), plug_in_pu=laboratory.number("plug_in_pu"),
        energy_dc_kwh_per_day=laboratory.number("energy_kwh"), power_kw=laboratory.number("power_kw"),
    )  # fmt: skip
    count = laboratory.whole("car_count")
    site = solved_site(laboratory, case, year, count, _january(laboratory, year), is_two_way=False)
    saved = site.charging_sek(UNCONTROLLED) - site.charging_sek(SMART)
    return saved / count / laboratory.sek_per("EUR")


# peaks and bills over pilots


def _sites(laboratory: Laboratory, with_building: bool = False) -> dict[str, Site]:
    """All sites with cars, or those with a building, as their owners pay.

    Firms pay by the tariff of their row, or all by that of the case.
    """
    area, tariff, found = laboratory.text("price_area"), laboratory.text("firm_tariff"), {}
    for name in LIGHT_SITES:
        row = laboratory.use_case(name, market="spot", price_area=area)
        is_changed = row.tariff_kind == "firm" and tariff != OWN
        if with_building and not row.has_site:
            continue
        load_kwh = row.site_load_kwh_per_year
        scaled = None if load_kwh is None else laboratory.number("load_pu") * load_kwh
        case = replace(row, grid_tariff=tariff if is_changed else row.grid_tariff, site_load_kwh_per_year=scaled)
        count = min(laboratory.whole("car_count"), case.vehicle_count)
        found[name] = solved_site(laboratory, case, laboratory.whole("price_year"), count)
    return found


def _peak_changes(laboratory: Laboratory) -> dict[str, float]:
    """Change of each site's highest import, house or building included.

    Sites either lower their bills, and the best of what they may do counts, or charge for the least peak alone.
    """
    ways, changes = TWO_WAY[laboratory.text("ways")], {}
    for name, site in _sites(laboratory).items():
        if laboratory.text("aim") == "bill":
            lowest = min(site.peak_kw(way) for way in ways)
        else:
            lowest = max(_least_peak_kw(one) for one in site.weeks)
        changes[name] = lowest / site.peak_kw(UNCONTROLLED) - 1
    return changes


def _least_peak_kw(one: SiteWeek) -> float:
    problems = [on_peak_alone(problem) for problem in one.problems]
    return float(joint_import_kw(problems, joint_week(problems).charge_kw).max())


def _bill_changes(laboratory: Laboratory) -> dict[str, float]:
    """Change of each site's bill by the best of what it may do; chargers alone have no bill of a building."""
    ways, before = TWO_WAY[laboratory.text("ways")], {"at_once": UNCONTROLLED, "charging_well": SMART}
    changes, is_whole = {}, laboratory.text("bill_of") == "building"
    for name, site in _sites(laboratory, with_building=is_whole).items():
        load = site.load_sek() if is_whole else 0.0
        first = load + site.charging_sek(before[laboratory.text("before")])
        changes[name] = min(load + site.charging_sek(way) for way in ways) / first - 1
    return changes


def _peak_pc(laboratory: Laboratory) -> Estimate:
    """The site whose peak falls most."""
    return Estimate.single(PER_CENT * min(_peak_changes(laboratory).values()))


def _bill_pc(laboratory: Laboratory) -> Estimate:
    """The site that saves the greatest share, or the mean site."""
    changes = list(_bill_changes(laboratory).values())
    is_mean = laboratory.text("of_sites") == "mean"
    return Estimate.single(PER_CENT * (fmean(changes) if is_mean else min(changes)))


# data and trucks


def _too_slow_s(laboratory: Laboratory) -> Estimate:
    """By how much the slowest stream lags behind the endurance left when FCR must be handed back, seconds."""
    step_s = max(laboratory.number("solar_data_s"), laboratory.number("car_data_s"))
    return Estimate.single(step_s - ENDURANCE_LEFT_S)


def _trucks_kw(laboratory: Laboratory) -> Estimate:
    """Power of the trucks' chargers: what they give together if both stand there and both discharge."""
    return Estimate.single(REFUSE_TRUCKS * laboratory.use_case("refuse_trucks").power_kw)


OSLO: Mapping[str, Setting] = {
    "price_area": "SE3",
    "other_area": "SE4",
    "price_year": 2025,
    "grid_tariff": "by_parameters",
    "power_kw": 11.0,
    "plug_in_pu": 0.6,
    "energy_kwh": 10.0,
    "car_count": 10,
}
PILOTS: Mapping[str, Setting] = {
    "price_area": "SE3",
    "price_year": 2025,
    "firm_tariff": OWN,
    "ways": "two_way",
    "car_count": 4,
    "load_pu": 1.0,
}
PILOT_KNOBS = (
    Knob("load_pu", (0.5, 2.0)),
    Knob("ways", ("smart", "two_way")),
    Knob("firm_tariff", ("by_parameters", "power_all_hours")),
    Knob("price_year", (2023, 2024)),
)
PEAK_KNOBS = (
    Knob("aim", ("bill", "peak")),
    Knob("firm_tariff", ("by_parameters", "power_all_hours")),
    Knob("ways", ("smart", "two_way")),
)
"""Few, for twenty cars a site take seconds: the peaks of a site do not scale from a handful of cars."""
BILL_KNOBS = (
    Knob("of_sites", ("deepest", "mean")),
    Knob("bill_of", ("building", "charging")),
    Knob("before", ("at_once", "charging_well")),
    *PILOT_KNOBS,
)

CASES = (
    Case("PR030", "engine", _worth_eur,
         (Knob("price_area", ("SE1", "SE4")), Knob("grid_tariff", ("power_all_hours", "power_days_two_seasons")),
          Knob("plug_in_pu", (0.3, 1.0)), Knob("energy_kwh", (5.0, 15.0)), Knob("price_year", (2023, 2024)),
          Knob("power_kw", (3.7, 22.0))),
         OSLO, is_transfer=True),
    Case("PR031", "engine", _peak_pc, PEAK_KNOBS, {**PILOTS, "aim": "bill", "car_count": 20}, is_transfer=True),
    Case("PR032", "engine", _bill_pc, BILL_KNOBS,
         {**PILOTS, "of_sites": "deepest", "bill_of": "building", "before": "at_once"}, is_transfer=True),
    Case("PR034", "identity", _too_slow_s, (Knob("solar_data_s", (1.0, 60.0)),),
         {"solar_data_s": 600.0, "car_data_s": 1.0}),
    Case("PR061", "identity", _trucks_kw),
)  # fmt: skip
