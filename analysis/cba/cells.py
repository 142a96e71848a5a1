"""Turns municipalities into cells of owners who can charge at home: municipality × dwelling × income quintile.

Households choose alike within a dwelling, a quintile and a price area, so that areas sum their municipalities' cells
and a result can be shared out to municipalities again.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from analysis.fleet.access import CELL_DWELLINGS, car_newness, dwelling_access, owner_dwellings

Cube = NDArray[np.float64]
Draws = Mapping[str, Cube]

DWELLINGS = ("detached", "flat_cooperative", "flat_rental")
QUINTILES = ("q1", "q2", "q3", "q4", "q5")
QUINTILE_PARAMETERS = tuple(f"inc.quintile_{number}" for number in range(1, 6))
HOUSEHOLD_COLUMNS = [f"household_{name}_count" for name in CELL_DWELLINGS]


def relative_income(draws: Draws) -> Cube:
    """Mean income of each quintile over that of all households: draw × quintile."""
    return np.stack([draws[name] for name in QUINTILE_PARAMETERS], axis=1)


def income_spread(top_to_bottom: float) -> float:
    """Spread of the log of incomes at which the top fifth's mean is so many times that of the bottom fifth.

    Examples
    --------
    A lognormal distribution whose top fifth has 4.6 times the mean of its bottom fifth has a spread of 0.55.
    """
    edge = ndtri(0.8)
    return float(brentq(lambda spread: ndtr(spread - edge) / ndtr(-edge - spread) - top_to_bottom, 1e-6, 5.0))


def quintiles_of_municipalities(municipalities: pd.DataFrame, income: Cube) -> Cube:
    """P(quintile of the country | municipality), of all households: municipality × quintile, sums to one.

    Parameters
    ----------
    municipalities
        ``Municipalities``.
    income
        Mean income of each quintile of the country, in any unit.
    """
    # ASSUME: incomes are lognormal, as spread in every municipality, round its median; the spread within is what that
    # between municipalities leaves of the country's. No table of incomes within municipalities was read.
    households = municipalities[HOUSEHOLD_COLUMNS].sum(axis=1).to_numpy(float)
    weight = households / households.sum()
    place = np.log(municipalities["income_median_ksek"].to_numpy(float))
    place = place - weight @ place
    spread = income_spread(float(income[-1] / income[0]))
    within = np.sqrt(max(spread**2 - weight @ place**2, (spread / 2) ** 2))
    edges = spread * ndtri(np.arange(1, len(QUINTILES)) / len(QUINTILES))
    below = ndtr((edges[None, :] - place[:, None]) / within)
    ends = np.zeros((len(place), 1)), np.ones((len(place), 1))
    return np.asarray(np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1))


def owners_by_dwelling(municipalities: pd.DataFrame, draws: Draws) -> Cube:
    """Capable cars with a charging point at home, as shares of the country's: municipality × dwelling × draw.

    Within a municipality cars are equally new in all dwellings. Special and unknown housing counts as rental flats,
    which it resembles in access.

    References
    ----------
    METHODS 1.5 (owners are not average households), 4 (multiply within cells).
    """
    owners = owner_dwellings(municipalities, draws) * dwelling_access(draws)[None]
    cars = municipalities["bev_count"].to_numpy(float)[:, None] * car_newness(municipalities, draws)
    cells = owners * cars[:, None, :]
    kept = [CELL_DWELLINGS.index(name) for name in DWELLINGS]
    found = cells[:, kept]
    found[:, DWELLINGS.index("flat_rental")] += cells[:, CELL_DWELLINGS.index("other")]
    return np.asarray(found / found.sum(axis=(0, 1)))


def owners_by_income(municipalities: pd.DataFrame, draws: Draws) -> Cube:
    """P(quintile | owner of an electric car, municipality): municipality × quintile × draw.

    Examples
    --------
    Where incomes are spread as in the country, elasticity 1.2 and incomes of 0.4 to 1.85 times the mean give 6, 13, 17,
    23 and 41 per cent.
    """
    # ASSUME: owning rises with income to one power in the whole country, alike in all dwellings of a municipality; no
    # table of owners by dwelling and income was read.
    income = relative_income(draws)
    lean = income ** draws["ado.owner_income_elasticity"][:, None]
    weight = quintiles_of_municipalities(municipalities, income[0])[:, :, None] * lean.T[None]
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def area_cells_pu(municipalities: pd.DataFrame, areas: Sequence[str], draws: Draws) -> Cube:
    """Dwelling and quintile among owners who can charge at home: draw × area × dwelling × quintile, sums to one."""
    dwellings, quintiles = owners_by_dwelling(municipalities, draws), owners_by_income(municipalities, draws)
    home = municipalities["price_area"].to_numpy()
    cells = np.stack(
        [np.einsum("mdk,mqk->kdq", dwellings[home == area], quintiles[home == area]) for area in areas], axis=1
    )
    return np.asarray(cells / cells.sum(axis=(2, 3), keepdims=True))


def municipal_shares_pu(municipalities: pd.DataFrame, areas: Sequence[str], draws: Draws) -> Cube:
    """Share of its area's cell that lies in each municipality, mean over the draws: municipality × dwelling × quintile.

    Sums to one over the municipalities of each area; 0 in areas that are not asked for.
    """
    dwellings, quintiles = owners_by_dwelling(municipalities, draws), owners_by_income(municipalities, draws)
    cells = np.einsum("mdk,mqk->mdq", dwellings, quintiles)
    home = municipalities["price_area"].to_numpy()
    shares = np.zeros_like(cells)
    for area in areas:
        here = home == area
        total = cells[here].sum(axis=0)
        shares[here] = np.divide(cells[here], total, out=np.zeros_like(cells[here]), where=total > 0)
    return np.asarray(shares)
