"""Figures of schemes draw what the tables hold: fields, stacks that sum, paths and groups; by choice of the reader."""

import dataclasses

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.report.account_views import account_figure, account_totals
from analysis.report.incidence_views import PARTS, incidence_figure
from analysis.report.market_tier_view import market_note, market_table
from analysis.report.matrix_views import SHOWN, matrix_figure
from analysis.report.path_views import path_figure
from analysis.report.results import empty_table
from analysis.report.scheme_choice import SOCIAL_MEAN, Choice, wrapped
from analysis.report.scheme_pages import MADE_BY_FILE, MADE_BY_TARGET, absent_notes, scheme_figures, scheme_sections
from analysis.report.text import Voice, read_catalog
from analysis.schemas import schemes as contracts
from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN
from tests.analysis.report import report_fixtures as fixtures
from tests.analysis.report import scheme_fixtures as made

CHOICE = Choice(("task53", "green_deduction", "task53_and_deduction"), "task53")
NAMED = ["none", "green_deduction", "task53", "task53_and_deduction"]
YEAR = 2030
MODELS = {
    "scheme_paths": contracts.SchemePaths, "scheme_incidence": contracts.SchemeIncidence,
    "scheme_comparison": contracts.SchemeComparison, "information_value": contracts.InformationValue,
    "sensitivity": contracts.Sensitivity, "scheme_front": contracts.SchemeFront, "best_scheme": contracts.BestScheme,
}  # fmt: skip


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture(params=["sv", "en"])
def voice(request, results):
    named = {f"scheme.{scheme}": texts[request.param] for scheme, texts in results.scheme_labels.items()}
    return Voice(request.param, {**read_catalog(fixtures.demo_texts()[request.param]), **named})


def of_one(table, scheme="task53"):
    """The rows of one scheme and of no support."""
    return table[table["scheme"].isin([scheme, "none"])]


def test_the_matrix_holds_each_charger_closed_and_open(results, voice):
    figure = matrix_figure(results.scheme_results, CHOICE, YEAR, voice)
    assert [panel.title for panel in figure.panels] == [voice.say(f"charger.{name}") for name in fixtures.OPTIONS]
    rows = results.scheme_results[results.scheme_results["price_area"] == "SE"]
    cell = rows.set_index(["scheme", "charger_option", "is_interoperable"])
    for panel, option in zip(figure.panels, fixtures.OPTIONS, strict=True):
        drawings = [panel, *panel.others]
        assert len(drawings) == len(figure.choices) == len(SHOWN)
        for drawing, measure in zip(drawings, SHOWN, strict=True):
            heat = drawing.data[0]
            assert heat["y"] == [wrapped(voice.name("scheme", name)) for name in CHOICE.schemes]
            found = [
                [cell.loc[(name, option, is_open), measure] for is_open in (False, True)] for name in CHOICE.schemes
            ]
            assert heat["z"] == [[pytest.approx(value, rel=1e-4) for value in line] for line in found]
            assert heat["zmax"] == pytest.approx(rows[rows["scheme"] != "none"][measure].max())
    assert len(figure.table.rows) == len(rows)


def test_the_matrix_says_where_most_are_added(results, voice):
    figure = matrix_figure(results.scheme_results, CHOICE, YEAR, voice)
    assert voice.inline("charger", "dc_20") in figure.title
    assert voice.say("technology.ac") in figure.title
    idle = results.scheme_results.assign(net_additional_count=0.0)
    assert matrix_figure(idle, CHOICE, YEAR, voice).title == voice.say("matrix.title_none")
    one = results.scheme_results[results.scheme_results["technology"] == "ac"]
    assert voice.say("technology.dc") not in matrix_figure(one, CHOICE, YEAR, voice).title


def test_the_parts_of_each_stack_sum_to_its_mark(results, voice):
    totals = account_totals(results.accounts, results.scheme_summary, CHOICE, YEAR)
    figure = account_figure(totals, voice)
    *bars, mark = figure.panels[0].data
    assert {bar["type"] for bar in bars} == {"bar"}
    assert figure.panels[0].layout["barmode"] == "relative"
    summary = results.scheme_summary.set_index(["scheme", "measure"])["value"]
    for place, scheme in enumerate(CHOICE.schemes[::-1]):
        assert mark["y"][place] == wrapped(voice.name("scheme", scheme))
        parts = [bar["x"][place] for bar in bars]
        assert min(parts) < 0 < max(parts)
        assert sum(parts) == pytest.approx(mark["x"][place], abs=0.02)
        assert mark["x"][place] == pytest.approx(summary[scheme, SOCIAL_MEAN], rel=1e-4)
    colours = [bar["marker"]["color"] for bar in bars]
    assert len(set(colours)) == len(colours)
    assert len(figure.legend) == len(bars) + 1


def test_accounts_that_do_not_sum_are_a_fault_of_each_scheme(results):
    accounts = results.accounts.copy()
    wrong = accounts["scheme"].isin(["task53", "green_deduction"]) & (accounts["flow"] == "public_funds")
    accounts.loc[wrong, "net_present_value_msek"] += 5.0
    with pytest.raises(DataError, match=r"2 faults.*\n.*green_deduction.*\n.*task53"):
        account_totals(accounts, results.scheme_summary, CHOICE, YEAR)


def test_the_title_of_the_accounts_follows_their_sign(results, voice):
    totals = account_totals(results.accounts, results.scheme_summary, CHOICE, YEAR)
    lost = account_figure(totals, voice).title
    won = account_figure(totals.assign(**{SOCIAL_MEAN: 50.0}), voice).title
    assert lost != won
    assert voice.inline("account", "displaced") in lost
    still = totals * 0.0
    assert account_figure(still, voice).title == voice.say(
        "account_bars.title_none", scheme=voice.name("scheme", "task53")
    )


def test_a_path_has_its_band_its_unit_and_no_support_beside_it(results, voice):
    figure = path_figure(results.scheme_paths, CHOICE, voice)
    assert list(figure.choices) == [voice.name("scheme", name) for name in CHOICE.schemes]
    cars, more, outlay = figure.panels
    without, low, high, middle = cars.data
    rows = results.scheme_paths.set_index(["scheme", "measure", "year"]).sort_index()
    years = list(made.YEARS)
    assert middle["x"] == years
    for line, column in ((low, "low"), (high, "high"), (middle, "value")):
        assert line["y"] == pytest.approx(rows.loc[("task53", "enrolled_count"), column].tolist(), rel=1e-4)
    assert without["y"] == pytest.approx(rows.loc[("none", "enrolled_count"), "value"].tolist(), rel=1e-4)
    assert [len(panel.data) for panel in (more, outlay)] == [3, 3]
    second = cars.others[0].data[-1]["y"]
    assert second == pytest.approx(rows.loc[("green_deduction", "enrolled_count"), "value"].tolist(), rel=1e-4)
    assert outlay.layout["yaxis"]["title"]["text"] == voice.say("axis.path_outlay_msek")
    assert len(figure.table.rows) == 4 * len(years)
    assert "2040" in figure.title


def test_a_path_without_no_support_has_no_reference(results, voice):
    paths = results.scheme_paths[results.scheme_paths["scheme"] == "task53"]
    figure = path_figure(paths, CHOICE, voice)
    assert len(figure.panels[0].data) == 3
    assert [token for token, _ in figure.legend] == ["path", "band"]
    assert list(figure.choices) == [voice.name("scheme", "task53")]


def test_the_lead_says_when_payments_end(results, voice):
    assert voice.say("paths.paid_until", year="2030") not in path_figure(results.scheme_paths, CHOICE, voice).lead
    paths = results.scheme_paths.copy()
    paths.loc[(paths["year"] > 2030) & (paths["measure"] == "outlay_msek"), ["value", "low", "high"]] = 0.0
    assert path_figure(paths, CHOICE, voice).lead.endswith(voice.say("paths.paid_until", year="2030"))


def test_a_gap_in_a_path_stays_a_gap(results, voice):
    paths = results.scheme_paths.copy()
    paths.loc[paths["year"] == 2030, ["value", "low", "high"]] = float("nan")
    middle = path_figure(paths, CHOICE, voice).panels[0].data[-1]
    assert middle["y"][middle["x"].index(2030)] is None


def test_groups_draw_gains_and_taxes_that_sum_to_the_net(results, voice):
    figure = incidence_figure(results.scheme_incidence, CHOICE, voice)
    assert [panel.title for panel in figure.panels] == [voice.say(f"group_kind.{kind}") for kind in made.GROUPS]
    for panel in figure.panels:
        for drawing in (panel, *panel.others):
            *bars, net = drawing.data
            assert len(bars) == len(PARTS)
            for place, total in enumerate(net["x"]):
                assert sum(bar["x"][place] for bar in bars) == pytest.approx(total, abs=0.02)
    names = figure.panels[0].data[0]["y"]
    assert wrapped(voice.say("group.income_quintile.q1")) in names[-1], "the lowest incomes stand on top"
    assert voice.number(0.4, "pu") in names[0]


def test_the_title_says_who_gets_and_who_pays(results, voice):
    title = incidence_figure(results.scheme_incidence, CHOICE, voice).title
    assert voice.number(0.4, "pu") in title
    assert voice.say("group.household.no_electric_car") in title
    free = results.scheme_incidence.assign(net_gain_msek=1.0)
    assert voice.say("incidence.pays_none") in incidence_figure(free, CHOICE, voice).title
    unpaid = results.scheme_incidence.assign(outlay_share_pu=float("nan"))
    figure = incidence_figure(unpaid, CHOICE, voice)
    assert voice.say("incidence.gets_none", scheme=voice.name("scheme", "task53")) in figure.title
    assert "%" not in figure.panels[0].data[0]["y"][0]


def test_a_group_of_ones_own_comes_last_by_its_id(results, voice):
    own = results.scheme_incidence.iloc[:1].assign(scheme="task53", group_kind="dwelling", group="houseboat")
    table = pd.concat([results.scheme_incidence, own], ignore_index=True)
    assert incidence_figure(table, CHOICE, voice).panels[1].data[0]["y"][0].startswith("houseboat")


def test_what_the_market_brings_by_itself_stands_by_area(results, voice):
    note = market_note(results.market_tier, YEAR, voice)
    assert voice.quantity(24.0, 0.66 * 24, 1.6 * 24, "MW") in note
    view = market_table(results.market_tier, YEAR, voice)
    assert [row[0] for row in view.rows] == [voice.say(f"area.{area}") for area in PRICE_AREAS_AND_SWEDEN]
    assert view.rows[0][3] == voice.number(0.93, "pu")
    assert view.rows[1][3:] == ("–", "–", "–")
    with pytest.raises(DataError, match="2031"):
        market_note(results.market_tier, 2031, voice)


def test_what_is_not_made_is_left_out_and_said(results, voice):
    empty = dataclasses.replace(results, **{name: empty_table(model) for name, model in MODELS.items()})
    assert [figure.figure_id for figure in scheme_figures(empty, NAMED, YEAR, voice)] == ["matrix", "accounts"]
    notes = absent_notes(empty, CHOICE, "mine", voice)
    assert set(notes) == {*MADE_BY_FILE, *MADE_BY_TARGET}
    assert notes["scheme_paths"].command == "snakemake data/results/mine/scheme_paths.parquet"
    assert {notes[name].command for name in MADE_BY_TARGET} == {"make sensitivity SCENARIO=mine"}
    assert absent_notes(results, CHOICE, "mine", voice) == {}


def test_one_scheme_alone_is_shown_and_compared_with_nothing(results, voice):
    alone = {name: of_one(getattr(results, name)) for name in ("scheme_summary", "scheme_results", "accounts")}
    paths, incidence = of_one(results.scheme_paths), of_one(results.scheme_incidence)
    one = dataclasses.replace(
        results, **alone, scheme_paths=paths, scheme_incidence=incidence,
        scheme_comparison=empty_table(contracts.SchemeComparison),
    )  # fmt: skip
    ids = [figure.figure_id for figure in scheme_figures(one, ["none", "task53"], YEAR, voice)]
    assert "comparison" not in ids
    assert {"matrix", "accounts", "paths", "incidence"} <= set(ids)
    sections = scheme_sections(one, ["none", "task53"], "mine", YEAR, voice)
    assert [card.scheme for card in sections["scheme_cards"]] == ["task53"]
    assert sections["absent"]["scheme_comparison"].text == voice.say("absent.alone")
    assert sections["absent"]["scheme_comparison"].command == ""


def test_no_support_alone_has_neither_figures_nor_cards(results, voice):
    assert scheme_figures(results, ["none"], YEAR, voice) == []
    sections = scheme_sections(results, ["none"], "mine", YEAR, voice)
    assert sections["scheme_cards"] == []


def test_cards_beyond_six_stand_behind_a_fold(results, voice):
    summary = results.scheme_summary
    more = [summary[summary["scheme"] == "task53"].assign(scheme=f"own_{place}") for place in range(5)]
    many = dataclasses.replace(results, scheme_summary=pd.concat([summary, *more], ignore_index=True))
    named = [*NAMED, *(f"own_{place}" for place in range(5))]
    sections = scheme_sections(many, named, "mine", YEAR, voice)
    assert len(sections["scheme_cards"]) == 6
    assert [card.scheme for card in sections["further_cards"]] == ["own_3", "own_4"]
