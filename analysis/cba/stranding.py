"""Turns standards and car changes into the yearly risk that each charger on offer can no longer discharge the car."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.cba.alternatives import Alternative
from analysis.fleet.openness import OpenStandards, service_pu
from analysis.fleet.stranding import stranding_per_year, working_share_open_pu

Cube = NDArray[np.float64]


def stranding_of_alternatives(
    alternatives: Sequence[Alternative], draws: Mapping[str, Cube], standards: OpenStandards, years: Sequence[int]
) -> Cube:
    """Yearly hazard that a charger bought in a year stops working with its owner's car: draw × year × alternative.

    A closed charger works with another make no more often than any unknown pair; an open one where the service to
    discharge has come into the standard by then, for its technology, in the standards case of the run.

    ASSUME: a charger keeps the openness of the year it was bought; years after that open it no further.

    References
    ----------
    METHODS 9.
    """
    handshake, unnamed = draws["iop.p_handshake"], draws["iop.p_unnamed_pair"]
    shape = (len(handshake), len(years))

    def works(alternative: Alternative) -> Cube:
        if not alternative.is_interoperable:
            return np.broadcast_to(unnamed[:, None], shape)
        service = service_pu(np.array(years), alternative.technology, draws, standards)
        return working_share_open_pu(service.T, handshake[:, None], unnamed[:, None])

    working = np.stack([works(each) for each in alternatives], axis=2)
    hazard, loyalty = draws["iop.car_change_hazard"][:, None, None], draws["iop.brand_loyalty"][:, None, None]
    return stranding_per_year(hazard, loyalty, working)
