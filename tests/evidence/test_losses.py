"""The round trip by hand at two currents."""

import pytest

from analysis.evidence.cases.losses import CASES
from analysis.evidence.laboratory import Laboratory

CASE = CASES[0]
CURVE = {"loss.P0": 0.1, "loss.k1": 0.02, "loss.k2": 0.0, "loss.ac_extra": 0.03}


def test_full_current_is_central_and_least_current_the_low_end(laboratory: Laboratory) -> None:
    """11.04 kW loses 0.652 kW each way: 10.388/11.692 = 88.85 %; 4.14 kW loses 0.307: 3.833/4.447 = 86.19 %."""
    ours = CASE.run(CASE.placed(laboratory.with_values(CURVE)))
    assert (ours.low, ours.central, ours.high) == pytest.approx((86.193, 88.847, 88.847), abs=1e-3)


def test_a_fit_to_the_same_test_is_called_one() -> None:
    assert CASE.is_calibration and CASE.kind == "input"
