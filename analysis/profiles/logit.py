"""Turns covariates and soft labels into a multinomial logit: weighted maximum likelihood, ridge, sandwich covariance.

Source: METHODS 2.4. statsmodels' MNLogit takes neither weights nor fractional outcomes, so the likelihood stands here;
with hard labels and integer weights it gives what MNLogit gives on replicated rows.

Coefficients are laid out profile × covariate, without the reference profile, whose coefficients are zero. The first
covariate is the intercept and is never penalised.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analysis.errors import DataError, Fault

Array = NDArray[np.float64]

RIDGES = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Penalties that cross-validation chooses from, in cars: a penalty of 10 says as much as ten cars without a link.

The least lets a log odds be 1.8 (one over its root) where no car tells two covariates apart; the greatest leaves no
link to speak of.
"""

FOLD_COUNT = 5
# Per effective car: a slope above it, or a curvature below it, is no maximum.
GRADIENT_GAP = 1e-6


@dataclass(frozen=True)
class Sample:
    """Cars in one order: covariates (n × p, the first all ones), soft labels (n × k), weights, and their households."""

    covariates: Array
    probability_pu: Array
    weight: Array
    groups: NDArray[np.int64]

    def part(self, chosen: NDArray[np.bool_]) -> "Sample":
        """Keep some cars."""
        return Sample(self.covariates[chosen], self.probability_pu[chosen], self.weight[chosen], self.groups[chosen])


@dataclass(frozen=True)
class Logit:
    """A fitted logit: ``coefficient`` is (k − 1) × p, ``covariance`` that of its rows laid end to end."""

    coefficient: Array
    covariance: Array
    reference: int
    ridge: float

    @property
    def standard_error(self) -> Array:
        """Square roots of the diagonal, shaped like ``coefficient``."""
        return np.asarray(np.sqrt(np.clip(np.diag(self.covariance), 0.0, None)).reshape(self.coefficient.shape))

    def draw(self, generator: np.random.Generator) -> Array:
        """Draw coefficients from the normal distribution about the estimate, γ ~ N(γ̂, V)."""
        values, vectors = np.linalg.eigh(self.covariance)
        step = vectors @ (np.sqrt(np.clip(values, 0.0, None)) * generator.standard_normal(len(values)))
        return np.asarray(self.coefficient + step.reshape(self.coefficient.shape))


def logit_shares(coefficient: Array, covariates: Array, reference: int) -> Array:
    """Chance of each profile for each row of covariates, n × k.

    Parameters
    ----------
    coefficient
        (k − 1) × p, the reference left out.
    covariates
        n × p.
    reference
        Position of the reference among the k profiles.

    Examples
    --------
    Two profiles and one coefficient of log 3: the profile that is no reference has 3 / (1 + 3) = 0.75.
    """
    utility = np.insert(covariates @ coefficient.T, reference, 0.0, axis=1)
    odds = np.exp(utility - utility.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def fit_logit(sample: Sample, ridge: float, reference: int | None = None) -> Logit:
    """Fit by weighted maximum likelihood with soft labels as fractional outcomes.

    Parameters
    ----------
    sample
        Weights should add up to the effective number of cars: then ``ridge`` counts cars.
    ridge
        Penalty on half the squared coefficients about their mean over all profiles, so that the choice of the
        reference does not move a probability. 0 gives plain maximum likelihood.
    reference
        Position of the reference profile; the largest where none is given.

    Returns
    -------
    Logit
        With the sandwich covariance H⁻¹BH⁻¹ clustered on ``sample.groups``, to which H⁻¹PH⁻¹ is added for what the
        ridge P may have taken away (its bias squared, under the prior that it stands for); nothing at ridge 0.

    Raises
    ------
    DataError
        If the likelihood has no maximum within reach: a covariate that tells a profile apart without error.

    References
    ----------
    METHODS 2.4; White (1982) for the sandwich, Nychka (1988) for the ridge,
    Papke and Wooldridge (1996) for fractional outcomes.

    Examples
    --------
    Only an intercept, two profiles, shares 0.75 and 0.25: the coefficient is log(0.25 / 0.75) = -1.10.
    """
    first = int(np.argmax(sample.weight @ sample.probability_pu)) if reference is None else reference
    problem = _Likelihood(sample, ridge, first)
    found = _highest(problem, problem.start())
    return Logit(found.reshape(problem.shape), problem.sandwich(found), first, ridge)


def choose_ridge(sample: Sample, seed: Sequence[int], ridges: Sequence[float] = RIDGES) -> float:
    """Choose the penalty whose fits tell left-out households best, by weighted log-likelihood.

    Parameters
    ----------
    sample
        As for :func:`fit_logit`; cars of one group stay in one fold.
    seed
        Entropy of the folds.
    ridges
        Penalties to choose from; the larger wins a tie.

    References
    ----------
    METHODS 2.4.
    """
    groups = np.unique(sample.groups)
    count = min(FOLD_COUNT, len(groups))
    order = np.random.default_rng(list(seed)).permutation(len(groups))
    fold = (np.argsort(order, kind="stable") % count)[np.searchsorted(groups, sample.groups)]
    reference = int(np.argmax(sample.weight @ sample.probability_pu))
    score = np.zeros(len(ridges))
    for number in range(count):
        kept, left = sample.part(fold != number), sample.part(fold == number)
        found = _Likelihood(kept, ridges[-1], reference).start()
        for place, ridge in reversed(list(enumerate(ridges))):
            problem = _Likelihood(kept, ridge, reference)
            found = _highest(problem, found)
            shares = logit_shares(found.reshape(problem.shape), left.covariates, reference)
            score[place] += left.weight @ (left.probability_pu * np.log(np.maximum(shares, 1e-300))).sum(axis=1)
    best = np.flatnonzero(score >= score.max() - 1e-9)
    return float(max(ridges[int(place)] for place in best))


def _highest(problem: "_Likelihood", start: Array) -> Array:
    """Coefficients, end to end, where the penalised likelihood is highest."""
    found = minimize(problem.loss, start, jac=problem.gradient, hess=problem.hessian, method="trust-exact",
                     options={"gtol": GRADIENT_GAP * 0.1, "maxiter": 500})  # fmt: skip
    size = max(float(problem.sample.weight.sum()), 1.0)
    slope = float(np.abs(problem.gradient(found.x)).max())
    bend = float(np.linalg.eigvalsh(problem.hessian(found.x))[0]) if problem.shape[1] > 1 else size
    if slope > GRADIENT_GAP * size or bend < GRADIENT_GAP * size:
        raise DataError(
            Fault("profile_membership × vehicles", f"a likelihood without maximum (slope {slope:.2g}, bend {bend:.2g})",
                  "covariates that do not tell a profile apart without error", "Raise the ridge or the cars.")
        )  # fmt: skip
    return np.asarray(found.x)


class _Likelihood:
    """Negative penalised log-likelihood with its gradient and curvature, over coefficients laid end to end."""

    def __init__(self, sample: Sample, ridge: float, reference: int) -> None:
        self.sample, self.reference = sample, reference
        count = sample.probability_pu.shape[1]
        self.others = np.delete(np.arange(count), reference)
        self.shape = (count - 1, sample.covariates.shape[1])
        about_mean = np.eye(count - 1) - 1.0 / count
        penalised = np.eye(self.shape[1])
        penalised[0, 0] = 0.0
        self.penalty = ridge * np.kron(about_mean, penalised)

    def start(self) -> Array:
        shares = self.sample.weight @ self.sample.probability_pu / self.sample.weight.sum()
        begin = np.zeros(self.shape)
        begin[:, 0] = np.log(np.maximum(shares[self.others], 1e-6) / shares[self.reference])
        return begin.ravel()

    def shares(self, flat: Array) -> Array:
        return logit_shares(flat.reshape(self.shape), self.sample.covariates, self.reference)

    def loss(self, flat: Array) -> float:
        likely = self.sample.probability_pu * np.log(np.maximum(self.shares(flat), 1e-300))
        return float(-self.sample.weight @ likely.sum(axis=1) + 0.5 * flat @ self.penalty @ flat)

    def scores(self, flat: Array) -> Array:
        """Slope of each car's own log-likelihood, n × coefficients."""
        gap = (self.sample.probability_pu - self.shares(flat))[:, self.others] * self.sample.weight[:, None]
        return np.asarray((gap[:, :, None] * self.sample.covariates[:, None, :]).reshape(len(gap), -1))

    def gradient(self, flat: Array) -> Array:
        return np.asarray(-self.scores(flat).sum(axis=0) + self.penalty @ flat)

    def hessian(self, flat: Array) -> Array:
        chance = self.shares(flat)[:, self.others]
        spread = np.eye(len(self.others)) * chance[:, :, None] - chance[:, :, None] * chance[:, None, :]
        count, width = self.shape
        crossed = (self.sample.covariates[:, :, None] * self.sample.covariates[:, None, :]).reshape(len(chance), -1)
        weighted = spread.reshape(len(chance), -1).T @ (crossed * self.sample.weight[:, None])
        whole = weighted.reshape(count, count, width, width).transpose(0, 2, 1, 3)
        return np.asarray(whole.reshape(count * width, count * width) + self.penalty)

    def sandwich(self, flat: Array) -> Array:
        """Covariance H⁻¹(B + P)H⁻¹: B summed over groups with the usual G / (G − 1), P what the ridge draws in."""
        scores = self.scores(flat)
        _, place = np.unique(self.sample.groups, return_inverse=True)
        by_group = np.zeros((place.max() + 1, scores.shape[1]))
        np.add.at(by_group, place, scores)
        by_group -= by_group.mean(axis=0)
        groups = len(by_group)
        middle = by_group.T @ by_group * (groups / max(groups - 1, 1))
        bread = np.linalg.pinv(self.hessian(flat), hermitian=True)
        return np.asarray(bread @ (middle + self.penalty) @ bread)
