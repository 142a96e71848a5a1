"""Turns the foresight ratio into a figure: what is left of a value when only what is known at noon may be used."""

from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.figures import area_token, base_layout, numbers, share_axis, whisker
from analysis.report.text import Voice
from analysis.schemas.base import PRICE_AREAS

OVER_SMART = "smart"
LISTED = (("smart", "none", "uncontrolled"), ("home", "none", OVER_SMART), ("grid", "none", OVER_SMART),
          ("grid_reserve", "pool", OVER_SMART), ("grid_reserve", "alone", OVER_SMART))  # fmt: skip
"""Strategy, who sells the reserve, and over what: V1G's own saving, then what each two-way strategy adds to it."""
DRAWN = tuple(key for key in LISTED if key[0] not in ("home", "grid"))
"""What V2H and V2G add without reserves is a few kronor a week: a ratio of two such sums is listed, not drawn."""
LEADING = ("grid_reserve", "pool", OVER_SMART)
KEYS = ["strategy", "bidding", "over"]


def foresight_figure(foresight: pd.DataFrame, voice: Voice) -> FigureView:
    """Show realised value over the value of perfect foresight, by strategy and area, one panel a price year.

    Parameters
    ----------
    foresight
        ``Foresight``. A ratio that its denominator does not carry is absent from the drawing and a dash in the table.
    """
    shown = foresight[foresight.set_index(KEYS).index.isin(LISTED)]
    leading = shown[(shown[KEYS] == list(LEADING)).all(axis=1)].dropna(subset=["ratio_pu"])
    ends = leading.sort_values("ratio_pu")
    title = voice.say(
        "foresight.title", least=voice.number(ends.iloc[0]["ratio_pu"], "pu"),
        most=voice.number(ends.iloc[-1]["ratio_pu"], "pu"),
    )  # fmt: skip
    years = sorted(shown["price_year"].unique())
    panels = [Panel(str(year), *_drawing(shown[shown["price_year"] == year], voice), 280) for year in years]
    legend = [(area.lower(), voice.say(f"area.{area}")) for area in PRICE_AREAS if area in set(shown["price_area"])]
    return FigureView("foresight", title, voice.say("foresight.lead"), voice.say("foresight.source"), panels,
                      _table(shown, voice), legend, data=shown)  # fmt: skip


def _label(strategy: str, bidding: str, voice: Voice) -> str:
    name = voice.say(f"strategy.{strategy}")
    return name if bidding == "none" else f"{name}<br>{voice.say(f'foresight.{bidding}')}"


def _drawing(rows: pd.DataFrame, voice: Voice) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data = []
    for area in PRICE_AREAS:
        by_key = rows[rows["price_area"] == area].dropna(subset=["ratio_pu"]).set_index(KEYS)
        known = [key for key in DRAWN[::-1] if key in by_key.index]
        if not known:
            continue
        found = by_key.loc[known]
        low, high = (found[name].fillna(found["ratio_pu"]) for name in ("ratio_low_pu", "ratio_high_pu"))
        data.append(
            {"type": "scatter", "mode": "markers", "x": numbers(found["ratio_pu"]),
             "y": [_label(strategy, bidding, voice) for strategy, bidding, _ in known], "name": area,
             "orientation": "h", "offsetgroup": area,
             "marker": {"color": area_token(area), "size": 10}, "error_x": whisker(found["ratio_pu"], low, high)}
        )  # fmt: skip
    order = [_label(strategy, bidding, voice) for strategy, bidding, _ in DRAWN[::-1]]
    layout = base_layout(
        voice, scattermode="group", xaxis=share_axis(voice, "axis.foresight", zeroline=True),
        yaxis={"showgrid": False, "automargin": True, "fixedrange": True, "categoryorder": "array",
               "categoryarray": order}, margin={"l": 10, "r": 16, "t": 4, "b": 48},
    )  # fmt: skip
    return data, layout


def _table(shown: pd.DataFrame, voice: Voice) -> TableView:
    order = {key: place for place, key in enumerate(LISTED)}
    ranked = sorted(
        rows_of(shown), key=lambda row: (order[row.strategy, row.bidding, row.over], row.price_year, row.price_area)
    )
    rows = [
        (_label(row.strategy, row.bidding, voice).replace("<br>", ", "), f"{row.price_area}, {row.price_year}",
         voice.interval(row.ratio_pu, row.ratio_low_pu, row.ratio_high_pu, "pu"),
         voice.number(row.ratio_without_road_pu, "pu"),
         voice.decimals(row.net_realised_sek_per_week, 1), voice.decimals(row.net_perfect_sek_per_week, 1),
         voice.number(row.withdrawn_pu, "pu"), str(row.vehicle_count))
        for row in ranked
    ]  # fmt: skip
    names = ("foresight_what", "wedge_place", "foresight_ratio", "foresight_off_road", "foresight_realised",
             "foresight_perfect", "foresight_withdrawn", "sample_cars")  # fmt: skip
    columns = [
        Column(voice.say(f"column.{name}"), "text" if place < 2 else "number") for place, name in enumerate(names)
    ]
    return TableView(voice.say("foresight.caption"), columns, rows, is_grouped=True)
