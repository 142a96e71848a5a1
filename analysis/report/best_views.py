"""Turns the searched family of schemes into figures: what can be had for the money, and the best ratios."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.figure_data import parts
from analysis.report.figures import axis, base_layout, numbers, whisker
from analysis.report.numbers import is_known
from analysis.report.scheme_choice import mean_text, wrapped
from analysis.report.scheme_law import LawRow
from analysis.report.text import NO_BREAK, UNKNOWN, Voice
from analysis.schemas.schemes import AIMS

AMOUNTS = {
    "base_sek": "base_sek",
    "dc_ac_ratio": "technology_dc_pu",
    "open_closed_ratio": "openness_open_pu",
    "power_exponent_pu": "power_exponent_pu",
    "share_cap_pu": "share_cap_pu",
}
"""The amounts of a trial, and the parameter of the Task 53 file that holds each; its AC and closed factors are one."""
RATIOS = ("dc_ac_ratio", "open_closed_ratio")
UPWARD = ("net_firm_additional_mw", "net_social_npv_msek")
SYMBOLS = {"social_npv": "star", "firm_mw": "square", "firm_mw_with_fairness_floor": "triangle-up"}
PLAIN = {"type": "scatter", "mode": "markers", "cliponaxis": False}
PROPOSED, NEARLY, NO_SUPPORT = "_task53", "_within_1_percent", "no_support"
PANEL_PX = 340
ROW_PX = 66
ROW_ROOM = 0.6
FRAME_PX = 64


def proposal_of(law: Sequence[LawRow]) -> dict[str, float]:
    """Give the amounts of the Task 53 file by the names that a trial has for them; one that it lacks is left out."""
    held = {row.name: row.value for row in law}
    found = {quantity: held.get(name) for quantity, name in AMOUNTS.items()}
    return {quantity: float(value) for quantity, value in found.items() if isinstance(value, int | float)}


def front_figure(front: pd.DataFrame, best: pd.DataFrame, proposal: Mapping[str, float], voice: Voice) -> FigureView:
    """Show what each trial brings for its outlay, those that no other beats, the best per aim, and the proposal.

    Parameters
    ----------
    front, best
        ``SchemeFront``, at least one trial, and ``BestScheme``.
    proposal
        Amounts of the Task 53 file: the trial that has them is marked.
    """
    own = _proposed(front, proposal)
    panels = [
        Panel(voice.say(f"outcome.{outcome}"), _points(front, best, own, outcome, voice),
              _front_layout(outcome, voice), PANEL_PX)
        for outcome in UPWARD
    ]  # fmt: skip
    ahead = front[front["is_on_front"]]
    firm = front.sort_values("net_firm_additional_mw", kind="stable").iloc[-1]
    social = front.sort_values("net_social_npv_msek", kind="stable").iloc[-1]
    key = "front.title" if social["outlay_msek"] > 0 else "front.title_nothing"
    title = voice.say(
        key, firm=mean_text(firm["net_firm_additional_mw"], "MW", voice),
        outlay=mean_text(firm["outlay_msek"], "MSEK", voice),
        npv=mean_text(social["net_social_npv_msek"], "MSEK", voice),
        social_outlay=mean_text(social["outlay_msek"], "MSEK", voice),
    )  # fmt: skip
    lead = voice.say("front.lead", all=str(len(front)), ahead=str(len(ahead)))
    if own.empty:
        lead = f"{lead} {voice.say('front.no_proposal')}"
    legend = [("trial", voice.say("front.trial")), ("front", voice.say("front.ahead"))]
    legend += [(f"aim_{aim}", voice.say(f"aim.{aim}")) for aim in AIMS if aim in set(best["aim"])]
    if not own.empty:
        legend.append(("proposal", voice.say("front.proposal")))
    return FigureView("front", title, lead, voice.say("front.source"), panels, _front_table(front, voice), legend,
                      method=voice.say("front.method"), data=parts(trial=front, best=best))  # fmt: skip


def _proposed(front: pd.DataFrame, proposal: Mapping[str, float]) -> pd.DataFrame:
    """Pick the trial that has the amounts of the proposal; none where the proposal was not tried."""
    if set(proposal) != set(AMOUNTS):
        return front.iloc[:0]
    same = pd.Series(True, index=front.index)
    for quantity, amount in proposal.items():
        same &= np.isclose(front[quantity], amount)
    return front[same].iloc[:1]


def _points(
    front: pd.DataFrame, best: pd.DataFrame, own: pd.DataFrame, outcome: str, voice: Voice
) -> list[dict[str, Any]]:
    edge = {"color": "@surface", "width": 1}
    layers = [
        (front[~front["is_on_front"]], {"color": "@muted/0.45", "size": 6}),
        (front[front["is_on_front"]], {"color": "@accent", "size": 9, "line": edge}),
        (own, {"color": "@strategy_grid", "size": 15, "symbol": "diamond", "line": edge}),
    ]
    points = [
        PLAIN | {"x": numbers(rows["outlay_msek"]), "y": numbers(rows[outcome]), "marker": marker,
                 "text": [_amounts(row, voice) for row in rows.to_dict("records")],
                 "hovertemplate": "%{text}<extra></extra>"}
        for rows, marker in layers
    ]  # fmt: skip
    return points[:2] + _best_points(best, outcome, voice) + points[2:]


def _best_points(best: pd.DataFrame, outcome: str, voice: Voice) -> list[dict[str, Any]]:
    points = []
    for aim in AIMS:
        wide = best[best["aim"] == aim].pivot(index="budget_msek", columns="quantity", values="value")
        if not {"outlay_msek", outcome} <= set(wide.columns):
            continue
        points.append(
            PLAIN | {"x": numbers(wide["outlay_msek"]), "y": numbers(wide[outcome]),
                     "marker": {"color": "@warn_edge", "size": 14, "symbol": SYMBOLS[aim],
                                "line": {"color": "@text", "width": 1}},
                     "text": [voice.say("front.best", aim=voice.say(f"aim.{aim}"), budget=_budget(budget, voice))
                              for budget in wide.index],
                     "hovertemplate": "%{text}<extra></extra>"}
        )  # fmt: skip
    return points


def _budget(value: float, voice: Voice) -> str:
    return f"{voice.exact(float(value))}{NO_BREAK}{voice.unit('MSEK')}"


def _amounts(row: dict[Any, Any], voice: Voice) -> str:
    return voice.say(
        "front.amounts", base=voice.number(row["base_sek"], "sek"), dc_ac=voice.decimals(row["dc_ac_ratio"], 1),
        open_closed=voice.decimals(row["open_closed_ratio"], 1), cap=voice.number(row["share_cap_pu"], "pu"),
    )  # fmt: skip


def _front_layout(outcome: str, voice: Voice) -> dict[str, Any]:
    return base_layout(
        voice, xaxis=axis(voice.say("axis.outlay_msek"), rangemode="tozero", nticks=6, tickangle=0),
        yaxis=axis(voice.say(f"axis.{outcome}"), nticks=6, zeroline=True), hovermode="closest",
    )  # fmt: skip


def _front_table(front: pd.DataFrame, voice: Voice) -> TableView:
    """Give the trials that no other beats, by outlay."""
    rows = [
        (
            voice.decimals(row["outlay_msek"], 0),
            voice.decimals(row["net_firm_additional_mw"], 1),
            voice.decimals(row["net_social_npv_msek"], 0),
            voice.number(row["top_quintile_outlay_pu"], "pu", 0.0, 1.0),
            voice.number(row["base_sek"], "sek"),
            *(voice.decimals(row[name], 2) for name in (*RATIOS, "power_exponent_pu")),
            voice.number(row["share_cap_pu"], "pu"),
        )
        for row in front[front["is_on_front"]].sort_values("outlay_msek", kind="stable").to_dict("records")
    ]
    names = ("outlay_msek", "net_firm_additional_mw", "net_social_npv_msek", "top_quintile_outlay_pu", *AMOUNTS)
    heads = [", ".join([voice.say(f"quantity.{name}"), *_unit_of(name, voice)]) for name in names]
    return TableView(voice.say("front.caption"), [Column(head, "number") for head in heads], rows)


def _unit_of(name: str, voice: Voice) -> list[str]:
    """Give the unit that a heading ends with; a share or a ratio has none."""
    unit = name.rsplit("_", 1)[1]
    return [voice.say(f"unit.{unit}")] if unit in ("msek", "mw", "sek") else []


def ratio_figure(best: pd.DataFrame, voice: Voice) -> FigureView:
    """Show the best ratios of support per aim and budget with their range, beside those of the proposal.

    Parameters
    ----------
    best
        ``BestScheme``, at least one row. A quantity that ends in ``_task53`` is the proposal's own.
    """
    proposal = _beside(best)
    ranked = best.assign(rank=best["aim"].map(AIMS.index)).sort_values(["rank", "budget_msek"], kind="stable")
    panels = [
        _ratio_panel(ranked[ranked["quantity"] == quantity], quantity, proposal.get(quantity), voice)
        for quantity in RATIOS
    ]
    without = [aim for aim in AIMS if aim in set(best["aim"]) and _is_nothing(best[best["aim"] == aim])]
    sentences = [voice.say("ratios.lead")]
    sentences += [voice.say("ratios.no_support", aim=voice.inline("aim", aim)) for aim in without]
    legend = [("optimum", voice.say("ratios.optimum"))]
    if any(quantity in proposal for quantity in RATIOS):
        legend.append(("text", voice.say("front.proposal")))
    return FigureView(
        "ratios", _ratio_title(ranked, proposal, voice), " ".join(sentences), voice.say("front.source"), panels,
        _best_table(ranked, voice), legend, method=voice.say("ratios.method"), data=best,
    )  # fmt: skip


def _beside(best: pd.DataFrame) -> dict[str, float]:
    """Pick the proposal's own ratios."""
    rows = best.dropna(subset=["value"]).drop_duplicates("quantity").set_index("quantity")["value"]
    return {ratio: float(rows[f"{ratio}{PROPOSED}"]) for ratio in RATIOS if f"{ratio}{PROPOSED}" in rows.index}


def _is_nothing(rows: pd.DataFrame) -> bool:
    """Say whether the best of an aim is to pay nothing: it has no ratio at any budget."""
    return bool(rows[rows["quantity"].isin(RATIOS)]["value"].isna().all())


def _ratio_title(ranked: pd.DataFrame, proposal: Mapping[str, float], voice: Voice) -> str:
    """Say the best ratios for firm power at the largest budget, or those of the first aim that has any."""
    known = ranked[ranked["quantity"].isin(RATIOS)].dropna(subset=["value"])
    firm = known[known["aim"] == "firm_mw"]
    shown = firm if not firm.empty else known
    if shown.empty:
        return voice.say("ratios.title_none")
    aim = shown.iloc[0]["aim"]
    rows = shown[shown["aim"] == aim].drop_duplicates("quantity", keep="last").set_index("quantity")
    words = {
        quantity: voice.interval(rows.loc[quantity, "value"], rows.loc[quantity, "low"], rows.loc[quantity, "high"])
        if quantity in rows.index
        else UNKNOWN
        for quantity in RATIOS
    }
    title = voice.say("ratios.title", aim=voice.inline("aim", aim), **words)
    if not set(RATIOS) <= set(proposal):
        return title
    told = {f"proposed_{quantity}": voice.exact(proposal[quantity]) for quantity in RATIOS}
    return f"{title}; {voice.say('ratios.title_beside', **told)}"


def _ratio_panel(rows: pd.DataFrame, quantity: str, proposed: float | None, voice: Voice) -> Panel:
    across = rows.dropna(subset=["value"]).iloc[::-1]
    names = [f"{wrapped(voice.say(f'aim.{row.aim}'))}<br>{_budget(row.budget_msek, voice)}" for row in rows_of(across)]
    points = PLAIN | {
        "x": numbers(across["value"]), "y": names, "marker": {"color": "@accent", "size": 11},
        "error_x": whisker(across["value"], *(across[end].fillna(across["value"]) for end in ("low", "high"))),
        "text": [voice.interval(row["value"], row["low"], row["high"]) for row in across.to_dict("records")],
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }  # fmt: skip
    line = {"type": "line", "xref": "x", "yref": "paper", "x0": proposed, "x1": proposed, "y0": 0, "y1": 1,
            "line": {"color": "@text", "width": 2, "dash": "dot"}}  # fmt: skip
    layout = base_layout(
        voice, shapes=[] if proposed is None else [line],
        xaxis=axis(voice.say("axis.times"), rangemode="tozero", nticks=6, tickangle=0),
        yaxis=axis(showgrid=False, type="category", categoryorder="array", categoryarray=names,
                   range=[-ROW_ROOM, max(len(names), 1) - 1 + ROW_ROOM]),
        margin={"l": 10, "r": 16, "t": 4, "b": 48},
    )  # fmt: skip
    reach = PLAIN | {"x": [proposed], "y": names[:1], "marker": {"opacity": 0}, "hoverinfo": "skip"}
    return Panel(voice.say(f"quantity.{quantity}"), [points, reach], layout, FRAME_PX + ROW_PX * max(len(across), 1))


def _quantity(quantity: str, voice: Voice) -> str:
    """Name a quantity, with what it is held against: the proposal, or the range that is nearly as good."""
    for ending in (PROPOSED, NEARLY):
        if quantity.endswith(ending):
            return voice.say(f"quantity{ending}", quantity=voice.name("quantity", quantity.removesuffix(ending)))
    return voice.name("quantity", quantity)


def _best_value(row: dict[Any, Any], voice: Voice) -> str:
    if not is_known(row["value"]):
        return UNKNOWN
    if row["quantity"] == NO_SUPPORT:
        return voice.say("answer.yes" if row["value"] else "answer.no")
    return voice.interval(row["value"], row["low"], row["high"], row["unit"])


def _best_table(ranked: pd.DataFrame, voice: Voice) -> TableView:
    rows = [
        (
            voice.say("front.best", aim=voice.say(f"aim.{row['aim']}"), budget=_budget(row["budget_msek"], voice)),
            _quantity(row["quantity"], voice),
            _best_value(row, voice),
            "" if row["quantity"] == NO_SUPPORT else voice.unit(row["unit"]),
        )
        for row in ranked.to_dict("records")
    ]
    columns = [
        Column(voice.say("column.aim")),
        Column(voice.say("column.measure")),
        Column(voice.say("column.value"), "number"),
        Column(voice.say("column.unit")),
    ]
    return TableView(voice.say("ratios.caption"), columns, rows, is_grouped=True)
