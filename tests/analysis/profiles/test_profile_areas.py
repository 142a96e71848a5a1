"""Small areas: margins met everywhere, structural zeros kept, cars held as the survey and the mean say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.profiles.areas import (
    cars_held_shares,
    household_counts,
    income_quintile_shares,
    owner_cells,
    rake,
)
from analysis.profiles.demographics import (
    HOUSE_TWO_CARS_PU,
    SURVEY_CARS_PU,
    cars_by_dwelling,
    cell_seed,
    sample_table,
)
from analysis.schemas.sample import MunicipalityFacts
from analysis.schemas.travel import TravelFacts
from analysis.sources.municipalities import municipalities_from_facts
from tests.analysis.profiles.profile_archetypes import municipalities_table


@pytest.fixture(scope="module")
def sweden(root):
    facts = read_csv_table(root / "data/reference/municipalities.csv", MunicipalityFacts)
    areas = facts[["municipality_code", "name", "price_area"]].assign(price_area_land_share_pu=1.0)
    return municipalities_from_facts(facts, areas)


def margins_of(places):
    dwelling = household_counts(places)
    total = dwelling.sum(axis=1, keepdims=True)
    return [dwelling, income_quintile_shares(places) * total, cars_held_shares(places)[0] * total]


def test_household_margins_of_all_290_municipalities_are_met(sweden):
    assert len(sweden) == 290
    generator = np.random.default_rng(2)
    margins = margins_of(sweden)
    seed = cell_seed(generator.poisson(4.0, (4, 5)).astype(float), cars_by_dwelling(0.43))
    cells = rake(seed, margins)
    for axis, wanted in enumerate(margins, start=1):
        reached = cells.sum(axis=tuple(other for other in (1, 2, 3) if other != axis))
        np.testing.assert_allclose(reached, wanted, rtol=1e-6)


def test_a_dwelling_that_a_municipality_lacks_stays_empty(sweden):
    margins = margins_of(sweden)
    lacking = margins[0] == 0
    assert lacking.any()
    cells = rake(np.ones((4, 5, 3)), margins)
    assert (cells.sum(axis=(2, 3))[lacking] == 0).all()


def test_electric_cars_add_up_to_the_stock_and_to_the_national_shares(sweden):
    cars = sweden["bev_count"].to_numpy(float)
    cells = rake(np.ones((4, 5, 3)), margins_of(sweden))
    quintile = np.array([0.07, 0.11, 0.18, 0.27, 0.37])
    owners = owner_cells(cells, cars_held_shares(sweden)[1], cars, 0.7, quintile)
    np.testing.assert_allclose(owners.sum(axis=(1, 2)), cars, rtol=1e-9)
    assert owners[:, 0].sum() / cars.sum() == pytest.approx(0.7, abs=1e-5)
    np.testing.assert_allclose(owners.sum(axis=(0, 1)) / cars.sum(), quintile, atol=1e-5)


def test_households_without_a_car_own_no_electric_one():
    cells = np.zeros((1, 4, 5, 3))
    cells[0, 0, 4, 0], cells[0, 2, 0, 1], cells[0, 0, 0, 2] = 900.0, 10.0, 5.0
    held = np.array([[0.0, 1.0, 2.0]])
    owners = owner_cells(cells, held, np.array([8.0]), 0.5, np.zeros(5))
    assert owners[0, 0, 4] == 0.0
    np.testing.assert_allclose([owners[0, 2, 0], owners[0, 0, 0]], 4.0)


def test_owner_factor_by_hand():
    half = np.zeros((1, 4, 5, 3))
    half[0, :, 0, 1] = [50.0, 20.0, 20.0, 10.0]
    owners = owner_cells(half, np.array([[0.0, 1.0, 2.0]]), np.array([10.0]), 0.75, np.zeros(5))
    np.testing.assert_allclose(owners[0, :, 0], [7.5, 1.0, 1.0, 0.5], atol=1e-4)
    half[0, 1:] = 0.0
    with pytest.raises(DataError, match="no factor"):
        owner_cells(half, np.array([[0.0, 1.0, 2.0]]), np.array([10.0]), 0.75, np.zeros(5))


def test_quintiles_follow_the_median_income():
    areas = municipalities_table()
    shares = income_quintile_shares(areas)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert shares[0, 4] > 0.2 > shares[0, 0]
    assert shares[1, 4] < 0.2 < shares[1, 0]
    areas["income_median_ksek"] = 300.0
    np.testing.assert_allclose(income_quintile_shares(areas), 0.2)


def test_cars_held_have_the_mean_of_the_municipality(sweden):
    shares, held = cars_held_shares(sweden)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    mean = sweden["car_count"].to_numpy() / household_counts(sweden).sum(axis=1)
    np.testing.assert_allclose((shares * held).sum(axis=1), mean, rtol=1e-9)
    areas = municipalities_table().assign(car_count=10_000 * float(SURVEY_CARS_PU @ np.arange(4)))
    np.testing.assert_allclose(cars_held_shares(areas)[0][0], [0.15, 0.41, 0.44])


def test_cars_by_dwelling_are_the_survey_s(root):
    shares = cars_by_dwelling(0.43)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert shares[0, 2] == pytest.approx(HOUSE_TWO_CARS_PU)
    assert 0.43 * shares[0, 2] + 0.57 * shares[1, 2] == pytest.approx(0.44)
    facts = read_csv_table(root / "data/reference/travel_facts.csv", TravelFacts).set_index("id")["value"]
    published = [1 - facts["TF020"], facts["TF020"] - facts["TF021"] - facts["TF022"], facts["TF021"], facts["TF022"]]
    np.testing.assert_allclose(SURVEY_CARS_PU, published)
    assert facts["TF023"] == HOUSE_TWO_CARS_PU


def test_seed_holds_effective_cars_and_half_a_car_where_none_was_seen():
    codes = np.zeros(3, dtype=np.int64)
    table = sample_table(np.array([1.0, 1.0, 2.0]) * 1e4, codes, codes)
    assert table[0, 0] == pytest.approx(16 / 6)
    assert table.sum() == pytest.approx(16 / 6)
    seed = cell_seed(table, np.full((4, 3), 1 / 3))
    assert seed.sum(axis=2)[0, 0] == pytest.approx(16 / 6)
    assert seed.sum(axis=2)[3, 4] == pytest.approx(0.5)
    unknown = sample_table(np.ones(3), codes - 1, codes)
    assert (cell_seed(unknown, np.ones((4, 3))) == 1.0).all()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_raking_meets_all_margins_and_keeps_odds_ratios(seed):
    generator = np.random.default_rng(seed)
    table = generator.uniform(0.5, 20, (4, 5, 3))
    margins = [generator.dirichlet(np.ones(size), 3) + 1e-3 for size in (4, 5, 3)]
    margins[0][0] = [0.6, 0.4, 0.0, 0.0]
    margins = [margin / margin.sum(axis=1, keepdims=True) for margin in margins]
    cells = rake(table, margins)
    for axis, wanted in enumerate(margins, start=1):
        np.testing.assert_allclose(
            cells.sum(axis=tuple(other for other in (1, 2, 3) if other != axis)), wanted, rtol=2e-6, atol=1e-12
        )
    assert (cells[0, 2:] == 0).all()
    odds, given_odds = (part[0, 0, 0] * part[1, 1, 0] / (part[0, 1, 0] * part[1, 0, 0]) for part in (cells[1], table))
    assert odds == pytest.approx(given_odds, rel=1e-9)


def test_margins_that_cannot_meet_are_refused():
    table = np.ones((4, 5))
    table[1:, :] = 0.0
    with pytest.raises(DataError, match="margins"):
        rake(table, [np.array([[0.25, 0.25, 0.25, 0.25]]), np.full((1, 5), 0.2)])


def test_a_code_of_a_merged_municipality_is_named(root):
    facts = read_csv_table(root / "data/reference/municipalities.csv", MunicipalityFacts)
    areas = facts[["municipality_code", "name", "price_area"]].assign(price_area_land_share_pu=1.0)
    old = pd.concat([facts, facts.tail(1).assign(municipality_code="1917", name="Heby (till 2006)")], ignore_index=True)
    with pytest.raises(DataError, match="municipality 1917"):
        municipalities_from_facts(old, areas)
