"""Turns the worth of reserves in five price years into a figure: what prices fell to, and what that left of value."""

from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.figures import axis, base_layout, numbers
from analysis.report.text import Voice

DRAWN_CASE = "generated_cars"
PRODUCTS = {"fcr_n": ("@fcr_n", "solid"), "fcr_d_up": ("@fcr_d", "dash"), "fcr_d_down": ("@fcr_d", "dot")}
GENERATED_PATTERN = "/"


def years_figure(collapse: pd.DataFrame, voice: Voice) -> FigureView:
    """Show what selling reserves added for the same cars at the prices of five years.

    Parameters
    ----------
    collapse
        ``ReserveCollapse``.
    """
    drawn = collapse[collapse["case"] == DRAWN_CASE].sort_values("price_year")
    ranked = drawn.sort_values("net_value_over_grid_sek")
    most, least = ranked.iloc[-1], ranked.iloc[0]
    title = voice.say(
        "years.title", most=_kronor(most["net_value_over_grid_sek"], voice), most_year=str(most["price_year"]),
        least=_kronor(least["net_value_over_grid_sek"], voice), least_year=str(least["price_year"]),
        area=str(most["price_area"]),
    )  # fmt: skip
    panels = [
        Panel(voice.say("years.panel_value"), [_value_bars(drawn)], _layout("axis.value_per_car", voice), 280),
        Panel(voice.say("years.panel_price"), _price_lines(drawn, voice), _layout("axis.reserve_price", voice), 280),
    ]
    legend = [("fcr_n", voice.say("product.fcr_n")), ("fcr_d", voice.say("product.fcr_d"))]
    lead = voice.say("years.lead", cars=str(most["vehicle_count"]))
    return FigureView("years", title, lead, voice.say("years.source"), panels, _table(collapse, voice), legend,
                      data=collapse)  # fmt: skip


def _kronor(value: float, voice: Voice) -> str:
    return voice.number(value, "sek", min(value, 0.0), max(value, 0.0))


def _layout(title_key: str, voice: Voice) -> dict[str, Any]:
    return base_layout(voice, bargap=0.35, xaxis=axis(showgrid=False, type="category"),
                       yaxis=axis(voice.say(title_key), rangemode="tozero", nticks=6))  # fmt: skip


def _value_bars(drawn: pd.DataFrame) -> dict[str, Any]:
    """Draw the net worth of reserves; a generated year is hatched."""
    shapes = [GENERATED_PATTERN if generated else "" for generated in drawn["is_generated_year"]]
    return {
        "type": "bar", "x": [str(year) for year in drawn["price_year"]],
        "y": numbers(drawn["net_value_over_grid_sek"]),
        "marker": {"color": "@strategy_grid_reserve", "pattern": {"shape": shapes}},
    }  # fmt: skip


def _price_lines(drawn: pd.DataFrame, voice: Voice) -> list[dict[str, Any]]:
    return [
        {"type": "scatter", "mode": "lines+markers", "x": [str(year) for year in drawn["price_year"]],
         "y": numbers(drawn[f"{name}_capture_sek_per_mw_h"]), "name": voice.say(f"product.{name}"),
         "line": {"color": token, "width": 2, "dash": dash}, "marker": {"color": token}}
        for name, (token, dash) in PRODUCTS.items()
    ]  # fmt: skip


def _table(collapse: pd.DataFrame, voice: Voice) -> TableView:
    rows = []
    for row in rows_of(collapse.sort_values(["case", "price_year"])):
        year = str(row.price_year) + (f" ({voice.say('years.generated')})" if row.is_generated_year else "")
        prices = [
            voice.number(None) if pd.isna(value) else voice.decimals(value, 0)
            for name in PRODUCTS
            for value in (getattr(row, f"{name}_price_sek_per_mw_h"), getattr(row, f"{name}_capture_sek_per_mw_h"))
        ]
        rows.append(
            (voice.say(f"years.{row.case}"), year, *prices, voice.decimals(row.net_value_over_grid_sek, 0),
             voice.decimals(row.net_value_over_smart_sek, 0),
             voice.decimals(row.net_value_over_smart_sek_per_plugged_h, 2))
        )  # fmt: skip
    by_product = [
        Column(f"{voice.say(f'product.{name}')}, {voice.say(f'column.{kind}')}", "number")
        for name in PRODUCTS
        for kind in ("mean_price", "capture_price")
    ]
    last = [Column(voice.say(f"column.{name}"), "number") for name in ("over_grid", "over_smart", "per_plugged_h")]
    first = [Column(voice.say("column.years_case")), Column(voice.say("column.price_year"))]
    return TableView(voice.say("years.caption"), [*first, *by_product, *last], rows, is_grouped=True)
