"""`make verify`: the files of a run against its record, and its tables against those that are computed again."""

import shutil

import numpy as np
import pandas as pd
import pytest

from tests.analysis.record import record_fixtures as fixtures
from workflow import verify


@pytest.fixture
def run(tmp_path):
    return fixtures.write_run(tmp_path / "stick")


@pytest.fixture
def again(monkeypatch, tmp_path):
    """Stands for computing again: what a test puts into this folder is what came out."""
    made = tmp_path / "scratch" / "data" / "results" / "minimal"
    monkeypatch.setattr(verify, "changes_since", lambda package, inputs: [])
    monkeypatch.setattr(verify.shutil, "copytree", lambda source, target, ignore: tmp_path / "scratch")
    monkeypatch.setattr(verify, "recompute", lambda package, scratch, inputs, cores: 0)
    return made


def quick(folder):
    return verify.verify(str(folder), "data/raw", "1", quick=True, keep=None)


def whole(folder):
    return verify.verify(str(folder), "data/raw", "1", quick=False, keep=None)


def test_a_folder_that_was_copied_anywhere_is_as_recorded(run, tmp_path, capsys):
    shutil.copytree(run, tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / ".DS_Store").touch()
    assert quick(tmp_path / "elsewhere") == verify.AS_RECORDED
    assert "all 4 files as recorded" in capsys.readouterr().out


def test_one_byte_one_file_less_and_one_too_many_are_all_named(run, capsys):
    content = bytearray((run / "potential.parquet").read_bytes())
    content[40] ^= 1
    (run / "potential.parquet").write_bytes(content)
    (run / "schemes" / "accounts.parquet").unlink()
    (run / "more.parquet").touch()
    assert quick(run) == verify.NOT_AS_RECORDED
    told = capsys.readouterr().err
    assert "3 faults" in told
    assert "potential.parquet: found sha256" in told
    assert "schemes/accounts.parquet: found no such file" in told
    assert "more.parquet: found a file that the record does not list" in told


def test_an_edit_of_the_record_itself_is_named(run, capsys):
    package = run / "datapackage.json"
    package.write_text(
        package.read_text(encoding="utf-8").replace('"seed": 7, "settings"', '"seed": 8, "settings"'), "utf-8"
    )
    assert quick(run) == verify.NOT_AS_RECORDED
    assert "datapackage.json: run.seed" in capsys.readouterr().err
    with (run / "run.yaml").open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    assert quick(run) == verify.NOT_AS_RECORDED
    assert "run.yaml: found sha256" in capsys.readouterr().err


def test_a_link_out_of_the_folder_is_no_file_of_the_run(run, tmp_path, capsys):
    shutil.move(run / "potential.parquet", tmp_path / "outside.parquet")
    (run / "potential.parquet").symlink_to(tmp_path / "outside.parquet")
    assert quick(run) == verify.NOT_AS_RECORDED
    assert "potential.parquet: found no such file" in capsys.readouterr().err


def test_the_same_bytes_again(run, again, capsys):
    _copy(run, again)
    assert whole(run) == verify.AS_RECORDED
    assert "all 3 tables and arrays are the same, byte for byte" in capsys.readouterr().out


def test_a_row_that_came_out_otherwise_is_named_with_row_and_column(run, again, capsys):
    _copy(run, again)
    table = pd.read_parquet(again / "potential.parquet")
    table.loc[2, "power_mw"] = 5.0
    table.to_parquet(again / "potential.parquet")
    np.savez(again / "designer.npz", cells=np.arange(6.0).reshape(2, 3) + np.eye(2, 3))
    assert whole(run) == verify.NOT_AS_RECORDED
    told = capsys.readouterr().out
    assert "2 of 3 tables and arrays are not the same" in told
    assert "potential.parquet: largest relative difference 0.2\n" in told
    assert (
        "power_mw: 1 of 4 rows differs, by 0.2 at most; price_area=SE4, year=2030: recorded 4.0, recomputed 5.0" in told
    )
    assert "array cells: 2 of 6 rows differ" in told


def test_what_cannot_be_told_ends_with_two(run, again, monkeypatch, capsys):
    monkeypatch.setattr(verify, "recompute", lambda package, scratch, inputs, cores: 1)
    assert whole(run) == verify.NOT_TOLD
    assert "nothing is said about its tables" in capsys.readouterr().err
    monkeypatch.setattr(verify.sys, "argv", ["verify.py", str(run.parent / "nowhere")])
    assert verify.main() == verify.NOT_TOLD
    assert "no datapackage.json" in capsys.readouterr().err


def test_what_is_not_as_it_was_is_said_before_it_runs(run):
    package, faults = verify.check_files(run)
    assert faults == []
    told = verify.told(package, ["code: recorded a, here b"])
    assert told.startswith(
        "Recorded with code c0dec0dec0dec0de, commit abababababab, Python 3.11.7, lock 101010101010, seed 7."
    )
    assert "Not as recorded:\n  code: recorded a, here b\n" in told
    assert told.endswith("git worktree add ../recorded abababababab, and make verify there.")
    assert "are the same" in verify.told(package, [])


def test_inputs_that_are_not_there_end_it_before_it_runs(run, tmp_path, monkeypatch, capsys):
    """The user's file is nowhere below INPUTS; nothing is copied or run."""
    monkeypatch.setattr(verify.sys, "argv", ["verify.py", str(run), "--inputs", str(tmp_path)])
    assert verify.main() == verify.NOT_TOLD
    assert "INPUTS/prices/2024.csv: found no such file" in capsys.readouterr().err


def test_a_folder_that_is_there_is_not_written_into(tmp_path):
    with pytest.raises(verify.DataError, match="a folder that is there"), verify.scratch_copy(tmp_path):
        pass


def test_the_copy_takes_nothing_along_that_is_generated(tmp_path, monkeypatch):
    for name in (
        "analysis/units.py",
        "data/policy/x.yaml",
        "data/results/a/x.parquet",
        "data/raw/private.csv",
        ".git/HEAD",
    ):
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.setattr(verify, "ROOT", tmp_path / "root")
    with verify.scratch_copy(None) as scratch:
        there = {path.relative_to(scratch).as_posix() for path in scratch.rglob("*") if path.is_file()}
    assert there == {"analysis/units.py", "data/policy/x.yaml"}
    assert not scratch.exists()


def _copy(run, again):
    again.parent.mkdir(parents=True)
    for path in run.rglob("*.*"):
        target = again / path.relative_to(run)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
