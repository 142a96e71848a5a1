"""Which households decide, what they are asked to pay now and later, and what the law gives each kind of them."""

import datetime
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cba.alternatives import draw_price_sek, draw_prices, fuse_fee_sek, list_alternatives, support_of_buyer
from analysis.cba.connection import extra_fuse_a, mean_house_load_kw
from analysis.cba.firm import firm_kw_per_car, option_ratio_pu
from analysis.cba.households import build_households, triangular
from analysis.cba.learning import hardware_factor, later_prices_sek, soft_factor
from analysis.cba.world import buyers
from analysis.errors import DataError
from analysis.policy.loader import load_scheme
from analysis.policy.support import resolve_scheme
from analysis.uncertainty.draws import central_draws, draw_all, draw_price_years
from tests.analysis.cba import scheme_tables as small


def central(count: int) -> dict:
    return central_draws(small.central(), count)


ROW = {"price_sek": 28000.0, "price_low_sek": 22500.0, "price_high_sek": 38000.0}


@given(st.floats(14_500, 30_000))
def test_a_drawn_price_lies_in_its_range_and_rises_with_the_technology_cost(drawn):
    price = draw_price_sek(ROW, np.array([drawn, drawn + 1.0]), 20_000, 14_500, 30_000)
    assert 22_500 - 1e-6 <= price[0] <= 38_000 + 1e-6
    assert price[1] >= price[0]


def test_the_middle_and_the_ends_of_a_technology_are_those_of_the_option():
    price = draw_price_sek(ROW, np.array([14_500.0, 20_000.0, 30_000.0]), 20_000, 14_500, 30_000)
    np.testing.assert_allclose(price, [22_500, 28_000, 38_000])


@given(st.floats(0.001, 0.999))
def test_triangular_stays_in_its_range(uniform):
    value = triangular(np.array([uniform]), 1.0, 2.0, 5.0)
    assert 1.0 <= value[0] <= 5.0


def test_triangular_asked_for_its_peak():
    assert triangular(np.array([np.nan]), 1.0, 2.0, 5.0) == pytest.approx(2.0)
    assert triangular(np.array([0.25]), 1.0, 2.0, 5.0) == pytest.approx(2.0)


def test_households_have_a_capable_car_and_a_point_at_home():
    """2030: 1 000 000 cars of which 0.3 are capable and 0.75 at home; a tenth of a million cars came that year."""
    found = build_households(small.fleet_stock(), small.municipalities(), small.AREAS, range(2026, 2041), central(1))
    np.testing.assert_allclose(found.capable_count[0, 4], np.array([21e3, 41e3, 760e3, 178e3]) * 0.3 * 0.75)
    assert found.first_pu[0, 4] == pytest.approx(1 - 0.9)
    np.testing.assert_allclose(found.cell_pu.sum(axis=(2, 3)), 1.0)


def test_awareness_alone_follows_its_path():
    """0.24 in 2025 and 0.7 in 2040, in a straight line: those told each year are what closes the gap to the line."""
    found = build_households(small.fleet_stock(), small.municipalities(), small.AREAS, range(2026, 2041), central(1))
    aware = found.aware_start_pu[0]
    for place in range(15):
        aware += (1 - aware) * found.aware_rate_pu[0, place]
        assert aware == pytest.approx(0.24 + 0.46 * (place + 1) / 15)


def test_a_year_that_the_fleet_lacks_is_an_error():
    with pytest.raises(DataError, match="no row for SE1 2041"):
        build_households(small.fleet_stock(), small.municipalities(), small.AREAS, range(2026, 2042), central(1))


def test_prices_of_later_years_by_hand():
    """Hardware 20 000 at 0.85^(0.35·5) = 0.7525 and 8 000 for the fitting; never below the ordinary charger."""
    draws = central(1)
    later = later_prices_sek(np.array([[28_000.0, 20_000.0]]), np.array([19_000.0]), 5.0, draws)
    assert later[0, 0] == pytest.approx(8000 + 20_000 * 0.85 ** (0.35 * 5))
    assert later[0, 1] == pytest.approx(19_000)
    assert hardware_factor(0.0, draws) == pytest.approx(1.0)
    assert soft_factor(np.array([6000.0]), draws) == pytest.approx(0.9**2)


def test_an_option_without_a_price_is_an_error():
    with pytest.raises(DataError, match="no two-way dc_50, interoperable True"):
        list_alternatives(small.charger_options(), ("ac_11", "dc_50"), 1.5, small.central())


def test_the_law_is_asked_for_each_kind_of_buyer():
    """Detached: 48.5 % of 28 000 and 56 000; a tenant nothing; the tax that one adult pays caps it in a flat."""
    alternatives = list_alternatives(small.charger_options(), ("ac_11", "dc_11"), 1.5, small.central())
    draws = central(1)
    price, oneway = draw_prices(small.charger_options(), alternatives, draws, small.parameters_table())
    law = load_scheme(small.ROOT / "data/policy/se/green_deduction.yaml")
    resolved = resolve_scheme(law, datetime.date(2026, 11, 23), ("enacted", "assumption"))
    kinds = buyers(draws)
    given = {
        (row, column): support_of_buyer(kinds[row][column], alternatives, price, oneway, resolved, 0.25)
        for row, column in ((0, 4), (1, 4), (2, 4), (0, 0), (1, 0))
    }
    np.testing.assert_allclose(given[0, 4][0][0], [13580, 13580, 27160, 27160])
    np.testing.assert_allclose(given[2, 4][0], 0.0)
    assert given[0, 4][1][0] == pytest.approx(0.485 * 19000)
    tax = 0.22 * 340_000 * 0.4
    assert kinds[1][0].tax_paid_sek == pytest.approx(tax)
    np.testing.assert_allclose(given[1, 0][0][0], [13580, 13580, 27160, 27160])
    poorer = replace(kinds[1][0], tax_paid_sek=10_000.0)
    np.testing.assert_allclose(support_of_buyer(poorer, alternatives, price, oneway, resolved, 0.25)[0][0], 10_000.0)


def test_in_flats_the_owner_of_the_building_asks_too_and_the_larger_support_counts():
    """Ladda bilen pays 15 000 SEK a point, at most half of its cost without VAT: in flats, not in houses.

    Two-way at 28 000 incl. VAT: half of 22 400; at 56 000: 15 000. One way at 19 000: half of 15 200.
    """
    alternatives = list_alternatives(small.charger_options(), ("ac_11", "dc_11"), 1.5, small.central())
    draws = central(1)
    price, oneway = draw_prices(small.charger_options(), alternatives, draws, small.parameters_table())
    law = load_scheme(small.ROOT / "data/policy/se/ladda_bilen.yaml")
    resolved = resolve_scheme(law, datetime.date(2026, 11, 23), ("enacted", "assumption"))
    house, association, landlord = (
        support_of_buyer(kinds[0], alternatives, price, oneway, resolved, 0.25) for kinds in buyers(draws)
    )
    np.testing.assert_allclose(house[0], 0.0)
    for flat in (association, landlord):
        np.testing.assert_allclose(flat[0][0], [11_200, 11_200, 15_000, 15_000])
    np.testing.assert_allclose([each[1][0] for each in (house, association, landlord)], [0.0, 7600.0, 7600.0])
    both = load_scheme(small.ROOT / "data/policy/se/green_deduction.yaml")
    deduction = resolve_scheme(both, datetime.date(2026, 11, 23), ("enacted", "assumption"))
    alone = support_of_buyer(buyers(draws)[1][4], alternatives, price, oneway, deduction, 0.25)
    np.testing.assert_allclose(alone[0][0], [13580, 13580, 27160, 27160])


def test_firm_power_per_car_and_by_option():
    per_car = firm_kw_per_car(small.potential_summary(), small.AREAS, 2030)
    np.testing.assert_allclose(per_car.to_numpy(), 2.0)
    ratio = option_ratio_pu(small.capability_hours(), small.dispatch_sample(), small.OPTIONS, "ac_11")
    np.testing.assert_allclose(ratio, [1.0, 1.0, 1.5])


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
