"""Walks the value of stored energy back over a year on a grid: what is not convex, and what sells reserves.

A step's moves are the same at every node: each costs so much and leaves so much power free. With the step's dual
corners (``reserve_vertices``) the reward of a move is the least of a few straight lines in the stored energy, so that
every move is laid over all nodes at once. V2X is switched on or off by the day, with standby in every plugged hour of
a day that is on (check T10). Compiled. Source: METHODS 3.3-3.6.
"""

from typing import Any

import numpy as np

from analysis.dispatch.compiled import compiled, vectorised
from analysis.dispatch.moves import (
    CEILING,
    CHARGE,
    CHOICES_MOST,
    DISCHARGE,
    DRIVEN,
    FAR,
    FLOOR,
    GRID,
    IN,
    OUT,
    PLUGGED,
    PRICE_DOWN,
    PRICE_N,
    PRICE_UP,
    REQUIRED,
    ROAD,
    ROUNDING_KWH,
    STANDBY,
    STEP,
    Vector,
    flow_cost,
    list_moves,
    powers_of,
    shift_nodes,
)
from analysis.dispatch.reserve_vertices import CORNERS_MOST, RESOURCES, list_corners


@vectorised
def lower_reward(reward: Vector, share: float, slope: float) -> None:
    """Lower the reward of a run of nodes to that of one corner, which goes straight with the stored energy."""
    for node in range(reward.shape[0]):
        trial = share + slope * node
        reward[node] = trial if trial < reward[node] else reward[node]


@vectorised
def lower_cost(value: Vector, best: Vector, move: float, cost: float, after: Vector, reward: Vector) -> None:
    """Lower the value of a run of nodes to that of one move, where it is cheaper; ``best`` keeps the move."""
    for node in range(value.shape[0]):
        trial = cost + after[node] - reward[node]
        is_lower = trial < value[node]
        best[node] = move if is_lower else best[node]
        value[node] = trial if is_lower else value[node]


@compiled
def step_back(
    hour: Vector, later: Vector, is_on: bool, value: Vector, best: Vector, physics: Vector, binding: Vector,
    inverses: Vector, scratch: Vector,
) -> None:  # fmt: skip
    """Walk a value function back over one step, in place.

    Parameters
    ----------
    hour, later
        The rows of ``hours`` of this step and of the next.
    is_on
        Whether V2X is switched on that day: else no discharge, no reserves, no standby.
    value
        Value at the end of the step; becomes that at its start.
    best
        Receives the cheapest move of each node, kWh (without standby).
    scratch
        Three rows of nodes.
    """
    before, reward, shifted = scratch[0], scratch[1], scratch[2]
    nodes = value.shape[0]
    shift_nodes(value, -hour[DRIVEN], physics, before)
    if hour[PLUGGED] <= 0.0 or (hour[CHARGE] <= 0.0 and hour[DISCHARGE] <= 0.0):
        for node in range(nodes):
            value[node], best[node] = before[node], 0.0
        return
    corners, moves = np.empty((CORNERS_MOST, RESOURCES + 1)), np.empty(CHOICES_MOST)
    corner_count = hour_corners(hour, is_on, binding, inverses, corners)
    drain = physics[STANDBY] * physics[STEP] * hour[PLUGGED] if is_on else 0.0
    for node in range(nodes):
        value[node], best[node] = FAR, 0.0
    for index in range(list_moves(hour, is_on, drain, physics, moves)):
        charge, discharge, fits = powers_of(moves[index], hour, physics)
        if fits:
            reward_nodes(moves[index] - drain, charge - discharge, hour, later, physics, corners, corner_count, reward,
                         nodes)  # fmt: skip
            lower_nodes(moves[index], drain, flow_cost(charge, discharge, hour, physics), hour, later, physics, value,
                        best, before, reward, shifted)  # fmt: skip
    for node in range(nodes):
        if value[node] >= FAR:
            value[node] = before[0] + physics[ROAD] * physics[GRID]


@compiled
def node_span(least_kwh: float, most_kwh: float, physics: Vector, nodes: int) -> Any:
    """First node at or above an energy, and one past the last at or below another."""
    first = int(np.ceil((least_kwh - physics[FLOOR]) / physics[GRID] - ROUNDING_KWH))
    last = int(np.floor((most_kwh - physics[FLOOR]) / physics[GRID] + ROUNDING_KWH)) + 1
    return max(first, 0), max(min(last, nodes), 0)


@compiled
def reward_nodes(
    moved: float, import_kw: float, hour: Vector, later: Vector, physics: Vector, corners: Vector, corner_count: int,
    reward: Vector, nodes: int,
) -> None:  # fmt: skip
    """Reward of the best offer beside one move at every node: the least of the corners, each straight in the energy."""
    for node in range(nodes):
        reward[node] = 0.0
    if corner_count == 0:
        return
    least, most = max(hour[REQUIRED], later[REQUIRED] - moved), min(hour[CEILING], later[CEILING] - moved)
    first, last = node_span(least, most, physics, nodes)
    free_up, free_down = hour[DISCHARGE] + import_kw, hour[CHARGE] - import_kw
    power = FAR
    for corner in range(corner_count):
        if corners[corner, 2] <= 0.0 and corners[corner, 3] <= 0.0:
            power = min(power, corners[corner, 0] * free_up + corners[corner, 1] * free_down)
    if last <= first:
        return
    for node in range(first, last):
        reward[node] = power
    for corner in range(corner_count):
        up, down = corners[corner, 2] * physics[OUT], corners[corner, 3] / physics[IN]
        if up <= 0.0 and down <= 0.0:
            continue
        share = corners[corner, 0] * free_up + corners[corner, 1] * free_down
        share += up * (physics[FLOOR] - least) + down * (most - physics[FLOOR])
        slope = (up - down) * physics[GRID]
        lower_reward(reward[first:last], share + slope * first, slope)


@compiled
def lower_nodes(
    move: float, drain: float, cost: float, hour: Vector, later: Vector, physics: Vector, value: Vector, best: Vector,
    before: Vector, reward: Vector, shifted: Vector,
) -> None:  # fmt: skip
    """Offer one move to every node from which it stays within the battery's bounds."""
    nodes, moved = value.shape[0], move - drain
    most = later[CEILING] + hour[DRIVEN] - moved if moved > 0.0 else FAR
    first, last = node_span(physics[FLOOR] - moved, min(most, FAR), physics, nodes)
    place = moved / physics[GRID]
    shift = int(np.floor(place + ROUNDING_KWH))
    first, last = max(first, -shift), min(last, nodes)
    if place - shift <= 2 * ROUNDING_KWH:
        last = min(last, nodes - shift)
        if last > first:
            lower_cost(value[first:last], best[first:last], move, cost, before[first + shift : last + shift],
                       reward[first:last])  # fmt: skip
    elif last > first:
        shift_nodes(before, moved, physics, shifted)
        lower_cost(value[first:last], best[first:last], move, cost, shifted[first:last], reward[first:last])


@compiled
def hour_corners(hour: Vector, is_on: bool, binding: Vector, inverses: Vector, corners: Vector) -> int:
    """List the dual corners of a step in which reserves can be sold; none where nothing is worth offering."""
    if not is_on or max(hour[PRICE_N], hour[PRICE_UP], hour[PRICE_DOWN]) <= 0.0:
        return 0
    return list_corners(hour[PRICE_N : PRICE_DOWN + 1], binding, inverses, corners)


@compiled
def day_back(
    hours: Vector, first: int, last: int, is_on: bool, value: Vector, physics: Vector, binding: Vector,
    inverses: Vector, kept: Vector, moves: Vector,
) -> None:  # fmt: skip
    """Walk a value function back over a stretch in one mode.

    ``kept`` and ``moves`` (step × node) receive the value after each step and the cheapest move in it.
    """
    scratch = np.empty((3, value.shape[0]))
    for step in range(last - 1, first - 1, -1):
        for node in range(value.shape[0]):
            kept[step, node] = value[node]
        later = hours[(step + 1) % hours.shape[0]]
        step_back(hours[step], later, is_on, value, moves[step], physics, binding, inverses, scratch)


@compiled
def year_back(
    hours: Vector, last: int, per_day: int, modes: int, value: Vector, physics: Vector, binding: Vector,
    inverses: Vector, kept: Vector, moves: Vector, day_values: Vector,
) -> None:  # fmt: skip
    """Walk a value function back from the start of step ``last``: each day on or off, whichever is cheaper.

    ``modes`` says what may be chosen: 0 off only, 1 either, 2 on only. ``kept`` and ``moves`` (mode × step × node, off
    first) receive the value after each step and the cheapest move; ``day_values`` (mode × day × node) the value at the
    start of each day.
    """
    nodes = value.shape[0]
    for day in range((last + per_day - 1) // per_day - 1, -1, -1):
        first, end = day * per_day, min((day + 1) * per_day, last)
        for mode in range(2):
            if modes != 1 and modes != 2 * mode:
                continue
            start = day_values[mode, day]
            for node in range(nodes):
                start[node] = value[node]
            day_back(hours, first, end, mode == 1, start, physics, binding, inverses, kept[mode], moves[mode])
        for node in range(nodes):
            off, on = day_values[0, day, node], day_values[1, day, node]
            value[node] = off if modes == 0 or (modes == 1 and off <= on) else on
