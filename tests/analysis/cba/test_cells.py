"""Which dwellings and incomes the owners of municipalities have, and how areas and municipalities fit together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cba.cells import (
    area_cells_pu,
    income_spread,
    municipal_shares_pu,
    owners_by_dwelling,
    owners_by_income,
    quintiles_of_municipalities,
    relative_income,
)
from analysis.uncertainty.draws import central_draws
from tests.analysis.cba import scheme_tables as small


def central(count: int = 1) -> dict:
    return central_draws(small.central(), count)


def two_places(**changed):
    """Two municipalities of SE3 beside those of the other areas: one of houses and one of flats, the same cars."""
    table = small.municipalities()
    more = table[table["price_area"] == "SE3"].assign(
        municipality_code="0009", household_detached_count=100_000, household_flat_cooperative_count=500_000
    )
    return type(table)(np.concatenate([table, more]), columns=table.columns).astype(table.dtypes).assign(**changed)


def test_dwelling_classes_by_hand():
    """All places alike: seven owners in ten live in houses; 0.3 live elsewhere as households do, 2 : 3 : 0.1."""
    draws = central() | {
        "plug.ev_owner_detached_share": np.array([0.7]), "plug.home_access_detached": np.array([1.0]),
        "plug.home_access_coop": np.array([0.5]), "plug.home_access_rental": np.array([0.2]),
    }  # fmt: skip
    found = owners_by_dwelling(small.municipalities(), draws)[..., 0]
    by_hand = np.array([0.7, 0.3 * 20 / 51 * 0.5, 0.3 * 31 / 51 * 0.2])
    np.testing.assert_allclose(found, np.broadcast_to(by_hand / by_hand.sum() / len(found), found.shape))


def test_owners_by_income_quintile_by_hand():
    """0.4^1.2 = 0.333 to 1.85^1.2 = 2.092 over their sum 5.141 where all places are alike; at elasticity 0 a fifth."""
    draws = central()
    found = owners_by_income(small.municipalities(), draws)[0, :, 0]
    np.testing.assert_allclose(found, [0.0648, 0.1268, 0.1714, 0.2300, 0.4070], atol=2e-4)
    flat = owners_by_income(small.municipalities(), draws | {"ado.owner_income_elasticity": np.zeros(1)})
    np.testing.assert_allclose(flat, 0.2)


def test_the_spread_of_incomes_gives_back_the_ratio_of_the_fifths():
    """Means of the outer fifths of a million lognormal incomes with the spread found."""
    spread = income_spread(1.85 / 0.4)
    incomes = np.sort(np.exp(np.random.default_rng(1).normal(0.0, spread, 1_000_000)))
    assert incomes[800_000:].mean() / incomes[:200_000].mean() == pytest.approx(1.85 / 0.4, rel=0.01)


def test_a_richer_municipality_has_more_of_the_upper_fifths_and_the_country_keeps_its_fifths():
    incomes = np.where(two_places()["municipality_code"] == "0009", 400.0, 300.0)
    table = two_places(income_median_ksek=incomes)
    found = quintiles_of_municipalities(table, relative_income(central())[0])
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    rich = (table["municipality_code"] == "0009").to_numpy()
    assert found[rich, 4].item() > 0.3 > 0.2 > found[~rich, 4].max()
    households = table[[name for name in table if name.startswith("household_")]].sum(axis=1).to_numpy(float)
    np.testing.assert_allclose(households / households.sum() @ found, 0.2, atol=0.01)


@given(st.floats(0.3, 0.9), st.floats(0.0, 2.0))
def test_cells_sum_to_one_and_municipalities_to_their_area(detached, elasticity):
    draws = central(2) | {
        "plug.ev_owner_detached_share": np.array([detached, 0.5]),
        "ado.owner_income_elasticity": np.array([elasticity, 1.0]),
    }
    table = two_places()
    cells = area_cells_pu(table, small.AREAS, draws)
    np.testing.assert_allclose(cells.sum(axis=(2, 3)), 1.0)
    shares = municipal_shares_pu(table, small.AREAS, draws)
    for area in small.AREAS:
        np.testing.assert_allclose(shares[(table["price_area"] == area).to_numpy()].sum(axis=0), 1.0)


def test_the_place_of_houses_has_more_of_the_area_s_houses_than_of_its_flats():
    table = two_places()
    shares = municipal_shares_pu(table, small.AREAS, central())
    houses, flats = (int(np.flatnonzero(table["municipality_code"] == code)[0]) for code in ("0002", "0009"))
    assert (shares[houses, 0] > shares[flats, 0]).all()
    assert (shares[houses, 1] < shares[flats, 1]).all()


def test_an_area_that_is_not_asked_for_has_no_share():
    table = small.municipalities()
    shares = municipal_shares_pu(table, ("SE1",), central())
    assert shares[(table["price_area"] != "SE1").to_numpy()].sum() == 0.0
