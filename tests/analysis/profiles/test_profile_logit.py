"""The multinomial logit: against statsmodels on replicated rows, a known truth, and finite differences."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import check_grad

from analysis.errors import DataError
from analysis.profiles.logit import Logit, Sample, _Likelihood, choose_ridge, fit_logit, logit_shares

TRUTH = np.array([[0.4, -0.8, 0.5], [-0.3, 0.6, 0.9]])


def simulated(count=3000, seed=3, soft=False, coefficient=TRUTH):
    generator = np.random.default_rng(seed)
    covariates = np.column_stack([np.ones(count), generator.integers(0, 2, count), generator.uniform(-1, 1, count)])
    shares = logit_shares(coefficient, covariates, 0)
    chosen = (shares.cumsum(axis=1) < generator.random(count)[:, None]).sum(axis=1)
    labels = np.eye(shares.shape[1])[chosen]
    if soft:
        other = np.eye(shares.shape[1])[generator.integers(0, shares.shape[1], count)]
        labels = np.round(0.7 * labels + 0.3 * other, 1)
    return Sample(covariates, labels, generator.integers(1, 4, count).astype(float), np.arange(count))


def replicated(sample, tenths):
    """Every car by weight × tenths of each soft label, as whole rows of one class."""
    times = np.round(sample.weight[:, None] * sample.probability_pu * tenths).astype(int)
    rows = np.repeat(sample.covariates, times.sum(axis=1), axis=0)
    classes = np.concatenate([np.repeat(np.arange(times.shape[1]), row) for row in times])
    return sm.MNLogit(classes, rows).fit(disp=0, method="newton", tol=1e-12, maxiter=200)


@pytest.mark.parametrize(("soft", "tenths"), [(False, 1), (True, 10)])
def test_gamma_is_that_of_statsmodels_on_replicated_rows(soft, tenths):
    sample = simulated(600, soft=soft)
    ours = fit_logit(sample, 0.0, reference=0)
    np.testing.assert_allclose(ours.coefficient, replicated(sample, tenths).params.T, atol=1e-4)


def test_sandwich_is_that_of_statsmodels_clustered():
    sample = simulated(500)
    sample = Sample(sample.covariates, sample.probability_pu, np.ones(500), np.arange(500) // 2)
    ours = fit_logit(sample, 0.0, reference=0)
    theirs = sm.MNLogit(sample.probability_pu.argmax(axis=1), sample.covariates).fit(
        disp=0, method="newton", tol=1e-12, cov_type="cluster", cov_kwds={"groups": sample.groups}
    )
    np.testing.assert_allclose(ours.standard_error, theirs.bse.T, rtol=0.01)


def test_gradient_and_curvature_are_those_of_the_loss():
    sample = simulated(80, soft=True)
    problem = _Likelihood(sample, 2.0, 0)
    at = np.array([0.1, -0.2, 0.3, 0.4, 0.5, -0.6])
    assert check_grad(problem.loss, problem.gradient, at) < 1e-3
    step = 1e-6
    for place in range(6):
        move = np.eye(6)[place] * step
        slope = (problem.gradient(at + move) - problem.gradient(at - move)) / (2 * step)
        np.testing.assert_allclose(problem.hessian(at)[place], slope, atol=1e-4)


def test_known_gamma_is_found_within_its_standard_errors():
    gaps = []
    for seed in range(40):
        fit = fit_logit(simulated(800, seed=seed), 0.0, reference=0)
        gaps.append((fit.coefficient - TRUTH) / fit.standard_error)
    spread = np.array(gaps)
    assert np.abs(spread.mean(axis=0)).max() < 3 / np.sqrt(40)
    assert 0.75 < spread.std() < 1.25
    assert (np.abs(spread) < 1.96).mean() > 0.9


def test_drawn_gamma_has_the_covariance_of_the_estimate():
    fit = fit_logit(simulated(400), 0.0, reference=0)
    generator = np.random.default_rng(5)
    drawn = np.array([fit.draw(generator).ravel() for _ in range(4000)])
    np.testing.assert_allclose(drawn.mean(axis=0), fit.coefficient.ravel(), atol=0.03)
    np.testing.assert_allclose(drawn.std(axis=0), fit.standard_error.ravel(), rtol=0.08)


@pytest.mark.parametrize("ridge", [0.0, 3.0])
def test_drawn_shares_cover_the_truth_nine_times_in_ten(ridge):
    at = np.array([[1.0, 1.0, 0.5]])
    truth = logit_shares(TRUTH, at, 0)[0]
    inside = []
    for seed in range(80):
        fit = fit_logit(simulated(300, seed=seed), ridge, reference=0)
        generator = np.random.default_rng([seed, 1])
        drawn = np.array([logit_shares(fit.draw(generator), at, 0)[0] for _ in range(200)])
        low, high = np.quantile(drawn, (0.05, 0.95), axis=0)
        inside.append((low <= truth) & (truth <= high))
    assert 0.82 < np.mean(inside) < 0.97


def test_a_ridge_leaves_room_for_what_it_took_away():
    sample = simulated(300)
    fit = fit_logit(sample, 1000.0, reference=0)
    about_mean = np.linalg.inv(np.eye(2) - 1 / 3) / 1000.0
    np.testing.assert_allclose(fit.standard_error[:, 1], np.sqrt(np.diag(about_mean)), rtol=0.15)


def test_reference_moves_no_probability_with_or_without_ridge():
    sample = simulated(300)
    for ridge in (0.0, 20.0):
        shares = [
            logit_shares(fit_logit(sample, ridge, reference).coefficient, sample.covariates, reference)
            for reference in range(3)
        ]
        np.testing.assert_allclose(shares[1], shares[0], atol=1e-6)
        np.testing.assert_allclose(shares[2], shares[0], atol=1e-6)


def test_without_reference_the_largest_profile_is_it():
    sample = simulated(300)
    assert fit_logit(sample, 1.0).reference == int(np.argmax(sample.weight @ sample.probability_pu))


def test_the_ridge_keeps_the_intercept_and_draws_in_the_rest():
    sample = simulated(300)
    free, held = (fit_logit(sample, ridge, reference=0).coefficient for ridge in (0.0, 1e6))
    assert np.abs(held[:, 1:]).max() < 1e-3
    assert np.abs(free[:, 1:]).max() > 0.3
    shares = sample.weight @ sample.probability_pu / sample.weight.sum()
    np.testing.assert_allclose(logit_shares(held, sample.covariates[:1], 0)[0], shares, atol=1e-3)


def test_cross_validation_wants_a_large_ridge_for_noise_and_a_small_one_for_a_link():
    nothing = np.array([[0.2, 0.0, 0.0], [0.1, 0.0, 0.0]])
    noise = [choose_ridge(simulated(120, seed=seed, coefficient=nothing), [1]) for seed in range(5)]
    link = [choose_ridge(simulated(800, seed=seed), [1]) for seed in range(2)]
    assert np.median(noise) >= 30.0
    assert np.median(link) <= 10.0
    assert choose_ridge(simulated(120), [1]) == choose_ridge(simulated(120), [1])


def test_cars_of_one_household_stay_in_one_fold():
    """Copies in other folds would make the smallest ridge look best: each left-out car would have been seen."""
    base = simulated(60, seed=9, coefficient=np.array([[0.2, 0.0, 0.0], [0.1, 0.0, 0.0]]))
    copies = [np.tile(part, (8, *[1] * (part.ndim - 1))) for part in (base.covariates, base.probability_pu)]
    together = Sample(*copies, np.ones(480), np.tile(np.arange(60), 8))
    apart = Sample(*copies, np.ones(480), np.arange(480))
    assert choose_ridge(together, [1]) > choose_ridge(apart, [1])


def test_a_covariate_that_tells_all_has_no_maximum_without_ridge():
    covariates = np.column_stack([np.ones(40), np.repeat([0.0, 1.0], 20)])
    sample = Sample(covariates, np.eye(2)[np.repeat([0, 1], 20)], np.ones(40), np.arange(40))
    assert np.isfinite(fit_logit(sample, 1.0).coefficient).all()
    with pytest.raises(DataError, match="without maximum"):
        fit_logit(sample, 0.0)


def test_shares_by_hand():
    np.testing.assert_allclose(logit_shares(np.array([[np.log(3.0)]]), np.ones((1, 1)), 0), [[0.25, 0.75]])
    fit = Logit(np.array([[1.0]]), np.array([[4.0]]), 0, 0.0)
    assert fit.standard_error[0, 0] == 2.0
