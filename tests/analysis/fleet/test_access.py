"""Owners by dwelling keep the stated national share; access is summed over cells, never averaged first."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ConfigError
from analysis.fleet.access import car_newness, home_cells, owner_dwellings


def municipalities(**changes):
    """Two municipalities: houses only beside half houses, half cooperative flats; as many cars in each."""
    table = pd.DataFrame(
        {
            "municipality_code": ["0001", "0002"],
            "price_area": ["SE1", "SE3"],
            "household_detached_count": [100, 50],
            "household_flat_cooperative_count": [0, 50],
            "household_flat_rental_count": [0, 0],
            "household_other_count": [1, 0],
            "bev_count": [10, 10],
            "income_median_ksek": [200.0, 242.0],
        }
    )
    return table.assign(**changes)


def numbers(detached=0.75, house=0.9, coop=0.4, rental=0.2, elasticity=0.0, ratio=1.0):
    return {
        "tim.new_car_income_elasticity": np.atleast_1d(elasticity),
        "ado.accept_detached_ratio": np.atleast_1d(ratio),
        "plug.ev_owner_detached_share": np.atleast_1d(detached),
        "plug.home_access_detached": np.atleast_1d(house),
        "plug.home_access_coop": np.atleast_1d(coop),
        "plug.home_access_rental": np.atleast_1d(rental),
    }


def test_two_equal_municipalities_by_hand():
    # Two municipalities with half houses each: the reweighted share is the stated one in both.
    table = municipalities(
        household_detached_count=[50, 50], household_flat_cooperative_count=[50, 50], household_other_count=[0, 0]
    )
    shares = owner_dwellings(table, numbers(detached=0.75))[:, :, 0]
    np.testing.assert_allclose(shares, [[0.75, 0.25, 0, 0]] * 2, atol=1e-9)
    # 0.75 x 0.9 + 0.25 x 0.4
    np.testing.assert_allclose(home_cells(table, numbers(), ["SE1", "SE3"]).access_pu, [[0.775], [0.775]], atol=1e-9)


@settings(deadline=None, max_examples=30)
@given(stated=st.floats(0.55, 0.97))
def test_national_share_is_the_stated_one_and_houses_have_more(stated):
    table = municipalities()
    shares = owner_dwellings(table, numbers(detached=stated))[:, :, 0]
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert shares[:, 0].mean() == pytest.approx(stated, abs=1e-6)
    access = home_cells(table, numbers(detached=stated), ["SE1", "SE3"]).access_pu
    assert access[0, 0] > access[1, 0]


def test_draws_are_the_last_axis():
    access = home_cells(municipalities(), numbers(np.array([0.7, 0.8]), np.array([0.9, 1.0])), ["SE3"]).access_pu
    assert access.shape == (1, 2)
    assert access[0, 1] > access[0, 0]


def test_houses_that_accept_more_raise_those_who_are_willing_at_home_by_hand():
    table = municipalities(
        household_detached_count=[50, 50], household_flat_cooperative_count=[50, 50], household_other_count=[0, 0]
    )
    cells = home_cells(table, numbers(ratio=1.5), ["SE1", "SE3"])
    # three quarters in houses: the mean owner has (0.75 x 1.5 + 0.25) = 1.375 of the others' acceptance;
    # at home points 0.675 of 0.775 are houses'
    expected = (0.675 * 1.5 + 0.1) / 0.775 / 1.375
    np.testing.assert_allclose(cells.willing_ratio_pu, [[expected]] * 2, rtol=1e-6)
    assert expected > 1.0


def test_new_cars_follow_income_and_the_mean_car_of_the_country_stays():
    # incomes as 1 to 1.21: with elasticity 0.5 newness is as 1 to 1.1
    newness = car_newness(municipalities(), numbers(elasticity=0.5))[:, 0]
    np.testing.assert_allclose(newness, np.array([1.0, 1.1]) / 1.05)
    cells = home_cells(municipalities(), numbers(elasticity=0.5), ["SE1", "SE3"])
    np.testing.assert_allclose(cells.capable_ratio_pu[:, 0], newness)


@settings(deadline=None, max_examples=30)
@given(ratio=st.floats(1.0, 2.0), elasticity=st.floats(0.0, 1.0))
def test_summed_over_the_country_owners_keep_their_mean(ratio, elasticity):
    """Without home points in the way (all have one), ties between cells change no national count of capable cars."""
    everywhere = numbers(house=1.0, coop=1.0, rental=1.0, ratio=ratio, elasticity=elasticity)
    cells = home_cells(municipalities(), everywhere, ["SE1", "SE3"])
    np.testing.assert_allclose(cells.access_pu, 1.0)
    assert cells.capable_home_ratio_pu.mean() == pytest.approx(1.0)
    no_tie = home_cells(municipalities(), numbers(house=1.0, coop=1.0, rental=1.0, ratio=ratio), ["SE1", "SE3"])
    assert no_tie.willing_ratio_pu.mean() == pytest.approx(1.0, abs=1e-6)


def test_without_ties_cells_are_products_of_averages():
    cells = home_cells(municipalities(), numbers(), ["SE1", "SE3"])
    for ratio in (cells.capable_ratio_pu, cells.capable_home_ratio_pu, cells.willing_ratio_pu):
        np.testing.assert_allclose(ratio, 1.0)


def test_an_impossible_share_is_refused():
    with pytest.raises(ConfigError, match=r"plug\.ev_owner_detached_share"):
        owner_dwellings(municipalities(), numbers(detached=1.2))
