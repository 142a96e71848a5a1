"""Turns law, standards and working pairs into a timeline, a ladder by year, and the standards cases side by side."""

from textwrap import wrap
from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.figures import axis, base_layout
from analysis.report.text import Voice
from analysis.schemas.regulation import BASES, RUNGS, STANDARDS, TWO_WAY

REFERENCE, EARLY, LATE = "reference", "early_standards", "late_standards"
STATUS_SYMBOLS = {"enacted": "circle", "forecast": "circle-open", "proposed": "diamond-open", "assumption": "x"}
AC_GATES = ("iso15118_20_amd_1", "rfg2_art_13a", "rfg2_art_42")
LADDER_YEARS = (2026, 2027, 2028, 2029, 2030, 2032, 2035, 2040)
CASE_YEARS = (2026, 2030, 2035, 2040)
CASE_PLACE, HOME = "public", "home"
STRANDED_YEAR = 2030
ROW_HEIGHT, HEIGHT_BASE, LABEL_WIDTH = 36, 50, 28


def regulation_figure(timeline: pd.DataFrame, chosen: str, policy_day: str, voice: Voice) -> FigureView:
    """Show when each instrument starts to act, what its day rests on, and how far the standards cases move it.

    Parameters
    ----------
    timeline
        ``RegulationTimeline``.
    chosen
        The standards case of the run.
    policy_day
        Day of the law that the run counts, ISO; drawn as a line.
    """
    days = timeline.pivot(index="lever", columns="standards", values="effect_day").sort_values(REFERENCE)
    told = timeline[timeline["standards"] == REFERENCE].set_index("lever").loc[days.index]
    gate = days.loc[list(AC_GATES), chosen].max()
    title = voice.say("regulation.title", day=voice.date(gate))
    names = ["<br>".join(wrap(voice.name("lever", str(lever)), LABEL_WIDTH)) for lever in days.index]
    label = dict(zip(days.index, names, strict=True))
    data = [_span(days, label), *_marks(told, label, voice)]
    moved = days.index[days[chosen] != days[REFERENCE]]
    if len(moved):
        data.append(_points(days.loc[moved, chosen], [label[lever] for lever in moved], STATUS_SYMBOLS["assumption"],
                            voice.say("regulation.chosen"), "@text"))  # fmt: skip
    layout = base_layout(
        voice, margin={"l": 10, "r": 16, "t": 4, "b": 36},
        xaxis=axis(type="date", tickformat="%Y", nticks=7, tickangle=0, separatethousands=False),
        yaxis=axis(showgrid=True, categoryorder="array", categoryarray=names[::-1]),
        shapes=[{"type": "line", "x0": policy_day, "x1": policy_day, "yref": "paper", "y0": 0, "y1": 1,
                 "line": {"color": "@text", "width": 1, "dash": "dot"}}],
    )  # fmt: skip
    legend = [(f"day_{status}", voice.say(f"day_status.{status}")) for status in ("enacted", "forecast", "proposed")]
    legend += [("day_span", voice.say("regulation.span"))]
    legend += [("day_assumption", voice.say("regulation.chosen"))] if len(moved) else []
    panel = Panel("", data, layout, HEIGHT_BASE + ROW_HEIGHT * len(names))
    lead = voice.say("regulation.lead", day=voice.date(policy_day))
    table = _regulation_table(days, told, chosen, voice)
    return FigureView("regulation", title, lead, voice.say("regulation.source"), [panel], table, legend,
                      data=timeline)  # fmt: skip


def _span(days: pd.DataFrame, label: dict[str, str]) -> dict[str, Any]:
    """Draw a line from the early to the late day of each lever that moves."""
    across: list[str | None] = []
    down: list[str | None] = []
    for lever, row in days[days[EARLY] != days[LATE]].iterrows():
        across += [str(row[EARLY]), str(row[LATE]), None]
        down += [label[str(lever)], label[str(lever)], None]
    return {"type": "scatter", "mode": "lines", "x": across, "y": down, "hoverinfo": "skip",
            "line": {"color": "@rule", "width": 4}}  # fmt: skip


def _marks(told: pd.DataFrame, label: dict[str, str], voice: Voice) -> list[dict[str, Any]]:
    """Draw the day as told, one mark a status."""
    return [
        _points(rows["effect_day"], [label[str(lever)] for lever in rows.index], STATUS_SYMBOLS[str(status)],
                voice.say(f"day_status.{status}"), "@accent")
        for status, rows in told.groupby("status", sort=True)
    ]  # fmt: skip


def _points(across: pd.Series, down: list[str], symbol: str, name: str, token: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "x": [str(day) for day in across], "y": down, "name": name,
        "marker": {"color": token, "size": 11, "symbol": symbol, "line": {"width": 2, "color": token}},
        "hovertemplate": "%{y}: %{x|%Y-%m-%d}<extra>%{fullData.name}</extra>",
    }  # fmt: skip


def _regulation_table(days: pd.DataFrame, told: pd.DataFrame, chosen: str, voice: Voice) -> TableView:
    shown = days.join(told[["instrument", "status"]]).reset_index()
    rows = [
        (voice.name("lever", row.lever), row.instrument, voice.say(f"day_status.{row.status}"),
         *(getattr(row, name) for name in (REFERENCE, EARLY, LATE, chosen)))
        for row in rows_of(shown)
    ]  # fmt: skip
    columns = [
        Column(voice.say("column.lever")), Column(voice.say("column.instrument"), "original"),
        Column(voice.say("column.day_status")),
        *(Column(voice.say(f"standards.{name}"), "number") for name in (REFERENCE, EARLY, LATE)),
        Column(voice.say("column.this_run"), "number"),
    ]  # fmt: skip
    return TableView(voice.say("regulation.caption"), columns, rows)


def ladder_table(ladder: pd.DataFrame, chosen: str, voice: Voice) -> TableView:
    """Show the way from speaking a standard to discharging together, by year, in the run's standards case.

    Parameters
    ----------
    ladder
        ``CapabilityLadder``.
    chosen
        The standards case of the run.
    """
    shown = ladder[ladder["standards"] == chosen]
    cells = {(row.technology, row.basis, row.rung, row.year): row for row in rows_of(shown)}
    rows = []
    for technology in TWO_WAY:
        for basis in BASES:
            head = f"{voice.say(f'current.{technology}')}, {voice.say(f'ladder.{basis}')}"
            for rung in RUNGS:
                found = [cells[technology, basis, rung, year] for year in LADDER_YEARS]
                rows.append((head, voice.say(f"rung.{rung}"), *(voice.number(cell.share_pu, "pu") for cell in found)))
    columns = [Column(voice.say("column.pair_of")), Column(voice.say("column.rung")),
               *(Column(str(year), "number") for year in LADDER_YEARS)]  # fmt: skip
    caption = voice.say("ladder.caption", case=voice.inline("standards", chosen))
    return TableView(caption, columns, rows, voice.say("ladder.note"), is_grouped=True)


def standards_table(works: pd.DataFrame, chosen: str, voice: Voice) -> TableView:
    """Show what each standards case leaves: cars that work with a public point met, and stranded home chargers.

    Parameters
    ----------
    works
        ``Interoperability``.
    chosen
        The standards case of the run; it stands first.
    """
    cells = {(row.standards, row.technology, row.place, row.year): row for row in rows_of(works)}
    rows = []
    for name in sorted(STANDARDS, key=lambda case: case != chosen):
        for technology in TWO_WAY:
            met = [cells[name, technology, CASE_PLACE, year] for year in CASE_YEARS]
            home = cells[name, technology, HOME, STRANDED_YEAR]
            rows.append(
                (voice.say(f"standards.{name}"), voice.say(f"current.{technology}"),
                 *(voice.interval(cell.works_pu, cell.works_low_pu, cell.works_high_pu, "pu") for cell in met),
                 voice.number(home.stranded_open_pu, "pu"), voice.number(home.stranded_closed_pu, "pu"))
            )  # fmt: skip
    columns = [
        Column(voice.say("column.standards_case")), Column(voice.say("column.current")),
        *(Column(voice.say("column.works_public", year=str(year)), "number") for year in CASE_YEARS),
        *(Column(voice.say(f"column.stranded_{kind}"), "number") for kind in ("open", "closed")),
    ]  # fmt: skip
    caption = voice.say("standards.caption", year=str(STRANDED_YEAR))
    return TableView(caption, columns, rows, is_grouped=True)
