"""What the tests share: the place of the real files, and skipping that turns into failing in CI."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from workflow.print_brief import find_chromium

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "real"


def require(present: bool, what: str) -> None:
    """Skip the test where something is absent; in CI, where all must be there, fail it."""
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is required in CI and is absent")
    pytest.skip(f"{what} is absent on this machine")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def real_root() -> Path:
    """The folder of real data files; skips where it is absent."""
    require(REAL.is_dir(), "../shared/real")
    return REAL


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium; skips where it is absent."""
    path = find_chromium()
    require(path is not None, "Chromium")
    assert path is not None
    return path


@pytest.fixture(scope="session")
def finished_minimal(tmp_path_factory) -> tuple[Path, str]:
    """Give a finished run of `minimal`, and what it printed; it was watched and could call nobody.

    The first worker that asks makes it, the others wait for it. Nobody may change it.
    """
    from tests.workflow import project  # which asks this module for the root

    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, printed = shared / "minimal" / "project", shared / "minimal.txt"
    with (shared / "minimal.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not printed.exists():
            shutil.rmtree(folder, ignore_errors=True)  # what a worker left whose run failed
            project.copy_project(folder)
            printed.write_text(project.run(folder, watched=True), encoding="utf-8")
    return folder, printed.read_text(encoding="utf-8")


LONGEST_FIRST = ("workflow", "cluster", "browser")
"""Groups of files that take long, the longest first; each file is run by one worker from end to end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the long groups at once, so that none runs alone at the end while the other worker waits."""

    def place(item: pytest.Item) -> int:
        mark = item.get_closest_marker("xdist_group")
        name = mark.args[0] if mark else ""
        return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=place)
