"""Every bad row is met: what cannot be is left out, listed with file, row and reason; what is broken is a fault."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from analysis.errors import ConfigError, DataError
from analysis.io import check_table, normalise, read_table
from analysis.mobility.places import with_places
from analysis.schemas.dropped_rows import REASONS, DroppedRows
from analysis.schemas.mobility import Trips
from analysis.settings.model import FileSource
from analysis.sources.descriptor import Descriptor, load_descriptor
from analysis.sources.logbooks import read_logbooks
from analysis.sources.reader import Read, read_listed
from analysis.sources.rules import PlaceRules
from analysis.sources.streams import ingest_trips, stream_trips
from tests.analysis.sources.source_examples import HEAD, describe, describe_trips

EXAMPLE = Path(__file__).parent / "files" / "example_gps_trips.csv"
HEADER = "car,from,to,km,a,b\n"


def trips_on_the_wall_clock() -> Descriptor:
    fields = describe_trips().model_dump(exclude_unset=True)["fields"]
    wall = {"format": "%Y-%m-%d %H:%M", "zone": "Europe/Stockholm", "label": "instant",
            "repeated_hour": "drop", "skipped_hour": "drop"}  # fmt: skip
    fields["depart_utc"]["clock"] = fields["arrive_utc"]["clock"] = wall
    return describe_trips(fields=fields)


def describe_cars() -> Descriptor:
    return Descriptor.model_validate(
        {
            **HEAD, "name": "cars", "table": "Vehicles", "file": {"format": "csv"},
            "fields": {
                "vehicle_id": {"column": "car"}, "weight": {"column": "weight", "unit": "weight"},
                "observed_days": {"column": "days", "unit": "plain"},
                "dataset": {"constant": "d"}, "use_case": {"constant": "fleet"},
            },
        }
    )  # fmt: skip


def describe_sessions() -> Descriptor:
    clock = {"format": "%Y-%m-%d %H:%M", "zone": "UTC", "label": "instant"}
    return Descriptor.model_validate(
        {
            **HEAD, "name": "sessions", "table": "Sessions", "file": {"format": "csv"},
            "fields": {
                "session_id": {"column": "id"}, "user_id": {"column": "user"},
                "plug_in_utc": {"column": "from", "clock": clock}, "plug_out_utc": {"column": "to", "clock": clock},
                "energy_ac_kwh": {"column": "kwh", "unit": "kwh"}, "place": {"constant": "home"},
            },
        }
    )  # fmt: skip


def read(descriptor: Descriptor, text: str, folder: Path) -> Read:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return read_listed(descriptor, [path])


def reasons(found: Read) -> dict[int, str]:
    return dict(zip(found.dropped["row_number"], found.dropped["reason"], strict=True))


def test_every_kind_of_bad_trip_is_listed_with_its_row(tmp_path: Path) -> None:
    rows = [
        "1,2024-05-01 08:00,2024-05-01 08:30,10,H,W",
        "1,2024-05-01 08:00,2024-05-01 08:30,10,H,W",
        "1,2024-05-01 09:00,,10,W,H",
        "1,2024-05-01 10:00,2024-05-01 10:30,-3,H,W",
        "1,2024-05-01 11:00,2024-05-01 11:30,0,H,W",
        "1,2024-05-01 12:00,2024-05-01 12:00,5,H,W",
        "1,2024-05-01 13:00,2024-05-01 13:10,90,H,W",
    ]
    found = read(describe_trips(), HEADER + "\n".join(rows) + "\n", tmp_path)
    assert reasons(found) == {
        3: "duplicate", 4: "no_end", 5: "negative_distance", 6: "no_distance", 7: "no_duration", 8: "too_fast",
    }  # fmt: skip
    told = found.dropped.set_index("row_number")
    assert (told["record_id"] == "1").all() and (told["dataset"] == "trips").all()
    assert told.loc[8, "found"] == "540 km/h over 90 km"
    assert told.loc[5, "found"] == "-3 km"
    assert told.loc[4, "source_file"] == str(tmp_path / "file.csv")
    assert len(found.table) == 1


def test_trips_at_a_change_of_the_clock_are_left_out_not_moved(tmp_path: Path) -> None:
    rows = [
        "1,2024-03-31 01:30,2024-03-31 02:30,10,H,W",  # arrives in the hour that spring skips
        "1,2024-03-31 03:30,2024-03-31 04:00,10,W,H",
        "1,2024-10-27 02:10,2024-10-27 02:40,10,H,W",  # in the hour that autumn repeats
        "1,2024-10-27 03:10,2024-10-27 03:40,10,W,H",
    ]
    found = read(trips_on_the_wall_clock(), HEADER + "\n".join(rows) + "\n", tmp_path)
    assert reasons(found) == {2: "clock_change", 4: "clock_change"}
    assert found.dropped["found"].tolist() == ["to 2024-03-31 02:30", "from 2024-10-27 02:10"]
    assert found.table["depart_utc"].dt.hour.tolist() == [1, 2]


def test_a_series_may_not_drop_hours() -> None:
    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["interval_start_utc"]["clock"]["repeated_hour"] = "drop"
    with pytest.raises(ValueError, match="a clock that drops rows is for GpsTrips, Sessions, Trips, Vehicles"):
        describe(fields=fields)


def test_trips_need_a_highest_speed(tmp_path: Path, root: Path) -> None:
    text = (root / "data" / "sources" / "example_gps_trips.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("trips: {max_speed_km_per_h: 250}\n", ""), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"needs trips\.max_speed_km_per_h"):
        load_descriptor("mine", tmp_path)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("57,7;11,9;59,3;18,0", "4 km stated, 396.4 km"),  # Gothenburg to Stockholm in ten minutes
        ("57,7;11,9;57,9;11,9", "4 km stated, 22.2 km"),  # at 133 km/h, but stated as 4 km
        ("0;0;57,7;11,9", "4 km stated"),  # a logger without a fix
        ("577,089;11,9;57,7;11,9", "4 km stated"),  # off the globe
    ],
)
def test_a_gps_jump_is_listed(tmp_path: Path, root: Path, row: str, found: str) -> None:
    head = "bil;start;stopp;mil;start_lat;start_long;stopp_lat;stopp_long\n"
    good = "7;2024-10-21 07:10;2024-10-21 07:35;1,32;57,7089;11,9746;57,6554;12,0133\n"
    round_trip = "7;2024-10-21 12:00;2024-10-21 12:50;3,00;57,7089;11,9746;57,7089;11,9746\n"
    jump = f"7;2024-10-21 09:00;2024-10-21 09:10;0,40;{row}\n"
    descriptor = load_descriptor("example_gps_trips", root / "data" / "sources")
    kept = read(descriptor, head + good + jump + round_trip, tmp_path)
    assert reasons(kept) == {3: "gps_jump"}
    assert found in kept.dropped["found"].item()
    assert len(kept.table) == 2, "a round trip ends where it began and is no jump"


def test_arrival_before_departure_stays_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"file\.csv:2: found arrival 2024-05-01 07:30 UTC before departure"):
        read(describe_trips(), HEADER + "1,2024-05-01 08:00,2024-05-01 07:30,10,H,W\n", tmp_path)


def test_cars_without_weight_are_listed_and_a_negative_weight_is_a_fault(tmp_path: Path) -> None:
    found = read(describe_cars(), "car,weight,days\n1,0,9\n2,,9\n3,1.5,9\n", tmp_path)
    assert reasons(found) == {2: "zero_weight", 3: "weight_absent"}
    assert found.table["vehicle_id"].tolist() == ["3"]
    with pytest.raises(DataError, match=r"Vehicles\.weight"):
        read(describe_cars(), "car,weight,days\n1,-1,9\n", tmp_path)


def test_every_kind_of_bad_session_is_listed(tmp_path: Path) -> None:
    rows = [
        "s1,u,2024-05-01 18:00,2024-05-02 07:00,9.5",
        "s2,u,2024-05-03 18:00,2024-06-03 18:00,9.5",  # 31 days: as long as may be
        "s3,u,2024-05-01 18:00,2024-06-01 18:01,9.5",
        "s4,u,2024-05-01 18:00,2024-05-02 07:00,-0.1",
        "s5,u,2024-05-01 18:00,,9.5",
        "s6,u,2024-05-01 18:00,2024-05-01 18:00,9.5",
        "s1,u,2024-05-01 18:00,2024-05-02 07:00,9.5",
    ]
    found = read(describe_sessions(), "id,user,from,to,kwh\n" + "\n".join(rows) + "\n", tmp_path)
    assert reasons(found) == {
        4: "session_over_month", 5: "negative_energy", 6: "no_end", 7: "no_duration", 8: "duplicate",
    }  # fmt: skip
    assert found.table["session_id"].tolist() == ["s1", "s2"]
    assert found.dropped.set_index("row_number").loc[5, "found"] == "-0.1 kWh"


def sources(folder: Path, trips: str, cars: str | None) -> tuple[list[FileSource], Path]:
    """A folder of descriptors and files for a run: trips, and cars beside them."""
    found = []
    for name, descriptor, text in (("trips", describe_trips(), trips), ("cars", describe_cars(), cars)):
        if text is not None:
            described = descriptor.model_dump(mode="json", exclude_unset=True)
            del described["name"]
            (folder / f"{name}.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
            found.append(FileSource(descriptor=name, pattern=f"{name}.csv"))
    return found, folder


TWO_CARS = HEADER + (
    "1,2024-05-01 08:00,2024-05-01 08:30,10,H,W\n"
    "2,2024-05-01 08:00,2024-05-01 08:30,10,H,W\n"
    "2,2024-05-02 08:00,2024-05-02 08:30,10,H,W\n"
)


def test_a_car_seen_for_one_day_goes_with_its_trips(tmp_path: Path) -> None:
    named, folder = sources(tmp_path, TWO_CARS, None)
    books, dropped = read_logbooks(named, folder, folder)
    assert books[0].table["vehicle_id"].tolist() == ["2", "2"]
    assert dropped[["row_number", "record_id", "reason"]].to_numpy().tolist() == [[2, "1", "seen_one_day"]]


def test_a_car_that_its_row_says_was_seen_longer_stays(tmp_path: Path) -> None:
    named, folder = sources(tmp_path, TWO_CARS, "car,weight,days\n1,1,14\n2,1,1\n")
    books, dropped = read_logbooks(named, folder, folder)
    assert [book.table["vehicle_id"].tolist() for book in books] == [["1"], ["1"]]
    assert sorted(zip(dropped["table_name"], dropped["record_id"], strict=True)) == [
        ("Trips", "2"), ("Trips", "2"), ("Vehicles", "2"),
    ]  # fmt: skip


def test_the_trips_of_a_car_without_weight_go_with_it(tmp_path: Path) -> None:
    named, folder = sources(tmp_path, TWO_CARS, "car,weight,days\n1,1,14\n2,0,14\n")
    books, dropped = read_logbooks(named, folder, folder)
    assert [book.table["vehicle_id"].tolist() for book in books] == [["1"], ["1"]]
    assert dropped["reason"].tolist() == ["zero_weight"] * 3


def test_a_logbook_of_which_nothing_is_left_is_a_fault(tmp_path: Path) -> None:
    named, folder = sources(tmp_path, HEADER + TWO_CARS.splitlines()[1] + "\n", None)
    with pytest.raises(DataError, match="no trip left"):
        read_logbooks(named, folder, folder)


def test_a_run_without_logbooks_lists_nothing() -> None:
    books, dropped = read_logbooks((), ".")
    assert books == []
    assert list(dropped.columns) == list(DroppedRows.to_schema().columns) and dropped.empty


@pytest.mark.slow
def test_the_script_writes_the_list_beside_the_trips(root: Path, tmp_path: Path, monkeypatch: Any) -> None:
    from analysis.settings.load import load_settings

    monkeypatch.chdir(root)
    files = root / "tests" / "analysis" / "sources" / "files"
    settings = load_settings("minimal", root / "workflow" / "config").model_dump(mode="json")
    settings["inputs"]["fleet_trips"] = [{"descriptor": "example_gps_trips", "pattern": "example_gps_trips.csv"}]
    path = root / "workflow" / "scripts" / "generate_travel.py"
    spec = importlib.util.spec_from_file_location("generate_travel", path)
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    outputs = {name: tmp_path / f"{name}.parquet" for name in ("trips", "vehicles", "travel_targets", "dropped_trips")}
    script.main(
        travel_facts=root / "data/reference/travel_facts.csv", parameters=root / "data/assumptions/parameters.csv",
        settings=settings, inputs_root=str(files), **outputs,
    )  # fmt: skip
    dropped = read_table(outputs["dropped_trips"], DroppedRows)
    assert set(dropped["reason"]) == {"gps_jump", "no_end", "clock_change", "seen_one_day"}
    trips = read_table(outputs["trips"], Trips)
    mine = trips[trips["vehicle_id"] == "example_7"]
    assert mine["destination"].tolist() == ["work", "home", "work", "other", "home", "work", "home"]


def test_the_descriptor_shown_to_readers_reads_its_file(root: Path, tmp_path: Path) -> None:
    shown = re.findall(r"```yaml\n(.*?)```", (root / "data" / "README.md").read_text(encoding="utf-8"), re.S)
    text = next(block for block in shown if "table: GpsTrips" in block)
    assert text == (root / "data" / "sources" / "example_gps_trips.yaml").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 40
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    found = read_listed(load_descriptor("mine", tmp_path), [EXAMPLE])
    assert found.table.groupby("vehicle_id").size().to_dict() == {"example_7": 7, "example_8": 1}
    assert found.table["distance_km"].iloc[0] == pytest.approx(13.2)
    assert reasons(found) == {9: "gps_jump", 10: "no_end", 11: "clock_change"}
    placed = with_places(found.table, PlaceRules())
    check_table(normalise(placed), Trips, "placed")
    assert placed["origin"].tolist()[:7] == ["home", "work", "home", "work", "other", "home", "work"]


def test_streams_list_what_the_whole_lists(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [f"{car},2024-05-{day:02d} 08:00,2024-05-{day:02d} 08:30,10,H,W" for day in (1, 2, 3) for car in "12"]
    lines.insert(1, lines[0])  # a duplicate that the next part begins with, when parts have one row
    lines += ["3,2024-05-04 08:00,2024-05-04 08:30,10,H,W", "1,2024-05-05 08:00,2024-05-05 08:01,90,H,W"]
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    for rows in (1, 2, 100):
        counts = ingest_trips(
            describe_trips(), [path], tmp_path / "o.parquet", tmp_path / "d.parquet", needs_several_days=True, rows=rows
        )
        assert counts == {"kept": 6, "duplicate": 1, "too_fast": 1, "seen_one_day": 1}
        dropped = read_table(tmp_path / "d.parquet", DroppedRows)
        listed = {3: "duplicate", 9: "seen_one_day", 10: "too_fast"}
        assert dict(zip(dropped["row_number"], dropped["reason"], strict=True)) == listed
        trips = read_table(tmp_path / "o.parquet", Trips)
        assert trips.groupby("vehicle_id").size().to_dict() == {"1": 3, "2": 3}
        assert trips.groupby("vehicle_id")["depart_utc"].apply(lambda times: times.is_monotonic_increasing).all()


def test_a_parquet_file_streams_as_a_csv_does(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TWO_CARS, encoding="utf-8")
    pd.read_csv(tmp_path / "t.csv").to_parquet(tmp_path / "t.parquet")
    as_parquet = describe_trips(file={"format": "parquet"})
    parts = [
        pd.concat([part.table for part in stream_trips(descriptor, path, rows=2)])
        for descriptor, path in ((describe_trips(), tmp_path / "t.csv"), (as_parquet, tmp_path / "t.parquet"))
    ]
    pd.testing.assert_frame_equal(parts[0].reset_index(drop=True), parts[1].reset_index(drop=True))
    (tmp_path / "t.parquet").write_bytes((tmp_path / "t.parquet").read_bytes()[:-20])
    with pytest.raises(DataError, match="a damaged Parquet file"):
        list(stream_trips(as_parquet, tmp_path / "t.parquet"))


def test_every_reason_says_something() -> None:
    assert all(words and not words[0].isupper() for words in REASONS.values())


def test_the_terminal_says_what_was_left_out(tmp_path: Path) -> None:
    from analysis.report.console import dropped_line

    found = read(describe_trips(), HEADER + TWO_CARS.splitlines()[1] + "\n1,2024-05-01 09:00,,10,W,H\n", tmp_path)
    sessions = read(
        describe_sessions(), "id,user,from,to,kwh\na,u,2024-05-01 18:00,2024-05-02 07:00,9\nb,u,2024-05-01 18:00,,9\n"
        "c,u,2024-05-01 18:00,2024-05-02 07:00,-9\n", tmp_path,
    )  # fmt: skip
    assert dropped_line([found.dropped, sessions.dropped], "data/interim/x") == (
        "Left out of the input files: 2 sessions (negative_energy 1, no_end 1), 1 trips (no_end 1); each row is listed "
        "in data/interim/x/dropped_*.parquet."
    )
    assert dropped_line([found.dropped[:0]], "x") == "Left out of the input files: no row."
