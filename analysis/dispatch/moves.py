"""Turns a step of one car into moves of its stored energy: what each costs, and what the stored energy is worth.

Arrays: ``hours`` is step × column (:data:`COLUMNS`), ``physics`` one value a name of :data:`PHYSICS`; a value function
has one entry a node of the grid, SEK. Compiled. Source: METHODS 1.3, 3.2, 3.6.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.compiled import compiled

Vector = NDArray[np.float64]

COLUMNS = ("buy", "sell", "charge_kw", "discharge_kw", "load_kw", "extra_pu", "driven_kwh", "ceiling_kwh",
           "required_kwh", "plugged_pu", "price_n", "price_up", "price_down", "shadow")  # fmt: skip
BUY, SELL, CHARGE, DISCHARGE, LOAD, EXTRA, DRIVEN, CEILING, REQUIRED, PLUGGED, PRICE_N, PRICE_UP, PRICE_DOWN, SHADOW = (
    range(len(COLUMNS))
)
PHYSICS = ("step_h", "floor_kwh", "out_pu", "in_pu", "charge_no_load_kw", "charge_linear_pu", "charge_square_per_kw",
           "discharge_no_load_kw", "discharge_linear_pu", "discharge_square_per_kw", "least_charge_kw", "standby_kw",
           "wear", "road", "exports", "drain_n", "drain_up", "drain_down", "grid_kwh")  # fmt: skip
(STEP, FLOOR, OUT, IN, C0, C1, C2, D0, D1, D2, LEAST, STANDBY, WEAR, ROAD, EXPORTS, DRAIN_N, DRAIN_UP, DRAIN_DOWN,
 GRID) = range(len(PHYSICS))  # fmt: skip

CHOICES_MOST = 160
FAR = 1e12
ROUNDING_KWH = 1e-9


@compiled
def stored_kwh(charge_kw: float, physics: Vector) -> float:
    """Energy stored in a step by charging at a power (AC)."""
    if charge_kw <= 0.0:
        return 0.0
    loss = physics[C0] + physics[C1] * charge_kw + physics[C2] * charge_kw * charge_kw
    return float(physics[STEP] * (charge_kw - loss))


@compiled
def drawn_kwh(discharge_kw: float, load_kw: float, extra_pu: float, physics: Vector) -> float:
    """Energy drawn in a step by discharging at a power (AC); what serves the house may lose ``extra_pu`` more."""
    if discharge_kw <= 0.0:
        return 0.0
    loss = physics[D0] + physics[D1] * discharge_kw + physics[D2] * discharge_kw * discharge_kw
    return float(physics[STEP] * (discharge_kw + loss + extra_pu * min(discharge_kw, load_kw)))


@compiled
def charge_for_kw(stored: float, physics: Vector) -> float:
    """Power (AC) that stores an energy in a step."""
    wanted = stored / physics[STEP] + physics[C0]
    slope = 1.0 - physics[C1]
    if physics[C2] <= 0.0:
        return float(wanted / slope)
    inside = slope * slope - 4.0 * physics[C2] * wanted
    return float((slope - np.sqrt(max(inside, 0.0))) / (2.0 * physics[C2]))


@compiled
def discharge_for_kw(drawn: float, load_kw: float, extra_pu: float, physics: Vector) -> float:
    """Power (AC) that draws an energy in a step; negative where it would not cover the no-load loss."""
    wanted = drawn / physics[STEP] - physics[D0]
    slope = 1.0 + physics[D1]
    if extra_pu > 0.0:
        if drawn <= drawn_kwh(load_kw, load_kw, extra_pu, physics):
            slope += extra_pu
        else:
            wanted -= extra_pu * load_kw
    if physics[D2] <= 0.0:
        return float(wanted / slope)
    return float((-slope + np.sqrt(max(slope * slope + 4.0 * physics[D2] * wanted, 0.0))) / (2.0 * physics[D2]))


@compiled
def flow_cost(charge_kw: float, discharge_kw: float, hour: Vector, physics: Vector) -> float:
    """Cost of a step's flows, SEK: the house is served first, the rest is exported."""
    served = min(discharge_kw, hour[LOAD])
    exported = discharge_kw - served
    value = charge_kw * hour[BUY] - served * (hour[BUY] - physics[WEAR]) - exported * (hour[SELL] - physics[WEAR])
    return float(physics[STEP] * value)


@compiled
def powers_of(move_kwh: float, hour: Vector, physics: Vector) -> Any:
    """Charging and discharging power that move the stored energy by so much; whether the rules allow it."""
    if move_kwh > ROUNDING_KWH:
        charge = charge_for_kw(move_kwh, physics)
        return charge, 0.0, physics[LEAST] - ROUNDING_KWH <= charge <= hour[CHARGE] + ROUNDING_KWH
    if move_kwh < -ROUNDING_KWH:
        most = hour[DISCHARGE] if physics[EXPORTS] > 0.0 else hour[LOAD]
        power = discharge_for_kw(-move_kwh, hour[LOAD], hour[EXTRA], physics)
        return 0.0, power, 0.0 < power <= most + ROUNDING_KWH
    return 0.0, 0.0, True


@compiled
def list_kinks(hour: Vector, is_on: bool, physics: Vector, moves: Vector) -> int:
    """List the moves at which the cost of a step bends, ascending: most out, the house, none, least in, most in."""
    most_out = 0.0
    if is_on:
        most_out = hour[DISCHARGE] if physics[EXPORTS] > 0.0 else hour[LOAD]
    highest = stored_kwh(hour[CHARGE], physics) if hour[CHARGE] >= physics[LEAST] else 0.0
    least = stored_kwh(physics[LEAST], physics) if physics[LEAST] > 0.0 and highest > 0.0 else 0.0
    count = insert_move(moves, 0, -drawn_kwh(most_out, hour[LOAD], hour[EXTRA], physics))
    count = insert_move(moves, count, -drawn_kwh(min(hour[LOAD], most_out), hour[LOAD], hour[EXTRA], physics))
    for kink in (0.0, least, highest):
        count = insert_move(moves, count, kink)
    return count


@compiled
def list_moves(hour: Vector, is_on: bool, drain_kwh: float, physics: Vector, moves: Vector) -> int:
    """List the moves of stored energy that are tried at every node, ascending: kinks and steps to other nodes.

    ``drain_kwh`` is standby: a move that lands on a node makes up for it. Gives how many.
    """
    grid = physics[GRID]
    count = list_kinks(hour, is_on, physics, moves)
    lowest, highest = moves[0], moves[count - 1]
    node = np.ceil((lowest - drain_kwh) / grid)
    while node * grid + drain_kwh <= highest and count < CHOICES_MOST - 1:
        count = insert_move(moves, count, node * grid + drain_kwh)
        node += 1.0
    return count


@compiled
def insert_move(moves: Vector, count: int, move: float) -> int:
    """Insert a move into an ascending list unless it is there."""
    at = count
    while at > 0 and moves[at - 1] > move + ROUNDING_KWH:
        at -= 1
    if at > 0 and abs(moves[at - 1] - move) <= ROUNDING_KWH:
        return count
    for later in range(count, at, -1):
        moves[later] = moves[later - 1]
    moves[at] = move
    return count + 1


@compiled
def between(before: float, near: float, far: float, after: float, weight: float) -> float:
    """Interpolate between two nodes: halfway between the chord and what the cells beside would give, drawn on.

    A function that is convex lies between the two; the chord alone would make stored energy dearer at every step.
    """
    chord = near + (far - near) * weight
    beside = max(near + (near - before) * weight, far - (after - far) * (1.0 - weight))
    return 0.5 * (chord + min(chord, beside))


@compiled
def value_at(value: Vector, energy_kwh: float, physics: Vector) -> float:
    """Interpolate a value function; beyond its ends it goes on straight, below the floor at the price of the road."""
    place, last = (energy_kwh - physics[FLOOR]) / physics[GRID], value.shape[0] - 1
    if place <= 0.0:
        return float(value[0] - place * physics[GRID] * physics[ROAD])
    low = min(int(place), last - 1)
    if place - low <= ROUNDING_KWH:
        return float(value[low])
    if low == 0 or low == last - 1:
        return float(value[low] + (value[low + 1] - value[low]) * (place - low))
    return float(between(value[low - 1], value[low], value[low + 1], value[low + 2], place - low))


@compiled
def shift_nodes(value: Vector, shift_kwh: float, physics: Vector, shifted: Vector) -> None:
    """Read a value function at every node moved by so much."""
    for node in range(value.shape[0]):
        shifted[node] = value_at(value, physics[FLOOR] + node * physics[GRID] + shift_kwh, physics)
