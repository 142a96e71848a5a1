"""Turns what Snakemake prints into one line a stage, and keeps everything else in logs/run.log.

Where a run fails, the faults of the pipeline's own kinds are shown alone, and so is what the machine lacked or who was
killed; any other failure shows the end of the log.
"""

import errno
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import RawIOBase
from pathlib import Path
from typing import TextIO

from analysis.errors import Fault, machine_fault

STAGE = re.compile(r"^Job \d+: (?P<stage>.+)$")
DONE = re.compile(r"^(?P<done>\d+) of (?P<total>\d+) steps")
TOTAL = re.compile(r"^total\s+(?P<total>\d+)")
FAULT = re.compile(r"^\s*(ConfigError|DataError|PolicyError|MachineError)\b")
RULE = re.compile(r"^Error in (?:group )?rule (?P<rule>\w+)")
LOG = re.compile(r"^\s+log: (?P<log>\S+)")
KILLED = re.compile(r"died with <Signals\.(?P<signal>SIG\w+): \d+>|returned non-zero exit status 137\b")
LACKED = {
    errno.ENOSPC: re.compile(r"No space left on device"),
    errno.EDQUOT: re.compile(r"Disk quota exceeded"),
    errno.EROFS: re.compile(r"Read-only file system"),
    errno.EACCES: re.compile(r"PermissionError: .*Permission denied"),
    errno.ENOMEM: re.compile(r"Cannot allocate memory|^MemoryError|failed to map segment|std::bad_alloc"),
}
SKEWED = re.compile(r"(?P<what>Output \S+ has older modification time \(.*\) than input \S+ \(.*?\))")
LOCKED = "Directory cannot be locked"
TAIL_LINES = 40


def follow(command: list[str], folder: Path, lock: int) -> int:
    """Run Snakemake, print its stages as they start with the jobs done of all, and give its exit code."""
    log_path = folder / "logs" / "run.log"
    with open_log(log_path) as log:
        process = subprocess.Popen(
            command, cwd=folder, pass_fds=(lock,), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        lines = _print_stages(process.stdout, log)
        code = process.wait()
    if code:
        print("\n".join(_ended(code) or _why(lines)), file=sys.stderr)
        print(f"The run stopped; nothing is half-written. Everything it printed is in {log_path}.", file=sys.stderr)
    return abs(code)


@contextmanager
def open_log(path: Path) -> Iterator[Callable[[str], None]]:
    """Give a function that adds a line to the log; a disk that takes no more is told once, and the run goes on."""
    with ExitStack() as closing:
        files: list[RawIOBase] = []  # unbuffered: what did not fit must not come again when it is closed

        def add(line: str) -> None:
            try:
                for file in files:
                    file.write(line.encode())
            except OSError as error:
                files.clear()
                print(f"{path} holds no more: {error}", file=sys.stderr)

        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            files.append(closing.enter_context(path.open("wb", buffering=0)))
        except OSError as error:
            print(f"{path} cannot be written: {error}", file=sys.stderr)
        yield add


def _print_stages(stream: TextIO, log: Callable[[str], None]) -> list[str]:
    lines, done, total = [], "0", "?"
    for line in stream:
        text = line.rstrip()
        lines.append(text)
        log(line)
        if found := TOTAL.match(text):
            total = found["total"]
        elif found := DONE.match(text):
            done, total = found["done"], found["total"]
        elif found := STAGE.match(text):
            print(f"[{done:>2} of {total} done] {found['stage']}", flush=True)
    return lines


def _ended(code: int) -> list[str]:
    """Line about Snakemake itself where a signal ended it."""
    if code >= 0:
        return []
    return ["", f"MachineError: {_ended_by(signal.Signals(-code).name, 'Snakemake')}"]


def _ended_by(name: str, who: str) -> Fault:
    why = "The kernel does so where memory runs out (see dmesg): end other programs or give fewer cores"
    remedy = f"{why} (make report CORES=1), and run again." if name == "SIGKILL" else "Run again."
    return Fault(who, f"ended by {name}", "that it ends by itself", remedy)


def _of_the_machine(lines: list[str]) -> list[Fault]:
    """Faults that only the output of other programs tells: a killed job, a full disk, no memory, clocks apart.

    What a job prints as it dies comes before Snakemake names it.
    """
    faults: list[Fault] = []
    waiting: list[tuple[int | str, str]] = []
    for number, line in enumerate(lines):
        if found := RULE.match(line):
            logs = [near["log"] for text in lines[number : number + 8] if (near := LOG.match(text))]
            who = f"job {found['rule']}" + (f" (log {logs[0]})" if logs else "")
            faults += _told(waiting, who)
            waiting = []
        elif found := KILLED.search(line):
            waiting.append((found["signal"] or "SIGKILL", line))
        elif found := SKEWED.search(line):
            remedy = "Set the clock, touch the input, and run again."
            faults.append(Fault("times of files", found["what"], "an output newer than its inputs", remedy))
        elif LOCKED in line:
            remedy = "Wait for it, or stop it."
            faults.append(Fault(".snakemake/locks", "another Snakemake", "one run in a folder", remedy))
        else:
            waiting += [(code, line.strip()) for code, pattern in LACKED.items() if pattern.search(line)]
    return faults + _told(waiting, "the run")


def _told(causes: list[tuple[int | str, str]], who: str) -> list[Fault]:
    """Faults of one job: a signal by name, what was lacking by number; one fault a kind."""
    each = dict(reversed(causes))
    told = [
        _ended_by(cause, who) if isinstance(cause, str) else machine_fault(OSError(cause, line), who)
        for cause, line in each.items()
    ]
    return [fault for fault in told if fault]


def _why(lines: list[str]) -> list[str]:
    """Lines of the named faults, each with those that belong to it; without any, the end of the log.

    A fault that the pipeline names itself stands before what other programs tell of the machine.
    """
    shown: list[str] = []
    for number, line in enumerate(lines):
        if FAULT.match(line) and line.strip() not in shown:
            block = [line.strip()]
            for following in lines[number + 1 :]:
                if not following.startswith(("  -", "    ")):
                    break
                block.append(following)
            shown.extend(block)
    if not shown:
        shown = list(dict.fromkeys(f"MachineError: {fault}" for fault in _of_the_machine(lines)))
    return ["", *shown] if shown else lines[-TAIL_LINES:]
