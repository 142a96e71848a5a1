"""Attacks that have a name, one by one: each ends in a fault that says what to do, at once and in little memory."""

import gzip
import io
import os
import zipfile

import pandas as pd
import pyarrow
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from analysis.errors import DataError, Fault, PipelineError
from analysis.policy.loader import load_scheme, scheme_files
from analysis.report.figure_data import csv_text
from analysis.report.workbook import table_sheet, workbook_bytes
from analysis.settings.load import load_settings, read_yaml
from analysis.settings.model import FileSource
from analysis.sources import limits, workbook
from analysis.sources.batches import raw_batches
from analysis.sources.descriptor import load_descriptor
from analysis.sources.locate import files_of
from analysis.sources.streams import stream_trips
from tests.analysis.sources.source_examples import describe, describe_trips, price_rows
from tests.conftest import ROOT
from tests.fuzz.promise import outcome, read_or_fault
from workflow import run


def told(made) -> str:
    """The message of a fault; anything else is no fault."""
    assert isinstance(made, PipelineError), made
    return made.message


def of_yaml(text: str, folder) -> str:
    path = folder / "attack.yaml"
    path.write_text(text, encoding="utf-8")
    return told(outcome(lambda: read_yaml(path), folder))


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (BOMB, "aliases that stand for more than 1000000 letters"),
        ("long: &l " + "x" * 100_000 + "\nall: [" + ", ".join(["*l"] * 50) + "]", "aliases that stand for more than"),
        ("a: &a [*a]", "the alias *a inside what it stands for"),
        ("a: &a {b: *a}", "the alias *a inside what it stands for"),
        ("a: " + "[" * 500 + "]" * 500, "more than 40 levels"),
        ("a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 60)), "40 levels"),
        ("a: 1\nb: 2\na: 3\n", "key 'a' is given twice, on lines 1 and 3"),
        ("? [a, b]\n: 1", "a key that is a list or a map"),
        ("a: !!python/object/apply:os.system [touch pwned]", "the tag tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !!timestamp x", "the tag tag:yaml.org,2002:timestamp"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "the merge key <<"),
        ("a: " + "9" * 400, "a whole number of more than 64 bits"),
        ("a: " + "9" * 5000, "a whole number of more than 64 bits"),
        ("a: 1.0e+400", "a number beyond all measure"),
        ("municipality: 0114", "0114, which YAML reads in another base"),
        ("hour: 1:30", "1:30, which YAML reads in another base"),
        ("mask: 0b_", "0b_, which YAML reads in another base"),
        ("country: NO", "NO, which YAML reads as true or false"),
        ("day: 2024-02-30", "'2024-02-30', which is no value (day is out of range for month)"),
        ("x: '" + "a" * 300_000 + "'", "300005 bytes; expected at most 262144"),
        ("a: \x00", "special characters are not allowed"),
    ],
)
def test_yaml_within_bounds_and_with_one_reading(tmp_path, text, found):
    assert found in of_yaml(text, tmp_path)


def test_an_alias_that_stands_for_little_stays_welcome(tmp_path):
    path = tmp_path / "good.yaml"
    path.write_text("a: &wall {zone: UTC}\nb: *wall\nc: 'NO'\nd: '0114'\ne: 2024-02-29\n", encoding="utf-8")
    assert read_yaml(path)["b"] == {"zone": "UTC"}
    assert (read_yaml(path)["c"], read_yaml(path)["d"]) == ("NO", "0114")


@pytest.mark.parametrize("kind", ["folder", "pipe", "absent", "nul"])
def test_what_is_no_yaml_file(tmp_path, kind):
    path = tmp_path / ("x\0.yaml" if kind == "nul" else "x.yaml")
    if kind == "folder":
        path.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    assert "Check the name" in told(outcome(lambda: read_yaml(path), tmp_path))


@pytest.mark.parametrize("name", ["../default", "/etc/passwd", "a\0b", "", "scenarios/../minimal", "MINIMAL"])
def test_a_scenario_is_one_of_the_folder(name):
    folder = ROOT / "workflow/config"
    assert "Check SCENARIO=" in told(outcome(lambda: load_settings(name, folder), folder))


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan"])
def test_no_setting_is_endless(tmp_path, value):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "default.yaml").write_text((ROOT / "workflow/config/default.yaml").read_text(encoding="utf-8"))
    (tmp_path / "scenarios" / "endless.yaml").write_text(f"scope: {{search: {{budgets_msek: [{value}]}}}}\n")
    assert "budgets_msek" in told(outcome(lambda: load_settings("endless", tmp_path), tmp_path))


@pytest.mark.parametrize("name", ["../changed", "/etc/passwd", "a\0b", ""])
def test_a_descriptor_is_one_of_the_folder(tmp_path, name):
    folder = tmp_path / "sources"
    folder.mkdir()
    (tmp_path / "changed.yaml").write_text("a: 1\n")
    assert "no such descriptor" in told(outcome(lambda: load_descriptor(name, folder), folder))


@pytest.mark.parametrize(
    "words",
    [["--scenario", "../x"], ["--scenario", "a b"], ["--scenario", "a=b"], ["--scenario", "[a]"], ["--scenario", ""],
     ["--cores=--unlock"], ["--cores", "0"], ["--cores", "9" * 30], ["--cores", "2; touch x"]],
)  # fmt: skip
def test_a_command_line_holds_words_and_numbers(monkeypatch, capsys, words):
    monkeypatch.setattr("sys.argv", ["run.py", "report", *words])
    with pytest.raises(SystemExit) as ended:
        run.main()
    assert ended.value.code == 2
    said = "no name of a scenario" if words[0] == "--scenario" else "neither `all` nor a number of cores"
    assert said in capsys.readouterr().err


def scheme(folder, name: str, combines: str) -> None:
    text = f"scheme: {name}\nlabel: {{sv: {name}, en: {name}}}\ncombines: {combines}\n"
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_schemes_that_combine_each_other_without_end(tmp_path):
    """Each level names the two below twice over: thirty small files that stand for a thousand million."""
    for level in range(30):
        for side in "ab":
            scheme(tmp_path, f"s{level}{side}", f"[s{level + 1}a, s{level + 1}b]")
    assert "stacked at most 3 deep" in told(outcome(lambda: load_scheme(tmp_path / "s0a.yaml"), tmp_path))


@pytest.mark.parametrize("combines", ["5", "[[a]]", "[../x]", "[/etc/passwd]", "{a: b}", "['a\\0']"])
def test_a_combination_names_files_of_its_folder_alone(tmp_path, combines):
    scheme(tmp_path, "one", combines)
    assert "one.yaml" in told(outcome(lambda: load_scheme(tmp_path / "one.yaml"), tmp_path))
    assert scheme_files(tmp_path / "one.yaml") == [tmp_path / "one.yaml"]


def changed_descriptor(folder, **changes) -> str:
    """What is said of a descriptor of hourly prices with changes laid over it."""
    import yaml

    base = describe().model_dump(mode="json", exclude_unset=True)
    base.pop("name")
    path = folder / "changed.yaml"
    path.write_text(yaml.safe_dump({**base, **changes}), encoding="utf-8")
    return told(outcome(lambda: load_descriptor("changed", folder), folder))


def test_a_pattern_that_needs_look_around_is_refused_when_read(tmp_path):
    assert "without look-around" in changed_descriptor(tmp_path, file_name="(?=a)b")
    assert "at most 500" in changed_descriptor(tmp_path, file_name="a" * 501)
    assert "file_name" in changed_descriptor(tmp_path, file_name="(")


@pytest.mark.parametrize(
    ("key", "value", "told_of"),
    [
        ("zone", "Mars/Olympus", "no such time zone"), ("base_date", "2024-99-99", "base_date"),
        ("format", "%Q", "no form of a time"), ("format", "noon", "no form of a time"),
    ],
)  # fmt: skip
def test_a_clock_that_no_machine_has(tmp_path, key, value, told_of):
    fields = describe().model_dump(mode="json", exclude_unset=True)["fields"]
    fields["interval_start_utc"]["clock"][key] = value
    assert told_of in changed_descriptor(tmp_path, fields=fields)
    assert "zone" in changed_descriptor(tmp_path, series={"by": ["price_area"], "zone": "Mars/Olympus"})


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}x"])
def test_a_pattern_that_explodes_takes_no_time(tmp_path, pattern):
    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["price_area"]["extract"] = pattern
    rows = price_rows().assign(area="a" * 4000 + "!")
    rows.to_csv(tmp_path / "a.csv", index=False)
    told(read_or_fault(describe(fields=fields, file_name="(a+)+$"), tmp_path / "a.csv"))
    told(read_or_fault(describe(fields=fields), tmp_path / "a.csv"))


SOURCE = {"descriptor": "any"}


@pytest.mark.parametrize("pattern", ["../x.csv", "/etc/passwd", "a/../../x"])
def test_a_pattern_that_leaves_the_inputs(pattern):
    with pytest.raises(ValueError, match="leaves the inputs root"):
        FileSource(**SOURCE, pattern=pattern)


NOTHING = ["~/x.csv", "**x", "a\0b", "x" * 5000, ".", "[", "loop*", "loop/*", "pipe.csv", "*.dev"]


@pytest.mark.parametrize("pattern", NOTHING)
def test_a_pattern_that_finds_nothing_to_read(tmp_path, pattern):
    (tmp_path / "loop1").symlink_to(tmp_path / "loop2")
    (tmp_path / "loop2").symlink_to(tmp_path / "loop1")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.dev").symlink_to("/dev/zero")
    told(outcome(lambda: files_of(FileSource(**SOURCE, pattern=pattern), tmp_path), tmp_path))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    inside = tmp_path / "inputs"
    inside.mkdir()
    (tmp_path / "secret.csv").write_text("secret\n")
    (inside / "a.csv").symlink_to(tmp_path / "secret.csv")
    (inside / "b").symlink_to(tmp_path)
    for pattern in ("*.csv", "b/*.csv"):
        source = FileSource(**SOURCE, pattern=pattern)
        assert "expected a file inside" in told(outcome(lambda source=source: files_of(source, inside), inside))


def test_a_pipe_does_not_hold_up_a_reader(tmp_path):
    os.mkfifo(tmp_path / "trips.csv")
    told(read_or_fault(describe_trips(), tmp_path / "trips.csv"))
    told(outcome(lambda: list(stream_trips(describe_trips(), tmp_path / "trips.csv")), tmp_path))


def test_gzip_that_stands_for_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "LARGEST_BYTES", 1 << 20)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"0" * (1 << 21)))
    assert "that stand for more than 1048576" in told(read_or_fault(describe(), tmp_path / "a.csv.gz"))
    (tmp_path / "b.csv").write_bytes(b"0" * (1 << 21))
    assert "expected at most 1048576 bytes" in told(read_or_fault(describe(), tmp_path / "b.csv"))


def excel(**changes):
    return describe(file={"format": "excel", **changes})


def book_of(rows, path, parts=None, **also):
    """A workbook with rows; ``parts`` lays other bytes over its parts, ``also`` does what is asked to its page."""
    book = Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    for change in also.values():
        change(book, page)
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, (parts or {}).get(name, lambda same: same)(content))
        for name in set(parts or {}) - set(old.namelist()):
            new.writestr(name, parts[name](b""))
    return path


def prices() -> list[list]:
    rows = price_rows()
    return [list(rows.columns), *rows.to_numpy().tolist()]


SHEET = "xl/worksheets/sheet1.xml"


def test_a_good_book_is_read(tmp_path):
    assert len(read_or_fault(excel(), book_of(prices(), tmp_path / "a.xlsx"))) == 24


def test_a_book_that_says_how_large_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "LARGEST_BOOK_BYTES", 1 << 20)
    path = book_of(prices(), tmp_path / "a.xlsx", {SHEET: lambda same: same + b"\n" * (2 << 20)})
    assert path.stat().st_size < 1 << 15
    assert "bytes when unpacked" in told(read_or_fault(excel(), path))


def test_a_book_that_lies_about_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "LARGEST_BOOK_BYTES", 1 << 20)
    path = book_of(prices(), tmp_path / "a.xlsx", {"xl/zeros.xml": lambda _: b"0" * (4 << 20)})
    content = path.read_bytes()
    truth, lie = (4 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert content.count(truth) == 2  # once before the part, once in the list at the end
    path.write_bytes(content.replace(truth, lie))
    assert "a part xl/zeros.xml of more than" in told(read_or_fault(excel(), path))


def test_a_book_of_too_many_parts_or_of_another_kind(tmp_path):
    many = {f"x{number}.bin": lambda _: b"" for number in range(2001)}
    assert "parts of" in told(read_or_fault(excel(), book_of(prices(), tmp_path / "a.xlsx", many)))
    other = book_of(prices(), tmp_path / "b.xlsx", {"content.xml": lambda _: b"<a/>"})
    assert "no Excel workbook" in told(read_or_fault(excel(), other))
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w") as archive:
        archive.writestr("content.xml", "<a/>")
    assert "no Excel workbook" in told(read_or_fault(excel(), tmp_path / "c.xlsx"))


@pytest.mark.parametrize(
    "declaration", ['<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">']
)
def test_entities_in_a_book(tmp_path, declaration):
    path = book_of(prices(), tmp_path / "a.xlsx", {SHEET: lambda same: declaration.encode() + same})
    assert "declares entities" in told(read_or_fault(excel(), path))


def test_a_cell_at_the_far_corner_of_a_sheet(tmp_path):
    """The reader fills the whole rectangle: 17 thousand million cells for one."""
    path = book_of(prices(), tmp_path / "a.xlsx", far=lambda _, page: page.cell(1_048_576, 16_384, 1))
    assert "Remove what stands far from the table" in told(read_or_fault(excel(), path))


def test_errors_and_formulas_without_value_are_not_empty_cells(tmp_path):
    def spoil(_, page):
        page["C3"], page["C4"] = "#REF!", "=1+1"
        page["C3"].data_type = "e"

    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["price_eur_nominal_per_mwh"]["missing"] = ["n/e"]
    lenient = describe(file={"format": "excel"}, fields=fields)
    text = told(read_or_fault(lenient, book_of(prices(), tmp_path / "a.xlsx", spoil=spoil)))
    assert "a.xlsx:3/price: found '#REF!'" in text
    assert "a.xlsx:4/price: found 'a formula saved without its value'" in text


def test_a_hidden_sheet_is_read_only_by_its_name(tmp_path):
    def hide(book, page):
        page.title = "old"
        shown = book.create_sheet("new")
        for row in prices():
            shown.append(row)
        page["C3"] = "wrong"
        page.sheet_state, book.active = "hidden", 1

    path = book_of(prices(), tmp_path / "a.xlsx", hide=hide)
    assert len(read_or_fault(excel(), path)) == 24
    assert "'wrong'" in told(read_or_fault(excel(sheet="old"), path))


def test_merged_cells_are_empty_but_the_first(tmp_path):
    path = book_of(prices(), tmp_path / "a.xlsx", merge=lambda _, page: page.merge_cells("C3:C5"))
    assert told(read_or_fault(excel(), path)).count("found an empty cell") == 2


@pytest.mark.parametrize("system", [1900, 1904])
def test_dates_of_both_systems(tmp_path, system):
    import datetime

    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    def date(book, page):
        book.epoch = CALENDAR_MAC_1904 if system == 1904 else book.epoch
        for number in range(24):
            page.cell(number + 2, 1).value = datetime.datetime(2024, 5, 1, number)

    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["interval_start_utc"]["clock"]["format"] = "%Y-%m-%d %H:%M:%S"
    table = read_or_fault(
        describe(file={"format": "excel"}, fields=fields), book_of(prices(), tmp_path / "a.xlsx", date=date)
    )
    assert table["interval_start_utc"].iloc[0] == pd.Timestamp("2024-04-30 22:00", tz="UTC")


@pytest.mark.parametrize("date", [45413.0, 45413, "1900-02-29 00:00", "30/02/2024", "29 February 1900"])
def test_dates_as_numbers_and_days_that_never_were(tmp_path, date):
    path = book_of(prices(), tmp_path / "a.xlsx", spoil=lambda _, page: page.cell(2, 1, date))
    assert "a.xlsx:2/start" in told(read_or_fault(excel(), path))


def of_price(folder, cell: str, decimal: str = ".") -> object:
    rows = price_rows()
    rows["price"] = rows["price"].astype(int).astype(object)
    rows.loc[3, "price"] = cell
    rows.to_csv(folder / "a.csv", index=False, sep=";")
    return read_or_fault(describe(file={"format": "csv", "delimiter": ";", "decimal": decimal}), folder / "a.csv")


@pytest.mark.parametrize(
    "cell",
    ["inf", "-inf", "Infinity", "1e400", "1" * 400, "１２", "٣", "−5", "12 5", "1 2345", "0x10", "1_000", "5\u200b",
     "True", "\u202e5", "5kr"],
)  # fmt: skip
def test_what_only_looks_like_a_number(tmp_path, cell):
    assert "a.csv:5/price: found" in told(of_price(tmp_path, cell))


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [("1 234", ".", 1234.0), ("1\u00a0234,5", ",", 1234.5), ("1\u202f234", ".", 1234.0), ("12,5", ",", 12.5),
     ("1e2", ".", 100.0)],
)  # fmt: skip
def test_numbers_as_people_write_them(tmp_path, cell, decimal, number):
    assert of_price(tmp_path, cell, decimal)["price_eur_nominal_per_mwh"].iloc[3] == number


def test_thousands_by_full_stop_are_not_thousandths(tmp_path):
    assert "found '1.500'" in told(of_price(tmp_path, "1.500", ","))


def test_letters_whose_accent_stands_apart_are_one_name(tmp_path):
    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["price_area"] = {"column": "område", "map": {"Göteborg": "SE3"}}
    rows = price_rows().drop(columns="area")
    apart = "omra\u030ade"
    rows[apart] = "Go\u0308teborg"
    rows.to_csv(tmp_path / "a.csv", index=False)
    assert len(read_or_fault(describe(fields=fields), tmp_path / "a.csv")) == 24
    rows[apart] = "Göte\u200bborg"
    rows.to_csv(tmp_path / "b.csv", index=False)
    assert r"Göte\u200bborg" in told(read_or_fault(describe(fields=fields), tmp_path / "b.csv"))


def test_a_million_columns_and_one_endless_line(tmp_path):
    (tmp_path / "a.csv").write_text("a," * 1_000_000 + "\n" + "1," * 1_000_000 + "\n")
    assert "1000001 columns; expected at most 16384" in told(read_or_fault(describe(), tmp_path / "a.csv"))
    told(outcome(lambda: list(stream_trips(describe_trips(), tmp_path / "a.csv")), tmp_path))
    (tmp_path / "b.csv").write_text("start,area,price\n" + "9" * 20_000_000 + ",SE3,1\n")
    text = told(read_or_fault(describe(), tmp_path / "b.csv"))
    assert len(text) < 10_000 and "letters left out" in text


def test_rows_longer_than_the_header_are_not_cut(tmp_path):
    rows = price_rows().assign(more=1, most=2)
    rows.to_csv(tmp_path / "a.csv", index=False, header=["start", "area", "price", "", ""])
    text = (tmp_path / "a.csv").read_text().replace("start,area,price,,", "start,area,price")
    (tmp_path / "a.csv").write_text(text)
    assert "rows with more" in told(read_or_fault(describe(), tmp_path / "a.csv"))


def test_headers_that_repeat_a_name(tmp_path):
    rows = price_rows().assign(a=1, b=2, c=3)
    rows.to_csv(tmp_path / "a.csv", index=False, header=["start", "area", "price", "x", "x", "x"])
    assert len(read_or_fault(describe(), tmp_path / "a.csv")) == 24


def of_json(folder, text: str) -> object:
    (folder / "a.ndjson").write_text(text, encoding="utf-8")
    return read_or_fault(describe(file={"format": "ndjson"}), folder / "a.ndjson")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a":' * 100_000, "too deep"), ('{"a":' * 30 + "1" + "}" * 30, "more than 20 objects inside each other"),
        ('{"price": NaN}', "the number NaN"), ('{"price": 1, "price": 2}', "the key 'price' twice"),
        ("[" * 100_000, "too deep"), ("[1]", "expected a JSON object"),
        ("\n".join(f'{{"k{number}": 1}}' for number in range(17_000)), "16385 columns"),
    ],
)  # fmt: skip
def test_json_within_bounds(tmp_path, text, found):
    assert found in told(of_json(tmp_path, text + "\n"))


def test_endless_digits_in_json(tmp_path):
    line = '{"start": "2024-05-01 00:00", "area": "SE3", "price": %s}\n'
    assert "price: found" in told(of_json(tmp_path, line % ("9" * 5000)))


def test_a_separator_inside_a_text_does_not_end_the_line(tmp_path):
    rows = price_rows().assign(note="one\u2028two\x85three").to_dict("records")
    import json

    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    assert len(of_json(tmp_path, lines)) == 24


@pytest.mark.parametrize("hours", ["1e9", "-1e9", "1e300", "inf", "9" * 400])
def test_hours_that_lead_out_of_the_calendar(tmp_path, hours):
    fields = describe().model_dump(exclude_unset=True)["fields"]
    fields["interval_start_utc"]["clock"] = {"format": "hours_since_midnight", "zone": "UTC", "base_date": "2024-05-01"}
    rows = price_rows().assign(start=[hours, *map(str, range(1, 24))])
    rows.to_csv(tmp_path / "a.csv", index=False)
    assert "a.csv:2/start: found" in told(read_or_fault(describe(fields=fields), tmp_path / "a.csv"))


@pytest.mark.parametrize("year", ["0000", "9999", "x", "99999999999999999999"])
def test_a_year_in_a_file_name_that_no_calendar_has(tmp_path, year):
    price_rows().to_csv(tmp_path / f"y{year}.csv", index=False)
    series = {"by": ["price_area"], "covers_file_year": True}
    described = describe(file_name="/y(?P<year>[^/]+)[.]csv$", series=series)
    assert "in the file name" in told(read_or_fault(described, tmp_path / f"y{year}.csv"))


@pytest.mark.parametrize("start", ["0001-01-01 00:00", "9999-12-31 23:59"])
def test_a_time_far_from_ours(tmp_path, start):
    price_rows().assign(start=start).to_csv(tmp_path / "a.csv", index=False)
    assert "of the years 1900 to 2199" in told(read_or_fault(describe(), tmp_path / "a.csv"))


def test_text_in_parquet_that_is_not_utf_8(tmp_path):
    """Found by coverage-guided fuzzing: one byte changed in a time, which Arrow hands on until somebody reads it."""
    rows = price_rows().astype(str)
    columns = [pyarrow.array(rows[name], type=pyarrow.string()) for name in rows]
    _, offsets, letters = columns[0].buffers()
    damaged = letters.to_pybytes().replace(b" 05:00", b" \xff5:00")
    assert damaged != letters.to_pybytes()
    columns[0] = pyarrow.StringArray.from_buffers(len(rows), offsets, pyarrow.py_buffer(damaged))
    pq.write_table(pyarrow.table(dict(zip(rows.columns, columns, strict=True))), tmp_path / "a.parquet")
    form = describe(file={"format": "parquet"})
    assert "UTF8" in told(read_or_fault(form, tmp_path / "a.parquet"))
    with pytest.raises(DataError, match="Invalid UTF8"):
        list(raw_batches(tmp_path / "a.parquet", form.file, 10))


def test_bytes_in_parquet_that_are_not_said_to_be_text(tmp_path):
    rows = price_rows().assign(area=b"SE3")
    rows.to_parquet(tmp_path / "a.parquet")
    assert len(read_or_fault(describe(file={"format": "parquet"}), tmp_path / "a.parquet")) == 24
    rows.assign(area=b"SE\x803").to_parquet(tmp_path / "b.parquet")
    assert r"SE\\x803" in told(read_or_fault(describe(file={"format": "parquet"}), tmp_path / "b.parquet"))


HARM = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("harm", HARM)
def test_nothing_that_is_written_is_a_formula(harm):
    table = pd.DataFrame({"name": [harm], "kind": pd.Categorical([harm]), harm: [1.0]})
    text = csv_text(table)
    cells = pd.read_csv(io.StringIO(text), dtype=str)
    assert {str(cells["name"][0])[0], str(cells["kind"][0])[0], str(cells.columns[2])[0]} == {"'"}
    page = load_workbook(io.BytesIO(workbook_bytes([table_sheet("x", table)]))).active
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    assert page["A2"].quotePrefix


def test_a_message_is_one_line_that_steers_no_screen():
    text = str(Fault("a\x1b[2J.csv", "x" * 5000, "\u202egood", "Do\nthis."))
    assert text.isprintable() and len(text) < 1500 and "4000 letters left out" in text
