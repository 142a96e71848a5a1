"""Hourly air temperature of a station of SMHI: the whole corrected archive is kept, a year of it becomes a table."""

import re
from pathlib import Path

from analysis.connectors.cache import Cache
from analysis.connectors.publish import csv_bytes, publish
from analysis.connectors.reading import changed, rows_of, text_of
from analysis.connectors.services import SERVICES, Question

SERVICE = SERVICES["smhi"]
FIRST = "Datum;Tid (UTC);Lufttemperatur;Kvalitet"
COLUMNS = ("Datum", "Tid (UTC)", "Lufttemperatur", "Kvalitet")
UNIT = "celsius"
QUALITIES = {"G", "Y"}
"""Checked and approved; coarsely checked or doubted."""


def retrieve_temperature(cache: Cache, table: Path, station: int, year: int, refresh: bool = False) -> None:
    """Fetch the archive of a station and write its hours of one year (UTC).

    Parameters
    ----------
    cache
        Of kept answers; the archive is fetched once for all years.
    table
        Written: time in UTC, degrees Celsius, quality, a row a measured hour. Hours without measurement are absent.
    station, year
        Number of the station (parameter 1, hourly), calendar year.
    refresh
        Ask again for what is kept.

    Raises
    ------
    DataError
        If the archive is of another station or quantity, has other columns, or no hour of the year.
    """
    path = f"/version/1.0/parameter/1/station/{station}/period/corrected-archive/data.csv"
    question = Question(SERVICE, f"{station}.csv", path)
    kept = cache.ask(question, lambda content: _check(question, content, station), refresh)
    rows = _of_year(question, kept.content, year)
    publish(csv_bytes(("time_utc", "temperature_deg_c", "quality"), rows), table, [kept])


def _parts(question: Question, content: bytes) -> tuple[list[str], list[str]]:
    """Preamble and data; between them stands the header, whose row depends on the station's history."""
    lines = text_of(question, content).splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith(FIRST)]
    if len(starts) != 1:
        raise changed(question, f"{len(starts)} rows that begin {FIRST!r}", "one, above the data")
    return lines[: starts[0]], lines[starts[0] :]


def _check(question: Question, content: bytes, station: int) -> None:
    preamble, data = _parts(question, content)
    cells = {cell.strip() for line in preamble for cell in line.split(";")}
    for expected in (str(station), "Lufttemperatur", UNIT):
        if expected not in cells:
            raise changed(question, f"a preamble without {expected}", f"station {station}, Lufttemperatur in {UNIT}")
    if not content.rstrip(b" ").endswith(b"\n"):
        raise changed(question, "a last line without end", "a whole file", "The answer was cut: run again.")
    rows_of(question, data, ";", COLUMNS)


def _of_year(question: Question, content: bytes, year: int) -> list[list[str]]:
    _, data = _parts(question, content)
    rows = [row for row in rows_of(question, data, ";", COLUMNS) if row["Datum"].startswith(f"{year}-")]
    if not rows:
        raise changed(question, f"no hour of {year}", f"hours of {year}", "Choose another station or year.")
    for row in rows:
        is_time = re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:00:00", f"{row['Datum']} {row['Tid (UTC)']}")
        is_degree = re.fullmatch(r"-?\d+(\.\d+)?", row["Lufttemperatur"])
        if not is_time or not is_degree or row["Kvalitet"] not in QUALITIES:
            found = ";".join(row[name] for name in COLUMNS)
            raise changed(question, found[:120], "day, full hour, degrees, G or Y")
    return [[f"{row['Datum']}T{row['Tid (UTC)']}Z", row["Lufttemperatur"], row["Kvalitet"]] for row in rows]
