"""Cuts what really happens down to what is known at one moment, and turns that into what a plan expects.

:func:`known_at` is the only door: it copies what is known out of the course of events, and everything that plans sees
its result alone. Hours are local, every day has 24 of them. Source: METHODS 3.5 (Foresight).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.problem import Vector
from analysis.units import HOURS_PER_DAY

Flags = NDArray[np.bool_]
Index = NDArray[np.int64]

PUBLISHED_HOUR = 13
"""# ASSUME: tomorrow's day-ahead prices, published before 12:30, are acted on from 13:00; bids for tomorrow's reserves
go out at the same moment, and what was bought is known from midnight."""
FORECAST_DAYS = 2
SIMILAR_DAYS = 7
HOURS_APART = 1
LEAST_SEEN = 5
DEPARTURE_QUANTILE_PU = 0.95
"""SOURCE: METHODS 3.5: the car is ready for all but the earliest twentieth of departures and the most thirsty one."""


@dataclass(frozen=True)
class Course:
    """What really happens, hour by hour, from the first day of the past to the end of the stretch that is valued.

    Attributes
    ----------
    spot_sek_per_kwh, reserve_sek_per_kw_h, load_kw, plugged_pu, driving_dc_kwh
        One entry an hour; a reserve price of NaN means that nothing was bought.
    is_workday
        One entry a day: Monday to Friday and no public holiday.
    first_day
        Day on which the stretch begins; the days before are the past that is known at its start.
    lived_days
        How far back the driver's own habits are read: less than the time after which generated diaries repeat.
    """

    spot_sek_per_kwh: Vector
    reserve_sek_per_kw_h: Mapping[str, Vector]
    load_kw: Vector
    plugged_pu: Vector
    driving_dc_kwh: Vector
    is_workday: Flags
    first_day: int
    lived_days: int

    @property
    def day_count(self) -> int:
        """Days of past and stretch together."""
        return len(self.is_workday)


@dataclass(frozen=True)
class Known:
    """What is known at the start of hour ``now``, and no more; arrays end where knowledge ends.

    Attributes
    ----------
    now
        Hour, counted from the first day of the past.
    spot_sek_per_kwh
        To the end of today, from 13:00 on to the end of tomorrow.
    reserve_sek_per_kw_h
        To the end of today.
    load_kw, driving_dc_kwh, plugged_pu
        All hours before now; of the plug also how much of this hour the car is plugged in, as it shows meanwhile.
    is_workday
        The calendar, by day; the last day is that on which the stretch ends.
    lived_days
        How far back the driver's habits are read.
    """

    now: int
    spot_sek_per_kwh: Vector
    reserve_sek_per_kw_h: Mapping[str, Vector]
    load_kw: Vector
    plugged_pu: Vector
    driving_dc_kwh: Vector
    is_workday: Flags
    lived_days: int

    @property
    def today(self) -> int:
        """The day of ``now``."""
        return self.now // HOURS_PER_DAY

    @property
    def end_day(self) -> int:
        """First day beyond the plan: what is known of the prices and two days of forecast, at most the stretch."""
        return min(len(self.spot_sek_per_kwh) // HOURS_PER_DAY + FORECAST_DAYS, len(self.is_workday))


@dataclass(frozen=True)
class Outlook:
    """What a plan expects from the midnight before now to its end, hour by hour; hours gone by have no plug.

    ``reserve_when_bid_sek_per_kw_h`` are the prices that were expected for today when today's bids went out, yesterday.
    ``stay_h`` are the departures that may come instead of the expected one: how long this driver stayed in a like case;
    ``outing_kwh`` is what its outings took, from one plug to the next. Both are empty while the car is away.
    """

    first_day: int
    now: int
    spot_sek_per_kwh: Vector
    reserve_sek_per_kw_h: Mapping[str, Vector]
    reserve_when_bid_sek_per_kw_h: Mapping[str, Vector]
    load_kw: Vector
    plugged_pu: Vector
    driving_dc_kwh: Vector
    stay_h: Vector
    outing_kwh: Vector


def known_at(course: Course, now: int) -> Known:
    """Copy what is known at the start of an hour."""
    today, hour = divmod(now, HOURS_PER_DAY)
    days = today + (2 if hour >= PUBLISHED_HOUR else 1)
    published = slice(0, min(days, course.day_count) * HOURS_PER_DAY)
    bought = slice(0, (today + 1) * HOURS_PER_DAY)
    return Known(
        now=now,
        spot_sek_per_kwh=course.spot_sek_per_kwh[published].copy(),
        reserve_sek_per_kw_h={name: price[bought].copy() for name, price in course.reserve_sek_per_kw_h.items()},
        load_kw=course.load_kw[:now].copy(),
        plugged_pu=course.plugged_pu[: now + 1].copy(),
        driving_dc_kwh=course.driving_dc_kwh[:now].copy(),
        is_workday=course.is_workday.copy(),
        lived_days=course.lived_days,
    )


def foresee(known: Known) -> Outlook:
    """Expect known prices, then the mean of the same hour on similar days, and the driver's own habits."""
    first, last = known.today, known.end_day
    window = slice(first * HOURS_PER_DAY, last * HOURS_PER_DAY)
    habits = _Habits(known)
    plugged, driving = expected_use(known, habits, last * HOURS_PER_DAY)
    is_here, prices = known.plugged_pu[-1] > 0, known.reserve_sek_per_kw_h
    gone = np.zeros(known.now - window.start)
    return Outlook(
        first_day=first,
        now=known.now,
        spot_sek_per_kwh=continued(known.spot_sek_per_kwh, known.is_workday, last)[window],
        reserve_sek_per_kw_h={name: continued(price, known.is_workday, last)[window] for name, price in prices.items()},
        reserve_when_bid_sek_per_kw_h={
            name: continued(price[: window.start], known.is_workday, last)[window] for name, price in prices.items()
        },
        load_kw=continued(known.load_kw, known.is_workday, last)[window],
        plugged_pu=np.r_[gone, plugged],
        driving_dc_kwh=np.r_[gone, driving],
        stay_h=habits.like(known.now, True)[0].astype(float) if is_here else np.empty(0),
        outing_kwh=habits.outings_kwh if is_here else np.empty(0),
    )


def continued(known: Vector, is_workday: Flags, last_day: int) -> Vector:
    """Continue a series to the end of a day by the mean of the same hour on the last seven known days of its kind.

    # ASSUME: nothing better than this plain forecast is bought; a weather-based one would see more.

    Parameters
    ----------
    known
        Hours from the first day on; hours of a day that is not yet over stay as they are.
    is_workday
        By day; working days are forecast from working days, all others from all others.
    last_day
        First day that is no more needed.

    Examples
    --------
    Mondays to Fridays at 1, 2, … 7 SEK for an hour give 4 for the next working day, whatever Sunday was.
    """
    whole = len(known) // HOURS_PER_DAY
    days = known[: whole * HOURS_PER_DAY].reshape(whole, HOURS_PER_DAY)
    rows = [known]
    for day in range(whole, last_day):
        similar = np.flatnonzero(is_workday[:whole] == is_workday[day])[-SIMILAR_DAYS:]
        mean = _mean_by_hour(days[similar if len(similar) else slice(-SIMILAR_DAYS, None)])
        rows.append(mean[len(known) - day * HOURS_PER_DAY :] if day * HOURS_PER_DAY < len(known) else mean)
    return np.concatenate(rows)[: last_day * HOURS_PER_DAY]


def _mean_by_hour(days: Vector) -> Vector:
    """Mean over days of the hours that have a value; NaN where none has."""
    there = ~np.isnan(days)
    count = there.sum(axis=0)
    total = np.where(there, days, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


class _Habits:
    """Looks up, for an hour of the past, how long the car stayed, how long it was gone then, and what that took."""

    def __init__(self, known: Known) -> None:
        first = max(0, known.now - known.lived_days * HOURS_PER_DAY)
        self.steps = np.arange(first, known.now)
        self.is_here = known.plugged_pu[first : known.now] > 0.5
        self.is_workday = known.is_workday
        self.driven = np.r_[0.0, np.cumsum(known.driving_dc_kwh[first:])]
        self.leave, self.back = _next_change(self.is_here)
        was_here = np.r_[False, self.is_here[:-1]]
        starts = np.flatnonzero(was_here & ~self.is_here & (self.back < len(self.steps)))
        self.outings_kwh = self.driven[self.back[starts]] - self.driven[starts]

    def like(self, step: int, is_here: bool) -> tuple[Index, Index, Vector]:
        """Give stays, outings (hours) and the energy of each (kWh) from about the same hour of such a day.

        The closest kind of which five were seen: such a day, any day, any hour.
        """
        hour, kind = step % HOURS_PER_DAY, self.is_workday[step // HOURS_PER_DAY]
        seen = (self.is_here == is_here) & (self.back < len(self.steps))
        apart = np.abs((self.steps - hour + HOURS_PER_DAY // 2) % HOURS_PER_DAY - HOURS_PER_DAY // 2)
        about = seen & (apart <= HOURS_APART)
        same_kind = about & (self.is_workday[self.steps // HOURS_PER_DAY] == kind)
        at = np.flatnonzero(next((some for some in (same_kind, about) if some.sum() >= LEAST_SEEN), seen))
        away = np.maximum(self.leave[at], at)
        return away - at, self.back[at] - away, self.driven[self.back[at]] - self.driven[at]


def expected_use(known: Known, habits: _Habits, end: int) -> tuple[Vector, Vector]:
    """Expect plug and driving from now to an hour, from what this driver did before in a like case.

    The car leaves and comes back at the median and takes the mean. What it must be ready for is another matter: see
    :func:`ready_kwh`.

    Returns
    -------
    tuple[Vector, Vector]
        Plugged share and driven kWh by hour; energy of an outing stands in its first hour.
    """
    plugged, driving = np.zeros(end - known.now), np.zeros(end - known.now)
    step, is_here = known.now, bool(known.plugged_pu[-1] > 0)
    while step < end:
        stays, outings, energies = habits.like(step, is_here)
        if not len(stays):
            # nothing of the kind was ever seen: it stays as it is
            plugged[step - known.now :] = float(is_here)
            break
        leave = int(np.median(stays))
        plugged[step - known.now : step - known.now + leave] = 1.0
        if step + leave < end:
            driving[step + leave - known.now] += float(energies.mean())
        step, is_here = step + max(leave + 1, round(float(np.median(stays + outings)))), True
    if known.plugged_pu[-1] > 0:
        plugged[0] = known.plugged_pu[-1]
    return plugged, driving


def ready_kwh(outlook: Outlook, hours: int, gain_kwh: float, floor_kwh: float, limit_kwh: float) -> Vector:
    """Energy that is enough for all but a twentieth of the departures that may come, hour by hour from now on.

    Any stay may be followed by any outing. A departure after L hours that takes e kWh needs min(floor + e, limit) then,
    and in each hour before it less by what can still be charged. At each hour only departures still to come count.

    Parameters
    ----------
    hours
        How many hours from now.
    gain_kwh
        Stored in an hour at full power.

    Examples
    --------
    One known departure, in 3 hours, of 20 kWh, floor 10, 8 kWh an hour: 10, 14, 22, 30 for the hours 0 to 3; then 10.
    """
    ready = np.full(hours, floor_kwh)
    if not len(outlook.stay_h) or not len(outlook.outing_kwh):
        return ready
    need = np.minimum(floor_kwh + outlook.outing_kwh, limit_kwh)
    for hour in range(min(hours, int(outlook.stay_h.max()) + 1)):
        ahead = outlook.stay_h[outlook.stay_h >= hour] - hour
        needs = np.subtract.outer(need, gain_kwh * ahead).ravel()
        ready[hour] = max(floor_kwh, float(np.quantile(needs, DEPARTURE_QUANTILE_PU, method="higher")))
    return ready


def _next_change(is_here: Flags) -> tuple[Index, Index]:
    """For each hour: the first hour from it on without a plug, and the first one with a plug after that."""
    count = len(is_here)
    leave, back = np.full(count, count), np.full(count, count)
    next_away = next_back = count
    for step in range(count - 1, -1, -1):
        if not is_here[step]:
            next_away = step
            next_back = step + 1 if step + 1 < count and is_here[step + 1] else next_back
        leave[step], back[step] = next_away, next_back
    return leave, back
