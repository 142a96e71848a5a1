"""Runs without network: each Python process is watched, and where the machine allows it the network is cut as well.

The watch (`watch/sitecustomize.py`) sees what Python calls, and names who called. The cut, a network namespace with
nothing in it, also holds for libraries in C.
"""

import shutil
import subprocess
from pathlib import Path

WATCH = Path(__file__).resolve().parent / "watch" / "sitecustomize.py"
LOG = "calls.log"


def _cut() -> list[str]:
    """Command before a run that cuts its network; empty where the machine has no such thing or refuses it."""
    command = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None:
        return []
    return command if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0 else []


CUT = _cut()


def watch(environment: dict[str, str], folder: Path) -> dict[str, str]:
    """Environment in which each Python process reports to a log in `folder`, the path of the jobs too."""
    shutil.copy(WATCH, folder)
    return {**environment, "PYTHONPATH": str(folder), "WATCH_LOG": str(folder / LOG)}


def read_log(folder: Path) -> tuple[list[str], list[str]]:
    """Command lines of the watched processes, and what was called and refused."""
    lines = [line.partition("\t") for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]
    return [text for kind, _, text in lines if kind == "watched"], [text for kind, _, text in lines if kind == "called"]
