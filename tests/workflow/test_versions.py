"""What `make calibrate` says of files that are not listed, and what `make versions` adds."""

import shutil

import pandas as pd
import pytest

from analysis.io import read_csv_table
from analysis.record.versions import chain_faults
from analysis.schemas.versions import DataFiles, DataVersions
from tests.conftest import ROOT
from workflow import run
from workflow.versions import LIST, SEEN, add_versions


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project with the list as it is, where calibration saw another version of one file, and one file more."""
    (tmp_path / SEEN).parent.mkdir(parents=True)
    shutil.copyfile(ROOT / LIST, tmp_path / LIST)
    seen = pd.read_csv(ROOT / LIST, dtype={"version": "str"})[list(DataFiles.to_schema().columns)].assign(version=None)
    seen.loc[0, "sha256"] = "f" * 64
    more = seen.iloc[[1]].assign(file="prices/new.csv", sha256="e" * 64)
    pd.concat([seen, more]).to_csv(tmp_path / SEEN, index=False)
    monkeypatch.setattr(run, "ROOT", tmp_path)
    return tmp_path


def test_a_file_that_is_not_listed_is_said_and_the_run_goes_on(root, capsys):
    first = pd.read_csv(root / LIST)["file"][0]
    assert run.say_unlisted(0, "x") == 0
    told = capsys.readouterr().out
    assert f"{first}: sha256 {'f' * 12}" in told and "another version of a listed file" in told
    assert "prices/new.csv" in told and "make versions INPUTS=x" in told


def test_nothing_is_said_where_all_are_listed_or_the_listing_failed(root, capsys):
    add_versions(root, "2027-01-01")
    assert run.say_unlisted(0, "x") == 0
    assert run.say_unlisted(3, "x") == 3
    assert capsys.readouterr().out == ""


def test_versions_are_added_behind_those_that_are_there(root, capsys):
    before = (root / LIST).read_bytes()
    assert run.add_and_say() == 0
    assert "2 rows" in capsys.readouterr().out
    after = (root / LIST).read_bytes()
    assert after.startswith(before), "no row that was there is touched"
    table = read_csv_table(root / LIST, DataVersions)
    assert chain_faults(table) == []
    assert list(table["version"].iloc[-2:]) == ["2", "1"]
    assert run.add_and_say() == 0
    assert (root / LIST).read_bytes() == after


def test_a_list_that_was_edited_ends_the_run(root, capsys):
    text = (root / LIST).read_text(encoding="utf-8")
    (root / LIST).write_text(text.replace("SCB", "SCC", 1), encoding="utf-8")
    assert run.say_unlisted(0, "x") == 1
    assert run.add_and_say() == 1
    told = capsys.readouterr().err
    assert told.count("bring the row back as it was") == 2
