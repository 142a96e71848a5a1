"""Turns value steps into waterfalls: from charging at once to reserves, and what is taken on the way to the owner."""

from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.figures import axis, base_layout, numbers
from analysis.report.text import Voice
from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN

LADDER, PARTS = "ladder", "grid_reserve"
NET = "net"
SWEDEN = "SE"


def steps_figure(steps: pd.DataFrame, charger_option: str, voice: Voice) -> FigureView:
    """Show the mean car's way from bill to gain: what each strategy adds, and what is taken from the gross.

    Parameters
    ----------
    steps
        ``ValueSteps``.
    charger_option
        The option drawn and listed.
    """
    option = steps[steps["charger_option"] == charger_option]
    year = int(option["price_year"].max())
    sweden = option[(option["price_area"] == SWEDEN) & (option["price_year"] == year)].sort_values("place")
    ladder, parts = (sweden[sweden["waterfall"] == name] for name in (LADDER, PARTS))
    by_step = parts.set_index("step")["net_value_sek"]
    charger = voice.inline("charger", charger_option)
    title = voice.say(
        "steps.title", charger=charger, year=str(year), gross=_kronor(by_step["reserve_at_full_acceptance"], voice),
        net=_kronor(by_step[NET], voice),
    )  # fmt: skip
    panels = [
        Panel(voice.say("steps.panel_ladder"), [_waterfall(ladder, "strategy", voice)], _layout(voice), 340),
        Panel(voice.say("steps.panel_parts"), [_waterfall(parts, "part", voice)], _layout(voice), 340),
    ]
    lead = voice.say("steps.lead", year=str(year), charger=charger)
    return FigureView("steps", title, lead, voice.say("steps.source"), panels, _table(option, voice), data=option)


def _kronor(value: float, voice: Voice) -> str:
    return voice.number(value, "sek", min(value, 0.0), max(value, 0.0))


def _waterfall(rows: pd.DataFrame, kind: str, voice: Voice) -> dict[str, Any]:
    """Draw the steps one after the other, each from where the last one ended; what was added up stands from zero."""
    is_total = rows["step"] == NET
    amount = rows["net_value_sek"]
    start = (amount.cumsum() - amount).mask(is_total, 0.0)
    rising, falling = "@strategy_grid_reserve", "@strategy_grid"
    colours = ["@text" if total else falling if value < 0 else rising
               for total, value in zip(is_total, amount, strict=True)]  # fmt: skip
    return {
        "type": "bar", "orientation": "h", "y": [voice.say(f"{kind}.{step}") for step in rows["step"]],
        "x": numbers(amount), "base": numbers(start), "marker": {"color": colours},
        "hovertemplate": "%{y}: %{x}<extra></extra>",
    }  # fmt: skip


def _layout(voice: Voice) -> dict[str, Any]:
    money = axis(voice.say("axis.value_per_car"), nticks=6, zeroline=True)
    return base_layout(voice, xaxis=money, yaxis=axis(showgrid=False, autorange="reversed"))


def _table(option: pd.DataFrame, voice: Voice) -> TableView:
    """Show both waterfalls of every area and year."""
    areas = [area for area in PRICE_AREAS_AND_SWEDEN if area in set(option["price_area"])]
    rows = []
    for waterfall, kind in ((LADDER, "strategy"), (PARTS, "part")):
        for year in sorted(option["price_year"].unique()):
            shown = option[(option["waterfall"] == waterfall) & (option["price_year"] == year)].sort_values("place")
            cells = {(row.step, row.price_area): row.net_value_sek for row in shown.itertuples(index=False)}
            head = f"{voice.say(f'steps.{waterfall}')}, {year}"
            rows += [
                (head, voice.say(f"{kind}.{step}"), *(_cell(cells.get((step, area)), voice) for area in areas))
                for step in dict.fromkeys(shown["step"])
            ]
    columns = [Column(voice.say("column.step_of")), Column(voice.say("column.step")),
               *(Column(voice.say(f"area.{area}"), "number") for area in areas)]  # fmt: skip
    return TableView(voice.say("steps.caption"), columns, rows, is_grouped=True)


def _cell(value: float | None, voice: Voice) -> str:
    return voice.number(None) if value is None else voice.decimals(value, 0)


def level_table(check: pd.DataFrame, voice: Voice) -> TableView:
    """Show the mean car's value solved at price levels that no run designs, and told from the levels around.

    Parameters
    ----------
    check
        ``LevelCheck``.
    """
    ranked = check.sort_values(["price_year", "fcr_n_pu", "fcr_d_pu"], ascending=[True, False, False])
    rows = [
        (str(row.price_year), voice.number(row.fcr_n_pu, "pu"), voice.number(row.fcr_d_pu, "pu"),
         voice.decimals(row.solved_sek, 0), voice.decimals(row.between_sek, 0), voice.number(row.error_pu, "pu"))
        for row in rows_of(ranked)
    ]  # fmt: skip
    names = ("price_year", "level_n", "level_d", "level_solved", "level_between", "level_error")
    columns = [Column(voice.say(f"column.{name}"), "number" if place else "text") for place, name in enumerate(names)]
    return TableView(voice.say("levels.caption"), columns, rows, is_grouped=True)
