"""Every kind of bad input is met with place, what was found, what was expected and what to do."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.sources.reader import read_source
from tests.analysis.sources.source_examples import describe, describe_trips, price_rows, write_rows


def faults_of(descriptor, *paths: Path) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError) as error:
        read_source(descriptor, list(paths))
    for fault in error.value.faults:
        assert fault.place and fault.found and fault.expected and fault.remedy
    return str(error.value)


def test_good_file_is_read(tmp_path: Path) -> None:
    table = read_source(describe(), [write_rows(price_rows(days=2), tmp_path / "a.csv")])
    assert len(table) == 48
    assert table["interval_start_utc"].iloc[0] == pd.Timestamp("2024-04-30 22:00", tz="UTC")


def test_missing_columns_are_all_named(tmp_path: Path) -> None:
    path = write_rows(price_rows().rename(columns={"price": "cost", "area": "zone"}), tmp_path / "a.csv")
    text = faults_of(describe(), path)
    assert "a.csv/price: found no such column" in text
    assert "a.csv/area: found no such column" in text
    assert "start, zone, cost" in text


def test_level_of_another_unit_is_named(tmp_path: Path) -> None:
    path = write_rows(price_rows(level=0.02).assign(price=0.028), tmp_path / "a.csv")
    assert "a mean level of 0.028 in price_eur_nominal_per_mwh" in faults_of(describe(), path)


def test_euro_per_mwh_read_as_per_kwh_is_named(tmp_path: Path) -> None:
    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["price_eur_nominal_per_mwh"]["unit"] = "eur_per_kwh"
    path = write_rows(price_rows(), tmp_path / "a.csv")
    assert "The unit is probably another one" in faults_of(describe(fields=fields), path)


def test_header_that_names_another_unit_is_named(tmp_path: Path) -> None:
    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["price_eur_nominal_per_mwh"] = {"column": "SEK_per_kWh", "unit": "eur_per_kwh"}
    path = write_rows(price_rows().rename(columns={"price": "SEK_per_kWh"}), tmp_path / "a.csv")
    assert "a header that says sek_per_kwh" in faults_of(describe(fields=fields), path)


def test_duplicated_and_missing_hours_are_both_named(tmp_path: Path) -> None:
    rows = price_rows(days=2)
    bad = pd.concat([rows.drop(index=5), rows.iloc[[10]]])
    text = faults_of(describe(), write_rows(bad, tmp_path / "a.csv"))
    assert "a.csv:49: found 2024-05-01 08:00 UTC again" in text or "2024-05-01 08:00 UTC again" in text
    assert "2024-05-01 05:00 local: found 1 h missing; expected every interval of a local day of 24 h" in text


def test_row_number_in_the_file_is_given(tmp_path: Path) -> None:
    rows = price_rows()
    rows["price"] = rows["price"].astype(object)
    rows.loc[3, "price"] = "abc"
    assert "a.csv:5/price: found 'abc'; expected a number" in faults_of(
        describe(), write_rows(rows, tmp_path / "a.csv")
    )


def test_day_cut_short_at_the_end_is_named(tmp_path: Path) -> None:
    text = faults_of(describe(), write_rows(price_rows(days=2).iloc[:-3], tmp_path / "a.csv"))
    assert "2024-05-02 21:00 local: found 3 h missing" in text


@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-05-01", 24)])
def test_days_of_23_24_and_25_hours_are_whole(tmp_path: Path, day: str, hours: int) -> None:
    table = read_source(describe(), [write_rows(price_rows(day), tmp_path / "a.csv")])
    assert len(table) == hours
    assert table["interval_start_utc"].diff().dropna().eq(pd.Timedelta(hours=1)).all()


@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25)])
def test_hour_missing_on_an_odd_day_is_named(tmp_path: Path, day: str, hours: int) -> None:
    text = faults_of(describe(), write_rows(price_rows(day).drop(index=20), tmp_path / "a.csv"))
    assert f"a local day of {hours} h" in text


def test_quarters_of_an_odd_day_are_counted(tmp_path: Path) -> None:
    start = pd.Timestamp("2025-10-26", tz="Europe/Stockholm")
    stamps = pd.date_range(start, periods=100, freq="15min")
    rows = pd.DataFrame({"start": stamps.map(lambda stamp: stamp.isoformat()), "area": "SE3", "price": 40.0})
    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["interval_start_utc"]["clock"] = {"format": "iso8601", "zone": "offset"}
    fields["step_h"] = {"from_spacing": True}
    descriptor = describe(fields=fields)
    table = read_source(descriptor, [write_rows(rows, tmp_path / "a.csv")])
    assert (len(table), set(table["step_h"])) == (100, {0.25})
    text = faults_of(descriptor, write_rows(rows.drop(index=[9, 50]), tmp_path / "b.csv"))
    assert text.count("0.25 h missing") == 2


def test_stamp_in_the_skipped_hour_is_named(tmp_path: Path) -> None:
    rows = price_rows("2024-03-31")
    extra = pd.DataFrame({"start": ["2024-03-31 02:00"], "area": ["SE3"], "price": [1.0]})
    text = faults_of(describe(), write_rows(pd.concat([rows, extra]), tmp_path / "a.csv"))
    assert "a.csv:25/start: found '2024-03-31 02:00'; expected a time that exists in Europe/Stockholm" in text


def test_unknown_price_area_is_named_with_its_count(tmp_path: Path) -> None:
    text = faults_of(describe(), write_rows(price_rows(area="SE5"), tmp_path / "a.csv"))
    assert "unknown price_area 'SE5' in 24 rows; expected one of SE1, SE2, SE3, SE4" in text


def test_unknown_code_of_a_map_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("car,from,to,km,a,b\n1,2024-05-01 08:00,2024-05-01 08:30,10,H,X\n")
    assert "the code 'X' in 1 rows; expected one of H, W" in faults_of(describe_trips(), path)


def test_trips_overlap_and_arrive_before_departure(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "car,from,to,km,a,b\n"
        "1,2024-05-01 08:00,2024-05-01 08:30,10,H,W\n"
        "1,2024-05-01 08:20,2024-05-01 08:50,10,W,H\n"
        "2,2024-05-01 09:00,2024-05-01 08:00,10,H,W\n"
        "3,2024-05-01 08:20,2024-05-01 08:50,10,H,W\n"
    )
    text = faults_of(describe_trips(), path)
    assert "t.csv:3: found car 1 departs 2024-05-01 08:20 UTC while a trip until 2024-05-01 08:30 UTC" in text
    assert "t.csv:4: found arrival 2024-05-01 08:00 UTC before departure 2024-05-01 09:00 UTC" in text
    assert text.startswith("2 faults")


def test_overlap_with_a_long_trip_two_rows_earlier_is_met(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "car,from,to,km,a,b\n"
        "1,2024-05-01 08:00,2024-05-01 12:00,90,H,W\n"
        "1,2024-05-01 08:30,2024-05-01 09:00,10,W,H\n"
        "1,2024-05-01 10:00,2024-05-01 10:30,10,H,W\n"
    )
    assert faults_of(describe_trips(), path).startswith("2 faults")


def test_implausible_trips_are_dropped_and_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "car,from,to,km,a,b\n"
        "1,2024-05-01 08:00,2024-05-01 08:30,10,H,W\n"
        "1,2024-05-01 09:00,2024-05-01 09:10,90,W,H\n"
        "1,2024-05-01 10:00,2024-05-01 10:30,0,H,W\n"
    )
    with caplog.at_level("INFO"):
        table = read_source(describe_trips(), [path])
    assert len(table) == 1
    assert "dropped 1 of 3 trips faster than the descriptor allows (too_fast)" in caplog.text
    assert "dropped 1 of 3 trips of no distance (no_distance)" in caplog.text


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_empty_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert "found an empty file" in faults_of(describe(), path) or "found only blanks" in faults_of(describe(), path)


def test_header_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("start,area,price\n")
    assert "no data rows" in faults_of(describe(), path)


def test_absent_file(tmp_path: Path) -> None:
    assert "no such file" in faults_of(describe(), tmp_path / "none.csv")


def test_last_line_cut(tmp_path: Path) -> None:
    path = write_rows(price_rows(), tmp_path / "a.csv")
    path.write_text(path.read_text()[:-10])
    assert "a.csv:25: found a last line without an end" in faults_of(describe(), path)
    assert "a.csv:25: found a row of" in faults_of(describe(file={"format": "csv", "ends_with_newline": False}), path)


def test_last_value_cut(tmp_path: Path) -> None:
    path = write_rows(price_rows(), tmp_path / "a.csv")
    path.write_text(path.read_text()[:-2])
    assert "The file was cut" in faults_of(describe(), path)


def test_cut_standard_year_is_not_filled_with_zeros(tmp_path: Path, root: Path) -> None:
    from analysis.sources.descriptor import load_descriptor

    hours = pd.date_range("2023-01-01", "2023-12-31 23:00", freq="h")
    rows = pd.DataFrame({"month": hours.month, "day": hours.day, "hour": hours.hour, "weight": 1 / 8760})
    descriptor = load_descriptor("entsoe_normalised_solar", root / "data" / "sources")
    whole = read_source(descriptor, [write_rows(rows[rows["hour"] != 3].assign(weight=1 / 8395), tmp_path / "SE3.csv")])
    assert len(whole) == 8760
    assert (whole.loc[whole["hour"] == 3, "share_of_year_pu"] == 0.0).all()
    assert "a sum of 0.5" in faults_of(descriptor, write_rows(rows[:4380], tmp_path / "SE4.csv"))


def test_cut_inside_quotes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    price_rows().to_csv(path, index=False, quoting=1)
    path.write_text(path.read_text()[:-3] + "\n")
    assert "inside quotes" in faults_of(describe(), path)


def test_too_many_fields(tmp_path: Path) -> None:
    path = write_rows(price_rows(), tmp_path / "a.csv")
    lines = path.read_text().splitlines()
    lines[6] += ",1,2"
    path.write_text("\n".join(lines) + "\n")
    assert "found 5 fields; expected 3 fields" in faults_of(describe(), path)


def test_cut_gzip_parquet_and_workbook(tmp_path: Path) -> None:
    rows = price_rows()
    zipped = tmp_path / "a.csv.gz"
    zipped.write_bytes(gzip.compress(rows.to_csv(index=False).encode())[:-20])
    assert "damaged gzip" in faults_of(describe(), zipped)
    parquet = tmp_path / "a.parquet"
    rows.to_parquet(parquet)
    parquet.write_bytes(parquet.read_bytes()[:-30])
    assert "damaged Parquet" in faults_of(describe(file={"format": "parquet"}), parquet)
    book = tmp_path / "a.xlsx"
    rows.to_excel(book, index=False)
    book.write_bytes(book.read_bytes()[:2000])
    assert "damaged workbook" in faults_of(describe(file={"format": "excel"}), book)


def test_cut_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"start": "2024-05-01 00:00", "area": "SE3", "price": 1}\n{"start": "2024-05-01 01:0')
    assert "a.ndjson:2: found" in faults_of(describe(file={"format": "ndjson"}), path)


def test_missing_sheet(tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    price_rows().to_excel(book, index=False, sheet_name="Blad1")
    assert "found sheets Blad1" in faults_of(describe(file={"format": "excel", "sheet": "Data"}), book)


def test_wrong_encodings(tmp_path: Path) -> None:
    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["price_area"]["column"] = "område"
    rows = price_rows().rename(columns={"area": "område"})
    latin, unicode, marked = (tmp_path / f"{name}.csv" for name in ("latin", "unicode", "marked"))
    latin.write_bytes(rows.to_csv(index=False).encode("iso-8859-1"))
    unicode.write_bytes(rows.to_csv(index=False).encode("utf-8"))
    marked.write_bytes(rows.to_csv(index=False).encode("utf-8-sig"))
    assert "latin.csv:1: found a byte that is not utf-8" in faults_of(describe(fields=fields), latin)
    as_latin = describe(fields=fields, file={"format": "csv", "encoding": "iso-8859-1"})
    assert "as UTF-8 read in another encoding" in faults_of(as_latin, unicode)
    assert "byte order mark" in faults_of(describe(fields=fields), marked)
    as_marked = describe(fields=fields, file={"format": "csv", "encoding": "utf-8-sig"})
    assert len(read_source(as_marked, [marked])) == 24
    assert len(read_source(as_latin, [latin])) == 24


def test_faults_of_several_files_come_together(tmp_path: Path) -> None:
    first = write_rows(price_rows(area="SE5"), tmp_path / "first.csv")
    second = write_rows(price_rows().drop(columns="price"), tmp_path / "second.csv")
    text = faults_of(describe(), first, second)
    assert "first.csv" in text and "second.csv" in text


def test_files_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    first = write_rows(price_rows(), tmp_path / "first.csv")
    second = write_rows(price_rows(level=41.0), tmp_path / "second.csv")
    assert "rows that differ for one interval_start_utc × price_area" in faults_of(describe(), first, second)
    same = write_rows(price_rows(), tmp_path / "same.csv")
    assert len(read_source(describe(), [first, same])) == 24


def test_hole_in_values_fails_but_a_declared_tail_ends_the_series(tmp_path: Path) -> None:
    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["price_eur_nominal_per_mwh"]["missing"] = ["n/e"]
    declared = describe(fields=fields, series={"by": ["price_area"], "may_end_early": "price_eur_nominal_per_mwh"})
    rows = price_rows(days=3)
    rows["price"] = rows["price"].astype(object)
    rows.loc[48:, "price"] = "n/e"
    tail = write_rows(rows, tmp_path / "tail.csv")
    assert len(read_source(declared, [tail])) == 48
    assert "no value at" in faults_of(describe(fields=fields), tail)
    rows.loc[7, "price"] = "n/e"
    hole = faults_of(declared, write_rows(rows, tmp_path / "hole.csv"))
    assert "hole.csv:9: found no value at 2024-05-01 05:00 UTC" in hole


def test_session_without_plug_out_is_dropped_and_counted(
    tmp_path: Path, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from analysis.sources.descriptor import load_descriptor

    path = tmp_path / "norway12_Dataset1.csv"
    path.write_text(
        '"location";"user_id";"session_id";"plugin_time";"plugout_time";"connection_time";"energy_session"\n'
        '"ASK";"u1";"s1";2019-11-28 19:08:00;2019-11-29 08:20:00;13,2;19,96\n'
        '"ASK";"u1";"s2";2019-11-30 19:08:00;NA;NA;5,5\n'
    )
    with caplog.at_level("INFO"):
        table = read_source(load_descriptor("norway12_sessions", root / "data" / "sources"), [path])
    assert table["energy_ac_kwh"].tolist() == [19.96]
    assert table["plug_in_utc"].iloc[0] == pd.Timestamp("2019-11-28 18:08", tz="UTC")
    assert "dropped 1 of 2 sessions without an end (no_end)" in caplog.text


def test_cut_row_of_a_wide_table_is_named_once(tmp_path: Path, root: Path) -> None:
    from analysis.sources.descriptor import load_descriptor

    path = tmp_path / "TripsPerDay.csv"
    path.write_text("trip,weekday,weekend\n0,0.4,0.5\n1\n2,0.6,0.5\n")
    text = faults_of(load_descriptor("mid_trips_per_day", root / "data" / "sources"), path)
    assert text.count("TripsPerDay.csv:3: found a row of") == 1
