"""What was different going in: each kind by hand, and the runs that would split a difference of several."""

import pytest
import yaml

from analysis.report.compare_origin import KINDS, differences, kinds_of, runs_between
from analysis.report.compare_ready import NEEDED, unfinished
from analysis.settings.load import overlay
from analysis.settings.model import Settings
from tests.analysis.report import compare_fixtures as fixtures

VALUES = {"ret.tax_refund_rho": 0.0}
OVERRIDE = {"assumptions__overrides": {"ret.tax_refund_rho": 1.0}}
SOURCE = [{"descriptor": "spot", "pattern": "prices/*.csv"}]


def between(first=None, second=None):
    runs = (
        fixtures.run(told=fixtures.record(**(first or {}))),
        fixtures.run("after", told=fixtures.record(**(second or {}))),
    )
    return differences(*runs, VALUES, fixtures.TABLE_DIGEST)


def told(found):
    return [(each.kind, each.item, each.first, each.second) for each in found]


def test_nothing_differs_between_a_run_and_itself():
    assert between() == []
    assert kinds_of([]) == ()


def test_an_override_stands_beside_the_value_of_the_table():
    found = between(second={"changes": OVERRIDE})
    assert told(found) == [("assumptions", "assumptions.overrides.ret.tax_refund_rho", "0.0", "1.0")]
    assert kinds_of(found) == ("assumptions",)


def test_of_another_table_no_value_is_told():
    """The table at hand is not the one that run was made with: what it held is not known."""
    other = {"files": {"data/assumptions/parameters.csv": "other"}}
    found = told(between(first=other, second={"changes": OVERRIDE}))
    assert ("assumptions", "assumptions.overrides.ret.tax_refund_rho", "", "1.0") in found
    assert ("assumptions", "data/assumptions/parameters.csv", "other", fixtures.TABLE_DIGEST[:12]) in found


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"changes": {"inputs__day_ahead_prices": SOURCE}},
         ("data", "inputs.day_ahead_prices", "", "descriptor=spot pattern=prices/*.csv")),
        ({"changes": {"scope__price_years": [2023]}}, ("data", "scope.price_years", "2024, 2025", "2023")),
        ({"changes": {"seed": 7}}, ("data", "seed", "20261123", "7")),
        ({"inputs": {"prices/a.csv": "aa" * 32}}, ("data", "prices/a.csv", "", "aa" * 6)),
        ({"files": {"data/reference/households.csv": "bb" * 32}},
         ("data", "data/reference/households.csv", "", "bb" * 6)),
        ({"changes": {"assumptions__standards": "late_standards"}},
         ("assumptions", "assumptions.standards", "reference", "late_standards")),
        ({"files": {"data/assumptions/tariffs.csv": "cc" * 32}},
         ("assumptions", "data/assumptions/tariffs.csv", "", "cc" * 6)),
        ({"changes": {"policy__day": "2027-01-01"}}, ("policy", "policy.day", "2026-11-23", "2027-01-01")),
        ({"files": {"data/policy/se/task53.yaml": "dd" * 32}},
         ("policy", "data/policy/se/task53.yaml", "53" * 6, "dd" * 6)),
        ({"code": "beef" * 4}, ("code", "code_digest", fixtures.CODE[:12], "beef" * 3)),
        ({"libraries": {"numpy": "3.0"}}, ("code", "libraries.numpy", "2.4.6", "3.0")),
    ],
    ids=lambda case: case[1] if isinstance(case, tuple) else "",
)  # fmt: skip
def test_each_thing_has_one_kind(second, expected):
    found = between(second=second)
    assert told(found) == [expected]
    assert kinds_of(found) == (expected[0],)


def test_the_order_of_schemes_is_no_difference():
    schemes = fixtures.settings()["policy"]["schemes"]
    assert between(second={"changes": {"policy__schemes": schemes[::-1]}}) == []
    assert kinds_of(between(second={"changes": {"scope__charger_options": ["dc_20", "ac_11", "dc_11"]}})) == ("data",)
    assert told(between(second={"changes": {"policy__schemes": schemes[:2]}}))[0][3] == "green_deduction, none"


def test_titles_are_no_difference_and_idle_settings_are_of_no_kind():
    found = between(
        second={"changes": {"title_sv": "Annan", "scope__foresight_weeks": 5, "scope__search__trial_count": 8}}
    )
    assert [(each.item, each.is_idle) for each in found] == [
        ("scope.foresight_weeks", True), ("scope.search.trial_count", True),
    ]  # fmt: skip
    assert kinds_of(found) == ()


def test_kinds_come_in_their_order():
    second = {"code": "beef" * 4, "changes": {"seed": 7, "policy__day": "2027-01-01", **OVERRIDE}}
    assert kinds_of(between(second=second)) == KINDS


def runs(second):
    return fixtures.run("a"), fixtures.run("b", told=fixtures.record(**second))


def test_one_kind_needs_no_run_between():
    assert runs_between(*runs({"changes": OVERRIDE}), ("assumptions",), fixtures.CODE) == []


def test_several_kinds_need_one_run_fewer_than_they_are():
    second = {"changes": {"seed": 7, "policy__day": "2027-01-01", **OVERRIDE}}
    made = runs_between(*runs(second), ("data", "assumptions", "policy"), fixtures.CODE)
    assert [(each.name, each.kinds) for each in made] == [
        ("a_with_b_data", ("data",)), ("a_with_b_data_assumptions", ("data", "assumptions")),
    ]  # fmt: skip


def test_the_scenario_to_write_is_one_that_loads_and_takes_what_it_says():
    second = {"changes": {"seed": 7, "scope__price_years": [2025], "policy__day": "2027-01-01", **OVERRIDE}}
    first, last = runs(second)
    (only,) = runs_between(first, last, ("data", "policy"), fixtures.CODE)
    mixed = Settings.model_validate(overlay(fixtures.settings(), yaml.safe_load(only.scenario)))
    assert (mixed.seed, mixed.scope.price_years, mixed.policy.day) == (7, (2025,), "2026-11-23")
    assert mixed.assumptions.overrides == {}
    assert not only.reads_files


def test_files_are_asked_for_where_the_data_come_from_files():
    first, last = runs({"changes": {"inputs__day_ahead_prices": SOURCE}})
    assert runs_between(first, last, ("data", "policy"), fixtures.CODE)[0].reads_files
    assert not runs_between(first, last, ("assumptions", "policy"), fixtures.CODE)[0].reads_files
    assert runs_between(last, first, ("assumptions", "policy"), fixtures.CODE)[0].reads_files


@pytest.mark.parametrize(("code_now", "first"), [("beef" * 4, "code"), (fixtures.CODE, "data"), ("elsewhere", "code")])
def test_the_code_at_hand_makes_the_runs_between(code_now, first):
    """Where it is A's, B's code comes last; else first, so that B's code makes them."""
    made = runs_between(*runs({"code": "beef" * 4, "changes": {"seed": 7}}), ("data", "code"), code_now)
    assert [each.kinds for each in made] == [(first,)]


def ready(name, **more):
    given = {"record": fixtures.record() | {"results": {"headlines.parquet": "aa"}},
             "digests": {"headlines.parquet": "aa"}, "known": ["default", "tax_relief"], **more}  # fmt: skip
    return [str(fault) for fault in unfinished("make compare A=default B=tax_relief", name, **given)]


def test_a_finished_run_is_ready():
    assert ready("default") == []


def test_a_missing_run_is_refused_with_both_names_and_what_to_run():
    (fault,) = ready("tax_relief", record=None)
    assert "A=default B=tax_relief" in fault
    assert "make report SCENARIO=tax_relief" in fault
    (fault,) = ready("elsewhere", record=None)
    assert "workflow/config/scenarios/elsewhere.yaml" in fault


def test_a_table_that_the_record_does_not_know_is_refused():
    """A run that was killed while it was made anew leaves newer tables than its record."""
    assert "another table than when the run was recorded" in ready("default", digests={"headlines.parquet": "bb"})[0]
    assert "no such table" in ready("default", digests={"headlines.parquet": None})[0]


@pytest.mark.parametrize("key", NEEDED)
def test_a_record_of_another_form_is_refused(key):
    lacking = fixtures.record()
    del lacking[key]
    assert f"no {key}" in ready("default", record=lacking)[0]
