"""Turns what Snakemake prints into one line a stage, and keeps everything else in logs/run.log.

Where a run fails, the faults of the pipeline's own kinds are shown alone; any other failure shows the end of the log.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import TextIO

STAGE = re.compile(r"^Job \d+: (?P<stage>.+)$")
DONE = re.compile(r"^(?P<done>\d+) of (?P<total>\d+) steps")
TOTAL = re.compile(r"^total\s+(?P<total>\d+)")
FAULT = re.compile(r"^\s*(ConfigError|DataError|PolicyError)\b")
TAIL_LINES = 40


def follow(command: list[str], folder: Path, lock: int) -> int:
    """Run Snakemake, print its stages as they start with the jobs done of all, and give its exit code."""
    log_path = folder / "logs" / "run.log"
    log_path.parent.mkdir(exist_ok=True)
    with log_path.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=folder, pass_fds=(lock,), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        lines = _print_stages(process.stdout, log)
        code = process.wait()
    if code:
        print("\n".join(_why(lines)), file=sys.stderr)
        print(f"The run stopped; nothing is half-written. Everything it printed is in {log_path}.", file=sys.stderr)
    return code


def _print_stages(stream: TextIO, log: TextIO) -> list[str]:
    lines, done, total = [], "0", "?"
    for line in stream:
        text = line.rstrip()
        lines.append(text)
        log.write(line)
        log.flush()
        if found := TOTAL.match(text):
            total = found["total"]
        elif found := DONE.match(text):
            done, total = found["done"], found["total"]
        elif found := STAGE.match(text):
            print(f"[{done:>2} of {total} done] {found['stage']}", flush=True)
    return lines


def _why(lines: list[str]) -> list[str]:
    """Lines of the named faults, each with those that belong to it; without any, the end of the log."""
    shown: list[str] = []
    for number, line in enumerate(lines):
        if FAULT.match(line) and line.strip() not in shown:
            block = [line.strip()]
            for following in lines[number + 1 :]:
                if not following.startswith(("  -", "    ")):
                    break
                block.append(following)
            shown.extend(block)
    return ["", *shown] if shown else lines[-TAIL_LINES:]
