"""Turns the headline table into the few lines that end a run in the terminal; the same cells as the page shows."""

import math
from collections.abc import Iterator

import pandas as pd

from analysis.report.headlines import (
    DC_AC,
    EFFECTIVENESS,
    FILL,
    FIRM,
    HARDLY,
    OPEN_CLOSED,
    PROBABILITY,
    SATURATION,
    SOCIAL_VALUE,
    VALUE_EQUILIBRIUM,
    VALUE_TODAY,
    national,
)
from analysis.settings.model import Inputs

GENERATED = {"day_ahead_prices": "day-ahead prices", "reserve_prices": "reserve prices"}
ALWAYS_GENERATED = ("travel of private cars", "household load", "temperature")


def generated_line(inputs: Inputs) -> str:
    """Say which inputs of a run are generated; private cars' travel always is, whatever files are read.

    Examples
    --------
    With price files: "Generated, not measured: travel of private cars, household load, temperature."
    """
    prices = [name for key, name in GENERATED.items() if inputs.scaled_from_year or not getattr(inputs, key)]
    return f"Generated, not measured: {', '.join((*ALWAYS_GENERATED, *prices))}."


def dropped_line(lists: list[pd.DataFrame], folder: str) -> str:
    """Say how many rows of the input files were left out, for which reasons, and where each is listed.

    Parameters
    ----------
    lists
        ``DroppedRows`` of the run: of its trips, and of its sessions.
    folder
        Where the lists lie.

    Examples
    --------
    "Left out of the input files: 1 trips (gps_jump 1), 38 sessions (no_end 38); each row is listed in ..."
    """
    dropped = pd.concat(lists)
    if dropped.empty:
        return "Left out of the input files: no row."
    nouns = {"Trips": "trips", "GpsTrips": "trips", "Sessions": "sessions", "Vehicles": "cars"}
    parts = []
    for noun, rows in dropped.groupby(dropped["table_name"].map(nouns), sort=True):
        counts = rows["reason"].value_counts().sort_index()
        parts.append(f"{len(rows)} {noun} ({', '.join(f'{reason} {count}' for reason, count in counts.items())})")
    return f"Left out of the input files: {', '.join(parts)}; each row is listed in {folder}/dropped_*.parquet."


def headline_lines(headlines: pd.DataFrame) -> Iterator[str]:
    """Write the five headline numbers, one a line, each with its range.

    Parameters
    ----------
    headlines
        The ``Headlines`` table, complete.
    """
    firm = headlines[headlines["headline_id"] == FIRM].set_index("price_area")
    areas = ", ".join(f"{area} {_number(firm.loc[area, 'value'])}" for area in sorted(set(firm.index) - {"SE"}))
    yield f"1. Firm discharge, 95 %, 1 h, mean of the 50 dearest hours: {_cell(headlines, FIRM)}: {areas}"
    yield (
        f"2. Net value over optimised one-way charging: {_cell(headlines, VALUE_TODAY)} at today's depth, "
        f"{_cell(headlines, VALUE_EQUILIBRIUM)} at equilibrium"
    )
    yield (
        f"3. Cars that bring the FCR-D price to its floor: {_cell(headlines, SATURATION)}, plugged in as owners do"
        f" today and selling what pays best; {_cell(headlines, FILL)} would cover all FCR-D bought if always plugged in"
        " at full power"
    )
    scheme = national(headlines, EFFECTIVENESS)["detail"]
    yield (
        f"4. Least outlay per additional firm kW: {scheme}, {_cell(headlines, EFFECTIVENESS)}; "
        f"support DC/AC {_cell(headlines, DC_AC)}, open/closed {_cell(headlines, OPEN_CLOSED)}"
    )
    chance = national(headlines, PROBABILITY)["value"]
    told = "less than 1%" if chance < HARDLY else f"{chance:.0%}"
    positive = f"positive in {told} of draws"
    yield f"5. Social net present value of {scheme}: {_cell(headlines, SOCIAL_VALUE)}; {positive}"


def _cell(headlines: pd.DataFrame, headline_id: str) -> str:
    row = national(headlines, headline_id)
    unit = "" if row["unit"] == "ratio" else f" {row['unit']}"
    if not float(row["low"]) < float(row["high"]):
        return f"{_number(row['value'])}{unit} (no range)"
    value, low, high = (_number(row[name], row["value"]) for name in ("value", "low", "high"))
    return f"{value}{unit} ({low} to {high})"


def _number(value: float, beside: float | None = None) -> str:
    """Two significant digits, thousands apart; an end of a range takes the decimals of the value it stands beside."""
    if not math.isfinite(value):
        return "none"
    scale = value if beside is None or not math.isfinite(beside) else beside
    decimals = 1 - math.floor(math.log10(abs(scale))) if scale else 0
    return f"{round(value, decimals):,.{max(0, decimals)}f}".replace(",", " ")
