"""Cases of where people would be flexible: public parking beside home and work, selling there beside using at home."""

from collections.abc import Mapping

import numpy as np

from analysis.dispatch.linear import LinearModel
from analysis.dispatch.options import charger_physics
from analysis.dispatch.promise import left_as_promised
from analysis.dispatch.requirement import uncontrolled
from analysis.dispatch.strategies import SMART, build_problem, terms_of
from analysis.dispatch.use_cases import FREE
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.fleet.use_cases import UseCase, habit, seeded, vehicle_week
from analysis.units import HOURS_PER_WEEK

VEHICLES = 4
OTHERS = ("villa", "housing_association", "workplace_solar")
PUBLIC = "public_parking"
CONDITIONS: Mapping[str, Setting] = {"price_area": "SE3", "price_year": 2025, "other_year": 2024, "other_area": "SE4"}
KNOBS = (Knob("price_year", (2023, 2024)), Knob("price_area", ("SE1", "SE4")))


def _places(laboratory: Laboratory) -> list[tuple[str, int]]:
    """The central area and year first, then the other year and the other area."""
    area, year = laboratory.text("price_area"), laboratory.whole("price_year")
    return [(area, year), (area, laboratory.whole("other_year")), (laboratory.text("other_area"), year)]


def _saved_per_kwh(laboratory: Laboratory, name: str, price_area: str, price_year: int) -> float:
    """What a driver saves on spot by letting the charger choose the hours, SEK per kWh charged at once."""
    case = laboratory.use_case(name, price_area=price_area)
    return laboratory.made(("saved_per_kwh", case, price_year), lambda lab: _solved_per_kwh(lab, case, price_year))


def _solved_per_kwh(laboratory: Laboratory, case: UseCase, price_year: int) -> float:
    """Solve some vehicles one way only, at spot without tax, fee and the site's own load and sun."""
    terms = terms_of(laboratory.parameters.with_values(dict.fromkeys(FREE, 0.0)), (), 1.0)
    charger = charger_physics(case.charger_option, terms.parameters)
    saved, charged = 0.0, 0.0
    for vehicle in range(VEHICLES):
        random = seeded(case, laboratory.settings.seed, vehicle)
        keeps = habit(case, random)
        for week in laboratory.market_weeks(case.price_area, price_year):
            plugged, driving = vehicle_week(case, keeps, week.season, HOURS_PER_WEEK, 1.0, random)
            problem = build_problem(
                terms, charger, week, plugged_pu=plugged, driving_dc_kwh=driving, load_kw=np.zeros(HOURS_PER_WEEK),
                capacity_kwh=case.battery_usable_kwh, site_limit_kw=case.power_kw,
            )  # fmt: skip
            problem = left_as_promised(problem) if case.place == "visit" else problem
            at_once, well = uncontrolled(problem), LinearModel(problem, with_reserves=False).solve(SMART)
            assert well is not None
            saved += week.weight_weeks * (at_once.objective_sek - well.objective_sek)
            charged += week.weight_weeks * float(at_once.charge_kw.sum())
    return saved / charged


def _public_is_last(laboratory: Laboratory) -> Estimate:
    """Saving a kWh at the other place that saves least, less that at public parking."""

    def margin(price_area: str, price_year: int) -> float:
        others = min(_saved_per_kwh(laboratory, name, price_area, price_year) for name in OTHERS)
        return others - _saved_per_kwh(laboratory, PUBLIC, price_area, price_year)

    return Estimate.across(*(margin(*place) for place in _places(laboratory)))


def _home_over_public(laboratory: Laboratory) -> Estimate:
    """Value a year of serving the house at home, less that of selling at public parking; each over charging well."""

    def value(name: str, strategy: str, price_area: str, price_year: int) -> float:
        case = laboratory.use_case(name, price_area=price_area, market="spot")
        values = laboratory.use_case_values(case, price_year, vehicle_count=VEHICLES)
        return float(values["net_value_over_smart_sek"][strategy])

    return Estimate.across(
        *(value("villa", "home", *place) - value(PUBLIC, "grid", *place) for place in _places(laboratory))
    )


CASES = (
    Case("PR010", "engine", _public_is_last, KNOBS, CONDITIONS),
    Case("PR019", "engine", _home_over_public, (*KNOBS, Knob("loss.P_standby_enabled"), Knob("deg.c_deg_nmc")),
         CONDITIONS),
)  # fmt: skip
