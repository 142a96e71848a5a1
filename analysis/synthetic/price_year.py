"""Turns price statistics and a seed into one generated year of day-ahead and reserve prices.

Three steps: (1) a latent year: the day-ahead prices of four areas and the reserve prices of a day, noon to noon, are
one vector; its principal components follow a vector autoregression from day to day; month and weekend shapes are added;
(2) the real distributions of hourly prices and of spreads are laid over the ranks and areas coupled
(``price_marginals``); (3) prices are rounded to the cent and written out on the UTC hours of the calendar year.
"""

from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.schemas.base import PRICE_AREAS
from analysis.schemas.market import DayAheadQuotes, ReserveQuotes
from analysis.synthetic.price_clock import NOON, SEASONS, Floats, YearClock, from_days, year_clock
from analysis.synthetic.price_marginals import SPREADS, lay_distributions, lay_hourly_prices
from analysis.synthetic.price_statistics import PLACE, PriceStatistics, available_years

WARM_UP_DAYS: Final = 60
STEP_H: Final = 1.0
AREA_PAIRS: Final = tuple(pairwise(PRICE_AREAS))


def generate_price_year(year: int, statistics: PriceStatistics, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Generate the hourly prices of a calendar year that keep what decides the value of V2X.

    Parameters
    ----------
    year
        A calibrated year; its calendar (weekdays, leap day, clock changes) is that of the real year.
    statistics
        From :func:`analysis.synthetic.price_statistics.read_price_statistics`.
    seed
        Same seed, same bytes. Years of one seed are drawn independently of each other.

    Returns
    -------
    tuple
        ``DayAheadQuotes`` (SE1-SE4 × hour, nominal EUR/MWh) and ``ReserveQuotes`` (frequency containment products of
        area ``SE`` × hour, nominal EUR per MW and hour, MW); a product whose market did not exist has no rows.

    Raises
    ------
    DataError
        If the year is not calibrated; names those that are.

    References
    ----------
    METHODS 0 (conventions), 3.4-3.5 (reserve prices met by a home car); ``data/evidence/price_year_comparison.csv``.
    """
    _refuse_unknown_year(year, statistics)
    clock = year_clock(year)
    order = latent_year(year, statistics, clock, np.random.default_rng([seed, year]))
    names = statistics.series(year)
    areas = len(PRICE_AREAS)
    hourly = statistics.quantiles_of(year, "hourly_price")
    spreads = {name: statistics.quantiles_of(year, name) for name in SPREADS}
    day_ahead = lay_distributions(order[:areas], hourly, spreads, _coupled_shares(year, statistics), clock)
    reserves = lay_hourly_prices(order[areas:], names[areas:], hourly, clock)
    return _day_ahead_quotes(day_ahead, clock), _reserve_quotes(year, statistics, reserves, names[areas:], clock)


def _refuse_unknown_year(year: int, statistics: PriceStatistics) -> None:
    years = available_years(statistics)
    if year not in years:
        raise DataError(
            Fault(
                PLACE,
                f"no statistics of {year}",
                f"one of {', '.join(str(known) for known in years)}",
                "Choose a calibrated year, or read real prices of the year by a descriptor.",
            )
        )


def latent_year(year: int, statistics: PriceStatistics, clock: YearClock, generator: np.random.Generator) -> Floats:
    """Draw the latent year: series × clock hours of scaled prices, with month and weekend shapes."""
    names = statistics.series(year)
    deviations = _component_part(year, statistics, clock, generator)
    deviation_sd = statistics.value_of(year, "deviation_sd")
    month_shape = statistics.hours_of(year, "month_shape")
    weekend_shape = statistics.hours_of(year, "weekend_shape")
    weekend = weekend_contrast(clock)
    latent = np.empty_like(deviations)
    for row, name in enumerate(names):
        size = np.array([deviation_sd.loc[(name, month, 0, "none")] for month in range(1, 13)])
        shape = np.stack([month_shape[name, f"month_{month:02d}", 0] for month in range(1, 13)])
        shift = np.stack([weekend_shape[name, season, 0] for season in SEASONS])
        latent[row] = deviations[row] * size[clock.month - 1] + shape[clock.month - 1, clock.hour]
        latent[row] += shift[clock.season, clock.hour] * weekend
    return latent


def weekend_contrast(clock: YearClock) -> Floats:
    """Weight of the weekend shape at each clock hour, centred so that its mean over every season is zero."""
    is_weekend = clock.is_weekend.astype(float)
    share = np.array([is_weekend[clock.season == season].mean() for season in range(len(SEASONS))])
    contrast: Floats = is_weekend - share[clock.season]
    return contrast


def _component_part(year: int, statistics: PriceStatistics, clock: YearClock, generator: np.random.Generator) -> Floats:
    names = statistics.series(year)
    variance = statistics.value_of(year, "score_variance").groupby(level="component").first().sort_index().to_numpy()
    count = len(variance)
    links = statistics.value_of(year, "transition").reset_index()
    transition = np.zeros((count, count))
    transition[links["partner"].astype(int) - 1, links["component"] - 1] = links["value"]
    loading = statistics.hours_of(year, "loading")
    loadings = np.stack([np.stack([loading[name, "year", number] for name in names]) for number in range(1, count + 1)])
    innovation = np.diag(variance) - transition @ np.diag(variance) @ transition.T
    noise = generator.standard_normal((WARM_UP_DAYS + clock.day_count, count))
    shocks = noise @ _root(innovation).T
    scores = np.zeros_like(shocks)
    for day in range(1, len(shocks)):
        scores[day] = transition @ scores[day - 1] + shocks[day]
    return from_days(np.einsum("dk,ksh->dsh", scores[WARM_UP_DAYS:], loadings), NOON)


def _root(covariance: Floats) -> Floats:
    """Give R with R Rᵀ = covariance; rounding of the published figures may leave it a hair from positive."""
    variance, axes = np.linalg.eigh(covariance)
    root: Floats = axes * np.sqrt(np.maximum(variance, 0.0))
    return root


def _coupled_shares(year: int, statistics: PriceStatistics) -> dict[tuple[int, int], Floats]:
    share = statistics.value_of(year, "coupled_share")
    return {
        (PRICE_AREAS.index(upper), PRICE_AREAS.index(lower)): np.array(
            [share.loc[(upper, month, 0, lower)] for month in range(1, 13)]
        )
        for upper, lower in AREA_PAIRS
    }


def _day_ahead_quotes(prices: Floats, clock: YearClock) -> pd.DataFrame:
    hours = len(clock.start_utc)
    table = pd.DataFrame(
        {
            "interval_start_utc": clock.start_utc[np.tile(np.arange(hours), len(PRICE_AREAS))],
            "step_h": STEP_H,
            "price_area": pd.Series(np.repeat(PRICE_AREAS, hours), dtype="str"),
            "price_eur_nominal_per_mwh": np.round(prices[:, clock.cell], 2).ravel(),
        }
    )
    return DayAheadQuotes.validate(table)


def _reserve_quotes(
    year: int, statistics: PriceStatistics, prices: Floats, names: tuple[str, ...], clock: YearClock
) -> pd.DataFrame:
    hours = len(clock.start_utc)
    mean = statistics.value_of(year, "volume_mean")
    shape = statistics.hours_of(year, "volume_shape")
    # ASSUME: reserve volumes follow their month and clock hour and have no random part; value depends on price alone.
    volumes = [
        np.array([mean.loc[(name, month, 0, "none")] for month in range(1, 13)])[clock.month - 1]
        * shape[name, "year", 0][clock.hour]
        for name in names
    ]
    table = pd.DataFrame(
        {
            "interval_start_utc": clock.start_utc[np.tile(np.arange(hours), len(names))],
            "step_h": STEP_H,
            "product": pd.Series(np.repeat(names, hours), dtype="str"),
            "price_area": pd.Series(np.full(hours * len(names), "SE"), dtype="str"),
            "price_eur_nominal_per_mw_h": np.round(np.maximum(prices[:, clock.cell], 0.0), 3).ravel(),
            "volume_mw": np.round(np.concatenate([volume[clock.cell] for volume in volumes]), 1),
        }
    )
    return ReserveQuotes.validate(table)
