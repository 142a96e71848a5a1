"""Turns what is known of plugging in into a figure and tables: the model beside real users, and what contracts give."""

import pandas as pd

from analysis.report import figures
from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.numbers import share_text
from analysis.report.results import Results
from analysis.report.text import NO_BREAK, UNKNOWN, Voice

PER_MILLE = -3
LINES = {"held_out": {"color": "@parked", "width": 2, "dash": "dot"}, "model": {"color": "@plugged", "width": 2}}


def validation_figure(results: Results, voice: Voice) -> FigureView:
    """Show the plug-in model against users it was not fitted to."""
    table = results.plug_in_validation
    mean = table[(table["split"] == "mean") & (table["series"] == "distance")].set_index("measure")["value"]
    title = voice.say("validation.title", points=voice.decimals(100 * float(mean["plugged_share_by_hour"]), 1))
    legend = [("plugged", voice.say("validation.model")), ("parked", voice.say("validation.held_out"))]
    return FigureView("validation", title, voice.say("validation.lead"), voice.say("validation.source"),
                      validation_panels(table, voice),
                      validation_table(table, voice, voice.say("validation.caption")), legend, data=table)  # fmt: skip


def validation_panels(validation: pd.DataFrame, voice: Voice) -> list[Panel]:
    """Draw simulated against held-out users: share plugged in by hour, and how long connections last.

    Parameters
    ----------
    validation
        ``PlugInValidation``; the mean over the splits is drawn.
    """
    shown = validation[(validation["split"] == "mean") & validation["hour"].notna()]
    panels = []
    for measure, day_kind, across, upward in (
        ("plugged_share_by_hour", "weekday", "axis.hour_of_day", "axis.share_of_cars"),
        ("plugged_share_by_hour", "weekend", "axis.hour_of_day", "axis.share_of_cars"),
        ("connection_up_to", "all", "axis.connected_h", "axis.share_of_connections"),
    ):
        rows = shown[(shown["measure"] == measure) & (shown["day_kind"] == day_kind)].sort_values("hour")
        data = [
            {"type": "scatter", "mode": "lines", "x": [int(hour) for hour in drawn["hour"]], "line": line,
             "y": [float(f"{value:.5g}") for value in drawn["value"]], "name": voice.say(f"validation.{series}")}
            for series, line in LINES.items()
            for drawn in [rows[rows["series"] == series]]
        ]  # fmt: skip
        most = 1.02 if measure == "connection_up_to" else 0.5
        layout = figures.base_layout(
            voice, xaxis=figures.axis(voice.say(across), dtick=figures.HOURS_PER_DAY // 4, showgrid=False),
            yaxis=figures.share_axis(voice, upward, range=[0, most]),
        )  # fmt: skip
        panels.append(Panel(voice.say(f"validation.panel_{measure}_{day_kind}"), data, layout, 230))
    return panels


def validation_table(validation: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show how far the plug-in model is from held-out users, beside its limit and what two real halves differ by."""
    away = validation[validation["series"].isin(["distance", "halves"])]
    single = away[(away["split"] != "mean") & (away["series"] == "distance")].groupby(["measure", "day_kind"])["value"]
    mean = away[away["split"] == "mean"].set_index(["series", "measure", "day_kind"])
    rows = []
    for row in rows_of(mean.loc["distance"].reset_index()):
        key, unit = (row.measure, row.day_kind), row.unit
        values = (row.value, single.min()[key], single.max()[key], row.high, mean.loc[("halves", *key), "value"])
        told = [_points(value, unit, voice) for value in values]
        name = voice.say(f"validation.{row.measure}")
        if row.day_kind != "all":
            name = f"{name}, {voice.inline('day_kind', row.day_kind)}"
        rows.append((name, told[0], f"{told[1]} {voice.say('number.to')} {told[2]}", told[3], told[4],
                     voice.say("answer.yes" if row.verdict == "within" else "answer.no")))  # fmt: skip
    names = ("measure", "#distance", "#over_splits", "#limit", "#between_halves", "is_within_limit")
    return TableView(caption, _columns(voice, *names), rows, voice.say("validation.note"))


def _points(value: float, unit: str, voice: Voice) -> str:
    """Write a distance: a share in per cent or points, hours with their unit."""
    if unit == "share":
        return share_text(float(value), PER_MILLE, voice.locale)
    return f"{voice.decimals(float(value), 1)}{NO_BREAK}{voice.unit(unit)}"


def contract_table(contracts: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show what contracts to stay plugged in ask for and give, beside none."""
    rows = [
        (
            voice.say(f"contract.{row.contract}"),
            UNKNOWN if row.hour_reading == "none" else voice.say(f"hour_reading.{row.hour_reading}"),
            _rough_decimals(row.offer_eur_per_day, voice),
            voice.number(row.able_pu, "pu"),
            voice.number(row.complies_pu, "pu"),
            voice.number(row.signs_pu, "pu"),
            voice.decimals(row.plugged_h_per_day, 1),
            voice.decimals(row.month_plug_in_days, 0),
            voice.decimals(row.held_plugged_h_per_day, 1),
            _rough_decimals(row.needed_eur_per_day, voice),
        )
        for row in rows_of(contracts.sort_values("contract", key=lambda names: names != "none", kind="stable"))
    ]
    names = ("contract", "hour_reading", "#offer", "#able", "#complies", "#signs", "#plugged_h", "#plug_in_days",
             "#held_h", "#needed")  # fmt: skip
    return TableView(caption, _columns(voice, *names), rows, voice.say("contracts.note"), is_grouped=True)


def _rough_decimals(value: float, voice: Voice) -> str:
    """Write euro with one decimal; where nothing is offered, a dash."""
    return UNKNOWN if pd.isna(value) else voice.decimals(float(value), 1)


def _columns(voice: Voice, *names: str) -> list[Column]:
    """Make columns from names; ``#`` before a name marks numbers."""
    return [
        Column(voice.say(f"column.{name.lstrip('#')}"), "number" if name.startswith("#") else "text") for name in names
    ]
