"""Turns power at the connection into moves of stored energy and back, with losses by power.

Arrays: ``hours`` is step × column (:data:`COLUMNS`), ``physics`` one value a name of :data:`PHYSICS`. Compiled.
Source: METHODS 1.3, 3.2, 3.6.
"""

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.compiled import compiled

Vector = NDArray[np.float64]

COLUMNS = ("buy", "sell", "charge_kw", "discharge_kw", "load_kw", "extra_pu", "driven_kwh", "ceiling_kwh",
           "required_kwh", "plugged_pu", "shadow", "capped_kw", "must_kw")  # fmt: skip
"""Then come the net prices of the products, one column each, from :data:`PRICES`."""
(BUY, SELL, CHARGE, DISCHARGE, LOAD, EXTRA, DRIVEN, CEILING, REQUIRED, PLUGGED, SHADOW, CAPPED, MUST) = range(
    len(COLUMNS)
)
PRICES = len(COLUMNS)
PHYSICS = ("step_h", "floor_kwh", "out_pu", "in_pu", "charge_no_load_kw", "charge_linear_pu", "charge_square_per_kw",
           "discharge_no_load_kw", "discharge_linear_pu", "discharge_square_per_kw", "least_charge_kw", "standby_kw",
           "wear", "road", "exports", "out_price", "must_price")  # fmt: skip
"""Then comes what a kW of each product drains in an hour, from :data:`DRAINS`."""
(STEP, FLOOR, OUT, IN, C0, C1, C2, D0, D1, D2, LEAST, STANDBY, WEAR, ROAD, EXPORTS, OUT_PRICE, MUST_PRICE) = range(
    len(PHYSICS)
)
DRAINS = len(PHYSICS)

FAR = 1e12


@compiled
def stored_kwh(charge_kw: float, physics: Vector) -> float:
    """Energy stored in a step by charging at a power (AC)."""
    if charge_kw <= 0.0:
        return 0.0
    loss = physics[C0] + physics[C1] * charge_kw + physics[C2] * charge_kw * charge_kw
    return float(physics[STEP] * (charge_kw - loss))


@compiled
def drawn_kwh(discharge_kw: float, load_kw: float, extra_pu: float, physics: Vector) -> float:
    """Energy drawn in a step by discharging at a power (AC); what serves the house may lose ``extra_pu`` more."""
    if discharge_kw <= 0.0:
        return 0.0
    loss = physics[D0] + physics[D1] * discharge_kw + physics[D2] * discharge_kw * discharge_kw
    return float(physics[STEP] * (discharge_kw + loss + extra_pu * min(discharge_kw, load_kw)))


@compiled
def charge_for_kw(stored: float, physics: Vector) -> float:
    """Power (AC) that stores an energy in a step."""
    wanted = stored / physics[STEP] + physics[C0]
    slope = 1.0 - physics[C1]
    if physics[C2] <= 0.0:
        return float(wanted / slope)
    inside = slope * slope - 4.0 * physics[C2] * wanted
    return float((slope - np.sqrt(max(inside, 0.0))) / (2.0 * physics[C2]))


@compiled
def discharge_for_kw(drawn: float, load_kw: float, extra_pu: float, physics: Vector) -> float:
    """Power (AC) that draws an energy in a step; negative where it would not cover the no-load loss."""
    wanted = drawn / physics[STEP] - physics[D0]
    slope = 1.0 + physics[D1]
    if extra_pu > 0.0:
        if drawn <= drawn_kwh(load_kw, load_kw, extra_pu, physics):
            slope += extra_pu
        else:
            wanted -= extra_pu * load_kw
    if physics[D2] <= 0.0:
        return float(wanted / slope)
    return float((-slope + np.sqrt(max(slope * slope + 4.0 * physics[D2] * wanted, 0.0))) / (2.0 * physics[D2]))
