"""Turns the files of a scenario's results into a Frictionless data package: the record of the run, for machines.

The form is that of Data Package version 2 (https://datapackage.org/profiles/2.0/datapackage.json); ``run`` is a part of
our own, since the standard has none for what results were made from. Nothing in it tells the time of day, so that the
same results give the same bytes. :mod:`analysis.record.package` reads it back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from analysis.record.package import LINEAGE, RUN
from analysis.report.dictionary import ColumnEntry, column_entries, models_of, table_meaning
from analysis.schemas.base import Table

PACKAGE_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE_PROFILE = "https://datapackage.org/profiles/2.0/dataresource.json"
SCHEMA_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
LICENCE = {"name": "MIT", "path": "https://opensource.org/license/mit", "title": "MIT License"}
CONTRIBUTOR = {"title": "The V2X policy pipeline authors", "roles": ["author"]}
PLAIN = {
    RUN: ("application/yaml", "Settings, digests and versions of the run."),
    LINEAGE: ("application/json", "Every job of the run: what it reads and makes, and which parameters it can read."),
    "designer.npz": ("application/zip", "Arrays behind the page on which a scheme is put together."),
    "schemes/without.npz": (
        "application/zip",
        "Adoption without support, draw by draw: what every scheme is held against.",
    ),
}
"""Files that are no tables: media type and what they hold."""


@dataclass(frozen=True)
class File:
    """One file of the results: its path below their folder, its digest (SHA-256) and its size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Source:
    """Where data come from: title, address, licence as stated, and what they are used for."""

    title: str
    path: str
    licence: str
    use: str


def data_package(
    scenario: str,
    title: str,
    description: str,
    files: Sequence[File],
    sources: Sequence[Source],
    run: Mapping[str, Any],
) -> dict[str, Any]:
    """Describe the results of one scenario and the run that made them.

    Parameters
    ----------
    files
        Every table, the files of ``PLAIN``.
    sources
        What the results rest on.
    run
        What they were made from: the facts of ``run.yaml``, and ``inputs`` as :func:`described_inputs` gives them.

    Returns
    -------
    dict[str, Any]
        Ready to be written as ``datapackage.json`` beside the files.

    Raises
    ------
    DataError
        Naming every table without a contract.
    """
    models = models_of([file.path for file in files if file.path not in PLAIN])
    return {
        "$schema": PACKAGE_PROFILE,
        "name": f"v2x-{scenario.replace('_', '-')}",
        "title": title,
        "description": description,
        "licenses": [LICENCE],
        "contributors": [CONTRIBUTOR],
        "sources": [_source(source) for source in sources],
        "resources": [_resource(file, models) for file in sorted(files, key=lambda file: file.path)],
        "run": dict(run),
    }


def _source(source: Source) -> dict[str, str]:
    """Give a source; one without an address has no path, since an empty one is not allowed."""
    told = {"title": source.title, "licence": source.licence, "use": source.use}
    return {name: text for name, text in (told | {"path": source.path}).items() if text}


def _resource(file: File, models: Mapping[str, type[Table]]) -> dict[str, Any]:
    place = PurePosixPath(file.path)
    shared = {
        "$schema": RESOURCE_PROFILE,
        "name": place.with_suffix("").as_posix().replace("/", "."),
        "path": file.path,
        "format": place.suffix.removeprefix("."),
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if file.path not in models:
        mediatype, description = PLAIN[file.path]
        return shared | {"mediatype": mediatype, "description": description}
    model = models[file.path]
    return shared | {
        "type": "table",
        "mediatype": "application/vnd.apache.parquet",
        "description": table_meaning(model),
        "schema": table_schema(column_entries(place.stem, model)),
    }


def table_schema(entries: Sequence[ColumnEntry]) -> dict[str, Any]:
    """Describe the columns of a table as a Table Schema; ``unit`` is a word of ours beside those of the standard."""
    schema: dict[str, Any] = {"$schema": SCHEMA_PROFILE, "fields": [_field(entry) for entry in entries]}
    keys = [entry.name for entry in entries if entry.is_key]
    return schema | ({"primaryKey": keys} if keys else {})


def _field(entry: ColumnEntry) -> dict[str, Any]:
    told: dict[str, Any] = {"name": entry.name, "type": entry.kind}
    told |= {name: text for name, text in (("unit", entry.unit), ("description", entry.meaning)) if text}
    constraints: dict[str, Any] = {"required": True} if entry.is_required else {}
    if entry.words:
        constraints["enum"] = list(entry.words)
    return told | ({"constraints": constraints} if constraints else {})
