"""Prices and volumes of reserves as Svenska kraftnät publishes them in Mimer: one export a market and year."""

import re
from collections.abc import Sequence
from pathlib import Path

from analysis.connectors.cache import Cache
from analysis.connectors.publish import publish
from analysis.connectors.reading import changed, hours_of_year, rows_of, text_of
from analysis.connectors.services import SERVICES, Question

SERVICE = SERVICES["mimer"]
PATHS = {
    "fcr": "/PrimaryRegulation/DownloadText",
    "afrr": "/AutomaticFrequencyRestorationReserve/DownloadText",
    "mfrr_capacity": "/ManualFrequencyRestorationReserveCM/DownloadText",
}
CHOICES = {
    "fcr": {"auctionTypeId": "1", "productTypeId": "0"},
    "afrr": {"ConstraintAreaId": "0"},
    "mfrr_capacity": {"ConstraintAreaId": "0"},
}
"""The total of the auctions, all products; all areas."""
AMOUNTS = {
    "fcr": ("FCR-N Pris (EUR/MW)", "Total", "FCR-D upp Pris (EUR/MW)", "Total FCRD upp", "FCR-D ned Pris (EUR/MW)",
            "Total FCRD ned"),
    "afrr": ("aFRR Upp Pris (EUR/MW)", "aFRR Upp Volym (MW)", "aFRR Ned Pris (EUR/MW)", "aFRR Ned Volym (MW)"),
    "mfrr_capacity": ("mFRR Upp Pris (EUR/MW)", "mFRR Upp Volym (MW)", "mFRR Ned Pris (EUR/MW)",
                      "mFRR Ned Volym (MW)"),
}  # fmt: skip
STAMPS = {"fcr": "Datum", "afrr": "Period", "mfrr_capacity": "Period"}
AREA = "Elområde"
AREAS = {"SN1", "SN2", "SN3", "SN4"}
FIRST_YEARS = {"fcr": 2021, "afrr": 2023, "mfrr_capacity": 2025}
# SOURCE: METHODS, appendix A: before them the export holds zeros, or a part of the year.
TOTAL = "Summa"
FAULTS_TOLD = 5


def retrieve_reserves(cache: Cache, table: Path, market: str, year: int, refresh: bool = False) -> None:
    """Fetch one market's export of one local year and put it where its descriptor reads it.

    Raises
    ------
    DataError
        If the export has other columns or units, other years, other areas, missing or repeated hours, or days of zeros
        (which is how Mimer writes that it has nothing).
    """
    question = Question(
        SERVICE, f"{market}_{year}.csv", PATHS[market],
        {"periodFrom": f"01/01/{year} 00:00:00", "periodTo": f"12/31/{year} 00:00:00"} | CHOICES[market],
    )  # fmt: skip
    if year < FIRST_YEARS[market]:
        raise changed(question, f"year {year}", f"a year from {FIRST_YEARS[market]}", "Mimer has no whole year before.")
    kept = cache.ask(question, lambda content: _check(question, content, market, year), refresh)
    publish(kept.content, table, [kept])


def _check(question: Question, content: bytes, market: str, year: int) -> None:
    stamp, amounts = STAMPS[market], AMOUNTS[market]
    columns = [stamp, *amounts] if market == "fcr" else [stamp, AREA, *amounts]
    rows = rows_of(question, text_of(question, content).splitlines(), ";", columns)
    rows = [row for row in rows if row[stamp] != TOTAL]
    for row in rows:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", row[stamp]):
            raise changed(question, f"{stamp} {row[stamp]!r}"[:80], "local time as 2025-01-31 23:00")
        wrong = [name for name in amounts if not re.fullmatch(r"-?\d+(,\d+)?", row[name].strip())]
        if wrong:
            raise changed(question, f"{wrong[0]} {row[wrong[0]]!r} at {row[stamp]}", "a number with decimal comma")
    years = {row[stamp][:4] for row in rows}
    if str(year) not in years or years - {str(year), str(year + 1)}:
        raise changed(question, f"years {', '.join(sorted(years))}", str(year))
    own = [row for row in rows if row[stamp].startswith(str(year))]
    if market != "fcr" and (areas := {row[AREA] for row in own}) != AREAS:
        raise changed(question, f"areas {', '.join(sorted(areas)) or 'none'}"[:120], ", ".join(sorted(AREAS)))
    for area in sorted({row.get(AREA, "") for row in own}) if market != "fcr" else [""]:
        _check_hours(question, [row for row in own if not area or row[AREA] == area], stamp, year, area)
    _check_zeros(question, own, market)


def _check_hours(question: Question, rows: Sequence[dict[str, str]], stamp: str, year: int, area: str) -> None:
    """Each local hour once; the second 02:00 of autumn is stamped 02:01."""
    stamps = [row[stamp] for row in rows]
    if len(set(stamps)) != len(stamps) or len(stamps) != hours_of_year(year):
        repeated = len(stamps) - len(set(stamps))
        raise changed(
            question, f"{area or 'Sweden'}: {len(stamps)} hours, {repeated} of them repeated",
            f"{hours_of_year(year):g} hours of {year}, each once",
            "Ask for a year that has ended; or run again later.",
        )  # fmt: skip


def _check_zeros(question: Question, rows: Sequence[dict[str, str]], market: str) -> None:
    """FCR is bought every hour: a day of zeros is a day without data. The others must hold some number at all."""
    stamp = STAMPS[market]
    names = AMOUNTS[market][:4] if market == "fcr" else AMOUNTS[market]
    days: dict[str, bool] = {}
    for row in rows:
        is_zero = all(float(row[name].replace(",", ".")) == 0 for name in names)
        days[row[stamp][:10]] = days.get(row[stamp][:10], True) and is_zero
    empty = sorted(day for day, is_zero in days.items() if is_zero)
    if empty and (market == "fcr" or len(empty) == len(days)):
        raise changed(
            question, f"{len(empty)} days of zeros only: {', '.join(empty[:FAULTS_TOLD])}", "prices on every day",
            "Mimer writes zeros where it has no data: run again later, or leave the year out.",
        )  # fmt: skip
