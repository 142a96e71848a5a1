"""Turns days of charging sessions into the firm share of real fleets, by whole weeks drawn, beside the formulas."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.fleet.area import INTERVAL_PERCENTILES
from analysis.mobility.session_days import PluggedDays
from analysis.potential.firm import FIRM_QUANTILE, fleet_firm_share
from analysis.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK

LEAST_WEEKS = 12
"""# ASSUME: below twelve weeks a fleet's worst day in twenty is not to be seen, and no share is given."""

WORKDAYS = 5


@dataclass(frozen=True)
class Assumed:
    """Pairwise correlations to hold real fleets against: as measured on the same sessions, and as a run assumes."""

    measured_pu: float
    assumed_pu: float


def real_fleets(
    found: PluggedDays, sizes: Sequence[int], correlations: Assumed, draw_count: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw fleets of real users week by week and find the share of them that is there on 95 % of days.

    Parameters
    ----------
    found
        Who is plugged in, and who is observed; whole weeks.
    sizes
        Numbers of users in a fleet.
    correlations
        For the formulas.
    draw_count
        How often the weeks and the fleets are drawn.
    rng
        Draws them.

    Returns
    -------
    pd.DataFrame
        ``AvailabilityFleets`` without its source. Each draw takes as many weeks as there are with enough users, with
        replacement, and a new fleet in each: days stay whole, hours of a day and days of a week stay together. The
        quantile is over days, for each hour of weekdays and of weekends; the share is the mean over those hours.

    References
    ----------
    METHODS 4: block-bootstrap whole days, not vehicle-hours.
    """
    users = np.array([np.flatnonzero(week).size for week in found.observed[::DAYS_PER_WEEK]])
    rows = [_one_size(found, size, users, correlations, draw_count, rng) for size in sizes]
    table = pd.DataFrame(rows).assign(most_observed_count=int(users.max()))
    return table.astype({"fleet_count": "int64", "week_count": "int64"})


def _one_size(
    found: PluggedDays, size: int, users: np.ndarray, correlations: Assumed, draw_count: int, rng: np.random.Generator
) -> dict[str, float]:
    weeks = np.flatnonzero(users >= size)
    row: dict[str, float] = {"fleet_count": size, "week_count": len(weeks)}
    if len(weeks) < LEAST_WEEKS:
        names = ("plugged_pu", "firm_share_pu", "firm_share_low_pu", "firm_share_high_pu", "independent_share_pu",
                 "measured_share_pu", "assumed_share_pu")  # fmt: skip
        return row | dict.fromkeys(names, np.nan)
    drawn = [_firm_of(_drawn_shares(found, rng.choice(weeks, len(weeks)), size, rng)) for _ in range(draw_count)]
    low, high = np.percentile(drawn, INTERVAL_PERCENTILES)
    mean = _mean_by_hour(found, weeks)
    formula = {
        name: _over_week(fleet_firm_share(np.full(mean.shape, size), mean, np.full(mean.shape, correlation)))
        for name, correlation in (
            ("independent", 0.0), ("measured", correlations.measured_pu), ("assumed", correlations.assumed_pu),
        )
    }  # fmt: skip
    return row | {
        "plugged_pu": _over_week(mean), "firm_share_pu": float(np.mean(drawn)), "firm_share_low_pu": float(low),
        "firm_share_high_pu": float(high), **{f"{name}_share_pu": value for name, value in formula.items()},
    }  # fmt: skip


def _drawn_shares(found: PluggedDays, weeks: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Share plugged in of a new fleet in each week: week × 168."""
    shares = np.empty((len(weeks), HOURS_PER_WEEK))
    for place, week in enumerate(weeks):
        days = slice(week * DAYS_PER_WEEK, (week + 1) * DAYS_PER_WEEK)
        fleet = rng.choice(np.flatnonzero(found.observed[days.start]), size, replace=False)
        shares[place] = found.plugged[days][:, :, fleet].mean(axis=2).ravel()
    return shares


def _firm_of(shares: np.ndarray) -> float:
    """Share that is there on 95 % of days, mean over the hours of weekdays and weekends by their number in a week."""
    by_day = shares.reshape(-1, DAYS_PER_WEEK, HOURS_PER_DAY)
    kinds = by_day[:, :WORKDAYS], by_day[:, WORKDAYS:]
    quantile = [
        np.quantile(kind.reshape(-1, HOURS_PER_DAY), 1 - FIRM_QUANTILE, axis=0, method="inverted_cdf") for kind in kinds
    ]
    return _over_week(np.array(quantile))


def _mean_by_hour(found: PluggedDays, weeks: np.ndarray) -> np.ndarray:
    """Mean share of those observed, each week alike: kind of day (weekday, weekend) × hour."""
    days = (weeks[:, None] * DAYS_PER_WEEK + np.arange(DAYS_PER_WEEK)).ravel()
    share = found.plugged[days].sum(axis=2) / found.observed[days].sum(axis=1)[:, None]
    is_weekend = found.day_of_week[days] >= WORKDAYS
    return np.stack([share[~is_weekend].mean(axis=0), share[is_weekend].mean(axis=0)])


def _over_week(by_kind: np.ndarray) -> float:
    """Mean over the week of values by kind of day × hour."""
    return float((by_kind.mean(axis=1) * [WORKDAYS, DAYS_PER_WEEK - WORKDAYS]).sum() / DAYS_PER_WEEK)
