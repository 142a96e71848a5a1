"""Turns the moves of a published row into the explanation of its miss: which assumption, set to what, gives what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.report.elements import rows_of
from analysis.report.evidence_words import rounded, with_unit
from analysis.report.text import Voice

WITHOUT = ("", "-", "share", "factor", "count")
"""Units of parameters that are not written: the number says it all."""
SETTINGS = ("setting", "knob", "charger", "contract", "house")
"""What a setting may be the name of, in the catalogs."""


@dataclass(frozen=True)
class Knob:
    """One assumption: its name in words, empty where the catalogs have none, and its id."""

    name: str
    code: str


@dataclass(frozen=True)
class MoveView:
    """One assumption at one setting and what our number becomes."""

    knob: Knob
    setting: str
    ours: str
    is_inside: bool


@dataclass(frozen=True)
class Why:
    """Why a row is not met: a sentence, the assumption that comes nearest, what it does, and all that were tried."""

    verdict: str
    knob: Knob | None
    effect: str
    moves: Sequence[MoveView]


def why(row: Any, moves: pd.DataFrame, parameters: pd.DataFrame, voice: Voice) -> Why | None:
    """Explain a row of ``Evidence`` that is missed, or met by its range alone.

    Parameters
    ----------
    moves
        ``EvidenceMoves`` of the row.
    parameters
        ``Parameters`` by id: where a parameter stands when nothing is changed, and its unit.
    """
    if row.verdict in ("reproduced", "not_a_test") or (row.verdict == "within_spread" and row.knob_count == 0):
        return None
    tried = [MoveView(_knob(move.knob, voice), _setting(move.knob, move.knob_value, parameters, voice),
                      _ours(move.value, row, voice), bool(move.is_inside)) for move in rows_of(moves)]  # fmt: skip
    count = voice.exact(float(row.knob_count))
    if row.knob_count == 0:
        return Why(voice.say("why.none_tried"), None, "", ())
    is_moved = any(move.is_inside for move in tried)
    kind = row.verdict if row.verdict != "within_spread" else "spread_moved" if is_moved else "spread_kept"
    return Why(
        voice.say(f"why.{kind}", count=count), _knob(row.best_knob, voice), _effect(row, parameters, voice), tried
    )


def _effect(row: Any, parameters: pd.DataFrame, voice: Voice) -> str:
    """Say what the nearest assumption is set to, from where, and our number there."""
    values = {"setting": _setting(row.best_knob, row.best_setting, parameters, voice),
              "ours": _ours(row.ours_at_best, row, voice)}  # fmt: skip
    if row.best_knob not in parameters.index:
        return voice.say("why.set", **values)
    start = _setting(row.best_knob, f"{parameters.loc[row.best_knob, 'value']:.12g}", parameters, voice)
    return voice.say("why.moved", start=start, **values)


def _ours(value: float, row: Any, voice: Voice) -> str:
    if row.comparability == "sign":
        return voice.say("ours.margin", number=voice.exact(rounded(value)))
    return with_unit(voice.exact(rounded(value)), row.unit, voice)


def _knob(knob: str, voice: Voice) -> Knob:
    name = voice.name("knob", knob)
    return Knob("" if name == knob else name, knob)


def _setting(knob: str, value: str, parameters: pd.DataFrame, voice: Voice) -> str:
    """Write a setting: a number by the language with its unit if any, a year as it is, a name by the catalogs."""
    try:
        number = float(value)
    except ValueError:
        named = (voice.inline(kind, value) for kind in SETTINGS if f"{kind}.{value}" in voice.texts)
        return next(named, value)
    if knob.endswith("_year"):
        return value
    unit = str(parameters.loc[knob, "unit"]) if knob in parameters.index else ""
    return with_unit(voice.exact(number), unit, voice) if unit not in WITHOUT else voice.exact(number)
