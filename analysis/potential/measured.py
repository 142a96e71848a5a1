"""Reads from the evidence which correlation stands for a country."""

import pandas as pd

from analysis.errors import DataError, Fault

MEASURED = {"case": "hour_of_week", "pairs": "across_sites", "weighting": "pair", "day_kind": "all"}
"""# ASSUME: the cars of a country are at different sites: its correlation is that of users who share no site.

Seasons count as common shocks, as METHODS 4 has it: the run's own mean differs by season, so this is on the safe side.
"""


def measured_correlation(evidence: pd.DataFrame) -> tuple[float, float, float]:
    """Read the value that stands for a country, with its interval, from ``AvailabilityCorrelation``.

    Raises
    ------
    DataError
        If the table has no such row, or its interval is missing.
    """
    here = evidence["hour"].isna()
    for column, wanted in MEASURED.items():
        here &= evidence[column] == wanted
    rows = evidence[here].dropna(subset=["correlation_low_pu", "correlation_high_pu"])
    if len(rows) != 1:
        raise DataError(
            Fault("availability_correlation", f"{len(rows)} rows", "one row of " + ", ".join(MEASURED.values()),
                  "Write the evidence anew.")
        )  # fmt: skip
    value, low, high = rows[["correlation_pu", "correlation_low_pu", "correlation_high_pu"]].to_numpy(float)[0]
    return float(value), float(low), float(high)
