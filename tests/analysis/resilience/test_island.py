"""The island: a synthetic year that meets its facts, cars that follow a grid, and what is left for leaving."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table, normalise, read_csv_table
from analysis.resilience.island import (
    DURATIONS_H,
    CarTerms,
    Island,
    car_power,
    duration_table,
    island_load_mw,
    island_of,
    island_table,
    island_wind_mw,
    island_year,
    mobility_left,
    power_pu,
)
from analysis.schemas.assumptions import Facts
from analysis.schemas.resilience import IslandCase, IslandDuration

ISLAND = Island(1000.0, 185.0, 190.0, 0.5, 0.3, 60.0)
TERMS = CarTerms(11.0, 0.93, 0.05, 0.95, (0.0, 0.2), 10.2)


def household(year: int = 2025) -> pd.DataFrame:
    hours = pd.date_range(f"{year - 1}-12-31T23:00Z", periods=8760, freq="h")
    day = np.arange(8760) / 24
    load = 1.5 + 1.2 * np.cos(2 * np.pi * day / 365) + 0.4 * np.sin(2 * np.pi * (day - 0.5))
    return pd.DataFrame({"interval_start_utc": hours, "price_area": "SE3", "dwelling": "detached", "load_kw": load})


def test_the_year_meets_use_peak_and_wind():
    year = island_year(ISLAND, household(), "SE3", 2025, seed=7)
    assert year.load_mw.sum() / 1000 == pytest.approx(1000.0)
    assert year.load_mw.max() == pytest.approx(185.0)
    assert year.load_mw.min() > 0
    assert year.wind_mw.sum() / year.load_mw.sum() == pytest.approx(0.5, rel=1e-6)
    assert year.wind_mw.min() >= 0 and year.wind_mw.max() <= 190.0
    winter, summer = (year.wind_mw[year.season == season].mean() for season in (0, 2))
    assert winter > summer, "it blows more in winter"


def test_the_same_seed_gives_the_same_wind_and_another_does_not():
    months = np.repeat(np.arange(1, 13), 730)
    first, again, other = (island_wind_mw(ISLAND, months, seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert not (first == other).all()


def test_wind_stays_from_hour_to_hour_and_dies_over_days():
    wind = island_wind_mw(ISLAND, np.repeat(np.arange(1, 13), 730), 3)
    assert np.corrcoef(wind[:-1], wind[1:])[0, 1] > 0.9
    assert abs(np.corrcoef(wind[:-240], wind[240:])[0, 1]) < 0.25


def test_the_power_curve():
    assert power_pu(np.array([2.0, 12.5, 20.0, 26.0])).tolist() == [0.0, 1.0, 1.0, 0.0]


def test_facts_that_cannot_be_met_are_refused():
    with pytest.raises(DataError, match="highest load"):
        island_load_mw(Island(1000.0, 900.0, 190.0, 0.5, 0.3, 60.0), household()["load_kw"].to_numpy())
    with pytest.raises(DataError, match="wind energy"):
        island_wind_mw(Island(1000.0, 185.0, 50.0, 0.9, 0.3, 60.0), np.repeat(np.arange(1, 13), 730), 1)
    with pytest.raises(DataError, match="2031"):
        island_year(ISLAND, household(), "SE3", 2031, 1)
    with pytest.raises(DataError, match="IF004"):
        island_of(pd.DataFrame({"id": ["IF001"], "value": [1.0]}))


def test_the_committed_facts_make_an_island(root: Path):
    facts = read_csv_table(root / "data/reference/island_facts.csv", Facts)
    assert facts["source"].str.len().gt(5).all()
    assert not facts.loc[facts["source"].str.contains("memory"), "verified"].any()
    assert island_of(facts) == ISLAND


def test_longer_needs_never_give_more_power(fleet):
    states = fleet(stored_kwh=30.0, plugged=0.5)
    powers = [car_power(states, TERMS, "plugged_in", hours, 0.2)[0].mean() for hours in DURATIONS_H]
    assert powers == sorted(powers, reverse=True)
    assert powers[0] == pytest.approx(0.5 * min(11.0, 18 * 0.93))
    assert powers[1] == pytest.approx(0.5 * 18 * 0.93 / 4)


def test_what_is_kept_is_left(fleet):
    """30 of 60 kWh, all plugged in, four hours at 11 kW: emptied to what is kept."""
    states = fleet(stored_kwh=30.0, plugged=1.0)
    assert mobility_left(states, TERMS, "plugged_in", 4.0, 0.2) == pytest.approx((0.2, 0.0))
    assert mobility_left(states, TERMS, "plugged_in", 4.0, 0.0) == pytest.approx((0.0, 1.0))
    assert mobility_left(fleet(stored_kwh=30.0, plugged=0.0), TERMS, "plugged_in", 4.0, 0.0) == pytest.approx(
        (0.5, 0.0)
    )


@pytest.fixture
def case(fleet):
    year = island_year(ISLAND, household(), "SE3", 2025, seed=7)
    fleets = {"enrolled": 100.0, "capable": 1300.0, "all_electric": 4000.0}
    states = fleet(stored_kwh=45.0, plugged=0.5, home=0.9)
    return year, normalise(island_table(year, ISLAND, states, TERMS, fleets, 2030))


def test_without_a_source_that_forms_the_grid_nothing_is_covered(case):
    table = case[1]
    check_table(table, IslandCase, "test")
    followers = table[~table["has_grid_forming"]]
    assert followers[["covered_pu", "wind_alone_pu", "added_h"]].eq(0).all().all()
    assert table["is_synthetic"].all()


def test_more_cars_less_load_and_shorter_spells_cover_more(case):
    table = case[1][case[1]["has_grid_forming"]]
    assert (table["covered_pu"] >= table["wind_alone_pu"]).all()
    order = {"enrolled": 0, "capable": 1, "all_electric": 2}
    for _, rows in table.groupby(["load_case", "duration_h", "presence", "kept_pu"]):
        assert rows.sort_values("fleet", key=lambda names: names.map(order))["covered_pu"].is_monotonic_increasing
    for _, rows in table.groupby(["fleet", "load_case", "presence", "kept_pu"]):
        assert rows.sort_values("duration_h")["covered_pu"].is_monotonic_decreasing
    paired = table.pivot(index=["fleet", "duration_h", "presence", "kept_pu"], columns="load_case", values="covered_pu")
    assert (paired["critical"] >= paired["full"]).all()


def test_the_duration_curve_falls(case):
    curve = normalise(duration_table(case[0]))
    check_table(curve, IslandDuration, "test")
    for name in ("load_mw", "wind_mw", "net_residual_mw"):
        assert curve[name].is_monotonic_decreasing
    assert curve["load_mw"].iloc[0] == pytest.approx(185.0)
