"""When the vehicles of a use case are plugged in and what they drive, and what a vehicle sees of its site."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.fleet.site import site_share
from analysis.fleet.use_cases import UseCase, covered_pu, habit, seeded, use_cases, vehicle_week
from analysis.io import read_csv_table
from analysis.schemas.use_cases import CHARGER_OWNERS, PublishedResults, UseCases
from tests.conftest import ROOT

WEEK = pd.date_range("2025-01-13", periods=168, freq="h", tz="Europe/Stockholm").tz_convert("UTC")


def committed() -> pd.DataFrame:
    return read_csv_table(ROOT / "data/reference/use_cases.csv", UseCases)


CASES = {case.use_case: case for case in use_cases(committed())}


def week_of(case: UseCase, vehicle: int = 0, season: str = "winter", step_h: float = 1.0):
    random = seeded(case, 7, vehicle)
    return vehicle_week(case, habit(case, random), season, round(168 / step_h), step_h, random)


def test_rows_cover_what_was_asked_and_every_owner() -> None:
    assert set(CASES) == {
        "villa", "housing_association", "workplace_solar", "public_parking", "airport_long_stay", "car_sharing",
        "dealer_lot", "municipal_fleet", "parking_wardens", "grid_company_fleet", "depot_trucks", "depot_vans",
        "refuse_trucks", "school_buses", "parking_hub",
    }  # fmt: skip
    assert {case.charger_owner for case in CASES.values()} == set(CHARGER_OWNERS)


def test_published_rows_of_cases_exist(root: Path) -> None:
    known = set(read_csv_table(root / "data/reference/published_results.csv", PublishedResults)["id"])
    named = {name for text in committed()["published"].dropna() for name in text.split(";")}
    assert named <= known
    assert {"PR018", "PR025", "PR027", "PR028", "PR061", "PR093", "PR094"} <= named


def test_covered_share_of_a_cyclic_week() -> None:
    covered = covered_pu([(0.5, 2.0), (167.0, 169.0)], 168, 1.0)
    assert covered[[0, 1, 2, 167]].tolist() == [1.0, 1.0, 0.0, 1.0]
    assert covered_pu([(0.5, 2.0)], 336, 0.5)[:5].tolist() == [0.0, 1.0, 1.0, 1.0, 0.0]


def test_a_van_without_spread_is_away_by_day() -> None:
    van = replace(CASES["depot_vans"], spread_h=0.0)
    plugged, driving = week_of(van)
    hour, day = np.arange(168) % 24, np.arange(168) // 24
    away = (day < 5) & (hour >= 7) & (hour < 17)
    np.testing.assert_allclose(plugged, (~away).astype(float))
    assert (driving[away] > 0).all()
    assert not driving[~away].any()


def test_an_idle_season_stands_plugged_in() -> None:
    plugged, driving = week_of(CASES["school_buses"], season="summer")
    assert plugged.min() == 1.0
    assert driving.sum() == 0.0
    assert week_of(CASES["school_buses"], season="winter")[1].sum() > 0


def test_a_long_stay_is_one_a_week_and_may_pass_the_weeks_end() -> None:
    stay = replace(CASES["airport_long_stay"], spread_h=0.0, weekday_used_pu=1.0)
    for vehicle in range(12):
        plugged, driving = week_of(stay, vehicle)
        assert plugged.sum() == pytest.approx(5 * 24 + 8)
        assert not driving[plugged == 1].any()


def test_plugging_in_is_a_rhythm_not_chance() -> None:
    half = replace(CASES["villa"], plug_in_pu=0.5, weekday_used_pu=1.0, weekend_used_pu=1.0, spread_h=0.0)
    for vehicle in range(20):
        plugged, _ = week_of(half, vehicle)
        stays = int((np.diff(np.r_[plugged[-1], plugged]) > 0).sum())
        assert stays in (3, 4), "seven returns, every other one plugged in"


@pytest.mark.parametrize("name", sorted(CASES))
def test_mean_energy_is_that_of_the_row(name: str) -> None:
    case = CASES[name]
    driven = np.mean([week_of(case, vehicle)[1].sum() for vehicle in range(120)])
    days = case.weekday_used_pu if case.stay_days else 5 * case.weekday_used_pu + 2 * case.weekend_used_pu
    assert driven == pytest.approx(days * case.energy_dc_kwh_per_day, rel=0.15)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(sorted(CASES)), st.integers(0, 10**6), st.floats(0, 6), st.sampled_from([1.0, 0.5, 0.25]),
    st.floats(0, 1),
)  # fmt: skip
def test_any_week_holds_together(name: str, vehicle: int, spread_h: float, step_h: float, plug_in_pu: float) -> None:
    """Shares within 0 and 1, no driving while wholly plugged in, the same draw at every step length, repeatable."""
    case = replace(CASES[name], spread_h=spread_h, plug_in_pu=plug_in_pu)
    plugged, driving = week_of(case, vehicle, step_h=step_h)
    assert plugged.min() >= 0
    assert plugged.max() <= 1
    assert (driving >= 0).all()
    assert driving[plugged > 1 - 1e-9].max(initial=0.0) < 1e-6
    hourly, driven = week_of(case, vehicle)
    assert plugged.sum() * step_h == pytest.approx(hourly.sum(), abs=1e-6)
    assert driving.sum() == pytest.approx(driven.sum(), abs=1e-6)


def test_a_row_does_not_move_with_others() -> None:
    """Vehicles are seeded by the case's name: adding a row changes no other."""
    one = week_of(CASES["villa"], 1)
    assert (one[0] == week_of(CASES["villa"], 1)[0]).all()
    assert (one[0] != week_of(replace(CASES["villa"], use_case="other"), 1)[0]).any()


# ---- site ----


def test_shares_of_a_site_add_up_to_the_site() -> None:
    case = CASES["workplace_solar"]
    share = site_share(case, WEEK, {}, 1)
    weekly_kwh = case.vehicle_count * share.load_kw.sum()
    assert weekly_kwh == pytest.approx(case.site_load_kwh_per_year * 168 / 8760)
    assert share.limit_kw * case.vehicle_count == pytest.approx(case.site_limit_kw)
    assert share.load_kw[10] > 2 * share.load_kw[2]
    assert share.load_kw[10] > 2 * share.load_kw[5 * 24 + 10], "closed on Saturday"
    assert share.solar_kw is not None
    june = pd.date_range("2025-06-09", periods=168, freq="h", tz="Europe/Stockholm").tz_convert("UTC")
    summer = site_share(case, june, {}, 1).solar_kw
    assert summer is not None
    assert 0 < case.vehicle_count * summer.max() <= 1.05 * case.solar_peak_kw
    assert summer.sum() > 3 * share.solar_kw.sum()


def test_a_household_is_that_of_the_run_and_must_be_there() -> None:
    load = np.linspace(0.5, 3.0, 168)
    assert (site_share(CASES["villa"], WEEK, {"detached": load}, 1).load_kw == load).all()
    with pytest.raises(DataError, match="no household load of detached"):
        site_share(CASES["villa"], WEEK, {}, 1)


def test_a_case_without_load_or_panels_has_none() -> None:
    share = site_share(CASES["depot_vans"], WEEK, {}, 1)
    assert not share.load_kw.any()
    assert share.solar_kw is None
