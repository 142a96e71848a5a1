"""Fits the plug-in behaviour to what charging sessions say: how often cars are plugged in, and for how long."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.mobility.plug_in import (
    PluggedStays,
    Rhythm,
    find_level,
    linger,
    mean_connection_h,
    plug_ins_per_week,
    plug_stays,
)
from analysis.mobility.stays import WEEK_MIN, FloatArray, diaries_of
from analysis.mobility.years import WARM_UP_WEEKS, vehicle_year
from analysis.settings.parameters import ParameterSet

LONGEST_LINGER_H = 2000.0
MOST_CALIBRATION_CARS = 2000


@dataclass(frozen=True)
class Behaviour:
    """The calibrated rhythm, and the plug-ins a week and hours connected that it gives beside their targets."""

    rhythm: Rhythm
    target_per_week: float
    mean_per_week: float
    median_per_week: float
    target_connection_h: float
    mean_connection_h: float


def calibrated_behaviour(
    trips: pd.DataFrame, vehicles: pd.DataFrame, weather_deg_c: FloatArray, statistics: pd.DataFrame, seed: int,
    parameters: ParameterSet,
) -> Behaviour:  # fmt: skip
    """Fit the rhythm so that private cars with a home charge point plug in as often and as long as in real sessions.

    Frequency alone would leave cars connected twice as long as they are: a car that stands two days is seldom
    connected for two days.

    Parameters
    ----------
    trips, vehicles
        Trips and Vehicles; company cars follow the β fitted to private ones.
    weather_deg_c
        Calendar week × 168 hours.
    statistics
        PlugInStatistics; uses ``plug_ins_per_week_mean`` and ``connection_mean``.

    References
    ----------
    METHODS 1.4.
    """
    # ASSUME: company cars at their depot are plugged in by the same behaviour as private cars at home.
    private = vehicles[vehicles["use_case"] == "private"]
    private = private.iloc[:: -(-len(private) // MOST_CALIBRATION_CARS) or 1].reset_index(drop=True)
    if private.empty:
        raise DataError(Fault("vehicles", "no private car", "at least one", "Generate or give private diaries."))
    year = vehicle_year(diaries_of(trips, private, parameters["veh.E_usable_bev"]), weather_deg_c, seed, parameters)
    weight = private["weight"].to_numpy(float)

    window = (WARM_UP_WEEKS * WEEK_MIN, year.run_week_count * WEEK_MIN)
    target, target_h = _statistic(statistics, "plug_ins_per_week_mean"), _statistic(statistics, "connection_mean")

    def run(rhythm: Rhythm) -> PluggedStays:
        return plug_stays(year.stays, year.habits, rhythm, year.diaries.battery_kwh, parameters)

    def rate(beta: float) -> float:
        return float(
            np.average(plug_ins_per_week(year.stays, run(Rhythm(beta, LONGEST_LINGER_H)), *window), weights=weight)
        )

    # How long a full car lingers changes neither charge nor the next decision: the two levels are found one by one.
    beta = find_level(rate, target, -15.0, 15.0, "plug-ins a week")

    plugged = run(Rhythm(beta, LONGEST_LINGER_H))

    def connection(linger_h: float) -> float:
        lingering = linger(plugged, year.stays, year.habits, linger_h, parameters)
        return mean_connection_h(year.stays, lingering, weight, *window)

    rhythm = Rhythm(beta, find_level(connection, target_h, 0.0, LONGEST_LINGER_H, "hours connected"))
    found = plug_ins_per_week(year.stays, plugged, *window)
    mean_h = connection(rhythm.linger_h)
    return Behaviour(
        rhythm, target, float(np.average(found, weights=weight)), float(np.median(found)), target_h, mean_h
    )


def _statistic(statistics: pd.DataFrame, name: str) -> float:
    chosen = statistics[statistics["statistic"] == name]["value"]
    if len(chosen) != 1:
        raise DataError(
            Fault("plug-in statistics", f"{len(chosen)} rows of {name}", "exactly one",
                  "Restore data/reference/plug_in_statistics.csv.")
        )  # fmt: skip
    return float(chosen.iloc[0])
