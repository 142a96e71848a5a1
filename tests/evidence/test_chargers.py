"""Cases of charger prices and powers, by hand from parameters.csv, charger_options.csv and the law."""

import math

import pytest

from analysis.evidence.case import Estimate
from analysis.evidence.cases.chargers import CASES
from analysis.evidence.laboratory import Laboratory

RUN = {case.published_id: case for case in CASES}


def run(laboratory: Laboratory, published_id: str, **values: float) -> tuple[float, float, float]:
    case = RUN[published_id]
    changed = {name.replace("__", "."): value for name, value in values.items()}
    ours: Estimate = case.run(case.placed(laboratory.with_values(changed)))
    return ours.low, ours.central, ours.high


@pytest.mark.parametrize(
    ("published_id", "expected"),
    [
        ("PR001", (11, 11, 22)),
        ("PR007", (8.8, 8.8, 8.8)),  # 800 stations of 11 kW
        ("PR048", (20 / 11, 20 / 11, 48 / 11)),
        ("PR087", (7000, 11_000, 15_000)),
        ("PR088", (14_500, 20_000, 30_000)),
        ("PR089", (23_000, 48_000, 80_000)),
        ("PR090", (14.5 / 11, 20 / 11, 30 / 11)),
        ("PR092", (15_000 * 0.515, 19_000 * 0.515, 23_000 * 0.515)),  # 50 % of 97 % is taken off
        ("PR101", (11, 11, 20)),
    ],
)
def test_numbers_by_hand(laboratory: Laboratory, published_id: str, expected: tuple[float, float, float]) -> None:
    assert run(laboratory, published_id) == pytest.approx(expected)


def test_the_published_gross_price_gives_the_published_net_one(laboratory: Laboratory) -> None:
    """T7: 11 000 and 3 544 are 14 544 SEK with installation, and leave 7 490 SEK."""
    assert run(laboratory, "PR092", cap__install=3544.0)[1] == pytest.approx(7490.16)


def test_a_car_of_eleven_kilowatts_needs_the_next_fuse(laboratory: Laboratory) -> None:
    """11 kW beside 1 to 2.8 kW: 20 A (13.9 kW). 7.4 kW fits in 16 A (11.1 kW); 16 A is the house's own in both."""
    assert run(laboratory, "PR100") == pytest.approx((16, 20, 20))
    assert run(laboratory, "PR100", veh__p_dis_max_ac=7.4) == pytest.approx((16, 16, 16))


def test_the_ratio_that_openness_justifies(laboratory: Laboratory) -> None:
    """The file says 2. Hazards 0.2·(1 − 0.515) and 0.2·(1 − 0.5875) over ten years; 9 000 SEK beside 6 000 of support.

    DC: 37 000 SEK beside 12 000.
    """
    lost = [1 - (1 - math.exp(-10 * hazard)) / (10 * hazard) for hazard in (0.097, 0.0825)]
    saved = lost[0] - lost[1]
    assert saved * 9_000 / 6_000 < saved * 37_000 / 12_000 < 1.0
    assert run(laboratory, "PR091") == pytest.approx((1 + 9_000 * saved / 6_000, 2, 2))


def test_openness_without_a_service_justifies_nothing(laboratory: Laboratory) -> None:
    """An open unit that works with other makes no more often than any unknown pair is worth no more support."""
    assert run(laboratory, "PR091", iop__p_bpt_given_iso20=0.0) == pytest.approx((1, 2, 2))
