"""Turns a duty on new cars into the V2X-capable cars that it adds to the stock of each area and year."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.world import Law
from analysis.errors import DataError, Fault
from analysis.fleet.stock import capable_new_share
from analysis.policy.levers import mandates
from analysis.settings.parameters import ParameterSet

Cube = NDArray[np.float64]

BEV = "bev"


@dataclass(frozen=True)
class DutyCars:
    """Cars that a duty adds.

    ``capable_pu`` (year × area): over those capable without it; ``new_count`` (year): new ones of that year.
    """

    capable_pu: Cube
    new_count: Cube


def duty_cars(
    law: Law, cohorts: pd.DataFrame, parameters: ParameterSet, areas: Sequence[str], years: Sequence[int]
) -> DutyCars:
    """Follow the model years that a duty reaches through the stock.

    Parameters
    ----------
    law
        By calendar year; a duty reaches the cars that are new in its years.
    cohorts
        ``FleetCohorts``.

    Raises
    ------
    DataError
        If the cohorts lack an area in a year.

    Examples
    --------
    A duty on all new cars of 2030, of which 70 % were capable anyway, adds 30 % of that model year.
    """
    duties = {year: mandates(each, year).car_share_pu for year, each in law.items()}
    shape = (len(years), len(areas))
    if not any(duties.values()):
        return DutyCars(np.zeros(shape), np.zeros(len(years)))
    rows = cohorts[(cohorts["drive"] == BEV) & cohorts["year"].isin(years)]
    model_years = np.array(sorted(rows["model_year"].unique()))
    share = dict(zip(model_years, capable_new_share(model_years, parameters)[:, 0], strict=True))
    added = rows["model_year"].map({year: max(duties.get(year, 0.0) - share[year], 0.0) for year in model_years})
    rows = rows.assign(
        capable=rows["car_count"] * rows["model_year"].map(share), added=rows["car_count"] * added,
        newly=rows["car_count"] * added * (rows["model_year"] == rows["year"]),
    )  # fmt: skip
    summed = rows.groupby(["year", "price_area"])[["capable", "added", "newly"]].sum()
    whole = summed.reindex(pd.MultiIndex.from_product([years, areas]))
    if whole.isna().any(axis=None):
        raise DataError(
            Fault("fleet_cohorts", "areas or years missing", "every area and year", "Run build_fleet again.")
        )
    capable, more = (whole[name].to_numpy(dtype=float).reshape(shape) for name in ("capable", "added"))
    newly = whole["newly"].to_numpy(dtype=float).reshape(shape).sum(axis=1)
    return DutyCars(np.divide(more, capable, out=np.zeros(shape), where=capable > 0), newly)
