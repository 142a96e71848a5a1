"""Turns tables of the run into the sentences that keep a number from being read alone."""

from typing import Any

import pandas as pd

from analysis.report.elements import rows_of
from analysis.report.results import Results, private_profiles
from analysis.report.text import HOURS_PER_DAY, Voice
from analysis.settings.model import Settings

RESERVE_STRATEGY = "grid_reserve"
SHOWN_CONTRACT = "12h_20d"
STABLE = 0.75  # SOURCE: Hennig (2007), reading of the bootstrapped Jaccard similarity of a cluster
PATTERN = 0.6


def plug_in_note(results: Results, settings: Settings, voice: Voice) -> str:
    """Say how much of the time the cars are plugged in, and what a contract would change or does.

    The share is the mean of the private profiles, weighted by their cars; the terms of a contract are parameters, and
    what it gives stands in ``PlugInContracts``.
    """
    profiles, terms = private_profiles(results.profiles), results.parameters.set_index("id")["value"]
    hours = float((profiles["share_pu"] * profiles["plugged_h_per_day"]).sum() / profiles["share_pu"].sum())
    chosen = settings.assumptions.plug_in_contract
    none = _contract(results, "none", "none")
    shown = SHOWN_CONTRACT if chosen == "none" else chosen
    told = _contract(results, shown, settings.assumptions.contract_hour_reading)
    kind = "embedded" if settings.inputs.sessions is None else "sessions"
    return voice.say(
        f"plug_in.note_{kind}" if chosen == "none" else "plug_in.note_contract",
        share=voice.number(hours / HOURS_PER_DAY, "pu"),
        hours=voice.decimals(hours, 0),
        contract=voice.inline("contract", chosen),
        without=voice.decimals(float(none["plugged_h_per_day"]), 0),
        offered=voice.decimals(float(told["plugged_h_per_day"]), 0),
        signs=voice.number(float(told["signs_pu"]), "pu"),
        contract_hours=voice.exact(float(terms["plug.contract_hours_home"])),
        contract_days=voice.exact(float(terms["plug.contract_days"])),
    )


def _contract(results: Results, contract: str, hour_reading: str) -> "pd.Series[Any]":
    """Pick the row of one contract and reading."""
    found = results.plug_in_contracts
    return found[(found["contract"] == contract) & (found["hour_reading"] == hour_reading)].iloc[0]


def value_by_year(values: pd.DataFrame, charger_option: str, strategy: str) -> pd.DataFrame:
    """Pick the national value of one charger and strategy, one row a price year in order of time."""
    chosen = values[
        (values["price_area"] == "SE") & (values["charger_option"] == charger_option) & (values["strategy"] == strategy)
    ]
    return chosen.sort_values("price_year")


def years_told(rows: pd.DataFrame, voice: Voice) -> str:
    """Write the value of each price year: ``4 900 kr med 2024 års priser och 1 100 kr med 2025 års priser``."""
    told = [
        voice.say(
            "value.of_year",
            value=voice.number(
                row.net_value_over_smart_sek, "sek", row.net_value_over_smart_low_sek, row.net_value_over_smart_high_sek
            ),
            year=str(row.price_year),
        )
        for row in rows_of(rows)
    ]
    head = ", ".join(told[:-1])
    return f"{head} {voice.say('number.and')} {told[-1]}" if head else told[-1]


def value_years_note(results: Results, settings: Settings, voice: Voice) -> str:
    """Say what the mean over price years hides: each one's value, for the headline's charger; or that it is one."""
    values = results.value_summary
    found = values[
        (values["reserve_level_id"] == settings.scope.full_reserve_level_id) & (values["strategy"] == RESERVE_STRATEGY)
    ]
    rows = value_by_year(found, settings.scope.charger_options[0], RESERVE_STRATEGY)
    if len(rows) < 2:
        return voice.say("value.one_year", year=str(rows.iloc[0]["price_year"]))
    first, last = (float(rows.iloc[place]["net_value_over_smart_sek"]) for place in (0, -1))
    key = "value.mean_hides_fall" if last < first else "value.mean_hides_rise"
    charger = voice.inline("charger", settings.scope.charger_options[0])
    return voice.say(key, years=years_told(rows, voice), charger=charger)


def stability(jaccard_pu: float) -> str:
    """Name the class of a profile's stability: ``stable``, ``pattern`` or ``unstable``."""
    if jaccard_pu >= STABLE:
        return "stable"
    return "pattern" if jaccard_pu >= PATTERN else "unstable"


def stability_note(profiles: pd.DataFrame, voice: Voice) -> str:
    """Count the profiles that are stable, a pattern only, and not stable."""
    clustered = private_profiles(profiles)
    found = clustered["jaccard_pu"].map(stability).value_counts()
    counts = {name: str(int(found.get(name, 0))) for name in ("stable", "pattern", "unstable")}
    return voice.say("profiles.stability", all=str(len(clustered)), **counts)


def travel_note(targets: pd.DataFrame, voice: Voice) -> str:
    """Count the travel targets that are met, and those whose published value was read in a source."""
    once = targets[targets["series"] == "generated"]
    return voice.say(
        "travel.text",
        all=str(len(once)),
        within=str(int(once["is_within"].sum())),
        verified=str(int(once["verified"].sum())),
    )
