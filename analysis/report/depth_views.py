"""Turns market depth into a figure and its tables: value and price by cars, sales by hour, capture prices, erosion."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.report import tables
from analysis.report.elements import Column, FigureView, Panel, TableView, rows_of
from analysis.report.figure_data import parts
from analysis.report.figures import axis, band, base_layout, numbers, share_axis
from analysis.report.headlines import FILL, VALUE_EQUILIBRIUM, VALUE_TODAY, national
from analysis.report.results import Results
from analysis.report.text import UNKNOWN, Voice
from analysis.schemas.base import RESERVE_PRODUCTS

PRODUCTS = {"fcr_n": ("@fcr_n", "solid"), "fcr_d_up": ("@fcr_d", "solid"), "fcr_d_down": ("@fcr_d", "dash")}
GUIDE = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
SHOWN_COUNTS = (0.0, 10_000.0, 100_000.0)
"""Numbers of cars whose nearest row is listed, beside the last."""
TESTS = ("ahead", "quarters")
RULES = ("fit", "trend", "constant", "prior")
ELASTICITY = "res.elasticity_supply"


def depth_figure(results: Results, voice: Voice) -> FigureView:
    """Show how value and prices fall as cars join, and how much their dearest hour sells of what is required."""
    today, later = (national(results.headlines, name) for name in (VALUE_TODAY, VALUE_EQUILIBRIUM))
    first, last = (voice.number(row["value"], row["unit"], row["low"], row["high"]) for row in (today, later))
    named = (("strategy_grid_reserve", "depth.value"), ("fcr_n", "product.fcr_n"), ("fcr_d", "product.fcr_d"))
    legend = [(token, voice.say(key)) for token, key in named]
    fill = national(results.headlines, FILL)
    cars = voice.number(fill["value"], fill["unit"], fill["low"], fill["high"])
    lead = voice.say("depth.lead", cars=cars)
    panels = [
        *_depth_panels(
            results.market_balance,
            results.market_sales,
            None if pd.isna(fill["value"]) else float(fill["value"]),
            voice,
        ),
        _sales_panel(results.market_sales, results.market_products, voice),
    ]
    table = tables.depth_table(results.market_balance, voice, voice.say("depth.caption"))
    return FigureView("depth", voice.say("depth.title", today=first, equilibrium=last), lead,
                      voice.say("depth.source"), panels, table, legend, data=_data(results))  # fmt: skip


def _data(results: Results) -> pd.DataFrame:
    """Value and levels by cars, sales and requirement by product, and the number of cars that is marked."""
    marked = results.headlines[(results.headlines["headline_id"] == FILL) & (results.headlines["price_area"] == "SE")]
    return parts(balance=results.market_balance, sales=results.market_sales, products=results.market_products,
                 marked=marked)  # fmt: skip


def depth_sections(results: Results, voice: Voice) -> dict[str, str | TableView]:
    """Give the note and the tables that stand under the figure, by name of the template."""
    return {
        "erosion_note": erosion_note(results.erosion_fit, results.parameters, voice),
        "erosion": erosion_table(results.erosion_fit, voice),
        "capture": capture_table(results.capture_prices, results.profiles, voice),
        "profile_depth": profile_value_table(results.profile_depth, results.profiles, voice),
        "portfolios": portfolio_table(results.portfolio_values, voice),
    }


def _across(voice: Voice) -> dict[str, Any]:
    return axis(voice.say("axis.enrolled_cars"), type="log", dtick=1, exponentformat="none", tickformat=",d")


def _depth_panels(balance: pd.DataFrame, sales: pd.DataFrame, fill_count: float | None, voice: Voice) -> list[Panel]:
    """Draw what one more car is worth, and what is left of the prices; a row of no cars gives the level of today.

    Thin curves: what is left when each hour erodes by what is offered in it.
    """
    ordered = balance.sort_values("enrolled_count")
    rows = ordered[ordered["enrolled_count"] > 0]
    cars = numbers(rows["enrolled_count"])
    value = band(
        cars, rows["value_sek_per_car_year"], rows["value_low_sek_per_car_year"], rows["value_high_sek_per_car_year"],
        "@strategy_grid_reserve",
    )  # fmt: skip
    levels = [
        {"type": "scatter", "mode": "lines", "x": cars, "y": numbers(rows[f"{group}_level_pu"]),
         "line": {"color": f"@{group}", "width": 2, "dash": dash}, "name": voice.say(f"product.{group}")}
        for group, dash in (("fcr_n", "solid"), ("fcr_d", "dash"))
    ]  # fmt: skip
    levels += _hourly_levels(sales, voice)
    dotted = {"color": "@text", "width": 1, "dash": "dot"}
    ends, now = [cars[0], cars[-1]], ordered.iloc[0]
    value.append(GUIDE | {"x": ends, "y": numbers([now["value_sek_per_car_year"]] * 2), "line": dotted})
    levels.append(GUIDE | {"x": ends, "y": numbers([now["fcr_d_level_pu"]] * 2), "line": dotted})
    if fill_count is not None:
        tops = (ordered["value_high_sek_per_car_year"].max(), ordered["fcr_d_level_pu"].max())
        for data, top in zip((value, levels), tops, strict=True):
            data.append(GUIDE | {"x": numbers([fill_count] * 2), "y": numbers([0.0, top]), "line": dotted})
    money = axis(voice.say("axis.value_per_car"), rangemode="tozero", nticks=6)
    share = share_axis(voice, "axis.price_left", rangemode="tozero")
    across = _across(voice)
    return [
        Panel(voice.say("depth.panel_value"), value, base_layout(voice, xaxis=across, yaxis=money), 300),
        Panel(voice.say("depth.panel_price"), levels, base_layout(voice, xaxis=across, yaxis=share), 300),
    ]


def _hourly_levels(sales: pd.DataFrame, voice: Voice) -> list[dict[str, Any]]:
    lines = []
    for product, (token, dash) in PRODUCTS.items():
        rows = sales[(sales["product"] == product) & (sales["enrolled_count"] > 0)].sort_values("enrolled_count")
        lines.append(
            {"type": "scatter", "mode": "lines", "x": numbers(rows["enrolled_count"]),
             "y": numbers(rows["hourly_level_pu"]), "line": {"color": token, "width": 1, "dash": dash},
             "name": f"{voice.say(f'product.{product}')}, {voice.say('depth.by_hour')}"}
        )  # fmt: skip
    return lines


def _sales_panel(sales: pd.DataFrame, products: pd.DataFrame, voice: Voice) -> Panel:
    """Draw the largest sale of an hour by product, and the requirement of Sweden as a thin line of the same kind."""
    required = products.drop_duplicates("product").set_index("product")["required_sweden_mw"]
    data: list[dict[str, Any]] = []
    for product, (token, dash) in PRODUCTS.items():
        rows = sales[(sales["product"] == product) & (sales["enrolled_count"] > 0)].sort_values("enrolled_count")
        if rows.empty:
            continue
        cars = numbers(rows["enrolled_count"])
        line = {"color": token, "width": 2, "dash": dash}
        data.append({"type": "scatter", "mode": "lines", "x": cars, "y": numbers(rows["most_in_hour_mw"]),
                     "name": voice.say(f"product.{product}"), "line": line})  # fmt: skip
        if product in required:
            need = numbers([required[product]] * 2)
            data.append(GUIDE | {"x": [cars[0], cars[-1]], "y": need, "line": line | {"width": 1}})
    layout = base_layout(voice, xaxis=_across(voice), yaxis=axis(voice.say("axis.mw_in_hour"), rangemode="tozero"))
    return Panel(voice.say("depth.panel_sales"), data, layout, 300)


def _columns(voice: Voice, *names: str) -> list[Column]:
    """Headings; a name that begins with # is a column of numbers."""
    return [
        Column(voice.say(f"column.{name.lstrip('#')}"), "number" if name.startswith("#") else "text") for name in names
    ]


def erosion_table(fits: pd.DataFrame, voice: Voice) -> TableView:
    """Show the exponent that months give and how far each rule missed unseen months, with the verdict in words.

    Parameters
    ----------
    fits
        ``ErosionFit``.
    """
    order = {product: place for place, product in enumerate(RESERVE_PRODUCTS)}
    shown = fits[(fits["status"] == "fitted") | (fits["test"] == TESTS[0])]
    ranked = sorted(
        rows_of(shown), key=lambda row: (row.status != "fitted", order[row.product], row.price_area, row.test)
    )
    rows = [
        (f"{voice.say(f'product.{row.product}')}, {voice.say(f'area.{row.price_area}')}",
         str(row.month_count), _exponent(row, voice),
         voice.say(f"erosion.{row.test}") if row.status == "fitted" else UNKNOWN,
         *(_miss(getattr(row, f"{rule}_miss_pu"), voice) for rule in RULES),
         voice.say(f"erosion.best_{row.best_rule}" if row.status == "fitted" else f"erosion.{row.status}"))
        for row in ranked
    ]  # fmt: skip
    names = ("erosion_market", "#erosion_months", "#erosion_exponent", "erosion_test", "#erosion_fit", "#erosion_trend",
             "#erosion_constant", "#erosion_prior", "erosion_verdict")  # fmt: skip
    return TableView(voice.say("erosion.caption"), _columns(voice, *names), rows, is_grouped=True)


def _exponent(row: Any, voice: Voice) -> str:
    if pd.isna(row.exponent_pu):
        return UNKNOWN
    middle, low, high = (
        voice.decimals(value, 1) for value in (row.exponent_pu, row.exponent_low_pu, row.exponent_high_pu)
    )
    return f"{middle} ({low} {voice.say('number.to')} {high})"


def _miss(value: float, voice: Voice) -> str:
    return UNKNOWN if pd.isna(value) else voice.decimals(value, 2)


def erosion_note(fits: pd.DataFrame, parameters: pd.DataFrame, voice: Voice) -> str:
    """Say in words what the comparison ended in, and which exponent (``Parameters``) the run uses."""
    prior = next(row for row in rows_of(parameters) if row.id == ELASTICITY)
    fitted = fits[fits["status"] == "fitted"]
    markets = fitted.drop_duplicates(["product", "price_area"])
    won = markets[markets["verdict"] == "fit"]
    ahead = fitted[(fitted["test"] == "ahead") & fitted["product"].str.startswith("fcr_d")]
    beats = ahead[ahead["fit_miss_pu"] < ahead["trend_miss_pu"]]
    told: Mapping[str, str] = {
        "won": str(len(won)), "markets": str(len(markets)), "beats": str(len(beats)), "fcr_d": str(len(ahead)),
        "prior": voice.exact(prior.value), "low": voice.exact(prior.low), "high": voice.exact(prior.high),
    }  # fmt: skip
    return voice.say("erosion.note_lost" if won.empty else "erosion.note_won", **told)


def _profile_names(profiles: pd.DataFrame, voice: Voice) -> dict[str, str]:
    named = profiles.set_index("profile_id")["name_sv" if voice.locale == "sv" else "name_en"].to_dict()
    return {"all": voice.say("capture.all"), **{str(key): str(name) for key, name in named.items()}}


def capture_table(captured: pd.DataFrame, profiles: pd.DataFrame, voice: Voice) -> TableView:
    """Show the year's mean price, and what cars of each profile meet of it when plugged in and when they offer.

    Parameters
    ----------
    captured
        ``CapturePrices``.
    profiles
        ``Profiles``: their names.
    """
    names = _profile_names(profiles, voice)
    national_only = captured[captured["price_area"] == "SE"]
    products = [name for name in PRODUCTS if name in set(national_only["product"])]
    cells = {(row.profile_id, row.price_year, row.product): row for row in rows_of(national_only)}
    rows = []
    for profile, year in sorted(set(zip(national_only["profile_id"], national_only["price_year"], strict=True))):
        row = [names.get(profile, profile), str(year)]
        for product in products:
            cell = cells.get((profile, year, product))
            prices = (cell.mean_sek_per_mw_h, cell.connected_sek_per_mw_h, cell.capture_sek_per_mw_h) if cell else ()
            row += [voice.decimals(price, 0) for price in prices] or [UNKNOWN] * 3
        rows.append(row)
    by_product = [
        Column(f"{voice.say(f'product.{name}')}, {voice.say(f'column.{kind}')}", "number")
        for name in products
        for kind in ("mean_price", "connected_price", "capture_price")
    ]
    columns = [*_columns(voice, "profile", "price_year"), *by_product]
    return TableView(voice.say("capture.caption"), columns, rows, is_grouped=True)


def profile_value_table(depths: pd.DataFrame, profiles: pd.DataFrame, voice: Voice) -> TableView:
    """Show what a car of each profile is worth as cars join: the row nearest to each listed number, and the last."""
    names, counts = _profile_names(profiles, voice), depths["enrolled_count"].drop_duplicates().sort_values()
    shown = [float(counts.iloc[(counts - wanted).abs().to_numpy().argmin()]) for wanted in SHOWN_COUNTS]
    shown = list(dict.fromkeys([*shown, float(counts.iloc[-1])]))
    cells = depths.set_index(["profile_id", "enrolled_count"])["value_sek_per_car_year"]
    rows = [
        (names.get(profile, profile), *(voice.number(cells[(profile, count)], "sek") for count in shown))
        for profile in depths["profile_id"].drop_duplicates()
    ]
    heads = [Column(voice.say("depth.cars", cars=voice.number(count, "count")), "number") for count in shown]
    return TableView(voice.say("depth.profiles_caption"), [*_columns(voice, "profile"), *heads], rows)


def portfolio_table(portfolios: pd.DataFrame, voice: Voice) -> TableView:
    """Show what the smallest bid leaves to a portfolio of each size."""
    rows = [
        (voice.number(row.portfolio_count, "count"), voice.number(row.fcr_n_sold_pu, "pu"),
         voice.number(row.fcr_d_sold_pu, "pu"), voice.number(row.value_sek_per_car_year, "sek"))
        for row in rows_of(portfolios.sort_values("portfolio_count"))
    ]  # fmt: skip
    names = ("#portfolio", "#portfolio_n", "#portfolio_d", "#value_per_car")
    return TableView(voice.say("portfolio.caption"), _columns(voice, *names), rows)
