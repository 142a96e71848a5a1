"""Turns result tables into figures: plotly data and layout as plain values, drawn by the page after its text.

Colours are tokens (``@se3``) that the theme resolves, so that the same thing has the same colour in light, in dark and
on paper. No arithmetic: every number drawn is a cell of a result table.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from analysis.report.elements import Panel, rows_of
from analysis.report.scheme_choice import wrapped
from analysis.report.text import Voice
from analysis.schemas.base import PRICE_AREAS, PRICE_AREAS_AND_SWEDEN, TIERS
from analysis.units import HOURS_PER_WEEK

DRAWN_STRATEGIES = ("home", "grid", "grid_reserve")
HOURS_PER_DAY = 24
NOON = 12
FLAT = {"l": 56, "r": 8, "t": 6, "b": 26}
HEADROOM = 1.04
SHARE_MARKS = (0.0, 0.5, 1.0, 1.5, 2.0)


def area_token(price_area: str) -> str:
    """Name the colour of a price area; Sweden has the colour of text."""
    return "@" + price_area.lower()


def base_layout(voice: Voice, **more: Any) -> dict[str, Any]:
    """Give the layout that all drawings share: transparent ground, quiet grid, the locale's decimal sign."""
    layout: dict[str, Any] = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "@font", "size": 13, "color": "@text"},
        "margin": {"l": 56, "r": 12, "t": 8, "b": 48},
        "separators": voice.say("number.separators"),
        "showlegend": False,
        "hoverlabel": {"bgcolor": "@surface", "bordercolor": "@rule", "font": {"color": "@text"}},
    }
    return layout | more


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """Give one axis with its title (quantity and unit)."""
    shared = {"gridcolor": "@grid", "linecolor": "@rule", "zerolinecolor": "@rule", "fixedrange": True,
              "separatethousands": True, "exponentformat": "none"}  # fmt: skip
    heading = {"title": {"text": title, "standoff": 8, "font": {"size": 12}}} if title else {}
    return shared | heading | {"automargin": True} | more


def week_axis(voice: Voice) -> dict[str, Any]:
    """Give an axis over the 168 hours of a week, marked by day."""
    middles = list(range(NOON, HOURS_PER_WEEK, HOURS_PER_DAY))
    return axis(tickvals=middles, ticktext=voice.weekdays(), range=[0, HOURS_PER_WEEK - 1], showgrid=False, ticks="")


def share_axis(voice: Voice, title_key: str, **more: Any) -> dict[str, Any]:
    """Give an axis of shares, written as per cent in the manner of the locale."""
    marks = [voice.number(mark, "pu") for mark in SHARE_MARKS]
    return axis(voice.say(title_key), tickvals=list(SHARE_MARKS), ticktext=marks, **more)


def numbers(values: Iterable[float]) -> list[float | None]:
    """Give values as plain numbers of five digits, a missing one as None."""
    return [None if pd.isna(value) else float(f"{value:.5g}") for value in values]


def tier_panels(summary: pd.DataFrame, voice: Voice) -> list[Panel]:
    """Draw the ladder from technical to firm, one panel per area.

    Parameters
    ----------
    summary
        ``PotentialSummary`` of one year, service and occasion.
    """
    panels = []
    for price_area in PRICE_AREAS_AND_SWEDEN:
        rows = summary[summary["price_area"] == price_area].set_index("tier").reindex(TIERS[::-1])
        if rows["power_mw"].isna().all():
            continue
        labels = [voice.number(row.power_mw, "mw", row.power_low_mw, row.power_high_mw) for row in rows_of(rows)]
        names = [voice.say(f"tier.{tier}") for tier in rows.index]
        bar = {
            "type": "bar", "orientation": "h", "x": numbers(rows["power_mw"]), "y": names, "text": labels,
            "textposition": "outside", "cliponaxis": False, "marker": {"color": area_token(price_area)},
            "hovertemplate": "%{y}: %{text} MW<extra></extra>",
        }  # fmt: skip
        layout = base_layout(
            voice,
            xaxis=axis("MW", rangemode="tozero", nticks=4),
            yaxis=axis(showgrid=False),
            margin={"l": 10, "r": 56, "t": 4, "b": 44},
        )
        panels.append(Panel(voice.say(f"area.{price_area}"), [bar], layout, 250))
    return panels


def hour_panels(potential: pd.DataFrame, voice: Voice) -> list[Panel]:
    """Draw firm power over the hours of the week with its interval, one panel per area, each on its own scale.

    Parameters
    ----------
    potential
        ``Potential`` of one year, tier and service.
    """
    panels = []
    for price_area in PRICE_AREAS:
        rows = potential[potential["price_area"] == price_area].sort_values("hour_of_week")
        if rows.empty:
            continue
        data = band(
            list(rows["hour_of_week"]), rows["power_mw"], rows["power_low_mw"], rows["power_high_mw"],
            area_token(price_area),
        )  # fmt: skip
        layout = base_layout(voice, xaxis=week_axis(voice), yaxis=axis("MW", rangemode="tozero", nticks=5),
                             margin=FLAT)  # fmt: skip
        panels.append(Panel(voice.say(f"area.{price_area}"), data, layout, 220))
    return panels


def band(
    across: Sequence[float | None], middle: pd.Series, low: pd.Series, high: pd.Series, token: str
) -> list[dict[str, Any]]:
    """Draw a line with its interval as a light band."""
    edge = {"type": "scatter", "mode": "lines", "x": across, "hoverinfo": "skip", "line": {"width": 0}}
    return [
        edge | {"y": numbers(low)},
        edge | {"y": numbers(high), "fill": "tonexty", "fillcolor": f"{token}/0.22"},
        {"type": "scatter", "mode": "lines", "x": across, "y": numbers(middle), "line": {"color": token, "width": 2}},
    ]


def value_panels(values: pd.DataFrame, voice: Voice) -> list[Panel]:
    """Draw the net value per car and year over smart charging, by area and strategy, one panel per charger option.

    Parameters
    ----------
    values
        ``ValueSummary`` of one price year and reserve price level.
    """
    areas = [area for area in PRICE_AREAS_AND_SWEDEN if area in set(values["price_area"])]
    drawn = values[values["strategy"].isin(DRAWN_STRATEGIES)]
    least = HEADROOM * min(0.0, *drawn["net_value_over_smart_low_sek"])
    most = HEADROOM * max(1.0, *drawn["net_value_over_smart_high_sek"])
    panels = []
    for option in sorted(set(drawn["charger_option"])):
        rows = drawn[drawn["charger_option"] == option]
        data = [
            _strategy_bars(rows[rows["strategy"] == strategy], strategy, areas, voice) for strategy in DRAWN_STRATEGIES
        ]
        layout = base_layout(
            voice, barmode="group", bargap=0.3,
            xaxis=axis(showgrid=False), yaxis=axis(voice.say("axis.value_over_smart"), range=[least, most], nticks=6),
        )  # fmt: skip
        panels.append(Panel(voice.name("charger", option), data, layout, 290))
    return panels


def _strategy_bars(rows: pd.DataFrame, strategy: str, areas: list[str], voice: Voice) -> dict[str, Any]:
    """Draw one strategy as bars; the whisker runs over the middle 90 per cent of cars."""
    found = rows.set_index("price_area").reindex(areas)
    middle = found["net_value_over_smart_sek"]
    return {
        "type": "bar", "x": areas, "y": numbers(middle), "name": voice.say(f"strategy.{strategy}"),
        "marker": {"color": f"@strategy_{strategy}"},
        "error_y": whisker(middle, found["net_value_over_smart_low_sek"], found["net_value_over_smart_high_sek"]),
    }  # fmt: skip


def whisker(middle: pd.Series, low: pd.Series, high: pd.Series) -> dict[str, Any]:
    """Give plotly's error bar, which is told as distances from the middle."""
    return {
        "type": "data", "symmetric": False, "array": numbers((high - middle).clip(lower=0)),
        "arrayminus": numbers((middle - low).clip(lower=0)), "color": "@text", "thickness": 1, "width": 3,
    }  # fmt: skip


def scheme_panel(rows: pd.DataFrame, voice: Voice, title: str, unit: str) -> Panel:
    """Draw one measure of all schemes as points with their 5-95 % range.

    Parameters
    ----------
    rows
        ``SchemeSummary`` of one measure and year.
    """
    known = rows.dropna(subset=["value"]).iloc[::-1]
    points = {
        "type": "scatter", "mode": "markers", "x": numbers(known["value"]),
        "y": [wrapped(voice.name("scheme", scheme)) for scheme in known["scheme"]],
        "marker": {"color": "@accent", "size": 11},
        "error_x": whisker(known["value"], known["low"].fillna(known["value"]), known["high"].fillna(known["value"])),
        "cliponaxis": False,
    }  # fmt: skip
    layout = base_layout(
        voice, xaxis=axis(unit, zeroline=True, nticks=4, tickangle=0), yaxis=axis(showgrid=False),
        margin={"l": 10, "r": 16, "t": 4, "b": 48},
    )  # fmt: skip
    return Panel(title, [points], layout, 90 + 46 * len(known))
