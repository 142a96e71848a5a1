"""Present values held against sums worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cba.discounting import annuity_factor, mean_survival_pu, surviving_factor
from analysis.cba.effectiveness import (
    break_even_support_sek,
    free_rider_pu,
    home_battery_sek_per_kw_year,
    levelised_sek_per_kw_year,
)
from analysis.fleet.stranding import stranding_per_year, working_share_open_pu


def test_annuity_of_ten_years_at_the_social_rate():
    assert annuity_factor(0.035, 10) == pytest.approx(8.3166, abs=1e-4)


@given(st.integers(1, 40))
def test_at_rate_zero_the_present_value_is_the_plain_sum(years):
    assert annuity_factor(0.0, years) == pytest.approx(years)


@given(st.floats(0, 0.3), st.floats(0, 0.5), st.integers(1, 20))
def test_fading_never_raises_a_present_value(rate, loss, years):
    assert surviving_factor(rate, loss, years) <= annuity_factor(rate, years) + 1e-12


def test_first_year_leaves_out_what_comes_before():
    parts = surviving_factor(0.035, 0.1, 4) + surviving_factor(0.035, 0.1, 15, first_year=5)
    assert parts == pytest.approx(surviving_factor(0.035, 0.1, 15))


@given(st.floats(0, 0.3), st.floats(0, 0.5), st.integers(1, 20), st.integers(1, 20))
def test_a_fading_flow_is_the_sum_of_its_years(rate, loss, years, first):
    """The closed form against the plain sum, also at rate and loss 0 and where the first year lies beyond the last."""
    summed = sum(np.exp(-loss * (year - 0.5)) / (1 + rate) ** year for year in range(first, years + 1))
    assert surviving_factor(rate, loss, years, first) == pytest.approx(summed, rel=1e-9, abs=1e-12)


def test_stranding_after_five_years_as_in_the_method():
    for works, share in ((0.55, 0.36), (0.9, 0.10)):
        loyalty = 0.5
        hazard = stranding_per_year(0.20, loyalty, (works - loyalty) / (1 - loyalty))
        assert 1 - np.exp(-hazard * 5) == pytest.approx(share, abs=0.005)


def test_an_open_charger_works_at_least_as_often_as_an_unnamed_pair():
    assert working_share_open_pu(0.55, 0.7, 0.03) == pytest.approx(0.385)
    assert working_share_open_pu(0.02, 0.5, 0.03) == pytest.approx(0.03)


def test_mean_survival_by_hand():
    assert mean_survival_pu(0.0, 10) == pytest.approx(1.0)
    assert mean_survival_pu(0.1, 10) == pytest.approx(1 - np.exp(-1))


def test_cost_of_a_firm_kilowatt_year():
    found = levelised_sek_per_kw_year([10e6, 10e6], 1.3, [1000.0 * annuity_factor(0.035, 10), 0.0])
    assert found[0] == pytest.approx(13_000 / 8.3166, rel=1e-4)
    assert np.isnan(found[1])


def test_the_same_money_on_home_batteries():
    """1.3 · 43 650 / (4.75 · 11.5174) = 1 037 SEK; twice that where every second would have bought anyway."""
    names = {"price": 9000.0, "capacity": 10.0, "power": 5.0, "available": 0.95, "life": 15.0, "support": 0.485}
    draws = {f"alt.battery_{name}": np.full(3, value) for name, value in names.items()}
    found = home_battery_sek_per_kw_year(draws, [0.0, 0.5, 1.0], 1.3, 0.035)
    np.testing.assert_allclose(found, [1037.2, 2074.5, np.nan], rtol=1e-4)


def test_free_riders_and_break_even():
    np.testing.assert_allclose(free_rider_pu([100.0, 50.0, 0.0], [40.0, 60.0, 0.0]), [0.4, 1.0, np.nan])
    np.testing.assert_allclose(break_even_support_sek(9000.0, [5000.0, 12000.0], 0.8), [5000.0, 0.0])
