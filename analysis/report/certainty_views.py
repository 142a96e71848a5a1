"""Turns draws compared into figures: how often one scheme beats another, and what knowing more would be worth."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, chosen_panel, rows_of
from analysis.report.figures import axis, base_layout, numbers
from analysis.report.headlines import HARDLY
from analysis.report.numbers import is_known
from analysis.report.scheme_choice import BASELINE, Choice, chance_text, mean_text, wrapped
from analysis.report.text import NO_BREAK, UNKNOWN, Voice
from analysis.schemas.schemes import OUTCOMES

FIRST_OUTCOME = "net_social_npv_msek"
PERFECT = "all"
EVEN = 0.5
TEXT_LIMIT = 5
"""Schemes up to which a field of the map has room for its number on a narrow screen."""
ROW_PX = 50
TOLD_FROM_MSEK = 0.1
"""Less than this is told as that: digits of a few kronor would be read as knowledge."""
FRAME_PX = 60
BAR_PX = 44


def comparison_figure(comparison: pd.DataFrame, choice: Choice, voice: Voice) -> FigureView:
    """Show how often the scheme of the row is better than that of the column; the reader picks by what.

    Parameters
    ----------
    comparison
        ``SchemeComparison``, at least one pair.
    choice
        The schemes in reading order; no support stands last where it is compared.
    """
    schemes = choice.of(comparison)
    if BASELINE in set(comparison["scheme"]):
        schemes.append(BASELINE)
    outcomes = [outcome for outcome in OUTCOMES if outcome in set(comparison["outcome"])]
    panel = chosen_panel([_panel(comparison[comparison["outcome"] == outcome], schemes, voice) for outcome in outcomes])
    lead = voice.say("comparison.lead" if len(schemes) <= TEXT_LIMIT else "comparison.lead_pointed")
    return FigureView(
        "comparison", _title(comparison, schemes, voice), lead, voice.say("comparison.source"),
        [panel], _table(comparison, schemes, outcomes, voice),
        choices=[voice.say(f"outcome.{outcome}") for outcome in outcomes], chooser=voice.say("comparison.chooser"),
        method=voice.say("comparison.method"), data=comparison,
    )  # fmt: skip


def _title(comparison: pd.DataFrame, schemes: Sequence[str], voice: Voice) -> str:
    """Name the scheme that loses least often to its strongest rival in social value, and that rival."""
    rows = comparison[(comparison["outcome"] == FIRST_OUTCOME) & comparison["scheme"].isin(schemes)]
    parted = [not _is_tie(row) for row in rows_of(rows)]
    known = rows[parted].dropna(subset=["better_pu"]).sort_values("better_pu", kind="stable")
    if known.empty:
        return voice.say("comparison.title_none")
    closest = known.drop_duplicates("scheme").iloc[-1]
    return voice.say(
        "comparison.title", scheme=voice.name("scheme", closest["scheme"]),
        other=voice.name("scheme", closest["other"]),
        share=chance_text(float(closest["better_pu"]), voice),
    )  # fmt: skip


def _panel(rows: pd.DataFrame, schemes: Sequence[str], voice: Voice) -> Panel:
    found = {(row.scheme, row.other): row for row in rows_of(rows)}
    grid = [[found.get((scheme, other)) for other in schemes] for scheme in schemes]
    marks = [str(place + 1) for place in range(len(schemes))]
    heat = {
        "type": "heatmap", "x": marks, "showscale": False, "xgap": 2, "ygap": 2, "zmin": 0.0, "zmax": 1.0,
        "y": [f"{mark}. {wrapped(voice.name('scheme', scheme))}" for mark, scheme in zip(marks, schemes, strict=True)],
        "z": [numbers(_tint(cell) for cell in line) for line in grid],
        "text": [["" if cell is None else _plain(_field(cell, voice)) for cell in line] for line in grid],
        "customdata": [["" if cell is None else _plain(_between(cell, voice)) for cell in line] for line in grid],
        "hovertemplate": f"%{{y}}, %{{x}}: %{{text}}<br>{voice.say('comparison.between')}<extra></extra>",
        "hoverongaps": False,
        "colorscale": [[0, "@warn_edge/0.45"], [EVEN, "@warn_edge/0.02"], [EVEN, "@accent/0.02"], [1, "@accent/0.45"]],
    }  # fmt: skip
    if len(schemes) <= TEXT_LIMIT:
        heat |= {"texttemplate": "%{text}", "textfont": {"color": "@text", "size": 12}}
    layout = base_layout(
        voice, xaxis=axis(voice.say("comparison.across"), showgrid=False, zeroline=False, ticks="", type="category"),
        yaxis=axis(showgrid=False, zeroline=False, autorange="reversed", ticks=""),
        margin={"l": 10, "r": 4, "t": 4, "b": 48},
    )  # fmt: skip
    return Panel("", [heat], layout, FRAME_PX + ROW_PX * len(schemes))


def _share(value: float, voice: Voice) -> str:
    """Write a share of draws; a pair that no draw, or every one, decides the same way is not told as certain."""
    if not is_known(value):
        return UNKNOWN
    if value < HARDLY:
        return voice.say("number.below_one")
    return voice.say("number.above_ninety_nine") if value > 1 - HARDLY else voice.number(value, "pu", 0.0, 1.0)


def _is_tie(cell: Any) -> bool:
    """Say whether two schemes bring the same in every draw: neither is better then."""
    return bool(cell.difference_low == 0 and cell.difference_high == 0 and cell.better_pu == 0)


def _tint(cell: Any) -> float:
    """Give what a field is coloured by; one without a pair, or whose pair is equal, stays bare."""
    return float("nan") if cell is None or _is_tie(cell) else float(cell.better_pu)


def _field(cell: Any, voice: Voice) -> str:
    return voice.say("comparison.tie") if _is_tie(cell) else _share(cell.better_pu, voice)


def _between(cell: Any, voice: Voice) -> str:
    """Write what is between a pair with its range and unit."""
    return voice.quantity(cell.difference, cell.difference_low, cell.difference_high, OUTCOMES[cell.outcome])


def _plain(text: str) -> str:
    """Give text as plotly takes it: nothing in it is markup."""
    return text.replace("<", "&lt;")


def _table(comparison: pd.DataFrame, schemes: Sequence[str], outcomes: Sequence[str], voice: Voice) -> TableView:
    """Give every pair: how often the first is better by each outcome, and what is between them in social value."""
    found = {(row.scheme, row.other, row.outcome): row for row in rows_of(comparison)}
    pairs = [(one, two) for one in schemes for two in schemes if (one, two, outcomes[0]) in found]
    rows = []
    for one, two in pairs:
        cells = [found.get((one, two, outcome)) for outcome in outcomes]
        social = found.get((one, two, FIRST_OUTCOME))
        between = (UNKNOWN,) * 3
        if social is not None:
            between = (
                voice.interval(social.difference, social.difference_low, social.difference_high, "MSEK"),
                voice.decimals(100 * social.standard_error_pu, 1) if is_known(social.standard_error_pu) else UNKNOWN,
                str(social.draw_count),
            )
        told = [UNKNOWN if cell is None else _field(cell, voice) for cell in cells]
        rows.append((voice.name("scheme", one), voice.name("scheme", two), *told, *between))
    columns = [
        Column(voice.say("column.scheme")),
        Column(voice.say("column.other_scheme")),
        *(Column(voice.say(f"outcome.{outcome}"), "number") for outcome in outcomes),
        *(Column(voice.say(f"column.{name}"), "number") for name in ("difference", "standard_error", "draws")),
    ]
    return TableView(voice.say("comparison.caption"), columns, rows, voice.say("comparison.note"), is_grouped=True)


def information_figure(values: pd.DataFrame, voice: Voice) -> FigureView:
    """Show what it would be worth to know each group of parameters for sure before choosing; no bars where nothing is.

    Parameters
    ----------
    values
        ``InformationValue``, at least one row.
    """
    ranked = pd.concat([values[values["group"] == PERFECT], _groups(values)])
    panel = Panel("", [_information_bars(ranked.iloc[::-1], voice)], _information_layout(voice),
                  FRAME_PX + BAR_PX * len(ranked))  # fmt: skip
    first, has_worth = ranked.iloc[0], bool(ranked["value_msek"].ge(TOLD_FROM_MSEK).any())
    lead = voice.say(
        "information.lead" if has_worth else "information.lead_none", now=voice.name("scheme", first["decision_now"]),
        share=chance_text(float(first["switch_pu"]), voice),
    )  # fmt: skip
    return FigureView(
        "information", _information_title(ranked, voice), lead, voice.say("information.source"),
        [panel] if has_worth else [],
        _information_table(ranked, voice), method=voice.say("information.method"), data=ranked,
    )  # fmt: skip


def _groups(values: pd.DataFrame) -> pd.DataFrame:
    return values[values["group"] != PERFECT].sort_values("value_msek", ascending=False, kind="stable")


def _information_title(ranked: pd.DataFrame, voice: Voice) -> str:
    perfect, groups = ranked[ranked["group"] == PERFECT], _groups(ranked)
    if perfect.empty or perfect.iloc[0]["value_msek"] <= 0:
        return voice.say("information.title_none", now=voice.name("scheme", ranked.iloc[0]["decision_now"]))
    whole = mean_text(perfect.iloc[0]["value_msek"], "MSEK", voice)
    if perfect.iloc[0]["value_msek"] < TOLD_FROM_MSEK:
        least = f"{voice.exact(TOLD_FROM_MSEK)}{NO_BREAK}{voice.unit('MSEK')}"
        now = voice.name("scheme", ranked.iloc[0]["decision_now"])
        return voice.say("information.title_nearly", now=now, least=least)
    if groups.empty or groups.iloc[0]["value_msek"] <= 0:
        return voice.say("information.title_whole", whole=whole)
    most = groups.iloc[0]
    return voice.say(
        "information.title", whole=whole, group=voice.inline("information_group", most["group"]),
        part=mean_text(most["value_msek"], "MSEK", voice),
    )  # fmt: skip


def _information_bars(rows: pd.DataFrame, voice: Voice) -> dict[str, Any]:
    names = [wrapped(voice.name("information_group", group)) for group in rows["group"]]
    return {
        "type": "bar", "orientation": "h", "x": numbers(rows["value_msek"]), "y": names,
        "marker": {"color": ["@text" if group == PERFECT else "@accent" for group in rows["group"]]},
        "error_x": {"type": "data", "array": numbers(rows["standard_error_msek"]), "color": "@text", "thickness": 1,
                    "width": 3},
        "text": [voice.number(value, "MSEK") for value in rows["value_msek"]], "textposition": "none",
        "hovertemplate": f"%{{y}}: %{{text}} {voice.unit('MSEK')}<extra></extra>",
    }  # fmt: skip


def _information_layout(voice: Voice) -> dict[str, Any]:
    return base_layout(
        voice, bargap=0.3, xaxis=axis(voice.say("axis.information"), rangemode="tozero", nticks=6, tickangle=0),
        yaxis=axis(showgrid=False), margin={"l": 10, "r": 16, "t": 4, "b": 48},
    )  # fmt: skip


def _information_table(ranked: pd.DataFrame, voice: Voice) -> TableView:
    rows = [
        (
            voice.name("information_group", row.group),
            voice.decimals(row.value_msek, 1),
            voice.decimals(row.standard_error_msek, 1),
            voice.number(row.switch_pu, "pu", 0.0, 1.0),
            voice.number(row.r2_pu, "pu", 0.0, 1.0),
            row.parameters,
        )
        for row in rows_of(ranked)
    ]
    figures = ("information_value", "information_error", "information_switch", "information_r2")
    columns = [
        Column(voice.say("column.information_group")),
        *(Column(voice.say(f"column.{name}"), "number") for name in figures),
        Column(voice.say("column.information_parameters"), "code"),
    ]
    return TableView(voice.say("information.caption"), columns, rows, voice.say("information.note"))
