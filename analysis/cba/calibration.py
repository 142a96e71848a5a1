"""Turns the revealed uptake without support into the technology constants that bring it about, draw by draw."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.cba.choice import Earnings, choose, two_way_value_sek
from analysis.cba.depth import market_position
from analysis.cba.world import World, terms_of
from analysis.errors import DataError, Fault

Cube = NDArray[np.float64]

ANCHOR = "ado.revealed_anchor"
ROUNDS = 40
TOLERANCE_PU = 1e-3


def uptake_pu(world: World) -> Cube:
    """Share of the households due in the first year that take a two-way charger without support, per draw."""
    homes, market, draws = world.households, world.market, world.draws
    nothing = np.zeros(world.draw_count)
    cells = (
        homes.cell_pu
        * (homes.capable_count[:, 0] / homes.capable_count[:, 0].sum(axis=1, keepdims=True))[..., None, None]
    )
    people = cells * first_aware_pu(world)[:, None, None, None]
    terms = terms_of(world, 0, None, nothing)
    lower, fraction = market_position(market.depth, nothing, draws["elasticity_ratio"])
    value = two_way_value_sek(market, draws, world.year_index, lower, fraction)
    columns = [each.option_index for each in world.alternatives]
    saving = market.smart_saving_sek[world.year_index]
    earnings = Earnings(value[..., columns], np.zeros_like(value[..., columns]), 0, saving)
    shares = choose(people, earnings, market.weight_pu, world.tastes, terms)
    return np.asarray(shares.two_way.sum(axis=(1, 2, 3), dtype=np.float64))


def first_aware_pu(world: World) -> Cube:
    """Share that knows of V2X in the first year, before any owner has told others."""
    homes = world.households
    return np.asarray(homes.aware_start_pu + (1.0 - homes.aware_start_pu) * homes.aware_rate_pu[:, 0])


def calibrated(world: World) -> World:
    """Move both technology constants of each draw so that its first-year uptake meets its own anchor.

    What is read off people's behaviour overrules the constants' priors: they are assumptions, the uptake is not. The
    difference between AC and DC keeps its prior, for no anchor tells them apart.

    Raises
    ------
    DataError
        If more households should buy than know of V2X.

    References
    ----------
    METHODS 4 (revealed 8 %), 5 (constants are priors, calibrated to the revealed anchor).
    """
    wanted = world.draws[ANCHOR]
    aware = first_aware_pu(world)
    if (wanted >= aware).any():
        raise DataError(
            Fault(ANCHOR, f"{float(wanted.max()):.2f}", "less than the share that knows of V2X", "Lower it.")
        )
    goal = _log_odds(wanted / aware)
    shift, last = np.zeros(world.draw_count), None
    for _ in range(ROUNDS):
        found = uptake_pu(replace(world, tastes=world.tastes.shifted(shift)))
        if np.abs(found / wanted - 1.0).max() < TOLERANCE_PU:
            return replace(world, tastes=world.tastes.shifted(shift))
        short = goal - _log_odds(np.clip(found / aware, 1e-12, 1 - 1e-12))
        # spread over cars and quintiles makes the log odds rise by less than the constant does: follow the secant
        slope = np.ones_like(short) if last is None else _rise(shift - last[0], last[1] - short)
        last = shift, short
        shift = shift + short / slope
    raise RuntimeError(f"uptake misses its anchor by {float(np.abs(found / wanted - 1.0).max()):.2%}")


def _rise(moved: Cube, risen: Cube) -> Cube:
    slope = np.divide(risen, moved, out=np.ones_like(moved), where=np.abs(moved) > 1e-9)
    return np.asarray(np.clip(slope, 0.2, 1.0))


def _log_odds(share: Cube) -> Cube:
    return np.asarray(np.log(share) - np.log1p(-share))
