"""Turns cell temperature into the share of its power that a battery gives and takes, and weather into cell temperature.

Off in every run: nothing calls it unless a problem is derated on purpose (``analysis.dispatch.cold``).
Source: METHODS 3.7 (no discharge below −10 °C); parameter ``veh.cold_power_derate``.
"""

import numpy as np
from numpy.typing import NDArray

from analysis.settings.parameters import ParameterSet

Vector = NDArray[np.float64]

FULL_POWER_DEG_C = 10.0
"""SOURCE: ``veh.cold_power_derate``: linear to 1 at +10 °C battery temperature."""
LEAST_DISCHARGE_DEG_C = -10.0
"""SOURCE: METHODS 3.7: no discharge below −10 °C cell temperature; ``veh.cold_power_derate`` is the share there."""
# ASSUME: cells follow the air with a lag of half a day (a pack of some 400 kg); no heating by use, no heated garage.
# On the cold side: a car that has just been driven is warmer.
CELL_LAG_H = 12.0


def charge_limit_pu(parameters: ParameterSet, cell_deg_c: Vector | float) -> Vector:
    """Share of its power with which a cold battery charges: linear between −10 and +10 °C.

    # ASSUME: below −10 °C it stays at the share of −10 °C: the car heats its battery while it charges.

    Examples
    --------
    Default: 1 at +10 °C and above, 0.75 at 0 °C, 0.5 at −10 °C and below.
    """
    span = (LEAST_DISCHARGE_DEG_C, FULL_POWER_DEG_C)
    return np.asarray(np.interp(cell_deg_c, span, (parameters["veh.cold_power_derate"], 1.0)))


def discharge_limit_pu(parameters: ParameterSet, cell_deg_c: Vector | float) -> Vector:
    """Share of its power with which a cold battery discharges: as for charging, and nothing below −10 °C.

    Examples
    --------
    Default: 0.75 at 0 °C, 0.5 at −10 °C, 0 at −10.1 °C.
    """
    cells = np.asarray(cell_deg_c, dtype=float)
    return np.where(cells < LEAST_DISCHARGE_DEG_C, 0.0, charge_limit_pu(parameters, cells))


def cell_temperature_deg_c(air_deg_c: Vector, step_h: float, lag_h: float = CELL_LAG_H) -> Vector:
    """Temperature of the cells of a car that stands outdoors: the air's, smoothed with a lag; one entry a step.

    The window repeats itself, as a dispatch does: the lag at its start is that of its end.

    Examples
    --------
    A steady −5 °C gives −5 °C; a night of −20 °C in a day of −4 °C never cools the cells to −20 °C.
    """
    kept = float(np.exp(-step_h / lag_h))
    count = len(air_deg_c)
    weights = kept ** np.arange(count) * (1 - kept) / (1 - kept**count)
    spectrum = np.fft.rfft(air_deg_c) * np.fft.rfft(weights)
    return np.asarray(np.fft.irfft(spectrum, n=count))
