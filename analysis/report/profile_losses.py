"""Turns the evidence on profiles into a table: what is lost where a few vehicles stand for all."""

import pandas as pd

from analysis.report.elements import Column, TableView, rows_of
from analysis.report.text import Voice

LIMIT_PU = 0.03
"""SOURCE: METHODS 2.2: both losses below 3 %."""
SHOWN = ("default", "full")
COLUMNS = ("dataset", "#vehicles", "#profiles", "#standing", "#value_loss", "#firm_loss", "is_within_limit")


def loss_table(evidence: pd.DataFrame, voice: Voice) -> TableView:
    """Show the loss of the chosen number of profiles for each data set, at the sample of the default and of ``full``.

    Parameters
    ----------
    evidence
        ``ProfileEvidence``: losses are shares of the value and of the firm power of dispatching every vehicle.
    """
    shown = evidence[evidence["is_chosen"] & evidence["sample"].isin(SHOWN)]
    rows = [
        (
            voice.say(f"dataset.{row.dataset}"),
            voice.exact(row.vehicle_count),
            voice.exact(row.profile_count),
            voice.exact(row.sampled_count),
            _share(row.value_loss_pu, voice),
            _share(row.firm_loss_pu, voice),
            voice.say("answer.yes" if row.is_met else "answer.no"),
        )
        for row in rows_of(shown)
    ]
    heads = [
        Column(voice.say(f"column.{name.lstrip('#')}"), "number" if name.startswith("#") else "text")
        for name in COLUMNS
    ]
    return TableView(voice.say("losses.caption"), heads, rows, voice.say("losses.note", limit=_share(LIMIT_PU, voice)))


def _share(value: float, voice: Voice) -> str:
    return f"{voice.decimals(100.0 * value, 1)} %"
