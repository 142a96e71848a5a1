"""The documented formats in short: what each service would answer, made of a few numbers."""

import json
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

LOCAL = "Europe/Stockholm"
AREAS = {"SE1": "10Y1001A1001A44P", "SE2": "10Y1001A1001A45N", "SE3": "10Y1001A1001A46L", "SE4": "10Y1001A1001A47J"}
SERIES = """<TimeSeries><mRID>{number}</mRID><auction.type>A01</auction.type><businessType>A62</businessType>
<in_Domain.mRID codingScheme="A01">{area}</in_Domain.mRID><out_Domain.mRID codingScheme="A01">{area}</out_Domain.mRID>
<contract_MarketAgreement.type>A01</contract_MarketAgreement.type><currency_Unit.name>EUR</currency_Unit.name>
<price_Measure_Unit.name>MWH</price_Measure_Unit.name><curveType>{curve}</curveType><Period><timeInterval>
<start>{start}</start><end>{end}</end></timeInterval><resolution>{resolution}</resolution>{points}</Period>
</TimeSeries>"""
DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
<Publication_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3"><mRID>1</mRID>
<type>A44</type>{series}</Publication_MarketDocument>"""
NOTHING = """<?xml version="1.0" encoding="utf-8"?>
<Acknowledgement_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-1:acknowledgementdocument:7:0"><mRID>2</mRID>
<Reason><code>999</code><text>{reason}</text></Reason></Acknowledgement_MarketDocument>"""
NO_DATA = "No matching data found for Data item ENERGY_PRICES [12.1.D] and interval."


def local_days(year):
    days = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="D", tz=LOCAL)
    return list(pairwise(days))


def one_series(area, start, end, resolution, points, curve="A03", number=1):
    """One series; ``points`` is position → price."""
    told = "".join(
        f"<Point><position>{place}</position><price.amount>{price}</price.amount></Point>"
        for place, price in points.items()
    )
    ends = [moment.tz_convert("UTC").strftime("%Y-%m-%dT%H:%MZ") for moment in (start, end)]
    return SERIES.format(area=AREAS[area], start=ends[0], end=ends[1], resolution=resolution, points=told, curve=curve,
                         number=number)  # fmt: skip


def year_of_series(area, year):
    """A block curve a day: 10 EUR at night, 50 from the seventh hour; quarters from October 2025."""
    quarters = pd.Timestamp("2025-10-01", tz=LOCAL)
    hourly, quarterly = ("PT60M", {1: 10.0, 7: 50.0}), ("PT15M", {1: 10.0, 25: 50.0})
    return [
        one_series(area, start, end, *(quarterly if start >= quarters else hourly)) for start, end in local_days(year)
    ]


def document(series):
    return DOCUMENT.format(series="".join(series)).encode()


def nothing(reason=NO_DATA):
    return NOTHING.format(reason=reason).encode()


def mimer_stamps(year, form):
    """Local hours as Mimer writes them: 02:00 missing in March, 02:01 for the second one of October."""
    hours = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", tz=LOCAL, inclusive="left").tz_localize(None)
    return [
        stamp.strftime(form.replace("%M", "01") if is_second else form)
        for stamp, is_second in zip(hours, hours.duplicated(), strict=True)
    ]


FCR_HEADER = (
    "Datum;FCR-N Pris (EUR/MW);Total;SE1 FCRN;SE2 FCRN;SE3 FCRN;SE4 FCRN;DK2 FCRN;"
    "FCR-D upp Pris (EUR/MW);Total FCRD upp;SE1 FCRD upp;SE2 FCRD upp;SE3 FCRD upp;SE4 FCRD upp;DK2 FCRD upp;"
    "FCR-D ned Pris (EUR/MW);Total FCRD ned;SE1 FCRD ned;SE2 FCRD ned;SE3 FCRD ned;SE4 FCRD ned;DK2 FCRD ned"
)


def mimer_fcr(year=2025, zero_day=None):
    row = "20,5;250;50;100;50;0;50;6,25;570;100;200;170;0;100;5,5;574;100;200;174;0;100"
    zeros = ";".join("0" for _ in row.split(";"))
    lines = [
        f"{stamp};{zeros if zero_day and stamp.startswith(zero_day) else row}"
        for stamp in mimer_stamps(year, "%Y-%m-%d %H:%M:%S")
    ]
    return ("\ufeff" + "\n".join([FCR_HEADER, *lines, "Summa;1,0" + ";0" * 20]) + "\n").encode()


def mimer_afrr(year=2025, zones=("SN1", "SN2", "SN3", "SN4")):
    header = "Period;Elområde;aFRR Upp Pris (EUR/MW);aFRR Upp Volym (MW);aFRR Ned Pris (EUR/MW);aFRR Ned Volym (MW);P"
    lines = [
        f"{stamp};{zone};{'30,1;40;0;0' if place % 2 else '0;0;12,5;30'};2025-01-01 10:00"
        for place, stamp in enumerate(mimer_stamps(year, "%Y-%m-%d %H:%M"))
        for zone in zones
    ]
    return ("\ufeff" + "\n".join([header, *lines]) + "\n").encode()


def ecb_rates(year=2025, count=260, rate="11.05"):
    days = [date(year, 1, 2) + timedelta(days=day) for day in range(364)]
    days = [day for day in days if day.weekday() < 5][:count]
    header = "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE"
    lines = [f"EXR.D.SEK.EUR.SP00.A,D,SEK,EUR,SP00,A,{day},{rate}" for day in days]
    return ("\n".join([header, *lines]) + "\n").encode()


SMHI_HEAD = """Stationsnamn;Stationsnummer;Stationsnät;Mäthöjd (meter över marken)
Stockholm-Observatoriekullen A;98230;SMHIs stationsnät;2.0

Parameternamn;Beskrivning;Enhet
Lufttemperatur;momentanvärde, 1 gång/tim;celsius

Tidsperiod (fr.o.m);Tidsperiod (t.o.m);Höjd (meter över havet);Latitud (decimalgrader);Longitud (decimalgrader)
1996-10-01 00:00:00;2026-09-01 06:00:00;43.133;59.3417;18.0549

Datum;Tid (UTC);Lufttemperatur;Kvalitet;;Tidsutsnitt:
"""
SMHI_ROWS = [
    "2024-12-31;23:00:00;-1.5;G;;Kvalitetskontrollerade historiska data (utom de senaste 3 mån)",
    "2025-01-01;00:00:00;-2.0;G;;Tidsperiod (fr.o.m.) = 1996-10-01 00:00:00 (UTC)",
    "2025-01-01;01:00:00;-2.4;Y;;",
    "2025-01-01;04:00:00;0.3;G;;",
]


def smhi(rows=SMHI_ROWS, head=SMHI_HEAD):
    return ("\ufeff" + head + "\n".join(rows) + "\n").encode()


def json_stat(dimensions, values, **more):
    """A JSON-stat dataset: variable → code → words."""
    told = {
        name: {"label": name.lower(), "category": {"index": {code: n for n, code in enumerate(codes)}, "label": codes}}
        for name, codes in dimensions.items()
    }
    size = [len(codes) for codes in dimensions.values()]
    whole = {"class": "dataset", "id": list(dimensions), "size": size, "dimension": told, "value": values}
    return json.dumps(whole | more).encode()


def trafa(rows, columns=(("ar", "D"), ("regkom", "D"), ("drivmedel", "D"), ("nyregunder", "M")), **more):
    """An answer of Trafikanalys: one list of values a row."""
    header = [{"Name": name, "Type": kind, "DataType": "String", "Value": name} for name, kind in columns]
    told = [
        {
            "Cell": [
                {"Name": name, "Column": name, "Value": value, "FormattedValue": value, "IsMeasure": kind == "M"}
                for (name, kind), value in zip(columns, row, strict=True)
            ],
            "IsTotal": False,
        }
        for row in rows
    ]
    return json.dumps({"Header": {"Column": header}, "Rows": told, "Errors": None} | more).encode()
