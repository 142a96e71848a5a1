"""Turns the cars that leave the stock in a year into exits by model year: young cars exported, old ones scrapped.

How many leave is told by the stock's anchors; this says which. Two readings: ``even``, all ages at one rate, and
``by_age`` (METHODS 10: young used cars leave the country, so that scrapping alone does not explain the exits).
"""

import math

import numpy as np

EVEN, BY_AGE = "even", "by_age"
EXIT_PROFILES = (EVEN, BY_AGE)

# ASSUME: cars are exported most at ages 3 to 5, when leases end; the weight is relative, the level is what exits leave.
EXPORT_AGES = (0.0, 1.0, 3.0, 5.0, 8.0, 12.0)
EXPORT_WEIGHTS = (0.0, 0.3, 1.0, 1.0, 0.3, 0.05)

# ASSUME: ages at scrapping follow a Weibull distribution of shape 5 around tim.mean_life: few before ten years.
LIFE_SHAPE = 5.0


def scrapping_pu(ages: np.ndarray, mean_life_years: np.ndarray) -> np.ndarray:
    """Share of the cars of each age (rows) that is scrapped within a year, by draw (columns).

    Examples
    --------
    Mean life 18 years: under 0.01 % of two-year-old cars, 2.1 % at ten years, 18 % at eighteen.
    """
    scale = np.asarray(mean_life_years, dtype=float) / math.gamma(1 + 1 / LIFE_SHAPE)
    age = np.clip(np.asarray(ages, dtype=float), 0.0, None)[:, None]
    share: np.ndarray = 1 - np.exp((age / scale) ** LIFE_SHAPE - ((age + 1) / scale) ** LIFE_SHAPE)
    return share


def exits_by_age(
    ages: np.ndarray, count: np.ndarray, exit_pu: np.ndarray, mean_life_years: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Split a year's exits over the cars there at its start: exported and scrapped.

    Scrapping comes first, by age, and never takes more than all exits; the rest is export, by the weights of age. A
    net import (exits below 0) is spread evenly, as negative exports. A cohort cannot lose more than it has: what the
    weights ask beyond it is taken from the others.

    Parameters
    ----------
    ages
        Age in whole years of each cohort (rows) in the year it may leave.
    count
        Cars at the start of the year: cohort × draw.
    exit_pu
        Share of all those cars that leave, by draw.
    mean_life_years
        Mean life of a car that stays in the country, by draw.

    Returns
    -------
    tuple
        Exported and scrapped cars, cohort × draw; they sum to ``exit_pu`` of all cars.
    """
    total = count.sum(axis=0)
    leaving = exit_pu * total
    scrapped = count * scrapping_pu(ages, mean_life_years)
    wanted = scrapped.sum(axis=0)
    scrapped = scrapped * np.divide(np.clip(leaving, 0, wanted), wanted, out=np.zeros_like(wanted), where=wanted > 0)
    left = leaving - scrapped.sum(axis=0)
    return np.where(left >= 0, _fill(left, count, scrapped, ages), left * count / total), scrapped


def _fill(left: np.ndarray, count: np.ndarray, scrapped: np.ndarray, ages: np.ndarray) -> np.ndarray:
    """Take ``left`` cars from the cohorts by weight, as far as each cohort has cars."""
    weights = np.interp(ages, EXPORT_AGES, EXPORT_WEIGHTS)[:, None] * count
    room = count - scrapped
    taken = np.zeros_like(count)
    for _ in range(len(ages)):
        missing = np.clip(left - taken.sum(axis=0), 0, None)
        if not missing.any():
            break
        open_weights = np.where(taken < room, weights, 0.0)
        whole = open_weights.sum(axis=0)
        share = np.divide(open_weights, whole, out=np.zeros_like(open_weights), where=whole > 0)
        taken = np.minimum(taken + share * missing, room)
    return taken
