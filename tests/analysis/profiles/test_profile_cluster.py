"""Clear habits are found again; the tables that come out hold together and pass their schemas."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ConfigError, DataError
from analysis.io import check_table, normalise
from analysis.profiles.cluster import cluster_vehicles, compare_profile_counts
from analysis.profiles.mixture import fit_mixture
from analysis.profiles.represent import FLEET_PROFILE, commonest_car
from analysis.profiles.stability import best_jaccard, bootstrap_jaccard, share_interval, silhouettes, weighted_mean
from analysis.profiles.traits import vehicle_habits
from analysis.schemas.mobility import ProfileMembership, Profiles, ProfileShapes
from analysis.schemas.profile_selection import ProfileSelection
from analysis.schemas.sample import DispatchSample
from tests.analysis.profiles.profile_archetypes import make_tables


def grouped(counts, change=None, **more):
    availability, vehicles, trips = make_tables(counts, weeks=8)
    if change:
        change(vehicles)
    settings = {"profile_count": 3, "dispatch_vehicle_count": 6, "seed": 1, "bootstraps": 5}
    return vehicles, cluster_vehicles(availability, vehicles, vehicle_habits(trips, vehicles), **(settings | more))


@pytest.fixture(scope="module")
def found():
    def some_fleet(vehicles):
        vehicles.loc[vehicles["vehicle_id"] >= "night_018", "use_case"] = "fleet"

    return grouped({"commuter": 30, "homely": 20, "night": 24}, some_fleet)


def test_availability_in_parts_groups_cars_as_the_whole_does():
    availability, vehicles, trips = make_tables({"commuter": 12, "homely": 10, "night": 9}, weeks=4)
    vehicles.loc[vehicles["vehicle_id"] >= "night_006", "use_case"] = "fleet"
    habits = vehicle_habits(trips, vehicles)
    given = {"profile_count": 2, "dispatch_vehicle_count": 6, "seed": 1, "bootstraps": 2}
    whole = cluster_vehicles(availability, vehicles, habits, **given)
    parts = cluster_vehicles(
        lambda: (availability.iloc[start : start + 1000] for start in range(0, len(availability), 1000)),
        vehicles, habits, **given,
    )  # fmt: skip
    for name in ("profiles", "shapes", "membership", "sample"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(parts, name))


def test_three_habits_are_found_again(found):
    _, tables = found
    likely = tables.membership.sort_values("probability_pu").groupby("vehicle_id").tail(1)
    likely["kind"] = likely["vehicle_id"].str.rsplit("_", n=1).str[0]
    private = likely[likely["profile_id"] != FLEET_PROFILE]
    assert private.groupby("profile_id")["kind"].nunique().eq(1).all()
    shares = tables.profiles.set_index("profile_id")["share_pu"]
    np.testing.assert_allclose(shares[["p01", "p02", "p03"]], [30 / 68, 20 / 68, 18 / 68], atol=1e-6)
    assert tables.profiles.loc[0, "name_en"].startswith("Commuter with a house")
    assert tables.profiles["jaccard_pu"].min() > 0.95


def test_tables_pass_their_schemas(found):
    _, tables = found
    for table, model in (
        (tables.profiles, Profiles), (tables.shapes, ProfileShapes), (tables.membership, ProfileMembership),
        (tables.sample, DispatchSample),
    ):  # fmt: skip
        check_table(normalise(table), model, "test")


def test_fleet_vehicles_keep_apart(found):
    vehicles, tables = found
    fleet = set(vehicles.loc[vehicles["use_case"] == "fleet", "vehicle_id"])
    inside = tables.membership[tables.membership["profile_id"] == FLEET_PROFILE]
    assert set(inside["vehicle_id"]) == fleet
    assert (inside["probability_pu"] == 1.0).all()
    assert not fleet & set(tables.membership.loc[tables.membership["profile_id"] != FLEET_PROFILE, "vehicle_id"])
    assert not fleet & set(tables.sample["vehicle_id"])
    row = tables.profiles.set_index("profile_id").loc[FLEET_PROFILE]
    assert row["vehicle_count"] == 6
    assert set(row["medoid_vehicle_ids"].split()) <= fleet


def test_soft_labels_sum_to_one_and_shapes_to_the_mean_of_all(found):
    vehicles, tables = found
    np.testing.assert_allclose(tables.membership.groupby("vehicle_id")["probability_pu"].sum(), 1.0)
    availability, _, _ = make_tables({"commuter": 30, "homely": 20, "night": 24}, weeks=8)
    private = vehicles.loc[vehicles["use_case"] == "private", "vehicle_id"]
    mean = availability[availability["vehicle_id"].isin(private)].groupby("hour_of_week")["parked_home_pu"].mean()
    shapes = tables.shapes[tables.shapes["profile_id"] != FLEET_PROFILE]
    share = shapes["profile_id"].map(tables.profiles.set_index("profile_id")["share_pu"])
    np.testing.assert_allclose(
        (shapes["parked_home_pu"] * share).groupby(shapes["hour_of_week"]).sum(), mean, atol=1e-9
    )


def test_medoids_are_real_vehicles_with_fifteen_vehicle_weeks(found):
    vehicles, tables = found
    weeks = tables.sample.merge(vehicles, on="vehicle_id").groupby("profile_id")["observed_days"].sum() / 7
    assert (weeks >= 15).all()
    assert tables.sample["weight"].sum() == pytest.approx(1.0)
    listed = {name for row in tables.profiles["medoid_vehicle_ids"].iloc[:3] for name in row.split()}
    assert listed == set(tables.sample["vehicle_id"])


def test_survey_weights_reach_shares_and_effective_counts():
    def heavy(vehicles):
        vehicles.loc[vehicles["vehicle_id"].str.startswith("night"), "weight"] = 3.0

    _, tables = grouped({"commuter": 20, "homely": 20, "night": 20}, heavy)
    profiles = tables.profiles.set_index("profile_id")
    assert profiles.loc["p01", "share_pu"] == pytest.approx(0.6, abs=1e-6)
    assert profiles.loc["p01", "name_sv"].startswith("Nattkörare")
    assert profiles.loc["p01", "effective_count"] == pytest.approx(20.0)
    assert (profiles["share_low_pu"] <= profiles["share_pu"]).all()
    assert (profiles["share_high_pu"] > profiles["share_low_pu"]).all()


def test_order_of_rows_does_not_matter_and_the_seed_gives_the_same_bytes():
    availability, vehicles, trips = make_tables({"commuter": 15, "homely": 10, "night": 10})
    results = []
    for order in (vehicles, vehicles.sample(frac=1.0, random_state=3)):
        tables = cluster_vehicles(availability, order, vehicle_habits(trips, order), 3, 6, 5, 3)
        selection = compare_profile_counts(availability, order, vehicle_habits(trips, order), 3, 5, 2)
        results.append([tables.profiles, tables.shapes, tables.membership, tables.sample, selection])
    for first, second in zip(*results, strict=True):
        pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_the_choice_of_k_lists_each_number_tried():
    availability, vehicles, trips = make_tables({"commuter": 30, "homely": 20, "night": 18}, weeks=8)
    selection = compare_profile_counts(availability, vehicles, vehicle_habits(trips, vehicles), 3, 1, 2)
    check_table(normalise(selection), ProfileSelection, "test")
    assert selection["profile_count"].tolist() == [3, 4, 5, 6, 7, 8]
    assert selection.loc[selection["is_chosen"], "profile_count"].tolist() == [3]
    best = selection.loc[selection["silhouette_pu"].idxmax()]
    assert best["profile_count"] == 3 and best["ward_agreement_pu"] == pytest.approx(1.0)


def test_nothing_private_and_too_small_a_sample_are_refused():
    with pytest.raises(DataError, match="no private car"):
        grouped({"commuter": 5, "homely": 5}, lambda vehicles: vehicles.__setitem__("use_case", "fleet"))
    with pytest.raises(ConfigError, match="dispatch_vehicle_count"):
        grouped({"commuter": 10, "homely": 10, "night": 10}, dispatch_vehicle_count=2)


def test_best_jaccard_by_hand():
    original = np.array([[1, 0], [1, 0], [0, 1]], dtype=float)
    other = np.array([[1, 0], [0, 1], [0, 1]], dtype=float)
    np.testing.assert_allclose(best_jaccard(original, other, np.array([1.0, 3.0, 2.0])), [3 / 6, 2 / 5])


def test_clear_groups_are_stable_and_groups_cut_out_of_noise_are_not():
    generator = np.random.default_rng(8)
    noise, weight = generator.normal(size=(90, 4)), generator.uniform(0.5, 2.0, 90)
    clear = noise + np.repeat(np.eye(4)[:3] * 12, 30, axis=0)
    stable, loose = (
        bootstrap_jaccard(points, weight, fit_mixture(points, weight, 3, [1]), [2], 15) for points in (clear, noise)
    )
    assert stable.min() > 0.99
    assert loose.mean() < 0.7


def test_the_interval_of_a_share_is_that_of_a_binomial():
    labels = np.repeat(np.eye(2), [30, 70], axis=0)
    low, high = share_interval(labels, np.ones(100), [3])
    # 1.645 standard deviations of a share of 0.3 among 100: 0.075 either way.
    assert low[0] == pytest.approx(0.225, abs=0.02)
    assert high[0] == pytest.approx(0.375, abs=0.02)
    # Uneven weights carry less information.
    uneven_low, uneven_high = share_interval(labels, np.tile([1.0, 9.0], 50), [3])
    assert uneven_high[0] - uneven_low[0] > 1.1 * (high[0] - low[0])


def test_silhouettes_say_nothing_of_a_single_group():
    each = silhouettes(np.random.default_rng(1).normal(size=(9, 2)), np.zeros(9, dtype=int), [1])
    assert np.isnan(each).all()
    assert weighted_mean(each, np.ones(9)) == 0.0
    assert weighted_mean(np.array([0.2, np.nan, 0.8]), np.array([3.0, 5.0, 1.0])) == pytest.approx(1.4 / 4)


def test_the_car_that_is_shown_is_private_though_the_fleet_is_the_whole_of_its_kind(found):
    """A firm's car is in no dispatch sample: a page that asked for its week found none."""
    _, tables = found
    profiles = tables.profiles.set_index("profile_id")
    assert profiles.loc[FLEET_PROFILE, "share_pu"] == pytest.approx(1.0)
    assert commonest_car(tables.profiles) == profiles.loc["p01", "medoid_vehicle_ids"].split()[0]
    assert commonest_car(tables.profiles) in set(tables.sample["vehicle_id"])
