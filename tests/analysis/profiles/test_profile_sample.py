"""Real vehicles stand for profiles: how many, which, and with what weight."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ConfigError
from analysis.profiles.represent import allocate_vehicles, balanced_positions, medoid_positions, sample_vehicles
from tests.analysis.profiles.profile_archetypes import vehicles_table


def test_allocation_by_hand():
    weeks = np.full(3, 8.0)
    plenty = np.full(3, 50)
    assert allocate_vehicles(np.array([0.5, 0.3, 0.2]), plenty, weeks, 8).tolist() == [4, 2, 2]
    # Two each first: 16 vehicle-weeks; short of vehicles, the biggest profiles get there first.
    assert allocate_vehicles(np.array([0.5, 0.3, 0.2]), plenty, weeks, 5).tolist() == [2, 2, 1]
    # A profile never gets more vehicles than it has.
    assert allocate_vehicles(np.array([0.5, 0.3, 0.2]), np.array([3, 50, 1]), weeks, 8).tolist() == [3, 4, 1]
    with pytest.raises(ConfigError, match="dispatch_vehicle_count"):
        allocate_vehicles(np.array([0.5, 0.3, 0.2]), plenty, weeks, 2)


@given(
    shares=st.lists(st.floats(0.02, 1.0), min_size=1, max_size=8),
    total=st.integers(8, 40),
    weeks=st.integers(1, 10),
)
def test_each_profile_has_a_vehicle_and_none_is_lost(shares, total, weeks):
    share = np.array(shares) / sum(shares)
    counts = allocate_vehicles(share, np.full(len(share), 40), np.full(len(share), float(weeks)), total)
    assert counts.sum() == total
    assert (counts >= 1).all()
    needed = int(np.ceil(15 / weeks))
    if total >= needed * len(share):
        assert (counts * weeks >= 15).all()


def test_the_medoid_is_the_vehicle_with_the_least_weighted_distance():
    generator = np.random.default_rng(2)
    points, weight = generator.normal(size=(25, 3)), generator.uniform(0.5, 3, 25)
    spread = (((points[:, None] - points[None]) ** 2).sum(axis=2) * weight).sum(axis=1)
    assert medoid_positions(points, weight, 1) == [int(spread.argmin())]


def test_medoids_cover_slices_of_equal_weight():
    points = np.column_stack([np.arange(12.0), np.zeros(12)])
    assert sorted(medoid_positions(points, np.ones(12), 4)) == [1, 4, 7, 10]
    # Half of the weight on the last car: it alone is one of two slices.
    assert sorted(medoid_positions(points, np.r_[np.ones(11), 11.0], 2)) == [5, 11]


@given(size=st.integers(1, 12), heavy=st.integers(0, 11), count=st.integers(1, 12))
def test_medoids_are_different_vehicles_whatever_the_weights(size, heavy, count):
    weight = np.ones(size)
    weight[heavy % size] = 1000.0
    points = np.random.default_rng(size).normal(size=(size, 2))
    if count > size:
        with pytest.raises(ValueError, match="medoids"):
            medoid_positions(points, weight, count)
    else:
        assert len(set(medoid_positions(points, weight, count))) == count


def test_sample_weights_sum_to_one_and_to_each_profiles_share():
    points = np.vstack([np.random.default_rng(1).normal(0, 1, (12, 2)), np.random.default_rng(2).normal(9, 1, (4, 2))])
    labels = np.repeat([[1.0, 0.0], [0.1, 0.9]], [12, 4], axis=0)
    cars = vehicles_table([(f"v{n:02d}", 1.0 + (n < 12), 56, "made", "private", "detached", 1) for n in range(16)])
    sample = sample_vehicles(cars, points, points, labels, ("p01", "p02"), 6)
    shares = sample.groupby("profile_id")["weight"].sum()
    assert shares["p02"] == pytest.approx(4 * 0.9 / 28)
    assert sample["weight"].sum() == pytest.approx(1.0)
    assert sample["vehicle_id"].is_unique
    assert set(sample.loc[sample["profile_id"] == "p02", "vehicle_id"]) <= {"v12", "v13", "v14", "v15"}


def test_a_profile_without_a_vehicle_is_refused():
    cars = vehicles_table([(f"v{n}", 1.0, 56, "made", "private", "detached", 1) for n in range(4)])
    with pytest.raises(ConfigError, match="1 profiles without a vehicle"):
        sample_vehicles(cars, np.eye(4), np.eye(4), np.tile([0.6, 0.4], (4, 1)), ("p01", "p02"), 4)


def test_the_sample_keeps_the_mean_of_what_leans_to_one_side():
    generator = np.random.default_rng(9)
    points, weight = generator.normal(size=(60, 2)), np.ones(60)
    km = np.exp(3.0 + 0.8 * generator.normal(size=(60, 1)))
    central = km[medoid_positions(points, weight, 4)].mean()
    balanced = balanced_positions(points, weight, 4, km)
    assert abs(km[balanced].mean() - km.mean()) < abs(central - km.mean())
    assert len(set(balanced)) == 4
    # Figures that are all alike leave the medoids where they are.
    assert balanced_positions(points, weight, 4, np.ones((60, 1))) == medoid_positions(points, weight, 4)
