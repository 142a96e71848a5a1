"""Reads the words in which a collected price list states its power fee: periods, hours, days, and the peaks' mean."""

import re
from dataclasses import dataclass, replace

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PERIOD = re.compile(
    r"^(?P<kind>Low|High|Base):(?P<price>[\d.]+) SEK/kW"
    r"(?: months? (?P<first>[A-Z][a-z]{2})(?:-(?P<last>[A-Z][a-z]{2}))?)?"
    r"(?: hours (?P<from>\d{1,2})-(?P<to>\d{1,2}))?(?P<days> no weekends no holidays)?$"
)
REDUCED = re.compile(r"^High: SEK/kW hours (?P<from>\d{1,2})-(?P<to>\d{1,2}) kW divided by (?P<by>\d)$")
PEAKS = re.compile(r"^Average(?P<kind>Hours|Days) (?P<count>\d{1,2})$")


@dataclass(frozen=True)
class Band:
    """One band of a capacity charge as the list has it: price with VAT, ``hour_end`` as encoded there."""

    price_with_vat_sek_per_kw_month: float
    month_first: int = 1
    month_last: int = 12
    hours: str = "all"
    hour_first: int = 0
    hour_end: int = 24
    days: str = "all"
    reduced_pu: float = 1.0
    reduced_from_hour: int = 0
    reduced_to_hour: int = 0


def bands_of(text: str) -> list[Band]:
    """Read the periods of a power fee; none where any of them is in words that are not understood.

    ``Base`` is charged in every hour; ``Low`` without hours where a ``High`` stands beside it is the rest of the hours.
    A price of 0 is no band.

    Examples
    --------
    "High:95.0 SEK/kW months Nov-Mar hours 7-19 no weekends no holidays | Low:35.0 SEK/kW" gives a window on working
    days of November to March, and the rest.
    """
    bands: list[Band] = []
    reduced: re.Match[str] | None = None
    for part in text.split(" | "):
        found, low = PERIOD.match(part), REDUCED.match(part)
        if low:
            reduced = low
        elif found:
            bands.append(_band(found, is_beside_window=" | " in text))
        else:
            return []
    if reduced:
        share = 1 / int(reduced["by"])
        bands = [
            replace(b, reduced_pu=share, reduced_from_hour=int(reduced["from"]), reduced_to_hour=int(reduced["to"]))
            for b in bands
        ]
    return [band for band in bands if band.price_with_vat_sek_per_kw_month > 0]


def _band(found: re.Match[str], is_beside_window: bool) -> Band:
    first = MONTHS.index(found["first"]) + 1 if found["first"] else 1
    last = MONTHS.index(found["last"]) + 1 if found["last"] else (first if found["first"] else 12)
    days = "working_days" if found["days"] else "all"
    if found["from"]:
        hours = "window"
    elif found["kind"] == "Low" and is_beside_window and not found["first"]:
        hours = "rest"
    else:
        hours = "all"
    return Band(
        price_with_vat_sek_per_kw_month=float(found["price"]), month_first=first, month_last=last, hours=hours,
        hour_first=int(found["from"] or 0), hour_end=int(found["to"] or 24), days=days,
    )  # fmt: skip


def peaks_of(text: str) -> tuple[int, bool] | None:
    """Read how many peaks are averaged, and whether each is of another day; None where it is not understood.

    Examples
    --------
    "AverageDays 3" gives (3, True); "AverageHours 1" gives (1, False).
    """
    found = PEAKS.match(text)
    return (int(found["count"]), found["kind"] == "Days") if found else None
