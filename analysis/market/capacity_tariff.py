"""Turns a grid company's capacity tariff into what the highest hourly imports of a horizon cost.

The bill is the mean of the highest hourly mean imports of a month, one a day where the tariff says so, within the
tariff's hours. Source: METHODS 3.2 (top_n). Amounts exclude VAT unless the name says otherwise.
"""

from calendar import monthrange
from dataclasses import dataclass
from functools import cache

import holidays
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.units import HOURS_PER_DAY

Vector = NDArray[np.float64]
Index = NDArray[np.int64]

LOCAL_ZONE = "Europe/Stockholm"
MONTHS = 12
WORKING_DAYS = 5
NOT_BILLED = -1


@cache
def _red_days(year: int) -> NDArray[np.datetime64]:
    """Public holidays of Sweden in a year, Sundays apart."""
    return np.array(sorted(holidays.country_holidays("SE", years=year, include_sundays=False)), dtype="datetime64[us]")


@dataclass(frozen=True)
class CapacityTariff:
    """A capacity tariff as a grid company writes it; a property of the company, not of the law.

    Attributes
    ----------
    price_sek_per_kw_month
        Price of one kW for each calendar month from January to December, VAT excluded; 0 in a month without charge.
    peak_count
        How many of the highest hourly imports are averaged.
    one_per_day
        Whether a day gives at most one of them.
    weekdays_only
        Whether only Monday to Friday that are no public holidays count.
    first_hour, end_hour
        The hours of the local clock that count: from the start of ``first_hour`` to the start of ``end_hour``.
    """

    price_sek_per_kw_month: tuple[float, ...]
    peak_count: int = 3
    one_per_day: bool = True
    weekdays_only: bool = True
    first_hour: int = 7
    end_hour: int = 19

    def __post_init__(self) -> None:
        faults = []
        prices = np.asarray(self.price_sek_per_kw_month, dtype=float)
        if len(prices) != MONTHS or not (np.isfinite(prices).all() and (prices >= 0).all()):
            faults.append(Fault("capacity tariff: price_sek_per_kw_month", str(self.price_sek_per_kw_month),
                                "twelve prices of 0 or more, January first", "Give each month a price."))  # fmt: skip
        if self.peak_count < 1:
            faults.append(Fault("capacity tariff: peak_count", str(self.peak_count), "1 or more", "Count a peak."))
        if not 0 <= self.first_hour < self.end_hour <= HOURS_PER_DAY:
            faults.append(Fault("capacity tariff: hours", f"{self.first_hour} to {self.end_hour}",
                                "0 <= first_hour < end_hour <= 24", "Give the window in local hours."))  # fmt: skip
        if faults:
            raise DataError(faults)

    def is_billed(self, local: pd.DatetimeIndex) -> NDArray[np.bool_]:
        """Say which hours of the local clock can set the bill."""
        inside = (local.hour >= self.first_hour) & (local.hour < self.end_hour)
        inside &= np.asarray(self.price_sek_per_kw_month)[local.month - 1] > 0
        return np.asarray(inside & self._is_billed_day(local))

    def _is_billed_day(self, local: pd.DatetimeIndex) -> NDArray[np.bool_]:
        if not self.weekdays_only:
            return np.ones(len(local), dtype=bool)
        day = local.tz_localize(None).normalize()
        is_red = day.isin(np.concatenate([_red_days(year) for year in sorted(set(local.year))]))
        return np.asarray((local.day_of_week < WORKING_DAYS) & ~is_red)

    def billed_days(self, year: int, month: int) -> int:
        """Number of days of a calendar month that can set the bill."""
        days = pd.date_range(f"{year}-{month:02d}-01", periods=monthrange(year, month)[1], freq="D")
        return int(self._is_billed_day(days).sum())


@dataclass(frozen=True)
class PeakCharge:
    """A capacity tariff laid out over the hours of one horizon.

    A *slot* gives at most one peak: a day where the tariff takes one a day, else an hour. A *period* is the part of a
    calendar month within the horizon.

    Attributes
    ----------
    slot_of_hour
        For each hour of the horizon its slot, or −1 where the hour is not billed.
    period_of_slot
        For each slot its period.
    price_sek_per_kw
        For each period what one kW of its mean peak costs, VAT included.
    peak_count
        For each period how many peaks are averaged: that of the tariff, or all slots where there are fewer.
    """

    slot_of_hour: Index
    period_of_slot: Index
    price_sek_per_kw: Vector
    peak_count: Index

    def billed_kw(self, hourly_import_kw: Vector) -> Vector:
        """Mean of the highest hourly imports of each period, kW (METHODS 3.2, top_n)."""
        billed = self.slot_of_hour != NOT_BILLED
        highest = np.zeros(len(self.period_of_slot))
        np.maximum.at(highest, self.slot_of_hour[billed], hourly_import_kw[billed])
        means = [
            np.sort(highest[self.period_of_slot == period])[::-1][:count].mean()
            for period, count in enumerate(self.peak_count)
        ]
        return np.asarray(means, dtype=np.float64)

    def cost_sek(self, hourly_import_kw: Vector) -> float:
        """Charge of the horizon, VAT included."""
        return float(self.billed_kw(hourly_import_kw) @ self.price_sek_per_kw)


def peak_charge(tariff: CapacityTariff, steps_utc: pd.DatetimeIndex, step_h: float, vat_pu: float) -> PeakCharge:
    """Lay a tariff out over a horizon.

    # ASSUME: a horizon that is a part of a month bears the price by its share of the month's billed days, so that
    # weeks which stand for a year add up to twelve months; its peaks are those of the horizon itself, although the
    # peaks of a whole month are somewhat higher.

    # ASSUME: capacity is billed by hourly means although prices are quarterly (METHODS 3.2).

    Parameters
    ----------
    steps_utc
        Starts of the steps, from a whole hour; the last hour may be cut short.
    step_h
        Length of a step; divides an hour.
    vat_pu
        VAT that the customer bears.

    Examples
    --------
    A week from Monday in a month of 20 working days at 44.6 SEK/kW and month with 25 % VAT costs 5/20 × 55.75 = 13.94
    SEK per kW of the mean of its three highest days.
    """
    per_hour = round(1 / step_h)
    local = steps_utc[::per_hour].tz_convert(LOCAL_ZONE)
    billed = tariff.is_billed(local)
    day = pd.factorize(local.strftime("%Y-%m-%d"))[0]
    slots, slot = np.unique((day if tariff.one_per_day else np.arange(len(local)))[billed], return_inverse=True)
    slot_of_hour = np.full(len(local), NOT_BILLED, dtype=np.int64)
    slot_of_hour[billed] = slot
    month = (local.year * MONTHS + local.month - 1).to_numpy()
    first = np.flatnonzero(billed)[np.unique(slot, return_index=True)[1]] if len(slots) else np.empty(0, np.int64)
    periods, period_of_slot = np.unique(month[first], return_inverse=True)
    days = [len(np.unique(day[billed & (month == period)])) for period in periods]
    share = [count / tariff.billed_days(*_calendar(period)) for count, period in zip(days, periods, strict=True)]
    price = [tariff.price_sek_per_kw_month[int(period) % MONTHS] for period in periods]
    count = np.minimum(np.bincount(period_of_slot, minlength=len(periods)), tariff.peak_count)
    return PeakCharge(
        slot_of_hour=slot_of_hour,
        period_of_slot=period_of_slot.astype(np.int64),
        price_sek_per_kw=np.asarray(price, dtype=np.float64) * (1 + vat_pu) * np.asarray(share, dtype=np.float64),
        peak_count=count.astype(np.int64),
    )


def _calendar(period: int) -> tuple[int, int]:
    return int(period) // MONTHS, int(period) % MONTHS + 1
