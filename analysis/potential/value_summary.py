"""Turns the dispatch values of single cars into what the mean car and the outer cars earn, per area and for Sweden."""

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.schemas.base import RESERVE_PRODUCTS

KEYS = ["price_area", "price_year", "charger_option", "strategy", "reserve_level_id"]
LOW_QUANTILE = 0.05
HIGH_QUANTILE = 0.95
RESERVE_REVENUES = [f"{product}_revenue_sek" for product in RESERVE_PRODUCTS]
MEANS = ["net_value_over_smart_sek", "net_gross_value_over_smart_sek", "degradation_cost_sek", "discharge_ac_kwh",
         "full_cycle_count"]  # fmt: skip


def summarise_values(values: pd.DataFrame, sample: pd.DataFrame, area_cars: pd.Series) -> pd.DataFrame:
    """Sum up value per car over the sample of each area, and over Sweden by the cars of its areas.

    Parameters
    ----------
    values
        ``DispatchValues``.
    sample
        ``DispatchSample``: the weight each car carries, the same in all areas.
    area_cars
        Battery electric cars by price area; weighs the areas into Sweden.

    Returns
    -------
    pd.DataFrame
        ``ValueSummary``. Sweden is there only for the keys that every area in ``values`` has.

    Raises
    ------
    DataError
        If a car has no weight, or an area no cars.

    References
    ----------
    METHODS 0 (increment over optimised V1G, per connected hour), 3.5.

    Examples
    --------
    Two cars of weights 1 and 3 worth 100 and 300 SEK have mean 250; at 1 000 plugged hours each, 0.25 SEK per hour.
    """
    weighed = weigh(values, sample, area_cars)
    sweden = weighed.assign(price_area="SE")
    areas = weighed.groupby(KEYS[1:])["price_area"].transform("nunique")
    sweden = sweden[areas.to_numpy() == weighed["price_area"].nunique()]
    rows = [
        _summary(dict(zip(KEYS, key, strict=True)), group)
        for key, group in pd.concat([sweden, weighed]).groupby(KEYS, sort=True)
    ]
    return pd.DataFrame(rows)


def weigh(values: pd.DataFrame, sample: pd.DataFrame, area_cars: pd.Series) -> pd.DataFrame:
    """Give each row the number of cars it stands for, and its value before the aggregator's share."""
    share_of_cars = sample.set_index("vehicle_id")["weight"] / sample["weight"].sum()
    weighed = values.copy(deep=False)
    weighed["weight"] = values["vehicle_id"].map(share_of_cars) * values["price_area"].map(area_cars)
    lost = weighed[~(weighed["weight"] > 0)]
    if len(lost):
        cars = sorted(set(lost["price_area"] + " " + lost["vehicle_id"]))
        raise DataError(
            Fault("dispatch_sample", f"no weight for {', '.join(cars[:3])} ({len(cars)} cars)",
                  "a positive weight for each dispatched car and cars in each area", "Run the sampling rule again.")
        )  # fmt: skip
    before_share = weighed[RESERVE_REVENUES].sum(axis=1) - weighed["reserve_net_revenue_sek"]
    weighed["net_gross_value_over_smart_sek"] = weighed["net_value_over_smart_sek"] + before_share
    return weighed


def _summary(key: dict[str, object], group: pd.DataFrame) -> dict[str, object]:
    """Sum up one group of cars."""
    weight = group["weight"].to_numpy(dtype=float)
    value = group["net_value_over_smart_sek"].to_numpy(dtype=float)
    means = {name: float(np.average(group[name].to_numpy(dtype=float), weights=weight)) for name in MEANS}
    hours = float(np.average(group["plugged_h"].to_numpy(dtype=float), weights=weight))
    return key | means | {
        "vehicle_count": int(group["vehicle_id"].nunique()),
        "net_value_over_smart_low_sek": weighted_quantile(value, weight, LOW_QUANTILE),
        "net_value_over_smart_high_sek": weighted_quantile(value, weight, HIGH_QUANTILE),
        "net_value_over_smart_sek_per_plugged_h": means["net_value_over_smart_sek"] / hours if hours > 0 else 0.0,
    }  # fmt: skip


def weighted_quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    """Give the least value that at least ``share`` of the weight does not exceed.

    Examples
    --------
    Values 1, 2, 3 of weights 1, 1, 2: the 0.5 quantile is 2, the 0.51 quantile is 3.
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    place = int(np.searchsorted(reached, share - 1e-12))
    return float(values[order][min(place, len(values) - 1)])
