"""The sentences beside the numbers: plug-in without contract, value by price year, stability, travel targets."""

import dataclasses

import pandas as pd
import pytest

from analysis.profiles import represent
from analysis.report import figure_views, link_tables, notes, plugging, profile_losses, tables
from analysis.report.results import FLEET_PROFILE
from analysis.report.text import Voice, read_catalog
from analysis.schemas.profile_link import LEFT_OUT_REASONS, LINK_BASES
from tests.analysis.report import report_fixtures as fixtures


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture
def voice():
    return Voice("en", read_catalog(fixtures.demo_texts()["en"]))


def test_plug_in_is_the_mean_of_profiles_and_says_that_there_is_no_contract(results, voice):
    halves = results.profiles.iloc[:2].assign(share_pu=[0.75, 0.25], plugged_h_per_day=[8.0, 4.0])
    told = notes.plug_in_note(dataclasses.replace(results, profiles=halves), fixtures.demo_settings(), voice)
    assert "Norwegian owners do today, without a contract: about 29% of hours, 7 hours a day" in told
    assert "12 hours on 20 days a month, 80% would sign" in told
    assert "13 hours a day on the mean" in told
    assert "computed without contract" in told


def test_a_run_under_contract_says_so_and_what_it_would_be_without(results, voice):
    settings = fixtures.demo_settings()
    paid = settings.assumptions.model_copy(
        update={"plug_in_contract": "16h", "contract_hour_reading": "per_contract_period"}
    )
    told = notes.plug_in_note(results, settings.model_copy(update={"assumptions": paid}), voice)
    assert "a contract to stay plugged in (16 hours a day); 10% sign" in told
    assert "without a contract it is 6 hours" in told


def test_contracts_stand_beside_none(results, voice):
    view = plugging.contract_table(results.plug_in_contracts, voice, "")
    assert view.rows[0][:3] == ("No contract", "–", "–")
    assert view.rows[0][6:] == ("6.0", "15", "6.0", "–")
    assert view.rows[1][:3] == ("12 hours on 20 days a month", "Once a month", "3.0")
    assert view.spans == [1, 2, 0, 2, 0]


def test_validation_shows_model_and_users_and_keeps_its_misses(results, voice):
    figure = plugging.validation_figure(results, voice)
    assert [panel.title for panel in figure.panels][:2] == ["Plugged in, weekdays", "Plugged in, weekends"]
    assert all(len(panel.data) == 2 for panel in figure.panels)
    assert [len(panel.data[0]["x"]) for panel in figure.panels] == [24, 24, 49]
    verdicts = {row[0]: row[-1] for row in figure.table.rows}
    assert verdicts["Plug-ins a week, median"] == "Yes"
    assert verdicts["Energy per connection, mean"] == "No"
    assert "2.2 percentage points" in figure.title


def test_sessions_of_the_run_are_not_called_norwegian(results, voice):
    settings = fixtures.demo_settings()
    read = settings.inputs.model_copy(update={"sessions": ("a file",)})
    told = notes.plug_in_note(results, settings.model_copy(update={"inputs": read}), voice)
    assert "Norwegian" not in told


@pytest.mark.parametrize(("later", "word"), [(0.3, "hides a fall"), (2.0, "hides a rise")])
def test_the_value_of_each_price_year_is_told(results, voice, later, word):
    values = results.value_summary.copy()
    money = [name for name in values.columns if name.endswith("_sek")]
    values.loc[values["price_year"] == 2025, money] *= later
    told = notes.value_years_note(dataclasses.replace(results, value_summary=values), fixtures.demo_settings(), voice)
    assert word in told
    assert "1,000 SEK at prices of 2024" in told


def test_one_price_year_is_said_to_be_one(results, voice):
    values = results.value_summary[results.value_summary["price_year"] == 2025]
    one = dataclasses.replace(results, value_summary=values)
    assert notes.value_years_note(one, fixtures.demo_settings(), voice).startswith(
        "The value is of the price year 2025 alone"
    )


@pytest.mark.parametrize(
    ("jaccard", "name"), [(0.75, "stable"), (0.7499, "pattern"), (0.6, "pattern"), (0.5999, "unstable")]
)
def test_stability_has_three_classes(jaccard, name):
    assert notes.stability(jaccard) == name


def test_stability_is_counted_over_profiles(results, voice):
    told = notes.stability_note(results.profiles.assign(jaccard_pu=[0.9, 0.8, 0.7, 0.5, 0.4, 0.3]), voice)
    assert told.startswith("Of 6 profiles: stable 2, pattern only 1, not stable 3.")


def test_travel_targets_out_of_bounds_come_first(results, voice):
    view = tables.travel_table(results.travel_targets, voice, "")
    assert view.rows[0][:6] == ("Distance on a used day, 95th percentile", "220", "150", "147%", "km", "No")
    assert notes.travel_note(results.travel_targets, voice).startswith(
        "2 of 3 measures are within what is accepted. For 1 of them"
    )


def test_municipalities_stand_by_name_in_swedish_order_and_count_whole_cars(results, voice):
    counts = results.profile_counts.iloc[[0, 0, 0]].assign(
        municipality_code=["1880", "0180", "1980"], profile_id="p1",
        vehicle_published_count=[0, 5, 230], vehicle_low_count=[0.0, 0.0, 190.0], vehicle_high_count=[4.0, 10.0, 275.0],
    )  # fmt: skip
    view = tables.profile_count_table(dataclasses.replace(results, profile_counts=counts), voice, "")
    assert [row[0] for row in view.rows] == ["Stockholm", "Västerås", "Örebro"]
    assert view.rows[2][2] == "0\u2060–\u20604"
    assert "must not be ranked" in view.note


def test_a_count_that_is_held_back_shows_neither_number_nor_range(results, voice):
    held = results.profile_counts.assign(is_suppressed=True, vehicle_published_count=pd.array([None], dtype="Int64"))
    view = tables.profile_count_table(dataclasses.replace(results, profile_counts=held), voice, "")
    assert view.rows[0][2] == "too uncertain"


def test_cars_of_firms_are_no_share_of_private_cars(results, voice):
    fleet = results.profiles.iloc[[0]].assign(
        profile_id="fleet", name_en="Fleet vehicles", share_pu=1.0, jaccard_pu=1.0, plugged_h_per_day=20.0
    )
    week = results.profile_shapes[results.profile_shapes["profile_id"] == "p1"].assign(profile_id="fleet")
    both = dataclasses.replace(
        results,
        profiles=pd.concat([fleet, results.profiles], ignore_index=True),
        profile_shapes=pd.concat([results.profile_shapes, week], ignore_index=True),
    )
    figure = figure_views.profile_figure(both, voice)
    assert figure.title.startswith("6 profiles; the most common is “Commuter, charges every night”")
    assert figure.panels[-1].title == "Fleet vehicles"
    assert figure.table.rows[-1][1] == figure.table.rows[-1][5] == figure.table.rows[-1][6] == "–"
    assert [label for label, _ in figure.panels[-1].facts] == ["Km per day", "kWh of driving per day",
                                                               "Plugged in, h per day"]  # fmt: skip
    assert notes.plug_in_note(both, fixtures.demo_settings(), voice) == notes.plug_in_note(
        results, fixtures.demo_settings(), voice
    )
    assert notes.stability_note(both.profiles, voice) == notes.stability_note(results.profiles, voice)
    assert FLEET_PROFILE == represent.FLEET_PROFILE


def test_a_link_on_generated_travel_is_called_an_assumption(results, voice):
    told = link_tables.link_note(results, voice)
    assert told.startswith("Assumption: the link between profile and household (detached house)")
    assert "worth 30 cars" in told
    none = results.profile_link.assign(basis="no_demographics", state="left_out")
    without = dataclasses.replace(results, profile_link=none)
    assert link_tables.link_note(without, voice).startswith("None of 400 cars states anything")


def test_link_table_tells_coefficients_and_why_others_are_out(results, voice):
    view = link_tables.link_table(results, voice)
    cells = {row[0]: row[1:] for row in view.rows}
    assert list(cells)[-2:] == ["Income", "Age"]
    assert cells["Detached house"][:3] == ("Estimated", "reference", "0.25 (0.10)")
    assert cells["Income"][:2] == ("Left out: too few cars in the smallest profile", "–")
    assert cells["Age"][0] == "Left out: not in the vehicles table"


def test_company_cars_stand_beside_the_registered_ones(results, voice):
    view = link_tables.company_car_table(results, voice)
    assert view.rows[0] == ("Sweden", "272,146", "17,014", "17,014", "272,146")
    assert view.note.startswith("Results rest on cars as registered. The move takes what in 3 municipalities")
    used = dataclasses.replace(results, company_car_areas=results.company_car_areas.assign(is_used=True))
    assert "rest on moved cars" in link_tables.company_car_table(used, voice).note


def test_two_seeds_stand_side_by_side(results, voice):
    row = link_tables.seed_table(results, voice).rows[0]
    assert row[2:] == ("0.1667", "0.1647", "0.0123")


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_every_basis_and_reason_has_words(locale):
    texts = read_catalog(fixtures.demo_texts()[locale])
    assert {f"link.{basis}" for basis in LINK_BASES} <= set(texts)
    assert {f"link.reason_{reason}" for reason in LEFT_OUT_REASONS} <= set(texts)


def test_what_is_lost_by_few_vehicles_is_told_of_the_chosen_number_only(results, voice):
    chosen = results.profile_evidence[results.profile_evidence["is_chosen"]]
    table = profile_losses.loss_table(results.profile_evidence, voice)
    assert len(table.rows) == len(chosen[chosen["sample"] != "vehicle_weeks"])
    first = chosen[(chosen["dataset"] == "embedded") & (chosen["sample"] == "default")].iloc[0]
    assert table.rows[0][4] == f"{100 * first['value_loss_pu']:.1f} %"
    assert table.rows[0][-1] == ("Yes" if first["is_met"] else "No")
