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
# ASSUME: 100 starts, 15 steps each, of which the five best go on (short runs of Biernacki, Celeux and Govaert, 2003).
# With ten starts and one that goes on, six profiles of the generated cars differed from seed to seed (adjusted Rand
# index 0.51, a profile's share off by 16 points); with a hundred, four seeds give the same six (1.00 and 0.1 points).
START_COUNT = 100
FINALIST_COUNT = 5
SHORT_STEPS = 15
# ASSUME: above 1 500 vehicles the short runs see a random 1 500; the finalists go on with all.
SHORT_SAMPLE_MOST = 1500
LLOYD_STEPS = 10
VARIANCE_FLOOR = 1e-6
LIKELIHOOD_DIGITS = 9
# Starts run side by side in blocks that stay in the processor's cache.
SHORT_CELLS_MOST = 50_000
FIELDS = ("share_pu", "mean", "variance")


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
    points: Array,
    weight: Array,
    count: int,
    seed: list[int],
    starts: int = START_COUNT,
    tolerance: float = 1e-6,
    finalists: int = FINALIST_COUNT,
) -> Mixture:
    """Fit ``count`` components by weighted expectation-maximisation, best of many k-means++ starts.

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
    starts, finalists
        Number of short runs, and how many of the best of them go on to the end.
    tolerance
        Least gain of the mean log-likelihood that goes on.

    Raises
    ------
    ConfigError
        If there are fewer distinct points than components.

    References
    ----------
    METHODS 2.2; k-means++ after Arthur and Vassilvitskii (2007).
    """
    _refuse_too_few(points, count)
    seen = _short_sample(len(points), [*seed, count])
    generators = [np.random.default_rng([*seed, count, start]) for start in range(starts)]
    drawn = [start_components(points[seen], weight[seen], count, generator) for generator in generators]
    best: Mixture | None = None
    for begun in short_runs(points[seen], weight[seen], drawn)[:finalists]:
        found = refine_mixture(points, weight, begun, tolerance=tolerance)
        if best is None or found.log_likelihood > best.log_likelihood + 1e-9:
            best = found
    assert best is not None
    return _by_falling_share(best)


def _refuse_too_few(points: Array, count: int) -> None:
    distinct = len(np.unique(points, axis=0))
    if distinct < count:
        raise ConfigError(
            Fault("scope.profile_count", f"{count} profiles for {distinct} distinct vehicles",
                  "more vehicles than profiles", "Lower profile_count or raise diary_vehicle_count.")
        )  # fmt: skip


def _short_sample(count: int, seed: list[int]) -> NDArray[np.int64]:
    """Positions that the short runs see: all, or a random part of a big fleet."""
    if count <= SHORT_SAMPLE_MOST:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, size=SHORT_SAMPLE_MOST, replace=False))


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


def short_runs(points: Array, weight: Array, starts: list[Components], steps: int = SHORT_STEPS) -> list[Components]:
    """Take all starts a few steps of expectation and maximisation, side by side; the likeliest first."""
    stacked = _stacked(points)
    width = max(1, SHORT_CELLS_MOST // (len(points) * len(starts[0].share_pu)))
    ended: list[tuple[float, Components]] = []
    for first in range(0, len(starts), width):
        some = starts[first : first + width]
        parts = Components(*(np.stack([getattr(one, name) for one in some]) for name in FIELDS))
        for _ in range(steps):
            parts = _maximised(stacked, weight, _expected(stacked, parts)[0], PRIOR_SHARE_PU)
        levels = weight @ _expected(stacked, parts)[1] / weight.sum()
        ended += [
            (float(level), Components(*(getattr(parts, name)[place] for name in FIELDS)))
            for place, level in enumerate(levels)
        ]
    # Starts that end in the same place differ by rounding only: the one drawn first goes first.
    ended.sort(key=lambda one: -round(one[0], LIKELIHOOD_DIGITS))
    return [components for _, components in ended]


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
    stacked = _stacked(points)
    for _ in range(most_steps):
        probability, log_density = _expected(stacked, components)
        level = float(weight @ log_density / weight.sum())
        if abs(level - previous) < tolerance:
            break
        previous = level
        components = _maximised(stacked, weight, probability, prior_share_pu)
    return Mixture(components, probability, level)


def expect(points: Array, components: Components) -> tuple[Array, Array]:
    """Membership probabilities (n × k) and log density (n) of points under given components."""
    return _expected(_stacked(points), components)


def maximise(points: Array, weight: Array, probability: Array, prior_share_pu: float) -> Components:
    """Shares, means and variances from soft labels; variances are drawn to their mean over all by the prior."""
    return _maximised(_stacked(points), weight, probability, prior_share_pu)


def _stacked(points: Array) -> Array:
    """Points beside their squares (n × 2d): both steps are then one product of matrices."""
    return np.hstack([points, points**2])


def _expected(stacked: Array, parts: Components) -> tuple[Array, Array]:
    """As :func:`expect`; components may have an axis of starts before their own, which then follows n."""
    precision = 1.0 / parts.variance
    leaning = parts.mean * precision
    constant = parts.mean.shape[-1] * np.log(2.0 * np.pi) + np.log(parts.variance).sum(axis=-1)
    offset = np.log(np.maximum(parts.share_pu, 1e-300)) - 0.5 * (constant + (parts.mean * leaning).sum(axis=-1))
    slopes = np.concatenate([leaning, -0.5 * precision], axis=-1).reshape(-1, stacked.shape[1])
    joint = (stacked @ slopes.T).reshape(len(stacked), *parts.share_pu.shape) + offset
    top = joint.max(axis=-1, keepdims=True)
    relative = np.exp(joint - top)
    total = relative.sum(axis=-1, keepdims=True)
    return relative / total, (top + np.log(total))[..., 0]


def _maximised(stacked: Array, weight: Array, probability: Array, prior_share_pu: float) -> Components:
    """As :func:`maximise`; of probabilities n × starts × k it gives components with an axis of starts."""
    shape = probability.shape[1:]
    mass = weight[:, None] * probability.reshape(len(stacked), -1)
    total = (mass.sum(axis=0) + 10.0 * np.finfo(float).eps).reshape(shape)
    moments = (mass.T @ stacked).reshape(*shape, -1) / total[..., None]
    half = stacked.shape[1] // 2
    mean = moments[..., :half]
    variance = np.maximum(moments[..., half:] - mean**2, 0.0)
    if prior_share_pu > 0.0:
        prior_mass = prior_share_pu * weight.sum()
        common = ((total[..., None] * variance).sum(axis=-2).mean(axis=-1) / total.sum(axis=-1))[..., None, None]
        variance = (total[..., None] * variance + prior_mass * common) / (total[..., None] + prior_mass)
    return Components(total / total.sum(axis=-1, keepdims=True), mean, variance + VARIANCE_FLOOR)


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
