"""The drawing of a published result: order and open ends are kept, whatever the numbers."""

from math import inf, nan
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.report.forest import WIDTH, strip

NUMBERS = st.floats(-1e6, 1e6)


def row(target, ours, published=(nan, nan, nan), beyond=None, comparability="target"):
    low, high = target
    open_low, open_high = beyond or target
    return SimpleNamespace(
        comparability=comparability, target_low=low, target_high=high, open_low=open_low, open_high=open_high,
        published_low=published[0], published_central=published[1], published_high=published[2],
        ours_low=ours[0], ours_central=ours[1], ours_high=ours[2],
    )  # fmt: skip


def test_a_band_and_a_dot_in_its_middle():
    """0 to 10 takes 216 of 240 less the air: 10/13.6 of it is 158.8, and 5 lies at 120."""
    drawn = strip(row((0.0, 10.0), (5.0, 5.0, 5.0), (0.0, nan, 10.0)))
    assert (drawn.band.left, drawn.band.right, drawn.dot) == (40.6, 199.4, 120.0)
    assert drawn.band.width == pytest.approx(158.8)
    assert drawn.marks == (40.6, 199.4)
    assert drawn.beyond is None
    assert drawn.zero == 40.6


def test_an_open_end_reaches_the_edge():
    drawn = strip(row((10.0, nan), (20.0, 20.0, 20.0)))
    assert drawn.band.is_open_right
    assert not drawn.band.is_open_left
    assert drawn.band.right == WIDTH
    least = strip(row((6.4, 9.6), (11.0, 11.0, 11.0), beyond=(6.4, nan)))
    assert least.band.right < least.dot < least.beyond.right == WIDTH


def test_a_sign_is_drawn_from_zero_without_end():
    drawn = strip(row((nan, nan), (-1.0, 0.5, 2.0), comparability="sign"))
    assert drawn.band.left == drawn.zero
    assert drawn.band.is_open_right
    assert drawn.ours.left < drawn.zero < drawn.dot < drawn.ours.right


def test_nothing_to_draw_without_a_number_or_a_target():
    assert strip(row((0.0, 1.0), (nan, nan, nan))) is None
    assert strip(row((nan, nan), (1.0, 1.0, 1.0))) is None


def test_a_single_number_alone_lies_in_the_middle():
    assert strip(row((3.0, 3.0), (3.0, 3.0, 3.0))).dot == WIDTH / 2


@given(st.lists(NUMBERS, min_size=5, max_size=5), st.booleans(), st.booleans())
def test_places_keep_the_order_of_numbers_and_the_drawing_its_width(numbers, is_open_low, is_open_high):
    low, high = sorted(numbers[:2])
    ours = sorted(numbers[2:])
    target = (nan if is_open_low and not is_open_high else low, nan if is_open_high else high)
    drawn = strip(row(target, ours))
    ends = (-inf if target[0] != target[0] else low, inf if target[1] != target[1] else high)
    places = [(drawn.band.left, ends[0]), (drawn.band.right, ends[1]), (drawn.ours.left, ours[0]),
              (drawn.dot, ours[1]), (drawn.ours.right, ours[2])]  # fmt: skip
    assert all(0.0 <= place <= WIDTH for place, _ in places)
    assert all(one[0] <= other[0] for one in places for other in places if one[1] < other[1])
