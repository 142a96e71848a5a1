"""A profile's card says the same as its row: names in both languages, facts, stability in words, three week maps."""

import dataclasses

import pytest

from analysis.report import figure_views
from analysis.report.text import Voice, read_catalog
from tests.analysis.report import report_fixtures as fixtures


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture(params=["sv", "en"])
def voice(request):
    return Voice(request.param, read_catalog(fixtures.demo_texts()[request.param]))


def test_a_card_bears_both_names_and_the_facts(results, voice):
    panel = figure_views.profile_figure(results, voice).panels[0]
    first = results.profiles.sort_values("share_pu").iloc[-1]
    names = {"sv": first["name_sv"], "en": first["name_en"]}
    assert panel.title == names[voice.locale]
    assert panel.other_locale != voice.locale
    assert panel.other_name == names[panel.other_locale]
    facts = [value for _, value in panel.facts]
    assert facts[0].startswith("31") and "28" in facts[0] and "35" in facts[0]
    assert facts[1:4] == ["46", voice.number(8.74, "kwh", 0, 8.74), voice.number(9.8, "h", 0, 9.8)]
    assert facts[4].startswith(voice.say("stability.stable"))


def test_three_maps_hold_the_week_of_the_profile(results, voice):
    panel = figure_views.profile_figure(results, voice).panels[0]
    week = results.profile_shapes[results.profile_shapes["profile_id"] == "p1"].set_index("hour_of_week")
    for drawn, column in zip(panel.data, ("parked_home_pu", "plugged_pu", "available_pu"), strict=True):
        assert drawn["type"] == "heatmap"
        assert [len(day) for day in drawn["z"]] == [24] * 7
        assert drawn["z"][2][17] == round(week.loc[2 * 24 + 17, column], 2)
        assert (drawn["zmin"], drawn["zmax"]) == (0, 1)
    assert panel.layout["yaxis3"]["domain"][1] < panel.layout["yaxis2"]["domain"][0]


def test_an_unstable_profile_is_called_so(results, voice):
    shaky = results.profiles.assign(jaccard_pu=0.4)
    panel = figure_views.profile_figure(dataclasses.replace(results, profiles=shaky), voice).panels[0]
    assert panel.facts[-1][1].startswith(voice.say("stability.unstable"))
