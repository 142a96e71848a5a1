"""Bad law, refused: what a scheme file, a combination or a folder of schemes may not say. All faults at once."""

import datetime

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import PolicyError
from analysis.policy.loader import load_scheme, load_schemes
from analysis.policy.model import STATUSES, Situation
from analysis.policy.support import resolve_scheme, support_amounts_sek
from analysis.policy.years import resolve_by_year
from tests.analysis.policy.policy_bodies import REFERENCE, START, body, component, load, parameter, write

FIXED = {"part": "fixed_amount", "amount": "amount"}
CASE = Situation(20000.0, 16000.0, "ac", 11.0, True, True, "detached")


def gift(**changes):
    """A whole scheme file that passes: 1 000 SEK, at most half of the cost, out of a budget."""
    limits = [
        {"part": "cap_share_of_cost", "share": "share"},
        {"part": "cap_amount", "cap": "cap"},
        {"part": "annual_budget", "budget": "budget"},
    ]
    grant = component("grant", [FIXED], limits, [{"part": "only_buyers", "buyers": "buyers"}])
    parameters = {
        "amount": parameter("sek", 1000),
        "share": parameter("pu", 0.5),
        "cap": parameter("sek", 2000),
        "budget": parameter("sek_per_year", 1_000_000),
        "buyers": parameter("list", ["private"]),
    }
    return body("gift", [grant], {**parameters, **changes})


def faults_of(folder, content):
    with pytest.raises(PolicyError) as caught:
        load_scheme(write(folder, content))
    return [str(fault) for fault in caught.value.faults]


def test_the_file_they_spoil_is_good(tmp_path):
    assert load(tmp_path, gift()).scheme == "gift"
    assert load(tmp_path, gift(budget=parameter("sek_per_year", 1500)))


def test_a_power_to_divide_by_is_above_zero(tmp_path):
    factor = {"part": "power_factor", "exponent": "exponent", "reference_kw": "reference", "cap_kw": "cap"}
    parameters = {
        "amount": parameter("sek", 1000),
        "exponent": parameter("pu", 0.5),
        "reference": parameter("kw", 0),
        "cap": parameter("kw", 100),
    }
    (found,) = faults_of(tmp_path, body("gift", [component("grant", [FIXED, factor])], parameters))
    assert "parameters.reference.values.2025-01-01.value: found 0; expected a power above 0" in found


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        (
            {"share": parameter("pu", 50)},
            "parameters.share.values.2025-01-01.value",
            "50; expected a share from 0 to 1",
        ),
        ({"cap": parameter("sek", -5)}, "parameters.cap.values.2025-01-01.value", "-5; expected a value of unit sek"),
        (
            {"budget": parameter("sek_per_year", 999)},
            "parameters.budget: 2025-01-01",
            "at least one payment of grant_1",
        ),
        ({"buyers": parameter("list", ["privat"])}, "parameters.buyers", "'privat'; expected words among private"),
        ({"budget": parameter("sek", 1e6)}, "limits[2].budget", "budget in sek; expected unit sek_per_year"),
        ({"cap": parameter("sek", float("nan"))}, "parameters.cap.values", "nan"),
        ({"cap": parameter("sek", True)}, "parameters.cap.values", "True"),
    ],
)
def test_a_value_that_cannot_be_is_named(tmp_path, changes, place, words):
    (found,) = faults_of(tmp_path, gift(**changes))
    assert str(tmp_path / "gift.yaml") in found
    assert place in found
    assert words in found


def test_a_scheme_without_reference_is_refused(tmp_path):
    content = gift()
    del content["parameters"]["amount"]["values"][START]["reference"]
    (found,) = faults_of(tmp_path, content)
    assert "parameters.amount.values.2025-01-01: reference: found nothing" in found


def test_all_faults_come_at_once(tmp_path):
    content = gift(
        share=parameter("pu", 1.2),
        cap=parameter("sek", -1),
        budget=parameter("sek_per_year", 1),
        old=parameter("kw", 1),
    )
    del content["parameters"]["amount"]["label"]
    content["components"][0]["conditions"].append({"part": "full_moon"})
    found = "\n".join(faults_of(tmp_path, content))
    for words in ("1.2; expected a share", "-1; expected", "a budget of 1 SEK", "parameters.old", "label", "full_moon"):
        assert words in found


@pytest.mark.parametrize("form", ["levy_relief", "mandate", "performance"])
def test_a_part_of_another_form_is_unknown(tmp_path, form):
    content = body("gift", [component(form, [FIXED])], {"amount": parameter("sek", 1000)})
    found = faults_of(tmp_path, content)
    assert any("components[0].amount[0]" in fault and "expected a part:" in fault for fault in found)


def test_an_unknown_form_is_named(tmp_path):
    found = faults_of(tmp_path, body("gift", [component("loan", [FIXED])], {"amount": parameter("sek", 1000)}))
    assert any("'loan'; expected one of grant, tax_reduction" in fault for fault in found)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ([], "0 of cost_base"),
        ([{"part": "rate", "rate": "rate"}], "0 of cost_base"),
        ([FIXED, {"part": "cost_base"}], "2 of cost_base"),
        ([FIXED, {"part": "rate", "rate": "rate"}, {"part": "rate", "rate": "rate"}], "rate: found 2 of this part"),
    ],
)
def test_an_amount_has_one_base(tmp_path, amount, words):
    found = faults_of(
        tmp_path,
        body("gift", [component("grant", amount)], {"amount": parameter("sek", 1000), "rate": parameter("pu", 0.5)}),
    )
    assert any(words in fault for fault in found)


def test_a_date_given_twice_is_refused(tmp_path):
    path = write(tmp_path, gift())
    text = path.read_text(encoding="utf-8")
    day = "      2025-01-01: {value: 1, status: enacted, reference: {title: Act, paragraph: 1 §}}\n"
    head, mark, tail = text.partition("  amount:\n    label:")
    spoiled = head + mark + tail.replace("    values:\n", "    values:\n" + day, 1)
    path.write_text(spoiled, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"gift.yaml:\d+: found key datetime.date\(2025, 1, 1\) is given twice"):
        load_scheme(path)


def phased(first, last):
    parts = [FIXED, {"part": "phase_out", "first_day": "first", "last_day": "last"}]
    parameters = {"amount": parameter("sek", 1000), "first": parameter("date", first), "last": parameter("date", last)}
    return body("gift", [component("grant", parts)], parameters)


def test_a_phase_out_that_ends_before_it_begins_is_refused(tmp_path):
    day = datetime.date(2027, 1, 1)
    (found,) = faults_of(tmp_path, phased(day, day))
    assert "phase_out: found first day 2027-01-01 and last day 2027-01-01 from 2025-01-01" in found
    assert load(tmp_path, phased(day, datetime.date(2027, 1, 2)))


def test_a_budget_for_one_of_two_payments_is_refused(tmp_path):
    content = gift()
    content["components"].append({**component("grant", [FIXED]), "name": "second"})
    (found,) = faults_of(tmp_path, content)
    assert "one annual_budget for all payments of a scheme" in found


def test_two_components_of_one_name_are_refused(tmp_path):
    content = gift()
    content["components"].append(content["components"][0])
    (found,) = faults_of(tmp_path, content)
    assert "2 named grant_1" in found


def test_a_day_before_the_first_value_is_an_error(tmp_path):
    with pytest.raises(PolicyError, match=r"no value on 2024-12-31.*the first starts 2025-01-01") as caught:
        resolve_scheme(load(tmp_path, gift()), datetime.date(2024, 12, 31), ["enacted"])
    assert len(caught.value.faults) == 5


def pair(folder, share_first, share_second, rule="supported_cost_out", **more):
    for name, share in (("first", share_first), ("second", share_second)):
        grant = component("grant", [{"part": "cost_base"}, {"part": "rate", "rate": "share"}])
        write(folder, body(name, [grant], {"share": parameter("pu", share)}))
    content = body("pair", [], {"stacking": parameter("stacking_rule", rule)})
    del content["components"]
    return {**content, "combines": ["first", "second"], **more}


def test_a_stack_above_the_cost_is_refused(tmp_path):
    (found,) = faults_of(tmp_path, pair(tmp_path, 0.7, 0.5))
    assert (
        "pair.yaml: combines: found first 0.7 + second 0.5; expected shares of the cost that add up to at most 1"
        in found
    )
    assert "Lower a share" in found
    assert load(tmp_path, pair(tmp_path, 0.5, 0.5))
    assert load(tmp_path, pair(tmp_path, 0.7, 0.5, "whole_installation_out"))


def test_a_combination_names_each_member_once_and_its_rule(tmp_path):
    (found,) = faults_of(tmp_path, pair(tmp_path, 0.2, 0.2, combines=["first", "first", "second"]))
    assert "first, 2 times; expected each scheme once" in found
    (found,) = faults_of(tmp_path, pair(tmp_path, 0.2, 0.2, parameters={}))
    assert "parameters.stacking: found nothing" in found
    (found,) = faults_of(tmp_path, pair(tmp_path, 0.2, 0.2, rule=None))
    assert "found null; expected a rule" in found


def test_a_budget_beside_another_payment_is_refused(tmp_path):
    content = pair(tmp_path, 0.2, 0.2, combines=["first", "gift"])
    write(tmp_path, gift())
    (found,) = faults_of(tmp_path, content)
    assert "combines: found gift; expected no annual_budget beside another payment" in found


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("share", parameter("pu", 0.3), "2 schemes with it"),
        ("shares", parameter("pu", 0.3), "0 schemes with it"),
        ("amount", parameter("kw", 5), "unit kw"),
    ],
)
def test_what_is_replaced_belongs_to_one_member_in_its_unit(tmp_path, name, change, words):
    content = pair(tmp_path, 0.2, 0.2, combines=["first", "second", "third"], replaces={name: change})
    write(tmp_path, body("third", [component("grant", [FIXED])], {"amount": parameter("sek", 1000)}))
    (found,) = faults_of(tmp_path, content)
    assert f"replaces.{name}: found {words}" in found


def test_what_is_put_in_place_is_checked_like_what_it_replaces(tmp_path):
    content = pair(tmp_path, 0.2, 0.2, combines=["first", "gift"])
    whole = gift()
    whole["components"][0]["limits"][2:] = []
    del whole["parameters"]["budget"]
    write(tmp_path, whole)
    content["replaces"] = {"cap": parameter("sek", -1), "buyers": parameter("list", ["everyone"])}
    found = "\n".join(faults_of(tmp_path, content))
    assert "replaces.cap.values.2025-01-01.value: found -1" in found
    assert "replaces.buyers.values.2025-01-01.value: found 'everyone'" in found


def test_a_member_that_is_missing_is_the_only_fault(tmp_path):
    (found,) = faults_of(tmp_path, pair(tmp_path, 0.2, 0.2, combines=["third"]))
    assert "third.yaml: found no such file" in found


def test_two_schemes_of_one_name_or_label_are_refused(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    first, second = write(here, gift()), write(there, {**gift(), "label": {"sv": "Annat", "en": "Other"}})
    with pytest.raises(PolicyError, match=r"gift.yaml: scheme: found 'gift'; expected another than in"):
        load_schemes([first, second])
    third = write(here, {**gift(), "scheme": "third"})
    with pytest.raises(PolicyError) as caught:
        load_schemes([first, third])
    assert sorted(fault.place.rpartition(": ")[2] for fault in caught.value.faults) == ["label.en", "label.sv"]
    assert list(load_schemes([first])) == ["gift"]


def test_faults_of_all_files_come_together(tmp_path):
    first = write(tmp_path, gift(share=parameter("pu", 2)))
    second = write(tmp_path, {**gift(cap=parameter("sek", -1)), "scheme": "second"})
    with pytest.raises(PolicyError) as caught:
        load_schemes([first, second])
    assert len(caught.value.faults) == 2


def test_an_unknown_buyer_is_refused():
    with pytest.raises(PolicyError, match="buyer: found 'company'; expected one of private, association, firm"):
        Situation(20000.0, 16000.0, "ac", 11.0, True, True, "detached", buyer="company")


def test_a_reference_is_more_than_a_title(tmp_path):
    content = gift()
    content["parameters"]["amount"]["values"][START]["reference"] = {"title": REFERENCE["title"]}
    (found,) = faults_of(tmp_path, content)
    assert "a title alone; expected href or paragraph beside it" in found


JUNK = [
    None,
    -1,
    2.5,
    "moon",
    "",
    True,
    [],
    ["moon"],
    [[1]],
    {},
    {"moon": [1]},
    datetime.date(2026, 1, 1),
    float("inf"),
]


def places(content, path=()):
    """Every place of a nested body, by keys and positions."""
    yield path
    if isinstance(content, dict | list):
        for key in content if isinstance(content, dict) else range(len(content)):
            yield from places(content[key], (*path, key))


def spoiled(content, path, junk):
    if not path:
        return junk
    copied = dict(content) if isinstance(content, dict) else list(content)
    copied[path[0]] = spoiled(content[path[0]], path[1:], junk)
    return copied


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_whatever_stands_anywhere_is_either_law_or_a_named_fault(tmp_path_factory, data):
    whole = phased(datetime.date(2027, 1, 1), datetime.date(2028, 1, 1))
    whole["components"] = [*whole["components"], *gift()["components"]]
    whole["components"][1] = {
        **whole["components"][1],
        "name": "second",
        "limits": whole["components"][1]["limits"][:2],
    }
    whole["parameters"] = {**gift()["parameters"], **whole["parameters"]}
    del whole["parameters"]["budget"]
    place = data.draw(st.sampled_from([path for path in places(whole) if path]))
    path = write(tmp_path_factory.mktemp("law"), {**whole, "scheme": "gift"})
    path.write_text(yaml.safe_dump(spoiled(whole, place, data.draw(st.sampled_from(JUNK)))), encoding="utf-8")
    try:
        scheme = load_scheme(path)
    except PolicyError as error:
        assert all(str(path) in fault.place for fault in error.faults)
    else:
        resolved = resolve_by_year(scheme, [2027], STATUSES)[2027]
        assert 0.0 <= float(support_amounts_sek(resolved, CASE)) <= CASE.price_incl_vat_sek
