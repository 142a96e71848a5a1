"""Each service by its documented answers: the table they become, and the fault that a changed answer becomes."""

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.connectors import ecb, mimer, pxweb, smhi, trafikanalys
from analysis.errors import DataError
from tests.analysis.connectors import formats
from tests.analysis.connectors.reading_back import contract, rows
from tests.analysis.connectors.service import Reply

# Mimer


def test_a_year_of_fcr_is_kept_byte_for_byte_and_read_by_its_descriptor(service, cache, tmp_path):
    service.answer = lambda asked: Reply(formats.mimer_fcr())
    table = tmp_path / "fcr_2025.csv"
    mimer.retrieve_reserves(cache, table, "fcr", 2025)
    assert table.read_bytes() == formats.mimer_fcr()
    assert service.seen[0].path == "/PrimaryRegulation/DownloadText"
    days = {"periodFrom": "01/01/2025 00:00:00", "periodTo": "12/31/2025 00:00:00"}
    assert service.seen[0].query == days | {"auctionTypeId": "1", "productTypeId": "0"}
    read = contract("mimer_download_fcr", table)
    means = read.groupby("product")[["price_eur_nominal_per_mw_h", "volume_mw"]].mean()
    assert means.loc["fcr_n"].tolist() == [20.5, 250]
    assert means.loc["fcr_d_up"].tolist() == [6.25, 570]
    assert means.loc["fcr_d_down"].tolist() == [5.5, 574]
    assert read.groupby("product").size().tolist() == [8760] * 3


def test_afrr_by_area_where_nothing_bought_is_no_price(service, cache, tmp_path):
    service.answer = lambda asked: Reply(formats.mimer_afrr())
    mimer.retrieve_reserves(cache, tmp_path / "afrr_2025.csv", "afrr", 2025)
    read = contract("mimer_download_afrr", tmp_path / "afrr_2025.csv")
    assert read.groupby(["product", "price_area"]).size().tolist() == [4380] * 8
    assert set(read["price_eur_nominal_per_mw_h"]) == {30.1, 12.5}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text.replace("FCR-N Pris (EUR/MW)", "FCR-N Pris (SEK/MW)"), r"one column FCR-N Pris \(EUR/MW\)"),
        (lambda text: text.replace("Total FCRD upp", "Total"), "one column Total"),
        (lambda text: text.replace("20,5", "20.5"), "expected a number with decimal comma"),
        (lambda text: text.replace("2025-", "2023-"), "found years 2023; expected 2025"),
        (lambda text: "\n".join(text.split("\n")[:4000]) + "\n", "3999 hours, 0 of them repeated"),
        (lambda text: text.replace("2025-10-26 02:01", "2025-10-26 02:00"), "8760 hours, 1 of them repeated"),
        (lambda text: text.replace("2025-06-01 05:00:00", "1 June at five"), "expected local time as"),
        (lambda text: text.split("\n")[0] + "\n", "no rows"),
        (lambda text: text.replace(";", ","), "one column Datum"),
    ],
)
def test_a_changed_export_of_mimer_is_a_named_fault(service, cache, tmp_path, change, fault):
    service.answer = lambda asked: Reply(change(formats.mimer_fcr().decode()).encode())
    with pytest.raises(DataError, match=fault):
        mimer.retrieve_reserves(cache, tmp_path / "fcr_2025.csv", "fcr", 2025)
    assert not list(cache.folder.rglob("fcr*"))


def test_a_day_of_zeros_is_absence_and_named(service, cache, tmp_path):
    service.answer = lambda asked: Reply(formats.mimer_fcr(zero_day="2025-05-17"))
    with pytest.raises(DataError, match=r"found 1 days of zeros only: 2025-05-17"):
        mimer.retrieve_reserves(cache, tmp_path / "fcr_2025.csv", "fcr", 2025)


def test_areas_that_are_not_the_four_are_a_fault(service, cache, tmp_path):
    service.answer = lambda asked: Reply(formats.mimer_afrr(zones=("SN1", "SN2", "SN3", "SN5")))
    with pytest.raises(DataError, match="found areas SN1, SN2, SN3, SN5"):
        mimer.retrieve_reserves(cache, tmp_path / "afrr_2025.csv", "afrr", 2025)


def test_a_year_before_the_market_is_not_asked_for(service, cache, tmp_path):
    with pytest.raises(DataError, match="found year 2020; expected a year from 2021"):
        mimer.retrieve_reserves(cache, tmp_path / "fcr_2020.csv", "fcr", 2020)
    assert service.seen == []


# Statistics Sweden

REGIONS = {"0114": "Upplands Väsby", "0180": "Stockholm", "1480": "Göteborg", "01": "Stockholms län"}
PEOPLE = {"0114": 51000, "0180": 995000, "1480": 608000, "01": 2480000}
CONTENTS, YEARS = {"BE0101N1": "Folkmängd"}, {"2024": "2024"}


def serve_population(service, limit):
    def answer(asked):
        if asked.path == "/config":
            return Reply(json.dumps({"apiVersion": "2.0.0", "maxDataCells": limit}).encode(), kind="application/json")
        if asked.path.endswith("/metadata"):
            told = formats.json_stat({"Region": REGIONS, "ContentsCode": CONTENTS, "Tid": YEARS}, [])
            return Reply(told, kind="application/json")
        chosen = {each["variableCode"]: each["valueCodes"] for each in json.loads(asked.body)["selection"]}
        regions = {code: REGIONS[code] for code in chosen["Region"]}
        told = formats.json_stat(
            {"Region": regions, "ContentsCode": CONTENTS, "Tid": YEARS}, [PEOPLE[code] for code in regions]
        )
        return Reply(told, kind="application/json")

    service.answer = answer


SELECTION = {"Region": ["*"], "ContentsCode": ["BE0101N1"], "Tid": ["2024"]}


@pytest.mark.parametrize(("limit", "questions"), [(150_000, 1), (3, 2), (1, 4)])
def test_population_in_as_many_questions_as_the_limit_needs(service, cache, tmp_path, limit, questions):
    serve_population(service, limit)
    pxweb.retrieve_table(cache, tmp_path / "people.csv", "people", "TAB638", SELECTION)
    assert [asked.path for asked in service.seen] == ["/config", "/tables/TAB638/metadata"] + [
        "/tables/TAB638/data"
    ] * questions
    read = contract("scb_api_population", tmp_path / "people.csv")
    assert dict(zip(read["municipality_code"], read["population_count"], strict=True)) == {
        code: count for code, count in PEOPLE.items() if len(code) == 4
    }
    assert read["name"].tolist() == ["Upplands Väsby", "Stockholm", "Göteborg"]


def test_a_variable_or_code_that_the_table_lacks_is_named_before_data_is_asked(service, cache, tmp_path):
    serve_population(service, 1000)
    asked = {"Region": ["0114", "9999"], "ContentsCode": ["BE0101N1"], "Tid": ["1066"]}
    with pytest.raises(DataError, match=r"(?s)Region: found no code '9999'.*Tid: found no code '1066'"):
        pxweb.retrieve_table(cache, tmp_path / "people.csv", "people", "TAB638", asked)
    with pytest.raises(DataError, match="Kommun: found no such variable"):
        pxweb.retrieve_table(cache, tmp_path / "people.csv", "people", "TAB638", {"Kommun": ["*"]})
    assert not [each for each in service.seen if each.path.endswith("/data")]


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (formats.json_stat({"Region": {"0114": "x"}}, [1, 2]), "2 values; expected 1 values"),
        (formats.json_stat({"Region": {"0180": "x"}}, [1]), r"Region: 1 codes \(0180\); expected the 1 asked for"),
        (formats.json_stat({"Region": {"0114": "x"}}, ["much"]), "value 'much'"),
        (formats.json_stat({"Region": {"0114": "x"}}, [1], **{"class": "collection"}), "expected a JSON-stat dataset"),
        (b'{"type": "error"}', "found keys type"),
        (b'{"value": [NaN]}', "no JSON"),
        (b"[]", "found a list"),
        (b"{", "no JSON"),
    ],
)
def test_a_changed_answer_of_pxweb_is_a_named_fault(service, cache, tmp_path, told, fault):
    serve_population(service, 1000)
    usual = service.answer
    service.answer = lambda asked: Reply(told) if asked.path.endswith("/data") else usual(asked)
    with pytest.raises(DataError, match=fault):
        pxweb.retrieve_table(cache, tmp_path / "people.csv", "people", "TAB638", {"Region": ["0114"]})


def test_a_cell_without_value_is_empty(service, cache, tmp_path):
    serve_population(service, 1000)
    usual = service.answer
    told = formats.json_stat({"Region": {"0114": "x", "0180": "y"}}, {"1": 7})
    service.answer = lambda asked: Reply(told) if asked.path.endswith("/data") else usual(asked)
    pxweb.retrieve_table(cache, tmp_path / "people.csv", "people", "TAB638", {"Region": ["0114", "0180"]})
    assert [row["value"] for row in rows(tmp_path / "people.csv")] == ["", "7"]


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(1, 9), min_size=1, max_size=4), most=st.integers(1, 200))
def test_however_a_selection_is_cut_each_cell_is_asked_for_once(counts, most):
    whole = {f"v{place}": [str(code) for code in range(count)] for place, count in enumerate(counts)}
    parts = pxweb.split(whole, most)
    asked = [cell for part in parts for cell in product(*(part[name] for name in whole))]
    assert sorted(asked) == sorted(product(*whole.values()))
    assert all(len(list(product(*part.values()))) <= most for part in parts)


# Trafikanalys

QUERY = "t10016|ar:2024|regkom|drivmedel|nyregunder"
CARS = [("2024", "Kiruna", "El", "1 204"), ("2024", "Kiruna", "Laddhybrid", "-"), ("2024", "Luleå", "El", "900")]


def test_new_cars_of_trafikanalys_become_a_table(service, cache, tmp_path):
    service.answer = lambda asked: Reply(formats.trafa(CARS[::2]), kind="application/json")
    trafikanalys.retrieve_table(cache, tmp_path / "cars.csv", "cars", QUERY)
    assert (service.seen[0].path, service.seen[0].query) == ("/data", {"query": QUERY, "lang": "sv"})
    assert service.seen[0].headers["Accept"] == "application/json", "else the service may answer in XML"
    read = contract("trafikanalys_api_new_cars", tmp_path / "cars.csv")
    assert read[["name", "drive", "registration_count"]].values.tolist() == [
        ["Kiruna", "bev", 1204],
        ["Luleå", "bev", 900],
    ]


def test_a_measure_without_value_is_empty(service, cache, tmp_path):
    service.answer = lambda asked: Reply(formats.trafa(CARS))
    trafikanalys.retrieve_table(cache, tmp_path / "cars.csv", "cars", QUERY)
    assert [row["nyregunder"] for row in rows(tmp_path / "cars.csv")] == ["1204", "", "900"]


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (formats.trafa(CARS, Errors=["Okänd variabel"]), "errors: .*Okänd variabel"),
        (formats.trafa([]), "no rows"),
        (
            formats.trafa([row[:3] for row in CARS], (("ar", "D"), ("regkom", "D"), ("drivmedel", "D"))),
            "columns nyregunder",
        ),
        (formats.trafa([("2024", "Kiruna", "El", "many")]), "nyregunder 'many'"),
        (formats.trafa([CARS[0], CARS[0]]), "1 rows that repeat"),
        (b'{"Header": null, "Rows": []}', "expected Header.Column and Rows"),
        (formats.trafa(CARS).replace(b'"Column": "ar"', b'"Column": "year"'), "a row without ar"),
    ],
)
def test_a_changed_answer_of_trafikanalys_is_a_named_fault(service, cache, tmp_path, told, fault):
    service.answer = lambda asked: Reply(told)
    with pytest.raises(DataError, match=fault):
        trafikanalys.retrieve_table(cache, tmp_path / "cars.csv", "cars", QUERY)


# SMHI


def test_a_year_out_of_a_stations_archive(service, cache, tmp_path):
    service.answer = lambda asked: Reply(formats.smhi())
    table = tmp_path / "SE3_98230_2025.csv"
    smhi.retrieve_temperature(cache, table, 98230, 2025)
    assert service.seen[0].path == "/version/1.0/parameter/1/station/98230/period/corrected-archive/data.csv"
    read = contract("smhi_temperature", table)
    assert read["temperature_deg_c"].tolist() == [-2.0, -2.4, 0.3]
    assert [str(start) for start in read["interval_start_utc"]][::2] == [
        "2025-01-01 00:00:00+00:00",
        "2025-01-01 04:00:00+00:00",
    ]
    smhi.retrieve_temperature(cache, tmp_path / "SE3_98230_2024.csv", 98230, 2024)
    assert len(service.seen) == 1, "one archive serves every year"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text.replace("98230", "71420"), "a preamble without 98230"),
        (lambda text: text.replace("celsius", "kelvin"), "a preamble without celsius"),
        (lambda text: text.replace("Lufttemperatur", "Byvind"), "0 rows that begin"),
        (lambda text: text.rstrip("\n"), "a last line without end"),
        (lambda text: text.replace("2025-", "2021-"), "no hour of 2025"),
        (lambda text: text.replace("01:00:00;-2.4;Y", "01:00:00;-2,4;Y"), "found 2025-01-01;01:00:00;-2,4;Y"),
        (lambda text: text.replace("-2.4;Y", "-2.4;R"), "G or Y"),
    ],
)
def test_a_changed_archive_of_smhi_is_a_named_fault(service, cache, tmp_path, change, fault):
    service.answer = lambda asked: Reply(change(formats.smhi().decode()).encode())
    with pytest.raises(DataError, match=fault):
        smhi.retrieve_temperature(cache, tmp_path / "SE3_98230_2025.csv", 98230, 2025)


# European Central Bank


def test_a_year_of_exchange_rates(service, cache, tmp_path):
    service.answer = lambda asked: Reply(formats.ecb_rates())
    ecb.retrieve_rates(cache, tmp_path / "eur_sek_2025.csv", 2025)
    assert service.seen[0].path == "/data/EXR/D.SEK.EUR.SP00.A"
    assert service.seen[0].query == {
        "format": "csvdata", "startPeriod": "2025-01-01", "endPeriod": "2025-12-31", "detail": "dataonly",
    }  # fmt: skip
    read = contract("ecb_exchange_rates", tmp_path / "eur_sek_2025.csv")
    assert len(read) == 260
    assert read["sek_per_eur"].mean() == pytest.approx(11.05)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (formats.ecb_rates().replace(b",SEK,EUR", b",NOK,EUR"), "CURRENCY 'NOK'; expected SEK"),
        (formats.ecb_rates(2024), "day '2024-01-02'; expected days of 2025"),
        (formats.ecb_rates(count=200), "found 200 days"),
        (formats.ecb_rates(rate="NaN"), "rate 'NaN'"),
        (formats.ecb_rates().replace(b"OBS_VALUE", b"VALUE"), "one column OBS_VALUE"),
        (formats.ecb_rates().replace(b"2025-01-03", b"2025-01-02"), "1 days twice"),
    ],
)
def test_a_changed_answer_of_the_ecb_is_a_named_fault(service, cache, tmp_path, body, fault):
    service.answer = lambda asked: Reply(body)
    with pytest.raises(DataError, match=fault):
        ecb.retrieve_rates(cache, tmp_path / "eur_sek_2025.csv", 2025)


def test_a_length_that_cuts_the_answer_short_is_noticed(service, cache, tmp_path):
    whole = formats.ecb_rates()
    for length in (len(whole) - 2, len(whole) - 50, 3000):
        service.answer = lambda asked, length=length: Reply(whole, length=length)
        with pytest.raises(DataError, match=r"to the end of 2025|found 200 days|a number|row \d+ with"):
            ecb.retrieve_rates(cache, tmp_path / "eur_sek_2025.csv", 2025)
    assert not list(cache.folder.rglob("*.csv"))


def test_fetching_again_without_the_service_gives_the_same_bytes(service, cache, tmp_path):
    service.answer = lambda asked: Reply(formats.ecb_rates())
    for name in ("first", "second"):
        ecb.retrieve_rates(cache, tmp_path / name / "eur_sek_2025.csv", 2025)
        service.answer = lambda asked: Reply(b"", status=404)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("first", "second"))
    assert one == two
    assert set(one) == {"eur_sek_2025.csv", "eur_sek_2025.csv.meta.json"}
