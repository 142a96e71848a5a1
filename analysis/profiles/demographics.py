"""Turns the sample and published surveys into the national seed of small areas: dwelling × income × cars held.

Source: METHODS 2.5. A seed gives raking its odds ratios and nothing else; its margins are overruled everywhere.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.profiles.mixture import effective_count
from analysis.schemas.base import DWELLINGS

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

QUINTILE_COUNT = 5
CAR_CLASSES = 3
"""No car, one, two or more."""

# SOURCE: METHODS 2.5: sampling zeros of the seed get 0.5.
SAMPLING_ZERO_CARS = 0.5
# SOURCE: data/reference/travel_facts.csv TF020-TF022: 0.85 of households have a car, 0.37 two, 0.07 three or more.
# ASSUME: three or more cars are three.
SURVEY_CARS_PU = np.array([0.15, 0.41, 0.37, 0.07])
# SOURCE: data/reference/travel_facts.csv TF023: 0.57 of those who live in houses have at least two cars.
HOUSE_TWO_CARS_PU = 0.57
TILT_LIMIT = 40.0


def dwelling_codes(vehicles: pd.DataFrame) -> Codes:
    """Position of each dwelling in ``DWELLINGS``; -1 where the source does not say."""
    return np.asarray(pd.Index(DWELLINGS).get_indexer(pd.Index(vehicles["dwelling"])))


def quintile_codes(vehicles: pd.DataFrame) -> Codes:
    """Income quintile 0 to 4; -1 where the source does not say."""
    return np.asarray(vehicles["income_quintile"].astype("Int64").fillna(0), dtype=np.int64) - np.int64(1)


def sample_table(weight: Array, dwelling: Codes, quintile: Codes) -> Array:
    """Cars of the sample by dwelling (4) × income quintile (5), in effective cars; cars that lack either do not count.

    Examples
    --------
    Weights 1, 1, 2 in one cell are worth 16 / 6 = 2.67 cars there.
    """
    cars = weight * effective_count(weight) / weight.sum()
    table = np.zeros((len(DWELLINGS), QUINTILE_COUNT))
    known = (dwelling >= 0) & (quintile >= 0)
    np.add.at(table, (dwelling[known], quintile[known]), cars[known])
    return table


def cell_seed(table: Array, cars_pu: Array) -> Array:
    """Lay cars held over a table of the sample: the seed, dwelling (4) × quintile (5) × cars held (3).

    Parameters
    ----------
    table
        :func:`sample_table` or a draw of it; its empty cells are sampling zeros and get 0.5. A table without any car
        gives a seed without odds ratios between dwelling and income.
    cars_pu
        Cars held by dwelling, 4 × 3.
    """
    filled = np.where(table > 0.0, table, SAMPLING_ZERO_CARS if table.any() else 1.0)
    return np.asarray(filled[:, :, None] * cars_pu[:, None, :])


def tilted_cars(theta: Array) -> Array:
    """Shares of households with 0, 1, 2, 3 cars: the survey's, each times exp(theta × cars), n × 4."""
    odds = np.log(SURVEY_CARS_PU) + theta[:, None] * np.arange(len(SURVEY_CARS_PU))
    shares = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def solve_tilt(wanted: Array, score: Array) -> Array:
    """Find theta so that the tilted shares times ``score`` (0-3 cars) give what is wanted, by halving."""
    low, high = np.full(len(wanted), -TILT_LIMIT), np.full(len(wanted), TILT_LIMIT)
    for _ in range(80):
        middle = (low + high) / 2.0
        short = tilted_cars(middle) @ score < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.asarray((low + high) / 2.0)


def cars_by_dwelling(detached_share_pu: float) -> Array:
    """Shares of households with no car, one, two or more, by dwelling (4 × 3), for the odds ratios of the seed.

    Houses have the survey's share with two or more; all others have one share, such that all households together have
    the survey's 0.44. ASSUME: within these two kinds the survey's shape is tilted, not changed.

    Parameters
    ----------
    detached_share_pu
        Houses among all households of the country.
    """
    two = np.array([0.0, 0.0, 1.0, 1.0])
    all_two = float(SURVEY_CARS_PU @ two)
    rest = (all_two - HOUSE_TWO_CARS_PU * detached_share_pu) / max(1.0 - detached_share_pu, 1e-9)
    wanted = np.array([HOUSE_TWO_CARS_PU if name == "detached" else min(max(rest, 0.05), 0.95) for name in DWELLINGS])
    shares = tilted_cars(solve_tilt(wanted, two))
    return np.column_stack([shares[:, :2], shares[:, 2:].sum(axis=1)])
