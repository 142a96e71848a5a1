"""Turns what use cases are worth into a table beside published results: range, ours, inside or outside.

Every range is read from the published row or from the acceptance check that states it; the verdict is computed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.fleet.use_cases import UseCase
from analysis.units import KW_PER_MW

WEEKS_PER_YEAR = 52.0
FIVE_MONTHS_PU = 5 / 12
PER_CENT = 100.0
SOLVER_DECIMALS = 6
"""A charger's power comes out of the solver with its tolerance, and may not fall outside a range by that."""
TOLERANCE_PU = 0.2
"""# ASSUME: a published single figure is met within a fifth of it; the sources give no interval."""
EVVE_STATIONS = 800  # SOURCE: PR007, conditions: 800 stations
UTRECHT_CARS = 134  # SOURCE: PR025, conditions: 134 EVs
UTRECHT_SHARED_CARS = 50  # SOURCE: PR062 and PR093: 50 Renault 5
TURIN_CHARGERS = 280  # SOURCE: PR009, conditions: 280 chargers
REFUSE_TRUCKS = 2  # SOURCE: PR061: two trucks
PILOT_KW = 500.0  # SOURCE: PR065: least power of a pilot
DELIVERABLE_KW = (5.0, 6.0)
"""SOURCE: METHODS check T13 (PR025, PR093): 5 to 6 kW of 11 per enrolled car over plugged hours."""
SOLD_BACK_PU = 0.01
"""SOURCE: METHODS check T11 (PR018): sold back at most 1 % of what is charged."""

Rows = pd.DataFrame
"""One use case's rows of UseCaseValues, by strategy."""
Published = Mapping[str, float]
"""Low, high and central figure of a published row; NaN where it has none."""
Band = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """What turns a case's numbers into the published unit: money, and the share of vehicles whose hardware is up."""

    sek_per_eur: float
    working_pu: float


@dataclass(frozen=True)
class Check:
    """One published quantity: what to compare with it, and which range it has."""

    published_id: str
    use_case: str
    measure: str
    unit: str
    ours: Callable[[Rows, Scale], float]
    band: Callable[[Published], Band]
    with_reserves: bool = False


def _near(figure: float) -> Band:
    """A fifth to either side of a single figure."""
    return figure - TOLERANCE_PU * abs(figure), figure + TOLERANCE_PU * abs(figure)


def _central(row: Published) -> Band:
    return _near(row["central"])


def _between(row: Published) -> Band:
    return row["low"], row["high"]


def _at_most(row: Published) -> Band:
    return np.nan, row["high"]


def _at(rows: Rows, column: str, strategy: str = "grid") -> float:
    return float(rows[column][strategy])


def _change_pu(rows: Rows, column: str) -> float:
    return _at(rows, column, "smart") / _at(rows, column, "uncontrolled") - 1


def _fall(rows: Rows, before: str, after: str) -> float:
    """Cost saved by one strategy over another, SEK."""
    return _at(rows, "net_cost_sek", before) - _at(rows, "net_cost_sek", after)


CHECKS = (
    Check("PR007", "parking_hub", "joint_discharge_per_charger", "kw",
          lambda rows, scale: _at(rows, "joint_discharge_max_kw"),
          lambda row: (np.nan, KW_PER_MW * row["central"] / EVVE_STATIONS)),
    Check("PR009", "parking_hub", "joint_discharge_of_hub", "mw",
          lambda rows, scale: _at(rows, "joint_discharge_max_kw") * TURIN_CHARGERS / KW_PER_MW, _at_most),
    Check("PR016", "public_parking", "peak_change", "per_cent",
          lambda rows, scale: PER_CENT * _change_pu(rows, "peak_import_ac_kw"), _central),
    Check("PR017", "public_parking", "cost_change", "per_cent",
          lambda rows, scale: PER_CENT * _change_pu(rows, "net_cost_sek"), _central),
    Check("PR018", "public_parking", "sold_back_of_charged", "per_cent",
          lambda rows, scale: PER_CENT * _at(rows, "export_kwh") / _at(rows, "charge_ac_kwh"),
          lambda row: (row["central"], PER_CENT * SOLD_BACK_PU)),
    Check("PR021", "villa", "reserves_per_week", "eur",
          lambda rows, scale: _fall(rows, "grid", "grid_reserve") / WEEKS_PER_YEAR / scale.sek_per_eur, _central,
          with_reserves=True),
    Check("PR025", "car_sharing", "deliverable_plugged", "kw",
          lambda rows, scale: _at(rows, "deliverable_1h_kw") * scale.working_pu, lambda row: DELIVERABLE_KW),
    Check("PR025", "car_sharing", "deliverable_enrolled", "kw",
          lambda rows, scale: _at(rows, "deliverable_1h_kw") * _at(rows, "plugged_pu") * scale.working_pu,
          lambda row: _near(row["central"] / UTRECHT_CARS)),
    Check("PR027", "depot_vans", "saving_over_at_once", "eur",
          lambda rows, scale: _fall(rows, "uncontrolled", "grid") / scale.sek_per_eur, _between),
    Check("PR028", "depot_vans", "full_cycles", "cycles", lambda rows, scale: _at(rows, "full_cycle_count"), _between),
    Check("PR061", "refuse_trucks", "joint_discharge_of_trucks", "kw",
          lambda rows, scale: _at(rows, "joint_discharge_max_kw") * REFUSE_TRUCKS, _central),
    Check("PR066", "parking_hub", "full_load_hours", "h",
          lambda rows, scale: _at(rows, "discharge_ac_kwh") / _at(rows, "joint_discharge_max_kw"),
          lambda row: (row["low"] / PILOT_KW, np.nan)),
    Check("PR073", "villa", "value_over_smart", "eur",
          lambda rows, scale: _at(rows, "net_value_over_smart_sek", "grid_reserve") / scale.sek_per_eur, _at_most,
          with_reserves=True),
    Check("PR093", "car_sharing", "joint_discharge_of_fifty", "kw",
          lambda rows, scale: _at(rows, "joint_discharge_max_kw") * UTRECHT_SHARED_CARS * scale.working_pu, _at_most),
    Check("PR094", "car_sharing", "discharged_in_five_months", "kwh",
          lambda rows, scale: _at(rows, "discharge_ac_kwh") * FIVE_MONTHS_PU, _central),
)  # fmt: skip


def compared_cases(cases: Sequence[UseCase], checks: Sequence[Check] = CHECKS) -> list[UseCase]:
    """Keep the cases that some check is on; those that no check asks for reserves sell none, which saves time."""
    asked = {check.use_case for check in checks}
    selling = {check.use_case for check in checks if check.with_reserves}
    kept = [case for case in cases if case.use_case in asked]
    return [case if case.use_case in selling else replace(case, market="spot") for case in kept]


def use_case_check(
    values: pd.DataFrame, published: pd.DataFrame, scale: Scale, checks: Sequence[Check] = CHECKS
) -> pd.DataFrame:
    """Hold the numbers of use cases against the published rows that they stand for.

    Parameters
    ----------
    values
        ``UseCaseValues`` of one price year.
    published
        ``PublishedResults``.

    Returns
    -------
    pd.DataFrame
        ``UseCaseChecks`` without ``pays``; ``is_inside`` says whether ours lies in the range, ends included.

    Raises
    ------
    DataError
        For each check whose published row or use case is not there, or whose range has no end.
    """
    known = {str(row["id"]): _figures(row) for row in published.to_dict("records")}
    rows, faults = [], []
    for check in checks:
        ours = values[values["use_case"] == check.use_case].set_index("strategy")
        if check.published_id not in known or ours.empty:
            faults.append(Fault(f"use case check {check.published_id}, {check.use_case}", "no row to compare",
                                "a published row and the use case", "Add it, or drop the check."))  # fmt: skip
            continue
        low, high = check.band(known[check.published_id])
        value = round(check.ours(ours, scale), SOLVER_DECIMALS)
        if np.isnan(low) and np.isnan(high):
            faults.append(Fault(f"use case check {check.published_id}, {check.measure}", "a range open at both ends",
                                "a published figure", "Read the figure the row has."))  # fmt: skip
        rows.append(
            {"use_case": check.use_case, "published_id": check.published_id, "measure": check.measure,
             "price_area": ours["price_area"].iloc[0], "price_year": int(ours["price_year"].iloc[0]),
             "simulated_count": int(ours["simulated_count"].iloc[0]), "unit": check.unit, "low": low, "high": high,
             "value": value, "is_inside": not (value < low or value > high)}
        )  # fmt: skip
    if faults:
        raise DataError(faults)
    return pd.DataFrame(rows)


def _figures(row: Mapping[Any, Any]) -> Published:
    """Low, high and single figure of a published row; a text in place of a figure is none."""
    return {name: float(pd.to_numeric(row[name], errors="coerce")) for name in ("low", "high", "central")}
