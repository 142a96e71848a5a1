"""Three faults of the table on a part of the graph: one clear line answers, nothing is left, the rerun is whole."""

import pytest

from tests.conftest import require
from tests.faults import injuries, machinery
from tests.faults.injuries import DATA, FLEET, LOG, PLACES, PRICES
from tests.workflow import project

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


@pytest.fixture(scope="module")
def quiet(finished_minimal):
    """The tables of `minimal`, made without a fault."""
    return project.tables(finished_minimal[0])


@pytest.fixture
def folder(tmp_path):
    return project.copy_project(tmp_path / "project")


def stopped(answer, *words):
    """The run failed, and its line names these."""
    assert answer.code == 1, answer.printed
    assert all(word in answer.first_line for word in words), answer.printed
    assert "nothing is half-written" in answer.printed


def completed(folder, quiet, targets):
    assert machinery.left_behind(folder) == []
    project.run(folder, targets=targets)
    found = project.tables(folder)
    assert set(targets) <= set(found)
    assert [name for name in found if found[name] != quiet[name]] == []


def test_a_full_disk_is_named_and_space_completes_the_run(folder, quiet):
    require(machinery.can_mount(), "leave to mount a small file system")
    with machinery.mounted(folder / "data/interim", 200):
        stopped(
            machinery.answer_of(folder, PRICES), "MachineError in build_prices", f"{DATA}/", "a disk without room",
            "Make room there",
        )  # fmt: skip
        assert not [path for path in (folder / "data/interim").rglob("*") if path.is_file()]
    completed(folder, quiet, PRICES)


def test_a_damaged_table_is_named_by_its_reader_and_made_anew(folder, quiet):
    project.run(folder, targets=(PLACES,))
    injuries.flip_a_byte(folder / PLACES)
    stopped(
        machinery.answer_of(folder, FLEET), "DataError in build_fleet", PLACES,
        "a readable Parquet file", "Delete it and run again",
    )  # fmt: skip
    (folder / PLACES).unlink()
    completed(folder, quiet, FLEET)


def test_a_killed_job_is_named_with_what_killed_it(folder, quiet):
    process = project.start(folder, targets=PRICES)
    machinery.kill_job(folder, "build_prices", process)
    printed = project.finish(process)
    answer = machinery.Answer(process.returncode, printed)
    stopped(answer, "MachineError: job build_prices", LOG, "SIGKILL", "memory")
    completed(folder, quiet, PRICES)
