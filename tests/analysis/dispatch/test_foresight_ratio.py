"""The foresight ratio by hand: sums over cars, reasons where there is none, intervals; cars and weeks chosen."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.foresight import two_way_option
from analysis.dispatch.foresight_ratio import foresight_ratios
from analysis.dispatch.stretches import as_weeks, choose_cars, choose_weeks_of_cars, own_weeks
from analysis.errors import ConfigError, DataError
from analysis.io import check_table
from analysis.mobility.weeks import calendar_weeks
from analysis.schemas.foresight import Foresight, ForesightVehicles, ForesightWeeks


def car(name: str, strategy: str, realised: float, perfect: float, **changed: Any) -> dict[str, Any]:
    plain = {
        "price_area": "SE3", "price_year": 2024, "vehicle_id": name, "strategy": strategy, "bidding": "none",
        "week_start_utc": pd.Timestamp("2024-01-14T23:00Z"), "horizon_days": 28.0, "net_uncontrolled_cost_sek": 100.0,
        "net_realised_cost_sek": realised, "net_perfect_cost_sek": perfect, "uncontrolled_forced_kwh": 0.0,
        "realised_forced_kwh": 2.0, "perfect_forced_kwh": 0.0, "road_extra_sek_per_kwh": 4.0,
        "sold_kw_h": 0.0, "withdrawn_kw_h": 0.0,
        "rejected_kw_h": 0.0, "perfect_sold_kw_h": 0.0,
    }  # fmt: skip
    return {**plain, **changed}


def ratios(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = check_table(pd.DataFrame(rows).astype({"week_start_utc": "datetime64[us, UTC]"}), ForesightVehicles, "made")
    found = foresight_ratios(table, seed=1)
    check_table(found, Foresight, "made")
    return found.set_index(["strategy", "bidding", "over"])


def test_a_ratio_is_one_of_sums_over_cars() -> None:
    """Two cars would save 10 and 30 with perfect foresight and save 5 and 25; V2X adds 20 and 40, and 5 and −2."""
    found = ratios([
        car("a", "smart", 95.0, 90.0), car("b", "smart", 75.0, 70.0),
        car("a", "grid", 90.0, 70.0), car("b", "grid", 77.0, 30.0),
        car("a", "grid_reserve", 80.0, 60.0, bidding="pool", sold_kw_h=100.0, withdrawn_kw_h=25.0),
        car("b", "grid_reserve", 60.0, 20.0, bidding="pool", sold_kw_h=100.0, withdrawn_kw_h=5.0),
    ])  # fmt: skip
    smart = found.loc["smart", "none", "uncontrolled"]
    assert smart["ratio_pu"] == pytest.approx(30 / 40)
    assert (smart["net_realised_sek_per_week"], smart["net_perfect_sek_per_week"]) == (30 / 8, 40 / 8)
    assert (smart["ratio_low_pu"], smart["ratio_high_pu"]) == (pytest.approx(0.5), pytest.approx(25 / 30))
    assert (smart["vehicle_count"], smart["horizon_days"], smart["realised_forced_kwh_per_week"]) == (2, 56.0, 0.5)
    assert smart["ratio_without_road_pu"] == pytest.approx((30 + 2 * 2 * 4.0) / 40), "2 kWh a car on the road, 4 dearer"
    assert found.loc["grid", "none", "smart"]["ratio_without_road_pu"] == pytest.approx(3 / 60), "as much on the road"
    assert found.loc["grid", "none", "smart"]["ratio_pu"] == pytest.approx((5 - 2) / (20 + 40))
    assert found.loc["grid", "none", "uncontrolled"]["ratio_pu"] == pytest.approx(33 / 100)
    assert found.loc["grid_reserve", "pool", "smart"]["withdrawn_pu"] == pytest.approx(0.15)
    assert ("smart", "none", "smart") not in found.index


def test_no_ratio_without_something_to_gain_and_none_is_cut_off() -> None:
    found = ratios([
        car("a", "smart", 130.0, 90.0), car("b", "smart", 120.0, 90.0),
        car("a", "home", 130.0, 90.0), car("b", "home", 120.0, 90.0),
        car("a", "grid", 131.0, 89.5), car("b", "grid", 119.0, 90.0),
    ])  # fmt: skip
    assert found.loc["smart", "none", "uncontrolled"]["ratio_pu"] == pytest.approx(-2.5), "a loss stays a loss"
    nothing = found.loc["home", "none", "smart"]
    assert np.isnan(nothing["ratio_pu"])
    assert np.isnan(nothing["ratio_low_pu"])
    assert nothing["reason"] == "perfect foresight gains nothing"
    assert "less than 0.5 SEK" in found.loc["grid", "none", "smart"]["reason"]


def test_one_car_makes_no_interval() -> None:
    alone = ratios([car("a", "smart", 95.0, 90.0)]).iloc[0]
    assert alone["ratio_pu"] == pytest.approx(0.5)
    assert np.isnan(alone["ratio_low_pu"])


def test_an_interval_needs_a_denominator_in_most_draws() -> None:
    rows = [car("a", "smart", 60.0, 50.0), *(car(name, "smart", 100.0, 100.0) for name in "bcd")]
    found = ratios(rows).iloc[0]
    assert found["ratio_pu"] == pytest.approx(0.8)
    assert np.isnan(found["ratio_low_pu"]), "a third of the draws hold no car that could gain"


def vehicles(weeks: dict[str, int]) -> pd.DataFrame:
    return pd.DataFrame({"vehicle_id": list(weeks), "observed_days": [7 * count for count in weeks.values()]})


def test_cars_are_taken_at_even_steps_of_weight() -> None:
    sample = pd.DataFrame({"vehicle_id": ["a", "b", "c", "d", "e"], "profile_id": ["p1", "p2", "p1", "p2", "p3"],
                           "weight": [5.0, 1.0, 1.0, 1.0, 4.0]})  # fmt: skip
    known = vehicles(dict.fromkeys("abcde", 8))
    assert choose_cars(sample, known, 2)["vehicle_id"].tolist() == ["a", "e"]
    assert len(choose_cars(sample, known, 4)) == 4
    assert len(choose_cars(sample, known, 9)) == 5
    short = vehicles({"a": 2, "b": 8, "c": 8, "d": 8, "e": 2})
    assert choose_cars(sample, short, 2)["vehicle_id"].tolist() == ["c", "d"]
    with pytest.raises(DataError, match="three diary weeks"):
        choose_cars(sample, vehicles(dict.fromkeys("abcde", 2)), 2)


def test_weeks_lie_in_a_row_and_no_clock_is_moved_in_those_valued() -> None:
    chosen = choose_weeks_of_cars(["a", "b", "c", "d"], [2024, 2025], 4, seed=7)
    check_table(chosen, ForesightWeeks, "made")
    plain = set(calendar_weeks(2024).query("is_plain")["week_id"]) | set(
        calendar_weeks(2025).query("is_plain")["week_id"]
    )
    for _, rows in chosen.groupby(["price_year", "vehicle_id"]):
        assert rows["is_valued"].tolist() == [False] * 4 + [True] * 4
        assert set(rows.loc[rows["is_valued"], "week_id"]) <= plain
        assert rows["week_start_utc"].diff().dropna().dt.round("D").eq(pd.Timedelta(weeks=1)).all()
    first = chosen[chosen["is_valued"] & (chosen["price_year"] == 2024)].groupby("vehicle_id")["season"].first()
    assert set(first) >= {"spring", "summer", "autumn"}, "spread over the year"
    assert as_weeks(chosen)["week_id"].is_unique


def test_only_a_cars_own_weeks_are_kept() -> None:
    chosen = choose_weeks_of_cars(["a", "b"], [2024], 3, seed=7)
    rows = pd.DataFrame({"price_year": 2024, "week_id": chosen["week_id"], "vehicle_id": "a"})
    kept = own_weeks(rows, chosen)
    assert set(kept["week_id"]) == set(chosen.loc[chosen["vehicle_id"] == "a", "week_id"])
    assert len(kept) < len(rows)


def test_a_two_way_charger_is_needed() -> None:
    assert two_way_option(["ac_11_oneway", "dc_11"]) == "dc_11"
    with pytest.raises(ConfigError, match="two-way"):
        two_way_option(["ac_11_oneway"])
