"""Turns the committed tables of price statistics into one object that the price-year generator reads by year."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.schemas.price_statistics import HOUR_COLUMNS, LEVEL_COLUMNS, PRICE_SERIES, check_columns
from analysis.synthetic.price_clock import Floats

PLACE = "data/reference/price_statistics.csv"
TABLES = ("values", "shapes", "quantiles")


@dataclass(frozen=True)
class PriceStatistics:
    """The three statistics tables (schemas in ``analysis.schemas.price_statistics``), all years together."""

    values: pd.DataFrame
    shapes: pd.DataFrame
    quantiles: pd.DataFrame

    def series(self, year: int) -> tuple[str, ...]:
        """Name the series calibrated for a year, in the order of the loadings; a market that is not there is absent."""
        table = self.shapes
        found = set(table.loc[(table["year"] == year) & (table["statistic"] == "month_shape"), "series"])
        return tuple(name for name in PRICE_SERIES if name in found)

    def value_of(self, year: int, statistic: str) -> pd.Series:
        """Give one statistic indexed by series, month, component and partner."""
        table = self.values
        rows = table[(table["year"] == year) & (table["statistic"] == statistic)]
        return rows.set_index(["series", "month", "component", "partner"])["value"]

    def hours_of(self, year: int, statistic: str) -> dict[tuple[str, str, int], Floats]:
        """Give one statistic by clock hour: (series, period, component) → 24 values."""
        table = self.shapes
        rows = table[(table["year"] == year) & (table["statistic"] == statistic)]
        points = rows[list(HOUR_COLUMNS)].to_numpy(dtype=float)
        keys = zip(rows["series"], rows["period"], rows["component"], strict=True)
        return {(name, period, int(number)): points[row] for row, (name, period, number) in enumerate(keys)}

    def quantiles_of(self, year: int, statistic: str) -> dict[tuple[str, int, int], Floats]:
        """Give one distribution as (series, month, part of day) → values at the quantile levels, in EUR."""
        scale = self.value_of(year, "price_scale")
        table = self.quantiles
        rows = table[(table["year"] == year) & (table["statistic"] == statistic)]
        points = rows[list(LEVEL_COLUMNS)].to_numpy(dtype=float)
        keys = zip(rows["series"], rows["month"], rows["part_of_day"], strict=True)
        return {
            (series, int(month), int(part)): points[row] * float(scale.loc[(series, month, 0, "none")])
            for row, (series, month, part) in enumerate(keys)
        }


def read_price_statistics(tables: Mapping[str, pd.DataFrame]) -> PriceStatistics:
    """Gather the three checked tables into one object.

    Parameters
    ----------
    tables
        ``values`` (PriceStatisticValues), ``shapes`` (PriceStatisticShapes), ``quantiles`` (PriceStatisticQuantiles).

    Raises
    ------
    DataError
        Naming every table or column that is missing, and every year that is in one table and not in another.
    """
    faults = [
        Fault(
            PLACE, f"no table {name!r}", f"the tables {', '.join(TABLES)}", "Restore the file, or run make calibrate."
        )
        for name in TABLES
        if name not in tables
    ]
    if faults:
        raise DataError(faults)
    for name, columns in (("shapes", HOUR_COLUMNS), ("quantiles", LEVEL_COLUMNS)):
        missing = check_columns(tables[name], columns)
        if missing:
            faults.append(
                Fault(f"{PLACE} [{name}]", f"no column {', '.join(missing)}", "all columns", "Restore the file.")
            )
    years = {name: sorted(set(tables[name]["year"])) for name in TABLES}
    if len({tuple(found) for found in years.values()}) > 1:
        faults.append(
            Fault(PLACE, f"years {years}", "the same years in each table", "Restore the file, or run make calibrate.")
        )
    if faults:
        raise DataError(faults)
    return PriceStatistics(**{name: tables[name] for name in TABLES})


def available_years(statistics: PriceStatistics) -> list[int]:
    """List the calibrated years, ascending."""
    return sorted(int(year) for year in np.unique(statistics.values["year"]))
