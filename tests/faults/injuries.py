"""The faults: each takes a folder with a project, does harm to a run there, repairs the cause, and gives the answer.

What a fault starts from stands beside it: nothing made, all made, or all but the last stage (`LATE`).
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

LATE = (
    "data/results/minimal/schemes",
    "data/results/minimal/scheme_comparison.parquet",
    "data/results/minimal/headlines.parquet",
    "data/results/minimal/run.yaml",
    "reports/build",
    "logs",
)
SCHEMES = "data/results/minimal/schemes"
PAGES = "reports/build/minimal"
YEAR_2001, YEAR_2030 = 980_000_000, 1_900_000_000


@dataclass(frozen=True)
class Injury:
    """One row of the table: its name, how it is made, what it starts from, and whether the run must fail."""

    name: str
    how: str
    do: Callable[[Path], list[Answer]]
    starts: str = "late"
    must_fail: bool = True
    needs: str = ""


def forget(folder: Path, names: tuple[str, ...] = LATE) -> None:
    """Remove what the last stages made."""
    for name in names:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def on_a_small_disk(place: str, options: str) -> Callable[[Path], list[Answer]]:
    """A run whose place is full or read-only; space is given by the end of the mount."""

    def do(folder: Path) -> list[Answer]:
        with machinery.mounted(folder / place, options):
            return [answer_of(folder)]

    return do


def damaged(harm: Callable[[Path], None], name: str, age: float | None = None) -> Callable[[Path], list[Answer]]:
    """A run on a damaged file, which is then deleted as the answer asks."""

    def do(folder: Path) -> list[Answer]:
        path = next(folder.glob(name))
        times = path.stat()
        harm(path)
        if age is not None:
            os.utime(path, (times.st_atime, times.st_mtime))
        shutil.rmtree(folder / PAGES)
        given = answer_of(folder)
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
    shutil.copyfile(path.with_name("scheme_paths.parquet" if "results" in path.parts else "temperature.parquet"), path)


def _ended(process: subprocess.Popen) -> Answer:
    printed = project.finish(process, timeout=200)
    return Answer(process.returncode, printed)


def killed_job(script: str) -> Callable[[Path], list[Answer]]:
    def do(folder: Path) -> list[Answer]:
        process = project.start(folder)
        machinery.kill_job(folder, script, process)
        return [_ended(process)]

    return do


def killed_language(folder: Path) -> list[Answer]:
    """Kill one of the two processes in which the pages are written."""
    process = project.start(folder)
    deadline = time.monotonic() + 300
    while len(jobs := machinery.processes_of(folder, ".render_report.py")) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(jobs[-1], signal.SIGKILL)
    return [_ended(process)]


def little_memory(folder: Path) -> list[Answer]:
    """Give every process of the run less address space than the jobs of the schemes take."""
    process = project.start(folder)
    project.wait_for(folder, "logs/run.log", process)
    number = 0
    while process.poll() is None:
        for job in machinery.processes_of(folder, ".evaluate_scheme.py"):
            try:
                used = int(Path(f"/proc/{job}/statm").read_text().split()[0]) * resource.getpagesize()
                libraries = Path(f"/proc/{job}/maps").read_text().count("highspy")
                if libraries or used > 1 << 30:
                    resource.prlimit(job, resource.RLIMIT_AS, (used, used))
                    number += 1
            except (OSError, ValueError):
                continue
        if number:
            break
        time.sleep(0.02)
    return [_ended(process)]


def killed_snakemake(folder: Path) -> list[Answer]:
    """Kill Snakemake alone: its jobs live on for a while, and the run must not end before them."""
    process = project.start(folder)
    project.wait_for(folder, "logs/minimal/evaluate_*.log", process)
    for number in machinery.processes_of(folder, "snakemake\0--workflow-profile"):
        os.kill(number, signal.SIGKILL)
    return [_ended(process)]


def killed_runner(folder: Path) -> list[Answer]:
    """Kill what started Snakemake: the orphan goes on, and the next run must wait or refuse until it is gone."""
    process = project.start(folder)
    project.wait_for(folder, "logs/minimal/evaluate_*.log", process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    given = answer_of(folder)
    for number in machinery.processes_of(folder):
        os.kill(number, signal.SIGKILL)
    return [given]


def second_run(folder: Path) -> list[Answer]:
    first = project.start(folder)
    project.wait_for(folder, ".snakemake/locks/*", first)
    given = answer_of(folder)
    assert "Report:" in project.finish(first)
    return [given]


def by_hand(folder: Path) -> subprocess.Popen:
    """Snakemake without our runner, in a process group of its own."""
    command = [*SNAKEMAKE, "--cores", "1", "--config", "scenario=minimal", "inputs_root=data/raw"]
    return subprocess.Popen(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def hand_beside_report(folder: Path) -> list[Answer]:
    first = project.start(folder)
    project.wait_for(folder, ".snakemake/locks/*", first)
    second = by_hand(folder)
    given = _ended(second)
    assert "Report:" in project.finish(first)
    return [given]


def report_beside_hand(folder: Path) -> list[Answer]:
    first = by_hand(folder)
    project.wait_for(folder, ".snakemake/locks/*", first)
    given = answer_of(folder)
    project.finish(first)
    assert first.returncode == 0
    return [given]


def missing_midway(name: str, after: str) -> Callable[[Path], list[Answer]]:
    """Take a file away while the run goes; an input is put back, a table is not."""

    def do(folder: Path) -> list[Answer]:
        process = project.start(folder)
        project.wait_for(folder, after, process)
        path = next(folder.glob(name))
        content, is_input = path.read_bytes(), "interim" not in path.parts
        path.unlink()
        given = _ended(process)
        if is_input:
            path.write_bytes(content)
        return [given]

    return do


def outputs_in(when: int) -> Callable[[Path], list[Answer]]:
    """Every made file carries a wrong time, then a law is edited and taken back: the run must see both."""

    def do(folder: Path) -> list[Answer]:
        for room in ("data/interim", "data/results", "reports/build"):
            for path in (folder / room).rglob("*"):
                if path.is_file():
                    os.utime(path, (when, when))
        return _law_edited_and_back(folder, None)

    return do


def old_edit(folder: Path) -> list[Answer]:
    """A law is put in place with the time of 2001, and so is the first one after."""
    return _law_edited_and_back(folder, YEAR_2001)


def _law_edited_and_back(folder: Path, when: int | None) -> list[Answer]:
    path, before = folder / "data/policy/se/task53.yaml", project.tables(folder)
    text = path.read_text(encoding="utf-8")
    answers = []
    for content in (text + "\n# edited\n", text):
        path.write_text(content, encoding="utf-8")
        if when is not None:
            os.utime(path, (when, when))
        given = answer_of(folder)
        now = project.tables(folder)
        is_seen = now["data/results/minimal/run.yaml"] != before["data/results/minimal/run.yaml"]
        answers.append(given if is_seen else Answer(99, f"the edit was not seen\n{given.printed}"))
        before = now
    return answers


def inputs_in_2030(folder: Path) -> list[Answer]:
    """Every input that is committed carries a time to come."""
    for path in (folder / "data").rglob("*.csv"):
        os.utime(path, (YEAR_2030, YEAR_2030))
    return [answer_of(folder)]


def clock_set_back(folder: Path) -> list[Answer]:
    """Kill a run, and complete it with a clock that is two hours behind."""
    process = project.start(folder)
    project.wait_for(folder, "logs/minimal/evaluate_*.log", process)
    project.kill(process)
    command = ["faketime", "-f", "-2h", sys.executable, "workflow/run.py", "report", "--scenario", "minimal"]
    done = subprocess.run(
        [*command, "--cores", "2"], cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    return [Answer(done.returncode, done.stdout + done.stderr)]


def kills(count: int, seed: int) -> Callable[[Path], list[Answer]]:
    """Kill -9 at random moments, each followed by the same command."""

    def do(folder: Path) -> list[Answer]:
        moments = random.Random(seed)
        answers = []
        for _ in range(count):
            was_running = project.kill_after(folder, moments.uniform(1.0, 18.0))
            answers.append(Answer(-signal.SIGKILL if was_running else 0, ""))
            if not was_running:
                project.forget_results(folder)
        return answers

    return do


INTERIM, RESULT = "data/interim/*/profile_link.parquet", "data/results/minimal/scheme_summary.parquet"
INJURIES = [
    Injury("full_disk_tables", f"tmpfs of 64 kB at {SCHEMES}", on_a_small_disk(SCHEMES, "size=64k"), needs="mount"),
    Injury("full_disk_pages", f"tmpfs of 2 MB at {PAGES}", on_a_small_disk(PAGES, "size=2m"), needs="mount"),
    Injury("full_disk_logs", "tmpfs of 8 kB at logs", on_a_small_disk("logs", "size=8k"), needs="mount"),
    Injury("read_only_tables", f"read-only tmpfs at {SCHEMES}", on_a_small_disk(SCHEMES, "ro"), needs="mount"),
    Injury("read_only_pages", f"read-only tmpfs at {PAGES}", on_a_small_disk(PAGES, "ro"), needs="mount"),
    Injury("outputs_in_2030", "made files carry 2030, then a law is edited", outputs_in(YEAR_2030), "finished", False),
    Injury("outputs_in_2001", "made files carry 2001, then a law is edited", outputs_in(YEAR_2001), "finished", False),
    Injury("input_older_than_output", "a law with other content and the time of 2001", old_edit, "finished", False),
    Injury("inputs_in_2030", "every committed table carries 2030", inputs_in_2030, "late", False),
    Injury("clock_two_hours_back", "killed, completed under faketime -2h", clock_set_back, "late", False, "faketime"),
    Injury("flipped_byte_result", f"one byte of {RESULT}", damaged(flip_a_byte, RESULT), "finished"),
    Injury("flipped_byte_old_time", "the same, its time kept", damaged(flip_a_byte, RESULT, 0.0), "finished"),
    Injury("truncated_result", f"half of {RESULT}", damaged(truncate, RESULT), "finished"),
    Injury("empty_result", f"nothing of {RESULT}", damaged(empty, RESULT), "finished"),
    Injury("other_table_result", f"scheme_paths in place of {RESULT}", damaged(other_table, RESULT), "finished"),
    Injury("flipped_byte_interim", f"one byte of {INTERIM}", damaged(flip_a_byte, INTERIM), "finished"),
    Injury("truncated_interim", f"half of {INTERIM}", damaged(truncate, INTERIM), "finished"),
    Injury("empty_interim", f"nothing of {INTERIM}", damaged(empty, INTERIM), "finished"),
    Injury("other_table_interim", f"temperature in place of {INTERIM}", damaged(other_table, INTERIM), "finished"),
    Injury("two_runs", "make report twice", second_run),
    Injury("hand_beside_report", "snakemake by hand while make report runs", hand_beside_report),
    Injury("report_beside_hand", "make report while snakemake by hand runs", report_beside_hand),
    Injury("killed_job", "kill -9 of one evaluate_scheme", killed_job("evaluate_scheme")),
    Injury("killed_language", "kill -9 of one of two processes of render_report", killed_language),
    Injury("little_memory", "prlimit --as on one evaluate_scheme at what it holds", little_memory),
    Injury("killed_snakemake", "kill -9 of Snakemake alone", killed_snakemake),
    Injury("killed_runner", "kill -9 of run.py alone, run again at once", killed_runner),
    Injury("missing_interim_midway", "an interim table deleted while schemes are evaluated",
           missing_midway(INTERIM, "logs/minimal/evaluate_*.log")),
    Injury("missing_input_midway", "a law deleted while others are evaluated",
           missing_midway("data/policy/se/task53_and_deduction.yaml", "logs/minimal/evaluate_*.log")),
    *(Injury(f"kills_{part}", "kill -9 of all at 5 random moments, from nothing", kills(5, part), "nothing")
      for part in (1, 2, 3, 4)),
]  # fmt: skip
