"""Turns households by dwelling into electric car owners by dwelling, and those into cars with a charging point at home.

Owners are not average households (METHODS 1.5): within each municipality the dwelling shares are reweighted so that
the national share of owners in detached houses is the stated one. Cells are municipality × dwelling.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import ConfigError, Fault
from analysis.fleet.stock import Numbers

ACCESS_PARAMETERS = (
    "plug.ev_owner_detached_share", "plug.home_access_detached", "plug.home_access_coop", "plug.home_access_rental",
    "tim.new_car_income_elasticity", "ado.accept_detached_ratio",
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


def car_newness(municipalities: pd.DataFrame, numbers: Numbers) -> np.ndarray:
    """How new a municipality's electric cars are beside the country's: factor on the capable share, mean 1 over cars.

    ASSUME: new cars are bought where incomes are high: the factor is the median income of the municipality to the power
    ``tim.new_car_income_elasticity``. Within a municipality no register of dwelling, income and car age was read.

    Returns
    -------
    np.ndarray
        Municipality × draw.

    Examples
    --------
    Elasticity 0 gives 1 everywhere; with 0.5 a municipality with 1.21 times the income has 1.1 times the factor.
    """
    elasticity = np.atleast_1d(np.asarray(numbers["tim.new_car_income_elasticity"], dtype=float))
    income = municipalities["income_median_ksek"].to_numpy(float)
    cars = municipalities["bev_count"].to_numpy(float)
    factor = (income / income.mean())[:, None] ** elasticity[None, :]
    newness: np.ndarray = factor / (cars / cars.sum() @ factor)
    return newness


def newness_by_area(municipalities: pd.DataFrame, numbers: Numbers, price_areas: Iterable[str]) -> np.ndarray:
    """:func:`car_newness` of each area's electric cars, area × draw."""
    cars = _cars_by_area(municipalities, price_areas)
    newness: np.ndarray = cars @ car_newness(municipalities, numbers) / cars.sum(axis=1, keepdims=True)
    return newness


def _cars_by_area(municipalities: pd.DataFrame, price_areas: Iterable[str]) -> np.ndarray:
    """Electric cars, area × municipality; 0 outside the area."""
    cars = municipalities["bev_count"].to_numpy(float)
    return np.stack([(municipalities["price_area"] == area).to_numpy() * cars for area in price_areas])


def acceptance_ratio(dwellings: np.ndarray, cars: np.ndarray, numbers: Numbers) -> np.ndarray:
    """How willing owners in each dwelling are beside the mean owner of the country.

    ASSUME: owners in detached houses accept ``ado.accept_detached_ratio`` times as often as others, who do not differ.

    Parameters
    ----------
    dwellings
        :func:`owner_dwellings`, municipality × dwelling × draw.
    cars
        Electric cars of each municipality.

    Returns
    -------
    np.ndarray
        Dwelling × draw; mean 1 over the country's electric cars.
    """
    ratio = np.atleast_1d(np.asarray(numbers["ado.accept_detached_ratio"], dtype=float))
    detached = cars / cars.sum() @ dwellings[:, 0]
    others = 1 / (ratio * detached + 1 - detached)
    rows = [ratio * others if name == "detached" else others for name in CELL_DWELLINGS]
    return np.stack(np.broadcast_arrays(*rows))


@dataclass(frozen=True)
class HomeCells:
    """What cells sum to in each area or municipality (rows) and draw (columns), beside what averages would give.

    ``access_pu`` is the share of cars with a point at home; ``capable_ratio_pu`` and ``capable_home_ratio_pu`` are the
    factors on the capable share of the country for all cars and for those with a point at home; ``willing_ratio_pu`` is
    the factor on its acceptance for capable cars with a point at home.
    """

    access_pu: np.ndarray
    capable_ratio_pu: np.ndarray
    capable_home_ratio_pu: np.ndarray
    willing_ratio_pu: np.ndarray


def home_cells(municipalities: pd.DataFrame, numbers: Numbers, price_areas: Iterable[str]) -> HomeCells:
    """Multiply access, newness and acceptance within cells, municipality × dwelling, and sum each area's.

    Houses, home points, new cars and acceptance go together; a product of national averages misses that.

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
    HomeCells
        Arrays area × draw; access is between 0 and 1.

    References
    ----------
    METHODS 1.5 and 4: multiply within cells, never national averages.
    """
    each = municipal_cells(municipalities, numbers)
    here = _cars_by_area(municipalities, price_areas)
    points = here @ each.access_pu
    capable_points = here @ (each.capable_home_ratio_pu * each.access_pu)
    willing = here @ (each.willing_ratio_pu * each.capable_home_ratio_pu * each.access_pu)
    return HomeCells(
        access_pu=points / here.sum(axis=1, keepdims=True),
        capable_ratio_pu=newness_by_area(municipalities, numbers, price_areas),
        capable_home_ratio_pu=capable_points / points,
        willing_ratio_pu=willing / capable_points,
    )


def municipal_cells(municipalities: pd.DataFrame, numbers: Numbers) -> HomeCells:
    """Sum the dwellings of each municipality; its cars are equally new in all of them.

    Parameters
    ----------
    municipalities, numbers
        As in :func:`home_cells`.

    Returns
    -------
    HomeCells
        Arrays municipality × draw.
    """
    dwellings = owner_dwellings(municipalities, numbers)
    columns = [np.atleast_1d(np.asarray(numbers[ACCESS_OF[name]], dtype=float)) for name in CELL_DWELLINGS]
    access = np.stack(np.broadcast_arrays(*columns))
    accepting = acceptance_ratio(dwellings, municipalities["bev_count"].to_numpy(float), numbers)
    with_point = (dwellings * access[None]).sum(axis=1)
    newness = car_newness(municipalities, numbers) * np.ones_like(with_point)
    return HomeCells(
        access_pu=with_point,
        capable_ratio_pu=newness,
        capable_home_ratio_pu=newness,
        willing_ratio_pu=(dwellings * (access * accepting)[None]).sum(axis=1) / with_point,
    )
