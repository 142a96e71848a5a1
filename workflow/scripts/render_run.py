"""Render the page about one run in Swedish and English, and the times of its jobs as a table."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from analysis.io import check_table, read_csv_table, read_table, read_text, write_text
from analysis.policy.loader import load_scheme
from analysis.provenance import job_records
from analysis.report.assume import list_assumptions
from analysis.report.results import empty_table
from analysis.report.run_inputs import RawFile
from analysis.report.run_jobs import times_csv
from analysis.report.run_page import RunFacts, build_run_page
from analysis.schemas.assumptions import Parameters
from analysis.schemas.job_times import JobTimes
from analysis.schemas.schemes import Sensitivity
from analysis.settings.load import dataset_name
from analysis.settings.model import Settings
from analysis.sources.descriptor import load_descriptor
from analysis.sources.locate import named_files


def main(
    *, run: Path, lineage: Path, parameters: Path, sensitivity: list[Path], schemes: list[Path],
    descriptors: list[Path], raw: list[Path], guide: Path, project: Path, text: list[Path], templates: list[Path],
    code: list[Path], others: list[Path], snakemake_page: list[Path], pages: list[Path], times: Path,
    settings: dict[str, Any], scenario: str, inputs_root: str, records: str, stages: dict[str, str],
) -> None:  # fmt: skip
    """Gather what the page shows; ``raw`` and ``others`` are waited for, and found by other ways."""
    record, chosen = yaml.safe_load(read_text(run)), Settings.model_validate(settings)
    needed = tomllib.loads(read_text(project))["project"]["dependencies"]
    facts = RunFacts(
        run=record,
        settings=chosen,
        scenario=scenario,
        dataset=dataset_name(chosen),
        lineage=json.loads(read_text(lineage)),
        records=job_records(Path(records)),
        stages=stages,
        parameters=read_csv_table(parameters, Parameters),
        sensitivity=read_table(sensitivity[0], Sensitivity) if sensitivity else empty_table(Sensitivity),
        code_assumptions=list_assumptions({path.as_posix(): read_text(path) for path in code}),
        schemes=[load_scheme(path) for path in schemes],
        descriptors={path.stem: load_descriptor(path.stem, path.parent) for path in descriptors},
        raw=_raw_files(chosen, Path(inputs_root)),
        sizes={path: Path(path).stat().st_size for path in record["committed_inputs"]},
        guide=read_text(guide),
        libraries=[re.split(r"[^A-Za-z0-9_.-]", each)[0] for each in needed],
        has_snakemake_page=bool(snakemake_page),
    )
    words = {path.parents[1].name: read_text(path) for path in text}, {path.name: read_text(path) for path in templates}
    for (_, page), path in zip(sorted(build_run_page(facts, *words).items()), sorted(pages), strict=True):
        write_text(page, path)
    write_text(times_csv(check_table(facts.times, JobTimes, records)), times)


def _raw_files(settings: Settings, root: Path) -> list[RawFile]:
    """The user's files by input, as the settings name them."""
    found = named_files(settings.inputs, root)
    return [RawFile(each.path, each.kind, each.descriptor, each.file.stat().st_size) for each in found]


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
