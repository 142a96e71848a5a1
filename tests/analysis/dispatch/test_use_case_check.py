"""Use cases beside published results: ranges come from the published rows, the verdict is computed."""

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.use_case_check import CHECKS, Check, Scale, compared_cases, use_case_check
from analysis.errors import DataError
from analysis.fleet.use_cases import use_cases
from analysis.io import read_csv_table
from analysis.schemas.use_cases import PublishedResults, UseCaseChecks, UseCases
from tests.conftest import ROOT

SCALE = Scale(sek_per_eur=10.0, working_pu=0.95)


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    return read_csv_table(ROOT / "data/reference/published_results.csv", PublishedResults)


def values(use_case: str, **by_strategy: dict[str, float]) -> pd.DataFrame:
    rows = [
        {
            "use_case": use_case,
            "price_area": "SE3",
            "price_year": 2025,
            "simulated_count": 3,
            "strategy": strategy,
            **row,
        }
        for strategy, row in by_strategy.items()
    ]
    return pd.DataFrame(rows)


def one(use_case: str, measure: str) -> list[Check]:
    return [check for check in CHECKS if (check.use_case, check.measure) == (use_case, measure)]


def test_ranges_of_every_check_are_those_of_the_published_rows(published: pd.DataFrame) -> None:
    """By hand: 700 kW of 134 cars; 8 MW of 800 stations; 100 MWh of 500 kW; single figures to a fifth either side."""
    rows = published.set_index("id")
    figures = {
        name: {key: float(pd.to_numeric(rows[key][name], errors="coerce")) for key in ("low", "high", "central")}
        for name in {check.published_id for check in CHECKS}
    }
    found = {(c.published_id, c.measure): np.round(c.band(figures[c.published_id]), 3).tolist() for c in CHECKS}
    expected = {
        ("PR007", "joint_discharge_per_charger"): [np.nan, 10.0],
        ("PR009", "joint_discharge_of_hub"): [np.nan, 30.0],
        ("PR016", "peak_change"): [-72.0, -48.0],
        ("PR017", "cost_change"): [-42.0, -28.0],
        ("PR018", "sold_back_of_charged"): [0.0, 1.0],
        ("PR021", "reserves_per_week"): [8.0, 12.0],
        ("PR025", "deliverable_plugged"): [5.0, 6.0],
        ("PR025", "deliverable_enrolled"): [4.179, 6.269],
        ("PR027", "saving_over_at_once"): [220.0, 1080.0],
        ("PR028", "full_cycles"): [20.0, 80.0],
        ("PR061", "joint_discharge_of_trucks"): [88.0, 132.0],
        ("PR066", "full_load_hours"): [200.0, np.nan],
        ("PR073", "value_over_smart"): [np.nan, 600.0],
        ("PR093", "joint_discharge_of_fifty"): [np.nan, 300.0],
        ("PR094", "discharged_in_five_months"): [1040.0, 1560.0],
    }
    assert set(found) == set(expected)
    for key, band in expected.items():
        np.testing.assert_array_equal(found[key], band, err_msg=str(key))


@pytest.mark.parametrize(("cycles", "is_inside"), [(19.9, False), (20.0, True), (80.0, True), (80.1, False)])
def test_the_verdict_follows_the_value(published: pd.DataFrame, cycles: float, is_inside: bool) -> None:
    table = values("depot_vans", grid={"full_cycle_count": cycles})
    found = use_case_check(table, published, SCALE, one("depot_vans", "full_cycles"))
    assert found["is_inside"].tolist() == [is_inside]


def test_numbers_by_hand(published: pd.DataFrame) -> None:
    table = values(
        "car_sharing",
        grid={"joint_discharge_max_kw": 8.0, "deliverable_1h_kw": 6.0, "plugged_pu": 0.8, "discharge_ac_kwh": 3120.0},
    )
    checks = [check for check in CHECKS if check.use_case == "car_sharing"]
    found = use_case_check(table, published, SCALE, checks).set_index("measure")
    assert found["value"].to_dict() == pytest.approx(
        {"joint_discharge_of_fifty": 8 * 50 * 0.95, "deliverable_plugged": 5.7, "deliverable_enrolled": 4.56,
         "discharged_in_five_months": 1300.0}
    )  # fmt: skip
    assert found["is_inside"].to_dict() == {
        "joint_discharge_of_fifty": False, "deliverable_plugged": True, "deliverable_enrolled": True,
        "discharged_in_five_months": True,
    }  # fmt: skip
    vans = values("depot_vans", uncontrolled={"net_cost_sek": 9000.0}, grid={"net_cost_sek": 4000.0})
    saving = use_case_check(vans, published, SCALE, one("depot_vans", "saving_over_at_once"))
    assert saving["value"].tolist() == [500.0]


def test_what_is_not_there_is_named(published: pd.DataFrame) -> None:
    with pytest.raises(DataError) as caught:
        use_case_check(values("villa", grid={}), published, SCALE, one("car_sharing", "deliverable_plugged"))
    assert "PR025, car_sharing" in caught.value.message


def test_a_range_without_an_end_is_refused(published: pd.DataFrame) -> None:
    """A published row that lost its figure would let everything through."""
    lost = published.assign(central=published["central"].mask(published["id"] == "PR007"))
    hub = values("parking_hub", grid={"joint_discharge_max_kw": 10.0})
    with pytest.raises(DataError, match="open at both ends"):
        use_case_check(hub, lost, SCALE, one("parking_hub", "joint_discharge_per_charger"))
    over = values("parking_hub", grid={"joint_discharge_max_kw": 10.1})
    found = use_case_check(over, published, SCALE, one("parking_hub", "joint_discharge_per_charger"))
    assert found["is_inside"].tolist() == [False]


def test_a_verdict_typed_by_hand_is_refused() -> None:
    table = read_csv_table(ROOT / "data/evidence/use_case_check.csv", UseCaseChecks)
    table.loc[0, "is_inside"] = not table.loc[0, "is_inside"]
    with pytest.raises(Exception, match="is_inside says"):
        UseCaseChecks.validate(table)


def test_only_compared_cases_are_solved_and_reserves_only_where_a_check_asks() -> None:
    cases = use_cases(read_csv_table(ROOT / "data/reference/use_cases.csv", UseCases))
    kept = {case.use_case: case.market for case in compared_cases(cases)}
    assert set(kept) == {check.use_case for check in CHECKS}
    assert {name for name, market in kept.items() if market == "spot_and_reserves"} == {"villa"}


def test_every_check_has_its_rows_in_the_committed_table() -> None:
    table = read_csv_table(ROOT / "data/evidence/use_case_check.csv", UseCaseChecks)
    assert set(zip(table["published_id"], table["measure"], strict=True)) == {
        (check.published_id, check.measure) for check in CHECKS
    }
    assert table.groupby(["published_id", "measure"]).size().nunique() == 1
