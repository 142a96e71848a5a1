"""Turns the capability of the sampled cars into that of the mean enrolled car by season and hour of week."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.potential.hours import SEASONS
from analysis.schemas.base import SERVICES
from analysis.units import HOURS_PER_WEEK

SERVICE_HOURS = {"discharge_20min": 1 / 3, "discharge_1h": 1.0, "discharge_4h": 4.0}


@dataclass(frozen=True)
class Capability:
    """Mean enrolled car of one area and price year, season × hour of week: connected share, and kW by service."""

    plugged_pu: np.ndarray
    mean_kw: dict[str, np.ndarray]


def mean_capability(
    capability_hours: pd.DataFrame, sample: pd.DataFrame, charger_option: str, price_area: str, price_year: int
) -> Capability:
    """Weight the sampled cars together.

    ASSUME: the cars of every area are the same mixture of the sampled cars; what differs between areas is season,
    temperature and price.

    Parameters
    ----------
    capability_hours
        ``CapabilityHours``; kW are means over the season's weeks in which a car that is away counts as 0.
    sample
        ``DispatchSample``: the weight of each car.
    charger_option, price_area, price_year
        Which rows.

    Raises
    ------
    DataError
        If a car has no weight, or a season, an hour or a car is missing.
    """
    place = f"capability_hours {price_area} {price_year} {charger_option}"
    rows = capability_hours[
        (capability_hours["price_area"] == price_area)
        & (capability_hours["price_year"] == price_year)
        & (capability_hours["charger_option"] == charger_option)
    ]
    weights = sample.set_index("vehicle_id")["weight"]
    _check_whole(rows, weights, place)
    season = rows["season"].map({name: index for index, name in enumerate(SEASONS)}).to_numpy(int)
    where = (season, rows["hour_of_week"].to_numpy(int))
    weight = rows["vehicle_id"].map(weights).to_numpy(float) / float(weights.sum())

    def total(column: str) -> np.ndarray:
        summed = np.zeros((len(SEASONS), HOURS_PER_WEEK))
        np.add.at(summed, where, weight * rows[column].to_numpy(float))
        return summed

    return Capability(total("plugged_pu"), {service: total(f"{service}_kw") for service in SERVICES})


def profile_capability(
    capability_hours: pd.DataFrame, sample: pd.DataFrame, charger_option: str, keys: Iterable[tuple[str, int]]
) -> dict[str, dict[tuple[str, int], Capability]]:
    """Mean car of each profile of the sample, by (price area, price year); see :func:`mean_capability`."""
    rows = capability_hours[capability_hours["charger_option"] == charger_option]
    wanted = list(keys)
    found = {}
    for profile, cars in sample.groupby("profile_id"):
        own = rows[rows["vehicle_id"].isin(cars["vehicle_id"])]
        found[str(profile)] = {key: mean_capability(own, cars, charger_option, *key) for key in wanted}
    return found


def _check_whole(rows: pd.DataFrame, weights: pd.Series, place: str) -> None:
    faults = [
        Fault(place, f"{label} {', '.join(map(str, sorted(found)[:5]))}", expected, "Run the dispatch again.")
        for label, found, expected in (
            ("cars without weight", set(rows["vehicle_id"]) - set(weights.index), "cars of the dispatch sample"),
            ("no rows for cars", set(weights.index) - set(rows["vehicle_id"]), "every car of the dispatch sample"),
            ("seasons", set(rows["season"]) - set(SEASONS), ", ".join(SEASONS)),
            ("no rows for seasons", set(SEASONS) - set(rows["season"]), ", ".join(SEASONS)),
        )
        if found
    ]
    whole = len(weights) * len(SEASONS) * HOURS_PER_WEEK
    if not faults and len(rows) != whole:
        faults.append(Fault(place, f"{len(rows)} rows", f"{whole} (cars, seasons, hours)", "Run the dispatch again."))
    if faults:
        raise DataError(faults)
