"""Turns result tables into tables of text: headings in the language, numbers as precise as their interval."""

import pandas as pd
from babel.numbers import format_decimal

from analysis.report.elements import Column, TableView
from analysis.report.text import UNKNOWN, Voice
from analysis.schemas.base import ACCOUNTS, PRICE_AREAS, PRICE_AREAS_AND_SWEDEN, STRATEGIES, TIERS


def _columns(voice: Voice, *names: str) -> list[Column]:
    """Make columns from names; ``#`` before a name marks numbers, ``!`` marks text in its original language."""
    kinds = {"#": "number", "!": "original", "=": "code"}
    return [Column(voice.say(f"column.{name.lstrip('#!=')}"), kinds.get(name[0], "text")) for name in names]


def tier_table(summary: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show power by tier and area with range. ``summary``: one year, service and occasion."""
    areas = [area for area in PRICE_AREAS_AND_SWEDEN if area in set(summary["price_area"])]
    found = summary.set_index(["tier", "price_area"])
    rows = []
    for tier in TIERS:
        cells = [found.loc[(tier, area)] if (tier, area) in found.index else None for area in areas]
        told = [
            UNKNOWN if cell is None else voice.interval(cell["power_mw"], cell["power_low_mw"], cell["power_high_mw"])
            for cell in cells
        ]
        rows.append((voice.say(f"tier.{tier}"), *told))
    columns = [Column(voice.say("column.tier")), *(Column(f"{voice.say(f'area.{area}')}, MW", "number") for area in areas)]
    return TableView(caption, columns, rows)


def firm_table(firm: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show firm power of each area with the cars behind it."""
    order = {name: place for place, name in enumerate(PRICE_AREAS_AND_SWEDEN)}
    rows = [
        (
            voice.say(f"area.{row.price_area}"),
            voice.number(row.power_mw, "mw", row.power_low_mw, row.power_high_mw),
            voice.span(row.power_mw, row.power_low_mw, row.power_high_mw, "mw"),
            voice.number(row.car_count, "count", 0.0, row.car_count),
        )
        for row in sorted(firm.itertuples(), key=lambda row: order[row.price_area])
    ]
    return TableView(caption, _columns(voice, "area", "#firm_mw", "#range_mw", "#cars"), rows)


def hour_table(potential: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show firm power by hour of week, areas side by side."""
    wide = potential.pivot(index="hour_of_week", columns="price_area", values="power_mw")
    areas = [area for area in PRICE_AREAS if area in wide.columns]
    days = voice.weekdays()
    rows = [
        (f"{days[int(hour) // 24]} {int(hour) % 24:02d}", *(voice.number(row[area], "mw", 0.0, row[area]) for area in areas))
        for hour, row in wide.sort_index().iterrows()
    ]
    return TableView(caption, [*_columns(voice, "hour"), *(Column(f"{area}, MW", "number") for area in areas)], rows)


def profile_table(profiles: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show the profiles: how common, how far they drive, how long they are plugged in, how sure the group is."""
    rows = [
        (
            row.name_sv if voice.locale == "sv" else row.name_en,
            voice.interval(row.share_pu, row.share_low_pu, row.share_high_pu, "pu"),
            voice.number(row.daily_km, "km", 0.0, row.daily_km),
            voice.number(row.plugged_h_per_day, "h", 0.0, row.plugged_h_per_day),
            voice.number(row.jaccard_pu, "stability"),
            str(row.vehicle_count),
        )
        for row in profiles.sort_values("share_pu", ascending=False).itertuples()
    ]
    names = ("profile", "#share", "#daily_km", "#plugged_h_per_day", "#stability", "#sample_cars")
    return TableView(caption, _columns(voice, *names), rows)


def value_table(values: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show value over smart charging by area, charger option and strategy: net, gross, per plugged hour, wear."""
    order = {name: place for place, name in enumerate(STRATEGIES)}
    area_order = {name: place for place, name in enumerate(PRICE_AREAS_AND_SWEDEN)}
    ranked = sorted(
        values.itertuples(),
        key=lambda row: (area_order[row.price_area], row.price_year, row.charger_option, order[row.strategy]),
    )
    rows = [
        (
            row.price_area,
            str(row.price_year),
            voice.name("charger", row.charger_option),
            voice.say(f"strategy.{row.strategy}"),
            voice.interval(row.net_value_over_smart_sek, row.net_value_over_smart_low_sek,
                           row.net_value_over_smart_high_sek),
            voice.number(row.net_gross_value_over_smart_sek, "sek"),
            voice.number(row.net_value_over_smart_sek_per_plugged_h, "sek"),
            voice.number(row.degradation_cost_sek, "sek"),
            voice.number(row.discharge_ac_kwh, "kwh"),
        )
        for row in ranked
    ]  # fmt: skip
    names = ("area", "price_year", "charger", "strategy", "#net_value", "#gross_value", "#value_per_hour", "#ageing",
             "#discharged")  # fmt: skip
    return TableView(caption, _columns(voice, *names), rows, voice.say("value.table_note"))


def depth_table(balance: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show value per car and price levels by number of cars."""
    rows = [
        (
            voice.number(row.enrolled_count, "count"),
            voice.interval(row.value_sek_per_car_year, row.value_low_sek_per_car_year, row.value_high_sek_per_car_year),
            voice.number(row.fcr_n_level_pu, "pu"),
            voice.number(row.fcr_d_level_pu, "pu"),
            voice.number(row.fcr_n_sold_mw, "mw"),
            voice.number(row.fcr_d_sold_mw, "mw"),
        )
        for row in balance.sort_values("enrolled_count").itertuples()
    ]
    names = ("#enrolled", "#value_per_car", "#fcr_n_level", "#fcr_d_level", "#fcr_n_sold", "#fcr_d_sold")
    return TableView(caption, _columns(voice, *names), rows)


def scheme_table(results: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show the schemes by charger option and openness, national. ``results``: one year and area ``SE``."""
    order = ["scheme", "technology", "power_kw", "is_interoperable"]
    rows = [
        (
            voice.name("scheme", row.scheme),
            voice.name("charger", row.charger_option),
            voice.say("scheme.open" if row.is_interoperable else "scheme.closed"),
            voice.number(row.support_sek_per_unit, "sek"),
            voice.interval(row.adopter_count, row.adopter_low_count, row.adopter_high_count, "count"),
            voice.number(row.net_additional_count, "count", row.adopter_low_count, row.adopter_high_count),
            voice.number(row.free_rider_pu, "pu", 0.0, 1.0),
            voice.interval(row.outlay_msek, row.outlay_low_msek, row.outlay_high_msek, "msek"),
            voice.number(row.net_firm_additional_mw, "mw", 0.0, row.net_firm_additional_mw),
        )
        for row in results.sort_values(order).itertuples()
    ]
    names = ("scheme", "charger", "openness", "#support", "#adopters", "#additional", "#free_riders", "#outlay",
             "#firm_additional")  # fmt: skip
    return TableView(caption, _columns(voice, *names), rows)


def measure_table(summary: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show all national measures of the schemes: measures down, schemes across. ``summary``: one year."""
    schemes = list(dict.fromkeys(summary["scheme"]))
    found = summary.set_index(["measure", "scheme"])
    rows = []
    for measure in dict.fromkeys(summary["measure"]):
        cells = [found.loc[(measure, scheme)] if (measure, scheme) in found.index else None for scheme in schemes]
        told = [
            UNKNOWN if cell is None else voice.interval(cell["value"], cell["low"], cell["high"], cell["unit"])
            for cell in cells
        ]
        unit = next(voice.unit(cell["unit"]) for cell in cells if cell is not None)
        rows.append((voice.name("measure", measure), unit, *told))
    columns = [*_columns(voice, "measure", "unit"), *(Column(voice.name("scheme", name), "number") for name in schemes)]
    return TableView(caption, columns, rows)


def account_table(accounts: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show who gains and who loses under one scheme: flows down, accounts across."""
    found = accounts.set_index(["flow", "account"])["net_present_value_msek"]
    shown = [account for account in ACCOUNTS if account in set(accounts["account"])]
    transfers = set(accounts.loc[accounts["is_transfer"], "flow"])
    rows = []
    for flow in dict.fromkeys(accounts["flow"]):
        cells = [voice.number(found.get((flow, account), None), "msek") for account in shown]
        mark = voice.say("account.transfer") if flow in transfers else ""
        rows.append((voice.name("flow", flow), *cells, mark))
    columns = [*_columns(voice, "flow"), *(Column(voice.say(f"account.{name}"), "number") for name in shown),
               *_columns(voice, "kind")]  # fmt: skip
    return TableView(caption, columns, rows)


def parameter_table(parameters: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show every parameter with range, source and whether it was read in a source."""
    rows = [
        (
            row.id,
            exact(row.value, voice),
            f"{exact(row.low, voice)} {voice.say('number.to')} {exact(row.high, voice)}",
            row.unit,
            voice.say("parameter.verified" if row.verified else "parameter.assumed"),
            row.source,
            "" if pd.isna(row.note) else row.note,
        )
        for row in parameters.sort_values("id").itertuples()
    ]
    names = ("=parameter", "#value", "#range", "!unit", "status", "!source", "!note")
    return TableView(caption, _columns(voice, *names), rows)


def exact(value: float, voice: Voice) -> str:
    """Write an input as it stands in its file: nothing is rounded away."""
    return str(format_decimal(value, format="#,##0.##########", locale=voice.locale))


def assumption_table(assumptions: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show the modelling choices declared in the code, each with its place."""
    rows = [(row.assumption, f"{row.path}:{row.line}") for row in assumptions.itertuples()]
    return TableView(caption, _columns(voice, "!assumption", "=place"), rows)


def plain_table(table: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show a committed table as it is: numbers with three digits, headings from the catalog where it knows them."""
    numeric = {name for name in table.columns if pd.api.types.is_float_dtype(table[name])}
    rows = [
        tuple(voice.number(row[name]) if name in numeric else str(row[name]) for name in table.columns)
        for row in table.to_dict("records")
    ]
    columns = [Column(voice.name("column", name), "number" if name in numeric else "text") for name in table.columns]
    return TableView(caption, columns, rows)


def run_table(run: dict[str, object], voice: Voice, caption: str) -> TableView:
    """Show what the run was made of: resolved settings, digests and versions, one line a key."""
    return TableView(caption, _columns(voice, "=key", "=content"), list(_leaves(run, "")))


def _leaves(value: object, path: str) -> list[tuple[str, str]]:
    """Flatten nested mappings and lists into dotted keys."""
    if isinstance(value, dict):
        return [leaf for key in value for leaf in _leaves(value[key], f"{path}.{key}" if path else str(key))]
    if isinstance(value, list | tuple) and any(isinstance(item, dict | list | tuple) for item in value):
        return [leaf for place, item in enumerate(value) for leaf in _leaves(item, f"{path}[{place}]")]
    if isinstance(value, list | tuple):
        return [(path, ", ".join(str(item) for item in value))]
    return [(path, "" if value is None else str(value))]
