"""Turns dispatch values into yearly cash streams of a two-way charger over optimised one-way charging, as one array."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault

Cube = NDArray[np.float64]

IMPORT_STREAMS = ("net_spot_import_sek", "retail_margin_sek", "energy_tax_sek", "grid_fee_sek", "net_vat_sek")
ENABLED = "enabled_h"
RESTORATION_REVENUES = tuple(f"{product}_{way}_revenue_sek" for product in ("afrr", "mfrr") for way in ("up", "down"))
OTHER_STREAMS = (
    "net_spot_export_sek", "net_capacity_tariff_sek", "net_export_margin_sek", "network_benefit_sek", "tax_refund_sek",
    "fcr_n_revenue_sek", "fcr_d_up_revenue_sek", "fcr_d_down_revenue_sek", *RESTORATION_REVENUES,
    "reserve_net_revenue_sek",
    "degradation_cost_sek", "forced_charge_cost_sek", "net_cost_sek", "import_kwh", "export_kwh",
    "fcr_n_mean_kw", "fcr_d_up_mean_kw", "fcr_d_down_mean_kw", "discharge_ac_kwh", "capacity_loss_pu", ENABLED,
)  # fmt: skip
STREAMS = (*IMPORT_STREAMS, *OTHER_STREAMS)
STANDBY = "standby_dc_kwh"
STANDBY_STREAMS = tuple(f"standby_{name}" for name in IMPORT_STREAMS)

SMART = "smart"
UNCONTROLLED = "uncontrolled"
BEST_STRATEGY = "grid_reserve"


@dataclass(frozen=True)
class Streams:
    """Yearly streams. ``two_way`` is price year × level × area × vehicle × option for each stream name: V2X less V1G.

    ``one_way`` (price year × area × vehicle) is optimised one-way charging less plain.
    ``weights_pu`` sums to one over the vehicles; they carry the same weights in every area.
    """

    price_years: tuple[int, ...]
    levels: tuple[str, ...]
    areas: tuple[str, ...]
    vehicles: tuple[str, ...]
    options: tuple[str, ...]
    weights_pu: Cube
    two_way: dict[str, Cube]
    one_way: dict[str, Cube]


def build_streams(
    values: pd.DataFrame, sample: pd.DataFrame, options: tuple[str, ...], levels: tuple[str, ...], reference: str
) -> Streams:
    """Arrange dispatch values and subtract optimised one-way charging of the reference option.

    Parameters
    ----------
    values
        ``DispatchValues``: at least strategies uncontrolled and smart on ``reference`` and grid_reserve on every
        option at every level.
    sample
        ``DispatchSample``: weight per vehicle.
    options, levels
        Two-way charger options and reserve price levels, in the order wanted.
    reference
        Option whose physics stand for a one-way charger (same power, no discharge).

    Raises
    ------
    DataError
        For each combination that dispatch has not solved.

    References
    ----------
    METHODS 0 (increment: V2X less optimised V1G on the same trips).
    """
    years = tuple(sorted(int(year) for year in values["price_year"].unique()))
    areas = tuple(sorted(values["price_area"].unique()))
    vehicles = tuple(sorted(values["vehicle_id"].unique()))
    keys = (years, areas, vehicles)
    # hours in which the car is plugged in on days it is open to discharge
    values = values.assign(**{ENABLED: values["enabled_pu"] * values["plugged_h"]})
    smart = _cube(values, SMART, (reference,), None, keys, STREAMS)
    plain = _cube(values, UNCONTROLLED, (reference,), None, keys, STREAMS)
    both = _cube(values, BEST_STRATEGY, options, levels, keys, (*STREAMS, STANDBY))
    two_way = {name: both[name] - smart[name] for name in STREAMS} | _standby(both[STANDBY], smart)
    return Streams(
        years, levels, areas, vehicles, options, _weights(sample, vehicles), two_way,
        {name: (smart[name] - plain[name])[:, 0, :, :, 0] for name in STREAMS},
    )  # fmt: skip


def _standby(standby_kwh: Cube, smart: dict[str, Cube]) -> dict[str, Cube]:
    """What the standby energy of the V2X run costs, stream by stream, at the mean price of optimised charging."""
    imported = smart["import_kwh"]
    share = np.divide(1.0, imported, out=np.zeros_like(imported), where=imported > 1.0) * standby_kwh
    return {f"standby_{name}": smart[name] * share for name in IMPORT_STREAMS}


def _weights(sample: pd.DataFrame, vehicles: tuple[str, ...]) -> Cube:
    weights = sample.set_index("vehicle_id")["weight"].reindex(list(vehicles))
    if weights.isna().any():
        missing = ", ".join(sorted(weights.index[weights.isna()])[:3])
        raise DataError(Fault("dispatch_sample", f"no weight for {missing}", "a row per dispatched car", "Run again."))
    return np.asarray(weights / weights.sum(), dtype=float)


def _cube(
    frame: pd.DataFrame,
    strategy: str,
    options: tuple[str, ...],
    levels: tuple[str, ...] | None,
    keys: tuple[tuple[int, ...], tuple[str, ...], tuple[str, ...]],
    names: tuple[str, ...],
) -> dict[str, Cube]:
    """Price year × level × area × vehicle × option for each stream; strategies without reserves have one level."""
    chosen = frame[(frame["strategy"] == strategy) & frame["charger_option"].isin(options)]
    index = ["price_year", "reserve_level_id", "price_area", "vehicle_id", "charger_option"]
    if levels is None:
        chosen = chosen.assign(reserve_level_id="any").drop_duplicates(index)
        levels = ("any",)
    years, areas, vehicles = keys
    wanted = pd.MultiIndex.from_product([years, levels, areas, vehicles, options], names=index)
    table = chosen.set_index(index)[list(names)].reindex(wanted)
    missing = table.index[table.isna().any(axis=1)]
    if len(missing):
        raise DataError(
            Fault(
                "dispatch_values",
                f"{len(missing)} missing rows of {strategy}, for example {missing[0]}",
                "every price year × level × area × vehicle × option",
                "Run dispatch for the whole scope.",
            )
        )
    shape = (len(years), len(levels), len(areas), len(vehicles), len(options))
    return {name: table[name].to_numpy(dtype=float).reshape(shape) for name in names}
