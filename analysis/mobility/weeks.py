"""Turns a year of day-ahead and reserve prices into a few whole weeks with weights that stand for all of it."""

from datetime import timedelta
from itertools import combinations

import holidays
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls

from analysis.errors import DataError, Fault
from analysis.units import DAYS_PER_WEEK, HOURS_PER_WEEK

LOCAL_ZONE = "Europe/Stockholm"
SEASON_OF_MONTH = dict.fromkeys((12, 1, 2), "winter") | dict.fromkeys((3, 4, 5), "spring") | dict.fromkeys(
    (6, 7, 8), "summer"
) | dict.fromkeys((9, 10, 11), "autumn")  # fmt: skip
WORKING_DAYS = 5
MOST_COMBINATIONS = 3_000
# ASSUME: missing the season's mean counts twice as much as distance to single weeks; weights lean to cluster size.
BIAS_WEIGHT = 2.0
PULL_TO_MEMBERS = 0.05
# ASSUME: the mean price of each FCR product counts as much as four day-ahead figures: a car's reserve revenue follows
# the season's mean price, and single months may hold most of a year's (FCR-D down, April 2024).
RESERVE_WEIGHT = 4.0
FCR_PRODUCTS = ("fcr_n", "fcr_d_up", "fcr_d_down")


def calendar_weeks(year: int) -> pd.DataFrame:
    """List the whole local weeks (Monday 00 to Sunday 24) inside a year.

    Returns
    -------
    pd.DataFrame
        One row a week: ``week_id`` (ISO), ``week_index``, ``week_start_utc``, ``season``, ``is_plain`` (168 hours: the
        clock is not moved in it), ``has_red_weekday`` (a public holiday from Monday to Friday).
    """
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31", freq="D")
    mondays = days[days.day_of_week == 0]
    starts = mondays.tz_localize(LOCAL_ZONE)
    ends = (mondays + pd.Timedelta(days=DAYS_PER_WEEK)).tz_localize(LOCAL_ZONE)
    last = pd.Timestamp(f"{year + 1}-01-01", tz=LOCAL_ZONE)
    inside = ends <= last
    thursdays = mondays + pd.Timedelta(days=3)
    red_days = holidays.country_holidays("SE", years=year, include_sundays=False)
    red_mondays = {(day - timedelta(days=day.weekday())) for day in red_days if day.weekday() < WORKING_DAYS}
    table = pd.DataFrame(
        {
            "week_id": [f"{iso.year}-W{iso.week:02d}" for iso in (day.isocalendar() for day in mondays)],
            "week_start_utc": starts.tz_convert("UTC").as_unit("us"),
            "season": [SEASON_OF_MONTH[month] for month in thursdays.month],
            "has_red_weekday": [day.date() in red_mondays for day in mondays],
            "is_plain": (ends - starts) == pd.Timedelta(hours=HOURS_PER_WEEK),
        }
    )[inside].reset_index(drop=True)
    return table.assign(week_index=np.arange(len(table)))


def choose_weeks(
    day_ahead_prices: pd.DataFrame,
    reserve_prices: pd.DataFrame,
    price_year: int,
    per_season: int,
    has_extreme: bool,
) -> pd.DataFrame:
    """Choose whole local weeks that together stand for a price year (grain: representative week).

    In each season the set of ``per_season`` weeks is taken that lies nearest to all weeks of the season *and* whose
    weighted mean price, spread and dearest hours lie nearest to the season's own, over all price areas at once, and
    whose mean FCR prices do.
    The week of the dearest hour stands for itself alone (weight 1). Weeks in which the clock is moved are never
    chosen, nor weeks with a public holiday on a weekday (unless there are too few others); other weeks stand for them.

    Parameters
    ----------
    day_ahead_prices
        DayAheadPrices of at least the price year; quarters and hours may be mixed.
    reserve_prices
        ReservePrices; the FCR products bought in the year take part, others do not.
    price_year
        Local calendar year.
    per_season
        Weeks a season, from 1.
    has_extreme
        Whether to add the week that holds the dearest hour of any area.

    Returns
    -------
    pd.DataFrame
        RepresentativeWeeks; weights sum to days of the year / 7 (52.14, in a leap year 52.29).

    Raises
    ------
    DataError
        If no season week is fully covered by prices in every area.
    """
    weeks = calendar_weeks(price_year)
    hourly = _hourly_table(day_ahead_prices)
    reserves = _reserve_table(reserve_prices, price_year)
    features = _week_features(hourly, reserves, weeks)
    complete = features.notna().all(axis=1).to_numpy()
    usable = weeks[complete & weeks["is_plain"].to_numpy()]
    extreme = _extreme_week(features.loc[usable.index]) if has_extreme and len(usable) else None
    extreme_season = None if extreme is None else str(weeks["season"].iloc[extreme])
    rows: list[pd.DataFrame] = []
    for season in ("winter", "spring", "summer", "autumn"):
        pool = usable[(usable["season"] == season) & (usable.index != extreme)]
        # ASSUME: a week with a public holiday on a weekday stands for itself at most, never for ordinary weeks.
        ordinary = pool[~pool["has_red_weekday"]]
        pool = ordinary if len(ordinary) >= per_season else pool
        if pool.empty:
            raise DataError(
                Fault(f"day-ahead prices {price_year}, {season}", "no week with all hours in every area",
                      "at least one whole week a season", "Give prices of the whole year.")
            )  # fmt: skip
        apart = features.loc[extreme].to_numpy(float) if season == extreme_season else None
        target = _season_target(hourly, reserves, price_year, season, features.loc[pool.index], apart)
        length = _season_weeks(price_year, season) - float(apart is not None)
        rows.append(_season_rows(pool, features.loc[pool.index], target, min(per_season, len(pool)), length))
    if extreme is not None:
        rows.append(weeks.loc[[extreme]].assign(weight_weeks=1.0, is_extreme=True))
    chosen = pd.concat(rows).assign(price_year=price_year).sort_values("week_start_utc").reset_index(drop=True)
    return chosen[["price_year", "week_id", "season", "is_extreme", "week_start_utc", "weight_weeks"]]


def _season_weeks(year: int, season: str) -> float:
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31", freq="D")
    return float(sum(SEASON_OF_MONTH[month] == season for month in days.month)) / DAYS_PER_WEEK


def _hourly_table(prices: pd.DataFrame) -> pd.DataFrame:
    """Hour × area; only hours that are whole."""
    hourly = (
        prices.assign(
            hour_utc=prices["interval_start_utc"].dt.floor("h"), part=prices["price_sek_per_mwh"] * prices["step_h"]
        )
        .groupby(["hour_utc", "price_area"])[["part", "step_h"]]
        .sum()
    )
    full = hourly[hourly["step_h"] > 1 - 1e-9]
    return (full["part"] / full["step_h"]).unstack("price_area")


def _reserve_table(prices: pd.DataFrame, year: int) -> pd.DataFrame:
    """Hour × FCR product bought in the local year; hours without a purchase are absent, not zero."""
    local_year = prices["interval_start_utc"].dt.tz_convert(LOCAL_ZONE).dt.year
    bought = prices[(prices["price_area"] == "SE") & prices["product"].isin(FCR_PRODUCTS) & (local_year == year)]
    by_hour = bought.assign(hour_utc=bought["interval_start_utc"].dt.floor("h"))
    table: pd.DataFrame = by_hour.groupby(["hour_utc", "product"])["price_sek_per_mw_h"].mean().unstack("product")
    return table


def _in_season(times: pd.Index, year: int, season: str) -> NDArray[np.bool_]:
    local = pd.DatetimeIndex(times).tz_convert(LOCAL_ZONE)
    months = [month for month, name in SEASON_OF_MONTH.items() if name == season]
    return np.asarray((local.year == year) & np.isin(local.month, months))


def _season_target(
    hourly: pd.DataFrame,
    reserves: pd.DataFrame,
    year: int,
    season: str,
    pool: pd.DataFrame,
    apart: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Give the season's mean price, daily spread and FCR prices, less the extreme week; and the mean dearest hour."""
    inside = hourly[_in_season(hourly.index, year, season)]
    days = inside.groupby(pd.DatetimeIndex(inside.index).tz_convert(LOCAL_ZONE).date)
    daily = np.concatenate([days.mean().to_numpy(float), (days.max() - days.min()).to_numpy(float)], axis=1)
    fcr = reserves[_in_season(reserves.index, year, season)].mean().to_numpy(float)
    mean, count = np.concatenate([daily.mean(axis=0), fcr]), float(len(daily))
    if apart is not None:
        mean = (mean * count - DAYS_PER_WEEK * apart[: len(mean)]) / (count - DAYS_PER_WEEK)
    return np.concatenate([mean, pool["dearest"].to_numpy(float).mean(axis=0)])


def _week_features(table: pd.DataFrame, reserves: pd.DataFrame, weeks: pd.DataFrame) -> pd.DataFrame:
    """Give mean price, mean daily spread, FCR prices and dearest hour by week; NaN where an hour is absent."""
    rows = []
    for start, is_plain in zip(weeks["week_start_utc"], weeks["is_plain"], strict=True):
        hours = pd.date_range(start, periods=HOURS_PER_WEEK, freq="h", unit="us") if is_plain else pd.DatetimeIndex([])
        block = table.reindex(hours).to_numpy() if is_plain else np.full((HOURS_PER_WEEK, table.shape[1]), np.nan)
        days = block.reshape(DAYS_PER_WEEK, 24, -1)
        spread = (days.max(axis=1) - days.min(axis=1)).mean(axis=0)
        fcr = reserves.reindex(pd.date_range(start, periods=HOURS_PER_WEEK, freq="h", unit="us")).mean().to_numpy()
        rows.append(np.concatenate([block.mean(axis=0), spread, fcr, block.max(axis=0)]))
    names = [(kind, name) for kind in ("mean", "spread") for name in table.columns]
    names += [("fcr", name) for name in reserves.columns] + [("dearest", name) for name in table.columns]
    return pd.DataFrame(np.array(rows), index=weeks.index, columns=pd.MultiIndex.from_tuples(names))


def _extreme_week(features: pd.DataFrame) -> int:
    return int(features.index[features["dearest"].to_numpy(float).max(axis=1).argmax()])


def _season_rows(
    pool: pd.DataFrame, features: pd.DataFrame, target: NDArray[np.float64], count: int, length_weeks: float
) -> pd.DataFrame:
    values = features.to_numpy(float)
    scale = values.std(axis=0)
    weight = np.where(features.columns.get_level_values(0) == "fcr", RESERVE_WEIGHT, 1.0)
    points = weight * (values - target) / np.where(scale > 0, scale, 1.0)
    best, shares = _best_medoids(points, count)
    return pool.iloc[list(best)].assign(weight_weeks=length_weeks * shares, is_extreme=False)


def _best_medoids(points: NDArray[np.float64], count: int) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """Search the set with the least distance plus bias: all sets, or by swaps where they are too many."""
    distance = np.sqrt(((points[:, None, :] - points[None, :, :]) ** 2).mean(axis=2))

    def score(chosen: tuple[int, ...]) -> tuple[float, NDArray[np.float64]]:
        nearest = distance[:, chosen].argmin(axis=1)
        nearest[list(chosen)] = np.arange(len(chosen))
        members = np.bincount(nearest, minlength=len(chosen)) / len(points)
        shares = _fitted_shares(points[list(chosen)], members)
        bias = np.abs(shares @ points[list(chosen)]).mean()
        return float(distance[:, chosen].min(axis=1).mean() + BIAS_WEIGHT * bias), shares

    total = len(points)
    candidates = combinations(range(total), count)
    if _combination_count(total, count) <= MOST_COMBINATIONS:
        best = min(candidates, key=lambda chosen: (score(chosen)[0], chosen))
        return best, score(best)[1]
    best = tuple(range(count))
    while True:
        swaps = [tuple(sorted({*best} - {out} | {into})) for out in best for into in range(total) if into not in best]
        better = min(swaps, key=lambda chosen: (score(chosen)[0], chosen))
        if score(better)[0] >= score(best)[0]:
            return best, score(best)[1]
        best = better


def _fitted_shares(chosen: NDArray[np.float64], members: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move the weights from cluster sizes towards the season's own mean (0 in these units), none below a third."""
    count = len(chosen)
    left = np.vstack(
        [chosen.T / np.sqrt(chosen.shape[1]), np.sqrt(PULL_TO_MEMBERS) * np.eye(count), 1e3 * np.ones(count)]
    )
    least = members / 3.0
    right = np.concatenate([np.zeros(chosen.shape[1]), np.sqrt(PULL_TO_MEMBERS) * members, [1e3]]) - left @ least
    shares: NDArray[np.float64] = nnls(left, right)[0] + least
    normed: NDArray[np.float64] = shares / shares.sum()
    return normed


def _combination_count(total: int, count: int) -> int:
    product = 1
    for position in range(count):
        product = product * (total - position) // (position + 1)
    return product
