"""Gives each page what its dialog tells of a number: tables, rules in words, sources by kind. Nothing is opened."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.report.lineage import KINDS, PARAMETERS, REMEDY, REPORT, Lineage, Trail, trail_of
from analysis.report.page import embed
from analysis.report.text import Voice
from analysis.report.trace_text import gathered

HOLDER = '<script type="application/json" id="trace-data">'
"""Where the layout keeps room for it."""
WORDS = (
    "button", "title", "close", "value", "row", "column", "shown", "file", "table", "made_by", "way", "steps",
    "command",
)  # fmt: skip
_ORIGIN = re.compile(r' data-origin="([^"]*)"')


def with_trace(page: str, lineage: Lineage, parameters: pd.DataFrame, voice: Voice) -> str:
    """Fill a page's holder with what its own tables come from.

    Parameters
    ----------
    page
        The page as text; its views name their tables in ``data-origin``.
    lineage
        The graph of the run.
    parameters
        The Parameters table: how many of a rule's assumptions were read in a source.

    Raises
    ------
    DataError
        If a view names a table that the report job does not read.
    ConfigError
        If the catalog lacks the words for a rule.
    """
    if HOLDER not in page:
        return page
    names = sorted({name for found in _ORIGIN.findall(page) for name in found.split()})
    return page.replace(HOLDER, HOLDER + embed(trace_data(names, lineage, parameters, voice)), 1)


def trace_data(names: Iterable[str], lineage: Lineage, parameters: pd.DataFrame, voice: Voice) -> dict[str, Any]:
    """Gather the way of each table up to its sources; rules and sources are listed once and told by their place.

    Returns
    -------
    dict[str, Any]
        ``tables``: by name the ``files``, ``steps`` (distance, rule, jobs), ``sources`` by kind, and ``parameters``
        (named, read in a source); ``rules`` and ``sources`` in words; ``say``: the words of the dialog.
    """
    verified = set(parameters.loc[parameters["verified"].astype(bool), "id"])
    listed: dict[str, int] = {}
    rules: dict[str, int] = {}
    tables = {}
    for name in names:
        files = report_files(lineage, name)
        trails = [trail_of(lineage, path) for path in files]
        tables[name] = {
            "files": files,
            "steps": _steps(trails, rules),
            "sources": _sources(trails, listed, voice),
            "parameters": _parameters(trails, verified, voice),
        }
    return {
        "scenario": lineage.scenario,
        "tables": tables,
        "rules": [voice.say(f"rule.{rule}") for rule in rules],
        "sources": list(listed),
        "kinds": {kind: voice.say(f"trace.kind_{kind}") for kind in KINDS},
        "say": {word: voice.say(f"trace.{word}") for word in WORDS},
    }


def report_files(lineage: Lineage, name: str) -> list[str]:
    """Files that the report job reads by a name.

    Raises
    ------
    DataError
        If it reads none by that name.
    """
    report = next((job for job in lineage.jobs if job.rule == REPORT), None)
    if report is None or name not in report.inputs:
        raise DataError(Fault(f"lineage of {lineage.scenario}: {REPORT}", f"no input {name!r}", "a table read", REMEDY))
    return list(report.inputs[name])


def _steps(trails: Iterable[Trail], rules: dict[str, int]) -> list[tuple[int, int, int]]:
    """Each rule once: its least distance, its place in the list of rules, and how many jobs of it there are."""
    jobs = {id(job): (distance, job.rule) for trail in trails for distance, job in trail.jobs}
    counts = Counter(rule for _, rule in jobs.values())
    nearest: dict[str, int] = {}
    for distance, rule in sorted(jobs.values()):
        nearest.setdefault(rule, distance)
    return [(distance, rules.setdefault(rule, len(rules)), counts[rule]) for rule, distance in nearest.items()]


def _sources(trails: Iterable[Trail], listed: dict[str, int], voice: Voice) -> dict[str, list[int]]:
    """Sources by kind as places in the list; what is generated is told by the rule that does it."""
    trails = list(trails)
    found: dict[str, list[int]] = {}
    for kind in KINDS:
        files = {source.path: source for trail in trails for source in trail.sources if source.kind == kind}
        told = [_words(words, voice) for words in gathered(list(files.values()))]
        if kind == "generated":
            told = sorted({voice.say(f"rule.{job.rule}") for trail in trails for job in trail.generated})
        if told:
            found[kind] = [listed.setdefault(words, len(listed)) for words in told]
    return found


def _words(path: str, voice: Voice) -> str:
    """A law by its name and file, every other source by its file."""
    if path.startswith("data/policy/") and path.endswith(".yaml"):
        name = path.rsplit("/", 1)[-1].removesuffix(".yaml")
        return f"{voice.name('scheme', name)} ({path})" if f"scheme.{name}" in voice.texts else path
    return path.replace(" files)", f" {voice.say('trace.files')})")


def _parameters(trails: Iterable[Trail], verified: set[str], voice: Voice) -> str:
    """How many assumptions the rules on the way name, and how many of them were read in a source."""
    trails = list(trails)
    ids = {name for trail in trails for _, job in trail.jobs for name in job.parameters}
    if not ids and any(trail.path == PARAMETERS for trail in trails):
        return ""
    return voice.say("trace.parameters", count=str(len(ids)), read=str(len(ids & verified))) if ids else ""
