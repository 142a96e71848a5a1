"""Turns households by dwelling into electric car owners by dwelling, and those into cars with a charging point at home.

Owners are not average households (METHODS 1.5): within each municipality the dwelling shares are reweighted so that
the national share of owners in detached houses is the stated one. Cells are municipality × dwelling.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.errors import ConfigError, Fault
from analysis.fleet.stock import Numbers

ACCESS_PARAMETERS = (
    "plug.ev_owner_detached_share", "plug.home_access_detached", "plug.home_access_coop", "plug.home_access_rental",
)  # fmt: skip

CELL_DWELLINGS = ("detached", "flat_cooperative", "flat_rental", "other")

# ASSUME: owners in special, other and unknown housing reach a home point as seldom as tenants do.
ACCESS_OF = {
    "detached": "plug.home_access_detached",
    "flat_cooperative": "plug.home_access_coop",
    "flat_rental": "plug.home_access_rental",
    "other": "plug.home_access_rental",
}


SHARED_BUILDINGS = ("flat_cooperative", "flat_rental")


def owner_dwellings(municipalities: pd.DataFrame, numbers: Numbers) -> np.ndarray:
    """P(dwelling | electric car owner, municipality).

    ASSUME: a household in a detached house is more likely to own an electric car by one factor in the whole country;
    cooperative and rental flats do not differ from each other.

    Parameters
    ----------
    municipalities
        ``Municipalities``: grain municipality.
    numbers
        Value or draws of ``plug.ev_owner_detached_share``.

    Returns
    -------
    np.ndarray
        Municipality × dwelling (order of :data:`CELL_DWELLINGS`) × draw; sums to 1 over dwellings. Weighted with
        ``bev_count`` the detached share is the stated one in each draw.

    Raises
    ------
    ConfigError
        If the stated share is not between 0 and 1.
    """
    stated = np.atleast_1d(np.asarray(numbers["plug.ev_owner_detached_share"], dtype=float))
    if not ((stated > 0) & (stated < 1)).all():
        raise ConfigError(
            Fault("plug.ev_owner_detached_share", f"{stated.min()}-{stated.max()}", "between 0 and 1", "Correct it.")
        )
    counts = municipalities[[f"household_{name}_count" for name in CELL_DWELLINGS]].to_numpy(float)
    shares = counts / counts.sum(axis=1, keepdims=True)
    cars = municipalities["bev_count"].to_numpy(float)
    odds = _detached_odds(shares[:, 0], cars / cars.sum(), stated)
    detached = _reweighted(shares[:, 0][:, None], odds[None, :])
    not_detached = 1 - shares[:, :1]
    others = np.divide(shares[:, 1:], not_detached, out=np.zeros_like(shares[:, 1:]), where=not_detached > 0)
    return np.concatenate([detached[:, None, :], others[:, :, None] * (1 - detached[:, None, :])], axis=1)


def _reweighted(detached: np.ndarray, odds: np.ndarray) -> np.ndarray:
    reweighted: np.ndarray = detached * odds / (detached * odds + 1 - detached)
    return reweighted


def _detached_odds(detached: np.ndarray, weight: np.ndarray, stated: np.ndarray) -> np.ndarray:
    """Find the log of the one factor that gives the stated national share: Newton's steps, kept within a bracket.

    The share rises with the factor, so the bracket always holds the answer and each step that leaves it halves it.
    """
    low, high = np.full(len(stated), -12.0), np.full(len(stated), 12.0)
    log_odds = np.zeros(len(stated))
    for _ in range(60):
        shares = _reweighted(detached[:, None], np.exp(log_odds)[None, :])
        gap = weight @ shares - stated
        if np.abs(gap).max() < 1e-13:
            break
        low, high = np.where(gap < 0, log_odds, low), np.where(gap < 0, high, log_odds)
        step = log_odds - gap / np.maximum(weight @ (shares * (1 - shares)), 1e-300)
        log_odds = np.where((step > low) & (step < high), step, (low + high) / 2)
    odds: np.ndarray = np.exp(log_odds)
    return odds


def owners_by_area(municipalities: pd.DataFrame, numbers: Numbers, price_areas: Iterable[str]) -> np.ndarray:
    """P(dwelling | electric car owner, price area): area × dwelling × draw; sums to 1 over dwellings.

    Parameters
    ----------
    municipalities
        ``Municipalities``: all of them, since the reweighting is national.
    numbers
        Value or draws of ``plug.ev_owner_detached_share``.
    price_areas
        Areas of the answer, in order.
    """
    dwellings = owner_dwellings(municipalities, numbers)
    cars = municipalities["bev_count"].to_numpy(float)
    here = np.array([(municipalities["price_area"] == area).to_numpy() * cars for area in price_areas])
    shares: np.ndarray = np.tensordot(here / here.sum(axis=1, keepdims=True), dwellings, axes=1)
    return shares


def dwelling_access(numbers: Numbers, growth_years: float = 0.0) -> np.ndarray:
    """P(charging point at home | dwelling): dwelling (order of :data:`CELL_DWELLINGS`) × draw.

    ``growth_years`` is how long the EPBD has applied; by it access in buildings with several dwellings grows.
    """
    columns = [np.atleast_1d(np.asarray(numbers[ACCESS_OF[name]], dtype=float)) for name in CELL_DWELLINGS]
    access = np.stack(np.broadcast_arrays(*columns))
    if growth_years <= 0:
        return access
    growth = np.asarray(numbers["plug.epbd_access_growth"], dtype=float) * growth_years
    is_shared = np.array([name in SHARED_BUILDINGS for name in CELL_DWELLINGS])[:, None]
    grown: np.ndarray = np.where(is_shared, np.minimum(access + growth, 1.0), access)
    return grown


def home_access(municipalities: pd.DataFrame, numbers: Numbers, price_areas: Iterable[str]) -> np.ndarray:
    """Share of an area's electric cars that have a charging point at home, summed over its cells.

    Parameters
    ----------
    municipalities
        ``Municipalities``: all of them, since the reweighting is national.
    numbers
        Values or draws of :data:`ACCESS_PARAMETERS`.
    price_areas
        Areas of the answer, in order.

    Returns
    -------
    np.ndarray
        Area × draw, between 0 and 1.

    References
    ----------
    METHODS 1.5 and 4: multiply within cells, never national averages.
    """
    # Access depends on the dwelling alone, so summing owners over municipalities first is the same as over cells.
    share: np.ndarray = (owners_by_area(municipalities, numbers, price_areas) * dwelling_access(numbers)).sum(axis=1)
    return share
