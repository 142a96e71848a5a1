"""The faults: each takes a folder with a project, does harm to a run there, repairs the cause, and gives the answer.

Each strikes a part of the graph that was forgotten, so that a run makes it again: the prices, one scheme, the pages, or
all. After each the whole of `minimal` is asked for.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults import machinery
from tests.faults.machinery import Answer, answer_of
from tests.workflow import project
from workflow.run import SNAKEMAKE

DATA = "data/interim/embedded-7cb6125f"
RESULTS = "data/results/minimal"
PRICES = (f"{DATA}/day_ahead_prices.parquet", f"{DATA}/reserve_prices.parquet")
PLACES = f"{DATA}/municipalities.parquet"
LOG = "logs/embedded-7cb6125f/build_prices.log"
FLEET = tuple(f"{RESULTS}/{name}.parquet" for name in ("fleet_stock", "fleet_cohorts", "regulation_timeline"))
SMALL = (*PRICES, PLACES, *FLEET)
"""A part that is made in seconds, from nothing."""
RECORD = (f"{RESULTS}/run.yaml",)
PAGES = ("reports/build/minimal",)
YEAR_2001, YEAR_2030 = 980_000_000, 1_900_000_000
Do = Callable[[Path, tuple[str, ...]], list[Answer]]


@dataclass(frozen=True)
class Injury:
    """One row of the table: its name, how it is made, what is forgotten and asked for, and how the run must answer.

    Pages are no target by name: a run that lacks them is asked for all.
    """

    name: str
    how: str
    do: Do
    part: tuple[str, ...]
    must_fail: bool = True
    needs: str = ""
    keeps_part: bool = False

    @property
    def targets(self) -> tuple[str, ...]:
        """What the run is asked for while it is harmed; all where this is empty."""
        return () if self.part == PAGES else self.part

    @property
    def is_small(self) -> bool:
        """Whether it strikes only what is made in seconds."""
        return bool(self.part) and set(self.part) <= set(SMALL)

    def prepare(self, folder: Path) -> None:
        """Forget what the run is to make; without a part, all."""
        if not self.part:
            project.forget_results(folder)
        shutil.rmtree(folder / "logs", ignore_errors=True)
        for name in () if self.keeps_part else self.part:
            shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink()


def on_a_disk(name: str, place: str, room_kb: int | None, part: tuple[str, ...], must_fail: bool = True) -> Injury:
    """A run with a place on a small disk of its own, full or read-only; when it has ended, the place is as before."""

    def do(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
        with machinery.mounted(folder / place, room_kb):
            return [answer_of(folder, targets)]

    kind = "read-only" if room_kb is None else f"with room for {room_kb} kB"
    return Injury(name, f"tmpfs {kind} at {place}", do, part, must_fail, "mount")


def damaged(harm: Callable[[Path], None], name: str, keeps_time: bool = False) -> Do:
    """A run on a damaged file, which is then deleted as the answer asks."""

    def do(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
        path = folder / name
        times = path.stat()
        harm(path)
        if keeps_time:
            os.utime(path, (times.st_atime, times.st_mtime))
        given = answer_of(folder, targets)
        path.unlink(missing_ok=True)
        return [given]

    return do


def flip_a_byte(path: Path) -> None:
    """Turn one byte over in the middle of the data; the first pages lie there, the footer at the end."""
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def other_table(path: Path) -> None:
    """Put the rows of another table in its place."""
    shutil.copyfile(next(other for other in sorted(path.parent.glob("*.parquet")) if other != path), path)


def _ended(process: subprocess.Popen) -> Answer:
    printed = project.finish(process, timeout=200)
    return Answer(process.returncode, printed)


def killed_job(script: str, number: int = 1) -> Do:
    """Kill -9 one process of a job when so many of it live: the job itself, or the copies that it makes."""

    def do(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
        process = project.start(folder, targets=targets)
        machinery.kill_job(folder, script, process, number)
        return [_ended(process)]

    return do


def little_memory(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
    """Once a job has its libraries, it is given no more address space than it holds."""
    process = project.start(folder, targets=targets)
    given = False
    while process.poll() is None and not given:
        for job in machinery.processes_of(folder, ".build_prices.py"):
            try:
                is_ready = "pyarrow/_parquet" in Path(f"/proc/{job}/maps").read_text()
                held = int(Path(f"/proc/{job}/statm").read_text().split()[0]) * resource.getpagesize()
                if is_ready:
                    resource.prlimit(job, resource.RLIMIT_AS, (held, held))
                    given = True
            except (OSError, ValueError):  # it ended
                continue
        time.sleep(0.01)
    return [_ended(process)]


def killed_snakemake(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
    """Kill Snakemake alone: its job lives on for a while, and the run must not end before it."""
    process = project.start(folder, targets=targets)
    project.wait_for(folder, LOG, process)
    for number in machinery.processes_of(folder, "snakemake\0--workflow-profile"):
        os.kill(number, signal.SIGKILL)
    return [_ended(process)]


def killed_runner(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
    """Kill what started Snakemake: the orphan goes on, and the next run must refuse until it is gone."""
    process = project.start(folder, targets=targets)
    project.wait_for(folder, LOG, process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    given = answer_of(folder, targets)
    deadline = time.monotonic() + 120
    while machinery.processes_of(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [given]


def second_run(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
    first = project.start(folder, targets=targets)
    project.wait_for(folder, ".snakemake/locks/*", first)
    given = answer_of(folder, targets)
    return _and_the_first_completes(given, first)


def _by_hand(folder: Path, targets: tuple[str, ...]) -> subprocess.Popen:
    """Snakemake without our runner, in a process group of its own."""
    command = [*SNAKEMAKE, "--cores", "1", "--config", "scenario=minimal", "inputs_root=data/raw", "--", *targets]
    return subprocess.Popen(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def _and_the_first_completes(given: Answer, first: subprocess.Popen) -> list[Answer]:
    printed = project.finish(first)
    assert first.returncode == 0, printed
    return [given]


def hand_beside_report(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
    first = project.start(folder, targets=targets)
    project.wait_for(folder, ".snakemake/locks/*", first)
    return _and_the_first_completes(_ended(_by_hand(folder, targets)), first)


def report_beside_hand(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
    first = _by_hand(folder, targets)
    project.wait_for(folder, ".snakemake/locks/*", first)
    return _and_the_first_completes(answer_of(folder, targets), first)


def missing_midway(name: str, script: str) -> Do:
    """Take a file away as the job begins that is to read it; an input is put back, a table is not."""

    def do(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
        process, path = project.start(folder, targets=targets), folder / name
        machinery.wait_for_job(folder, script, process)
        content = path.read_bytes()
        path.unlink()
        given = _ended(process)
        if "interim" not in path.parts:
            path.write_bytes(content)
        return [given]

    return do


def outputs_in(when: int) -> Do:
    """Every made file carries a wrong time, then a law is edited and taken back: the run must see both."""

    def do(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
        for room in ("data/interim", "data/results", "reports/build"):
            for path in (folder / room).rglob("*"):
                if path.is_file():
                    os.utime(path, (when, when))
        return _law_edited_and_back(folder, targets, None)

    return do


def old_edit(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
    """A law is put in place with the time of 2001, and so is the first one after."""
    return _law_edited_and_back(folder, targets, YEAR_2001)


def _law_edited_and_back(folder: Path, targets: tuple[str, ...], when: int | None) -> list[Answer]:
    path = folder / "data/policy/se/task53_and_deduction.yaml"
    text, answers = path.read_text(encoding="utf-8"), []
    for content in (text + "\n# edited\n", text):
        before = (folder / RECORD[0]).read_bytes()
        path.write_text(content, encoding="utf-8")
        if when is not None:
            os.utime(path, (when, when))
        given = answer_of(folder, targets)
        is_seen = (folder / RECORD[0]).read_bytes() != before
        answers.append(given if is_seen else Answer(99, f"the edit was not seen\n{given.printed}"))
    return answers


def inputs_in_2030(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
    """Every committed table and law carries a time to come."""
    for path in [*(folder / "data").rglob("*.csv"), *(folder / "data").rglob("*.yaml")]:
        os.utime(path, (YEAR_2030, YEAR_2030))
    return [answer_of(folder, targets)]


def clock_set_back(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
    """Kill a run, and complete it with a clock that is two hours behind."""
    process = project.start(folder, targets=targets)
    machinery.wait_for_job(folder, "build_prices", process)
    project.kill(process)
    command = ["faketime", "-f", "-2h", sys.executable, "-c", project.PART, "minimal", "data/raw", *targets]
    # what waits for a time span must see it pass
    environment = {**os.environ, "PYTHONPATH": str(folder), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )  # fmt: skip
    return [Answer(done.returncode, done.stdout + done.stderr)]


def kills(count: int, seed: int) -> Do:
    """Kill -9 at random moments, each followed by the same command."""

    def do(folder: Path, targets: tuple[str, ...]) -> list[Answer]:
        moments, answers = random.Random(seed), []
        for _ in range(count):
            was_running = project.kill_after(folder, moments.uniform(2.0, 14.0))
            answers.append(Answer(-signal.SIGKILL if was_running else 0, ""))
        return answers

    return do


RESULT = f"{RESULTS}/scheme_summary.parquet"
INDEX = "data/assumptions/price_index.csv"
HARMS = {"flipped_byte": flip_a_byte, "truncated": truncate, "empty": empty, "other_table": other_table}
INJURIES = [
    on_a_disk("full_disk_tables", "data/interim", 200, PRICES),
    on_a_disk("full_disk_pages", PAGES[0], 2000, PAGES),
    on_a_disk("full_disk_logs", "logs", 4, PRICES, must_fail=False),
    on_a_disk("full_disk_snakemake", ".snakemake", 4, PRICES),
    on_a_disk("read_only_tables", "data/interim", None, PRICES),
    on_a_disk("read_only_pages", PAGES[0], None, PAGES),
    on_a_disk("read_only_logs", "logs", None, PRICES),
    Injury("outputs_in_2030", "made files carry 2030, then a law is edited", outputs_in(YEAR_2030), RECORD, False,
           keeps_part=True),
    Injury("outputs_in_2001", "made files carry 2001, then a law is edited", outputs_in(YEAR_2001), RECORD, False,
           keeps_part=True),
    Injury("input_older_than_output", "a law with other content and the time of 2001", old_edit, RECORD, False,
           keeps_part=True),
    Injury("inputs_in_2030", "every committed table and law carries 2030", inputs_in_2030, SMALL, False),
    Injury("clock_two_hours_back", "killed, completed under faketime -2h", clock_set_back, SMALL, False, "faketime"),
    *(Injury(f"{name}_interim", f"{name} in {PLACES}", damaged(harm, PLACES), FLEET) for name, harm in HARMS.items()),
    *(Injury(f"{name}_result", f"{name} in {RESULT}", damaged(harm, RESULT), PAGES) for name, harm in HARMS.items()),
    Injury("flipped_byte_old_time", f"the same in {RESULT}, its time kept", damaged(flip_a_byte, RESULT, True), PAGES),
    Injury("two_runs", "make report twice", second_run, SMALL),
    Injury("hand_beside_report", "snakemake by hand while make report runs", hand_beside_report, SMALL),
    Injury("report_beside_hand", "make report while snakemake by hand runs", report_beside_hand, SMALL),
    Injury("killed_job", "kill -9 of one build_prices", killed_job("build_prices"), SMALL),
    Injury("killed_copy", "kill -9 of one of the two copies in render_report", killed_job("render_report", 3), PAGES),
    Injury("little_memory", "prlimit --as on build_prices at what it holds", little_memory, SMALL),
    Injury("killed_snakemake", "kill -9 of Snakemake alone", killed_snakemake, SMALL),
    Injury("killed_runner", "kill -9 of run.py alone, run again at once", killed_runner, SMALL),
    Injury("missing_interim_midway", f"{PLACES} deleted as build_fleet begins",
           missing_midway(PLACES, "build_fleet"), FLEET),
    Injury("missing_input_midway", f"{INDEX} deleted as build_prices begins",
           missing_midway(INDEX, "build_prices"), SMALL),
    *(Injury(f"kills_{part}", "kill -9 of all at 10 random moments, from nothing", kills(10, part), ())
      for part in (1, 2)),
]  # fmt: skip
