"""Turns days of charging sessions into the pairwise correlation of being plugged in beyond the hour-of-week mean.

Method of moments. Of each user and day, take how far it is from the user's own mean of that hour of week; the products
of pairs of users are what the variance of the daily share holds above the binomial variance. A pair shares days only
while both are observed, so that users may enter and leave, and growth shows as more pairs, not as correlation.
Means found on the same days take a part of the common shocks with them; each pair is counted by the part that is left.
"""

from dataclasses import dataclass

import numpy as np

from analysis.fleet.area import INTERVAL_PERCENTILES
from analysis.mobility.session_days import PluggedDays
from analysis.units import DAYS_PER_WEEK, HOURS_PER_DAY

LEAST_DAYS = 4
"""# ASSUME: a user seen on fewer than four days of a weekday has no mean to deviate from on that weekday."""

BLOCK_WEEKS = 4
"""# ASSUME: whole blocks of four weeks are drawn anew: holidays, cold spells and sessions of days stay whole."""

LEAST_BLOCKS = 6
DRAW_COUNT = 2000


@dataclass(frozen=True)
class PairMoments:
    """Sums over pairs of users, by day and hour of day.

    ``product`` is the sum of products of deviations, ``pairs`` the number of pairs times the part of a common shock
    that deviations keep, ``variance`` the Bernoulli variance of the mean user, ``own_variance`` the mean of the users'
    own; ``mean`` the mean user's chance of being plugged in. ``pairs`` has one column, the others 24.
    """

    day_index: np.ndarray
    product: np.ndarray
    pairs: np.ndarray
    variance: np.ndarray
    own_variance: np.ndarray
    mean: np.ndarray
    user_count: np.ndarray


def pair_moments(
    found: PluggedDays, pairs: str = "all", used: np.ndarray | None = None, groups: np.ndarray | None = None
) -> PairMoments:
    """Sum products of deviations over pairs of users, day by day.

    Parameters
    ----------
    found
        Who is plugged in, and who is observed.
    pairs
        Which pairs of users count: ``all``, ``within_sites`` or ``across_sites``.
    used
        Days that are used at all; also the means are then taken over them. All days by default.
    groups
        A number for each day, such as its season: deviations are then taken beyond the mean of the group × hour of
        week too. None by default.

    Returns
    -------
    PairMoments
        Of the days used, those of one weekday after those of another.
    """
    chosen = np.ones(len(found.days), dtype=bool) if used is None else used
    parts = [
        _one_weekday(found, pairs, np.flatnonzero(chosen & (found.day_of_week == day)), groups)
        for day in range(DAYS_PER_WEEK)
    ]
    return PairMoments(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _one_weekday(found: PluggedDays, pairs: str, days: np.ndarray, groups: np.ndarray | None) -> tuple[np.ndarray, ...]:
    """Moments of one weekday, in the order of the fields of :class:`PairMoments`."""
    observed = found.observed[days].astype(float)
    observed *= observed.sum(axis=0) >= LEAST_DAYS
    plugged = found.plugged[days] * observed[:, None, :]
    seen = np.maximum(observed.sum(axis=0), 1.0)
    own = plugged.sum(axis=0) / seen
    deviation = (plugged - own) * observed[:, None, :]
    part = 1 - 1 / seen[:, None] - 1 / seen[None, :] + observed.T @ observed / np.outer(seen, seen)
    counted = _counted(found.sites, pairs)
    kept, counts = (np.einsum("du,du->d", observed @ matrix, observed) for matrix in (counted * part, counted))
    group = np.zeros(len(days), dtype=int) if groups is None else groups[days]
    mean, induced = np.zeros((2, len(days), HOURS_PER_DAY))
    for name in np.unique(group):
        here = group == name
        users = observed[here].sum(axis=1)
        if users.sum() == 0:
            continue
        mean[here] = plugged[here].sum(axis=(0, 2)) / users.sum()
        if groups is not None:
            deviation[here] = _beyond_the_group(deviation[here], observed[here])
            weight = users / users.sum()
            kept[here] *= 1 - 2 * weight + (weight**2).sum()
            squares = (deviation[here] ** 2).sum(axis=(0, 2)) / users.sum()
            induced[here] = counts[here][:, None] * squares / users.sum()
    bernoulli = own * (1 - own) * (seen / np.maximum(seen - 1, 1))
    own_variance = (bernoulli * observed.sum(axis=0)).sum(axis=1) / max(observed.sum(), 1.0)
    return (
        days, _products(deviation, found.sites, pairs) + induced, kept[:, None], mean * (1 - mean),
        np.broadcast_to(own_variance, mean.shape), mean, observed.sum(axis=1)[:, None],
    )  # fmt: skip


def _counted(sites: np.ndarray, pairs: str) -> np.ndarray:
    """User × user, 1 for pairs that count; nobody is a pair with oneself."""
    is_within = sites[:, None] == sites[None, :]
    chosen = {"all": np.ones_like(is_within), "within_sites": is_within, "across_sites": ~is_within}[pairs]
    return np.asarray(chosen & ~np.eye(len(sites), dtype=bool), dtype=float)


def _products(deviation: np.ndarray, sites: np.ndarray, pairs: str) -> np.ndarray:
    """Sum products of deviations over the pairs, day × hour: squares of sums less sums of squares."""
    membership = (sites[:, None] == np.unique(sites)[None, :]).astype(float)
    of_all, of_sites = deviation.sum(axis=2) ** 2, ((deviation @ membership) ** 2).sum(axis=2)
    if pairs == "across_sites":
        return np.asarray(of_all - of_sites)
    whole = of_all if pairs == "all" else of_sites
    return np.asarray(whole - (deviation**2).sum(axis=2))


def _beyond_the_group(deviation: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Take the group's mean deviation from each user observed (day × hour × user).

    A mean over n deviations makes any two of them correlate by minus their variance over n; the caller adds it back.
    """
    mean = deviation.sum(axis=(0, 2)) / observed.sum()
    beyond: np.ndarray = deviation - mean[None, :, None] * observed[:, None, :]
    return beyond


@dataclass(frozen=True)
class Correlation:
    """Pairwise correlation with its interval, by the variance of the mean user and by the users' own.

    ``correlation_pu`` is what the firm formula takes, which knows one chance for all users; ``own_correlation_pu`` is
    that of two users with their own chances. The interval (5-95 % of block bootstrap) is NaN where blocks are few.
    """

    correlation_pu: float
    low_pu: float
    high_pu: float
    own_correlation_pu: float
    plugged_pu: float
    day_count: int
    block_count: int


def correlation(
    moments: PairMoments,
    rng: np.random.Generator,
    rows: np.ndarray | None = None,
    hours: slice = slice(None),
    is_by_day: bool = False,
) -> Correlation:
    """Divide covariance by variance over days and hours, and bootstrap whole blocks of days.

    Parameters
    ----------
    moments
        Result of :func:`pair_moments`.
    rng
        Draws the blocks.
    rows
        Which days of ``moments``; all by default.
    hours
        Which hours of the day.
    is_by_day
        Whether each day weighs the same; by default each pair does, which is more exact and leans to the days with
        most users.

    References
    ----------
    METHODS 4: pairwise correlation beyond the hour-of-week mean, by day; blocks of whole days.
    """
    here = (moments.pairs[:, 0] > 0) & (True if rows is None else rows)
    pairs = moments.pairs[here]
    weight = 1 / pairs if is_by_day else np.ones_like(pairs)
    top = (moments.product[here][:, hours] * weight).sum(axis=1)
    bottom = (moments.variance[here][:, hours] * pairs * weight).sum(axis=1)
    own = (moments.own_variance[here][:, hours] * pairs * weight).sum()
    users = moments.user_count[here]
    blocks = moments.day_index[here] // (BLOCK_WEEKS * DAYS_PER_WEEK)
    low, high, count = _bootstrap(top, bottom, blocks, rng)
    value = float(top.sum() / bottom.sum())
    return Correlation(
        correlation_pu=value,
        low_pu=low,
        high_pu=high,
        own_correlation_pu=float(top.sum() / own),
        plugged_pu=float((moments.mean[here][:, hours] * users).sum() / (users.sum() * moments.mean[:1, hours].size)),
        day_count=int(here.sum()),
        block_count=count,
    )


def _bootstrap(
    top: np.ndarray, bottom: np.ndarray, blocks: np.ndarray, rng: np.random.Generator
) -> tuple[float, float, int]:
    """Interval of a ratio of sums when whole blocks are drawn with replacement, and the number of blocks."""
    _, of_block = np.unique(blocks, return_inverse=True)
    count = int(of_block.max()) + 1
    if count < LEAST_BLOCKS:
        return np.nan, np.nan, count
    sums = np.stack([np.bincount(of_block, weights=each) for each in (top, bottom)])
    drawn = rng.integers(0, count, (DRAW_COUNT, count))
    low, high = np.percentile(sums[0][drawn].sum(axis=1) / sums[1][drawn].sum(axis=1), INTERVAL_PERCENTILES)
    return float(low), float(high), count
