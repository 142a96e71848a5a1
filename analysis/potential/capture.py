"""Turns dispatched offers and connected hours into the prices that cars of each profile meet: capture prices.

Source: METHODS 3.5: the mean price is not what a home car meets; use the availability-weighted price, never one year.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.potential.hourly_sale import bought_year, connected_cars, connected_share
from analysis.schemas.base import PRICE_AREAS, RESERVE_PRODUCTS
from analysis.units import HOURS_PER_YEAR, KW_PER_MW, LOCAL_ZONE

STRATEGY = "grid_reserve"
ALL_PROFILES = "all"
COLUMNS = (
    "profile_id", "product", "price_area", "price_year", "vehicle_count", "offer_mean_kw", "mean_sek_per_mw_h",
    "connected_sek_per_mw_h", "capture_sek_per_mw_h", "connected_pu", "capture_pu",
)  # fmt: skip


def capture_prices(
    dispatch_values: pd.DataFrame,
    capability_hours: pd.DataFrame,
    sample: pd.DataFrame,
    reserve_prices: pd.DataFrame,
    area_weights: Mapping[str, float],
    charger_option: str,
    full_level_id: str,
) -> pd.DataFrame:
    """Lay mean, connected and captured price of each product side by side, by profile and for all cars.

    Parameters
    ----------
    dispatch_values, capability_hours, sample, reserve_prices
        Contract tables; strategy ``grid_reserve`` at full price levels.
    area_weights
        Share of enrolled cars by price area.
    charger_option, full_level_id
        Which rows.

    Returns
    -------
    pd.DataFrame
        Schema CapturePrices.

    Examples
    --------
    2 kW in an hour of 100 and 1 kW in one of 400 SEK per MW and hour capture 200 against a mean of 250.
    """
    offered = dispatch_values[
        (dispatch_values["strategy"] == STRATEGY)
        & (dispatch_values["charger_option"] == charger_option)
        & (dispatch_values["reserve_level_id"] == full_level_id)
    ].merge(sample[["vehicle_id", "profile_id", "weight"]], on="vehicle_id")
    offered = offered.assign(weight=offered["weight"] * offered["price_area"].map(dict(area_weights)).fillna(0.0))
    local_year = reserve_prices["interval_start_utc"].dt.tz_convert(LOCAL_ZONE).dt.year
    markets = reserve_prices.assign(price_year=local_year)[["product", "price_area", "price_year"]].drop_duplicates()
    connected, rows = connected_cars(capability_hours, charger_option), []
    for product, area, year in sorted(markets.itertuples(index=False), key=tuple):
        places = list(PRICE_AREAS) if area == "SE" else [area]
        there = offered[(offered["price_year"] == year) & offered["price_area"].isin(places)]
        if there.empty:
            continue
        bought = bought_year(reserve_prices, product, area, year)
        for profile, cars in [(ALL_PROFILES, there), *there.groupby("profile_id", sort=True)]:
            weights = cars.set_index(["price_area", "vehicle_id"])["weight"]
            share = connected_share(connected, weights, year)
            found = _prices(cars, product, bought.price_sek_per_mw_h, bought.shape(share))
            rows += [{"profile_id": profile, "product": product, "price_area": area, "price_year": year, **found}
                     ] if found["offer_mean_kw"] > 0 else []  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["product"] = pd.Categorical(table["product"], list(RESERVE_PRODUCTS), ordered=True)
    ranked = table.sort_values(["product", "price_area", "price_year", "profile_id"], ignore_index=True)
    return ranked.astype({"profile_id": "str", "product": "str", "price_area": "str"})


def _prices(cars: pd.DataFrame, product: str, price: np.ndarray, shape: np.ndarray) -> dict[str, float]:
    weight = cars["weight"].to_numpy(float)
    offered_kw = weight @ cars[f"{product}_mean_kw"].to_numpy(float)
    earned = weight @ cars[f"{product}_revenue_sek"].to_numpy(float)
    paid = ~np.isnan(price)
    mean = float(price[paid].mean())
    connected = float((price * shape)[paid].sum() / shape[paid].sum()) if shape[paid].sum() > 0 else mean
    # ASSUME: a dispatched year has 8 760 hours, as the weights of its weeks have it.
    capture = float(earned / (offered_kw / KW_PER_MW * HOURS_PER_YEAR)) if offered_kw > 0 else 0.0
    return {
        "vehicle_count": int(cars["vehicle_id"].nunique()), "offer_mean_kw": float(offered_kw / weight.sum()),
        "mean_sek_per_mw_h": mean, "connected_sek_per_mw_h": connected, "capture_sek_per_mw_h": capture,
        "connected_pu": connected / mean, "capture_pu": capture / mean,
    }  # fmt: skip
