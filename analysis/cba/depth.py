"""Turns the number of enrolled cars into reserve prices, and the designed price levels into streams at that depth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog

from analysis.errors import DataError, Fault

Cube = NDArray[np.float64]
OUTSIDE_PENALTY = 1e3


@dataclass(frozen=True)
class Depth:
    """Market points: enrolled cars (rising), FCR-D level (falling), and level weights (point × designed level)."""

    enrolled_count: Cube
    fcr_n_level_pu: Cube
    fcr_d_level_pu: Cube
    level_weights_pu: Cube


def level_weights_pu(points: Cube, target: Cube) -> Cube:
    """Weights on the designed price levels that reproduce a target level, from its nearest neighbours.

    The weights solve a small LP whose objective, squared distance, makes it the Delaunay interpolation; a target
    outside the designed set is met as closely as the set allows.

    Parameters
    ----------
    points
        Designed levels, level × 2 (FCR-N, FCR-D).
    target
        Two levels.

    Examples
    --------
    Levels (0, 0), (0.5, 0.5), (1, 1) and target (0.75, 0.75) give weights 0, 0.5, 0.5.
    """
    count = len(points)
    distance = ((points - target) ** 2).sum(axis=1)
    cost = np.r_[distance, np.full(4, OUTSIDE_PENALTY)]
    rows = np.zeros((3, count + 4))
    rows[0, :count] = 1.0
    rows[1:, :count] = points.T
    rows[1, count : count + 2] = 1.0, -1.0
    rows[2, count + 2 :] = 1.0, -1.0
    solved = linprog(cost, A_eq=rows, b_eq=np.r_[1.0, target], bounds=(0, None), method="highs")
    weights = np.asarray(solved.x, dtype=float)[:count]
    return np.asarray(weights / weights.sum())


def build_depth(balance: pd.DataFrame, designed: list[tuple[float, float]]) -> Depth:
    """Arrange the market balance as rising enrolment with interpolation weights at each point.

    Raises
    ------
    DataError
        If a level rises with enrolment, or fewer than two points are given.
    """
    table = balance.sort_values("enrolled_count")
    fcr_n = table["fcr_n_level_pu"].to_numpy(dtype=float)
    fcr_d = table["fcr_d_level_pu"].to_numpy(dtype=float)
    if len(table) < 2 or (np.diff(fcr_d) > 1e-9).any() or (np.diff(fcr_n) > 1e-9).any():
        raise DataError(
            Fault("market_balance", "price levels that rise with enrolment or fewer than two points",
                  "levels that fall or stay", "Run balance_market again.")
        )  # fmt: skip
    points = np.asarray(designed, dtype=float)
    weights = np.array([level_weights_pu(points, np.array(pair)) for pair in zip(fcr_n, fcr_d, strict=True)])
    return Depth(table["enrolled_count"].to_numpy(dtype=float), fcr_n, fcr_d, weights)


def at_depth(cube: Cube, depth: Depth) -> Cube:
    """Streams at each market point: price year × point × area × vehicle × option, from price year × level × …."""
    return np.asarray(np.einsum("ml,ylavo->ymavo", depth.level_weights_pu, cube))


def market_position(depth: Depth, enrolled_count: Cube, elasticity_ratio_pu: Cube) -> tuple[NDArray[np.int64], Cube]:
    """Where each draw stands on the market points: lower point and the fraction to the next one.

    A draw's own elasticity raises the central FCR-D level to the power of its ratio to the central elasticity
    (p = p0·(S0/S)^ε, METHODS 4); the point with that level is where the draw stands.
    """
    # ASSUME: FCR-N erodes in step with FCR-D when the elasticity of a draw differs from the central one.
    level = np.interp(enrolled_count, depth.enrolled_count, depth.fcr_d_level_pu)
    scaled = np.where(level > 0, np.maximum(level, 1e-12) ** elasticity_ratio_pu, 0.0)
    steps = np.arange(len(depth.enrolled_count), dtype=float)
    falling = depth.fcr_d_level_pu[::-1] + np.arange(len(steps)) * 1e-12
    moved = np.interp(scaled, falling, steps[::-1])
    stayed = np.interp(enrolled_count, depth.enrolled_count, steps)
    position = np.where(np.isclose(elasticity_ratio_pu, 1.0), stayed, moved)
    lower = np.clip(position.astype(np.int64), 0, len(steps) - 2)
    return lower, np.asarray(position - lower)


def pick(cube: Cube, year_index: NDArray[np.int64], lower: NDArray[np.int64], fraction: Cube) -> Cube:
    """Read one area × vehicle × option table per draw out of price year × point × …, between two points."""
    share = fraction[:, None, None, None]
    return np.asarray((1.0 - share) * cube[year_index, lower] + share * cube[year_index, lower + 1])
