"""Turns the jobs of a run into a picture of its rules: layers from the sources down, few crossings, arrows as curves.

Layers follow the longest way from the sources (Sugiyama, Tagawa and Toda 1981); the order in a layer is the barycentre
of the neighbours. An arrow over several layers keeps a narrow place in each of them, so that it passes beside boxes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

Edge: TypeAlias = tuple[str, str]
BOX_PX = (164, 56)
GAP_PX = (14, 34)
LANE_PX = 10
"""Width that an arrow takes in a layer it only passes."""
MARGIN_PX = 6
SWEEPS = 12
LETTERS = 23
"""A box holds so many letters in a line."""


@dataclass(frozen=True)
class Box:
    """One rule as drawn: its upper left corner, its stage, and its name in lines."""

    rule: str
    stage: str
    x: float
    y: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class RuleGraph:
    """The picture: size, boxes, the arrows as paths of SVG, and the size of each box."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[str, ...]
    box_px: tuple[int, int] = BOX_PX


def rule_edges(jobs: Iterable[Mapping[str, Any]]) -> set[Edge]:
    """List which rule hands a file to which.

    Parameters
    ----------
    jobs
        ``rule``, ``inputs`` and ``outputs`` (name and paths) of each job.

    Examples
    --------
    A job of ``a`` makes x, a job of ``b`` reads x: ("a", "b").
    """
    jobs = list(jobs)
    maker = {path: str(job["rule"]) for job in jobs for path in paths_of(job["outputs"])}
    handed = {(maker[path], str(job["rule"])) for job in jobs for path in paths_of(job["inputs"]) if path in maker}
    return {(first, then) for first, then in handed if first != then}


def paths_of(named: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the files of a job, each once, sorted."""
    return sorted({path for paths in named.values() for path in paths})


def layers(rules: Iterable[str], edges: Iterable[Edge]) -> dict[str, int]:
    """Give each rule its layer: one more than the deepest it reads from, 0 for one that reads from none.

    Examples
    --------
    With a to b, b to c and a to c: a 0, b 1, c 2.
    """
    before: dict[str, set[str]] = {rule: set() for rule in rules}
    for first, then in edges:
        before[then].add(first)
    found: dict[str, int] = {}
    while len(found) < len(before):
        ready = [rule for rule in before if rule not in found and before[rule] <= found.keys()]
        assert ready, "the rules of a run have no circle"
        found |= {rule: 1 + max((found[each] for each in before[rule]), default=-1) for rule in ready}
    return found


def needed_edges(edges: Iterable[Edge]) -> set[Edge]:
    """Leave out an edge where a longer way leads to the same rule.

    Examples
    --------
    Of a to b, b to c and a to c, the last is left out.
    """
    edges = set(edges)
    after: dict[str, set[str]] = {}
    for first, then in edges:
        after.setdefault(first, set()).add(then)
    depth = layers({rule for edge in edges for rule in edge}, edges)
    reached: dict[str, set[str]] = {}
    for rule in sorted(depth, key=lambda each: -depth[each]):
        nexts = after.get(rule, set())
        reached[rule] = nexts.union(*(reached[each] for each in nexts))
    return {
        (first, then)
        for first, then in edges
        if not any(then in reached[other] for other in after[first] if other != then)
    }


def rule_graph(jobs: Iterable[Mapping[str, Any]], stages: Mapping[str, str]) -> RuleGraph:
    """Draw the rules of the jobs.

    Parameters
    ----------
    jobs
        ``rule``, ``inputs`` and ``outputs`` (name and paths) of each job.
    stages
        Stage of each rule.
    """
    jobs = list(jobs)
    rules = sorted({str(job["rule"]) for job in jobs})
    edges = sorted(needed_edges(rule_edges(jobs)))
    depth = layers(rules, edges)
    ways = [_way(edge, depth) for edge in edges]
    links = sorted({link for way in ways for link in pairwise(way)})
    rows = _ordered(_rows(depth, ways), links)
    across = _places(rows, links)
    down = {name: MARGIN_PX + layer * (BOX_PX[1] + GAP_PX[1]) for layer, row in enumerate(rows) for name in row}
    boxes = tuple(
        Box(rule, stages.get(rule, ""), across[rule] - BOX_PX[0] / 2, down[rule], name_lines(rule)) for rule in rules
    )
    width = max((box.x + BOX_PX[0] for box in boxes), default=0.0)
    height = max((box.y + BOX_PX[1] for box in boxes), default=0.0)
    arrows = tuple(_arrow(way, across, down) for way in ways)
    return RuleGraph(round(width + MARGIN_PX), round(height + MARGIN_PX), boxes, arrows)


def name_lines(rule: str) -> tuple[str, ...]:
    """Break a rule's name behind underscores into lines that fit a box.

    Examples
    --------
    ``measure_deliverable_power`` gives ``measure_deliverable_`` and ``power``.
    """
    lines = [""]
    pieces = rule.split("_")
    for place, piece in enumerate(pieces):
        text = piece if place == len(pieces) - 1 else f"{piece}_"
        if lines[-1] and len(lines[-1]) + len(text) > LETTERS:
            lines.append("")
        lines[-1] += text
    return tuple(lines)


def _way(edge: Edge, depth: Mapping[str, int]) -> list[str]:
    """Name the places an arrow passes: its two rules and one place in each layer between them."""
    first, then = edge
    return [first, *(f"{first}>{then}>{layer}" for layer in range(depth[first] + 1, depth[then])), then]


def _rows(depth: Mapping[str, int], ways: Iterable[Sequence[str]]) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for rule in sorted(depth):
        rows[depth[rule]].append(rule)
    for way in ways:
        for layer, name in enumerate(way[1:-1], start=depth[way[0]] + 1):
            rows[layer].append(name)
    return rows


def _neighbours(links: Sequence[Edge]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for first, then in links:
        above.setdefault(then, []).append(first)
        below.setdefault(first, []).append(then)
    return above, below


def _ordered(rows: list[list[str]], links: Sequence[Edge]) -> list[list[str]]:
    """Sort each layer by the mean place of its neighbours, down and up in turn; fewest crossings win."""
    above, below = _neighbours(links)
    best, fewest = rows, crossings(rows, links)
    for sweep in range(SWEEPS):
        rows = [list(row) for row in rows]
        beside = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            place = {name: float(at) for other in rows for at, name in enumerate(other)}
            means = _means(row, beside, place)
            row.sort(key=lambda name, means=means: (means[name], name))  # type: ignore[misc]  # mypy cannot type a lambda's default
        if (count := crossings(rows, links)) < fewest:
            best, fewest = rows, count
    return best


def _means(row: Iterable[str], beside: Mapping[str, Sequence[str]], place: Mapping[str, float]) -> dict[str, float]:
    """Give each name of a layer the mean place of its neighbours on one side; its own where it has none there."""
    return {
        name: sum(place[each] for each in beside[name]) / len(beside[name]) if name in beside else place[name]
        for name in row
    }


def crossings(rows: Sequence[Sequence[str]], links: Iterable[Edge]) -> int:
    """Count the pairs of links between neighbouring layers that cross.

    Examples
    --------
    Rows (a, b) and (c, d) with a to d and b to c: one.
    """
    place = {name: at for row in rows for at, name in enumerate(row)}
    layer = {name: at for at, row in enumerate(rows) for name in row}
    ends = sorted((layer[first], place[first], place[then]) for first, then in links)
    return sum(
        1
        for at, (row, left, low) in enumerate(ends)
        for other, right, high in ends[at + 1 :]
        if other == row and left < right and low > high
    )


def _places(rows: Sequence[Sequence[str]], links: Sequence[Edge]) -> dict[str, float]:
    """Give each place its middle, px from the left: near the mean of its neighbours, none over another."""
    above, below = _neighbours(links)
    middle: dict[str, float] = {}
    for row in rows:
        _set(row, dict.fromkeys(row, 0.0), middle)
    for sweep in range(SWEEPS):
        beside = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            _set(row, _means(row, beside, middle), middle)
    left = min((middle[name] - _half(name) for name in middle), default=0.0)
    return {name: round(at - left + MARGIN_PX, 1) for name, at in middle.items()}


def _half(name: str) -> float:
    return LANE_PX / 2 if ">" in name else BOX_PX[0] / 2


def _set(row: Sequence[str], wanted: Mapping[str, float], middle: dict[str, float]) -> None:
    """Put a layer as near to what is wanted as its order and widths allow: mean of packing from the left and right."""
    at = [0.0]
    for first, then in pairwise(row):
        at.append(at[-1] + _half(first) + GAP_PX[0] + _half(then))
    free = [wanted[name] - place for name, place in zip(row, at, strict=True)]
    from_left = [max(free[: end + 1]) for end in range(len(free))]
    from_right = [min(free[end:]) for end in range(len(free))]
    for name, place, low, high in zip(row, at, from_right, from_left, strict=True):
        middle[name] = place + (low + high) / 2


def _arrow(way: Sequence[str], across: Mapping[str, float], down: Mapping[str, float]) -> str:
    """Draw a way as one path: out of the lower edge, straight past the layers between, into the upper edge."""
    x, y = across[way[0]], down[way[0]] + BOX_PX[1]
    path = f"M{x:g} {y:g}"
    for name in way[1:]:
        to_x, to_y = across[name], down[name]
        bend = (to_y - y) / 2
        path += f"C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}"
        x, y = to_x, to_y
        if name != way[-1]:
            y += BOX_PX[1]
            path += f"V{y:g}"
    return path
