"""Turns use cases into tables of the page: what each is worth and to whom, and published results beside ours."""

from typing import Any

import pandas as pd

from analysis.report.elements import Column, TableView, rows_of
from analysis.report.numbers import is_known
from analysis.report.results import Results
from analysis.report.text import UNKNOWN, Voice

SHOWN = ("home", "building", "grid", "grid_reserve")
CASE_ORDER = (
    "villa", "housing_association", "workplace_solar", "public_parking", "airport_long_stay", "car_sharing",
    "dealer_lot", "municipal_fleet", "parking_wardens", "grid_company_fleet", "depot_vans", "depot_trucks",
    "refuse_trucks", "school_buses", "parking_hub",
)  # fmt: skip
"""Households first, then places of visit, fleets, heavy vehicles, the hub; rows of a user's own come last."""
DECIMALS = {"kw": 1, "mw": 2, "kwh": 0, "h": 0, "eur": 0, "per_cent": 1, "cycles": 0}


def use_case_sections(results: Results, voice: Voice) -> dict[str, TableView | None]:
    """Gather both tables under the names that the page has for them."""
    return {
        "use_cases": use_case_table(results.use_cases, voice),
        "use_case_check": use_case_check_table(results.use_case_check, voice),
    }


def use_case_table(values: pd.DataFrame, voice: Voice) -> TableView | None:
    """Show what each use case is worth over charging well, who gets it, and what it does to battery and grid.

    Parameters
    ----------
    values
        ``UseCaseValues``; empty where the run has not made them.

    Returns
    -------
    TableView | None
        None where there is nothing to show.
    """
    shown = values[values["strategy"].isin(SHOWN)]
    if shown.empty:
        return None
    rank = {name: place for place, name in enumerate(CASE_ORDER)}
    keys = shown.assign(
        case_rank=shown["use_case"].map(rank).fillna(len(rank)), strategy_rank=shown["strategy"].map(SHOWN.index)
    )
    rows = [
        (
            _case(row, voice), voice.say(f"strategy.{row.strategy}"), voice.decimals(row.net_value_over_smart_sek, 0),
            voice.decimals(row.net_owner_sek, 0), voice.decimals(row.net_user_sek, 0),
            voice.decimals(row.aggregator_fee_sek, 0), voice.decimals(row.discharge_ac_kwh, 0),
            voice.decimals(row.full_cycle_count, 0), voice.number(row.plugged_pu, "pu"),
            voice.decimals(row.deliverable_1h_kw, 1), voice.decimals(row.peak_import_ac_kw, 1),
        )
        for row in rows_of(keys.sort_values(["case_rank", "use_case", "strategy_rank"]))
    ]  # fmt: skip
    names = ("use_case", "strategy", "#uc_value", "#uc_owner", "#uc_user", "#uc_aggregator", "#uc_discharged",
             "#uc_cycles", "#uc_plugged", "#uc_deliverable", "#uc_peak")  # fmt: skip
    first = shown.iloc[0]
    caption = voice.say(
        "use_cases.caption", year=str(first["price_year"]), count=str(int(shown["simulated_count"].max()))
    )
    return TableView(caption, _columns(voice, *names), rows, voice.say("use_cases.note"), is_grouped=True)


def _case(row: Any, voice: Voice) -> str:
    """Name of the case, its charger and who owns it: the head of its rows of ``UseCaseValues``."""
    name = voice.name("use_case", str(row.use_case))
    charger = str(row.charger_option)
    technology, power = charger.split("_")[:2]
    owner = voice.say(f"charger_owner.{row.charger_owner}")
    return voice.say(
        "use_cases.head", name=name, technology=technology.upper(), power=power.replace("p", "."), owner=owner
    )


def use_case_check_table(checks: pd.DataFrame, voice: Voice) -> TableView:
    """Show published results beside ours: the range, both ways of paying by price year, inside or outside.

    Parameters
    ----------
    checks
        ``UseCaseChecks``.
    """
    ranked = checks.sort_values(["published_id", "measure", "pays", "price_year"])
    rows = []
    for (published, measure, pays), each in ranked.groupby(["published_id", "measure", "pays"], sort=False):
        first = each.iloc[0]
        unit = str(first["unit"])
        told = [voice.decimals(float(value), DECIMALS[unit]) for value in each["value"]]
        inside = int(each["is_inside"].sum())
        rows.append(
            (f"{published}: {voice.name('use_case', str(first['use_case']))}, "
             f"{voice.say(f'uc_measure.{measure}')} ({voice.say(f'uc_unit.{unit}')})",
             _range(first["low"], first["high"], DECIMALS[unit], voice), voice.say(f"uc_pays.{pays}"),
             *told, voice.say("use_cases.verdict", inside=str(inside), all=str(len(each))))
        )  # fmt: skip
    years = [Column(str(year), "number") for year in sorted(checks["price_year"].unique())]
    columns = [*_columns(voice, "uc_published", "#uc_range", "uc_pays"), *years, *_columns(voice, "#uc_inside")]
    return TableView(voice.say("use_cases.check_caption"), columns, rows, voice.say("use_cases.check_note"),
                     is_grouped=True)  # fmt: skip


def _range(low: float, high: float, decimals: int, voice: Voice) -> str:
    """Write a range; an open end is said in words."""
    if is_known(float(low)) and is_known(float(high)):
        return (
            f"{voice.decimals(float(low), decimals)} {voice.say('number.to')} {voice.decimals(float(high), decimals)}"
        )
    if is_known(float(high)):
        return voice.say("use_cases.at_most", value=voice.decimals(float(high), decimals))
    if is_known(float(low)):
        return voice.say("use_cases.at_least", value=voice.decimals(float(low), decimals))
    return UNKNOWN


def _columns(voice: Voice, *names: str) -> list[Column]:
    """Make columns from names; ``#`` before a name marks numbers."""
    return [
        Column(voice.say(f"column.{name.lstrip('#')}"), "number" if name.startswith("#") else "text") for name in names
    ]
