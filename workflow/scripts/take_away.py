"""Write what a scenario gives to take away: one Excel workbook, and the data package of its results."""

from pathlib import Path
from typing import Any

import yaml

from analysis.errors import DataError, Fault
from analysis.io import read_csv_table, read_table, read_text, write_bytes, write_json
from analysis.provenance import file_digest
from analysis.record.package import RUN, run_facts
from analysis.report.data_package import File, data_package
from analysis.report.package_inputs import described_inputs
from analysis.report.results import COMMITTED, ONCE_MADE, empty_table
from analysis.report.run_inputs import licence_rows
from analysis.report.take_away import BOOK, NAMES, book_sheets, committed_sources, described_sources, model_named
from analysis.report.text import Voice, read_catalog
from analysis.report.workbook import workbook_bytes
from analysis.settings.model import Settings
from analysis.sources.descriptor import load_descriptor
from analysis.sources.locate import NamedFile, named_files

SIDECARS = (".meta.yaml", ".meta.json")
"""Endings, after the whole name of a file, of what says where it came from."""


def main(
    *, run: Path, lineage: Path, arrays: list[Path], committed: list[Path], raw: list[Path], readme: Path,
    descriptors: list[Path], text: list[Path], workbook: Path, package: Path, settings: dict[str, Any], scenario: str,
    inputs_root: str, **tables: Path | list[Path],
) -> None:  # fmt: skip
    """Write both; ``raw`` is waited for, and found by the settings."""
    if set(tables) != {*BOOK, NAMES}:
        raise TypeError(f"the rule and this script differ on {sorted(set(tables) ^ {*BOOK, NAMES})}")
    record, chosen, guide = yaml.safe_load(read_text(run)), Settings.model_validate(settings), read_text(readme)
    known = {path.stem: load_descriptor(path.stem, path.parent) for path in descriptors}
    sources = committed_sources(guide) + described_sources(list(known.values()))
    voices = {path.parents[1].name: path for path in text}
    said = {locale: Voice(locale, read_catalog(read_text(path))) for locale, path in voices.items()}
    found = {name: _table(name, path) for name, path in tables.items()}
    write_bytes(workbook_bytes(book_sheets(found, sources, chosen, scenario, record, said)), workbook)
    results = _files(record["results"], {name: run.parent / name for name in record["results"]})
    named = named_files(chosen.inputs, inputs_root) if raw else []
    inputs = described_inputs(
        _files(record["committed_inputs"], {path.as_posix(): path for path in committed}),
        _files(record["inputs"], {each.path: each.file for each in named}),
        named, _sidecars(named), licence_rows(guide), known,
    )  # fmt: skip
    others = [_file(path.relative_to(run.parent).as_posix(), path) for path in (run, lineage, *arrays)]
    facts = run_facts(record) | {"inputs": inputs}
    write_json(data_package(scenario, chosen.title_en, chosen.reason_en, [*results, *others], sources, facts), package)


def _table(name: str, path: Path | list[Path]) -> Any:
    model = model_named(name)
    if name in ONCE_MADE:
        return read_table(path[0], model) if path else empty_table(model)
    return read_csv_table(path, model) if name in COMMITTED else read_table(path, model)


def _files(recorded: dict[str, str], paths: dict[str, Path]) -> list[File]:
    """Give the files of the record; one that is not as recorded is a fault."""
    there = {name: _file(name, paths[name]) for name in recorded if name in paths and paths[name].is_file()}
    other = [name for name in recorded if name not in there or there[name].sha256 != recorded[name]]
    if other:
        remedy = f"Remove {RUN} beside the results and make the report again."
        raise DataError([Fault(name, "not the recorded file", f"the file of {RUN}", remedy) for name in other])
    return list(there.values())


def _file(name: str, path: Path) -> File:
    return File(name, file_digest(path), path.stat().st_size)


def _sidecars(named: list[NamedFile]) -> dict[str, File]:
    found = {each.path: (each, ending) for each in named for ending in SIDECARS
             if each.file.with_name(each.file.name + ending).is_file()}  # fmt: skip
    return {path: _file(path + ending, each.file.with_name(each.file.name + ending))
            for path, (each, ending) in found.items()}  # fmt: skip


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
