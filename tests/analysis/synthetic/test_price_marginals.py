"""The distributions laid over a latent year hold, and areas couple, on days small enough to work by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.schemas.base import PRICE_AREAS
from analysis.synthetic.price_clock import days_from, from_days, to_clock_hours, year_clock
from analysis.synthetic.price_comparison import mean_run_h
from analysis.synthetic.price_marginals import SPREADS, couple_areas, lay_hourly_prices, rank_shares, stretch_spreads


def test_rank_shares_by_hand():
    assert rank_shares(np.array([30.0, 10.0, 20.0])).tolist() == pytest.approx([5 / 6, 1 / 6, 0.5])


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=50))
def test_rank_shares_are_a_permutation_of_even_shares(values):
    shares = np.sort(rank_shares(np.array(values)))
    assert shares == pytest.approx((np.arange(len(values)) + 0.5) / len(values))


def test_spread_of_day_is_four_dearest_minus_four_cheapest():
    prices = np.tile(np.arange(24.0), (4, 365))
    assert SPREADS["spread_of_day"].spread(prices)[0].tolist() == [20.0] * 4


def test_spread_of_night_ignores_the_hours_away():
    day = np.zeros(24)
    day[7:17] = 1000.0  # noon is dear, the car is away
    day[17:21] = 8.0
    prices = np.tile(day, (4, 365))
    assert SPREADS["spread_of_night"].spread(prices)[5].tolist() == [8.0] * 4


def test_hourly_prices_keep_order_and_take_the_distribution():
    clock = year_clock(2025)
    order = np.random.default_rng(1).standard_normal((1, 365 * 24))
    points = {("SE1", month, part): np.linspace(-10, 90, 19) for month in range(1, 13) for part in range(1, 5)}
    prices = lay_hourly_prices(order, ("SE1",), points, clock)
    cells = (clock.month == 7) & (clock.part == 2)
    assert (np.argsort(order[0, cells]) == np.argsort(prices[0, cells])).all()
    assert prices.min() > -10 and prices.max() < 90


def test_stretch_brings_the_spread_to_its_distribution():
    clock = year_clock(2025)
    hour = np.sin(np.arange(365 * 24) / 24 * 2 * np.pi)
    prices = np.tile(50 + 5 * hour, (4, 1))
    wanted = {
        name: {
            (area, month, 0): np.full(19, 3 * window.spread(prices)[10, 0])
            for area in PRICE_AREAS
            for month in range(1, 13)
        }
        for name, window in SPREADS.items()
    }
    stretched = stretch_spreads(prices, wanted, clock)
    for window in SPREADS.values():
        ratio = window.spread(stretched)[1:-1] / window.spread(prices)[1:-1]
        assert ratio == pytest.approx(3.0, rel=0.02)


def test_areas_couple_where_they_are_closest():
    clock = year_clock(2025)
    prices = np.zeros((4, 365 * 24))
    prices[1] = np.arange(365 * 24) % 2 * 100.0 + 1.0  # even hours 1 EUR from SE1, odd hours 101
    prices[2], prices[3] = 500.0, 900.0
    half = {(0, 1): np.full(12, 0.5), (1, 2): np.zeros(12), (2, 3): np.zeros(12)}
    coupled = couple_areas(prices, half, clock)
    assert coupled[0, 0] == coupled[1, 0] == pytest.approx(0.5)
    assert coupled[:2, 1].tolist() == [0.0, 101.0]
    assert coupled[2:, 0].tolist() == [500.0, 900.0]


def test_folding_days_is_undone():
    values = np.random.default_rng(2).standard_normal((3, 96))
    assert (from_days(days_from(values, 12), 12) == values).all()


@pytest.mark.parametrize(("year", "hours", "days"), [(2024, 8784, 366), (2025, 8760, 365)])
def test_clock_covers_the_year_and_both_changes(year, hours, days):
    clock = year_clock(year)
    assert len(clock.start_utc) == hours and clock.day_count == days
    counts = pd.Series(clock.cell // 24).value_counts()
    assert sorted(counts[counts != 24].tolist()) == [23, 25]


def test_clock_hours_average_the_repeated_and_fill_the_missing_hour():
    clock = year_clock(2025)
    values = pd.Series(np.arange(8760.0), index=clock.start_utc)
    laid = to_clock_hours(values, clock)
    march, october = 88 * 24, 298 * 24  # 30 March and 26 October, the 89th and 299th day
    assert laid[march + 2] == laid[march + 1]
    assert laid[march + 3] == laid[march + 1] + 1
    assert laid[october + 2] == laid[october + 1] + 1.5
    assert laid[october + 3] == laid[october + 1] + 3


def test_mean_run():
    assert mean_run_h([True, True, False, True]) == 1.5
    assert mean_run_h([False]) == 0.0
