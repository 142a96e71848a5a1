"""The graph of a run as data: which job makes which file from which files, asked of Snakemake's own rules."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

INPUTS = "INPUTS"
"""Stands for the folder of the user's files, so that the graph is the same wherever that folder lies."""
DATA = ("data/", "reports/build/", f"{INPUTS}/")
"""What counts as a file of the graph; code, templates and texts do not."""


def job_graph(workflow: Any, targets: Iterable[str], inputs_root: str) -> list[dict[str, Any]]:
    """List the jobs that the targets rest on, up to files that no rule makes.

    Parameters
    ----------
    workflow
        Snakemake's workflow, all rules read.
    targets
        Paths of files to start from.
    inputs_root
        Folder of the user's files, as the run was given it.

    Returns
    -------
    list[dict[str, Any]]
        Grain: job, sorted by rule and wildcards. ``rule``, ``script``, ``message``, ``wildcards``, ``inputs`` and
        ``outputs`` (name and paths; unnamed inputs under ``""``).
    """
    rules = list(workflow.rules)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    seen: set[str] = set()
    waiting = list(targets)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        makers = [rule for rule in rules if rule.is_producer(path)]
        if not makers:
            continue
        wildcards = makers[0].get_wildcards(path)
        key = (makers[0].name, repr(sorted(wildcards.items())))
        if key not in found:
            given, *_ = makers[0].expand_input(_named(wildcards))
            found[key] = _job(makers[0], wildcards, given, inputs_root)
            waiting.extend(str(each) for each in given)
    return [found[key] for key in sorted(found)]


def _named(wildcards: dict[str, str]) -> Any:
    """Wildcards as a rule's input functions read them."""
    from snakemake.iocontainers import Wildcards

    return Wildcards(fromdict=wildcards)


def _job(rule: Any, wildcards: dict[str, str], given: Any, inputs_root: str) -> dict[str, Any]:
    made, _ = rule.expand_output(_named(wildcards))
    return {
        "rule": rule.name,
        "script": PurePosixPath(str(rule.script)).name if rule.script else "",
        "message": rule.message.format(wildcards=_named(wildcards)) if rule.message else "",
        "wildcards": dict(sorted(wildcards.items())),
        "inputs": _files(given, inputs_root),
        "outputs": _files(made, inputs_root),
    }


def _files(listed: Any, inputs_root: str) -> dict[str, list[str]]:
    """Give the data files of a job by the name they have in its rule."""
    named = {str(name): [str(paths)] if isinstance(paths, str) else [str(each) for each in paths]
             for name, paths in listed.items()}  # fmt: skip
    others = sorted({str(path) for path in listed} - {path for paths in named.values() for path in paths})
    told = {name: _kept(paths, inputs_root) for name, paths in ({"": others} | named).items()}
    return {name: paths for name, paths in told.items() if paths}


def _kept(paths: Iterable[str], inputs_root: str) -> list[str]:
    root = f"{inputs_root.rstrip('/')}/"
    told = [f"{INPUTS}/{path.removeprefix(root)}" if path.startswith(root) else path for path in paths]
    return [path for path in told if path.startswith(DATA)]
