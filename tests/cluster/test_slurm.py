"""A real SLURM of two CPUs, by the profile that is shipped: `minimal` gives the same bytes as on one machine.

All its tables and their record; the pages, made of these, are left to the tests of the workflow.
"""

import os
import shutil
import subprocess
import sys
import time

import pytest

from tests.cluster import slurm as loopback
from tests.conftest import ROOT, require
from tests.workflow import project

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

PLUGINS = ROOT / ".venv" / "cluster"
TARGET = "data/results/minimal/run.yaml"
DISPATCHED = "data/results/minimal/dispatch_values.parquet"
BESIDE_PAGES = {f"data/results/minimal/{name}" for name in ("designer.npz", "datapackage.json")}
"""Made after the record, with the report."""
CONFIG = ("--config", "scenario=minimal", "--")
QUICK = ["--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "20", "--cores", "2"]
"""What only a test wants: the profile asks SLURM more seldom, and gives a group one CPU."""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """A SLURM that runs as long as the tests of this module."""
    require(loopback.is_there(), "SLURM, munge and the right to start them")
    require((PLUGINS / ".ready").exists(), "the plugins that make cluster adds")
    with loopback.running_slurm(tmp_path_factory.mktemp("slurm") / "daemons") as running:
        yield running


def command(*more):
    return [sys.executable, "-m", "snakemake", "--profile", str(ROOT / "workflow/profiles/slurm"), *QUICK, *more]


def environment(slurm, folder):
    return {**slurm.environment, "PYTHONPATH": os.pathsep.join([str(folder), str(PLUGINS)])}


def with_plugins(folder):
    """A copy of the project with the plugins where `make cluster` puts them."""
    project.copy_project(folder)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def run(slurm, folder, *more):
    done = subprocess.run(
        command(*more), cwd=folder, env=environment(slurm, folder), capture_output=True, text=True, check=False,
        timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:] + slurm.logs()
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def on_slurm(slurm, tmp_path_factory):
    """A run whose every job went through SLURM."""
    folder = with_plugins(tmp_path_factory.mktemp("cluster") / "project")
    run(slurm, folder, *CONFIG, TARGET)
    return folder


@pytest.fixture(scope="module")
def local(finished_minimal):
    """The tables of a run on this machine alone, without what stands beside its pages."""
    tables = project.tables(finished_minimal[0])
    return {name: content for name, content in tables.items() if name not in BESIDE_PAGES}


def differing(first, second):
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def test_slurm_gives_the_bytes_of_one_machine(slurm, on_slurm, local):
    """Inputs as a group, two areas, potential, schemes, what gathers them: a few SLURM jobs, none of which failed."""
    states = list(slurm.jobs().values())
    assert 5 <= len(states) <= 12 and set(states) == {"COMPLETED"}
    assert any(name.endswith("dispatch/SE4_2025_values.parquet") for name in local) and len(local) > 20
    assert differing(local, project.tables(on_slurm)) == []


def test_a_job_killed_half_way_is_run_again(slurm, on_slurm, tmp_path):
    """The first dispatch job is cancelled by its id while it runs; Snakemake sends it once more."""
    folder = tmp_path / "project"
    shutil.copytree(on_slurm, folder, symlinks=True)
    expected = project.tables(folder)
    (folder / DISPATCHED).unlink()
    for dispatched in (folder / "data" / "interim").glob("*/dispatch"):
        shutil.rmtree(dispatched)
    for log in (folder / "logs").glob("*/dispatch_*.log"):
        log.unlink()
    before = set(slurm.jobs())
    with (tmp_path / "printed").open("w+", encoding="utf-8") as printed:
        process = subprocess.Popen(
            command(*CONFIG, DISPATCHED),
            cwd=folder,
            env=environment(slurm, folder),
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        try:
            project.wait_for(folder, "logs/*/dispatch_*.log", process)
            killed = sorted(set(slurm.jobs("RUNNING")) - before, key=int)[0]
            slurm.ask("scancel", killed)
            assert process.wait(timeout=600) == 0, (tmp_path / "printed").read_text(encoding="utf-8")[-4000:]
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    states = {name: state for name, state in slurm.jobs().items() if name not in before}
    assert states.pop(killed) == "CANCELLED"
    assert len(states) == 3 and set(states.values()) == {"COMPLETED"}, "two areas and what gathers them"
    assert differing(expected, project.tables(folder)) == []


TINY = """
rule dispatch_vehicles:
    output: "done.txt"
    shell: "echo {resources.mem_mb} >> {output}.tried; test $(wc -l < {output}.tried) -gt 1 && touch {output}"
"""


def test_a_job_that_fails_is_given_more_memory(slurm, tmp_path):
    """It fails once, as a job does that is out of memory; the profile asks for twice as much at the second attempt."""
    (tmp_path / "Snakefile").write_text(TINY, encoding="utf-8")
    run(slurm, tmp_path)
    first, second = [int(line) for line in (tmp_path / "done.txt.tried").read_text(encoding="utf-8").split()]
    assert second == 2 * first > 1


def test_the_daemons_answer_on_loopback_only(slurm):
    """No other machine is named in what they were started with."""
    text = (slurm.folder / "slurm.conf").read_text(encoding="utf-8")
    assert "NodeAddr=127.0.0.1 " in text and "(127.0.0.1)" in text
    deadline = time.monotonic() + 30
    while not slurm.is_idle() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert slurm.is_idle(), "nothing is left running"
