"""The brief: three figures, schemes side by side, decisions whose every number comes out of a table."""

import dataclasses

import pytest

from analysis.report import brief, figure_views
from analysis.report.scheme_choice import CHANCE, FREE
from analysis.report.site import FIGURES
from analysis.report.text import UNKNOWN, Voice, read_catalog
from tests.analysis.report import report_fixtures as fixtures

YEAR = 2030


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture(scope="module")
def voice():
    return Voice("en", read_catalog(fixtures.demo_texts()["en"]))


@pytest.fixture(scope="module")
def figures(results, voice):
    made = figure_views.all_figures(results, fixtures.demo_settings(), YEAR, voice)
    return {figure.figure_id: figure for figure in made}


def decided(results, figures, voice):
    found = brief.decisions(results, fixtures.demo_settings(), figures, YEAR, voice)
    return {decision.question: decision.told for decision in found}


def test_three_figures_and_the_country_alone_where_areas_have_panels(figures):
    shown = brief.brief_figures(figures)
    assert tuple(shown) == FIGURES["index"]
    assert len(figures["tiers"].panels) == 5
    assert [panel.title for panel in shown["tiers"].panels] == ["Sweden"]
    assert shown["steps"] == figures["steps"]


def test_schemes_stand_side_by_side_with_what_is_unknown_as_a_dash(results, voice):
    summary = results.scheme_summary.copy()
    scheme = next(name for name in summary["scheme"] if name != "none")
    summary.loc[(summary["scheme"] == scheme) & (summary["measure"] == FREE), ["value", "low", "high"]] = float("nan")
    summary.loc[(summary["scheme"] == scheme) & (summary["measure"] == CHANCE), "value"] = 0.0
    changed = dataclasses.replace(results, scheme_summary=summary)
    view = brief.scheme_overview(changed, fixtures.demo_settings().policy.schemes, YEAR, voice)
    assert len(view.columns) == len(brief.COLUMNS) + 1
    row = next(row for row in view.rows if row[0] == voice.name("scheme", scheme))
    assert row[1 + brief.COLUMNS.index(FREE)] == UNKNOWN
    assert row[1 + brief.COLUMNS.index(CHANCE)] == "less than 1%"
    assert all(row[0] != voice.name("scheme", "none") for row in view.rows)


def test_ratios_are_those_searched_for_the_smallest_budget(results, figures, voice):
    """1.4 within 0.8 and 1.3 times of it, for 100 million: the fixture's own arithmetic."""
    told = decided(results, figures, voice)["AC or DC?"]
    assert "100\u00a0MSEK" in told
    assert "1.4 times" in told
    assert "between 1.1 and 1.8 times" in told


def test_without_a_search_the_leading_scheme_tells_and_says_so(results, figures, voice):
    lacking = dataclasses.replace(results, best_scheme=results.best_scheme.iloc[:0])
    told = decided(lacking, figures, voice)
    assert "1.62 times" in told["AC or DC?"] or "1.6 times" in told["AC or DC?"]
    assert all("not searched" in told[question] for question in ("AC or DC?", "Open or closed?"))


def test_where_it_is_best_to_pay_nothing_no_ratio_is_made_up(results, figures, voice):
    best = results.best_scheme.copy()
    best.loc[best["aim"] == brief.BEST_AIM, ["value", "low", "high"]] = float("nan")
    told = decided(dataclasses.replace(results, best_scheme=best), figures, voice)
    assert "not searched" in told["AC or DC?"]


def test_days_of_selling_back_are_those_of_the_last_year_across_areas(results, figures, voice):
    wedge = results.export_wedge.copy()
    last = wedge["price_year"] == wedge["price_year"].max()
    wedge["day_pu"] = 0.99
    for case, (low, high) in {
        "export": (0.05, 0.2),
        "export_tax_refunded": (0.3, 0.4),
        "export_no_fee": (0.5, 0.6),
    }.items():
        rows = wedge.index[last & (wedge["case"] == case)]
        wedge.loc[rows, "day_pu"] = [low, *[high] * (len(rows) - 1)]
    told = decided(dataclasses.replace(results, export_wedge=wedge), figures, voice)["Rules instead of money?"]
    assert "5% to 20%" in told and "30% to 40%" in told and "50% to 60%" in told
    assert "99%" not in told


def test_every_decision_leads_to_a_page_that_is_there(results, figures, voice):
    for decision in brief.decisions(results, fixtures.demo_settings(), figures, YEAR, voice):
        assert decision.page_id in FIGURES
        assert decision.told.endswith(".")


def test_a_run_without_support_decides_what_is_left(results, figures, voice):
    """One scenario may follow the market alone: no scheme is named, nothing is made up for it."""
    headlines = results.headlines.copy()
    headlines.loc[headlines["headline_id"].str.startswith("best_scheme"), ["value", "low", "high"]] = float("nan")
    headlines.loc[headlines["headline_id"].str.startswith("best_scheme"), "detail"] = ""
    settings = fixtures.demo_settings()
    alone = settings.model_copy(update={"policy": settings.policy.model_copy(update={"schemes": ("none",)})})
    changed = dataclasses.replace(results, headlines=headlines)
    found = brief.decisions(changed, alone, figures, YEAR, voice)
    assert "AC or DC?" not in {decision.question for decision in found}
    assert voice.say("answer.no_scheme") in found[0].told


def test_the_doubts_are_sentences(results, figures, voice):
    said = brief.doubts(results, fixtures.demo_settings(), figures, voice)
    assert len(said) == 5
    assert all(sentence.endswith(".") and not sentence.endswith("..") for sentence in said)
