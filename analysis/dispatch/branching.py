"""Finds what the linear programme leaves open, by branch and bound on bounds alone.

Every node starts from the basis of the one before. Open are: whether V2X is switched on that day (standby is drawn all
day when it is), and steps in which the relaxed schedule charges and discharges at once (profitable when the price of
import is negative), exports before it has served the house, or imports before it has taken the house's own generation
(profitable when export pays more than import costs).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analysis.dispatch.columns import Index, Layout
from analysis.dispatch.problem import Vector

FLOW_TOLERANCE_KW = 1e-6
ON_TOLERANCE = 1e-6

Change = tuple[Index, Vector, Vector]


@dataclass(frozen=True)
class SearchLimits:
    """When the search over days and steps stops: proven gap (absolute and relative) or number of solves."""

    gap_sek: float = 0.01
    gap_pu: float = 1e-4
    solve_count: int = 200


DEFAULT_LIMITS = SearchLimits()


class Relaxation(Protocol):
    """A linear programme whose bounds can be changed."""

    layout: Layout

    def run(self, lower: Vector, upper: Vector, changes: Sequence[Change]) -> tuple[str, float, Vector]:
        """Solve under bounds and changes to them; give status, objective and columns."""


class Search:
    """Depth-first branch and bound over days on/off and over steps that must choose a direction."""

    def __init__(self, model: Relaxation, lower: Vector, upper: Vector, known_sek: float, limits: SearchLimits) -> None:
        self.model, self.limits = model, limits
        self.lower, self.upper = lower, upper
        self.best: Vector | None = None
        self.best_changes: tuple[Change, ...] = ()
        self.best_sek = known_sek
        self.bound_sek = np.inf
        self.solve_count = 0
        self.simultaneous: set[int] = set()
        self.status = "not solved"

    def run(self) -> None:
        """Walk the tree; the bound of unexplored branches gives the proven gap."""
        stack: list[tuple[tuple[Change, ...], float]] = [((), -np.inf)]
        while stack:
            changes, parent = stack.pop()
            if parent >= self._cut():
                self._note_bound(parent)
                continue
            if self.solve_count >= self.limits.solve_count and (self.best is not None or np.isfinite(self.best_sek)):
                self._note_bound(parent)
                continue
            self.status, value, columns = self.model.run(self.lower, self.upper, changes)
            self.solve_count += 1
            if value >= self._cut():
                self._note_bound(value)
                continue
            branch = self._branch(columns)
            if branch is None:
                self.best, self.best_sek, self.best_changes = columns, value, changes
                self._note_bound(value)
                continue
            stack.extend(((*changes, choice), value) for choice in branch)

    def _cut(self) -> float:
        if np.isinf(self.best_sek):
            return np.inf
        return self.best_sek - max(self.limits.gap_sek, self.limits.gap_pu * abs(self.best_sek))

    def _note_bound(self, value: float) -> None:
        self.bound_sek = min(self.bound_sek, value)

    def _branch(self, columns: Vector) -> tuple[Change, Change] | None:
        """Give the two ways on where the relaxed schedule cannot stand; None where it can. The last is tried first."""
        wrong = self._simultaneous(columns)
        if wrong is not None:
            return wrong
        block = self.model.layout.block("day")
        days = columns[block]
        open_days = np.minimum(days, 1 - days)
        if open_days.max(initial=0.0) <= ON_TOLERANCE:
            return None
        day = block.start + int(open_days.argmax())
        off, on = self._fix(day, 0.0, 0.0), self._fix(day, 1.0, 1.0)
        return (off, on) if columns[day] > 0.5 else (on, off)

    @staticmethod
    def _fix(column: int, lower: float, upper: float) -> Change:
        return np.array([column]), np.array([lower]), np.array([upper])

    def _simultaneous(self, columns: Vector) -> tuple[Change, Change] | None:
        layout = self.model.layout
        load, export = (columns[layout.block(name)] for name in ("load", "export"))
        overlap = np.minimum(charging_kw(layout, columns), load + export)
        at = int(overlap.argmax()) if len(overlap) else 0
        if len(overlap) and overlap[at] > FLOW_TOLERANCE_KW:
            self.simultaneous.add(int(layout.steps[at]))
            out = np.array([layout.block("load").start + at, layout.block("export").start + at])
            into = _charging_columns(layout, at)
            return (into, np.zeros(len(into)), np.zeros(len(into))), (out, np.zeros(2), np.zeros(2))
        found = (self._out_of_order(columns, *order) for order in layout.orders)
        return next((choice for choice in found if choice is not None), None)

    def _out_of_order(self, columns: Vector, first: Index, then: Index, places: Index) -> tuple[Change, Change] | None:
        """Find a step in which a flow runs although the one before it has room: fill that one, or leave this."""
        most = self.upper[first]
        early = np.where((most - columns[first] > FLOW_TOLERANCE_KW) & (most > 0), columns[then], 0.0)
        at = int(early.argmax()) if len(early) else 0
        if not len(early) or early[at] <= FLOW_TOLERANCE_KW:
            return None
        self.simultaneous.add(int(self.model.layout.steps[places[at]]))
        full = float(most[at])
        return self._fix(int(first[at]), full, full), self._fix(int(then[at]), 0.0, 0.0)


def _charging_columns(layout: Layout, at: int) -> Index:
    """All columns that charge in one step."""
    found = [
        layout.block(name).start + np.flatnonzero(places == at)
        for name, places in (("surplus", layout.surplus_at), ("spill", layout.spill_at))
    ]
    return np.concatenate([[layout.block("charge").start + at], *found])


def charging_kw(layout: Layout, columns: Vector) -> Vector:
    """Charging power by step with a decision, whatever it comes from."""
    if not len(layout.surplus_at) and not len(layout.spill_at):
        return columns[layout.block("charge")]
    whole = columns[layout.block("charge")].copy()
    whole[layout.surplus_at] += columns[layout.block("surplus")]
    whole[layout.spill_at] += columns[layout.block("spill")]
    return whole
