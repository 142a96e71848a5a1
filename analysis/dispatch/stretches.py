"""Chooses the cars whose foresight is measured and the continuous weeks that each of them lives."""

from collections.abc import Sequence
from dataclasses import dataclass

import holidays
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.dispatch.inputs import DEFAULT_DWELLING, MarketWeek
from analysis.dispatch.known import Course
from analysis.dispatch.problem import Vector
from analysis.errors import DataError, Fault
from analysis.mobility.weeks import LOCAL_ZONE, WORKING_DAYS, calendar_weeks
from analysis.settings.parameters import ParameterSet
from analysis.units import DAYS_PER_WEEK

PAST_WEEKS = 4
"""Whole weeks before a stretch that are known when it begins."""
LEAST_DIARY_WEEKS = 3
MOST_LIVED_DAYS = 42
STRETCH_STAGE = 41


@dataclass(frozen=True)
class Stretch:
    """One car's weeks in order: its past, then those that are valued; every week has 168 hours."""

    vehicle_id: str
    dwelling: str
    capacity_kwh: float
    weeks: Sequence[MarketWeek]
    valued_weeks: int
    lived_days: int
    plugged_pu: Vector
    driving_dc_kwh: Vector

    @property
    def past_weeks(self) -> int:
        """Weeks before those that are valued."""
        return len(self.weeks) - self.valued_weeks


def course_of(stretch: Stretch) -> Course:
    """Lay out what really happens to one car, hour by hour."""
    weeks = stretch.weeks
    return Course(
        spot_sek_per_kwh=np.concatenate([week.spot_sek_per_kwh for week in weeks]),
        reserve_sek_per_kw_h={
            name: np.concatenate([week.reserve_sek_per_kw_h[name] for week in weeks])
            for name in weeks[0].reserve_sek_per_kw_h
        },
        load_kw=np.concatenate([week.load_kw[stretch.dwelling] for week in weeks]),
        plugged_pu=stretch.plugged_pu,
        driving_dc_kwh=stretch.driving_dc_kwh,
        is_workday=np.concatenate([workdays(week.steps_utc[0]) for week in weeks]),
        first_day=stretch.past_weeks * DAYS_PER_WEEK,
        lived_days=stretch.lived_days,
    )


def workdays(week_start_utc: pd.Timestamp) -> NDArray[np.bool_]:
    """Say for each of the seven days of a local week whether it is a working day (no weekend, no public holiday)."""
    monday = week_start_utc.tz_convert(LOCAL_ZONE).date()
    days = [day.date() for day in pd.date_range(monday, periods=DAYS_PER_WEEK, freq="D")]
    red = holidays.country_holidays("SE", years={day.year for day in days}, include_sundays=False)
    return np.array([day.weekday() < WORKING_DAYS and day not in red for day in days])


def choose_cars(dispatch_sample: pd.DataFrame, vehicles: pd.DataFrame, count: int) -> pd.DataFrame:
    """Take cars at even steps of weight through the dispatch sample, profile by profile.

    Cars with fewer than three diary weeks are left out: their own past would be their own future.

    Returns
    -------
    pd.DataFrame
        Rows of vehicles, at most ``count``, in the order of the sample.

    Raises
    ------
    DataError
        If no car has enough diary weeks.
    """
    known = vehicles.set_index("vehicle_id")
    usable = dispatch_sample[_diary_weeks(known, dispatch_sample["vehicle_id"]) >= LEAST_DIARY_WEEKS]
    if usable.empty:
        raise DataError(Fault("dispatch_sample", "no car with three diary weeks", "cars followed for three weeks",
                              "Raise scope.diary_weeks, or follow cars for longer."))  # fmt: skip
    ordered = usable.sort_values(["profile_id", "vehicle_id"], kind="stable").reset_index(drop=True)
    reach = ordered["weight"].cumsum().to_numpy() / ordered["weight"].sum()
    at = np.unique(np.searchsorted(reach, (np.arange(count) + 0.5) / count))
    chosen = set(ordered["vehicle_id"].iloc[at])
    rest = [name for name in ordered["vehicle_id"] if name not in chosen]
    chosen |= set(rest[: max(0, count - len(chosen))])
    return vehicles[vehicles["vehicle_id"].isin(chosen)].reset_index(drop=True)


def _diary_weeks(known: pd.DataFrame, names: "pd.Series[str]") -> NDArray[np.int64]:
    return known["observed_days"].reindex(names).fillna(0).to_numpy(np.int64) // DAYS_PER_WEEK


def choose_weeks_of_cars(
    vehicle_ids: Sequence[str], price_years: Sequence[int], valued_weeks: int, seed: int
) -> pd.DataFrame:
    """Give every car a continuous stretch of whole weeks in each year, spread over the year (grain: car × week).

    A week in which the clock is moved is never valued; as part of the past its Sunday stands one hour off.

    Returns
    -------
    pd.DataFrame
        vehicle_id, price_year, week_id, season, week_start_utc, is_valued; four weeks of past before those valued.
    """
    rows = []
    for year in price_years:
        weeks = calendar_weeks(year)
        plain = weeks["is_plain"].to_numpy()
        last = len(weeks) - valued_weeks
        starts = [at for at in range(PAST_WEEKS, last + 1) if plain[at : at + valued_weeks].all()]
        spread = ((np.arange(len(vehicle_ids)) + 0.5) / len(vehicle_ids) * len(starts)).astype(int)
        order = np.random.default_rng([seed, STRETCH_STAGE, year]).permutation(spread)
        for vehicle_id, place in zip(vehicle_ids, order, strict=True):
            first = starts[place]
            part = weeks.iloc[first - PAST_WEEKS : first + valued_weeks]
            valued = np.arange(len(part)) >= PAST_WEEKS
            rows.append(part.assign(vehicle_id=vehicle_id, price_year=year, is_valued=valued))
    columns = ["vehicle_id", "price_year", "week_id", "season", "week_start_utc", "is_valued"]
    return pd.concat(rows, ignore_index=True)[columns].astype({"vehicle_id": "str"})


def as_weeks(foresight_weeks: pd.DataFrame) -> pd.DataFrame:
    """List the weeks that any car lives, in the form of RepresentativeWeeks (each stands for itself)."""
    weeks = foresight_weeks.drop_duplicates(["price_year", "week_id"])
    return weeks.assign(is_extreme=False, weight_weeks=1.0)[
        ["price_year", "week_id", "season", "is_extreme", "week_start_utc", "weight_weeks"]
    ].sort_values("week_start_utc", ignore_index=True)


def own_weeks(availability: pd.DataFrame, foresight_weeks: pd.DataFrame) -> pd.DataFrame:
    """Keep of the cars' availability the weeks that each of them lives."""
    lived = pd.MultiIndex.from_frame(foresight_weeks[["price_year", "week_id", "vehicle_id"]])
    rows = pd.MultiIndex.from_frame(availability[["price_year", "week_id", "vehicle_id"]])
    return availability[rows.isin(lived)].reset_index(drop=True)


def stretches_of(
    foresight_weeks: pd.DataFrame,
    vehicles: pd.DataFrame,
    weeks: Sequence[MarketWeek],
    driven: dict[tuple[str, str], tuple[Vector, Vector]],
    parameters: ParameterSet,
) -> list[Stretch]:
    """Put each car's weeks of one area and year together.

    # ASSUME: generated diaries repeat; a car's habits are read from fewer weeks than its diary has, so that no past
    week is a copy of one to come.
    """
    by_id = {week.week_id: week for week in weeks}
    known = vehicles.set_index("vehicle_id")
    found = []
    for vehicle_id, rows in foresight_weeks.groupby("vehicle_id", sort=True):
        car, ids = known.loc[str(vehicle_id)].to_dict(), rows.sort_values("week_start_utc")["week_id"].tolist()
        capacity = car["battery_usable_kwh"]
        diary_weeks = int(car["observed_days"]) // DAYS_PER_WEEK
        found.append(
            Stretch(
                vehicle_id=str(vehicle_id),
                dwelling=DEFAULT_DWELLING if pd.isna(car["dwelling"]) else str(car["dwelling"]),
                capacity_kwh=parameters["veh.E_usable_bev"] if pd.isna(capacity) else float(capacity),
                weeks=[by_id[name] for name in ids],
                valued_weeks=int(rows["is_valued"].sum()),
                lived_days=min(MOST_LIVED_DAYS, (diary_weeks - 1) * DAYS_PER_WEEK),
                plugged_pu=np.concatenate([driven[str(vehicle_id), name][0] for name in ids]),
                driving_dc_kwh=np.concatenate([driven[str(vehicle_id), name][1] for name in ids]),
            )
        )
    return found
