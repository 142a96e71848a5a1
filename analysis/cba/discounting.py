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
    rate, loss = np.broadcast_arrays(np.asarray(rate_pu, dtype=float), np.asarray(loss_per_year, dtype=float))
    total = np.zeros(rate.shape)
    for year in range(first_year, years + 1):
        total += np.exp(-loss * (year - 0.5)) / (1.0 + rate) ** year
    return total


def capital_factor(rate_pu: ArrayLike, loss_per_year: ArrayLike, horizon: int, life: int) -> Vector:
    """Present cost over the horizon of one crown invested now and again at the end of each life.

    Only units that still serve are replaced; what the last one has left at the horizon is deducted, straight line.

    Examples
    --------
    3.5 %, horizon 15, life 10, no loss: 1 + 1.035^−10 − 0.5·1.035^−15 = 1.4105.

    References
    ----------
    METHODS 6 (reinvestment in year 10, half of it left as residual).
    """
    rate, loss = np.broadcast_arrays(np.asarray(rate_pu, dtype=float), np.asarray(loss_per_year, dtype=float))
    total = np.ones(rate.shape)
    bought = 0
    while bought + life < horizon:
        bought += life
        total = total + np.exp(-loss * bought) / (1.0 + rate) ** bought
    left_pu = (bought + life - horizon) / life
    return np.asarray(total - left_pu * np.exp(-loss * bought) / (1.0 + rate) ** horizon)


def mean_survival_pu(loss_per_year: ArrayLike, years: int) -> Vector:
    """Mean share of units still in use over ``years`` years under a constant hazard."""
    loss = np.asarray(loss_per_year, dtype=float) * years
    return np.asarray(np.where(loss < 1e-12, 1.0, -np.expm1(-loss) / np.maximum(loss, 1e-12)))
