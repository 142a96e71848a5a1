"""Cases of shared cars at a hub: what they can deliver together, did deliver at most, and discharged in five months."""

from collections.abc import Mapping

import pandas as pd

from analysis.dispatch.use_case_check import FIVE_MONTHS_PU
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.units import KW_PER_MW

CONDITIONS: Mapping[str, Setting] = {"price_area": "SE3", "price_year": 2025, "other_year": 2024, "power_kw": 11.0,
              "battery_usable_kwh": 52.0, "plug_in_pu": 1.0, "used_pu": 0.8, "grid_tariff": "power_winter_days",
              "pays": "tariff", "hub_limit_kw": 550.0}  # fmt: skip
KNOBS = (
    Knob("plug_in_pu", (0.4, 0.7)),
    Knob("price_area", ("SE1", "SE4")),
    Knob("price_year", (2022, 2023)),
    Knob("pays", ("tariff", "spot")),
    Knob("used_pu", (0.5, 1.0)),
    Knob("power_kw", (7.4, 22.0)),
    Knob("battery_usable_kwh", (40.0, 62.0)),
    Knob("res.unavailable_hw"),
    Knob("deg.c_deg_nmc"),
)
HUB_KNOBS = (
    Knob("plug_in_pu", (0.4, 0.7)),
    Knob("hub_limit_kw", (275.0, 412.5)),
    Knob("power_kw", (7.4, 22.0)),
    Knob("pays", ("tariff", "spot")),
    Knob("price_year", (2023, 2024)),
)
"""Of the hub: few, for fifty cars take seconds. The limits are a half and three quarters of all chargers at once."""
SIMULATED = 50
"""As many as the hub of PR093 has: what cars do together does not scale from a few."""


def _values(laboratory: Laboratory, price_year: int) -> pd.DataFrame:
    """Shared cars on the day-ahead market, by strategy."""
    used = laboratory.number("used_pu")
    row = laboratory.use_case("car_sharing")
    case = laboratory.use_case(
        "car_sharing", market="spot", price_area=laboratory.text("price_area"), weekday_used_pu=used,
        weekend_used_pu=min(used * row.weekend_used_pu / row.weekday_used_pu, 1.0),
        power_kw=laboratory.number("power_kw"), battery_usable_kwh=laboratory.number("battery_usable_kwh"),
        plug_in_pu=laboratory.number("plug_in_pu"), grid_tariff=laboratory.text("grid_tariff"),
        site_limit_kw=laboratory.number("hub_limit_kw"),
    )  # fmt: skip
    return laboratory.use_case_values(
        case, price_year, vehicle_count=SIMULATED, spot_only=laboratory.text("pays") == "spot"
    )


def _grid(laboratory: Laboratory, column: str, price_year: int) -> float:
    return float(_values(laboratory, price_year)[column]["grid"])


def _years(laboratory: Laboratory) -> tuple[int, int]:
    return laboratory.whole("price_year"), laboratory.whole("other_year")


def _working_pu(laboratory: Laboratory) -> float:
    return 1 - laboratory.parameters["res.unavailable_hw"]


def _enrolled_kw(laboratory: Laboratory, price_year: int) -> float:
    """What an enrolled car can hold for an hour at any hour of the year: away and broken cars count as nothing."""
    plugged = _grid(laboratory, "deliverable_1h_kw", price_year)
    return plugged * _grid(laboratory, "plugged_pu", price_year) * _working_pu(laboratory)


def _fleet_kw(laboratory: Laboratory) -> Estimate:
    """134 cars at any hour; the other reading is that all are plugged in at once."""
    year, other = _years(laboratory)
    all_plugged = _grid(laboratory, "deliverable_1h_kw", year) * _working_pu(laboratory)
    each = Estimate.across(_enrolled_kw(laboratory, year), _enrolled_kw(laboratory, other), all_plugged)
    return each.scaled(laboratory.number("fleet_count"))


def _covered_pc(laboratory: Laboratory) -> Estimate:
    """500 cars over the region's need."""
    need_kw = laboratory.number("need_mw") * KW_PER_MW
    each = Estimate.across(*(_enrolled_kw(laboratory, year) for year in _years(laboratory)))
    return each.scaled(100 * laboratory.number("fleet_count") / need_kw)


def _joint_kw(laboratory: Laboratory) -> Estimate:
    """The highest hour of fifty cars in the year."""
    each = _grid(laboratory, "joint_discharge_max_kw", laboratory.whole("price_year"))
    return Estimate.single(SIMULATED * _working_pu(laboratory) * each)


def _five_months_kwh(laboratory: Laboratory) -> Estimate:
    return Estimate.across(
        *(FIVE_MONTHS_PU * _grid(laboratory, "discharge_ac_kwh", year) for year in _years(laboratory))
    )


CASES = (
    Case("PR025", "engine", _fleet_kw, KNOBS, {**CONDITIONS, "fleet_count": 134}, is_transfer=True),
    Case("PR078", "engine", _covered_pc, KNOBS, {**CONDITIONS, "fleet_count": 500, "need_mw": 30.0}, is_transfer=True),
    Case("PR093", "engine", _joint_kw, HUB_KNOBS, CONDITIONS, is_transfer=True),
    Case("PR094", "engine", _five_months_kwh, KNOBS, CONDITIONS, is_transfer=True),
)  # fmt: skip
