"""Turns standards into what new cars and new points can do together: speak, discharge, shake hands, by year.

The ladder of METHODS 9: speaking ISO 15118-20 is not discharging, and discharging in the standard is not yet working
together. AC discharge also waits for the amendment of the standard and for the grid code of cars.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.fleet.regulation import (
    AC_GATES,
    CASES,
    ISO20_NEW_POINTS,
    StandardsCase,
    effect_days,
    in_force_pu,
    shifted_model_years,
)
from analysis.fleet.stock import Numbers, interpolation

SERVICE_PARAMETERS = ("iop.p_bpt_given_iso20", "iop.p_bpt_2030")
OPENNESS_PARAMETERS = (
    *SERVICE_PARAMETERS, "iop.p_handshake", "iop.p_unnamed_pair", "iop.p_iso20_chargers_new_2027",
    "iop.iso20_cars_my2026", "iop.iso20_cars_my2030",
)  # fmt: skip

SERVICE_YEARS = (2026, 2030)
SPEAKING_YEARS = (2020, 2026, 2030)


@dataclass(frozen=True)
class OpenStandards:
    """One standards case with its days: when new points speak the standard, and what AC discharge waits for."""

    case: StandardsCase
    points_day: date
    ac_days: tuple[date, ...]


def open_standards(timeline: pd.DataFrame, standards: str) -> OpenStandards:
    """Read one case out of the ``RegulationTimeline`` table."""
    days = effect_days(timeline, standards)
    return OpenStandards(CASES[standards], days[ISO20_NEW_POINTS], tuple(days[name] for name in AC_GATES))


def chosen_standards(timeline: pd.DataFrame) -> OpenStandards:
    """Read the run's own case out of its ``RegulationTimeline`` table."""
    return open_standards(timeline, str(timeline.loc[timeline["is_chosen"], "standards"].iloc[0]))


def draws_of(numbers: Numbers, name: str) -> np.ndarray:
    """Give the values of one parameter as an array of draws."""
    return np.atleast_1d(np.asarray(numbers[name], dtype=float))


def service_pu(years: np.ndarray, technology: str, numbers: Numbers, standards: OpenStandards) -> np.ndarray:
    """Share of what speaks the standard that also discharges in it, by year (rows) and draw (columns).

    ASSUME: the share goes in a straight line from 2026 to 2030 and stays there, since nothing read looks further; a
    draw in which it would fall has the value of 2030 all along.

    References
    ----------
    METHODS 9: p_BPT, apart for AC and DC; AC waits for Amd 1 and RfG art. 13a and 42.
    """
    first, last = (draws_of(numbers, name) for name in SERVICE_PARAMETERS)
    ends = np.stack(np.broadcast_arrays(np.minimum(first, last), last))
    if not standards.case.is_open:
        return np.zeros((len(years), ends.shape[1]))
    share: np.ndarray = interpolation(shifted_model_years(years, standards.case.shift_years), SERVICE_YEARS) @ ends
    if technology == "dc":
        return share
    gated: np.ndarray = share * in_force_pu(standards.ac_days, years)[:, None]
    return gated


def speaking_cars_pu(model_years: np.ndarray, numbers: Numbers, standards: OpenStandards) -> np.ndarray:
    """Share of new cars that speak ISO 15118-20, by model year (rows) and draw (columns)."""
    first, last = (draws_of(numbers, f"iop.iso20_cars_my{year}") for year in SPEAKING_YEARS[1:])
    anchors = np.stack(np.broadcast_arrays(np.zeros_like(first), first, np.maximum(first, last)))
    share: np.ndarray = (
        interpolation(shifted_model_years(model_years, standards.case.shift_years), SPEAKING_YEARS) @ anchors
    )
    return share


def speaking_points_pu(years: np.ndarray, numbers: Numbers, standards: OpenStandards) -> np.ndarray:
    """Share of new points that speak ISO 15118-20, by year of installation (rows) and draw (columns).

    ASSUME: before the law asks for it no point on the market speaks it; afterwards all do that are not exempt.
    """
    in_force = in_force_pu([standards.points_day], years)[:, None]
    share: np.ndarray = in_force * draws_of(numbers, "iop.p_iso20_chargers_new_2027")[None, :]
    return share


def new_rungs(
    years: np.ndarray, technology: str, numbers: Numbers, standards: OpenStandards
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The ladder of a new car that meets a new point: speaks, discharges, shakes hands; each year × draw."""
    speaks = speaking_cars_pu(years, numbers, standards) * speaking_points_pu(years, numbers, standards)
    discharges = speaks * service_pu(years, technology, numbers, standards)
    return speaks, discharges, discharges * draws_of(numbers, "iop.p_handshake")
