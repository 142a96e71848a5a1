"""Turns cars registered at the addresses of firms and lessors into cars where such cars are bought and driven.

Source: METHODS 2.5. Off unless a scenario asks for it: a stated option, shown beside the registered cars.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.profiles.areas import household_counts, income_quintile_shares
from analysis.profiles.rounding import round_keeping_total
from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

MOVED_ID = "clu.company_cars_moved"
# ASSUME: a municipality with more electric cars per household than three robust spreads above what its median income
# explains holds cars of firms and lessors; what lies above the line is their number. Income alone does not know a
# town of students, whose low median makes its cars look too many.
OUTLYING_SPREADS = 3.0
NORMAL_SPREAD = 1.4826
FEWEST_MUNICIPALITIES = 20


def excess_cars(municipalities: pd.DataFrame) -> Array:
    """Electric cars above what income explains, in the few municipalities far above it; 0 elsewhere.

    Parameters
    ----------
    municipalities
        Uses ``bev_count``, ``income_median_ksek`` and households.

    Returns
    -------
    Array
        One number a municipality; all zero where fewer than 20 municipalities leave no line to be far from.
    """
    cars = municipalities["bev_count"].to_numpy(dtype=float)
    households = household_counts(municipalities).sum(axis=1)
    has_cars = cars > 0
    if has_cars.sum() < FEWEST_MUNICIPALITIES:
        return np.zeros(len(cars))
    income = np.log(municipalities["income_median_ksek"].to_numpy(dtype=float))
    rate = np.log(np.where(has_cars, cars, 1.0) / households)
    line = np.polyfit(income[has_cars], rate[has_cars], 1)
    gap = rate - np.polyval(line, income)
    middle = np.median(gap[has_cars])
    spread = NORMAL_SPREAD * np.median(np.abs(gap[has_cars] - middle))
    expected = np.exp(np.polyval(line, income) + middle) * households
    return np.where(has_cars & (gap - middle > OUTLYING_SPREADS * spread), cars - expected, 0.0)


def reallocate(municipalities: pd.DataFrame, quintile_pu: Array, moved_pu: float) -> Counts:
    """Move a share of the excess to all other municipalities, by households weighted by who buys new electric cars.

    Parameters
    ----------
    municipalities
        Grain municipality.
    quintile_pu
        Share of electric cars by income quintile of the owner (5): the income profile of new cars.
    moved_pu
        Share of the excess that is moved; 0 gives the registered cars.

    Returns
    -------
    Counts
        Whole cars by municipality, with the total of the country kept exactly.

    Examples
    --------
    An excess of 100 moved whole to two others of equal households and income: 50 each.
    """
    cars = municipalities["bev_count"].to_numpy(dtype=float)
    excess = excess_cars(municipalities)
    moved = excess * moved_pu
    buyers = household_counts(municipalities).sum(axis=1) * (income_quintile_shares(municipalities) @ quintile_pu)
    buyers = np.where(excess > 0.0, 0.0, buyers)
    given = cars - moved + moved.sum() * buyers / max(buyers.sum(), 1e-300)
    return np.asarray(round_keeping_total(given[None], 1.0)[0], dtype=np.int64)


def area_totals(municipalities: pd.DataFrame, reallocated: Counts, is_used: bool) -> pd.DataFrame:
    """Price areas' cars as registered and as moved, side by side.

    Parameters
    ----------
    municipalities
        Grain municipality.
    reallocated
        Cars with the whole excess moved (:func:`reallocate` with 1).
    is_used
        Whether the counts of the run rest on moved cars.

    Returns
    -------
    pd.DataFrame
        Grain price area, the country as ``SE`` first (schema CompanyCarAreas).
    """
    registered = municipalities["bev_count"].to_numpy(dtype=np.int64)
    table = pd.DataFrame(
        {
            "price_area": municipalities["price_area"].to_numpy(),
            "registered_count": registered,
            "moved_out_count": np.maximum(registered - reallocated, 0),
            "moved_in_count": np.maximum(reallocated - registered, 0),
            "reallocated_count": reallocated,
            "giving_municipality_count": (reallocated < registered).astype(np.int64),
        }
    )
    areas = table.groupby("price_area").sum()
    areas.loc["SE"] = areas.sum()
    present = [area for area in PRICE_AREAS_AND_SWEDEN if area in areas.index]
    return areas.loc[present].reset_index(names="price_area").assign(is_used=is_used)
