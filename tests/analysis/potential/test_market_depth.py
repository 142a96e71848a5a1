"""Hours of offers against hours of purchases (T16), smallest bids, and the prices that cars meet."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.io import check_table
from analysis.potential import market_tables
from analysis.potential.capture import capture_prices
from analysis.potential.depth import Market, Volumes
from analysis.potential.hourly_sale import (
    OfferHours,
    bought_year,
    car_weights,
    connected_cars,
    connected_share,
    offer_hours,
    sold_by_hour,
)
from analysis.potential.market_tables import market_products, market_sales, sweden_requirements_mw
from analysis.potential.portfolio import minimum_bid_mw, portfolio_values, sold_shares_pu
from analysis.potential.surrogate import VALUE, kept_shares, schedules, surrogate
from analysis.schemas.market_depth import CapturePrices, MarketProducts, MarketSales, PortfolioValues
from analysis.settings.parameters import parameter_set

SHARES = {"SE1": 0.02, "SE2": 0.04, "SE3": 0.76, "SE4": 0.18}
YEARS = (2024, 2025)
ONE = np.ones(1)
MARKET = Market(452.0 * ONE, 1075.0 * ONE, 1.5 * ONE, Volumes(226.0, 547.0, 528.0), 0.05 * ONE, 0.05 * ONE, 0.45)


@pytest.fixture(scope="module")
def known(dispatch_values, sample, run_settings):
    return schedules(dispatch_values, sample, SHARES, "ac_11", YEARS, run_settings.scope.reserve_levels, 0.36)


@pytest.fixture(scope="module")
def car(known):
    return surrogate(known)


@pytest.fixture(scope="module")
def names(run_settings):
    return [level.level_id for level in run_settings.scope.reserve_levels]


@pytest.fixture(scope="module")
def years(reserve_offers, reserve_prices, facts, names):
    required = sweden_requirements_mw(facts)
    return [offer_hours(reserve_offers, SHARES, names, reserve_prices, year, required) for year in YEARS]


def test_a_sale_never_exceeds_what_is_bought_nor_bids_less_than_the_smallest_bid():
    sold = sold_by_hour(np.array([0.05, 0.3, 9.0, 2.0, 2.0]), np.array([5.0, 5.0, 5.0, 0.0, 0.05]), 0.1)
    np.testing.assert_allclose(sold, [0.0, 0.3, 5.0, 0.0, 0.0])


@settings(max_examples=50, deadline=None)
@given(
    offers=st.lists(st.floats(0, 1e4), min_size=3, max_size=3),
    bought=st.lists(st.floats(0, 1e3), min_size=3, max_size=3), minimum=st.floats(0, 2), more=st.floats(1, 3),
)  # fmt: skip
def test_no_hour_sells_more_than_is_bought_or_offered(offers, bought, minimum, more):
    offered, volume = np.array(offers), np.array(bought)
    sold = sold_by_hour(offered, volume, minimum)
    assert (sold <= volume).all() and (sold <= offered).all()
    assert ((sold == 0) | (sold >= minimum)).all()
    assert (sold_by_hour(offered * more, volume, minimum) >= sold).all()


def test_hours_have_the_mean_of_the_balance_and_volumes_of_sweden(years, names, car, known):
    for year in years:
        # FCR-D is offered in one hour of 24: its highest hour is 24 times the mean
        shape = year.shape(np.eye(len(names))[names.index("full")])
        np.testing.assert_allclose(year.mean(shape), 1.0)
        np.testing.assert_allclose(shape.max(axis=1), [24 / 11, 24.0, 24.0])
        # 230, 520 and 500 MW are bought; Sweden needs 226, 547 and 528
        np.testing.assert_allclose(year.bought_mw[:, 0], [226.0, 520.0, 500.0])
    mixed = kept_shares(known, np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    np.testing.assert_allclose(mixed.sum(axis=1), 1.0)


def test_a_missing_area_is_named(reserve_offers, reserve_prices, facts, names):
    short = reserve_offers[reserve_offers["price_area"] != "SE2"]
    with pytest.raises(DataError, match="areas, levels, steps"):
        offer_hours(short, SHARES, names, reserve_prices, 2024, sweden_requirements_mw(facts))


def test_an_hour_without_purchase_sells_nothing(reserve_offers, reserve_prices, facts, names):
    local = reserve_prices["interval_start_utc"].dt.tz_convert("Europe/Stockholm")
    few = reserve_prices[(reserve_prices["product"] != "fcr_d_up") | (local.dt.hour == 3)]
    year = offer_hours(reserve_offers, SHARES, names, few, 2024, sweden_requirements_mw(facts))
    kept = np.eye(len(names))[names.index("full")]
    assert sold_shares_pu(np.ones(3), year, kept, 0.0)[1] == 0.0


def test_hour_by_hour_no_product_sells_more_than_is_bought(car, known, years):
    cars = np.array([0.0, 1e3, 1e5, 1e6])
    one = np.ones(4)
    balanced = pd.DataFrame({"enrolled_count": cars, "fcr_n_level_pu": one, "fcr_d_level_pu": one})
    found = market_sales(car, known, balanced, MARKET, years)
    check_table(found, MarketSales, "sales")
    last = found[found["enrolled_count"] == 1e6].set_index("product")
    bought = {"fcr_n": 226.0, "fcr_d_up": 520.0, "fcr_d_down": 500.0}
    for product, most in bought.items():
        assert last.loc[product, "most_in_hour_mw"] == pytest.approx(most)
    # all of the FCR-D lies in one hour a day: no more than a 24th of what is bought can be sold, whatever the mean says
    assert last.loc["fcr_d_up", "sold_mw"] == pytest.approx(520 / 24)
    assert last.loc["fcr_d_up", "capped_hours_pu"] == pytest.approx(1 / 24)
    few = found[found["enrolled_count"] == 1e3]
    np.testing.assert_allclose(few["sold_mw"], few["offered_mw"])
    # all of the FCR-D lies in one hour a day: what is left of its price there, by hand
    by_level = found.set_index(["product", "enrolled_count"])["hourly_level_pu"]
    offers = last.loc["fcr_d_up", "offered_mw"] / MARKET.sold_pu * 24
    assert by_level["fcr_d_up", 1e6] == pytest.approx(max((1075 / (1075 + offers)) ** 1.5, 0.05), rel=1e-6)
    assert by_level["fcr_n", 0.0] == 1.0


def test_a_small_portfolio_never_bids_and_a_large_one_always(car, known, years, parameters_table):
    numbers = parameter_set(parameters_table)
    found = portfolio_values(car, known, years, minimum_bid_mw("fcr_n", numbers), 0.75).set_index("portfolio_count")
    check_table(found.reset_index(), PortfolioValues, "portfolios")
    # the one hour in which all FCR-D lies holds 24 times its mean, and still one car does not make a bid
    assert found.loc[1, ["fcr_n_sold_pu", "fcr_d_sold_pu"]].tolist() == [0.0, 0.0]
    assert found.loc[1, "value_sek_per_car_year"] == pytest.approx(float(car.at(np.array(0.0), np.array(0.0))[VALUE]))
    assert found.loc[10_000, "value_sek_per_car_year"] == pytest.approx(
        float(car.at(np.array(1.0), np.array(1.0))[VALUE])
    )
    assert (found["value_sek_per_car_year"].diff().dropna() >= -1e-9).all()
    assert minimum_bid_mw("mfrr_up", numbers) == 1.0


def test_by_hand_how_many_cars_make_the_smallest_bid():
    # one product, two hours: 1 kW and 3 kW a car; 40 cars reach 0.1 MW in the second hour only
    year = OfferHours(np.ones(2), np.array([[[1.0, 3.0]] * 3]), np.full((3, 2), 500.0), np.ones((3, 2)))
    kept = np.ones(1)
    np.testing.assert_allclose(sold_shares_pu(np.full(3, 0.030 * 2), year, kept, 0.1), 0.0)
    np.testing.assert_allclose(sold_shares_pu(np.full(3, 0.040 * 2), year, kept, 0.1), 0.75)
    np.testing.assert_allclose(sold_shares_pu(np.full(3, 0.100 * 2), year, kept, 0.1), 1.0)


def test_products_have_requirement_price_and_storage_and_absent_ones_no_row(
    reserve_prices, facts, prequalified_volumes, parameters_table
):
    numbers = parameter_set(parameters_table)
    afrr = reserve_prices[(reserve_prices["product"] == "fcr_n")].iloc[: 24 * 60]
    some = pd.concat([reserve_prices, afrr.assign(product="afrr_down", price_area="SE2", volume_mw=40.0)])
    found = market_products(some, facts, prequalified_volumes, numbers)
    check_table(found, MarketProducts, "products")
    by = found.set_index(["product", "price_area", "price_year"])
    assert by.loc[("fcr_n", "SE", 2024), ["required_sweden_mw", "storage_sweden_mw"]].tolist() == [226.0, 200.0]
    area = by.loc[("afrr_down", "SE2", 2024)]
    assert area["bought_hours_pu"] == pytest.approx(24 * 60 / 8784, rel=1e-3)
    assert area["bought_mean_mw"] == pytest.approx(40 * area["bought_hours_pu"])
    assert area["minimum_bid_mw"] == 1.0 and area["storage_sweden_mw"] == 0.0
    assert ("afrr_down", "SE2", 2025) not in by.index and ("mfrr_up", "SE3", 2024) not in by.index
    with pytest.raises(DataError, match="aFRR up requirement"):
        sweden_requirements_mw(facts[facts["metric"] != "aFRR up volume requirement"])
    assert set(market_tables.STORAGE_LABELS) == set(market_tables.REQUIREMENT_METRICS)


def test_connected_and_captured_prices_by_hand(capability_hours, dispatch_values, sample, reserve_prices):
    # night hours (20-07) cost 400, others 100; cars are connected at night only
    local = reserve_prices["interval_start_utc"].dt.tz_convert("Europe/Stockholm")
    night = (local.dt.hour >= 20) | (local.dt.hour < 7)
    prices = reserve_prices.assign(price_sek_per_mw_h=np.where(night, 400.0, 100.0))
    earned = dispatch_values.assign(fcr_n_revenue_sek=dispatch_values["fcr_n_mean_kw"] / 1000 * 8760 * 300.0)
    found = capture_prices(earned, capability_hours, sample, prices, SHARES, "ac_11", "full")
    check_table(found, CapturePrices, "capture")
    row = found.set_index(["profile_id", "product", "price_year"]).loc[("all", "fcr_n", 2025)]
    assert row["mean_sek_per_mw_h"] == pytest.approx((11 * 400 + 13 * 100) / 24, rel=1e-3)
    assert row["connected_sek_per_mw_h"] == pytest.approx(400.0)
    assert row["capture_sek_per_mw_h"] == pytest.approx(300.0)
    assert row["vehicle_count"] == 2 and row["capture_pu"] == pytest.approx(300 / row["mean_sek_per_mw_h"])
    # car b is plugged in half of the weeks and weighs a quarter; it is half as large
    assert row["offer_mean_kw"] == pytest.approx(
        found.set_index(["profile_id", "product", "price_year"]).loc[("p1", "fcr_n", 2025), "offer_mean_kw"] * 3.5 / 4
    )


def test_connected_share_weighs_cars(capability_hours, sample):
    connected = connected_cars(capability_hours, "ac_11")
    share = connected_share(connected, car_weights(sample, SHARES), 2025)
    assert share.shape == (4, 168)
    assert share[0, 2] == pytest.approx((3 * 1.0 + 1 * 0.5) / 4) and share[0, 12] == 0.0
    with pytest.raises(DataError, match="no car"):
        connected_share(connected, car_weights(sample, SHARES), 2021)


def test_a_year_without_purchase_is_absent_and_not_zero(reserve_prices):
    assert len(bought_year(reserve_prices, "fcr_n", "SE", 2024).bought_mw) == 8784
    with pytest.raises(DataError, match="no purchase"):
        bought_year(reserve_prices, "fcr_d_down", "SE", 2021)


def test_ten_cars_of_full_power_never_bid():
    """METHODS 3.4: a 10-car portfolio never bids, not even if all ten offer all they can in the same hours."""
    year = OfferHours(np.ones(4), np.array([[[0.0, 8.21, 0.0, 8.21]] * 3]), np.full((3, 4), 500.0), np.ones((3, 4)))
    kept, mean_kw = np.ones(1), 8.21 / 2
    np.testing.assert_allclose(sold_shares_pu(np.full(3, 10 * mean_kw / 1000), year, kept, 0.1), 0.0)
    np.testing.assert_allclose(sold_shares_pu(np.full(3, 13 * mean_kw / 1000), year, kept, 0.1), 1.0)
