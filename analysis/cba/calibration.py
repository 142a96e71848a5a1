"""Turns the revealed uptake without support into a shift of the technology constants, inside their own ranges."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import brentq

from analysis.cba.adoption import Case, adopt
from analysis.cba.alternatives import Offer

CONSTANTS = ("ado.asc_ac", "ado.asc_dc")


def shift_limits(
    central: Mapping[str, float], low: Mapping[str, float], high: Mapping[str, float]
) -> tuple[float, float]:
    """How far the constants may move together while each stays within its range.

    Examples
    --------
    AC −1.0 in [−2.5, 0] and DC −1.5 in [−3, 0] may move by −1.5 to +1.0.
    """
    return max(low[name] - central[name] for name in CONSTANTS), min(high[name] - central[name] for name in CONSTANTS)


def uptake_pu(case: Case, offer: Offer) -> float:
    """Share of the households due for a charger that take a two-way one, mean over the case's draws."""
    taken = adopt(case, offer).two_way_count.sum(axis=(1, 2, 3, 4))
    due = case.deciders.due_count.sum(axis=1)
    return float(np.mean(np.divide(taken, due, out=np.zeros(len(due)), where=due > 0)))


def calibrate_shift(case: Case, offer: Offer, anchor_pu: float, limits: tuple[float, float]) -> tuple[float, float]:
    """Shift of the constants with which uptake without support meets the revealed anchor, and the uptake it gives.

    Where the anchor lies beyond what the limits allow, the nearer limit is taken: the anchor does not overrule the
    ranges, and the uptake that comes back shows what is missed.

    Parameters
    ----------
    case
        At central parameters, one draw per price year.
    offer
        Without support.
    anchor_pu
        Revealed share of buyers (``ado.revealed_anchor``).
    limits
        From :func:`shift_limits`.

    References
    ----------
    METHODS 4 (revealed 8 %), 5 (constants are priors).
    """
    gap = _gap(case, offer, anchor_pu)
    lowest, highest = limits
    if gap(lowest) >= 0:
        return lowest, gap(lowest) + anchor_pu
    if gap(highest) <= 0:
        return highest, gap(highest) + anchor_pu
    shift = float(brentq(gap, lowest, highest, xtol=1e-4))
    return shift, gap(shift) + anchor_pu


def _gap(case: Case, offer: Offer, anchor_pu: float) -> Callable[[float], float]:
    def gap(shift: float) -> float:
        return uptake_pu(replace(case, asc_shift=shift), offer) - anchor_pu

    return gap
