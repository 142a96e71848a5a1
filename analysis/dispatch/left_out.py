"""Leaves cars that have no schedule somewhere out everywhere, and lets the others of their profile stand for them."""

import logging

import pandas as pd

from analysis.errors import DataError, Fault

log = logging.getLogger(__name__)


def solved_sample(sample: pd.DataFrame, infeasible: pd.DataFrame) -> pd.DataFrame:
    """Take cars without a schedule out of the sample.

    # ASSUME: the cars that remain of a profile carry the weight of those left out.

    Parameters
    ----------
    sample
        DispatchSample.
    infeasible
        InfeasibleCars of all price areas and years.

    Returns
    -------
    pd.DataFrame
        DispatchSample; the weight of each profile is what it was.

    Raises
    ------
    DataError
        For each profile of which no car remains.

    Examples
    --------
    Of three cars of a profile with weight 0.1 each one is left out: the other two carry 0.15 each.
    """
    if infeasible.empty:
        return sample
    gone = sample["vehicle_id"].isin(infeasible["vehicle_id"])
    kept = sample[~gone]
    lost = sorted(set(sample["profile_id"]) - set(kept["profile_id"]))
    if lost:
        raise DataError(Fault(f"dispatch_sample profile {profile}", "no car with a schedule", "at least one",
                              "See infeasible_cars for the reasons.") for profile in lost)  # fmt: skip
    whole, rest = (part.groupby("profile_id")["weight"].sum() for part in (sample, kept))
    log.warning("%d of %d cars have no schedule somewhere and are left out: %s", gone.sum(), len(sample),
                ", ".join(sorted(sample.loc[gone, "vehicle_id"])))  # fmt: skip
    scale = kept["profile_id"].map(whole / rest)
    return kept.assign(weight=kept["weight"] * scale).reset_index(drop=True)


def of_solved(table: pd.DataFrame, infeasible: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table of vehicles whose cars have a schedule in every area and year."""
    if infeasible.empty:
        return table
    return table[~table["vehicle_id"].isin(infeasible["vehicle_id"])].reset_index(drop=True)
