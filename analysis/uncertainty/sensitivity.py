"""Turns a scheme into what moves its outcomes: one parameter at a time (tornado), and shares of variance (Sobol)."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.world import Law
from analysis.schemas.schemes import OUTCOMES
from analysis.settings.model import Search
from analysis.uncertainty.engine import outcomes_of_draws
from analysis.uncertainty.evaluate import Frame
from analysis.uncertainty.indices import INDEX_COLUMNS, Model, leading_names, screen, variance_shares
from analysis.uncertainty.latents import PRICE_YEAR, draws_at, moving_names

Cube = NDArray[np.float64]

TORNADO_LEVELS = {"at_low": 0.1, "at_high": 0.9}
MIDDLE = "at_middle"


def scheme_model(frame: Frame, law: Law, measures: Sequence[str]) -> Model:
    """One scheme as a model of levels: each row of levels is a draw, and each outcome a column of what it gave."""

    def model(levels: pd.DataFrame) -> Mapping[str, Cube]:
        draws, year_index = draws_at(frame.tables.parameters, frame.parameters, levels, len(frame.streams.price_years))
        found = outcomes_of_draws(frame, draws, year_index, law)
        return {name: found[name].to_numpy(dtype=float) for name in measures}

    return model


def tornado(model: Model, names: Sequence[str], year_count: int) -> dict[str, pd.DataFrame]:
    """Each outcome with one name at its 10th and 90th percentile and all others at their values, sign kept.

    Returns
    -------
    dict
        Outcome to a table, a row a name: ``at_low``, ``at_middle``, ``at_high``, means over the price years. The price
        year stands at the same percentiles: the first and the last year where there are fewer than ten.

    Examples
    --------
    Of 2 a + b with a and b from 0 to 1 and values 0.5: a gives 0.7, 1.5, 2.3, and b gives 1.1, 1.5, 1.9.

    References
    ----------
    METHODS 7.
    """
    years = (np.arange(year_count) + 0.5) / year_count
    cases = [("", np.nan), *((name, level) for name in names for level in TORNADO_LEVELS.values())]
    levels = pd.DataFrame(
        np.nan, index=range(len(cases) * year_count), columns=list(dict.fromkeys((*names, PRICE_YEAR)))
    )
    levels[PRICE_YEAR] = np.tile(years, len(cases))
    for number, (name, level) in enumerate(cases):
        if name:
            levels.loc[number * year_count : (number + 1) * year_count - 1, name] = level
    found = {}
    for outcome, values in model(levels).items():
        by_case = values.reshape(len(cases), year_count).mean(axis=1)
        ends = dict(zip(TORNADO_LEVELS, by_case[1:].reshape(len(names), 2).T, strict=True))
        found[outcome] = pd.DataFrame({**ends, MIDDLE: by_case[0]}, index=list(names))
    return found


def explain_scheme(
    scheme: str, frame: Frame, law: Law, overrides: Mapping[str, float], search: Search, seed: int,
    is_verified: Mapping[str, bool],
) -> pd.DataFrame:  # fmt: skip
    """Table ``Sensitivity`` of one scheme.

    Every parameter has its tornado row. Those that screening finds strongest have Sobol indices of their own; all
    others have theirs together, in the row ``others``. A scheme that changes nothing has rows without indices.

    Parameters
    ----------
    is_verified
        By parameter id: whether its value was read in a source. A name that is not listed counts as not verified.
    """
    years = frame.streams.price_years
    names = moving_names(frame.tables.parameters, overrides, years)
    model = scheme_model(frame, law, tuple(OUTCOMES))
    return explain_model(scheme, model, names, len(years), search, seed, lambda name: is_verified.get(name, False))


def explain_model(
    scheme: str, model: Model, names: Sequence[str], year_count: int, search: Search, seed: int,
    is_verified: Callable[[str], bool],
) -> pd.DataFrame:  # fmt: skip
    """Tornado, screening and Sobol indices of any model of levels, in the form of ``Sensitivity``."""
    one_by_one = tornado(model, names, year_count)
    effects = screen(model, names, search.morris_path_count, seed)
    leading = leading_names(effects, search.sobol_parameter_count)
    shares = variance_shares(model, names, leading, search.sobol_base_count, seed)
    tables = []
    for outcome, ends in one_by_one.items():
        table = ends.join(shares[outcome], how="outer")
        table.insert(0, "parameter", table.index)
        table.insert(0, "outcome", outcome)
        table.insert(0, "scheme", scheme)
        tables.append(table.assign(is_verified=[is_verified(name) for name in table.index]))
    columns = ["scheme", "outcome", "parameter", "at_low", MIDDLE, "at_high", *INDEX_COLUMNS, "is_verified"]
    return pd.concat(tables, ignore_index=True)[columns]
