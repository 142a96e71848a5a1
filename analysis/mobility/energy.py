"""Turns a trip (kilometres, temperature, how long the car stood) into energy drawn from its battery (METHODS 1.2)."""

import numpy as np
from numpy.typing import NDArray

from analysis.settings.parameters import ParameterSet

FloatArray = NDArray[np.float64]

# SOURCE: METHODS 1.2: a car that stood at least 3 h is soaked; the cold start is stated at 0 C against 20 C.
SOAK_H = 3.0
COLD_START_REFERENCE_DEG_C = 20.0
HOT_THRESHOLD_DEG_C = 25.0


def temperature_factor_pu(temperature_deg_c: FloatArray, parameters: ParameterSet) -> FloatArray:
    """Say by how much consumption rises in cold and heat: 1 / (1 - a·max(0, T_ref - T)) + a_hot·max(0, T - 25).

    Range falls by a share per degree, so consumption rises by the inverse of what is left, not by the share itself.

    Examples
    --------
    a = 0.010 and T_ref = 20: at 20 C 1.000, at 0 C 1.250, at -20 C 1.667.
    """
    cold_k = np.maximum(0.0, parameters["veh.T_ref"] - temperature_deg_c)
    hot_k = np.maximum(0.0, temperature_deg_c - HOT_THRESHOLD_DEG_C)
    factor: FloatArray = 1.0 / (1.0 - parameters["veh.a_cold"] * cold_k) + parameters["veh.a_hot"] * hot_k
    return factor


def trip_energy_dc_kwh(
    distance_km: FloatArray,
    temperature_deg_c: FloatArray,
    soak_h: FloatArray,
    is_preconditioned: NDArray[np.bool_],
    parameters: ParameterSet,
) -> FloatArray:
    """Energy of each trip at the battery, kWh.

    Parameters
    ----------
    distance_km, temperature_deg_c, soak_h
        One value a trip: length, outdoor temperature at departure, hours parked before it.
    is_preconditioned
        Whether the cabin was warmed from the grid before the trip; then there is no cold start.
    parameters
        Uses ``veh.eps0``, ``veh.a_cold``, ``veh.T_ref``, ``veh.a_hot`` and ``veh.E_coldstart``.

    References
    ----------
    METHODS 1.2.

    Examples
    --------
    10 km at 0 C after a night outside: 10 · 0.17 · 1.25 + 0.6 = 2.725 kWh.
    """
    running_kwh = distance_km * parameters["veh.eps0"] * temperature_factor_pu(temperature_deg_c, parameters)
    cold_pu = np.maximum(0.0, COLD_START_REFERENCE_DEG_C - temperature_deg_c) / COLD_START_REFERENCE_DEG_C
    is_cold_start = (soak_h >= SOAK_H) & ~is_preconditioned
    energy: FloatArray = running_kwh + parameters["veh.E_coldstart"] * cold_pu * is_cold_start
    return energy
