"""Turns rows of use cases into typed cases, and a case into when its vehicles are plugged in and what they drive."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK

FloatArray = NDArray[np.float64]
Span = tuple[float, float]

WORKING_DAYS = 5
LEAST_OUTING_H = 0.25
WIDEST_DEVIATION = 2.5
BETWEEN_VEHICLES_PU = 0.5
"""# ASSUME: half the variance of a clock time is the vehicle's habit, half is the day's; cut at 2.5 deviations."""
DAY_ENERGY_SPREAD_PU = 0.3
"""# ASSUME: a day's energy varies log-normally about the row's mean by 0.3 on the logarithm."""


@dataclass(frozen=True)
class UseCase:
    """One row of UseCases: see the contract for each field. None where the table is empty."""

    use_case: str
    vehicle_count: int
    battery_usable_kwh: float
    chemistry: str
    technology: str
    power_kw: float
    place: str
    weekday_used_pu: float
    weekend_used_pu: float
    weekday_depart_h: float
    weekday_arrive_h: float
    weekend_depart_h: float
    weekend_arrive_h: float
    second_depart_h: float | None
    second_arrive_h: float | None
    spread_h: float
    stay_days: int
    plug_in_pu: float
    idle_season: str | None
    energy_dc_kwh_per_day: float
    site_load: str
    site_load_kwh_per_year: float | None
    site_limit_kw: float
    solar_peak_kw: float
    tariff_kind: str
    grid_tariff: str
    market: str
    charger_owner: str
    user_share_pu: float
    price_area: str

    @property
    def charger_option(self) -> str:
        """Name of the charger's physics, as ``ac_11`` or ``dc_55``."""
        return f"{self.technology}_{self.power_kw:g}".replace(".", "p")

    @property
    def has_site(self) -> bool:
        """Whether the site has a load that discharge may serve."""
        return self.site_load != "none"

    def used_pu(self, day: int) -> float:
        """Share of such days (0 = Monday) on which the vehicle leaves or comes."""
        return self.weekday_used_pu if day < WORKING_DAYS else self.weekend_used_pu

    def clock_h(self, day: int) -> Span:
        """Departure and arrival on the local clock of a day."""
        if day < WORKING_DAYS:
            return self.weekday_depart_h, self.weekday_arrive_h
        return self.weekend_depart_h, self.weekend_arrive_h


LEFT_OUT = ("published", "source", "verified", "note")
WHOLE = ("vehicle_count", "stay_days")


def use_cases(table: pd.DataFrame) -> list[UseCase]:
    """Read the rows of ``UseCases`` in their order."""
    cases = []
    for row in table.drop(columns=list(LEFT_OUT)).to_dict("records"):
        known: dict[str, Any] = {str(name): None if pd.isna(value) else value for name, value in row.items()}
        known |= {name: int(row[name]) for name in WHOLE}
        cases.append(UseCase(**known))
    return cases


@dataclass(frozen=True)
class Habit:
    """What one vehicle of a case does alike every day: how much later than the row it departs and arrives."""

    depart_h: float
    arrive_h: float


def seeded(case: UseCase, seed: int, vehicle: int) -> np.random.Generator:
    """One generator a vehicle, the same whatever other rows the table has."""
    return np.random.default_rng([seed, crc32(case.use_case.encode()), vehicle])


def habit(case: UseCase, random: np.random.Generator) -> Habit:
    """Draw what a vehicle keeps from day to day."""
    return Habit(*(_deviation(case, random, BETWEEN_VEHICLES_PU) for _ in range(2)))


def vehicle_week(
    case: UseCase, keeps: Habit, season: str, count: int, step_h: float, random: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw one vehicle's week from Monday 00 local time; it closes on itself.

    # ASSUME: energy is driven evenly over an outing, and for a place of visit evenly over all hours away from it.

    Parameters
    ----------
    season
        Of the week; in the case's idle season the vehicle stands.
    count, step_h
        Steps of the week and their length.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Share of each step plugged in, and battery energy driven in it, kWh.

    Examples
    --------
    A depot van that leaves at 7 and comes back at 17 on weekdays is plugged in all weekend and drives Monday to Friday.
    """
    if case.place == "visit":
        stays = list(_stays(case, keeps, random))
        plugged = covered_pu(_chosen(stays, case.plug_in_pu, random), count, step_h)
        driven_kwh = sum(_day_kwh(case, random) for _ in stays)
        return plugged, _spread(driven_kwh, 1 - covered_pu(stays, count, step_h))
    outings = [] if season == case.idle_season else list(_outings(case, keeps, random))
    away = [(start, end) for start, end, _ in outings]
    plugged = covered_pu(_chosen(_between(away), case.plug_in_pu, random), count, step_h)
    driving = np.zeros(count)
    for start, end, energy_kwh in outings:
        driving += _spread(energy_kwh, covered_pu([(start, end)], count, step_h))
    return plugged, driving


def covered_pu(spans: list[Span], count: int, step_h: float) -> FloatArray:
    """Share of each step of a cyclic week that lies in any of some spans, which do not overlap.

    Examples
    --------
    The span 0.5 to 2 covers half of the first hour and the whole second; 167 to 169 covers the last and the first.
    """
    first = np.arange(count) * step_h
    covered = np.zeros(count)
    for start, end in spans:
        for shift in (-HOURS_PER_WEEK, 0.0, HOURS_PER_WEEK):
            inside = np.minimum(first + step_h, end + shift) - np.maximum(first, start + shift)
            covered += np.clip(inside, 0.0, None) / step_h
    return np.minimum(covered, 1.0)


def _chosen(stays: list[Span], share_pu: float, random: np.random.Generator) -> list[Span]:
    """Pick the stays in which the vehicle is plugged in: their share, evenly apart, from a random start.

    # ASSUME: a driver who does not plug in every time does so in a rhythm, as the battery empties, and not by chance.

    Examples
    --------
    Four stays at a share of 0.5: the first and the third, or the second and the fourth.
    """
    due = share_pu * np.arange(len(stays) + 1) + random.random()
    return [stay for stay, is_due in zip(stays, np.diff(np.floor(due)) > 0, strict=True) if is_due]


def _deviation(case: UseCase, random: np.random.Generator, share_pu: float) -> float:
    drawn = float(np.clip(random.standard_normal(), -WIDEST_DEVIATION, WIDEST_DEVIATION))
    return drawn * case.spread_h * float(np.sqrt(share_pu))


def _day_kwh(case: UseCase, random: np.random.Generator) -> float:
    spread = DAY_ENERGY_SPREAD_PU
    return case.energy_dc_kwh_per_day * float(np.exp(spread * random.standard_normal() - spread**2 / 2))


def _spread(energy_kwh: float, away_pu: FloatArray) -> FloatArray:
    """Spread energy over the steps away; a vehicle that never leaves drives nothing."""
    total = float(away_pu.sum())
    return np.asarray(away_pu * energy_kwh / total if total > 0 else np.zeros_like(away_pu))


def _clock(case: UseCase, keeps: Habit, day: int, hours: Span, random: np.random.Generator) -> Span:
    """One outing of a day: departure and arrival in hours of the week, the arrival on the next day if it is earlier."""
    depart, arrive = hours
    arrive += HOURS_PER_DAY * (arrive <= depart)
    start = depart + keeps.depart_h + _deviation(case, random, 1 - BETWEEN_VEHICLES_PU)
    end = arrive + keeps.arrive_h + _deviation(case, random, 1 - BETWEEN_VEHICLES_PU)
    start = float(np.clip(start, 0.0, HOURS_PER_DAY - LEAST_OUTING_H))
    return day * HOURS_PER_DAY + start, day * HOURS_PER_DAY + max(end, start + LEAST_OUTING_H)


def _outings(case: UseCase, keeps: Habit, random: np.random.Generator) -> Iterator[tuple[float, float, float]]:
    """Outings of a week in order with the kWh of each: one begins no earlier than the last has ended.

    The day's energy is divided by the row's hours away; the last outing ends with the week at latest.
    """
    last = 0.0
    for day in range(DAYS_PER_WEEK):
        if random.random() >= case.used_pu(day):
            continue
        hours = [case.clock_h(day)]
        if case.second_depart_h is not None and case.second_arrive_h is not None and day < WORKING_DAYS:
            hours.append((case.second_depart_h, case.second_arrive_h))
        length_h = [(arrive - depart) % HOURS_PER_DAY for depart, arrive in hours]
        energy_kwh = _day_kwh(case, random)
        for span, length in zip(hours, length_h, strict=True):
            start, end = _clock(case, keeps, day, span, random)
            start = min(max(start, last), HOURS_PER_WEEK - LEAST_OUTING_H)
            last = min(max(end, start + LEAST_OUTING_H), float(HOURS_PER_WEEK))
            yield start, last, energy_kwh * length / sum(length_h)


def _stays(case: UseCase, keeps: Habit, random: np.random.Generator) -> Iterator[Span]:
    """Stays of a week: one a used day, or one of several days that begins on any day."""
    if case.stay_days:
        day = int(random.integers(DAYS_PER_WEEK))
        if random.random() < case.weekday_used_pu:
            yield _stay(case, keeps, day, random)
        return
    last = 0.0
    for day in range(DAYS_PER_WEEK):
        if random.random() < case.used_pu(day):
            start, end = _stay(case, keeps, day, random)
            yield max(start, last), max(end, last + LEAST_OUTING_H)
            last = max(end, last + LEAST_OUTING_H)


def _stay(case: UseCase, keeps: Habit, day: int, random: np.random.Generator) -> Span:
    depart, arrive = case.clock_h(day)
    start, end = _clock(case, keeps, day, (arrive, depart), random)
    return start, end + HOURS_PER_DAY * case.stay_days


def _between(outings: list[Span]) -> list[Span]:
    """Stays at the base: from one return to the next departure, round the week; the whole week without an outing."""
    if not outings:
        return [(0.0, float(HOURS_PER_WEEK))]
    starts = [start for start, _ in outings[1:]] + [outings[0][0] + HOURS_PER_WEEK]
    return [(end, start) for (_, end), start in zip(outings, starts, strict=True) if start > end]
