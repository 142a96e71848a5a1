"""Pairs the profiles of two clusterings of the same vehicles, and says how far they are the same profiles.

Profiles have no order of their own: one of another seed is the same if it lies where the first lies and holds as many
cars. Pairs are those that bring the sum of squared distances between means to its least (Kuhn, 1955).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from analysis.profiles.mixture import Mixture

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

SEED_COUNT = 3


@dataclass(frozen=True)
class SeedCheck:
    """Over seeds: least adjusted Rand index with the first, and the largest shift of a matched profile's share."""

    agreement_pu: float
    share_shift_pu: float


def matched(first: Array, second: Array) -> Labels:
    """For each row of ``first`` the row of ``second`` paired with it; both k × d.

    Raises
    ------
    ValueError
        If the two have different numbers of rows.

    Examples
    --------
    Means (0, 0), (5, 5) and (5, 4), (0, 1): pairs 1, 0.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} profiles cannot be paired with {len(second)}")
    distance = ((first[:, None, :] - second[None, :, :]) ** 2).sum(axis=2)
    rows, columns = linear_sum_assignment(distance)
    return np.asarray(columns[np.argsort(rows)])


def profile_means(points: Array, weight: Array, probability_pu: Array) -> Array:
    """Weighted mean of each profile's vehicles (k × d) by soft labels."""
    mass = weight[:, None] * probability_pu
    return np.asarray(mass.T @ points / mass.sum(axis=0)[:, None])


def share_shift(first: Mixture, second: Mixture, points: Array, weight: Array) -> float:
    """Largest difference between the weighted shares of matched profiles."""
    pairs = matched(*(profile_means(points, weight, found.probability_pu) for found in (first, second)))
    shares = [weight @ found.probability_pu / weight.sum() for found in (first, second)]
    return float(np.abs(shares[0] - shares[1][pairs]).max())


def check_seeds(points: Array, weight: Array, mixture: Mixture, others: list[Mixture]) -> SeedCheck:
    """Compare a clustering with those of other seeds.

    Parameters
    ----------
    points, weight
        Vehicles (n × d) and their survey weights.
    mixture, others
        Clustering of the run's seed, and of other seeds.

    References
    ----------
    METHODS 2.2; adjusted Rand index after Hubert and Arabie (1985).
    """
    agreement = [adjusted_rand_score(mixture.labels, other.labels) for other in others]
    shifts = [share_shift(mixture, other, points, weight) for other in others]
    return SeedCheck(float(min(agreement, default=1.0)), max(shifts, default=0.0))
