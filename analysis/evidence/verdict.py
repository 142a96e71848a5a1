"""Turns a published row and our estimate into a verdict out of a closed list. No verdict is typed in by hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isnan, nan
from typing import Any, Literal

import pandas as pd

from analysis.dispatch.use_case_check import TOLERANCE_PU
from analysis.errors import DataError, Fault
from analysis.evidence.case import Case, Estimate
from analysis.schemas.evidence import TESTED

Verdict = Literal["reproduced", "within_spread", "explained", "not_reproducible", "not_a_test"]
WORDS = re.compile(r"^(?P<word>>|over |up to |nearly |)\s*(?P<figure>-?\d+(\.\d+)?)$")
"""How a row writes its central figure: a number, ``>10`` or ``over 10``, ``up to 10``, ``nearly 10``."""


@dataclass(frozen=True)
class Band:
    """From one number to another, both in it; infinite where it is open. Nothing lies in a band of NaN."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a number lies in the band, ends included."""
        return self.low <= value <= self.high

    def meets(self, estimate: Estimate) -> bool:
        """Whether the spread of an estimate and the band have a number in common."""
        return estimate.low <= self.high and estimate.high >= self.low

    def distance(self, value: float) -> float:
        """How far a number lies outside; 0 inside."""
        return max(self.low - value, value - self.high, 0.0)


ABOVE_ZERO = Band(5e-324, inf)
"""Where the margin of a sign must lie: above 0, and 0 is not."""


@dataclass(frozen=True)
class Target:
    """What a published row asks of our number.

    ``reproduced`` is where our central number must lie. ``open`` is that and, where the row gives only a low end, all
    above it.
    """

    low: float
    central: float
    high: float
    reproduced: Band
    open: Band


def near(figure: float) -> Band:
    """A fifth to either side of a single figure (# ASSUME: the sources give no interval of their own)."""
    return Band(figure - TOLERANCE_PU * abs(figure), figure + TOLERANCE_PU * abs(figure))


def target_of(row: Mapping[Any, Any], stated: float | None = None) -> Target:
    """Read what a row of PublishedResults asks.

    Two different ends are a range, and the range is what must be met. Otherwise a figure is met within a fifth, also
    where it is written "up to 600": a small number is no hit on it, for nothing at all would be one. A figure that is a
    low end without a high one is a minimum: less misses it, and what lies far above it is noted apart. ``>10`` is met
    by anything beyond 10. A sign is met above 0.

    Parameters
    ----------
    row
        One row; ``low``, ``high`` and ``central`` are used.
    stated
        The figure of a row that has none but words.

    Raises
    ------
    DataError
        If a target has no figure, or a stated figure stands beside figures of the row's own.

    Examples
    --------
    220 to 1 080: reproduced from 220 to 1 080. A single 35: from 28 to 42. "up to -45": from -54 to -36. At least 60:
    from 60 to 72, and within the spread of the row above it too.
    """
    low, high = (float(row[name]) if not pd.isna(row[name]) else nan for name in ("low", "high"))
    word, central = _central(row["central"])
    if row["comparability"] != "target":
        return Target(low, central, high, ABOVE_ZERO, ABOVE_ZERO)
    has_figure = not (isnan(low) and isnan(high) and isnan(central))
    if has_figure == (stated is not None):
        found = "a stated figure beside figures of its own" if has_figure else "a target without a figure"
        raise DataError(Fault(f"published_results.csv {row['id']}", found, "one or the other",
                              "State the figure in the case only where the row has none."))  # fmt: skip
    if stated is not None:
        return Target(nan, nan, nan, near(stated), near(stated))
    if low < high:
        return Target(low, central, high, Band(low, high), Band(low, high))
    figure = next(value for value in (central, low, high) if not isnan(value))
    if word in (">", "over ") or (isnan(central) and isnan(high)):
        beyond = Band(figure, inf) if figure >= 0 else Band(-inf, figure)
        return Target(low, central, high, beyond, beyond)
    if isnan(high) and not isnan(low):
        return Target(low, central, high, Band(figure, near(figure).high), Band(figure, inf))
    return Target(low, central, high, near(figure), near(figure))


def _central(text: object) -> tuple[str, float]:
    """The word before a row's central figure and the figure; NaN where it is words alone."""
    found = WORDS.match(str(text).strip()) if not pd.isna(text) else None  # type: ignore[call-overload]  # a cell
    return (found["word"], float(found["figure"])) if found else ("", nan)


def is_tested(comparability: str) -> bool:
    """Whether a row can be met or missed: targets and signs."""
    return comparability in TESTED


def verdict(comparability: str, case: Case | None, target: Target, ours: Estimate | None, is_moved: bool) -> Verdict:
    """Say what a published row and our estimate give together.

    Parameters
    ----------
    comparability, case
        Of the row; a row that is no target and no sign, or has no case, is no test.
    is_moved
        Whether a single knob moves our central number to where it must lie.

    Returns
    -------
    Verdict
        *reproduced*: our central number lies where it must. *within_spread*: it does not, but our spread overlaps with
        that, or with what the row leaves open above it. *explained*: neither, but one knob alone moves it there.
        *not_reproducible*: none does.

    Examples
    --------
    Published 20 to 80, ours 13 (11 to 21): within spread. Ours 13 without a spread: explained if a knob gives 25.
    """
    if case is None or ours is None or not is_tested(comparability):
        return "not_a_test"
    if target.reproduced.holds(ours.central):
        return "reproduced"
    if target.open.meets(ours):
        return "within_spread"
    return "explained" if is_moved else "not_reproducible"
