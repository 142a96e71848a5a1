"""Turns a maker's lifetime budget into the price at which a car spreads it over the years it is held.

A hard stop would spend the budget in the first years on poor hours; a shadow price keeps it for the good ones.
Source: METHODS 3.3.
"""

from collections.abc import Callable
from dataclasses import dataclass

from scipy import optimize

from analysis.battery.warranty import LifetimeBudget
from analysis.errors import DataError, Fault

PricedDispatch = Callable[[float, float], tuple[float, float]]
"""From an extra SEK per kWh and per counted hour to one year's kWh discharged and hours counted."""

TOLERANCE_SEK = 1e-3
MOST_SEK_PER_KWH = 20.0
MOST_SEK_PER_H = 200.0
"""Above any price at which a car would still discharge: reserves and prices of a year stay far below."""


@dataclass(frozen=True)
class ShadowPrice:
    """What a kWh and an hour of the budget are worth, and the use at these prices.

    A part that is not fully used has no price. Use steps from one schedule to the next, so that a part with a price
    may be left a little unused; it is never overdrawn where ``is_within``.
    """

    sek_per_kwh: float
    sek_per_h: float
    discharge_kwh_per_year: float
    counted_h_per_year: float
    is_within: bool
    dispatch_count: int


class _Search:
    """Remembers what each pair of prices gave; bisects one price at a time."""

    def __init__(self, dispatch: PricedDispatch, budget: LifetimeBudget, holding_years: float) -> None:
        self.dispatch = dispatch
        self.most = (budget.discharge_kwh / holding_years, budget.discharge_h / holding_years)
        self.known: dict[tuple[float, float], tuple[float, float]] = {}

    def over(self, sek_per_kwh: float, sek_per_h: float) -> tuple[float, float]:
        """Kilowatt hours and hours a year above what the budget leaves (below zero: unused)."""
        prices = sek_per_kwh, sek_per_h
        if prices not in self.known:
            self.known[prices] = self.dispatch(*prices)
        used = self.known[prices]
        return used[0] - self.most[0], used[1] - self.most[1]

    def kwh_price(self, sek_per_h: float) -> float:
        """Least price per kWh at which the energy lasts, at a price per hour."""
        return self._least(lambda price: self.over(price, sek_per_h)[0], MOST_SEK_PER_KWH, "kWh")

    def hour_price(self) -> float:
        """Least price per hour at which the hours last, the energy priced beside it."""
        return self._least(lambda price: self.over(self.kwh_price(price), price)[1], MOST_SEK_PER_H, "hours")

    @staticmethod
    def _least(over: Callable[[float], float], most: float, part: str) -> float:
        if over(0.0) <= 0:
            return 0.0
        if over(most) > 0:
            raise DataError(
                Fault(f"lifetime budget, {part}", f"use above it at {most:g} SEK", "a dispatch that gives way to price",
                      "Check that the dispatch uses the price it is given.")
            )  # fmt: skip
        # by sign alone: a schedule that uses the budget to the last kWh is within it, also at its least price
        root = float(optimize.bisect(lambda price: 1.0 if over(price) > 0 else -1.0, 0.0, most, xtol=TOLERANCE_SEK))
        # the step lies within the tolerance of the root: take its far side, where the budget lasts
        return root if over(root) <= 0 else min(root + 2 * TOLERANCE_SEK, most)


def budget_shadow_price(dispatch: PricedDispatch, budget: LifetimeBudget, holding_years: float) -> ShadowPrice:
    """Find the prices per kWh and per hour at which a lifetime budget lasts for the years a car is held.

    Parameters
    ----------
    dispatch
        Optimises one year with an extra cost on each kWh discharged and each hour counted; use must not rise with
        either price.
    budget
        The maker's.
    holding_years
        Over which the budget is to be used.

    Returns
    -------
    ShadowPrice
        Zero for a part that lasts anyway. ``is_within`` says whether both parts last at these prices.

    Raises
    ------
    DataError
        If use stays above the budget however high the price.

    References
    ----------
    METHODS 3.3.

    Examples
    --------
    Use falls from 3 000 kWh a year by 1 000 for each SEK/kWh, 10 000 kWh are to last 10 years: 2 SEK/kWh.
    """
    if holding_years <= 0:
        raise ValueError("holding_years must be positive")
    search = _Search(dispatch, budget, holding_years)
    hour_price = search.hour_price()
    kwh_price = search.kwh_price(hour_price)
    over = search.over(kwh_price, hour_price)
    used = search.known[kwh_price, hour_price]
    return ShadowPrice(kwh_price, hour_price, *used, is_within=max(over) <= 0, dispatch_count=len(search.known))
