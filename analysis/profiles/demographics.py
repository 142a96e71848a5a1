"""Turns soft labels and what is known of households into the chance of each profile per dwelling and income.

A first pass of METHODS 2.4: a weighted table of membership probabilities (never of hard classes, which would draw the
link to zero), its thin cells drawn to their dwelling and thin dwellings to all. The multinomial logit of METHODS 2.4
with its other covariates would take the place of :func:`profile_given_cell`.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.profiles.mixture import effective_count
from analysis.schemas.base import DWELLINGS

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

QUINTILE_COUNT = 5
# ASSUME: a cell of dwelling × income has as much say as ten cars of the level above it (Dirichlet prior).
PRIOR_CARS = 10.0
# SOURCE: METHODS 2.5: sampling zeros of the seed get 0.5.
SAMPLING_ZERO_CARS = 0.5


def dwelling_codes(vehicles: pd.DataFrame) -> Codes:
    """Position of each dwelling in ``DWELLINGS``; -1 where the source does not say."""
    return np.asarray(pd.Index(DWELLINGS).get_indexer(pd.Index(vehicles["dwelling"])))


def quintile_codes(vehicles: pd.DataFrame) -> Codes:
    """Income quintile 0 to 4; -1 where the source does not say."""
    return np.asarray(vehicles["income_quintile"].astype("Int64").fillna(0), dtype=np.int64) - np.int64(1)


def profile_given_cell(probability_pu: Array, weight: Array, dwelling: Codes, quintile: Codes) -> Array:
    """Chance of each profile in each cell, dwelling (4) × income quintile (5) × profile (k).

    Parameters
    ----------
    probability_pu
        Soft labels, vehicle × profile.
    weight
        Survey weights; scaled to Kish's effective number of cars before the prior is laid on.
    dwelling, quintile
        Codes, -1 where unknown: such a car counts for the levels at which it is known.

    Returns
    -------
    Array
        Sums to 1 over profiles in each cell.

    References
    ----------
    METHODS 2.4.

    Examples
    --------
    10 cars in a cell, all of one profile that is half of its dwelling: (10 + 10 × 0.5) / (10 + 10) = 0.75.
    """
    cars = weight * effective_count(weight) / weight.sum()
    overall = cars @ probability_pu / cars.sum()
    result = np.empty((len(DWELLINGS), QUINTILE_COUNT, probability_pu.shape[1]))
    for home in range(len(DWELLINGS)):
        in_dwelling = _shrunk(probability_pu, cars * (dwelling == home), overall)
        for income in range(QUINTILE_COUNT):
            here = cars * ((dwelling == home) & (quintile == income))
            result[home, income] = _shrunk(probability_pu, here, in_dwelling)
    return result


def _shrunk(probability_pu: Array, cars: Array, prior: Array) -> Array:
    return np.asarray((cars @ probability_pu + PRIOR_CARS * prior) / (cars.sum() + PRIOR_CARS))


def cell_seed(weight: Array, dwelling: Codes, quintile: Codes) -> Array:
    """Cars of the sample by dwelling (4) × income quintile (5), in effective cars; empty cells get 0.5."""
    cars = weight * effective_count(weight) / weight.sum()
    seed = np.zeros((len(DWELLINGS), QUINTILE_COUNT))
    known = (dwelling >= 0) & (quintile >= 0)
    np.add.at(seed, (dwelling[known], quintile[known]), cars[known])
    return np.where(seed > 0.0, seed, SAMPLING_ZERO_CARS)
