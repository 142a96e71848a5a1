"""Turns the check against other models into a table, and a sentence on how many comparisons hold."""

from dataclasses import dataclass

import pandas as pd

from analysis.report.elements import Column, TableView, rows_of
from analysis.report.evidence_words import rounded
from analysis.report.numbers import share_text
from analysis.report.text import Voice

TENTH_OF_A_PER_CENT = -3
NUMBERS = ("row.ours", "peers.theirs", "peers.difference")
KINDS = {"peers.subject": "original", **dict.fromkeys(NUMBERS, "number")}


@dataclass(frozen=True)
class Peers:
    """What stands in the section on other models."""

    sentence: str
    table: TableView


def peers_told(checks: pd.DataFrame, voice: Voice) -> Peers | None:
    """Show ``PeerCheck``, a row each, by model; None where nothing has been compared."""
    if checks.empty:
        return None
    names = ("peers.peer", "peers.measure", "peers.subject", "column.unit", "row.ours", "peers.theirs",
             "peers.difference", "peers.within")  # fmt: skip
    columns = [Column(voice.say(name), KINDS.get(name, "text")) for name in names]
    rows = [
        [
            f"{voice.name('peer', row.peer)} {row.peer_version}", voice.name("peer_measure", row.measure), row.subject,
            voice.name("peer_unit", row.unit), voice.exact(rounded(row.ours)), voice.exact(rounded(row.theirs)),
            share_text(row.difference_pu, TENTH_OF_A_PER_CENT, voice.locale),
            voice.say("moves.yes" if row.is_within else "moves.no"),
        ]
        for row in rows_of(checks.sort_values("peer", kind="stable"))
    ]  # fmt: skip
    counts = {"all": len(checks), "within": int(checks["is_within"].sum()), "peers": checks["peer"].nunique()}
    sentence = voice.say("peers.text", **{name: voice.exact(float(count)) for name, count in counts.items()})
    return Peers(
        sentence, TableView(voice.say("peers.caption"), columns, rows, voice.say("peers.note"), is_grouped=True)
    )
