"""Turns the errors of means into a table: how close each is, and how many simulations two per cent would take."""

import pandas as pd

from analysis.report.elements import Column, TableView, rows_of
from analysis.report.measure_names import measure_name
from analysis.report.scheme_choice import BASELINE, Choice
from analysis.report.text import Voice

POTENTIAL = "potential"


def convergence_view(convergence: pd.DataFrame, choice: Choice, voice: Voice) -> TableView:
    """Show the means of a run with the half width of their interval, the potential first, then schemes in order.

    Parameters
    ----------
    convergence
        ``Convergence``.
    choice
        The schemes in reading order; the baseline, whose means are zero, is left out.
    """
    order = {name: place for place, name in enumerate((POTENTIAL, *choice.schemes))}
    shown = convergence[convergence["subject"] != BASELINE]
    ranked = shown.assign(rank=shown["subject"].map(order).fillna(len(order))).sort_values("rank", kind="stable")
    rows = [
        (
            voice.say("convergence.potential") if row.subject == POTENTIAL else voice.name("scheme", row.subject),
            voice.texts.get(f"outcome.{row.measure}") or measure_name(row.measure, voice),
            voice.number(row.value, row.unit),
            voice.unit(row.unit),
            voice.number(row.half_width_pu, "pu"),
            str(row.draw_count),
            voice.number(row.needed_draw_count, "count"),
        )
        for row in rows_of(ranked)
    ]
    columns = [
        Column(voice.say("column.subject")),
        Column(voice.say("column.measure")),
        Column(voice.say("column.mean"), "number"),
        Column(voice.say("column.unit")),
        *(Column(voice.say(f"column.{name}"), "number") for name in ("half_width", "draws", "needed_draws")),
    ]
    return TableView(voice.say("convergence.caption"), columns, rows, voice.say("convergence.note"), is_grouped=True)
