"""Turns a row of finished runs into the steps between them: what each step moves, adding up to the whole difference."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.report import headlines as known
from analysis.report.compare_origin import differences, kinds_of
from analysis.report.compare_tables import Run, compare_runs
from analysis.report.elements import rows_of
from analysis.report.scheme_choice import SOCIAL

LEADS = (*(group[0] for group in known.CARDS), known.VALUE_EQUILIBRIUM)


@dataclass(frozen=True)
class Step:
    """From one run to the next, and the kinds in which the two differ."""

    start: str
    end: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """One number along the chain: its value in each run, and what each step moves; NaN where a run lacks the number."""

    part: str
    subject: str
    unit: str
    values: tuple[float, ...]

    @property
    def moves(self) -> tuple[float, ...]:
        """What each step moves; they add up to the whole where every run has the number."""
        return tuple(later - earlier for earlier, later in pairwise(self.values))

    @property
    def whole(self) -> float:
        """The last run less the first."""
        return self.values[-1] - self.values[0]


def steps(runs: Sequence[Run], parameters: Mapping[str, float], table_digest: str) -> list[Step]:
    """Say what each step of a chain changes, from A over the runs between to B."""
    return [
        Step(start.name, end.name, kinds_of(differences(start, end, parameters, table_digest)))
        for start, end in pairwise(runs)
    ]


def links(runs: Sequence[Run]) -> list[Link]:
    """Follow the national headlines, and the social value of each scheme that every run has, along a chain.

    Examples
    --------
    Firm power of 30, 24 and 27 MW in three runs: the steps move -6 and +3, the whole is -3.
    """
    pairs = [compare_runs(runs[0], run) for run in runs]
    found: dict[tuple[str, str], list[float]] = {}
    units: dict[tuple[str, str], str] = {}
    for pair in pairs:
        for row in rows_of(pair):
            is_lead = row.part == "headline" and row.subject in LEADS and row.price_area == "SE"
            if row.present == "both" and (is_lead or (row.part == "scheme" and row.measure == SOCIAL)):
                found.setdefault((row.part, row.subject), []).append(row.b_value)
                units[row.part, row.subject] = row.unit
    whole = {key: values for key, values in found.items() if len(values) == len(runs)}
    return [
        Link(*key, units[key], tuple(values))
        for key, values in whole.items()
        if not all(math.isnan(value) for value in values)
    ]
