"""One mean car in the place of many: the margin by hand, and two cars whose absence does not fall together."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.evidence.cases import lumping
from analysis.evidence.cases.lumping import CASES, Fleet, Setup, Weeks, difference_pu
from analysis.evidence.laboratory import Laboratory

CASE = CASES[0]
FLEETS = {("home", False): Fleet(100.0, 0.2), ("home", True): Fleet(120.0, 0.22),
          ("anywhere", False): Fleet(200.0, 0.3), ("anywhere", True): Fleet(206.0, 0.3)}  # fmt: skip


def test_margin_is_the_lesser_of_both_errors_less_the_one_that_should_be_small(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saving at home 20 % off, ageing 10 %, saving anywhere 3 %: 7 points; twice that error in 2024: 4."""

    def solved(_: Laboratory, setup: Setup) -> Fleet:
        fleet = FLEETS[setup.place, setup.is_lumped]
        is_other = setup.price_year == 2024 and setup.place == "anywhere" and setup.is_lumped
        return replace(fleet, saved_sek=212.0) if is_other else fleet

    monkeypatch.setattr(lumping, "_solved", solved)
    fresh = Laboratory(laboratory.parameters, laboratory.tables, laboratory.settings)
    ours = CASE.run(CASE.placed(fresh))
    assert (ours.low, ours.central, ours.high) == pytest.approx((4.0, 7.0, 7.0))


def test_a_lumped_fleet_is_one_mean_car() -> None:
    fleet = Weeks(np.array([[[1.0, 0.0], [0.0, 0.0]]]), np.array([[[0.0, 2.0], [4.0, 0.0]]]))
    lumped = fleet.lumped()
    assert lumped.plugged_pu.tolist() == [[[0.5, 0.0]]]
    assert lumped.driving_dc_kwh.tolist() == [[[2.0, 1.0]]]
    assert difference_pu(12.0, 10.0) == pytest.approx(0.2)
