"""`make calibrate` stands apart from a run, and puts in place only what changed, whole."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.workflow.project import copy_project
from workflow.run import publish

CALIBRATION = {"read_published_prices", "calibrate_price_year", "compare_price_years", "derive_references",
               "compare_driving_data", "validate_plug_in", "measure_correlation", "dispatch_data_sets",
               "compare_profiles", "calibrate", "compare_foresight", "compare_reserve_years", "compare_spot_cells",
               "read_grid_tariffs", "fit_erosion", "check_use_cases", "measure_deliverable_power",
               "weigh_evidence"}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Three committed tables, two of them recomputed: one equal, one changed."""
    written = {
        "data/reference/equal.csv": "a\n1\n",
        "data/reference/untouched.csv": "a\n2\n",
        "data/evidence/changed.csv": "a\n3\n",
        "data/results/calibration/equal.csv": "a\n1\n",
        "data/results/calibration/changed.csv": "a\n4\n",
    }
    for name, text in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def committed(folder):
    return {
        path.name: path.read_text(encoding="utf-8")
        for room in ("reference", "evidence")
        for path in (folder / "data" / room).iterdir()
    }


def test_changed_tables_are_put_in_place_and_named(folder):
    before = (folder / "data/reference/equal.csv").stat()
    assert publish(folder) == ["data/evidence/changed.csv"]
    assert committed(folder) == {"equal.csv": "a\n1\n", "untouched.csv": "a\n2\n", "changed.csv": "a\n4\n"}
    after = (folder / "data/reference/equal.csv").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert publish(folder) == []


def test_a_table_that_is_not_committed_changes_nothing(folder):
    """The fault comes after `changed` was copied beside its target: neither the copy nor the target shows it."""
    (folder / "data/results/calibration/unknown.csv").write_text("a\n", encoding="utf-8")
    before = committed(folder)
    with pytest.raises(KeyError, match=r"unknown\.csv"):
        publish(folder)
    assert committed(folder) == before


def dry_run(*arguments):
    """Print what Snakemake would do in the project's folder."""
    command = [sys.executable, "-m", "snakemake", "-n", "--cores", "1", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_a_run_never_calibrates():
    """Even when everything is made anew, and without a folder of inputs."""
    code, printed = dry_run("--forceall", "--config", "scenario=default", "inputs_root=data/absent")
    assert code == 0, printed
    assert "build_prices" in printed
    assert not [name for name in CALIBRATION if f"{name} " in printed]


@pytest.mark.slow
def test_calibration_without_files_names_them_and_publishes_nothing(tmp_path):
    """Also after an earlier calibration, whose tables must not pass for new ones."""
    folder = copy_project(tmp_path / "project")
    names = ("price_statistics", "price_statistics_shapes", "price_statistics_quantiles", "price_statistics_sources",
             "price_year_comparison", "plug_in_statistics", "household_load_shape")  # fmt: skip
    earlier = [folder / "data/results/calibration" / f"{name}.csv" for name in names]
    earlier += [
        folder / "data/interim/calibration" / f"{name}.parquet"
        for name in ("day_ahead_quotes", "reserve_quotes", "published_files")
    ]
    for path in earlier:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("of an earlier calibration", encoding="utf-8")
    before = {path: path.read_bytes() for path in (folder / "data/reference").iterdir()}
    done = subprocess.run(
        [sys.executable, "workflow/run.py", "calibrate", "--inputs", "data/absent", "--cores", "1"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "data/absent/prices/elprisetjustnu/SE3/2025.csv" in done.stdout + done.stderr
    assert {path: path.read_bytes() for path in (folder / "data/reference").iterdir()} == before


@pytest.mark.real
@pytest.mark.slow
def test_calibration_runs_its_own_rules_only(real_root):
    code, printed = dry_run("--forceall", "--config", f"inputs_root={real_root}", "--", "calibrate")
    assert code == 0, printed
    table = printed.partition("Job stats:")[2].partition("total")[0]
    assert {line.split()[0] for line in table.splitlines() if line[:1].isalpha()} - {"job"} == CALIBRATION
