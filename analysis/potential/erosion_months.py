"""Turns hourly reserve prices and observations of supply into months: price, MW bought, MW prequalified.

Source: METHODS 4. A month in which nothing was bought, and one before a market existed, has no row.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.units import LOCAL_ZONE

STORAGE, OTHER, PREQUALIFIED = "energy storage", "hydropower and other", "prequalified"
LABELS = {
    "fcr_n": "FCR-N", "fcr_d_up": "FCR-D up", "fcr_d_down": "FCR-D down", "afrr_up": "aFRR up",
    "afrr_down": "aFRR down", "mfrr_up": "mFRR up", "mfrr_down": "mFRR down",
}  # fmt: skip
VALUE, LOW, HIGH = "value_mw", "low_mw", "high_mw"

# ASSUME: the water that sells containment stands in SE2, so that its day-ahead price is what FCR competes with.
DAY_AHEAD_OF_SWEDEN = "SE2"
LEAST_DAY_AHEAD_SEK_PER_MWH = 10.0


@dataclass(frozen=True)
class Case:
    """Which column of the observations holds: of storage, and of the other supply beside it."""

    storage: str
    other: str


CENTRAL, MOST_GROWTH, LEAST_GROWTH = Case(VALUE, VALUE), Case(HIGH, LOW), Case(LOW, HIGH)


def monthly_reserves(reserve_prices: pd.DataFrame, day_ahead_prices: pd.DataFrame) -> pd.DataFrame:
    """Mean over the hours with a purchase, by local month.

    Parameters
    ----------
    reserve_prices, day_ahead_prices
        ``ReservePrices`` and ``DayAheadPrices`` of the same money.

    Returns
    -------
    pd.DataFrame
        Grain product × price area × month (``month``: a monthly period): ``price_sek_per_mw_h``, ``volume_mw``,
        ``hour_count``, ``day_ahead_sek_per_mwh`` of the area, and ``sweden_volume_mw``, what all areas bought in the
        mean hour of the month. Only months that have both prices.

    References
    ----------
    METHODS 3.4: price and volume both 0 are missing, which the readers have left out.
    """
    paid = reserve_prices.assign(month=_local_month(reserve_prices))
    months = paid.groupby(["product", "price_area", "month"], as_index=False).agg(
        price_sek_per_mw_h=("price_sek_per_mw_h", "mean"),
        volume_mw=("volume_mw", "mean"),
        hour_count=("volume_mw", "size"),
    )
    energy = day_ahead_prices.assign(month=_local_month(day_ahead_prices))
    by_area = energy.groupby(["price_area", "month"])["price_sek_per_mwh"]
    level = by_area.mean().rename("day_ahead_sek_per_mwh").to_frame().assign(month_h=by_area.size())
    months["competes_in"] = months["price_area"].where(months["price_area"] != "SE", DAY_AHEAD_OF_SWEDEN)
    joined = months.merge(level, left_on=["competes_in", "month"], right_index=True, how="inner")
    # ASSUME: months with a price of nothing, or in which less than a day was bought, tell nothing about a level.
    bought = joined["volume_mw"] * joined["hour_count"] / joined["month_h"]
    joined["sweden_volume_mw"] = bought.groupby([joined["product"], joined["month"]]).transform("sum")
    kept = joined[(joined["price_sek_per_mw_h"] > 0) & (joined["hour_count"] >= 24)]
    return (
        kept.drop(columns=["competes_in", "month_h"])
        .sort_values(["product", "price_area", "month"])
        .reset_index(drop=True)
    )


def _local_month(table: pd.DataFrame) -> pd.Series:
    naive = table["interval_start_utc"].dt.tz_convert(LOCAL_ZONE).dt.tz_localize(None)
    month: pd.Series = naive.dt.to_period("M")
    return month


def _observed(volumes: pd.DataFrame, product: str, technology: str) -> pd.DataFrame:
    rows = volumes[
        (volumes["product"] == LABELS[product])
        & (volumes["technology"] == technology)
        & (volumes["measure"] == PREQUALIFIED)
        & (volumes["area"] == "SE")
    ]
    return rows.sort_values("date")


def storage_mw(volumes: pd.DataFrame, product: str, months: pd.Series, column: str = VALUE) -> np.ndarray | None:
    """Prequalified MW of stationary storage in the middle of each month; None with fewer than two observations.

    ASSUME: between two observations storage grows by a constant factor, and by constant steps from nothing; before the
    first and after the last it stands still.

    Examples
    --------
    10 MW at the end of 2022 and 90 MW at the end of 2023: 30 MW half-way between.
    """
    rows = _observed(volumes, product, STORAGE)
    if len(rows) < 2:
        return None
    at = pd.to_datetime(rows["date"]).to_numpy("datetime64[D]").astype(float)
    known = rows[column].fillna(rows[VALUE]).to_numpy(float)
    when = months.dt.to_timestamp().to_numpy("datetime64[D]").astype(float) + 15.0
    place = np.clip(np.searchsorted(at, when) - 1, 0, len(at) - 2)
    share = np.clip((when - at[place]) / (at[place + 1] - at[place]), 0.0, 1.0)
    first, last = known[place], known[place + 1]
    both = (first > 0) & (last > 0)
    grown = np.where(both, first, 1.0) ** (1 - share) * np.where(both, last, 1.0) ** share
    path: np.ndarray = np.where(both, grown, first + share * (last - first))
    return path


def supply_mw(
    months: pd.DataFrame, volumes: pd.DataFrame, s_ratio: tuple[float, float, float], case: Case = CENTRAL
) -> np.ndarray | None:
    """Prequalified MW of all kinds in each month of one product and area; None where storage is unknown.

    Parameters
    ----------
    months
        Rows of :func:`monthly_reserves`, one product and area.
    volumes
        ``PrequalifiedVolumes``.
    s_ratio
        Prequalified over bought MW (central, low, high), where other supply is not in the table (``mkt.s_ratio``).
    case
        Which ends of the observations hold.

    References
    ----------
    METHODS 4: S0 = s_ratio × MW bought, stationary batteries from the table. ASSUME: other supply than storage stands
    still; supply is spread over the areas as purchases are, so that that of Sweden tells its growth in each.
    """
    product = str(months["product"].iloc[0])
    storage = storage_mw(volumes, product, months["month"], case.storage)
    if storage is None:
        return None
    rows = _observed(volumes, product, OTHER)
    if len(rows):
        other = float(rows[case.other].fillna(rows[VALUE]).iloc[-1])
    else:
        ratio = s_ratio[(VALUE, LOW, HIGH).index(case.other)]
        other = ratio * float(months["sweden_volume_mw"].iloc[:12].mean())
    total: np.ndarray = other + storage
    return total
