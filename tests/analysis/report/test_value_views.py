"""Figures that explain a value say what the tables hold, in both languages."""

import pytest

from analysis.report.foresight_views import LISTED, foresight_figure
from analysis.report.step_views import steps_figure
from analysis.report.text import Voice, read_catalog
from analysis.report.value_views import runs, wedge_figure, week_figure
from analysis.report.year_views import years_figure
from tests.analysis.report import report_fixtures as fixtures
from tests.analysis.report import value_fixtures as made


@pytest.fixture(params=["sv", "en"])
def voice(request):
    return Voice(request.param, read_catalog(fixtures.demo_texts()[request.param]))


def test_the_title_of_the_steps_is_gross_and_net_of_the_table(voice):
    figure = steps_figure(made.value_steps(), "ac_11", voice)
    gross, net = made.PARTS_SEK["reserve_at_full_acceptance"], sum(made.PARTS_SEK.values())
    bars = figure.panels[1].data[0]
    assert sum(bars["x"][:-1]) == pytest.approx(net)
    ends = [start + height for start, height in zip(bars["base"], bars["x"], strict=True)]
    assert bars["base"][1:-1] == pytest.approx(ends[:-2]), "each step starts where the last one ended"
    assert (bars["base"][0], bars["base"][-1]) == (0.0, 0.0)
    assert ends[-2] == pytest.approx(ends[-1])
    told = figure.title.replace("\u202f", " ").replace("\xa0", " ").replace(",", " ")
    assert f"{gross:.0f}"[:1] in told and f"{net:.0f}"[:1] in told
    assert bars["marker"]["color"][-1] == "@text"
    changed = made.value_steps()
    changed.loc[changed["step"] == "reserve_at_full_acceptance", "net_value_sek"] = 7000.0
    assert steps_figure(changed, "ac_11", voice).title != figure.title


def test_every_area_shows_what_each_case_needs(voice):
    figure = wedge_figure(made.export_wedge(), voice)
    assert len(figure.panels) == 4
    for panel in figure.panels:
        assert panel.data[0]["x"] == list(made.NEEDED.values())[::-1]
        assert len(panel.layout["shapes"]) == 1
    assert len(figure.table.rows) == 4 * 2 * 5
    assert "SE1" in figure.title


def test_a_week_has_a_row_a_step_and_its_plugged_hours_on_a_ground(voice):
    figure = week_figure(made.car_week(), voice)
    assert len(figure.table.rows) == 168
    assert [len(panel.layout["shapes"]) for panel in figure.panels] == [8, 8, 8, 8]
    discharged = figure.panels[1].data[2]["y"]
    assert min(discharged) == -0.5 and max(discharged) == 0.0


def test_runs_of_what_is_on():
    assert runs([True, True, False, True]) == [(0, 1), (3, 3)]
    assert runs([False, False]) == []
    assert runs([True]) == [(0, 0)]


def test_five_years_of_reserves_with_the_dearest_and_the_cheapest_in_the_title(voice):
    collapse = fixtures.demo_results().reserve_collapse
    figure = years_figure(collapse, voice)
    assert "2023" in figure.title and "2025" in figure.title
    bars = figure.panels[0].data[0]
    assert bars["x"] == ["2021", "2022", "2023", "2024", "2025"]
    assert bars["marker"]["pattern"]["shape"] == ["", "/", "", "", ""]
    assert figure.panels[1].data[2]["y"][0] is None
    assert len(figure.table.rows) == len(collapse)


def test_foresight_draws_what_carries_a_ratio_and_lists_the_rest(voice):
    table = fixtures.demo_results().foresight
    figure = foresight_figure(table, voice)
    assert [panel.title for panel in figure.panels] == ["2024", "2025"]
    drawn = [len(trace["x"]) for panel in figure.panels for trace in panel.data]
    assert drawn == [3] * 8
    keys = ["strategy", "bidding", "over"]
    assert len(figure.table.rows) == table.set_index(keys).index.isin(LISTED).sum()
    pool = table[(table["bidding"] == "pool") & (table["over"] == "smart")]["ratio_pu"]
    assert voice.number(pool.min(), "pu") in figure.title
    assert voice.number(pool.max(), "pu") in figure.title
