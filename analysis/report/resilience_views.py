"""Turns what cars give in outages into figures and tables: hours, money, critical sites."""

from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.figure_data import parts
from analysis.report.figures import axis, base_layout, numbers, whisker
from analysis.report.text import Voice
from analysis.schemas.resilience import ANY_HOUSE, HOUSE_TYPES

DRAWN_STRATEGIES = ("uncontrolled", "smart", "grid_reserve")
DRAWN_SEASONS = ("winter", "summer")
LEADING_STRATEGY = "smart"
PRESENT, PLUGGED = "at_home", "plugged_in"
CRITICAL, FULL = "critical", "full"
DASHES = ("dot", "dash", "solid")


def _columns(voice: Voice, texts: tuple[str, ...], figures: tuple[str, ...]) -> list[Column]:
    return [*(Column(voice.say(f"column.{name}")) for name in texts),
            *(Column(voice.say(f"column.{name}"), "number") for name in figures)]  # fmt: skip


def _case_name(house: str, load_case: str, voice: Voice) -> str:
    return voice.say(f"load.{load_case}") if house == ANY_HOUSE else voice.say(f"house.{house}")


def backup_figure(resilience: pd.DataFrame, voice: Voice) -> FigureView:
    """Show how long a car at home carries a house, by strategy, in winter and summer; the user's floor is kept.

    Parameters
    ----------
    resilience
        ``Resilience``.
    """
    kept = resilience["kept_pu"].max()
    shown = resilience[(resilience["kept_pu"] == kept) & resilience["load_case"].isin((CRITICAL, FULL))]
    winter = shown[(shown["season"] == "winter") & (shown["strategy"] == LEADING_STRATEGY)]
    by_case = winter[winter["presence"] == PRESENT].set_index(["house_type", "load_case"])
    plugged = winter[winter["presence"] == PLUGGED].iloc[0]
    title = voice.say(
        "backup.title", critical=_hours(by_case.loc[(ANY_HOUSE, CRITICAL), "hours_median_h"], voice),
        direct=_hours(by_case.loc[(HOUSE_TYPES[0], FULL), "hours_median_h"], voice),
    )  # fmt: skip
    lead = voice.say(
        "backup.lead", kept=voice.number(kept, "pu"), plugged=voice.number(plugged["there_pu"], "pu"),
        home=voice.number(by_case["there_pu"].iloc[0], "pu"), area=str(plugged["price_area"]),
        price_year=str(plugged["price_year"]),
    )  # fmt: skip
    panels = [
        Panel(voice.say(f"season.{season}"), *_hour_drawing(shown, season, voice), 320) for season in DRAWN_SEASONS
    ]
    legend = [(f"strategy_{name}", voice.say(f"strategy.{name}")) for name in DRAWN_STRATEGIES]
    return FigureView("backup", title, lead, voice.say("backup.source"), panels, _hour_table(shown, voice), legend,
                      data=shown)  # fmt: skip


def _hours(value: float, voice: Voice) -> str:
    return voice.number(None) if pd.isna(value) else voice.decimals(float(value), 0)


def _hour_drawing(shown: pd.DataFrame, season: str, voice: Voice) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    keys = [(house, FULL) for house in HOUSE_TYPES] + [(ANY_HOUSE, CRITICAL)]
    order = [_case_name(house, case, voice) for house, case in keys]
    data = []
    for strategy in DRAWN_STRATEGIES[::-1]:
        rows = shown[(shown["season"] == season) & (shown["strategy"] == strategy) & (shown["presence"] == PRESENT)]
        found = rows.set_index(["house_type", "load_case"]).reindex(keys)
        data.append(
            {"type": "scatter", "mode": "markers", "x": numbers(found["hours_median_h"]), "y": order,
             "name": voice.say(f"strategy.{strategy}"), "orientation": "h", "offsetgroup": strategy,
             "marker": {"color": f"@strategy_{strategy}", "size": 9},
             "error_x": whisker(found["hours_median_h"], found["hours_low_h"], found["hours_high_h"])}
        )  # fmt: skip
    layout = base_layout(
        voice, scattermode="group", xaxis=axis(voice.say("axis.backup_hours"), rangemode="tozero", nticks=7),
        yaxis=axis(showgrid=False, categoryorder="array", categoryarray=order),
        margin={"l": 10, "r": 16, "t": 4, "b": 48},
    )  # fmt: skip
    return data, layout


def _hour_table(shown: pd.DataFrame, voice: Voice) -> TableView:
    ranks = {name: place for place, name in enumerate((ANY_HOUSE, *HOUSE_TYPES[::-1]))}
    seasons = {name: place for place, name in enumerate(("winter", "spring", "summer", "autumn"))}
    drawn = shown[shown["strategy"].isin((*DRAWN_STRATEGIES, "grid"))]
    ranked = sorted(
        rows_of(drawn), key=lambda row: (ranks[row.house_type], seasons[row.season], row.strategy, row.presence)
    )
    rows = [
        (_case_name(row.house_type, row.load_case, voice), voice.say(f"season.{row.season}"),
         voice.say(f"strategy.{row.strategy}"), voice.say(f"presence.{row.presence}"),
         voice.decimals(row.mean_load_kw, 1), voice.number(row.there_pu, "pu"), voice.decimals(row.hours_mean_h, 1),
         _hours(row.hours_low_h, voice), _hours(row.hours_median_h, voice), _hours(row.hours_high_h, voice),
         voice.number(row.lasts_day_pu, "pu"), voice.number(row.lasts_crisis_pu, "pu"))
        for row in ranked
    ]  # fmt: skip
    columns = _columns(
        voice, ("load_case", "season", "strategy", "presence"),
        ("mean_load_kw", "there", "hours_mean", "hours_low", "hours_median", "hours_high", "lasts_day", "lasts_crisis"),
    )  # fmt: skip
    return TableView(voice.say("backup.caption"), columns, rows, voice.say("backup.note"), is_grouped=True)


def worth_figure(values: pd.DataFrame, thresholds: pd.DataFrame, voice: Voice) -> FigureView:
    """Show what island equipment may cost, over the chance of a crisis and the cost of an outage.

    Parameters
    ----------
    values, thresholds
        ``BackupValue`` and ``BackupThreshold``; drawn is the critical load, all cars at home, the lower rate.
    """
    rate = values["discount_rate_pu"].min()
    drawn = values[(values["load_case"] == CRITICAL) & (values["presence"] == PRESENT)
                   & (values["discount_rate_pu"] == rate)]  # fmt: skip
    best = drawn[drawn["strategy"] == "uncontrolled"].sort_values(["outage_cost_sek_per_kwh", "crisis_chance_pu"])
    prices = sorted(thresholds["equipment_sek"].unique())
    top = best.iloc[-1]
    title = voice.say(
        "worth.title", worth=voice.number(top["break_even_sek"], "sek", 0.0, top["break_even_sek"]),
        cost=voice.exact(top["outage_cost_sek_per_kwh"]), chance=voice.number(top["crisis_chance_pu"], "pu"),
        price=voice.exact(prices[0]),
    )  # fmt: skip
    lead = voice.say("worth.lead", least=voice.exact(prices[0]), most=voice.exact(prices[-1]),
                     rate=voice.exact(100 * rate))  # fmt: skip
    panels = [
        Panel(voice.say(f"strategy.{name}"), *_worth_drawing(drawn[drawn["strategy"] == name], prices[0], voice), 340)
        for name in DRAWN_STRATEGIES
    ]
    return FigureView("worth", title, lead, voice.say("worth.source"), panels,
                      _worth_table(drawn, values, thresholds, voice),
                      data=parts(worth=values, crises=thresholds))  # fmt: skip


def _worth_drawing(rows: pd.DataFrame, price: float, voice: Voice) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    costs = sorted(rows["outage_cost_sek_per_kwh"].unique())
    data = []
    for cost, dash in zip((costs[1], costs[3], costs[-1]), DASHES, strict=True):
        line = rows[rows["outage_cost_sek_per_kwh"] == cost].sort_values("crisis_chance_pu")
        data.append(
            {"type": "scatter", "mode": "lines+markers", "x": numbers(line["crisis_chance_pu"]),
             "y": numbers(line["break_even_sek"]), "name": f"{voice.exact(cost)} {voice.say('worth.per_kwh')}",
             "line": {"color": "@accent", "width": 2, "dash": dash}, "marker": {"color": "@accent"}}
        )  # fmt: skip
    ends = [float(rows["crisis_chance_pu"].min()), float(rows["crisis_chance_pu"].max())]
    data.append(
        {"type": "scatter", "mode": "lines", "x": ends, "y": [price, price], "name": voice.say("worth.cheapest"),
         "line": {"color": "@warn_edge", "width": 2}}
    )  # fmt: skip
    ticks = sorted(rows["crisis_chance_pu"].unique())
    layout = base_layout(
        voice, showlegend=True, legend={"orientation": "h", "y": -0.4},
        xaxis=axis(voice.say("axis.crisis_chance"), type="log", tickangle=0, tickvals=numbers(ticks),
                   ticktext=[voice.number(tick, "pu", 0.0, tick) for tick in ticks]),
        yaxis=axis(voice.say("axis.break_even"), type="log", nticks=4),
    )  # fmt: skip
    return data, layout


def _worth_table(drawn: pd.DataFrame, values: pd.DataFrame, thresholds: pd.DataFrame, voice: Voice) -> TableView:
    rate = drawn["discount_rate_pu"].iloc[0]
    keys = ["strategy", "presence", "outage_cost_sek_per_kwh"]
    found = values[(values["load_case"] == CRITICAL) & (values["discount_rate_pu"] == rate)]
    middle = found[found["crisis_chance_pu"] == sorted(found["crisis_chance_pu"].unique())[2]]
    needed = thresholds[(thresholds["load_case"] == CRITICAL) & (thresholds["discount_rate_pu"] == rate)]
    prices = sorted(needed["equipment_sek"].unique())
    count = needed.set_index([*keys, "equipment_sek"])["crisis_count_per_year"]
    rows = [
        (voice.say(f"strategy.{row.strategy}"), voice.say(f"presence.{row.presence}"),
         voice.exact(row.outage_cost_sek_per_kwh), voice.decimals(row.ordinary_kwh, 2),
         voice.decimals(row.crisis_kwh, 1), voice.decimals(row.ordinary_value_sek, 0),
         voice.decimals(row.crisis_value_sek, 0), voice.decimals(row.break_even_sek, 0),
         *(_times(count.get((row.strategy, row.presence, row.outage_cost_sek_per_kwh, price)), voice)
           for price in prices))
        for row in rows_of(middle.sort_values(keys))
    ]  # fmt: skip
    columns = _columns(
        voice, ("strategy", "presence"),
        ("outage_cost", "ordinary_kwh", "crisis_kwh", "ordinary_value", "crisis_value", "break_even"),
    )  # fmt: skip
    repaid = [Column(voice.say("worth.crises_needed", price=voice.exact(price)), "number") for price in prices]
    chance = voice.number(middle["crisis_chance_pu"].iloc[0], "pu")
    return TableView(voice.say("worth.caption", chance=chance), [*columns, *repaid], rows, is_grouped=True)


def _times(value: Any, voice: Voice) -> str:
    return voice.number(None) if value is None or pd.isna(value) else voice.decimals(float(value), 1)


def floor_view(floors: pd.DataFrame, voice: Voice) -> TableView:
    """Show what a higher floor costs in a winter week, and the hours it buys (``BackupFloor``)."""
    rows = [
        (voice.say(f"strategy.{row.strategy}"), voice.number(row.floor_pu, "pu"),
         voice.decimals(row.net_cost_sek_per_week, 1), voice.decimals(row.plugged_in_mean_h, 1),
         voice.decimals(row.at_home_mean_h, 1))
        for row in rows_of(floors.sort_values(["strategy", "floor_pu"], ascending=[False, True]))
    ]  # fmt: skip
    columns = _columns(voice, ("strategy",), ("floor", "floor_cost", "floor_plugged", "floor_home"))
    return TableView(voice.say("floor.caption"), columns, rows, voice.say("floor.note"), is_grouped=True)


def supply_view(summary: pd.DataFrame, voice: Voice) -> TableView:
    """Show over the municipalities how surely called cars carry one critical site (``CrisisSupplySummary``)."""
    rows = [
        (voice.say(f"site.{row.site_id}"), voice.exact(row.load_kw), voice.exact(row.needed_h),
         voice.decimals(row.vehicle_needed_count, 0), voice.number(row.chance_low_pu, "pu"),
         voice.number(row.chance_median_pu, "pu"), voice.number(row.chance_high_pu, "pu"),
         voice.number(row.sure_municipality_pu, "pu"), voice.number(row.sure_independent_pu, "pu"))
        for row in rows_of(summary.sort_values(["site_id", "needed_h"]))
    ]  # fmt: skip
    columns = _columns(
        voice, ("site",),
        ("load_kw", "needed_h", "cars_needed", "chance_low", "chance_median", "chance_high", "sure_places",
         "sure_independent"),
    )  # fmt: skip
    called = voice.decimals(float(summary["called_median_count"].iloc[0]), 0)
    return TableView(voice.say("supply.caption"), columns, rows, voice.say("supply.note", called=called),
                     is_grouped=True)  # fmt: skip
