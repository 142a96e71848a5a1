"""Turns all cases into the table of published results beside ours, and the table of what moves each miss."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isinf, nan
from typing import Any

import pandas as pd

from analysis.evidence.case import Case, Estimate
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.moves import Move, best_move, moves_of
from analysis.evidence.verdict import Target, is_tested, target_of, verdict
from analysis.schemas.evidence import EvidenceMoves

MOVE_COLUMNS = list(EvidenceMoves.to_schema().columns)


@dataclass(frozen=True)
class Weighed:
    """One case run: our estimate, and what each knob alone makes of it where it misses."""

    published_id: str
    ours: Estimate
    moves: tuple[Move, ...]


def weigh_case(case: Case, row: Mapping[Any, Any], laboratory: Laboratory) -> Weighed:
    """Run one case, and again with each knob turned where our central number is not where it must lie."""
    placed, target = case.placed(laboratory), target_of(row, case.stated)
    ours = case.run(placed)
    is_met = target.reproduced.holds(ours.central)
    moves = [] if is_met else moves_of(case, placed, ours.central, target.reproduced)
    return Weighed(case.published_id, ours, tuple(moves))


def weigh(
    cases: Sequence[Case],
    published: pd.DataFrame,
    laboratory: Laboratory,
    spread: Callable[[Callable[[int], Weighed], Iterable[int]], Iterable[Weighed]] = map,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run all cases and lay them beside the published results.

    Parameters
    ----------
    published
        ``PublishedResults``; every row comes into the first table, a test or not.
    spread
        How the runs are spread over processors: ``map``, or one that works in several processes.

    Returns
    -------
    tuple[pd.DataFrame, pd.DataFrame]
        ``Evidence`` and ``EvidenceMoves``, in the order of the published results.
    """
    rows = {str(row["id"]): row for row in published.to_dict("records")}
    asked = {case.published_id: case for case in cases}

    def weighed(number: int) -> Weighed:
        case = cases[number]
        return weigh_case(case, rows[case.published_id], laboratory)

    found = {one.published_id: one for one in spread(weighed, range(len(cases)))}
    evidence = [_row(row, asked.get(name), found.get(name)) for name, row in rows.items()]
    moves = [
        {"published_id": name, "knob": move.knob, "setting": move.setting, "knob_value": _text(move.knob_value),
         "value": move.ours, "is_inside": move.is_inside}
        for name in rows if name in found
        for move in found[name].moves
    ]  # fmt: skip
    # a table without a row has no types of its own
    typed = {"value": float, "is_inside": bool}
    return pd.DataFrame(evidence), pd.DataFrame(moves, columns=MOVE_COLUMNS).astype(typed)


def _row(row: Mapping[Any, Any], case: Case | None, found: Weighed | None) -> dict[str, object]:
    comparability = str(row["comparability"])
    target = target_of(row, case.stated if case else None) if is_tested(comparability) and case else None
    moves = list(found.moves) if found else []
    best = best_move(moves, target.reproduced) if target else None
    ours = found.ours if found else None
    is_moved = any(move.is_inside for move in moves)
    return {
        "published_id": row["id"], "project": row["project"], "quantity": row["quantity"], "unit": row["unit"],
        "comparability": comparability,
        "case_kind": case.kind if case else "none",
        "is_transfer": case.is_transfer if case else False,
        "is_calibration": case.is_calibration if case else False,
        "published_low": row["low"], "published_high": row["high"],
        "published_central": target.central if target else nan,
        "published_text": row["central"],
        **_bands(target if comparability == "target" else None),
        "ours_low": ours.low if ours else nan,
        "ours_central": ours.central if ours else nan,
        "ours_high": ours.high if ours else nan,
        "verdict": verdict(comparability, case, target, ours, is_moved) if target else "not_a_test",
        "knob_count": len({move.knob for move in moves}),
        "best_knob": best.knob if best else None,
        "best_setting": _text(best.knob_value) if best else None,
        "ours_at_best": best.ours if best else nan,
    }  # fmt: skip


def _bands(target: Target | None) -> dict[str, float]:
    """Ends of what counts as reproduced and of what is not ruled out; NaN where open, or where a sign asks for none."""
    if target is None:
        return dict.fromkeys(("target_low", "target_high", "open_low", "open_high"), nan)
    ends = {"target_low": target.reproduced.low, "target_high": target.reproduced.high,
            "open_low": target.open.low, "open_high": target.open.high}  # fmt: skip
    return {name: nan if isinf(end) else end for name, end in ends.items()}


def _text(setting: float | str) -> str:
    """A setting as it is written: a name as it is, a number without needless digits."""
    return setting if isinstance(setting, str) else f"{setting:.6g}"
