"""Turns the link of profiles to households, and what counts by municipality rest on, into tables and a sentence."""

from typing import Any

import pandas as pd

from analysis.report.elements import Column, TableView, rows_of
from analysis.report.results import Results
from analysis.report.text import UNKNOWN, Voice

DECIMALS = 2
SHARE_DECIMALS = 4


def link_note(results: Results, voice: Voice) -> str:
    """Say what the link rests on: an assumption where travel is generated, or that there is none."""
    first = next(rows_of(results.profile_link))
    used = results.profile_link[results.profile_link["state"] == "estimated"]["covariate"].drop_duplicates()
    terms = [voice.inline("covariate", name) for name in used if name != "intercept"]
    return voice.say(
        f"link.{first.basis}",
        terms=", ".join(terms),
        ridge=voice.exact(first.ridge_count),
        cars=voice.exact(float(first.car_count)),
    )


def link_table(results: Results, voice: Voice) -> TableView:
    """Show coefficients with standard error, covariates down and profiles across, and why others are left out."""
    names = results.profiles.set_index("profile_id")["name_sv" if voice.locale == "sv" else "name_en"]
    link = results.profile_link
    profiles = list(dict.fromkeys(link["profile_id"]))
    found = {(row.covariate, row.profile_id): row for row in rows_of(link)}
    is_out = link.drop_duplicates("covariate").sort_values(
        "state", key=lambda state: state == "left_out", kind="stable"
    )
    rows = []
    for row in rows_of(is_out):
        state = voice.say(f"link.reason_{row.reason}") if row.state == "left_out" else voice.say("link.estimated")
        cells = [_coefficient(found[row.covariate, profile], voice) for profile in profiles]
        rows.append((voice.name("covariate", row.covariate), state, *cells))
    heads = [Column(voice.say("column.covariate")), Column(voice.say("column.status"))]
    heads += [Column(str(names.get(profile, profile)), "number") for profile in profiles]
    return TableView(voice.say("link.caption"), heads, rows, voice.say("link.table_note"))


def _coefficient(row: Any, voice: Voice) -> str:
    if row.state == "left_out":
        return UNKNOWN
    if row.state == "reference":
        return voice.say("link.reference")
    return f"{voice.decimals(row.coefficient_pu, DECIMALS)} ({voice.decimals(row.standard_error_pu, DECIMALS)})"


def seed_table(results: Results, voice: Voice) -> TableView:
    """Show shares of profiles under the two seeds by price area, and the largest difference in any municipality."""
    names = results.profiles.set_index("profile_id")["name_sv" if voice.locale == "sv" else "name_en"]
    rows = [
        (
            voice.say(f"area.{row.price_area}"),
            str(names.get(row.profile_id, row.profile_id)),
            voice.decimals(row.share_sample_seed_pu, SHARE_DECIMALS),
            voice.decimals(row.share_independent_seed_pu, SHARE_DECIMALS),
            voice.decimals(row.largest_municipality_difference_pu, SHARE_DECIMALS),
        )
        for row in rows_of(results.profile_count_seeds)
    ]
    columns = _columns(voice, ("area", "profile"), ("seed_sample", "seed_independent", "seed_difference"))
    return TableView(voice.say("seeds.caption"), columns, rows, voice.say("seeds.note"), is_grouped=True)


def company_car_table(results: Results, voice: Voice) -> TableView:
    """Show electric cars by price area as registered and with those at firms' addresses moved."""
    areas: pd.DataFrame = results.company_car_areas
    numbers = ("registered_count", "moved_out_count", "moved_in_count", "reallocated_count")
    rows = [
        (voice.say(f"area.{row.price_area}"), *(voice.exact(float(getattr(row, name))) for name in numbers))
        for row in rows_of(areas)
    ]
    columns = _columns(voice, ("area",), ("cars_registered", "cars_moved_out", "cars_moved_in", "cars_reallocated"))
    note = voice.say(
        "company_cars.used" if areas["is_used"].any() else "company_cars.not_used",
        givers=voice.exact(float(areas["giving_municipality_count"].max())),
    )
    return TableView(voice.say("company_cars.caption"), columns, rows, note)


def _columns(voice: Voice, texts: tuple[str, ...], numbers: tuple[str, ...]) -> list[Column]:
    return [
        *(Column(voice.say(f"column.{name}")) for name in texts),
        *(Column(voice.say(f"column.{name}"), "number") for name in numbers),
    ]
