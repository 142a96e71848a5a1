"""Spreads runs over copies of this process, which share all that was read before they were made."""

from collections.abc import Callable, Iterable
from multiprocessing import get_context
from typing import Any

RUNS: list[Callable[[int], Any]] = []
"""What the copies are to run: they find it here, so that only numbers and results are sent."""


def in_processes(process_count: int) -> Callable[[Callable[[int], Any], Iterable[int]], list[Any]]:
    """A ``map`` over numbers that works in several processes; results come in the order of the numbers.

    What one copy makes the others do not see: each makes what it needs once. One process is this one.
    """

    def spread(run: Callable[[int], Any], numbers: Iterable[int]) -> list[Any]:
        if process_count == 1:
            return [run(number) for number in numbers]
        RUNS.append(run)
        with get_context("fork").Pool(process_count) as pool:
            return pool.map(_last, numbers, chunksize=1)

    return spread


def _last(number: int) -> Any:
    return RUNS[-1](number)
