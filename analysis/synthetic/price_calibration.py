"""Turns the published prices of one real year into its statistics: what ``price_year`` needs and nothing that is data.

The calibration mirrors the generator: scaled prices by month, month and weekend shapes, principal components of the
joint noon-to-noon vector, their day-to-day regression, and the distributions of hourly prices and daily spreads.
"""

from typing import Final

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.schemas.base import PRICE_AREAS
from analysis.schemas.price_statistics import FCR_PRODUCTS, HOUR_COLUMNS, LEVEL_COLUMNS, QUANTILE_LEVELS_PU
from analysis.synthetic.price_clock import (
    HOURS_PER_DAY,
    NOON,
    SEASONS,
    Floats,
    YearClock,
    days_from,
    to_clock_hours,
    year_clock,
)
from analysis.synthetic.price_marginals import SMALLEST_SPREAD_EUR, SPREADS
from analysis.synthetic.price_statistics import PriceStatistics
from analysis.synthetic.price_year import AREA_PAIRS, weekend_contrast

COMPONENTS: Final = 12
"""Principal components kept of the joint daily vector; what they leave is left out, not added as noise."""
# ASSUME: twelve components (85-87 % of the variance in 2024 and 2025), chosen once for all areas and years among 12,
# 16, 24 and 36 by the yardstick car: more of them roughen the nights of SE1 and SE2 and make their arbitrage too dear.

RIDGE: Final = 1.0
"""Ridge of the day-to-day regression, in units of one day's mean score variance."""
EQUAL_EUR: Final = 0.011
"""Prices of two areas count as one when they differ by no more than a cent."""
LARGEST_GAP_SHARE: Final = 0.02

Rows = list[dict[str, object]]


def calibrate_year(year: int, day_ahead: pd.DataFrame, reserves: pd.DataFrame) -> PriceStatistics:
    """Compute the statistics of one year.

    Parameters
    ----------
    year
        Calendar year in Swedish local time.
    day_ahead, reserves
        ``DayAheadQuotes`` and ``ReserveQuotes``; quarter-hours are averaged to hours. A reserve product without rows in
        the year is left out: the market did not exist.

    Raises
    ------
    DataError
        If a series lacks more than 2 % of the hours of the year; names every such series.
    """
    clock = year_clock(year)
    prices, volumes = lay_out(clock, day_ahead, reserves)
    names = tuple(prices)
    levels = np.stack([prices[name] for name in names])
    values: Rows = []
    shapes: Rows = []
    quantiles: Rows = []
    scale = _scales(values, names, levels, clock)
    _describe_distributions(quantiles, names, levels, scale, clock)
    deviations = _describe_shapes(values, shapes, names, scaled_prices(levels, clock), clock)
    _describe_dynamics(values, shapes, names, deviations, clock)
    _describe_coupling(values, levels, clock)
    _describe_volumes(values, shapes, volumes, clock)
    return PriceStatistics(
        values=_table(values, year, "value"),
        shapes=_table(shapes, year, *HOUR_COLUMNS),
        quantiles=_table(quantiles, year, *LEVEL_COLUMNS),
    )


def lay_out(
    clock: YearClock, day_ahead: pd.DataFrame, reserves: pd.DataFrame
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Lay the published prices and reserve volumes out on the clock hours of the year, hourly."""
    hourly: dict[str, pd.Series] = {}
    volume: dict[str, pd.Series] = {}
    for area in PRICE_AREAS:
        rows = day_ahead[day_ahead["price_area"] == area].set_index("interval_start_utc")
        hourly[area] = rows["price_eur_nominal_per_mwh"].resample("h").mean()
    for product in FCR_PRODUCTS:
        rows = reserves[reserves["product"] == product].set_index("interval_start_utc")
        inside = rows[rows.index.isin(clock.start_utc)]
        if len(inside):
            hourly[product] = inside["price_eur_nominal_per_mw_h"]
            volume[product] = inside["volume_mw"]
    faults = []
    for name, series in hourly.items():
        gap = 1 - series.reindex(clock.start_utc).notna().mean()
        if gap > LARGEST_GAP_SHARE:
            faults.append(
                Fault(f"{name} {clock.year}", f"{gap:.1%} of the hours absent", "at most 2 %", "Give a whole year.")
            )
    if faults:
        raise DataError(faults)
    return (
        {name: to_clock_hours(series, clock) for name, series in hourly.items()},
        {name: to_clock_hours(series, clock) for name, series in volume.items()},
    )


def scaled_prices(levels: Floats, clock: YearClock) -> Floats:
    """Scale prices within series and month: asinh of the distance to the median in mean absolute distances.

    Near the median the scale is linear, so that quiet hours stay quiet; far from it logarithmic, so that a spike does
    not drown the rest. The result has mean 0 and variance 1 in every series and month.
    """
    scaled = np.empty_like(levels)
    for month in range(1, 13):
        cells = np.flatnonzero(clock.month == month)
        distance = levels[:, cells] - np.median(levels[:, cells], axis=1, keepdims=True)
        size = np.maximum(np.abs(distance).mean(axis=1, keepdims=True), SMALLEST_SPREAD_EUR)
        curved = np.arcsinh(distance / size)
        spread = np.maximum(curved.std(axis=1, keepdims=True), SMALLEST_SPREAD_EUR)
        scaled[:, cells] = (curved - curved.mean(axis=1, keepdims=True)) / spread
    return scaled


def _scales(values: Rows, names: tuple[str, ...], levels: Floats, clock: YearClock) -> dict[tuple[str, int], float]:
    scale: dict[tuple[str, int], float] = {}
    for row, name in enumerate(names):
        unit = "EUR/MWh" if name in PRICE_AREAS else "EUR/MW,h"
        for month in range(1, 13):
            mean = round(float(np.abs(levels[row, clock.month == month]).mean()), 4)
            scale[name, month] = mean
            values.append(_value("price_scale", name, mean, unit, month=month))
    return scale


def _describe_distributions(
    quantiles: Rows, names: tuple[str, ...], levels: Floats, scale: dict[tuple[str, int], float], clock: YearClock
) -> None:
    def describe(statistic: str, name: str, month: int, part: int, sample: Floats) -> None:
        points = np.quantile(sample, QUANTILE_LEVELS_PU, method="hazen") / scale[name, month]
        quantiles.append(
            {"statistic": statistic, "series": name, "month": month, "part_of_day": part}
            | dict(zip(LEVEL_COLUMNS, np.round(points, 4), strict=True))
        )

    for row, name in enumerate(names):
        for month in range(1, 13):
            for part in np.unique(clock.part):
                cells = (clock.month == month) & (clock.part == part)
                describe("hourly_price", name, month, int(part), levels[row, cells])
    for statistic, window in SPREADS.items():
        spread = window.spread(levels[: len(PRICE_AREAS)])
        for column, area in enumerate(PRICE_AREAS):
            for month in range(1, 13):
                describe(statistic, area, month, 0, spread[clock.day_month == month, column])


def _describe_shapes(values: Rows, shapes: Rows, names: tuple[str, ...], scaled: Floats, clock: YearClock) -> Floats:
    deviations = scaled.copy()
    contrast = weekend_contrast(clock)
    for row, name in enumerate(names):
        for month in range(1, 13):
            cells = np.flatnonzero(clock.month == month).reshape(-1, HOURS_PER_DAY)
            shape = deviations[row, cells].mean(axis=0)
            shapes.append(_shape("month_shape", name, f"month_{month:02d}", shape))
            deviations[row, cells] -= shape
        for season, season_name in enumerate(SEASONS):
            cells = np.flatnonzero(clock.season == season).reshape(-1, HOURS_PER_DAY)
            is_weekend = clock.is_weekend[cells[:, 0]]
            block = deviations[row, cells]
            shift = block[is_weekend].mean(axis=0) - block[~is_weekend].mean(axis=0)
            shapes.append(_shape("weekend_shape", name, season_name, shift))
            deviations[row, cells] -= shift * contrast[cells]
        for month in range(1, 13):
            inside = clock.month == month
            size = float(deviations[row, inside].std())
            values.append(_value("deviation_sd", name, size, "standard deviation", month=month))
            deviations[row, inside] /= size
    return deviations


def _describe_dynamics(
    values: Rows, shapes: Rows, names: tuple[str, ...], deviations: Floats, clock: YearClock
) -> None:
    nights = days_from(deviations, NOON).reshape(clock.day_count, -1)
    _, _, axes = np.linalg.svd(nights, full_matrices=False)
    loadings = axes[:COMPONENTS]
    loadings = loadings * np.sign(loadings[np.arange(len(loadings)), np.abs(loadings).argmax(axis=1)])[:, None]
    scores = nights @ loadings.T
    variance = scores.var(axis=0)
    before, after = scores[:-1], scores[1:]
    ridge = RIDGE * before.var(axis=0).mean() * np.eye(COMPONENTS)
    transition = np.linalg.solve(before.T @ before + ridge, before.T @ after).T
    for number in range(COMPONENTS):
        values.append(_value("score_variance", "all", float(variance[number]), "variance", component=number + 1))
        blocks = loadings[number].reshape(len(names), HOURS_PER_DAY)
        for name, block in zip(names, blocks, strict=True):
            shapes.append(_shape("loading", name, "year", block, component=number + 1))
        for target in range(COMPONENTS):
            link = float(transition[target, number])
            values.append(
                _value("transition", "all", link, "coefficient", component=number + 1, partner=str(target + 1))
            )


def _describe_coupling(values: Rows, levels: Floats, clock: YearClock) -> None:
    for upper, lower in AREA_PAIRS:
        gap = np.abs(levels[PRICE_AREAS.index(upper)] - levels[PRICE_AREAS.index(lower)])
        for month in range(1, 13):
            share = float((gap[clock.month == month] <= EQUAL_EUR).mean())
            values.append(_value("coupled_share", upper, share, "share", month=month, partner=lower))


def _describe_volumes(values: Rows, shapes: Rows, volumes: dict[str, Floats], clock: YearClock) -> None:
    for name, volume in volumes.items():
        for month in range(1, 13):
            mean = float(volume[clock.month == month].mean())
            values.append(_value("volume_mean", name, mean, "MW", month=month))
        by_hour = volume.reshape(-1, HOURS_PER_DAY).mean(axis=0) / volume.mean()
        shapes.append(_shape("volume_shape", name, "year", by_hour))


def _value(
    statistic: str, series: str, value: float, unit: str, month: int = 0, component: int = 0, partner: str = "none"
) -> dict[str, object]:
    return {
        "statistic": statistic,
        "series": series,
        "month": month,
        "component": component,
        "partner": partner,
        "value": round(value, 4),
        "unit": unit,
    }


def _shape(statistic: str, series: str, period: str, hours: Floats, component: int = 0) -> dict[str, object]:
    return {"statistic": statistic, "series": series, "period": period, "component": component} | dict(
        zip(HOUR_COLUMNS, np.round(hours, 4), strict=True)
    )


def _table(rows: Rows, year: int, *floats: str) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    table.insert(0, "year", year)
    texts = table.columns.difference([*floats, "year", "month", "component", "part_of_day"])
    return table.astype(dict.fromkeys(floats, "float64") | dict.fromkeys(texts, "str"))
