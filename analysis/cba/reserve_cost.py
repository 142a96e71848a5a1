"""Turns the fall of reserve prices that additional cars bring into what other customers save and its sellers lose."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.depth import Depth
from analysis.cba.paths import Path
from analysis.errors import DataError, Fault
from analysis.potential.depth import required_volumes
from analysis.units import HOURS_PER_YEAR

Cube = NDArray[np.float64]

PRICES = ("fcr_n_price", "fcr_d_price")


def bought_reserve_sek(saturation: pd.DataFrame, facts: pd.DataFrame) -> Cube:
    """What Sweden pays a year for its whole volume at today's prices: FCR-N, and FCR-D up and down together.

    Parameters
    ----------
    saturation
        ``MarketSaturation``: today's mean prices by group, SEK/MW,h.
    facts
        ``Facts``: volume bought by product, MW.

    Raises
    ------
    DataError
        For each price that is missing, and each volume.

    Examples
    --------
    226 MW FCR-N at 400 SEK/MW,h cost 226·400·8 760 = 791.9 MSEK a year.
    """
    # ASSUME: Svenska kraftnät buys its stated volume in every hour of the year at the mean price of the run's years.
    prices = saturation.set_index("measure")["value"].reindex(list(PRICES))
    if prices.isna().any():
        missing = ", ".join(prices.index[prices.isna()])
        raise DataError(Fault("saturation", f"no price in {missing}", "SEK/MW,h", "Run balance_market again."))
    volumes = required_volumes(facts)
    bought_mw = np.array([volumes.fcr_n_mw, volumes.fcr_d_up_mw + volumes.fcr_d_down_mw])
    return np.asarray(prices.to_numpy(dtype=float) * bought_mw * HOURS_PER_YEAR)


def levels_pu(depth: Depth, path: Path) -> Cube:
    """Share of today's price that is left where the market stands: draw × year × group (FCR-N, FCR-D)."""
    fraction = path.fraction[..., None]
    return np.asarray((1.0 - fraction) * depth.levels_pu[path.lower] + fraction * depth.levels_pu[path.lower + 1])


def price_fall_sek(depth: Depth, without: Path, with_support: Path, bought_sek: Cube) -> Cube:
    """Fall of the yearly cost of all reserves bought, from the cars without support to those with it: draw × year.

    Examples
    --------
    792 MSEK of FCR-N whose price falls from 0.90 to 0.85 of today's: 39.6 MSEK a year.

    References
    ----------
    METHODS 6 (reserve row, (p0 − p1)·V).
    """
    return np.asarray((levels_pu(depth, without) - levels_pu(depth, with_support)) @ bought_sek)
