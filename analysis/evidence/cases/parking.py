"""Cases of public parking as its operator sees it: peak and cost of charging well, and what is sold back."""

from collections.abc import Mapping

import numpy as np

from analysis.dispatch.strategies import GRID, SMART, UNCONTROLLED
from analysis.dispatch.use_case_check import SOLD_BACK_PU
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.joint_site import joint_cost_sek, joint_week, on_peak_alone
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.evidence.schedules import Site, solved_site

CONDITIONS: Mapping[str, Setting] = {
    "price_area": "SE3",
    "price_year": 2025,
    "other_year": 2024,
    "power_kw": 11.0,
    "stay_h": 2.5,
    "energy_kwh": 10.0,
    "charger_count": 20,
    "operator": "each_charger",
    "grid_tariff": "power_all_hours",
}
KNOBS = (
    Knob("operator", ("site_cost", "site_peak")),
    Knob("stay_h", (1.0, 8.0)),
    Knob("charger_count", (6, 40)),
    Knob("grid_tariff", ("by_parameters", "power_days_two_seasons")),
    Knob("power_kw", (3.7, 22.0)),
    Knob("energy_kwh", (5.0, 20.0)),
    Knob("price_year", (2022, 2023)),
)
PER_CENT = 100.0


def _site(laboratory: Laboratory, price_year: int, is_two_way: bool = False) -> Site:
    """Chargers of the row, with stays of the case's length."""
    row = laboratory.use_case("public_parking")
    case = laboratory.use_case(
        "public_parking", price_area=laboratory.text("price_area"), grid_tariff=laboratory.text("grid_tariff"),
        power_kw=laboratory.number("power_kw"), energy_dc_kwh_per_day=laboratory.number("energy_kwh"),
        weekday_depart_h=row.weekday_arrive_h + laboratory.number("stay_h"),
        weekend_depart_h=row.weekend_arrive_h + laboratory.number("stay_h"),
    )  # fmt: skip
    return solved_site(laboratory, case, price_year, laboratory.whole("charger_count"), is_two_way=is_two_way)


def _changes_pu(laboratory: Laboratory, price_year: int) -> tuple[float, float]:
    """Change of peak and of cost by charging well, against charging at once.

    The operator lowers the bill of each charger, that of its one connection, or the peak of that and nothing else.
    """
    site, operator = _site(laboratory, price_year), laboratory.text("operator")
    if operator == "each_charger":
        peaks, costs = ([measure(strategy) for strategy in (UNCONTROLLED, SMART)]
                        for measure in (site.peak_kw, site.charging_sek))  # fmt: skip
        return peaks[1] / peaks[0] - 1, costs[1] / costs[0] - 1
    peak, cost = np.zeros(2), np.zeros(2)
    for one in site.weeks:
        at_once = np.array([found[UNCONTROLLED].charge_kw for found in one.schedules])
        problems = one.problems if operator == "site_cost" else [on_peak_alone(problem) for problem in one.problems]
        together = joint_week(problems).charge_kw
        peak = np.maximum(peak, [at_once.sum(axis=0).max(), together.sum(axis=0).max()])
        cost += one.week.weight_weeks * np.array([joint_cost_sek(one.problems, kw) for kw in (at_once, together)])
    return float(peak[1] / peak[0] - 1), float(cost[1] / cost[0] - 1)


def _change(laboratory: Laboratory, which: int) -> Estimate:
    """Change of peak (0) or cost (1), per cent, in two price years."""
    years = laboratory.whole("price_year"), laboratory.whole("other_year")
    return Estimate.across(*(PER_CENT * _changes_pu(laboratory, year)[which] for year in years))


def _below_sold_back(laboratory: Laboratory) -> Estimate:
    """How far what is sold back stays below a hundredth of what is charged, percentage points."""
    margins = []
    for year in (laboratory.whole("price_year"), laboratory.whole("other_year")):
        weeks = _site(laboratory, year, is_two_way=True).weeks
        charged = sum(one.week.weight_weeks * float(one.charged_kw(GRID).sum()) for one in weeks)
        sold = sum(
            one.week.weight_weeks * float(found[GRID].export_discharge_kw.sum())
            for one in weeks for found in one.schedules
        )  # fmt: skip
        margins.append(PER_CENT * (SOLD_BACK_PU - sold / charged))
    return Estimate.across(*margins)


CASES = (
    Case("PR016", "engine", lambda laboratory: _change(laboratory, 0), KNOBS, CONDITIONS),
    Case("PR017", "engine", lambda laboratory: _change(laboratory, 1), KNOBS, CONDITIONS),
    Case("PR018", "engine", _below_sold_back, KNOBS[1:], CONDITIONS),
)
