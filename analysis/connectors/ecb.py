"""Daily reference rates of the European Central Bank, crowns for a euro: one answer a year, kept as is."""

import re
from pathlib import Path

from analysis.connectors.cache import Cache
from analysis.connectors.publish import publish
from analysis.connectors.reading import changed, rows_of, text_of
from analysis.connectors.services import SERVICES, Question

SERVICE = SERVICES["ecb"]
SERIES = {"FREQ": "D", "CURRENCY": "SEK", "CURRENCY_DENOM": "EUR", "EXR_TYPE": "SP00", "EXR_SUFFIX": "A"}
COLUMNS = ("KEY", *SERIES, "TIME_PERIOD", "OBS_VALUE")
LEAST_DAYS = 250
LAST_DAY = 29
"""Banking days of a year: 255 or so, the last of them on 29 December or later."""


def retrieve_rates(cache: Cache, table: Path, year: int, refresh: bool = False) -> None:
    """Fetch the reference rates of one year and put them where their descriptor reads them.

    Raises
    ------
    DataError
        If the answer holds another series, days of another year or repeated ones, or too few for a whole year.
    """
    question = Question(
        SERVICE, f"eur_sek_{year}.csv", "/data/EXR/D.SEK.EUR.SP00.A",
        {"format": "csvdata", "startPeriod": f"{year}-01-01", "endPeriod": f"{year}-12-31", "detail": "dataonly"},
    )  # fmt: skip
    kept = cache.ask(question, lambda content: _check(question, content, year), refresh)
    publish(kept.content, table, [kept])


def _check(question: Question, content: bytes, year: int) -> None:
    rows = rows_of(question, text_of(question, content).splitlines(), ",", COLUMNS)
    for row in rows:
        for name, value in SERIES.items():
            if row[name] != value:
                raise changed(question, f"{name} {row[name]!r}", value)
        if not re.fullmatch(rf"{year}-\d\d-\d\d", row["TIME_PERIOD"]):
            raise changed(question, f"day {row['TIME_PERIOD']!r}"[:60], f"days of {year}")
        if not re.fullmatch(r"\d+(\.\d+)?", row["OBS_VALUE"]):
            raise changed(question, f"rate {row['OBS_VALUE']!r} on {row['TIME_PERIOD']}"[:80], "a number")
    days = [row["TIME_PERIOD"] for row in rows]
    if len(set(days)) != len(days):
        raise changed(question, f"{len(days) - len(set(days))} days twice", "each day once")
    is_cut = not content.endswith(b"\n") or max(days) < f"{year}-12-{LAST_DAY}"
    if len(days) < LEAST_DAYS or is_cut:
        raise changed(
            question, f"{len(days)} days to {max(days)}", f"at least {LEAST_DAYS} to the end of {year}",
            "Ask for a year that has ended; or the answer was cut: run again.",
        )  # fmt: skip
