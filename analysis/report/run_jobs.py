"""Turns the graph of a run and Snakemake's records into its rules: what each made, of what, and how long it took."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeAlias

import pandas as pd

from analysis.report.rule_graph import paths_of

Job: TypeAlias = Mapping[str, Any]
ANY_VALUE = "…"


@dataclass(frozen=True)
class RuleRow:
    """One rule of a run: its jobs, what their records say, and the names of the files it reads and writes.

    ``recorded_count`` is the number of jobs with a record; the times are theirs, and None where there is none.
    """

    rule: str
    stage: str
    message: str
    job_count: int
    recorded_count: int
    total_s: float | None
    longest_s: float | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def jobs_behind(jobs: Iterable[Job], folders: Iterable[str]) -> list[Job]:
    """Pick the jobs that files in these folders rest on, up to files that no job makes.

    Parameters
    ----------
    jobs
        ``rule``, ``inputs`` and ``outputs`` (name and paths) of each job.
    folders
        Folders, each with a slash behind: ``data/results/default/``.

    Examples
    --------
    a makes interim/x, b makes results/y of it, c makes other/z of it; behind results/ are a and b.
    """
    jobs = list(jobs)
    starts = tuple(folders)
    maker = {path: place for place, job in enumerate(jobs) for path in paths_of(job["outputs"])}
    waiting = [path for path in maker if path.startswith(starts)]
    chosen: set[int] = set()
    while waiting:
        place = maker.get(waiting.pop())
        if place is not None and place not in chosen:
            chosen.add(place)
            waiting.extend(paths_of(jobs[place]["inputs"]))
    return [jobs[place] for place in sorted(chosen)]


def job_times(jobs: Iterable[Job], records: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Give the time of each job that has a record.

    Parameters
    ----------
    jobs
        ``rule`` and ``outputs`` of each job.
    records
        Snakemake's record of each file it made: ``rule``, ``starttime`` and ``endtime``, seconds since 1970. One of
        another rule is of an older run, and left out.

    Returns
    -------
    pd.DataFrame
        ``JobTimes``, sorted by start and file.
    """
    rows = []
    for job in jobs:
        paths = paths_of(job["outputs"])
        own = [records[path] for path in paths if path in records and records[path]["rule"] == job["rule"]]
        if own:
            begun, ended = float(own[0]["starttime"]), float(own[0]["endtime"])
            rows.append((str(job["rule"]), paths[0], begun, ended, max(0.0, ended - begun)))
    table = pd.DataFrame(rows, columns=["rule", "output", "begun_utc", "ended_utc", "run_s"])
    instants = {
        name: pd.to_datetime(table[name].astype("float64"), unit="s", utc=True).astype("datetime64[us, UTC]")
        for name in ("begun_utc", "ended_utc")
    }
    table = table.assign(**instants).astype({"rule": "str", "output": "str", "run_s": "float64"})
    return table.sort_values(["begun_utc", "output"], ignore_index=True)


def rule_rows(jobs: Iterable[Job], times: pd.DataFrame, stages: Mapping[str, str]) -> list[RuleRow]:
    """Gather the jobs of each rule, by stage in the order of ``stages`` and by name.

    Parameters
    ----------
    jobs
        ``rule``, ``message``, ``wildcards``, ``inputs`` and ``outputs`` of each job.
    times
        ``JobTimes``.
    stages
        Stage of each rule.
    """
    by_rule: dict[str, list[Job]] = {}
    for job in jobs:
        by_rule.setdefault(str(job["rule"]), []).append(job)
    order = list(dict.fromkeys(stages.values()))
    rows = [_rule_row(rule, own, times[times["rule"] == rule], stages[rule]) for rule, own in by_rule.items()]
    return sorted(rows, key=lambda row: (order.index(row.stage), row.rule))


def _rule_row(rule: str, jobs: Sequence[Job], times: pd.DataFrame, stage: str) -> RuleRow:
    has_record = len(times) > 0
    return RuleRow(
        rule, stage, _message(jobs), len(jobs), len(times),
        float(times["run_s"].sum()) if has_record else None, float(times["run_s"].max()) if has_record else None,
        _file_names(jobs, "inputs"), _file_names(jobs, "outputs"),
    )  # fmt: skip


def _message(jobs: Sequence[Job]) -> str:
    """Give the message of a rule: without the run's name in brackets; what differs between its jobs is left open."""
    text = str(jobs[0]["message"])
    for value in jobs[0]["wildcards"].values():
        text = text.removesuffix(f" ({value})")
    differing = [
        str(value)
        for name, value in jobs[0]["wildcards"].items()
        if any(job["wildcards"].get(name) != value for job in jobs)
    ]
    for value in sorted(differing, key=len, reverse=True):
        text = text.replace(value, ANY_VALUE)
    return text


def _file_names(jobs: Sequence[Job], side: str) -> tuple[str, ...]:
    """Name the files of a rule without their folders, each once; a wildcard stands in braces."""
    names = set()
    for job in jobs:
        values = sorted(job["wildcards"].items(), key=lambda pair: -len(str(pair[1])))
        for path in paths_of(job[side]):
            name = PurePosixPath(path).name
            for wildcard, value in values:
                name = name.replace(str(value), f"{{{wildcard}}}")
            names.add(name)
    return tuple(sorted(names))


def times_csv(times: pd.DataFrame) -> str:
    """Write ``JobTimes`` as a table to take away."""
    told = times.assign(
        begun_utc=times["begun_utc"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        ended_utc=times["ended_utc"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return str(told.to_csv(index=False, float_format="%.3f", lineterminator="\n"))
