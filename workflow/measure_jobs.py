"""Runs a command of Snakemake and writes what each of its jobs took: seconds, and the most memory it held at once.

Makes the rows of ``workflow/profiles/resources.csv``::

    python workflow/measure_jobs.py rows.csv -- snakemake --cores 1 all
"""

import csv
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

INTERVAL_S = 0.1
SCRIPT = re.compile(r"\.snakemake/scripts/tmp[^/]*?\.(\w+)\.py$")
"""How Snakemake names the copy of a script that it runs: the rule's name stands in it, as ours bear it."""


def jobs_of(root: psutil.Process) -> Iterator[tuple[int, str, float, float]]:
    """Yield process, rule, seconds since its start and resident MB of each job that runs below a process."""
    for process in root.children(recursive=True):
        try:
            found = SCRIPT.search(process.cmdline()[-1])
            if found:
                age_s = time.time() - process.create_time()
                yield process.pid, found.group(1), age_s, process.memory_info().rss / 2**20
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess, IndexError):
            continue


def measure(command: list[str]) -> tuple[int, dict[str, tuple[float, float]]]:
    """Run a command; give its exit code and (seconds, MB) by rule, of the job that took most of each."""
    process = subprocess.Popen(command)
    most: dict[str, tuple[float, float]] = {}
    done = threading.Event()

    def watch() -> None:
        root = psutil.Process(process.pid)
        while not done.wait(INTERVAL_S):
            try:
                for _, rule, age_s, held_mb in jobs_of(root):
                    before = most.get(rule, (0.0, 0.0))
                    most[rule] = max(before[0], age_s), max(before[1], held_mb)
            except psutil.NoSuchProcess:
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())  # what was measured is written
    code = process.wait()
    done.set()
    watcher.join()
    return code, most


def main() -> int:
    """Read the command line."""
    target, dashes, *command = sys.argv[1:]
    assert dashes == "--", "measure_jobs.py rows.csv -- snakemake …"
    code, most = measure(command)
    with Path(target).open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["rule", "seconds", "mem_mb"])
        rows.writerows([rule, round(seconds, 1), round(held_mb)] for rule, (seconds, held_mb) in sorted(most.items()))
    return code


if __name__ == "__main__":
    sys.exit(main())
