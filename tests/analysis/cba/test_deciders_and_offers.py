"""Who decides, what they are asked to pay, and what the law gives them."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cba.alternatives import draw_price_sek, draw_prices, fuse_fee_sek, list_alternatives, make_offer
from analysis.cba.calibration import shift_limits
from analysis.cba.connection import extra_fuse_a, mean_house_load_kw
from analysis.cba.deciders import build_deciders, class_shares_pu, due_share_pu, triangular
from analysis.cba.firm import firm_kw_per_car, option_ratio_pu
from analysis.errors import DataError
from analysis.policy.loader import load_scheme
from analysis.policy.support import resolve_scheme
from analysis.uncertainty.draws import central_draws, draw_all, draw_price_years
from tests.analysis.cba import scheme_tables as small

ROW = {"price_sek": 28000.0, "price_low_sek": 22500.0, "price_high_sek": 38000.0}


@given(st.floats(14_500, 30_000))
def test_a_drawn_price_lies_in_its_range_and_rises_with_the_technology_cost(drawn):
    price = draw_price_sek(ROW, np.array([drawn, drawn + 1.0]), 20_000, 14_500, 30_000)
    assert 22_500 - 1e-6 <= price[0] <= 38_000 + 1e-6
    assert price[1] >= price[0]


def test_the_middle_and_the_ends_of_a_technology_are_those_of_the_option():
    price = draw_price_sek(ROW, np.array([14_500.0, 20_000.0, 30_000.0]), 20_000, 14_500, 30_000)
    np.testing.assert_allclose(price, [22_500, 28_000, 38_000])


def test_due_share_by_hand():
    share = due_share_pu(np.array([433e3]), np.array([1e6]), 5, np.array([10.0]))
    assert share == pytest.approx(1 - 0.433 * np.exp(-0.5))
    assert due_share_pu(np.array([2.0]), np.array([1.0]), 0, np.array([10.0])) == pytest.approx(0.0)


def test_dwelling_classes_by_hand():
    draws = {
        "plug.ev_owner_detached_share": np.array([0.7]), "plug.home_access_detached": np.array([1.0]),
        "plug.home_access_coop": np.array([0.5]), "plug.home_access_rental": np.array([0.2]),
    }  # fmt: skip
    shares = class_shares_pu(small.municipalities(), ("SE1", "SE3"), draws)
    by_hand = np.array([0.7, 0.3 * 0.4 * 0.5, 0.3 * 0.6 * 0.2])
    np.testing.assert_allclose(shares, np.broadcast_to(by_hand / by_hand.sum(), (1, 2, 3)))


@given(st.floats(0.001, 0.999))
def test_triangular_stays_in_its_range(uniform):
    value = triangular(np.array([uniform]), 1.0, 2.0, 5.0)
    assert 1.0 <= value[0] <= 5.0


def test_triangular_asked_for_its_peak():
    assert triangular(np.array([np.nan]), 1.0, 2.0, 5.0) == pytest.approx(2.0)
    assert triangular(np.array([0.25]), 1.0, 2.0, 5.0) == pytest.approx(2.0)


def test_deciders_are_those_who_have_a_car_a_charger_due_and_know():
    draws = central_draws(small.central(), 1)
    found = build_deciders(small.fleet_stock(), small.municipalities(), small.AREAS, 2030, draws)
    due = 1 - 433 / 1000 * np.exp(-0.5)
    np.testing.assert_allclose(found.due_count[0], np.array([21e3, 41e3, 760e3, 178e3]) * 0.3 * 0.75 * due)
    aware = 0.24 + (0.7 - 0.24) * 5 / 15
    np.testing.assert_allclose(found.deciding_count, found.due_count * aware)


def test_a_year_that_the_fleet_lacks_is_an_error():
    draws = central_draws(small.central(), 1)
    with pytest.raises(DataError, match="no row for SE1, SE2, SE3, SE4 in 2031"):
        build_deciders(small.fleet_stock(), small.municipalities(), small.AREAS, 2031, draws)


def test_an_option_without_a_price_is_an_error():
    with pytest.raises(DataError, match="no two-way dc_50, interoperable True"):
        list_alternatives(small.charger_options(), ("ac_11", "dc_50"), 1.5, small.central())


def test_the_offer_asks_the_law_per_dwelling():
    alternatives = list_alternatives(small.charger_options(), ("ac_11", "dc_11"), 1.5, small.central())
    draws = central_draws(small.central(), 1)
    prices = draw_prices(small.charger_options(), alternatives, draws, small.parameters_table())
    law = load_scheme(small.ROOT / "data/policy/se/green_deduction.yaml")
    resolved = resolve_scheme(law, datetime.date(2026, 11, 23), ("enacted", "assumption"))
    offer = make_offer(alternatives, *prices, resolved, 0.25)
    np.testing.assert_allclose(offer.support_sek[0, 0], [13580, 13580, 27160, 27160])
    np.testing.assert_allclose(offer.support_sek[0, 2], 0.0)
    assert offer.support_oneway_sek[0, 0] == pytest.approx(0.485 * 19000)
    np.testing.assert_allclose(offer.extra_price_sek[0], [9000, 9000, 37000, 37000])


def test_firm_power_per_car_and_by_option():
    per_car = firm_kw_per_car(small.potential_summary(), small.AREAS, 2030)
    np.testing.assert_allclose(per_car.to_numpy(), 2.0)
    ratio = option_ratio_pu(small.capability_hours(), small.dispatch_sample(), small.OPTIONS, "ac_11")
    np.testing.assert_allclose(ratio, [1.0, 1.0, 1.5])


def test_constants_move_together_within_their_ranges():
    low, high = {"ado.asc_ac": -2.5, "ado.asc_dc": -3.0}, {"ado.asc_ac": 0.0, "ado.asc_dc": 0.0}
    assert shift_limits({"ado.asc_ac": -1.0, "ado.asc_dc": -1.5}, low, high) == (-1.5, 1.0)


def test_draws_keep_scenario_values_and_take_whole_price_years():
    parameters = small.central().with_values({"res.agg_fee": 0.3})
    draws = draw_all(small.parameters_table(), parameters, 40, 5, {"res.agg_fee": 0.3})
    np.testing.assert_allclose(draws["res.agg_fee"], 0.3)
    assert draws["reserve_ratio"].std() > 0
    counts = np.bincount(draw_price_years((2024, 2025), 40, 5))
    np.testing.assert_array_equal(counts, [20, 20])


def test_only_the_stronger_charger_pays_for_a_larger_fuse():
    """Beside 1.5 kW: 12.5 kW needs 20 A (13.9 kW), 21.5 kW needs 35 A (24.2 kW); 15 A at 183.33 SEK is 2 750 a year."""
    parameters = small.central()
    alternatives = list_alternatives(small.charger_options(), small.OPTIONS, 1.5, parameters)
    assert [each.extra_fuse_a for each in alternatives] == [0, 0, 0, 0, 15, 15]
    draws = central_draws(parameters, 1)
    np.testing.assert_allclose(fuse_fee_sek(alternatives, draws)[0], [0, 0, 0, 0, 2749.95, 2749.95])


def test_a_busier_house_needs_the_larger_fuse_anyway():
    """Beside 3 kW: 14 kW needs 25 A, 23 kW still 35 A: 10 A more."""
    assert extra_fuse_a(20, 11, 3.0, small.central()) == 10
    assert mean_house_load_kw(small.household_load()) == 1.5
    with pytest.raises(DataError, match="no detached house"):
        mean_house_load_kw(small.household_load().query("dwelling != 'detached'"))
