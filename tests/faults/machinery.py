"""What faults share: full and read-only places, killing one job, what an answer says, what a fault leaves behind."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.workflow import project

TOLD = re.compile(
    r"^(?:DataError|MachineError|ConfigError|PolicyError|Another run|Error: Directory cannot be locked)"
    r"|run\.log (?:holds no more|cannot be written)"
)
COUNTED = re.compile(r": (\d+) faults:$")
ENOUGH = "64m"


@dataclass(frozen=True)
class Answer:
    """How a run answered to a fault: exit code, and all that it printed."""

    code: int
    printed: str

    @property
    def first_line(self) -> str:
        """The line that names the fault, and the faults below it where it only counts them; empty where none does."""
        lines = [line.strip() for line in self.printed.splitlines()]
        place = next((number for number, line in enumerate(lines) if TOLD.search(line)), len(lines))
        told = lines[place : place + 1]
        if counted := COUNTED.search(told[0] if told else ""):
            told += lines[place + 1 : place + 1 + int(counted[1])]
        return " ".join(told)


def answer_of(folder: Path, targets: tuple[str, ...] = ()) -> Answer:
    """Run to the end, well or not."""
    process = project.start(folder, targets=targets)
    printed = project.finish(process)
    return Answer(process.returncode, printed)


def can_mount() -> bool:
    """Whether a small file system can be mounted here: as root, outside most containers."""
    if not shutil.which("mount") or os.geteuid() != 0:
        return False
    place = Path("/tmp") / f"can_mount.{os.getpid()}"
    place.mkdir()
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4k", "none", place], capture_output=True, check=False
        )
        if done.returncode == 0:
            subprocess.run(["umount", place], check=True)
        return done.returncode == 0
    finally:
        place.rmdir()


@contextmanager
def mounted(place: Path, room_kb: int | None) -> Iterator[None]:
    """A file system of its own at a place, with what lay there and so much room, or read-only where none is named.

    At the end what it holds is put back on the disk.
    """
    kept = place.with_name(f"{place.name}.kept")
    place.mkdir(parents=True, exist_ok=True)
    shutil.copytree(place, kept)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ENOUGH}", "none", place], check=True)
    try:
        shutil.copytree(kept, place, dirs_exist_ok=True)
        _remount(place, room_kb)
        yield
        shutil.rmtree(kept)
        shutil.copytree(place, kept)
    finally:
        subprocess.run(["umount", place], check=True)
        shutil.rmtree(place)
        kept.rename(place)


def _remount(place: Path, room_kb: int | None) -> None:
    disk = shutil.disk_usage(place)
    options = "ro" if room_kb is None else f"size={disk.used // 1024 + room_kb}k"
    subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)


def processes_of(folder: Path, word: str = "") -> list[int]:
    """Ids of living processes that work in a folder and name a word in their command."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
            here = (entry / "cwd").readlink() == folder.resolve()
        except OSError:
            continue
        if here and command and word in command and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return sorted(found)


def wait_for_job(
    folder: Path, script: str, process: subprocess.Popen, number: int = 1, timeout: float = 200
) -> list[int]:
    """Wait until so many processes of a script's job are at work, and give their ids."""
    deadline = time.monotonic() + timeout
    while len(jobs := processes_of(folder, f".{script}.py")) < number:
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the run ended before {script} began")
        time.sleep(0.01)
    return jobs


def kill_job(folder: Path, script: str, process: subprocess.Popen, number: int = 1) -> None:
    """Kill -9 the youngest process of a script's job, as the kernel does where memory runs out."""
    os.kill(wait_for_job(folder, script, process, number)[-1], signal.SIGKILL)


def left_behind(folder: Path) -> list[str]:
    """Half-written files, and processes that live on."""
    half = [path.relative_to(folder).as_posix() for path in folder.rglob("*.tmp") if ".snakemake" not in path.parts]
    return half + [f"process {number}" for number in processes_of(folder)]


def different(quiet: dict[str, bytes], found: dict[str, bytes]) -> list[str]:
    """Tables that are not there in both runs, byte for byte the same."""
    return sorted(name for name in quiet.keys() | found.keys() if quiet.get(name) != found.get(name))
