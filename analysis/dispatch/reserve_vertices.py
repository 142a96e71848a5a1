"""Finds the best offer of reserves from what is free, by the corners of its dual.

Given the free power up and down and the energy up and down, the best offer is a small linear programme. The feasible
set of its dual depends on the prices alone, so its corners are listed once an hour (``corner_table``); the reward of
any state is the least of their products with what is free. Source: METHODS 3.4.
"""

from collections.abc import Iterable
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.compiled import compiled
from analysis.market.reserve_rules import ProductRule

Vector = NDArray[np.float64]

RESOURCES = 4
SINGULAR = 1e-9


def binding_matrix(rules: Iterable[ProductRule]) -> Vector:
    """What a sold kW of each product binds of power up, power down, energy up and energy down.

    Returns
    -------
    Vector
        Product × resource (4): kW per kW, kW per kW, kWh per kW, kWh per kW.
    """
    return np.array([[rule.power_up_pu, rule.power_down_pu, rule.energy_up_h, rule.energy_down_h] for rule in rules])


def dual_bases(binding: Vector) -> Vector:
    """List every way in which as many resources carry a price as products meet theirs; once for each set of rules.

    Returns
    -------
    Vector
        Base × resource × product: the prices of the resources are this matrix times the prices of the products, and
        the offer is its transpose times what is free.
    """
    return _bases(tuple(map(tuple, binding.tolist()))).copy()


@cache
def _bases(rows: tuple[tuple[float, ...], ...]) -> Vector:
    binding, count = np.array(rows), len(rows)
    inverses = [np.zeros((RESOURCES, count))]
    for size in range(1, min(count, RESOURCES) + 1):
        for products in combinations(range(count), size):
            for resources in combinations(range(RESOURCES), size):
                square = binding[np.ix_(products, resources)]
                if abs(np.linalg.det(square)) < SINGULAR:
                    continue
                whole = np.zeros((RESOURCES, count))
                whole[np.ix_(resources, products)] = np.linalg.inv(square)
                inverses.append(whole)
    return np.array(inverses)


@compiled
def best_offer(
    prices: Vector, binding: Vector, inverses: Vector, corners: Vector, count: int, free: Vector, offer: Vector
) -> float:
    """Find the best offer from what is free; fills ``offer`` (kW) and gives its reward, SEK.

    The cheapest corner of the dual says which products are sold and which resources they use up. Where that leaves the
    offer's feasible set (several corners are equally cheap), all corners of that set are tried.

    Parameters
    ----------
    corners, count
        Corner × 5: the price of each resource, and the base that it comes from (``corner_table``).
    free
        Power up and down (kW), energy up and down (kWh); negative values leave nothing to offer.
    """
    if min(free[0], free[1], free[2], free[3]) <= 0.0:
        return search_offer(prices, binding, inverses, free, offer)
    least, at = np.inf, 0
    for corner in range(count):
        value = 0.0
        for resource in range(RESOURCES):
            value += corners[corner, resource] * free[resource]
        if value < least:
            least, at = value, corner
    lay_offer(inverses[int(corners[at, RESOURCES])], free, offer)
    value = worth(prices, binding, free, offer)
    if value >= least - 1e-9:
        return value
    return search_offer(prices, binding, inverses, free, offer)


@compiled
def lay_offer(inverse: Vector, free: Vector, offer: Vector) -> None:
    """Fill the offer that a base makes of what is free."""
    for product in range(offer.shape[0]):
        offer[product] = 0.0
        for resource in range(RESOURCES):
            offer[product] += inverse[resource, product] * free[resource]


@compiled
def search_offer(prices: Vector, binding: Vector, inverses: Vector, free: Vector, offer: Vector) -> float:
    """Find the best offer by trying every corner of its feasible set: every base has one."""
    best, at = 0.0, 0
    if min(free[0], free[1], free[2], free[3]) >= 0.0:
        for base in range(inverses.shape[0]):
            lay_offer(inverses[base], free, offer)
            value = worth(prices, binding, free, offer)
            if value > best + 1e-15:
                best, at = value, base
    lay_offer(inverses[at], free, offer)
    worth(prices, binding, free, offer)
    return best


@compiled
def worth(prices: Vector, binding: Vector, free: Vector, trial: Vector) -> float:
    """Reward of an offer; minus one where it is not allowed or sells what is not worth it."""
    value = 0.0
    for product in range(trial.shape[0]):
        if trial[product] < -1e-9 or (prices[product] <= 0.0 and trial[product] > 1e-9):
            return -1.0
        trial[product] = max(trial[product], 0.0)
        value += prices[product] * trial[product]
    for resource in range(RESOURCES):
        bound = 0.0
        for product in range(trial.shape[0]):
            bound += binding[product, resource] * trial[product]
        if bound > free[resource] + 1e-9:
            return -1.0
    return value
