"""Turns a latent year into prices: lays the real distributions over its ranks, so that level, tails and spread hold.

The latent year decides *when* something is dear or cheap, the distributions decide *how* dear. They are laid on in
turns until all hold: the hourly prices of each month and quarter of the day, the spreads (dearest four hours minus
cheapest four) of each month's days and nights, and the share of hours in which neighbouring areas have one price.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.schemas.base import PRICE_AREAS
from analysis.schemas.price_statistics import QUANTILE_LEVELS_PU
from analysis.synthetic.price_clock import HOURS_PER_DAY, NOON, Floats, YearClock, days_from

SPREAD_HOURS: Final = 4
"""Hours in each end of a spread."""
# ASSUME: four hours, about what a 60 kWh car moves at 11 kW; the spread is a statistic of the market, not of the car.

ROUNDS: Final = 4
STRETCHES_PER_ROUND: Final = 2
SMALLEST_SPREAD_EUR: Final = 0.01
LARGEST_STRETCH: Final = 5.0
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


@dataclass(frozen=True)
class SpreadWindow:
    """The hours over which a spread is taken: a run of hours in a day that starts at a local clock hour."""

    start_hour: int
    first: int
    last: int

    def fold(self, clock_hours: Floats) -> Floats:
        """Fold series × clock hours into day × series × hours of the window."""
        return days_from(clock_hours, self.start_hour)[:, :, self.first : self.last]

    def spread(self, clock_hours: Floats) -> Floats:
        """Mean of the four dearest minus mean of the four cheapest hours of each window; day × series, EUR/MWh."""
        ordered = np.sort(self.fold(clock_hours), axis=-1)
        spread: Floats = ordered[..., -SPREAD_HOURS:].mean(axis=-1) - ordered[..., :SPREAD_HOURS].mean(axis=-1)
        return spread


SPREADS: Final = {
    "spread_of_day": SpreadWindow(start_hour=0, first=0, last=HOURS_PER_DAY),
    "spread_of_night": SpreadWindow(start_hour=NOON, first=5, last=19),
}
"""The local day, and the night from 17 to 07, when cars stand at home."""


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


def stretch_spreads(prices: Floats, spreads: dict[str, Quantiles], clock: YearClock) -> Floats:
    """Stretch prices around their running mean so that the spreads of every month near the real distribution.

    Each day and each night has a mean and a stretch, set at its middle; between the middles both are interpolated, so
    that no jump arises where days meet.
    """
    middles, means, stretches = [], [], []
    for statistic, window in SPREADS.items():
        spread = np.maximum(window.spread(prices), SMALLEST_SPREAD_EUR)
        stretch = np.empty_like(spread)
        for month in range(1, 13):
            rows = np.flatnonzero(clock.day_month == month)
            for column, name in enumerate(PRICE_AREAS):
                points = spreads[statistic][name, month, 0]
                target = np.interp(rank_shares(spread[rows, column]), LEVELS, points)
                stretch[rows, column] = target / spread[rows, column]
        middles.append(np.arange(clock.day_count) * HOURS_PER_DAY + window.start_hour + HOURS_PER_DAY / 2)
        means.append(window.fold(prices).mean(axis=2))
        stretches.append(np.clip(stretch, 1 / LARGEST_STRETCH, LARGEST_STRETCH))
    middle, mean, stretch = np.concatenate(middles), np.concatenate(means), np.concatenate(stretches)
    hours = prices.shape[1]
    at = np.arange(hours) + 0.5
    stretched = np.empty_like(prices)
    for row in range(len(prices)):
        centre = np.interp(at, middle, mean[:, row], period=hours)
        factor = np.interp(at, middle, stretch[:, row], period=hours)
        stretched[row] = centre + (prices[row] - centre) * factor
    return stretched


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
        for _ in range(STRETCHES_PER_ROUND):
            prices = stretch_spreads(prices, spreads, clock)
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
