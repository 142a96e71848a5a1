"""Turns a clustering into the figures that say how far to trust it: Jaccard, silhouette, intervals, other k.

Source: METHODS 2.2 (stability by weighted bootstrap, clusterwise Jaccard) after Hennig (2007); silhouette after
Rousseeuw (1987), which alone picks two groups nearly always and is reported, never used to choose.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from analysis.profiles.medoids import medoid_labels
from analysis.profiles.mixture import Mixture, fit_mixture, information_criterion

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

# SOURCE: METHODS 2.2: 200 bootstraps, for the profiles in use.
BOOTSTRAP_COUNT = 200
# ASSUME: 20 bootstraps for each other number of profiles, which are shown beside and not used.
COMPARED_BOOTSTRAP_COUNT = 20
# ASSUME: five short runs and one that goes on for each bootstrap; with 50 and three the mean Jaccard of six profiles of
# the generated cars rises by 0.03, so that what is stated leans to the low side.
BOOTSTRAP_STARTS = 5
BOOTSTRAP_FINALISTS = 1
BOOTSTRAP_TOLERANCE = 1e-4
INTERVAL_DRAWS = 400
INTERVAL_PU = (0.05, 0.95)
SAMPLE_MOST = 1500
STABLE_PU, PATTERN_PU = 0.75, 0.60
COUNTS_TRIED = range(3, 13)
# ASSUME: no k is tried with fewer than 8 vehicles a profile on average; variances of fewer are noise.
VEHICLES_PER_PROFILE = 8


def bootstrap_jaccard(points: Array, weight: Array, mixture: Mixture, seed: list[int], draws: int) -> Array:
    """Mean over bootstraps of the best weighted Jaccard overlap of each profile with a profile fitted anew.

    Vehicles (a sample of at most 1 500) are drawn with replacement and keep their survey weight; overlap is weighed on
    the vehicles drawn.

    Returns
    -------
    Array
        One value a profile; at least 0.75 is stable, 0.60 to 0.75 a pattern only (METHODS 2.2).
    """
    count = mixture.probability_pu.shape[1]
    sample = sampled(len(points), seed)
    points, weight, original = points[sample], weight[sample], np.eye(count)[mixture.labels[sample]]
    overlap = np.zeros((draws, count))
    for draw in range(draws):
        generator = np.random.default_rng([*seed, draw])
        times = np.bincount(generator.integers(len(points), size=len(points)), minlength=len(points))
        drawn = times > 0
        again = fit_mixture(points[drawn], (weight * times)[drawn], count, [*seed, draw], BOOTSTRAP_STARTS,
                            BOOTSTRAP_TOLERANCE, BOOTSTRAP_FINALISTS)  # fmt: skip
        overlap[draw] = best_jaccard(original[drawn], np.eye(count)[again.labels], weight[drawn])
    return np.asarray(overlap.mean(axis=0))


def stability_class(jaccard_pu: float) -> str:
    """Name what a Jaccard says: ``stable``, ``pattern`` (one can be told, its members not) or ``unstable``.

    Examples
    --------
    0.8 is stable, 0.7 a pattern, 0.5 unstable (METHODS 2.2).
    """
    if jaccard_pu >= STABLE_PU:
        return "stable"
    return "pattern" if jaccard_pu >= PATTERN_PU else "unstable"


def best_jaccard(original: Array, other: Array, weight: Array) -> Array:
    """Best weighted intersection over union of each original group (columns of 0/1) with any other group.

    Examples
    --------
    Groups {a, b} and {a} with weights 1 and 3: 1 / 4 = 0.25.
    """
    both = (original * weight[:, None]).T @ other
    either = (weight @ original)[:, None] + (weight @ other)[None, :] - both
    return np.asarray(np.where(either > 0, both / np.where(either > 0, either, 1.0), 0.0).max(axis=1))


def silhouettes(points: Array, labels: Labels, seed: list[int]) -> Array:
    """Silhouette of each vehicle, null outside a sample of at most 1 500; null where there is one group only."""
    values = np.full(len(points), np.nan)
    sample = sampled(len(points), seed)
    if 1 < len(np.unique(labels[sample])) < len(sample):
        values[sample] = silhouette_samples(points[sample], labels[sample])
    return values


def sampled(count: int, seed: list[int]) -> Labels:
    """All positions, or a sorted random 1 500 of them."""
    if count <= SAMPLE_MOST:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, size=SAMPLE_MOST, replace=False))


def weighted_mean(values: Array, weight: Array) -> float:
    """Weighted mean of the values that are there; 0 where none is (a profile outside the silhouette sample)."""
    there = ~np.isnan(values)
    return float(values[there] @ weight[there] / weight[there].sum()) if there.any() else 0.0


def share_interval(probability_pu: Array, weight: Array, seed: list[int]) -> tuple[Array, Array]:
    """5 and 95 % of each profile's weighted share over vehicles drawn with replacement, the clustering held."""
    generator = np.random.default_rng(seed)
    shares = np.empty((INTERVAL_DRAWS, probability_pu.shape[1]))
    for draw in range(INTERVAL_DRAWS):
        times = np.bincount(generator.integers(len(weight), size=len(weight)), minlength=len(weight))
        mass = weight * times
        shares[draw] = mass @ probability_pu / mass.sum()
    low, high = np.quantile(shares, INTERVAL_PU, axis=0)
    return low, high


def compare_counts(
    points: Array, weight: Array, chosen: int | None, seed: int, draws: int = COMPARED_BOOTSTRAP_COUNT
) -> pd.DataFrame:
    """Fit 3 to 12 profiles (and the chosen number) and say what each would have given.

    Parameters
    ----------
    points, weight
        Vehicles (n × d) and their survey weights; a sample of at most 1 500 vehicles is used here.
    chosen
        ``scope.profile_count``: stated, not found. METHODS 2.2 puts decision loss first, which needs dispatch. None
        where nothing is stated: the recommended number is then the chosen one.
    seed
        Seed of the run.
    draws
        Bootstraps per number of profiles.

    Returns
    -------
    pd.DataFrame
        Grain number of profiles (schema ProfileSelection).

    References
    ----------
    METHODS 2.2.
    """
    sample = sampled(len(weight), [seed, 21])
    points, weight = points[sample], weight[sample]
    most = len(sample) // VEHICLES_PER_PROFILE
    tried = sorted({count for count in COUNTS_TRIED if count <= most} | ({chosen} if chosen else set()))
    rows = [_count_row(points, weight, count, seed, draws) for count in tried]
    table = pd.DataFrame(rows)
    recommended = recommended_count(table)
    table["is_chosen"] = table["profile_count"] == (chosen or recommended)
    table["is_lowest_bic"] = table["bic_pu"] == table["bic_pu"].min()
    table["is_recommended"] = table["profile_count"] == recommended
    return table


def recommended_count(table: pd.DataFrame) -> int:
    """Number of profiles by what needs no dispatch: lowest BIC where every profile is at least a pattern.

    METHODS 2.2 names decision loss, stability and BIC in this order. Decision loss is held against each number when
    the statistics are recomputed (``data/evidence/profile_evidence.csv``); within a run, stability decides which
    numbers are eligible and BIC which of them it is. Where no number has all profiles at 0.60 or more, BIC alone does.

    Parameters
    ----------
    table
        ``profile_count``, ``bic_pu``, ``jaccard_least_pu``.

    Examples
    --------
    Least Jaccard 0.9, 0.7, 0.3 and BIC 30, 20, 10 of three, four and five profiles: four.
    """
    eligible = table[table["jaccard_least_pu"] >= PATTERN_PU]
    ranked = (eligible if len(eligible) else table).sort_values(["bic_pu", "profile_count"])
    return int(ranked["profile_count"].iloc[0])


def _count_row(points: Array, weight: Array, count: int, seed: int, draws: int) -> dict[str, float | int]:
    mixture = fit_mixture(points, weight, count, [seed, 22])
    jaccard = bootstrap_jaccard(points, weight, mixture, [seed, 23, count], draws)
    ward = AgglomerativeClustering(n_clusters=count, linkage="ward").fit_predict(points)
    return {
        "profile_count": count,
        "vehicle_count": len(points),
        "bic_pu": information_criterion(mixture, weight),
        "log_likelihood_pu": mixture.log_likelihood,
        "jaccard_least_pu": float(jaccard.min()),
        "jaccard_mean_pu": float(jaccard.mean()),
        "stable_count": int((jaccard >= STABLE_PU).sum()),
        "pattern_count": int(((jaccard >= PATTERN_PU) & (jaccard < STABLE_PU)).sum()),
        "silhouette_pu": weighted_mean(silhouettes(points, mixture.labels, [seed, 24]), weight),
        "ward_agreement_pu": float(adjusted_rand_score(mixture.labels, ward)),
        "medoid_agreement_pu": float(adjusted_rand_score(mixture.labels, medoid_labels(points, weight, count))),
        "bootstrap_count": draws,
    }
