"""Turns the fleet of each year into the households that may buy a charger, by dwelling and income quintile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.cells import area_cells_pu
from analysis.errors import DataError, Fault
from analysis.potential.acceptance import AWARENESS_YEARS

Cube = NDArray[np.float64]
Draws = Mapping[str, Cube]

ADULTS = {"detached": 2, "flat_cooperative": 1, "flat_rental": 1}
# ASSUME: two adults in a detached house and one in a flat claim the deduction, no other green work that year.


@dataclass(frozen=True)
class Households:
    """Owners of V2X-capable cars with a charging point at home.

    ``capable_count`` draw × year × area; ``first_pu`` draw × year: share of home points that are new that year;
    ``cell_pu`` draw × area × dwelling × quintile, sums to one; ``aware_start_pu`` and ``aware_rate_pu`` per draw (and
    year): how many know of V2X before the first year, and which share of those who do not learns of it each year.
    """

    years: tuple[int, ...]
    capable_count: Cube
    first_pu: Cube
    cell_pu: Cube
    aware_start_pu: Cube
    aware_rate_pu: Cube


def triangular(uniform: Cube, low: float, value: float, high: float) -> Cube:
    """Quantiles of a triangular distribution; a NaN asks for its peak, and low = high is a point."""
    if high <= low:
        return np.full_like(uniform, value)
    turn = (value - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (value - low))
    falling = high - np.sqrt((1 - uniform) * (high - low) * (high - value))
    return np.asarray(np.where(np.isnan(uniform), value, np.where(uniform < turn, rising, falling)))


def build_households(
    fleet: pd.DataFrame, municipalities: pd.DataFrame, areas: Sequence[str], years: Sequence[int], draws: Draws
) -> Households:
    """Lay out the households of every year in every draw.

    Parameters
    ----------
    fleet
        ``FleetStock``, with the year before the first one.
    years
        Calendar years without a gap.

    Raises
    ------
    DataError
        If the fleet lacks an area in a year.

    References
    ----------
    METHODS 4 (chain to willing), 5 (eligible stock).
    """
    wanted = pd.MultiIndex.from_product([[years[0] - 1, *years], areas], names=["year", "price_area"])
    rows = fleet.set_index(["year", "price_area"]).reindex(wanted)
    if rows["bev_count"].isna().any():
        missing = ", ".join(f"{area} {year}" for year, area in rows.index[rows["bev_count"].isna()][:3])
        raise DataError(Fault("fleet_stock", f"no row for {missing}", "every area and year", "Run build_fleet again."))
    shape = (-1, len(years) + 1, len(areas))
    cars = _drawn(rows, "bev_count", "bev_low_count", "bev_high_count", draws["fleet_uniform"]).reshape(shape)
    capable = _drawn(rows, "capable_pu", "capable_low_pu", "capable_high_pu", draws["capable_uniform"]).reshape(shape)
    home_ratio = (rows["capable_home_pu"] / rows["capable_pu"]).to_numpy(dtype=float).reshape(shape[1:])
    access = rows["home_access_pu"].to_numpy(dtype=float).reshape(shape[1:])
    points = cars * access
    cells = area_cells_pu(municipalities, areas, draws)
    start, rate = _awareness(years, draws)
    return Households(
        tuple(years), (points * np.minimum(capable * home_ratio, 1.0))[:, 1:], _first_share(points), cells, start, rate
    )


def _drawn(rows: pd.DataFrame, value: str, low: str, high: str, uniform: Cube) -> Cube:
    """Triangular draws of every row, draw × row; one uniform number a draw moves all rows together."""
    columns = [
        triangular(uniform, float(row[low]), float(row[value]), float(row[high])) for row in rows.to_dict("records")
    ]
    return np.stack(columns, axis=1)


def _first_share(points: Cube) -> Cube:
    """Share of the country's home points that are fitted that year for a first electric car, draw × year."""
    # ASSUME: a household with its first electric car buys a charger, and that car is as often V2X-capable as all cars
    # that charge at home; new cars are more often so, which makes this share cautious.
    country = points.sum(axis=2)
    return np.asarray(np.clip(1.0 - country[:, :-1] / np.maximum(country[:, 1:], 1.0), 0.0, 1.0))


def _awareness(years: Sequence[int], draws: Draws) -> tuple[Cube, Cube]:
    """Who knows of V2X before the first year, and the yearly share of the others that learns of it from outside.

    The share is what carries awareness along its path (METHODS 4: 0.24 to 0.7), and at least Bass's ``p``.
    """
    start, end = draws["ado.aware_v2g"], np.maximum(draws["ado.aware_end"], draws["ado.aware_v2g"])
    progress = np.interp([years[0] - 1, *years], AWARENESS_YEARS, (0.0, 1.0))
    path = start[:, None] + (end - start)[:, None] * progress
    rate = 1.0 - (1.0 - path[:, 1:]) / (1.0 - path[:, :-1])
    return path[:, 0], np.maximum(rate, draws["ado.bass_p"][:, None])
