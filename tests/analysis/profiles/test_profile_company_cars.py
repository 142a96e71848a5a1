"""Cars at firms' addresses: off by default, moved without losing one, and only out of the few."""

import numpy as np
import pandas as pd
import pytest

from analysis.io import check_table, normalise
from analysis.profiles.company_cars import area_totals, excess_cars, reallocate
from analysis.schemas.profile_link import CompanyCarAreas
from tests.analysis.profiles.profile_archetypes import municipalities_table

BUYERS = np.array([0.07, 0.11, 0.18, 0.27, 0.37])


def places(count=40, seed=1):
    """Cars per household follow income with a little noise; the first has a lessor with 3 000 cars more."""
    generator = np.random.default_rng(seed)
    table = pd.concat([municipalities_table().iloc[[0]]] * count, ignore_index=True)
    table["municipality_code"] = [f"01{number:02d}" for number in range(count)]
    table["price_area"] = ["SE4", *["SE3"] * (count - 1)]
    table["income_median_ksek"] = generator.uniform(240, 360, count)
    rate = 0.05 * (table["income_median_ksek"] / 300) ** 4 * np.exp(0.1 * generator.standard_normal(count))
    cars = (rate * 10_000).round().astype(int)
    cars.iloc[0] += 3_000
    return table.assign(bev_count=cars)


def test_excess_is_found_where_the_lessor_is_and_nowhere_else():
    excess = excess_cars(places())
    assert excess[0] == pytest.approx(3_000, rel=0.15)
    assert (excess[1:] == 0).all()


@pytest.mark.parametrize("moved_pu", [0.0, 0.4, 1.0])
def test_no_car_is_lost(moved_pu):
    table = places()
    moved = reallocate(table, BUYERS, moved_pu)
    assert moved.dtype == np.int64
    assert moved.sum() == table["bev_count"].sum()
    assert (moved >= 0).all()
    gone = table["bev_count"].iloc[0] - moved[0]
    assert gone == pytest.approx(moved_pu * excess_cars(table)[0], abs=1.0)
    if moved_pu == 0.0:
        assert (moved == table["bev_count"]).all()
    else:
        assert (moved[1:] >= table["bev_count"].iloc[1:]).all()


def test_the_better_off_receive_more():
    table = places()
    table["income_median_ksek"] = np.where(np.arange(40) % 2, 340.0, 260.0)
    gained = reallocate(table, BUYERS, 1.0) - table["bev_count"].to_numpy()
    assert gained[1::2].sum() > 1.3 * gained[2::2].sum()


def test_two_municipalities_leave_no_line_to_be_far_from():
    assert (excess_cars(municipalities_table()) == 0).all()


def test_area_totals_stand_side_by_side():
    table = places()
    totals = area_totals(table, reallocate(table, BUYERS, 1.0), False)
    check_table(normalise(totals), CompanyCarAreas, "test")
    found = totals.set_index("price_area")
    assert list(found.index) == ["SE", "SE3", "SE4"]
    assert found.loc["SE", "registered_count"] == found.loc["SE", "reallocated_count"] == table["bev_count"].sum()
    assert found.loc["SE4", "moved_out_count"] == found.loc["SE", "moved_in_count"]
    assert found.loc["SE", "giving_municipality_count"] == 1
    assert not found["is_used"].any()
