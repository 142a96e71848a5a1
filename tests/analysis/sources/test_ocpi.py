"""Charge detail records of OCPI 2.2.1: pages and lists, what is left out, what is a fault, and that no id is kept.

The file is written by hand after the specification: module CDRs (object, credit, reservation), module Types (DateTime).
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.errors import ConfigError, DataError
from analysis.sources.descriptor import Descriptor, load_descriptor
from analysis.sources.reader import read_listed, read_source
from tests.analysis.sources.source_examples import describe

FILE = Path(__file__).parent / "files" / "ocpi_cdrs.json"


@pytest.fixture
def cdrs(root: Path) -> Descriptor:
    return load_descriptor("ocpi_cdr", root / "data" / "sources")


@pytest.fixture
def page() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def written(content: Any, path: Path) -> Path:
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")
    return path


def faults_of(descriptor: Descriptor, *paths: Path) -> str:
    with pytest.raises(DataError) as error:
        read_source(descriptor, list(paths))
    return str(error.value)


def test_sessions_and_what_is_left_out(cdrs: Descriptor) -> None:
    read = read_listed(cdrs, [FILE])
    expected = {
        "SE EXA 1001": ("2024-10-26 22:30", "2024-10-27 05:45", 21.4, "public", "LOC1"),
        "SE EXA 1002": ("2024-10-28 16:02:11.5", "2024-10-29 06:10", 9.75, "home", "HOME7"),
        "SE EXA 1003-2": ("2024-10-29 08:00", "2024-10-29 09:00", 9.9, "public", "LOC1"),
    }
    found = read.table.set_index("session_id").drop(columns="user_id")
    for name, (begin, end, *rest) in expected.items():
        times = [pd.Timestamp(begin, tz="UTC"), pd.Timestamp(end, tz="UTC")]
        assert found.loc[name].tolist() == [*times, *rest]
    assert len(found) == len(expected)
    listed = read.dropped.set_index("row_number")
    assert listed["reason"].to_dict() == {
        3: "withdrawn", 4: "withdrawn", 7: "negative_energy", 8: "session_over_month", 9: "no_end",
        10: "energy_disagrees",
    }  # fmt: skip
    assert listed.loc[10, "found"] == "11 kWh, parts 7 kWh"
    assert listed.loc[8, "found"] == "2024-08-01 00:00 to 2024-10-01 00:00 UTC"


def test_token_is_kept_as_a_hash_only(cdrs: Descriptor) -> None:
    read = read_listed(cdrs, [FILE])
    text = read.table.to_csv() + read.dropped.to_csv()
    assert "04A2B3C4" not in text and "SE-MSP-C" not in text and "Exempelgatan" not in text
    users = read.table.set_index("session_id")["user_id"]
    assert users["SE EXA 1001"] == users["SE EXA 1003-2"] != users["SE EXA 1002"]
    assert users.str.fullmatch("ocpi_[0-9a-f]{16}").all()
    described = cdrs.model_dump(exclude_unset=True)
    described["fields"]["user_id"]["pseudonym"] = "another word"
    assert set(read_source(Descriptor.model_validate(described), [FILE])["user_id"]).isdisjoint(users)


def test_a_plain_list_is_read_as_the_page_is(cdrs: Descriptor, page: dict[str, Any], tmp_path: Path) -> None:
    plain = written(page["data"], tmp_path / "list.json")
    pd.testing.assert_frame_equal(read_source(cdrs, [plain]), read_source(cdrs, [FILE]))


def test_a_credit_in_a_later_file_withdraws_the_record_of_an_earlier_one(
    cdrs: Descriptor, page: dict[str, Any], tmp_path: Path
) -> None:
    first = written(page["data"][:3], tmp_path / "october.json")
    second = written(page["data"][3:5], tmp_path / "november.json")
    read = read_listed(cdrs, [first, second])
    assert "SE EXA 1003" not in set(read.table["session_id"])
    assert read.dropped["reason"].tolist() == ["withdrawn", "withdrawn"]
    assert read.dropped["source_file"].tolist() == [str(first), str(second)]


def test_a_record_on_two_pages_is_kept_once(cdrs: Descriptor, page: dict[str, Any], tmp_path: Path) -> None:
    pages = [written(page["data"][:2], tmp_path / "1.json"), written(page["data"][1:2], tmp_path / "2.json")]
    read = read_listed(cdrs, pages)
    assert len(read.table) == 2
    assert read.dropped[["source_file", "row_number", "reason"]].to_numpy().tolist() == [
        [str(pages[1]), 1, "duplicate"]
    ]
    changed = json.loads(json.dumps(page["data"][1:2]).replace("9.75", "8.5"))
    assert "rows that differ for one session_id" in faults_of(cdrs, pages[0], written(changed, tmp_path / "3.json"))


def test_bad_files_are_named(cdrs: Descriptor, page: dict[str, Any], tmp_path: Path) -> None:
    refused = {**page, "data": None, "status_code": 2001, "status_message": "Invalid"}
    text = faults_of(cdrs, written(refused, tmp_path / "refused.json"))
    assert "refused.json/status_code: found 2001" in text
    assert "found a dict; expected a list of records" in faults_of(
        cdrs, written({**page, "data": page["data"][0]}, tmp_path / "one.json")
    )
    cut = tmp_path / "cut.json"
    cut.write_text(FILE.read_text(encoding="utf-8")[:3000], encoding="utf-8")
    assert "it was cut: fetch it again" in faults_of(cdrs, cut)
    assert "list.json:2: found int; expected a JSON object" in faults_of(
        cdrs, written([page["data"][0], 5], tmp_path / "list.json")
    )
    endless = tmp_path / "nan.json"
    endless.write_text('[{"total_energy": NaN}]')
    assert "found the number NaN" in faults_of(cdrs, endless)


def test_bad_records_are_named_all_at_once(cdrs: Descriptor, page: dict[str, Any], tmp_path: Path) -> None:
    rows = page["data"]
    del rows[0]["cdr_token"]["uid"]
    text = faults_of(cdrs, written(rows, tmp_path / "a.json"))
    assert "a.json:1/cdr_token.uid: found a record without this key" in text
    rows[0]["cdr_token"]["uid"] = "1"
    rows[0]["total_energy"] = "much"
    rows[1]["start_date_time"] = "yesterday"
    text = faults_of(cdrs, written(rows, tmp_path / "b.json"))
    assert "b.json:1/total_energy: found 'much'; expected a number" in text
    assert "b.json:2/start_date_time: found 'yesterday'" in text
    rows[0]["total_energy"], rows[1]["start_date_time"] = 21.4, "2024-11-28T16:00:00Z"
    assert "b.json:2: found plug-out before plug-in" in faults_of(cdrs, written(rows, tmp_path / "b.json"))
    for row in rows:
        del row["total_energy"]
    assert "no such column" in faults_of(cdrs, written(rows, tmp_path / "c.json"))


def test_json_keys_belong_to_json_alone() -> None:
    with pytest.raises(ValueError, match="are for format json only"):
        describe(file={"format": "csv", "optional": ["a"]})


def test_session_rules_belong_to_sessions_alone(tmp_path: Path, root: Path) -> None:
    text = (root / "data" / "sources" / "example_gps_trips.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text + "sessions: {energy_parts: kwh}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="sessions is for table Sessions only"):
        load_descriptor("mine", tmp_path)
