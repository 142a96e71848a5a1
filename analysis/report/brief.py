"""Gathers the brief: what a reader takes away in five minutes. Answer, three figures, schemes, doubts, decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.report import notes
from analysis.report.best_views import NEARLY
from analysis.report.elements import Column, FigureView, TableView, Told
from analysis.report.evidence_counts import answer as weighed_answer
from analysis.report.headlines import DC_AC, OPEN_CLOSED, national
from analysis.report.market_tier_view import market_note
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
    choose,
    measures,
    pick,
    told,
)  # fmt: skip
from analysis.report.site import FIGURES
from analysis.report.text import UNKNOWN, Voice
from analysis.report.view_tables import DECISIONS, SENTENCES, title_tables
from analysis.settings.model import Settings

FIRST_PANEL_ALONE = ("tiers",)
"""Figures of which the brief shows the first panel only, that of the whole country."""
COLUMNS = (ADDITIONAL, FREE, FIRM, OUTLAY, FIRM_COST, SOCIAL, CHANCE)
BEST_AIM = "firm_mw"
RATIOS = {"current": ("dc_ac_ratio", DC_AC), "openness": ("open_closed_ratio", OPEN_CLOSED)}
"""Question, quantity of ``BestScheme``, headline."""
WEDGES = ("export", "export_tax_refunded", "export_no_fee")


@dataclass(frozen=True)
class Decision:
    """A question that someone has to settle, what the results say on it, and the page that says more."""

    question: str
    told: str
    page_id: str
    origin: Sequence[str] = ()


def brief_figures(figures: Mapping[str, FigureView]) -> dict[str, FigureView]:
    """Pick the three figures of the brief; of those with a panel an area, the whole country alone."""
    return {
        name: replace(figures[name], panels=figures[name].panels[:1]) if name in FIRST_PANEL_ALONE else figures[name]
        for name in FIGURES["index"]
    }


def scheme_overview(results: Results, named: Sequence[str], year: int, voice: Voice) -> TableView:
    """Show the schemes of the run side by side: what each adds, what it costs, whether it pays for society."""
    choice = choose(named, results.headlines)
    found = measures(results.scheme_summary, year)
    rows = []
    for scheme in choice.of(results.scheme_summary):
        cells = [_cell(found, scheme, measure, voice) for measure in COLUMNS]
        rows.append((voice.name("scheme", scheme), *cells))
    columns = [Column(voice.say("column.scheme")), *(Column(voice.say(f"brief.{name}"), "number") for name in COLUMNS)]
    return TableView(voice.say("brief.schemes_caption", year=str(year)), columns, rows, voice.say("brief.schemes_note"))


def _cell(found: Mapping[tuple[str, str], pd.Series], scheme: str, measure: str, voice: Voice) -> str:
    row = pick(found, scheme, measure)
    if not is_known(row.value):
        return UNKNOWN
    return chance(row, voice) if measure == CHANCE else told(row, voice)


def doubts(results: Results, settings: Settings, figures: Mapping[str, FigureView], voice: Voice) -> list[Told]:
    """Say what the numbers hang on: price years, plugging in, cars that miss together, the choice, the evidence."""
    said = [
        Told(notes.value_years_note(results, settings, voice), SENTENCES["value_years"]),
        Told(notes.plug_in_note(results, settings, voice), SENTENCES["plug_in"]),
        *(Told(figures[name].title + ".", title_tables(name)) for name in ("curve", "comparison") if name in figures),
        Told(weighed_answer(results.evidence, voice), SENTENCES["weighed"]),
    ]
    return [sentence for sentence in said if sentence]


def decisions(
    results: Results, settings: Settings, figures: Mapping[str, FigureView], year: int, voice: Voice
) -> list[Decision]:
    """Name the questions that the results bear on, each with what they say.

    Parameters
    ----------
    figures
        Figures of the site by id; their titles are messages that are built from tables.
    """
    choice = choose(settings.policy.schemes, results.headlines)
    found = measures(results.scheme_summary, year)
    made = [("support", f"{market_note(results.market_tier, year, voice)} {_support(found, choice, voice)}", "schemes")]
    if choice.lead is not None:
        openness = f"{_ratio(results, 'openness', voice)} {figures['regulation'].title}."
        made += [("current", _ratio(results, "current", voice), "schemes"), ("openness", openness, "potential")]
    made += [
        ("place", figures["map"].title + ".", "potential"),
        ("rules", _rules(results.export_wedge, voice), "value"),
        ("resilience", figures["worth"].title + ".", "resilience"),
    ]
    led = {name: DECISIONS[f"{name}_led"] for name in RATIOS if _searched(results.best_scheme, name).empty}
    tables = {**DECISIONS, **led}
    return [Decision(voice.say(f"decide.{name}"), words, page, tables[name]) for name, words, page in made]


def _support(found: Mapping[tuple[str, str], pd.Series], choice: Choice, voice: Voice) -> str:
    """What the leading scheme buys, what households could do with the same money, and who gets it."""
    if choice.lead is None:
        return voice.say("answer.no_scheme")
    row = {name: told(pick(found, choice.lead, name), voice) for name in (FIRM, OUTLAY, FIRM_COST, SOCIAL, TOP)}
    battery = found.get((choice.lead, HOME_BATTERY))
    said = voice.say("decide.support_told", scheme=voice.name("scheme", choice.lead), firm=row[FIRM],
                     outlay=row[OUTLAY], cost=row[FIRM_COST], npv=row[SOCIAL], top=row[TOP])  # fmt: skip
    if battery is None or pd.isna(battery.value):
        return said
    return f"{said} {voice.say('decide.battery_told', cost=told(battery, voice))}"


def _ratio(results: Results, question: str, voice: Voice) -> str:
    """How much more one kind should get: the searched amounts where they are made, else what the leading scheme gives.

    ``question`` is one of :data:`RATIOS`.
    """
    quantity, headline = RATIOS[question]
    best = results.best_scheme
    rows = _searched(best, question)
    if rows.empty:
        row = national(results.headlines, headline)
        ratio = voice.number(row["value"], row["unit"], row["low"], row["high"])
        return voice.say(f"decide.{question}_led", ratio=ratio)
    budget = rows["budget_msek"].min()
    at = best[(best["aim"] == BEST_AIM) & (best["budget_msek"] == budget)].set_index("quantity")
    own, near = at.loc[quantity], at.loc[quantity + NEARLY]
    return voice.say(
        f"decide.{question}_told", budget=voice.quantity(budget, budget, budget, "MSEK"),
        ratio=voice.number(own["value"], "ratio", own["low"], own["high"]),
        low=voice.number(near["low"], "ratio", near["low"], near["high"]),
        high=voice.number(near["high"], "ratio", near["low"], near["high"]),
    )  # fmt: skip


def _searched(best: pd.DataFrame, question: str) -> pd.DataFrame:
    """Pick the searched ratio of a question by budget; no rows where it has not been made."""
    return best[(best["aim"] == BEST_AIM) & (best["quantity"] == RATIOS[question][0]) & best["value"].notna()]


def _rules(wedge: pd.DataFrame, voice: Voice) -> str:
    """On how many days selling back paid, as the law is and with what lies on the price taken off; all areas."""
    year = wedge["price_year"].max()
    days = wedge[wedge["price_year"] == year].groupby("case")["day_pu"].agg(["min", "max"])
    spans = {
        case: voice.say("decide.from_to", low=voice.number(row["min"], "pu"), high=voice.number(row["max"], "pu"))
        for case, row in days.loc[list(WEDGES)].iterrows()
    }
    return voice.say("decide.rules_told", year=str(year), **spans)
