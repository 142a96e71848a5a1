"""Cards say what the tables say: what is paid, what is added, at which cost; and where every value is written."""

import dataclasses

import pytest

from analysis.errors import DataError
from analysis.policy.loader import load_scheme
from analysis.report.measure_names import measure_name
from analysis.report.scheme_cards import scheme_cards, schemes_answer
from analysis.report.scheme_choice import Choice, chance_text, choose, wrapped
from analysis.report.scheme_law import LawRow, law_table, references, scheme_law, status_words
from analysis.report.text import Voice, read_catalog
from tests.analysis.report import report_fixtures as fixtures

CHOICE = Choice(("task53", "green_deduction", "task53_and_deduction"), "task53")
YEAR = 2030


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture(params=["sv", "en"])
def voice(request, results):
    named = {f"scheme.{scheme}": texts[request.param] for scheme, texts in results.scheme_labels.items()}
    return Voice(request.param, {**read_catalog(fixtures.demo_texts()[request.param]), **named})


def measure_set(results, scheme, measure, value, low=None, high=None):
    """The results with one measure of one scheme set."""
    summary = results.scheme_summary.copy()
    here = (summary["scheme"] == scheme) & (summary["measure"] == measure)
    assert here.sum() == 1
    summary.loc[here, ["value", "low", "high"]] = [value, low, high]
    return dataclasses.replace(results, scheme_summary=summary.astype({"value": float, "low": float, "high": float}))


def test_the_best_scheme_leads_and_no_support_has_no_card(results, voice):
    choice = choose(["none", "green_deduction", "task53", "task53_and_deduction"], results.headlines)
    assert choice == CHOICE
    cards = scheme_cards(results, choice, YEAR, voice)
    assert [card.scheme for card in cards] == list(CHOICE.schemes)


def test_a_card_shows_the_cells_of_the_tables(results, voice):
    card = scheme_cards(results, CHOICE, YEAR, voice)[1]
    assert [(row.closed, row.open) for row in card.paid] == [
        (voice.number(6000.0, "sek"), voice.number(12000.0, "sek"))
    ] * 2
    assert [row.charger for row in card.paid] == [voice.say("charger.ac_11"), voice.say("charger.dc_11")]
    facts = dict(card.facts)
    assert facts[voice.say("card.net_additional_count")] == voice.quantity(9000.0, 3000.0, 21000.0, "count")
    assert facts[voice.say("card.free_rider_pu")] == voice.quantity(1 / 1.5, 0.3, 0.8, "pu")
    assert facts[voice.say("card.outlay_sek_per_firm_kw_year")] == voice.quantity(2900.0, 1500.0, 7000.0, "SEK/kW,year")
    battery = facts[voice.say("card.home_battery_sek_per_firm_kw_year")]
    assert battery == voice.quantity(5200.0, 3100.0, 9000.0, "SEK/kW,year")
    assert facts[voice.say("card.social_npv_positive_pu")] == voice.number(0.31, "pu", 0.0, 1.0)
    assert facts[voice.say("card.outlay_share_top_quintile_pu")] == voice.quantity(0.41, 0.33, 0.52, "share")


def test_without_a_unit_of_11_kw_the_least_power_stands_with_its_name(results, voice):
    rows = results.scheme_results
    lacking = dataclasses.replace(results, scheme_results=rows[rows["charger_option"] != "dc_11"])
    card = scheme_cards(lacking, CHOICE, YEAR, voice)[0]
    assert [row.charger for row in card.paid] == [voice.say("charger.ac_11"), voice.say("charger.dc_20")]


def test_a_scheme_that_adds_nothing_has_no_cost_and_says_so(results, voice):
    idle = measure_set(results, "green_deduction", "outlay_sek_per_firm_kw_year", None)
    idle = measure_set(idle, "green_deduction", "free_rider_pu", None)
    card = scheme_cards(idle, CHOICE, YEAR, voice)[1]
    facts = dict(card.facts)
    assert facts[voice.say("card.outlay_sek_per_firm_kw_year")] == voice.say("card.nothing_added")
    assert facts[voice.say("card.free_rider_pu")] == voice.say("card.no_recipients")
    for scheme in CHOICE.schemes:
        idle = measure_set(idle, scheme, "outlay_sek_per_firm_kw_year", None)
    unit = voice.unit("SEK/kW,year")
    assert unit in schemes_answer(results, CHOICE, YEAR, voice)
    assert unit not in schemes_answer(idle, CHOICE, YEAR, voice)


def test_without_support_on_purchase_no_battery_stands_beside(results, voice):
    unpaid = measure_set(results, "task53", "home_battery_sek_per_firm_kw_year", None)
    facts = dict(scheme_cards(unpaid, CHOICE, YEAR, voice)[0].facts)
    assert voice.say("card.home_battery_sek_per_firm_kw_year") not in facts


def test_a_scheme_without_outlay_has_no_share_of_it(results, voice):
    unpaid = measure_set(results, "task53", "outlay_share_top_quintile_pu", None)
    assert scheme_cards(unpaid, CHOICE, YEAR, voice)[0].facts[-1][1] == voice.say("card.no_outlay")


def test_what_is_not_paid_on_purchase_stands_first_with_its_day(results, voice):
    row = LawRow("rate", "Belopp per kWh", "Amount per kWh", "2026-01-01", 0.5, "sek_per_kwh", "assumption", "x",
                 "performance")  # fmt: skip
    duty = LawRow("share", "Andel", "Share", "2029-01-01", 1.0, "pu", "assumption", "x", "mandate")
    law = {**results.scheme_law, "task53": (*results.scheme_law["task53"], row, duty)}
    cards = scheme_cards(dataclasses.replace(results, scheme_law=law), CHOICE, YEAR, voice)
    label = row.label_sv if voice.locale == "sv" else row.label_en
    paid = f"{voice.exact(0.5)} {voice.say('law_unit.sek_per_kwh')}"
    assert cards[0].facts[0] == (label, voice.say("law.since", value=paid, day=voice.date("2026-01-01")))
    assert cards[0].facts[1][1] == voice.say("law.since", value="1", day=voice.date("2029-01-01"))
    assert len(cards[1].facts) == len(cards[0].facts) - 2
    assert voice.inline("form", "mandate") in cards[0].status
    assert cards[1].status.startswith(voice.say("form.tax_reduction"))


def test_a_missing_measure_is_a_fault(results, voice):
    summary = results.scheme_summary
    lacking = dataclasses.replace(results, scheme_summary=summary[summary["measure"] != "free_rider_pu"])
    with pytest.raises(DataError, match="free_rider_pu"):
        scheme_cards(lacking, CHOICE, YEAR, voice)


def test_the_answer_names_most_cheapest_and_best(results, voice):
    told = schemes_answer(results, CHOICE, YEAR, voice)
    most = voice.name("scheme", "task53_and_deduction")
    cars = voice.quantity(18900.0, 6300.0, 44100.0, "count")
    assert told.index(most) < told.index(cars)
    loss = voice.quantity(-90.0, -300.0, 60.0, "MSEK")
    assert loss in told
    lead = voice.name("scheme", CHOICE.lead)
    assert told.count(most) == 1, "most cars"
    assert told.count(f"{lead}”") >= 1, "the least cost is what the headlines say"
    gain = measure_set(results, "task53", "net_social_npv_msek", 50.0, 20.0, 90.0)
    assert schemes_answer(gain, CHOICE, YEAR, voice) != told
    assert voice.quantity(50.0, 20.0, 90.0, "MSEK") in schemes_answer(gain, CHOICE, YEAR, voice)


def test_what_lowers_two_way_cars_is_named_and_is_never_the_best(results, voice):
    """Fewer cars than without support, and the highest social value: the answer names it apart."""
    lowered = measure_set(results, "green_deduction", "net_additional_count", -9000.0, -12000.0, -6000.0)
    lowered = measure_set(lowered, "green_deduction", "net_social_npv_msek", 900.0, 800.0, 990.0)
    told = schemes_answer(lowered, CHOICE, YEAR, voice)
    assert voice.quantity(900.0, 800.0, 990.0, "MSEK") not in told
    assert told.endswith(voice.say("schemes.answer_lowering", names=voice.say(
        "schemes.quoted", name=voice.name("scheme", "green_deduction"))))  # fmt: skip


def test_what_costs_the_state_nothing_is_not_told_as_cheapest(results, voice):
    free = measure_set(results, "green_deduction", "outlay_sek_per_firm_kw_year", 0.0, 0.0, 0.0)
    free = measure_set(free, "green_deduction", "outlay_msek", 0.0, 0.0, 0.0)
    assert schemes_answer(free, CHOICE, YEAR, voice) == schemes_answer(results, CHOICE, YEAR, voice)


def test_the_answer_when_nothing_is_added(results, voice):
    idle = results
    for scheme in CHOICE.schemes:
        idle = measure_set(idle, scheme, "net_additional_count", 0.0, 0.0, 0.0)
    assert schemes_answer(idle, CHOICE, YEAR, voice) == voice.say("schemes.answer_none", year="2030")


def test_sure_and_hopeless_chances_are_in_words(voice):
    assert chance_text(0.004, voice) == voice.say("number.hardly")
    assert chance_text(0.996, voice) == voice.say("number.nearly_all")
    assert chance_text(0.62, voice) == voice.number(0.62, "pu")


def test_names_are_broken_evenly_and_never_inside_a_word():
    assert wrapped("Differentiated support after Task 53") == "Differentiated<br>support after Task 53"
    assert wrapped("Unbreakablewordlongerthanaline a") == "Unbreakablewordlongerthanaline<br>a"
    assert wrapped("<b>") == "&lt;b>"


def test_every_value_of_a_scheme_stands_with_status_and_reference(root, voice):
    files = [load_scheme(root / f"data/policy/se/{name}.yaml") for name in fixtures.SCHEMES]
    law = scheme_law(files)
    assert law["none"] == ()
    assert status_words((), voice) == voice.say("law.no_values")
    own = law["task53"]
    factor = next(row for row in own if row.name == "openness_open_pu")
    assert (factor.value, factor.status, factor.start) == (2.0, "proposed", "2026-01-01")
    assert "RISE 2026:45" in factor.reference
    proposed = sum(row.status == "proposed" for row in own)
    assert f"{voice.say('law.proposed')} {proposed}" in status_words(own, voice)
    together = set(law["task53_and_deduction"])
    assert set(own) | set(law["green_deduction"]) <= together
    assert len(references(own)) <= len(own)
    table = law_table(law, list(CHOICE.schemes), voice)
    assert len(table.rows) == sum(len(law[name]) for name in CHOICE.schemes)
    assert next(row for row in table.rows if row[1] == factor.label_sv or row[1] == factor.label_en)[3] == "2"


def test_measures_by_charger_and_profile_are_named_by_their_parts(voice):
    named = Voice(voice.locale, {**voice.texts, "profile_name.p01": "Pendlare"})
    told = measure_name("break_even_support_profile_p01_ac_11_open_sek", named)
    assert told.endswith(f"pendlare, {named.inline('charger', 'ac_11')}, {named.inline('openness', 'open')}")
    years = measure_name("payback_median_dc_20_closed_years", named)
    assert years == ", ".join(
        [named.say("measure_by_charger.payback_median"), named.inline("charger", "dc_20"),
         named.inline("openness", "closed")]
    )  # fmt: skip
    assert measure_name("break_even_support_median_ac_11_open_sek", named) == named.say(
        "measure.break_even_support_median_ac_11_open_sek"
    )
    assert measure_name("my_own", named) == "my_own"
