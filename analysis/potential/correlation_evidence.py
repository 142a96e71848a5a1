"""Turns charging sessions into the evidence on correlation: by case, pairs, kind of day and hour."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.mobility.session_days import PluggedDays, holiday_days
from analysis.potential.correlation import Correlation, PairMoments, correlation, pair_moments
from analysis.potential.hours import season_index
from analysis.schemas.correlation import CASES, DAY_KINDS, PAIRS
from analysis.units import HOURS_PER_DAY

COUNTRY = "NO"
SATURDAY = 5
DECEMBER = 12
PANDEMIC_BEGINS = pd.Timestamp("2020-03-09")
ONE_YEAR = (pd.Timestamp("2018-12-17"), pd.Timestamp("2020-01-27"))  # all seasons, most sites at work
HOURLY_CASES = ("hour_of_week", "season")
Row = dict[str, object]


def correlation_rows(found: PluggedDays, rng: np.random.Generator) -> pd.DataFrame:
    """Estimate the correlation in every case.

    Parameters
    ----------
    found
        Days of real sessions.
    rng
        Draws the blocks of the intervals.

    Returns
    -------
    pd.DataFrame
        ``AvailabilityCorrelation`` without its source. Hours stand for all pairs together, by kind of day, in the
        cases ``hour_of_week`` and ``season``.
    """
    rows: list[Row] = []
    for case in CASES:
        used, groups = _days_of(case, found)
        for pairs in PAIRS:
            moments = pair_moments(found, pairs, used, groups)
            rows += [{"case": case, "pairs": pairs, **row} for row in _rows_of(moments, found, case, pairs, rng)]
    table = pd.DataFrame(rows)
    return table.assign(hour=table["hour"].astype("Int64"), user_count=len(found.user_ids))


def _days_of(case: str, found: PluggedDays) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Which days a case uses, and beyond whose mean it counts."""
    season = season_index(found.days.month.to_numpy())
    holiday = holiday_days(found.days, COUNTRY)
    quarter = season + 4 * (found.days.year.to_numpy() + (found.days.month == DECEMBER))
    cases: dict[str, tuple[np.ndarray | None, np.ndarray | None]] = {
        "hour_of_week": (None, None),
        "season": (None, season),
        "quarter": (None, quarter),
        "season_without_holidays": (~holiday, season),
        "holidays": (holiday, None),
        "one_year": (np.asarray((found.days >= ONE_YEAR[0]) & (found.days < ONE_YEAR[1])), None),
        "before_pandemic": (np.asarray(found.days < PANDEMIC_BEGINS), None),
        "winter": (season == 0, None),
    }
    return cases[case]


def _rows_of(
    moments: PairMoments, found: PluggedDays, case: str, pairs: str, rng: np.random.Generator
) -> Iterator[Row]:
    weekend = found.day_of_week[moments.day_index] >= SATURDAY
    kinds = dict(zip(DAY_KINDS, (np.ones_like(weekend), ~weekend, weekend), strict=True))
    for kind, rows in kinds.items():
        yield _row(kind, None, "pair", correlation(moments, rng, rows))
    yield _row("all", None, "day", correlation(moments, rng, is_by_day=True))
    if case in HOURLY_CASES and pairs == "all":
        for kind, rows in kinds.items():
            for hour in range(HOURS_PER_DAY):
                yield _row(kind, hour, "pair", correlation(moments, rng, rows, slice(hour, hour + 1)))


def _row(day_kind: str, hour: int | None, weighting: str, found: Correlation) -> Row:
    return {
        "weighting": weighting, "day_kind": day_kind, "hour": hour, "correlation_pu": found.correlation_pu,
        "correlation_low_pu": found.low_pu, "correlation_high_pu": found.high_pu,
        "own_correlation_pu": found.own_correlation_pu, "plugged_pu": found.plugged_pu,
        "day_count": found.day_count, "block_count": found.block_count,
    }  # fmt: skip
