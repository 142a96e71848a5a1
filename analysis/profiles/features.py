"""Turns hour-of-week availability and driving habits into the few numbers a vehicle is clustered on.

Two blocks (METHODS 2.1): the share parked at home over the 168 hours of the week (smoothed, drawn to the mean of all
where a diary is short, logit, principal components) and the habits of a car with its plug-in at four hours. Each block
has a fixed part of the total variance, 0.6 and 0.4.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.units import DAYS_PER_WEEK, HOURS_PER_WEEK

Array = NDArray[np.float64]
AvailabilityParts = pd.DataFrame | Callable[[], Iterable[pd.DataFrame]]
"""The availability table, or a function that gives it part by part, anew at each call: a big one is never whole."""

# SOURCE: METHODS 2.1: kernel 1 h, Beta prior n0 = 4, 90 % of variance, blocks 0.6/0.4, plug-in at 18, 22, 02, 07.
KERNEL_H = 1.0
PRIOR_WEEKS = 4.0
VARIANCE_KEPT_PU = 0.90
SHAPE_BLOCK_PU = 0.6
HABIT_BLOCK_PU = 0.4
PLUGGED_HOURS = (18, 22, 2, 7)
HOURLY = ("parked_pu", "parked_home_pu", "plugged_pu", "available_pu", "driving_dc_kwh")
# ASSUME: the mean the Beta prior draws to stays 0.5 % away from never and always, so that its logit is finite.
PRIOR_MARGIN_PU = 0.005
# ASSUME: distances and dwells enter as ln(1 + x), ratios as ln(x): a car that drives twice as far is one step away,
# whether from 10 to 20 or from 50 to 100 km.
LOGGED = ("daily_km", "longest_dwell_h", "long_trip_km")
CLUSTERED_HABITS = (
    "daily_km", "used_days_pu", "departure_cos", "departure_sin", "departure_dispersion_pu", "arrival_cos",
    "arrival_sin", "arrival_dispersion_pu", "longest_dwell_h", "weekend_ratio_pu", "long_trip_km",
)  # fmt: skip


@dataclass(frozen=True)
class Features:
    """What a clustering sees of ``n`` vehicles, in one order: ids, survey weights, points (n × d), mean weeks.

    ``hourly`` holds the columns :data:`HOURLY` of the availability table, each n × 168.
    """

    vehicle_ids: tuple[str, ...]
    weight: Array
    points: Array
    hourly: dict[str, Array]

    @property
    def parked_home_pu(self) -> Array:
        """Share parked at home, n × 168."""
        return self.hourly["parked_home_pu"]

    @property
    def plugged_pu(self) -> Array:
        """Share plugged in, n × 168."""
        return self.hourly["plugged_pu"]

    @property
    def share_pu(self) -> Array:
        """Weights that sum to one."""
        return np.asarray(self.weight / self.weight.sum())


def hourly_tables(
    availability: AvailabilityParts, vehicle_ids: pd.Index, columns: tuple[str, ...] = HOURLY
) -> dict[str, Array]:
    """Lay columns of the availability table out as vehicle × 168 hours of the week; shares are held to 0-1.

    Raises
    ------
    DataError
        If a vehicle lacks an hour of the week.
    """
    there = np.zeros((len(vehicle_ids), HOURS_PER_WEEK), dtype=bool)
    wide = {name: np.zeros(there.shape) for name in columns}
    for part in (availability,) if isinstance(availability, pd.DataFrame) else availability():
        row = vehicle_ids.get_indexer(pd.Index(part["vehicle_id"]))
        is_known = row >= 0
        where = (row[is_known], part["hour_of_week"].to_numpy()[is_known])
        there[where] = True
        for name in columns:
            wide[name][where] = part[name].to_numpy(dtype=float)[is_known]
    is_whole: NDArray[np.bool_] = np.asarray(there.all(axis=1))
    short = [str(name) for name, whole in zip(vehicle_ids, is_whole, strict=True) if not whole]
    if short:
        raise DataError(
            Fault("availability", f"{len(short)} vehicles without all 168 hours ({', '.join(short[:3])})",
                  "168 rows for each vehicle of the vehicles table", "Build availability and vehicles together.")
        )  # fmt: skip
    for name, table in wide.items():
        if name.endswith("_pu"):
            np.clip(table, 0.0, 1.0, out=table)
    return wide


def smooth_cyclic(shares: Array, kernel_h: float = KERNEL_H) -> Array:
    """Smooth vehicle × 168 with a Gaussian kernel round the week: Sunday 23 is the neighbour of Monday 00."""
    hours = np.arange(HOURS_PER_WEEK)
    distance = np.minimum(hours, HOURS_PER_WEEK - hours)
    kernel = np.exp(-0.5 * (distance / kernel_h) ** 2)
    kernel /= kernel.sum()
    circulant = kernel[(hours[:, None] - hours[None, :]) % HOURS_PER_WEEK]
    return np.asarray(shares @ circulant)


def shrink_to_mean(shares: Array, weeks: Array, weight: Array, prior_weeks: float = PRIOR_WEEKS) -> Array:
    """Posterior mean of a Beta prior worth ``prior_weeks`` weeks at the weighted mean of all vehicles in that hour.

    Examples
    --------
    A car at home in 4 weeks of 4 where the mean is 0.5, prior 4 weeks: (4 × 1 + 4 × 0.5) / 8 = 0.75.
    """
    mean = np.clip(weight @ shares / weight.sum(), PRIOR_MARGIN_PU, 1.0 - PRIOR_MARGIN_PU)
    return np.asarray((weeks[:, None] * shares + prior_weeks * mean) / (weeks[:, None] + prior_weeks))


def principal_scores(table: Array, weight: Array, kept_pu: float = VARIANCE_KEPT_PU) -> Array:
    """Weighted principal components until ``kept_pu`` of the variance; signs fixed by the largest loading."""
    centred = table - weight @ table / weight.sum()
    covariance = (centred * weight[:, None]).T @ centred / weight.sum()
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    if values.sum() <= 0.0:
        raise DataError(
            Fault("availability", "all vehicles alike", "vehicles that differ", "Give diaries of more than one habit.")
        )
    count = int(np.searchsorted(np.cumsum(values) / values.sum(), kept_pu - 1e-12) + 1)
    chosen = vectors[:, :count]
    sign = np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(count)])
    return np.asarray(centred @ (chosen * sign))


def standardise(table: Array, weight: Array) -> Array:
    """Weighted mean 0 and variance 1 per column; a column that never varies becomes 0 and says nothing."""
    centred = table - weight @ table / weight.sum()
    spread = np.sqrt(weight @ centred**2 / weight.sum())
    return np.asarray(np.where(spread > 1e-9, centred / np.where(spread > 1e-9, spread, 1.0), 0.0))


def vehicle_features(availability: AvailabilityParts, vehicles: pd.DataFrame, habits: pd.DataFrame) -> Features:
    """Build the points that vehicles are clustered on.

    Parameters
    ----------
    availability
        Grain vehicle × hour of week (schema Availability), whole or in parts.
    vehicles
        Grain vehicle; uses ``weight`` and ``observed_days``. Its order is the order of the result.
    habits
        Result of ``traits.vehicle_habits``.

    Returns
    -------
    Features
        ``points`` has weighted variance 1 in all, 0.6 in the components of the week's shape and 0.4 in the habits.

    Raises
    ------
    DataError
        If a vehicle lacks hours, or all vehicles are alike.

    References
    ----------
    METHODS 2.1.
    """
    ids = pd.Index(vehicles["vehicle_id"])
    weight = vehicles["weight"].to_numpy(dtype=float)
    weeks = vehicles["observed_days"].to_numpy(dtype=float) / DAYS_PER_WEEK
    hourly = hourly_tables(availability, ids)
    # ASSUME: the week's shape is the share parked at home, a habit of the household; being plugged depends on charger
    # and contract as well and enters by the four hours of the habit block.
    habit = _habit_columns(habits.reindex(ids), hourly["plugged_pu"])
    points = joined_points(hourly["parked_home_pu"], habit, weeks, weight)
    return Features(tuple(str(name) for name in ids), weight, points, hourly)


def joined_points(shape_pu: Array, habit: Array, weeks: Array, weight: Array) -> Array:
    """Join a week's shape and a car's habits to the points that are clustered (n × d).

    Parameters
    ----------
    shape_pu
        n × 168 shares by hour of week.
    habit
        n × m figures, each already on the scale on which steps are alike.
    weeks, weight
        Observed weeks and survey weight of each car.

    Returns
    -------
    Array
        Weighted variance 1 in all: 0.6 in the principal components of the shape's logits, 0.4 in the habits.

    References
    ----------
    METHODS 2.1.
    """
    shape = shrink_to_mean(smooth_cyclic(shape_pu), weeks, weight)
    scores = principal_scores(np.log(shape / (1.0 - shape)), weight)
    blocks = [
        _with_variance(scores, weight, SHAPE_BLOCK_PU),
        _with_variance(standardise(habit, weight), weight, HABIT_BLOCK_PU),
    ]
    # ASSUME: block weights act on distances: the starts of the mixture, its common variance, silhouettes and medoids;
    # the likelihood of a diagonal mixture is blind to the scale of a column. Turning both blocks to joint axes, so that
    # weights act there too, was tried and gave less stable profiles (mean Jaccard 0.59 against 0.66 for six).
    return np.hstack(blocks)


def _habit_columns(habits: pd.DataFrame, plugged: Array) -> Array:
    table = habits[list(CLUSTERED_HABITS)].copy()
    for name in LOGGED:
        table[name] = np.log1p(table[name])
    table["weekend_ratio_pu"] = np.log(table["weekend_ratio_pu"])
    at_hours = [plugged[:, hour::24].mean(axis=1) for hour in PLUGGED_HOURS]
    return np.column_stack([table.to_numpy(dtype=float), *at_hours])


def _with_variance(block: Array, weight: Array, variance: float) -> Array:
    total = float((weight @ (block - weight @ block / weight.sum()) ** 2).sum() / weight.sum())
    return np.asarray(block * np.sqrt(variance / total)) if total > 0.0 else block
