"""Lists the dual corners of every hour of a market once, for all cars: each with the worth of energy that it holds for.

What the activation of an offer drains is worth what stored energy is worth to that car in that hour. The corners go
straight with this worth, and each is a corner between two values of it. Source: METHODS 3.4.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.compiled import compiled
from analysis.dispatch.reserve_vertices import RESOURCES, dual_bases

Vector = NDArray[np.float64]

FALL, LOW, HIGH, BASE = RESOURCES, 2 * RESOURCES, 2 * RESOURCES + 1, 2 * RESOURCES + 2
COLUMNS = BASE + 1
CORNERS_MOST = 96
WORTH_LEAST, WORTH_MOST = -0.5, 4.0
"""Between these stored energy is priced, SEK per kWh; more is the price of the road, which no offer is worth."""
UNSOLD = -1e6
TABLES_KEPT = 4


@compiled
def list_table(prices: Vector, drains: Vector, binding: Vector, inverses: Vector, table: Vector, counts: Any) -> None:
    """List the corners of every hour.

    Parameters
    ----------
    prices
        Net price of each product but for what it drains, step × product, SEK per kW and step; far below zero where
        nothing is bought.
    drains
        What an offered kW of each product drains in a step, kWh.
    table
        Receives step × 11 × corner: the price of each resource where stored energy is worth nothing, what it falls by
        for each SEK per kWh that it is worth, the least and the most that it may be worth, and the base.
    """
    price, fall = np.empty(RESOURCES), np.empty(RESOURCES)
    for step in range(prices.shape[0]):
        counts[step] = 0
        if prices[step].max() <= 0.0:
            continue
        for base in range(inverses.shape[0]):
            if sells_unsold(prices[step], inverses[base]):
                continue
            low, high = price_base(prices[step], drains, binding, inverses[base], price, fall)
            count = counts[step]
            if low > high or count == table.shape[2] or undercut(price, fall, low, high, table[step], count):
                continue
            for resource in range(RESOURCES):
                table[step, resource, count], table[step, FALL + resource, count] = price[resource], fall[resource]
            table[step, LOW, count], table[step, HIGH, count], table[step, BASE, count] = low, high, float(base)
            counts[step] = count + 1


@compiled
def sells_unsold(prices: Vector, inverse: Vector) -> bool:
    """Whether a base sells what nobody buys: it is never a corner."""
    for product in range(prices.shape[0]):
        if prices[product] <= 0.5 * UNSOLD:
            for resource in range(RESOURCES):
                if inverse[resource, product] != 0.0:
                    return True
    return False


@compiled
def price_base(prices: Vector, drains: Vector, binding: Vector, inverse: Vector, price: Vector, fall: Vector) -> Any:
    """Fill what a base makes of the resources' prices; gives the worth of energy between which it is a corner."""
    low, high = WORTH_LEAST, WORTH_MOST
    for resource in range(RESOURCES):
        price[resource], fall[resource] = 0.0, 0.0
        for product in range(prices.shape[0]):
            price[resource] += inverse[resource, product] * prices[product]
            fall[resource] += inverse[resource, product] * drains[product]
        low, high = narrow(price[resource], fall[resource], low, high)
    for product in range(prices.shape[0]):
        paid, less = -prices[product], -drains[product]
        for resource in range(RESOURCES):
            paid += binding[product, resource] * price[resource]
            less += binding[product, resource] * fall[resource]
        low, high = narrow(paid, less, low, high)
    return low, high


@compiled
def narrow(price: float, fall: float, low: float, high: float) -> Any:
    """Narrow the worth of energy to where a price that falls with it is not below zero."""
    if abs(fall) < 1e-13:
        return (low, high) if price >= -1e-10 else (1.0, -1.0)
    if fall > 0.0:
        return low, min(high, (price + 1e-10) / fall)
    return max(low, (price + 1e-10) / fall), high


@compiled
def undercut(price: Vector, fall: Vector, low: float, high: float, corners: Vector, count: int) -> bool:
    """Whether a corner that is there already is nowhere dearer where this one is one."""
    for corner in range(count):
        if corners[LOW, corner] > low or corners[HIGH, corner] < high:
            continue
        cheaper = True
        for worth in (low, high):
            for resource in range(RESOURCES):
                theirs = corners[resource, corner] - worth * corners[FALL + resource, corner]
                cheaper = cheaper and theirs <= price[resource] - worth * fall[resource] + 1e-10
        if cheaper:
            return True
    return False


class CornerTables:
    """Keeps the tables of the last few markets: all cars of an area and price level share one."""

    def __init__(self) -> None:
        self._kept: list[tuple[tuple[Vector, Vector, Vector], tuple[Vector, NDArray[np.int64]]]] = []

    def table(self, prices: Vector, drains: Vector, binding: Vector) -> tuple[Vector, NDArray[np.int64]]:
        """Give the corners of every hour and how many; see :func:`list_table`."""
        key = (prices, drains, binding)
        for known, found in self._kept:
            if all(np.array_equal(one, other) for one, other in zip(known, key, strict=True)):
                return found
        table, counts = np.zeros((len(prices), COLUMNS, CORNERS_MOST)), np.zeros(len(prices), np.int64)
        list_table(prices, drains, binding, dual_bases(binding), table, counts)
        width = -(-int(counts.max(initial=1)) // 4) * 4
        self._kept = [(key, (np.ascontiguousarray(table[:, :, :width]), counts)), *self._kept[: TABLES_KEPT - 1]]
        return self._kept[0][1]


TABLES = CornerTables()
