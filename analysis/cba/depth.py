"""Turns the number of enrolled cars into reserve prices, and the designed price levels into streams at that depth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.potential.surrogate import interpolate

Cube = NDArray[np.float64]
RISE_TOLERANCE_PU = 1e-3


@dataclass(frozen=True)
class Depth:
    """Market points: enrolled cars (rising), mean of both price levels (falling), weights on the designed levels."""

    enrolled_count: Cube
    level_pu: Cube
    level_weights_pu: Cube


def level_weights_pu(designed: Cube, targets: Cube) -> Cube:
    """Weights on the designed price levels that reproduce target levels: target × level, rows sum to one.

    The interpolation is the market balance's own: linear on triangles, a target outside the set moved to its border.

    Parameters
    ----------
    designed, targets
        Level × 2 and target × 2 (FCR-N, FCR-D).

    Examples
    --------
    Levels (0, 0), (0.5, 0.5), (0.5, 0), (1, 1) and target (0.75, 0.75) give weights 0, 0.5, 0, 0.5.
    """
    return np.asarray(interpolate(designed, np.eye(len(designed)), targets)[0], dtype=float)


def build_depth(balance: pd.DataFrame, designed: list[tuple[float, float]]) -> Depth:
    """Arrange the market balance as rising enrolment with interpolation weights at each point.

    Raises
    ------
    DataError
        If the levels rise with enrolment, or fewer than two points are given.
    """
    table = balance.sort_values("enrolled_count")
    levels = table[["fcr_n_level_pu", "fcr_d_level_pu"]].to_numpy(dtype=float)
    mean = levels.mean(axis=1)
    if len(table) < 2 or (np.diff(mean) > RISE_TOLERANCE_PU).any():
        raise DataError(
            Fault(
                "market_balance",
                "price levels that rise with enrolment or fewer than two points",
                "levels that fall or stay",
                "Run balance_market again.",
            )
        )
    weights = level_weights_pu(np.asarray(designed, dtype=float), levels)
    return Depth(table["enrolled_count"].to_numpy(dtype=float), np.minimum.accumulate(mean), weights)


def at_depth(cube: Cube, depth: Depth) -> Cube:
    """Streams at each market point: price year × point × area × vehicle × option, from price year × level × …."""
    return np.asarray(np.einsum("ml,ylavo->ymavo", depth.level_weights_pu, cube))


def market_position(depth: Depth, enrolled_count: Cube, elasticity_ratio_pu: Cube) -> tuple[NDArray[np.int64], Cube]:
    """Where each draw stands on the market points: lower point and the fraction to the next one.

    A draw's own elasticity raises the central level to the power of its ratio to the central elasticity
    (p = p0·(S0/S)^ε, METHODS 4); the point with that level is where the draw stands.
    """
    # ASSUME: FCR-N and FCR-D move along the central path when the elasticity of a draw differs from the central one.
    level = np.interp(enrolled_count, depth.enrolled_count, depth.level_pu)
    scaled = np.where(level > 0, np.maximum(level, 1e-12) ** elasticity_ratio_pu, 0.0)
    steps = np.arange(len(depth.enrolled_count), dtype=float)
    falling = depth.level_pu[::-1] + np.arange(len(steps)) * 1e-12
    moved = np.interp(scaled, falling, steps[::-1])
    stayed = np.interp(enrolled_count, depth.enrolled_count, steps)
    position = np.where(np.isclose(elasticity_ratio_pu, 1.0), stayed, moved)
    lower = np.clip(position.astype(np.int64), 0, len(steps) - 2)
    return lower, np.asarray(position - lower)


def pick(cube: Cube, year_index: NDArray[np.int64], lower: NDArray[np.int64], fraction: Cube) -> Cube:
    """Read one area × vehicle × option table per draw out of price year × point × …, between two points."""
    share = fraction[:, None, None, None]
    return np.asarray((1.0 - share) * cube[year_index, lower] + share * cube[year_index, lower + 1])
