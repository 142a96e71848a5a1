"""Turns a miss into what would mend it: the case again with each knob alone at its ends, and between them."""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.evidence.case import Case, Knob
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.evidence.verdict import Band

HALVINGS = 6
"""A value between the ends is looked for to a sixty-fourth of the distance."""


@dataclass(frozen=True)
class Move:
    """Our central number with one knob at one setting and everything else as in the case."""

    knob: str
    setting: str
    knob_value: Setting
    ours: float
    is_inside: bool


def moves_of(case: Case, laboratory: Laboratory, base: float, target: Band) -> list[Move]:
    """Run a missed case with every knob alone at both ends.

    Where an end lies beyond the far side of the target, a value between is looked for by halving: of numbers with a
    decimal sign only, for there is nothing between two years or two names.

    Parameters
    ----------
    laboratory
        With the case's own conditions.
    base
        Our central number with no knob turned.
    target
        Where it must lie.
    """
    return [move for knob in case.knobs for move in _moves(case, knob, laboratory, base, target)]


def best_move(moves: list[Move], target: Band) -> Move | None:
    """The move that comes nearest to the target; of several inside the first, of one knob the lesser change.

    Examples
    --------
    Target 20 to 80; one knob gives 10, another 30: the second.
    """
    return min(moves, key=lambda move: target.distance(move.ours), default=None)


def _moves(case: Case, knob: Knob, laboratory: Laboratory, base: float, target: Band) -> Iterator[Move]:
    start, is_found = knob.base(laboratory), False
    for name, end in zip(("low", "high"), knob.ends(laboratory), strict=True):
        if end == start:
            continue
        ours = _ours(case, knob, laboratory, end)
        yield Move(knob.name, name, end, ours, target.holds(ours))
        is_number = isinstance(start, float) and isinstance(end, float)
        if is_number and not is_found and _has_passed(base, ours, target):
            between = list(_between(case, knob, laboratory, (float(start), float(end)), base < target.low, target))
            is_found = bool(between)
            yield from between


def _ours(case: Case, knob: Knob, laboratory: Laboratory, setting: Setting) -> float:
    return case.run(knob.turned(laboratory, setting)).central


def _has_passed(base: float, ours: float, target: Band) -> bool:
    """Whether a number has gone from one side of the target to the other."""
    return (base < target.low and ours > target.high) or (base > target.high and ours < target.low)


def _between(
    case: Case, knob: Knob, laboratory: Laboratory, ends: tuple[float, float], is_from_below: bool, target: Band
) -> Iterator[Move]:
    near, far = ends
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        ours = _ours(case, knob, laboratory, middle)
        if target.holds(ours):
            yield Move(knob.name, "between", middle, ours, True)
            return
        near, far = (middle, far) if (ours < target.low) == is_from_below else (near, middle)
