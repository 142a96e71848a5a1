"""Finds the price levels of several groups of reserves at which cars offer what makes these prices.

A level is the share of today's price that is left. A group knows how its price falls with what cars offer, how much it
buys, and the floor below which cars leave it to others. Which groups there are is the caller's matter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import DataError, Fault

ITERATION_COUNT = 120
DAMPED_FROM = 20
BISECTION_COUNT = 24
CONVERGED_PU = 1e-4

# ASSUME: two price levels that agree to half a per cent of today's price have settled; schedules are few, so that
# offers change in steps and exact agreement may lie inside one.
SETTLED_PU = 5e-3

Levels = list[np.ndarray]
Offers = Callable[[Sequence[np.ndarray]], list[np.ndarray]]
"""Levels of all groups to the mean MW offered to each."""
Room = Callable[[Sequence[np.ndarray], Sequence[np.ndarray]], list[np.ndarray]]
"""Levels and offers to whether each group can take what is sold of them."""


@dataclass(frozen=True)
class Group:
    """One group of products: prequalified supply today and the exponent of erosion, and the floor as a share."""

    supply_mw: np.ndarray
    erosion_exponent: np.ndarray
    floor_pu: np.ndarray


def eroded_pu(supply_mw: np.ndarray, offered_mw: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """Price left when cars add their offers to today's supply.

    Examples
    --------
    452 MW of today and 120 MW more at exponent 1.5 leave (452/572)^1.5 = 0.70 of the price.
    """
    left: np.ndarray = (supply_mw / (supply_mw + offered_mw)) ** exponent
    return left


def settle(groups: Sequence[Group], offers: Offers, room: Room, start: Sequence[np.ndarray] | None = None) -> Levels:
    """Find the levels of all groups at which offers and prices agree.

    One group after the other is brought to the highest level that its own offers allow while the others stand, from the
    floors or from ``start``: a higher price of one draws offers from another, whose price then rises too. Steps grow
    shorter, so that groups that compete for the same cars come to rest.

    Parameters
    ----------
    groups
        Arrays of one shape (draws, numbers of cars).
    offers, room
        What cars offer at all levels, and whether it can be bought.
    start
        First levels, raised to the floors.

    Raises
    ------
    DataError
        If the levels do not come to agree.
    """
    floors = [np.minimum(group.floor_pu, 1.0) for group in groups]
    levels = [
        floor.copy() if start is None else np.clip(start[place], floor, 1.0) for place, floor in enumerate(floors)
    ]
    apart = np.full(floors[0].shape, np.inf)
    for step in range(ITERATION_COUNT):
        apart = np.zeros(floors[0].shape)
        for place, group in enumerate(groups):
            wanted = _highest_level(group, place, levels, floors[place], offers, room)
            apart = np.maximum(apart, np.abs(wanted - levels[place]))
            levels[place] = levels[place] + _pace(step) * (wanted - levels[place])
        if (apart < CONVERGED_PU).all():
            break
    if (apart >= SETTLED_PU).any():
        raise DataError(
            Fault("market balance", f"levels {float(apart.max()):.3f} from agreement after {ITERATION_COUNT} steps",
                  f"below {SETTLED_PU}", "Add reserve levels where the groups compete.")
        )  # fmt: skip
    return levels


def _pace(step: int) -> float:
    """Share of the way to take: all of it at first, then ever less, so that groups do not chase each other."""
    return 1.0 if step < DAMPED_FROM else 1.0 / (2.0 + (step - DAMPED_FROM) / 8.0)


def _highest_level(
    group: Group, place: int, levels: Levels, floor: np.ndarray, offers: Offers, room: Room
) -> np.ndarray:
    """Bisect the highest level of one group that its offers allow, the levels of the others held."""

    def is_allowed(level: np.ndarray) -> np.ndarray:
        tried = [level if other == place else held for other, held in enumerate(levels)]
        offered = offers(tried)
        within_price = level <= eroded_pu(group.supply_mw, offered[place], group.erosion_exponent) + 1e-12
        allowed: np.ndarray = within_price & room(tried, offered)[place]
        return allowed

    low, high = floor.copy(), np.ones_like(floor)
    for _ in range(BISECTION_COUNT):
        middle = (low + high) / 2
        allowed = is_allowed(middle)
        low, high = np.where(allowed, middle, low), np.where(allowed, high, middle)
    return np.where(is_allowed(np.ones_like(floor)), 1.0, low)
