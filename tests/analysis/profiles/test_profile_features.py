"""From shares to points: smoothing, prior, logit, components, blocks."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.profiles.features import (
    principal_scores,
    shrink_to_mean,
    smooth_cyclic,
    standardise,
    vehicle_features,
)
from analysis.profiles.traits import vehicle_habits
from tests.analysis.profiles.profile_archetypes import make_tables


@settings(max_examples=20, deadline=None)
@given(hour=st.integers(0, 167))
def test_smoothing_keeps_the_sum_and_runs_round_the_week(hour):
    shares = np.zeros((1, 168))
    shares[0, hour] = 1.0
    smooth = smooth_cyclic(shares)[0]
    assert smooth.sum() == pytest.approx(1.0)
    assert smooth.argmax() == hour
    assert smooth[(hour + 1) % 168] == pytest.approx(smooth[(hour - 1) % 168])
    # One hour away, a kernel of one hour has exp(-1/2) of its peak.
    assert smooth[(hour + 1) % 168] / smooth[hour] == pytest.approx(np.exp(-0.5))


def test_short_diaries_are_drawn_to_the_mean_more_than_long_ones():
    shares = np.array([[1.0], [0.0]])
    shrunk = shrink_to_mean(shares, np.array([4.0, 12.0]), np.ones(2))
    np.testing.assert_allclose(shrunk, [[0.75], [0.125]])


def test_the_prior_mean_is_weighted():
    shrunk = shrink_to_mean(np.array([[1.0], [0.0]]), np.array([4.0, 4.0]), np.array([3.0, 1.0]))
    np.testing.assert_allclose(shrunk, [[(4 + 4 * 0.75) / 8], [4 * 0.75 / 8]])


def test_components_keep_ninety_percent_of_weighted_variance():
    generator = np.random.default_rng(4)
    table, weight = generator.normal(size=(60, 6)) * [9, 5, 2, 1, 0.5, 0.1], generator.uniform(1, 3, 60)
    scores = principal_scores(table, weight)
    centred = table - np.average(table, axis=0, weights=weight)
    total = np.average((centred**2).sum(axis=1), weights=weight)
    kept = np.average((scores**2).sum(axis=1), weights=weight)
    assert 0.90 <= kept / total < 1.0
    without_last = np.average((scores[:, :-1] ** 2).sum(axis=1), weights=weight)
    assert without_last / total < 0.90


def test_a_column_that_never_varies_says_nothing():
    table = standardise(np.column_stack([np.full(4, 0.3), np.arange(4.0)]), np.ones(4))
    np.testing.assert_array_equal(table[:, 0], 0.0)
    assert table[:, 1].std() == pytest.approx(1.0)


def test_points_weigh_a_vehicle_of_two_like_two_copies():
    availability, vehicles, trips = make_tables({"commuter": 8, "homely": 6})
    vehicles.loc[3, "weight"] = 2.0
    heavy = vehicle_features(availability, vehicles, vehicle_habits(trips, vehicles))
    twin, twin_hours, twin_trips = (
        table[table["vehicle_id"] == "commuter_003"].assign(vehicle_id="copy", **more)
        for table, more in ((vehicles, {"weight": 1.0}), (availability, {}), (trips, {}))
    )
    vehicles.loc[3, "weight"] = 1.0
    cars, hours, rides = (
        pd.concat(pair, ignore_index=True)
        for pair in ((vehicles, twin), (availability, twin_hours), (trips, twin_trips))
    )
    copied = vehicle_features(hours, cars, vehicle_habits(rides, cars))
    np.testing.assert_allclose(copied.points[:-1], heavy.points, atol=1e-9)


def test_the_two_blocks_share_the_variance_six_to_four():
    availability, vehicles, trips = make_tables({"commuter": 10, "homely": 10, "night": 10})
    features = vehicle_features(availability, vehicles, vehicle_habits(trips, vehicles))
    variance = (features.points**2).mean(axis=0)
    # Eleven habits and four plug-in hours make the second block.
    assert variance[:-15].sum() == pytest.approx(0.6)
    assert variance[-15:].sum() == pytest.approx(0.4)


def test_a_vehicle_without_all_hours_and_vehicles_all_alike_are_refused():
    availability, vehicles, trips = make_tables({"commuter": 3, "homely": 3})
    habits = vehicle_habits(trips, vehicles)
    with pytest.raises(DataError, match="168 hours"):
        vehicle_features(availability.iloc[:-1], vehicles, habits)
    with pytest.raises(DataError, match="all vehicles alike"):
        principal_scores(np.ones((4, 3)), np.ones(4))
