"""Turns a model of independent levels into screening effects and shares of variance; SALib does design and estimate.

A model takes a table of levels in [0, 1], a column a name and a row a run, and gives each outcome as an array.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

Cube = NDArray[np.float64]
Model = Callable[[pd.DataFrame], Mapping[str, Cube]]

OTHERS = "others"
"""All that is not looked at one by one, moved together."""

SCREEN_LOW, SCREEN_HIGH = 0.1, 0.9
MORRIS_LEVELS = 4
INDEX_COLUMNS = ("first_pu", "first_half_width_pu", "total_pu", "total_half_width_pu")


def screen(model: Model, names: Sequence[str], path_count: int, seed: int) -> pd.DataFrame:
    """Mean absolute elementary effects of each name (rows) on each outcome (columns), in the outcome's unit.

    References
    ----------
    METHODS 7 (screen with Morris first); Morris 1991, Campolongo 2007 (mean of absolute effects).
    """
    # ASSUME: screening moves between the 10th and the 90th percentile; the outermost ends would let a long tail decide.
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[SCREEN_LOW, SCREEN_HIGH]] * len(names)}
    design = morris_sample.sample(problem, path_count, num_levels=MORRIS_LEVELS, seed=seed)
    outcomes = model(pd.DataFrame(design, columns=list(names)))
    effects = {}
    for outcome, values in outcomes.items():
        found = morris_analysis.analyze(problem, design, np.nan_to_num(values), num_levels=MORRIS_LEVELS, seed=seed)
        effects[outcome] = np.asarray(found["mu_star"], dtype=float)
    return pd.DataFrame(effects, index=list(names))


def leading_names(effects: pd.DataFrame, count: int) -> tuple[str, ...]:
    """Name the ``count`` that move an outcome most, each outcome in its own measure; the strongest first."""
    total = effects.sum()
    relative = effects.loc[:, total > 0] / total[total > 0]
    if relative.shape[1] == 0:
        return tuple(effects.index[:count])
    return tuple(relative.max(axis=1).sort_values(ascending=False, kind="stable").index[:count])


def variance_shares(
    model: Model, names: Sequence[str], leading: Sequence[str], base_count: int, seed: int
) -> dict[str, pd.DataFrame]:
    """First-order and total Sobol indices with the half width of their 95 % interval, by outcome.

    Parameters
    ----------
    model, names
        The model and all that moves it.
    leading
        Names with indices of their own; all others are moved together and stand as ``others``.
    base_count
        N of the N(2k+2) runs, k being the leading names and ``others``; a power of two.
    seed
        Of the sequence and of the resamples behind the half widths.

    Returns
    -------
    dict
        Outcome to a table with a row for each leading name and ``others``, columns ``INDEX_COLUMNS``. Null where the
        outcome does not vary, or has no value in some run: variance is then not to be shared out.

    References
    ----------
    METHODS 7; Saltelli 2010 (estimators).
    """
    groups = [name if name in leading else OTHERS for name in names]
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names), "groups": groups}
    design = sobol_sample.sample(problem, base_count, calc_second_order=True, seed=seed)
    outcomes = model(pd.DataFrame(design, columns=list(names)))
    rows = list(dict.fromkeys(groups))
    return {outcome: _shares(problem, rows, values, seed) for outcome, values in outcomes.items()}


def _shares(problem: Mapping[str, object], rows: list[str], values: Cube, seed: int) -> pd.DataFrame:
    if not np.isfinite(values).all() or np.ptp(values) == 0:
        return pd.DataFrame(np.nan, index=rows, columns=list(INDEX_COLUMNS))
    # SALib takes the seed 0 for none
    found = sobol_analysis.analyze(problem, values, calc_second_order=True, seed=seed + 1)
    columns = [np.asarray(found[name], dtype=float) for name in ("S1", "S1_conf", "ST", "ST_conf")]
    return pd.DataFrame(dict(zip(INDEX_COLUMNS, columns, strict=True)), index=rows)
