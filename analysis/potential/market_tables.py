"""Turns prices, requirements and settled levels into the tables beside the market balance: products and profiles."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.fleet.stock import Numbers
from analysis.potential.depth import REQUIREMENT_YEAR, Market
from analysis.potential.hourly_sale import NATIONAL, OfferHours, bought_year, sold_by_hour
from analysis.potential.portfolio import minimum_bid_mw
from analysis.potential.settle import eroded_pu
from analysis.potential.surrogate import Schedules, Surrogate, car_values, kept_shares
from analysis.units import KW_PER_MW, LOCAL_ZONE

REQUIREMENT_METRICS = {
    "fcr_n": "FCR-N", "fcr_d_up": "FCR-D up", "fcr_d_down": "FCR-D down", "afrr_up": "aFRR up",
    "afrr_down": "aFRR down", "mfrr_up": "mFRR capacity up", "mfrr_down": "mFRR capacity down",
}  # fmt: skip
STORAGE_LABELS = {**REQUIREMENT_METRICS, "mfrr_up": "mFRR up", "mfrr_down": "mFRR down"}


def sweden_requirements_mw(facts: pd.DataFrame) -> dict[str, float]:
    """Read what Sweden needs of every product out of ``Facts``, MW.

    Raises
    ------
    DataError
        For each product whose requirement is missing or stands there twice.
    """
    found, faults = {}, []
    for product, label in REQUIREMENT_METRICS.items():
        rows = facts[
            (facts["metric"] == f"{label} volume requirement")
            & (facts["year"] == REQUIREMENT_YEAR)
            & (facts["area"] == "SE")
        ]
        if len(rows) != 1:
            faults.append(Fault(f"market_facts: {label} requirement", f"{len(rows)} rows", "one row", "Correct it."))
        else:
            found[product] = float(rows["value"].iloc[0])
    if faults:
        raise DataError(faults)
    return found


def storage_now_mw(volumes: pd.DataFrame, product: str) -> float:
    """Last observation of prequalified stationary storage in Sweden, MW; NaN where none is on record."""
    rows = volumes[
        (volumes["product"] == STORAGE_LABELS[product])
        & (volumes["technology"] == "energy storage")
        & (volumes["measure"] == "prequalified")
        & (volumes["area"] == "SE")
    ].sort_values("date")
    return float(rows["value_mw"].iloc[-1]) if len(rows) else float("nan")


def market_products(
    reserve_prices: pd.DataFrame, facts: pd.DataFrame, volumes: pd.DataFrame, numbers: Numbers
) -> pd.DataFrame:
    """Lay out every market of the run's prices (grain: product × price area × price year).

    Parameters
    ----------
    reserve_prices, facts, volumes
        ``ReservePrices``, ``Facts``, ``PrequalifiedVolumes``.
    numbers
        Smallest bids.

    Returns
    -------
    pd.DataFrame
        Schema MarketProducts; a market that is absent has no row.
    """
    required = sweden_requirements_mw(facts)
    local_year = reserve_prices["interval_start_utc"].dt.tz_convert(LOCAL_ZONE).dt.year
    markets = reserve_prices.assign(price_year=local_year).groupby(["product", "price_area", "price_year"])
    rows = []
    for (product, area, year), found in markets:
        # prices are kept in whole weeks of UTC: a lone hour of a neighbouring local year is no market of that year
        if len(found) < 24:
            continue
        hours = bought_year(reserve_prices, str(product), str(area), int(str(year)))
        there = ~np.isnan(hours.price_sek_per_mw_h)
        rows.append(
            {"product": product, "price_area": area, "price_year": year,
             "price_sek_per_mw_h": float(hours.price_sek_per_mw_h[there].mean()),
             "bought_mean_mw": float(hours.bought_mw.mean()), "bought_hours_pu": float(there.mean()),
             "required_sweden_mw": required[str(product)], "storage_sweden_mw": storage_now_mw(volumes, str(product)),
             "minimum_bid_mw": minimum_bid_mw(str(product), numbers)}
        )  # fmt: skip
    return pd.DataFrame(rows).astype({"product": "str", "price_area": "str"})


def market_sales(
    car: Surrogate, known: Schedules, balanced: pd.DataFrame, market: Market, years: Sequence[OfferHours]
) -> pd.DataFrame:
    """Cap what enrolled cars sell by what is bought hour by hour (grain: product × number of cars; mean of years).

    Parameters
    ----------
    car, known, balanced
        The mean enrolled car, its schedules, and ``MarketBalance`` with the levels that it meets.
    market
        FCR at default values.
    years
        Hours of each price year.

    Returns
    -------
    pd.DataFrame
        Schema MarketSales.

    References
    ----------
    Check T16.
    """
    levels = (balanced["fcr_n_level_pu"].to_numpy(float), balanced["fcr_d_level_pu"].to_numpy(float))
    kept, cars = kept_shares(known, *levels), balanced["enrolled_count"].to_numpy(float)
    offered = cars * car.at(*levels)[: len(NATIONAL)] / KW_PER_MW
    hours = [_by_hour(offered, year, kept, market) for year in years]
    parts = []
    for place, product in enumerate(NATIONAL):
        sold, most, capped, left = (np.stack([found[part][place] for found in hours]) for part in range(4))
        parts.append(
            pd.DataFrame(
                {"product": product, "enrolled_count": cars, "offered_mw": offered[place] * market.sold_pu,
                 "sold_mw": sold.mean(axis=0), "most_in_hour_mw": most.max(axis=0),
                 "capped_hours_pu": capped.mean(axis=0), "level_pu": levels[min(place, 1)],
                 "hourly_level_pu": left.mean(axis=0)}
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True).astype({"product": "str"})


def _by_hour(offered_mw: np.ndarray, year: OfferHours, kept: np.ndarray, market: Market) -> tuple[np.ndarray, ...]:
    """Mean and largest sale, share of hours cut, and price left; product × number of cars each.

    The price left is that of each hour eroded by what is offered in it, weighed by what today's prices would pay.
    """
    offers = offered_mw[:, :, None] * np.swapaxes(year.shape(kept), 0, 1)
    bids = offers * market.sold_pu
    sold = sold_by_hour(bids, year.bought_mw[:, None, :])
    supply = np.array([float(mw[0]) for mw in (market.supply_n_mw, market.supply_d_mw, market.supply_d_mw)])
    floor = np.array([float(pu[0]) for pu in (market.floor_n_pu, market.floor_d_pu, market.floor_d_pu)])
    eroded = eroded_pu(supply[:, None, None], offers, market.erosion_exponent[0])
    paid = bids * year.price_sek_per_mw_h[:, None, :]
    whole, left = year.mean(paid), year.mean(paid * np.maximum(eroded, np.minimum(floor, 1.0)[:, None, None]))
    level = np.divide(left, whole, out=np.ones_like(whole), where=whole > 0)
    return year.mean(sold), sold.max(axis=2), year.mean((sold < bids - 1e-9).astype(float)), level


def profile_depth(known: Schedules, sample: pd.DataFrame, balanced: pd.DataFrame) -> pd.DataFrame:
    """Value of one car of each profile at the levels of the market balance (grain: profile × number of cars).

    Parameters
    ----------
    known
        Schedules of all cars, areas and price years.
    sample, balanced
        ``DispatchSample`` and ``MarketBalance``.

    Returns
    -------
    pd.DataFrame
        Schema ProfileDepth. Weighted over profiles it is the value of the market balance, which tabulates levels.
    """
    values = car_values(known, balanced["fcr_n_level_pu"].to_numpy(float), balanced["fcr_d_level_pu"].to_numpy(float))
    profile = pd.Series(known.vehicle_ids).map(sample.set_index("vehicle_id")["profile_id"])
    parts = []
    for name in sorted(profile.unique()):
        mine = (profile == name).to_numpy()
        mean = known.weight[mine] @ values[mine] / known.weight[mine].sum()
        parts.append(pd.DataFrame({"profile_id": name, "enrolled_count": balanced["enrolled_count"].to_numpy(float),
                                   "value_sek_per_car_year": mean}))  # fmt: skip
    return pd.concat(parts, ignore_index=True).astype({"profile_id": "str"})
