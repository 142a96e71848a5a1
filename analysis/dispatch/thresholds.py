"""Solves one car's energy problem exactly where it is convex: an hour's policy is two thresholds (three with a house).

The value of stored energy is convex and piecewise linear. Walking back from the end, each step merges what charging
costs and what discharging earns, sorted by slope, into it; where each lands is how full to charge and how far to
discharge. No grid, no solver: the same optimum as the linear programme. Source: METHODS 3.3; compiled with numba.

A value function is ``slopes`` (SEK per stored kWh, ascending) and ``lengths`` (kWh) between ``frame[0]`` and
``frame[1]``: the first piece in use and one past the last; ``ends`` are the states at which it begins and ends.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.compiled import compiled

Vector = NDArray[np.float64]
Index = NDArray[np.int64]

ROOM = 1024
"""Places for pieces; the battery's width bounds those in use to a few dozen, the rest is room to grow to the left."""
TINY_KWH = 1e-12
CLOSED_KWH = 1e-9
ROUNDS = 4
EDGE = 8
GOLDEN = 0.6180339887498949


@compiled
def insert_high(
    slopes: Vector, lengths: Vector, first: int, stop: int, high: float, slope: float, length: float
) -> float:
    """Insert a piece from the right by its slope; gives the state at which the old pieces to its left end."""
    at, position = stop, high
    while at > first and slopes[at - 1] >= slope:
        slopes[at], lengths[at] = slopes[at - 1], lengths[at - 1]
        position -= lengths[at]
        at -= 1
    slopes[at], lengths[at] = slope, length
    return position


@compiled
def insert_low(
    slopes: Vector, lengths: Vector, first: int, stop: int, low: float, slope: float, length: float
) -> float:
    """Insert a piece from the left by its slope; gives the state at which the steeper pieces end."""
    at, position = first, low
    while at < stop and slopes[at] < slope:
        slopes[at - 1], lengths[at - 1] = slopes[at], lengths[at]
        position += lengths[at]
        at += 1
    slopes[at - 1], lengths[at - 1] = slope, length
    return position


@compiled
def cut_high(lengths: Vector, first: int, stop: int, high: float, most: float) -> Any:
    """Cut what lies above ``most``; gives one past the last piece and the new upper end."""
    while stop > first and high > most + TINY_KWH:
        over = high - most
        if lengths[stop - 1] > over:
            lengths[stop - 1] -= over
            high = most
        else:
            high -= lengths[stop - 1]
            stop -= 1
    return stop, high


@compiled
def cut_low(lengths: Vector, first: int, stop: int, low: float, least: float) -> Any:
    """Cut what lies below ``least``; gives the first piece and the new lower end."""
    while stop > first and low < least - TINY_KWH:
        under = least - low
        if lengths[first] > under:
            lengths[first] -= under
            low = least
        else:
            low += lengths[first]
            first += 1
    return first, low


@compiled
def merge_choices(
    slopes: Vector, lengths: Vector, first: int, stop: int, low: float, high: float, choice_slopes: Vector,
    choice_lengths: Vector, step: int, floor_kwh: float, most: float, thresholds: Vector,
) -> Any:  # fmt: skip
    """Merge the three choices of a step into the value of what comes after it; a piece that would be cut is left out.

    Gives the new frame and ends; writes the thresholds of the step.
    """
    thresholds[step, 0], thresholds[step, 1], thresholds[step, 2] = low, high, high
    upper = high
    for index in range(2, 0, -1):
        slope, length = choice_slopes[step, index], choice_lengths[step, index]
        if length <= TINY_KWH or ((stop == first or slopes[stop - 1] <= slope) and upper >= most):
            continue
        thresholds[step, index] = insert_high(slopes, lengths, first, stop, upper, slope, length)
        upper += length
        stop += 1
    slope, length = choice_slopes[step, 0], choice_lengths[step, 0]
    if length > TINY_KWH and ((stop > first and slopes[first] < slope) or low > floor_kwh + TINY_KWH):
        thresholds[step, 0] = insert_low(slopes, lengths, first, stop, low, slope, length)
        first -= 1
        low -= length
    return first, stop, low, upper


@compiled
def walk_back(
    slopes: Vector, lengths: Vector, frame: Index, ends: Vector, last: int, driving_kwh: Vector, choice_slopes: Vector,
    choice_lengths: Vector, road_slope: float, floor_kwh: float, ceiling_kwh: Vector, thresholds: Vector,
) -> int:  # fmt: skip
    """Walk the value of energy from the start of step ``last`` back to the start of the horizon; write thresholds.

    Parameters
    ----------
    slopes, lengths, frame, ends
        Value function at the end of the stretch; changed in place to that at its start.
    choice_slopes, choice_lengths
        Step × (charge, serve the house, export): SEK per stored kWh, kWh; slopes ascend within a step.
    road_slope
        Below any slope: minus the price of charging on the road and its penalty.
    ceiling_kwh
        Most energy at the start of each step.
    thresholds
        Step × 3: fill up to the first; empty down to the second for the house, to the third for export.

    Returns
    -------
    int
        −1, or the step that has no schedule at all.
    """
    first, stop, low, high = frame[0], frame[1], ends[0], ends[1]
    for step in range(last - 1, -1, -1):
        if driving_kwh[step] > 0.0:
            high += driving_kwh[step]
            first -= 1
            slopes[first], lengths[first] = road_slope, driving_kwh[step]
        most = ceiling_kwh[step]
        if choice_lengths[step, 0] + choice_lengths[step, 1] + choice_lengths[step, 2] > 0.0:
            first, stop, low, high = merge_choices(slopes, lengths, first, stop, low, high, choice_slopes,
                                                   choice_lengths, step, floor_kwh, most, thresholds)  # fmt: skip
        stop, high = cut_high(lengths, first, stop, high, most)
        first, low = cut_low(lengths, first, stop, low, floor_kwh)
        if high < floor_kwh - CLOSED_KWH or low > most + CLOSED_KWH:
            return step
        if first < EDGE or stop > ROOM - EDGE:
            first, stop = recentre(slopes, lengths, first, stop)
    frame[0], frame[1], ends[0], ends[1] = first, stop, low, high
    return -1


@compiled
def recentre(slopes: Vector, lengths: Vector, first: int, stop: int) -> Any:
    """Move the pieces to the middle of their room; gives the new frame."""
    count = stop - first
    start = (slopes.shape[0] - count) // 2
    held_slopes, held_lengths = slopes[first:stop].copy(), lengths[first:stop].copy()
    slopes[start : start + count], lengths[start : start + count] = held_slopes, held_lengths
    return start, start + count


@compiled
def walk_on(
    start_kwh: float, driving_kwh: Vector, choice_lengths: Vector, floor_kwh: float, thresholds: Vector, flows: Vector
) -> float:
    """Follow the thresholds from a state; fill the flows (charged, served, exported, road; battery side, kWh)."""
    energy = start_kwh
    for step in range(driving_kwh.shape[0]):
        charge, serve, export = choice_lengths[step, 0], choice_lengths[step, 1], choice_lengths[step, 2]
        charged = served = exported = road = 0.0
        if charge + serve + export > 0.0:
            if energy < thresholds[step, 0]:
                charged = min(thresholds[step, 0] - energy, charge)
            elif energy > thresholds[step, 1]:
                served = min(energy - thresholds[step, 1], serve)
            if charged == 0.0 and energy - served > thresholds[step, 2]:
                exported = min(energy - served - thresholds[step, 2], export)
        energy += charged - served - exported - driving_kwh[step]
        if driving_kwh[step] > 0.0 and energy < floor_kwh:
            road = floor_kwh - energy
            energy = floor_kwh
        flows[0, step], flows[1, step], flows[2, step], flows[3, step] = charged, served, exported, road
    return energy


@compiled
def lay_function(
    slopes: Vector, lengths: Vector, frame: Index, ends: Vector, low: float, high: float, slope: float
) -> None:
    """Begin a value function with one piece between two states; no piece where they are one."""
    frame[0] = frame[1] = slopes.shape[0] // 2
    ends[0], ends[1] = low, high
    if high > low:
        slopes[frame[0]], lengths[frame[0]] = slope, high - low
        frame[1] += 1


@compiled
def solve_closed(
    driving_kwh: Vector, choice_slopes: Vector, choice_lengths: Vector, road_slope: float, floor_kwh: float,
    ceiling_kwh: Vector, prefix: int, passes: int, flows: Vector,
) -> Any:  # fmt: skip
    """Find the periodic optimum: the value at the end is that of the next round's start, and the state comes back.

    The first pass walks ``prefix`` steps only, for a value to end with. ``flows`` (4 × step) is filled.

    Returns
    -------
    tuple
        Start state, passes used (0: not closed), −1 or the step that has no schedule.
    """
    steps = driving_kwh.shape[0]
    slopes, lengths, frame, ends = np.empty(ROOM), np.empty(ROOM), np.empty(2, np.int64), np.empty(2)
    thresholds = np.empty((steps, 3))
    lay_function(slopes, lengths, frame, ends, floor_kwh, ceiling_kwh[0], 0.5 * choice_slopes[0, 0])
    failed = walk_back(slopes, lengths, frame, ends, prefix, driving_kwh, choice_slopes, choice_lengths, road_slope,
                       floor_kwh, ceiling_kwh, thresholds)  # fmt: skip
    state = 0.5 * (floor_kwh + ceiling_kwh[0])
    for used in range(1, passes + 1):
        if failed >= 0:
            return state, 0, failed
        end_slopes, end_lengths = slopes[frame[0] : frame[1]].copy(), lengths[frame[0] : frame[1]].copy()
        failed = walk_back(slopes, lengths, frame, ends, steps, driving_kwh, choice_slopes, choice_lengths, road_slope,
                           floor_kwh, ceiling_kwh, thresholds)  # fmt: skip
        if failed >= 0:
            return state, 0, failed
        for _ in range(ROUNDS):
            start = min(max(state, ends[0]), ends[1])
            state = walk_on(start, driving_kwh, choice_lengths, floor_kwh, thresholds, flows)
            if abs(state - start) < CLOSED_KWH:
                begun_low, begun_high = marginal(
                    slopes[frame[0] : frame[1]], lengths[frame[0] : frame[1]], start - floor_kwh
                )
                ended_low, ended_high = marginal(end_slopes, end_lengths, start - floor_kwh)
                if begun_low <= ended_high + 1e-9 and ended_low <= begun_high + 1e-9:
                    return start, used, -1
                break
    return state, 0, -1


@compiled
def marginal(slopes: Vector, lengths: Vector, at_kwh: float) -> Any:
    """Lowest and highest slope at a state (kWh above the function's lower end); without bound at its ends."""
    low, high, reached = -np.inf, np.inf, 0.0
    for index in range(slopes.shape[0]):
        if reached < at_kwh - CLOSED_KWH:
            low = slopes[index]
        reached += lengths[index]
        if reached > at_kwh + CLOSED_KWH:
            high = slopes[index]
            break
    return low, high


@compiled
def solve_fixed(
    end_kwh: float, driving_kwh: Vector, choice_slopes: Vector, choice_lengths: Vector, road_slope: float,
    floor_kwh: float, ceiling_kwh: Vector, flows: Vector,
) -> float:  # fmt: skip
    """Find the optimum that starts and ends in one given state; its cost with penalty, infinite where there is none."""
    steps = driving_kwh.shape[0]
    slopes, lengths, frame, ends = np.empty(ROOM), np.empty(ROOM), np.empty(2, np.int64), np.empty(2)
    thresholds = np.empty((steps, 3))
    lay_function(slopes, lengths, frame, ends, end_kwh, end_kwh, 0.0)
    failed = walk_back(slopes, lengths, frame, ends, steps, driving_kwh, choice_slopes, choice_lengths, road_slope,
                       floor_kwh, ceiling_kwh, thresholds)  # fmt: skip
    if failed >= 0 or end_kwh < ends[0] - CLOSED_KWH or end_kwh > ends[1] + CLOSED_KWH:
        return np.inf
    reached = walk_on(end_kwh, driving_kwh, choice_lengths, floor_kwh, thresholds, flows)
    if abs(reached - end_kwh) > 1e-6:
        return np.inf
    cost = 0.0
    for step in range(steps):
        cost -= flows[0, step] * choice_slopes[step, 0] - flows[1, step] * choice_slopes[step, 1]
        cost += flows[2, step] * choice_slopes[step, 2] - flows[3, step] * road_slope
    return cost


@compiled
def search_start(
    driving_kwh: Vector, choice_slopes: Vector, choice_lengths: Vector, road_slope: float, floor_kwh: float,
    ceiling_kwh: Vector, flows: Vector,
) -> Any:  # fmt: skip
    """Find the best state to start and end in by golden section: the cost is convex in it. Gives state and cost."""
    low, high = floor_kwh, ceiling_kwh[0]
    inner, outer = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_inner = solve_fixed(inner, driving_kwh, choice_slopes, choice_lengths, road_slope, floor_kwh, ceiling_kwh, flows)
    at_outer = solve_fixed(outer, driving_kwh, choice_slopes, choice_lengths, road_slope, floor_kwh, ceiling_kwh, flows)
    while high - low > 1e-7:
        if at_inner <= at_outer:
            high, outer, at_outer = outer, inner, at_inner
            inner = high - GOLDEN * (high - low)
            at_inner = solve_fixed(inner, driving_kwh, choice_slopes, choice_lengths, road_slope, floor_kwh,
                                   ceiling_kwh, flows)  # fmt: skip
        else:
            low, inner, at_inner = inner, outer, at_outer
            outer = low + GOLDEN * (high - low)
            at_outer = solve_fixed(outer, driving_kwh, choice_slopes, choice_lengths, road_slope, floor_kwh,
                                   ceiling_kwh, flows)  # fmt: skip
    best = low
    cost = solve_fixed(best, driving_kwh, choice_slopes, choice_lengths, road_slope, floor_kwh, ceiling_kwh, flows)
    for state in (floor_kwh, ceiling_kwh[0], high, low):
        tried = solve_fixed(
            state, driving_kwh, choice_slopes, choice_lengths, road_slope, floor_kwh, ceiling_kwh, flows
        )
        if tried < cost:
            best, cost = state, tried
    cost = solve_fixed(best, driving_kwh, choice_slopes, choice_lengths, road_slope, floor_kwh, ceiling_kwh, flows)
    return best, cost


@compiled
def lay_choices(
    buy: Vector, sell: Vector, charge_kw: Vector, load_kw: Vector, discharge_kw: Vector, load_pu: Vector,
    into_pu: float, out_pu: float, wear: float, step_h: float, exports: bool, slopes: Vector, lengths: Vector,
) -> bool:  # fmt: skip
    """Lay out every step's choices by what they are worth per stored kWh; gives whether the problem is convex.

    ``slopes`` (SEK per stored kWh) and ``lengths`` (kWh) receive step × (charge, serve the house, export). Convex means
    that charging and discharging at once, or exporting before the house is served, would never pay.
    """
    convex = True
    for step in range(buy.shape[0]):
        spare_kw = max(discharge_kw[step] - load_kw[step], 0.0) if exports else 0.0
        slopes[step, 0], lengths[step, 0] = -buy[step] / into_pu, step_h * charge_kw[step] * into_pu
        slopes[step, 1], lengths[step, 1] = -(buy[step] - wear) * load_pu[step], step_h * load_kw[step] / load_pu[step]
        slopes[step, 2], lengths[step, 2] = -(sell[step] - wear) * out_pu, step_h * spare_kw / out_pu
        for one in range(2):
            for other in range(one + 1, 3):
                if lengths[step, one] > 0.0 and lengths[step, other] > 0.0:
                    convex = convex and slopes[step, one] <= slopes[step, other] + TINY_KWH
    return convex


@compiled
def lay_schedule(
    start_kwh: float, flows: Vector, driving_kwh: Vector, buy: Vector, sell: Vector, load_pu: Vector, into_pu: float,
    out_pu: float, wear: float, step_h: float, road_price: float, state: Vector,
) -> float:  # fmt: skip
    """Turn flows (battery side, kWh) into powers (AC, kW) in place, fill the state; gives the cost, SEK."""
    cost, state[0] = 0.0, start_kwh
    for step in range(driving_kwh.shape[0]):
        change = flows[0, step] - flows[1, step] - flows[2, step] + flows[3, step] - driving_kwh[step]
        state[step + 1] = state[step] + change
        flows[0, step] /= step_h * into_pu
        flows[1, step] *= load_pu[step] / step_h
        flows[2, step] *= out_pu / step_h
        value = flows[0, step] * buy[step] - flows[1, step] * (buy[step] - wear) - flows[2, step] * (sell[step] - wear)
        cost += step_h * value + road_price * flows[3, step]
    return cost
