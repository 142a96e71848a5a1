"""Turns the ranges of ``parameters.csv`` into draws: one stratified sample a parameter, the same whoever asks.

Each parameter has a stream of its own, keyed by seed and id, so that two modules that draw the same parameter with
the same seed and count get the same numbers in the same order (common random numbers), whatever else they draw. A
column is stratified into ``count`` equal slices and shuffled: a Latin hypercube over all columns.

ASSUME: ``low`` and ``high`` are the ends of a triangular or uniform range; a normal or lognormal has them two standard
deviations apart from the middle on either side and is cut off there; a discrete one takes ``value`` with one half and
each end with one quarter (ends equal to ``value`` give it their weight).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.errors import ConfigError, Fault

# Quantiles are written out from scipy.special: importing scipy.stats takes longer than all draws of a run.

Draws = dict[str, np.ndarray]

FIXED_KINDS = frozenset({"fixed", "by year", "lever", "derived", "empirical", "reference"})
"""Distributions that are no chance: hard switches and levers are scenarios, never averaged into an interval."""


def draw_parameters(
    table: pd.DataFrame, ids: Iterable[str], count: int, seed: int, overrides: Mapping[str, float] | None = None
) -> Draws:
    """Draw each listed parameter ``count`` times.

    Parameters
    ----------
    table
        The ``Parameters`` table (grain: parameter), with its ranges.
    ids
        Which parameters; the draws of one do not depend on the others.
    count
        Number of draws, at least 1.
    seed
        Seed of the run.
    overrides
        Scenario values by id. ASSUME: a number set by a scenario is meant as that number, and is not drawn.

    Returns
    -------
    dict
        Parameter id to an array of ``count`` values in the parameter's own unit, each within low and high.

    Raises
    ------
    ConfigError
        For each id that is not in the table, and for each range that its distribution cannot have.

    References
    ----------
    METHODS 7.

    Examples
    --------
    A uniform parameter from 0 to 1 drawn 4 times has exactly one value in each quarter.
    """
    if count < 1:
        raise ValueError(f"count is {count}; at least one draw is needed")
    wanted = list(dict.fromkeys(ids))
    rows = table.set_index("id")
    unknown = sorted(set(wanted) - set(rows.index))
    if unknown:
        raise ConfigError(
            [Fault("data/assumptions/parameters.csv", f"no parameter {name!r}", "a listed id", "Add the row.")
             for name in unknown]
        )  # fmt: skip
    fixed = dict(overrides or {})
    return {
        name: np.full(count, float(fixed[name]))
        if name in fixed
        else _draw_one(rows.loc[[name]].iloc[0], name, count, seed)
        for name in wanted
    }


def stratified_uniforms(name: str, count: int, seed: int) -> np.ndarray:
    """Give ``count`` numbers in (0, 1), one in each slice of width 1/count, shuffled by seed and name."""
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    generator = np.random.default_rng([seed, key])
    uniforms: np.ndarray = (generator.permutation(count) + generator.random(count)) / count
    clipped: np.ndarray = np.clip(uniforms, 1e-12, 1 - 1e-12)
    return clipped


def quantiles(table: pd.DataFrame, name: str, uniforms: np.ndarray) -> np.ndarray:
    """Give one parameter's values at the levels ``uniforms``, each in (0, 1), by its own distribution.

    A parameter that is not drawn (a hard switch, a lever, a range without width) has its value at every level.

    Raises
    ------
    ConfigError
        If the id is not in the table, or its distribution cannot have its range.

    Examples
    --------
    A uniform parameter from 0 to 10 has 1 at the level 0.1 and 9 at 0.9.
    """
    rows = table.set_index("id")
    if name not in rows.index:
        raise ConfigError(
            Fault("data/assumptions/parameters.csv", f"no parameter {name!r}", "a listed id", "Add the row.")
        )
    return _at_levels(rows.loc[[name]].iloc[0], name, np.asarray(uniforms, dtype=float))


def _draw_one(row: pd.Series, name: str, count: int, seed: int) -> np.ndarray:
    return _at_levels(row, name, stratified_uniforms(name, count, seed))


def _at_levels(row: pd.Series, name: str, uniforms: np.ndarray) -> np.ndarray:
    low, value, high = float(row["low"]), float(row["value"]), float(row["high"])
    kind = str(row["distribution"])
    if kind in FIXED_KINDS or low == high:
        return np.full(len(uniforms), value)
    if kind == "lognormal" and low <= 0:
        raise ConfigError(
            Fault(f"data/assumptions/parameters.csv: {name}", f"low {low}", "low > 0 for a lognormal", "Raise low.")
        )
    drawn: np.ndarray = _QUANTILES[kind](uniforms, low, value, high)
    clipped: np.ndarray = np.clip(drawn, low, high)
    return clipped


def _triangular(uniforms: np.ndarray, low: float, value: float, high: float) -> np.ndarray:
    width = high - low
    mode = (value - low) / width
    rising, falling = np.sqrt(mode * uniforms), 1 - np.sqrt((1 - mode) * (1 - uniforms))
    drawn: np.ndarray = low + width * np.where(uniforms < mode, rising, falling)
    return drawn


def _uniform(uniforms: np.ndarray, low: float, value: float, high: float) -> np.ndarray:
    return low + uniforms * (high - low)


def _normal(uniforms: np.ndarray, low: float, value: float, high: float) -> np.ndarray:
    deviation = (high - low) / 4
    below, above = ndtr((low - value) / deviation), ndtr((high - value) / deviation)
    drawn: np.ndarray = value + deviation * ndtri(below + uniforms * (above - below))
    return drawn


def _lognormal(uniforms: np.ndarray, low: float, value: float, high: float) -> np.ndarray:
    drawn: np.ndarray = np.exp(_normal(uniforms, float(np.log(low)), float(np.log(value)), float(np.log(high))))
    return drawn


def _discrete(uniforms: np.ndarray, low: float, value: float, high: float) -> np.ndarray:
    if value == low:
        return np.where(uniforms < 0.75, value, high)
    if value == high:
        return np.where(uniforms < 0.25, low, value)
    return np.where(uniforms < 0.25, low, np.where(uniforms < 0.75, value, high))


_QUANTILES: dict[str, Callable[[np.ndarray, float, float, float], np.ndarray]] = {
    "triangular": _triangular,
    "uniform": _uniform,
    "normal": _normal,
    "lognormal": _lognormal,
    "discrete": _discrete,
}
