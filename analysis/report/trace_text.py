"""Writes the way from a cell up to its sources as plain text, for ``make trace``."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

import pandas as pd

from analysis.policy.model import Scheme
from analysis.report.elements import rows_of
from analysis.report.lineage import DESCRIPTOR, KINDS, Lineage, Source, Trail, table_path, trail_of
from analysis.report.trace_number import MOST, Cell, cell_line
from analysis.sources.descriptor import Descriptor

TITLES = {
    "law": "Law and proposals",
    "meter": "Measured",
    "statistics": "Published statistics and prices",
    "assumption": "Assumptions",
    "generated": "Generated, not measured",
    DESCRIPTOR: "How files are read",
}


def trace_lines(
    cells: Sequence[Cell], lineage: Lineage, parameters: pd.DataFrame, told: Callable[[str], list[str]]
) -> list[str]:
    """Write the cells that a number can be, and the way of the first up to its sources.

    Parameters
    ----------
    cells
        At least one, likeliest first.
    lineage
        The graph of the run.
    parameters
        The Parameters table.
    told
        Path of a source, and the lines that it tells about itself.
    """
    first, *others = cells
    path = table_path(lineage, first.table)
    trail = trail_of(lineage, path)
    lines = [cell_line(first), f"  {'table':<20} {path}", *(f"  {key:<20} {text}" for key, text in first.row)]
    if others:
        more = "; more may follow: name a table or a unit" if len(cells) == MOST else ""
        lines += ["", f"It may also be ({len(others)}{more}):", *(f"  {cell_line(cell)}" for cell in others)]
    return [*lines, "", "Made by, nearest first:", *_steps(trail), *_sources(trail, told), *_read(trail, parameters)]


def _steps(trail: Trail) -> Iterator[str]:
    """One line a rule: how many steps away, its name, how many jobs, and its message or those of the first."""
    counts = Counter(job.rule for _, job in trail.jobs)
    seen: set[str] = set()
    for distance, job in trail.jobs:
        if job.rule not in seen:
            seen.add(job.rule)
            times = f" x {counts[job.rule]}" if counts[job.rule] > 1 else ""
            yield f"  {distance:>2}  {job.rule}{times}: {job.message}"


def _sources(trail: Trail, told: Callable[[str], list[str]]) -> Iterator[str]:
    for kind in (*KINDS, DESCRIPTOR):
        listed = [source for source in trail.sources if source.kind == kind]
        lines = [f"  {job.rule}: {job.message}" for job in trail.generated] if kind == "generated" else []
        for name, paths in gathered(listed).items():
            lines += [f"  {name}", *(f"      {line}" for path in paths for line in told(path))]
        if lines:
            yield from ("", f"{TITLES[kind]}:", *lines)


def gathered(sources: Sequence[Source]) -> dict[str, list[str]]:
    """Put files of one kind and folder of the user's data together; committed files stand alone.

    Examples
    --------
    ``INPUTS/prices/SE1.csv`` and ``INPUTS/prices/SE2.csv`` give ``INPUTS/prices/*.csv (2 files)``.
    """
    found: dict[str, list[str]] = {}
    for source in sources:
        path = PurePosixPath(source.path)
        is_user = source.path.startswith("INPUTS/")
        found.setdefault(f"{path.parent}/*{path.suffix}" if is_user else source.path, []).append(source.path)
    return {
        paths[0] if len(paths) == 1 else f"{name} ({len(paths)} files)": sorted(paths) for name, paths in found.items()
    }


def _read(trail: Trail, parameters: pd.DataFrame) -> Iterator[str]:
    """One line a parameter that the rules on the way can read, with the nearest of them."""
    nearest: dict[str, str] = {}
    for _, job in trail.jobs:
        for name in job.parameters:
            nearest.setdefault(name, job.rule)
    rows = [row for row in rows_of(parameters) if row.id in nearest]
    if not rows:
        return
    read = sum(bool(row.verified) for row in rows)
    yield from ("", f"Parameters that the modules of these rules name ({len(rows)}, {read} of them read in a source):")
    for row in sorted(rows, key=lambda row: list(nearest).index(row.id)):
        status = "verified" if row.verified else "assumption"
        words = str(row.source).removeprefix("assumption").lstrip("; ")
        source = f"; {words}" if words else ""
        span = f"{row.value:g} ({row.low:g} to {row.high:g}) {row.unit}"
        yield f"  {row.id} = {span}; {status}{source} [{nearest[row.id]}]"


def law_lines(scheme: Scheme) -> list[str]:
    """Each dated value of a scheme with its status and where it is written; members of a combination too."""
    own = [
        f"{name} = {dated.value} from {dated.start} ({dated.status}): "
        + ", ".join(filter(None, (dated.reference.title, dated.reference.paragraph, dated.reference.href)))
        for name, parameter in scheme.parameters.items()
        for dated in parameter.values
    ]
    members = [f"combines {member.scheme}: {member.label_en}" for member in scheme.combines]
    return [scheme.label_en, *own, *members]


def descriptor_lines(descriptor: Descriptor) -> list[str]:
    """Title, publisher, licence and address of a kind of file."""
    return [descriptor.title, f"{descriptor.publisher}; licence: {descriptor.licence}; {descriptor.url}"]
