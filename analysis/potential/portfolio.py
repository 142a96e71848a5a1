"""Turns the size of a portfolio into what it can sell: hours below the smallest bid earn nothing.

Source: METHODS 3.4: smallest bids 0.1 MW of FCR, 1 MW of aFRR and mFRR; the decision to bid is yes or no.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.fleet.stock import Numbers
from analysis.potential.hourly_sale import OfferHours, sold_by_hour
from analysis.potential.surrogate import VALUE, Schedules, Surrogate, kept_shares
from analysis.units import KW_PER_MW

MINIMUM_PARAMETERS = {"fcr": "res.min_bid_fcr", "afrr": "res.min_bid_afrr", "mfrr": "res.min_bid_mfrr"}
SIZES = (1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 700, 1000, 2000, 5000, 10_000)
REPEATS = 30
STARTS = ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0))
"""Both groups, FCR-N alone, FCR-D alone."""


def minimum_bid_mw(product: str, numbers: Numbers) -> float:
    """Smallest bid of a product, MW."""
    return float(numbers[MINIMUM_PARAMETERS[product.split("_")[0]]])


def sold_shares_pu(bid_mw: np.ndarray, year: OfferHours, kept: np.ndarray, minimum_mw: float) -> np.ndarray:
    """Share of a portfolio's offers of each product that lie in hours in which it can bid.

    Parameters
    ----------
    bid_mw
        Yearly mean by product.
    year, kept
        Hours, and share of cars that keep the schedule of each reserve price level.

    Examples
    --------
    10 cars of 8 kW offer 0.08 MW in their best hour: nothing is sold.
    """
    by_hour = bid_mw[:, None] * year.shape(kept)
    total, sold = year.mean(by_hour), year.mean(sold_by_hour(by_hour, year.bought_mw, minimum_mw))
    share: np.ndarray = np.divide(sold, total, out=np.zeros_like(total), where=total > 0)
    return share


def portfolio_values(
    car: Surrogate,
    known: Schedules,
    years: Sequence[OfferHours],
    minimum_mw: float,
    bid_pu: float,
    sizes: Sequence[int] = SIZES,
) -> pd.DataFrame:
    """Value of a car by the size of the portfolio it is in, at today's prices (grain: size).

    A car whose portfolio sells in a share of its hours earns that share of the price, and keeps the schedule that pays
    best at it; fewer offers then leave still fewer hours, until both agree. A portfolio may leave one group alone.

    Parameters
    ----------
    car, known
        The mean enrolled car and its schedules.
    years
        Hours of each price year.
    minimum_mw
        Smallest bid.
    bid_pu
        Part of an offer that is bid: the availability margin.

    Returns
    -------
    pd.DataFrame
        Schema PortfolioValues.
    """
    rows = []
    for size in sizes:
        settled = [
            _settled(car, known, years, minimum_mw, size * bid_pu, start)
            for start in ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0))
        ]
        values = [float(car.at(np.array(n), np.array(d))[VALUE]) for n, d in settled]
        best = int(np.argmax(values))
        rows.append({"portfolio_count": size, "fcr_n_sold_pu": settled[best][0], "fcr_d_sold_pu": settled[best][1],
                     "value_sek_per_car_year": values[best]})  # fmt: skip
    return pd.DataFrame(rows)


def _settled(
    car: Surrogate, known: Schedules, years: Sequence[OfferHours], minimum_mw: float, bid_count: float,
    start: tuple[float, float],
) -> tuple[float, float]:  # fmt: skip
    """Shares of the offers sold (FCR-N, FCR-D) at which bids and hours agree, coming from ``start`` down."""
    share_n, share_d = start
    for _ in range(REPEATS):
        bid_mw = bid_count * car.at(np.array(share_n), np.array(share_d))[:3] / KW_PER_MW
        kept = kept_shares(known, np.array(share_n), np.array(share_d))[0]
        fcr_n, up, down = np.mean([sold_shares_pu(bid_mw, year, kept, minimum_mw) for year in years], axis=0)
        now = (min(share_n, float(fcr_n)), min(share_d, float(up + down) / 2))
        if now == (share_n, share_d):
            break
        share_n, share_d = now
    return share_n, share_d
