"""Turns real and generated price years into one table that says, area by area and year by year, how far they agree.

Years that are not calibrated are set against the nearest calibrated year: the row then shows what a policy analyst
would miss by relying on the embedded years, and it stands in the table also where it misses.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from analysis.schemas.base import PRICE_AREAS
from analysis.schemas.price_statistics import PriceYearComparison
from analysis.synthetic.price_clock import LOCAL_TIME, Floats
from analysis.synthetic.price_published import PublishedYear
from analysis.synthetic.price_reference_car import ReferenceCar, car_year, energy_values, reserve_values
from analysis.synthetic.price_statistics import PriceStatistics, available_years
from analysis.synthetic.price_year import generate_price_year

UNITS: Final = {
    "arbitrage": "eur_per_car_year",
    "smart_saving": "eur_per_car_year",
    "fcr_d": "eur_per_car_year",
    "fcr_n": "eur_per_car_year",
    "arbitrage_gross": "eur_per_car_year",
    "mean_price": "eur_per_mwh",
    "daily_spread": "eur_per_mwh",
    "negative_share": "pu",
    "negative_run": "h",
    "correlation_se3": "pu",
    "rank_correlation_fcr_d": "pu",
}
"""Every measure of the table and its unit."""
ACCEPTED: Final = ("arbitrage", "smart_saving", "fcr_d", "fcr_n")
"""The measures that must agree within the tolerance."""
TOLERANCE: Final = 0.15
"""Largest difference that still counts as agreement, as a share of the real value."""
AGREEMENT_RATIOS: Final = (*ACCEPTED, "arbitrage_gross", "mean_price", "daily_spread")

Measures = dict[str, dict[str, float]]


def price_year_measures(
    day_ahead: pd.DataFrame, reserves: pd.DataFrame, car: ReferenceCar, areas: Sequence[str] = PRICE_AREAS
) -> Measures:
    """Measure one price year, real or generated: the reference car's values and what describes the prices.

    Parameters
    ----------
    day_ahead, reserves
        Hourly ``DayAheadQuotes`` and ``ReserveQuotes`` of one calendar year.
    areas
        Price areas to measure; the prices of SE3 are needed for any of them.

    Returns
    -------
    dict
        Price area → measure → value in the unit of ``UNITS``; reserve measures are NaN without reserve prices.
    """
    prices = day_ahead.pivot(index="interval_start_utc", columns="price_area", values="price_eur_nominal_per_mwh")
    start = pd.DatetimeIndex(prices.index)
    paid = reserves.pivot(index="interval_start_utc", columns="product", values="price_eur_nominal_per_mw_h")
    paid = paid.reindex(start).fillna(0.0)
    year = car_year(start, car)
    income = reserve_values({name: paid[name].to_numpy() for name in map(str, paid)}, year, car)
    fcr_d = paid.filter(like="fcr_d").sum(axis=1)
    days = start.tz_convert(LOCAL_TIME).day_of_year.to_numpy()
    measures: Measures = {}
    for area in areas:
        price = prices[area].to_numpy(dtype=float)
        by_day = pd.Series(price).groupby(days)
        measures[area] = energy_values(price, year, car) | {
            "mean_price": float(price.mean()),
            "daily_spread": float((by_day.max() - by_day.min()).mean()),
            "negative_share": float((price < 0).mean()),
            "negative_run": mean_run_h(price < 0),
            "correlation_se3": float(prices[area].corr(prices["SE3"])),
            "rank_correlation_fcr_d": float("nan"),
        }
        nothing = {name: float("nan") for name in income}
        measures[area] |= income if len(reserves) else nothing
        if len(reserves):
            measures[area]["rank_correlation_fcr_d"] = float(prices[area].corr(fcr_d, method="spearman"))
    return measures


def mean_run_h(is_true: Sequence[bool] | np.ndarray) -> float:
    """Mean length of the runs of true hours; 0 where there are none.

    Examples
    --------
    True, True, False, True gives 1.5.
    """
    flags = np.concatenate([[0], np.asarray(is_true, dtype=int), [0]])
    starts = int((np.diff(flags) == 1).sum())
    return float(flags.sum() / starts) if starts else 0.0


def compare_price_years(
    published: Mapping[int, PublishedYear], statistics: PriceStatistics, seed: int, seed_count: int, car: ReferenceCar,
    areas: Sequence[str] = PRICE_AREAS,
) -> pd.DataFrame:  # fmt: skip
    """Set every real year against its generated one.

    Parameters
    ----------
    published
        Year → published prices.
    seed, seed_count
        The embedded columns are those of ``seed``; it and those after it give the span of the ratios.
    areas
        Price areas to compare.

    Returns
    -------
    pd.DataFrame
        ``PriceYearComparison``, by year and price area.
    """
    seeds = range(seed, seed + seed_count)
    years = available_years(statistics)
    partner = {year: min(years, key=lambda known: (abs(known - year), known)) for year in published}
    generated = {
        year: [price_year_measures(*generate_price_year(year, statistics, one), car, areas) for one in seeds]
        for year in sorted(set(partner.values()))
    }
    rows = []
    for year, real in sorted(published.items()):
        measures = price_year_measures(real.day_ahead, real.reserves, car, areas)
        for area in areas:
            drawn = [one[area] for one in generated[partner[year]]]
            head = {"year": year, "price_area": area, "embedded_year": partner[year]}
            head |= {"is_calibrated": year in years, "seed": seed}
            sources = {"price_source": real.day_ahead_source, "reserve_source": real.reserve_source}
            rows.append(head | _agreement(measures[area], drawn) | sources)
    texts = dict.fromkeys(("price_area", "price_source", "reserve_source"), "str")
    return PriceYearComparison.validate(pd.DataFrame(rows).astype(texts))


def _agreement(real: Mapping[str, float], drawn: Sequence[Mapping[str, float]]) -> dict[str, object]:
    embedded = drawn[0]
    known = [name for name in ACCEPTED if np.isfinite(real[name])]
    ratios = {name: _ratios(real[name], [one[name] for one in drawn]) for name in AGREEMENT_RATIOS}
    inside = np.all([np.abs(ratios[name] - 1) <= TOLERANCE for name in known], axis=0)
    row: dict[str, object] = {
        "is_within_15_pct": bool(inside[0]),
        "seeds_count": len(drawn),
        "seeds_within_15_pct_count": int(inside.sum()),
    }
    for name, unit in UNITS.items():
        row[f"real_{name}_{unit}"] = round(real[name], 4)
        row[f"embedded_{name}_{unit}"] = round(embedded[name], 4)
        if name in ratios:
            row[f"ratio_{name}_pu"] = round(float(ratios[name][0]), 4)
        if name in ACCEPTED:
            row[f"ratio_{name}_low_pu"] = round(float(ratios[name].min()), 4)
            row[f"ratio_{name}_mean_pu"] = round(float(ratios[name].mean()), 4)
            row[f"ratio_{name}_high_pu"] = round(float(ratios[name].max()), 4)
    return row


def _ratios(real: float, drawn: Sequence[float]) -> Floats:
    return np.asarray(drawn, dtype=float) / real
