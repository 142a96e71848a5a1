"""Turns the headline table into the five lines that end a run in the terminal."""

import pandas as pd

from analysis.report import headlines as known
from analysis.report.text import Voice

TERMINAL_TEXTS = {
    "number.to": "to",
    "number.missing": "not available",
    "unit.SEK/car,year": "SEK per car and year",
    "unit.SEK/kW,year": "SEK per kW and year",
    "unit.ratio": "times",
}
LABELS = {
    known.FIRM: "Firm discharge, 1 h, mean of the 50 dearest hours",
    known.VALUE_TODAY: "Value over smart charging, today's depth",
    known.VALUE_EQUILIBRIUM: "at equilibrium",
    known.SATURATION: "Cars that saturate FCR-D",
    known.EFFECTIVENESS: "Outlay per additional firm kW-year, best scheme",
    known.DC_AC: "DC/AC",
    known.OPEN_CLOSED: "open/closed",
    known.SOCIAL_VALUE: "Social NPV of that scheme",
    known.PROBABILITY: "probability that it is positive",
}


def headline_lines(headlines: pd.DataFrame) -> list[str]:
    """Write the five headline numbers, each with its range, one a line; firm power tells its price areas too.

    Parameters
    ----------
    headlines
        ``Headlines``.

    Raises
    ------
    DataError
        If one of the five is missing.
    """
    voice = Voice("en", TERMINAL_TEXTS)
    lines = []
    for number, group in enumerate(known.CARDS, start=1):
        told = [_told(known.national(headlines, name), LABELS[name], voice) for name in group]
        if group[0] == known.FIRM:
            areas = headlines[(headlines["headline_id"] == known.FIRM) & (headlines["price_area"] != "SE")]
            told += [_told(row, row["price_area"], voice) for _, row in areas.sort_values("price_area").iterrows()]
        lines.append(f"{number}. " + "; ".join(told))
    return lines


def _told(row: pd.Series, label: str, voice: Voice) -> str:
    """Write one headline: label, the scheme where there is one, quantity and range."""
    scheme = f" ({row['detail']})" if row["headline_id"] == known.EFFECTIVENESS and row["detail"] else ""
    told = voice.quantity(row["value"], row["low"], row["high"], row["unit"])
    return f"{label}{scheme}: {told}".replace("\u2060", "")
