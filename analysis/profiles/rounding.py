"""Turns computed numbers of cars into whole cars, or multiples of five, without losing the total."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# SOURCE: METHODS 2.5 (disclosure): counts rounded to 5.
ROUNDED_TO = 5.0


def round_keeping_total(values: Array, unit: float = ROUNDED_TO) -> Array:
    """Round each row to multiples of ``unit`` so that it adds up to its own sum rounded to ``unit``.

    Units left over go to the largest remainders.

    Examples
    --------
    (7, 7, 7) sums to 21, rounded 20: one of them is 10, two are 5.
    """
    steps = values / unit
    floors = np.floor(steps + 1e-9)
    spare = np.floor(values.sum(axis=1) / unit + 0.5) - floors.sum(axis=1)
    rank = np.argsort(np.argsort(-(steps - floors), axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(unit * (floors + (rank < spare[:, None])))
