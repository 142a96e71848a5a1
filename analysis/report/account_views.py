"""Turns accounts into stacked bars that sum: who gains and who loses under each scheme, and what is left of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.report.elements import Column, FigureView, Panel, TableView
from analysis.report.figures import axis, base_layout, numbers
from analysis.report.scheme_choice import SOCIAL_MEAN, Choice, mean_text, measures, pick, wrapped
from analysis.report.text import Voice
from analysis.schemas.base import ACCOUNTS

ROUNDING = 1e-4
FRAME_PX = 70
ROW_PX = 56


def account_totals(accounts: pd.DataFrame, summary: pd.DataFrame, choice: Choice, year: int) -> pd.DataFrame:
    """Lay the accounts of each scheme beside its social net present value.

    Parameters
    ----------
    accounts
        ``Accounts``: means over the draws, so that flows and accounts add up.
    summary
        ``SchemeSummary``: holds the mean social value that they must add up to.

    Returns
    -------
    pd.DataFrame
        Grain: scheme; a column an account that is moved by any scheme, and ``net_social_npv_mean_msek``.

    Raises
    ------
    DataError
        If the accounts of a scheme do not add up to its social value.
    """
    wide = accounts.pivot_table(
        index="scheme", columns="account", values="net_present_value_msek", aggfunc="sum", fill_value=0.0
    )
    found = measures(summary, year)
    schemes = choice.of(accounts)
    shown = [name for name in ACCOUNTS if name in wide.columns and wide.loc[schemes, name].ne(0).any()]
    parts = wide.loc[schemes, shown]
    social = pd.Series({scheme: float(pick(found, scheme, SOCIAL_MEAN).value) for scheme in schemes}, dtype=float)
    turnover = parts.abs().sum(axis=1).clip(lower=1.0)
    faults = [
        Fault(f"accounts [{scheme}]", f"accounts add up to {parts.loc[scheme].sum():.6g} MSEK",
              f"{social[scheme]:.6g} MSEK, the social value of scheme_summary", "Run the scheme again.")
        for scheme in schemes
        if abs(parts.loc[scheme].sum() - social[scheme]) > ROUNDING * turnover[scheme]
    ]  # fmt: skip
    if faults:
        raise DataError(faults)
    return parts.assign(**{SOCIAL_MEAN: social})


def account_figure(totals: pd.DataFrame, voice: Voice) -> FigureView:
    """Show each scheme's accounts as a bar: gains to the right of zero, losses to the left, their sum as a mark.

    Parameters
    ----------
    totals
        As :func:`account_totals` gives them, at least one scheme.
    """
    names = [name for name in totals.columns if name != SOCIAL_MEAN]
    legend = [(f"account_{name}", voice.say(f"account.{name}")) for name in names]
    legend.append(("sum", voice.say("account_bars.sum")))
    panel = Panel("", _bars(totals, names, voice), _layout(voice), FRAME_PX + ROW_PX * len(totals))
    return FigureView(
        "accounts", _title(totals, names, voice), voice.say("account_bars.lead"), voice.say("account_bars.source"),
        [panel], _table(totals, names, voice), legend, method=voice.say("account_bars.method"),
        data=totals.rename(columns={name: f"net_{name}_msek" for name in names}).reset_index(),
    )  # fmt: skip


def _title(totals: pd.DataFrame, names: list[str], voice: Voice) -> str:
    """Name who gains and who loses most under the leading scheme, and what society is left with."""
    lead = totals.iloc[0]
    parts = lead[names].astype(float).sort_values(kind="stable")
    social = float(lead[SOCIAL_MEAN])
    if parts.empty or parts.iloc[-1] <= 0 or parts.iloc[0] >= 0:
        return voice.say("account_bars.title_none", scheme=voice.name("scheme", str(lead.name)))
    amount: Mapping[str, str] = {
        "winner": voice.inline("account", str(parts.index[-1])),
        "gain": mean_text(parts.iloc[-1], "MSEK", voice),
        "loser": voice.inline("account", str(parts.index[0])),
        "loss": mean_text(abs(parts.iloc[0]), "MSEK", voice),
        "social": mean_text(abs(social), "MSEK", voice),
    }
    key = "account_bars.title_loss" if social < 0 else "account_bars.title_gain"
    return voice.say(key, scheme=voice.name("scheme", str(lead.name)), **amount)


def _bars(totals: pd.DataFrame, names: Sequence[str], voice: Voice) -> list[dict[str, Any]]:
    across = totals.iloc[::-1]
    rows = [wrapped(voice.name("scheme", str(scheme))) for scheme in across.index]
    bars: list[dict[str, Any]] = [
        {
            "type": "bar", "orientation": "h", "x": numbers(across[name]), "y": rows,
            "name": voice.say(f"account.{name}"),
            "marker": {"color": f"@account_{name}", "line": {"color": "@surface", "width": 1}},
            "text": [voice.number(value, "MSEK") for value in across[name]], "textposition": "none",
            "hovertemplate": f"{voice.say(f'account.{name}')}: %{{text}} {voice.unit('MSEK')}<extra></extra>",
        }
        for name in names
    ]  # fmt: skip
    mark = {
        "type": "scatter", "mode": "markers", "x": numbers(across[SOCIAL_MEAN]), "y": rows,
        "name": voice.say("account_bars.sum"), "text": [voice.number(value, "MSEK") for value in across[SOCIAL_MEAN]],
        "marker": {"symbol": "diamond", "size": 14, "color": "@text", "line": {"color": "@surface", "width": 2}},
        "hovertemplate": f"{voice.say('account_bars.sum')}: %{{text}} {voice.unit('MSEK')}<extra></extra>",
    }  # fmt: skip
    return [*bars, mark]


def _layout(voice: Voice) -> dict[str, Any]:
    return base_layout(
        voice, barmode="relative", bargap=0.35, xaxis=axis(voice.say("axis.npv_msek"), zeroline=True, nticks=5,
                                                         tickangle=0),
        yaxis=axis(showgrid=False), margin={"l": 10, "r": 16, "t": 4, "b": 48},
    )  # fmt: skip


def _table(totals: pd.DataFrame, names: Sequence[str], voice: Voice) -> TableView:
    rows = [
        (
            voice.name("scheme", str(scheme)),
            *(voice.decimals(float(row[name]), 1) for name in names),
            voice.decimals(float(row[SOCIAL_MEAN]), 1),
        )
        for scheme, row in totals.iterrows()
    ]
    columns = [
        Column(voice.say("column.scheme")),
        *(Column(voice.say(f"account.{name}"), "number") for name in names),
        Column(voice.say("account_bars.sum"), "number"),
    ]
    return TableView(voice.say("account_bars.caption"), columns, rows, voice.say("account_bars.note"))
