"""Turns the results of each scheme into a card: what is paid, what it adds, what it costs and for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.report.numbers import is_known
from analysis.report.results import Results
from analysis.report.scheme_choice import (
    ADDITIONAL,
    CHANCE,
    FIRM,
    FIRM_COST,
    FREE,
    HOME_BATTERY,
    OUTLAY,
    SOCIAL,
    TOP,
    Choice,
    chance,
    measures,
    pick,
    told,
)
from analysis.report.scheme_law import beyond_purchase, references, status_words
from analysis.report.text import UNKNOWN, Voice

SHOWN_KW = 11.0  # SOURCE: METHODS 5.1: the power that has factor one in the Task 53 formula
TECHNOLOGIES = ("ac", "dc")


@dataclass(frozen=True)
class PaidRow:
    """What one kind of charger gets, closed and open."""

    charger: str
    closed: str
    open: str


@dataclass(frozen=True)
class SchemeCard:
    """One scheme: its name, the status of its values, what it pays, what it does, and where it is written."""

    scheme: str
    title: str
    status: str
    paid: Sequence[PaidRow]
    facts: Sequence[tuple[str, str]]
    references: Sequence[str]


def scheme_cards(results: Results, choice: Choice, year: int, voice: Voice) -> list[SchemeCard]:
    """Give a card of each scheme but the baseline, the leading one first.

    Raises
    ------
    DataError
        If the summary lacks a measure that a card shows.
    """
    found = measures(results.scheme_summary, year)
    national = results.scheme_results
    national = national[(national["price_area"] == "SE") & (national["year"] == year)]
    cards = []
    for scheme in choice.of(results.scheme_summary):
        law = results.scheme_law.get(scheme, ())
        facts = [*beyond_purchase(law, voice), *_facts(found, scheme, voice)]
        paid = _paid(national[national["scheme"] == scheme], voice)
        name = voice.name("scheme", scheme)
        cards.append(SchemeCard(scheme, name, status_words(law, voice), paid, facts, references(law)))
    return cards


def _facts(found: dict[tuple[str, str], Any], scheme: str, voice: Voice) -> list[tuple[str, str]]:
    """Write what a scheme does, in the order of the chain from purchase to society."""
    cost, top = pick(found, scheme, FIRM_COST), pick(found, scheme, TOP)
    shown = [
        (ADDITIONAL, told(pick(found, scheme, ADDITIONAL), voice)),
        (FREE, _share(pick(found, scheme, FREE), voice)),
        (FIRM, told(pick(found, scheme, FIRM), voice)),
        (OUTLAY, told(pick(found, scheme, OUTLAY), voice)),
        (FIRM_COST, told(cost, voice) if is_known(cost.value) else voice.say("card.nothing_added")),
        *_beside(found, scheme, voice),
        (SOCIAL, told(pick(found, scheme, SOCIAL), voice)),
        (CHANCE, chance(pick(found, scheme, CHANCE), voice)),
        (TOP, told(top, voice) if is_known(top.value) else voice.say("card.no_outlay")),
    ]
    return [(voice.say(f"card.{measure}"), text) for measure, text in shown]


def _beside(found: dict[tuple[str, str], Any], scheme: str, voice: Voice) -> list[tuple[str, str]]:
    """Write what a firm kW would cost by home batteries; nothing where nothing is paid on purchase."""
    row = pick(found, scheme, HOME_BATTERY)
    return [(HOME_BATTERY, told(row, voice))] if is_known(row.value) else []


def _share(row: Any, voice: Voice) -> str:
    return told(row, voice) if is_known(row.value) else voice.say("card.no_recipients")


def _paid(rows: pd.DataFrame, voice: Voice) -> list[PaidRow]:
    """Show AC and DC at 11 kW; of a technology that the run has at other powers only, the least one, named."""
    shown = []
    for technology in TECHNOLOGIES:
        own = rows[rows["technology"] == technology]
        if own.empty:
            continue
        power = SHOWN_KW if (own["power_kw"] == SHOWN_KW).any() else own["power_kw"].min()
        here = own[own["power_kw"] == power].drop_duplicates("is_interoperable").set_index("is_interoperable")
        amounts = here["support_sek_per_unit"].to_dict()
        closed, opened = (
            voice.number(amounts[key], "sek") if key in amounts else UNKNOWN for key in (False, True)
        )  # fmt: skip
        option = str(here["charger_option"].iloc[0])
        shown.append(PaidRow(voice.name("charger", option), closed, opened))
    return shown


def schemes_answer(results: Results, choice: Choice, year: int, voice: Voice) -> str:
    """Say which scheme adds most, which adds firm power at least cost, and what society gains or loses by the best."""
    found = measures(results.scheme_summary, year)
    schemes = choice.of(results.scheme_summary)
    adding = [name for name in schemes if pick(found, name, ADDITIONAL).value > 0]
    valued = [name for name in adding if is_known(pick(found, name, SOCIAL).value)]
    if not adding or not valued:
        return voice.say("schemes.answer_none", year=str(year))
    most = max(adding, key=lambda name: float(pick(found, name, ADDITIONAL).value))
    paying = [name for name in adding if pick(found, name, OUTLAY).value > 0]
    costed = [name for name in paying if is_known(pick(found, name, FIRM_COST).value)]
    best = max(valued, key=lambda name: float(pick(found, name, SOCIAL).value))
    social = {
        "best": voice.name("scheme", best),
        "npv": told(pick(found, best, SOCIAL), voice),
        "chance": chance(pick(found, best, CHANCE), voice),
    }
    first = voice.say(
        "schemes.answer_most",
        year=str(year),
        most=voice.name("scheme", most),
        cars=told(pick(found, most, ADDITIONAL), voice),
        free=_share(pick(found, most, FREE), voice),
    )
    sentences = [first]
    if costed:
        least = min(costed, key=lambda name: float(pick(found, name, FIRM_COST).value))
        cheapest = choice.lead if choice.lead in costed else least
        cost = told(pick(found, cheapest, FIRM_COST), voice)
        sentences.append(voice.say("schemes.answer_cost", cheapest=voice.name("scheme", cheapest), cost=cost))
    loses = float(pick(found, best, SOCIAL).value) < 0
    sentences.append(voice.say("schemes.answer_loss" if loses else "schemes.answer_gain", **social))
    lowering = [name for name in schemes if pick(found, name, ADDITIONAL).value < 0]
    if lowering:
        names = ", ".join(voice.say("schemes.quoted", name=voice.name("scheme", name)) for name in lowering)
        sentences.append(voice.say("schemes.answer_lowering", names=names))
    return " ".join(sentences)
