"""Turns the balance with every scheme off into a sentence and a table: the potential that comes by itself."""

from typing import Any

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.report.elements import Column, TableView, rows_of
from analysis.report.numbers import is_known
from analysis.report.text import UNKNOWN, Voice
from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN


def market_note(tiers: pd.DataFrame, year: int, voice: Voice) -> str:
    """Say how many cars and how much firm power the market brings without support, the whole country.

    Parameters
    ----------
    tiers
        ``MarketTier``.

    Raises
    ------
    DataError
        If the table has no row of the year for Sweden.
    """
    rows = tiers[(tiers["price_area"] == "SE") & (tiers["year"] == year)]
    if rows.empty:
        raise DataError(Fault("market_tier [SE]", f"no row for {year}", "one row", "Sum up the schemes again."))
    row = rows.iloc[0]
    return voice.say(
        "market_tier.note",
        year=str(year),
        cars=voice.interval(row["enrolled_count"], row["enrolled_low_count"], row["enrolled_high_count"], "cars"),
        firm=voice.quantity(row["firm_mw"], row["firm_low_mw"], row["firm_high_mw"], "MW"),
    )


def market_table(tiers: pd.DataFrame, year: int, voice: Voice) -> TableView:
    """Show cars and firm power without support by price area, and the prices that go with them."""
    order = {area: place for place, area in enumerate(PRICE_AREAS_AND_SWEDEN)}
    shown = sorted(rows_of(tiers[tiers["year"] == year]), key=lambda row: order[row.price_area])
    rows = [
        (
            voice.say(f"area.{row.price_area}"),
            voice.interval(row.enrolled_count, row.enrolled_low_count, row.enrolled_high_count, "cars"),
            voice.interval(row.firm_mw, row.firm_low_mw, row.firm_high_mw, "MW"),
            _known(row.fcr_n_level_pu, "pu", voice),
            _known(row.fcr_d_level_pu, "pu", voice),
            _known(row.value_sek_per_car_year, "sek", voice),
        )
        for row in shown
    ]
    names = ("enrolled", "firm_mw", "fcr_n_level", "fcr_d_level", "value_per_car")
    columns = [
        Column(voice.say("column.area")),
        *(Column(voice.say(f"column.{name}"), "number") for name in names),
    ]
    return TableView(
        voice.say("market_tier.caption", year=str(year)), columns, rows, voice.say("market_tier.note_table")
    )


def _known(value: Any, unit: str, voice: Voice) -> str:
    return voice.number(value, unit) if is_known(value) else UNKNOWN
