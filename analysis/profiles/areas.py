"""Turns what is known of a municipality into its households, then its electric cars, by dwelling, income and cars held.

Source: METHODS 2.5. All arrays have one row a municipality; cells are dwelling (4) × income quintile (5) × cars held
(none, one, two or more). Margins are all brought to households first:

* dwelling: households by dwelling as counted;
* income: from the median income of persons (``income_quintile_shares``), an assumption about its spread;
* cars held: from registered cars per household (``cars_held_shares``), an assumption about their spread;
* age: left out. The municipalities table states no age, and no margin is made up for it.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from analysis.errors import DataError, Fault
from analysis.profiles.demographics import QUINTILE_COUNT, solve_tilt, tilted_cars
from analysis.schemas.base import DWELLINGS

Array = NDArray[np.float64]

# SOURCE: data/reference/municipalities.csv: mean over median income 2018 is 1.081 as a mean over the population; a
# lognormal income has mean over median exp(spread² / 2), which gives 0.394.
# ASSUME: income is lognormal with that spread in every municipality, about its own median; households fall into the
# country's quintiles as their grown-up members do.
INCOME_SPREAD_LOG = 0.394
RAKING_GAP = 1e-6
RAKING_STEPS = 500
HIGHEST_CARS_PER_HOUSEHOLD = 2.9


def household_counts(municipalities: pd.DataFrame) -> Array:
    """Households by dwelling in each municipality, municipality × 4."""
    return municipalities[[f"household_{name}_count" for name in DWELLINGS]].to_numpy(dtype=float)


def income_quintile_shares(municipalities: pd.DataFrame) -> Array:
    """Share of households by national income quintile in each municipality.

    Parameters
    ----------
    municipalities
        Uses ``income_median_ksek`` and ``population_count``.

    Examples
    --------
    The median of the country gives one fifth each; a higher median gives more in the top quintile.
    """
    level = np.log(municipalities["income_median_ksek"].to_numpy(dtype=float))
    people = municipalities["population_count"].to_numpy(dtype=float)
    shift = (level - people @ level / people.sum()) / INCOME_SPREAD_LOG
    limits = ndtri(np.linspace(0.0, 1.0, QUINTILE_COUNT + 1))
    return np.asarray(np.diff(ndtr(limits[None, :] - shift[:, None]), axis=1))


def cars_held_shares(municipalities: pd.DataFrame) -> tuple[Array, Array]:
    """Share of households with no car, one, two or more, and the mean number of cars in each of the three.

    ASSUME: all registered passenger cars are held by households (the table does not part off those of firms), and a
    municipality's shares are the national survey's, tilted until their mean is its own cars per household.

    Parameters
    ----------
    municipalities
        Uses ``car_count`` and households by dwelling.

    Returns
    -------
    tuple
        Shares, municipality × 3, and cars held, municipality × 3 (0, 1, 2 to 3).

    Examples
    --------
    1.36 cars per household is the survey's own mean: 0.15 without, 0.41 with one, 0.44 with two or more.
    """
    mean = municipalities["car_count"].to_numpy(dtype=float) / household_counts(municipalities).sum(axis=1)
    shares = tilted_cars(solve_tilt(np.minimum(mean, HIGHEST_CARS_PER_HOUSEHOLD), np.arange(4.0)))
    many = shares[:, 2:].sum(axis=1)
    held = np.column_stack([np.zeros(len(mean)), np.ones(len(mean)), shares[:, 2:] @ [2.0, 3.0] / many])
    return np.column_stack([shares[:, :2], many]), held


def rake(seed: Array, margins: Sequence[Array]) -> Array:
    """Fit a national table of cells to the margins of each municipality by iterative proportional fitting.

    Parameters
    ----------
    seed
        Cells of the country, one axis a margin; its odds ratios are kept everywhere (METHODS 2.5).
    margins
        One array a margin, municipality × classes, in the order of the seed's axes, all with the same total within a
        municipality. A zero is structural and stays zero.

    Returns
    -------
    Array
        Municipality × cells.

    Raises
    ------
    DataError
        If the margins cannot be met within a relative gap of 1e-6.

    Examples
    --------
    A seed of ones and margins that sum to 1 give the product of the margins.
    """
    cells = np.repeat(seed[None] / seed.sum(), len(margins[0]), axis=0)
    axes = range(1, seed.ndim + 1)
    for _ in range(RAKING_STEPS):
        for axis, wanted in zip(axes, margins, strict=True):
            others = tuple(other for other in axes if other != axis)
            cells = cells * np.expand_dims(_ratio(wanted, cells.sum(axis=others)), others)
        if _widest_gap(cells, margins) < RAKING_GAP:
            return np.asarray(cells)
    raise DataError(
        Fault("municipalities", "margins of dwelling, income and cars that cannot all be met", "a gap below 1e-6",
              "Give margins of one population; check for zero households.")
    )  # fmt: skip


def owner_cells(households: Array, held: Array, cars: Array, detached_share_pu: float, quintile_pu: Array) -> Array:
    """Registered electric cars by municipality, dwelling and income: households × chance, raked to the stock.

    The chance of an electric car is a national factor of dwelling, one of income, and the number of cars held: a
    household without a car has none. Factors are those at which the country's electric cars have the given share in
    houses and the given shares by income, and each municipality has its registered cars.

    Parameters
    ----------
    households
        Municipality × 4 × 5 × 3.
    held
        Cars held by class, municipality × 3.
    cars
        Registered electric cars of each municipality.
    detached_share_pu
        ``plug.ev_owner_detached_share``.
    quintile_pu
        Share of the country's electric cars by income quintile; all zero where nothing is known of it.

    Returns
    -------
    Array
        Municipality × 4 × 5; sums to ``cars``.

    Raises
    ------
    DataError
        If no factor gives that share: too few municipalities have both houses and other dwellings.

    Examples
    --------
    One municipality half of whose cars are held in houses, wanted 0.75: factor 3, since 3 × 0.5 / (3 × 0.5 + 0.5).
    """
    # ASSUME: other dwellings keep their proportions of cars held among owners; no Swedish share by dwelling was read.
    # ASSUME: each car of a household is as likely to be electric, whether it is the only one or not.
    cells = np.einsum("mdqc,mc->mdq", households, held)
    wanted = np.array([detached_share_pu, *[1.0 - detached_share_pu] * (len(DWELLINGS) - 1)])
    for _ in range(RAKING_STEPS):
        cells = cells * _ratio(cars, cells.sum(axis=(1, 2)))[:, None, None]
        detached = cells[:, 0].sum() / cells.sum()
        quintile = cells.sum(axis=(0, 1)) / cells.sum()
        known = quintile_pu if quintile_pu.any() else quintile
        if abs(detached - detached_share_pu) < RAKING_GAP and np.abs(quintile - known).max() < RAKING_GAP:
            return np.asarray(cells)
        if not 0.0 < detached < 1.0:
            break
        cells = cells * (wanted / np.array([detached, *[1.0 - detached] * (len(DWELLINGS) - 1)]))[None, :, None]
        cells = cells * _ratio(known, cells.sum(axis=(0, 1)) / cells.sum())[None, None, :]
    raise DataError(
        Fault(
            place="municipalities.household_detached_count",
            found=f"no factor that gives {detached_share_pu:.2f} of owners in houses",
            expected="detached and other dwellings in municipalities with cars",
            remedy="Check households by dwelling.",
        )
    )


def _widest_gap(cells: Array, margins: Sequence[Array]) -> float:
    axes = range(1, cells.ndim)
    widest = 0.0
    for axis, wanted in zip(axes, margins, strict=True):
        reached = cells.sum(axis=tuple(other for other in axes if other != axis))
        there = wanted > 0.0
        widest = max(widest, float(np.abs(reached[there] / wanted[there] - 1.0).max()))
    return widest


def _ratio(wanted: Array, reached: Array) -> Array:
    return np.asarray(np.where(reached > 0.0, wanted / np.where(reached > 0.0, reached, 1.0), 0.0))
