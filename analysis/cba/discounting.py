"""Turns yearly flows and one-off costs into present values: households at their hurdle rate, society at its own."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector = NDArray[np.float64]


def annuity_factor(rate_pu: ArrayLike, years: int) -> Vector:
    """Present value of one crown at the end of each of ``years`` years.

    Parameters
    ----------
    rate_pu
        Yearly real rate; 0 gives the plain sum.
    years
        Whole years, at least 1.

    Examples
    --------
    At 3.5 % over 10 years 8.3166; at 0 over 10 years 10.
    """
    return surviving_factor(rate_pu, 0.0, years)


def surviving_factor(rate_pu: ArrayLike, loss_per_year: ArrayLike, years: int, first_year: int = 1) -> Vector:
    """Present value of one crown a year that fades with a constant hazard.

    The flow of year t is weighted by survival to the middle of the year, exp(−loss·(t − 0.5)), and paid at its end.
    Years before ``first_year`` count nothing.

    References
    ----------
    METHODS 6, 9.
    """
    rate, loss = np.asarray(rate_pu, dtype=float), np.asarray(loss_per_year, dtype=float)
    count = max(years - first_year + 1, 0)
    step = np.exp(-loss) / (1.0 + rate)
    first = np.exp(-loss * (first_year - 0.5)) / (1.0 + rate) ** first_year
    gone = 1.0 - step
    series = np.divide(1.0 - step**count, gone, out=np.full(step.shape, float(count)), where=np.abs(gone) > 1e-12)
    return np.asarray(first * series)


def mean_survival_pu(loss_per_year: ArrayLike, years: int) -> Vector:
    """Mean share of units still in use over ``years`` years under a constant hazard."""
    loss = np.asarray(loss_per_year, dtype=float) * years
    return np.asarray(np.where(loss < 1e-12, 1.0, -np.expm1(-loss) / np.maximum(loss, 1e-12)))
