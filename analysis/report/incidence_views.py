"""Turns incidence into bars by group: who gets the support, who pays for it, and what is left for whom."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, chosen_panel
from analysis.report.figures import axis, base_layout, numbers
from analysis.report.numbers import is_known
from analysis.report.scheme_choice import Choice, mean_text, wrapped
from analysis.report.text import Voice
from analysis.schemas.base import DWELLINGS, PRICE_AREAS
from analysis.schemas.schemes import GROUP_KINDS, HOUSEHOLDS

QUINTILES = ("q1", "q2", "q3", "q4", "q5")
ORDER = {
    "income_quintile": QUINTILES, "dwelling": DWELLINGS, "price_area": PRICE_AREAS, "household": HOUSEHOLDS,
}  # fmt: skip
PARTS = {
    "net_user_gain_msek": "account_user",
    "net_bill_gain_msek": "account_other_customers",
    "tax_cost_msek": "account_state",
}
"""What a group's net gain is made of, each in the colour of the account that it belongs to; taxes count as a loss."""
FRAME_PX = 66
ROW_PX = 58


def incidence_figure(incidence: pd.DataFrame, choice: Choice, voice: Voice) -> FigureView:
    """Show what groups of households get and pay; the reader picks the scheme.

    Parameters
    ----------
    incidence
        ``SchemeIncidence``, at least one row of a scheme.
    choice
        The schemes shown, the leading one first.
    """
    schemes = choice.of(incidence)
    kinds = [kind for kind in GROUP_KINDS if kind in set(incidence["group_kind"])]
    panels = [
        chosen_panel([_panel(_group_rows(incidence, scheme, kind), kind, voice) for scheme in schemes])
        for kind in kinds
    ]
    legend = [(token, voice.say(f"incidence.{part}")) for part, token in PARTS.items()]
    legend.append(("sum", voice.say("incidence.net")))
    return FigureView(
        "incidence", _title(incidence, schemes[0], voice), voice.say("incidence.lead"), voice.say("incidence.source"),
        panels, _table(incidence, schemes, kinds, voice), legend,
        choices=[voice.name("scheme", scheme) for scheme in schemes], chooser=voice.say("scheme.chooser"),
        method=voice.say("incidence.method"), data=incidence[incidence["scheme"].isin(schemes)],
    )  # fmt: skip


def _group_rows(incidence: pd.DataFrame, scheme: str, kind: str) -> pd.DataFrame:
    """Pick the groups of one kind in their natural order; groups that nobody named come last."""
    own = incidence[(incidence["scheme"] == scheme) & (incidence["group_kind"] == kind)]
    rank = {group: place for place, group in enumerate(ORDER[kind])}
    return own.assign(rank=own["group"].map(rank).fillna(len(rank))).sort_values(["rank", "group"])


def group_name(kind: str, group: str, voice: Voice) -> str:
    """Name a group of households."""
    return voice.name("area", group) if kind == "price_area" else voice.name(f"group.{kind}", group)


def _title(incidence: pd.DataFrame, scheme: str, voice: Voice) -> str:
    """Say which fifth gets most of the outlay, and which kind of household is left with the loss."""
    words = {"scheme": voice.name("scheme", scheme)}
    quintiles = _group_rows(incidence, scheme, "income_quintile").dropna(subset=["outlay_share_pu"])
    kinds = _group_rows(incidence, scheme, "household").sort_values("net_gain_msek", kind="stable")
    if quintiles.empty:
        got = voice.say("incidence.gets_none", **words)
    else:
        top = quintiles.sort_values("outlay_share_pu", kind="stable").iloc[-1]
        share = voice.number(top["outlay_share_pu"], "pu", 0.0, 1.0)
        got = voice.say("incidence.gets", **words, share=share, group=_inline("income_quintile", top["group"], voice))
    if kinds.empty:
        return got
    last = kinds.iloc[0]
    if last["net_gain_msek"] >= 0:
        return f"{got} {voice.say('incidence.pays_none')}"
    loss = mean_text(abs(last["net_gain_msek"]), "MSEK", voice)
    return f"{got} {voice.say('incidence.pays', group=group_name('household', last['group'], voice), loss=loss)}"


def _inline(kind: str, group: str, voice: Voice) -> str:
    name = group_name(kind, group, voice)
    return name[0].lower() + name[1:]


def _panel(rows: pd.DataFrame, kind: str, voice: Voice) -> Panel:
    across = rows.iloc[::-1]
    names = [
        f"{wrapped(group_name(kind, row['group'], voice))}<br>{_share(row, voice)}" for row in across.to_dict("records")
    ]
    bars: list[dict[str, Any]] = [
        {
            "type": "bar", "orientation": "h", "y": names,
            "x": numbers(-across[part] if _is_cost(part) else across[part]),
            "name": voice.say(f"incidence.{part}"),
            "marker": {"color": f"@{token}", "line": {"color": "@surface", "width": 1}},
            "text": [voice.number(-value if _is_cost(part) else value, "MSEK") for value in across[part]],
            "textposition": "none",
            "hovertemplate": f"{voice.say(f'incidence.{part}')}: %{{text}} {voice.unit('MSEK')}<extra></extra>",
        }
        for part, token in PARTS.items()
    ]  # fmt: skip
    net = {
        "type": "scatter", "mode": "markers", "x": numbers(across["net_gain_msek"]), "y": names,
        "marker": {"symbol": "diamond", "size": 12, "color": "@text", "line": {"color": "@surface", "width": 2}},
        "text": [voice.number(value, "MSEK") for value in across["net_gain_msek"]],
        "hovertemplate": f"{voice.say('incidence.net')}: %{{text}} {voice.unit('MSEK')}<extra></extra>",
    }  # fmt: skip
    layout = base_layout(
        voice, barmode="relative", bargap=0.4, xaxis=axis(voice.say("axis.npv_msek"), zeroline=True, nticks=5,
                                                        tickangle=0),
        yaxis=axis(showgrid=False), margin={"l": 10, "r": 14, "t": 4, "b": 48},
    )  # fmt: skip
    return Panel(voice.say(f"group_kind.{kind}"), [*bars, net], layout, FRAME_PX + ROW_PX * len(rows))


def _is_cost(part: str) -> bool:
    return part.startswith("tax_cost")


def _share(row: dict[Any, Any], voice: Voice) -> str:
    """Write what part of the outlay a group gets; nothing where no outlay is made."""
    share = row["outlay_share_pu"]
    return voice.say("incidence.share", share=voice.number(share, "pu", 0.0, 1.0)) if is_known(share) else ""


def _table(incidence: pd.DataFrame, schemes: Sequence[str], kinds: Sequence[str], voice: Voice) -> TableView:
    rows = [
        (
            voice.name("scheme", scheme),
            voice.say(f"group_kind.{kind}"),
            group_name(kind, row["group"], voice),
            voice.number(row["household_count"], "count"),
            voice.number(row["recipient_count"], "count"),
            voice.decimals(row["outlay_msek"], 1),
            voice.number(row["outlay_share_pu"], "pu", 0.0, 1.0),
            *(voice.decimals(row[name], 1) for name in (*PARTS, "net_gain_msek")),
        )
        for scheme in schemes
        for kind in kinds
        for row in _group_rows(incidence, scheme, kind).to_dict("records")
    ]
    texts = ("scheme", "group_kind", "group")
    figures = ("households", "recipients", "outlay", "outlay_share", "user_gain", "bill_gain", "tax_cost", "net_gain")
    columns = [
        *(Column(voice.say(f"column.{name}")) for name in texts),
        *(Column(voice.say(f"column.{name}"), "number") for name in figures),
    ]
    return TableView(voice.say("incidence.caption"), columns, rows, voice.say("incidence.note"), is_grouped=True)
