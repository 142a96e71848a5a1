"""Writes what each rule asks a cluster for into the profiles, from the measured figures of ``resources.csv``.

A request is half as much again as was measured, more at each attempt; a rule without a figure gets the default.
"""

import csv
import math
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROFILES = ("slurm", "kubernetes")
MARK = "# Written by write_resources.py from resources.csv: measure anew, do not edit.\n"
SPARE = 1.5
"""Requested over measured memory."""
SLACK = 4
"""Requested over measured time: nodes are slower and shared, files lie further away."""
LEAST_MB, LEAST_MIN = 500, 10


def requests() -> dict[str, tuple[int | None, int | None]]:
    """Memory in MB and minutes of the first attempt by rule; none where nothing was measured."""
    with (HERE / "resources.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["rule"]: (_memory_mb(row["mem_mb"]), _minutes(row["seconds"])) for row in rows}


def _memory_mb(measured: str) -> int | None:
    return max(LEAST_MB, math.ceil(SPARE * float(measured) / 100) * 100) if measured else None


def _minutes(measured: str) -> int | None:
    return max(LEAST_MIN, math.ceil(SLACK * float(measured) / 60)) if measured else None


def block() -> str:
    """Give the part of a profile that is written: memory and time grow with the attempt."""
    lines = ["set-resources:"]
    for rule, (memory_mb, minutes) in sorted(requests().items()):
        asked = [f"    mem_mb: attempt * {memory_mb}"] if memory_mb else []
        asked += [f"    runtime: attempt * {minutes}"] if minutes else []
        lines += [f"  {rule}:", *asked] if asked else []
    return "\n".join(lines) + "\n"


def profile_text(name: str) -> str:
    """Text of a profile as it should be: what is written by hand, then the requests."""
    by_hand = (HERE / name / "config.yaml").read_text(encoding="utf-8").partition(MARK)[0]
    return by_hand + MARK + block()


if __name__ == "__main__":
    for profile in PROFILES:
        (HERE / profile / "config.yaml").write_text(profile_text(profile), encoding="utf-8")
