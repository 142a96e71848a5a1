"""Turns what a run read into tables: each file with digest, size, licence and citation, and each law with its day."""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

from analysis.errors import DataError, Fault
from analysis.policy.model import STATUSES, PolicyParameter, Scheme
from analysis.report.elements import Column, TableView
from analysis.report.origin import origin_rows
from analysis.report.text import UNKNOWN, Voice
from analysis.settings.model import Inputs
from analysis.sources.descriptor import Descriptor

LICENCES_HEADING = "## Licences of what is in the repository"
"""Heading of the table of ``data/README.md`` that says the licence of every committed table."""
LAW_FOLDER = "data/policy/"
DESCRIPTOR_FOLDER = "data/sources/"


@dataclass(frozen=True)
class RawFile:
    """One file of the user: its path under the inputs root, which input it is, who reads it, and its size."""

    path: str
    kind: str
    descriptor: str
    size_bytes: int


@dataclass(frozen=True)
class Licence:
    """Origin and licence of the committed files that match one of the patterns; the folder may be left out."""

    patterns: tuple[str, ...]
    origin: str
    licence: str


def licence_rows(guide: str) -> list[Licence]:
    """Read the licences of the committed tables from the text of ``data/README.md``.

    Raises
    ------
    DataError
        If the table is not there.
    """
    _, heading, behind = guide.partition(LICENCES_HEADING)
    lines = [line for line in behind.partition("\n## ")[0].splitlines() if line.startswith("|")][2:]
    if not heading or not lines:
        found = Fault("data/README.md", "no table of licences", LICENCES_HEADING, "Put the table back.")
        raise DataError(found)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [
        Licence(tuple(re.findall(r"`([^`]+\.csv)`", name)), origin, licence.replace("`", ""))
        for name, origin, licence in cells
    ]


def licence_of(path: str, rows: Sequence[Licence]) -> Licence:
    """Give the first row that names a committed table.

    Examples
    --------
    ``data/reference/households.csv`` fits ``households.csv``, and ``reference/*.csv`` where no row before it fits.

    Raises
    ------
    DataError
        If no row does.
    """
    for row in rows:
        if any(fnmatch(path, f"data/{pattern}") or PurePosixPath(path).name == pattern for pattern in row.patterns):
            return row
    remedy = "Add it to the table of licences."
    raise DataError(Fault("data/README.md", f"no licence of {path}", "a row that names it", remedy))


def raw_table(
    files: Sequence[RawFile], descriptors: Mapping[str, Descriptor], run: Mapping[str, Any], voice: Voice
) -> TableView:
    """Show the user's files that the run read.

    Raises
    ------
    DataError
        If the record of the run lacks one of them.
    """
    digests = _digests([file.path for file in files], run["inputs"])
    rows = [
        (
            voice.say(f"input_kind.{file.kind}"), file.path, size_text(file.size_bytes, voice), digests[file.path],
            file.descriptor, descriptors[file.descriptor].licence,
            f"{descriptors[file.descriptor].citation}; {descriptors[file.descriptor].url}",
        )
        for file in files
    ]  # fmt: skip
    columns = [
        Column(voice.say("column.input")), *_file_columns(voice), Column(voice.say("column.descriptor"), "code"),
        Column(voice.say("column.licence"), "original"), Column(voice.say("column.citation"), "original"),
    ]  # fmt: skip
    return TableView(voice.say("inputs.raw_caption"), columns, rows, is_grouped=True)


def _digests(paths: Iterable[str], recorded: Mapping[str, str]) -> dict[str, str]:
    """Pick the digests of files; a file that the record lacks is a fault."""
    paths = list(paths)
    if missing := sorted(path for path in paths if path not in recorded):
        raise DataError([Fault(path, "no digest", "one in run.yaml", "Make run.yaml again.") for path in missing])
    return {path: recorded[path] for path in paths}


def generated_table(inputs: Inputs, voice: Voice) -> TableView:
    """Show of each input whether it is generated, published, read from files or not used, and what it rests on."""
    rows = [(row.name, row.status, row.basis) for row in origin_rows(inputs, voice)]
    names = ("input", "status", "basis")
    return TableView(
        voice.say("inputs.generated_caption"), [Column(voice.say(f"column.{name}")) for name in names], rows
    )


def committed_table(
    run: Mapping[str, Any], sizes: Mapping[str, int], licences: Sequence[Licence], voice: Voice
) -> TableView:
    """Show the tables of the repository that the run can read; laws and descriptors stand in tables of their own."""
    digests = run["committed_inputs"]
    rows = []
    for path in sorted(digests):
        if not path.startswith((LAW_FOLDER, DESCRIPTOR_FOLDER)):
            row = licence_of(path, licences)
            rows.append((path, size_text(sizes[path], voice), digests[path], row.origin, row.licence))
    columns = [
        *_file_columns(voice),
        Column(voice.say("column.origin"), "original"), Column(voice.say("column.licence"), "original"),
    ]  # fmt: skip
    return TableView(voice.say("inputs.committed_caption"), columns, rows)


def law_files_table(
    schemes: Iterable[Scheme], day: datetime.date, run: Mapping[str, Any], sizes: Mapping[str, int], voice: Voice
) -> TableView:
    """Show the law and the proposals: the file, its digest, the latest day that counts, and what its values are.

    Raises
    ------
    DataError
        If the record of the run lacks one of them.
    """
    files = {f"{LAW_FOLDER}se/{scheme.scheme}.yaml": scheme for scheme in schemes}
    digests = _digests(files, run["committed_inputs"])
    rows = []
    for path, scheme in files.items():
        latest, told = _values(scheme, day, voice)
        rows.append(
            (voice.name("scheme", scheme.scheme), path, size_text(sizes[path], voice), digests[path], latest, told)
        )
    columns = [
        Column(voice.say("column.scheme")), *_file_columns(voice),
        Column(voice.say("column.latest_day")), Column(voice.say("column.status")),
    ]  # fmt: skip
    return TableView(voice.say("inputs.law_caption"), columns, rows, voice.say("inputs.law_note"))


def _values(scheme: Scheme, day: datetime.date, voice: Voice) -> tuple[str, str]:
    """Give the latest start, not after the day, of the values of a scheme, and count them by status."""
    begun = [value for each in _parameters(scheme) for value in each.values if value.start <= day]
    if not begun:
        return UNKNOWN, voice.say("law.no_values")
    counts = {status: sum(value.status == status for value in begun) for status in STATUSES}
    told = ", ".join(f"{voice.say(f'law.{status}')} {count}" for status, count in counts.items() if count)
    return voice.date(max(value.start for value in begun).isoformat()), told


def _parameters(scheme: Scheme) -> list[PolicyParameter]:
    return [*scheme.parameters.values(), *(each for part in scheme.combines for each in _parameters(part))]


def _file_columns(voice: Voice) -> list[Column]:
    return [
        Column(voice.say("column.file"), "code"), Column(voice.say("column.size"), "number"),
        Column(voice.say("column.digest"), "code"),
    ]  # fmt: skip


def size_text(size_bytes: int, voice: Voice) -> str:
    """Write a size in bytes, exactly."""
    return voice.exact(float(size_bytes))
