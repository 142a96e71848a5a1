"""Turns dated instruments into levers of the model, as told and as a standards scenario shifts them.

A day carries its status: only ``enacted`` days are law. A scenario moves open days by whole years, lets decided ones
slip, and never moves what applies already; it changes no number of the reference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault

REFERENCE = "reference"
DAYS_PER_YEAR = 365.25

ISO20_NEW_POINTS, EPBD = "iso15118_20_new_points", "epbd_building_points"
AC_GATES = ("iso15118_20_amd_1", "rfg2_art_13a", "rfg2_art_42")
"""All of these are needed before a car may discharge through an AC point of another make (METHODS 9)."""
USED_LEVERS = (ISO20_NEW_POINTS, EPBD, *AC_GATES)

# ASSUME: what is new up to this year is as it is; a standards scenario moves what comes after it.
MOVES_AFTER_YEAR = 2026


@dataclass(frozen=True)
class StandardsCase:
    """One future of standards: by how many years open days move, and whether makes open up to each other at all."""

    shift_years: int
    is_open: bool


CASES: Mapping[str, StandardsCase] = {
    REFERENCE: StandardsCase(0, True),
    "early_standards": StandardsCase(-2, True),
    "late_standards": StandardsCase(3, True),
    # ASSUME: in a lock-in every law keeps its day, and makes speak the standard with no service to discharge in it.
    "proprietary_lock_in": StandardsCase(0, False),
}
"""The cases of METHODS 10: early by two years, late by three."""


def moved_day(day: date, shift_years: int, moves: str, not_before: date | None) -> date:
    """Shift one day by whole years as far as it may move.

    Examples
    --------
    An open day of 2028-01-01 that cannot come before 2027-01-01 is 2027-01-01 two years early, 2031-01-01 three years
    late; a decided one stays two years early and slips three years late; a fixed one stays.
    """
    if moves == "fixed" or (moves == "late_only" and shift_years < 0):
        return day
    is_leap_day = (day.month, day.day) == (2, 29)
    shifted = day.replace(year=day.year + shift_years, day=28 if is_leap_day else day.day)
    return shifted if not_before is None else max(shifted, not_before)


def regulation_timeline(levers: pd.DataFrame, regulation: pd.DataFrame, chosen: str) -> pd.DataFrame:
    """Build the ``RegulationTimeline`` table: every lever in every standards case.

    Parameters
    ----------
    levers, regulation
        ``RegulationLevers`` and ``Regulation``.
    chosen
        The case of the run.

    Raises
    ------
    DataError
        For each lever whose instrument is not listed, and each lever that the model needs and the table lacks.
    """
    instruments = dict(zip(regulation["id"], regulation["instrument"], strict=True))
    _check_levers(levers, instruments)
    rows = []
    for lever in levers.itertuples(index=False):
        told = date.fromisoformat(str(lever.effect_day))
        floor = date.fromisoformat(lever.not_before_day) if isinstance(lever.not_before_day, str) else None
        for name, case in CASES.items():
            day = moved_day(told, case.shift_years, str(lever.moves), floor)
            # A day that a scenario moves is that scenario's assumption, whatever it was before.
            status = lever.status if day == told else "assumption"
            rows.append((lever.lever, name, lever.regulation_id, instruments[str(lever.regulation_id)],
                         day.isoformat(), status, day != told, name == chosen))  # fmt: skip
    columns = ["lever", "standards", "regulation_id", "instrument", "effect_day", "status", "is_moved", "is_chosen"]
    return pd.DataFrame(rows, columns=columns)


def _check_levers(levers: pd.DataFrame, instruments: Mapping[str, str]) -> None:
    unlisted = levers[~levers["regulation_id"].isin(list(instruments))]
    faults = [
        Fault(f"regulation_levers: {row.lever}", f"instrument {row.regulation_id}", "an id of regulation.csv",
              "Correct the id or list the instrument.")
        for row in unlisted.itertuples(index=False)
    ] + [
        Fault("regulation_levers", f"no lever {name!r}", "a dated row", "Add it; the model asks for it.")
        for name in sorted(set(USED_LEVERS) - set(levers["lever"]))
    ]  # fmt: skip
    if faults:
        raise DataError(faults)


def effect_days(timeline: pd.DataFrame, standards: str) -> dict[str, date]:
    """Give the day of each lever in one standards case."""
    rows = timeline[timeline["standards"] == standards]
    return {
        str(lever): date.fromisoformat(str(day)) for lever, day in zip(rows["lever"], rows["effect_day"], strict=True)
    }


def in_force_pu(days: Iterable[date], years: np.ndarray) -> np.ndarray:
    """Share of each calendar year in which all of ``days`` have come.

    Examples
    --------
    1 January 2027 gives 0 in 2026 and 1 in 2027; 1 July 2027 gives 0.50 in 2027.
    """
    last = max(days)
    begun = last.year + (last - date(last.year, 1, 1)).days / DAYS_PER_YEAR
    share: np.ndarray = np.clip(np.asarray(years, dtype=float) + 1.0 - begun, 0.0, 1.0)
    return share


def shifted_model_years(model_years: np.ndarray, shift_years: int) -> np.ndarray:
    """Tell which model year of the reference a model year is like, when all comes ``shift_years`` later.

    The shift opens by a year each year after :data:`MOVES_AFTER_YEAR`, so that nothing already sold changes.

    Examples
    --------
    Two years early: 2026, 2027, 2028 are like 2026, 2028, 2030. Three years late: 2026-2030 like 2026, 2026, 2026,
    2026, 2027.
    """
    years = np.asarray(model_years, dtype=float)
    room = np.clip(years - MOVES_AFTER_YEAR, 0.0, abs(shift_years))
    shifted: np.ndarray = years - np.sign(shift_years) * room
    return shifted
