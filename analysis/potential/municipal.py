"""Turns the potential of price areas into that of municipalities, by their cars, home points and profiles."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.fleet.access import municipal_cells
from analysis.fleet.stock import Numbers
from analysis.potential.capability import Capability
from analysis.potential.tiers import COUNTED_TIERS, Occasion
from analysis.schemas.base import TIERS

SERVICE = "discharge_1h"
OCCASION = "dearest_50"
POWERS = ("power_mw", "power_low_mw", "power_high_mw")


def deliverable_by_profile(
    by_profile: Mapping[str, Mapping[tuple[str, int], Capability]], occasion: Occasion
) -> pd.DataFrame:
    """Mean kW for an hour per enrolled car at an occasion, price area × profile, mean over the price years.

    Parameters
    ----------
    by_profile
        Profile, then (price area, price year): the mean car of the profile.
    occasion
        Weights of the hours.
    """
    rows = [
        (area, profile, float((car.mean_kw[SERVICE] * occasion.weights[area, year]).sum()))
        for profile, cars in by_profile.items()
        for (area, year), car in cars.items()
    ]
    table = pd.DataFrame(rows, columns=["price_area", "profile_id", "deliverable_kw"])
    return table.groupby(["price_area", "profile_id"])["deliverable_kw"].mean().unstack()


def potential_municipalities(
    summary: pd.DataFrame,
    municipalities: pd.DataFrame,
    profile_counts: pd.DataFrame,
    deliverable_kw: pd.DataFrame,
    numbers: Numbers,
) -> pd.DataFrame:
    """Share each tier of an area out among its municipalities, so that they sum to it.

    Technical by cars; access, capable and willing by the cells of the municipality (:func:`municipal_cells`); available
    and firm by its enrolled cars times what the mean car of its profiles delivers.

    # ASSUME: within an area growth is alike in all municipalities, and what of the available power is firm is too:
    # shocks are common to the whole country.

    Parameters
    ----------
    summary
        ``PotentialSummary``.
    municipalities
        ``Municipalities``: all of them.
    profile_counts
        ``ProfileCounts``: cars by municipality and profile.
    deliverable_kw
        Result of :func:`deliverable_by_profile`.
    numbers
        Middle values of the parameters of home access.

    Returns
    -------
    pd.DataFrame
        ``PotentialMunicipalities``.

    Raises
    ------
    DataError
        For each profile without a sampled car, and if a municipality's tier exceeds the one before it.
    """
    keys = _keys(municipalities, profile_counts, deliverable_kw, numbers)
    rows = summary[(summary["service"] == SERVICE) & (summary["occasion"] == OCCASION)]
    columns = ["price_area", "year", "tier", *POWERS, "car_count"]
    wide = keys.merge(rows[columns], on="price_area", how="inner")
    counted = [wide["tier"] == tier for tier in COUNTED_TIERS]
    key = np.select(counted, [wide[f"{tier}_pu"] for tier in COUNTED_TIERS], wide["delivered_pu"])
    cars = np.select(counted, [wide[f"{tier}_pu"] for tier in COUNTED_TIERS], wide["willing_pu"])
    shared = wide.assign(**{name: wide[name] * key for name in POWERS}, car_count=wide["car_count"] * cars)
    _check_nested(shared)
    return shared[["municipality_code", *columns]]


def _keys(
    municipalities: pd.DataFrame, profile_counts: pd.DataFrame, deliverable_kw: pd.DataFrame, numbers: Numbers
) -> pd.DataFrame:
    """Share of its price area that each municipality has of cars, of home points and of deliverable power."""
    counts = profile_counts.pivot(index="municipality_code", columns="profile_id", values="vehicle_count")
    missing = sorted(set(counts.columns) - set(deliverable_kw.columns))
    if missing:
        raise DataError(
            [Fault(f"profile_counts, profile {name}", "no car in the dispatch sample", "at least one",
                   "Enlarge scope.dispatch_vehicle_count.") for name in missing]
        )  # fmt: skip
    table = municipalities.reset_index(drop=True)
    cells = municipal_cells(table, numbers)
    ratios = {"access": cells.access_pu, "newness": cells.capable_home_ratio_pu, "willing": cells.willing_ratio_pu}
    table = table.assign(**{name: ratio[:, 0] for name, ratio in ratios.items()})
    table = table[table["price_area"].isin(deliverable_kw.index)]
    by_profile = counts.reindex(table["municipality_code"]).fillna(0.0).to_numpy(float)
    kw = deliverable_kw.loc[table["price_area"], counts.columns].to_numpy(float)
    access, newness, willing = (table[name].to_numpy(float) for name in ratios)
    cars = by_profile.sum(axis=1)
    shares = {
        "technical_pu": cars,
        "access_pu": cars * access,
        "capable_pu": cars * access * newness,
        "willing_pu": cars * access * newness * willing,
        "delivered_pu": (by_profile * kw).sum(axis=1) * access * newness * willing,
    }
    keys = table[["municipality_code", "price_area"]].assign(**shares)
    totals = keys.groupby("price_area")[list(shares)].transform("sum")
    return keys.assign(**{name: np.where(totals[name] > 0, keys[name] / totals[name], 0.0) for name in shares})


def _check_nested(shared: pd.DataFrame) -> None:
    wide = shared.pivot(index=["municipality_code", "year"], columns="tier", values="power_mw")[list(TIERS)]
    wrong = wide.diff(axis=1).iloc[:, 1:] > 1e-9 + 1e-9 * wide.iloc[:, 1:]
    if wrong.any(axis=None):
        found = wide.index[wrong.any(axis=1)]
        raise DataError(
            [Fault(f"potential of municipality {code} {year}", "a tier above the one before it", "tiers that nest",
                   "Check the profiles' capability and the access by dwelling.") for code, year in found[:20]]
        )  # fmt: skip
