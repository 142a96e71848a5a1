"""The weighted mixture is held against scikit-learn on replicated rows, and against its own promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.mixture import GaussianMixture

from analysis.errors import ConfigError
from analysis.profiles.mixture import (
    Components,
    effective_count,
    expect,
    fit_mixture,
    information_criterion,
    maximise,
    refine_mixture,
)


def cloud(seed=0, sizes=(40, 30, 20), dimension=3):
    generator = np.random.default_rng(seed)
    centres = generator.normal(0, 3, (len(sizes), dimension))
    points = np.vstack(
        [centre + generator.normal(0, 1, (size, dimension)) for centre, size in zip(centres, sizes, strict=True)]
    )
    return points, generator.integers(1, 5, len(points)).astype(float)


def test_integer_weights_give_what_scikit_learn_gives_on_replicated_rows():
    points, weight = cloud()
    start = Components(np.full(3, 1 / 3), points[[0, 45, 80]].copy(), np.full((3, 3), 2.0))
    ours = refine_mixture(points, weight, start, prior_share_pu=0.0, tolerance=1e-12, most_steps=3000)
    theirs = GaussianMixture(
        3, covariance_type="diag", reg_covar=1e-6, tol=1e-12, max_iter=3000,
        weights_init=start.share_pu, means_init=start.mean, precisions_init=1 / start.variance,
    )  # fmt: skip
    copies = np.repeat(points, weight.astype(int), axis=0)
    theirs.fit(copies)
    np.testing.assert_allclose(ours.components.share_pu, theirs.weights_, atol=1e-6)
    np.testing.assert_allclose(ours.components.mean, theirs.means_, atol=1e-5)
    np.testing.assert_allclose(ours.components.variance, theirs.covariances_, atol=1e-5)
    np.testing.assert_allclose(ours.probability_pu, theirs.predict_proba(points), atol=1e-5)
    assert ours.log_likelihood == pytest.approx(theirs.score(copies), abs=1e-8)
    # With equal weights effective n is n, and the criterion is scikit-learn's.
    even = refine_mixture(copies, np.ones(len(copies)), start, prior_share_pu=0.0, tolerance=1e-12, most_steps=3000)
    assert information_criterion(even, np.ones(len(copies))) == pytest.approx(theirs.bic(copies), rel=1e-6)


def test_a_vehicle_of_weight_two_is_two_copies_through_the_whole_fit():
    points, weight = cloud(3)
    once = fit_mixture(points, weight, 3, [7])
    copies = fit_mixture(np.repeat(points, weight.astype(int), axis=0), np.ones(int(weight.sum())), 3, [7])
    np.testing.assert_allclose(once.components.mean, copies.components.mean, atol=1e-6)
    np.testing.assert_allclose(once.components.share_pu, copies.components.share_pu, atol=1e-6)
    assert once.log_likelihood == pytest.approx(copies.log_likelihood, abs=1e-9)


def test_weights_move_the_shares():
    points = np.vstack(
        [np.random.default_rng(1).normal(0, 1, (30, 2)), np.random.default_rng(2).normal(12, 1, (30, 2))]
    )
    weight = np.repeat([3.0, 1.0], 30)
    np.testing.assert_allclose(fit_mixture(points, weight, 2, [1]).components.share_pu, [0.75, 0.25], atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 4))
def test_each_step_raises_the_likelihood_and_labels_sum_to_one(seed, count):
    points, weight = cloud(seed, sizes=(12, 9, 7), dimension=2)
    components = Components(np.full(count, 1 / count), points[:count].copy(), np.full((count, 2), 4.0))
    previous = -np.inf
    for _ in range(15):
        probability, density = expect(points, components)
        np.testing.assert_allclose(probability.sum(axis=1), 1.0)
        level = weight @ density / weight.sum()
        # The variance floor of 1e-6 may cost a hair.
        assert level >= previous - 1e-5
        previous, components = level, maximise(points, weight, probability, 0.0)
    assert components.share_pu.sum() == pytest.approx(1.0)
    assert (components.variance > 0).all()


def test_same_seed_same_bytes_and_components_by_falling_share():
    points, weight = cloud(5)
    first, second = (fit_mixture(points, weight, 4, [11]) for _ in range(2))
    assert first.probability_pu.tobytes() == second.probability_pu.tobytes()
    assert (np.diff(first.components.share_pu) <= 0).all()


def test_more_profiles_than_distinct_vehicles_is_refused():
    with pytest.raises(ConfigError, match="profile_count"):
        fit_mixture(np.repeat([[0.0, 1.0], [2.0, 3.0]], 5, axis=0), np.ones(10), 3, [1])


def test_effective_count_by_hand():
    assert effective_count(np.array([1.0, 1.0, 1.0])) == pytest.approx(3.0)
    assert effective_count(np.array([2.0, 1.0, 1.0])) == pytest.approx(16 / 6)
