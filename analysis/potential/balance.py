"""Turns dispatch values, reserve prices and cars into the two tables of market depth: the last step of the chain."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analysis.fleet.stock import Numbers
from analysis.market.reserve_rules import ReserveRules
from analysis.potential.depth import Volumes, balance, mean_prices
from analysis.potential.floor import Floors
from analysis.potential.saturation import (
    DRAW_COUNT,
    Depth,
    Outlook,
    enrolled_grid,
    market_balance_table,
    market_of,
    saturation_table,
    spread_over_draws,
)
from analysis.potential.surrogate import schedules, surrogate
from analysis.settings.model import ReserveLevel


def outlook_of(
    dispatch_values: pd.DataFrame,
    reserve_prices: pd.DataFrame,
    sample: pd.DataFrame,
    capable: pd.Series,
    charger_option: str,
    price_years: Sequence[int],
    levels: Iterable[ReserveLevel],
    volumes: Volumes,
    shares: tuple[float, float],
    central: Numbers,
    import_sek_per_kwh: float,
) -> Outlook:
    """Lay out the market in the mean of all price years and in each of them.

    Parameters
    ----------
    dispatch_values, reserve_prices, sample
        ``DispatchValues``, ``ReservePrices``, ``DispatchSample``.
    capable
        V2X-capable cars by price area.
    charger_option, price_years, levels
        What was dispatched.
    volumes
        MW bought.
    shares
        What the household keeps of price, and what is sold of an offer (``reserve_shares``).
    central, import_sek_per_kwh
        Default values of the parameters, and what a kWh drawn for standby costs.
    """
    design = tuple(levels)
    weights = dict(capable / capable.sum())

    def depth(years: Sequence[int]) -> Depth:
        known = schedules(dispatch_values, sample, weights, charger_option, years, design, shares[0])
        prices = [mean_prices(reserve_prices, year) for year in years]
        mean = {group: float(np.mean([price[group] for price in prices])) for group in prices[0]}
        return Depth(surrogate(known), mean)

    years = tuple(depth((year,)) for year in price_years)
    return Outlook(depth(price_years), years, volumes, shares[1], central, import_sek_per_kwh)


def depth_tables(
    outlook: Outlook,
    cars: tuple[float, float],
    numbers: tuple[Numbers, Numbers],
    floors: tuple[Floors, Floors],
    rules: ReserveRules,
    power_kw: float,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build ``MarketBalance`` and ``MarketSaturation``.

    Parameters
    ----------
    outlook
        The market.
    cars
        V2X-capable cars of the target year, and of the last year that adoption is followed to: ends of the grid.
    numbers, floors
        At default values, and for :data:`~analysis.potential.saturation.DRAW_COUNT` draws.
    rules, power_kw
        What an offer binds, and the charger's power.
    seed
        Deals the price years out to the draws.
    """
    now = market_of(outlook.middle, numbers[0], floors[0], outlook.volumes, outlook.sold_pu)
    grid = enrolled_grid(*cars)
    spread = spread_over_draws(outlook, grid, numbers[1], floors[1], DRAW_COUNT, seed)
    balanced = market_balance_table(grid, balance(outlook.middle.car, grid, now), spread)
    return balanced, saturation_table(outlook, now, spread, floors, rules, power_kw)
