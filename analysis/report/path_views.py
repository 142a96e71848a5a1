"""Turns the yearly paths of schemes into lines with bands, one scheme at a time beside no support."""

from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, chosen_panel
from analysis.report.figures import axis, band, base_layout, numbers
from analysis.report.scheme_choice import BASELINE, Choice
from analysis.report.text import UNKNOWN, Voice

DRAWN = ("enrolled_count", "net_additional_count", "outlay_msek")
TOKENS = {
    "enrolled_count": "@accent",
    "net_additional_count": "@strategy_grid_reserve",
    "outlay_msek": "@account_state",
}
PANEL_PX = 270


def path_figure(paths: pd.DataFrame, choice: Choice, voice: Voice) -> FigureView:
    """Show cars, cars added and outlay year by year, with their range; the reader picks the scheme.

    Parameters
    ----------
    paths
        ``SchemePaths``, at least one row of a scheme.
    choice
        The schemes shown, the leading one first.
    """
    national = paths[(paths["price_area"] == "SE") & paths["measure"].isin(DRAWN)].sort_values("year")
    schemes = choice.of(national)
    without = national[national["scheme"] == BASELINE]
    panels = [
        chosen_panel([_panel(national[national["scheme"] == scheme], without, measure, voice) for scheme in schemes])
        for measure in DRAWN
    ]
    lead = national[national["scheme"] == schemes[0]]
    years = {"first": str(national["year"].min()), "last": str(national["year"].max())}
    legend = [("path", voice.say("paths.with")), ("band", voice.say("paths.band"))]
    if not without.empty:
        legend.append(("basis_none", voice.say("paths.without")))
    return FigureView(
        "paths", _title(lead, schemes[0], voice), _lead(lead, years, voice), voice.say("paths.source"), panels,
        _table(national, schemes, voice), legend, choices=[voice.name("scheme", scheme) for scheme in schemes],
        chooser=voice.say("scheme.chooser"), method=voice.say("paths.method"), data=national,
    )  # fmt: skip


def _title(lead: pd.DataFrame, scheme: str, voice: Voice) -> str:
    last = lead[lead["year"] == lead["year"].max()].set_index("measure")
    words = {
        name: voice.number(last.loc[name, "value"], "count", last.loc[name, "low"], last.loc[name, "high"])
        if name in last.index
        else UNKNOWN
        for name in DRAWN[:2]
    }
    return voice.say(
        "paths.title", scheme=voice.name("scheme", scheme), year=str(lead["year"].max()),
        cars=words["enrolled_count"], more=words["net_additional_count"],
    )  # fmt: skip


def _lead(lead: pd.DataFrame, years: dict[str, str], voice: Voice) -> str:
    """Say how to read the lines, and when the leading scheme stops paying, if it does."""
    told = voice.say("paths.lead", **years)
    paid = lead[(lead["measure"] == "outlay_msek") & (lead["value"] > 0)]["year"]
    if paid.empty or str(paid.max()) == years["last"]:
        return told
    return f"{told} {voice.say('paths.paid_until', year=str(paid.max()))}"


def _panel(own: pd.DataFrame, without: pd.DataFrame, measure: str, voice: Voice) -> Panel:
    rows = own[own["measure"] == measure]
    data = [*_reference(without, measure, voice), *_band(rows, measure, voice)]
    years = axis(showgrid=False, tickformat="d", nticks=6, tickangle=0)
    upward = axis(voice.say(f"axis.path_{measure}"), rangemode="tozero", nticks=5)
    layout = base_layout(voice, xaxis=years, yaxis=upward, margin={"l": 56, "r": 14, "t": 8, "b": 32})
    return Panel(voice.say(f"paths.{measure}"), data, layout, PANEL_PX)


def _band(rows: pd.DataFrame, measure: str, voice: Voice) -> list[dict[str, Any]]:
    """Draw the median and its range; years without a value leave a gap."""
    lines = band(list(rows["year"]), rows["value"], rows["low"], rows["high"], TOKENS[measure])
    lines[-1] |= {
        "text": [_told(row, voice) for row in rows.to_dict("records")],
        "hovertemplate": "%{x}: %{text}<extra></extra>",
    }
    return lines


def _told(row: dict[Any, Any], voice: Voice) -> str:
    return voice.quantity(row["value"], row["low"], row["high"], row["unit"])


def _reference(without: pd.DataFrame, measure: str, voice: Voice) -> list[dict[str, Any]]:
    """Draw the same cars without support; what a scheme adds or costs is zero without it and has no line."""
    rows = without[without["measure"] == measure]
    if measure != DRAWN[0] or rows.empty:
        return []
    return [
        {"type": "scatter", "mode": "lines", "x": list(rows["year"]), "y": numbers(rows["value"]),
         "line": {"color": "@muted", "width": 2, "dash": "dot"},
         "text": [_told(row, voice) for row in rows.to_dict("records")],
         "hovertemplate": f"{voice.say('paths.without')}, %{{x}}: %{{text}}<extra></extra>"}
    ]  # fmt: skip


def _table(national: pd.DataFrame, schemes: list[str], voice: Voice) -> TableView:
    """Give every year of every scheme, no support first."""
    shown = [name for name in (BASELINE, *schemes) if name in set(national["scheme"])]
    found = {(row["scheme"], row["year"], row["measure"]): row for row in national.to_dict("records")}
    years = sorted(national["year"].unique())
    rows = []
    for scheme in shown:
        for year in years:
            cells = [found.get((scheme, year, measure)) for measure in DRAWN]
            told = [
                UNKNOWN if cell is None else voice.interval(cell["value"], cell["low"], cell["high"], cell["unit"])
                for cell in cells
            ]
            rows.append((voice.name("scheme", scheme), str(year), *told))
    columns = [
        Column(voice.say("column.scheme")),
        Column(voice.say("column.year")),
        *(Column(voice.say(f"axis.path_{measure}"), "number") for measure in DRAWN),
    ]
    return TableView(voice.say("paths.caption"), columns, rows, voice.say("paths.note"), is_grouped=True)
