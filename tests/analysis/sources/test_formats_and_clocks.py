"""Formats and clocks: EPW, Parquet, NDJSON, decimal commas, offsets, ranges, the two odd hours of the year."""

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.sources.descriptor import Clock, Descriptor, load_descriptor
from analysis.sources.formats import column_names
from analysis.sources.reader import read_source
from analysis.sources.timestamps import read_instants
from tests.analysis.sources.source_examples import HEAD, describe, price_rows, write_rows

LOCAL = "Europe/Stockholm"


def instants(texts: list[str], **clock: Any) -> list[str]:
    read = read_instants(pd.Series(texts, dtype="str"), Clock(**{"format": "%Y-%m-%d %H:%M", "zone": LOCAL, **clock}),
                         None, "f", "c")  # fmt: skip
    assert not read.faults
    return [stamp.strftime("%m-%d %H:%M") for stamp in read.utc]


def test_repeated_hour_in_file_order() -> None:
    texts = ["2024-10-27 01:00", "2024-10-27 02:00", "2024-10-27 02:00", "2024-10-27 03:00"]
    assert instants(texts) == ["10-26 23:00", "10-27 00:00", "10-27 01:00", "10-27 02:00"]


def test_repeated_hour_stamped_minute_01() -> None:
    texts = ["2024-10-27 02:00", "2024-10-27 02:01", "2024-10-27 03:00", "2024-10-28 02:01"]
    rule = {"repeated_hour": "second_is_minute_01"}
    assert instants(texts, **rule) == ["10-27 00:00", "10-27 01:00", "10-27 02:00", "10-28 01:01"]


def test_zones_each_have_their_repeated_hour() -> None:
    texts = pd.Series(["2024-10-27 02:00"] * 4, dtype="str")
    groups = pd.Series(["SE1", "SE2", "SE1", "SE2"])
    read = read_instants(texts, Clock(format="%Y-%m-%d %H:%M", zone=LOCAL), groups, "f", "c")
    assert read.utc.dt.hour.tolist() == [0, 0, 1, 1]


def test_offsets_and_utc() -> None:
    assert instants(["2024-06-01T00:00:00+02:00", "2024-06-01T00:00:00Z"], format="iso8601", zone="offset") == [
        "05-31 22:00", "06-01 00:00",
    ]  # fmt: skip
    read = read_instants(pd.Series(["2024-06-01T00:00:00"]), Clock(format="iso8601", zone="offset"), None, "f", "c")
    assert "expected a time as iso8601" in str(read.faults[0])


def test_ranges_and_interval_ends() -> None:
    text = ["01.06.2024 00:00 - 01.06.2024 01:00"]
    form = {"format": "%d.%m.%Y %H:%M", "range_separator": " - "}
    assert instants(text, **form) == ["05-31 22:00"]


def test_skipped_hour_moves_forward_for_single_events() -> None:
    assert instants(["2024-03-31 02:30"], skipped_hour="shift_forward") == ["03-31 01:00"]


@given(st.datetimes(pd.Timestamp("2019-01-01"), pd.Timestamp("2026-12-31")))
@settings(max_examples=60, deadline=None)
def test_wall_clock_and_back(moment: Any) -> None:
    hour = pd.Timestamp(moment).floor("h").tz_localize("UTC")
    local = hour.tz_convert(LOCAL)
    if local.fold:
        return
    assert instants([local.strftime("%Y-%m-%d %H:%M")]) == [hour.strftime("%m-%d %H:%M")]


def test_interval_end_labels_are_moved_to_the_start(tmp_path: Path) -> None:
    rows = price_rows()
    rows["start"] = (pd.to_datetime(rows["start"]) + pd.Timedelta(hours=1)).dt.strftime("%Y-%m-%d %H:%M")
    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["interval_start_utc"]["clock"]["label"] = "interval_end"
    table = read_source(describe(fields=fields), [write_rows(rows, tmp_path / "a.csv")])
    assert table["interval_start_utc"].iloc[0] == pd.Timestamp("2024-04-30 22:00", tz="UTC")


def test_formats_give_the_same_table(tmp_path: Path) -> None:
    rows = price_rows()
    expected = read_source(describe(), [write_rows(rows, tmp_path / "a.csv")])
    rows.to_parquet(tmp_path / "a.parquet")
    rows.to_excel(tmp_path / "a.xlsx", index=False)
    lines = "\n".join(json.dumps(record) for record in rows.to_dict("records"))
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(lines.encode()))
    comma = rows.assign(price=rows["price"].map(lambda price: f"{price:.2f}".replace(".", ",")))
    comma.to_csv(tmp_path / "comma.csv", sep=";", index=False, encoding="utf-8-sig")
    forms = {
        "a.parquet": {"format": "parquet"},
        "a.xlsx": {"format": "excel"},
        "a.ndjson.gz": {"format": "ndjson"},
        "comma.csv": {"format": "csv", "delimiter": ";", "decimal": ",", "encoding": "utf-8-sig"},
    }
    for name, form in forms.items():
        pd.testing.assert_frame_equal(read_source(describe(file=form), [tmp_path / name]), expected)


def test_epw_weather_file(tmp_path: Path) -> None:
    path = tmp_path / "station.epw"
    header = ["LOCATION,Arlanda,-,SWE,IWEC,024600,59.65,17.95,1.0,61.0"] + [f"HEADER {n}" for n in range(7)]
    cells = [f"1999,1,1,{hour},60,flags,{hour / 2 - 6:.1f}" + ",0" * 28 for hour in range(1, 25)]
    path.write_text("\n".join(header + cells) + "\n")
    stamp = {"format": "%Y %m %d %H", "zone": "Etc/GMT-1"}
    descriptor = Descriptor.model_validate(
        {
            **HEAD,
            "name": "epw",
            "table": "Temperature",
            "file": {"format": "epw"},
            "fields": {
                "interval_start_utc": {"column": "interval_start", "clock": stamp},
                "price_area": {"constant": "SE3"},
                "temperature_deg_c": {"column": "dry_bulb_deg_c", "unit": "deg_c"},
            },
            "series": {"by": ["price_area"], "whole_days": True, "zone": "Etc/GMT-1"},
        }
    )
    table = read_source(descriptor, [path])
    assert len(table) == 24
    assert table["interval_start_utc"].iloc[0] == pd.Timestamp("1998-12-31 23:00", tz="UTC")
    assert table["temperature_deg_c"].iloc[0] == pytest.approx(-5.5)
    path.write_text("\n".join(header + cells[:-1] + ["1999,1,1,24,60,fl"]) + "\n")
    with pytest.raises(DataError, match=r"station.epw:32"):
        read_source(descriptor, [path])


def test_column_names_of_several_header_rows() -> None:
    assert column_names([["", "User"], ["SE", "Start"], ["SE", "Start"], ["", ""], [2015.0]]) == [
        "User", "SE|Start", "SE|Start#2", "#4", "2015",
    ]  # fmt: skip


def test_mimer_zeros_and_product_days(tmp_path: Path, root: Path, caplog: pytest.LogCaptureFixture) -> None:
    head = "time_start,fcr_n_price_eur_mw,fcr_n_volume_mw,fcr_d_up_price_eur_mw,fcr_d_up_volume_mw," \
           "fcr_d_down_price_eur_mw,fcr_d_down_volume_mw"  # fmt: skip
    rows = [f"2021-05-01T{hour:02d}:00:00,20,200,30,{0 if hour == 4 else 400},0,0" for hour in range(24)]
    rows[4] = "2021-05-01T04:00:00,20,200,0,0,0,0"
    (tmp_path / "2021.csv").write_text("\n".join([head, *rows]) + "\n")
    descriptor = load_descriptor("mimer_fcr", root / "data" / "sources")
    with caplog.at_level("INFO"):
        table = read_source(descriptor, [tmp_path / "2021.csv"])
    assert table.groupby("product").size().to_dict() == {"fcr_d_up": 23, "fcr_n": 24}
    assert "price and volume both 0 means no data" in caplog.text
    rows[4] = "2021-05-01T04:00:00,20,200,30,400,9,90"
    (tmp_path / "early.csv").write_text("\n".join([head, *rows]) + "\n")
    with pytest.raises(DataError, match="values outside the days of the product"):
        read_source(descriptor, [tmp_path / "early.csv"])


def test_price_without_a_price_keeps_its_volume(tmp_path: Path, root: Path) -> None:
    head = "time_start,zone,afrr_up_price_eur_mw,afrr_up_volume_mw,afrr_down_price_eur_mw,afrr_down_volume_mw"
    rows = [f"2024-05-01T{hour:02d}:00:00,SN3,0,25,0,0" for hour in range(24)]
    (tmp_path / "2024.csv").write_text("\n".join([head, *rows]) + "\n")
    table = read_source(load_descriptor("mimer_afrr", root / "data" / "sources"), [tmp_path / "2024.csv"])
    assert table[["product", "price_area"]].drop_duplicates().to_numpy().tolist() == [["afrr_up", "SE3"]]
    assert (table["price_eur_nominal_per_mw_h"] == 0.0).all() and len(table) == 24
