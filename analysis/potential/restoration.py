"""Turns schedules that sell aFRR and mFRR too into the price levels of all groups: FCR of Sweden, restoration by area.

Each price area is a market of its own (METHODS 4: area decides); FCR-N and FCR-D are common. A car's power is in one
schedule at a time, so that no kW is sold twice: what one group takes is missing in the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import softmax

from analysis.errors import DataError, Fault
from analysis.potential.depth import Market, most_sold_mw
from analysis.potential.settle import Group, Levels, Offers, Room, settle
from analysis.potential.surrogate import (
    QUANTITIES,
    RESTORATION_PRODUCTS,
    SPREAD_SEK,
    VALUE,
    Schedules,
)
from analysis.schemas.market_depth import RestorationBalance
from analysis.units import KW_PER_MW

PLUGGED = QUANTITIES.index("plugged_h")


@dataclass(frozen=True)
class Mix:
    """What the fleet offers at given levels, one value a number of cars; ``restored_mw`` is area × product × number."""

    fcr_n_mw: np.ndarray
    fcr_d_mw: np.ndarray
    restored_mw: np.ndarray
    plugged_h: np.ndarray
    value_sek: np.ndarray


@dataclass(frozen=True)
class AreaMarket:
    """Restoration of one price area by product, in the order of the products; 0 MW where a product is not bought.

    ``bought_mw`` in the mean hour of the year, ``bought_hours_pu`` the share of hours with a purchase.
    """

    bought_mw: np.ndarray
    bought_hours_pu: np.ndarray
    minimum_mw: np.ndarray
    floor_pu: float


def area_markets(products: pd.DataFrame, areas: Sequence[str], floor_sek_per_mw_h: float) -> dict[str, AreaMarket]:
    """Read the restoration markets of each area out of ``MarketProducts``; an area that buys nothing is absent.

    Means of the price years in which a product is bought; the floor is held against the mean of its products' prices,
    weighed by what is bought.
    """
    rows = products[products["product"].isin(RESTORATION_PRODUCTS)]
    columns, markets = ["bought_mean_mw", "bought_hours_pu", "minimum_bid_mw", "price_sek_per_mw_h"], {}
    for area in areas:
        here = rows[rows["price_area"] == area].groupby("product")[columns].mean().reindex(list(RESTORATION_PRODUCTS))
        if here["bought_mean_mw"].notna().any():
            bought, hours, minimum, price = (here[name].fillna(0.0).to_numpy(float) for name in columns)
            mean = float(bought @ price / bought.sum())
            markets[area] = AreaMarket(bought, hours, minimum, floor_sek_per_mw_h / mean)
    return markets


class Fleet:
    """Cars of all areas with their designed schedules; offers by logit, as in the surrogate, but at any levels."""

    def __init__(self, known: Schedules, areas: Sequence[str]) -> None:
        if known.restoration is None:
            raise DataError(Fault("scope.reserve_levels", "no level sells aFRR and mFRR", "afrr_mfrr_pu above 0",
                                  "Use the balance of FCR."))  # fmt: skip
        self.known, self.sold, self.areas = known, known.restoration, tuple(areas)
        self.here = np.stack([known.restoration.price_areas == area for area in self.areas])

    def value(self, levels: Sequence[np.ndarray]) -> np.ndarray:
        """Value of each designed schedule (number of cars × car × level); cars of other areas sell no restoration."""
        known, sold = self.known, self.sold
        met = np.stack(levels[2:]).T @ self.here
        scale = [
            np.divide(price[:, None], designed, out=np.ones((len(price), len(designed))), where=designed > 0)
            for price, designed in zip(levels[:2], known.levels.T, strict=True)
        ]
        restored = np.divide(
            met[:, :, None], sold.levels_pu, out=np.ones((*met.shape, len(sold.levels_pu))), where=sold.levels_pu > 0
        )
        value: np.ndarray = (
            known.quantities[VALUE]
            + known.net_fcr_n_sek * (scale[0][:, None, :] - 1)
            + known.net_fcr_d_sek * (scale[1][:, None, :] - 1)
            + sold.net_sek * (restored - 1)
        )
        return value

    def mix(self, cars: np.ndarray, levels: Sequence[np.ndarray]) -> Mix:
        """Offers at levels of FCR-N, FCR-D and each area, one value a number of cars."""
        value = self.value(levels)
        kept = softmax(value / SPREAD_SEK, axis=2) * self.known.weight[:, None]
        mw = cars / KW_PER_MW
        n_kw, up_kw, down_kw, plugged_h = (
            np.einsum("cvl,vl->c", kept, self.known.quantities[row]) for row in (0, 1, 2, PLUGGED)
        )
        restored = np.einsum("cvl,pvl,av->apc", kept, self.sold.offers_kw, self.here.astype(float))
        return Mix(n_kw * mw, (up_kw + down_kw) / 2 * mw, restored * mw, plugged_h, (value * kept).sum(axis=(1, 2)))


def restoration_balance(
    fleet: Fleet,
    cars: np.ndarray,
    market: Market,
    areas: Mapping[str, AreaMarket],
    s_ratio: float,
    start: Levels | None = None,
) -> pd.DataFrame:
    """Settle FCR and the restoration of every area together (grain: number of enrolled cars × price area).

    Where all cars of an area, as one portfolio, reach the smallest bid of no product, the area is closed to them: they
    meet no price there, and their schedules are chosen anew.

    Parameters
    ----------
    fleet, cars
        Cars with their schedules, and numbers of enrolled cars in Sweden.
    market
        FCR, single values.
    areas, s_ratio
        Restoration of each area of the fleet, and prequalified over bought MW.

    Returns
    -------
    pd.DataFrame
        Schema RestorationBalance.
    """
    one = np.ones(len(cars))
    floors = (market.floor_n_pu, market.floor_d_pu, *(np.array(areas[area].floor_pu) for area in fleet.areas))
    supply = (market.supply_n_mw, market.supply_d_mw,
              *(np.array(s_ratio * areas[area].bought_mw.sum()) for area in fleet.areas))  # fmt: skip
    groups = [
        Group(mw * one, market.erosion_exponent * one, floor * one) for mw, floor in zip(supply, floors, strict=True)
    ]
    is_open = np.ones((len(fleet.areas), len(cars)))
    while True:
        levels = settle(groups, *_hooks(fleet, cars, market, areas, is_open), start)
        levels = [*levels[:2], *(level * open_ for level, open_ in zip(levels[2:], is_open, strict=True))]
        mix = fleet.mix(cars, levels)
        bids = np.stack([_can_bid(mix.restored_mw[place], areas[area]) for place, area in enumerate(fleet.areas)])
        still = is_open * bids.any(axis=1)
        if (still == is_open).all():
            return _table(cars, fleet, areas, market.sold_pu, levels, mix, bids)
        is_open = still


def _hooks(
    fleet: Fleet, cars: np.ndarray, market: Market, areas: Mapping[str, AreaMarket], is_open: np.ndarray
) -> tuple[Offers, Room]:
    """What cars offer at all levels (each group, then plugged hours and each area's products), and whether it sells."""
    count = len(fleet.areas)

    def offers(levels: Sequence[np.ndarray]) -> list[np.ndarray]:
        met = [*levels[:2], *(level * open_ for level, open_ in zip(levels[2:], is_open, strict=True))]
        mix = fleet.mix(cars, met)
        return [mix.fcr_n_mw, mix.fcr_d_mw, *mix.restored_mw.sum(axis=1), mix.plugged_h, *mix.restored_mw]

    def room(_: Sequence[np.ndarray], offered: Sequence[np.ndarray]) -> list[np.ndarray]:
        volumes = (market.volumes.fcr_n_mw, market.volumes.fcr_d_mw)
        fcr = [
            offered[place] * market.sold_pu <= most_sold_mw(volume, offered[2 + count])
            for place, volume in enumerate(volumes)
        ]
        # ASSUME: restoration is offered in hours in which it is bought, evenly over them.
        taken = []
        for place, area in enumerate(fleet.areas):
            within = offered[3 + count + place] * market.sold_pu <= areas[area].bought_mw[:, None] + 1e-12
            taken.append(np.asarray(within.all(axis=0)))
        return [*fcr, *taken]

    return offers, room


def _can_bid(offered_mw: np.ndarray, area: AreaMarket) -> np.ndarray:
    """Whether the offer in the hours with a purchase makes the smallest bid (product × number of cars)."""
    hours = area.bought_hours_pu[:, None]
    in_hour = np.divide(offered_mw, hours, out=np.zeros_like(offered_mw), where=hours > 0)
    can: np.ndarray = (hours > 0) & (in_hour >= area.minimum_mw[:, None])
    return can


def _table(
    cars: np.ndarray, fleet: Fleet, areas: Mapping[str, AreaMarket], sold_pu: float, levels: Levels, mix: Mix,
    bids: np.ndarray,
) -> pd.DataFrame:  # fmt: skip
    parts = []
    for place, area in enumerate(fleet.areas):
        most = areas[area].bought_mw[:, None]
        sold = np.where(bids[place], np.minimum(mix.restored_mw[place] * sold_pu, most), 0.0)
        parts.append(
            pd.DataFrame(
                {"enrolled_count": cars, "price_area": area, "fcr_n_level_pu": levels[0], "fcr_d_level_pu": levels[1],
                 "afrr_mfrr_level_pu": levels[2 + place],
                 **{f"{name}_sold_mw": row for name, row in zip(RESTORATION_PRODUCTS, sold, strict=True)},
                 "value_sek_per_car_year": mix.value_sek}
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True).astype({"price_area": "str"})


def restoration_table(
    known: Schedules,
    cars: np.ndarray,
    market: Market,
    products: pd.DataFrame,
    s_ratio: float,
    floor_sek_per_mw_h: float,
) -> pd.DataFrame:
    """Build ``RestorationBalance``; without rows where no level or no area sells aFRR and mFRR.

    Parameters
    ----------
    known, cars, market
        Schedules, numbers of enrolled cars, and FCR at default values.
    products
        ``MarketProducts``.
    s_ratio, floor_sek_per_mw_h
        Prequalified over bought MW, and the lowest price that pays.
    """
    if known.restoration is not None:
        areas = area_markets(products, sorted(set(known.restoration.price_areas)), floor_sek_per_mw_h)
        if areas:
            return restoration_balance(Fleet(known, tuple(areas)), cars, market, areas, s_ratio)
    columns = RestorationBalance.to_schema().columns
    return pd.DataFrame({name: pd.Series(dtype=str(column.dtype)) for name, column in columns.items()})
