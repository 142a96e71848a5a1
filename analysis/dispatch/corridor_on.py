"""Follows a walked lattice forward: a car's path of stored energy, its days with V2X on, the offers of every hour.

The car's own state is followed, not the nodes: where a step stands close to rest, full power, least power or serving
the house it does just that, and the next step that moves makes up for the rest. Compiled. Source: METHODS 3.3, 3.4.
"""

from typing import Any

import numpy as np

from analysis.dispatch.compiled import compiled
from analysis.dispatch.corner_table import BASE, FALL, HIGH, LOW, WORTH_LEAST, WORTH_MOST
from analysis.dispatch.corridor_pairs import (
    LEAST_IN,
    LEAST_OUT,
    LOAD_OUT,
    MOST_IN,
    MOST_OUT,
    MUST_OUT,
    SAME_KWH,
    TERMS,
    lay_terms,
)
from analysis.dispatch.moves import (
    CAPPED,
    CEILING,
    CHARGE,
    DISCHARGE,
    DRAINS,
    DRIVEN,
    EXTRA,
    FAR,
    FLOOR,
    IN,
    LEAST,
    LOAD,
    OUT,
    PLUGGED,
    PRICES,
    REQUIRED,
    STEP,
    Vector,
    charge_for_kw,
    discharge_for_kw,
    stored_kwh,
)
from analysis.dispatch.reserve_vertices import RESOURCES, best_offer

CLOSE_KWH = 2e-8
TRIALS = 4
OFFERS = 3
"""Row of the flows from which the offers stand."""


@compiled
def lay_least(hours: Vector, physics: Vector, standing: Vector, least: Vector) -> None:
    """Least energy worth holding at the start of each step: what later trips need, as far as full charging reaches."""
    steps = hours.shape[0]
    gained = np.zeros(steps)
    for step in range(steps):
        most_in = min(hours[step, CHARGE], hours[step, CAPPED])
        if hours[step, PLUGGED] > 0.0 and most_in >= physics[LEAST]:
            gained[step] = stored_kwh(most_in, physics)
        gained[step] -= standing[step]
    reach, reached = hours[0, CEILING], np.empty(steps)
    for _ in range(2):
        for step in range(steps):
            reached[step] = reach
            reach = min(reach + gained[step] - hours[step, DRIVEN], hours[(step + 1) % steps, CEILING])
            reach = max(reach, physics[FLOOR])
    need = physics[FLOOR]
    for _ in range(2):
        for step in range(steps - 1, -1, -1):
            need = max(physics[FLOOR], min(need + hours[step, DRIVEN] - gained[step], reached[step]))
            least[step] = need


@compiled
def node_at(center: float, least: float, most: float, spacing: float, offset: int) -> float:
    """State of one node."""
    return float(min(max(center + offset * spacing, min(least, center)), max(most, center)))


@compiled
def worth_at(
    value: Vector, at: int, center: float, least: float, most: float, spacing: float, middle: int, known: float
) -> float:
    """What a stored kWh is worth around a node, SEK: the known worth, moved in between those on either side.

    Without bounds; those of the corners are laid on it by who prices offers with it.
    """
    here = node_at(center, least, most, spacing, at - middle)
    if at > 0 and value[at - 1] < 0.5 * FAR:
        width = here - node_at(center, least, most, spacing, at - 1 - middle)
        if width > SAME_KWH:
            known = min(known, (value[at - 1] - value[at]) / width)
    if at < value.shape[0] - 1 and value[at + 1] < 0.5 * FAR:
        width = node_at(center, least, most, spacing, at + 1 - middle) - here
        if width > SAME_KWH:
            known = max(known, (value[at] - value[at + 1]) / width)
    return float(known)


@compiled
def settle_move(wanted: float, planned: float, low: float, high: float, terms: Vector, dead: float) -> float:
    """Move to make: the planned one where it is a kink of the step, else the one wanted; between two moves if it can.

    ``low`` and ``high`` are the moves that reach the least and the most energy allowed after the step.
    """
    if abs(planned) <= dead:
        move = 0.0
    elif planned >= terms[MOST_IN] - dead:
        move = terms[MOST_IN]
    elif planned <= dead - terms[MOST_OUT]:
        move = -terms[MOST_OUT]
    elif abs(planned + terms[MUST_OUT]) <= dead:
        move = -terms[MUST_OUT]
    elif abs(planned + terms[LOAD_OUT]) <= dead:
        move = -terms[LOAD_OUT]
    else:
        move = min(max(wanted, -terms[MOST_OUT]), terms[MOST_IN])
    move = min(move, max(high, -terms[MOST_OUT]))
    move = max(move, min(low, terms[MOST_IN]))
    if 0.0 < move < terms[LEAST_IN]:
        charges = (low > SAME_KWH or move >= 0.5 * terms[LEAST_IN]) and terms[LEAST_IN] <= high + SAME_KWH
        move = terms[LEAST_IN] if charges else 0.0
    if -terms[LEAST_OUT] < move < 0.0 or (move < 0.0 and terms[MOST_OUT] <= 0.0):
        move = 0.0
    return float(move)


@compiled
def power_of(move: float, hour: Vector, physics: Vector) -> float:
    """Net discharging power of a move."""
    if move > 0.0:
        return float(-charge_for_kw(move, physics))
    if move < 0.0:
        return float(discharge_for_kw(-move, hour[LOAD], hour[EXTRA], physics))
    return 0.0


@compiled
def drain_of(corners: Vector, count: int, worth: float, free: Vector) -> float:
    """What the activation of the best offer drains, by the cheapest corner; kWh."""
    if min(free[2], free[3]) < 0.0:
        return 0.0
    least, drain = FAR, 0.0
    for corner in range(count):
        if worth < corners[LOW, corner] or worth > corners[HIGH, corner]:
            continue
        value, fall = 0.0, 0.0
        for resource in range(RESOURCES):
            value += corners[resource, corner] * free[resource]
            fall += corners[FALL + resource, corner] * free[resource]
        if value - worth * fall < least:
            least, drain = value - worth * fall, fall
    return float(drain) if least > 0.0 else 0.0


@compiled
def fill_free(
    energy: float, reached: float, low: float, high: float, hour: Vector, later: Vector, physics: Vector, free: Vector
) -> None:
    """Fill the energy free up and down when activation drains between ``low`` and ``high`` kWh."""
    free[2] = physics[OUT] * min(energy - hour[REQUIRED], reached - later[REQUIRED] - high)
    free[3] = min(hour[CEILING] - energy, later[CEILING] - reached + low) / physics[IN]


@compiled
def offer_of(
    energy: float, reached: float, worth: float, hour: Vector, later: Vector, physics: Vector, corners: Vector,
    count: int, binding: Vector, inverses: Vector, free: Vector, prices: Vector, room: Vector, offer: Vector,
) -> float:  # fmt: skip
    """Best offer beside a move, kW; gives what it drains. The rows at the end of the hour hold after that drain."""
    step, kept = physics[STEP], 0
    for product in range(offer.shape[0]):
        prices[product] = hour[PRICES + product] - worth * step * physics[DRAINS + product]
    for corner in range(count):
        if corners[LOW, corner] <= worth <= corners[HIGH, corner]:
            room[kept, RESOURCES] = corners[BASE, corner]
            for resource in range(RESOURCES):
                room[kept, resource] = corners[resource, corner] - worth * corners[FALL + resource, corner]
            kept += 1
    drained, low, high = 0.0, 0.0, 0.0
    for trial in range(10):
        low, high = (drained, drained) if trial < 6 else (min(low, drained), max(high, drained))
        fill_free(energy, reached, low, high, hour, later, physics, free)
        best_offer(prices, binding, inverses, room, kept, free, offer)
        drained = 0.0
        for product in range(offer.shape[0]):
            drained += step * physics[DRAINS + product] * offer[product]
        if low - CLOSE_KWH <= drained <= high + CLOSE_KWH:
            return float(drained)
    offer[:] = 0.0
    return 0.0


@compiled
def step_on(
    energy: float, planned: float, expected: float, low: float, high: float, step: int, count: int, dead: float,
    standing: float, drained: float, worth: float, is_last: bool, market: Any, free: Vector, prices: Vector,
    room: Vector, offer: Vector, terms: Vector,
) -> Any:  # fmt: skip
    """Take one plugged step; fills ``offer`` and gives the move and what is drained.

    Parameters
    ----------
    planned
        The lattice's move.
    expected
        State at the node reached, before driving.
    low, high
        Least and most energy allowed after the step, before driving.
    drained
        What the step drained on the path before; a first guess.
    """
    hours, physics, table, binding, inverses = market
    hour, later = hours[step], hours[(step + 1) % hours.shape[0]]
    offer[:] = 0.0
    drain, move = drained, 0.0
    if count == 0:
        extra = standing - energy
        return settle_move(expected + extra, planned, low + extra, high + extra, terms, dead), standing
    for _ in range(TRIALS):
        wanted = expected + drain - energy
        move = settle_move(wanted, planned, low + drain - energy, high + drain - energy, terms, dead)
        power = power_of(move, hour, physics)
        free[0], free[1] = hour[DISCHARGE] - power, hour[CHARGE] + power
        reached = energy + move - standing
        ended = reached - hour[DRIVEN]
        if is_last:
            found = offer_of(energy, ended, worth, hour, later, physics, table[step], count, binding, inverses, free,
                             prices, room, offer)  # fmt: skip
        else:
            fill_free(energy, ended, drain - standing, drain - standing, hour, later, physics, free)
            found = drain_of(table[step], count, worth, free)
        drain, left = found + standing, reached - found
        stuck = (left < low and move == terms[MOST_IN]) or (left > high and move == -terms[MOST_OUT])
        if stuck or low - CLOSE_KWH <= left <= high + CLOSE_KWH:
            return move, drain
    offer[:] = 0.0
    wanted = min(max(move, low + standing - energy), high + standing - energy)
    return settle_move(wanted, wanted, low + standing - energy, high + standing - energy, terms, 0.0), standing


@compiled
def walk_on(
    start: float, node: int, begin: int, last: int, market: Any, counts: Any, centers: Vector, least: Vector,
    standing: Vector, drained: Vector, worth: Vector, spacing: float, middle: int, dead: float, kept: Vector,
    best: Vector, is_last: bool, path: Vector, nodes: Any, drain_on: Vector, flows: Vector,
) -> Any:  # fmt: skip
    """Follow the cheapest ends over a stretch from a state and its node; gives the state and the node at its end.

    Parameters
    ----------
    is_last
        Whether to fill the offers exactly; else what they drain is enough.
    market
        Hours, physics, corners, binding matrix and bases.
    path, nodes
        Receive state and node at the start of each step.
    worth
        Receives what a stored kWh is worth after each step, unless this is the last walk: within the bounds of the
        corners, and without.
    drain_on
        Receives what is drained in each step, kWh.
    flows
        Charged and discharged (kW), road (kWh), an offer of each product (kW); × step, the last walk only.
    """
    hours, physics, table = market[0], market[1], market[2]
    steps, energy = hours.shape[0], start
    terms, free, products = np.empty(TERMS), np.empty(RESOURCES), flows.shape[0] - OFFERS
    prices, offer = np.empty(products), np.zeros(products)
    room = np.empty((table.shape[2], RESOURCES + 1))
    for step in range(begin, last):
        path[step], nodes[step] = energy, node
        hour, after = hours[step], (step + 1) % steps
        driven, low, high, move, drain = hour[DRIVEN], least[after], hours[after, CEILING], 0.0, 0.0
        if hour[PLUGGED] > 0.0:
            lay_terms(hour, physics, terms)
            end = int(best[step, node])
            expected = node_at(centers[step + 1], low, high, spacing, end - middle) + driven
            begun = node_at(centers[step], least[step], hour[CEILING], spacing, node - middle) - drained[step]
            if not is_last:
                known = worth_at(kept[step], end, centers[step + 1], low, high, spacing, middle, worth[1, step])
                worth[0, step], worth[1, step] = min(max(known, WORTH_LEAST), WORTH_MOST), known
            move, drain = step_on(energy, expected - begun, expected, low + driven, high + driven, step, counts[step],
                                  dead, standing[step], drained[step], worth[0, step], is_last, market, free, prices,
                                  room, offer, terms)  # fmt: skip
            flows[OFFERS:, step] = offer
            node = end
        power = power_of(move, hour, physics) if is_last else 0.0
        flows[0, step], flows[1, step], flows[2, step] = max(-power, 0.0), max(power, 0.0), 0.0
        drain_on[step] = drain
        energy += move - drain - driven
        if energy < physics[FLOOR] and driven > 0.0:
            flows[2, step] = physics[FLOOR] - energy
            energy = physics[FLOOR]
        if hour[PLUGGED] <= 0.0 and driven > 0.0:
            node = nearest_node(energy, node, centers[step + 1], low, high, spacing, middle, kept.shape[1])
    return energy, node


@compiled
def nearest_node(
    energy: float, node: int, center: float, least: float, most: float, spacing: float, middle: int, count: int
) -> int:
    """Node to go on from after driving: the same one unless the state is more than half a node away from it."""
    apart = energy - node_at(center, least, most, spacing, node - middle)
    if abs(apart) > 0.5 * spacing:
        node += int(np.round(apart / spacing))
    return min(max(node, 0), count - 1)


@compiled
def days_on(
    start: float, node: int, per_day: int, by_mode: Any, physics: Vector, table: Vector, binding: Vector,
    inverses: Vector, centers: Vector, least: Vector, worth: Vector, spacing: float, middle: int, dead: float,
    day_values: Vector, is_last: bool, path: Vector, nodes: Any, drain_on: Vector, flows: Vector, chosen: Any,
) -> Any:  # fmt: skip
    """Follow the cheapest ends through the horizon, each day in its cheaper mode; gives state and node at the end.

    Parameters
    ----------
    by_mode
        Hours, counts of corners, standby, drain, kept values and best ends; off first.
    path, nodes
        As for :func:`walk_on`; where they hold a walk from another state, this one stops as soon as it meets it.
    chosen
        Receives the mode of each day.
    """
    hours, counts, standing, drained, kept, best = by_mode
    steps, energy = hours.shape[1], start
    for day in range(day_values.shape[1]):
        begin, last = day * per_day, min((day + 1) * per_day, steps)
        if abs(path[begin] - energy) < SAME_KWH and nodes[begin] == node:
            return float(path[steps]), int(nodes[steps])
        mode = 1 if day_values[1, day, node] < day_values[0, day, node] else 0
        chosen[day] = mode
        market = (hours[mode], physics, table, binding, inverses)
        energy, node = walk_on(energy, node, begin, last, market, counts[mode], centers, least, standing[mode],
                               drained[mode], worth, spacing, middle, dead, kept[mode], best[mode], is_last, path,
                               nodes, drain_on, flows)  # fmt: skip
    path[steps], nodes[steps] = energy, node
    return energy, node
