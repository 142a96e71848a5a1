"""Turns months of price and supply into an exponent of erosion, and holds it against other rules on unseen months.

log p = a − exponent · log S + controls (METHODS 4), by least squares with errors that allow for neighbouring months
being alike; the prior is laid on by its precision.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm

from analysis.potential.erosion_months import LEAST_DAY_AHEAD_SEK_PER_MWH

RULES = ("fit", "trend", "constant", "prior")
TESTS = ("quarters", "ahead")
MARGINAL_SINCE = pd.Period("2024-02", "M")
"""FCR is paid by marginal price from here on; before, the mean of accepted bids (METHODS 3.4)."""
LEAST_TRAINING_MONTHS = 12
LEAST_MONTHS_BY_SIDE = 3
MONTHS_AHEAD = 6
LAGS = 3
NORMAL_95 = 1.645
LEAST_SUPPLY_CHANGE_PU = 0.05
"""Supply that moves less than this (log) cannot tell an exponent."""


@dataclass(frozen=True)
class Prior:
    """A normal prior of the exponent: mean and standard deviation."""

    mean: float
    deviation: float


def prior_of(central: float, low: float, high: float) -> Prior:
    """Read a parameter's range as its 5 and 95 %.

    Examples
    --------
    1.5 (0.8-3): standard deviation 2.2 / 3.29 = 0.67.
    """
    return Prior(central, (high - low) / (2 * NORMAL_95))


@dataclass(frozen=True)
class Exponent:
    """What the data say alone, and with the prior: exponent and its standard deviation."""

    free: float
    free_error: float
    value: float
    error: float


def controls(months: pd.DataFrame) -> np.ndarray:
    """What else moves a month's price: season, the day-ahead level, and for FCR the change to marginal pricing.

    Returns
    -------
    np.ndarray
        Month × (1, cosine and sine of the year, log of day-ahead price, 1 from February 2024 on).
    """
    angle = 2 * np.pi * (months["month"].dt.month.to_numpy() - 0.5) / 12
    day_ahead = np.log(np.maximum(months["day_ahead_sek_per_mwh"].to_numpy(float), LEAST_DAY_AHEAD_SEK_PER_MWH))
    columns = [np.ones(len(months)), np.cos(angle), np.sin(angle), day_ahead]
    if str(months["product"].iloc[0]).startswith("fcr"):
        columns.append((months["month"] >= MARGINAL_SINCE).to_numpy(float))
    return np.stack(columns, axis=1)


def _told_apart(design: np.ndarray) -> np.ndarray:
    """Columns that these months can tell: the constant, those that vary, a change with months on both sides."""
    told = []
    for column in design.T:
        is_change = set(np.unique(column)) <= {0.0, 1.0} and not (column == 1).all()
        sides = min((column == 0).sum(), (column == 1).sum())
        told.append((sides >= LEAST_MONTHS_BY_SIDE) if is_change else True)
    return np.array(told)


def fit_exponent(log_price: np.ndarray, log_supply: np.ndarray, design: np.ndarray, prior: Prior) -> Exponent:
    """Fit the exponent beside the controls, then lay the prior on by its precision.

    Notes
    -----
    The error of the data is the larger of the plain one and the one that allows for three neighbouring months: with
    few months the latter comes out too small. Where supply stood still the data say nothing and the prior is left.
    """
    if np.ptp(log_supply) < LEAST_SUPPLY_CHANGE_PU:
        return Exponent(float("nan"), float("nan"), prior.mean, prior.deviation)
    used = design[:, _told_apart(design)]
    model = sm.OLS(log_price, np.column_stack([-log_supply, used]))
    plain = model.fit()
    robust = model.fit(cov_type="HAC", cov_kwds={"maxlags": LAGS, "use_correction": True})
    free, error = float(plain.params[0]), float(max(plain.bse[0], robust.bse[0]))
    data, belief = 1 / error**2, 1 / prior.deviation**2
    mean = (data * free + belief * prior.mean) / (data + belief)
    return Exponent(free, error, mean, float((data + belief) ** -0.5))


def _told(log_price: np.ndarray, driver: np.ndarray, design: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Log prices of all months when ``driver`` is given and the controls are fitted to the ``known`` months."""
    used = design[:, _told_apart(design[known])]
    fitted = sm.OLS((log_price - driver)[known], used[known]).fit()
    told: np.ndarray = fitted.predict(used) + driver
    return told


def predictions(
    log_price: np.ndarray, log_supply: np.ndarray, design: np.ndarray, time: np.ndarray, known: np.ndarray, prior: Prior
) -> dict[str, np.ndarray]:
    """Log price of every month by each rule, from the ``known`` months only.

    ``fit``: exponent with prior; ``trend``: time in place of supply; ``constant``: mean of the known months; ``prior``:
    the prior's exponent. All but the constant have the same controls.
    """
    found = fit_exponent(log_price[known], log_supply[known], design[known], prior)
    slope = sm.OLS(log_price[known], np.column_stack([time, design[:, _told_apart(design[known])]])[known]).fit()
    return {
        "fit": _told(log_price, -found.value * log_supply, design, known),
        "trend": _told(log_price, float(slope.params[0]) * time, design, known),
        "constant": np.full(len(log_price), log_price[known].mean()),
        "prior": _told(log_price, -prior.mean * log_supply, design, known),
    }


def splits(months: pd.Series, test: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Known and held-out months, as masks: each quarter left out, or the half-year after each quarter's start."""
    quarter = months.dt.to_timestamp().dt.to_period("Q")
    for start in quarter.unique():
        if test == "quarters":
            held = (quarter == start).to_numpy()
            known = ~held
        else:
            first = start.asfreq("M", how="start")
            known = (months < first).to_numpy()
            held = ((months >= first) & (months < first + MONTHS_AHEAD)).to_numpy()
        if known.sum() >= LEAST_TRAINING_MONTHS and held.any():
            yield known, held


def misses(months: pd.DataFrame, supply_mw: np.ndarray, prior: Prior, test: str) -> tuple[dict[str, float], int]:
    """Root mean square of the miss of the log price on unseen months by rule, and how many months were foretold.

    Parameters
    ----------
    months
        Rows of one product and area, in order of time.
    supply_mw
        Prequalified MW of each.
    test
        One of :data:`TESTS`. A month may be foretold from several starting points ahead of it.
    """
    log_price = np.log(months["price_sek_per_mw_h"].to_numpy(float))
    time = (months["month"].dt.year * 12 + months["month"].dt.month).to_numpy(float) / 12
    square: dict[str, list[float]] = {rule: [] for rule in RULES}
    for known, held in splits(months["month"], test):
        told = predictions(log_price, np.log(supply_mw), controls(months), time - time[known].mean(), known, prior)
        for rule in RULES:
            square[rule].extend(((told[rule] - log_price)[held] ** 2).tolist())
    count = len(square["fit"])
    return {rule: float(np.sqrt(np.mean(values))) if count else float("nan") for rule, values in square.items()}, count
