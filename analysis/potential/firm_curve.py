"""Turns capability into firm power against the number of cars: independent, correlated as measured, as assumed."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.potential.capability import Capability
from analysis.potential.firm import SMALL_FLEET_COUNT, connected_kw, firm_share, small_fleet_share
from analysis.potential.tiers import Occasion
from analysis.schemas.base import SERVICES

FLEET_COUNTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000)


def firm_curve(
    capability: Mapping[tuple[str, int], Capability],
    occasions: Sequence[Occasion],
    correlations: Mapping[str, float],
    working_pu: float,
) -> pd.DataFrame:
    """Find what fleets of one car to a million hold at each occasion, by price area.

    Parameters
    ----------
    capability
        By (price area, price year).
    occasions
        Weights of the hours, as the potential has them.
    correlations
        Pairwise correlation by its basis.
    working_pu
        Share of cars whose hardware and communication work.

    Returns
    -------
    pd.DataFrame
        ``FirmCurve``. Firm shares are found hour by hour and then averaged, as in the potential: the exact law below
        :data:`~analysis.potential.firm.SMALL_FLEET_COUNT` cars, the normal formula from there on; mean over years.

    References
    ----------
    METHODS 4: diversification stops at π − z√(ρπ(1 − π)).
    """
    parts = []
    for area in sorted({area for area, _ in capability}):
        keys = [key for key in sorted(capability) if key[0] == area]
        for basis, correlation in correlations.items():
            for cars in FLEET_COUNTS:
                found = np.mean(
                    [_one(capability[key], [each.weights[key] for each in occasions], cars, correlation, working_pu)
                     for key in keys], axis=0,
                )  # fmt: skip
                names = ["available_pu", "firm_share_pu", *(_column(service) for service in SERVICES)]
                part = pd.DataFrame(found, columns=names).assign(
                    price_area=area, basis=basis, fleet_count=cars, correlation_pu=correlation,
                    occasion=[each.name for each in occasions],
                )  # fmt: skip
                parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _column(service: str) -> str:
    return f"firm_{service.removeprefix('discharge_')}_kw_per_car"


def _one(
    car: Capability, weights: Sequence[np.ndarray], cars: int, correlation: float, working_pu: float
) -> np.ndarray:
    """Available share, firm share and firm kW per car and service (columns) at each occasion (rows)."""
    available = car.plugged_pu.ravel() * working_pu
    if cars < SMALL_FLEET_COUNT:
        share = np.minimum(small_fleet_share(cars, available, correlation), available)
    else:
        share = firm_share(np.array(float(cars)), available, np.array(correlation))
    power = [connected_kw(car.plugged_pu, car.mean_kw[service]).ravel() * share for service in SERVICES]
    by_hour = np.stack([available, share, *power], axis=1)
    table: np.ndarray = np.stack([weight.ravel() for weight in weights]) @ by_hour
    return table
