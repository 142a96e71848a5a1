"""Turns draws into a middle and a 5-95 % interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True)
class Interval:
    """Median, 5 % and 95 %; all NaN where no draw has a value."""

    value: float
    low: float
    high: float


def interval(draws: ArrayLike) -> Interval:
    """Median and 5-95 % of the draws that have a value.

    Draws without a value (NaN) mean that the quantity does not exist there; infinite ones count as larger than any.

    Examples
    --------
    0, 1, …, 100 give 50, 5 and 95.
    """
    values = np.asarray(draws, dtype=float)
    values = values[~np.isnan(values)]
    if not len(values):
        return Interval(float("nan"), float("nan"), float("nan"))
    low, middle, high = np.quantile(values, [LOW, 0.5, HIGH])
    return Interval(float(middle), float(low), float(high))


def probability_positive_pu(draws: ArrayLike) -> float:
    """Share of draws above zero; a draw without a value does not count."""
    values = np.asarray(draws, dtype=float)
    values = values[~np.isnan(values)]
    return float(np.mean(values > 0)) if len(values) else float("nan")


def standard_error(draws: ArrayLike) -> float:
    """Standard error of the mean over the draws (METHODS 7: report convergence)."""
    values = np.asarray(draws, dtype=float)
    values = values[~np.isnan(values)]
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
