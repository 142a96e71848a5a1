"""Turns a row of published results into a small drawing: what counts as met as a band, our range as a line with a dot.

Each row has a scale of its own. An end that the published result leaves open is drawn to the edge, with no line there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

WIDTH, MARGIN = 240.0, 12.0
AIR_PU = 0.18
"""Room beyond the outermost number, as a share of the distance between the outermost two."""


@dataclass(frozen=True)
class Span:
    """From one place to another on the drawing; an open end lies on its edge."""

    left: float
    right: float
    is_open_left: bool
    is_open_right: bool

    @property
    def width(self) -> float:
        """How wide it is drawn; a single number keeps a hair."""
        return round(max(self.right - self.left, 1.5), 1)


@dataclass(frozen=True)
class Strip:
    """The drawing of one row, in its own units from 0 to :data:`WIDTH`.

    ``beyond`` is what the row leaves open beyond its band, ``marks`` the published figures, ``zero`` where 0 lies.
    """

    band: Span
    beyond: Span | None
    marks: tuple[float, ...]
    ours: Span
    dot: float
    zero: float | None


def strip(row: Any) -> Strip | None:
    """Draw a row of ``Evidence``; None where there is nothing of ours, or nothing that it must meet.

    Examples
    --------
    Published 0 to 10, ours 5: a band over most of the width with a dot in its middle.
    """
    is_sign = row.comparability == "sign"
    if not isfinite(row.ours_central) or not (is_sign or _known(row.target_low, row.target_high)):
        return None
    band = (0.0, inf) if is_sign else _ends(row.target_low, row.target_high)
    beyond = band if is_sign else _ends(row.open_low, row.open_high)
    figures = () if is_sign else _known(row.published_low, row.published_central, row.published_high)
    ours = (row.ours_low, row.ours_high)
    at = _scale([*_known(*band, *beyond, *ours), *figures])
    zero = at(0.0)
    return Strip(
        band=_span(band, at),
        beyond=_span(beyond, at) if beyond != band else None,
        marks=tuple(sorted({at(figure) for figure in figures})),
        ours=_span(ours, at),
        dot=at(row.ours_central),
        zero=zero if 0.0 < zero < WIDTH else None,
    )


def _known(*numbers: float) -> tuple[float, ...]:
    return tuple(float(number) for number in numbers if isfinite(number))


def _ends(low: float, high: float) -> tuple[float, float]:
    """An empty end is open."""
    return (low if isfinite(low) else -inf, high if isfinite(high) else inf)


def _scale(numbers: list[float]) -> Callable[[float], float]:
    """Give the place of a number: the outermost two lie inside the edges, which stand for everything beyond."""
    least, most = min(numbers), max(numbers)
    if least == most:
        least, most = least - (abs(least) or 1.0), most + (abs(most) or 1.0)
    air = AIR_PU * (most - least)
    start, length = least - air, most - least + 2 * air

    def at(value: float) -> float:
        if not isfinite(value):
            return 0.0 if value < 0 else WIDTH
        return round(min(max(MARGIN + (WIDTH - 2 * MARGIN) * (value - start) / length, 0.0), WIDTH), 1)

    return at


def _span(ends: tuple[float, float], at: Callable[[float], float]) -> Span:
    low, high = ends
    return Span(at(low), at(high), low == -inf, high == inf)
