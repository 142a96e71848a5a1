"""Refuses a problem that no schedule could answer: every fault of its numbers, all at once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from analysis.dispatch.products import PRODUCTS
from analysis.errors import DataError, Fault

if TYPE_CHECKING:
    from analysis.dispatch.problem import VehicleProblem

ANY = -np.inf
RANGES = {
    "plugged_pu": (0.0, 1.0),
    "driving_dc_kwh": (0.0, np.inf),
    "charge_limit_kw": (0.0, np.inf),
    "discharge_limit_kw": (0.0, np.inf),
    "required_kwh": (ANY, np.inf),
    "ceiling_kwh": (0.0, np.inf),
    "buy_sek_per_kwh": (ANY, np.inf),
    "sell_sek_per_kwh": (ANY, np.inf),
    "site_load_kw": (0.0, np.inf),
    "load_efficiency_pu": (0.0, 1.0),
    "solar_kw": (0.0, np.inf),
    "solar_sell_sek_per_kwh": (ANY, np.inf),
}
"""Least and most of each array; what has no end is still finite."""
SHARES = ("charge_efficiency_pu", "discharge_efficiency_pu")
AMOUNTS = (
    "floor_kwh", "standby_kw", "wear_sek_per_kwh", "forced_charge_sek_per_kwh", "reserve_net_pu", "reserve_volume_pu",
    "least_charge_kw",
)  # fmt: skip
LIMITS = (
    "fuse_kw", "feed_in_kw", "daily_discharge_limit_kwh", "horizon_discharge_limit_kwh", "horizon_discharge_limit_h",
)  # fmt: skip
SLACK_PU = 1e-9


def refuse_unsound(problem: "VehicleProblem") -> None:
    """Raise with every fault of a problem.

    Raises
    ------
    DataError
        For arrays of unequal length, missing values, efficiencies outside (0, 1], negative amounts, a floor above the
        ceiling, a step that does not divide an hour, a capacity tariff of another horizon.
    """
    faults = [*_array_faults(problem), *_number_faults(problem), *_price_faults(problem)]
    if not faults:
        faults = list(_bound_faults(problem))
    if faults:
        raise DataError(faults)


def _fault(name: str, found: str, expected: str, remedy: str = "Correct the vehicle's input.") -> Fault:
    return Fault(f"dispatch problem: {name}", found, expected, remedy)


def _array_faults(problem: "VehicleProblem") -> Iterator[Fault]:
    count = len(problem.plugged_pu)
    if count == 0:
        yield _fault("plugged_pu", "no steps", "at least one step")
        return
    for name, (least, most) in RANGES.items():
        values = getattr(problem, name)
        if values is None:
            continue
        if len(values) != count:
            yield _fault(name, f"{len(values)} steps", f"{count} steps, as plugged_pu", "Give every hour a value.")
            continue
        low, high = float(values.min()), float(values.max())
        is_positive = name != "load_efficiency_pu" or low > 0
        if not (low >= least and high <= most + SLACK_PU and abs(low) < np.inf and high < np.inf and is_positive):
            yield _fault(name, _worst(values, low, high), _range(name, least, most))


def _worst(values: np.ndarray, low: float, high: float) -> str:
    missing = int(np.isnan(values).sum())
    return f"{missing} missing values" if missing else f"values from {low:g} to {high:g}"


def _range(name: str, least: float, most: float) -> str:
    if name == "load_efficiency_pu":
        return "above 0 and at most 1"
    if np.isinf(least):
        return "finite values"
    return f"from {least:g} to {most:g}" if np.isfinite(most) else f"finite values of {least:g} or more"


def _number_faults(problem: "VehicleProblem") -> Iterator[Fault]:
    hours = 1 / problem.step_h if problem.step_h > 0 else 0.0
    if not (hours >= 1 and abs(hours - round(hours)) < SLACK_PU):
        yield _fault("step_h", f"{problem.step_h:g}", "an hour or a whole part of it")
    for name in SHARES:
        value = getattr(problem, name)
        if not 0 < value <= 1:
            yield _fault(name, f"{value:g}", "above 0 and at most 1")
    for name in AMOUNTS:
        value = getattr(problem, name)
        if not 0 <= value < np.inf:
            yield _fault(name, f"{value:g}", "0 or more, finite")
    for name in LIMITS:
        value = getattr(problem, name)
        if not value >= 0:
            yield _fault(name, f"{value:g}", "0 or more")
    if problem.start_kwh is not None and not 0 <= problem.start_kwh < np.inf:
        yield _fault("start_kwh", f"{problem.start_kwh:g}", "0 or more, finite")


def _price_faults(problem: "VehicleProblem") -> Iterator[Fault]:
    """A reserve price may be missing, where nothing is bought, but not endless or short."""
    count = len(problem.plugged_pu)
    for product in PRODUCTS:
        name = f"{product.name}_sek_per_kw_h"
        price = getattr(problem, name)
        if price is None:
            continue
        if len(price) != count:
            yield _fault(name, f"{len(price)} steps", f"{count} steps, as plugged_pu", "Give every hour a value.")
        elif np.isinf(price).any():
            yield _fault(name, "an endless price", "finite prices, NaN where nothing is bought")


def _bound_faults(problem: "VehicleProblem") -> Iterator[Fault]:
    """Faults between numbers that are sound by themselves."""
    lowest = float(problem.ceiling_kwh.min())
    if problem.floor_kwh > lowest + SLACK_PU:
        yield _fault("floor_kwh", f"{problem.floor_kwh:g} above the ceiling of {lowest:g}",
                     "a floor below every ceiling", "Check capacity, daily limit and reserve of the car.")  # fmt: skip
    if problem.peak is not None:
        hours = -(-len(problem.plugged_pu) // round(1 / problem.step_h))
        if len(problem.peak.slot_of_hour) != hours:
            yield _fault("peak", f"{len(problem.peak.slot_of_hour)} hours", f"{hours} hours",
                         "Lay the tariff out over the same horizon.")  # fmt: skip
