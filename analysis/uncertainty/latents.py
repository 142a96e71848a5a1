"""Turns independent levels between 0 and 1 into the draws of a run: a level a parameter, and one for the price year.

A draw of the run and a point of a sensitivity design are made by the same quantile functions, so that an index explains
the very intervals that the report shows.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.settings.draws import FIXED_KINDS, quantiles
from analysis.settings.parameters import ParameterSet
from analysis.uncertainty.draws import DRAWN, UNIFORMS, Draws, central_draws, complete_draws

Cube = NDArray[np.float64]
Index = NDArray[np.int64]

PRICE_YEAR = "price_year"
EDGE_PU = 1e-9
# ASSUME: a design may ask for the very ends of a range; the level is then one in a thousand million from the end, where
# every quantile function is finite.


def moving_names(table: pd.DataFrame, overrides: Mapping[str, float], price_years: Sequence[int]) -> tuple[str, ...]:
    """Name all that differs between draws: parameters with a range, the fleet's uniforms, and the price year.

    A parameter whose number the scenario sets is not drawn, and a run on one price year has no year to draw.
    """
    rows = table.set_index("id")[["low", "high", "distribution"]].to_dict("index")
    moving = [
        name
        for name in DRAWN
        if name not in overrides
        and rows[name]["distribution"] not in FIXED_KINDS
        and rows[name]["low"] < rows[name]["high"]
    ]
    return (*moving, *UNIFORMS, *((PRICE_YEAR,) if len(price_years) > 1 else ()))


def draws_at(
    table: pd.DataFrame, parameters: ParameterSet, levels: pd.DataFrame, year_count: int
) -> tuple[Draws, Index]:
    """Draws with each parameter at its level, one row of ``levels`` a draw.

    Parameters
    ----------
    table, parameters
        Ranges, and the values of this run.
    levels
        A column for each name that moves (see :func:`moving_names`), levels in [0, 1]; a null stands for the
        parameter's value in this run, and so does a name without a column.
    year_count
        Number of price years; a level picks a whole year, as the run's own draws do. Null is the first.

    Returns
    -------
    tuple
        The draws with their ratios to what dispatch was solved with, and the index of the price year.
    """
    count = len(levels)
    central = central_draws(parameters, count)
    drawn = {name: central[name] for name in (*DRAWN, *UNIFORMS)}
    year = np.zeros(count)
    for name in levels.columns:
        given = levels[name].to_numpy(dtype=float)
        level = np.clip(np.where(np.isnan(given), 0.5, given), EDGE_PU, 1 - EDGE_PU)
        if name == PRICE_YEAR:
            year = np.where(np.isnan(given), 0.0, level)
        else:
            moved = level if name in UNIFORMS else quantiles(table, name, level)
            drawn[name] = np.where(np.isnan(given), drawn[name], moved)
    return complete_draws(drawn, parameters, count), whole_years(year, year_count)


def whole_years(level: Cube, year_count: int) -> Index:
    """Index of the price year at each level: 0.49 of two years is the first, 0.5 the second."""
    return np.minimum((np.asarray(level) * year_count).astype(np.int64), year_count - 1)
