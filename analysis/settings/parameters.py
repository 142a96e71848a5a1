"""The assumptions of a run as one frozen look-up: default, range and source of each number by its id."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from analysis.errors import ConfigError, Fault


@dataclass(frozen=True)
class ParameterSet:
    """Values by id. ``parameters["veh.eps0"]`` gives the value of this run; an unknown id is an error."""

    values: Mapping[str, float]

    def __getitem__(self, parameter_id: str) -> float:
        if parameter_id not in self.values:
            raise ConfigError(
                Fault(
                    "data/assumptions/parameters.csv", f"no parameter {parameter_id!r}", "a listed id", "Add the row."
                )
            )
        return self.values[parameter_id]

    def with_values(self, changed: Mapping[str, float]) -> "ParameterSet":
        """A copy with some values replaced; used by draws and overrides."""
        return ParameterSet(MappingProxyType({**self.values, **changed}))


def parameter_set(table: pd.DataFrame, overrides: Mapping[str, float] | None = None) -> ParameterSet:
    """Build the look-up from the Parameters table and the scenario's overrides.

    Raises
    ------
    ConfigError
        For each override whose id is not in the table.
    """
    values = dict(zip(table["id"], table["value"].astype(float), strict=True))
    unknown = sorted(set(overrides or {}) - set(values))
    if unknown:
        raise ConfigError(
            [
                Fault(
                    f"assumptions.overrides: {name}", "an unknown parameter", "an id of parameters.csv", "Correct it."
                )
                for name in unknown
            ]
        )
    return ParameterSet(MappingProxyType({**values, **(overrides or {})}))
