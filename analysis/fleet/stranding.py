"""Turns car changes and interoperability into the risk that a charger can no longer discharge the owner's next car."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector = NDArray[np.float64]

STRANDING_PARAMETERS = ("iop.car_change_hazard", "iop.brand_loyalty")
STRANDING_YEARS = 5


def working_share_open_pu(
    bidirectional_service_pu: ArrayLike, handshake_pu: ArrayLike, unnamed_pu: ArrayLike
) -> Vector:
    """Chance that a car of another make works with an open charger: the service is there and the handshake succeeds.

    References
    ----------
    METHODS 9: P_work = max(I, o_b·o_c·p_BPT·p_hs).
    """
    # ASSUME: cars bought from now on and chargers from 2027 speak ISO 15118-20 (o_b = o_c = 1); speaking it is not
    # discharging, which the shares of service and handshake hold.
    spoken = np.asarray(bidirectional_service_pu, dtype=float) * np.asarray(handshake_pu, dtype=float)
    return np.asarray(np.maximum(spoken, np.asarray(unnamed_pu, dtype=float)))


def stranding_per_year(car_change_per_year: ArrayLike, loyalty_pu: ArrayLike, working_pu: ArrayLike) -> Vector:
    """Yearly hazard that the pair at home stops working: the car is changed, to another make, that does not work.

    Examples
    --------
    Change 0.20 a year, loyalty 0.5, other makes work with 0.1: ω = 0.55 and the hazard is 0.09; after five years
    1 − exp(−0.45) = 36 % are stranded.

    References
    ----------
    METHODS 9.
    """
    loyalty = np.asarray(loyalty_pu, dtype=float)
    works = loyalty + (1.0 - loyalty) * np.asarray(working_pu, dtype=float)
    return np.asarray(np.asarray(car_change_per_year, dtype=float) * (1.0 - works))


def stranded_pu(hazard_per_year: ArrayLike, years: float) -> Vector:
    """Share of pairs that have stopped working after some years.

    Examples
    --------
    A hazard of 0.09 gives 36 % after five years, one of 0.02 gives 10 %.
    """
    return np.asarray(1.0 - np.exp(-np.asarray(hazard_per_year, dtype=float) * years))
