"""Turns a pattern of the settings into files that lie inside the inputs root, and nowhere else."""

from dataclasses import dataclass
from pathlib import Path

from analysis.errors import DataError, Fault
from analysis.settings.model import INPUT_KINDS, FileSource, Inputs


def files_of(source: FileSource, inputs_root: Path | str) -> list[Path]:
    """Files that match the pattern of one source, sorted by path.

    Parameters
    ----------
    source
        Descriptor and glob pattern (``config.inputs``).
    inputs_root
        Folder that no file may leave: a link or ``..`` that leads outside is refused.

    Raises
    ------
    DataError
        If the root does not exist, nothing matches, or a match lies outside the root; all at once.
    """
    root = Path(inputs_root)
    if not root.is_dir():
        raise DataError(
            Fault(str(root), "no such folder", "the inputs root", "Give INPUTS=<folder>, for example INPUTS=data/raw.")
        )
    if source.pattern.startswith("/") or ".." in Path(source.pattern).parts:
        raise DataError(
            Fault(
                source.pattern, "a pattern that leaves the inputs root", f"a path below {root}", "Shorten the pattern."
            )
        )
    inside = root.resolve()
    try:
        matches = sorted(path for path in root.glob(source.pattern) if path.is_file() or path.is_symlink())
        lead_to = {path: path.resolve() for path in matches}
    except (OSError, ValueError, IndexError, RuntimeError) as error:  # RuntimeError: links in a ring
        raise DataError(
            Fault(f"{root}/{source.pattern}", str(error), "a pattern such as prices/*.csv",
                  "Correct the pattern, or remove links that lead to each other.")
        ) from None  # fmt: skip
    if not matches:
        raise DataError(
            Fault(f"{root}/{source.pattern}", "no file", f"at least one file for descriptor {source.descriptor}",
                  "Check the pattern and INPUTS.")
        )  # fmt: skip
    faults = [
        Fault(str(path), f"a link to {lead_to[path]}", f"a file inside {inside}", "Copy the file into the folder.")
        for path in matches if not lead_to[path].is_relative_to(inside)
    ]  # fmt: skip
    faults += [
        Fault(str(path), "a link to no file", "a file", "Remove or mend the link.")
        for path in matches if lead_to[path].is_relative_to(inside) and not path.is_file()
    ]  # fmt: skip
    if faults:
        raise DataError(faults)
    return matches


@dataclass(frozen=True)
class NamedFile:
    """A file of the user: path below the inputs root, which input it is, who reads it, and where it lies."""

    path: str
    kind: str
    descriptor: str
    file: Path


def named_files(inputs: Inputs, inputs_root: Path | str) -> list[NamedFile]:
    """Files that the settings name, input by input; raises as :func:`files_of`."""
    root = Path(inputs_root)
    return [
        NamedFile(file.resolve().relative_to(root.resolve()).as_posix(), kind, source.descriptor, file)
        for kind in INPUT_KINDS
        for source in getattr(inputs, kind) or ()
        for file in files_of(source, root)
    ]
