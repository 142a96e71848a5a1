"""Finds the best offer of reserves from what is free, by the corners of its dual.

Given the free power up and down and the energy up and down, the best offer is a small linear programme. The feasible
set of its dual depends on the prices alone, so its corners are listed once an hour (``corner_table``); the reward of
any state is the least of their products with what is free. Source: METHODS 3.4.
"""

from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.compiled import compiled
from analysis.market.reserve_rules import ReserveRules

Vector = NDArray[np.float64]

PRODUCTS, RESOURCES = 3, 4
SINGULAR = 1e-9


def binding_matrix(rules: ReserveRules) -> Vector:
    """What a sold kW of FCR-N, FCR-D up and FCR-D down binds of power up, power down, energy up and energy down.

    Returns
    -------
    Vector
        Product (3) × resource (4): kW per kW, kW per kW, kWh per kW, kWh per kW.
    """
    products = (rules.fcr_n, rules.fcr_d_up, rules.fcr_d_down)
    return np.array([[p.power_up_pu, p.power_down_pu, p.energy_up_h, p.energy_down_h] for p in products])


def dual_bases(binding: Vector) -> Vector:
    """List every way in which as many resources carry a price as products meet theirs; once for each set of rules.

    Returns
    -------
    Vector
        Base × resource × product: the prices of the resources are this matrix times the prices of the products, and
        the offer is its transpose times what is free.
    """
    return _bases(tuple(binding.ravel().tolist())).copy()


@cache
def _bases(entries: tuple[float, ...]) -> Vector:
    binding, inverses = np.reshape(entries, (PRODUCTS, RESOURCES)), [np.zeros((RESOURCES, PRODUCTS))]
    for size in range(1, PRODUCTS + 1):
        for products in combinations(range(PRODUCTS), size):
            for resources in combinations(range(RESOURCES), size):
                square = binding[np.ix_(products, resources)]
                if abs(np.linalg.det(square)) < SINGULAR:
                    continue
                whole = np.zeros((RESOURCES, PRODUCTS))
                whole[np.ix_(resources, products)] = np.linalg.inv(square)
                inverses.append(whole)
    return np.array(inverses)


@compiled
def best_offer(
    prices: Vector, binding: Vector, inverses: Vector, corners: Vector, count: int, free: Vector, offer: Vector
) -> float:
    """Find the best offer from what is free; fills ``offer`` (3, kW) and gives its reward, SEK.

    The cheapest corner of the dual says which products are sold and which resources they use up. Where that leaves the
    offer's feasible set (several corners are equally cheap), all corners of that set are tried.

    Parameters
    ----------
    corners, count
        Corner × 5: the price of each resource, and the base that it comes from (``corner_table``).
    free
        Power up and down (kW), energy up and down (kWh); negative values leave nothing to offer.
    """
    for product in range(PRODUCTS):
        offer[product] = 0.0
    if min(free[0], free[1], free[2], free[3]) <= 0.0:
        return search_offer(prices, binding, free, offer)
    least, at = np.inf, 0
    for corner in range(count):
        value = 0.0
        for resource in range(RESOURCES):
            value += corners[corner, resource] * free[resource]
        if value < least:
            least, at = value, corner
    base = int(corners[at, RESOURCES])
    for product in range(PRODUCTS):
        for resource in range(RESOURCES):
            offer[product] += inverses[base, resource, product] * free[resource]
    value = worth(prices, binding, free, offer)
    if value >= least - 1e-9:
        return value
    return search_offer(prices, binding, free, offer)


@compiled
def search_offer(prices: Vector, binding: Vector, free: Vector, offer: Vector) -> float:
    """Find the best offer by trying every point where three of the seven rows of its feasible set meet."""
    best = 0.0
    for product in range(PRODUCTS):
        offer[product] = 0.0
    if min(free[0], free[1], free[2], free[3]) < 0.0:
        return best
    trial = np.empty(PRODUCTS)
    size = PRODUCTS + RESOURCES
    for one in range(size - 2):
        for two in range(one + 1, size - 1):
            for three in range(two + 1, size):
                if meet(binding, free, one, two, three, trial):
                    value = worth(prices, binding, free, trial)
                    if value > best + 1e-15:
                        best = value
                        for product in range(PRODUCTS):
                            offer[product] = trial[product]
    return best


@compiled
def worth(prices: Vector, binding: Vector, free: Vector, trial: Vector) -> float:
    """Reward of an offer; minus one where it is not allowed or sells what is not worth it."""
    value = 0.0
    for product in range(PRODUCTS):
        if trial[product] < -1e-9 or (prices[product] <= 0.0 and trial[product] > 1e-9):
            return -1.0
        trial[product] = max(trial[product], 0.0)
        value += prices[product] * trial[product]
    for resource in range(RESOURCES):
        bound = 0.0
        for product in range(PRODUCTS):
            bound += binding[product, resource] * trial[product]
        if bound > free[resource] + 1e-9:
            return -1.0
    return value


@compiled
def row(binding: Vector, at: int, product: int) -> float:
    """Entry of a row of the offer's feasible set: a resource, or (after those) the sign of a product."""
    if at < RESOURCES:
        return float(binding[product, at])
    return 1.0 if at - RESOURCES == product else 0.0


@compiled
def meet(binding: Vector, free: Vector, one: int, two: int, three: int, trial: Vector) -> bool:
    """Where three rows hold with equality, by Cramer's rule; False where they do not meet in one point."""
    a0, a1, a2 = row(binding, one, 0), row(binding, one, 1), row(binding, one, 2)
    b0, b1, b2 = row(binding, two, 0), row(binding, two, 1), row(binding, two, 2)
    c0, c1, c2 = row(binding, three, 0), row(binding, three, 1), row(binding, three, 2)
    whole = a0 * (b1 * c2 - b2 * c1) - a1 * (b0 * c2 - b2 * c0) + a2 * (b0 * c1 - b1 * c0)
    if abs(whole) < SINGULAR:
        return False
    ra = free[one] if one < RESOURCES else 0.0
    rb = free[two] if two < RESOURCES else 0.0
    rc = free[three] if three < RESOURCES else 0.0
    trial[0] = (ra * (b1 * c2 - b2 * c1) - a1 * (rb * c2 - b2 * rc) + a2 * (rb * c1 - b1 * rc)) / whole
    trial[1] = (a0 * (rb * c2 - b2 * rc) - ra * (b0 * c2 - b2 * c0) + a2 * (b0 * rc - rb * c0)) / whole
    trial[2] = (a0 * (b1 * rc - rb * c1) - a1 * (b0 * rc - rb * c0) + ra * (b0 * c1 - b1 * c0)) / whole
    return True
