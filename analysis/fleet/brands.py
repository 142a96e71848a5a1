"""Turns brand shares and the matrix of named pairs into who meets whose charger: makes of the stock, named pairs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.fleet.stock import Cohorts

STOCK_BASIS, SALES_BASIS = "BEV stock share", "BEV registration share"
SHARES_YEAR = 2025
TECHNOLOGIES = ("ac", "dc")
OPEN_CHARGERS = {"ac": "open AC", "dc": "open DC"}
"""One more charger of each technology beside the named ones: of a maker with no partner among car makers."""


@dataclass(frozen=True)
class Makes:
    """Makes of battery cars: shares of the stock and of new cars, and which chargers they are named with.

    ``named`` holds by technology a table of makes × chargers, the open one last.
    """

    brands: tuple[str, ...]
    stock_pu: np.ndarray
    new_pu: np.ndarray
    chargers: dict[str, tuple[str, ...]]
    named: dict[str, np.ndarray]

    def named_share(self, technology: str, is_new: np.ndarray) -> np.ndarray:
        """Chance that a car meets a charger it is named with, for cars of the old stock and for new ones.

        ASSUME: who owns a point at work or in public does not choose it by the maker of the cars: every named charger
        of a technology and the open one stand there equally often; no shares of two-way chargers were read.
        """
        met = self.named[technology].mean(axis=1)
        share: np.ndarray = np.where(is_new, self.new_pu @ met, self.stock_pu @ met)
        return share

    def stock_share(self, stock: Cohorts) -> np.ndarray:
        """Each make's share of the cars in use: old cars as in the stock of 2025, later ones as sold.

        ASSUME: makes sell after 2025 as in 2025, and leave the stock alike.
        """
        new = stock.count[stock.model_years > SHARES_YEAR, 0].sum() / stock.total_count[0]
        share: np.ndarray = self.stock_pu * (1 - new) + self.new_pu * new
        return share


def read_makes(shares: pd.DataFrame, matrix: pd.DataFrame) -> Makes:
    """Join the makes of the stock with the named pairs.

    ASSUME: makes without a row in the matrix, and other makes of the same group, have no named pair.
    ASSUME: makes whose share of new cars was not read sell in proportion to their stock.

    Parameters
    ----------
    shares, matrix
        ``BrandShares`` and ``InteropMatrix``.

    Raises
    ------
    DataError
        If stock shares do not sum to 1, shares of new cars exceed it, or the matrix names a maker that the stock lacks.
    """
    now = shares[(shares["year"] == SHARES_YEAR)]
    stock = now[now["basis"] == STOCK_BASIS].set_index("brand")["value"]
    told = now[now["basis"] == SALES_BASIS].set_index("brand")["value"]
    _check(stock, told, matrix)
    rest = stock.drop(told.index)
    new = pd.concat([told, rest * (1 - told.sum()) / rest.sum()]).reindex(stock.index)
    chargers, named = {}, {}
    for technology in TECHNOLOGIES:
        pairs = matrix[matrix["tech"].str.lower() == technology]
        table = pairs.pivot(index="oem", columns="charger", values="named_pair").reindex(stock.index).fillna(0.0)
        table[OPEN_CHARGERS[technology]] = 0.0
        chargers[technology], named[technology] = tuple(table.columns), table.to_numpy(float)
    return Makes(tuple(stock.index), stock.to_numpy(float), new.to_numpy(float), chargers, named)


def _check(stock: pd.Series, told: pd.Series, matrix: pd.DataFrame) -> None:
    place = "brand_shares.csv"
    faults = [
        Fault("interop_matrix.csv", f"maker {name!r}", f"a {STOCK_BASIS} of {SHARES_YEAR} in {place}", "Add the row.")
        for name in sorted(set(matrix["oem"]) - set(stock.index))
    ]
    if abs(stock.sum() - 1) > 1e-6:
        faults.append(Fault(place, f"stock shares that sum to {stock.sum():.4f}", "1", "Correct the shares."))
    if told.sum() > 1 or not set(told.index) <= set(stock.index):
        faults.append(
            Fault(place, f"shares of new cars that sum to {told.sum():.4f}", "at most 1, of makes in the stock",
                  "Correct the shares.")
        )  # fmt: skip
    if faults:
        raise DataError(faults)
