"""Turns logbooks of company cars, as read by their descriptors, into vehicles and trips beside the private diaries."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.schemas.mobility import Vehicles


def company_cars(tables: list[tuple[str, pd.DataFrame]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bring the tables of one or more logbooks together.

    Parameters
    ----------
    tables
        Name of the contract (``Trips`` or ``Vehicles``) and table, as read.

    Returns
    -------
    tuple
        Vehicles and Trips. A car without a row in a Vehicles table is observed from its first to its last trip.

    Raises
    ------
    DataError
        If a table is of another kind, or no table holds trips.
    """
    other = sorted({name for name, _ in tables} - {"Trips", "Vehicles"})
    trips = [table for name, table in tables if name == "Trips"]
    if other or not trips:
        raise DataError(
            Fault("inputs.fleet_trips", ", ".join(other) or "no table of trips", "Trips, and Vehicles beside them",
                  "Name the descriptors of a logbook.")
        )  # fmt: skip
    driven = pd.concat(trips, ignore_index=True)
    known = [table for name, table in tables if name == "Vehicles"]
    listed = pd.concat(known, ignore_index=True) if known else None
    absent = set(driven["vehicle_id"]) - set(listed["vehicle_id"] if listed is not None else [])
    seen = _observed(driven[driven["vehicle_id"].isin(absent)])
    cars = seen if listed is None else pd.concat([listed, seen], ignore_index=True) if len(seen) else listed
    return cars.reset_index(drop=True), driven


def _observed(trips: pd.DataFrame) -> pd.DataFrame:
    span = trips.groupby("vehicle_id").agg(first=("depart_utc", "min"), last=("arrive_utc", "max"))
    elapsed_days = (span["last"] - span["first"]).dt.total_seconds().to_numpy() / 86_400
    table = pd.DataFrame(
        {
            "vehicle_id": pd.array(list(span.index), dtype="str"),
            "weight": 1.0,
            "observed_days": np.maximum(1, np.ceil(elapsed_days)).astype(np.int64),
            "dataset": "logbook",
            "use_case": "fleet",
        }
    )
    kinds = {name: str(column.dtype) for name, column in Vehicles.to_schema().columns.items() if name not in table}
    nothing: Any = pd.Series([None] * len(table), dtype="object")
    for name, kind in kinds.items():
        table[name] = nothing.astype(kind)
    return table


def with_company_cars(
    vehicles: pd.DataFrame, trips: pd.DataFrame, company: tuple[pd.DataFrame, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Append company cars to the private diaries; a repeated name is a fault.

    Raises
    ------
    DataError
        If a company car bears the name of a private one, or is not of use case ``fleet``.
    """
    cars, driven = company
    clash = sorted(set(cars["vehicle_id"]) & set(vehicles["vehicle_id"]))
    private = sorted(cars.loc[cars["use_case"] != "fleet", "vehicle_id"])
    if clash or private:
        raise DataError(
            Fault("inputs.fleet_trips", f"cars {', '.join((clash + private)[:5])}", "company cars, names of their own",
                  "Give them a prefix and use_case fleet in the descriptor.")
        )  # fmt: skip
    return (
        pd.concat([vehicles, cars[vehicles.columns]], ignore_index=True),
        pd.concat([trips, driven[trips.columns]], ignore_index=True),
    )
