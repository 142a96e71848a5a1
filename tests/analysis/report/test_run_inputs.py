"""Files of a run with digest, size and licence, by hand; and the licences of what lies in the repository."""

import datetime

import pytest

from analysis.errors import DataError
from analysis.policy.loader import load_scheme
from analysis.report import run_inputs
from analysis.report.run_inputs import Licence, RawFile, licence_of, licence_rows
from analysis.report.text import Voice, read_catalog
from analysis.sources.descriptor import descriptor_names, load_descriptor
from tests.analysis.report import report_fixtures as fixtures
from tests.conftest import ROOT

GUIDE = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
ROWS = [
    Licence(("reference/a.csv", "b.csv"), "one", "CC0"),
    Licence(("reference/p*.csv",), "two", "MIT"),
    Licence(("reference/*.csv",), "three", "facts"),
]


@pytest.fixture(scope="module")
def voice():
    return Voice("en", read_catalog(fixtures.demo_texts()["en"]))


@pytest.mark.parametrize(
    ("path", "licence"),
    [("reference/a.csv", "CC0"), ("reference/b.csv", "CC0"), ("reference/pq.csv", "MIT"), ("reference/z.csv", "facts")],
)
def test_the_first_row_that_names_a_table_holds(path, licence):
    assert licence_of(f"data/{path}", ROWS).licence == licence


def test_a_table_without_licence_is_a_fault():
    with pytest.raises(DataError, match=r"no licence of data/evidence/x\.csv"):
        licence_of("data/evidence/x.csv", ROWS)


def test_a_guide_without_the_table_is_a_fault():
    with pytest.raises(DataError, match="no table of licences"):
        licence_rows("# data\n")


def test_every_table_of_the_repository_has_a_licence():
    rows = licence_rows(GUIDE)
    tables = [
        path for folder in ("assumptions", "reference", "evidence") for path in (ROOT / "data" / folder).glob("*.csv")
    ]
    found = {path.name: licence_of(path.relative_to(ROOT).as_posix(), rows).licence for path in tables}
    assert len(found) > 30
    assert all(found.values())
    assert found["municipalities.csv"].startswith("SCB open data (CC0)")
    assert found["household_load_shape.csv"] == "MIT (package)"


def test_files_of_the_user_stand_with_licence_and_digest(voice):
    """Every descriptor in use shows its licence and citation; here all there are."""
    descriptors = {
        name: load_descriptor(name, ROOT / "data" / "sources") for name in descriptor_names(ROOT / "data" / "sources")
    }
    files = [RawFile(f"{name}.csv", "sessions", name, 1234) for name in descriptors]
    run = {"inputs": {file.path: f"digest of {file.path}" for file in files}}
    rows = run_inputs.raw_table(files, descriptors, run, voice).rows
    assert len(rows) == len(descriptors) > 40
    for row, (name, descriptor) in zip(rows, descriptors.items(), strict=True):
        assert row[1:5] == (f"{name}.csv", "1,234", f"digest of {name}.csv", name)
        assert row[5] == descriptor.licence
        assert row[6].startswith(descriptor.citation)


def test_a_file_without_digest_is_a_fault(voice):
    with pytest.raises(DataError, match=r"x\.csv.*no digest"):
        run_inputs.raw_table([RawFile("x.csv", "sessions", "any", 1)], {}, {"inputs": {}}, voice)


def test_every_law_without_digest_is_named(voice):
    schemes = [load_scheme(ROOT / f"data/policy/se/{name}.yaml") for name in ("none", "task53")]
    with pytest.raises(DataError, match=r"none\.yaml(.|\n)*task53\.yaml"):
        run_inputs.law_files_table(schemes, datetime.date(2026, 1, 1), {"committed_inputs": {}}, {}, voice)


def test_laws_and_descriptors_are_not_among_the_tables(voice):
    paths = ["data/reference/a.csv", "data/policy/se/none.yaml", "data/sources/mimer_fcr.yaml"]
    run = {"committed_inputs": dict.fromkeys(paths, "abc")}
    table = run_inputs.committed_table(run, dict.fromkeys(paths, 2048), ROWS, voice)
    assert table.rows == [("data/reference/a.csv", "2,048", "abc", "one", "CC0")]


def test_a_law_shows_the_latest_day_that_counts(voice):
    """The deduction starts in 2021 and changes later; a day before its first value has none of them."""
    scheme = load_scheme(ROOT / "data/policy/se/green_deduction.yaml")
    path = "data/policy/se/green_deduction.yaml"
    starts = sorted({value.start for each in scheme.parameters.values() for value in each.values})

    def latest(day):
        run = {"committed_inputs": {path: "abc"}}
        return run_inputs.law_files_table([scheme], day, run, {path: 1}, voice).rows[0][4]

    assert latest(starts[-1]) == voice.date(starts[-1].isoformat())
    assert latest(starts[-1] - datetime.timedelta(days=1)) != latest(starts[-1])
    assert latest(starts[0] - datetime.timedelta(days=1)) == "–"


def test_a_combination_counts_the_values_of_its_parts(voice):
    run_of = {f"data/policy/se/{name}.yaml": "abc" for name in ("task53", "green_deduction", "task53_and_deduction")}
    schemes = [load_scheme(ROOT / path) for path in run_of]
    rows = run_inputs.law_files_table(
        schemes, datetime.date(2026, 11, 23), {"committed_inputs": run_of}, dict.fromkeys(run_of, 1), voice
    ).rows

    def count(row):
        return sum(int(part.rsplit(" ", 1)[1]) for part in row[5].split(", "))

    own = sum(len(each.values) for each in schemes[2].parameters.values())
    assert own > 0
    assert count(rows[2]) == count(rows[0]) + count(rows[1]) + own
