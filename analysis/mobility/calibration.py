"""Fits the plug-in behaviour to what charging sessions say: how often cars are plugged in, and for how long."""

from dataclasses import dataclass
from functools import cache

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
from analysis.mobility.years import WARM_UP_WEEKS, VehicleYear, vehicle_year
from analysis.settings.parameters import ParameterSet

LONGEST_LINGER_H = 2000.0
MOST_CALIBRATION_CARS = 2000
DRAW_SEED = 1
BETA_ENDS = (-15.0, 15.0)
BETA_STEP, BETA_STEP_COUNT = 0.5, 20
MEDIAN_NEAR_ENOUGH_PU = 0.01


@dataclass(frozen=True)
class Behaviour:
    """The calibrated rhythm, and the plug-ins a week and hours connected that it gives beside their targets."""

    rhythm: Rhythm
    target_per_week: float
    mean_per_week: float
    target_median_per_week: float
    median_per_week: float
    target_connection_h: float
    mean_connection_h: float


@dataclass(frozen=True)
class _Fit:
    """What the search looks at: the private cars' year and weights."""

    year: VehicleYear
    weight: FloatArray
    parameters: ParameterSet

    @property
    def window(self) -> tuple[float, float]:
        return WARM_UP_WEEKS * WEEK_MIN, self.year.run_week_count * WEEK_MIN

    def run(self, rhythm: Rhythm) -> PluggedStays:
        year = self.year
        return plug_stays(year.stays, year.habits, rhythm, year.diaries.battery_kwh, self.parameters)

    def rates(self, beta: float, habit_share_pu: float) -> FloatArray:
        """Plug-ins per week of each car."""
        # How long a full car lingers changes neither charge nor the next decision: any length serves here.
        plugged = self.run(Rhythm(beta, LONGEST_LINGER_H, habit_share_pu))
        return plug_ins_per_week(self.year.stays, plugged, *self.window)

    def mean(self, rates: FloatArray) -> float:
        return float(np.average(rates, weights=self.weight))


def calibration_cars(vehicles: pd.DataFrame) -> pd.DataFrame:
    """Private cars that stand for all of them, at most ``MOST_CALIBRATION_CARS``, in the order of ``Vehicles``.

    More are drawn from by chance, always the same ones: every k-th would be all alike where a list repeats itself.

    Raises
    ------
    DataError
        If there is no private car.
    """
    # ASSUME: company cars at their depot are plugged in by the same behaviour as private cars at home.
    private = vehicles[vehicles["use_case"] == "private"]
    if private.empty:
        raise DataError(Fault("vehicles", "no private car", "at least one", "Generate or give private diaries."))
    if len(private) > MOST_CALIBRATION_CARS:
        private = private.sample(MOST_CALIBRATION_CARS, random_state=DRAW_SEED).sort_index()
    return private.reset_index(drop=True)


def calibrated_behaviour(
    trips: pd.DataFrame, vehicles: pd.DataFrame, weather_deg_c: FloatArray, statistics: pd.DataFrame, seed: int,
    parameters: ParameterSet,
) -> Behaviour:  # fmt: skip
    """Fit the rhythm so that private cars with a home charge point plug in as often and as long as in real sessions.

    Mean and median of plug-ins a week both count: alone, the mean would be met by cars that are too alike. Frequency
    alone would leave cars connected twice as long as they are: a car that stands two days is seldom connected for two.

    Parameters
    ----------
    trips, vehicles
        Trips and Vehicles; company cars follow the rhythm fitted to private ones. Only trips of
        :func:`calibration_cars` are looked at.
    weather_deg_c
        Calendar week × 168 hours.
    statistics
        PlugInStatistics; uses ``plug_ins_per_week_mean``, ``plug_ins_per_week_median`` and ``connection_mean``.

    References
    ----------
    METHODS 1.4.
    """
    private = calibration_cars(vehicles)
    year = vehicle_year(diaries_of(trips, private, parameters["veh.E_usable_bev"]), weather_deg_c, seed, parameters)
    fit = _Fit(year, private["weight"].to_numpy(float), parameters)
    target, target_h = _statistic(statistics, "plug_ins_per_week_mean"), _statistic(statistics, "connection_mean")
    target_median = _statistic(statistics, "plug_ins_per_week_median")
    habit_share_pu = _habit_share(fit, target, target_median)
    beta = find_level(lambda beta: fit.mean(fit.rates(beta, habit_share_pu)), target, *BETA_ENDS, "plug-ins a week")
    plugged = fit.run(Rhythm(beta, LONGEST_LINGER_H, habit_share_pu))

    def connection(linger_h: float) -> float:
        lingering = linger(plugged, year.stays, year.habits, linger_h, parameters)
        return mean_connection_h(year.stays, lingering, fit.weight, *fit.window)

    rhythm = Rhythm(beta, find_level(connection, target_h, 0.0, LONGEST_LINGER_H, "hours connected"), habit_share_pu)
    found = plug_ins_per_week(year.stays, plugged, *fit.window)
    mean_h = connection(rhythm.linger_h)
    return Behaviour(rhythm, target, fit.mean(found), target_median, float(np.median(found)), target_h, mean_h)


def _habit_share(fit: _Fit, target: float, target_median: float) -> float:
    """Find the share of habitual users that brings the median down to its target while the mean stays on its own.

    The less the others plug in, the more habitual users the mean needs, and the lower the median is: as long as the
    habitual are few, so the search walks down from no habit and stops at the first β that goes far enough.
    """
    # ASSUME: where users differ more than u_i lets them, it is since some plug in whenever they come home.
    at_every_stay = fit.rates(BETA_ENDS[1], 1.0)
    habit_pu = fit.year.habits.habit_pu
    order = np.argsort(habit_pu, kind="stable")

    @cache
    def mixed(beta: float) -> tuple[float, float]:
        rates = fit.rates(beta, 0.0)
        gain = np.cumsum(((at_every_stay - rates) * fit.weight)[order]) / fit.weight.sum()
        count = int(np.searchsorted(gain, target - fit.mean(rates)))
        rates[order[:count]] = at_every_stay[order[:count]]
        bound = habit_pu[order[count]] if count < len(order) else 1.0
        return float(np.median(rates)), float(bound)

    alone = find_level(lambda beta: fit.mean(fit.rates(beta, 0.0)), target, *BETA_ENDS, "plug-ins a week")
    if mixed(alone)[0] <= target_median:
        return 0.0
    low = alone
    for _ in range(BETA_STEP_COUNT):
        low -= BETA_STEP
        if mixed(low)[0] <= target_median:
            break
    what = "median plug-ins a week"
    beta = find_level(lambda beta: mixed(beta)[0], target_median, low, alone, what, MEDIAN_NEAR_ENOUGH_PU)
    return mixed(beta)[1]


def _statistic(statistics: pd.DataFrame, name: str) -> float:
    chosen = statistics[statistics["statistic"] == name]["value"]
    if len(chosen) != 1:
        raise DataError(
            Fault("plug-in statistics", f"{len(chosen)} rows of {name}", "exactly one",
                  "Restore data/reference/plug_in_statistics.csv.")
        )  # fmt: skip
    return float(chosen.iloc[0])
