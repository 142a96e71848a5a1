"""Exits by age take what leaves and no more, young cars first to export, old ones to scrapping."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.fleet.exits import BY_AGE, exits_by_age, scrapping_pu
from analysis.fleet.stock import (
    STOCK_PARAMETERS,
    StockReading,
    capable_new_share,
    capable_share,
    cohort_years,
    cohorts,
    stock_anchors,
)
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Facts, Parameters
from analysis.settings.draws import draw_parameters
from analysis.settings.parameters import parameter_set

AGED = StockReading(exit_profile=BY_AGE)


@pytest.fixture(scope="module")
def table(root):
    return read_csv_table(root / "data/assumptions/parameters.csv", Parameters)


@pytest.fixture(scope="module")
def anchors(root):
    return stock_anchors(read_csv_table(root / "data/reference/market_facts.csv", Facts))


def test_few_young_cars_are_scrapped_and_many_old_ones():
    share = scrapping_pu(np.array([2, 10, 18]), np.array([18.0]))[:, 0]
    np.testing.assert_allclose(share, [7.29e-5, 0.02086, 0.1834], rtol=1e-3)


def test_the_mean_life_is_the_one_asked_for():
    ages = np.arange(60)
    for life in (15.0, 18.0, 20.0):
        alive = np.cumprod(1 - scrapping_pu(ages, np.array([life]))[:, 0])
        assert alive.sum() + 0.5 == pytest.approx(life, abs=0.02)


def test_two_cohorts_by_hand():
    """Nothing of a four-year-old cohort is scrapped, so that all of 9 % leaves by the weights of age."""
    count = np.array([[500.0], [500.0]])
    exported, scrapped = exits_by_age(np.array([4, 8]), count, np.array([0.09]), np.array([60.0]))
    np.testing.assert_allclose(exported[:, 0], [90 / 1.3, 90 * 0.3 / 1.3], atol=0.5)
    assert scrapped.sum() < 1


def test_scrapping_never_takes_more_than_all_exits_and_imports_are_even():
    ages, count, life = np.array([4, 25]), np.array([[100.0], [900.0]]), np.array([18.0])
    exported, scrapped = exits_by_age(ages, count, np.array([0.01]), life)
    assert exported.sum() == pytest.approx(0, abs=1e-9)
    assert scrapped.sum() == pytest.approx(10)
    exported, scrapped = exits_by_age(ages, count, np.array([-0.02]), life)
    np.testing.assert_allclose(exported[:, 0], [-2, -18])
    assert not scrapped.any()


@given(
    st.lists(st.tuples(st.integers(1, 25), st.floats(0, 1e5)), min_size=2, max_size=8, unique_by=lambda pair: pair[0]),
    st.floats(0, 0.6),
    st.floats(12, 25),
)
def test_all_that_leaves_leaves_and_no_cohort_goes_below_nothing(cohort, exit_pu, life):
    ages, count = np.array([age for age, _ in cohort]), np.array([[cars] for _, cars in cohort]) + 1.0
    exported, scrapped = exits_by_age(ages, count, np.array([exit_pu]), np.array([life]))
    assert (exported >= -1e-9).all() and (scrapped >= 0).all()
    assert (count - exported - scrapped >= -1e-6).all()
    assert (exported + scrapped).sum() == pytest.approx(exit_pu * count.sum(), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("year", "count"), [(2023, 291_678), (2025, 433_000), (2030, 1_000_000), (2040, 3_300_000)])
def test_anchors_are_met_whichever_cars_leave(table, anchors, year, count):
    assert cohorts(year, parameter_set(table), anchors, AGED).total_count[0] == pytest.approx(count, rel=1e-6)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_draws_by_age_keep_the_total_and_never_go_below_nothing(table, anchors, seed):
    draws = draw_parameters(table, STOCK_PARAMETERS, 40, seed)
    even, aged = (cohort_years(2040, draws, anchors, reading) for reading in (StockReading(), AGED))
    for year, stock in aged.items():
        assert (stock.count >= -1e-6).all()
        np.testing.assert_allclose(stock.total_count, even[year].total_count, rtol=1e-8)
        new = capable_new_share(np.array([year]), draws)[0]
        assert (capable_share(stock, draws) <= new + 1e-12).all()
    later, earlier = (capable_share(aged[2032], draws, shift) for shift in (3, -2))
    assert (later <= earlier + 1e-12).all()


def test_the_young_leave_so_that_the_stock_is_older_before_2030_only_by_what_is_scrapped(table, anchors):
    """Exports of young cars and scrapping of the few old ones move the capable share by little: 1.4 % in 2030."""
    numbers = parameter_set(table)
    even, aged = (capable_share(cohorts(2030, numbers, anchors, reading), numbers)[0] for reading in
                  (StockReading(), AGED))  # fmt: skip
    assert aged / even == pytest.approx(1.0136, abs=0.003)
