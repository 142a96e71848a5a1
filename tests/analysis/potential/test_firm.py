"""Acceptance check T8, the limit of diversification, and what firm power may never do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.potential.firm import firm_mw, firm_share, firm_share_exact, small_fleet_share


@pytest.mark.parametrize(
    ("cars", "correlation", "share"),
    [(10, 0.0, 0.35), (50, 0.0, 0.49), (134, 0.0, 0.53), (10_000, 0.0, 0.59),
     (10, 0.05, 0.29), (50, 0.05, 0.39), (134, 0.05, 0.41), (10_000, 0.05, 0.42)],
)  # fmt: skip
def test_normal_formula_gives_the_published_shares(cars, correlation, share):
    assert float(firm_share(cars, 0.6, correlation)) == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize(("cars", "share"), [(10, 0.30), (50, 0.48)])
def test_exact_binomial_gives_the_published_shares(cars, share):
    assert firm_share_exact(cars, 0.6) == pytest.approx(share, abs=1e-12)


def test_beta_binomial_goes_to_the_binomial_and_lies_below_it():
    assert firm_share_exact(50, 0.6, 1e-9) == firm_share_exact(50, 0.6)
    assert firm_share_exact(50, 0.6, 0.05) < firm_share_exact(50, 0.6)
    # the share found is reached with 95 %, one car more is not
    spread = 0.95 / 0.05
    there = firm_share_exact(50, 0.6, 0.05) * 50
    law = stats.betabinom(50, 0.6 * spread, 0.4 * spread)
    assert law.sf(there - 1) >= 0.95 > law.sf(there)


def test_diversification_stops():
    limit = 0.6 - stats.norm.ppf(0.95) * np.sqrt(0.05 * 0.6 * 0.4)
    assert float(firm_share(1e12, 0.6, 0.05)) == pytest.approx(limit, abs=1e-6)


@settings(deadline=None, max_examples=30)
@given(cars=st.floats(1, 1e6), available=st.floats(0, 1), correlation=st.floats(0, 0.5), more=st.floats(1.001, 100))
def test_firm_share_is_within_its_mean_grows_with_cars_and_falls_with_correlation(cars, available, correlation, more):
    share = float(firm_share(cars, available, correlation))
    assert 0 <= share <= available + 1e-12
    assert float(firm_share(cars * more, available, correlation)) >= share - 1e-12
    assert float(firm_share(cars, available, min(1.0, correlation * more))) <= share + 1e-12


def test_firm_power_by_hand():
    # 10 000 cars, plugged 0.6, 6.6 kW mean = 11 kW connected, no correlation, all working: 0.592 x 11 kW x 10 000
    power = firm_mw(np.array([10_000.0]), np.array(0.6), np.array(6.6), np.array([0.0]), np.array([1.0]))
    share = 0.6 - stats.norm.ppf(0.95) * np.sqrt(0.6 * 0.4 / 10_000)
    np.testing.assert_allclose(power, [share * 110])


def test_few_cars_use_the_exact_law_and_no_cars_give_nothing():
    power = firm_mw(np.array([10.0, 0.4, 0.0]), np.array(0.6), np.array(6.6), np.array(0.0), np.array(1.0))
    np.testing.assert_allclose(power, [0.30 * 10 * 11 / 1000, 0.0, 0.0])


@settings(deadline=None, max_examples=40)
@given(cars=st.integers(1, 60), available=st.floats(0.001, 0.999), correlation=st.floats(1e-4, 0.5))
def test_the_exact_laws_are_those_of_the_library(cars, available, correlation):
    spread = (1 - correlation) / correlation
    for rho, law in (
        (0.0, stats.binom(cars, available)),
        (correlation, stats.betabinom(cars, available * spread, (1 - available) * spread)),
    ):
        there = round(float(small_fleet_share(cars, np.array([available]), rho)[0]) * cars)
        assert law.cdf(there) >= 0.05 - 1e-9
        assert there == 0 or law.cdf(there - 1) < 0.05 + 1e-9


def test_cars_always_or_never_there_are_always_or_never_firm():
    np.testing.assert_allclose(small_fleet_share(7, np.array([0.0, 0.5, 1.0]), 0.05), [0.0, 1 / 7, 1.0])


@pytest.mark.parametrize("correlation", [1e-320, 1e-15, 1e-11, 1e-9])
def test_a_correlation_of_next_to_nothing_is_none(correlation):
    with np.errstate(all="raise", under="ignore"):
        assert firm_share_exact(40, 0.6, correlation) == firm_share_exact(40, 0.6)
