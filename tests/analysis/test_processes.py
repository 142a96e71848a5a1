"""Runs in copies of the process: results in order, and a fault of the pipeline comes back whole."""

import os
import signal

import pytest

from analysis.errors import DataError, Fault, MachineError
from analysis.processes import in_processes


@pytest.mark.parametrize("process_count", [1, 2])
def test_results_come_in_the_order_of_the_numbers(process_count):
    shared = {"ten": 10}
    assert in_processes(process_count)(lambda number: number * shared["ten"], range(5)) == [0, 10, 20, 30, 40]


@pytest.mark.parametrize("process_count", [1, 2])
def test_a_fault_in_a_copy_keeps_all_that_it_says(process_count):
    faults = [Fault("table", "nothing", "a row", "Add it."), Fault("file", "text", "numbers", "Correct it.")]

    def fail(number):
        raise DataError(faults)

    with pytest.raises(DataError, match="Add it") as caught:
        in_processes(process_count)(fail, range(2))
    assert set(caught.value.faults) == set(faults)


def test_a_copy_that_is_killed_is_told_and_not_waited_for():
    def die(number):
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(MachineError, match=r"was killed.*memory"):
        in_processes(2)(die, range(2))
