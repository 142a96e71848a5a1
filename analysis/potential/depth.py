"""Turns a number of enrolled cars into the reserve prices that are left: erosion, the volume bought, and the floor.

p(S) = p0·(S0/S)^epsilon, S0 = s_ratio × MW bought, S = S0 + what cars offer (METHODS 4). Groups erode apart: FCR-N and
FCR-D (up and down as one). All functions take arrays of draws or of enrolled cars alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.potential.settle import Group, settle
from analysis.potential.surrogate import VALUE, Surrogate
from analysis.units import HOURS_PER_YEAR, KW_PER_MW

DEPTH_PARAMETERS = ("res.elasticity_supply", "mkt.s_ratio")

REQUIREMENT_YEAR = "2026"
REQUIREMENTS = {"fcr_n": "FCR-N", "fcr_d_up": "FCR-D up", "fcr_d_down": "FCR-D down"}


@dataclass(frozen=True)
class Volumes:
    """MW bought in Sweden by product."""

    fcr_n_mw: float
    fcr_d_up_mw: float
    fcr_d_down_mw: float

    @property
    def fcr_d_mw(self) -> float:
        """Mean of up and down."""
        return (self.fcr_d_up_mw + self.fcr_d_down_mw) / 2


def required_volumes(facts: pd.DataFrame) -> Volumes:
    """Read the Swedish requirements out of the ``Facts`` table.

    Raises
    ------
    DataError
        For each product whose requirement is missing or stands there twice.
    """
    faults, found = [], {}
    for product, label in REQUIREMENTS.items():
        rows = facts[
            (facts["metric"] == f"{label} volume requirement")
            & (facts["year"] == REQUIREMENT_YEAR)
            & (facts["area"] == "SE")
        ]
        if len(rows) == 1:
            found[f"{product}_mw"] = float(rows["value"].iloc[0])
        else:
            faults.append(Fault(f"market_facts: {label} requirement", f"{len(rows)} rows", "one row", "Correct it."))
    if faults:
        raise DataError(faults)
    return Volumes(**found)


@dataclass(frozen=True)
class Market:
    """What decides price levels: prequalified supply today, erosion, MW bought, floors, and the share of offers sold.

    Arrays of draws, or single values.
    """

    supply_n_mw: np.ndarray
    supply_d_mw: np.ndarray
    erosion_exponent: np.ndarray
    volumes: Volumes
    floor_n_pu: np.ndarray
    floor_d_pu: np.ndarray
    sold_pu: float


@dataclass(frozen=True)
class Balance:
    """Price levels at which offers and prices agree, MW sold, and what the mean enrolled car gains a year."""

    fcr_n_level_pu: np.ndarray
    fcr_d_level_pu: np.ndarray
    fcr_n_sold_mw: np.ndarray
    fcr_d_sold_mw: np.ndarray
    value_sek: np.ndarray


def offers_mw(car: Surrogate, enrolled: np.ndarray, levels: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, ...]:
    """Mean MW that enrolled cars offer (FCR-N; FCR-D, mean of up and down), and the hours they are connected."""
    n_kw, up_kw, down_kw, _, plugged_h = car.at(*levels)[:5]
    return enrolled * n_kw / KW_PER_MW, enrolled * (up_kw + down_kw) / 2 / KW_PER_MW, plugged_h


def most_sold_mw(volume_mw: float, plugged_h: np.ndarray) -> np.ndarray:
    """Largest mean sale that exceeds the volume in no hour.

    ASSUME: the sale is even over the hours in which cars are connected, and these are the same for all cars: then the
    hourly sale is mean × 8 760 / connected hours, and it must stay within the volume bought (T16). Held against the
    hours of the dispatched schedules in the table ``market_sales``.
    """
    return volume_mw * np.clip(plugged_h / HOURS_PER_YEAR, 0.0, 1.0)


def balance(
    car: Surrogate, enrolled: np.ndarray, market: Market, start: tuple[np.ndarray, np.ndarray] | None = None
) -> Balance:
    """Find the price levels of both groups at which cars offer what makes these prices.

    ``start``: first levels of FCR-N and FCR-D; the floors, if none are given.

    Raises
    ------
    DataError
        If the two levels do not come to agree.
    """
    shape = np.broadcast_shapes(np.shape(enrolled), np.shape(market.erosion_exponent), np.shape(market.floor_d_pu))
    cars = np.broadcast_to(np.asarray(enrolled, dtype=float), shape)
    groups = [
        Group(supply, market.erosion_exponent, np.broadcast_to(floor, shape))
        for supply, floor in ((market.supply_n_mw, market.floor_n_pu), (market.supply_d_mw, market.floor_d_pu))
    ]
    volumes = (market.volumes.fcr_n_mw, market.volumes.fcr_d_mw)

    def offers(levels: Sequence[np.ndarray]) -> list[np.ndarray]:
        return list(offers_mw(car, cars, (levels[0], levels[1])))

    def room(_: Sequence[np.ndarray], offered: Sequence[np.ndarray]) -> list[np.ndarray]:
        return [
            offered[place] * market.sold_pu <= most_sold_mw(volume, offered[2]) for place, volume in enumerate(volumes)
        ]

    first = None if start is None else [np.broadcast_to(level, shape) for level in start]
    levels = settle(groups, offers, room, first)
    return _sold(car, cars, market, (levels[0], levels[1]))


def _sold(car: Surrogate, cars: np.ndarray, market: Market, levels: tuple[np.ndarray, np.ndarray]) -> Balance:
    offered_n, offered_d, plugged_h = offers_mw(car, cars, levels)
    return Balance(
        fcr_n_level_pu=levels[0],
        fcr_d_level_pu=levels[1],
        fcr_n_sold_mw=np.minimum(offered_n * market.sold_pu, most_sold_mw(market.volumes.fcr_n_mw, plugged_h)),
        fcr_d_sold_mw=np.minimum(offered_d * market.sold_pu, most_sold_mw(market.volumes.fcr_d_mw, plugged_h)),
        value_sek=car.at(*levels)[VALUE],
    )


def mean_prices(reserve_prices: pd.DataFrame, price_year: int) -> Mapping[str, float]:
    """Mean price of a local year by group, SEK per MW and hour: ``fcr_n`` and ``fcr_d`` (mean of up and down).

    Only hours with a purchase count. A product that is not bought at all in the year is absent, not zero.

    Raises
    ------
    DataError
        If a group has no price in the year.
    """
    local_year = reserve_prices["interval_start_utc"].dt.tz_convert("Europe/Stockholm").dt.year
    year = reserve_prices[(local_year == price_year) & (reserve_prices["price_area"] == "SE")]
    means = year.groupby("product")["price_sek_per_mw_h"].mean()
    groups = {"fcr_n": ["fcr_n"], "fcr_d": ["fcr_d_up", "fcr_d_down"]}
    prices = {group: means.reindex(products).mean() for group, products in groups.items()}
    absent = [group for group, price in prices.items() if not price > 0]
    if absent:
        raise DataError(
            [Fault(f"reserve_prices {price_year} {group}", "no price", "hours with a purchase", "Choose another year.")
             for group in absent]
        )  # fmt: skip
    return {group: float(price) for group, price in prices.items()}
