"""Turns any set of draws and any law into outcomes: the one door through which searches call scheme evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.alternatives import draw_prices
from analysis.fleet.openness import OpenStandards
from analysis.policy.support import ResolvedScheme
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet
from analysis.uncertainty.draws import Draws
from analysis.uncertainty.evaluate import Study, Tables, _case, build_study, evaluate
from analysis.uncertainty.measures import scheme_draws

Index = NDArray[np.int64]
Law = ResolvedScheme

CHUNK = 512
"""Draws evaluated at once: more cost memory and save no time."""


@dataclass(frozen=True)
class Engine:
    """Scheme evaluation with everything settled but draws and law."""

    base: Study
    tables: Tables
    parameters: ParameterSet
    standards: OpenStandards

    @property
    def price_years(self) -> tuple[int, ...]:
        """The whole years that draws pick from."""
        return self.base.streams.price_years

    def outcomes(self, draws: Draws, year_index: Index, law: Law) -> pd.DataFrame:
        """Columns of ``SchemeDraws``, and ``top_quintile_outlay_msek``; one row a draw, in the order given."""
        count = len(year_index)
        parts = [
            self._chunk({name: values[start : start + CHUNK] for name, values in draws.items()},
                        year_index[start : start + CHUNK], law)
            for start in range(0, count, CHUNK)
        ]  # fmt: skip
        found = pd.concat(parts, ignore_index=True)
        return found.assign(draw=np.arange(count))

    def _chunk(self, draws: Draws, year_index: Index, law: Law) -> pd.DataFrame:
        base, tables = self.base, self.tables
        case = _case(tables, base.streams, base.case.market, base.alternatives, draws, year_index, self.parameters,
                     base.year, self.standards)  # fmt: skip
        prices = draw_prices(tables.charger_options, base.alternatives, draws, tables.parameters)
        firm_kw = np.broadcast_to(base.firm_kw[:1], (len(year_index), *base.firm_kw.shape[1:]))
        study = replace(base, case=replace(case, asc_shift=base.case.asc_shift), prices=prices, firm_kw=firm_kw,
                        appraisal_cases={}, responses={})  # fmt: skip
        found = scheme_draws("searched", evaluate(study, law))
        return found.assign(top_quintile_outlay_msek=np.nan)


def build_engine(
    tables: Tables, parameters: ParameterSet, overrides: Mapping[str, float], *, year: int, options: tuple[str, ...],
    levels: tuple[ReserveLevel, ...], standards: OpenStandards,
) -> Engine:  # fmt: skip
    """Settle everything but draws and law; the constants of taste are calibrated here, once."""
    base = build_study(tables, parameters, overrides, year=year, count=1, seed=0, options=options, levels=levels,
                       standards=standards)  # fmt: skip
    return Engine(base, tables, parameters, standards)
