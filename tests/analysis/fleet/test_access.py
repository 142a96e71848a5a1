"""Owners by dwelling keep the stated national share; access is summed over cells, never averaged first."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ConfigError
from analysis.fleet.access import home_access, owner_dwellings


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
        }
    )
    return table.assign(**changes)


def numbers(detached=0.75, house=0.9, coop=0.4, rental=0.2):
    return {
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
    np.testing.assert_allclose(home_access(table, numbers(), ["SE1", "SE3"]), [[0.775], [0.775]], atol=1e-9)


@settings(deadline=None, max_examples=30)
@given(stated=st.floats(0.55, 0.97))
def test_national_share_is_the_stated_one_and_houses_have_more(stated):
    table = municipalities()
    shares = owner_dwellings(table, numbers(detached=stated))[:, :, 0]
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert shares[:, 0].mean() == pytest.approx(stated, abs=1e-6)
    access = home_access(table, numbers(detached=stated), ["SE1", "SE3"])
    assert access[0, 0] > access[1, 0]


def test_draws_are_the_last_axis():
    access = home_access(municipalities(), numbers(np.array([0.7, 0.8]), np.array([0.9, 1.0])), ["SE3"])
    assert access.shape == (1, 2)
    assert access[0, 1] > access[0, 0]


def test_an_impossible_share_is_refused():
    with pytest.raises(ConfigError, match=r"plug\.ev_owner_detached_share"):
        owner_dwellings(municipalities(), numbers(detached=1.2))
