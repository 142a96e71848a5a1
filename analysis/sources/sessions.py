"""Cleans charging sessions and the list of cars: what is left out, each row with its reason."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.sources.dropped import Kept, Mask, Test, same_text, sieve, texts_of, two_times
from analysis.sources.rules import SessionRules

MAX_EXAMPLES: Final = 20
LONGEST: Final = pd.Timedelta(days=31)
PARTS_TOLERANCE_KWH: Final = 0.1
PARTS_TOLERANCE_PU: Final = 0.01
# ASSUME: the parts of a session may miss its total by 0.1 kWh and 1 %: every part is rounded for itself.


def clean_sessions(
    sessions: pd.DataFrame, rules: SessionRules, raw: pd.DataFrame, withdrawn: frozenset[str], place: str
) -> Kept:
    """Leave out sessions that cannot have been, and those that a later record withdraws.

    Parameters
    ----------
    sessions
        Columns of the ``Sessions`` contract; index = row number in the file.
    rules
        What the file says of its rows beside the contract.
    raw
        The rows as read, with the columns that the rules name; index holds that of ``sessions``.
    withdrawn
        Names of records that any file of the source withdraws (:func:`withdrawn_names`).
    place
        File for the faults.

    Returns
    -------
    Kept
        The rest, and the rows left out: withdrawn, without start or end, of no duration, longer than 31 days, of
        negative energy, of an energy that is not that of its parts.

    Raises
    ------
    DataError
        With every session whose plug-out lies before its plug-in.
    """
    begin, end = sessions["plug_in_utc"], sessions["plug_out_utc"]
    times = two_times("plug_in_utc", "plug_out_utc")
    energy = texts_of("energy_ac_kwh", "{:g} kWh")
    tests: list[Test] = [
        ("withdrawn", _withdrawn(sessions, rules, raw, withdrawn), same_text("withdrawn, or a withdrawal")),
        ("no_start", begin.isna().to_numpy(), same_text("no plug-in")),
        ("no_end", end.isna().to_numpy(), same_text("no plug-out")),
        ("no_duration", (end == begin).to_numpy(), times),
        ("session_over_month", (end - begin > LONGEST).to_numpy(), times),
        ("negative_energy", (sessions["energy_ac_kwh"] < 0.0).to_numpy(), energy),
        ("energy_disagrees", _disagrees(sessions, rules, raw), _both_energies(rules, raw)),
    ]
    kept = sieve(sessions, "session_id", tests, place, "sessions")
    rest = kept.table
    backwards = rest.index[rest["plug_out_utc"] < rest["plug_in_utc"]]
    if len(backwards):
        raise DataError(
            Fault(f"{place}:{row}", "plug-out before plug-in", "plug-out after plug-in", "Correct the row.")
            for row in backwards[:MAX_EXAMPLES]
        )
    return kept


def withdrawn_names(raw: pd.DataFrame, rules: SessionRules) -> frozenset[str]:
    """Names of the records that the rows of a file withdraw."""
    if rules.withdrawn_by is None or rules.withdrawn_by not in raw.columns:
        return frozenset()
    return frozenset(_plain(raw[rules.withdrawn_by])) - {""}


def _withdrawn(sessions: pd.DataFrame, rules: SessionRules, raw: pd.DataFrame, names: frozenset[str]) -> Mask:
    """Rows that withdraw another row, and the rows that they name."""
    if rules.withdrawn_by is None or rules.record is None:
        return np.zeros(len(sessions), dtype=bool)
    withdraws = _plain(raw.loc[sessions.index, rules.withdrawn_by]) != ""
    gone: Mask = (withdraws | _plain(raw.loc[sessions.index, rules.record]).isin(names)).to_numpy(dtype=bool)
    return gone


def _plain(cells: pd.Series) -> pd.Series:
    return cells.astype("str").str.strip().fillna("")


def _disagrees(sessions: pd.DataFrame, rules: SessionRules, raw: pd.DataFrame) -> Mask:
    """Rows whose parts are told and do not add up to the energy; where no part is told there is nothing to compare."""
    if rules.energy_parts is None:
        return np.zeros(len(sessions), dtype=bool)
    parts = pd.to_numeric(raw.loc[sessions.index, rules.energy_parts], errors="coerce")
    room = PARTS_TOLERANCE_KWH + PARTS_TOLERANCE_PU * sessions["energy_ac_kwh"].abs()
    apart: Mask = ((parts - sessions["energy_ac_kwh"]).abs() > room).to_numpy(dtype=bool)
    return apart


def _both_energies(rules: SessionRules, raw: pd.DataFrame) -> Callable[[pd.DataFrame], list[str]]:
    def said(rows: pd.DataFrame) -> list[str]:
        parts = raw.loc[rows.index, str(rules.energy_parts)]
        return [f"{all_:g} kWh, parts {part:g} kWh" for all_, part in zip(rows["energy_ac_kwh"], parts, strict=True)]

    return said


def clean_vehicles(vehicles: pd.DataFrame, place: str) -> Kept:
    """Leave out cars whose weight is zero or absent: they stand for nobody. A negative weight stays, and is a fault.

    Parameters
    ----------
    vehicles
        Columns of the ``Vehicles`` contract; index = row number in the file.
    place
        File for the log.
    """
    tests: list[Test] = [
        ("weight_absent", vehicles["weight"].isna().to_numpy(), same_text("no weight")),
        ("zero_weight", (vehicles["weight"] == 0.0).to_numpy(), same_text("weight 0")),
    ]
    return sieve(vehicles, "vehicle_id", tests, place, "cars")
