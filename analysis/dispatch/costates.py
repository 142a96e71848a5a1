"""Finds what a stored kWh is worth along an optimal path of stored energy, between the least and the most it may be.

Where an hour charges or discharges in part its price says it; between two contacts with floor or ceiling it stays the
same; at the floor it falls, at the ceiling it rises. Compiled. Source: METHODS 3.3.
"""

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.compiled import compiled

Vector = NDArray[np.float64]

CONTACT_KWH = 1e-7
FLOW_KWH = 1e-9
FREE_SEK = 1e6
SWEEPS = 4


@compiled
def price_flows(
    flows: Vector, slopes: Vector, lengths: Vector, driving: Vector, road: float, least: Vector, most: Vector
) -> None:
    """Fill between what each step's flows alone let a stored kWh be worth after them, SEK.

    Parameters
    ----------
    flows
        Charged, served, exported, road (battery side, kWh) × step.
    slopes, lengths
        The choices of each step, as ``thresholds.lay_choices`` lays them.
    road
        What a kWh charged on the road costs, penalty included.
    """
    for step in range(driving.shape[0]):
        least[step], most[step] = -FREE_SEK, FREE_SEK
        for choice in range(3):
            length, price, taken = lengths[step, choice], -slopes[step, choice], flows[choice, step]
            if length <= FLOW_KWH:
                continue
            begun, full = taken > FLOW_KWH, taken >= length - FLOW_KWH
            if (choice == 0 and begun) or (choice > 0 and not full):
                least[step] = max(least[step], price)
            if (choice == 0 and not full) or (choice > 0 and begun):
                most[step] = min(most[step], price)
        if driving[step] > 0.0:
            most[step] = min(most[step], road)
            if flows[3, step] > FLOW_KWH:
                least[step] = max(least[step], road)


@compiled
def carry(state: Vector, floor: float, ceiling: Vector, least: Vector, most: Vector) -> None:
    """Narrow the worths of a period that closes by those of the steps before and after.

    Parameters
    ----------
    state
        Stored energy at the start of each step and at the end, kWh.
    ceiling
        Most energy at the start of each step.
    least, most
        Worth after each step: in, what its flows alone allow; out, the least and the greatest worths that fit together.
    """
    steps = ceiling.shape[0]
    for sweep in range(SWEEPS):
        for place in range(steps):
            step = place if sweep % 2 else steps - 1 - place
            after = (step + 1) % steps
            low, high = state[step + 1] < floor + CONTACT_KWH, state[step + 1] > ceiling[after] - CONTACT_KWH
            if not high:
                least[step] = max(least[step], least[after])
                most[after] = min(most[after], most[step])
            if not low:
                least[after] = max(least[after], least[step])
                most[step] = min(most[step], most[after])
