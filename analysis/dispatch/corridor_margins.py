"""Says what a kW less of net discharge would be worth in each step of a walked path, offers of reserves included.

It is what a cap on the site's import takes away where it binds. Compiled. Source: METHODS 3.2, 3.4.
"""

from typing import Any

import numpy as np

from analysis.dispatch.compiled import compiled
from analysis.dispatch.corner_table import FALL, HIGH, LOW, WORTH_LEAST, WORTH_MOST
from analysis.dispatch.corridor_on import fill_free
from analysis.dispatch.moves import (
    BUY,
    C1,
    C2,
    CHARGE,
    D1,
    D2,
    DISCHARGE,
    EXTRA,
    FAR,
    PLUGGED,
    STEP,
    WEAR,
    Vector,
)
from analysis.dispatch.reserve_vertices import RESOURCES

SMALL_KW = 0.01


@compiled
def reward_of(corners: Vector, count: int, worth: float, free: Vector) -> float:
    """Reward of the best offer from what is free, by the cheapest corner, SEK."""
    if count == 0 or min(free[2], free[3]) < 0.0:
        return 0.0
    least = FAR
    for corner in range(count):
        if corners[LOW, corner] <= worth <= corners[HIGH, corner]:
            value = 0.0
            for resource in range(RESOURCES):
                value += (corners[resource, corner] - worth * corners[FALL + resource, corner]) * free[resource]
            least = min(least, value)
    return float(max(least, 0.0)) if least < FAR else 0.0


@compiled
def margins(
    hours: Vector, physics: Vector, table: Vector, counts: Any, path: Vector, flows: Vector, worth: Vector, out: Vector
) -> None:
    """Fill what a kW less of net discharge would be worth in each step, SEK; below zero where it would cost.

    Parameters
    ----------
    path
        Stored energy at the start of each step and at the end.
    flows
        Charged and discharged (kW) and more; × step.
    worth
        What a stored kWh is worth after each step, SEK.
    """
    steps, free = hours.shape[0], np.empty(RESOURCES)
    for step in range(steps):
        hour, later, out[step] = hours[step], hours[(step + 1) % steps], 0.0
        if hour[PLUGGED] <= 0.0:
            continue
        charge, discharge = flows[0, step], flows[1, step]
        if discharge > 0.0:
            per_kw = physics[STEP] * (1.0 + physics[D1] + hour[EXTRA] + 2.0 * physics[D2] * discharge)
            price = hour[BUY] - physics[WEAR]
        else:
            per_kw = physics[STEP] * (1.0 - physics[C1] - 2.0 * physics[C2] * charge)
            price = hour[BUY]
        rewards = np.empty(2)
        clipped = min(max(worth[step], WORTH_LEAST), WORTH_MOST)
        for trial in range(2):
            less = trial * SMALL_KW
            free[0], free[1] = hour[DISCHARGE] - discharge + charge + less, hour[CHARGE] + discharge - charge - less
            fill_free(path[step], path[step + 1] + less * per_kw, 0.0, 0.0, hour, later, physics, free)
            rewards[trial] = reward_of(table[step % table.shape[0]], counts[step], clipped, free)
        out[step] = worth[step] * per_kw - physics[STEP] * price + (rewards[1] - rewards[0]) / SMALL_KW
