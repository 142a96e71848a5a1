"""Day-ahead prices: the table that pages become, and the fault that a changed page becomes."""

import hashlib
import json

import pandas as pd
import pytest

from analysis.connectors import entsoe_prices
from analysis.errors import DataError
from tests.analysis.connectors import formats
from tests.analysis.connectors.reading_back import contract, rows
from tests.analysis.connectors.service import Reply


def serve_pages(service, series):
    """Answer with a hundred series from the offset on, as the platform does; without any, that there is no data."""

    def answer(asked):
        page = series[int(asked.query["offset"]) :][:100]
        return Reply(formats.document(page) if page else formats.nothing(), kind="text/xml;charset=UTF-8")

    service.answer = answer


def test_a_year_of_day_ahead_prices_from_its_pages(service, cache, tmp_path):
    """2025 by hand: 273 days of 6 h at 10 and the rest at 50, two of them an hour off; 92 days in quarters."""
    serve_pages(service, formats.year_of_series("SE3", 2025))
    table = tmp_path / "retrieved" / "entsoe" / "SE3_2025.csv"
    entsoe_prices.retrieve_day_ahead(cache, table, "SE3", 2025)
    read = contract("entsoe_api_day_ahead", table)
    assert [asked.query["offset"] for asked in service.seen] == ["0", "100", "200", "300"]
    first = service.seen[0].query
    assert (first["documentType"], first["in_Domain"], first["out_Domain"]) == ("A44", *["10Y1001A1001A46L"] * 2)
    assert (first["periodStart"], first["periodEnd"]) == ("202412312300", "202512312300")
    assert read["step_h"].sum() == 8760
    assert (read["step_h"] == 0.25).sum() == (92 * 24 + 1) * 4
    cheap = read[read["price_eur_nominal_per_mwh"] == 10]
    assert cheap["step_h"].sum() == 365 * 6
    assert set(read["price_eur_nominal_per_mwh"]) == {10, 50}
    told = json.loads(table.with_name("SE3_2025.csv.meta.json").read_text("utf-8"))
    assert told["sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert [part["file"][:14] for part in told["made_of"]] == [
        f"SE3_2025_{offset:04d}." for offset in (0, 100, 200, 300)
    ]
    assert told["is_raw"] is False


def test_a_run_that_was_broken_off_asks_only_for_the_pages_it_lacks(service, cache, tmp_path):
    serve_pages(service, formats.year_of_series("SE1", 2024))
    whole = service.answer
    service.answer = lambda asked: whole(asked) if asked.query["offset"] in {"0", "100"} else Reply(b"", status=500)
    with pytest.raises(DataError, match="status 500"):
        entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE1_2024.csv", "SE1", 2024)
    service.answer, before = whole, len(service.seen)
    entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE1_2024.csv", "SE1", 2024)
    assert [asked.query["offset"] for asked in service.seen[before:]] == ["200", "300"]


def test_where_the_last_page_is_full_the_answer_without_data_ends_the_pages(service, cache, tmp_path):
    days = formats.local_days(2023)
    groups = [days[start : start + 73] for start in range(0, 365, 73)]
    series = [
        formats.one_series("SE2", start, end, "PT60M", {1: 5.0})
        for group in groups for start, end in [(group[0][0], group[-1][1])]
    ] + [formats.one_series("SE2", *days[0], "PT60M", {1: 5.0})] * 95  # fmt: skip
    serve_pages(service, series)
    entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE2_2023.csv", "SE2", 2023)
    assert [asked.query["offset"] for asked in service.seen] == ["0", "100"]
    assert len(rows(tmp_path / "SE2_2023.csv")) == 8760


def short_year():
    """All of 2023 in one block series of one price."""
    days = formats.local_days(2023)
    return formats.one_series("SE4", days[0][0], days[-1][1], "PT60M", {1: 5.0})


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (">EUR<", ">SEK<", "found currency_Unit.name SEK; expected currency_Unit.name EUR"),
        (">MWH<", ">KWH<", "found price_Measure_Unit.name KWH"),
        ("10Y1001A1001A47J</in", "10Y1001A1001A46L</in", "found in_Domain.mRID 10Y1001A1001A46L"),
        (">PT60M<", ">PT30M<", "found resolution PT30M"),
        (">A03<", ">A02<", "found curveType A02"),
        (">A01</contract", ">A07</contract", "found contract_MarketAgreement.type A07"),
        ("price.amount", "price.value", "position and price.amount"),
        ("<position>1<", "<position>2<", r"positions \[2\]… of 8760"),
        (">5.0<", ">nan<", "a price that is no number"),
    ],
)
def test_a_changed_price_document_is_a_named_fault(service, cache, tmp_path, old, new, fault):
    text = short_year()
    assert old in text
    serve_pages(service, [text.replace(old, new)])
    with pytest.raises(DataError, match=fault):
        entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2023.csv", "SE4", 2023)
    assert not (tmp_path / "SE4_2023.csv").exists()
    assert not list(cache.folder.rglob("*.xml"))


def test_all_faults_of_a_document_come_at_once(service, cache, tmp_path):
    serve_pages(service, [short_year().replace(">EUR<", ">SEK<").replace(">MWH<", ">KWH<")])
    with pytest.raises(DataError) as caught:
        entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2023.csv", "SE4", 2023)
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize("status", [200, 400])
def test_that_there_is_no_data_is_a_fault_and_not_kept(service, cache, tmp_path, status):
    service.answer = lambda asked: Reply(formats.nothing(), status=status, kind="text/xml")
    with pytest.raises(DataError, match="a refusal: No matching data found"):
        entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2023.csv", "SE4", 2023)
    assert not list(cache.folder.rglob("*.xml"))


def test_a_refused_token_is_named_by_its_variable(service, cache, tmp_path):
    service.answer = lambda asked: Reply(b"Unauthorized", status=401)
    with pytest.raises(DataError, match="Check the token in ENTSOE_API_TOKEN"):
        entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2023.csv", "SE4", 2023)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "a document type definition"),
        (b"<Publication_MarketDocument><TimeSeries>", "no XML"),
        (b"<GL_MarketDocument/>", "a GL_MarketDocument; expected a Publication_MarketDocument"),
        (b"<Publication_MarketDocument/>", "no TimeSeries"),
        (b'{"prices": []}', "no XML"),
    ],
)
def test_what_is_no_price_document_is_a_fault(service, cache, tmp_path, body, fault):
    service.answer = lambda asked: Reply(body, kind="text/xml")
    with pytest.raises(DataError, match=fault):
        entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2023.csv", "SE4", 2023)


def test_another_year_than_asked_for_is_a_fault(service, cache, tmp_path):
    serve_pages(service, [short_year()])
    with pytest.raises(DataError, match=r"found 0 h \(and years \[2023\]\); expected 8784 h of 2024"):
        entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2024.csv", "SE4", 2024)


def test_a_missing_day_is_a_fault(service, cache, tmp_path):
    days = formats.local_days(2023)
    parts = [(days[0][0], days[100][0]), (days[101][0], days[-1][1])]
    serve_pages(service, [formats.one_series("SE4", *part, "PT60M", {1: 5.0}) for part in parts])
    with pytest.raises(DataError, match="found 8736 h; expected 8760 h of 2023"):
        entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2023.csv", "SE4", 2023)


def test_two_prices_of_one_interval_are_a_fault_and_two_equal_ones_are_not(service, cache, tmp_path):
    day = formats.local_days(2023)[0]
    same, other = (formats.one_series("SE4", *day, "PT60M", {1: price}) for price in (5.0, 6.0))
    serve_pages(service, [short_year(), same])
    entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2023.csv", "SE4", 2023)
    serve_pages(service, [short_year(), other])
    with pytest.raises(DataError, match=r"2022-12-31 23:00 UTC: found prices 5\.0, 6\.0"):
        entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2023.csv", "SE4", 2023, refresh=True)


def test_quarters_stand_before_hours_and_must_agree_with_them(service, cache, tmp_path):
    day = formats.local_days(2023)[0]
    hour = day[0], day[0] + pd.Timedelta(hours=1)
    fit, unfit = (
        formats.one_series("SE4", *hour, "PT15M", dict(enumerate(prices, start=1)), curve="A01")
        for prices in ([2.0, 4.0, 6.0, 8.0], [2.0, 4.0, 6.0, 9.0])
    )
    serve_pages(service, [short_year(), fit])
    entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2023.csv", "SE4", 2023)
    assert [row["price_eur_per_mwh"] for row in rows(tmp_path / "SE4_2023.csv")[:5]] == [
        "2.0",
        "4.0",
        "6.0",
        "8.0",
        "5.0",
    ]
    serve_pages(service, [short_year(), unfit])
    with pytest.raises(DataError, match=r"5 EUR/MWh for the hour and 5\.25 as mean of its quarters"):
        entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE4_2023.csv", "SE4", 2023, refresh=True)
