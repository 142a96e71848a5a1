"""Turns what explains a value into figures: the way from bill to gain, what export needs, and one car's week."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.figures import area_token, axis, base_layout, numbers, share_axis
from analysis.report.text import Voice
from analysis.schemas.base import PRICE_AREAS
from analysis.schemas.explain import WEDGE_CASES

LOCAL_ZONE_OF_WEEK = "Europe/Stockholm"
SHOWN_STRATEGY = "grid_reserve"
OFFERS = ("fcr_n", "fcr_d_up", "fcr_d_down")
EXPORT = "export"
WEEK_PANEL_HEIGHT = 170


def wedge_figure(wedge: pd.DataFrame, voice: Voice) -> FigureView:
    """Show what the spot price must reach before a discharged kWh pays, beside what the dearest hours paid.

    Parameters
    ----------
    wedge
        ``ExportWedge``.
    """
    year = int(wedge["price_year"].max())
    shown = wedge[wedge["price_year"] == year]
    export = shown[shown["case"] == EXPORT].sort_values("day_pu")
    least, most = export.iloc[0], export.iloc[-1]
    title = voice.say(
        "wedge.title", year=str(year), least=voice.number(least["day_pu"], "pu"), least_area=least["price_area"],
        most=voice.number(most["day_pu"], "pu"), most_area=most["price_area"],
    )  # fmt: skip
    areas = [area for area in PRICE_AREAS if area in set(shown["price_area"])]
    panels = [_wedge_panel(shown[shown["price_area"] == area], area, voice) for area in areas]
    return FigureView("wedge", title, voice.say("wedge.lead"), voice.say("wedge.source"), panels,
                      _wedge_table(wedge, voice), (("text", voice.say("wedge.dear")),), data=wedge)  # fmt: skip


def _wedge_panel(rows: pd.DataFrame, price_area: str, voice: Voice) -> Panel:
    by_case = rows.set_index("case").reindex(WEDGE_CASES[::-1])
    dear = float(rows["dear_sek_per_mwh"].iloc[0])
    data = [
        {
            "type": "bar", "orientation": "h", "x": numbers(by_case["needed_sek_per_mwh"]),
            "y": [
                f"{voice.say(f'wedge.{case}')}<br>{voice.say('wedge.days', share=voice.number(share, 'pu'))}"
                for case, share in by_case["day_pu"].items()
            ],
            "marker": {"color": area_token(price_area)}, "hoverinfo": "x+y",
        }
    ]  # fmt: skip
    line = {"type": "line", "xref": "x", "yref": "paper", "x0": dear, "x1": dear, "y0": 0, "y1": 1,
            "line": {"color": "@text", "width": 2, "dash": "dot"}}  # fmt: skip
    layout = base_layout(
        voice, shapes=[line], bargap=0.25, xaxis=axis(voice.say("axis.spot"), rangemode="tozero", nticks=5),
        yaxis=axis(showgrid=False), margin={"l": 10, "r": 16, "t": 4, "b": 48},
    )  # fmt: skip
    return Panel(voice.say(f"area.{price_area}"), data, layout, 300)


def _wedge_table(wedge: pd.DataFrame, voice: Voice) -> TableView:
    order = {case: place for place, case in enumerate(WEDGE_CASES)}
    ranked = sorted(rows_of(wedge), key=lambda row: (row.price_area, row.price_year, order[row.case]))
    rows = [
        (f"{row.price_area}, {row.price_year}", voice.say(f"wedge.{row.case}"), _whole(row.bought_sek_per_mwh, voice),
         _whole(row.needed_sek_per_mwh, voice), _whole(row.dear_sek_per_mwh, voice), voice.number(row.reached_pu, "pu"),
         voice.number(row.day_pu, "pu"))
        for row in ranked
    ]  # fmt: skip
    names = ("wedge_place", "wedge_case", "wedge_bought", "wedge_needed", "wedge_dear", "wedge_hours", "wedge_days")
    columns = [Column(voice.say(f"column.{name}"), "text" if place < 2 else "number")
               for place, name in enumerate(names)]  # fmt: skip
    return TableView(voice.say("wedge.caption"), columns, rows, is_grouped=True)


def _whole(value: float, voice: Voice) -> str:
    """Write a price of a year's mean with three digits or so; it has no interval of its own."""
    return voice.decimals(value, 0)


def week_figure(week: pd.DataFrame, voice: Voice) -> FigureView:
    """Show one car's winter week: prices, what it did, what it offered and what it held.

    Parameters
    ----------
    week
        ``CarWeek``.
    """
    first = week.iloc[0]
    panels = [_price_panel(week, voice), _power_panel(week, voice), _offer_panel(week, voice),
              _state_panel(week, voice)]  # fmt: skip
    title = voice.say(
        "week.title", area=first["price_area"], charger=voice.inline("charger", first["charger_option"]),
        when=voice.date(str(_local(week)[0].date())),
    )  # fmt: skip
    legend = [
        (token, voice.say(key))
        for token, key in (
            ("connected", "week.connected"), ("strategy_smart", "strategy.smart"),
            ("strategy_grid_reserve", "strategy.grid_reserve"),
            ("fcr_n", "product.fcr_n"), ("fcr_d", "product.fcr_d"),
        )
    ]  # fmt: skip
    return FigureView("week", title, voice.say("week.lead"), voice.say("week.source"), panels,
                      _week_table(week, voice), legend, data=week)  # fmt: skip


def _local(week: pd.DataFrame) -> pd.DatetimeIndex:
    steps = pd.DatetimeIndex(week.loc[week["strategy"] == week["strategy"].iloc[0], "interval_start_utc"])
    return steps.sort_values().tz_convert(LOCAL_ZONE_OF_WEEK).tz_localize(None)


def _of(week: pd.DataFrame, strategy: str) -> pd.DataFrame:
    return week[week["strategy"] == strategy].sort_values("interval_start_utc")


def _stamps(week: pd.DataFrame) -> list[str]:
    return [str(step.isoformat(timespec="minutes")) for step in _local(week)]


def _days(week: pd.DataFrame, voice: Voice) -> dict[str, Any]:
    """Give an axis over the days of the week."""
    noons = [step for step in _local(week) if step.hour == 12 and step.minute == 0]
    names = voice.weekdays()
    return axis(tickvals=[step.isoformat(timespec="minutes") for step in noons],
                ticktext=[names[step.day_of_week] for step in noons], showgrid=False, ticks="")  # fmt: skip


def _week_layout(week: pd.DataFrame, voice: Voice, **more: Any) -> dict[str, Any]:
    """Give the layout of one row of the week; the hours in which the car is plugged in lie on a darker ground."""
    rows, steps = _of(week, SHOWN_STRATEGY), _local(week)
    length = steps[1] - steps[0]
    plugged = [share > 0 for share in rows["plugged_pu"]]
    bands = [
        {"type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}, "layer": "below",
         "fillcolor": "@grid", "x0": steps[first].isoformat(timespec="minutes"),
         "x1": (steps[last] + length).isoformat(timespec="minutes")}
        for first, last in runs(plugged)
    ]  # fmt: skip
    return base_layout(voice, shapes=bands, xaxis=_days(week, voice), **more)


def runs(is_on: Sequence[bool]) -> list[tuple[int, int]]:
    """Give first and last position of every unbroken run of what is on.

    Examples
    --------
    ``[True, True, False, True]`` gives ``[(0, 1), (3, 3)]``.
    """
    found: list[tuple[int, int]] = []
    for place, on in enumerate(is_on):
        if on and place and is_on[place - 1]:
            found[-1] = found[-1][0], place
        elif on:
            found.append((place, place))
    return found


def _line(across: list[str], values: "pd.Series[float]", token: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "x": across, "y": numbers(values), "name": name,
            "line": {"color": token, "width": 2, "shape": "hv", **more}}  # fmt: skip


def _price_panel(week: pd.DataFrame, voice: Voice) -> Panel:
    rows, across = _of(week, SHOWN_STRATEGY), _stamps(week)
    data = [
        _line(across, rows["buy_sek_per_kwh"], "@text", voice.say("week.buy")),
        _line(across, rows["sell_sek_per_kwh"], "@text", voice.say("week.sell"), dash="dot"),
    ]
    layout = _week_layout(week, voice, yaxis=axis(voice.say("axis.sek_per_kwh"), nticks=5))
    return Panel(voice.say("week.panel_price"), data, layout, WEEK_PANEL_HEIGHT)


def _power_panel(week: pd.DataFrame, voice: Voice) -> Panel:
    across = _stamps(week)
    smart, shown = _of(week, "smart"), _of(week, SHOWN_STRATEGY)
    # discharging is drawn downwards: the sign belongs to the drawing
    drawn = (("smart", smart["charge_kw"]), (SHOWN_STRATEGY, shown["charge_kw"]),
             (SHOWN_STRATEGY, -shown["discharge_kw"]))  # fmt: skip
    data = [
        {"type": "bar", "x": across, "y": numbers(powers), "name": voice.say(f"strategy.{strategy}"),
         "marker": {"color": f"@strategy_{strategy}"}}
        for strategy, powers in drawn
    ]  # fmt: skip
    layout = _week_layout(week, voice, barmode="overlay", bargap=0,
                         yaxis=axis(voice.say("axis.car_kw"), nticks=5, zeroline=True))  # fmt: skip
    return Panel(voice.say("week.panel_power"), data, layout, WEEK_PANEL_HEIGHT)


def _offer_panel(week: pd.DataFrame, voice: Voice) -> Panel:
    rows, across = _of(week, SHOWN_STRATEGY), _stamps(week)
    looks = {"fcr_n": ("@fcr_n", "solid"), "fcr_d_up": ("@fcr_d", "dash"), "fcr_d_down": ("@fcr_d", "dot")}
    data = [
        _line(across, rows[f"{name}_kw"], token, voice.say(f"product.{name}"), dash=dash)
        for name, (token, dash) in looks.items()
    ]
    layout = _week_layout(week, voice,
                         yaxis=axis(voice.say("axis.offered_kw"), rangemode="tozero", nticks=5))  # fmt: skip
    return Panel(voice.say("week.panel_offers"), data, layout, WEEK_PANEL_HEIGHT)


def _state_panel(week: pd.DataFrame, voice: Voice) -> Panel:
    across = _stamps(week)
    data = [
        _line(across, _of(week, strategy)["state_pu"], f"@strategy_{strategy}", voice.say(f"strategy.{strategy}"))
        for strategy in ("smart", SHOWN_STRATEGY)
    ]
    data.append(_line(across, _of(week, "smart")["required_pu"], "@text", voice.say("week.required"), dash="dot"))
    layout = _week_layout(week, voice, yaxis=share_axis(voice, "axis.state", range=[0, 1]))
    return Panel(voice.say("week.panel_state"), data, layout, WEEK_PANEL_HEIGHT)


def _week_table(week: pd.DataFrame, voice: Voice) -> TableView:
    """Show every step of the week: what smart charging did, and what the strategy with reserves did."""
    smart, shown, days = _of(week, "smart"), _of(week, SHOWN_STRATEGY), voice.weekdays()
    rows = [
        (f"{days[step.day_of_week]} {step:%H:%M}", voice.decimals(ours.buy_sek_per_kwh, 2),
         voice.decimals(plain.charge_kw, 1), voice.decimals(ours.charge_kw, 1), voice.decimals(ours.discharge_kw, 1),
         *(voice.decimals(getattr(ours, f"{name}_kw"), 1) for name in OFFERS), voice.number(ours.state_pu, "pu"))
        for step, plain, ours in zip(_local(week), rows_of(smart), rows_of(shown), strict=True)
    ]  # fmt: skip
    names = ("hour", "week_buy", "week_smart", "week_charge", "week_discharge", "week_fcr_n", "week_fcr_d_up",
             "week_fcr_d_down", "week_state")  # fmt: skip
    columns = [Column(voice.say(f"column.{name}"), "number" if place else "text") for place, name in enumerate(names)]
    return TableView(voice.say("week.caption"), columns, rows)
