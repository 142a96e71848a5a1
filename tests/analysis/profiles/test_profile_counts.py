"""Municipal counts add up to registered cars, follow dwellings and incomes, and carry an honest interval."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.io import check_table, normalise, read_csv_table
from analysis.profiles.areas import household_shares, owner_shares, quintile_shares, rake
from analysis.profiles.counts import count_profiles, round_keeping_total
from analysis.profiles.demographics import cell_seed, profile_given_cell
from analysis.schemas.assumptions import Parameters
from analysis.schemas.mobility import ProfileCounts
from tests.analysis.profiles.profile_archetypes import municipalities_table, vehicles_table

KINDS = (("detached", 5, "p01"), ("flat_rental", 1, "p02"))


@pytest.fixture(scope="module")
def parameters(root):
    return read_csv_table(root / "data/assumptions/parameters.csv", Parameters)


def cars(per_kind=40, unknown=0):
    """House dwellers are p01, tenants p02; each certain by 0.9."""
    rows, labels = [], []
    for dwelling, quintile, profile in KINDS:
        for number in range(per_kind):
            name = f"{profile}_{number:03d}"
            rows.append((name, 1.0, 56, "made", "private", dwelling, quintile))
            labels += [(name, other, 0.9 if other == profile else 0.1) for other in ("p01", "p02")]
    for number in range(unknown):
        rows.append((f"x_{number:03d}", 1.0, 56, "made", "private", None, None))
        labels += [(f"x_{number:03d}", other, 0.5) for other in ("p01", "p02")]
    return vehicles_table(rows), pd.DataFrame(labels, columns=["vehicle_id", "profile_id", "probability_pu"])


def counted(parameters, vehicles, labels, areas=None, **more):
    areas = municipalities_table() if areas is None else areas
    return count_profiles(labels, vehicles, areas, parameters, more.pop("overrides", {}), more.pop("seed", 1), **more)


def test_counts_sum_to_registered_cars_rounded_to_five(parameters):
    table = counted(parameters, *cars(), draws=20)
    check_table(normalise(table), ProfileCounts, "test")
    assert table.groupby("municipality_code")["vehicle_count"].sum().to_dict() == {"0101": 1005.0, "0202": 410.0}
    for name in ("vehicle_count", "vehicle_low_count", "vehicle_high_count"):
        assert (table[name] % 5 == 0).all()
    assert (table["vehicle_low_count"] <= table["vehicle_count"]).all()
    assert (table["vehicle_count"] <= table["vehicle_high_count"]).all()


def test_a_municipality_of_houses_has_more_of_the_profile_of_houses(parameters):
    table = counted(parameters, *cars(), draws=5)
    share = table["vehicle_count"] / table.groupby("municipality_code")["vehicle_count"].transform("sum")
    houses = share[table["profile_id"] == "p01"].to_numpy()
    assert houses[0] > houses[1] + 0.15


def test_unknown_households_spread_a_profile_evenly(parameters):
    vehicles, labels = cars()
    vehicles["dwelling"] = pd.Series([None] * len(vehicles), dtype="str")
    vehicles["income_quintile"] = pd.Series([None] * len(vehicles), dtype="Int64")
    table = counted(parameters, vehicles, labels, draws=5)
    share = table["vehicle_count"] / table.groupby("municipality_code")["vehicle_count"].transform("sum")
    np.testing.assert_allclose(share, 0.5, atol=0.01)


def test_fleet_vehicles_are_not_counted(parameters):
    vehicles, labels = cars()
    fleet = vehicles_table([("van", 500.0, 56, "made", "fleet", None, None)])
    with_fleet = pd.concat([vehicles, fleet], ignore_index=True)
    more = pd.concat([labels, pd.DataFrame([("van", "fleet", 1.0)], columns=labels.columns)], ignore_index=True)
    pd.testing.assert_frame_equal(
        counted(parameters, with_fleet, more, draws=5), counted(parameters, vehicles, labels, draws=5)
    )


def test_same_seed_same_table_and_a_fixed_share_narrows_the_interval(parameters):
    vehicles, labels = cars()
    wide = counted(parameters, vehicles, labels, draws=60)
    pd.testing.assert_frame_equal(wide, counted(parameters, vehicles, labels, draws=60), check_exact=True)
    fixed = counted(parameters, vehicles, labels, draws=60, overrides={"plug.ev_owner_detached_share": 0.7})
    width = [float((t["vehicle_high_count"] - t["vehicle_low_count"]).sum()) for t in (wide, fixed)]
    assert width[1] < width[0]


def test_more_vehicles_give_a_narrower_interval(parameters):
    override = {"plug.ev_owner_detached_share": 0.7}
    width = []
    for size in (15, 240):
        table = counted(parameters, *cars(size), draws=60, overrides=override)
        width.append(float((table["vehicle_high_count"] - table["vehicle_low_count"]).sum()))
    assert width[1] < width[0] / 2


def test_missing_labels_and_empty_municipalities_are_refused(parameters):
    vehicles, labels = cars()
    with pytest.raises(DataError, match="1 private cars"):
        counted(parameters, vehicles, labels[labels["vehicle_id"] != "p01_000"], draws=2)
    areas = municipalities_table()
    areas.loc[1, [name for name in areas.columns if name.startswith("household_")]] = 0
    with pytest.raises(DataError, match=r"municipalities\[0202\]"):
        counted(parameters, vehicles, labels, areas, draws=2)


def test_chance_of_a_profile_in_a_cell_by_hand():
    # Ten equal cars in one cell, all p01; ten in another dwelling, all p02: overall one half.
    labels = np.repeat(np.eye(2), 10, axis=0)
    dwelling, quintile = np.repeat([0, 2], 10), np.repeat([4, 0], 10)
    chance = profile_given_cell(labels, np.ones(20), dwelling, quintile)
    in_houses = (10 + 10 * 0.5) / 20
    assert chance[0, 4, 0] == pytest.approx((10 + 10 * in_houses) / 20)
    assert chance[0, 0, 0] == pytest.approx(in_houses)
    assert chance[1, 2, 0] == pytest.approx(0.5)
    np.testing.assert_allclose(chance.sum(axis=2), 1.0)


def test_weights_enter_the_chance_at_the_effective_number_of_cars():
    labels, codes = np.eye(2)[[0, 0, 1]], np.zeros(3, dtype=int)
    chance = profile_given_cell(labels, np.array([1.0, 1.0, 2.0]) * 1e4, codes, codes)
    np.testing.assert_allclose(chance[0, 0], [0.5, 0.5])
    seed = cell_seed(np.array([1.0, 1.0, 2.0]) * 1e4, codes, codes)
    assert seed[0, 0] == pytest.approx(16 / 6)
    assert seed[3, 4] == 0.5


def test_owner_factor_by_hand_and_nationally():
    half = np.array([[0.5, 0.2, 0.2, 0.1]])
    np.testing.assert_allclose(owner_shares(half, np.array([10.0]), 0.75), [[0.75, 0.1, 0.1, 0.05]])
    areas = municipalities_table()
    bev = areas["bev_count"].to_numpy(float)
    owners = owner_shares(household_shares(areas), bev, 0.7)
    assert bev @ owners[:, 0] / bev.sum() == pytest.approx(0.7)
    with pytest.raises(DataError, match="no factor"):
        owner_shares(np.array([[1.0, 0.0, 0.0, 0.0]]), np.array([10.0]), 0.7)


def test_quintiles_follow_the_median_income():
    areas = municipalities_table()
    shares = quintile_shares(areas, np.ones(5))
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert shares[0, 4] > 0.2 > shares[0, 0]
    assert shares[1, 4] < 0.2 < shares[1, 0]
    areas["income_median_ksek"] = 300.0
    np.testing.assert_allclose(quintile_shares(areas, np.ones(5)), 0.2)
    np.testing.assert_allclose(
        quintile_shares(areas, np.array([0.5, 0.5, 1, 1, 2]))[0], np.array([0.1, 0.1, 0.2, 0.2, 0.4])
    )


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_raking_meets_both_margins_and_keeps_odds_ratios(seed):
    generator = np.random.default_rng(seed)
    table = generator.uniform(0.5, 20, (4, 5))
    rows, columns = generator.dirichlet(np.ones(4), 3), generator.dirichlet(np.ones(5), 3)
    rows[0] = [0.6, 0.4, 0.0, 0.0]
    cells = rake(table, rows, columns)
    np.testing.assert_allclose(cells.sum(axis=2), rows, atol=1e-6)
    np.testing.assert_allclose(cells.sum(axis=1), columns, atol=1e-6)
    assert (cells[0, 2:] == 0).all()
    odds = cells[1, 0, 0] * cells[1, 1, 1] / (cells[1, 0, 1] * cells[1, 1, 0])
    assert odds == pytest.approx(table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]), rel=1e-9)


def test_margins_that_cannot_meet_are_refused():
    table = np.ones((4, 5))
    table[1:, :] = 0.0
    with pytest.raises(DataError, match="margins"):
        rake(table, np.array([[0.25, 0.25, 0.25, 0.25]]), np.full((1, 5), 0.2))


def test_rounding_by_hand():
    np.testing.assert_array_equal(round_keeping_total(np.array([[7.0, 7.0, 7.0]])), [[10.0, 5.0, 5.0]])
    np.testing.assert_array_equal(round_keeping_total(np.array([[4.0, 0.0, 0.0]])), [[5.0, 0.0, 0.0]])
    np.testing.assert_array_equal(round_keeping_total(np.array([[10.0, 25.0, 5.0]])), [[10.0, 25.0, 5.0]])


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=9))
def test_rounding_keeps_the_total_and_moves_no_count_by_five(values):
    row = np.array([values])
    rounded = round_keeping_total(row)
    assert abs(rounded.sum() - row.sum()) <= 2.5 + 1e-6
    assert (np.abs(rounded - row) < 5.0 + 1e-6).all()
    assert (rounded % 5 == 0).all()
