"""Turns results into the figures of the page: each with its message, its panels and the same numbers as a table."""

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.report import figures, tables
from analysis.report.depth_views import depth_figure
from analysis.report.elements import FigureView
from analysis.report.figure_data import parts
from analysis.report.firm_views import curve_figure, heat_figure, waterfall_figure
from analysis.report.foresight_views import foresight_figure
from analysis.report.grid_views import feeder_figure, island_figure
from analysis.report.map_view import map_figure
from analysis.report.notes import RESERVE_STRATEGY, value_by_year, years_told
from analysis.report.places import place_figure
from analysis.report.plugging import validation_figure
from analysis.report.profile_cards import profile_panels
from analysis.report.resilience_views import backup_figure, worth_figure
from analysis.report.results import Results, private_profiles
from analysis.report.scheme_pages import scheme_figures
from analysis.report.standards_views import regulation_figure
from analysis.report.step_views import steps_figure
from analysis.report.text import Voice
from analysis.report.value_views import wedge_figure, week_figure
from analysis.report.year_views import years_figure
from analysis.settings.model import Settings

SERVICE = "discharge_1h"
OCCASION = "dearest_50"
EFFECTIVENESS_MEASURE = "outlay_sek_per_firm_kw_year"
SOCIAL_MEASURE = "net_social_npv_msek"
ADDITIONAL_MEASURE = "net_additional_count"
BASELINE = "none"
LEGEND_MARKS = (0, 50, 100)


def all_figures(results: Results, settings: Settings, year: int, voice: Voice) -> list[FigureView]:
    """Give the figures of the page in reading order."""
    return [
        map_figure(results, at_need(results.potential_summary, year), year, voice),
        waterfall_figure(results.potential_summary, results.market_balance, year, voice),
        tier_figure(results, year, voice),
        heat_figure(results.potential, year, voice),
        hour_figure(results, year, voice),
        curve_figure(results.firm_curve, results.availability_fleets, results.potential_summary, year, voice),
        regulation_figure(results.regulation_timeline, settings.assumptions.standards, settings.policy.day, voice),
        profile_figure(results, voice),
        place_figure(results, voice),
        validation_figure(results, voice),
        value_figure(results, settings, voice),
        years_figure(results.reserve_collapse, voice),
        steps_figure(results.value_steps, settings.scope.two_way_option, voice),
        foresight_figure(results.foresight, voice),
        wedge_figure(results.export_wedge, voice),
        week_figure(results.car_week, voice),
        depth_figure(results, voice),
        scheme_figure(results, settings, year, voice),
        *scheme_figures(results, settings.policy.schemes, year, voice),
        backup_figure(results.resilience, voice),
        worth_figure(results.backup_value, results.backup_threshold, voice),
        island_figure(results.island_case, results.island_duration, voice),
        feeder_figure(results.local_grid, voice),
    ]


def at_need(summary: pd.DataFrame, year: int) -> pd.DataFrame:
    """Pick one hour of discharge, mean of the 50 dearest hours."""
    rows = summary[(summary["year"] == year) & (summary["service"] == SERVICE) & (summary["occasion"] == OCCASION)]
    if rows.empty:
        raise DataError(
            Fault("potential_summary", f"no row for {year}, {SERVICE}, {OCCASION}", "rows by area and tier",
                  "Run the potential of that year.")
        )  # fmt: skip
    return rows


def _power(row: pd.Series, voice: Voice) -> str:
    return voice.number(row["power_mw"], "mw", row["power_low_mw"], row["power_high_mw"])


def _legend(voice: Voice, *entries: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((token, voice.say(key)) for token, key in entries)


def tier_figure(results: Results, year: int, voice: Voice) -> FigureView:
    """Show what is lost on the way from technical to firm power."""
    rows = at_need(results.potential_summary, year)
    sweden = rows[rows["price_area"] == "SE"].set_index("tier")
    first, last = (
        voice.number(sweden.loc[tier, "power_mw"], "mw", sweden.loc[tier, "power_low_mw"],
                     sweden.loc[tier, "power_high_mw"]) for tier in ("technical", "firm")
    )  # fmt: skip
    title = voice.say("tiers.title", technical=first, firm=last)
    table = tables.tier_table(rows, voice, voice.say("tiers.caption", year=str(year)))
    return FigureView("tiers", title, voice.say("tiers.lead"), voice.say("tiers.source"),
                      figures.tier_panels(rows, voice), table, data=rows)  # fmt: skip


def hour_figure(results: Results, year: int, voice: Voice) -> FigureView:
    """Show firm power over the week."""
    potential = results.potential
    rows = potential[(potential["year"] == year) & (potential["tier"] == "firm") & (potential["service"] == SERVICE)]
    table = tables.hour_table(rows, voice, voice.say("hours.caption", year=str(year)))
    ranked = rows.sort_values("power_mw", kind="stable")
    most = ranked.iloc[-1]
    least = ranked[ranked["price_area"] == most["price_area"]].iloc[0]
    title = voice.say(
        "hours.title", area=most["price_area"], most=_power(most, voice), least=_power(least, voice),
        most_when=voice.hour(int(most["hour_of_week"])), least_when=voice.hour(int(least["hour_of_week"])),
    )  # fmt: skip
    return FigureView("hours", title, voice.say("hours.lead"), voice.say("hours.source"),
                      figures.hour_panels(rows, voice), table, data=rows)  # fmt: skip


def profile_figure(results: Results, voice: Voice) -> FigureView:
    """Show how cars differ over the week."""
    private = private_profiles(results.profiles)
    common = private.sort_values("share_pu").iloc[-1]
    title = voice.say(
        "profiles.title",
        count=str(len(private)),
        name=common["name_sv"] if voice.locale == "sv" else common["name_en"],
        share=voice.number(common["share_pu"], "pu", common["share_low_pu"], common["share_high_pu"]),
    )
    legend = [(f"share_{mark}", voice.number(mark / 100, "pu")) for mark in LEGEND_MARKS]
    table = tables.profile_table(results.profiles, voice, voice.say("profiles.caption"))
    return FigureView(
        "profiles",
        title,
        voice.say("profiles.lead"),
        voice.say("profiles.source"),
        profile_panels(results.profiles, results.profile_shapes, voice),
        table,
        legend,
        data=parts(profile=results.profiles, hour=results.profile_shapes),
    )


def value_figure(results: Results, settings: Settings, voice: Voice) -> FigureView:
    """Show what two-way charging is worth by strategy and area: last price year, undiminished reserve prices.

    Strategies that sell no reserve do not depend on its price and have one row, at whatever level.
    """
    full = settings.scope.full_reserve_level_id
    found = results.value_summary
    values = found[(found["reserve_level_id"] == full) | (found["strategy"] != RESERVE_STRATEGY)]
    price_year = max(settings.scope.price_years)
    shown = values[values["price_year"] == price_year]
    sweden = shown[(shown["price_area"] == "SE") & shown["strategy"].isin(figures.DRAWN_STRATEGIES)]
    best = sweden.sort_values("net_value_over_smart_sek").iloc[-1]
    legend = _legend(voice, *((f"strategy_{name}", f"strategy.{name}") for name in figures.DRAWN_STRATEGIES))
    return FigureView(
        "values",
        voice.say(
            "value.title",
            strategy=voice.inline("strategy", best["strategy"]),
            charger=voice.inline("charger", best["charger_option"]),
            years=years_told(value_by_year(values, best["charger_option"], best["strategy"]), voice),
        ),
        voice.say("value.lead", price_year=str(price_year)),
        voice.say("value.source"),
        figures.value_panels(shown, voice),
        tables.value_table(values, voice, voice.say("value.caption")),
        legend,
        data=values,
    )


def scheme_figure(results: Results, settings: Settings, year: int, voice: Voice) -> FigureView:
    """Show the social net value and the cost-effectiveness of each scheme with its range."""
    found = results.scheme_summary[results.scheme_summary["year"] == year]
    whole = tables.in_order(found, settings.policy.schemes)
    summary = whole[whole["scheme"] != BASELINE]
    panels = []
    for measure in (SOCIAL_MEASURE, EFFECTIVENESS_MEASURE):
        rows = summary[summary["measure"] == measure]
        if rows.empty:
            raise DataError(
                Fault(
                    f"scheme_summary [{measure}]", "no row", "one row a scheme", "Write it where schemes are summed up."
                )
            )
        unit = voice.unit(rows.iloc[0]["unit"])
        panels.append(figures.scheme_panel(rows, voice, voice.name("measure", measure), unit))
    table = tables.measure_table(whole, voice, voice.say("measures.caption", year=str(year)))
    by_measure = summary.pivot(index="scheme", columns="measure", values="value")
    adding = by_measure.index[by_measure[ADDITIONAL_MEASURE] > 0]
    social = summary[summary["measure"] == SOCIAL_MEASURE]
    best = social[social["scheme"].isin(adding if len(adding) else by_measure.index)].sort_values("value").iloc[-1]
    npv = voice.quantity(best["value"], best["low"], best["high"], best["unit"])
    title = voice.say("schemes.figure_title", scheme=voice.name("scheme", best["scheme"]), npv=npv)
    return FigureView("schemes", title, voice.say("schemes.figure_lead"),
                      voice.say("schemes.source"), panels, table, data=whole)  # fmt: skip
