"""Where a table comes from: the graph of a run, and the way from one of its files up to its sources.

``lineage.json`` is written beside ``run.yaml``; here it is checked and walked. Nothing is opened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.errors import DataError, Fault

INPUTS = "INPUTS/"
PARAMETERS = "data/assumptions/parameters.csv"
CALIBRATED = "data/results/calibration/"
COMMITTED = ("data/reference/", "data/evidence/")
KINDS = ("law", "meter", "statistics", "assumption", "generated")
"""What a source is: law or proposal, measured, published statistics, assumption, generated from those."""
DESCRIPTOR = "descriptor"
"""No source, but how one is read: licence and citation stand there."""
LAW = (
    "data/policy/", "data/reference/regulation", "data/assumptions/regulation_levers",
    "data/reference/subsidy_proposals", "data/reference/northern_tax",
)  # fmt: skip
MEASURED = ("data/reference/climate_normals",)
READERS_OF_STATISTICS = ("build_municipalities", "read_grid_tariffs")
GENERATORS = ("generate_travel", "build_climate")
"""Jobs that make up diaries, weather and load from statistics and a seed, whatever the run reads beside."""
PRICES = "build_prices"
REPORT = "render_report"
TABULAR = (".parquet", ".csv")
REMEDY = "Make the report again: make report SCENARIO=…"


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Job(_Closed):
    """One job: what it reads and makes, by the names its rule gives the files; unnamed inputs stand under ``""``.

    ``parameters`` are the ids of the assumptions that its modules name, where it reads them.
    """

    rule: str = Field(min_length=1)
    script: str
    message: str
    wildcards: Mapping[str, str]
    inputs: Mapping[str, tuple[str, ...]]
    outputs: Mapping[str, tuple[str, ...]]
    parameters: tuple[str, ...]

    @property
    def reads(self) -> list[str]:
        """Every file that it reads, in order and once."""
        return list(dict.fromkeys(path for paths in self.inputs.values() for path in paths))

    @property
    def makes(self) -> list[str]:
        """Every file that it makes."""
        return [path for paths in self.outputs.values() for path in paths]


class Lineage(_Closed):
    """The graph of one scenario's run; grain of ``jobs``: job, sorted by rule and wildcards."""

    scenario: str = Field(min_length=1)
    jobs: tuple[Job, ...] = Field(min_length=1)

    @cached_property
    def makers(self) -> dict[str, Job]:
        """File and the job that makes it. A committed table counts as made by the job that recomputes it."""
        made = {path: job for job in self.jobs for path in job.makes}
        names = {PurePosixPath(path).name: job for path, job in made.items() if path.startswith(CALIBRATED)}
        read = {path for job in self.jobs for path in job.reads if path.startswith(COMMITTED)}
        recomputed = {path: names[name] for path in read if (name := PurePosixPath(path).name) in names}
        return recomputed | made


@dataclass(frozen=True)
class Source:
    """A file that no job makes, its kind, and how many steps away it stands at the nearest."""

    path: str
    kind: str
    distance: int


@dataclass(frozen=True)
class Trail:
    """What a file rests on. ``jobs`` nearest first, each with its distance; ``sources`` by distance, then by path."""

    path: str
    jobs: tuple[tuple[int, Job], ...]
    sources: tuple[Source, ...]

    @property
    def generated(self) -> list[Job]:
        """Jobs on the way that generate what no file holds."""
        return [job for _, job in self.jobs if is_generator(job)]


def read_lineage(text: str, place: str) -> Lineage:
    """Check the text of ``lineage.json``.

    Raises
    ------
    DataError
        With every fault at once: not JSON, a key that is missing, unknown or of the wrong kind, a file that two jobs
        make, a job that rests on itself.
    """
    try:
        found = Lineage.model_validate_json(text)
    except ValidationError as error:
        raise DataError(
            Fault(f"{place}: {'.'.join(str(part) for part in item['loc']) or '(whole file)'}",
                  repr(item.get("input"))[:80], item["msg"], REMEDY)
            for item in error.errors()
        ) from None  # fmt: skip
    if faults := [*_made_twice(found, place), *_circles(found, place)]:
        raise DataError(faults)
    return found


def _made_twice(lineage: Lineage, place: str) -> list[Fault]:
    seen: dict[str, str] = {}
    faults = []
    for job in lineage.jobs:
        for path in job.makes:
            if path in seen:
                faults.append(Fault(f"{place}: {path}", f"made by {seen[path]} and {job.rule}", "one maker", REMEDY))
            seen[path] = job.rule
    return faults


def _circles(lineage: Lineage, place: str) -> list[Fault]:
    """Take away jobs whose inputs are all there; what is left rests on itself."""
    waiting = dict(enumerate(lineage.jobs))
    missing = {path for job in lineage.jobs for path in job.makes}
    while ready := [key for key, job in waiting.items() if not missing & set(job.reads)]:
        for key in ready:
            missing -= set(waiting.pop(key).makes)
    return [
        Fault(f"{place}: {job.rule}", "a job that rests on itself", "a graph without circles", REMEDY)
        for job in waiting.values()
    ]


def trail_of(lineage: Lineage, path: str) -> Trail:
    """Walk from a file of the run up to what no job makes.

    Parameters
    ----------
    lineage
        The checked graph.
    path
        A file as the graph names it.

    Returns
    -------
    Trail
        Nearest steps first. A committed table that is recomputed from a user's files is followed to those.

    Raises
    ------
    DataError
        If no job makes or reads the file.
    """
    jobs: dict[int, tuple[int, Job]] = {}
    sources: dict[str, Source] = {}
    seen = {path}
    level, distance = [(path, "")], 0
    if path not in lineage.makers and not any(path in job.reads for job in lineage.jobs):
        raise DataError(Fault(f"lineage of {lineage.scenario}", path, "a file that the run makes or reads", REMEDY))
    while level:
        following: list[tuple[str, str]] = []
        for each, reader in level:
            job = lineage.makers.get(each)
            if job is None:
                sources[each] = Source(each, kind_of(each, reader), distance)
                continue
            if id(job) in jobs:
                continue
            jobs[id(job)] = (distance, job)
            following += [(read, job.rule) for read in job.reads if read not in seen]
            seen.update(job.reads)
        level, distance = following, distance + 1
    ordered = sorted(sources.values(), key=lambda source: (source.distance, source.path))
    return Trail(path, tuple(jobs.values()), tuple(ordered))


def kind_of(path: str, reader: str) -> str:
    """Say what a file that no job makes is; a user's file is known by the rule that reads it."""
    if path.startswith(LAW):
        return "law"
    if path.startswith("data/sources/"):
        return DESCRIPTOR
    if path.startswith(INPUTS):
        return "statistics" if reader in READERS_OF_STATISTICS else "meter"
    if path.startswith(MEASURED):
        return "meter"
    return "assumption" if path.startswith("data/assumptions/") else "statistics"


def is_generator(job: Job) -> bool:
    """Say whether a job generates what it makes: travel, weather and load always, prices where it reads no file."""
    return job.rule in GENERATORS or (job.rule == PRICES and not any(path.startswith(INPUTS) for path in job.reads))


def table_path(lineage: Lineage, name: str) -> str:
    """Find the file of a table by its name in the report job, by path, or by the file's own name.

    Raises
    ------
    DataError
        If the run has no such table; the nearest names are told.
    """
    known = table_names(lineage)
    if name in known:
        return known[name]
    if name in known.values():
        return name
    raise DataError(Fault("table", repr(name), f"one of {', '.join(nearest(name, known))}", "Check the spelling."))


def table_names(lineage: Lineage) -> dict[str, str]:
    """Names of tables and their files: those the report reads by its own names, all others by the file's name."""
    known = {PurePosixPath(path).stem: path for job in lineage.jobs for path in job.makes if path.endswith(TABULAR)}
    report = next((job for job in lineage.jobs if job.rule == REPORT), None)
    read = {name: paths[0] for name, paths in (report.inputs if report else {}).items() if paths[0].endswith(TABULAR)}
    return known | read


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Give the known names that are spelt most like one that is not known; all of them where none is like it."""
    names = sorted(set(known))
    return get_close_matches(name, names, n=5, cutoff=0.5) or names
