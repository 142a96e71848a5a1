"""Turns pairs of numbers with ranges into strips on one axis: places in per cent of the width, for inline SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.report.text import Voice

EDGE_PU = 0.03
MOST_TICKS = 5
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Mark:
    """One number on a strip: its place and the ends of its range, per cent of the width."""

    side: str
    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Strip:
    """One row of a chart: what it is, and a mark for each run that has it."""

    label: str
    marks: tuple[Mark, ...]
    words: str


@dataclass(frozen=True)
class Chart:
    """Strips on one axis with its unit and ticks (place in per cent, and words)."""

    title: str
    unit: str
    strips: tuple[Strip, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float


def chart(title: str, unit: str, rows: Sequence[tuple[str, Sequence[tuple[str, float, float, float]], str]],
          voice: Voice) -> Chart | None:  # fmt: skip
    """Lay rows of ``(label, [(side, value, low, high)], words)`` on one axis that holds zero and every range.

    Returns
    -------
    Chart or None
        None where no row has a number.

    Examples
    --------
    Ranges from 0 to 100 give an axis from a little below 0 to a little above 100, ticks at 0, 25, 50, 75 and 100.
    """
    numbers = [end for _, marks, _ in rows for mark in marks for end in mark[1:] if math.isfinite(end)]
    if not numbers:
        return None
    least, most = min(0.0, *numbers), max(0.0, *numbers)
    width = (most - least) or 1.0
    start, whole = least - EDGE_PU * width, width * (1 + 2 * EDGE_PU)

    def place(value: float) -> float:
        return round(100 * (value - start) / whole, 2)

    strips = tuple(
        Strip(label, tuple(Mark(side, *(place(end) for end in ends)) for side, *ends in marks), words)
        for label, marks, words in rows
    )
    ticks = tuple((place(value), voice.exact(value)) for value in tick_values(least, most))
    return Chart(title, unit, strips, ticks, place(0.0))


def tick_values(least: float, most: float) -> list[float]:
    """Give at most five even marks between two ends, at 1, 2, 2.5 or 5 times a power of ten; zero is one of them.

    Examples
    --------
    From -600 to 100: -600, -400, -200, 0.
    """
    width = (most - least) or 1.0
    power = 10.0 ** math.floor(math.log10(width / MOST_TICKS))
    for step in (factor * power for factor in STEPS):
        first, last = math.ceil(least / step), math.floor(most / step)
        if last - first + 1 <= MOST_TICKS:
            return [round(count * step, 10) for count in range(first, last + 1)]
    return [0.0]
