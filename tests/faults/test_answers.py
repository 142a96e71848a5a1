"""The line of a run that names its fault."""

import pytest

from tests.faults.machinery import Answer

TWO = """\
[3 of 30 done]
DataError in build_fleet: 2 faults:
  - a.parquet: found x; expected y.
  - a.parquet: found z; expected w.
The run stopped; nothing is half-written.
"""


@pytest.mark.parametrize(
    ("printed", "line"),
    [
        (
            TWO,
            "DataError in build_fleet: 2 faults: - a.parquet: found x; expected y. - a.parquet: found z; expected w.",
        ),
        (
            "x\nMachineError: job build_prices was killed.\nThe run stopped.\n",
            "MachineError: job build_prices was killed.",
        ),
        ("[30 of 30 done]\n", ""),
        ("DataError: 2 faults:\n", "DataError: 2 faults:"),
    ],
)
def test_the_faults_stand_behind_their_number(printed, line):
    assert Answer(1, printed).first_line == line
