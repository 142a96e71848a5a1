"""What is looked at before a run: who else works in the folder, whether times of files can be trusted, what is damaged.

Snakemake tells by times what is to be made anew. A file that is put in place with an old time, or a clock that was
ahead and was set back, would keep old tables in use: what the last run recorded shows it.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from analysis.errors import DataError, Fault
from analysis.provenance import file_digest

MADE = ("data/interim", "data/results", "reports/build")
READ = (
    "data/assumptions", "data/evidence", "data/policy", "data/raw", "data/reference", "data/sources",
    "reports/text", "reports/templates", "reports/theme", "reports/vendor", "workflow/scripts",
)  # fmt: skip
LONG_AGO = 946_684_800.0
"""2000-01-01: older than any input and script, so that Snakemake makes the file anew."""
SLACK_S = 2.0
"""Clocks of file systems are coarser than the machine's own."""


def at_work(root: Path) -> int | None:
    """Process id of a Snakemake, or of a job that a killed one left, which works in this folder; None without one.

    Linux tells by ``/proc``; where there is none, Snakemake's own lock is taken to be left over.
    """
    for entry in sorted(Path("/proc").glob("[0-9]*")):
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            here = (entry / "cwd").resolve() == root.resolve()
        except OSError:  # it ended, or belongs to someone else
            continue
        snakemake = any(Path(word).name == "snakemake" or "/snakemake/__main__.py" in word for word in words[:3])
        job = any(word.startswith(f"{root.resolve()}/.snakemake/scripts/") for word in words)
        if here and (snakemake or job or words[1:3] == ["-m", "snakemake"]) and int(entry.name) != os.getpid():
            return int(entry.name)
    return None


def mend_times(root: Path, scenario: str, inputs: str) -> list[str]:
    """Give files times that tell the truth, and say which.

    Parameters
    ----------
    root
        Folder of the project.
    scenario
        The run whose record tells what was read and written last.
    inputs
        Folder of the input files.

    Raises
    ------
    DataError
        If a result is not the recorded one although its time says so: a damaged file. If the record cannot be read.
    """
    now, record_path = time.time(), root / "data" / "results" / scenario / "run.yaml"
    told = _changed_unseen(root, Path(inputs), record_path, now) if record_path.exists() else []
    read = [path for path in _files(root, READ) if path.stat().st_mtime > now + SLACK_S]
    made = [path for path in _files(root, MADE) if path.stat().st_mtime > now + SLACK_S]
    for path in read:
        os.utime(path, (now, now))
        told.append(f"{path.relative_to(root)} carried a time to come; it counts as written now.")
    for path in made:
        os.utime(path, (LONG_AGO, LONG_AGO))
    if made:
        told.append(f"{len(made)} made files carried a time to come; they are made anew.")
    return told


def _files(root: Path, folders: tuple[str, ...]) -> Iterator[Path]:
    return (path for folder in folders for path in sorted((root / folder).rglob("*")) if path.is_file())


def _changed_unseen(root: Path, inputs: Path, record_path: Path, now: float) -> list[str]:
    """Touch what was read and has other content under an old time; a result of the kind is a fault."""
    recorded = record_path.stat().st_mtime
    record = _record(record_path)
    read = {root / path: digest for path, digest in record["committed_inputs"].items()}
    read |= {root / inputs / path: digest for path, digest in record["inputs"].items()}
    made = {record_path.parent / path: digest for path, digest in record["results"].items()}

    def is_old(path: Path) -> bool:
        return path.is_file() and path.stat().st_mtime <= recorded

    damaged = [path for path, digest in made.items() if is_old(path) and file_digest(path) != digest]
    if damaged:
        raise DataError(
            Fault(str(path), "bytes that the run did not write", f"the file that {record_path.name} records",
                  "Delete it and run again.")
            for path in damaged
        )  # fmt: skip
    # inputs can be big: only those that were put in place since are read
    put = {path: digest for path, digest in read.items() if is_old(path) and path.stat().st_ctime > recorded}
    changed = [path for path, digest in put.items() if file_digest(path) != digest]
    for path in changed:
        os.utime(path, (now, now))
    return [f"{path} changed and carries an old time; it counts as written now." for path in changed]


def _record(path: Path) -> dict[str, Any]:
    """Digests of the last run; a record that is none is a fault, since nothing could be compared with it."""
    try:
        record = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (ValueError, yaml.YAMLError) as error:
        record = f"{type(error).__name__}: {error}".splitlines()[0]
    if not isinstance(record, dict) or not {"committed_inputs", "inputs", "results"} <= record.keys():
        found = record if isinstance(record, str) else "no digests"
        raise DataError(Fault(str(path), found[:80], "the record of a run", "Delete it and run again."))
    return record
