"""Turns price files as published, read as text, into quotes in UTC: what generated years are held against."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from analysis.schemas.base import PRICE_AREAS
from analysis.schemas.market import DayAheadQuotes, ReserveQuotes
from analysis.schemas.price_statistics import FCR_PRODUCTS
from analysis.synthetic.price_clock import LOCAL_TIME

REAL_YEARS: Final = (2019, 2020, 2021, 2023, 2024, 2025)
"""Years whose day-ahead prices are published in the real price folder; 2022 is not."""
RESERVE_YEARS: Final = (2021, 2023, 2024, 2025)
FIRST_ELPRISETJUSTNU_YEAR: Final = 2024
SECOND_HOUR_STAMP: Final = "T02:01:00"
"""How the Mimer export marks the repeated clock hour of October."""


def parse_elprisetjustnu(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Read elprisetjustnu tables (price area → ``time_start``, ``EUR_per_kWh``) as hourly ``DayAheadQuotes``.

    Quarter-hours (from 1 October 2025) are averaged to hours.
    """
    parts = []
    for area, frame in frames.items():
        start = pd.to_datetime(frame["time_start"], utc=True)
        price = pd.Series(frame["EUR_per_kWh"].astype(float).to_numpy() * 1000.0, index=pd.DatetimeIndex(start))
        parts.append(_area_quotes(area, price.resample("h").mean().dropna()))
    return DayAheadQuotes.validate(pd.concat(parts, ignore_index=True))


def parse_entsoe(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Read ENTSO-E exports (price area → local interval text, price text) as hourly ``DayAheadQuotes``.

    Rows without a price (the missing hour of March, 'n/e') are left out; the repeated hour of October is told by order.
    """
    parts = []
    for area, frame in frames.items():
        price = pd.to_numeric(frame.iloc[:, 1], errors="coerce")
        known = price.notna()
        local = pd.DatetimeIndex(pd.to_datetime(frame.iloc[:, 0][known].str[:16], format="%d.%m.%Y %H:%M"))
        start = local.tz_localize(LOCAL_TIME, ambiguous="infer").tz_convert("UTC")
        parts.append(_area_quotes(area, pd.Series(price[known].to_numpy(dtype=float), index=start)))
    return DayAheadQuotes.validate(pd.concat(parts, ignore_index=True))


def parse_fcr_mimer(frame: pd.DataFrame) -> pd.DataFrame:
    """Read a Mimer table of frequency containment reserves as hourly ``ReserveQuotes`` of area ``SE``.

    Price and volume both exactly 0 mean that nothing was published: such rows are left out (METHODS 3.4).
    """
    is_second = frame["time_start"].str.endswith(SECOND_HOUR_STAMP)
    local = pd.DatetimeIndex(pd.to_datetime(frame["time_start"].str.replace(SECOND_HOUR_STAMP, "T02:00:00")))
    start = local.tz_localize(LOCAL_TIME, ambiguous=~is_second.to_numpy()).tz_convert("UTC").as_unit("us")
    parts = []
    for product in FCR_PRODUCTS:
        part = pd.DataFrame(
            {
                "interval_start_utc": start,
                "step_h": 1.0,
                "product": product,
                "price_area": "SE",
                "price_eur_nominal_per_mw_h": frame[f"{product}_price_eur_mw"].astype(float).to_numpy(),
                "volume_mw": frame[f"{product}_volume_mw"].astype(float).to_numpy(),
            }
        )
        absent = (part["price_eur_nominal_per_mw_h"] == 0) & (part["volume_mw"] == 0)
        parts.append(part[~absent])
    table = pd.concat(parts, ignore_index=True).astype({"product": "str", "price_area": "str"})
    return ReserveQuotes.validate(table)


def no_reserves() -> pd.DataFrame:
    """Give ``ReserveQuotes`` without rows, for a year whose reserve prices are not at hand."""
    empty = pd.DataFrame(
        {
            "interval_start_utc": pd.DatetimeIndex([], tz="UTC").as_unit("us"),
            "step_h": np.empty(0),
            "product": pd.Series([], dtype="str"),
            "price_area": pd.Series([], dtype="str"),
            "price_eur_nominal_per_mw_h": np.empty(0),
            "volume_mw": np.empty(0),
        }
    )
    return ReserveQuotes.validate(empty)


def _area_quotes(area: str, price: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "interval_start_utc": pd.DatetimeIndex(price.index).as_unit("us"),
            "step_h": 1.0,
            "price_area": pd.Series(area, index=range(len(price)), dtype="str"),
            "price_eur_nominal_per_mwh": price.to_numpy(),
        }
    )


@dataclass(frozen=True)
class PublishedYear:
    """The published prices of one year and where they came from."""

    day_ahead: pd.DataFrame
    reserves: pd.DataFrame
    day_ahead_source: str
    reserve_source: str
    files: str


def published_year(year: int, read: Callable[[str], pd.DataFrame]) -> PublishedYear:
    """Gather one year from the files of the real price folder.

    Parameters
    ----------
    year
        From ``FIRST_ELPRISETJUSTNU_YEAR`` elprisetjustnu is read (the ENTSO-E export of 2024 ends in October), before
        it ENTSO-E.
    read
        Turns a path below the folder into a table of texts; the caller opens files, this module does not.

    Returns
    -------
    PublishedYear
        Hourly quotes; ``reserves`` has no rows for years without a published file.
    """
    if year >= FIRST_ELPRISETJUSTNU_YEAR:
        paths = {area: f"prices/elprisetjustnu/{area}/{year}.csv" for area in PRICE_AREAS}
        day_ahead = parse_elprisetjustnu({area: read(path) for area, path in paths.items()})
        source = "elprisetjustnu.se (Nord Pool and ENTSO-E day-ahead prices)"
    else:
        paths = {area: f"prices/entsoe/{area}_{year}_entsoe.csv" for area in PRICE_AREAS}
        day_ahead = parse_entsoe({area: read(path) for area, path in paths.items()})
        source = "ENTSO-E Transparency Platform, day-ahead prices 12.1.D"
    files = list(paths.values())
    reserves, reserve_source = no_reserves(), "none published here"
    if year in RESERVE_YEARS:
        path = f"reserves/fcr_mimer/{year}.csv"
        reserves, reserve_source = parse_fcr_mimer(read(path)), "Svenska kraftnät Mimer, primary regulation"
        files.append(path)
    return PublishedYear(day_ahead, reserves, source, reserve_source, " ".join(files))
