"""Turns the island and the neighbourhood into figures: what cars add where the grid is small."""

from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.figure_data import parts
from analysis.report.figures import axis, base_layout, numbers, share_axis
from analysis.report.text import Voice

CURVES = {"load_mw": "@text", "wind_mw": "@se4", "net_residual_mw": "@se3"}
CONTROLS = ("price_one_way", "price_two_way", "flat_one_way", "flat_two_way")
CONTROL_COLOURS = dict(zip(CONTROLS, ("@strategy_smart", "@strategy_grid", "@se2", "@se1"), strict=True))
FLEETS = {"enrolled": "@strategy_smart", "capable": "@se2", "all_electric": "@se1"}
CRITICAL, AT_HOME, PLUGGED = "critical", "at_home", "plugged_in"
EVEN, BY_PRICE = "flat_one_way", "price_one_way"


def _columns(voice: Voice, texts: tuple[str, ...], figures: tuple[str, ...]) -> list[Column]:
    return [*(Column(voice.say(f"column.{name}")) for name in texts),
            *(Column(voice.say(f"column.{name}"), "number") for name in figures)]  # fmt: skip


def island_figure(case: pd.DataFrame, duration: pd.DataFrame, voice: Voice) -> FigureView:
    """Show the island's load and wind, and what its cars can be counted on for.

    Parameters
    ----------
    case, duration
        ``IslandCase`` and ``IslandDuration``. Drawn: the user's floor kept, a source that forms the grid at hand.
    """
    kept = case["kept_pu"].max()
    formed = case[case["has_grid_forming"] & (case["kept_pu"] == kept)]
    hour = formed["duration_h"].min()
    lead = formed[(formed["fleet"] == "all_electric") & (formed["load_case"] == CRITICAL)
                  & (formed["presence"] == PLUGGED) & (formed["duration_h"] == hour)].iloc[0]  # fmt: skip
    title = voice.say(
        "island.title", wind=voice.number(lead["wind_alone_pu"], "pu"), covered=voice.number(lead["covered_pu"], "pu"),
        cars=voice.number(lead["car_count"], "count", 0.0, lead["car_count"]), year=str(lead["year"]),
    )  # fmt: skip
    panels = [Panel(voice.say("island.panel_duration"), *_duration_drawing(duration, voice), 300)]
    panels += [
        Panel(voice.say("island.panel_firm", presence=voice.say(f"presence.{presence}").lower()),
              *_firm_drawing(formed[formed["presence"] == presence], voice), 300)
        for presence in (PLUGGED, AT_HOME)
    ]  # fmt: skip
    return FigureView("island", title, voice.say("island.lead"), voice.say("island.source"), panels,
                      _island_table(case, voice), data=parts(case=case, duration=duration))  # fmt: skip


def _duration_drawing(duration: pd.DataFrame, voice: Voice) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data = [
        {"type": "scatter", "mode": "lines", "x": numbers(duration["exceeded_pu"]), "y": numbers(duration[name]),
         "name": voice.say(f"island.{name}"), "line": {"color": colour, "width": 2}}
        for name, colour in CURVES.items()
    ]  # fmt: skip
    layout = base_layout(
        voice, showlegend=True, legend={"orientation": "h", "y": -0.3},
        xaxis=share_axis(voice, "axis.exceeded", range=[0, 1]), yaxis=axis("MW", nticks=6),
    )  # fmt: skip
    return data, layout


def _firm_drawing(formed: pd.DataFrame, voice: Voice) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    rows = formed[formed["load_case"] == CRITICAL]
    data = []
    for fleet, colour in FLEETS.items():
        of_fleet = rows[rows["fleet"] == fleet].sort_values("duration_h")
        names = [f"{voice.exact(hours)} h" for hours in of_fleet["duration_h"]]
        data.append(
            {"type": "bar", "x": names, "y": numbers(of_fleet["firm_mw"]), "name": voice.say(f"fleet.{fleet}"),
             "marker": {"color": colour}}
        )  # fmt: skip
    layout = base_layout(
        voice, showlegend=True, legend={"orientation": "h", "y": -0.3}, xaxis=axis(showgrid=False, type="category"),
        yaxis=axis("MW", rangemode="tozero", nticks=5), bargap=0.35,
    )  # fmt: skip
    return data, layout


def _island_table(case: pd.DataFrame, voice: Voice) -> TableView:
    keys = ["fleet", "presence", "load_case", "duration_h", "kept_pu", "has_grid_forming"]
    ranks = {name: place for place, name in enumerate(FLEETS)}
    ranked = case.sort_values(keys, key=lambda column: column.map(ranks) if column.name == "fleet" else column)
    rows = [
        (voice.say(f"fleet.{row.fleet}"), voice.say(f"presence.{row.presence}"),
         voice.say(f"island.{row.load_case}"), voice.say("answer.yes" if row.has_grid_forming else "answer.no"),
         voice.exact(row.duration_h), voice.number(row.kept_pu, "pu"), voice.decimals(row.firm_mw, 2),
         voice.number(row.firm_of_load_pu, "pu"), voice.number(row.wind_alone_pu, "pu"),
         voice.number(row.covered_pu, "pu"), voice.decimals(row.added_h, 0), voice.number(row.left_pu, "pu"),
         voice.number(row.stranded_pu, "pu"))
        for row in rows_of(ranked)
    ]  # fmt: skip
    columns = _columns(
        voice, ("fleet", "presence", "load_case", "grid_forming"),
        ("needed_h", "kept", "firm_mw", "firm_of_load", "wind_alone", "covered", "added_h", "left", "stranded"),
    )  # fmt: skip
    return TableView(voice.say("island.caption"), columns, rows, voice.say("island.note"), is_grouped=True)


def feeder_figure(local_grid: pd.DataFrame, voice: Voice) -> FigureView:
    """Show peak and variance of a neighbourhood's net load against uncontrolled charging (``LocalGrid``)."""
    share = local_grid["car_share_pu"].max()
    winter = local_grid[(local_grid["season"] == "winter") & (local_grid["car_share_pu"] == share)].set_index("control")
    title = voice.say(
        "feeder.title", price=voice.number(winter.loc[BY_PRICE, "net_peak_change_pu"], "pu"),
        even=voice.number(winter.loc[EVEN, "net_peak_change_pu"], "pu"),
        both=voice.number(winter.loc["flat_two_way", "net_peak_change_pu"], "pu"),
    )  # fmt: skip
    lead = voice.say("feeder.lead", solar=voice.number(local_grid["solar_share_pu"].iloc[0], "pu"))
    panels = [
        Panel(voice.say(f"feeder.{measure}"), *_change_drawing(local_grid, measure, voice), 300)
        for measure in ("net_peak_change_pu", "net_variance_change_pu")
    ]
    return FigureView("feeder", title, lead, voice.say("feeder.source"), panels, _feeder_table(local_grid, voice),
                      data=local_grid)  # fmt: skip


def _place_name(row: Any, voice: Voice) -> str:
    return f"{voice.say(f'season.{row.season}')}, {voice.number(row.car_share_pu, 'pu')}"


def _change_drawing(
    local_grid: pd.DataFrame, measure: str, voice: Voice
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data = []
    for control in CONTROLS:
        rows = local_grid[local_grid["control"] == control].sort_values(
            ["season", "car_share_pu"], ascending=[False, True]
        )
        data.append(
            {"type": "bar", "x": [_place_name(row, voice) for row in rows_of(rows)], "y": numbers(rows[measure]),
             "name": voice.say(f"control.{control}"), "marker": {"color": CONTROL_COLOURS[control]}}
        )  # fmt: skip
    layout = base_layout(
        voice, showlegend=True, legend={"orientation": "h", "y": -0.3}, bargap=0.3,
        xaxis=axis(showgrid=False, type="category"),
        yaxis=axis(voice.say("axis.against_uncontrolled"), tickformat=".0%", zeroline=True, nticks=6),
    )  # fmt: skip
    return data, layout


def _feeder_table(local_grid: pd.DataFrame, voice: Voice) -> TableView:
    ranks = {name: place for place, name in enumerate(("uncontrolled", *CONTROLS))}
    ranked = sorted(rows_of(local_grid), key=lambda row: (row.season != "winter", row.car_share_pu, ranks[row.control]))
    rows = [
        (_place_name(row, voice), voice.say(f"control.{row.control}"), voice.decimals(row.peak_import_kw, 1),
         voice.decimals(row.peak_export_kw, 1), voice.number(row.charging_coincidence_pu, "pu"),
         voice.number(row.solar_used_pu, "pu"), voice.decimals(row.discharge_kwh_per_car_year, 0),
         voice.number(row.net_peak_change_pu, "pu"), voice.number(row.net_variance_change_pu, "pu"),
         voice.number(row.net_solar_use_change_pu, "pu"))
        for row in ranked
    ]  # fmt: skip
    columns = _columns(
        voice, ("feeder_case", "control"),
        ("peak_import", "peak_export", "coincidence", "solar_used", "discharge_per_car", "peak_change",
         "variance_change", "solar_change"),
    )  # fmt: skip
    return TableView(voice.say("feeder.caption"), columns, rows, voice.say("feeder.note"), is_grouped=True)
