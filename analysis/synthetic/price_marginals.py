"""Turns a latent year into prices: lays the real distributions over its ranks, so that level, tails and spread hold.

The latent year decides *when* something is dear or cheap, the distributions decide *how* dear. Two kinds are laid on in
turns until both hold: the hourly prices of each month and part of the day, and the daily spreads of each month (dearest
four hours minus cheapest four), for days from midnight and for nights from noon to noon.
"""

from typing import Final

import numpy as np

from analysis.schemas.base import PRICE_AREAS
from analysis.schemas.price_statistics import QUANTILE_LEVELS_PU
from analysis.synthetic.price_clock import NOON, Floats, Integers, YearClock, days_from, from_days

SPREAD_HOURS: Final = 4
"""Hours in each end of the daily spread."""
# ASSUME: four hours, about what a 60 kWh car moves at 11 kW; the spread is a statistic of the market, not of the car.

ROUNDS: Final = 4
SMALLEST_SPREAD_EUR: Final = 0.01
SPREADS: Final = {"spread_from_midnight": 0, "spread_from_noon": NOON}
LEVELS: Final = np.array(QUANTILE_LEVELS_PU, dtype=float)

Quantiles = dict[tuple[str, int, int], Floats]


def rank_shares(values: Floats) -> Floats:
    """Give each value its share in the sample, (rank − ½) / n; equal values take the order they stand in.

    Examples
    --------
    30, 10, 20 gives 0.833, 0.167, 0.5.
    """
    shares = np.empty(len(values))
    shares[np.argsort(values, kind="stable")] = (np.arange(len(values)) + 0.5) / len(values)
    return shares


def daily_spread(days: Floats) -> Floats:
    """Mean of the four dearest minus mean of the four cheapest hours, over the last axis; EUR/MWh."""
    ordered = np.sort(days, axis=-1)
    spread: Floats = ordered[..., -SPREAD_HOURS:].mean(axis=-1) - ordered[..., :SPREAD_HOURS].mean(axis=-1)
    return spread


def lay_hourly_prices(order: Floats, names: tuple[str, ...], quantiles: Quantiles, clock: YearClock) -> Floats:
    """Replace each value by the price at its rank within its series, month and part of the day."""
    prices = np.empty_like(order)
    group = clock.month * 10 + clock.part
    for key in np.unique(group):
        cells = np.flatnonzero(group == key)
        for row, name in enumerate(names):
            points = quantiles[name, int(key) // 10, int(key) % 10]
            prices[row, cells] = np.interp(rank_shares(order[row, cells]), LEVELS, points)
    return prices


def lay_daily_spreads(
    prices: Floats, names: tuple[str, ...], quantiles: Quantiles, day_month: Integers, start_hour: int
) -> Floats:
    """Stretch each day around its mean so that the spreads of every month follow the real distribution."""
    days = days_from(prices, start_hour).copy()
    spread = np.maximum(daily_spread(days), SMALLEST_SPREAD_EUR)
    for month in np.unique(day_month):
        rows = np.flatnonzero(day_month == month)
        for column, name in enumerate(names):
            target = np.interp(rank_shares(spread[rows, column]), LEVELS, quantiles[name, int(month), 0])
            block = days[rows, column]
            mean = block.mean(axis=1, keepdims=True)
            days[rows, column] = mean + (block - mean) * (target / spread[rows, column])[:, None]
    return from_days(days, start_hour)


def lay_distributions(
    order: Floats,
    hourly: Quantiles,
    spreads: dict[str, Quantiles],
    coupled: dict[tuple[int, int], Floats],
    clock: YearClock,
) -> Floats:
    """Lay hourly prices, daily spreads and equal hours of the price areas over a latent year, in turns.

    Parameters
    ----------
    order
        Price area × clock hours: anything whose ranks say when prices are high.
    hourly, spreads
        Distributions in EUR; the two spreads are named in ``SPREADS``.
    coupled
        See :func:`couple_areas`.

    Returns
    -------
    np.ndarray
        Prices, EUR/MWh, like ``order``.
    """
    prices = order
    for _ in range(ROUNDS):
        prices = lay_hourly_prices(prices, PRICE_AREAS, hourly, clock)
        for statistic, start_hour in SPREADS.items():
            prices = lay_daily_spreads(prices, PRICE_AREAS, spreads[statistic], clock.day_month, start_hour)
        prices = couple_areas(prices, coupled, clock)
    return prices


def couple_areas(prices: Floats, shares: dict[tuple[int, int], Floats], clock: YearClock) -> Floats:
    """Give neighbouring areas one price in as many hours of each month as in reality: those where they are closest.

    Parameters
    ----------
    prices
        Area × clock hours.
    shares
        (row, next row) → share of hours with equal prices, one value per month.
    """
    linked = np.zeros((len(prices), prices.shape[1]), dtype=bool)
    for (upper, lower), by_month in shares.items():
        distance = np.abs(prices[upper] - prices[lower])
        for month in range(1, 13):
            cells = np.flatnonzero(clock.month == month)
            nearest = np.argsort(distance[cells], kind="stable")[: round(by_month[month - 1] * len(cells))]
            linked[lower, cells[nearest]] = True
    group = np.cumsum(~linked, axis=0)
    coupled = np.empty_like(prices)
    for number in range(1, len(prices) + 1):
        members = group == number
        total = np.where(members, prices, 0.0).sum(axis=0) / np.maximum(members.sum(axis=0), 1)
        coupled = np.where(members, total, coupled)
    return coupled
