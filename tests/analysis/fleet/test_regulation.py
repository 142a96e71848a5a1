"""Days of law stay, open days move within their bounds, and a moved day is an assumption."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.fleet.regulation import (
    CASES,
    USED_LEVERS,
    effect_days,
    in_force_pu,
    moved_day,
    regulation_timeline,
    shifted_model_years,
)
from analysis.io import check_table, read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.schemas.regulation import STANDARDS, Regulation, RegulationLevers, RegulationTimeline
from analysis.settings.model import Scope


@pytest.fixture(scope="module")
def levers(root):
    return read_csv_table(root / "data/assumptions/regulation_levers.csv", RegulationLevers)


@pytest.fixture(scope="module")
def regulation(root):
    return read_csv_table(root / "data/reference/regulation.csv", Regulation)


@pytest.fixture(scope="module")
def timeline(levers, regulation):
    return check_table(regulation_timeline(levers, regulation, "reference"), RegulationTimeline, "test")


def test_every_case_of_the_settings_is_known():
    assert tuple(CASES) == STANDARDS


def test_reference_days_are_those_told(levers, timeline):
    told = timeline[timeline["standards"] == "reference"].set_index("lever")
    assert dict(told["effect_day"]) == dict(zip(levers["lever"], levers["effect_day"], strict=True))
    assert not told["is_moved"].any()
    assert told["is_chosen"].all()


def test_law_never_moves_forward_and_what_moves_is_an_assumption(levers, timeline):
    days = timeline.pivot(index="lever", columns="standards", values="effect_day")
    kinds = levers.set_index("lever")
    law = kinds.index[kinds["status"] == "enacted"]
    assert (days.loc[law, "early_standards"] == days.loc[law, "reference"]).all()
    assert (days["early_standards"] <= days["reference"]).all()
    assert (days["reference"] <= days["late_standards"]).all()
    assert (days["proprietary_lock_in"] == days["reference"]).all()
    assert (days["late_standards"] > days["reference"]).sum() >= 6
    assert set(timeline.loc[timeline["is_moved"], "status"]) == {"assumption"}


def test_a_day_told_by_law_is_read_in_the_instrument(levers, regulation):
    """An enacted, verified day stands in the row of its instrument; a proposal has no enacted day."""
    rows = regulation.set_index("id")
    for lever in levers.itertuples(index=False):
        instrument = rows.loc[lever.regulation_id]
        if lever.status == "enacted" and lever.verified:
            assert lever.effect_day in f"{instrument['key_dates']} {instrument['lever_default']}", lever.lever
        if instrument["legal_kind"] in {"proposal", "draft"}:
            assert lever.status == "proposed", lever.lever
            assert not lever.verified


def test_what_a_lever_acts_on_is_there(root, levers):
    parameters = set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters)["id"])
    known = parameters | {f"scope.{name}" for name in Scope.model_fields}
    rooms = ("interoperability.", "access.")
    assert [name for name in levers["acts_on"] if name not in known and not name.startswith(rooms)] == []


def test_days_by_hand():
    day, floor = datetime.date(2028, 1, 1), datetime.date(2027, 1, 1)
    assert moved_day(day, -2, "open", floor) == floor
    assert moved_day(day, 3, "open", floor) == datetime.date(2031, 1, 1)
    assert moved_day(day, -2, "late_only", None) == day
    assert moved_day(day, 3, "late_only", None) == datetime.date(2031, 1, 1)
    assert moved_day(day, 3, "fixed", None) == day
    assert moved_day(datetime.date(2028, 2, 29), 3, "open", None) == datetime.date(2031, 2, 28)


def test_share_of_a_year_by_hand():
    years = np.array([2026, 2027, 2028])
    np.testing.assert_allclose(in_force_pu([datetime.date(2027, 1, 1)], years), [0, 1, 1])
    np.testing.assert_allclose(
        in_force_pu([datetime.date(2025, 5, 1), datetime.date(2027, 7, 2)], years), [0, 0.5, 1], atol=3e-3
    )


def test_model_years_by_hand():
    years = np.arange(2025, 2031)
    np.testing.assert_array_equal(shifted_model_years(years, -2), [2025, 2026, 2028, 2030, 2031, 2032])
    np.testing.assert_array_equal(shifted_model_years(years, 3), [2025, 2026, 2026, 2026, 2026, 2027])
    np.testing.assert_array_equal(shifted_model_years(years, 0), years)


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_a_later_shift_never_brings_a_model_year_forward(one, other):
    years = np.arange(2020, 2041)
    low, high = sorted((one, other))
    assert (shifted_model_years(years, high) <= shifted_model_years(years, low)).all()
    assert (np.diff(shifted_model_years(years, high)) >= 0).all()


def test_every_fault_of_the_levers_is_named_at_once(levers, regulation):
    broken = levers[levers["lever"] != USED_LEVERS[0]].copy()
    broken.loc[broken["lever"] == "rfg2_art_42", "regulation_id"] = "RG99"
    with pytest.raises(DataError) as caught:
        regulation_timeline(broken, regulation, "reference")
    assert len(caught.value.faults) == 2


def test_an_enacted_day_may_not_be_open(levers):
    broken = levers.copy()
    broken.loc[broken["lever"] == "euro7_all_new", ["moves", "not_before_day"]] = ["open", "2026-01-01"]
    with pytest.raises(DataError, match="not enacted"):
        check_table(broken, RegulationLevers, "test")
    unbounded = levers.copy()
    unbounded.loc[unbounded["lever"] == "rfg2_art_42", "not_before_day"] = None
    with pytest.raises(DataError, match="not_before_day"):
        check_table(unbounded, RegulationLevers, "test")


def test_days_of_a_case(timeline):
    days = effect_days(timeline, "late_standards")
    assert days["iso15118_20_new_points"] == datetime.date(2030, 1, 1)
    assert days["euro7_all_new"] == datetime.date(2027, 11, 29)
