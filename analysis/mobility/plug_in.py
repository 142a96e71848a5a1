"""Turns stays at home into plugged stays: parked is not plugged, and fuller cars plug in less (METHODS 1.4)."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.mobility.stays import WEEK_MIN, FloatArray, HomeStays
from analysis.settings.parameters import ParameterSet
from analysis.units import MINUTES_PER_HOUR

PLUG_STAGE = 14
"""Number of this stage in the seed: one seed a stage, common random numbers over areas, years and policies."""

HABIT_STAGE = 16
"""Stage of the draw that ranks users by habit: apart, so that the other draws do not depend on it."""

LEAST_DWELL_H = 0.1
SEARCH_ROUNDS = 24
NEAR_ENOUGH_PU = 1e-4
DAY_MIN = 1440.0
# ASSUME: cars are unplugged between 06 and 23 on weekdays, 08 and 23 on weekends, unless they leave.
FIRST_WAKING_MIN = (360.0,) * 5 + (480.0,) * 2
LAST_WAKING_MIN = 1380.0


def _waking_knots() -> FloatArray:
    """Minutes of a week, and how many of them people have been awake by then, at the bends."""
    clock, awake = [0.0], [0.0]
    for day, first in enumerate(FIRST_WAKING_MIN):
        clock += [day * DAY_MIN + first, day * DAY_MIN + LAST_WAKING_MIN]
        awake += [awake[-1], awake[-1] + LAST_WAKING_MIN - first]
    return np.array([[*clock, 7 * DAY_MIN], [*awake, awake[-1]]])


WAKING_KNOTS = _waking_knots()


@dataclass(frozen=True)
class Habits:
    """What is drawn once per vehicle: leaning in logits and rank by habit; per stay luck and a waiting time."""

    user_logit: FloatArray
    habit_pu: FloatArray
    uniform_pu: FloatArray
    waiting_pu: FloatArray


@dataclass(frozen=True)
class Rhythm:
    """What the calibration settles: β_home in logits, the hours a full car stays connected on the mean, habitual users.

    ``habit_share_pu`` of the users plug in whenever they come home, however full the car is: u_i of METHODS 1.4 has
    two kinds of people, those who decide and those who always do.
    """

    beta_home_logit: float
    linger_h: float
    habit_share_pu: float = 0.0


@dataclass(frozen=True)
class PluggedStays:
    """Outcome per vehicle × stay: plugged or not, when unplugged, state of charge, energy; and forced charges."""

    is_plugged: NDArray[np.bool_]
    unplug_min: FloatArray
    arrival_soc_pu: FloatArray
    charge_dc_kwh: FloatArray
    forced_charge_count: NDArray[np.int64]
    forced_charge_dc_kwh: FloatArray
    net_store_change_dc_kwh: FloatArray


def draw_habits(vehicle_ids: Sequence[str], stay_count: int, seed: int, parameters: ParameterSet) -> Habits:
    """Draw each vehicle's leaning and luck from its own name, so that a car alone behaves as it does in a crowd.

    Parameters
    ----------
    vehicle_ids
        Names; each has its own stream.
    stay_count
        Uniform numbers per vehicle; more of them never change the first ones.
    seed
        Seed of the run.
    """
    leaning, habit = np.empty(len(vehicle_ids)), np.empty(len(vehicle_ids))
    uniform = np.empty((len(vehicle_ids), stay_count))
    waiting = np.empty((len(vehicle_ids), stay_count))
    for row, name in enumerate(vehicle_ids):
        generator = np.random.default_rng([seed, PLUG_STAGE, zlib.crc32(name.encode())])
        leaning[row] = generator.normal() * parameters["plug.sigma_user"]
        habit[row] = np.random.default_rng([seed, HABIT_STAGE, zlib.crc32(name.encode())]).random()
        luck = generator.random((stay_count, 2))
        uniform[row] = luck[:, 0]
        waiting[row] = -np.log1p(-luck[:, 1])
    return Habits(leaning, habit, uniform, waiting)


def plug_stays(
    stays: HomeStays, habits: Habits, rhythm: Rhythm, battery_kwh: FloatArray, parameters: ParameterSet,
    payment_logit: float | FloatArray = 0.0,
) -> PluggedStays:  # fmt: skip
    """Walk through the stays in order, all vehicles at once: decide, charge, drive on.

    P(plug) = σ(β_home + b_soc·(s - s*) + b_dwell·ln(dwell h) + b_next·1[E < e_next + reserve] + b_pay·w + u_i), and 1
    for users who plug in by habit.
    Charging while plugged is uncontrolled, up to ``veh.soc_max_daily``: the behaviour that real sessions show. Energy
    below the floor on arrival was charged under way (METHODS 1.3): counted, never hidden. A car is unplugged when it
    leaves, or earlier: once charged it stays connected for a random while of mean ``rhythm.linger_h`` waking hours.

    Parameters
    ----------
    stays
        Padded stays; see :func:`analysis.mobility.stays.home_stays`.
    rhythm
        From :func:`analysis.mobility.calibration.calibrated_behaviour`.
    battery_kwh
        Usable energy per vehicle.
    payment_logit
        b_pay·w: what a payment per plug-in day adds, for all or per vehicle; 0 without contract.
    """
    reserve_kwh = parameters["veh.reserve_km"] * parameters["veh.eps0"]
    floor_kwh = parameters["veh.soc_min_user"] * battery_kwh
    full_kwh = parameters["veh.soc_max_daily"] * battery_kwh
    energy = full_kwh.copy()
    shape = stays.is_stay.shape
    dwell_h = np.maximum((stays.depart_min - stays.arrive_min) / MINUTES_PER_HOUR, 0.0)
    user_logit = np.where(habits.habit_pu < rhythm.habit_share_pu, np.inf, habits.user_logit)
    leaning = (
        rhythm.beta_home_logit + (user_logit + payment_logit)[:, None]
        + parameters["plug.b_dwell"] * np.log(np.maximum(dwell_h, LEAST_DWELL_H))
    )  # fmt: skip
    luck = habits.uniform_pu[:, : shape[1]]
    before, needed_kwh, room_kwh, margin, is_stay = (
        np.ascontiguousarray(table.T)  # a stay of all vehicles lies together: that is how they are walked through
        for table in (
            stays.energy_before_dc_kwh, stays.energy_after_dc_kwh + reserve_kwh, _charge_dc_kw(parameters) * dwell_h,
            leaning - np.log(luck / (1.0 - luck)), stays.is_stay,
        )
    )  # fmt: skip
    plugged, soc, charge = np.zeros(shape[::-1], dtype=bool), np.zeros(shape[::-1]), np.zeros(shape[::-1])
    forced_count, forced_kwh = np.zeros(shape[0], dtype=np.int64), np.zeros(shape[0])
    for row in range(shape[1]):
        energy = energy - before[row]
        short = np.maximum(floor_kwh - energy, 0.0)
        forced_kwh += short
        forced_count += short > 0
        energy = energy + short
        soc[row] = energy / battery_kwh
        need_logit = parameters["plug.b_next"] * (energy < needed_kwh[row])
        soc_logit = parameters["plug.b_soc"] * (soc[row] - parameters["plug.soc_star"])
        plugged[row] = is_stay[row] & (margin[row] + soc_logit + need_logit > 0.0)
        charge[row] = plugged[row] * np.minimum(np.maximum(full_kwh - energy, 0.0), room_kwh[row])
        energy = energy + charge[row]
    net_kwh = energy - full_kwh
    found = PluggedStays(plugged.T, stays.depart_min, soc.T, charge.T, forced_count, forced_kwh, net_kwh)
    return linger(found, stays, habits, rhythm.linger_h, parameters)


def _charge_dc_kw(parameters: ParameterSet) -> float:
    return parameters["plug.charge_power_kw"] * parameters["plug.charge_efficiency"]


def linger(
    plugged: PluggedStays, stays: HomeStays, habits: Habits, linger_h: float, parameters: ParameterSet
) -> PluggedStays:
    """Say when each plugged car is unplugged: when it leaves, or once full after a random while of mean ``linger_h``.

    What is charged, and so every later decision, does not depend on it.
    """
    full_min = stays.arrive_min + plugged.charge_dc_kwh / _charge_dc_kw(parameters) * MINUTES_PER_HOUR
    waiting_min = linger_h * MINUTES_PER_HOUR * habits.waiting_pu[:, : stays.is_stay.shape[1]]
    return replace(plugged, unplug_min=np.minimum(stays.depart_min, unplugged_after(full_min, waiting_min)))


def unplugged_after(full_min: FloatArray, waiting_min: FloatArray) -> FloatArray:
    """Say when a full car is unplugged, if it has not left: after a while of waking time, never in the night.

    Parameters
    ----------
    full_min, waiting_min
        Minute when charged (from a Monday 00:00), and waking minutes until someone unplugs it.

    Examples
    --------
    Full at 22:30 with 60 waking minutes to go (weekday nights are 23 to 06): unplugged at 06:30.
    """
    # ASSUME: connections shorter than the stay come from cars unplugged at a constant rate once they are full, while
    # people are awake; real sessions last 11 h on the median although cars stand longer.
    week = np.floor(full_min / WEEK_MIN)
    reached = week * WAKING_KNOTS[1, -1] + np.interp(full_min - week * WEEK_MIN, *WAKING_KNOTS) + waiting_min
    whole = np.floor(reached / WAKING_KNOTS[1, -1])
    rest = np.interp(reached - whole * WAKING_KNOTS[1, -1], WAKING_KNOTS[1], WAKING_KNOTS[0])
    unplug: FloatArray = np.maximum(whole * WEEK_MIN + rest, full_min)
    return unplug


def plug_ins_per_week(stays: HomeStays, plugged: PluggedStays, from_min: float, to_min: float) -> FloatArray:
    """Count plug-ins per vehicle and week among the stays that begin in a window."""
    inside = (stays.arrive_min >= from_min) & (stays.arrive_min < to_min) & stays.is_stay
    count: FloatArray = (plugged.is_plugged & inside).sum(axis=1) / ((to_min - from_min) / MINUTES_PER_HOUR / 168.0)
    return count


def mean_connection_h(
    stays: HomeStays, plugged: PluggedStays, weight: FloatArray, from_min: float, to_min: float
) -> float:
    """Mean hours from plug-in to plug-out over the sessions that begin in a window, vehicles weighted."""
    inside = (stays.arrive_min >= from_min) & (stays.arrive_min < to_min) & plugged.is_plugged
    hours = (plugged.unplug_min - stays.arrive_min) / MINUTES_PER_HOUR
    return float(np.sum(hours * inside * weight[:, None]) / np.sum(inside * weight[:, None]))


def find_level(
    measure_of: Callable[[float], float], target: float, low: float, high: float, what: str,
    near_pu: float = NEAR_ENOUGH_PU,
) -> float:  # fmt: skip
    """Find where a rising measure meets its target, by halving an interval.

    Parameters
    ----------
    measure_of
        Rises with its argument.
    target
        From sessions (METHODS 1.4: where survey and sessions differ, sessions win).
    low, high
        Ends of the search.
    what
        Name of the measure, for the fault.
    near_pu
        How near, as a share of the target, is near enough.

    Raises
    ------
    DataError
        If the target lies outside what the diaries allow.
    """
    least, most = measure_of(low), measure_of(high)
    if not least <= target <= most:
        raise DataError(
            Fault(f"plug-in calibration, {what}", f"a target of {target:.2f}",
                  f"between {least:.2f} and {most:.2f}, which the diaries allow",
                  "Check the sessions and how often, how long the cars stand at home.")
        )  # fmt: skip
    for _ in range(SEARCH_ROUNDS):
        middle = 0.5 * (low + high)
        found = measure_of(middle)
        if abs(found - target) <= near_pu * target:
            return middle
        low, high = (middle, high) if found < target else (low, middle)
    return 0.5 * (low + high)
