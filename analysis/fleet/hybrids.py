"""Turns registered plug-in hybrids into cars by model year; they stand apart from battery cars and out of V2X.

A hybrid's battery is a sixth of a battery car's (veh.E_usable_phev): it is left out of what can discharge unless a run
includes it, and even then it is counted only, never dispatched.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import ConfigError, DataError, Fault
from analysis.fleet.exits import EVEN, exits_by_age
from analysis.fleet.stock import (
    DEFAULT_READING,
    FIRST_MODEL_YEARS,
    FIRST_YEAR,
    LAST_YEAR,
    Cohorts,
    Numbers,
    StockReading,
    exit_factor,
)

HYBRID_PARAMETERS = (
    "tim.phev_stock_2025", "tim.phev_share_new_2025", "tim.phev_share_new_2035", "tim.new_cars", "tim.mean_life",
)  # fmt: skip
SHARE_YEARS = (2025, 2035)


@dataclass(frozen=True)
class HybridAnchors:
    """Registered history: plug-in hybrids in use at the end of 2021-2023, new ones of 2024, Sweden."""

    stock_2021_count: float
    stock_2022_count: float
    stock_2023_count: float
    new_2024_count: float


def hybrid_anchors(facts: pd.DataFrame) -> HybridAnchors:
    """Read the history out of the ``Facts`` table.

    Raises
    ------
    DataError
        For each year whose figure is missing or stands there twice.
    """
    wanted = [*(("PHEV in traffic", year) for year in (2021, 2022, 2023)), ("PHEV new registrations", 2024)]
    found = {
        key: facts[(facts["metric"] == key[0]) & (facts["year"] == str(key[1])) & (facts["area"] == "SE")]["value"]
        for key in wanted
    }
    faults = [
        Fault(f"market_facts: {metric} {year}", f"{len(values)} rows", "one row", "Correct the table.")
        for (metric, year), values in found.items()
        if len(values) != 1
    ]
    if faults:
        raise DataError(faults)
    return HybridAnchors(*(float(values.iloc[0]) for values in found.values()))


def new_hybrids(numbers: Numbers, new_bev_count: Mapping[int, np.ndarray]) -> dict[int, np.ndarray]:
    """New plug-in hybrids of 2025-2040: a share of new cars, never more than battery cars leave over.

    ASSUME: the hybrids' share of new cars moves in a straight line from 2025 to 2035 and stays there.
    """
    start, end, cars = (
        np.atleast_1d(np.asarray(numbers[name], dtype=float))
        for name in ("tim.phev_share_new_2025", "tim.phev_share_new_2035", "tim.new_cars")
    )
    new = {}
    for year in range(SHARE_YEARS[0], LAST_YEAR + 1):
        weight = float(np.interp(year, SHARE_YEARS, (0.0, 1.0)))
        left = np.clip(cars - new_bev_count[year], 0.0, None)
        new[year] = np.minimum(cars * (start * (1 - weight) + end * weight), left)
    return new


def hybrid_cohort_years(
    numbers: Numbers,
    anchors: HybridAnchors,
    new_bev_count: Mapping[int, np.ndarray],
    reading: StockReading = DEFAULT_READING,
) -> dict[int, Cohorts]:
    """Plug-in hybrids in use by model year at the end of 2023-2040.

    The exit rate of 2024 and 2025 is the one that leads from the registered stock of 2023 to that of 2025.

    ASSUME: it held in 2022 and 2023 too, for which no registrations were read; later it falls as battery cars' does.

    Raises
    ------
    ConfigError
        If the stock of 2025 cannot be reached from that of 2023.
    """
    new = new_hybrids(numbers, new_bev_count)
    target = np.atleast_1d(np.asarray(numbers["tim.phev_stock_2025"], dtype=float))
    target, life, sold = np.broadcast_arrays(
        target, np.atleast_1d(np.asarray(numbers["tim.mean_life"], dtype=float)), new[2025]
    )
    kept = _kept_to_2025(target, sold, anchors)
    from_2022 = np.clip(anchors.stock_2022_count - anchors.stock_2021_count * kept, 0, None) * kept
    new_2023 = np.clip(anchors.stock_2023_count - anchors.stock_2022_count * kept, 0, None)
    older = anchors.stock_2023_count - new_2023 - from_2022
    found = {FIRST_YEAR: Cohorts(FIRST_MODEL_YEARS, np.array([older, from_2022, new_2023]))}
    new = {2024: np.full_like(kept, anchors.new_2024_count), **new}
    for year in range(FIRST_YEAR + 1, LAST_YEAR + 1):
        before = found[year - 1]
        exit_pu = (1 - kept) * min(1.0, exit_factor(year) / exit_factor(SHARE_YEARS[0]))
        if reading.exit_profile == EVEN:
            count = before.count * (1 - exit_pu)
        else:
            count = before.count - sum(exits_by_age(year - before.model_years, before.count, exit_pu, life))
        sold_now = np.broadcast_to(new[year], kept.shape)
        found[year] = Cohorts(np.append(before.model_years, year), np.vstack([count, sold_now]))
    return found


def _kept_to_2025(target: np.ndarray, new_2025: np.ndarray, anchors: HybridAnchors) -> np.ndarray:
    """Solve (N2023·x + new2024)·x + new2025 = N2025 for the share x of cars kept from one year to the next."""
    a, b, c = anchors.stock_2023_count, anchors.new_2024_count, new_2025 - target
    kept: np.ndarray = (-b + np.sqrt(np.clip(b * b - 4 * a * c, 0, None))) / (2 * a)
    if not ((kept > 0.5) & (kept <= 1.0)).all():
        raise ConfigError(
            Fault("tim.phev_stock_2025", f"{target.min():.0f}-{target.max():.0f} cars",
                  "a stock that the registrations of 2024 and 2025 can reach", "Correct it or the facts.")
        )  # fmt: skip
    return kept
