"""The map of municipalities: registered cars as they are counted, what is told at each, and the table to take away."""

import dataclasses
import io

import pandas as pd
import pytest

from analysis.report import places
from analysis.report.atlas import CAR_LIMITS
from analysis.report.figure_views import at_need
from analysis.report.headlines import best_scheme
from analysis.report.map_view import map_figure
from analysis.report.text import Voice, read_catalog
from analysis.schemas.base import TIERS
from tests.analysis.report import report_fixtures as fixtures


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture(params=["sv", "en"])
def figure(request, results):
    return places.place_figure(results, Voice(request.param, read_catalog(fixtures.demo_texts()[request.param])))


def test_every_municipality_can_be_pointed_at(results, figure):
    readable = figure.panels[0].data[-1]
    assert len(readable["text"]) == len(readable["customdata"]) == len(results.municipalities)


def test_registered_cars_are_not_rounded(results, figure):
    readable = figure.panels[0].data[-1]
    told = dict(zip(readable["customdata"], readable["text"], strict=True))
    for row in results.municipalities.itertuples():
        digits = "".join(letter for letter in told[row.name].split(":")[1].split("<br>")[0] if letter.isdigit())
        assert digits == str(row.bev_count)


def test_each_municipality_is_in_one_class(results):
    cars = results.municipalities["bev_count"]
    assert cars.between(CAR_LIMITS[0], CAR_LIMITS[-1], inclusive="left").all()


def test_the_table_has_names_in_both_languages_and_keeps_leading_zeros(results):
    taken = pd.read_csv(io.StringIO(places.table_to_take(results)), dtype={"municipality_code": str})
    assert len(taken) == len(results.profile_counts)
    assert (taken["municipality_code"].str.len() == 4).all()
    assert taken[["name_sv", "name_en"]].notna().all().all()


def test_a_count_that_is_held_back_is_neither_taken_away_nor_told_on_the_map(results):
    held = results.profile_counts.assign(is_suppressed=True, vehicle_published_count=pd.array([None], dtype="Int64"))
    without = dataclasses.replace(results, profile_counts=held)
    taken = pd.read_csv(io.StringIO(places.table_to_take(without)))
    assert taken[["vehicle_published_count", "vehicle_low_count", "vehicle_high_count"]].isna().all(axis=None)
    voice = Voice("en", read_catalog(fixtures.demo_texts()["en"]))
    told = "".join(places.place_figure(without, voice).panels[0].data[-1]["text"])
    assert "most common" not in told
    assert str(int(without.municipalities["bev_count"].iloc[0])) in told.replace(",", "")


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_the_map_of_power_shows_each_tier_the_reader_picks(results, locale):
    """Before them stand the cars of no support and those that the best scheme adds."""
    named = {f"scheme.{scheme}": texts[locale] for scheme, texts in results.scheme_labels.items()}
    voice = Voice(locale, {**read_catalog(fixtures.demo_texts()[locale]), **named})
    panel = map_figure(results, at_need(results.potential_summary, 2030), 2030, voice).panels[0]
    (menu,) = panel.layout["updatemenus"]
    best = best_scheme(results.headlines)
    cars = [voice.say("map.without"), voice.say("map.added", scheme=voice.name("scheme", best))]
    assert [button["label"] for button in menu["buttons"]] == [*cars, *(voice.name("tier", tier) for tier in TIERS)]
    told = results.scheme_municipalities[results.scheme_municipalities["scheme"] == "none"].iloc[0]
    amount = voice.interval(told["adopter_count"], told["adopter_low_count"], told["adopter_high_count"], "count")
    assert any(words.endswith(f"{cars[0]}: {amount}") for words in menu["buttons"][0]["args"][0]["text"])
    for button in menu["buttons"]:
        painted, noted, changed = button["args"]
        assert len(painted["fillcolor"]) == len(painted["text"]) == len(changed) == len(results.municipalities)
        assert {panel.data[place]["fill"] for place in changed} == {"toself"}
        assert len(noted["annotations"]) == results.municipalities["price_area"].nunique()
    shown = menu["buttons"][menu["active"]]
    assert shown["label"] == voice.name("tier", "firm")
    assert [trace["text"] for trace in panel.data[: len(shown["args"][2])]] == shown["args"][0]["text"]
    assert panel.layout["annotations"] == shown["args"][1]["annotations"]
    technical = menu["buttons"][len(cars)]["args"][0]
    assert technical["text"] != shown["args"][0]["text"]
