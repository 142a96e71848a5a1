"""Day-ahead prices of a price area and year, from pages of the ENTSO-E Transparency Platform to one table.

entsoe-py puts the question and reads the points (block curves included); every page passes through the cache on its
way, and what entsoe-py takes for granted of a document is held against it here.
"""

import io
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import requests

from analysis.connectors.cache import Cache, Kept
from analysis.connectors.publish import csv_bytes, publish
from analysis.connectors.reading import LOCAL, changed, hours_of_year, local_year, text_of
from analysis.connectors.services import SERVICES, Question
from analysis.errors import DataError, Fault

log = logging.getLogger(__name__)

SERVICE = SERVICES["entsoe"]
PAGE = 100
"""Series in one answer at most; more are asked for by an offset (guide of the API)."""
STEPS_MINUTES = {"60min": 60, "15min": 15}
RESOLUTIONS = {"PT60M": 60, "PT15M": 15}
TOLERANCE_EUR_PER_MWH = 0.015
# ASSUME: an hour given in both steps agrees within a cent and half a last digit, as between publishers.
FIXED = {
    "currency_Unit.name": "EUR", "price_Measure_Unit.name": "MWH", "contract_MarketAgreement.type": "A01",
}  # fmt: skip
COLUMNS = ("interval_start_utc", "step_minutes", "price_area", "price_eur_per_mwh")


class _Keeping(requests.Session):
    """Stands where entsoe-py expects its session: each question goes to the cache, without a token."""

    def __init__(self, cache: Cache, name: str, area: str, refresh: bool) -> None:
        super().__init__()
        self.cache, self.name, self.area, self.refresh = cache, name, area, refresh
        self.kept: list[Kept] = []

    def get(self, url: str, **options: Any) -> requests.Response:  # type: ignore[override]  # all entsoe-py calls
        """Answer from the cache, which asks the service where it must."""
        query: Mapping[str, Any] = options["params"]
        asked = {key: str(value) for key, value in query.items() if key != "securityToken"}
        page = Question(SERVICE, f"{self.name}_{int(asked['offset']):04d}.xml", query=asked, statuses=(200, 400))
        is_first = asked["offset"] == "0"
        kept = self.cache.ask(page, lambda content: _check(page, content, self.area, is_first), self.refresh)
        self.kept.append(kept)
        response = requests.Response()
        response.status_code, response.encoding = 200, "utf-8"
        response.raw = io.BytesIO(kept.content)
        return response


def retrieve_day_ahead(cache: Cache, table: Path, price_area: str, year: int, refresh: bool = False) -> None:
    """Fetch the day-ahead prices of one price area and local year, and write them as one table.

    Parameters
    ----------
    cache
        Of kept answers: the pages as they came.
    table
        Written: interval start in UTC, step in minutes, area, EUR/MWh, a row an interval; with its sidecar.
    price_area, year
        SE1 to SE4; a year of Swedish time that has ended.
    refresh
        Ask again for pages that are kept.

    Raises
    ------
    DataError
        If a page is not a price document of this area in EUR/MWh, or the year is not whole.
    """
    from entsoe.entsoe import EntsoeRawClient
    from entsoe.mappings import lookup_area

    area = lookup_area(f"SE_{price_area[-1]}")
    session = _Keeping(cache, f"{price_area}_{year}", area.code, refresh)
    client = EntsoeRawClient(api_key="withheld", session=session, retry_count=1)
    start, end = local_year(year)
    texts: list[str] = []
    while len(texts) == 0 or _series_count(texts[-1]) >= PAGE:
        text = client.query_day_ahead_prices(area, start=start, end=end, offset=PAGE * len(texts))
        if "Acknowledgement_MarketDocument" in text[:2000]:
            break
        texts.append(text)
    quotes = _whole_year(_quotes(texts), price_area, year)
    stamps = pd.DatetimeIndex(quotes.index).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = zip(stamps, quotes["step_minutes"], [price_area] * len(quotes), quotes["price"], strict=True)
    publish(csv_bytes(COLUMNS, rows), table, session.kept)


def _local_name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _root(page: Question, content: bytes) -> ElementTree.Element:
    """Parse a document; one that defines entities of its own is refused unread."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise changed(page, "a document type definition", "plain XML")
    try:
        return ElementTree.fromstring(text_of(page, content))
    except ElementTree.ParseError as error:
        raise changed(page, f"no XML ({error})", "an XML document", "The answer was cut: run again.") from None


def _check(page: Question, content: bytes, area_code: str, is_first: bool) -> None:
    """Hold one page against what the platform documents; all faults of the page at once."""
    root = _root(page, content)
    if _local_name(root) == "Acknowledgement_MarketDocument":
        reason = " ".join((node.text or "").strip() for node in root.iter() if _local_name(node) == "text")
        if not is_first and "No matching data found" in reason:
            return
        raise DataError(
            Fault(page.place, f"a refusal: {reason or 'without reason'}"[:300], "prices",
                  "Check area and year: the platform has none for this question.")
        )  # fmt: skip
    if _local_name(root) != "Publication_MarketDocument":
        raise changed(page, f"a {_local_name(root)}", "a Publication_MarketDocument")
    series = [node for node in root if _local_name(node) == "TimeSeries"]
    if not series:
        raise changed(page, "no TimeSeries", "at least one")
    found = sorted({problem for node in series for problem in _problems(node, area_code)})
    if found:
        raise DataError([fault for problem, expected in found for fault in changed(page, problem, expected).faults])


def _problems(series: ElementTree.Element, area_code: str) -> Iterator[tuple[str, str]]:
    """Yield what one series says and what it should say."""
    told = {_local_name(node): (node.text or "").strip() for node in series}
    expected = FIXED | {"in_Domain.mRID": area_code, "out_Domain.mRID": area_code}
    for name, value in expected.items():
        if told.get(name) != value:
            yield f"{name} {told.get(name, 'absent')}", f"{name} {value}"
    curve = told.get("curveType", "absent")
    if curve not in {"A01", "A03"}:
        yield f"curveType {curve}", "curveType A01 or A03"
    periods = [node for node in series if _local_name(node) == "Period"]
    if not periods:
        yield "a series without Period", "at least one"
    for period in periods:
        yield from _period_problems(period, curve)


def _period_problems(period: ElementTree.Element, curve: str) -> Iterator[tuple[str, str]]:
    ends = {_local_name(node): node.text or "" for part in period for node in part}
    resolution = next((node.text or "" for node in period if _local_name(node) == "resolution"), "absent")
    points = [node for node in period if _local_name(node) == "Point"]
    values = [{_local_name(node): node.text or "" for node in point} for point in points]
    if resolution not in RESOLUTIONS:
        yield f"resolution {resolution}", f"resolution {' or '.join(RESOLUTIONS)}"
        return
    try:
        span = pd.Timestamp(ends["end"]) - pd.Timestamp(ends["start"])
        count = round(span / pd.Timedelta(minutes=RESOLUTIONS[resolution]))
        places = [int(each["position"]) for each in values]
        prices = [float(each["price.amount"]) for each in values]
    except (KeyError, ValueError):
        yield "a period whose ends, positions or prices cannot be read", "timeInterval, position and price.amount"
        return
    due = set(range(1, count + 1))
    is_whole = set(places) == due if curve == "A01" else 1 in places and set(places) <= due
    if not is_whole or len(set(places)) != len(places):
        yield (f"positions {places[:3]}… of {count} from {ends['start']} (curve {curve})",
               "1 to the last once each; a block curve may leave out repeats")  # fmt: skip
    if any(price != price or abs(price) == float("inf") for price in prices):
        yield "a price that is no number", "numbers"


def _series_count(text: str) -> int:
    return text.count("</TimeSeries>")


def _quotes(texts: list[str]) -> pd.DataFrame:
    """Points of all pages: a row an interval, index = start in UTC; where both steps are given, the finer one."""
    from entsoe import parsers

    parse: Callable[[str], dict[str, pd.Series]] = parsers.parse_prices
    parts = [
        pd.DataFrame({"price": series.to_numpy(dtype="float64"), "step_minutes": STEPS_MINUTES[step]},
                     index=pd.DatetimeIndex(series.index).tz_convert("UTC"))
        for text in texts for step, series in parse(text).items() if step in STEPS_MINUTES and len(series)
    ]  # fmt: skip
    points = pd.concat(parts).rename_axis("start").reset_index().drop_duplicates()
    twice = points[points.duplicated(["start", "step_minutes"], keep=False)]
    if len(twice):
        raise DataError(
            Fault(f"{SERVICE.name}: {start:%Y-%m-%d %H:%M} UTC", f"prices {', '.join(map(str, rows['price']))}",
                  "one price an interval", "The platform holds two versions: ask again with refresh, or wait.")
            for start, rows in list(twice.groupby("start"))[:10]
        )  # fmt: skip
    fine, hours = (points[points["step_minutes"] == minutes].set_index("start") for minutes in (15, 60))
    mean = fine["price"].groupby(pd.DatetimeIndex(fine.index).floor("h")).mean().reindex(hours.index)
    apart = hours.assign(mean=mean)[(hours["price"] - mean).abs() > TOLERANCE_EUR_PER_MWH].reset_index()
    if len(apart):
        raise DataError(
            Fault(f"{SERVICE.name}: {row.start:%Y-%m-%d %H:%M} UTC",
                  f"{row.price:g} EUR/MWh for the hour and {row.mean:g} as mean of its quarters", "equal",
                  "Two auctions in one answer: bring the file of one of them.")
            for row in apart.head(10).itertuples()
        )  # fmt: skip
    return pd.concat([hours[mean.isna()], fine]).sort_index()


def _whole_year(quotes: pd.DataFrame, price_area: str, year: int) -> pd.DataFrame:
    """Rows of the local year, which must be whole; what lies outside it is left out and counted in the log."""
    years = pd.DatetimeIndex(quotes.index).tz_convert(LOCAL).year
    inside = quotes[years == year]
    log.info("%s %d: %d intervals, %d outside the year", price_area, year, len(inside), len(quotes) - len(inside))
    hours = float(inside["step_minutes"].sum()) / 60
    if abs(hours - hours_of_year(year)) > 1e-6:
        others = sorted({int(each) for each in years} - {year})
        raise DataError(
            Fault(f"{SERVICE.name}: {price_area} {year}", f"{hours:g} h" + (f" (and years {others})" if others else ""),
                  f"{hours_of_year(year):g} h of {year}", "Ask for a year that has ended; else ask again with refresh.")
        )  # fmt: skip
    return inside
