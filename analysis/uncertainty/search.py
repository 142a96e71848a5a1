"""Turns a run and the Task 53 law into its two tables: every trial of the family, and the best scheme of each aim."""

from collections.abc import Mapping

import pandas as pd

from analysis.cba.world import Law
from analysis.errors import Fault, PolicyError
from analysis.settings.model import Search
from analysis.uncertainty.best import best_schemes, search_family
from analysis.uncertainty.draws import draw_all, draw_price_years
from analysis.uncertainty.engine import outcomes, search_case
from analysis.uncertainty.evaluate import Frame
from analysis.uncertainty.family import family_law, proposal, support_coordinates
from analysis.uncertainty.trials import front_table


def search_schemes(
    frame: Frame, law: Law, overrides: Mapping[str, float], search: Search, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables ``SchemeFront`` and ``BestScheme``.

    Parameters
    ----------
    law
        Task 53 by calendar year; every year gets the same numbers of the family.
    overrides
        Scenario values, which are not drawn.

    Raises
    ------
    PolicyError
        If the law holds nothing in any year, or lacks a value of the family.
    """
    if not law:
        raise PolicyError(
            Fault("scheme task53", "no year with support", "a law of the Task 53 family",
                  "Let policy.statuses hold proposed and assumption, and last_paid_year lie after its first value.")
        )  # fmt: skip
    template = next(iter(law.values()))
    proposed = proposal(template)
    count = search.trial_draw_count
    draws = draw_all(frame.tables.parameters, frame.parameters, count, seed, overrides)
    case = search_case(frame, draws, draw_price_years(frame.streams.price_years, count, seed))

    def evaluate(amounts: Mapping[str, float]) -> pd.DataFrame:
        return outcomes(case.study, {year: family_law(each, amounts) for year, each in law.items()})

    trials, responses = search_family(evaluate, support_coordinates(case.units, template), proposed, search, seed)
    return front_table(trials), best_schemes(trials, responses, proposed, search, seed)
