"""Descriptors: closed vocabulary, every mistake with file, line and key, all at once."""

from pathlib import Path

import pytest

from analysis.errors import ConfigError
from analysis.sources.descriptor import descriptor_names, load_descriptor
from tests.analysis.sources.source_examples import describe

GOOD = """title: t
publisher: p
licence: CC0
citation: c
url: https://example.org
obtain: {file: mine.csv, page: "https://example.org, prices"}
table: DayAheadQuotes
file: {format: csv}
fields:
  interval_start_utc: {column: start, clock: {format: iso8601, zone: UTC}}
  step_h: {constant: 1.0}
  price_area: {column: area}
  price_eur_nominal_per_mwh: {column: price, unit: eur_per_mwh}
"""


def message(folder: Path, text: str) -> str:
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_descriptor("mine", folder)
    return str(error.value)


def test_good_descriptor_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(GOOD)
    assert load_descriptor("mine", tmp_path).table == "DayAheadQuotes"


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    text = GOOD.replace("eur_per_mwh", "euro").replace("format: csv", "format: word").replace("zone: UTC", "zone: Lund")
    found = message(tmp_path, text + "colour: red\n")
    assert found.startswith("4 faults")
    assert "mine.yaml:13: fields.price_eur_nominal_per_mwh.unit: found 'euro'; expected one of count, deg" in found
    assert "mine.yaml:8: file.format" in found
    assert "mine.yaml:10: fields.interval_start_utc.clock.zone: found 'Lund'" in found
    assert "mine.yaml:14: colour: found an unknown key" in found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  price_area: {column: area}\n", "", "DayAheadQuotes needs price_area"),
        ("price_area:", "zone:", "DayAheadQuotes has no field zone"),
        ("price_area:", "zone:", "(whole file): found fields interval_start_utc, step_h, zone, price_eur_"),
        ("licence: CC0\n", "", "licence: found nothing; expected this key. Add it"),
        ("table: DayAheadQuotes", "table: Prices", "found 'Prices'; expected one of"),
        ("{column: area}", "{column: area, constant: SE1}", "exactly one of column"),
        ("{column: area}", "{from_file_name: area}", "file_name has no group named area"),
        (
            "unit: eur_per_mwh",
            "unit: sek_per_kwh",
            "unit sek_per_kwh becomes sek_nominal_per_mwh, which is not the unit",
        ),
        (", unit: eur_per_mwh", "", "price_eur_nominal_per_mwh is a measured number: give its unit"),
        ("file: {format: csv}", "file: {format: csv}\nseries: {by: [zone]}", "DayAheadQuotes has no field zone"),
        ("title: t\n", "title: t\ntitle: u\n", "given twice, on lines 1 and 2"),
        ("table: DayAheadQuotes", "table: DayAheadQuotes\nfile_name: '(SE'", "not a regular expression"),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert expected in message(tmp_path, GOOD.replace(old, new))


def test_absent_descriptor_names_those_that_exist(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(GOOD)
    with pytest.raises(ConfigError, match="one of mine"):
        load_descriptor("other", tmp_path)


def test_yaml_cannot_run_code(tmp_path: Path) -> None:
    assert "mine.yaml:1" in message(tmp_path, GOOD.replace("title: t", "title: !!python/object/apply:os.getcwd []"))


def test_shipped_descriptors_are_valid_and_licensed(root: Path) -> None:
    folder = root / "data" / "sources"
    licences = (folder.parent / "README.md").read_text(encoding="utf-8")
    for name in descriptor_names(folder):
        assert load_descriptor(name, folder).licence, name
        assert f"`{name}`" in licences, f"{name} is not in data/README.md"


def test_descriptor_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        describe().table = "Trips"
