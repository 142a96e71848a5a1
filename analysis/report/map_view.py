"""Turns power and two-way cars by municipality into the map of the page and what its list offers."""

import pandas as pd

from analysis.report import headlines, tables
from analysis.report.atlas import MapChoice, map_panel
from analysis.report.elements import FigureView, rows_of
from analysis.report.figure_data import parts
from analysis.report.results import Results
from analysis.report.text import Voice
from analysis.schemas.base import TIERS

BASELINE = "none"


def map_figure(results: Results, rows: pd.DataFrame, year: int, voice: Voice) -> FigureView:
    """Show where the firm power stands, and in the list where cars that drive both ways live.

    ``rows`` are those of ``PotentialSummary`` for one hour of discharge in the dearest hours.
    """
    firm = rows[rows["tier"] == "firm"]
    told = _told_mw(firm, voice)
    most = firm[firm["price_area"] != "SE"].sort_values("power_mw").iloc[-1]["price_area"]
    tiers = [_tier_choice(results, rows, tier, year, voice) for tier in TIERS]
    choices = [*_scheme_choices(results, year, voice), *tiers]
    panel = map_panel(results.municipalities, results.geometry, results.area_geometry, choices, voice)
    caption = voice.say("map.caption", year=str(year))
    title = voice.say("map.title", area=most, power=told[most], sweden=told.get("SE", ""))
    return FigureView("map", title, voice.say("map.lead"), voice.say("map.source"), [panel],
                      tables.firm_table(firm, voice, caption), width="map",
                      data=_data(results, rows, year))  # fmt: skip


def _data(results: Results, areas: pd.DataFrame, year: int) -> pd.DataFrame:
    """Areas as told, municipalities by tier, and cars of the schemes in the list; municipalities by code and name."""
    names = results.municipalities[["municipality_code", "name"]]
    power, cars = results.potential_municipalities, results.scheme_municipalities
    listed = {BASELINE, headlines.best_scheme(results.headlines)}
    return parts(
        area=areas,
        municipality=names.merge(power[power["year"] == year], on="municipality_code"),
        cars=names.merge(cars[(cars["year"] == year) & cars["scheme"].isin(listed)], on="municipality_code"),
    )


def _told_mw(rows: pd.DataFrame, voice: Voice) -> dict[str, str]:
    """Power of each price area in words."""
    return {
        row.price_area: f"{voice.number(row.power_mw, 'mw', row.power_low_mw, row.power_high_mw)} MW"
        for row in rows_of(rows)
    }


def _tier_choice(results: Results, areas: pd.DataFrame, tier: str, year: int, voice: Voice) -> MapChoice:
    """One tier of the map: each municipality's power in words and as a share of the country's."""
    places = results.potential_municipalities
    here = places[(places["tier"] == tier) & (places["year"] == year)]
    total = float(here["power_mw"].sum())
    names = results.municipalities.set_index("municipality_code")["name"]
    told = [voice.number(row.power_mw, "mw", row.power_low_mw, row.power_high_mw) for row in rows_of(here)]
    words = {
        str(row.municipality_code): _words(
            names[row.municipality_code], row.price_area, voice.name("tier", tier), f"{power} MW"
        )
        for row, power in zip(rows_of(here), told, strict=True)
    }
    shares = {str(row.municipality_code): row.power_mw / total if total else 0.0 for row in rows_of(here)}
    return MapChoice(voice.name("tier", tier), shares, words, _told_mw(areas[areas["tier"] == tier], voice))


def _words(name: str, area: str, what: str, amount: str) -> str:
    return f"{name}, {area}\n{what}: {amount}"


def _scheme_choices(results: Results, year: int, voice: Voice) -> list[MapChoice]:
    """Cars that take two-way charging without support, and those that the best scheme adds."""
    best = headlines.best_scheme(results.headlines)
    found = [_car_choice(results, BASELINE, "adopter", voice.say("map.without"), year, voice)]
    if best is not None:
        label = voice.say("map.added", scheme=voice.name("scheme", best))
        found.append(_car_choice(results, best, "net_additional", label, year, voice))
    return [choice for choice in found if choice.shares]


def _car_choice(results: Results, scheme: str, measure: str, label: str, year: int, voice: Voice) -> MapChoice:
    """Cars of one scheme by municipality; areas tell the sum of their municipalities' medians."""
    places = results.scheme_municipalities
    here = places[(places["scheme"] == scheme) & (places["year"] == year)]
    cars, low, high = (here[f"{measure}{end}_count"] for end in ("", "_low", "_high"))
    total = float(cars.sum())
    names = results.municipalities.set_index("municipality_code")["name"]
    keys = list(here["municipality_code"])
    told = [voice.interval(*three, "count") for three in zip(cars, low, high, strict=True)]
    words = {
        str(key): _words(names[key], area, label, amount)
        for key, area, amount in zip(keys, here["price_area"], told, strict=True)
    }
    shares = {str(key): max(float(value) / total, 0.0) if total else 0.0 for key, value in zip(keys, cars, strict=True)}
    sums = pd.DataFrame({"cars": cars, "low": low, "high": high}).groupby(here["price_area"]).sum()
    labels = {str(row.Index): voice.number(row.cars, "count", row.low, row.high) for row in sums.itertuples()}
    return MapChoice(label, shares, words, labels)
