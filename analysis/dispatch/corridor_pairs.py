"""Prices every move between the nodes of two steps at once: cost, power, energy left free, reward of the best offer.

Short loops over flat arrays of pairs (end × start), written so that they run on several numbers at once. Compiled.
Source: METHODS 3.3, 3.4, 3.6.
"""

import numpy as np

from analysis.dispatch.compiled import compiled, vectorised
from analysis.dispatch.moves import (
    BUY,
    C0,
    C1,
    C2,
    CAPPED,
    CHARGE,
    D0,
    D1,
    D2,
    DISCHARGE,
    EXPORTS,
    EXTRA,
    FAR,
    LEAST,
    LOAD,
    MUST,
    MUST_PRICE,
    OUT_PRICE,
    SELL,
    STEP,
    WEAR,
    Vector,
    drawn_kwh,
    stored_kwh,
)

SAME_KWH = 1e-9
(MOST_IN, LEAST_IN, MOST_OUT, LEAST_OUT, LOAD_OUT, BUYS, SERVES, SELLS, LOAD_KW, PER_LOAD, MUST_KW, MUST_OUT,
 MUST_WORTH) = range(13)  # fmt: skip
TERMS = 13


@compiled
def lay_terms(hour: Vector, physics: Vector, terms: Vector) -> None:
    """Turn a step into the moves at which it bends (kWh, battery side) and the worth of a kWh AC each way."""
    most_out = hour[DISCHARGE] if physics[EXPORTS] > 0.0 else min(hour[LOAD], hour[DISCHARGE])
    load = min(hour[LOAD], most_out)
    most_in = min(hour[CHARGE], hour[CAPPED])
    terms[MOST_IN] = stored_kwh(most_in, physics) if most_in >= physics[LEAST] else 0.0
    terms[LEAST_IN] = min(stored_kwh(physics[LEAST], physics), terms[MOST_IN])
    terms[MOST_OUT] = drawn_kwh(most_out, load, hour[EXTRA], physics)
    terms[LEAST_OUT] = physics[STEP] * physics[D0] if most_out > 0.0 else 0.0
    terms[LOAD_OUT] = drawn_kwh(load, load, hour[EXTRA], physics)
    terms[BUYS], terms[SERVES] = physics[STEP] * hour[BUY], physics[STEP] * (hour[BUY] - physics[WEAR])
    terms[SELLS], terms[LOAD_KW] = physics[STEP] * (hour[SELL] - physics[WEAR]), load
    terms[PER_LOAD] = physics[STEP] * (1.0 + physics[D1] + hour[EXTRA])
    terms[MUST_KW], terms[MUST_WORTH] = hour[MUST], physics[STEP] * physics[MUST_PRICE]
    terms[MUST_OUT] = drawn_kwh(min(hour[MUST], load), load, hour[EXTRA], physics)


@vectorised
def lay_pairs(
    starts: Vector, ends: Vector, shift: float, terms: Vector, per_in: float, per_out: float, road: float,
    cost: Vector, power: Vector,
) -> None:  # fmt: skip
    """Cost and net discharging power of every pair of nodes (end × start, flat), at constant efficiencies.

    Parameters
    ----------
    shift
        What the move makes up for beside the change of state: driving and drain, kWh.
    per_in, per_out
        Power (AC) by kWh stored and by kWh drawn beyond the house.
    road
        Price of a kWh that charging cannot reach; far where the car stands still.
    """
    count = starts.shape[0]
    most_in, most_out, load_out = terms[0], terms[2] + SAME_KWH, terms[4]
    buys, serves, sells, per_load = terms[5], terms[6], terms[7], 1.0 / terms[9]
    must, must_worth = terms[10], terms[12]
    for end in range(ends.shape[0]):
        target = ends[end] + shift
        for start in range(count):
            move = target - starts[start]
            charge = max(min(move, most_in), 0.0) * per_in
            outward = max(-move, 0.0)
            drawn = min(outward, load_out)
            served = drawn * per_load
            sold = (outward - drawn) * per_out
            beyond = max(move - most_in - SAME_KWH, 0.0) * road + max(outward - most_out, 0.0) * FAR
            beyond += max(must - served, 0.0) * must_worth
            cost[end * count + start] = charge * buys - served * serves - sold * sells + beyond
            power[end * count + start] = served + sold - charge


@vectorised
def lay_curved_pairs(
    starts: Vector, ends: Vector, shift: float, terms: Vector, physics: Vector, road: float, dead: float,
    worth: float, cost: Vector, power: Vector,
) -> None:  # fmt: skip
    """As :func:`lay_pairs` with losses by power; a move within ``dead`` kWh of one allowed is that one.

    What it misses is priced at what stored energy is worth.
    """
    count, step = starts.shape[0], physics[0]
    most_in, least_in, most_out, least_out = terms[0], terms[1], terms[2], terms[3]
    buys, serves, sells, load = terms[5], terms[6], terms[7], terms[8]
    must, must_worth = terms[10], terms[12]
    into, fourfold_in, plain, fourfold_out = 1.0 - physics[C1], 4.0 * physics[C2], 1.0 + physics[D1], 4.0 * physics[D2]
    per_start = step * physics[OUT_PRICE]
    load_out, extra = terms[4] + SAME_KWH, terms[9] / step - plain
    for end in range(ends.shape[0]):
        target = ends[end] + shift
        for start in range(count):
            move = target - starts[start]
            inward = min(max(move, least_in), most_in)
            inward = inward if move > dead else 0.0
            outward = min(max(-move, least_out), most_out)
            outward = outward if move < -dead else 0.0
            missed = move - inward + outward
            power_in = inward / step + physics[C0]
            charge = 2.0 * power_in / (into + np.sqrt(max(into * into - fourfold_in * power_in, 0.0)))
            charge = charge if inward > 0.0 else 0.0
            out = plain + extra if outward <= load_out else plain
            power_out = outward / step - physics[D0] - (0.0 if outward <= load_out else extra * load)
            discharge = 2.0 * power_out / (out + np.sqrt(max(out * out + fourfold_out * power_out, 0.0)))
            discharge = discharge if outward > 0.0 else 0.0
            served = min(discharge, load)
            beyond = max(missed - dead - SAME_KWH, 0.0) * road + max(-missed - dead - SAME_KWH, 0.0) * FAR
            value = charge * buys - served * serves - (discharge - served) * sells
            value += per_start if outward > 0.0 else 0.0
            value += max(must - served, 0.0) * must_worth
            cost[end * count + start] = value + worth * min(max(missed, -dead), dead) + beyond
            power[end * count + start] = discharge - charge


@vectorised
def lay_slack(starts: Vector, ends: Vector, bounds: Vector, up: Vector, down: Vector) -> None:
    """Energy free for activation up and down, at the start and at the end of the step, of every pair.

    ``bounds``: least and most energy beside offers at the start, then at the end.
    """
    count = starts.shape[0]
    least, most, least_after, most_after = bounds[0], bounds[1], bounds[2], bounds[3]
    for end in range(ends.shape[0]):
        end_up, end_down = ends[end] - least_after, most_after - ends[end]
        for start in range(count):
            up[end * count + start] = min(starts[start] - least, end_up)
            down[end * count + start] = min(most - starts[start], end_down)


@vectorised
def lay_lines(
    corners: Vector, count: int, shadow: float, discharge_kw: float, charge_kw: float, out: float, into: float,
    power: float, up: float, down: float, lines: Vector,
) -> None:  # fmt: skip
    """Turn an hour's corners into lines in power, energy up and energy down, and their value at one point."""
    for corner in range(count):
        one = corners[0, corner] - shadow * corners[4, corner]
        two = corners[1, corner] - shadow * corners[5, corner]
        level = one * discharge_kw + two * charge_kw
        slope = two - one
        per_up = (corners[2, corner] - shadow * corners[6, corner]) * out
        per_down = (corners[3, corner] - shadow * corners[7, corner]) / into
        value = level + slope * power + per_up * up + per_down * down
        beyond = max(corners[8, corner] - shadow, shadow - corners[9, corner])
        lines[0, corner], lines[1, corner], lines[2, corner], lines[3, corner] = level, slope, per_up, per_down
        lines[4, corner] = value if beyond <= 0.0 else FAR


@vectorised
def lay_reach(lines: Vector, count: int, at: int, steep: float, span: float) -> None:
    """Lower the value of every line by what pairs apart can make up against one line."""
    slope, per_up, per_down = lines[1, at], lines[2, at], lines[3, at]
    for corner in range(count):
        apart = abs(lines[2, corner] - per_up) + abs(lines[3, corner] - per_down)
        lines[5, corner] = lines[4, corner] - steep * abs(lines[1, corner] - slope) - span * apart


@vectorised
def lower_reward(power: Vector, up: Vector, down: Vector, lines: Vector, before: Vector, reward: Vector) -> None:
    """Reward of every pair: the least of four lines and of what stands there before."""
    s0, a0, b0, c0 = lines[0, 0], lines[0, 1], lines[0, 2], lines[0, 3]
    s1, a1, b1, c1 = lines[1, 0], lines[1, 1], lines[1, 2], lines[1, 3]
    s2, a2, b2, c2 = lines[2, 0], lines[2, 1], lines[2, 2], lines[2, 3]
    s3, a3, b3, c3 = lines[3, 0], lines[3, 1], lines[3, 2], lines[3, 3]
    for pair in range(power.shape[0]):
        p, u, d = power[pair], up[pair], down[pair]
        one = min(s0 + a0 * p + b0 * u + c0 * d, s1 + a1 * p + b1 * u + c1 * d)
        two = min(s2 + a2 * p + b2 * u + c2 * d, s3 + a3 * p + b3 * u + c3 * d)
        reward[pair] = min(min(one, two), before[pair])


@vectorised
def take_reward(
    cost: Vector, power: Vector, up: Vector, down: Vector, lines: Vector, before: Vector, left: Vector
) -> None:
    """Cost less reward of every pair: as :func:`lower_reward`, and nothing where the energy rows cannot hold."""
    s0, a0, b0, c0 = lines[0, 0], lines[0, 1], lines[0, 2], lines[0, 3]
    s1, a1, b1, c1 = lines[1, 0], lines[1, 1], lines[1, 2], lines[1, 3]
    s2, a2, b2, c2 = lines[2, 0], lines[2, 1], lines[2, 2], lines[2, 3]
    s3, a3, b3, c3 = lines[3, 0], lines[3, 1], lines[3, 2], lines[3, 3]
    for pair in range(power.shape[0]):
        p, u, d = power[pair], up[pair], down[pair]
        one = min(s0 + a0 * p + b0 * u + c0 * d, s1 + a1 * p + b1 * u + c1 * d)
        two = min(s2 + a2 * p + b2 * u + c2 * d, s3 + a3 * p + b3 * u + c3 * d)
        reward = min(min(one, two), before[pair])
        reward = reward if min(u, d) > -SAME_KWH else 0.0
        left[pair] = cost[pair] - max(reward, 0.0)


@vectorised
def least_of_eight(
    cost: Vector, after: Vector, first: int, value_before: Vector, best_before: Vector, value: Vector, best: Vector
) -> None:
    """Find the cheapest of eight ends for every start, and of what stands there before."""
    count = value.shape[0]
    at = first * count
    a0, a1, a2, a3 = after[first], after[first + 1], after[first + 2], after[first + 3]
    a4, a5, a6, a7 = after[first + 4], after[first + 5], after[first + 6], after[first + 7]
    for start in range(count):
        least, end = value_before[start], best_before[start]
        for offset, later in ((0, a0), (1, a1), (2, a2), (3, a3), (4, a4), (5, a5), (6, a6), (7, a7)):
            trial = cost[at + offset * count + start] + later
            lower = trial < least
            least, end = trial if lower else least, float(first + offset) if lower else end
        value[start], best[start] = least, end
