"""Walks one car forward through a year along the value of its stored energy, with the best offer of every hour.

Moves are searched between the nodes, not rounded to them, and every rule holds in the schedule itself. Compiled.
Source: METHODS 3.3, 3.4.
"""

from typing import Any

import numpy as np

from analysis.dispatch.compiled import compiled
from analysis.dispatch.grid_back import hour_corners
from analysis.dispatch.moves import (
    CEILING,
    CHARGE,
    CHOICES_MOST,
    DISCHARGE,
    DRAIN_DOWN,
    DRAIN_N,
    DRAIN_UP,
    DRIVEN,
    FAR,
    FLOOR,
    GRID,
    IN,
    OUT,
    PLUGGED,
    PRICE_DOWN,
    PRICE_N,
    REQUIRED,
    ROUNDING_KWH,
    STANDBY,
    STEP,
    Vector,
    flow_cost,
    insert_move,
    list_kinks,
    powers_of,
    value_at,
)
from analysis.dispatch.reserve_vertices import CORNERS_MOST, RESOURCES, best_offer

GOLDEN = 0.6180339887498949
CLOSER = 12
"""Rounds of the search between two moves: the last bracket is a 300th of the first."""


@compiled
def move_cost(
    energy: float, move: float, hour: Vector, later: Vector, is_on: bool, value: Vector, physics: Vector,
    corners: Vector, corner_count: int,
) -> float:  # fmt: skip
    """Cost of one move at one state and all that follows; far where the rules do not allow it."""
    charge, discharge, fits = powers_of(move, hour, physics)
    drain = physics[STANDBY] * physics[STEP] * hour[PLUGGED] if is_on else 0.0
    reached = energy + move - drain
    most = later[CEILING] + hour[DRIVEN] + ROUNDING_KWH
    if not fits or reached < physics[FLOOR] - ROUNDING_KWH or (reached > most and move - drain > 0.0):
        return FAR
    cost = flow_cost(charge, discharge, hour, physics) + value_at(value, reached - hour[DRIVEN], physics)
    if corner_count > 0:
        up = physics[OUT] * min(energy - hour[REQUIRED], reached - later[REQUIRED])
        down = min(hour[CEILING] - energy, later[CEILING] - reached) / physics[IN]
        if up >= 0.0 and down >= 0.0:
            reward = FAR
            free_up, free_down = hour[DISCHARGE] - discharge + charge, hour[CHARGE] + discharge - charge
            for corner in range(corner_count):
                share = corners[corner, 0] * free_up + corners[corner, 1] * free_down
                reward = min(reward, share + corners[corner, 2] * up + corners[corner, 3] * down)
            cost -= reward
    return float(cost)


@compiled
def choose_move(
    energy: float, hour: Vector, later: Vector, is_on: bool, value: Vector, kept_moves: Vector, physics: Vector,
    corners: Vector, corner_count: int, moves: Vector,
) -> float:  # fmt: skip
    """Find the cheapest move at a state: try the kinks and what its two nodes do, then close in around the best."""
    drain = physics[STANDBY] * physics[STEP] * hour[PLUGGED] if is_on else 0.0
    count = list_kinks(hour, is_on, physics, moves)
    low, high = moves[0], moves[count - 1]
    node = min(max(int((energy - physics[FLOOR]) / physics[GRID]), 0), value.shape[0] - 2)
    for bound in (physics[FLOOR], hour[REQUIRED], later[REQUIRED], later[CEILING] + hour[DRIVEN]):
        count = insert_move(moves, count, min(max(bound + drain - energy, low), high))
    for near in (node, node + 1):
        move = kept_moves[near]
        same_end = physics[FLOOR] + near * physics[GRID] + move - energy
        for trial in (move, same_end, same_end - physics[GRID], same_end + physics[GRID]):
            count = insert_move(moves, count, min(max(trial, low), high))
    best, at = FAR, -1
    for index in range(count):
        cost = move_cost(energy, moves[index], hour, later, is_on, value, physics, corners, corner_count)
        if cost < best - 1e-12:
            best, at = cost, index
    if at < 0:
        return 0.0
    chosen = moves[at]
    for side in (-1, 1):
        if 0 <= at + side < count:
            move, cost = close_in(energy, moves[at], moves[at + side], best, hour, later, is_on, value, physics,
                                  corners, corner_count)  # fmt: skip
            if cost < best - 1e-12:
                best, chosen = cost, move
    return float(chosen)


@compiled
def close_in(
    energy: float, one: float, other: float, cost_one: float, hour: Vector, later: Vector, is_on: bool, value: Vector,
    physics: Vector, corners: Vector, corner_count: int,
) -> Any:  # fmt: skip
    """Search between two moves by golden section; gives the best move found and its cost."""
    near, far = one, other
    left, right = far - GOLDEN * (far - near), near + GOLDEN * (far - near)
    cost_left = move_cost(energy, left, hour, later, is_on, value, physics, corners, corner_count)
    if cost_left > cost_one and move_cost(energy, one + 0.02 * (other - one), hour, later, is_on, value, physics,
                                          corners, corner_count) >= cost_one:  # fmt: skip
        return one, cost_one
    cost_right = move_cost(energy, right, hour, later, is_on, value, physics, corners, corner_count)
    for _ in range(CLOSER):
        if cost_left <= cost_right:
            far, right, cost_right = right, left, cost_left
            left = far - GOLDEN * (far - near)
            cost_left = move_cost(energy, left, hour, later, is_on, value, physics, corners, corner_count)
        else:
            near, left, cost_left = left, right, cost_right
            right = near + GOLDEN * (far - near)
            cost_right = move_cost(energy, right, hour, later, is_on, value, physics, corners, corner_count)
    if cost_left <= cost_right:
        return left, cost_left
    return right, cost_right


@compiled
def step_on(
    energy: float, hour: Vector, later: Vector, is_on: bool, value: Vector, kept_moves: Vector, physics: Vector,
    binding: Vector, inverses: Vector, moves: Vector, flow: Vector,
) -> float:  # fmt: skip
    """Take one step forward; fills ``flow`` (charge, discharge, road kWh, three offers) and gives the state after."""
    flow[:] = 0.0
    if hour[PLUGGED] > 0.0 and (hour[CHARGE] > 0.0 or hour[DISCHARGE] > 0.0):
        corners = np.empty((CORNERS_MOST, RESOURCES + 1))
        corner_count = hour_corners(hour, is_on, binding, inverses, corners)
        move = choose_move(energy, hour, later, is_on, value, kept_moves, physics, corners, corner_count, moves)
        flow[0], flow[1], _ = powers_of(move, hour, physics)
        reached = energy + move
        if is_on:
            reached -= physics[STANDBY] * physics[STEP] * hour[PLUGGED]
        if corner_count > 0:
            reached = offer_beside(energy, reached, hour, later, physics, binding, inverses, corners, corner_count,
                                   flow)  # fmt: skip
        energy = reached
    energy -= hour[DRIVEN]
    if energy < physics[FLOOR] and hour[DRIVEN] > 0.0:
        flow[2] = physics[FLOOR] - energy
        energy = physics[FLOOR]
    return energy


@compiled
def offer_beside(
    energy: float, reached: float, hour: Vector, later: Vector, physics: Vector, binding: Vector, inverses: Vector,
    corners: Vector, corner_count: int, flow: Vector,
) -> float:  # fmt: skip
    """Put the best offer beside the chosen flows, with what its activation drains; gives the state after the hour.

    The rows at the end of the hour hold after that drain: an offer that breaks them is made smaller.
    """
    free, offer = np.empty(RESOURCES), np.empty(3)
    free[0], free[1] = hour[DISCHARGE] - flow[1] + flow[0], hour[CHARGE] + flow[1] - flow[0]
    slack_up, slack_down = 0.0, 0.0
    for _ in range(4):
        free[2] = physics[OUT] * (min(energy - hour[REQUIRED], reached - later[REQUIRED] - slack_up))
        free[3] = min(hour[CEILING] - energy, later[CEILING] - reached - slack_down) / physics[IN]
        best_offer(hour[PRICE_N : PRICE_DOWN + 1], binding, inverses, corners, corner_count, free, offer)
        drained = physics[STEP] * (
            physics[DRAIN_N] * offer[0] + physics[DRAIN_UP] * offer[1] + physics[DRAIN_DOWN] * offer[2]
        )
        if drained <= slack_up + ROUNDING_KWH and -drained <= slack_down + ROUNDING_KWH:
            flow[3], flow[4], flow[5] = offer[0], offer[1], offer[2]
            return float(reached - drained)
        slack_up, slack_down = max(slack_up, drained), max(slack_down, -drained)
    return reached


@compiled
def year_on(
    start_kwh: float, hours: Vector, per_day: int, modes: int, physics: Vector, binding: Vector, inverses: Vector,
    kept: Vector, moves: Vector, day_values: Vector, flows: Vector, enabled: Vector, states: Vector,
) -> float:  # fmt: skip
    """Walk forward from a state; gives the state at the end.

    ``flows`` (6 × step), ``enabled`` (step) and ``states`` (start of each step) are filled; where they hold a walk from
    another state, this one stops as soon as it meets it.
    """
    energy, mode = start_kwh, 0
    room, flow = np.empty(CHOICES_MOST), np.empty(6)
    for step in range(hours.shape[0]):
        if step % per_day == 0:
            if abs(states[step] - energy) < ROUNDING_KWH:
                return float(states[hours.shape[0]])
            day = step // per_day
            off, on = value_at(day_values[0, day], energy, physics), value_at(day_values[1, day], energy, physics)
            mode = 1 if modes == 2 or (modes == 1 and on < off) else 0
        states[step] = energy
        later = hours[(step + 1) % hours.shape[0]]
        energy = step_on(energy, hours[step], later, mode == 1, kept[mode, step], moves[mode, step], physics, binding,
                         inverses, room, flow)  # fmt: skip
        for column in range(6):
            flows[column, step] = flow[column]
        enabled[step] = float(mode)
    states[hours.shape[0]] = energy
    return energy
