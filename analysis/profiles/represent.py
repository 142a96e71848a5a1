"""Turns profiles into real vehicles that stand for them: the dispatch sample, never a centroid.

A centroid car is 60 % plugged in every hour; a real fleet is not (METHODS 2.3). Each profile is cut into slices of
equal weight along its own widest direction, and each slice is stood for by its medoid (the real vehicle with the least
weighted sum of squared distances to the others, which is the one nearest the slice's mean) or by one of the next four,
where the sample as a whole then drives and plugs in as much as the profile does.
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
# ASSUME: a slice may be stood for by any of its five most central vehicles. With twelve cars this halves the error of
# the sample's mean distance (9 to 4 %) and plug-in (5 to 1.5 %) over repeated subsets of the generated diaries.
CANDIDATES_PER_SLICE = 5
EXCHANGE_ROUNDS = 20

FLEET_PROFILE = "fleet"
"""All firms' cars, in a group that is not clustered."""


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
    """Positions of ``count`` real vehicles: the medoid of each slice of equal weight along the widest direction.

    Raises
    ------
    ValueError
        If there are fewer vehicles than medoids.
    """
    return [int(near[0]) for near in _nearest_of_slices(points, weight, count, 1)]


def balanced_positions(points: Array, weight: Array, count: int, figures: Array) -> list[int]:
    """Positions of ``count`` real vehicles, each among the five nearest its slice's mean, that together keep the means.

    A medoid is nearest in shape, and drives less than the mean of its slice, since distances lean to one side. Slice by
    slice the vehicle is taken with which the sample's means of ``figures`` come nearest to the profile's, in standard
    deviations, until no exchange helps.

    Parameters
    ----------
    points, weight
        Vehicles of one profile (n × d) and what each counts in it.
    count
        How many vehicles.
    figures
        n × m: what the sample should keep the mean of.

    References
    ----------
    METHODS 2.3; balanced sampling after Deville and Tillé (2004), here by exchange.
    """
    candidates = _nearest_of_slices(points, weight, count, CANDIDATES_PER_SLICE)
    mean = weight @ figures / weight.sum()
    spread = np.sqrt(weight @ (figures - mean) ** 2 / weight.sum())
    scaled = (figures - mean) / np.where(spread > 1e-12, spread, 1.0)
    chosen = [int(near[0]) for near in candidates]
    for _ in range(EXCHANGE_ROUNDS):
        before = list(chosen)
        for index, near in enumerate(candidates):
            rest = scaled[chosen].sum(axis=0) - scaled[chosen[index]]
            chosen[index] = int(near[((rest + scaled[near]) ** 2).sum(axis=1).argmin()])
        if chosen == before:
            break
    return chosen


def _nearest_of_slices(points: Array, weight: Array, count: int, most: int) -> list[Counts]:
    """Of each slice the ``most`` vehicles nearest its mean, nearest first."""
    if len(points) < count:
        raise ValueError(f"{count} medoids asked of {len(points)} vehicles")
    centred = points - weight @ points / weight.sum()
    _, vectors = np.linalg.eigh((centred * weight[:, None]).T @ centred)
    direction = vectors[:, -1] * np.sign(vectors[np.abs(vectors[:, -1]).argmax(), -1])
    order = np.argsort(centred @ direction, kind="stable")
    return [piece[_by_distance(points[piece], weight[piece])[:most]] for piece in _slices(order, weight, count)]


def _slices(order: NDArray[np.int64], weight: Array, count: int) -> list[NDArray[np.int64]]:
    """Cut vehicles in order into ``count`` runs of about equal weight, none empty."""
    middle = np.cumsum(weight[order]) - weight[order] / 2.0
    cuts = np.searchsorted(middle, weight.sum() * np.arange(1, count) / count)
    for index in range(len(cuts)):
        least = index + 1 if index == 0 else cuts[index - 1] + 1
        cuts[index] = min(max(cuts[index], least), len(order) - (count - 1 - index))
    return np.split(order, cuts)


def _by_distance(points: Array, weight: Array) -> Counts:
    mean = weight @ points / weight.sum()
    return np.asarray(np.argsort(((points - mean) ** 2).sum(axis=1), kind="stable"))


def sample_vehicles(
    vehicles: pd.DataFrame,
    points: Array,
    figures: Array,
    probability_pu: Array,
    profile_ids: tuple[str, ...],
    total: int,
) -> pd.DataFrame:
    """Choose the vehicles whose bill is optimised, each with its part of its profile's share.

    Parameters
    ----------
    vehicles
        Grain vehicle, in the order of the rows of ``points``; uses ``weight`` and ``observed_days``.
    points, figures, probability_pu
        Where each vehicle lies (n × d), the figures whose means the sample should keep (n × m), soft labels (n × k).
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
        for position in balanced_positions(points[inside], belonging, int(counts[index]), figures[inside]):
            rows.append((vehicles["vehicle_id"].iloc[inside[position]], profile_id, share[index] / counts[index]))
    return pd.DataFrame(rows, columns=["vehicle_id", "profile_id", "weight"])


def _refuse_empty(members: Counts, profile_ids: tuple[str, ...]) -> None:
    empty = [name for name, count in zip(profile_ids, members, strict=True) if count == 0]
    if empty:
        raise ConfigError(
            Fault("scope.profile_count", f"{len(empty)} profiles without a vehicle", "vehicles in each profile",
                  "Lower profile_count.")
        )  # fmt: skip


def commonest_car(profiles: pd.DataFrame) -> str:
    """Name the first medoid of the commonest profile of private cars; firms' cars are the whole of their own kind."""
    private = profiles[profiles["profile_id"] != FLEET_PROFILE]
    return str(private.sort_values("share_pu").iloc[-1]["medoid_vehicle_ids"]).split()[0]
