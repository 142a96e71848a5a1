"""Turns enrolled cars into reserve prices, and the schedules of the designed levels into streams at that depth."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.streams import RESTORATION_REVENUES
from analysis.errors import DataError, Fault

Cube = NDArray[np.float64]
RISE_TOLERANCE_PU = 1e-3
FCR_N_REVENUE = "fcr_n_revenue_sek"
FCR_D_REVENUES = ("fcr_d_up_revenue_sek", "fcr_d_down_revenue_sek")
RESERVE_NET = "reserve_net_revenue_sek"
NET_COST = "net_cost_sek"


@dataclass(frozen=True)
class Depth:
    """Market points: enrolled cars (rising), both price levels (point × 2), and their mean (falling)."""

    enrolled_count: Cube
    levels_pu: Cube
    level_pu: Cube


def build_depth(balance: pd.DataFrame) -> Depth:
    """Arrange the market balance as rising enrolment.

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
    return Depth(table["enrolled_count"].to_numpy(dtype=float), levels, np.minimum.accumulate(mean))


def at_depth(streams: Mapping[str, Cube], designed: Cube, depth: Depth) -> dict[str, Cube]:
    """Streams at each market point: price year × point × area × vehicle × option, from price year × level × ….

    At the prices of a point each car keeps the one of its designed schedules that pays best there; its reserve revenue
    scales with the prices, all else stays. That is a schedule it can run, exact at the designed levels.

    Parameters
    ----------
    streams
        V2X less V1G by name, with gross revenue per product, what remains of it, and net cost.
    designed
        Level × 2 (FCR-N, FCR-D), in the order of the streams' second axis.

    References
    ----------
    METHODS 4 (levels per group, never one scalar); the market balance does the same for the mean car.
    """
    # ASSUME: between designed price levels a car keeps the best of its designed schedules.
    gathered: dict[str, list[Cube]] = {name: [] for name in streams}
    for fcr_n_pu, fcr_d_pu in depth.levels_pu:
        replayed = _replay(streams, _scale(fcr_n_pu, designed[:, 0]), _scale(fcr_d_pu, designed[:, 1]))
        best = np.argmin(replayed[NET_COST], axis=1)[:, None]
        for name, cube in replayed.items():
            gathered[name].append(np.take_along_axis(cube, best, axis=1)[:, 0])
    return {name: np.stack(cubes, axis=1) for name, cubes in gathered.items()}


def _scale(price_pu: float, designed_pu: Cube) -> Cube:
    """Price over the designed price of each level; a schedule made at price 0 offers nothing to scale."""
    scale = np.divide(price_pu, designed_pu, out=np.ones_like(designed_pu), where=designed_pu > 0)
    return np.asarray(scale[None, :, None, None, None])


def _replay(streams: Mapping[str, Cube], scale_n: Cube, scale_d: Cube) -> dict[str, Cube]:
    """All designed schedules at other reserve prices."""
    replayed = dict(streams)
    # ASSUME: aFRR and mFRR keep the price that a schedule was designed at; their own depth is a table of its own.
    restoration = sum(streams[name] for name in RESTORATION_REVENUES)
    gross = streams[FCR_N_REVENUE] + sum(streams[name] for name in FCR_D_REVENUES) + restoration
    kept = np.divide(streams[RESERVE_NET], gross, out=np.zeros_like(gross), where=gross > 0)
    replayed[FCR_N_REVENUE] = streams[FCR_N_REVENUE] * scale_n
    for name in FCR_D_REVENUES:
        replayed[name] = streams[name] * scale_d
    sold = replayed[FCR_N_REVENUE] + sum(replayed[name] for name in FCR_D_REVENUES) + restoration
    replayed[RESERVE_NET] = kept * sold
    replayed[NET_COST] = streams[NET_COST] + streams[RESERVE_NET] - replayed[RESERVE_NET]
    return replayed


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
