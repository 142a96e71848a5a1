"""Turns results by charger and openness into a map of numbers: schemes down, closed and open across."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.report import tables
from analysis.report.elements import FigureView, Panel, chosen_panel
from analysis.report.figures import axis, base_layout, numbers
from analysis.report.scheme_choice import Choice, wrapped
from analysis.report.text import Voice

SHOWN = {
    "net_additional_count": "count",
    "adopter_count": "count",
    "support_sek_per_unit": "sek",
    "outlay_msek": "msek",
}
"""What the map may show, the first one first, and the unit that each is rounded by."""
RANGES = {
    "net_additional_count": ("adopter_low_count", "adopter_high_count"),
    "adopter_count": ("adopter_low_count", "adopter_high_count"),
    "outlay_msek": ("outlay_low_msek", "outlay_high_msek"),
}
FAINT, STRONG = 0.04, 0.42
ROW_PX = 48
FRAME_PX = 70


def matrix_figure(results: pd.DataFrame, choice: Choice, year: int, voice: Voice) -> FigureView:
    """Show what each scheme pays and brings by charger, closed and open, the whole country.

    Parameters
    ----------
    results
        ``SchemeResults``.
    choice
        The schemes shown, the leading one first.
    """
    here = results[(results["price_area"] == "SE") & (results["year"] == year)]
    schemes = choice.of(here)
    shown = here[here["scheme"].isin(schemes)]
    options = list(dict.fromkeys(shown.sort_values(["technology", "power_kw", "charger_option"])["charger_option"]))
    panels = [
        chosen_panel(
            [_panel(shown[shown["charger_option"] == option], measure, _most(shown, measure), schemes, voice)
             for measure in SHOWN]
        )
        for option in options
    ]  # fmt: skip
    ordered = tables.in_order(here, ("none", *schemes))
    table = tables.scheme_table(ordered, voice, voice.say("schemes.caption", year=str(year)))
    return FigureView(
        "matrix", _title(shown, voice), voice.say("matrix.lead"), voice.say("schemes.source"), panels, table,
        choices=[voice.say(f"matrix.{measure}") for measure in SHOWN], chooser=voice.say("matrix.chooser"),
        method=voice.say("matrix.method"), data=ordered,
    )  # fmt: skip


def _title(shown: pd.DataFrame, voice: Voice) -> str:
    """Say which charger most are added of, and the most of the other technology."""
    ranked = shown.sort_values("net_additional_count", kind="stable")
    if ranked.empty or ranked.iloc[-1]["net_additional_count"] <= 0:
        return voice.say("matrix.title_none")
    first = ranked.iloc[-1]
    other = ranked[ranked["technology"] != first["technology"]]
    words = {
        "charger": voice.inline("charger", first["charger_option"]),
        "openness": voice.inline("openness", "open" if first["is_interoperable"] else "closed"),
        "scheme": voice.name("scheme", first["scheme"]),
        "cars": _cell(first, "net_additional_count", voice),
    }
    if other.empty:
        return voice.say("matrix.title_one", **words)
    second = other.iloc[-1]
    return voice.say(
        "matrix.title",
        **words,
        other=voice.say(f"technology.{second['technology']}"),
        other_cars=_cell(second, "net_additional_count", voice),
    )


def _most(shown: pd.DataFrame, measure: str) -> float:
    """Where the strongest tint stands: the same in all panels, so that they can be compared."""
    return max(float(shown[measure].max()), 1e-9)


def _cell(row: Any, measure: str, voice: Voice) -> str:
    low, high = RANGES.get(measure, (None, None))
    bounds = (row[low], row[high]) if low is not None and high is not None else (None, None)
    return voice.number(row[measure], SHOWN[measure], *bounds)


def _panel(rows: pd.DataFrame, measure: str, most: float, schemes: Sequence[str], voice: Voice) -> Panel:
    """Draw one charger: a row a scheme, closed and open beside each other, the number in its field."""
    found = {(row["scheme"], bool(row["is_interoperable"])): row for row in rows.to_dict("records")}
    grid = [[found.get((scheme, is_open)) for is_open in (False, True)] for scheme in schemes]
    technology = str(rows["technology"].iloc[0])
    heat = {
        "type": "heatmap",
        "x": [voice.say("openness.closed"), voice.say("openness.open")],
        "y": [wrapped(voice.name("scheme", scheme)) for scheme in schemes],
        "z": [numbers(float("nan") if cell is None else cell[measure] for cell in line) for line in grid],
        "text": [["–" if cell is None else _cell(cell, measure, voice) for cell in line] for line in grid],
        "texttemplate": "%{text}", "textfont": {"color": "@text", "size": 14}, "zmin": 0.0, "zmax": most,
        "colorscale": [[0, f"@{technology}/{FAINT}"], [1, f"@{technology}/{STRONG}"]], "showscale": False,
        "xgap": 2, "ygap": 2, "hovertemplate": f"%{{y}}, %{{x}}: %{{text}} {_unit(measure, voice)}<extra></extra>",
    }  # fmt: skip
    layout = base_layout(
        voice, xaxis=axis(_unit(measure, voice), showgrid=False, zeroline=False, ticks=""),
        yaxis=axis(showgrid=False, zeroline=False, autorange="reversed", ticks=""),
        margin={"l": 10, "r": 4, "t": 4, "b": 48},
    )  # fmt: skip
    option = str(rows["charger_option"].iloc[0])
    return Panel(voice.name("charger", option), [heat], layout, FRAME_PX + ROW_PX * len(schemes))


def _unit(measure: str, voice: Voice) -> str:
    return voice.say(f"matrix.unit_{measure}")
