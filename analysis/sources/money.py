"""Turns nominal euro quotes into real crowns of the run's price year, and a series into the run's step."""

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.io import check_table, normalise
from analysis.schemas.market import DayAheadPrices, ReservePrices
from analysis.units import real_sek_from_nominal_eur

LOCAL = "Europe/Stockholm"


def _sek_per_eur(starts: pd.Series, price_index: pd.DataFrame, price_year: int) -> pd.Series:
    """Real crowns of ``price_year`` per nominal euro of the local year of each interval (METHODS 0)."""
    years = starts.dt.tz_convert(LOCAL).dt.year
    table = price_index.set_index("year")
    absent = sorted({*years.unique(), price_year} - set(table.index))
    if absent:
        raise DataError(
            Fault(f"data/assumptions/price_index.csv: {year}", "no row", "exchange rate and consumer price index",
                  "Add the year with its source.")
            for year in absent
        )  # fmt: skip
    level = table["consumer_price_index_pu"].to_dict()
    rate = table["sek_per_eur"].to_dict()
    factors = {
        year: real_sek_from_nominal_eur(1.0, float(rate[year]), float(level[year]), float(level[price_year]))
        for year in years.unique()
    }
    return pd.Series(years.map(factors), index=starts.index, dtype="float64")


def real_day_ahead_prices(quotes: pd.DataFrame, price_index: pd.DataFrame, price_year: int) -> pd.DataFrame:
    """Day-ahead quotes in real SEK/MWh, excluding VAT.

    Parameters
    ----------
    quotes
        ``DayAheadQuotes``: nominal euro.
    price_index
        ``PriceIndex``: rate and consumer price index by year.
    price_year
        Year of the money of the run.

    Raises
    ------
    DataError
        If a year of the quotes, or the price year, has no row in the index.

    References
    ----------
    METHODS 0: EUR to SEK at the mean rate of the year of the price; then the consumer price index.

    Examples
    --------
    100 EUR/MWh in 2024 at 11.4309 SEK/EUR, index 415.2 against 418.3 in 2025, gives 1 151.6 SEK/MWh.
    """
    factor = _sek_per_eur(quotes["interval_start_utc"], price_index, price_year)
    prices = quotes.assign(price_sek_per_mwh=quotes["price_eur_nominal_per_mwh"] * factor)
    return check_table(
        normalise(prices.drop(columns="price_eur_nominal_per_mwh")), DayAheadPrices, "real day-ahead prices"
    )


def real_reserve_prices(quotes: pd.DataFrame, price_index: pd.DataFrame, price_year: int) -> pd.DataFrame:
    """Reserve quotes in real SEK per MW and hour; volume as published. See :func:`real_day_ahead_prices`."""
    factor = _sek_per_eur(quotes["interval_start_utc"], price_index, price_year)
    prices = quotes.assign(price_sek_per_mw_h=quotes["price_eur_nominal_per_mw_h"] * factor)
    prices = prices.drop(columns="price_eur_nominal_per_mw_h")[list(ReservePrices.to_schema().columns)]
    return check_table(normalise(prices), ReservePrices, "real reserve prices")


def to_step(prices: pd.DataFrame, step_h: float) -> pd.DataFrame:
    """Bring prices to the run's step: hourly prices are repeated, never interpolated; quarters are averaged.

    Parameters
    ----------
    prices
        Price table with ``interval_start_utc`` and ``step_h``; every other number is a level, not a quantity.
    step_h
        0.25 or 1.0.

    Returns
    -------
    pd.DataFrame
        The same columns and keys. An hour of which only some quarters are there is averaged over those: for reserves
        a quarter without a row is one in which nothing was bought.

    References
    ----------
    METHODS 0, time.
    """
    coarse = prices[prices["step_h"] > step_h + 1e-9]
    fine = prices[prices["step_h"] < step_h - 1e-9]
    same = prices[(prices["step_h"] - step_h).abs() <= 1e-9]
    parts = [same]
    if len(coarse):
        parts += [
            coarse.assign(
                interval_start_utc=coarse["interval_start_utc"] + pd.Timedelta(hours=offset * step_h), step_h=step_h
            )
            for offset in range(round(1.0 / step_h))
        ]
    if len(fine):
        keys = [name for name in ("product", "price_area") if name in prices]
        levels = [name for name in prices.select_dtypes("float") if name != "step_h"]
        hour = fine.assign(interval_start_utc=fine["interval_start_utc"].dt.floor(f"{round(step_h * 60)}min"))
        mean = hour.groupby([*keys, "interval_start_utc"], as_index=False)[levels].mean()
        parts.append(mean.assign(step_h=step_h)[list(prices.columns)])
    order = [name for name in ("product", "price_area", "interval_start_utc") if name in prices]
    joined = pd.concat([part for part in parts if len(part)], ignore_index=True) if len(prices) else prices
    return joined.sort_values(order, kind="stable").reset_index(drop=True)
