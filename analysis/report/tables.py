"""Turns result tables into tables of text: headings in the language, numbers as precise as their interval."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.report.elements import Column, TableView, rows_of
from analysis.report.headlines import HARDLY
from analysis.report.measure_names import measure_name
from analysis.report.notes import stability
from analysis.report.results import FLEET_PROFILE, Results, private_profiles
from analysis.report.text import HOURS_PER_DAY, UNKNOWN, Voice
from analysis.schemas.base import ACCOUNTS, PRICE_AREAS, PRICE_AREAS_AND_SWEDEN, STRATEGIES, TIERS
from analysis.units import HOURS_PER_WEEK

CHANCE = "social_npv_positive_pu"
# Places å, ä and ö after z, for sorting by code point.
SWEDISH_ORDER = str.maketrans("ÅÄÖåäö", "[\\]{|}")


def _columns(voice: Voice, *names: str) -> list[Column]:
    """Make columns from names; ``#`` before a name marks numbers, ``!`` marks text in its original language."""
    kinds = {"#": "number", "!": "original", "=": "code"}
    return [Column(voice.say(f"column.{name.lstrip('#!=')}"), kinds.get(name[0], "text")) for name in names]


def tier_table(summary: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show power by tier and area with range. ``summary``: one year, service and occasion."""
    areas = [area for area in PRICE_AREAS_AND_SWEDEN if area in set(summary["price_area"])]
    found = {(row.tier, row.price_area): row for row in rows_of(summary)}
    rows = []
    for tier in TIERS:
        cells = [found.get((tier, area)) for area in areas]
        told = [
            UNKNOWN if cell is None else voice.interval(cell.power_mw, cell.power_low_mw, cell.power_high_mw)
            for cell in cells
        ]
        rows.append((voice.say(f"tier.{tier}"), *told))
    columns = [
        Column(voice.say("column.tier")),
        *(Column(f"{voice.say(f'area.{area}')}, MW", "number") for area in areas),
    ]
    return TableView(caption, columns, rows)


def firm_table(firm: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show firm power of each area with the cars behind it."""
    order = {name: place for place, name in enumerate(PRICE_AREAS_AND_SWEDEN)}
    rows = [
        (
            voice.say(f"area.{row.price_area}"),
            voice.number(row.power_mw, "mw", row.power_low_mw, row.power_high_mw),
            voice.span(row.power_mw, row.power_low_mw, row.power_high_mw, "mw"),
            _rough(row.car_count, "count", voice),
        )
        for row in sorted(rows_of(firm), key=lambda row: order[row.price_area])
    ]
    return TableView(caption, _columns(voice, "area", "#firm_mw", "#range_mw", "#cars"), rows)


def _rough(value: float, unit: str, voice: Voice) -> str:
    """Write a mean without an interval of its own with two digits."""
    return voice.number(value, unit, min(value, 0.0), max(value, 0.0))


def _power(row: Any, voice: Voice) -> str:
    return voice.interval(row.power_mw, row.power_low_mw, row.power_high_mw, "mw")


def hour_table(potential: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show firm power by hour of week, areas side by side."""
    found = {(row.hour_of_week, row.price_area): row for row in rows_of(potential)}
    areas = [area for area in PRICE_AREAS if (0, area) in found]
    days = voice.weekdays()
    rows = [
        (
            f"{days[hour // HOURS_PER_DAY]} {hour % HOURS_PER_DAY:02d}",
            *(_power(found[hour, area], voice) for area in areas),
        )
        for hour in range(HOURS_PER_WEEK)
    ]
    return TableView(caption, [*_columns(voice, "hour"), *(Column(f"{area}, MW", "number") for area in areas)], rows)


def profile_table(profiles: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show the profiles: how common, how far they drive, how long they are plugged in, how sure the group is."""
    private = private_profiles(profiles).sort_values("share_pu", ascending=False)
    rows = []
    for row in rows_of(pd.concat([private, profiles.drop(private.index)])):
        share = voice.interval(row.share_pu, row.share_low_pu, row.share_high_pu, "pu")
        found = (share, voice.decimals(row.jaccard_pu, 3), voice.say(f"stability.{stability(row.jaccard_pu)}"))
        share, jaccard, words = (UNKNOWN,) * 3 if row.profile_id == FLEET_PROFILE else found
        name = row.name_sv if voice.locale == "sv" else row.name_en
        driven, plugged = _rough(row.daily_km, "km", voice), _rough(row.plugged_h_per_day, "h", voice)
        energy = _rough(row.driving_dc_kwh_per_day, "kwh", voice)
        rows.append((name, share, driven, energy, plugged, jaccard, words, str(row.vehicle_count)))
    names = ("profile", "#share", "#daily_km", "#daily_kwh", "#plugged_h_per_day", "#stability", "stability_class",
             "#sample_cars")  # fmt: skip
    return TableView(caption, _columns(voice, *names), rows)


def cars_told(cell: Any, voice: Voice) -> str:
    """Write a count of one municipality and profile with its range, or that it is held back; never the whole cars."""
    if cell is None:
        return UNKNOWN
    if cell.is_suppressed:
        return voice.say("profile_counts.suppressed")
    count = float(cell.vehicle_published_count)
    return voice.interval(count, cell.vehicle_low_count, cell.vehicle_high_count, "count")


def profile_count_table(results: Results, voice: Voice, caption: str) -> TableView:
    """Show electric cars by municipality and profile with range, municipalities by name."""
    found = {(row.municipality_code, row.profile_id): row for row in rows_of(results.profile_counts)}
    counted = {code for code, _ in found}
    places = results.municipalities[results.municipalities["municipality_code"].isin(counted)]
    order = private_profiles(results.profiles).sort_values("share_pu", ascending=False)
    rows = []
    for place in sorted(rows_of(places), key=lambda row: row.name.translate(SWEDISH_ORDER)):
        cells = [found.get((place.municipality_code, profile)) for profile in order["profile_id"]]
        rows.append((place.name, place.price_area, *(cars_told(cell, voice) for cell in cells)))
    names = order["name_sv" if voice.locale == "sv" else "name_en"]
    columns = [*_columns(voice, "municipality", "area"), *(Column(name, "number") for name in names)]
    return TableView(caption, columns, rows, voice.say("profile_counts.note"))


def travel_table(targets: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show what the generated travel is fitted to: generated beside published, those out of bounds first."""
    series = {name: rows.set_index("target_id") for name, rows in targets.groupby("series")}
    generated, published = series["generated"], series["published"]["value"]
    rows = [
        (
            voice.texts.get(f"travel.{target}", row["metric"]),
            voice.number(row["value"], row["unit"]),
            voice.number(published[str(target)], row["unit"]),
            voice.number(row["ratio_pu"], "pu"),
            voice.unit(row["unit"]),
            voice.say("answer.yes" if row["is_within"] else "answer.no"),
            voice.say("travel.verified" if row["verified"] else "travel.unverified"),
            row["source"],
        )
        for target, row in generated.sort_values(["is_within", "target_id"]).to_dict("index").items()
    ]
    names = ("measure", "#generated", "#published", "#generated_of_published", "unit", "is_accepted", "status",
             "!source")  # fmt: skip
    return TableView(caption, _columns(voice, *names), rows)


def driving_data_table(driving_data: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show the data sets on driving and charging side by side: a measure a row, a data set a column."""
    measures = driving_data.drop_duplicates("measure")
    datasets = list(dict.fromkeys(driving_data["dataset"]))
    cells = driving_data.set_index(["measure", "dataset"])["value"]
    rows = [
        (
            voice.say(f"driving_data.{row.measure}"),
            *(voice.number(cells.get((row.measure, dataset)), row.unit) for dataset in datasets),
        )
        for row in rows_of(measures)
    ]
    heads = [Column(voice.say(f"dataset.{dataset}"), "number") for dataset in datasets]
    return TableView(caption, [*_columns(voice, "measure"), *heads], rows, voice.say("driving_data.note"))


def value_table(values: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show value over smart charging by area, charger option and strategy: net, gross, per plugged hour, wear."""
    order = {name: place for place, name in enumerate(STRATEGIES)}
    area_order = {name: place for place, name in enumerate(PRICE_AREAS_AND_SWEDEN)}
    ranked = sorted(
        rows_of(values),
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
            voice.number(
                row.net_gross_value_over_smart_sek, "sek", row.net_value_over_smart_low_sek,
                row.net_value_over_smart_high_sek,
            ),
            _rough(row.net_value_over_smart_sek_per_plugged_h, "sek", voice),
            _rough(row.degradation_cost_sek, "sek", voice),
            _rough(row.discharge_ac_kwh, "kwh", voice),
        )
        for row in ranked
    ]  # fmt: skip
    names = ("area", "price_year", "charger", "strategy", "#net_value", "#gross_value", "#value_per_hour", "#ageing",
             "#discharged")  # fmt: skip
    return TableView(caption, _columns(voice, *names), rows, voice.say("value.table_note"), is_grouped=True)


def depth_table(balance: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show value per car and price levels by number of cars."""
    rows = [
        (
            voice.number(row.enrolled_count, "count"),
            voice.interval(row.value_sek_per_car_year, row.value_low_sek_per_car_year, row.value_high_sek_per_car_year),
            voice.number(row.fcr_n_level_pu, "pu"),
            voice.number(row.fcr_d_level_pu, "pu"),
            _rough(row.fcr_n_sold_mw, "mw", voice),
            _rough(row.fcr_d_sold_mw, "mw", voice),
        )
        for row in rows_of(balance.sort_values("enrolled_count"))
    ]
    names = ("#enrolled", "#value_per_car", "#fcr_n_level", "#fcr_d_level", "#fcr_n_sold", "#fcr_d_sold")
    return TableView(caption, _columns(voice, *names), rows)


def in_order(table: pd.DataFrame, schemes: Sequence[str]) -> pd.DataFrame:
    """Sort rows by the order in which the run names its schemes; other columns keep theirs."""
    rank = {name: place for place, name in enumerate(schemes)}
    return table.assign(rank=table["scheme"].map(rank)).sort_values("rank", kind="stable").drop(columns="rank")


def scheme_table(results: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show the schemes by charger option and openness, national. ``results``: one year and area ``SE``, in order."""
    rows = [
        (
            voice.name("scheme", row.scheme),
            voice.name("charger", row.charger_option),
            voice.say("openness.open" if row.is_interoperable else "openness.closed"),
            voice.number(row.support_sek_per_unit, "sek"),
            voice.interval(row.adopter_count, row.adopter_low_count, row.adopter_high_count, "count"),
            voice.number(row.net_additional_count, "count", row.adopter_low_count, row.adopter_high_count),
            voice.number(row.free_rider_pu, "pu", 0.0, 1.0) if row.adopter_count >= 1 else UNKNOWN,
            voice.interval(row.outlay_msek, row.outlay_low_msek, row.outlay_high_msek, "msek"),
            voice.decimals(row.net_firm_additional_mw, 1),
        )
        for row in rows_of(results)
    ]
    names = ("scheme", "charger", "openness", "#support", "#adopters", "#additional", "#free_riders", "#outlay",
             "#firm_additional")  # fmt: skip
    return TableView(caption, _columns(voice, *names), rows, is_grouped=True)


def measure_table(summary: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show all national measures of the schemes: measures down, schemes across. ``summary``: one year."""
    schemes = list(dict.fromkeys(summary["scheme"]))
    found = {(row.measure, row.scheme): row for row in rows_of(summary)}
    rows = []
    for measure in dict.fromkeys(summary["measure"]):
        cells = [found.get((measure, scheme)) for scheme in schemes]
        told = [
            voice.say("number.hardly")
            if cell is not None and measure == CHANCE and 0 <= cell.value < HARDLY
            else UNKNOWN
            if cell is None
            else voice.interval(cell.value, cell.low, cell.high, cell.unit)
            for cell in cells
        ]
        unit = next(voice.unit(cell.unit) for cell in cells if cell is not None)
        rows.append((measure_name(measure, voice), unit, *told))
    columns = [*_columns(voice, "measure", "unit"), *(Column(voice.name("scheme", name), "number") for name in schemes)]
    return TableView(caption, columns, rows)


def account_table(accounts: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show who gains and who loses under one scheme: flows down, accounts across."""
    found = accounts.set_index(["flow", "account"])["net_present_value_msek"]
    shown = [account for account in ACCOUNTS if account in set(accounts["account"])]
    transfers = set(accounts.loc[accounts["is_transfer"], "flow"])
    rows = []
    for flow in dict.fromkeys(accounts["flow"]):
        amounts = [found.get((flow, account)) for account in shown]
        cells = [UNKNOWN if amount is None else voice.decimals(float(amount), 1) for amount in amounts]
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
            voice.exact(row.value),
            f"{voice.exact(row.low)} {voice.say('number.to')} {voice.exact(row.high)}",
            row.unit,
            voice.say("parameter.verified" if row.verified else "parameter.assumed"),
            row.source,
            "" if pd.isna(row.note) else row.note,
        )
        for row in rows_of(parameters.sort_values("id"))
    ]
    names = ("=parameter", "#value", "#range", "!unit", "status", "!source", "!note")
    return TableView(caption, _columns(voice, *names), rows)


def assumption_table(assumptions: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show the modelling choices declared in the code, each with its place."""
    rows = [(row.assumption, f"{row.path}:{row.line}") for row in rows_of(assumptions)]
    return TableView(caption, _columns(voice, "!assumption", "=place"), rows)


def comparison_table(comparison: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    """Show generated price years against real ones: each ratio is generated over real, with its range over seeds."""
    ends = ("_low_pu", "_mean_pu", "_high_pu")
    names = [name for name in comparison.columns if name.startswith("ratio_") and not name.endswith(ends)]
    rows = [
        (
            str(row["year"]),
            row["price_area"],
            str(row["embedded_year"]),
            voice.say("answer.yes" if row["is_calibrated"] else "answer.no"),
            voice.say("answer.yes" if row["is_within_15_pct"] else "answer.no"),
            *(_ratio(row, name, voice) for name in names),
        )
        for row in comparison.sort_values(["year", "price_area"]).to_dict("records")
    ]
    heads = _columns(voice, "real_year", "area", "embedded_year", "is_calibrated", "is_within")
    ratios = [Column(voice.name("column", name), "number") for name in names]
    return TableView(caption, [*heads, *ratios], rows, is_grouped=True)


def _ratio(row: dict[Any, Any], name: str, voice: Voice) -> str:
    """Write a ratio as per cent, with its range where the table has one."""
    stem = name.removesuffix("_pu")
    return voice.interval(row[name], row.get(f"{stem}_low_pu"), row.get(f"{stem}_high_pu"), "pu")


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
