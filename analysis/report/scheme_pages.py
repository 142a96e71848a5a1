"""Gathers what the page says of the schemes of a run: figures in reading order, and a line for what is not made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.report import scheme_law
from analysis.report.account_views import account_figure, account_totals
from analysis.report.best_views import front_figure, proposal_of, ratio_figure
from analysis.report.certainty_views import comparison_figure, information_figure
from analysis.report.convergence_view import convergence_view
from analysis.report.elements import FigureView
from analysis.report.incidence_views import incidence_figure
from analysis.report.matrix_views import matrix_figure
from analysis.report.path_views import path_figure
from analysis.report.results import Results
from analysis.report.scheme_cards import scheme_cards, schemes_answer
from analysis.report.scheme_choice import BASELINE, Choice, choose
from analysis.report.sensitivity_views import sensitivity_figure
from analysis.report.text import Voice

PROPOSAL = "task53"
SHOWN_CARDS = 6
MADE_BY_FILE = ("scheme_paths", "scheme_incidence", "scheme_comparison", "information_value")
MADE_BY_TARGET = ("sensitivity", "scheme_front", "best_scheme")


@dataclass(frozen=True)
class Note:
    """A line in the place of what is not shown: why, and the command that makes it."""

    text: str
    command: str = ""


def scheme_figures(results: Results, named: Sequence[str], year: int, voice: Voice) -> list[FigureView]:
    """Give the figures of the schemes; one whose table has no row of a scheme is left out.

    Parameters
    ----------
    named
        The schemes of the run, in its order.

    Raises
    ------
    DataError
        If the accounts of a scheme do not add up to its social value.
    """
    choice = choose(named, results.headlines)
    proposal = proposal_of(results.scheme_law.get(PROPOSAL, ()))
    if not choice.schemes:
        return []
    figures = [
        matrix_figure(results.scheme_results, choice, year, voice),
        account_figure(account_totals(results.accounts, results.scheme_summary, choice, year), voice),
    ]
    if choice.of(results.scheme_paths):
        figures.append(path_figure(results.scheme_paths, choice, voice))
    if choice.of(results.scheme_incidence):
        figures.append(incidence_figure(results.scheme_incidence, choice, voice))
    if not results.scheme_comparison.empty:
        figures.append(comparison_figure(results.scheme_comparison, choice, voice))
    if not results.information_value.empty:
        figures.append(information_figure(results.information_value, voice))
    if choice.of(results.sensitivity):
        figures.append(sensitivity_figure(results.sensitivity, choice, voice))
    if not results.scheme_front.empty:
        figures.append(front_figure(results.scheme_front, results.best_scheme, proposal, voice))
    if not results.best_scheme.empty:
        figures.append(ratio_figure(results.best_scheme, voice))
    return figures


def scheme_sections(results: Results, named: Sequence[str], scenario: str, year: int, voice: Voice) -> dict[str, Any]:
    """Gather what stands beside the figures: the answer, the cards, the law, and lines for what is absent."""
    choice = choose(named, results.headlines)
    cards = scheme_cards(results, choice, year, voice) if choice.schemes else []
    return {
        "schemes_answer": schemes_answer(results, choice, year, voice),
        "scheme_cards": cards[:SHOWN_CARDS],
        "further_cards": cards[SHOWN_CARDS:],
        "convergence": convergence_view(results.convergence, choice, voice),
        "law": scheme_law.law_table(results.scheme_law, choice.schemes, voice),
        "absent": absent_notes(results, choice, scenario, voice),
    }


def absent_notes(results: Results, choice: Choice, scenario: str, voice: Voice) -> dict[str, Note]:
    """Say of each table without rows which command makes it; of one scheme alone, that there is nothing to compare."""
    notes = {
        name: Note(voice.say("absent.file"), f"snakemake data/results/{scenario}/{name}.parquet")
        for name in MADE_BY_FILE
        if getattr(results, name).empty
    }
    for name in MADE_BY_TARGET:
        if getattr(results, name).empty:
            notes[name] = Note(voice.say(f"absent.{name}"), f"make sensitivity SCENARIO={scenario}")
    alone = len([name for name in choice.schemes if name != BASELINE]) < 2
    if alone and "scheme_comparison" in notes:
        notes["scheme_comparison"] = Note(voice.say("absent.alone"))
    return notes
