"""Turns municipalities and their profile counts into a map to point at and search, and a table to take away."""

from itertools import pairwise

import pandas as pd

from analysis.report import tables
from analysis.report.atlas import CAR_LIMITS, car_panel
from analysis.report.elements import FigureView, rows_of
from analysis.report.figure_data import csv_text, parts
from analysis.report.results import Results, private_profiles
from analysis.report.text import Voice

TAKEN_AWAY = "municipality_profiles.csv"


def place_figure(results: Results, voice: Voice) -> FigureView:
    """Show where electric cars are registered and which profiles they are counted to."""
    places = results.municipalities
    most = places.sort_values("bev_count").iloc[-1]
    classes = [
        voice.say("places.at_least" if limit == CAR_LIMITS[-2] else "places.class",
                  low=voice.number(float(limit), "count"), high=voice.number(float(upper), "count"))
        for limit, upper in pairwise(CAR_LIMITS)
    ]  # fmt: skip
    return FigureView(
        "places",
        voice.say("places.title", name=str(most["name"]), cars=voice.exact(float(most["bev_count"]))),
        voice.say("places.lead"),
        voice.say("places.source"),
        [car_panel(places, results.geometry, results.area_geometry, _words(results, voice), voice)],
        tables.profile_count_table(results, voice, voice.say("profile_counts.caption")),
        [(f"cars_{number}", told) for number, told in enumerate(classes)],
        width="map",
        data=parts(
            municipality=places[["municipality_code", "name", "price_area", "bev_count"]],
            profile=published_counts(results.profile_counts, places, results.profiles),
        ),
    )


def _words(results: Results, voice: Voice) -> dict[str, str]:
    """Say of each municipality its area, cars and most common profile with its interval."""
    name = f"name_{voice.locale}"
    names = private_profiles(results.profiles).set_index("profile_id")[name]
    counts = results.profile_counts[results.profile_counts["profile_id"].isin(names.index)]
    shown = counts[~counts["is_suppressed"]].sort_values("vehicle_published_count", kind="stable")
    common = {row.municipality_code: row for row in rows_of(shown)}  # the last of a municipality is its largest
    told = {}
    for row in rows_of(results.municipalities):
        words = voice.say("map.hover", name=row.name, area=row.price_area, cars=voice.exact(float(row.bev_count)))
        if row.municipality_code in common:
            most = common[row.municipality_code]
            cars = tables.cars_told(most, voice)
            words += "\n" + voice.say("places.common", profile=str(names[most.profile_id]), cars=cars)
        told[str(row.municipality_code)] = words
    return told


def table_to_take(results: Results) -> str:
    """Give the counts as text: one row a municipality and profile, names in both languages (grain: ProfileCounts).

    Counts are the published ones; a count that is held back leaves its number and range empty.
    """
    return csv_text(published_counts(results.profile_counts, results.municipalities, results.profiles))


def published_counts(counts: pd.DataFrame, municipalities: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """Lay names beside the counts that may be printed (grain: ProfileCounts); what is held back is empty."""
    names = municipalities[["municipality_code", "name"]]
    told: pd.DataFrame = counts.merge(names, on="municipality_code").merge(
        profiles[["profile_id", "name_sv", "name_en"]], on="profile_id"
    )
    ranges = ["vehicle_low_count", "vehicle_high_count"]
    told[ranges] = told[ranges].mask(told["is_suppressed"])
    ordered = told.sort_values(["municipality_code", "profile_id"])
    front = ["municipality_code", "name", "price_area", "profile_id", "name_sv", "name_en"]
    return ordered[[*front, "vehicle_published_count", *ranges, "is_suppressed"]]
