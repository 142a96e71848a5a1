"""Says for every statistic of a calibrated year its unit, how it was computed and from which files."""

from typing import Final

import pandas as pd

from analysis.schemas.price_statistics import FCR_PRODUCTS, PriceStatisticSources
from analysis.synthetic.price_published import PublishedYear

HOW_COMPUTED: Final = {
    "price_scale": ("EUR/MWh or EUR/MW,h", "mean of the absolute hourly prices of the month"),
    "deviation_sd": (
        "standard deviation",
        "of the scaled prices (asinh within series and month) after month and weekend shape",
    ),
    "score_variance": (
        "variance",
        "of the scores on each principal component of the joint noon-to-noon day (areas and reserve products x 24 h)",
    ),
    "transition": ("coefficient", "ridge regression of one day's component scores on those of the day before"),
    "coupled_share": ("share", "share of the month's hours in which neighbouring areas differ by at most 1 cent/MWh"),
    "volume_mean": ("MW", "mean bought volume of the month, Denmark's part of the common auction included"),
    "month_shape": ("scaled price", "mean of the scaled prices of the month by local clock hour"),
    "weekend_shape": ("scaled price", "weekend minus weekday mean by season and clock hour, after the month shape"),
    "loading": (
        "loading",
        "principal axes of the scaled deviations; sign chosen so that the largest entry is positive",
    ),
    "volume_shape": ("factor of the year's mean", "mean volume by local clock hour"),
    "hourly_price": (
        "factor of price_scale",
        "quantiles (Hazen) of the hourly prices of the month and quarter of the local day",
    ),
    "spread_of_day": (
        "factor of price_scale",
        "quantiles of the daily spread of the month: mean of the 4 dearest minus 4 cheapest hours of the local day",
    ),
    "spread_of_night": (
        "factor of price_scale",
        "quantiles of the nightly spread of the month: the same over the 14 hours from 17 to 07 local",
    ),
}
RESERVE_ONLY: Final = ("volume_mean", "volume_shape")
DAY_AHEAD_ONLY: Final = ("coupled_share", "spread_of_day", "spread_of_night")


def source_rows(year: int, published: PublishedYear) -> pd.DataFrame:
    """List the sources of one calibrated year, one row a statistic (``PriceStatisticSources``)."""
    has_reserves = bool(published.reserves["product"].isin(FCR_PRODUCTS).any())
    rows = []
    for statistic, (unit, how) in HOW_COMPUTED.items():
        if statistic in RESERVE_ONLY and not has_reserves:
            continue
        source = f"{published.day_ahead_source}; {published.reserve_source}"
        if statistic in RESERVE_ONLY:
            source = published.reserve_source
        elif statistic in DAY_AHEAD_ONLY:
            source = published.day_ahead_source
        rows.append(
            {
                "year": year,
                "statistic": statistic,
                "unit": unit,
                "how_computed": how,
                "source": source,
                "files": published.files,
                "hours_count": int(published.day_ahead["interval_start_utc"].nunique()),
            }
        )
    texts = dict.fromkeys(("statistic", "unit", "how_computed", "source", "files"), "str")
    return PriceStatisticSources.validate(pd.DataFrame(rows).astype(texts))
