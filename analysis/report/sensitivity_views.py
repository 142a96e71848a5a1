"""Turns sensitivity into two figures in one: what one parameter alone moves, and how much of the spread it explains."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, chosen_panel
from analysis.report.figures import HEADROOM, axis, base_layout, numbers
from analysis.report.numbers import is_known
from analysis.report.scheme_choice import Choice, wrapped
from analysis.report.text import UNKNOWN, Voice
from analysis.schemas.schemes import OUTCOMES

SHOWN = 12
SHARE_MARKS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2)
MARKS = {True: "", False: "\u00a0*"}
INDICES = {"first": "@accent", "total": "@warn_edge"}
ROW_PX = 40
FRAME_PX = 66


def sensitivity_figure(sensitivity: pd.DataFrame, choice: Choice, voice: Voice) -> FigureView:
    """Show what moves the outcomes of the leading scheme; the reader picks the outcome.

    Parameters
    ----------
    sensitivity
        ``Sensitivity``, at least one row of a scheme.
    choice
        The first scheme of it that the table has is shown.
    """
    scheme = choice.of(sensitivity)[0]
    own = sensitivity[sensitivity["scheme"] == scheme]
    outcomes = [outcome for outcome in OUTCOMES if outcome in set(own["outcome"])]
    by_outcome = [own[own["outcome"] == outcome] for outcome in outcomes]
    panels = [
        chosen_panel([_tornado(rows, voice) for rows in by_outcome]),
        chosen_panel([_indices(rows, voice) for rows in by_outcome]),
    ]
    legend = [
        ("at_low", voice.say("sensitivity.at_low")), ("at_high", voice.say("sensitivity.at_high")),
        ("first", voice.say("sensitivity.first")), ("total", voice.say("sensitivity.total")),
    ]  # fmt: skip
    unverified = own[~own["is_verified"]]["parameter"].nunique()
    lead = voice.say("sensitivity.lead", unverified=str(unverified), all=str(own["parameter"].nunique()))
    return FigureView(
        "sensitivity", _title(by_outcome[0], scheme, outcomes[0], voice), lead, voice.say("sensitivity.source"), panels,
        _table(own, outcomes, voice), legend, choices=[voice.say(f"outcome.{outcome}") for outcome in outcomes],
        chooser=voice.say("sensitivity.chooser"), method=voice.say("sensitivity.method"), data=own,
    )  # fmt: skip


def _title(rows: pd.DataFrame, scheme: str, outcome: str, voice: Voice) -> str:
    """Name the parameter with the largest share of the spread, or with the longest bar where no share was computed."""
    known = rows.dropna(subset=["total_pu"])
    words = {"scheme": voice.name("scheme", scheme), "outcome": voice.inline("outcome", outcome)}
    if known.empty:
        first = _by_reach(rows).iloc[0]
        return voice.say("sensitivity.title_reach", parameter=_inline(first["parameter"], voice), **words)
    first = known.sort_values("total_pu", kind="stable").iloc[-1]
    share = voice.number(first["total_pu"], "pu", 0.0, 1.0)
    key = "sensitivity.title" if first["is_verified"] else "sensitivity.title_assumed"
    return voice.say(key, parameter=_inline(first["parameter"], voice), share=share, **words)


def _inline(parameter: str, voice: Voice) -> str:
    return voice.inline("parameter_name", parameter)


def _by_reach(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort parameters by how far apart the outcomes at their ends are, the farthest first."""
    reach = (rows["at_high"] - rows["at_low"]).abs()
    return rows.assign(reach=reach).sort_values("reach", ascending=False, kind="stable", na_position="last")


def _axis_name(row: dict[Any, Any], voice: Voice) -> str:
    return f"{wrapped(voice.name('parameter_name', row['parameter']))}{MARKS[bool(row['is_verified'])]}"


def _tornado(rows: pd.DataFrame, voice: Voice) -> Panel:
    """Draw each parameter as a line from the outcome at its low end to that at its high end."""
    shown = _by_reach(rows).dropna(subset=["at_low", "at_high"]).head(SHOWN).iloc[::-1].to_dict("records")
    outcome = str(rows["outcome"].iloc[0])
    names = [_axis_name(row, voice) for row in shown]
    between = {
        "type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": {"color": "@rule", "width": 6},
        "x": [end for row in shown for end in (*numbers([row["at_low"], row["at_high"]]), None)],
        "y": [place for name in names for place in (name, name, None)],
    }  # fmt: skip
    ends = [
        {
            "type": "scatter", "mode": "markers", "x": numbers(row[end] for row in shown), "y": names,
            "marker": {"size": 12, "color": fill, "symbol": symbol, "line": {"color": "@text", "width": 1.5}},
            "text": [_told(row[end], outcome, voice) for row in shown],
            "hovertemplate": f"%{{y}}: {voice.say(f'sensitivity.{end}')}: %{{text}}<extra></extra>",
        }
        for end, fill, symbol in (("at_low", "@surface", "circle"), ("at_high", "@text", "circle"))
    ]  # fmt: skip
    middle = [row["at_middle"] for row in shown if is_known(row["at_middle"])]
    line = {"type": "line", "xref": "x", "yref": "paper", "x0": middle[0] if middle else 0, "y0": 0, "y1": 1,
            "x1": middle[0] if middle else 0, "line": {"color": "@muted", "width": 1, "dash": "dot"}}  # fmt: skip
    layout = base_layout(
        voice, shapes=[line] if middle else [],
        xaxis=axis(voice.unit(OUTCOMES[outcome]), nticks=5, tickangle=0), yaxis=_rows_axis(names),
        margin={"l": 10, "r": 16, "t": 4, "b": 48},
    )  # fmt: skip
    return Panel(voice.say("sensitivity.tornado"), [between, *ends], layout, FRAME_PX + ROW_PX * max(len(shown), 1))


def _rows_axis(names: Sequence[str]) -> dict[str, Any]:
    return axis(showgrid=True, type="category", categoryorder="array", categoryarray=list(names))


def _told(value: float, outcome: str, voice: Voice) -> str:
    return voice.quantity(value, None, None, OUTCOMES[outcome])


def _indices(rows: pd.DataFrame, voice: Voice) -> Panel:
    """Draw first-order and total shares of the variance with the half width of their interval."""
    known = rows.dropna(subset=["total_pu"]).sort_values("total_pu", ascending=False, kind="stable")
    shown = known.head(SHOWN).iloc[::-1]
    names = [_axis_name(row, voice) for row in shown.to_dict("records")]
    bars = [
        {
            "type": "bar", "orientation": "h", "x": numbers(shown[f"{index}_pu"]), "y": names,
            "name": voice.say(f"sensitivity.{index}"), "marker": {"color": token},
            "error_x": {"type": "data", "array": numbers(shown[f"{index}_half_width_pu"]),
                        "color": "@text", "thickness": 1, "width": 2},
            "text": [voice.number(value, "pu", 0.0, 1.0) for value in shown[f"{index}_pu"]], "textposition": "none",
            "hovertemplate": f"%{{y}}: {voice.say(f'sensitivity.{index}')}: %{{text}}<extra></extra>",
        }
        for index, token in reversed(INDICES.items())
    ]  # fmt: skip
    layout = base_layout(
        voice, barmode="group", bargap=0.3, xaxis=_share_axis(shown, voice),
        yaxis=_rows_axis(names), margin={"l": 10, "r": 16, "t": 4, "b": 48},
    )  # fmt: skip
    return Panel(voice.say("sensitivity.sobol"), bars, layout, FRAME_PX + ROW_PX * max(len(shown), 1))


def _share_axis(shown: pd.DataFrame, voice: Voice) -> dict[str, Any]:
    """Give an axis of shares from nothing to the end of the longest line; an index below zero is noise."""
    ends = [shown[f"{index}_pu"] + shown[f"{index}_half_width_pu"].fillna(0.0) for index in INDICES]
    most = max([SHARE_MARKS[1], *(float(end.max()) for end in ends if end.notna().any())])
    return axis(voice.say("axis.variance_share"), range=[0.0, HEADROOM * float(most)], tickvals=list(SHARE_MARKS),
                ticktext=[voice.number(mark, "pu") for mark in SHARE_MARKS], tickangle=0)  # fmt: skip


def _table(own: pd.DataFrame, outcomes: Sequence[str], voice: Voice) -> TableView:
    rows = [
        (
            voice.say(f"outcome.{outcome}"),
            voice.name("parameter_name", row["parameter"]),
            row["parameter"],
            voice.say("parameter.verified" if row["is_verified"] else "parameter.assumed"),
            *(_number(row[name], voice) for name in ("at_low", "at_middle", "at_high")),
            _index(row, "first", voice),
            _index(row, "total", voice),
        )
        for outcome in outcomes
        for row in _by_reach(own[own["outcome"] == outcome]).to_dict("records")
    ]
    columns = [
        Column(voice.say("column.outcome")),
        Column(voice.say("column.parameter_name")),
        Column(voice.say("column.parameter"), "code"),
        Column(voice.say("column.status")),
        *(
            Column(voice.say(f"column.{name}"), "number")
            for name in ("at_low", "at_middle", "at_high", "first", "total")
        ),
    ]
    return TableView(voice.say("sensitivity.caption"), columns, rows, voice.say("sensitivity.note"), is_grouped=True)


def _number(value: float, voice: Voice) -> str:
    return voice.number(value) if is_known(value) else UNKNOWN


def _index(row: dict[Any, Any], kind: str, voice: Voice) -> str:
    """Write a share with the half width of its interval: ``31 % ± 4 %``."""
    value, half = row[f"{kind}_pu"], row[f"{kind}_half_width_pu"]
    if not is_known(value):
        return UNKNOWN
    told = voice.number(value, "pu", 0.0, 1.0)
    return f"{told} ± {voice.number(half, 'pu', 0.0, 1.0)}" if is_known(half) else told
