"""Turns vehicles into availability profiles: grouped, described, named, and stood for by real vehicles.

Private cars are grouped. Fleet vehicles keep apart in one profile of their own, ``fleet``: they belong to no household
and are never counted into municipalities. Source: METHODS 2.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.profiles.features import AvailabilityParts, Features, hourly_tables, vehicle_features
from analysis.profiles.mixture import Mixture, effective_count, fit_mixture
from analysis.profiles.names import FLEET_NAME, Portrait, name_profiles
from analysis.profiles.represent import FLEET_PROFILE, VEHICLE_WEEKS_LEAST, medoid_positions, sample_vehicles
from analysis.profiles.stability import (
    BOOTSTRAP_COUNT,
    COMPARED_BOOTSTRAP_COUNT,
    bootstrap_jaccard,
    compare_counts,
    share_interval,
    silhouettes,
    weighted_mean,
)
from analysis.units import DAYS_PER_WEEK, HOURS_PER_WEEK

Array = NDArray[np.float64]

# SOURCE: METHODS 2.3: a vehicle whose likeliest profile has less than 0.7 is an uncertain member.
CERTAIN_MEMBER_PU = 0.7
WEEKDAY_HOURS = 5 * 24
SHAPES = ("parked_pu", "parked_home_pu", "plugged_pu", "available_pu")


@dataclass(frozen=True)
class Clustering:
    """Four tables: Profiles, ProfileShapes, ProfileMembership, DispatchSample by their schemas."""

    profiles: pd.DataFrame
    shapes: pd.DataFrame
    membership: pd.DataFrame
    sample: pd.DataFrame


def cluster_vehicles(
    availability: AvailabilityParts,
    vehicles: pd.DataFrame,
    habits: pd.DataFrame,
    profile_count: int,
    dispatch_vehicle_count: int,
    seed: int,
    bootstraps: int = BOOTSTRAP_COUNT,
) -> Clustering:
    """Group private cars into profiles and describe them; fleet vehicles, where there are any, become ``fleet``.

    Parameters
    ----------
    availability
        Grain vehicle × hour of week (schema Availability), whole or in parts.
    vehicles
        Grain vehicle (schema Vehicles).
    habits
        Result of ``traits.vehicle_habits`` for these vehicles.
    profile_count, dispatch_vehicle_count
        ``scope.profile_count`` and ``scope.dispatch_vehicle_count``.
    seed
        Seed of the run.
    bootstraps
        Bootstraps for the Jaccard of the profiles.

    Returns
    -------
    Clustering
        Shares are of private cars; the fleet profile's share is of fleet vehicles and so 1. The dispatch sample holds
        private cars only and its weights sum to 1.

    Raises
    ------
    DataError
        If there is no private car, or a vehicle lacks hours of the week.
    ConfigError
        If there are too few vehicles for the profiles, or profiles for the sample.

    References
    ----------
    METHODS 2.1-2.3.
    """
    private = _private_cars(vehicles)
    features = vehicle_features(availability, private, habits)
    mixture = fit_mixture(features.points, features.weight, profile_count, [seed, 22])
    ids = tuple(f"p{index + 1:02d}" for index in range(profile_count))
    sample = sample_vehicles(
        private, features.points, kept_figures(features, habits), mixture.probability_pu, ids, dispatch_vehicle_count
    )
    group = _Group(ids, private, features, mixture.probability_pu, habits.reindex(private["vehicle_id"]))
    profiles = _describe(group, mixture, sample, seed, bootstraps)
    parts = [(profiles, _shapes(group), _membership(group))]
    fleet = vehicles[vehicles["use_case"] == "fleet"].sort_values("vehicle_id", kind="stable").reset_index(drop=True)
    if len(fleet):
        parts.append(_fleet_tables(availability, fleet, habits))
    described, shapes, membership = (pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))
    return Clustering(described, shapes, membership, sample)


def compare_profile_counts(
    availability: AvailabilityParts,
    vehicles: pd.DataFrame,
    habits: pd.DataFrame,
    profile_count: int,
    seed: int,
    bootstraps: int = COMPARED_BOOTSTRAP_COUNT,
) -> pd.DataFrame:
    """Weigh other numbers of profiles of private cars beside the one in use; arguments as of ``cluster_vehicles``.

    Returns
    -------
    pd.DataFrame
        ProfileSelection, a row for each number of profiles.

    References
    ----------
    METHODS 2.3.
    """
    private = _private_cars(vehicles)
    features = vehicle_features(availability, private, habits)
    return compare_counts(features.points, features.weight, profile_count, seed, bootstraps)


def _private_cars(vehicles: pd.DataFrame) -> pd.DataFrame:
    """Rows of private cars in the order of their names."""
    ordered = vehicles.sort_values("vehicle_id", kind="stable")
    private = ordered[ordered["use_case"] == "private"].reset_index(drop=True)
    if private.empty:
        raise DataError(
            Fault("vehicles.use_case", "no private car", "private cars to group", "Add a source of private cars.")
        )
    return private


def kept_figures(features: Features, habits: pd.DataFrame) -> Array:
    """What the dispatch sample keeps the mean of: km a day, plug-in a day and at 18 and 02, hours at home."""
    plugged = features.plugged_pu
    return np.column_stack(
        [
            habits["daily_km"].reindex(list(features.vehicle_ids)).to_numpy(dtype=float),
            plugged.mean(axis=1),
            plugged[:, 18::24].mean(axis=1),
            plugged[:, 2::24].mean(axis=1),
            features.parked_home_pu.mean(axis=1),
        ]
    )


@dataclass(frozen=True)
class _Group:
    """Vehicles of one use case in one order, their profiles and soft labels."""

    profile_ids: tuple[str, ...]
    vehicles: pd.DataFrame
    features: Features
    probability_pu: Array
    habits: pd.DataFrame

    @property
    def mass(self) -> Array:
        """Weight of each vehicle in each profile (n × k)."""
        return np.asarray(self.features.weight[:, None] * self.probability_pu)

    def mean(self, values: Array) -> Array:
        """Weighted mean of a vehicle figure in each profile."""
        return np.asarray(self.mass.T @ values / self.mass.sum(axis=0).reshape(-1, *[1] * (values.ndim - 1)))


def _describe(group: _Group, mixture: Mixture, sample: pd.DataFrame, seed: int, bootstraps: int) -> pd.DataFrame:
    weight, points = group.features.weight, group.features.points
    table = _figures(group)
    table["share_low_pu"], table["share_high_pu"] = share_interval(group.probability_pu, weight, [seed, 25])
    table["share_low_pu"] = table[["share_low_pu", "share_pu"]].min(axis=1)
    table["share_high_pu"] = table[["share_high_pu", "share_pu"]].max(axis=1)
    table["jaccard_pu"] = bootstrap_jaccard(points, weight, mixture, [seed, 23, len(group.profile_ids)], bootstraps)
    each = silhouettes(points, mixture.labels, [seed, 24])
    inside = [mixture.labels == index for index in range(len(group.profile_ids))]
    table["silhouette_pu"] = [weighted_mean(each[mine], weight[mine]) for mine in inside]
    medoids = sample.groupby("profile_id")["vehicle_id"].agg(" ".join)
    table["medoid_vehicle_ids"] = medoids.reindex(list(group.profile_ids)).to_numpy()
    names = name_profiles(_portraits(group))
    table["name_sv"], table["name_en"] = [name[0] for name in names], [name[1] for name in names]
    return table


def _figures(group: _Group) -> pd.DataFrame:
    """The figures every profile has, whatever its use case."""
    weight, labels = group.features.weight, group.probability_pu.argmax(axis=1)
    inside = [labels == index for index in range(len(group.profile_ids))]
    is_uncertain = (group.probability_pu.max(axis=1) < CERTAIN_MEMBER_PU).astype(float)
    return pd.DataFrame(
        {
            "profile_id": group.profile_ids,
            "share_pu": group.mass.sum(axis=0) / weight.sum(),
            "daily_km": group.mean(group.habits["daily_km"].to_numpy(dtype=float)),
            "driving_dc_kwh_per_day": group.mean(group.features.hourly["driving_dc_kwh"].sum(axis=1)) / DAYS_PER_WEEK,
            "plugged_h_per_day": group.mean(group.features.plugged_pu.sum(axis=1)) / DAYS_PER_WEEK,
            "vehicle_count": [int(mine.sum()) for mine in inside],
            "effective_count": [effective_count(column) for column in group.mass.T],
            "uncertain_member_pu": [weighted_mean(is_uncertain[mine], weight[mine]) for mine in inside],
        }
    )


def _portraits(group: _Group) -> list[Portrait]:
    weight = group.features.weight
    daily_km = group.habits["daily_km"].to_numpy(dtype=float)
    home = group.mean(group.features.parked_home_pu)[:, :WEEKDAY_HOURS].reshape(len(group.profile_ids), 5, 24)
    plugged = group.mean(group.features.plugged_pu.sum(axis=1)) / DAYS_PER_WEEK
    habit = {name: group.mean(group.habits[name].to_numpy(dtype=float))
             for name in ("daily_km", "used_days_pu", "work_days_pu")}  # fmt: skip
    weekend = np.exp(group.mean(np.log(group.habits["weekend_ratio_pu"].to_numpy(dtype=float))))
    return [
        Portrait(
            all_daily_km=float(weight @ daily_km / weight.sum()),
            weekday_home_pu=home[index].mean(axis=0),
            plugged_h_per_day=float(plugged[index]),
            dwelling_pu=_dwelling_shares(group.vehicles["dwelling"], group.mass[:, index]),
            weekend_ratio_pu=float(weekend[index]),
            **{name: float(values[index]) for name, values in habit.items()},
        )
        for index in range(len(group.profile_ids))
    ]


def _dwelling_shares(dwelling: pd.Series, mass: Array) -> dict[str, float]:
    total = pd.Series(mass).groupby(dwelling.to_numpy()).sum()
    return {str(name): float(value / total.sum()) for name, value in total.items()} if total.sum() > 0 else {}


def _shapes(group: _Group) -> pd.DataFrame:
    count = len(group.profile_ids)
    return pd.DataFrame(
        {
            "profile_id": np.repeat(group.profile_ids, HOURS_PER_WEEK),
            "hour_of_week": np.tile(np.arange(HOURS_PER_WEEK), count),
        }
        | {name: np.clip(group.mean(group.features.hourly[name]), 0.0, 1.0).ravel() for name in SHAPES}
    )


def _membership(group: _Group) -> pd.DataFrame:
    vehicle_ids = group.vehicles["vehicle_id"].to_numpy()
    return pd.DataFrame(
        {
            "vehicle_id": np.repeat(vehicle_ids, len(group.profile_ids)),
            "profile_id": np.tile(group.profile_ids, len(vehicle_ids)),
            "probability_pu": group.probability_pu.ravel(),
        }
    )


def _fleet_tables(
    availability: AvailabilityParts, fleet: pd.DataFrame, habits: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The fleet as one profile; not fitted, so its Jaccard is 1 and its silhouette 0 by definition."""
    ids = pd.Index(fleet["vehicle_id"])
    hourly = hourly_tables(availability, ids)
    weight = fleet["weight"].to_numpy(dtype=float)
    points = np.hstack([hourly["parked_home_pu"], hourly["plugged_pu"]])
    features = Features(tuple(map(str, ids)), weight, points, hourly)
    group = _Group((FLEET_PROFILE,), fleet, features, np.ones((len(fleet), 1)), habits.reindex(ids))
    needed = int(np.ceil(VEHICLE_WEEKS_LEAST * DAYS_PER_WEEK / float(fleet["observed_days"].mean())))
    medoids = medoid_positions(features.points, weight, min(len(fleet), needed))
    table = _figures(group).assign(
        share_low_pu=1.0, share_high_pu=1.0, jaccard_pu=1.0, silhouette_pu=0.0, name_sv=FLEET_NAME[0],
        name_en=FLEET_NAME[1], medoid_vehicle_ids=" ".join(fleet["vehicle_id"].iloc[position] for position in medoids),
    )  # fmt: skip
    return table, _shapes(group), _membership(group)
