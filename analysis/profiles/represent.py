"""Turns profiles into real vehicles that stand for them: the dispatch sample, never a centroid.

A centroid car is 60 % plugged in every hour; a real fleet is not (METHODS 2.3). Each profile is cut into slices of
equal weight along its own widest direction, and each slice is stood for by its medoid: the real vehicle with the least
weighted sum of squared distances to the others, which is the one nearest the slice's mean.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import ConfigError, Fault
from analysis.units import DAYS_PER_WEEK

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

# SOURCE: METHODS 2.3: each profile is stood for by at least 15 real vehicle-weeks.
VEHICLE_WEEKS_LEAST = 15.0


def allocate_vehicles(share_pu: Array, member_count: Counts, weeks_per_vehicle: Array, total: int) -> Counts:
    """Divide ``total`` vehicles over profiles: one each, then up to 15 vehicle-weeks each, the rest by share.

    Parameters
    ----------
    share_pu
        Weighted share of each profile.
    member_count
        Vehicles of each profile; none gets more than it has.
    weeks_per_vehicle
        Mean diary weeks of a vehicle of each profile.
    total
        Vehicles to divide.

    Raises
    ------
    ConfigError
        If there are fewer vehicles than profiles.

    References
    ----------
    METHODS 2.3.

    Examples
    --------
    Shares 0.5, 0.3, 0.2, diaries of 8 weeks, 8 vehicles: two each make 16 weeks; the last two go where a vehicle
    stands for most, 0.25 and then 0.17 of all in the first: 4, 2, 2.
    """
    if total < len(share_pu):
        raise ConfigError(
            Fault("scope.dispatch_vehicle_count", f"{total} vehicles for {len(share_pu)} profiles",
                  "at least one vehicle a profile", "Raise dispatch_vehicle_count or lower profile_count.")
        )  # fmt: skip
    needed = np.ceil(VEHICLE_WEEKS_LEAST / weeks_per_vehicle).astype(int)
    counts = np.ones(len(share_pu), dtype=np.int64)
    for _ in range(total - len(share_pu)):
        has_room = counts < member_count
        if not has_room.any():
            break
        is_short = has_room & (counts < needed)
        pool = is_short if is_short.any() else has_room
        counts[int(np.where(pool, share_pu / counts, -1.0).argmax())] += 1
    return counts


def medoid_positions(points: Array, weight: Array, count: int) -> list[int]:
    """Positions of ``count`` real vehicles, one in each slice of equal weight along the widest direction.

    Raises
    ------
    ValueError
        If there are fewer vehicles than medoids.
    """
    if len(points) < count:
        raise ValueError(f"{count} medoids asked of {len(points)} vehicles")
    mean = weight @ points / weight.sum()
    centred = points - mean
    _, vectors = np.linalg.eigh((centred * weight[:, None]).T @ centred)
    direction = vectors[:, -1] * np.sign(vectors[np.abs(vectors[:, -1]).argmax(), -1])
    order = np.argsort(centred @ direction, kind="stable")
    return [int(piece[_nearest_mean(points[piece], weight[piece])]) for piece in _slices(order, weight, count)]


def _slices(order: NDArray[np.int64], weight: Array, count: int) -> list[NDArray[np.int64]]:
    """Cut vehicles in order into ``count`` runs of about equal weight, none empty."""
    middle = np.cumsum(weight[order]) - weight[order] / 2.0
    cuts = np.searchsorted(middle, weight.sum() * np.arange(1, count) / count)
    for index in range(len(cuts)):
        least = index + 1 if index == 0 else cuts[index - 1] + 1
        cuts[index] = min(max(cuts[index], least), len(order) - (count - 1 - index))
    return np.split(order, cuts)


def _nearest_mean(points: Array, weight: Array) -> int:
    mean = weight @ points / weight.sum()
    return int(((points - mean) ** 2).sum(axis=1).argmin())


def sample_vehicles(
    vehicles: pd.DataFrame, points: Array, probability_pu: Array, profile_ids: tuple[str, ...], total: int
) -> pd.DataFrame:
    """Choose the vehicles whose bill is optimised, each with its part of its profile's share.

    Parameters
    ----------
    vehicles
        Grain vehicle, in the order of the rows of ``points``; uses ``weight`` and ``observed_days``.
    points, probability_pu
        Where each vehicle lies (n × d) and its soft labels (n × k).
    profile_ids
        Names of the columns of ``probability_pu``.
    total
        ``scope.dispatch_vehicle_count``.

    Returns
    -------
    pd.DataFrame
        Grain vehicle (schema DispatchSample); ``weight`` is share / medoids and sums to 1.

    Raises
    ------
    ConfigError
        If there are fewer vehicles to give than profiles, or a profile that no vehicle is most likely in.

    References
    ----------
    METHODS 2.3.
    """
    weight = vehicles["weight"].to_numpy(dtype=float)
    share = weight @ probability_pu / weight.sum()
    labels = probability_pu.argmax(axis=1)
    members = np.bincount(labels, minlength=len(profile_ids))
    _refuse_empty(members, profile_ids)
    days = np.bincount(labels, weights=vehicles["observed_days"].to_numpy(dtype=float), minlength=len(profile_ids))
    counts = allocate_vehicles(share, members, days / members / DAYS_PER_WEEK, total)
    rows = []
    for index, profile_id in enumerate(profile_ids):
        inside = np.flatnonzero(labels == index)
        belonging = weight[inside] * probability_pu[inside, index]
        for position in medoid_positions(points[inside], belonging, int(counts[index])):
            rows.append((vehicles["vehicle_id"].iloc[inside[position]], profile_id, share[index] / counts[index]))
    return pd.DataFrame(rows, columns=["vehicle_id", "profile_id", "weight"])


def _refuse_empty(members: Counts, profile_ids: tuple[str, ...]) -> None:
    empty = [name for name, count in zip(profile_ids, members, strict=True) if count == 0]
    if empty:
        raise ConfigError(
            Fault("scope.profile_count", f"{len(empty)} profiles without a vehicle", "vehicles in each profile",
                  "Lower profile_count.")
        )  # fmt: skip
