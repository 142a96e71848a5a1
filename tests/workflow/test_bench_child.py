"""The measured peak of memory is that of the command, not of the process that started the measurement."""

import subprocess
from pathlib import Path

import pytest

from workflow.bench import python_child

FAT_BYTES = 600 * 2**20
SMALL_GIB = 0.2


def test_a_fat_parent_does_not_fatten_its_child(tmp_path: Path) -> None:
    """Ballast in this process stays out of the child's figure."""
    ballast = bytearray(FAT_BYTES)
    found = python_child(tmp_path, "-c", "print('nothing')")
    assert len(ballast) == FAT_BYTES
    assert 0 < found["peak_gib"] < SMALL_GIB


def test_memory_and_output_of_the_child_are_reported(tmp_path: Path) -> None:
    """A child that holds 400 MiB shows them; what it prints as JSON lies over the launcher's own figures."""
    held = "import sys; b = bytearray(400 * 2**20); b[::4096] = b'x' * len(b[::4096]); print('{\"seconds\": 1.5}')"
    found = python_child(tmp_path, "-c", held)
    assert 0.39 < found["peak_gib"] < 0.39 + SMALL_GIB
    assert found["seconds"] == 1.5


def test_a_command_that_fails_is_not_a_measurement(tmp_path: Path) -> None:
    """Exit codes pass through."""
    with pytest.raises(subprocess.CalledProcessError):
        python_child(tmp_path, "-c", "raise SystemExit(3)")
