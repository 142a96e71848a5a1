"""Walks the worth of stored energy back over a lattice around a path, every node joined to every node of the next step.

The move between two nodes is known, so is its power, so is the best offer beside it (``corner_table``): nothing is
interpolated, and a path that stays on its nodes keeps its moves exactly, so that a finer lattice around a path never
loses what that path has found. Compiled. Source: METHODS 3.3, 3.4, 3.6.

What the activation of offers drains is booked in two parts: what the path before drained is part of the move; what
another offer would drain more or less is priced at what stored energy is worth there: the price of the whole drain is
part of the offer's reward, and that of the former is given back, or it would weigh twice against days with V2X on.
"""

from typing import Any

import numpy as np

from analysis.dispatch.compiled import compiled
from analysis.dispatch.corridor_pairs import (
    SAME_KWH,
    TERMS,
    lay_curved_pairs,
    lay_lines,
    lay_pairs,
    lay_reach,
    lay_slack,
    lay_terms,
    least_of_eight,
    lower_reward,
    take_reward,
)
from analysis.dispatch.moves import (
    C0,
    C1,
    C2,
    CEILING,
    CHARGE,
    D1,
    DISCHARGE,
    DRIVEN,
    FAR,
    FLOOR,
    IN,
    LEAST,
    OUT,
    OUT_PRICE,
    PLUGGED,
    REQUIRED,
    ROAD,
    STEP,
    Vector,
)

BLOCK = 8
"""Nodes come in blocks of this many, so that loops over them run on several numbers at once."""
NONE_SEK = 1e8
"""Beyond any cost of a schedule: a node that costs more has none, and nothing is interpolated towards it."""


@compiled
def lay_nodes(center: float, least: float, most: float, spacing: float, middle: int, nodes: Vector) -> None:
    """Lay nodes around a state, none outside its bounds: those beyond stand on the bound."""
    low, high = min(least, center), max(most, center)
    for node in range(nodes.shape[0]):
        nodes[node] = min(max(center + (node - middle) * spacing, low), high)


@compiled
def align_centers(hours: Vector, floor: float, spacing: float, centers: Vector) -> None:
    """Lay the lowest node of each moment so that driving leads from node to node; at plug-in it is the floor.

    A period closes in one node or not at all: were the worth of a state interpolated between one that closes and one
    that cannot, none would seem to close but the emptiest.

    Parameters
    ----------
    centers
        Receives one entry a step and one for the end, which is that of the start, kWh.
    """
    steps, ahead = hours.shape[0], 0.0
    for _ in range(2):
        for step in range(steps - 1, -1, -1):
            ahead = 0.0 if hours[step, PLUGGED] > 0.0 else ahead + hours[step, DRIVEN]
            centers[step] = floor + ahead % spacing
    centers[steps] = centers[0]


@compiled
def value_between(nodes: Vector, value: Vector, energy: float) -> float:
    """Interpolate a value between nodes that ascend (some alike); goes on straight beyond them."""
    last = nodes.shape[0] - 1
    at = 0
    while at < last - 1 and nodes[at + 1] < energy:
        at += 1
    while at < last - 1 and nodes[at + 1] - nodes[at] < SAME_KWH:
        at += 1
    width = nodes[at + 1] - nodes[at]
    while at > 0 and width < SAME_KWH:
        at -= 1
        width = nodes[at + 1] - nodes[at]
    if width < SAME_KWH:
        return float(value[0])
    if max(value[at], value[at + 1]) > NONE_SEK:
        near = at if abs(energy - nodes[at]) < SAME_KWH else at + 1
        return float(value[near]) if abs(energy - nodes[near]) < SAME_KWH else FAR
    return float(value[at] + (value[at + 1] - value[at]) * (energy - nodes[at]) / width)


@compiled
def drive_back(
    driven: float, floor: float, road: float, starts: Vector, ends: Vector, after: Vector, value: Vector
) -> None:
    """Walk the value back over driving: below the floor the car charges on the road."""
    same = True
    for node in range(starts.shape[0]):
        same = same and abs(starts[node] - driven - ends[node]) < SAME_KWH
    for node in range(starts.shape[0]):
        if same:
            value[node] = after[node]
        else:
            left = starts[node] - driven
            value[node] = value_between(ends, after, max(left, floor)) + road * max(floor - left, 0.0)


@compiled
def pick_lines(lines: Vector, count: int, steep: float, span: float, picked: Vector) -> int:
    """Pick the lines that matter within a span around a point; gives how many, filled up to a multiple of four."""
    least, at, used = FAR, 0, 0
    for corner in range(count):
        if lines[4, corner] < least:
            least, at = lines[4, corner], corner
    lay_reach(lines, count, at, steep, span)
    for corner in range(count):
        if lines[5, corner] <= least:
            for column in range(4):
                picked[used, column] = lines[column, corner]
            used += 1
    while used % 4 > 0 or used == 0:
        picked[used, 0], picked[used, 1], picked[used, 2], picked[used, 3] = FAR, 0.0, 0.0, 0.0
        used += 1
    return used


@compiled
def take_offers(
    hour: Vector, later: Vector, physics: Vector, corners: Vector, count: int, worth: float, span: float, pair: int,
    starts: Vector, ends: Vector, bounds: Vector, lines: Vector, picked: Vector, rewards: Vector, room: Vector,
) -> None:  # fmt: skip
    """Take the reward of the best offer off the cost of every pair; ``pair`` is one in the middle of the lattice.

    ``room`` holds cost, power, energy up and down, and receives the cost less the reward.
    """
    cost, power, up, down, left = room[0], room[1], room[2], room[3], room[4]
    bounds[0], bounds[1], bounds[2], bounds[3] = hour[REQUIRED], hour[CEILING], later[REQUIRED], later[CEILING]
    lay_slack(starts, ends, bounds, up, down)
    lay_lines(corners, count, worth, hour[DISCHARGE], hour[CHARGE], physics[OUT], physics[IN], power[pair], up[pair],
              down[pair], lines)  # fmt: skip
    used = pick_lines(lines, count, 2.0 * span / (physics[STEP] * physics[IN]), span, picked)
    before = 0
    for first in range(0, used - 4, 4):
        into = 1 + first // 4 % 2
        lower_reward(power, up, down, picked[first : first + 4], rewards[before], rewards[into])
        before = into
    take_reward(cost, power, up, down, picked[used - 4 : used], rewards[before], left)


@compiled
def choose_ends(cost: Vector, after: Vector, values: Vector, bests: Vector, value: Vector, best: Vector) -> None:
    """Find the cheapest end of every start, block by block; ``values`` and ``bests`` begin with a row of none."""
    count, before = value.shape[0], 0
    for first in range(0, count, BLOCK):
        into = 1 + first // BLOCK % 2
        least_of_eight(cost, after, first, values[before], bests[before], values[into], bests[into])
        before = into
    for node in range(count):
        value[node], best[node] = values[before, node], bests[before, node]


@compiled
def walk_back(
    hours: Vector, begin: int, last: int, physics: Vector, table: Vector, counts: Any, centers: Vector, least: Vector,
    standing: Vector, drained: Vector, worth: Vector, spacing: float, middle: int, dead: float, value: Vector,
    kept: Vector, best: Vector,
) -> None:  # fmt: skip
    """Walk a value back from the start of step ``last`` to that of step ``begin``.

    Parameters
    ----------
    table, counts
        Corners of each step and how many; none where nothing may be sold.
    centers
        State at the start of each step and at the end, around which nodes are laid.
    least
        Least energy worth holding at the start of each step.
    standing, drained
        What standby, and what standby and activation drain in each step, kWh; the latter is part of the step's move.
    worth
        What a stored kWh is worth after each step, SEK.
    dead
        Moves this close to one allowed are taken for it, kWh; with losses by power only.
    value
        Value at the end, one entry a node (a multiple of eight); becomes that at the beginning.
    kept, best
        Step × node: receive the value after each step and the cheapest end of each node.
    """
    steps, count = hours.shape[0], value.shape[0]
    curved = physics[C2] > 0.0 or physics[C0] > 0.0 or physics[LEAST] > 0.0 or physics[OUT_PRICE] > 0.0
    starts, ends, after, room = np.empty(count), np.empty(count), np.empty(count), np.empty((5, count * count))
    rewards, terms, bounds = np.full((3, count * count), FAR), np.empty(TERMS), np.empty(4)
    lines, picked = np.empty((6, table.shape[2])), np.empty((table.shape[2] + 4, 4))
    values, bests, pair = np.full((3, count), FAR), np.zeros((3, count)), middle * count + middle
    per_in, per_out = 1.0 / (physics[STEP] * (1.0 - physics[C1])), 1.0 / (physics[STEP] * (1.0 + physics[D1]))
    lay_nodes(centers[last], least[last % steps], hours[last % steps, CEILING], spacing, middle, ends)
    for step in range(last - 1, begin - 1, -1):
        hour, later = hours[step], hours[(step + 1) % steps]
        kept[step, :] = value
        if hour[PLUGGED] <= 0.0 and hour[DRIVEN] <= 0.0:
            continue
        lay_nodes(centers[step], least[step], hour[CEILING], spacing, middle, starts)
        after[:] = value
        if hour[PLUGGED] <= 0.0:
            drive_back(hour[DRIVEN], physics[FLOOR], physics[ROAD], starts, ends, after, value)
        else:
            lay_terms(hour, physics, terms)
            shift, road = hour[DRIVEN] + drained[step], physics[ROAD] if hour[DRIVEN] > 0.0 else FAR
            if curved:
                lay_curved_pairs(starts, ends, shift, terms, physics, road, dead, worth[step], room[0], room[1])
            else:
                lay_pairs(starts, ends, shift, terms, per_in, per_out, road, room[0], room[1])
            if counts[step] > 0:
                take_offers(hour, later, physics, table[step], counts[step], worth[step], count * spacing, pair,
                            starts, ends, bounds, lines, picked, rewards, room)  # fmt: skip
            choose_ends(room[4 if counts[step] > 0 else 0], after, values, bests, value, best[step])
            value -= worth[step] * (drained[step] - standing[step])
        starts, ends = ends, starts


@compiled
def days_back(
    hours: Vector, last: int, per_day: int, modes: Any, physics: Vector, table: Vector, counts: Any, centers: Vector,
    least: Vector, standing: Vector, drained: Vector, worth: Vector, spacing: float, middle: int, dead: float,
    value: Vector, kept: Vector, best: Vector, day_values: Vector,
) -> None:  # fmt: skip
    """Walk a value back from the start of step ``last`` to the start of the horizon: each day off or on.

    ``modes`` says for each day: 0 off, 1 on, 2 whichever is cheaper. Arrays by mode have off first. ``day_values``
    (mode × day × node) receives the value at the start of each day.
    """
    for day in range((last + per_day - 1) // per_day - 1, -1, -1):
        begin, end = day * per_day, min((day + 1) * per_day, last)
        for mode in range(2):
            day_values[mode, day, :] = FAR
            if modes[day] == mode or modes[day] == 2:
                day_values[mode, day, :] = value
                walk_back(hours[mode], begin, end, physics, table, counts[mode], centers, least, standing[mode],
                          drained[mode], worth, spacing, middle, dead, day_values[mode, day], kept[mode],
                          best[mode])  # fmt: skip
        for node in range(value.shape[0]):
            value[node] = min(day_values[0, day, node], day_values[1, day, node])
