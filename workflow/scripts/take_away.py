"""Write what a scenario gives to take away: one Excel workbook, and the data package of its results."""

from pathlib import Path
from typing import Any

import yaml

from analysis.errors import DataError, Fault
from analysis.io import read_csv_table, read_table, read_text, write_bytes, write_json
from analysis.provenance import file_digest
from analysis.report.data_package import RECORD, File, data_package
from analysis.report.results import COMMITTED, ONCE_MADE, empty_table
from analysis.report.take_away import BOOK, NAMES, book_sheets, committed_sources, described_sources, model_named
from analysis.report.text import Voice, read_catalog
from analysis.report.workbook import workbook_bytes
from analysis.settings.model import Settings
from analysis.sources.descriptor import load_descriptor


def main(
    *, run: Path, readme: Path, descriptors: list[Path], text: list[Path], workbook: Path, package: Path,
    settings: dict[str, Any], scenario: str, **tables: Path | list[Path],
) -> None:  # fmt: skip
    if set(tables) != {*BOOK, NAMES}:
        raise TypeError(f"the rule and this script differ on {sorted(set(tables) ^ {*BOOK, NAMES})}")
    record, chosen = yaml.safe_load(read_text(run)), Settings.model_validate(settings)
    sources = committed_sources(read_text(readme))
    sources += described_sources([load_descriptor(path.stem, path.parent) for path in descriptors])
    voices = {path.parents[1].name: path for path in text}
    said = {locale: Voice(locale, read_catalog(read_text(path))) for locale, path in voices.items()}
    found = {name: _table(name, path) for name, path in tables.items()}
    write_bytes(workbook_bytes(book_sheets(found, sources, chosen, scenario, record, said)), workbook)
    files = [*_files(record["results"], run.parent), File(RECORD, file_digest(run), run.stat().st_size)]
    write_json(data_package(scenario, chosen.title_en, chosen.reason_en, files, sources), package)


def _table(name: str, path: Path | list[Path]) -> Any:
    model = model_named(name)
    if name in ONCE_MADE:
        return read_table(path[0], model) if path else empty_table(model)
    return read_csv_table(path, model) if name in COMMITTED else read_table(path, model)


def _files(recorded: dict[str, str], folder: Path) -> list[File]:
    """Give the tables of the record; one that is not as recorded is a fault."""
    there = {name: folder / name for name in recorded if (folder / name).is_file()}
    other = [name for name in recorded if name not in there or file_digest(there[name]) != recorded[name]]
    if other:
        remedy = "Remove run.yaml beside it and make the report again."
        raise DataError([Fault(name, "not the recorded file", f"the file of {RECORD}", remedy) for name in other])
    return [File(name, recorded[name], path.stat().st_size) for name, path in there.items()]


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
