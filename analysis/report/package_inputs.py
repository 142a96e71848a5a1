"""Says of each file that a run read what the data package tells: whose it is, by which licence, and its digest."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis.report.data_package import File
from analysis.report.run_inputs import DESCRIPTOR_FOLDER, LAW_FOLDER, Licence, licence_of
from analysis.sources.descriptor import Descriptor
from analysis.sources.locate import NamedFile

REPOSITORY = "repository"
INPUTS = "inputs"


def described_inputs(
    committed: Sequence[File], raw: Sequence[File], named: Iterable[NamedFile], sidecars: Mapping[str, File],
    licences: Sequence[Licence], descriptors: Mapping[str, Descriptor],
) -> list[dict[str, Any]]:  # fmt: skip
    """Describe what a run read.

    Parameters
    ----------
    committed
        Tables, laws and descriptors; paths below the repository.
    raw, named
        The user's files below the inputs root, and which input each is.
    sidecars
        Path of a user's file → the file beside it that says where it came from, where there is one.
    licences
        Rows of the table of licences in ``data/README.md``.
    descriptors
        By name: licence and citation of what they read.

    Returns
    -------
    list[dict[str, Any]]
        Grain: file, those of the repository first. ``place`` says below which folder ``path`` leads; ``licence`` and
        ``source`` stand where they are known: the references of a law are in the law's own file.

    Raises
    ------
    DataError
        If no row of the licences names a committed table.
    """
    readers = {each.path: each for each in named}
    told = [_plain(file, REPOSITORY) | _committed(file.path, licences) for file in committed]
    for file in raw:
        reader = readers[file.path]
        by = descriptors[reader.descriptor]
        told.append(
            _plain(file, INPUTS)
            | {"kind": reader.kind, "descriptor": reader.descriptor, "licence": by.licence, "source": by.citation,
               "url": by.url}
            | ({"sidecar": _plain(sidecars[file.path], INPUTS)} if file.path in sidecars else {})
        )  # fmt: skip
    return told


def _plain(file: File, place: str) -> dict[str, Any]:
    return {"path": file.path, "place": place, "bytes": file.size, "hash": f"sha256:{file.sha256}"}


def _committed(path: str, licences: Sequence[Licence]) -> dict[str, str]:
    if path.startswith((LAW_FOLDER, DESCRIPTOR_FOLDER)):
        return {"kind": "law" if path.startswith(LAW_FOLDER) else "descriptor"}
    row = licence_of(path, licences)
    return {"kind": "table", "licence": row.licence, "source": row.origin}
