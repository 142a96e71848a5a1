"""Turns any set of draws and any law into outcomes: the one door through which searches call scheme evaluation."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.alternatives import draw_prices
from analysis.cba.world import Law
from analysis.uncertainty.draws import Draws
from analysis.uncertainty.evaluate import Frame, Study, draw_study, evaluate
from analysis.uncertainty.family import Units
from analysis.uncertainty.incidence import top_quintile_outlay_pu
from analysis.uncertainty.measures import scheme_draws

Index = NDArray[np.int64]

CHUNK = 256
"""Draws evaluated at once: more cost memory and save no time."""


def outcomes(study: Study, law: Law) -> pd.DataFrame:
    """Columns of ``SchemeDraws``, and ``top_quintile_outlay_msek``; one row a draw of the study."""
    found = evaluate(study, law)
    table = scheme_draws("searched", found)
    share = np.nan_to_num(top_quintile_outlay_pu(found))  # no share of nothing: no outlay goes to anybody
    return table.assign(top_quintile_outlay_msek=share * table["outlay_msek"])


def outcomes_of_draws(frame: Frame, draws: Draws, year_index: Index, law: Law) -> pd.DataFrame:
    """Outcomes of as many draws as one likes, in their order; each piece of them is a study of its own."""
    pieces = [slice(start, start + CHUNK) for start in range(0, len(year_index), CHUNK)]
    found = [
        outcomes(draw_study(frame, {name: values[piece] for name, values in draws.items()}, year_index[piece]), law)
        for piece in pieces
    ]
    return pd.concat(found, ignore_index=True).assign(draw=np.arange(len(year_index)))


@dataclass(frozen=True)
class SearchCase:
    """One study that all trials of a search share, and the chargers that its households choose between."""

    study: Study
    units: Units


def search_case(frame: Frame, draws: Draws, year_index: Index) -> SearchCase:
    """Lay draws over a frame once, for as many laws as one likes."""
    price, _ = draw_prices(frame.tables.charger_options, frame.alternatives, draws, frame.tables.parameters)
    options = frame.alternatives
    units = Units(
        np.array([each.technology == "dc" for each in options]),
        np.array([each.is_interoperable for each in options]),
        np.array([each.power_kw for each in options]),
        price / (1 + frame.parameters["ret.vat"]),
    )
    return SearchCase(draw_study(frame, draws, year_index), units)
