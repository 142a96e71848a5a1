"""Cases of the Chinese pilots: what a hub discharges in a year, when it charges, what a plan adds up to."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.strategies import GRID
from analysis.dispatch.use_case_check import PILOT_KW
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.evidence.schedules import SiteWeek, solved_site
from analysis.fleet.use_cases import UseCase
from analysis.mobility.weeks import LOCAL_ZONE
from analysis.units import HOURS_PER_DAY

PER_CENT = 100.0
KWH_PER_GWH = 1e6
SIMULATED = 6


def _hub(laboratory: Laboratory) -> UseCase:
    return laboratory.use_case(
        "parking_hub", market="spot", price_area=laboratory.text("price_area"),
        plug_in_pu=laboratory.number("plug_in_pu"), grid_tariff=laboratory.text("grid_tariff"),
    )  # fmt: skip


def _years(laboratory: Laboratory) -> tuple[int, int]:
    return laboratory.whole("price_year"), laboratory.whole("other_year")


def _point_kwh(laboratory: Laboratory, price_year: int) -> float:
    """What one charger of a hub discharges in a year."""
    values = laboratory.use_case_values(_hub(laboratory), price_year, vehicle_count=SIMULATED)
    return float(values["discharge_ac_kwh"]["grid"])


def _pilot_kwh(laboratory: Laboratory) -> Estimate:
    """A hub of the least power that a pilot has."""
    power_kw = _hub(laboratory).power_kw
    return Estimate.across(*(PILOT_KW / power_kw * _point_kwh(laboratory, year) for year in _years(laboratory)))


def _plan_gwh(laboratory: Laboratory) -> Estimate:
    """Points that are built evenly over the years of the plan: on the mean half of them are there."""
    point_years = laboratory.number("point_count") * laboratory.number("plan_years") / 2
    return Estimate.across(*(point_years * _point_kwh(laboratory, year) / KWH_PER_GWH for year in _years(laboratory)))


def _off_peak_pc(laboratory: Laboratory) -> Estimate:
    return Estimate.across(*(PER_CENT * _off_peak_pu(laboratory, year) for year in _years(laboratory)))


def _off_peak_pu(laboratory: Laboratory, price_year: int) -> float:
    """Share of all charging in off-peak hours: those of a two-rate tariff, or the cheaper half of each day."""
    is_off = {"night": _at_night, "cheap_half": _in_cheap_half}[laboratory.text("off_peak")]
    weeks = solved_site(laboratory, _hub(laboratory), price_year, SIMULATED).weeks
    energy = [one.week.weight_weeks * one.charged_kw(GRID) for one in weeks]
    off = [float(kw[is_off(laboratory, one)].sum()) for kw, one in zip(energy, weeks, strict=True)]
    return sum(off) / sum(float(kw.sum()) for kw in energy)


def _at_night(laboratory: Laboratory, one: SiteWeek) -> NDArray[np.bool_]:
    hour = one.week.steps_utc.tz_convert(LOCAL_ZONE).hour.to_numpy()
    return np.asarray((hour >= laboratory.number("night_from_h")) | (hour < laboratory.number("night_to_h")))


def _in_cheap_half(_: Laboratory, one: SiteWeek) -> NDArray[np.bool_]:
    by_day = one.week.spot_sek_per_kwh.reshape(-1, HOURS_PER_DAY)
    return np.asarray(by_day < np.median(by_day, axis=1, keepdims=True)).ravel()


CONDITIONS: Mapping[str, Setting] = {"price_area": "SE3", "price_year": 2025, "other_year": 2024, "plug_in_pu": 0.9,
              "grid_tariff": "power_winter_days"}  # fmt: skip
KNOBS = (
    Knob("price_area", ("SE1", "SE4")),
    Knob("price_year", (2022, 2023)),
    Knob("plug_in_pu", (0.5, 1.0)),
    Knob("grid_tariff", ("by_parameters", "power_all_hours")),
    Knob("deg.c_deg_nmc"),
)
PLAN: Mapping[str, Setting] = {**CONDITIONS, "point_count": 5000, "plan_years": 3.0}
NIGHT: Mapping[str, Setting] = {**CONDITIONS, "off_peak": "night", "night_from_h": 22, "night_to_h": 6}

CASES = (
    Case("PR066", "engine", _pilot_kwh, KNOBS, CONDITIONS, is_transfer=True),
    Case("PR067", "engine", _off_peak_pc, (Knob("off_peak", ("night", "cheap_half")), *KNOBS), NIGHT, is_transfer=True),
    Case("PR072", "engine", _plan_gwh, (Knob("plan_years", (2.0, 3.0)), *KNOBS), PLAN, is_transfer=True),
)
