"""Turns the headline table into the five numbers that open the page and the three sentences that answer the question.

The ids below are the contract with whoever writes the table; nothing is computed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.report.elements import Column, TableView
from analysis.report.text import Voice
from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN

FIRM = "firm_discharge_mw"
VALUE_TODAY = "value_over_smart_today"
VALUE_EQUILIBRIUM = "value_over_smart_equilibrium"
SATURATION = "fcr_d_saturation_cars"
FILL = "fcr_d_fill_cars"
EFFECTIVENESS = "best_scheme_outlay_per_firm_kw_year"
DC_AC = "best_scheme_dc_ac_ratio"
OPEN_CLOSED = "best_scheme_open_closed_ratio"
SOCIAL_VALUE = "best_scheme_social_npv"
PROBABILITY = "best_scheme_probability_positive"
HEADLINES = (
    FIRM, VALUE_TODAY, VALUE_EQUILIBRIUM, SATURATION, FILL, EFFECTIVENESS, DC_AC, OPEN_CLOSED, SOCIAL_VALUE,
    PROBABILITY,
)  # fmt: skip
CARDS = ((FIRM,), (VALUE_TODAY, VALUE_EQUILIBRIUM), (SATURATION, FILL), (EFFECTIVENESS, DC_AC, OPEN_CLOSED),
         (SOCIAL_VALUE, PROBABILITY))  # fmt: skip
EVEN_ODDS = 0.5
HARDLY = 0.01


@dataclass(frozen=True)
class Quantity:
    """One number as it is shown: head, unit, range, and the words beside it."""

    label: str
    head: str
    unit: str
    span: str
    detail: str


@dataclass(frozen=True)
class Card:
    """One of the five: a leading number and what belongs to it."""

    title: str
    lead: Quantity
    others: tuple[Quantity, ...]


def national(headlines: pd.DataFrame, headline_id: str) -> pd.Series:
    """Pick the national row of a headline.

    Raises
    ------
    DataError
        If the table lacks it.
    """
    rows = headlines[(headlines["headline_id"] == headline_id) & (headlines["price_area"] == "SE")]
    if len(rows) != 1:
        raise DataError(
            Fault(f"headlines [{headline_id}]", f"{len(rows)} rows for SE", "one row",
                  "Write it in the rule that collects the headlines.")
        )  # fmt: skip
    return rows.iloc[0]


def quantity(row: pd.Series, voice: Voice) -> Quantity:
    """Write one headline row."""
    cell = (row["value"], row["low"], row["high"], row["unit"])
    has_range = all(pd.notna(item) for item in cell[:3]) and row["low"] < row["high"]
    return Quantity(
        label=voice.name("headline", row["headline_id"]),
        head=_head(row, voice),
        unit=voice.unit(row["unit"]),
        span=voice.span(*cell) if has_range else "",
        detail=voice.name("scheme", str(row["detail"])) if _names_scheme(row) else "",
    )


def _head(row: Mapping[Any, Any] | pd.Series, voice: Voice) -> str:
    """Write the number of a row; a chance that no draw bears out is small, not zero."""
    if row["headline_id"] == PROBABILITY and row["value"] < HARDLY:
        return voice.say("number.hardly")
    return voice.number(row["value"], row["unit"], row["low"], row["high"])


def _names_scheme(row: pd.Series) -> bool:
    """Say whether the detail of a row is the id of a scheme; other rows explain themselves in free words."""
    return str(row["headline_id"]).startswith("best_scheme_") and isinstance(row["detail"], str) and row["detail"] != ""


def cards(headlines: pd.DataFrame, voice: Voice) -> list[Card]:
    """Give the five cards; the first one also tells each price area."""
    made = []
    for group in CARDS:
        lead, *rest = (quantity(national(headlines, item), voice) for item in group)
        areas = [] if group[0] != FIRM else _areas(headlines, voice)
        made.append(Card(voice.say(f"headline.{group[0]}"), lead, (*rest, *areas)))
    return made


def _areas(headlines: pd.DataFrame, voice: Voice) -> list[Quantity]:
    rows = headlines[(headlines["headline_id"] == FIRM) & (headlines["price_area"] != "SE")].sort_values("price_area")
    found = []
    for _, row in rows.iterrows():
        told = quantity(row, voice)
        found.append(Quantity(row["price_area"], told.head, told.unit, told.span, told.detail))
    return found


def best_scheme(headlines: pd.DataFrame) -> str | None:
    """Name the scheme that the headlines call best; none where no scheme adds anything."""
    row = national(headlines, EFFECTIVENESS)
    return str(row["detail"]) if _names_scheme(row) else None


def headline_table(headlines: pd.DataFrame, voice: Voice) -> TableView:
    """Show every headline by area, known ones first."""
    order = {name: place for place, name in enumerate(HEADLINES)}
    area_order = {name: place for place, name in enumerate(PRICE_AREAS_AND_SWEDEN)}
    ranked = sorted(
        headlines.to_dict("records"),
        key=lambda row: (order.get(row["headline_id"], len(order)), row["headline_id"], area_order[row["price_area"]]),
    )
    rows = [
        (
            voice.name("headline", row["headline_id"]),
            voice.say(f"area.{row['price_area']}"),
            _head(row, voice),
            voice.span(row["value"], row["low"], row["high"], row["unit"]) if row["low"] < row["high"] else "",
            voice.unit(row["unit"]),
        )
        for row in ranked
    ]
    columns = [Column(voice.say("column.measure")), Column(voice.say("column.area")),
               Column(voice.say("column.value"), "number"), Column(voice.say("column.range"), "number"),
               Column(voice.say("column.unit"))]  # fmt: skip
    return TableView(voice.say("headlines.caption"), columns, rows)


def answer(headlines: pd.DataFrame, year: int, voice: Voice) -> list[str]:
    """Say the answer in three sentences, built from the headline rows."""

    def told(name: str) -> str:
        row = national(headlines, name)
        return voice.quantity(row["value"], row["low"], row["high"], row["unit"])

    firm = headlines[(headlines["headline_id"] == FIRM) & (headlines["price_area"] != "SE")]
    most = firm.sort_values("value", ascending=False).iloc[0]["price_area"]
    first = voice.say("answer.firm", year=str(year), firm=told(FIRM), area=most)
    second = voice.say("answer.value", today=told(VALUE_TODAY), equilibrium=told(VALUE_EQUILIBRIUM))
    saturates = pd.notna(national(headlines, SATURATION)["value"])
    depth = voice.say("answer.saturates", cars=told(SATURATION)) if saturates else voice.say("answer.never_saturates")
    fills = pd.notna(national(headlines, FILL)["value"])
    second = " ".join([second, depth, *([voice.say("answer.fills", cars=told(FILL))] if fills else [])])
    best = national(headlines, EFFECTIVENESS)
    probability = national(headlines, PROBABILITY)["value"]
    if pd.isna(best["value"]) or not _names_scheme(best) or pd.isna(probability):
        return [first, second, voice.say("answer.no_scheme")]
    third = voice.say(
        "answer.scheme_likely" if probability >= EVEN_ODDS else "answer.scheme_unlikely",
        scheme=voice.name("scheme", str(best["detail"])),
        effectiveness=told(EFFECTIVENESS),
        npv=told(SOCIAL_VALUE),
        probability=_head(national(headlines, PROBABILITY), voice),
    )
    ratios = [national(headlines, name) for name in (DC_AC, OPEN_CLOSED)]
    if any(pd.isna(row["value"]) for row in ratios):
        return [first, second, third]
    dc_ac, open_closed = (voice.number(row["value"], row["unit"], row["low"], row["high"]) for row in ratios)
    return [first, second, f"{third} {voice.say('answer.rule', dc_ac=dc_ac, open_closed=open_closed)}"]
