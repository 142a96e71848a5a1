"""Turns contracts into the words of a data dictionary: what each table and column holds, in which unit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from analysis.errors import DataError, Fault
from analysis.report.results import ONCE_MADE, TABLES
from analysis.schemas import fleet, foresight, market_depth, mobility, policy, regulation, resilience, results, schemes
from analysis.schemas.base import Table
from analysis.schemas.columns import MEANINGS, meaning
from analysis.schemas.sample import DispatchSample, InfeasibleCars, MarketSaturation
from analysis.schemas.wear import Wear
from analysis.units import unit_symbol

RESULTS: dict[str, type[Table]] = {
    **TABLES,
    **ONCE_MADE,
    "capability_hours": results.CapabilityHours,
    "crisis_supply": resilience.CrisisSupply,
    "dispatch_values": results.DispatchValues,
    "fleet_cohorts": fleet.FleetCohorts,
    "fleet_stock": results.FleetStock,
    "fleet_years": fleet.FleetYears,
    "foresight": foresight.Foresight,
    "infeasible_cars": InfeasibleCars,
    "interop_pairs": regulation.InteropPairs,
    "restoration_balance": market_depth.RestorationBalance,
    "saturation": MarketSaturation,
    "solved_sample": DispatchSample,
    "wear": Wear,
}
"""Tables directly in the folder of a scenario's results, by name."""

OF_SCHEME: dict[str, type[Table]] = {
    "accounts": results.Accounts,
    "draws": policy.SchemeDraws,
    "incidence": schemes.SchemeIncidence,
    "paths": schemes.SchemePaths,
    "places": schemes.SchemeMunicipalities,
    "results": results.SchemeResults,
    "sensitivity": schemes.Sensitivity,
    "summary": results.SchemeSummary,
}
OF_FORESIGHT: dict[str, type[Table]] = {"availability": mobility.AvailabilityWeeks, "weeks": foresight.ForesightWeeks}
KINDS = {"float": "number", "int": "integer", "Int": "integer", "bool": "boolean", "str": "string",
         "datetime": "datetime"}  # fmt: skip
"""Beginning of a column's own kind, and the kind of the Table Schema."""


@dataclass(frozen=True)
class ColumnEntry:
    """What is known of one column: its kind, unit and meaning, whether it may be empty, and the words it may hold."""

    table: str
    name: str
    kind: str
    unit: str
    meaning: str
    is_key: bool
    is_required: bool
    words: Sequence[str] = field(default_factory=tuple)


def model_of(path: str) -> type[Table] | None:
    """Give the contract of a file below the folder of results; None for a file that is unknown here.

    Examples
    --------
    ``accounts.parquet`` and ``schemes/task53/accounts.parquet`` are both ``Accounts``.
    """
    place = PurePosixPath(path)
    folder = place.parts[0] if len(place.parts) > 1 else ""
    if folder == "schemes":
        return OF_SCHEME.get(place.stem)
    if folder == "foresight":
        return OF_FORESIGHT.get(place.stem, foresight.ForesightVehicles)
    return Wear if folder == "wear" else RESULTS.get(place.stem)


def models_of(paths: Sequence[str]) -> dict[str, type[Table]]:
    """Give the contract of each file.

    Raises
    ------
    DataError
        Naming every file that has none.
    """
    found = {path: model_of(path) for path in paths}
    faults = [
        Fault(path, "a table without a contract", "one of analysis/report/dictionary.py", "Name its contract there.")
        for path, model in found.items()
        if model is None
    ]
    if faults:
        raise DataError(faults)
    return {path: model for path, model in found.items() if model is not None}


def table_meaning(model: type[Table]) -> str:
    """Give the contract's own words as one line without marks."""
    return re.sub(r"\s+", " ", str(model.__doc__)).replace("``", "").strip()


def column_entries(table: str, model: type[Table], shown: Sequence[str] = ()) -> list[ColumnEntry]:
    """Describe the columns of a table, or those shown; a shown one that the contract lacks is text of another table."""
    schema = model.to_schema()
    keys = list(schema.unique or [])
    entries = []
    for name in shown or list(schema.columns):
        column = schema.columns.get(name)
        if column is None:
            entries.append(ColumnEntry(table, name, "string", "", MEANINGS.get(name, ""), False, False))
            continue
        entries.append(
            ColumnEntry(table, name, _kind(str(column.dtype)), unit_symbol(name), meaning(model, name),
                        name in keys or (not keys and bool(column.unique)), not column.nullable, _words(column))
        )  # fmt: skip
    return entries


def _kind(dtype: str) -> str:
    return next(kind for beginning, kind in KINDS.items() if dtype.startswith(beginning))


def _words(column: Any) -> tuple[str, ...]:
    """Words that a column of text may hold, where its contract lists them."""
    for check in column.checks:
        allowed = check.statistics.get("allowed_values") if check.name == "isin" else None
        if allowed and all(isinstance(word, str) for word in allowed):
            return tuple(allowed)
    return ()
