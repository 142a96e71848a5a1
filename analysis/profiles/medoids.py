"""Turns weighted points into k medoids: the check on the mixture that assumes no form of a profile (METHODS 2.2).

The medoids are found greedily one by one (the BUILD step of Kaufman and Rousseeuw, 1990) and then moved, each to the
middle of the vehicles nearest to it, until none moves (Park and Jun, 2009).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

MOST_ROUNDS = 100


def medoid_labels(points: Array, weight: Array, count: int) -> Labels:
    """Group points round ``count`` medoids by Euclidean distance; no seed, the same points give the same groups.

    Parameters
    ----------
    points
        n × d; the whole n × n matrix of distances is held, so that n is a sample of some thousand at most.
    weight
        Survey weights.
    count
        Number of medoids, at most n.

    Returns
    -------
    Labels
        Position of each point's medoid among the ``count``.

    Raises
    ------
    ValueError
        If there are fewer points than medoids.

    Examples
    --------
    Points 0, 1, 10, 11 and two medoids: labels 0, 0, 1, 1.
    """
    if len(points) < count:
        raise ValueError(f"{count} medoids asked of {len(points)} points")
    distance = cdist(points, points)
    medoids = _built(distance, weight, count)
    for _ in range(MOST_ROUNDS):
        labels = distance[:, medoids].argmin(axis=1)
        labels[medoids] = np.arange(count)
        moved = [_middle(distance, weight, np.flatnonzero(labels == index)) for index in range(count)]
        if moved == medoids:
            break
        medoids = moved
    order = np.argsort(medoids)
    return np.asarray(np.argsort(order)[labels])


def _built(distance: Array, weight: Array, count: int) -> list[int]:
    """Take, one by one, the point that brings all others nearest to a medoid."""
    nearest = np.full(len(distance), distance.max() + 1.0)
    medoids: list[int] = []
    for _ in range(count):
        gain = weight @ np.maximum(nearest[:, None] - distance, 0.0)
        gain[medoids] = -1.0
        medoids.append(int(gain.argmax()))
        nearest = np.minimum(nearest, distance[:, medoids[-1]])
    return medoids


def _middle(distance: Array, weight: Array, inside: Labels) -> int:
    return int(inside[(weight[inside] @ distance[np.ix_(inside, inside)]).argmin()])
