"""How sure the choice is: pairs, worth of knowing, sensitivity and best amounts as the tables hold them."""

import pandas as pd
import pytest

from analysis.policy.loader import load_scheme
from analysis.report.best_views import front_figure, proposal_of, ratio_figure
from analysis.report.certainty_views import comparison_figure, information_figure
from analysis.report.convergence_view import convergence_view
from analysis.report.scheme_choice import Choice, mean_text, wrapped
from analysis.report.scheme_law import scheme_law
from analysis.report.sensitivity_views import SHOWN, sensitivity_figure
from analysis.report.text import Voice, read_catalog
from analysis.schemas.schemes import AIMS, OUTCOMES
from tests.analysis.report import report_fixtures as fixtures
from tests.analysis.report import scheme_fixtures as made

CHOICE = Choice(("task53", "green_deduction", "task53_and_deduction"), "task53")
PROPOSED = {
    "base_sek": 6000.0, "dc_ac_ratio": 2.0, "open_closed_ratio": 2.0, "power_exponent_pu": 0.5, "share_cap_pu": 0.5,
}  # fmt: skip


@pytest.fixture(params=["sv", "en"])
def voice(request):
    return Voice(request.param, read_catalog(fixtures.demo_texts()[request.param]))


def test_the_field_of_a_pair_is_how_often_the_row_is_better(voice):
    table = made.scheme_comparison(fixtures.SCHEMES)
    figure = comparison_figure(table, CHOICE, voice)
    (panel,) = figure.panels
    assert len(figure.choices) == 1 + len(panel.others) == len(OUTCOMES)
    order = [*CHOICE.schemes, "none"]
    cell = table.set_index(["scheme", "other", "outcome"])["better_pu"]
    for drawing, outcome in zip((panel, *panel.others), OUTCOMES, strict=True):
        grid = drawing.data[0]["z"]
        for row, scheme in enumerate(order):
            assert grid[row][row] is None
            for column, other in enumerate(order):
                if scheme != other:
                    known = cell[scheme, other, outcome]
                    assert grid[row][column] == (None if known != known else pytest.approx(known, rel=1e-4))
    assert len(figure.table.rows) == 12


def test_the_title_names_the_scheme_with_the_best_worst_case(voice):
    title = comparison_figure(made.scheme_comparison(fixtures.SCHEMES), CHOICE, voice).title
    expected = voice.say("comparison.title", scheme="none", other="green_deduction", share=voice.number(0.88, "pu"))
    assert title == expected
    unknown = made.scheme_comparison(fixtures.SCHEMES).assign(better_pu=float("nan"))
    assert comparison_figure(unknown, CHOICE, voice).title == voice.say("comparison.title_none")


def test_a_pair_that_every_draw_decides_alike_is_not_told_as_certain(voice):
    table = made.scheme_comparison(fixtures.SCHEMES)
    table["better_pu"] = (table["better_pu"] > 0.5).astype(float)
    figure = comparison_figure(table, CHOICE, voice)
    text = figure.panels[0].data[0]["text"]
    assert text[3][0] == voice.say("number.above_ninety_nine")
    assert text[0][3] == voice.say("number.below_one").replace("<", "&lt;")
    assert voice.say("number.below_one") in figure.table.rows[0]


def test_schemes_that_bring_the_same_are_equal_not_worse(voice):
    table = made.scheme_comparison(fixtures.SCHEMES)
    pair = table["scheme"].isin(["none", "green_deduction"]) & table["other"].isin(["none", "green_deduction"])
    table.loc[pair, ["better_pu", "difference", "difference_low", "difference_high"]] = 0.0
    figure = comparison_figure(table, CHOICE, voice)
    heat = figure.panels[0].data[0]
    assert heat["text"][3][1] == heat["text"][1][3] == voice.say("comparison.tie")
    assert heat["z"][3][1] is None
    expected = voice.say("comparison.title", scheme="none", other="task53", share=voice.number(0.96, "pu", 0.0, 1.0))
    assert figure.title == expected, "what is equal is no rival"


def test_many_schemes_leave_the_numbers_to_the_pointer_and_the_table(voice):
    sizes = {"none": 0.0, **{f"own_{place}": 0.1 * place for place in range(1, 10)}}
    choice = Choice(tuple(name for name in sizes if name != "none"), "own_1")
    heat = comparison_figure(made.scheme_comparison(sizes), choice, voice).panels[0].data[0]
    assert "texttemplate" not in heat
    assert (
        "texttemplate" in comparison_figure(made.scheme_comparison(fixtures.SCHEMES), CHOICE, voice).panels[0].data[0]
    )
    assert heat["text"][0][1] == voice.number(0.55, "pu")
    assert voice.unit("MSEK") in heat["customdata"][0][1]


def test_a_number_that_is_not_in_the_cell_is_not_spoken_of(voice):
    """Few schemes: the number stands in each cell; many: the reader is told to point."""
    table = made.scheme_comparison(fixtures.SCHEMES)
    few = tuple(dict.fromkeys(table["scheme"]))[:2]
    many = pd.concat([table, *(table.assign(scheme=table["scheme"] + mark) for mark in "abcdef")], ignore_index=True)
    for rows, key in ((table[table["scheme"].isin(few) & table["other"].isin(few)], "comparison.lead"),
                      (many, "comparison.lead_pointed")):  # fmt: skip
        names = tuple(name for name in dict.fromkeys(rows["scheme"]) if name != "none")
        figure = comparison_figure(rows, Choice(names, names[0]), voice)
        assert figure.lead == voice.say(key)
        assert ("texttemplate" in figure.panels[0].data[0]) == (key == "comparison.lead")


def test_information_stands_whole_first_then_by_worth(voice):
    figure = information_figure(made.information_value(), voice)
    bars = figure.panels[0].data[0]
    assert bars["x"][::-1] == [21.5, 9.2, 6.6, 4.1, 1.2, 0.0]
    assert bars["y"][-1] == voice.say("information_group.all")
    assert bars["error_x"]["array"][::-1] == [1.4, 1.1, 1.0, 0.8, 0.4, 0.2]
    assert voice.inline("information_group", "erosion") in figure.title
    assert voice.number(0.21, "pu", 0.0, 1.0) in figure.lead
    assert [row[0] for row in figure.table.rows][-2] == "own_group", "a group of one's own stands by its id"


def test_a_worth_of_a_few_kronor_is_told_as_next_to_nothing(voice):
    few = made.information_value("task53").assign(value_msek=0.000013, switch_pu=0.01)
    figure = information_figure(few, voice)
    title = figure.title
    assert figure.panels == []
    assert len(figure.table.rows) == len(few)
    assert f"{voice.exact(0.1)}\u00a0{voice.unit('MSEK')}" in title
    assert "000013" not in title


def test_information_that_changes_nothing_is_said(voice):
    nothing = made.information_value("task53").assign(value_msek=0.0, switch_pu=0.0)
    figure = information_figure(nothing, voice)
    assert figure.title == voice.say("information.title_none", now="task53")
    assert figure.panels == []
    assert len(figure.table.rows) == len(nothing)
    table = made.information_value()
    whole = table.assign(value_msek=table["value_msek"].where(table["group"] == "all", 0.0))
    assert voice.say("information.title_whole", whole="").split(",")[0][:12] in information_figure(whole, voice).title


def test_means_stand_with_their_error_and_the_draws_that_would_do(voice):
    view = convergence_view(made.convergence(fixtures.SCHEMES), CHOICE, voice)
    assert [row[0] for row in view.rows] == [voice.say("convergence.potential"), *CHOICE.schemes]
    assert view.rows[0][4:] == (voice.number(0.015, "pu"), "2000", voice.number(1125.0, "count"))
    assert view.rows[1][1] == voice.say("outcome.net_firm_additional_mw")
    assert view.rows[1][6] == voice.number(8000.0, "count")


def test_parameters_stand_by_reach_with_a_star_where_unverified(voice):
    figure = sensitivity_figure(made.sensitivity("task53"), CHOICE, voice)
    tornado, indices = figure.panels
    between, low, high = tornado.data
    assert len(low["y"]) == SHOWN
    assert low["y"][-1] == f"{wrapped(voice.say('parameter_name.ado.logit_scale'))}\u00a0*"
    assert low["y"][-2] == wrapped(voice.say("parameter_name.cap.ac_bi"))
    assert (low["x"][-1], high["x"][-1]) == (-240.0, -40.0)
    assert (low["x"][-2], high["x"][-2]) == (-70.0, -210.0), "the sign is kept"
    assert between["x"][-3:] == [-240.0, -40.0, None]
    assert tornado.layout["shapes"][0]["x0"] == -140.0
    total, first = indices.data
    assert (first["x"][-1], total["x"][-1]) == (0.3, 0.39)
    assert first["error_x"]["array"][-1] == 0.02
    assert indices.layout["xaxis"]["range"] == [0.0, pytest.approx(1.04 * 0.43)]
    assert len(figure.choices) == len(tornado.others) + 1 == len(OUTCOMES)
    assert len(figure.table.rows) == len(OUTCOMES) * len(made.PARAMETERS)
    assert voice.say("parameter.assumed") in figure.table.rows[0]


def test_the_title_tells_an_assumption_from_a_source(voice):
    table = made.sensitivity("task53")
    assumed = sensitivity_figure(table, CHOICE, voice).title
    read = sensitivity_figure(table.assign(is_verified=True), CHOICE, voice).title
    assert assumed != read
    plain = table.assign(first_pu=float("nan"), total_pu=float("nan"))
    figure = sensitivity_figure(plain, CHOICE, voice)
    assert "%" not in figure.title
    assert figure.panels[1].data[0]["x"] == []


def test_the_proposal_is_read_from_its_file_and_found_among_the_trials(root, voice):
    law = scheme_law([load_scheme(root / "data/policy/se/task53.yaml")])
    assert proposal_of(law["task53"]) == PROPOSED
    assert proposal_of(()) == {}
    front = made.scheme_front()
    figure = front_figure(front, made.best_scheme(), PROPOSED, voice)
    firm, social = figure.panels
    assert firm.data[-1]["x"] == pytest.approx(front.loc[front["trial"] == 0, "outlay_msek"].tolist(), rel=1e-4)
    assert firm.data[-1]["y"] == pytest.approx(
        front.loc[front["trial"] == 0, "net_firm_additional_mw"].tolist(), rel=1e-4
    )
    assert len(firm.data[0]["x"]) + len(firm.data[1]["x"]) == len(front)
    assert len(firm.data[1]["x"]) == front["is_on_front"].sum() == len(figure.table.rows)
    assert [len(points["x"]) for points in social.data[2:5]] == [2] * len(AIMS)
    untried = front_figure(front[front["trial"] != 0], made.best_scheme(), PROPOSED, voice)
    assert untried.panels[0].data[-1]["x"] == []
    assert voice.say("front.no_proposal") in untried.lead
    assert "proposal" not in [token for token, _ in untried.legend]


def test_a_front_on_which_nothing_pays_says_so(voice):
    front = made.scheme_front()
    nothing = front.iloc[:1].assign(trial=99, outlay_msek=0.0, net_firm_additional_mw=0.0, net_social_npv_msek=0.0)
    title = front_figure(pd.concat([front, nothing]), made.best_scheme(), PROPOSED, voice).title
    most = front.sort_values("net_firm_additional_mw").iloc[-1]
    expected = voice.say(
        "front.title_nothing", firm=mean_text(most["net_firm_additional_mw"], "MW", voice),
        outlay=mean_text(most["outlay_msek"], "MSEK", voice), npv=mean_text(0.0, "MSEK", voice),
    )  # fmt: skip
    assert title == expected


def test_a_front_without_best_schemes_shows_its_trials(voice):
    figure = front_figure(made.scheme_front(), made.best_scheme().iloc[:0], PROPOSED, voice)
    assert len(figure.panels[0].data) == 3


def test_ratios_stand_with_their_range_beside_the_proposal(voice):
    figure = ratio_figure(made.best_scheme(), voice)
    dc_ac, opened = figure.panels
    assert dc_ac.data[0]["x"] == [1.4] * 4, "two aims, two budgets; the aim that pays nothing has no ratio"
    assert opened.data[0]["x"] == [1.9] * 4
    assert dc_ac.data[0]["error_x"]["array"] == pytest.approx([1.3 * 1.4 - 1.4] * 4, rel=1e-4)
    assert dc_ac.layout["shapes"][0]["x0"] == 2.0
    assert voice.say("ratios.no_support", aim=voice.inline("aim", "social_npv")) in figure.lead
    assert voice.say("ratios.no_support", aim=voice.inline("aim", "firm_mw")) not in figure.lead
    beside = voice.say("ratios.title_beside", proposed_dc_ac_ratio="2", proposed_open_closed_ratio="2")
    assert figure.title.endswith(beside)
    assert len(figure.table.rows) == len(made.best_scheme())


def test_ratios_without_a_proposal_or_without_any_support(voice):
    table = made.best_scheme()
    bare = ratio_figure(table[~table["quantity"].str.endswith("_task53")], voice)
    assert bare.panels[0].layout["shapes"] == []
    assert [token for token, _ in bare.legend] == ["optimum"]
    nothing = table.assign(value=table["value"].where(~table["quantity"].isin(["dc_ac_ratio", "open_closed_ratio"])))
    assert ratio_figure(nothing, voice).title == voice.say("ratios.title_none")
