"""Turns one car's habits and luck into its journeys, week after week: work, errands, leisure, long trips."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.settings.parameters import ParameterSet
from analysis.synthetic.travel_vehicles import DAYS_PER_WEEK, SHORTEST_TRIP_KM, WEEKDAY_COUNT, CarHabits

DAY_MIN = 1440.0
LEAST_STOP_MIN = 8.0
LATEST_START_MIN = 1340.0
LONGEST_FREE_KM = 190.0
LONG_TRIP_KM = 200.0
LONGEST_TRIP_KM = 900.0
DRAWS_PER_DAY = 64

# ASSUME: shape of a long round trip: share, first day, last day, minute of leaving, minute of coming back.
LONG_TRIPS = (
    (0.18, 4, 6, 950.0, 840.0),
    (0.12, 4, 5, 930.0, 860.0),
    (0.13, 5, 6, 560.0, 860.0),
    (0.06, 3, 6, 900.0, 870.0),
    (0.11, 5, 5, 500.0, 1020.0),
    (0.06, 6, 6, 540.0, 1020.0),
    (0.05, 4, 4, 430.0, 1010.0),
    (0.05, 0, 0, 430.0, 1010.0),
    (0.05, 1, 1, 430.0, 1010.0),
    (0.04, 3, 3, 430.0, 1010.0),
    (0.08, 2, 3, 470.0, 960.0),
)
# ASSUME: the rest of the long trips, and most of those in holiday weeks, stay away from Monday to Friday.
LONG_STAY = (0, 4, 600.0, 760.0)


@dataclass(frozen=True)
class Leg:
    """One journey; minutes since the diary's first Monday 00:00 on the local clock."""

    depart_min: float
    arrive_min: float
    distance_km: float
    origin: str
    destination: str
    purpose: str


class Luck:
    """One day's uniform and normal numbers, read in order: a day never shifts the luck of the next."""

    def __init__(self, uniform: NDArray[np.float64], normal: NDArray[np.float64]) -> None:
        self._uniform: Iterator[float] = iter(uniform.tolist())
        self._normal: Iterator[float] = iter(normal.tolist())

    def chance(self, probability: float) -> bool:
        """Say yes with this probability."""
        return next(self._uniform) < probability

    def uniform(self) -> float:
        """Draw between 0 and 1."""
        return next(self._uniform)

    def normal(self, mean: float, spread: float) -> float:
        """Draw from a normal distribution."""
        return mean + spread * next(self._normal)

    def lognormal(self, median: float, spread: float) -> float:
        """Draw from a lognormal distribution by its median."""
        return float(median * np.exp(spread * next(self._normal)))


def drive_min(distance_km: float) -> float:
    """Minutes a journey takes: about 11 for 5 km, 23 for 19 km, 180 for 250 km."""
    # ASSUME: four minutes of start and end, then a mean speed that rises from 30 to 85 km/h with distance.
    return 4.0 + 60.0 * distance_km / (30.0 + 55.0 * (1.0 - float(np.exp(-distance_km / 25.0))))


class Diary:
    """Journeys of one car in order; refuses what overlaps by starting later, and what would not end in time."""

    def __init__(self, end_min: float) -> None:
        self.legs: list[Leg] = []
        self.end_min = end_min
        self.free_from_min = 0.0

    def add_tour(
        self, depart_min: float, stops: list[tuple[str, float, float, str]], home_km: float, home: str
    ) -> bool:
        """Add home → stops → home. A stop is (place, km, minutes there, purpose); ``home`` the last leg's purpose.

        Returns whether the tour was driven: not if it would end after the diary.
        """
        clock = max(depart_min, self.free_from_min)
        place = "home"
        legs = []
        for destination, distance_km, stay_min, purpose in [*stops, ("home", home_km, 0.0, home)]:
            arrive = clock + drive_min(distance_km)
            legs.append(Leg(clock, arrive, distance_km, place, destination, purpose))
            clock, place = arrive + stay_min, destination
        if legs[-1].arrive_min >= self.end_min - LEAST_STOP_MIN:
            return False
        self.legs.extend(legs)
        self.free_from_min = legs[-1].arrive_min + LEAST_STOP_MIN
        return True


def car_legs(
    habits: CarHabits, weeks: int, free_factor_pu: float, generator: np.random.Generator, parameters: ParameterSet
) -> list[Leg]:
    """Live through the weeks of one car.

    Parameters
    ----------
    habits
        What stays the same.
    weeks
        Whole weeks from Monday.
    free_factor_pu
        Factor on errand and leisure distances that brings the fleet to its annual distance. The numbers drawn do not
        depend on it.
    generator
        The car's own; its draws are the same for every factor.
    """
    days = weeks * DAYS_PER_WEEK
    uniform = generator.random((days + weeks, DRAWS_PER_DAY))
    normal = generator.normal(size=(days + weeks, DRAWS_PER_DAY))
    diary = Diary(days * DAY_MIN)
    for week in range(weeks):
        luck = Luck(uniform[days + week], normal[days + week])
        is_holiday = luck.chance(parameters["trv.holiday_weeks_per_year"] / 52.0)
        away = _long_trip(habits, luck, is_holiday, parameters)
        for day in range(DAYS_PER_WEEK):
            index = week * DAYS_PER_WEEK + day
            if away is not None and away.first_day == day:
                _add_long_trip(diary, away, week, habits)
            if away is not None and away.first_day <= day <= away.last_day:
                continue
            today = Luck(uniform[index], normal[index])
            works = habits.works_on[day] and not is_holiday and today.chance(parameters["trv.habit_keeping_share"])
            live = _work_day if works else _free_day
            live(diary, habits, index, today, free_factor_pu, parameters)
    return diary.legs


@dataclass(frozen=True)
class LongTrip:
    """A round trip over 200 km: days of the week it fills, minutes of leaving and coming back, km one way."""

    first_day: int
    last_day: int
    leave_min: float
    back_min: float
    distance_km: float


def _long_trip(habits: CarHabits, luck: Luck, is_holiday: bool, parameters: ParameterSet) -> LongTrip | None:
    if not luck.chance(1.0 - float(np.exp(-habits.long_round_trips_per_week))):
        return None
    extra_km = -parameters["trv.long_trip_mean_extra_km"] * float(np.log1p(-luck.uniform()))
    distance_km = min(LONG_TRIP_KM + extra_km, LONGEST_TRIP_KM)
    pick, jitter = luck.uniform(), luck.normal(0.0, 60.0)
    shape = LONG_STAY
    if not (is_holiday and luck.chance(0.7)):
        running = 0.0
        for share, *candidate in LONG_TRIPS:
            running += share
            if pick < running:
                shape = (int(candidate[0]), int(candidate[1]), candidate[2], candidate[3])
                break
    return LongTrip(shape[0], shape[1], shape[2] + jitter, shape[3] + 0.5 * jitter, distance_km)


def _add_long_trip(diary: Diary, trip: LongTrip, week: int, habits: CarHabits) -> None:
    monday = week * DAYS_PER_WEEK * DAY_MIN
    leave = max(monday + trip.first_day * DAY_MIN + trip.leave_min, diary.free_from_min)
    arrive = leave + drive_min(trip.distance_km)
    back = monday + trip.last_day * DAY_MIN + trip.back_min
    stay = max(back - arrive, 90.0)
    diary.add_tour(leave, [("other", trip.distance_km, stay, "long_trip")], trip.distance_km, "long_trip")


def _work_day(
    diary: Diary, habits: CarHabits, index: int, luck: Luck, free_factor_pu: float, parameters: ParameterSet
) -> None:
    leave = index * DAY_MIN + luck.normal(habits.leave_min, parameters["trv.day_time_spread_min"])
    length = max(luck.normal(habits.work_length_min, 25.0), 120.0)
    stops: list[tuple[str, float, float, str]] = [("work", habits.commute_km, length, "work")]
    way_home_km, purpose = habits.commute_km, "work"
    stop_km = _free_km("errand", habits, luck, free_factor_pu, parameters)
    stop_min = luck.lognormal(22.0, 0.5)
    if luck.chance(parameters["trv.errand_on_way_share"]):
        # ASSUME: the shop lies near home: the leg to it is the way home less half of the short leg after it.
        detour = min(0.5 * stop_km, 0.4 * way_home_km)
        stops.append(("public", max(way_home_km - detour, SHORTEST_TRIP_KM), stop_min, "errand"))
        way_home_km, purpose = max(stop_km, SHORTEST_TRIP_KM), "errand"
    driven = diary.add_tour(leave, stops, way_home_km, purpose)
    if driven and luck.chance(parameters["trv.evening_tour_share"]):
        pause = luck.lognormal(70.0, 0.5)
        _free_tour(diary, habits, index, diary.free_from_min + pause, 0.55, luck, free_factor_pu, parameters)


def _free_day(
    diary: Diary, habits: CarHabits, index: int, luck: Luck, free_factor_pu: float, parameters: ParameterSet
) -> None:
    day = index % DAYS_PER_WEEK
    if not luck.chance(habits.free_use_pu[day]):
        return
    leisure_pu = 0.40 if day < WEEKDAY_COUNT else 0.58  # ASSUME: share of leisure among free tours.
    start = index * DAY_MIN + max(luck.normal(habits.free_start_min[day], 80.0), 330.0)
    _free_tour(diary, habits, index, start, leisure_pu, luck, free_factor_pu, parameters)
    for _ in range(2):
        if not luck.chance(parameters["trv.second_tour_share"]):
            return
        pause = luck.lognormal(95.0, 0.7)
        _free_tour(diary, habits, index, diary.free_from_min + pause, leisure_pu, luck, free_factor_pu, parameters)


def _free_tour(
    diary: Diary, habits: CarHabits, index: int, start_min: float, leisure_pu: float, luck: Luck,
    free_factor_pu: float, parameters: ParameterSet,
) -> None:  # fmt: skip
    kind = "leisure" if luck.chance(leisure_pu) else "errand"
    distance_km = _free_km(kind, habits, luck, free_factor_pu, parameters)
    # ASSUME: minutes at the goal: errands 40 (median), leisure 175, both spread widely, cut where the night begins,
    # about 22:45.
    stay_min = luck.lognormal(175.0, 0.75) if kind == "leisure" else luck.lognormal(40.0, 0.8)
    stop_km, stop_min = _free_km("errand", habits, luck, free_factor_pu, parameters), luck.lognormal(25.0, 0.6)
    has_stop = luck.chance(parameters["trv.chain_stop_share"])
    start = max(start_min, diary.free_from_min)
    if start > index * DAY_MIN + LATEST_START_MIN:
        return
    latest_end = index * DAY_MIN + luck.normal(1365.0, 60.0)
    stay_min = max(min(stay_min, latest_end - start - 2.0 * drive_min(distance_km)), LEAST_STOP_MIN)
    place = "other" if kind == "leisure" else "public"
    stops: list[tuple[str, float, float, str]] = [(place, distance_km, stay_min, kind)]
    if has_stop:
        stops.append(("public", max(0.6 * stop_km, SHORTEST_TRIP_KM), stop_min, "errand"))
    diary.add_tour(start, stops, distance_km, kind)


def _free_km(kind: str, habits: CarHabits, luck: Luck, free_factor_pu: float, parameters: ParameterSet) -> float:
    median, spread = parameters[f"trv.{kind}_median_km"], parameters[f"trv.{kind}_spread"]
    wished = luck.lognormal(median, spread) * habits.distance_factor_pu * free_factor_pu
    return float(np.clip(wished, SHORTEST_TRIP_KM, LONGEST_FREE_KM))
