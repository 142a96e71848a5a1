"""Turns diaries, weather and plug-in behaviour into what a car offers: per hour of week, and over chosen weeks.

Everything here is for cars *with* a charge point at their home base: who has one is a matter of access, which the
potential applies apart (METHODS 1.5), so that it is never counted twice. Parked, plugged, available and biddable
stay four shares.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.mobility.calibration import Behaviour
from analysis.mobility.contracts import NO_CONTRACT, Contract, under_contract
from analysis.mobility.plug_in import PluggedStays
from analysis.mobility.stays import WEEK_MIN, FloatArray, diaries_of, overlap_per_step
from analysis.mobility.weeks import calendar_weeks
from analysis.mobility.years import WARM_UP_WEEKS, VehicleYear, vehicle_year, weather_by_week
from analysis.settings.parameters import ParameterSet
from analysis.units import HOURS_PER_WEEK, MINUTES_PER_HOUR

LEAST_SHARE_PU = 1e-9
CHUNK_COUNT = 200
"""Cars followed at once: memory does not grow with the fleet."""
READ_COUNT = 5_000
"""Cars whose trips are read at once."""


@dataclass(frozen=True)
class StepShares:
    """Vehicle × step: share of the step parked, parked at home, plugged; and driving energy in it."""

    parked_pu: FloatArray
    parked_home_pu: FloatArray
    plugged_pu: FloatArray
    driving_dc_kwh: FloatArray


def step_shares(year: VehicleYear, plugged: PluggedStays, edges_min: FloatArray) -> StepShares:
    """Cut the run of every vehicle into steps; time and energy inside the edges are kept exactly."""
    count = len(year.diaries.vehicle_ids)
    step_min = np.diff(edges_min)
    shares = [np.zeros((count, len(step_min))) for _ in range(4)]
    calendar, stays = year.calendar, year.stays
    bounds = np.searchsorted(calendar.vehicle_index, np.arange(count + 1))
    for index in range(count):
        rows = slice(bounds[index], bounds[index + 1])
        begin, end = calendar.depart_min[rows], calendar.arrive_min[rows]
        driving = overlap_per_step(begin, end, end - begin, edges_min) / step_min
        shares[0][index] = 1.0 - np.minimum(driving, 1.0)
        shares[3][index] = overlap_per_step(begin, end, calendar.energy_dc_kwh[rows], edges_min)
        home = (1, stays.is_stay[index], stays.depart_min[index])
        for target, flag, ends in (home, (2, plugged.is_plugged[index], plugged.unplug_min[index])):
            start, stop = stays.arrive_min[index][flag], ends[flag]
            shares[target][index] = overlap_per_step(start, stop, stop - start, edges_min) / step_min
    # Rounding in the running totals must not break the ladder parked >= home >= plugged, nor leave crumbs of a share.
    for share in shares[:3]:
        share[share < LEAST_SHARE_PU] = 0.0
    shares[1] = np.minimum(shares[1], shares[0])
    shares[2] = np.minimum(shares[2], shares[1])
    return StepShares(shares[0], shares[1], shares[2], shares[3])


def build_availability(
    trips: pd.DataFrame, vehicles: pd.DataFrame, weather_deg_c: FloatArray, behaviour: Behaviour, seed: int,
    parameters: ParameterSet, contract: Contract = NO_CONTRACT,
) -> pd.DataFrame:  # fmt: skip
    """Give each car's mean week over a year (grain: vehicle × hour of week), on condition of a home charge point.

    Available is plugged times hardware that works; biddable is available times the share of bids accepted.

    Parameters
    ----------
    trips, vehicles
        Trips and Vehicles.
    weather_deg_c
        Calendar week × 168 hours of the area that stands for all.
    behaviour
        Calibrated plug-in behaviour.
    seed
        Seed of the run.
    contract
        What private cars are offered for staying plugged in; none by default.

    Returns
    -------
    pd.DataFrame
        Availability; ``driving_dc_kwh`` is the mean energy driven in that hour of the week.

    References
    ----------
    METHODS 1.4-1.6; ``res.unavailable_hw``, ``res.accept_rate``.
    """

    def read_trips(first: str, last: str) -> pd.DataFrame:
        return trips[trips["vehicle_id"].between(first, last)]

    blocks = stream_availability(read_trips, vehicles, weather_deg_c, behaviour, seed, parameters, contract)
    return pd.concat(blocks, ignore_index=True)


def stream_availability(
    read_trips: Callable[[str, str], pd.DataFrame], vehicles: pd.DataFrame, weather_deg_c: FloatArray,
    behaviour: Behaviour, seed: int, parameters: ParameterSet, contract: Contract = NO_CONTRACT,
) -> Iterator[pd.DataFrame]:  # fmt: skip
    """Give Availability part by part, each of whole cars, so that neither trips nor result stand in memory as a whole.

    Parameters
    ----------
    read_trips
        Gives the Trips of all cars whose names lie between two names, both included.
    vehicles, weather_deg_c, behaviour, seed, contract
        As of :func:`build_availability`; parts follow the order of the cars' names.

    Yields
    ------
    pd.DataFrame
        Availability of ``CHUNK_COUNT`` cars.
    """
    ordered = vehicles.sort_values("vehicle_id", kind="stable")
    for start in range(0, len(ordered), READ_COUNT):
        cars = ordered.iloc[start : start + READ_COUNT]
        ids = cars["vehicle_id"].to_numpy(str)
        trips = read_trips(str(ids[0]), str(ids[-1])).sort_values("vehicle_id", kind="stable")
        names = trips["vehicle_id"].to_numpy(str)
        for first in range(0, len(cars), CHUNK_COUNT):
            some = cars.iloc[first : first + CHUNK_COUNT].reset_index(drop=True)
            low = np.searchsorted(names, ids[first], "left")
            high = np.searchsorted(names, ids[first + len(some) - 1], "right")
            yield _mean_weeks(trips.iloc[low:high], some, weather_deg_c, behaviour, seed, parameters, contract)


def _mean_weeks(
    trips: pd.DataFrame, vehicles: pd.DataFrame, weather_deg_c: FloatArray, behaviour: Behaviour, seed: int,
    parameters: ParameterSet, contract: Contract = NO_CONTRACT,
) -> pd.DataFrame:  # fmt: skip
    """Build Availability of a few cars; a car's week does not depend on which others are in the chunk."""
    diaries = diaries_of(trips, vehicles, parameters["veh.E_usable_bev"])
    year = vehicle_year(diaries, weather_deg_c, seed, parameters)
    is_private = (vehicles["use_case"] == "private").to_numpy(bool)
    plugged = under_contract(year, behaviour, contract, is_private, parameters)
    week_count = year.run_week_count - WARM_UP_WEEKS
    first = WARM_UP_WEEKS * HOURS_PER_WEEK
    edges_min = np.arange(first, first + week_count * HOURS_PER_WEEK + 1, dtype=np.float64) * MINUTES_PER_HOUR
    shares = step_shares(year, plugged, edges_min)
    mean = {
        name: getattr(shares, name).reshape(len(vehicles), week_count, HOURS_PER_WEEK).mean(axis=1).ravel()
        for name in ("parked_pu", "parked_home_pu", "plugged_pu", "driving_dc_kwh")
    }
    working_pu = 1.0 - parameters["res.unavailable_hw"]
    return pd.DataFrame(
        {
            "vehicle_id": np.repeat(np.array(diaries.vehicle_ids, dtype=object), HOURS_PER_WEEK),
            "hour_of_week": np.tile(np.arange(HOURS_PER_WEEK), len(vehicles)),
            "parked_pu": mean["parked_pu"],
            "parked_home_pu": mean["parked_home_pu"],
            "plugged_pu": mean["plugged_pu"],
            "available_pu": mean["plugged_pu"] * working_pu,
            "biddable_pu": mean["plugged_pu"] * working_pu * parameters["res.accept_rate"],
            "driving_dc_kwh": mean["driving_dc_kwh"],
        }
    ).astype({"vehicle_id": "str"})


def sampled_vehicles(vehicles: pd.DataFrame, vehicle_ids: Sequence[str]) -> pd.DataFrame:
    """Take the cars of the dispatch sample out of all cars, in the order of all cars.

    Raises
    ------
    DataError
        Naming each sampled car that is not there.
    """
    absent = sorted(set(vehicle_ids) - set(vehicles["vehicle_id"]))
    if absent:
        raise DataError(
            Fault("dispatch sample", f"{len(absent)} unknown cars, the first {absent[0]}", "cars of the vehicles table",
                  "Build the profiles again from these vehicles.")
        )  # fmt: skip
    return vehicles[vehicles["vehicle_id"].isin(vehicle_ids)].reset_index(drop=True)


def build_availability_weeks(
    trips: pd.DataFrame, vehicles: pd.DataFrame, temperature: pd.DataFrame, weeks: pd.DataFrame,
    behaviour: Behaviour, price_area: str, step_h: float, seed: int, parameters: ParameterSet,
    contract: Contract = NO_CONTRACT,
) -> pd.DataFrame:  # fmt: skip
    """Follow cars step by step through the representative weeks of one area, out of whole simulated years.

    A car lives through all weeks of the year, so that its state of charge and plug-in rhythm on the Monday of a
    chosen week come from the weeks before it.

    Parameters
    ----------
    trips, vehicles
        Trips and Vehicles; only the vehicles given are followed.
    temperature
        Temperature of the area in all price years.
    weeks
        RepresentativeWeeks of one or more price years.
    behaviour
        Calibrated on all cars, not on these few.
    price_area, step_h
        Area of the climate; length of a step.
    contract
        What private cars are offered for staying plugged in; none by default.

    Returns
    -------
    pd.DataFrame
        AvailabilityWeeks of the area.
    """
    diaries = diaries_of(trips, vehicles, parameters["veh.E_usable_bev"])
    is_private = (vehicles["use_case"] == "private").to_numpy(bool)
    blocks: list[pd.DataFrame] = []
    for price_year in sorted({int(year) for year in weeks["price_year"]}):
        weather = weather_by_week(temperature, price_area, price_year)
        year = vehicle_year(diaries, weather, seed, parameters)
        plugged = under_contract(year, behaviour, contract, is_private, parameters)
        position = calendar_weeks(price_year).set_index("week_id")["week_index"].to_dict()
        chosen = weeks[weeks["price_year"] == price_year]
        for week_id, start in zip(chosen["week_id"], chosen["week_start_utc"], strict=True):
            block = _week_block(year, plugged, WARM_UP_WEEKS + int(position[week_id]), start, step_h)
            blocks.append(block.assign(price_year=price_year, week_id=week_id))
    table = pd.concat(blocks, ignore_index=True).assign(price_area=price_area)
    return table[
        ["price_area", "price_year", "week_id", "vehicle_id", "interval_start_utc", "plugged_pu", "driving_dc_kwh"]
    ].astype({"vehicle_id": "str", "week_id": "str", "price_area": "str"})


def _week_block(
    year: VehicleYear, plugged: PluggedStays, run_week: int, week_start_utc: pd.Timestamp, step_h: float
) -> pd.DataFrame:
    step_count = round(HOURS_PER_WEEK / step_h)
    edges_min = run_week * WEEK_MIN + np.arange(step_count + 1, dtype=np.float64) * (step_h * MINUTES_PER_HOUR)
    shares = step_shares(year, plugged, edges_min)
    starts = pd.date_range(week_start_utc, periods=step_count, freq=pd.Timedelta(hours=step_h), unit="us")
    names: NDArray[np.object_] = np.array(year.diaries.vehicle_ids, dtype=object)
    return pd.DataFrame(
        {
            "vehicle_id": np.repeat(names, step_count),
            "interval_start_utc": starts.take(np.tile(np.arange(step_count), len(names))),
            "plugged_pu": shares.plugged_pu.ravel(),
            "driving_dc_kwh": shares.driving_dc_kwh.ravel(),
        }
    )
