"""Reads ``datapackage.json`` as the record of a run, and holds a folder of results against it.

What is checked of the standard (Data Package 2.0) is what a verification rests on: name, path, size and digest of each
resource, its primary key, and the part of our own, ``run``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analysis.errors import DataError, Fault

PACKAGE = "datapackage.json"
RUN = "run.yaml"
LINEAGE = "lineage.json"
AGAIN = "Take a whole copy of the folder, or remove run.yaml in it and make the report again."
TABULAR = ("parquet", "npz")
"""Formats of what a run computes; the others are about the run."""
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class _Read(BaseModel):
    """A part of the package: what stands in it beside these keys is for other readers."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Schema(_Read):
    """The key of a table; empty where it has none."""

    key: tuple[str, ...] = Field(default=(), alias="primaryKey")


class Resource(_Read):
    """One file of the results: path below their folder, size and digest."""

    path: str = Field(min_length=1)
    format: str
    size: int = Field(ge=0, alias="bytes")
    digest: Digest = Field(alias="hash")
    table: Schema = Field(default=Schema(), alias="schema")

    @field_validator("path")
    @classmethod
    def stays_below(cls, path: str) -> str:
        """A path leads nowhere but below the folder."""
        place = PurePosixPath(path)
        if place.is_absolute() or ".." in place.parts or "\\" in path or ":" in path:
            raise ValueError("a path below the folder")
        return path

    @property
    def is_result(self) -> bool:
        """Whether the run computed it."""
        return self.format in TABULAR


class InputFile(_Read):
    """A file that the run read: ``place`` says below which folder its path leads (repository or the user's files)."""

    path: str = Field(min_length=1)
    place: str = Field(pattern="^(repository|inputs)$")
    digest: Digest = Field(alias="hash")

    @property
    def name(self) -> str:
        """How the file is told to a reader; ``INPUTS/`` stands for the folder of the user's files."""
        return self.path if self.place == "repository" else f"INPUTS/{self.path}"


class Run(_Read):
    """What the results were made from."""

    scenario: str = Field(pattern="^[A-Za-z0-9_-]+$")
    seed: int
    settings: Mapping[str, Any]
    code: Mapping[str, Any]
    software: Mapping[str, Any]
    machine: Mapping[str, str]
    inputs: tuple[InputFile, ...]


class Package(_Read):
    """The whole record."""

    resources: tuple[Resource, ...] = Field(min_length=1)
    run: Run

    @model_validator(mode="after")
    def names_each_once(self) -> "Package":
        """No file is listed twice; the plain record is among them."""
        paths = [each.path for each in self.resources]
        if twice := sorted({path for path in paths if paths.count(path) > 1}):
            raise ValueError(f"listed twice: {', '.join(twice)}")
        if RUN not in paths:
            raise ValueError(f"{RUN} is not listed")
        return self

    @property
    def results(self) -> tuple[Resource, ...]:
        """What the run computed, in order of path."""
        return tuple(sorted((each for each in self.resources if each.is_result), key=lambda each: each.path))


@dataclass(frozen=True)
class Found:
    """A file that is there: size in bytes and SHA-256."""

    size: int
    sha256: str


def read_package(text: str, place: str) -> Package:
    """Check the text of ``datapackage.json``.

    Raises
    ------
    DataError
        With every fault at once: not JSON, a key that is missing or of the wrong kind, a path that leads outside.
    """
    try:
        return Package.model_validate_json(text)
    except ValidationError as error:
        raise DataError(
            Fault(f"{place}: {'.'.join(str(part) for part in item['loc']) or '(whole file)'}",
                  "nothing" if item["type"] == "missing" else repr(item.get("input"))[:80],
                  item["msg"].removeprefix("Value error, "), AGAIN)
            for item in error.errors()
        ) from None  # fmt: skip


def file_faults(package: Package, found: Mapping[str, Found]) -> list[Fault]:
    """Hold the files of a folder against the record; every fault at once.

    Parameters
    ----------
    found
        Path below the folder → what is there; without ``datapackage.json``.
    """
    listed = {each.path: each for each in package.resources}
    faults = [Fault(path, "no such file", "a file of the record", AGAIN) for path in sorted(set(listed) - set(found))]
    faults += [
        Fault(
            path, "a file that the record does not list", "the files of the record and no other", f"Remove it. {AGAIN}"
        )
        for path in sorted(set(found) - set(listed))
    ]
    for path in sorted(set(listed) & set(found)):
        recorded, there = listed[path], found[path]
        if f"sha256:{there.sha256}" != recorded.digest:
            told = f"sha256 {recorded.digest.removeprefix('sha256:')[:12]}, {recorded.size} bytes"
            faults.append(Fault(path, f"sha256 {there.sha256[:12]}, {there.size} bytes", told, AGAIN))
        elif there.size != recorded.size:
            faults.append(
                Fault(f"{PACKAGE}: {path}", f"{recorded.size} bytes", f"{there.size} bytes, the file's", AGAIN)
            )
    return faults


def record_faults(package: Package, record: Mapping[str, Any]) -> list[Fault]:
    """Hold the package against ``run.yaml``, which says the same in other words; every fault at once."""
    told = {f"results.{each.path}": each.digest for each in package.resources if each.format == "parquet"}
    told |= {f"{each.place}.{each.path}": each.digest for each in package.run.inputs}
    plain = dict(_digests(record))
    faults = [
        Fault(f"{PACKAGE}: {name}", _short(told.get(name)), f"{_short(plain.get(name))}, as {RUN} has it", AGAIN)
        for name in sorted(set(told) | set(plain)) if told.get(name) != plain.get(name)
    ]  # fmt: skip
    said, also = package.run.model_dump(exclude={"inputs"}), run_facts(record)
    faults += [
        Fault(f"{PACKAGE}: run.{name}", "another value", f"the value of {RUN}", AGAIN)
        for name in sorted(also) if said[name] != also[name]
    ]  # fmt: skip
    return faults


def run_facts(record: Mapping[str, Any]) -> dict[str, Any]:
    """Give what ``run.yaml`` says of a run, apart from its files, in the package's words.

    Raises
    ------
    DataError
        Naming every key that the record lacks: it is of an older version.
    """
    needed = ("scenario", "seed", "settings", "code_digest", "code_revision", "python", "libraries", "lock_sha256",
              "machine", "inputs", "committed_inputs", "results")  # fmt: skip
    if missing := [name for name in needed if name not in record]:
        remedy = "Make the report again; the record is of an older version."
        raise DataError([Fault(f"{RUN} [{name}]", "nothing", "a value", remedy) for name in missing])
    libraries = record["libraries"]
    return {
        "scenario": record["scenario"],
        "seed": record["seed"],
        "settings": record["settings"],
        "code": {"digest": record["code_digest"], **record["code_revision"]},
        "software": {
            "python": record["python"],
            "snakemake": libraries.get("snakemake", ""),
            "lock": {"path": "requirements.lock", "hash": f"sha256:{record['lock_sha256']}"},
            "packages": [f"{name}=={version}" for name, version in sorted(libraries.items())],
        },
        "machine": record["machine"],
    }


def unrecorded(jobs: Iterable[Mapping[str, Any]], scenario: str, recorded: Collection[str]) -> list[Fault]:
    """Name every file that a job behind the results reads, that no job makes and that the record does not list.

    Parameters
    ----------
    jobs
        The graph of the run, as ``lineage.json`` holds it.
    recorded
        Names of input files; those of the user begin with ``INPUTS/``.
    """
    listed = [(job, _paths(job["inputs"]), _paths(job["outputs"])) for job in jobs]
    made = {path for _, _, outputs in listed for path in outputs}
    return [
        Fault(path, f"read by {job['rule']} and not recorded", "every file that a result rests on",
              "Name it in committed_inputs or raw_files (workflow/rules/common.smk).")
        for job, read, outputs in listed if any(_is_behind(path, scenario) for path in outputs)
        for path in sorted(read - made - set(recorded))
    ]  # fmt: skip


def _is_behind(path: str, scenario: str) -> bool:
    """Whether a file is a result or lies before one: no page, no record, and nothing of the calibration."""
    is_result = path.startswith(f"data/results/{scenario}/") and path.rpartition(".")[2] in TABULAR
    return is_result or (path.startswith("data/interim/") and not path.startswith("data/interim/calibration/"))


def _paths(named: Mapping[str, Iterable[str]]) -> set[str]:
    return {path for paths in named.values() for path in paths}


def _digests(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for section, name in (("results", "results"), ("committed_inputs", "repository"), ("inputs", "inputs")):
        for path, digest in record[section].items():
            yield f"{name}.{path}", f"sha256:{digest}"


def _short(digest: str | None) -> str:
    return "nothing" if digest is None else digest[:19]
