"""What a published row asks, and what it and our number say: worked by hand."""

from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.evidence.case import Case, Estimate
from analysis.evidence.verdict import Band, Target, target_of, verdict

CASE = Case("PR999", "engine", lambda laboratory: Estimate.single(0.0))


def row(low: float = nan, high: float = nan, central: object = nan, comparability: str = "target") -> dict[str, object]:
    return {"id": "PR999", "low": low, "high": high, "central": central, "comparability": comparability}


@pytest.mark.parametrize(
    ("asked", "reproduced", "is_open"),
    [
        (row(220, 1080), (220, 1080), (220, 1080)),
        (row(79.1, 87.8, "87.0"), (79.1, 87.8), (79.1, 87.8)),  # a range is the test where both stand
        (row(-60, -60, "-60"), (-72, -48), (-72, -48)),
        (row(high=-45, central="up to -45"), (-54, -36), (-54, -36)),
        (row(high=-20, central="nearly -20"), (-24, -16), (-24, -16)),
        (row(high=600, central="600"), (480, 720), (480, 720)),  # nothing at all would lie below "up to"
        (row(100, central="100"), (100, 120), (100, inf)),  # a minimum: less misses it, more is in the claim, but apart
        (row(central="2"), (1.6, 2.4), (1.6, 2.4)),
        (row(10, central=">10"), (10, inf), (10, inf)),
        (row(-60, central="over -60"), (-inf, -60), (-inf, -60)),
        (row(50, central="majority"), (50, inf), (50, inf)),
        (row(0, 0, "0"), (0, 0), (0, 0)),
    ],
)
def test_what_a_target_asks(
    asked: dict[str, object], reproduced: tuple[float, float], is_open: tuple[float, float]
) -> None:
    target = target_of(asked)
    assert (target.reproduced.low, target.reproduced.high) == pytest.approx(reproduced)
    assert (target.open.low, target.open.high) == pytest.approx(is_open)


def test_a_row_of_words_is_held_to_the_stated_figure() -> None:
    target = target_of(row(central="energy over consumption"), 50_000.0)
    assert (target.reproduced.low, target.reproduced.high) == pytest.approx((40_000, 60_000))
    assert isnan(target.central)


@pytest.mark.parametrize(
    ("asked", "stated", "found"),
    [(row(central="words"), None, "a target without a figure"), (row(5, 5, "5"), 6.0, "figures of its own")],
)
def test_a_figure_comes_from_the_row_or_from_the_case(
    asked: dict[str, object], stated: float | None, found: str
) -> None:
    with pytest.raises(DataError, match=found):
        target_of(asked, stated)


RANGE = Target(20, nan, 80, Band(20, 80), Band(20, 80))
LEAST = Target(100, 100, nan, Band(100, 120), Band(100, inf))


@pytest.mark.parametrize(
    ("target", "ours", "is_moved", "expected"),
    [
        (RANGE, Estimate(10, 20, 90), False, "reproduced"),  # the ends belong to the range
        (RANGE, Estimate(11, 13, 21), False, "within_spread"),
        (RANGE, Estimate(11, 13, 20), True, "within_spread"),  # one number in common is enough, and comes first
        (RANGE, Estimate(11, 13, 19), True, "explained"),
        (RANGE, Estimate(11, 13, 19), False, "not_reproducible"),
        (RANGE, Estimate.single(80.1), False, "not_reproducible"),
        (LEAST, Estimate.single(300), False, "within_spread"),
        (LEAST, Estimate.single(79), False, "not_reproducible"),
    ],
)
def test_verdicts_by_hand(target: Target, ours: Estimate, is_moved: bool, expected: str) -> None:
    assert verdict("target", CASE, target, ours, is_moved) == expected


@pytest.mark.parametrize(
    ("ours", "is_moved", "expected"),
    [
        (Estimate.single(0.001), False, "reproduced"),
        (Estimate.single(0.0), False, "not_reproducible"),  # an order that is a tie does not hold
        (Estimate(-2, -1, 1), False, "within_spread"),
        (Estimate(-2, -1, -0.5), True, "explained"),
        (Estimate(-2, -1, -0.5), False, "not_reproducible"),
    ],
)
def test_a_sign_holds_above_zero(ours: Estimate, is_moved: bool, expected: str) -> None:
    target = target_of(row(high=0, central="0", comparability="sign"))
    assert verdict("sign", CASE, target, ours, is_moved) == expected


@pytest.mark.parametrize("comparability", ["context", "behaviour"])
def test_what_is_no_test_has_no_other_verdict(comparability: str) -> None:
    assert verdict(comparability, CASE, RANGE, Estimate.single(50), True) == "not_a_test"
    assert verdict("target", None, RANGE, None, False) == "not_a_test"


@given(
    st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1e6), st.booleans()
)
def test_a_wider_spread_never_makes_a_verdict_worse(
    low: float, width: float, central: float, down: float, up: float, is_moved: bool
) -> None:
    order = ["not_reproducible", "explained", "within_spread", "reproduced"]
    band = Band(low, low + width)
    target = Target(nan, nan, nan, band, band)
    narrow = verdict("target", CASE, target, Estimate.single(central), is_moved)
    wide = verdict("target", CASE, target, Estimate(central - down, central, central + up), is_moved)
    assert order.index(wide) >= order.index(narrow)
    assert (narrow == "reproduced") == (wide == "reproduced") == band.holds(central)


def test_an_estimate_is_in_order() -> None:
    assert Estimate.across(5.0, 9.0, 4.0) == Estimate(4.0, 5.0, 9.0)
    assert Estimate(1, 2, 3).scaled(2) == Estimate(2, 4, 6)
    with pytest.raises(ValueError, match="low <= central <= high"):
        Estimate(2, 1, 3)
