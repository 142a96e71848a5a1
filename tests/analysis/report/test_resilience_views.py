"""The section on resilience: what its titles say is in its tables, and no car is promised that is away."""

import pytest

from analysis.io import normalise
from analysis.report.grid_views import feeder_figure, island_figure
from analysis.report.resilience_views import backup_figure, supply_view, worth_figure
from analysis.report.text import Voice, read_catalog
from tests.analysis.report import resilience_fixtures as made
from tests.analysis.report.report_fixtures import demo_texts


@pytest.fixture(scope="module", params=["sv", "en"])
def voice(request):
    return Voice(request.param, read_catalog(demo_texts()[request.param]))


def test_hours_are_those_of_winter_smart_charging_at_home_with_the_floor_kept(voice):
    table = normalise(made.resilience())
    figure = backup_figure(table, voice)
    chosen = table[(table["season"] == "winter") & (table["strategy"] == "smart") & (table["presence"] == "at_home")
                   & (table["kept_pu"] == 0.2)].set_index(["house_type", "load_case"])  # fmt: skip
    for key in (("any", "critical"), ("detached_direct", "full")):
        assert f"{chosen.loc[key, 'hours_median_h']:.0f} h" in figure.title.replace("\u00a0", " ")
    assert "83" in figure.lead and "26" in figure.lead, "at home, and plugged in"
    assert [len(panel.data) for panel in figure.panels] == [3, 3]
    assert len(figure.table.rows) == 5 * 4 * 4 * 2


def test_the_worth_names_the_dearest_outage_and_the_cheapest_equipment(voice):
    figure = worth_figure(normalise(made.backup_value()), normalise(made.backup_threshold()), voice)
    assert "150" in figure.title and "15" in figure.title
    assert all(len(panel.data) == 4 for panel in figure.panels), "three outage costs and the cheapest equipment"
    assert len(figure.table.columns) == len(figure.table.rows[0]) == 8 + 3
    assert len(figure.table.rows) == 4 * 2 * 6


def test_a_threshold_that_is_missing_is_a_dash(voice):
    thresholds = made.backup_threshold()
    thresholds["crisis_count_per_year"] = float("nan")
    figure = worth_figure(normalise(made.backup_value()), normalise(thresholds), voice)
    assert {row[-1] for row in figure.table.rows} == {voice.number(None)}


def test_without_a_grid_forming_source_the_table_says_zero(voice):
    figure = island_figure(normalise(made.island_case()), normalise(made.island_duration()), voice)
    no = voice.say("answer.no")
    followers = [row for row in figure.table.rows if row[3] == no]
    assert followers and all(row[9].startswith("0") for row in followers)
    assert len(figure.panels) == 3


def test_the_feeder_tells_price_and_transformer_apart(voice):
    figure = feeder_figure(normalise(made.local_grid()), voice)
    assert "20" in figure.title and "30" in figure.title and "40" in figure.title
    assert [len(panel.data) for panel in figure.panels] == [4, 4]
    winter = [row for row in figure.table.rows if row[0].startswith(voice.say("season.winter"))]
    assert winter[0][5] == voice.number(None), "no sun, no share of it"


def test_sites_stand_with_their_hours(voice):
    view = supply_view(normalise(made.crisis_supply_summary()), voice)
    assert len(view.rows) == 24
    assert {row[0] for row in view.rows} == {voice.say(f"site.{name}") for name in made.SITES}
