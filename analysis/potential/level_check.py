"""Holds values between the designed reserve price levels against solved ones, level by level."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.potential.surrogate import QUANTITIES, VALUE, schedules, surrogate
from analysis.settings.model import ReserveLevel

HELD_OUT = tuple(
    ReserveLevel(level_id=f"n{round(100 * n):03d}_d{round(100 * d):03d}", fcr_n_pu=n, fcr_d_pu=d)
    for n, d in ((0.8, 0.95), (0.4, 0.85), (0.6, 0.6), (0.15, 0.6), (0.25, 0.25), (0.02, 0.8), (0.0, 1.0), (1.0, 0.0))
)
"""Levels that no run designs: on the path on which the markets fall, beside it, and its two far corners."""


def level_check(
    dispatch_values: pd.DataFrame,
    sample: pd.DataFrame,
    area_weights: Mapping[str, float],
    charger_options: Sequence[str],
    price_years: Sequence[int],
    designed: Sequence[ReserveLevel],
    price_share_pu: float,
) -> pd.DataFrame:
    """Compare value and offers of the mean car at held-out levels (grain: charger option × price year × level).

    Parameters
    ----------
    dispatch_values
        ``DispatchValues`` solved at the designed and at the held-out levels.
    sample, area_weights, price_share_pu
        As of :func:`analysis.potential.surrogate.schedules`.

    Returns
    -------
    pd.DataFrame
        Schema LevelCheck. The value between levels is that of schedules the cars can run, so it should not exceed the
        solved one by more than the search's own gap.
    """
    rows = []
    for option in charger_options:
        for year in price_years:
            known, solved = (
                schedules(dispatch_values, sample, area_weights, option, [year], levels, price_share_pu)
                for levels in (designed, HELD_OUT)
            )
            between = surrogate(known)
            means = np.tensordot(solved.quantities, solved.weight, axes=([1], [0]))
            full = float(known.weight @ known.quantities[VALUE].max(axis=1))
            for place, level in enumerate(HELD_OUT):
                told = between.at(np.array(level.fcr_n_pu), np.array(level.fcr_d_pu))
                rows.append(
                    {"charger_option": option, "price_year": year, "reserve_level_id": level.level_id,
                     "fcr_n_pu": level.fcr_n_pu, "fcr_d_pu": level.fcr_d_pu,
                     "solved_sek": float(means[VALUE, place]), "between_sek": float(told[VALUE]),
                     "error_pu": (float(told[VALUE]) - float(means[VALUE, place])) / full,
                     **{f"{kind}_{name}": float(table[QUANTITIES.index(name)])
                        for kind, table in (("solved", means[:, place]), ("between", told))
                        for name in QUANTITIES[:3]}}
                )  # fmt: skip
    return pd.DataFrame(rows)
