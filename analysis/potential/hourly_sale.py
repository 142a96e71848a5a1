"""Turns yearly means of offers into hours: what is bought in each, and what of an offer can be sold in it.

Source: METHODS 3.4 (smallest bids), 4 and check T16 (never more than is bought). Cars see the same prices and offer in
the same hours, so that the hours of an offer are those of the dispatched schedules, not all hours connected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.potential.hours import SEASONS, season_index
from analysis.units import HOURS_PER_WEEK, LOCAL_ZONE

NATIONAL = ("fcr_n", "fcr_d_up", "fcr_d_down")
"""Products that Sweden buys as one."""


@dataclass(frozen=True)
class BoughtYear:
    """One product in one area and local year, hour by hour (nothing bought: no price, 0 MW), with place in the week."""

    price_sek_per_mw_h: np.ndarray
    bought_mw: np.ndarray
    season: np.ndarray
    hour_of_week: np.ndarray

    def shape(self, connected: np.ndarray) -> np.ndarray:
        """Connected cars (season × hour of week) in each hour over their mean; mean 1."""
        by_hour = connected[self.season, self.hour_of_week]
        relative: np.ndarray = by_hour / by_hour.mean() if by_hour.mean() > 0 else np.ones_like(by_hour)
        return relative


def bought_year(reserve_prices: pd.DataFrame, product: str, price_area: str, price_year: int) -> BoughtYear:
    """Lay a product's purchases over all hours of a local year.

    Raises
    ------
    DataError
        If nothing was bought in that year: the market is absent, and its hours are not zeros.
    """
    start = pd.date_range(f"{price_year}-01-01", f"{price_year + 1}-01-01", freq="h", inclusive="left", tz=LOCAL_ZONE)
    rows = reserve_prices[(reserve_prices["product"] == product) & (reserve_prices["price_area"] == price_area)]
    by_hour = rows.assign(hour=rows["interval_start_utc"].dt.floor("h")).groupby("hour")
    # a quarter of an hour in which nothing was bought has no row: its MW are none, its price is no price
    bought = by_hour["volume_mw"].sum() * by_hour["step_h"].first()
    found = pd.DataFrame({"price": by_hour["price_sek_per_mw_h"].mean(), "bought": bought})
    found = found.reindex(start.tz_convert("UTC"))
    if found["price"].isna().all():
        raise DataError(
            Fault(f"reserve_prices {product} {price_area} {price_year}", "no purchase", "hours with a purchase",
                  "Leave the product out in that area and year.")
        )  # fmt: skip
    return BoughtYear(
        price_sek_per_mw_h=found["price"].to_numpy(float),
        bought_mw=found["bought"].fillna(0.0).to_numpy(float),
        season=season_index(start.month.to_numpy()),
        hour_of_week=(start.day_of_week * 24 + start.hour).to_numpy(),
    )


def car_weights(sample: pd.DataFrame, area_weights: Mapping[str, float]) -> pd.Series:
    """Weight of each car of ``DispatchSample`` in each price area, indexed by (price area, vehicle)."""
    by_car = sample.set_index("vehicle_id")["weight"]
    weights: pd.Series = pd.concat({area: by_car * share for area, share in area_weights.items()}, names=["price_area"])
    return weights


def connected_cars(capability_hours: pd.DataFrame, charger_option: str) -> pd.DataFrame:
    """Share of each hour that each car is connected: (price year, price area, vehicle) × place in the year.

    Columns count season (0-3) × 168 + hour of week.

    Parameters
    ----------
    capability_hours
        ``CapabilityHours``.
    """
    rows = capability_hours[capability_hours["charger_option"] == charger_option]
    season = rows["season"].map({name: number for number, name in enumerate(SEASONS)}).to_numpy(int)
    place = season * HOURS_PER_WEEK + rows["hour_of_week"].to_numpy(int)
    keys = [rows["price_year"], rows["price_area"], rows["vehicle_id"], pd.Series(place, index=rows.index)]
    return rows["plugged_pu"].set_axis(pd.MultiIndex.from_arrays(keys)).unstack().fillna(0.0)


def connected_share(connected: pd.DataFrame, car_weights: pd.Series, price_year: int) -> np.ndarray:
    """Share of cars connected by season and hour of week (4 × 168).

    Parameters
    ----------
    connected
        :func:`connected_cars`.
    car_weights
        Weight by (price area, vehicle); other cars are left out.

    Raises
    ------
    DataError
        If no car is left.
    """
    years = connected.index.get_level_values(0)
    rows = connected[years == price_year].droplevel(0)
    weight = car_weights.reindex(rows.index).fillna(0.0).to_numpy(float)
    if not weight.sum() > 0:
        raise DataError(Fault(f"capability_hours {price_year}", "no car", "cars of the sample",
                              "Run the dispatch again."))  # fmt: skip
    share = np.zeros(len(SEASONS) * HOURS_PER_WEEK)
    share[rows.columns.to_numpy(int)] = weight @ rows.to_numpy(float) / weight.sum()
    return share.reshape(len(SEASONS), HOURS_PER_WEEK)


@dataclass(frozen=True)
class OfferHours:
    """One price year over the steps of its representative weeks, all Sweden.

    ``weight``: weeks that a step stands for; ``offered_kw``: what the mean car offers, reserve price level × product ×
    step; ``bought_mw`` and ``price_sek_per_mw_h``: product × step, 0 where nothing is bought. Products in the order of
    :data:`NATIONAL`.
    """

    weight: np.ndarray
    offered_kw: np.ndarray
    bought_mw: np.ndarray
    price_sek_per_mw_h: np.ndarray

    def mean(self, by_step: np.ndarray) -> np.ndarray:
        """Mean over the year of values by step (last axis)."""
        found: np.ndarray = by_step @ self.weight / self.weight.sum()
        return found

    def shape(self, kept_pu: np.ndarray) -> np.ndarray:
        """Offers in each step over their yearly mean (… × product × step), schedules kept in these shares (… × level).

        Nothing offered all year has the shape 0.
        """
        mixed = np.tensordot(kept_pu, self.offered_kw, axes=(-1, 0))
        mean = self.mean(mixed)[..., None]
        relative: np.ndarray = np.divide(mixed, mean, out=np.zeros_like(mixed), where=mean > 1e-9)
        return relative


def offer_hours(
    reserve_offers: pd.DataFrame,
    area_weights: Mapping[str, float],
    level_ids: Sequence[str],
    reserve_prices: pd.DataFrame,
    price_year: int,
    required_mw: Mapping[str, float],
) -> OfferHours:
    """Bring the mean offers of all areas and what is bought together, step by step.

    ASSUME: published volumes hold what eastern Denmark bought in the common auction; Sweden's part is its requirement
    where that is less, the same share in every hour.

    Parameters
    ----------
    reserve_offers, reserve_prices
        ``ReserveOffers`` of all areas and years, ``ReservePrices``.
    area_weights, level_ids
        Share of enrolled cars by area; reserve price levels in the order wanted.
    required_mw
        Requirement of Sweden by product.

    Raises
    ------
    DataError
        If an area or a level is missing in some step.
    """
    rows = reserve_offers[reserve_offers["price_year"] == price_year]
    share = rows["price_area"].map(dict(area_weights)).fillna(0.0)
    names = [f"{product}_kw" for product in NATIONAL]
    keys = [rows["reserve_level_id"], rows["interval_start_utc"]]
    summed = rows[names].mul(share, axis=0).groupby(keys).sum()
    steps = rows.drop_duplicates("interval_start_utc").set_index("interval_start_utc")["weight"].sort_index()
    expected = len(area_weights) * len(level_ids) * len(steps)
    found = int((rows["price_area"].isin(list(area_weights)) & rows["reserve_level_id"].isin(list(level_ids))).sum())
    if not found or found != expected:
        raise DataError(Fault(f"reserve_offers {price_year}", f"{found} rows",
                              f"{expected} (areas, levels, steps)", "Run the dispatch again."))  # fmt: skip
    offered = np.stack([summed.loc[level].reindex(steps.index).to_numpy(float).T for level in level_ids])
    bought = [_bought(reserve_prices, product, steps.index, required_mw[product]) for product in NATIONAL]
    volume, price = (np.stack(part) for part in zip(*bought, strict=True))
    return OfferHours(steps.to_numpy(float), offered, volume, price)


def _bought(
    reserve_prices: pd.DataFrame, product: str, steps: pd.Index, required_mw: float
) -> tuple[np.ndarray, np.ndarray]:
    """MW bought in Sweden and price in each step, never more than the requirement; 0 where nothing is bought."""
    rows = reserve_prices[(reserve_prices["product"] == product) & (reserve_prices["price_area"] == "SE")]
    by_hour = rows.groupby(rows["interval_start_utc"].dt.floor("h"))[["volume_mw", "price_sek_per_mw_h"]].mean()
    found = by_hour.reindex(pd.DatetimeIndex(steps).floor("h")).fillna(0.0)
    bought, price = found["volume_mw"].to_numpy(float), found["price_sek_per_mw_h"].to_numpy(float)
    if (bought > 0).any():
        bought = np.minimum(bought * min(1.0, required_mw / bought[bought > 0].mean()), required_mw)
    return bought, price


def sold_by_hour(offered_mw: np.ndarray, bought_mw: np.ndarray, minimum_mw: float = 0.0) -> np.ndarray:
    """What of an offer is sold in each hour: nothing below the smallest bid, never more than is bought.

    Arrays broadcast; the hours are the last axis. The decision to bid is yes or no in each hour.

    Examples
    --------
    Offers 0.05, 0.3 and 9 MW where 5 MW are bought and bids start at 0.1 MW: 0, 0.3 and 5 MW are sold.
    """
    can_bid = (offered_mw >= minimum_mw) & (bought_mw >= minimum_mw)
    sold: np.ndarray = np.where(can_bid, np.minimum(offered_mw, bought_mw), 0.0)
    return sold
