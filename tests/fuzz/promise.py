"""What bad input is promised: a table in its schema, or faults that say all four things; no file touched beside."""

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.errors import PipelineError
from analysis.sources.descriptor import Descriptor
from analysis.sources.reader import read_source
from analysis.sources.tables import TABLES
from tests.conftest import ROOT

PATIENCE_S = 10.0
"""Time of the processor, so that a busy machine is no fault."""
LARGEST_GROWTH_KB = 1_500_000
SYSTEM = (ROOT.resolve(), Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve(), Path("/usr"), Path("/proc"),
          Path("/etc/localtime"), Path("/dev/null"), Path("/sys"))  # fmt: skip
"""What Python itself may open to read: code, libraries, time zones. Nothing of it may be written."""

_watched: Path | None = None
_opened: list[str] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Note each file opened outside the folder; an audit hook sees what a patched ``open`` does not."""
    if _watched is None or event != "open" or not isinstance(arguments[0], str | bytes | os.PathLike):
        return
    path = Path(os.fsdecode(arguments[0])).absolute()
    writes = bool((arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    inside = path.is_relative_to(_watched)
    known = any(path.is_relative_to(place) for place in SYSTEM) or path.suffix in {".pyc", ".py", ".so"}
    if writes or not (inside or known):
        _opened.append(f"{path}{' (to write)' if writes else ''}")


sys.addaudithook(_watch)


@contextmanager
def only_reading(folder: Path) -> Iterator[None]:
    """Fail when anything is written at all, or read outside a folder and Python's own."""
    global _watched
    _opened.clear()
    _watched = folder.resolve()
    try:
        yield
    finally:
        _watched = None
    assert not _opened, f"opened outside the folder: {_opened}"


def outcome(work: Callable[[], Any], folder: Path) -> Any:
    """Do the work; give what it makes or the fault it raises, and fail on anything else.

    Any other exception passes through, and so fails the test.
    """
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with only_reading(folder):
        try:
            made = work()
        except PipelineError as error:
            assert error.faults
            for fault in error.faults:
                assert fault.place.strip() and fault.found.strip() and fault.expected.strip() and fault.remedy.strip()
            assert error.message.replace("\n", "").isprintable()
            made = error
    assert time.process_time() - began < PATIENCE_S
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < LARGEST_GROWTH_KB
    return made


def read_or_fault(descriptor: Descriptor, path: Path) -> Any:
    """Read a file by a descriptor; a table that comes out passes its schema."""
    made = outcome(lambda: read_source(descriptor, [path]), path.parent)
    if not isinstance(made, PipelineError):
        TABLES[descriptor.table].validate(made)
    return made
