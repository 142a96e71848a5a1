"""The timeline shows law as law, moved days as assumptions, and the tables every case of the run."""

import pytest

from analysis.report.standards_views import ladder_table, regulation_figure, standards_table
from analysis.report.text import Voice, read_catalog
from analysis.schemas.regulation import STANDARDS
from tests.analysis.report import report_fixtures, standards_fixtures

DAY = "2026-11-23"


@pytest.fixture(scope="module", params=["sv", "en"])
def voice(request):
    return Voice(request.param, read_catalog(report_fixtures.demo_texts()[request.param]))


def test_every_lever_has_a_name_in_both_languages(voice):
    levers = standards_fixtures.timeline()["lever"].unique()
    assert [lever for lever in levers if f"lever.{lever}" not in voice.texts] == []
    names = regulation_figure(standards_fixtures.timeline(), "reference", DAY, voice).panels[0].layout["yaxis"]
    assert max(name.count("<br>") for name in names["categoryarray"]) <= 1, "a row has room for two lines"


def test_the_title_names_the_last_day_that_ac_waits_for(voice):
    title = regulation_figure(standards_fixtures.timeline(), "reference", DAY, voice).title
    assert voice.date("2028-01-01") in title
    late = regulation_figure(standards_fixtures.timeline("late_standards"), "late_standards", DAY, voice).title
    assert voice.date("2031-01-01") in late


def test_marks_follow_the_status_and_every_lever_has_one(voice):
    timeline = standards_fixtures.timeline()
    figure = regulation_figure(timeline, "reference", DAY, voice)
    marks = [each for each in figure.panels[0].data if each["mode"] == "markers"]
    symbols = {each["marker"]["symbol"]: set(each["x"]) for each in marks}
    assert set(symbols) == {"circle", "circle-open", "diamond-open"}
    assert "2027-01-01" in symbols["circle"]
    assert "2028-01-01" not in symbols["circle"], "no day of a proposal is drawn as law"
    assert sum(len(each["x"]) for each in marks) == timeline["lever"].nunique() == len(figure.table.rows)
    assert [token for token, _ in figure.legend] == ["day_enacted", "day_forecast", "day_proposed", "day_span"]


def test_a_moved_day_is_marked_in_the_case_that_moves_it(voice):
    figure = regulation_figure(standards_fixtures.timeline("late_standards"), "late_standards", DAY, voice)
    moved = figure.panels[0].data[-1]
    assert moved["marker"]["symbol"] == "x"
    assert "2030-01-01" in moved["x"]
    assert figure.legend[-1][0] == "day_assumption"
    row = next(row for row in figure.table.rows if row[0] == voice.say("lever.rfg2_art_42"))
    assert row[3:] == ("2028-01-01", "2027-01-01", "2031-01-01", "2031-01-01")


def test_the_ladder_has_three_rungs_for_each_kind_of_pair(voice):
    table = ladder_table(standards_fixtures.ladder(), "reference", voice)
    assert len(table.rows) == 12
    assert table.spans == [3, 0, 0] * 4
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert voice.inline("standards", "reference") in table.caption


def test_every_case_stands_beside_the_run_s_own_which_comes_first(voice):
    for chosen in STANDARDS:
        table = standards_table(standards_fixtures.works(), chosen, voice)
        assert len(table.rows) == 8
        assert table.rows[0][0] == voice.say(f"standards.{chosen}")
        assert len({row[0] for row in table.rows}) == 4
