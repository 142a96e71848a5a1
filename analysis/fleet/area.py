"""Turns the national stock and the municipalities into cars, capable cars and home points per price area and year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.fleet.access import ACCESS_PARAMETERS, HomeCells, home_cells
from analysis.fleet.stock import (
    DEFAULT_READING,
    STOCK_PARAMETERS,
    Cohorts,
    Numbers,
    StockAnchors,
    StockReading,
    capable_share,
    cohorts,
    cohorts_of,
)

FLEET_PARAMETERS = (*STOCK_PARAMETERS, *ACCESS_PARAMETERS)

INTERVAL_PERCENTILES = (5, 95)


@dataclass(frozen=True)
class AreaStock:
    """Cars of one year per price area (rows) and draw (columns).

    ``capable_pu`` is of all cars, ``capable_home_pu`` of those with a charging point at home; ``willing_ratio_pu`` is
    how willing the owners of these are beside the mean owner of the country.
    """

    price_areas: tuple[str, ...]
    bev_count: np.ndarray
    capable_pu: np.ndarray
    home_access_pu: np.ndarray
    capable_home_pu: np.ndarray
    willing_ratio_pu: np.ndarray

    @property
    def capable_home_count(self) -> np.ndarray:
        """V2X-capable cars with a charging point at home."""
        count: np.ndarray = self.bev_count * self.home_access_pu * self.capable_home_pu
        return count


def area_shares(municipalities: pd.DataFrame, price_areas: Iterable[str], counted: str = "bev_count") -> np.ndarray:
    """Share of the country's cars of one drive registered in each area; by default battery electric cars.

    ASSUME: the areas' shares stay as registered; cars registered at a lessor's address are not moved to their users.

    Raises
    ------
    DataError
        For each area without a car.
    """
    counts = municipalities.groupby("price_area")[counted].sum()
    empty = [area for area in price_areas if counts.get(area, 0) == 0]
    if empty:
        raise DataError(
            [Fault(f"municipalities: {area}", "no electric car", "cars", "Check the table.") for area in empty]
        )
    shares: np.ndarray = counts.reindex(list(price_areas)).to_numpy(float) / float(counts.sum())
    return shares


def area_stock(
    year: int, numbers: Numbers, anchors: StockAnchors, municipalities: pd.DataFrame, price_areas: Sequence[str],
    reading: StockReading = DEFAULT_READING,
) -> AreaStock:  # fmt: skip
    """Cars, capable share and home access of one year, for single values or arrays of draws.

    Parameters
    ----------
    year
        Calendar year, end of it, 2023-2040.
    numbers
        A ``ParameterSet``, or draws by id; :data:`FLEET_PARAMETERS` are used.
    anchors
        Registered history.
    municipalities
        ``Municipalities``: all of Sweden.
    price_areas
        Areas of the answer, in order.
    reading
        Which cars leave first, and how standards move capable new cars.

    Returns
    -------
    AreaStock
        Arrays area × draw.

    References
    ----------
    METHODS 1.5, 10.
    """
    cells = home_cells(municipalities, numbers, price_areas)
    shares = area_shares(municipalities, price_areas)
    return _stock_of(cohorts(year, numbers, anchors, reading), cells, shares, numbers, price_areas, reading)


def _stock_of(
    stock: Cohorts, cells: HomeCells, shares: np.ndarray, numbers: Numbers, price_areas: Sequence[str],
    reading: StockReading,
) -> AreaStock:  # fmt: skip
    """Cars of one year by area, from the cohorts of the country and what cells sum to."""
    capable = capable_share(stock, numbers, reading.shift_years)
    shape = (len(price_areas), max(stock.count.shape[1], cells.access_pu.shape[1]))
    return AreaStock(
        price_areas=tuple(price_areas),
        bev_count=np.broadcast_to(shares[:, None] * stock.total_count, shape),
        capable_pu=np.broadcast_to(np.minimum(capable * cells.capable_ratio_pu, 1.0), shape),
        home_access_pu=np.broadcast_to(cells.access_pu, shape),
        capable_home_pu=np.broadcast_to(np.minimum(capable * cells.capable_home_ratio_pu, 1.0), shape),
        willing_ratio_pu=np.broadcast_to(cells.willing_ratio_pu, shape),
    )


def fleet_stock(
    years: Iterable[int],
    central: Numbers,
    draws: Numbers,
    anchors: StockAnchors,
    municipalities: pd.DataFrame,
    price_areas: Sequence[str],
    reading: StockReading = DEFAULT_READING,
) -> pd.DataFrame:
    """Build the ``FleetStock`` table: central values, and 5-95 % over the draws.

    Returns
    -------
    pd.DataFrame
        Grain: price area × year.
    """
    rows = []
    shares, wanted = area_shares(municipalities, price_areas), list(years)
    kinds = [
        (numbers, home_cells(municipalities, numbers, price_areas), cohorts_of(wanted, numbers, anchors, reading))
        for numbers in (central, draws)
    ]
    for year in wanted:
        middle, spread = (
            _stock_of(found[year], cells, shares, numbers, price_areas, reading) for numbers, cells, found in kinds
        )
        bev_low, bev_high = np.percentile(spread.bev_count, INTERVAL_PERCENTILES, axis=1)
        capable_low, capable_high = np.percentile(spread.capable_pu, INTERVAL_PERCENTILES, axis=1)
        rows.append(
            pd.DataFrame(
                {
                    "price_area": list(price_areas),
                    "year": year,
                    "bev_count": middle.bev_count[:, 0],
                    "bev_low_count": bev_low,
                    "bev_high_count": bev_high,
                    "capable_pu": middle.capable_pu[:, 0],
                    "capable_low_pu": capable_low,
                    "capable_high_pu": capable_high,
                    "home_access_pu": middle.home_access_pu[:, 0],
                    "capable_home_pu": middle.capable_home_pu[:, 0],
                    "willing_ratio_pu": middle.willing_ratio_pu[:, 0],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def area_stock_of(table: pd.DataFrame, year: int, price_areas: Sequence[str]) -> AreaStock:
    """Read the middle values of one year back out of the ``FleetStock`` table, as one draw.

    Raises
    ------
    DataError
        For each area without a row in that year.
    """
    rows = table[table["year"] == year].set_index("price_area")
    missing = [area for area in price_areas if area not in rows.index]
    if missing:
        raise DataError([Fault(f"fleet_stock {area} {year}", "no row", "a row", "Build it again.") for area in missing])
    rows = rows.loc[list(price_areas)]
    names = ("bev_count", "capable_pu", "home_access_pu", "capable_home_pu", "willing_ratio_pu")
    return AreaStock(tuple(price_areas), *(rows[[name]].to_numpy(float) for name in names))
