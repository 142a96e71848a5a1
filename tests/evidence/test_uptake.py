"""Who takes a two-way charger, by hand: present values without discounting and without car changes."""

import pandas as pd
import pytest

from analysis.evidence.case import Case
from analysis.evidence.cases.uptake import CASES
from analysis.evidence.laboratory import Laboratory

RUN = {case.published_id: case for case in CASES}
PLAIN = {"ado.implicit_discount": 0.0, "iop.car_change_hazard": 0.0, "cap.life": 10.0, "cap.ac_uni": 11_000.0,
         "cap.ac_bi": 20_000.0, "cap.dc_bi": 48_000.0, "cap.export_setup": 2_500.0, "ado.hassle": 2_000.0,
         "cap.opex": 100.0, "ado.asc_ac": -1.0, "ado.asc_dc": -1.5, "ado.logit_scale": 0.25}  # fmt: skip


class Solved(Laboratory):
    """Two cars: bills alone give 100 and 400 SEK a year, reserves 1 000 more, DC 100 more; 2024 twice, SE4 half."""

    def dispatched_cars(self, car_count, price_area, price_year, **_):
        factor = (2.0 if price_year == 2024 else 1.0) * (0.5 if price_area == "SE4" else 1.0)
        rows = [
            (car, option, strategy, level, factor * (own + (option == "dc_11") * 100.0 + more))
            for car, own in (("a", 100.0), ("b", 400.0))
            for option in ("ac_11", "dc_11")
            for strategy, level, more in (("grid", None, 0.0), ("grid_reserve", "full", 1000.0),
                                          ("grid_reserve", "none", 0.0))
        ]  # fmt: skip
        names = ["vehicle_id", "charger_option", "strategy", "reserve_level_id", "net_value_over_smart_sek"]
        return pd.DataFrame(rows, columns=names)


@pytest.fixture(scope="module")
def solved(laboratory: Laboratory) -> Laboratory:
    return Solved(laboratory.parameters.with_values(PLAIN), laboratory.tables, laboratory.settings)


def numbers(case: Case, laboratory: Laboratory) -> tuple[float, float, float]:
    ours = case.run(case.placed(laboratory))
    return ours.low, ours.central, ours.high


def test_the_best_car_without_anyone_s_payment(solved: Laboratory) -> None:
    """9 000 + 4 500 spent, 1 000 upkeep, 4 000 saved: 10.5 thousand short; 2024 saves 8 000, SE4 2 000."""
    assert numbers(RUN["PR107"], solved) == pytest.approx((6.5, 10.5, 12.5))


def test_dc_is_weighed_against_ac_with_reserves(solved: Laboratory) -> None:
    """DC costs 28 000 more and earns 1 000 more in ten years: −0.5 − 0.25 · 27; 2024 −26, SE4 −27.5."""
    assert numbers(RUN["PR105"], solved) == pytest.approx((-7.375, -7.25, -7.0))


def test_who_does_not_pay_sees_no_price(solved: Laboratory) -> None:
    """The constants alone and what DC earns more: −0.5 + 0.25."""
    case = RUN["PR105"]
    free = case.placed(solved).with_condition("own_share_pu", 0.0)
    assert case.run(free).central == pytest.approx(-0.25)
