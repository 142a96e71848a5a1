"""The faults a user can meet: three of what was given, one of the machine; each carries every finding at once.

A message says the place, what was found, what was expected and what to do; a list of faults is sorted by place so
that two runs over the same bad input print the same text.
"""

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 1000
"""Letters of one part of a fault that are shown; what is found may be a whole file on one line."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong: where, what was found, what was expected, what to do."""

    place: str
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        place, found, expected, remedy = map(_shown, (self.place, self.found, self.expected, self.remedy))
        return f"{place}: found {found}; expected {expected}. {remedy}"


def _shown(text: str) -> str:
    """One line that a terminal prints as it stands: cut where it is long, signs that steer a screen written out."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} … ({len(text) - LONGEST} letters left out) … {text[-LONGEST // 2 :]}"
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


class PipelineError(Exception):
    """Base of the kinds; holds one or more faults and prints them all."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        listed = (faults,) if isinstance(faults, Fault) else tuple(faults)
        if not listed:
            raise ValueError("a PipelineError needs at least one fault")
        self.faults: tuple[Fault, ...] = tuple(sorted(set(listed)))
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """All faults, one a line, with a count when there is more than one."""
        if len(self.faults) == 1:
            return str(self.faults[0])
        lines = "\n".join(f"  - {fault}" for fault in self.faults)
        return f"{len(self.faults)} faults:\n{lines}"

    def __reduce__(self) -> tuple[type, tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


class ConfigError(PipelineError):
    """A scenario, overlay, descriptor or assumption file says something that cannot be run."""


class DataError(PipelineError):
    """A data file or table does not hold what its descriptor or schema promises."""


class PolicyError(PipelineError):
    """A law, proposal or reform is missing a value, a date or a reference."""


class MachineError(PipelineError):
    """The machine could not: no room on the disk, no memory, a place that cannot be written."""


_FULL = "a disk without room", "room for what is written", "Make room there and run again; what is done stays done."
_READ_ONLY = "a place that cannot be written", "a folder to write into", "Make it writable and run again."
_NO_MEMORY = (
    "no memory left",
    "memory for every job at work",
    "End other programs or give fewer cores (make report CORES=1), and run again.",
)
_TOLD = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.ENOMEM: _NO_MEMORY,
}


def machine_fault(error: OSError | MemoryError, place: str) -> Fault | None:
    """Say what the machine lacked when it was to write at a place; None where the error is of another kind."""
    told = _NO_MEMORY if isinstance(error, MemoryError) else _TOLD.get(error.errno or 0)
    if told is None:
        return None
    found, expected, remedy = told
    return Fault(place, f"{found} ({error or type(error).__name__})", expected, remedy)
