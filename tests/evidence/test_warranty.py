"""Cases of budgets and guarantees, by hand from the report."""

import pytest

from analysis.evidence.case import Estimate
from analysis.evidence.cases.warranty import CASES
from analysis.evidence.laboratory import Laboratory

RUN = {case.published_id: case for case in CASES}


@pytest.mark.parametrize(
    ("published_id", "expected"),
    [
        ("PR079", Estimate.single(4000)),
        ("PR080", Estimate.single(10_000)),
        ("PR081", Estimate(20, 50, 80)),
        ("PR082", Estimate.single(80)),
        ("PR083", Estimate(70, 70, 72)),  # Euro 7 asks for 72
        ("PR084", Estimate.single(50_000)),  # 10 000 kWh at 0.2 kWh/km
    ],
)
def test_numbers_by_hand(laboratory: Laboratory, published_id: str, expected: Estimate) -> None:
    case = RUN[published_id]
    ours = case.run(case.placed(laboratory))
    assert (ours.low, ours.central, ours.high) == pytest.approx((expected.low, expected.central, expected.high))


def test_virtual_distance_follows_the_consumption(laboratory: Laboratory) -> None:
    case = RUN["PR084"]
    assert case.run(case.placed(laboratory.with_values({"deg.wltp_worst": 0.25}))).central == pytest.approx(40_000)
