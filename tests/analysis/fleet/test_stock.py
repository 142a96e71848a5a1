"""The stock meets its anchors, cohorts add up, and the capable share lags that of new cars."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ConfigError, DataError
from analysis.fleet.stock import (
    CAPABLE_ANCHORS,
    STOCK_PARAMETERS,
    StockAnchors,
    capable_new_share,
    capable_share,
    cohorts,
    stock_anchors,
    stock_path,
)
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Facts, Parameters
from analysis.settings.draws import draw_parameters
from analysis.settings.parameters import parameter_set


@pytest.fixture(scope="module")
def facts(root):
    return read_csv_table(root / "data/reference/market_facts.csv", Facts)


@pytest.fixture(scope="module")
def anchors(facts):
    return stock_anchors(facts)


@pytest.fixture(scope="module")
def table(root):
    return read_csv_table(root / "data/assumptions/parameters.csv", Parameters)


def test_history_is_the_registered_one(anchors):
    assert dataclasses.astuple(anchors) == (110_177, 197_709, 291_678, 112_179, 94_333, 99_000)


def test_a_missing_year_of_history_is_named(facts):
    gap = facts[~((facts["metric"] == "BEV in traffic") & (facts["year"] == "2022"))]
    with pytest.raises(DataError, match="BEV in traffic 2022"):
        stock_anchors(gap)


@pytest.mark.parametrize(("year", "count"), [(2023, 291_678), (2025, 433_000), (2030, 1_000_000), (2040, 3_300_000)])
def test_stock_meets_its_anchors(table, anchors, year, count):
    stock = cohorts(year, parameter_set(table), anchors)
    assert stock.total_count[0] == pytest.approx(count, rel=1e-6)
    assert (stock.count >= 0).all()


def test_stock_share_lags_the_share_of_new_cars(table, anchors):
    numbers = parameter_set(table)
    stock = cohorts(2030, numbers, anchors)
    assert capable_new_share(np.array([2030]), numbers)[0, 0] == pytest.approx(0.7)
    assert capable_new_share(np.array([2025]), numbers)[0, 0] == pytest.approx(0.13)
    assert capable_share(stock, numbers)[0] == pytest.approx(0.3, abs=0.06)


def test_capable_share_of_two_cohorts_by_hand(table):
    numbers = parameter_set(table)
    with pytest.raises(ConfigError, match=r"tim\.bev_stock_2025"):
        cohorts(2025, numbers.with_values({"tim.bev_stock_2025": 100_000.0}), StockAnchors(1, 1, 1000, 1, 100, 100))
    history = StockAnchors(1000.0, 1000.0, 1000.0, 100.0, 100.0, 100.0)
    stock = cohorts(2025, numbers.with_values({"tim.bev_stock_2025": 1000.0}), history)
    kept = (-100 + np.sqrt(100**2 + 4 * 1000 * 900)) / 2000
    np.testing.assert_allclose(stock.count[-2:, 0], [100 * kept, 100])
    np.testing.assert_allclose(stock.count[2, 0], 100 * kept**2)
    assert stock.total_count[0] == pytest.approx(1000)
    np.testing.assert_array_equal(stock.model_years, [2020, 2022, 2023, 2024, 2025])
    assert np.shape(stock.count) == (5, 1)
    capable = (0.03 * stock.count[1] + 0.045 * stock.count[2] + 0.06 * stock.count[3] + 0.13 * 100) / 1000
    assert capable_share(stock, numbers)[0] == pytest.approx(capable[0])


def test_a_year_beyond_the_anchors_and_an_impossible_stock_are_refused(table, anchors):
    with pytest.raises(ConfigError, match="2041"):
        cohorts(2041, parameter_set(table), anchors)
    with pytest.raises(ConfigError, match="bev_stock_2030"):
        stock_path(parameter_set(table, {"tim.bev_stock_2030": 100_000.0}), anchors)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_draws_meet_their_own_anchors_and_never_break_the_recursion(table, anchors, seed):
    draws = draw_parameters(table, STOCK_PARAMETERS, 40, seed)
    path = stock_path(draws, anchors)
    stock = np.full(40, anchors.stock_2023_count)
    for year in range(2024, 2041):
        assert (path.new_count[year] >= 0).all() and (path.exit_pu[year] <= 0.2).all()
        stock = stock * (1 - path.exit_pu[year]) + path.new_count[year]
        np.testing.assert_allclose(cohorts(year, draws, anchors).total_count, stock, rtol=1e-9)
    for year in (2025, 2030, 2040):
        total = cohorts(year, draws, anchors).total_count
        np.testing.assert_allclose(total, draws[f"tim.bev_stock_{year}"], rtol=1e-6)
    rising = np.diff(capable_new_share(np.arange(2019, 2042), draws), axis=0)
    assert (rising >= -1e-12).all()


def test_one_draw_equals_the_single_values(table, anchors):
    single = {name: np.array([parameter_set(table)[name]]) for name in STOCK_PARAMETERS}
    np.testing.assert_allclose(cohorts(2032, single, anchors).count, cohorts(2032, parameter_set(table), anchors).count)
    assert set(pd.Series(CAPABLE_ANCHORS)) < set(range(2020, 2036))


def test_the_stock_assumed_for_2040_leaves_no_room_for_exits(table, anchors):
    """What the assumption list says of the middle values: 3.3 million need ten years in which no car leaves."""
    path = stock_path(parameter_set(table), anchors)
    assert max(path.exit_pu[year][0] for year in range(2031, 2041)) == pytest.approx(0, abs=1e-9)
    stock = 1_000_000.0
    for year in range(2031, 2041):
        stock = stock * (1 - path.exit_pu[2030][0]) + path.new_count[year][0]
    row = table.set_index("id").loc["tim.bev_stock_2040"]
    assert stock == pytest.approx(2_500_000, rel=0.03)
    assert stock < row["low"]
