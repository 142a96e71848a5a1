"""A copy of the project in a scratch folder, run as a user would run it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT
from tests.workflow import offline
from workflow.run import SNAKEMAKE

LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    ".snakemake",
    "interim",
    "results",
    "build",
    "logs",
    "__pycache__",
    ".*_cache",
    ".lock",
    ".hypothesis",
)


def copy_project(target: Path) -> Path:
    """Copy everything that is not generated."""
    shutil.copytree(ROOT, target, ignore=LEFT_OUT)
    return target


PART = """
import sys
from workflow import run
run.TARGETS["part"] = sys.argv[3:]
sys.argv = ["run.py", "part", "--scenario", sys.argv[1], "--inputs", sys.argv[2], "--cores", "2"]
sys.exit(run.main())
"""
"""Runs as `make report` does, to some tables only."""


def start(
    folder: Path, scenario: str = "minimal", inputs: str = "data/raw", targets: tuple[str, ...] = (),
    watched: bool = False,
) -> subprocess.Popen:  # fmt: skip
    """Start one run in a process group of its own: of the report, or of the tables that are named.

    One that is watched may call no other machine (`offline.py`).
    """
    command = [sys.executable, "workflow/run.py", "report", "--scenario", scenario, "--inputs", inputs, "--cores", "2"]
    if targets:
        command = [sys.executable, "-c", PART, scenario, inputs, *targets]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    if watched:
        command, environment = [*offline.CUT, *command], offline.watch(environment, folder)
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen, timeout: float = 600) -> str:
    """Wait for a run and give what it printed; a run past its time is stopped with its whole group."""
    try:
        return process.communicate(timeout=timeout)[0]
    except subprocess.TimeoutExpired:
        kill(process)
        raise


def kill(process: subprocess.Popen) -> None:
    """Kill -9 the run and all it started, and wait until the last of them is gone."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("processes of a killed run live on")


def run(
    folder: Path, scenario: str = "minimal", inputs: str = "data/raw", targets: tuple[str, ...] = (),
    watched: bool = False,
) -> str:  # fmt: skip
    """Run to the end; fails with the output when the run does."""
    process = start(folder, scenario, inputs, targets, watched)
    printed = finish(process)
    assert process.returncode == 0, printed[-4000:]
    return printed


def planned(
    folder: Path, scenario: str = "minimal", inputs: str = "data/raw", targets: tuple[str, ...] = ()
) -> dict[str, int]:
    """Rules and job counts that a run would execute now; for the report where no target is named."""
    command = [*SNAKEMAKE, "-n", "--cores", "2"]
    command += ["--config", f"scenario={scenario}", f"inputs_root={inputs}", "--", *targets]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    text = done.stdout + done.stderr
    table = text.partition("Job stats:")[2].partition("total")[0]
    return {name: int(count) for name, count in re.findall(r"^(\w+)\s+(\d+)\s*$", table, flags=re.M)}


def tables(folder: Path) -> dict[str, bytes]:
    """Bytes of every interim and result table, and of the record of the run."""
    files = [path for kind in ("interim", "results") for path in (folder / "data" / kind).rglob("*.*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(files) if path.is_file()}


def kill_after(folder: Path, seconds: float) -> bool:
    """Start a run and kill it after some seconds; says whether it was still running."""
    process = start(folder)
    time.sleep(seconds)
    was_running = process.poll() is None
    if was_running:
        kill(process)
    else:
        process.communicate()
    return was_running


def wait_for(folder: Path, pattern: str, process: subprocess.Popen, timeout: float = 300) -> None:
    """Wait until a file of this name appears, which tells that a stage has begun."""
    deadline = time.monotonic() + timeout
    while not any(folder.glob(pattern)):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the run ended before {pattern} appeared")
        time.sleep(0.05)


def forget_results(folder: Path) -> None:
    """Remove what a run made, as `make clean` does."""
    for name in ("data/interim", "data/results", "reports/build", "logs", ".snakemake"):
        shutil.rmtree(folder / name, ignore_errors=True)
