"""Turns weighted points into a Gaussian mixture with diagonal covariance: shares, means, variances, soft labels.

scikit-learn's GaussianMixture takes no sample weights, so expectation and maximisation stand here; with integer weights
they give what it gives on replicated rows. Source: METHODS 2.2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import ConfigError, Fault

Array = NDArray[np.float64]

# ASSUME: each profile's variance is drawn to the mean within-profile variance by a prior worth 10 % of all vehicles, so
# that a handful of look-alikes cannot become a profile of their own with a variance near zero.
PRIOR_SHARE_PU = 0.1
START_COUNT = 10
# ASSUME: 15 steps tell which start is best (short runs of Biernacki, Celeux and Govaert, 2003); it alone goes on.
SHORT_STEPS = 15
LLOYD_STEPS = 10
VARIANCE_FLOOR = 1e-6


@dataclass(frozen=True)
class Components:
    """``k`` Gaussians with diagonal covariance: share (k), mean and variance (k × d)."""

    share_pu: Array
    mean: Array
    variance: Array


@dataclass(frozen=True)
class Mixture:
    """A fitted mixture; components by falling share. ``log_likelihood`` is the weighted mean per vehicle."""

    components: Components
    probability_pu: Array
    log_likelihood: float

    @property
    def labels(self) -> NDArray[np.int64]:
        """The likeliest component of each point."""
        return np.asarray(self.probability_pu.argmax(axis=1))


def fit_mixture(
    points: Array, weight: Array, count: int, seed: list[int], starts: int = START_COUNT, tolerance: float = 1e-6
) -> Mixture:
    """Fit ``count`` components by weighted expectation-maximisation, best of several k-means++ starts.

    Parameters
    ----------
    points
        n × d.
    weight
        Survey weights; a vehicle of weight 2 counts as two copies.
    count
        Number of components.
    seed
        Entropy of the starts; same seed, same result.
    starts, tolerance
        Number of starts; least gain of the mean log-likelihood that goes on.

    Raises
    ------
    ConfigError
        If there are fewer distinct points than components.

    References
    ----------
    METHODS 2.2; k-means++ after Arthur and Vassilvitskii (2007).
    """
    distinct = len(np.unique(points, axis=0))
    if distinct < count:
        raise ConfigError(
            Fault("scope.profile_count", f"{count} profiles for {distinct} distinct vehicles",
                  "more vehicles than profiles", "Lower profile_count or raise diary_vehicle_count.")
        )  # fmt: skip
    best: Mixture | None = None
    for start in range(starts):
        generator = np.random.default_rng([*seed, count, start])
        tried = refine_mixture(
            points,
            weight,
            start_components(points, weight, count, generator),
            tolerance=tolerance,
            most_steps=SHORT_STEPS,
        )
        if best is None or tried.log_likelihood > best.log_likelihood + 1e-9:
            best = tried
    assert best is not None
    return _by_falling_share(refine_mixture(points, weight, best.components, tolerance=tolerance))


def start_components(points: Array, weight: Array, count: int, generator: np.random.Generator) -> Components:
    """Seed by weighted k-means++ and a few Lloyd steps, then read shares, means and variances off the groups."""
    squared = points**2 @ np.ones(points.shape[1])
    centres = np.empty((count, points.shape[1]))
    nearest = np.ones(len(points))
    for index in range(count):
        mass = np.cumsum(weight * nearest)
        pick = int(np.searchsorted(mass, generator.random() * mass[-1], side="right"))
        centres[index] = points[min(pick, len(points) - 1)]
        distance = np.maximum(squared - 2.0 * points @ centres[index] + centres[index] @ centres[index], 0.0)
        nearest = distance if index == 0 else np.minimum(nearest, distance)
    hard = np.zeros((len(points), count))
    for _ in range(LLOYD_STEPS):
        distance = (centres**2).sum(axis=1) - 2.0 * points @ centres.T
        hard = np.eye(count)[distance.argmin(axis=1)]
        mass_of = weight @ hard
        moved = (hard * weight[:, None]).T @ points / np.where(mass_of > 0, mass_of, 1.0)[:, None]
        centres = np.where(mass_of[:, None] > 0, moved, centres)
    return maximise(points, weight, hard, PRIOR_SHARE_PU)


def refine_mixture(
    points: Array,
    weight: Array,
    start: Components,
    prior_share_pu: float = PRIOR_SHARE_PU,
    tolerance: float = 1e-6,
    most_steps: int = 500,
) -> Mixture:
    """Alternate expectation and maximisation from given components until the log-likelihood stops rising."""
    components, previous = start, -np.inf
    for _ in range(most_steps):
        probability, log_density = expect(points, components)
        level = float(weight @ log_density / weight.sum())
        if abs(level - previous) < tolerance:
            break
        previous = level
        components = maximise(points, weight, probability, prior_share_pu)
    return Mixture(components, probability, level)


def expect(points: Array, components: Components) -> tuple[Array, Array]:
    """Membership probabilities (n × k) and log density (n) of points under given components."""
    precision = 1.0 / components.variance
    quadratic = (
        points**2 @ precision.T
        - 2.0 * points @ (components.mean * precision).T
        + (components.mean**2 * precision).sum(axis=1)
    )
    constant = points.shape[1] * np.log(2.0 * np.pi) + np.log(components.variance).sum(axis=1)
    joint = np.log(np.maximum(components.share_pu, 1e-300)) - 0.5 * (constant + quadratic)
    top = joint.max(axis=1, keepdims=True)
    relative = np.exp(joint - top)
    total = relative.sum(axis=1, keepdims=True)
    return relative / total, (top + np.log(total))[:, 0]


def maximise(points: Array, weight: Array, probability: Array, prior_share_pu: float) -> Components:
    """Shares, means and variances from soft labels; variances are drawn to their mean over all by the prior."""
    mass = weight[:, None] * probability
    total = mass.sum(axis=0) + 10.0 * np.finfo(float).eps
    mean = mass.T @ points / total[:, None]
    variance = np.maximum(mass.T @ points**2 / total[:, None] - mean**2, 0.0)
    if prior_share_pu > 0.0:
        prior_mass = prior_share_pu * weight.sum()
        common = float((total @ variance).mean() / total.sum())
        variance = (total[:, None] * variance + prior_mass * common) / (total[:, None] + prior_mass)
    return Components(total / total.sum(), mean, variance + VARIANCE_FLOOR)


def information_criterion(mixture: Mixture, weight: Array) -> float:
    """Bayesian information criterion at Kish's effective number of vehicles; lower is better.

    Free parameters: k - 1 shares, k × d means, k × d variances. METHODS 2.2.
    """
    effective = effective_count(weight)
    count, dimension = mixture.components.mean.shape
    free = count - 1 + 2 * count * dimension
    return float(-2.0 * effective * mixture.log_likelihood + free * np.log(effective))


def effective_count(weight: Array) -> float:
    """Kish's effective n = (Σw)² / Σw²; three equal weights give 3."""
    return float(weight.sum() ** 2 / (weight**2).sum())


def _by_falling_share(mixture: Mixture) -> Mixture:
    order = np.argsort(-mixture.components.share_pu, kind="stable")
    parts = mixture.components
    ordered = Components(parts.share_pu[order], parts.mean[order], parts.variance[order])
    return Mixture(ordered, mixture.probability_pu[:, order], mixture.log_likelihood)
