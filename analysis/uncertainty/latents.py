"""Turns independent uniform numbers into the draws of a run: one number for each parameter, and one for the price year.

A draw of the run and a point of a sensitivity design are made by the same quantile functions, so that an index explains
the very intervals that the report shows.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.settings.draws import FIXED_KINDS, quantiles
from analysis.settings.parameters import ParameterSet
from analysis.uncertainty.draws import DRAWN, UNIFORMS, Draws, complete_draws

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
    table: pd.DataFrame, parameters: ParameterSet, central: Draws, uniforms: Mapping[str, Cube], year_count: int
) -> tuple[Draws, Index]:
    """Draws with the named ones at the levels given and all others as in ``central``.

    Parameters
    ----------
    table, parameters
        Ranges, and the values of this run.
    central
        Draws as many as the levels, for what is not named.
    uniforms
        Level in (0, 1) of each named parameter or uniform, and of ``price_year``; arrays of one length.
    year_count
        Number of price years; a level picks a whole year, as the run's own draws do.

    Returns
    -------
    tuple
        The draws with their ratios to what dispatch was solved with, and the index of the price year, 0 where no level
        is given for it.
    """
    count = len(next(iter(uniforms.values())))
    levels = {name: np.clip(level, EDGE_PU, 1 - EDGE_PU) for name, level in uniforms.items()}
    drawn = {name: central[name] for name in (*DRAWN, *UNIFORMS)}
    for name, level in levels.items():
        if name != PRICE_YEAR:
            drawn[name] = level if name in UNIFORMS else quantiles(table, name, level)
    year = levels.get(PRICE_YEAR, np.zeros(count))
    return complete_draws(drawn, parameters, count), whole_years(year, year_count)


def whole_years(level: Cube, year_count: int) -> Index:
    """Index of the price year at each level: 0.49 of two years is the first, 0.5 the second."""
    return np.minimum((np.asarray(level) * year_count).astype(np.int64), year_count - 1)
