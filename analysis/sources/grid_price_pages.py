"""Turns price lists of grid companies, collected as text, into tariffs, each held against the company's own price page.

The list says what is charged, the page says whether that is so: a tariff is verified where every amount of the list,
and the hours of every window, stand on the page. What the list says in words that are not understood is left out and
named, never guessed.
"""

import logging
import math
import re
import unicodedata
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.io import check_table, normalise
from analysis.schemas.tariffs import GridTariffs, PowerFeeLists
from analysis.sources.grid_fee_text import Band, bands_of, peaks_of

log = logging.getLogger(__name__)

ORE_PER_SEK = 100.0
LIST_COLUMNS = ("operator", "vat_number", "variant", "valid_from", "transfer_fee_ore_per_kwh", "peak_method",
                "power_fee_periods")  # fmt: skip
FUSE_SIZES_A = frozenset({16.0, 20.0, 25.0, 35.0, 50.0, 63.0, 80.0})
"""Such a number without a unit behind it may be a fuse: it proves no price."""
SOURCE = "operators' price lists and price pages 2025 as collected in spotpilot/grid-tariffs (MIT)"


@dataclass(frozen=True)
class PricePage:
    """What one company's page says: its amounts, spans of hours, whether peaks are of different days, feed-in."""

    amounts: frozenset[float]
    spans: frozenset[tuple[int, int]]
    has_peaks_of_different_days: bool
    network_benefit_sek_per_kwh: float | None
    feed_in_fee_sek_per_year: float | None


def read_power_fee_lists(path: Path) -> pd.DataFrame:
    """Read the collected price lists (``PowerFeeLists``).

    Raises
    ------
    DataError
        If the file or one of its columns is missing.
    """
    try:
        table = pd.read_csv(path, dtype="str", encoding="utf-8")
    except (OSError, ValueError) as error:
        raise DataError(Fault(str(path), str(error), "a UTF-8 CSV", "Check INPUTS.")) from None
    absent = sorted(set(LIST_COLUMNS) - set(table.columns))
    if absent:
        raise DataError(Fault(str(path), f"no column {', '.join(absent)}", "every listed column", "Restore the file."))
    text = table["transfer_fee_ore_per_kwh"]
    fee = pd.to_numeric(text, errors="coerce").astype("float64") / ORE_PER_SEK
    if (wrong := text.notna() & fee.isna()).any():
        raise DataError(Fault(f"{path}/transfer_fee_ore_per_kwh", repr(text[wrong].iloc[0]), "a number", "Correct it."))
    lists = table[list(LIST_COLUMNS)].drop(columns="transfer_fee_ore_per_kwh")
    return check_table(normalise(lists.assign(energy_fee_with_vat_sek_per_kwh=fee)), PowerFeeLists, str(path))


def read_price_pages(folder: Path) -> dict[str, PricePage]:
    """Read the pages' texts; the company's VAT number opens each file's name.

    Raises
    ------
    DataError
        If there is no page.
    """
    pages = {
        path.name.split("_")[0]: price_page(path.read_text(encoding="utf-8", errors="replace"))
        for path in sorted(Path(folder).glob("SE*.extracted.txt"))
    }
    if not pages:
        raise DataError(Fault(str(folder), "no price page", "files SE*.extracted.txt", "Check INPUTS."))
    return pages


def price_page(text: str) -> PricePage:
    """Take from a page what a tariff can be held against.

    Examples
    --------
    "vardagar kl 07:00-19:00, 67,5 kr/kW" holds the amount 67.5 and the span (7, 19); "35 A" holds no amount.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u00ad", "")
    spaced = re.sub(r"(?<=\d) (?=\d{3}\b)", "", plain)
    number = r"(?<![\d.,])(\d+(?:[.,]\d+)?)"
    with_unit = {_value(found) for found in re.findall(number + r"(?= ?(?:kr|öre|SEK))", spaced)}
    bare = {_value(found) for found in re.findall(number + r"(?= x |\s*$)", spaced, flags=re.M)}
    spans = re.findall(
        r"\b(\d{1,2})(?:[.:]?00)?\s*(?:-|–|−|och|till)\s*(?:kl(?:ockan|\.)?\s*)?(\d{1,2})(?:[.:]?00)?\b", plain
    )
    return PricePage(
        amounts=frozenset(with_unit | (bare - FUSE_SIZES_A)),
        spans=frozenset((int(first), int(end)) for first, end in spans),
        has_peaks_of_different_days=re.search(r"(?:olika|skilda) (?:dygn|dagar|datum)", plain) is not None,
        network_benefit_sek_per_kwh=_network_benefit(plain),
        feed_in_fee_sek_per_year=_feed_in_fee(plain),
    )


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def _network_benefit(text: str) -> float | None:
    """Payment for feed-in, SEK/kWh without VAT, where the page states one amount and says how VAT stands; else None.

    A page on which several amounts stand near the word (levels of voltage, before and after a change) decides nothing.
    """
    near = re.findall(r"[Nn]ätnytta.{0,220}", text, flags=re.S)
    amounts = {
        (_value(value), vat[0].lower())
        for part in near
        for value, vat in re.findall(r"(\d+(?:,\d+)?) ?öre(?:/kWh)?\s*\(?(exkl|ex |inkl|ink )", part)
    }
    every = {value for part in near for value in re.findall(r"(\d+(?:,\d+)?) ?öre", part)}
    if len(amounts) != 1 or len(every) != 1:
        return None
    value, vat = next(iter(amounts))
    return round(value / ORE_PER_SEK / (1.25 if vat == "i" else 1.0), 6)


def _feed_in_fee(text: str) -> float | None:
    """Fee for a feed-in point up to 63 A, SEK a year without VAT, where the page states one; else None."""
    found = set(re.findall(r"[Ii]nmatningsavgift[^\n]*63 ?A\s*\n\s*(\d+(?:,\d+)?) kr/mån inkl", text))
    return round(_value(found.pop()) * 12 / 1.25, 6) if len(found) == 1 else None


def grid_tariffs(
    lists: pd.DataFrame, pages: Mapping[str, PricePage], price_areas: Mapping[str, str], vat_pu: float
) -> pd.DataFrame:
    """Put lists and pages together.

    Parameters
    ----------
    lists
        ``PowerFeeLists``.
    pages
        Page by VAT number.
    price_areas
        Price area of the company's seat by VAT number; a company that is not in it stands in no single area.
    vat_pu
        VAT within the amounts of the lists.

    Returns
    -------
    pd.DataFrame
        ``GridTariffs``; a list with words that are not understood is left out, with a line in the log.

    Examples
    --------
    "High:135.0 SEK/kW months Nov-Mar hours 7-19 no weekends no holidays" becomes a window of 108 SEK/kW without VAT
    from 7 to before 19 on working days.
    """
    rows: list[dict[str, object]] = []
    seen: dict[str, int] = {}
    for item in lists.to_dict("records"):
        bands, peaks = bands_of(str(item["power_fee_periods"])), peaks_of(str(item["peak_method"]))
        if not bands or peaks is None:
            log.warning("left out, not understood: %s: %s", item["operator"], item["power_fee_periods"])
            continue
        vat_number = str(item["vat_number"])
        page = pages.get(vat_number)
        name = _slug(str(item["operator"]))
        seen[name] = seen.get(name, 0) + 1
        common = {
            "tariff_id": name if seen[name] == 1 else f"{name}_{seen[name]}",
            "price_area": price_areas.get(vat_number),
            "peak_count": peaks[0],
            "is_one_per_day": peaks[1] or (page is not None and page.has_peaks_of_different_days),
        }
        rows.extend(common | row for row in _band_rows(item, bands, page, vat_pu))
    columns = GridTariffs.to_schema().columns
    table = pd.DataFrame(rows, columns=list(columns))
    numbers = {name: "float64" for name, column in columns.items() if str(column.dtype) == "float64"}
    text = {name: "str" for name, column in columns.items() if str(column.dtype).startswith("str")}
    return check_table(normalise(table.astype(numbers | text)), GridTariffs, "grid tariffs")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"\b(ab|elnat ab)\b", "", plain)).strip("_")


def _band_rows(
    item: Mapping[Hashable, object], bands: list[Band], page: PricePage | None, vat_pu: float
) -> Iterator[dict[str, object]]:
    """Rows of one list; a window's last hour, which the lists count in or out, is taken from the page."""
    fee = float(str(item["energy_fee_with_vat_sek_per_kwh"]))
    amounts = [band.price_with_vat_sek_per_kw_month for band in bands] + ([] if math.isnan(fee) else [fee])
    ends = [_hour_end(band, page) for band in bands]
    missing = [f"{amount:g}" for amount in amounts if page is None or not _stands_on(amount, page)]
    notes = ["energy fee differs by hour on the page"] if math.isnan(fee) else []
    notes += [f"not found on the page: {', '.join(missing)}"] if missing else []
    notes += ["hours not found on the page"] if any(end is None for end in ends) else []
    for number, (band, end) in enumerate(zip(bands, ends, strict=True)):
        yield {
            "band": number, "operator": item["operator"], "valid_from": item["valid_from"],
            "energy_fee_sek_per_kwh": round(fee / (1 + vat_pu), 6),
            "network_benefit_sek_per_kwh": page.network_benefit_sek_per_kwh if page else None,
            "feed_in_fee_sek_per_year": page.feed_in_fee_sek_per_year if page else None, "is_published_with_vat": True,
            "capacity_price_sek_per_kw_month": round(band.price_with_vat_sek_per_kw_month / (1 + vat_pu), 6),
            "month_first": band.month_first, "month_last": band.month_last, "hours": band.hours,
            "hour_first": band.hour_first, "hour_end": band.hour_end if end is None else end, "days": band.days,
            "reduced_pu": band.reduced_pu, "reduced_from_hour": band.reduced_from_hour,
            "reduced_to_hour": band.reduced_to_hour, "source": SOURCE,
            "verified": not missing and all(end is not None for end in ends), "note": "; ".join(notes) or None,
        }  # fmt: skip


def _stands_on(amount: float, page: PricePage) -> bool:
    """Whether the page prints an amount, in kronor or in öre."""
    return any(abs(value - shown) < 1e-6 for value in (amount, amount * ORE_PER_SEK) for shown in page.amounts)


def _hour_end(band: Band, page: PricePage | None) -> int | None:
    """Hour before which a window ends by the page's own words; None where the page has no such span."""
    if band.hours != "window":
        return band.hour_end
    spans = page.spans if page else frozenset()
    ends = [end for end in (band.hour_end, band.hour_end + 1) if (band.hour_first, end) in spans]
    return ends[0] if ends else None
