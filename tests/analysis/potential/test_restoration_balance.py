"""FCR of Sweden and the restoration of each area settle together; areas are apart, and no kW is sold twice."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.io import check_table, normalise
from analysis.potential.depth import Market, Volumes, balance
from analysis.potential.restoration import AreaMarket, Fleet, area_markets, restoration_balance, restoration_table
from analysis.potential.settle import SETTLED_PU
from analysis.potential.surrogate import QUANTITIES, VALUE, Restoration, Schedules, replayed_value, surrogate
from analysis.schemas.market_depth import RestorationBalance

AREAS = ("SE2", "SE3")
POWER_KW = 6.0
MFRR_UP = 2


def made(restoration_sek=900.0):
    """Four cars in two areas with three schedules: FCR-N alone, mFRR up alone (sold in SE3 only), nothing."""
    car_areas = np.array(["SE2", "SE2", "SE3", "SE3"])
    quantities = np.zeros((len(QUANTITIES), 4, 3))
    quantities[0, :, 0] = POWER_KW
    quantities[QUANTITIES.index("plugged_h")] = 8760.0
    in_se3 = car_areas == "SE3"
    offers = np.zeros((4, 4, 3))
    offers[MFRR_UP, in_se3, 1] = POWER_KW
    net_n, net_r = np.zeros((4, 3)), np.zeros((4, 3))
    net_n[:, 0], net_r[in_se3, 1] = 500.0, restoration_sek
    quantities[VALUE] = net_n + net_r
    return Schedules(
        levels=np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]), names=("fcr", "mfrr", "none"), weight=np.full(4, 0.25),
        quantities=quantities, net_fcr_n_sek=net_n, net_fcr_d_sek=np.zeros((4, 3)), vehicle_ids=("a", "b", "a", "b"),
        restoration=Restoration(np.array([0.0, 1.0, 0.0]), net_r, offers, car_areas),
    )  # fmt: skip


def area(bought=100.0, minimum=1.0, hours=1.0, floor=0.05):
    one = np.zeros(4)
    one[MFRR_UP] = 1.0
    return AreaMarket(bought * one, hours * one, minimum * one, floor)


def fcr(exponent=1.5, ratio=2.0, floor=0.05):
    one = np.ones(1)
    return Market(ratio * 226 * one, ratio * 537 * one, exponent * one, Volumes(226.0, 547.0, 528.0), floor * one,
                  floor * one, 0.5)  # fmt: skip


PRODUCTS = pd.DataFrame(
    [("mfrr_up", "SE3", 2024, 200.0, 0.5, 1.0, 100.0), ("mfrr_up", "SE3", 2025, 400.0, 1.0, 1.0, 200.0),
     ("fcr_n", "SE", 2025, 226.0, 1.0, 0.1, 300.0)],
    columns=["product", "price_area", "price_year", "bought_mean_mw", "bought_hours_pu", "minimum_bid_mw",
             "price_sek_per_mw_h"],
)  # fmt: skip
MARKETS = {"SE2": area(), "SE3": area()}


def run(known, cars, market=None, areas=MARKETS, start=None):
    found = restoration_balance(Fleet(known, AREAS), np.asarray(cars, float), market or fcr(), areas, 2.0, start)
    check_table(found, RestorationBalance, "restoration")
    return found.set_index(["price_area", "enrolled_count"]).sort_index()


def test_values_at_any_levels_are_the_replayed_ones():
    known = made()
    fleet = Fleet(known, AREAS)
    levels = [np.array([0.7]), np.array([0.4]), np.array([0.9]), np.array([0.3])]
    met = np.where(known.restoration.price_areas == "SE2", 0.9, 0.3)
    np.testing.assert_allclose(fleet.value(levels)[0], replayed_value(known, 0.7, 0.4, met))


def test_only_the_area_that_sells_falls():
    found = run(made(), [0.0, 40_000.0])
    assert found.loc[("SE3", 0.0), "afrr_mfrr_level_pu"] == 0.0  # no car makes no bid
    assert found.loc[("SE3", 40_000.0), "afrr_mfrr_level_pu"] < 0.95
    assert found.loc["SE3", "mfrr_up_sold_mw"].max() > 1.0 and found.loc["SE2", "mfrr_up_sold_mw"].max() == 0.0
    assert (found.filter(like="afrr_up").to_numpy() == 0).all()


def test_no_kw_is_sold_twice():
    known, cars = made(), np.array([50_000.0])
    fleet = Fleet(known, AREAS)
    for price in (0.1, 0.5, 1.0):
        mix = fleet.mix(cars, [np.array([price])] * 4)
        assert float(mix.fcr_n_mw[0] + mix.restored_mw.sum()) <= cars[0] * POWER_KW / 1000 + 1e-9
    # cheaper FCR sends cars to restoration
    dear, cheap = (fleet.mix(cars, [np.array([n]), *[np.array([0.8])] * 3]).restored_mw.sum() for n in (1.0, 0.5))
    assert cheap > dear


def test_below_the_smallest_bid_an_area_is_closed_and_its_cars_sell_fcr():
    # 200 cars in SE3 of 6 kW reach 1 MW only together: 300 of Sweden's cars are 150 there
    few, many = run(made(), [300.0]), run(made(), [600.0])
    assert few.loc[("SE3", 300.0), "mfrr_up_sold_mw"] == 0.0 and few.loc[("SE3", 300.0), "afrr_mfrr_level_pu"] == 0.0
    assert many.loc[("SE3", 600.0), "mfrr_up_sold_mw"] > 0.0
    assert few.loc[("SE3", 300.0), "value_sek_per_car_year"] == pytest.approx(500.0, abs=5)
    assert many.loc[("SE3", 600.0), "value_sek_per_car_year"] == pytest.approx(700.0, abs=15)
    # bought in one hour of four, the same yearly mean is four times as much in its hours
    rare = {**MARKETS, "SE3": area(hours=0.25)}
    assert run(made(), [300.0], areas=rare).loc[("SE3", 300.0), "mfrr_up_sold_mw"] > 0.0


@settings(max_examples=10, deadline=None)
@given(
    exponent=st.floats(0.8, 3.0), worth=st.floats(100, 1500), bought=st.floats(5, 300), n=st.floats(0, 1),
    r=st.floats(0, 1), cars=st.floats(5_000, 400_000),
)  # fmt: skip
def test_every_start_settles_alike_and_twice_the_cars_never_raise_a_price(exponent, worth, bought, n, r, cars):
    known, areas, counts = made(worth), {"SE2": area(bought), "SE3": area(bought)}, [cars, 2 * cars]
    first = run(known, counts, fcr(exponent), areas)
    other = run(known, counts, fcr(exponent), areas, [np.full(2, level) for level in (n, 1 - n, r, r)])
    names = ["fcr_n_level_pu", "fcr_d_level_pu", "afrr_mfrr_level_pu"]
    np.testing.assert_allclose(first[names], other[names], atol=2 * SETTLED_PU)
    for place in AREAS:
        assert (first.loc[place, names].diff().dropna() <= SETTLED_PU).all().all()
    assert (first["mfrr_up_sold_mw"] <= bought + 1e-6).all()


def test_without_restoration_worth_anything_fcr_settles_as_alone():
    known = made(restoration_sek=0.0)
    cars = np.array([20_000.0, 100_000.0])
    alone = balance(surrogate(dataclasses.replace(known, restoration=None)), cars, fcr())
    found = run(known, cars).loc["SE2"]
    # the surrogate tabulates 41 levels; between them it interpolates
    np.testing.assert_allclose(found["fcr_n_level_pu"], alone.fcr_n_level_pu, atol=0.02)


def test_levels_that_sell_no_restoration_have_no_such_balance(dispatch_values, sample, run_settings):
    with pytest.raises(DataError, match="afrr_mfrr_pu"):
        Fleet(dataclasses.replace(made(), restoration=None), AREAS)


def test_area_markets_are_those_that_buy():
    found = area_markets(PRODUCTS, AREAS, 15.0)
    assert list(found) == ["SE3"]
    np.testing.assert_allclose(found["SE3"].bought_mw, [0, 0, 300, 0])
    np.testing.assert_allclose(found["SE3"].bought_hours_pu, [0, 0, 0.75, 0])
    assert found["SE3"].floor_pu == pytest.approx(0.1)


def test_the_table_has_rows_only_where_a_level_and_an_area_sell():
    cars = np.array([1000.0, 50_000.0])
    found = restoration_table(made(), cars, fcr(), PRODUCTS, 2.0, 15.0)
    check_table(found, RestorationBalance, "restoration")
    assert found["price_area"].tolist() == ["SE3", "SE3"] and found["mfrr_up_sold_mw"].iloc[1] > 10
    for known, products in ((dataclasses.replace(made(), restoration=None), PRODUCTS), (made(), PRODUCTS.iloc[2:])):
        empty = restoration_table(known, cars, fcr(), products, 2.0, 15.0)
        assert empty.empty
        check_table(normalise(empty), RestorationBalance, "restoration")
