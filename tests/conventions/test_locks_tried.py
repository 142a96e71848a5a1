"""Both end locks were tried as they stand, in environments that hold nothing else, and the outcome is written down."""

import csv
import hashlib
import subprocess

import pytest

from tests.conftest import ROOT
from tests.locks import try_locks

FOLDER = ROOT / "tests" / "locks"


def rows(name):
    with (FOLDER / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("lock", try_locks.LOCKS)
def test_the_table_speaks_of_the_lock_that_stands_here(lock):
    """A lock that was written anew has not been tried; run: make test-locks."""
    (row,) = [row for row in rows("locks.csv") if row["lock"] == lock]
    assert row["lock_sha256"] == hashlib.sha256((FOLDER / f"{lock}.lock").read_bytes()).hexdigest()[:12]
    assert (int(row["tests_failed_count"]), int(row["tests_passed_count"]) > 500) == (0, True)
    assert float(row["golden_difference_pu"]) <= try_locks.GOLDEN_TOLERANCE_PU
    different = [each for each in rows("differences.csv") if each["lock"] == lock]
    assert len(different) == int(row["tables_different_count"])


def test_an_environment_takes_nothing_for_installed_that_stands_elsewhere(monkeypatch, tmp_path):
    """The tests' own tools stand on PYTHONPATH; pip must not see them, and says what is missing afterwards."""
    asked = []

    def run(command, check):
        assert check
        asked.append([str(word) for word in command])

    monkeypatch.setattr(subprocess, "run", run)
    (tmp_path / "environment").mkdir()
    python = str(try_locks.build_environment(FOLDER / "oldest.lock", tmp_path / "environment"))
    by_pip = [command for command in asked if command[:4] == [python, "-I", "-m", "pip"]]
    assert [command[4] for command in by_pip] == ["install", "check"]
    assert len(asked) == 3, "and the environment itself"
