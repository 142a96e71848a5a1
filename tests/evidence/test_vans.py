"""The cases of vans by hand: solved values in, saving and cycles of three places out."""

import pandas as pd
import pytest

from analysis.evidence.case import Case
from analysis.evidence.cases.vans import CASES
from analysis.evidence.laboratory import Laboratory

RUN = {case.published_id: case for case in CASES}
SOLVED = {
    ("SE3", 2025): (900.0, -100.0, 60.0),
    ("SE4", 2025): (1200.0, -900.0, 95.0),
    ("SE3", 2024): (700.0, 150.0, 40.0),
}


class Solved(Laboratory):
    """A laboratory whose vans have been solved: cost at once and both ways, and cycles."""

    def sek_per(self, currency: str) -> float:
        return {"EUR": 10.0}[currency]

    def use_case_values(self, case, price_year, *, vehicle_count, per_season=1, spot_only=False):
        assert spot_only and case.market == "spot" and (case.power_kw, case.battery_usable_kwh) == (11.0, 68.0)
        assert (case.weekday_depart_h, case.weekday_arrive_h) == (7.0, 17.0)
        at_once, both_ways, cycles = SOLVED[case.price_area, price_year]
        return pd.DataFrame(
            {"net_cost_sek": {"uncontrolled": at_once, "grid": both_ways}, "full_cycle_count": {"grid": cycles}}
        )


@pytest.fixture(scope="module")
def solved(laboratory: Laboratory) -> Laboratory:
    return Solved(laboratory.parameters, laboratory.tables, laboratory.settings)


def numbers(case: Case, laboratory: Laboratory) -> tuple[float, float, float]:
    ours = case.run(case.placed(laboratory))
    return ours.low, ours.central, ours.high


def test_saving_is_against_charging_at_once(solved: Laboratory) -> None:
    """SE3 2025: (900 + 100)/10; SE4 2025: 210; SE3 2024: 55 EUR."""
    assert numbers(RUN["PR027"], solved) == pytest.approx((55, 100, 210))


def test_cycles_are_those_of_two_way_charging(solved: Laboratory) -> None:
    assert numbers(RUN["PR028"], solved) == pytest.approx((40, 60, 95))


def test_both_are_a_transfer() -> None:
    assert all(case.is_transfer and case.kind == "engine" for case in CASES)
