"""Turns the national potential into firm kW per enrolled car, by area and charger option."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault

Cube = NDArray[np.float64]

KW_PER_MW = 1000.0
FIRM = {"tier": "firm", "service": "discharge_1h", "occasion": "dearest_50"}


def firm_kw_per_car(summary: pd.DataFrame, areas: tuple[str, ...], year: int) -> pd.Series:
    """Firm discharge of one enrolled car in the dearest hours, by area, kW; 0 where no car is enrolled.

    Raises
    ------
    DataError
        If an area has no row for the year.

    References
    ----------
    METHODS 4, 6: 95 %, one hour, mean of the 50 dearest hours.

    Examples
    --------
    42 MW from 20 000 cars is 2.1 kW per car.
    """
    chosen = summary[summary["year"] == year]
    for column, value in FIRM.items():
        chosen = chosen[chosen[column] == value]
    rows = chosen.set_index("price_area").reindex(list(areas))
    if rows["power_mw"].isna().any():
        missing = ", ".join(rows.index[rows["power_mw"].isna()])
        raise DataError(Fault("potential_summary", f"no firm row for {missing} in {year}", "every area", "Run again."))
    cars = rows["car_count"].where(rows["car_count"] > 0)
    return (rows["power_mw"] * KW_PER_MW / cars).fillna(0.0)


def option_ratio_pu(capability: pd.DataFrame, sample: pd.DataFrame, options: tuple[str, ...], reference: str) -> Cube:
    """One-hour discharge of each option over that of the reference option, weighted mean over cars, areas and hours.

    Raises
    ------
    DataError
        If an option or a car's weight is missing, or the reference cannot discharge.
    """
    weights = sample.set_index("vehicle_id")["weight"]
    weighed = capability["discharge_1h_kw"] * capability["vehicle_id"].map(weights)
    means = weighed.groupby(capability["charger_option"]).sum()
    missing = sorted({*options, reference} - set(means.index))
    if missing or weighed.isna().any() or not means.get(reference, 0.0) > 0:
        raise DataError(
            Fault("capability_hours", f"no usable rows for {', '.join(missing) or reference}",
                  "every option and a weight for every car", "Run dispatch for the whole scope.")
        )  # fmt: skip
    return np.array([means[name] / means[reference] for name in options])
