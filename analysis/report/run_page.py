"""Turns the record of a run into the page about it: its rules and times, versions, inputs, choices and doubts."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.policy.model import Scheme
from analysis.report import run_inputs, tables, unverified
from analysis.report.addresses import ASSETS, LOCALES, RUN, path_of
from analysis.report.elements import Column, TableView
from analysis.report.results import scheme_labels
from analysis.report.rule_graph import rule_graph
from analysis.report.run_inputs import RawFile
from analysis.report.run_jobs import Job, RuleRow, job_times, jobs_behind, rule_rows
from analysis.report.site import environment, frame
from analysis.report.text import NO_BREAK, UNKNOWN, Voice, read_catalog
from analysis.settings.model import Settings
from analysis.sources.descriptor import Descriptor
from analysis.units import LOCAL_ZONE

STYLE = "run.css"
TAKEN_AWAY = "job_times.csv"
SNAKEMAKE_PAGE = "snakemake.html"


@dataclass(frozen=True)
class RunFacts:
    """Everything the page shows.

    ``dataset`` names the folder of the data, ``lineage`` is the graph of the run and ``records`` Snakemake's record of
    each file; ``stages`` has the stage of each rule, in the order of the work. ``libraries`` are those that the product
    names itself. ``sizes`` are bytes of each committed input; ``guide`` is the text of ``data/README.md``.
    """

    run: Mapping[str, Any]
    settings: Settings
    scenario: str
    dataset: str
    lineage: Mapping[str, Any]
    records: Mapping[str, Mapping[str, Any]]
    stages: Mapping[str, str]
    parameters: pd.DataFrame
    sensitivity: pd.DataFrame
    code_assumptions: pd.DataFrame
    schemes: Sequence[Scheme]
    descriptors: Mapping[str, Descriptor]
    raw: Sequence[RawFile]
    sizes: Mapping[str, int]
    guide: str
    libraries: Sequence[str]
    has_snakemake_page: bool

    @property
    def jobs(self) -> list[Job]:
        """The jobs that this scenario's tables and pages rest on."""
        return jobs_behind(self.lineage["jobs"], (f"data/results/{self.scenario}/", f"reports/build/{self.scenario}/"))

    @property
    def times(self) -> pd.DataFrame:
        """``JobTimes`` of those jobs."""
        return job_times(self.jobs, self.records)


def build_run_page(facts: RunFacts, catalogs: Mapping[str, str], templates: Mapping[str, str]) -> dict[str, str]:
    """Build the page in each language.

    Parameters
    ----------
    facts
        What it shows.
    catalogs
        Language and the text of its ``.po`` file.
    templates
        File name and text of each template and style sheet.

    Returns
    -------
    dict[str, str]
        Path below the report's folder and text; the pages expect :data:`TAKEN_AWAY` among the assets.

    Raises
    ------
    DataError
        If a file that was read has no digest or no licence.
    """
    template = environment(templates).get_template("run.html.j2")
    labels = scheme_labels(facts.schemes)
    built = {}
    for locale in LOCALES:
        names = {f"scheme.{scheme}": texts[locale] for scheme, texts in labels.items()}
        voice = Voice(locale, {**read_catalog(catalogs[locale]), **names})
        shared = frame(RUN, voice, templates, scripts=(), styles=(STYLE,), with_library=False)
        built[path_of(RUN, locale)] = template.render(shared | _context(facts, voice))
    return built


def _context(facts: RunFacts, voice: Voice) -> dict[str, Any]:
    settings, jobs, times = facts.settings, facts.jobs, facts.times
    rows = rule_rows(jobs, times, facts.stages)
    is_swedish = voice.locale == "sv"
    return {
        "scenario": facts.scenario,
        "title": settings.title_sv if is_swedish else settings.title_en,
        "reason": settings.reason_sv if is_swedish else settings.reason_en,
        "year": str(settings.scope.target_years[0]),
        "facts": _facts(facts, voice),
        "graph": rule_graph(jobs, facts.stages),
        "box_words": {row.rule: _box_words(row, voice) for row in rows},
        "rules": _rule_table(rows, voice),
        "rule_files": _file_table(rows, voice),
        "times_note": _times_note(times, len(jobs), voice),
        "taken_away": f"{ASSETS[voice.locale]}{TAKEN_AWAY}",
        "snakemake_page": f"{'' if is_swedish else '../'}{SNAKEMAKE_PAGE}" if facts.has_snakemake_page else "",
        **_input_tables(facts, voice),
        **_assumed(facts, voice),
        **_versions(facts, voice),
    }


def _facts(facts: RunFacts, voice: Voice) -> list[tuple[str, str, bool]]:
    """Label, value and whether it is code, of what identifies the run."""
    run, settings = facts.run, facts.settings
    return [
        (voice.say("page.scenario"), facts.scenario, True),
        (voice.say("page.policy_day"), voice.date(settings.policy.day), False),
        (voice.say("run.price_year"), str(settings.price_year), False),
        (voice.say("run.seed"), str(run["seed"]), True),
        (voice.say("run.dataset"), facts.dataset, True),
        (voice.say("run.code_digest"), str(run["code_digest"]), True),
        (voice.say("run.lock_digest"), str(run["lock_sha256"]), True),
        (voice.say("run.python"), str(run["python"]), True),
    ]


def _seconds(value: float | None, voice: Voice) -> str:
    return UNKNOWN if value is None else voice.decimals(value, 1)


def _box_words(row: RuleRow, voice: Voice) -> str:
    """Say in a box how long a rule took, all its jobs together."""
    if row.total_s is None:
        return voice.say("jobs.no_record")
    told = f"{_seconds(row.total_s, voice)}{NO_BREAK}s"
    return told if row.job_count == 1 else voice.say("jobs.in_box", count=str(row.job_count), time=told)


def _rule_table(rows: Sequence[RuleRow], voice: Voice) -> TableView:
    told = [
        (
            voice.name("stage", row.stage), row.rule, voice.texts.get(f"rule.{row.rule}", row.message),
            str(row.job_count), _seconds(row.total_s, voice), _seconds(row.longest_s, voice),
        )
        for row in rows
    ]  # fmt: skip
    columns = [
        Column(voice.say("column.stage")), Column(voice.say("column.rule"), "code"),
        Column(voice.say("column.message")),
        *(Column(voice.say(f"column.{name}"), "number") for name in ("job_count", "total_s", "longest_s")),
    ]  # fmt: skip
    return TableView(voice.say("jobs.caption"), columns, told, voice.say("jobs.note"), is_grouped=True)


def _file_table(rows: Sequence[RuleRow], voice: Voice) -> TableView:
    told = [(row.rule, ", ".join(row.inputs) or UNKNOWN, ", ".join(row.outputs)) for row in rows]
    names = ("rule", "reads", "writes")
    return TableView(
        voice.say("jobs.files_caption"), [Column(voice.say(f"column.{name}"), "code") for name in names], told
    )


def _times_note(times: pd.DataFrame, job_count: int, voice: Voice) -> str:
    """Sum up the records: how many, how long together, when the first began and the last ended."""
    if times.empty:
        return voice.say("jobs.none")
    return voice.say(
        "jobs.sum", recorded=str(len(times)), jobs=str(job_count), total=_seconds(float(times["run_s"].sum()), voice),
        first=_instant(times["begun_utc"].min(), voice), last=_instant(times["ended_utc"].max(), voice),
    )  # fmt: skip


def _instant(instant: pd.Timestamp, voice: Voice) -> str:
    """Write an instant in Swedish local time: ``26 november 2026 21:06``."""
    local = instant.tz_convert(LOCAL_ZONE)
    return f"{voice.date(local.date().isoformat())} {local:%H:%M}"


def _input_tables(facts: RunFacts, voice: Voice) -> dict[str, Any]:
    day = datetime.date.fromisoformat(str(facts.settings.policy.day))
    licences = run_inputs.licence_rows(facts.guide)
    return {
        "raw": run_inputs.raw_table(facts.raw, facts.descriptors, facts.run, voice) if facts.raw else None,
        "generated": run_inputs.generated_table(facts.settings.inputs, voice),
        "committed": run_inputs.committed_table(facts.run, facts.sizes, licences, voice),
        "laws": run_inputs.law_files_table(facts.schemes, day, facts.run, facts.sizes, voice),
    }


def _assumed(facts: RunFacts, voice: Voice) -> dict[str, Any]:
    weighed, rest = unverified.unverified_tables(facts.parameters, facts.sensitivity, voice)
    return {
        "choice_count": str(len(facts.code_assumptions)),
        "choices": tables.assumption_table(facts.code_assumptions, voice, voice.say("assumptions.caption")),
        "unverified": weighed,
        "unverified_rest": rest,
        "unverified_counts": unverified.counts(facts.parameters, facts.sensitivity),
    }


def _versions(facts: RunFacts, voice: Voice) -> dict[str, TableView]:
    """Gather the versions of the libraries the product names, then of those that came with them; and the settings."""
    found = {str(name): str(version) for name, version in facts.run["libraries"].items()}
    named = {name.lower() for name in facts.libraries}
    columns = [Column(voice.say("column.library"), "code"), Column(voice.say("column.version"), "code")]
    own = [(name, version) for name, version in sorted(found.items()) if name in named]
    others = [(name, version) for name, version in sorted(found.items()) if name not in named]
    return {
        "libraries": TableView(voice.say("run.libraries"), columns, own),
        "other_libraries": TableView(voice.say("run.other_libraries"), columns, others),
        "resolved": tables.run_table(facts.run["settings"], voice, voice.say("run.settings")),
    }
