"""Turns what owners say and do into the share that would enrol without support: two readings, used as a bracket."""

import numpy as np

from analysis.fleet.stock import Numbers

STATED_PARAMETERS = ("ado.stated_accept", "ado.hypothetical_bias", "ado.aware_v2g", "ado.aware_end")
REVEALED_PARAMETERS = ("ado.revealed_anchor",)
ACCEPTANCE_PARAMETERS = (*STATED_PARAMETERS, *REVEALED_PARAMETERS)

# ASSUME: awareness grows in a straight line from ado.aware_v2g to ado.aware_end between the years of the stock anchors.
# SOURCE: METHODS 4 (path 0.24 to 0.7).
AWARENESS_YEARS = (2025, 2040)


def awareness_pu(year: int, numbers: Numbers) -> np.ndarray:
    """Share of owners that know of V2X in ``year``; one value per draw."""
    start, end = (np.atleast_1d(np.asarray(numbers[name], dtype=float)) for name in ("ado.aware_v2g", "ado.aware_end"))
    progress = float(np.interp(year, AWARENESS_YEARS, (0.0, 1.0)))
    aware: np.ndarray = start + np.maximum(0.0, end - start) * progress
    return aware


def stated_share(year: int, numbers: Numbers) -> np.ndarray:
    """Share that enrols by what owners say, less hypothetical bias, among those who know; one value per draw.

    Examples
    --------
    0.80 × 0.35 × 0.24 = 0.067 in 2025.
    """
    stated, bias = (
        np.atleast_1d(np.asarray(numbers[name], dtype=float)) for name in ("ado.stated_accept", "ado.hypothetical_bias")
    )
    share: np.ndarray = np.clip(stated * bias * awareness_pu(year, numbers), 0.0, 1.0)
    return share


def revealed_share(numbers: Numbers) -> np.ndarray:
    """Share that bought backup equipment after a year without support, the other end of the bracket."""
    return np.atleast_1d(np.asarray(numbers["ado.revealed_anchor"], dtype=float))
