"""Turns what is known of a municipality into its electric cars by dwelling and income: margins, then raking.

Source: METHODS 2.5. All arrays have one row a municipality; cells are dwelling (4) × income quintile (5).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

from analysis.errors import DataError, Fault
from analysis.profiles.demographics import QUINTILE_COUNT
from analysis.schemas.base import DWELLINGS

Array = NDArray[np.float64]

# SOURCE: data/reference/municipalities.csv: mean over median income 2018 is 1.081 as a mean over the population; a
# lognormal income has mean over median exp(spread² / 2), which gives 0.394.
# ASSUME: income is lognormal with that spread in every municipality, about its own median.
INCOME_SPREAD_LOG = 0.394
RAKING_GAP = 1e-6
RAKING_STEPS = 500


def household_shares(municipalities: pd.DataFrame) -> Array:
    """Share of households by dwelling in each municipality.

    Raises
    ------
    DataError
        For each municipality without any household.
    """
    counts = municipalities[[f"household_{name}_count" for name in DWELLINGS]].to_numpy(dtype=float)
    empty = municipalities.loc[counts.sum(axis=1) <= 0, "municipality_code"]
    if len(empty):
        raise DataError(
            [Fault(f"municipalities[{code}]", "no household in any dwelling", "households by dwelling", "Complete it.")
             for code in empty]
        )  # fmt: skip
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def owner_shares(household_pu: Array, cars: Array, detached_share_pu: float) -> Array:
    """Share of electric cars by dwelling: household shares with one national factor on detached houses.

    The factor is the one at which the share of detached houses among all electric cars of the country is
    ``detached_share_pu``.

    Parameters
    ----------
    household_pu
        Municipality × dwelling.
    cars
        Registered electric cars of each municipality.
    detached_share_pu
        ``plug.ev_owner_detached_share``.

    Raises
    ------
    DataError
        If no factor gives that share: too few municipalities have both detached houses and other dwellings.

    Examples
    --------
    One municipality half detached houses, wanted 0.75: factor 3, since 3 × 0.5 / (3 × 0.5 + 0.5) = 0.75.
    """
    # ASSUME: other dwellings keep their household proportions among owners; no Swedish share by dwelling was read.

    def weighted(log_factor: float) -> Array:
        raised = household_pu.copy()
        raised[:, 0] *= np.exp(log_factor)
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    def gap(log_factor: float) -> float:
        return float(cars @ weighted(log_factor)[:, 0] / cars.sum() - detached_share_pu)

    if gap(-12.0) * gap(12.0) > 0.0:
        raise DataError(
            Fault(
                place="municipalities.household_detached_count",
                found=f"no factor that gives {detached_share_pu:.2f} of owners in houses",
                expected="detached and other dwellings in municipalities with cars",
                remedy="Check households by dwelling.",
            )
        )
    return weighted(float(brentq(gap, -12.0, 12.0, xtol=1e-12)))


def quintile_shares(municipalities: pd.DataFrame, owner_pu: Array) -> Array:
    """Share of electric cars by national income quintile in each municipality.

    Parameters
    ----------
    municipalities
        Uses ``income_median_ksek`` and ``population_count``.
    owner_pu
        Share of owners in each national quintile (5): how much more often the better off own such a car.

    Examples
    --------
    Equal owners and the median of the country give one fifth each; a higher median gives more in the top quintile.
    """
    level = np.log(municipalities["income_median_ksek"].to_numpy(dtype=float))
    people = municipalities["population_count"].to_numpy(dtype=float)
    shift = (level - people @ level / people.sum()) / INCOME_SPREAD_LOG
    limits = norm.ppf(np.linspace(0.0, 1.0, QUINTILE_COUNT + 1))
    residents = np.diff(norm.cdf(limits[None, :] - shift[:, None]), axis=1)
    owners = residents * owner_pu[None, :]
    return np.asarray(owners / owners.sum(axis=1, keepdims=True))


def rake(seed: Array, dwelling_pu: Array, quintile_pu: Array) -> Array:
    """Fit a national table of cells to the two margins of each municipality by iterative proportional fitting.

    Parameters
    ----------
    seed
        Dwelling × quintile; its odds ratios are kept everywhere (METHODS 2.5).
    dwelling_pu, quintile_pu
        Margins, municipality × 4 and municipality × 5, each summing to 1. A zero margin is structural and stays zero.

    Returns
    -------
    Array
        Municipality × 4 × 5, summing to 1 in each municipality.

    Raises
    ------
    DataError
        If the margins cannot be met within a relative gap of 1e-6.

    Examples
    --------
    A seed of ones gives the product of the margins.
    """
    cells = np.repeat(seed[None, :, :] / seed.sum(), len(dwelling_pu), axis=0)
    for _ in range(RAKING_STEPS):
        cells = cells * _ratio(dwelling_pu, cells.sum(axis=2))[:, :, None]
        cells = cells * _ratio(quintile_pu, cells.sum(axis=1))[:, None, :]
        reached = cells.sum(axis=2)
        there = dwelling_pu > 0.0
        if float(np.abs(reached[there] / dwelling_pu[there] - 1.0).max()) < RAKING_GAP:
            return np.asarray(cells)
    raise DataError(
        Fault("municipalities", "dwelling and income margins that cannot both be met", "a gap below 1e-6",
              "Give margins of one population; check for zero households.")
    )  # fmt: skip


def _ratio(wanted: Array, reached: Array) -> Array:
    return np.asarray(np.where(reached > 0.0, wanted / np.where(reached > 0.0, reached, 1.0), 0.0))
