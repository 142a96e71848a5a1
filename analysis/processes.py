"""Spreads runs over copies of this process, which share all that was read before they were made."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from analysis.errors import Fault, MachineError

RUNS: list[Callable[[int], Any]] = []
"""What the copies are to run: they find it here, so that only numbers and results are sent."""


def in_processes(process_count: int) -> Callable[[Callable[[int], Any], Iterable[int]], list[Any]]:
    """A ``map`` over numbers that works in several processes; results come in the order of the numbers.

    What one copy makes the others do not see: each makes what it needs once. One process is this one.

    Raises
    ------
    MachineError
        If a copy is killed, as the kernel does where memory runs out: its result would never come.
    """

    def spread(run: Callable[[int], Any], numbers: Iterable[int]) -> list[Any]:
        if process_count == 1:
            return [run(number) for number in numbers]
        RUNS.append(run)
        with ProcessPoolExecutor(process_count, mp_context=get_context("fork")) as pool:
            try:
                return list(pool.map(_last, numbers))
            except BrokenProcessPool as error:
                raise MachineError(_killed(process_count)) from error

    return spread


def _killed(process_count: int) -> Fault:
    return Fault(
        place=f"one of {process_count} processes of a job",
        found="that it was killed",
        expected="that it ends by itself",
        remedy="The kernel kills where memory runs out: end other programs or give fewer cores, and run again.",
    )


def _last(number: int) -> Any:
    return RUNS[-1](number)
