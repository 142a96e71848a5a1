"""Turns firm power into three figures: against the number of cars, over the week, and down the ladder to the market."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.figure_data import parts
from analysis.report.figures import HOURS_PER_DAY, area_token, axis, base_layout, numbers, whisker
from analysis.report.text import Voice
from analysis.schemas.base import PRICE_AREAS, SERVICES, TIERS
from analysis.schemas.firm import CORRELATION_BASES

SERVICE = "discharge_1h"
NEEDS = ("dearest_50", "coldest_50")
TOLD_COUNT = 10_000
LINES = {"none": ("@muted", "dot"), "measured": ("@plugged", "solid"), "assumed": ("@warn_edge", "dash")}
FORMULAS = {"none": "independent_share_pu", "measured": "measured_share_pu", "assumed": "assumed_share_pu"}
SOLD = {"fcr_n_sold_mw": ("fcr_n", "@fcr_n"), "fcr_d_sold_mw": ("fcr_d", "@fcr_d")}
SHOWN_CASES = ("hour_of_week", "season", "season_without_holidays", "holidays")
SHARE_MARKS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
DAYS = 7
MARKED_HOURS = (0, 6, 12, 18)


def curve_figure(
    curve: pd.DataFrame, fleets: pd.DataFrame, summary: pd.DataFrame, year: int, voice: Voice
) -> FigureView:
    """Show firm power per car against the number of cars, with and without correlation, and real fleets beside it.

    Parameters
    ----------
    curve
        ``FirmCurve``; drawn for the area with most enrolled cars, in its dearest hours.
    fleets
        ``AvailabilityFleets``.
    summary, year
        ``PotentialSummary``, and the year whose enrolled cars choose the area.
    """
    area = _largest_area(summary, year)
    rows = curve[(curve["price_area"] == area) & (curve["occasion"] == NEEDS[0])].sort_values("fleet_count")
    told = rows[rows["fleet_count"] == TOLD_COUNT].set_index("basis")
    values = {str(basis): voice.decimals(power, 2) for basis, power in told["firm_1h_kw_per_car"].astype(float).items()}
    rho = {str(basis): voice.decimals(value, 3) for basis, value in told["correlation_pu"].astype(float).items()}
    title = voice.say("curve.title", area=area, cars=voice.number(float(TOLD_COUNT), "count"), **values)
    lead = voice.say("curve.lead", measured=rho["measured"], assumed=rho["assumed"])
    across = axis(voice.say("axis.fleet_cars"), type="log", dtick=1, tickformat=",d")
    power = base_layout(voice, xaxis=across, yaxis=axis(voice.say("axis.firm_kw"), rangemode="tozero", nticks=6))
    panels = [
        Panel(voice.say("curve.panel_power"), _lines(rows, "firm_1h_kw_per_car", voice), power, 300),
        Panel(voice.say("curve.panel_fleets"), _fleet_points(fleets, voice), _fleet_layout(voice), 300),
    ]
    legend = [(f"basis_{basis}", voice.say(f"basis.{basis}")) for basis in CORRELATION_BASES]
    legend.append(("real_fleet", voice.say("curve.real")))
    return FigureView("curve", title, lead, voice.say("curve.source"), panels, _curve_table(rows, area, voice), legend,
                      data=parts(power=rows, fleets=fleets))  # fmt: skip


def _largest_area(summary: pd.DataFrame, year: int) -> str:
    cars = summary[(summary["year"] == year) & (summary["tier"] == "willing") & summary["price_area"].isin(PRICE_AREAS)]
    return str(cars.sort_values(["car_count", "price_area"]).iloc[-1]["price_area"])


def _lines(rows: pd.DataFrame, column: str, voice: Voice) -> list[dict[str, Any]]:
    lines = []
    for basis, (token, dash) in LINES.items():
        own = rows[rows["basis"] == basis]
        lines.append(
            {"type": "scatter", "mode": "lines", "x": [int(count) for count in own["fleet_count"]],
             "y": numbers(own[column]), "name": voice.say(f"basis.{basis}"),
             "line": {"color": token, "width": 2, "dash": dash}}
        )  # fmt: skip
    return lines


def _fleet_points(fleets: pd.DataFrame, voice: Voice) -> list[dict[str, Any]]:
    """Draw real fleets with their range, and what the formulas say of the same fleets as lines between them."""
    known = fleets.dropna(subset=["firm_share_pu"]).sort_values("fleet_count")
    sizes = [str(count) for count in known["fleet_count"]]
    formulas = [
        {"type": "scatter", "mode": "lines", "x": sizes, "y": numbers(known[column]),
         "name": voice.say(f"basis.{basis}"), "line": {"color": LINES[basis][0], "width": 2, "dash": LINES[basis][1]}}
        for basis, column in FORMULAS.items()
    ]  # fmt: skip
    spread = whisker(known["firm_share_pu"], known["firm_share_low_pu"], known["firm_share_high_pu"])
    real = {"type": "scatter", "mode": "markers", "x": sizes, "y": numbers(known["firm_share_pu"]),
            "name": voice.say("curve.real"), "marker": {"color": "@text", "size": 9}, "error_y": spread}  # fmt: skip
    return [*formulas, real]


def _fleet_layout(voice: Voice) -> dict[str, Any]:
    marks = [voice.number(mark, "pu") for mark in SHARE_MARKS]
    down = axis(voice.say("axis.firm_share"), tickvals=list(SHARE_MARKS), ticktext=marks, rangemode="tozero")
    return base_layout(voice, xaxis=axis(voice.say("axis.real_users"), type="category", showgrid=False), yaxis=down)


def _curve_table(rows: pd.DataFrame, area: str, voice: Voice) -> TableView:
    wide = rows.pivot(index="fleet_count", columns="basis", values=["firm_share_pu", "firm_1h_kw_per_car"])
    told = [
        (voice.number(float(count), "count"),
         *(voice.number(wide.loc[count, ("firm_share_pu", basis)], "pu") for basis in CORRELATION_BASES),
         *(voice.decimals(wide.loc[count, ("firm_1h_kw_per_car", basis)], 2) for basis in CORRELATION_BASES))
        for count in wide.index
    ]  # fmt: skip
    columns = [Column(voice.say("column.cars"), "number")] + [
        Column(f"{voice.say(f'column.{kind}')}, {voice.say(f'basis.{basis}')}", "number")
        for kind in ("firm_share", "firm_kw_per_car")
        for basis in CORRELATION_BASES
    ]
    return TableView(voice.say("curve.caption", area=area), columns, told)


def heat_figure(potential: pd.DataFrame, year: int, voice: Voice) -> FigureView:
    """Show firm power by day and hour, one map per area on its own scale.

    Parameters
    ----------
    potential
        ``Potential``.
    year
        Which year is drawn.
    """
    rows = potential[(potential["year"] == year) & (potential["tier"] == "firm") & (potential["service"] == SERVICE)]
    areas = [area for area in PRICE_AREAS if area in set(rows["price_area"])]
    if not areas:
        raise DataError(Fault("potential", f"no firm row for {year}", "168 hours by area", "Run the potential again."))
    panels = []
    for area in areas:
        week = rows[rows["price_area"] == area].sort_values("hour_of_week")
        panels.append(Panel(voice.say(f"area.{area}"), [_map(week, area, voice)], _map_layout(voice), 190))
    table = _heat_table(rows, areas, voice)
    ranked = rows[rows["price_area"] == _largest_of(rows)].sort_values("power_mw", kind="stable")
    most, least = (voice.hour(int(ranked["hour_of_week"].iloc[place])) for place in (-1, 0))
    title = voice.say("heat.title", area=_largest_of(rows), most_when=most, least_when=least)
    return FigureView("heat", title, voice.say("heat.lead"), voice.say("heat.source"), panels, table, data=rows)


def _largest_of(rows: pd.DataFrame) -> str:
    """Name the area of the hour with most power."""
    return str(rows.sort_values("power_mw", kind="stable").iloc[-1]["price_area"])


def _map(week: pd.DataFrame, area: str, voice: Voice) -> dict[str, Any]:
    values = numbers(week["power_mw"])
    by_day = [values[day * HOURS_PER_DAY : (day + 1) * HOURS_PER_DAY] for day in range(DAYS)]
    return {
        "type": "heatmap", "z": by_day, "zmin": 0, "y": voice.weekdays(), "showscale": False, "xgap": 0.5, "ygap": 1,
        "colorscale": [[0, f"{area_token(area)}/0.04"], [1, area_token(area)]],
        "hovertemplate": "%{y} %{x}: %{z:.3g} MW<extra></extra>",
    }  # fmt: skip


def _map_layout(voice: Voice) -> dict[str, Any]:
    hours = axis(voice.say("axis.hour_of_day"), showgrid=False, tickvals=list(MARKED_HOURS), zeroline=False,
                 ticktext=[f"{hour:02d}" for hour in MARKED_HOURS])  # fmt: skip
    days = axis(showgrid=False, autorange="reversed", zeroline=False, ticks="")
    return base_layout(voice, xaxis=hours, yaxis=days, margin={"l": 40, "r": 4, "t": 4, "b": 44})


def _heat_table(rows: pd.DataFrame, areas: Sequence[str], voice: Voice) -> TableView:
    """Give the greatest and the least hour of each area, with their ranges; every hour stands in the next figure."""
    told = []
    for area in areas:
        ranked = rows[rows["price_area"] == area].sort_values("power_mw", kind="stable")
        for kind, row in (("most", ranked.iloc[-1]), ("least", ranked.iloc[0])):
            power = voice.interval(row["power_mw"], row["power_low_mw"], row["power_high_mw"], "mw")
            hour = voice.hour(int(row["hour_of_week"]))
            told.append((voice.say(f"area.{area}"), voice.say(f"heat.{kind}"), hour, power))
    columns = [Column(voice.say("column.area")), Column(voice.say("column.extreme")), Column(voice.say("column.hour")),
               Column(voice.say("column.firm_mw"), "number")]  # fmt: skip
    return TableView(voice.say("heat.caption"), columns, told, is_grouped=True)


def waterfall_figure(summary: pd.DataFrame, balance: pd.DataFrame, year: int, voice: Voice) -> FigureView:
    """Show Sweden's power step by step, technical to firm, and what that many cars sell of reserve.

    Parameters
    ----------
    summary
        ``PotentialSummary``.
    balance
        ``MarketBalance``: the row of the largest number of cars that is not above the enrolled ones is shown.
    year
        Which year is drawn.
    """
    sweden = summary[(summary["price_area"] == "SE") & (summary["year"] == year)]
    enrolled = float(sweden[sweden["tier"] == "willing"]["car_count"].iloc[0])
    sold = balance[balance["enrolled_count"] <= enrolled].sort_values("enrolled_count").iloc[-1]
    one_hour = sweden[sweden["service"] == SERVICE]
    panels = [
        Panel(voice.say(f"occasion.{need}"), [_waterfall(one_hour[one_hour["occasion"] == need], sold, voice)],
              _waterfall_layout(voice), 300)
        for need in NEEDS
    ]  # fmt: skip
    firm = {row["occasion"]: _power(row, voice) for _, row in one_hour[one_hour["tier"] == "firm"].iterrows()}
    title = voice.say("waterfall.title", dearest=firm["dearest_50"], coldest=firm["coldest_50"])
    cars = voice.number(enrolled, "count", 0.0, enrolled)
    lead = voice.say("waterfall.lead", cars=cars, year=str(year))
    return FigureView("waterfall", title, lead, voice.say("waterfall.source"), panels, _waterfall_table(sweden, voice),
                      data=parts(tier=sweden, sold=sold.to_frame().T.astype(balance.dtypes)))  # fmt: skip


def _power(row: pd.Series, voice: Voice) -> str:
    return voice.number(row["power_mw"], "mw", row["power_low_mw"], row["power_high_mw"])


def _waterfall(rows: pd.DataFrame, sold: pd.Series, voice: Voice) -> dict[str, Any]:
    """Draw one bar a step; what the markets buy comes last, in their colours."""
    steps = rows.set_index("tier").loc[list(TIERS)]
    values, labels = list(steps["power_mw"]), [_power(row, voice) for _, row in steps.iterrows()]
    names, colours = [voice.say(f"tier.{tier}") for tier in TIERS], ["@se"] * len(TIERS)
    for column, (product, token) in SOLD.items():
        values.append(sold[column])
        labels.append(voice.number(sold[column], "mw", 0.0, float(sold[column])))
        names.append(voice.say(f"waterfall.{product}"))
        colours.append(token)
    drawn = [value if value and value > 0 else None for value in numbers(values)]
    return {
        "type": "bar", "orientation": "h", "x": drawn[::-1], "y": names[::-1], "text": labels[::-1],
        "textposition": "outside", "cliponaxis": False, "marker": {"color": colours[::-1]},
        "hovertemplate": "%{y}: %{text} MW<extra></extra>",
    }  # fmt: skip


def _waterfall_layout(voice: Voice) -> dict[str, Any]:
    across = axis(voice.say("axis.mw_log"), type="log", dtick=1, tickformat=",d")
    return base_layout(voice, xaxis=across, yaxis=axis(showgrid=False), margin={"l": 10, "r": 56, "t": 4, "b": 44})


def _waterfall_table(sweden: pd.DataFrame, voice: Voice) -> TableView:
    """Give every tier for 20 minutes, one and four hours, and the energy of four hours, at each occasion."""
    rows = []
    for occasion in (*NEEDS, "week_mean"):
        for tier in TIERS:
            found = sweden[(sweden["occasion"] == occasion) & (sweden["tier"] == tier)].set_index("service")
            powers = [
                voice.interval(row["power_mw"], row["power_low_mw"], row["power_high_mw"], "mw")
                for _, row in found.loc[list(SERVICES)].iterrows()
            ]
            energy = float(found["energy_mwh"][SERVICES[-1]])
            told = voice.number(energy, "mwh", 0.0, energy)
            rows.append((voice.say(f"occasion.{occasion}"), voice.say(f"tier.{tier}"), *powers, told))
    columns = [Column(voice.say("column.occasion")), Column(voice.say("column.tier"))]
    columns += [Column(voice.say(f"column.{name}"), "number") for name in (*SERVICES, "energy_4h")]
    return TableView(voice.say("waterfall.caption"), columns, rows, is_grouped=True)


def correlation_table(evidence: pd.DataFrame, voice: Voice) -> TableView:
    """Show how strongly real users are plugged in together, across and within sites, by what is taken out first.

    Parameters
    ----------
    evidence
        ``AvailabilityCorrelation``.
    """
    whole = evidence[evidence["hour"].isna() & (evidence["day_kind"] == "all") & (evidence["weighting"] == "pair")]
    rows = []
    for case in SHOWN_CASES:
        for row in rows_of(whole[(whole["case"] == case) & (whole["pairs"] != "all")]):
            told = (row.correlation_pu, row.correlation_low_pu, row.correlation_high_pu)
            rows.append(
                (voice.say(f"correlation.{case}"), voice.say(f"pairs.{row.pairs}"),
                 *(voice.decimals(value, 3) for value in told), voice.number(float(row.day_count), "count"))
            )  # fmt: skip
    columns = [Column(voice.say("column.taken_out")), Column(voice.say("column.pairs"))]
    columns += [Column(voice.say(f"column.{name}"), "number") for name in ("correlation", "low", "high", "days")]
    return TableView(voice.say("correlation.caption"), columns, rows, is_grouped=True)
