"""Critical sites: exact chances, correlation and common cause, shares of municipalities."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.errors import DataError
from analysis.io import check_table, normalise, read_csv_table
from analysis.resilience.supply import (
    CallTerms,
    call_terms,
    chance_at_least,
    chance_with_common_cause,
    enrolled_by_municipality,
    fit_pu,
    supply_summary,
    supply_table,
)
from analysis.schemas.resilience import CrisisSupply, CrisisSupplySummary, CriticalSites

TERMS = CallTerms(0.05, 0.3, 0.7, 0.3, 0.95, 0.2, 0.9, 9.6)


def one(needed: float, cars: float, there: float, correlation: float) -> float:
    return float(chance_at_least(np.array(needed), np.array(cars), np.array(there), correlation))


@pytest.mark.parametrize("correlation", [0.0, 0.05, 0.2])
@pytest.mark.parametrize(("needed", "cars", "there"), [(1, 1, 0.4), (6, 10, 0.6), (3, 40, 0.1), (200, 1500, 0.15)])
def test_the_chance_is_that_of_the_exact_law(needed, cars, there, correlation):
    spread = (1 - correlation) / correlation if correlation else 0
    exact = (
        stats.betabinom.sf(needed - 1, cars, there * spread, (1 - there) * spread)
        if correlation
        else stats.binom.sf(needed - 1, cars, there)
    )
    assert one(needed, cars, there, correlation) == pytest.approx(exact, abs=1e-9)


def test_more_than_there_are_never_come_and_certain_cars_do():
    assert one(5, 4, 0.99, 0.05) == 0.0
    assert one(1, 0, 0.99, 0.05) == 0.0
    assert one(4, 4, 1.0, 0.05) == pytest.approx(1.0)
    assert one(1, 40, 0.0, 0.05) == pytest.approx(0.0, abs=1e-9)


@given(st.integers(1, 12), st.integers(0, 60), st.floats(0.05, 0.95), st.floats(0.0, 0.4))
@settings(max_examples=60, deadline=None)
def test_the_chance_is_monotone(needed, cars, there, correlation):
    base = one(needed, cars, there, correlation)
    assert one(needed + 1, cars, there, correlation) <= base + 1e-9
    assert one(needed, cars + 1, there, correlation) >= base - 1e-9
    assert one(needed, cars, min(there + 0.05, 1.0), correlation) >= base - 1e-9
    assert 0.0 <= base <= 1.0


def test_a_common_cause_only_takes_away():
    needed, cars, there = np.array([1.0, 3.0, 8.0]), np.array(20.0), np.array(0.6)
    spared = chance_at_least(needed, cars, there, TERMS.correlation_pu)
    mixed = chance_with_common_cause(needed, cars, there, TERMS)
    struck = chance_at_least(needed, cars, there * 0.3, TERMS.correlation_pu)
    assert mixed == pytest.approx(0.7 * spared + 0.3 * struck)
    assert (mixed <= spared).all()


def test_independent_cars_promise_what_correlated_ones_do_not_keep():
    """Cars by the thousand look sure one by one; with a common cause the chance stops below 1 − p."""
    alone = one(300, 1000, 0.6, 0.0)
    together = float(chance_with_common_cause(np.array(300.0), np.array(1000.0), np.array(0.6), TERMS))
    assert alone > 0.999999
    assert together < 1 - TERMS.common_cause_pu + 0.05


def test_a_car_carries_its_part_if_it_is_there_works_and_holds_enough(fleet):
    """30 kWh, 12 kept, 90 %: 16.2 kWh; 24 h of 1 kW need two cars, each alone too little for one."""
    states = fleet(stored_kwh=30.0, home=0.8)
    assert fit_pu(states, TERMS, 1.0, 24.0, 1) == 0.0
    assert fit_pu(states, TERMS, 1.0, 24.0, 2) == pytest.approx(0.8 * 0.95)
    assert fit_pu(states, TERMS, 20.0, 0.1, 1) == 0.0, "above the power of one car"
    assert fit_pu(states, TERMS, 18.0, 0.1, 2) > 0


@pytest.fixture
def places() -> tuple[pd.DataFrame, pd.DataFrame]:
    municipalities = pd.DataFrame(
        {"municipality_code": ["0180", "0980", "1280"], "population_count": [980_000, 61_000, 360_000]}
    )
    rows = [
        (code, area, year, tier, cars * share)
        for code, area, cars in (("0180", "SE3", 30_000.0), ("0980", "SE3", 1_000.0), ("1280", "SE4", 8_000.0))
        for year in (2030, 2035)
        for tier, share in (("technical", 1.0), ("willing", 0.03))
    ]
    potential = pd.DataFrame(rows, columns=["municipality_code", "price_area", "year", "tier", "car_count"])
    return potential, municipalities


def test_enrolled_cars_are_those_of_the_potential(places):
    enrolled = enrolled_by_municipality(*places, 2030).set_index("municipality_code")
    assert enrolled["enrolled_count"].to_dict() == {"0180": 900.0, "0980": 30.0, "1280": 240.0}
    assert enrolled["population_count"].to_dict() == {"0180": 980_000, "0980": 61_000, "1280": 360_000}


def test_a_municipality_without_people_is_named(places):
    potential, municipalities = places
    with pytest.raises(DataError, match="municipalities 1280"):
        enrolled_by_municipality(potential, municipalities.iloc[:2], 2030)


def test_tables_keep_their_contract_and_longer_is_never_surer(fleet, places, assumed, root: Path):
    sites = read_csv_table(root / "data/reference/critical_sites.csv", CriticalSites)
    assert (sites["load_low_kw"] <= sites["load_kw"]).all() and (sites["load_kw"] <= sites["load_high_kw"]).all()
    enrolled = enrolled_by_municipality(*places, 2030)
    terms = call_terms(assumed, 0.93, 11.0)
    assert terms.power_kw == 9.6
    supply = supply_table(fleet(stored_kwh=40.0), enrolled, sites, terms, 2030)
    check_table(normalise(supply), CrisisSupply, "test")
    check_table(normalise(supply_summary(supply, sites)), CrisisSupplySummary, "test")
    for _, rows in supply.groupby(["municipality_code", "site_id"]):
        assert rows.sort_values("needed_h")["chance_one_pu"].is_monotonic_decreasing
    cut = supply_table(fleet(stored_kwh=40.0), enrolled, sites, replace(terms, common_cause_pu=0.9), 2030)
    assert (cut["chance_one_pu"] <= supply["chance_one_pu"] + 1e-9).all()
