"""Measures grouping: availability profiles of a thousand, ten and a hundred thousand vehicles.

Vehicles are drawn about five habits, each with its own hours and days; what is measured is the whole of
grouping: features, mixture, sample, stability and, beside it, the comparison of numbers of profiles.
"""

import time

import numpy as np
import pandas as pd

from analysis.profiles.cluster import cluster_vehicles, compare_profile_counts
from analysis.profiles.traits import HABITS
from analysis.units import HOURS_PER_WEEK

SIZES = {"cluster_1k": 1_000, "cluster_10k": 10_000, "cluster_100k": 100_000}
BUDGET_S = 120.0
KIND_COUNT = 5
PROFILE_COUNT, SAMPLED_COUNT = 6, 40


def many_vehicles(count: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Availability, vehicles and habits of ``count`` cars."""
    generator = np.random.default_rng(seed)
    kind = generator.integers(KIND_COUNT, size=count)
    hours = np.arange(HOURS_PER_WEEK)
    centres = 0.6 + 0.35 * np.cos((hours % 24 - 3.0 * np.arange(KIND_COUNT)[:, None]) / 24 * 2 * np.pi)
    home = np.clip(centres[kind] + generator.normal(0, 0.1, (count, HOURS_PER_WEEK)), 0.02, 0.98)
    plugged = home * generator.uniform(0.2, 0.7, (count, 1))
    names = np.char.add("car_", np.arange(count).astype(str))
    ids = pd.Series(names, dtype="str")
    availability = pd.DataFrame(
        {
            "vehicle_id": ids.repeat(HOURS_PER_WEEK).to_numpy(),
            "hour_of_week": np.tile(hours, count),
            "parked_pu": np.maximum(home, 0.95).ravel(),
            "parked_home_pu": home.ravel(),
            "plugged_pu": plugged.ravel(),
            "available_pu": 0.95 * plugged.ravel(),
            "driving_dc_kwh": generator.uniform(0, 0.1, count * HOURS_PER_WEEK),
        }
    )
    vehicles = pd.DataFrame(
        {"vehicle_id": ids, "weight": generator.uniform(0.5, 2.0, count), "observed_days": 56, "use_case": "private",
         "dwelling": "detached"}
    )  # fmt: skip
    habits = pd.DataFrame(
        generator.uniform(0.2, 1.0, (count, len(HABITS))) + kind[:, None], index=pd.Index(ids), columns=list(HABITS)
    )
    return availability, vehicles, habits


def cluster_seconds(count: int) -> float:
    """Wall-clock seconds of grouping ``count`` vehicles once."""
    tables = many_vehicles(count)
    begun = time.perf_counter()
    cluster_vehicles(*tables, PROFILE_COUNT, SAMPLED_COUNT, 1)
    compare_profile_counts(*tables, PROFILE_COUNT, 1)
    return time.perf_counter() - begun


def cluster_rows() -> list[tuple[str, float, str, str, float]]:
    """Measure, seconds, unit, what it is held against and its value, of each size."""
    return [(name, cluster_seconds(count), "s", "budget", BUDGET_S) for name, count in SIZES.items()]
