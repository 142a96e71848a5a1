"""Cases of homes by hand: a fuse that binds, a bill before and after, and a battery that empties."""

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.evidence.cases.homes import CASES
from analysis.evidence.laboratory import Laboratory
from tests.evidence.made_weeks import MadeWeeks, of_made_weeks

RUN = {case.published_id: case for case in CASES}


class Solved(Laboratory):
    """Two houses as solved: bound by the fuse and free of it; costs of smart and two-way charging, peak at once."""

    def use_case_values(self, case, price_year, *, vehicle_count, per_season=1, spot_only=False):
        assert case.market == "spot"
        is_free = case.site_limit_kw > 100 or (case.use_case == "villa" and case.site_limit_kw > 20)
        two_way = "home" if case.use_case == "villa" else "building"
        cost = (1000.0, 900.0) if is_free else (1050.0, 945.0)
        peak = {"villa": 14.0, "housing_association": 6.0}[case.use_case]
        return pd.DataFrame(
            {"net_cost_sek": cost, "peak_import_ac_kw": [peak] * 2, "forced_charge_count": self.forced(is_free)},
            index=["smart", two_way],
        ).pipe(lambda found: pd.concat([found, found.iloc[:1].rename(index={"smart": "uncontrolled"})]))

    def forced(self, is_free: bool) -> list[float]:
        return [0.0, 0.0]


class Stranded(Solved):
    def forced(self, is_free: bool) -> list[float]:
        return [0.0, 0.0] if is_free else [1.0, 0.0]


def margins(kind: type[Solved], laboratory: Laboratory, **changed: float) -> tuple[float, float]:
    placed = RUN["PR011"].placed(kind(laboratory.parameters, laboratory.tables, laboratory.settings))
    for name, value in changed.items():
        placed = placed.with_condition(name, value)
    ours = RUN["PR011"].run(placed)
    return ours.low, ours.central


def test_value_behind_the_fuse_is_what_it_costs_more_without_two_way_flow(laboratory: Laboratory) -> None:
    """The fuse costs smart charging 50 and two-way flow 45 SEK of a bill of 1 000: 0.5 of at most 1 per cent."""
    assert margins(Solved, laboratory) == pytest.approx((0.5, 0.5))


def test_charging_well_must_be_able_to_serve_the_car(laboratory: Laboratory) -> None:
    assert margins(Stranded, laboratory)[1] < 0


def test_a_fuse_that_does_not_bind_asks_for_no_capacity(laboratory: Laboratory) -> None:
    with pytest.raises(DataError, match="more than the fuse carries"):
        margins(Solved, laboratory, villa_limit_kw=14.5)


@pytest.fixture(scope="module")
def lab(laboratory: Laboratory) -> MadeWeeks:
    return of_made_weeks(laboratory)


def central(lab: MadeWeeks, published_id: str, **changed: float | str) -> float:
    placed = RUN[published_id].placed(lab)
    for name, value in changed.items():
        placed = placed.with_condition(name, value)
    return RUN[published_id].run(placed).central


def test_tolerable_price_is_ten_years_of_what_the_bill_falls_by(lab: MadeWeeks) -> None:
    change, price = central(lab, "PR047"), central(lab, "PR049")
    assert -100 < change < 0 < price
    well = central(lab, "PR047", before="charging_well"), central(lab, "PR049", before="charging_well")
    assert change < well[0] <= 0, "charging well has taken a part of it"
    assert 0 <= well[1] < price


def test_wider_prices_save_more_and_flat_ones_nothing(lab: MadeWeeks) -> None:
    """The house's own load leaves the share, not the saving, to the kind of house."""
    saved = [central(lab, "PR049", price_spread=spread) for spread in (0.0, 1.0, 2.0)]
    assert saved[0] == pytest.approx(0.0, abs=1.0)
    assert saved[0] < saved[1] < saved[2]
    assert central(lab, "PR047", house="detached_direct") > central(lab, "PR047")


class Steady(Laboratory):
    """A house of 2 kW all year."""

    def household_load(self, price_area: str, price_year: int) -> pd.DataFrame:
        return pd.DataFrame({"dwelling": "detached", "load_kw": [2.0] * 8760})


def test_days_of_a_steady_house_by_hand(laboratory: Laboratory) -> None:
    """2 kW cost 0.15 + 0.05 + 0.0104 kW of losses: 131 kWh last 59.3 h, 98 kWh 44.3 h."""
    steady = Steady(laboratory.parameters, laboratory.tables, laboratory.settings)
    ours = RUN["PR096"].run(RUN["PR096"].placed(steady))
    assert (ours.low, ours.central) == pytest.approx((98 / 2.2104 / 24, 131 / 2.2104 / 24))
    halved = RUN["PR096"].run(RUN["PR096"].placed(steady).with_condition("load_pu", 0.5))
    assert halved.central == pytest.approx(131 / (1 + 0.15 + 0.025 + 0.0026) / 24)


def test_backup_power_is_the_models_own(laboratory: Laboratory) -> None:
    assert RUN["PR095"].kind == "input"
    assert RUN["PR095"].run(RUN["PR095"].placed(laboratory)).central == 9.6
