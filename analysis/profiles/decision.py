"""Says what is lost by letting a few real vehicles stand for all: decision loss |V(k) − V(all)| / V(all).

V is what a decision rests on: the annual value of a mean car, and the power that can be counted on. V(all) comes from
dispatching every vehicle, V(k) from the vehicles that stand for k profiles with their weights (METHODS 2.2, 2.3).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault

Array = NDArray[np.float64]
Firm = Callable[[Array, Array], Array]

# SOURCE: METHODS 2.2: the smallest k with both losses below 3 %.
LOSS_AIM_PU = 0.03
VALUE_STRATEGY = "grid"
HOURS = ["season", "hour_of_week"]


@dataclass(frozen=True)
class Outcomes:
    """What dispatch says of ``n`` vehicles: value (n), and by hour (n × h) plugged share and kW for one hour.

    ``hour_pu`` is each hour's share of the year and sums to one.
    """

    vehicle_ids: tuple[str, ...]
    value_sek: Array
    plugged_pu: Array
    discharge_1h_kw: Array
    hour_pu: Array


@dataclass(frozen=True)
class FleetFigures:
    """Annual value of V2G over smart charging, SEK, and firm power, kW, of a mean car."""

    value_sek: float
    firm_kw: float


@dataclass(frozen=True)
class Loss:
    """Decision loss in value and in firm power."""

    value_pu: float
    firm_pu: float

    @property
    def is_met(self) -> bool:
        """Whether both lie below 3 %."""
        return self.value_pu < LOSS_AIM_PU and self.firm_pu < LOSS_AIM_PU


def outcomes_of(
    values: pd.DataFrame, capability: pd.DataFrame, weeks: pd.DataFrame, vehicle_ids: tuple[str, ...]
) -> Outcomes:
    """Gather what dispatch says of the vehicles, in the given order.

    Parameters
    ----------
    values, capability
        DispatchValues and CapabilityHours of one price area, price year and charger option.
    weeks
        RepresentativeWeeks of that year: the seasons' lengths.
    vehicle_ids
        Order of the result.

    Raises
    ------
    DataError
        If a vehicle has no value or lacks hours.
    """
    season_weeks = weeks.groupby("season")["weight_weeks"].sum()
    value = values[values["strategy"] == VALUE_STRATEGY].set_index("vehicle_id")["net_value_over_smart_sek"]
    hourly = {
        name: capability.pivot(index="vehicle_id", columns=HOURS, values=name).reindex(list(vehicle_ids))
        for name in ("plugged_pu", "discharge_1h_kw")
    }
    value = value.reindex(list(vehicle_ids))
    absent = value.index[value.isna() | hourly["plugged_pu"].isna().any(axis=1).to_numpy()]
    if len(absent):
        raise DataError(
            Fault("dispatch values", f"{len(absent)} vehicles without values in all hours ({absent[0]})",
                  "every vehicle dispatched", "Dispatch every vehicle of the data set.")
        )  # fmt: skip
    share = season_weeks.reindex(hourly["plugged_pu"].columns.get_level_values("season")).to_numpy(float)
    tables = {name: table.to_numpy(float) for name, table in hourly.items()}
    return Outcomes(vehicle_ids, value.to_numpy(float), hour_pu=share / share.sum(), **tables)


def fleet_figures(outcomes: Outcomes, weight: Array, firm: Firm) -> FleetFigures:
    """Weight the vehicles together.

    Parameters
    ----------
    outcomes
        Result of :func:`outcomes_of`.
    weight
        Weight of each vehicle; those that stand for nobody have 0.
    firm
        Firm kW of a mean car by hour, from the fleet's plugged share and mean kW in that hour.

    Examples
    --------
    Two cars worth 100 and 300 SEK with weights 3 and 1: 150 SEK.
    """
    share = weight / weight.sum()
    by_hour = firm(share @ outcomes.plugged_pu, share @ outcomes.discharge_1h_kw)
    return FleetFigures(float(share @ outcomes.value_sek), float(outcomes.hour_pu @ by_hour))


def decision_loss(outcomes: Outcomes, weight: Array, sample: pd.DataFrame, firm: Firm) -> Loss:
    """Hold the vehicles that stand for all against all.

    Parameters
    ----------
    outcomes
        Of every vehicle.
    weight
        Survey weight of every vehicle.
    sample
        DispatchSample: the vehicles that stand for all, with their weights.
    firm
        As in :func:`fleet_figures`.

    Raises
    ------
    DataError
        If the individuals together have no value or no firm power: a share of nothing says nothing.

    Examples
    --------
    All worth 150 SEK, the sample 144 SEK: 0.04.
    """
    standing = sample.set_index("vehicle_id")["weight"].reindex(list(outcomes.vehicle_ids)).fillna(0.0).to_numpy(float)
    every, some = (fleet_figures(outcomes, of, firm) for of in (weight, standing))
    if every.value_sek <= 0.0 or every.firm_kw <= 0.0:
        raise DataError(
            Fault("decision loss", f"{every.value_sek:.1f} SEK and {every.firm_kw:.3f} kW of all vehicles",
                  "both above zero", "Choose a charger option and price year in which V2G is worth something.")
        )  # fmt: skip
    return Loss(abs(some.value_sek / every.value_sek - 1.0), abs(some.firm_kw / every.firm_kw - 1.0))
