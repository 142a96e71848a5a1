"""The cases of offers by hand: solved costs and hours in, savings, payment an hour and free kilometres out."""

import pandas as pd
import pytest

from analysis.evidence.case import Case
from analysis.evidence.cases.offers import CASES
from analysis.evidence.laboratory import Laboratory

RUN = {case.published_id: case for case in CASES}
COSTS = {  # uncontrolled, smart, grid, grid_reserve
    2025: (4000.0, 2600.0, 2000.0, -400.0),
    2024: (5000.0, 3000.0, 2200.0, -3000.0),
    2023: (6000.0, 3500.0, 2500.0, -6500.0),
}
STRATEGIES = ("uncontrolled", "smart", "grid", "grid_reserve")


class Valued(Laboratory):
    """A laboratory whose cars have been solved; they are plugged in for half of the year and drive 1 700 kWh."""

    def sek_per(self, currency: str) -> float:
        return {"EUR": 10.0, "GBP": 12.5}[currency]

    def use_case_values(self, case, price_year, *, vehicle_count, per_season=1, spot_only=False):
        self.seen.append((case, spot_only))
        return pd.DataFrame(
            {"net_cost_sek": dict(zip(STRATEGIES, COSTS[price_year], strict=True)),
             "plugged_pu": dict.fromkeys(STRATEGIES, 0.5), "driving_dc_kwh": dict.fromkeys(STRATEGIES, 1700.0)}
        )  # fmt: skip


@pytest.fixture
def valued(laboratory: Laboratory) -> Valued:
    made = type("Made", (Valued,), {"seen": []})
    return made(laboratory.parameters, laboratory.tables, laboratory.settings)


def numbers(case: Case, laboratory: Laboratory) -> tuple[float, float, float]:
    ours = case.run(case.placed(laboratory))
    return ours.low, ours.central, ours.high


def test_saving_is_over_one_way_charging(valued: Valued) -> None:
    """2025: 3 000 SEK over charging well, 4 400 over charging at once; 2024: 6 000."""
    assert numbers(RUN["PR073"], valued) == pytest.approx((300, 300, 600))
    assert numbers(RUN["PR075"], valued) == pytest.approx((240, 240, 480))


def test_payment_of_a_connected_hour(valued: Valued) -> None:
    """3 000 SEK in 4 380 hours: 0.0685 EUR."""
    low, central, high = numbers(RUN["EX001"], valued)
    assert central == low == pytest.approx(3000 / 4380 / 10)
    assert high == pytest.approx(6000 / 4380 / 10)


def test_baseline_is_a_setting(valued: Valued) -> None:
    placed = RUN["EX001"].placed(valued).with_condition("baseline", "uncontrolled")
    assert RUN["EX001"].run(placed).central == pytest.approx(4400 / 4380 / 10)


def test_value_beyond_one_way_at_early_prices(valued: Valued) -> None:
    """2023: 10 000 SEK; 2024: 6 000."""
    assert numbers(RUN["EX002"], valued) == pytest.approx((480, 800, 800))


def test_free_driving(valued: Valued) -> None:
    """10 000 km cost 4 000 SEK at once, 2 600 well, 5 000 in 2024: 6 000 SEK go 15 000, 23 077 and 12 000 km."""
    assert numbers(RUN["PR074"], valued) == pytest.approx((12_000, 15_000, 23_076.9), rel=1e-5)
    # 620 GBP are 7 750 SEK
    assert numbers(RUN["PR076"], valued)[1] == pytest.approx(19_375)


def test_baseline_decides_more_than_the_second_way(valued: Valued) -> None:
    """2025: 1 400 SEK by baseline against 600; 2024: 2 000 against 800."""
    assert numbers(RUN["EX003"], valued) == pytest.approx((64, 64, 96))


@pytest.mark.parametrize(
    ("name", "option", "battery_kwh", "hours"),
    [("PR073", "ac_11", 52, 16), ("PR075", "ac_7p4", 60, 7.89), ("EX001", "dc_11", 108, 8.219),
     ("EX002", "ac_7", 36, 18), ("EX003", "dc_7p4", 36, 12)],
)  # fmt: skip
def test_each_offer_has_its_car(valued: Valued, name: str, option: str, battery_kwh: float, hours: float) -> None:
    """Plugged in for the offer's hours out of the 18.196 that the villa's car is at home."""
    RUN[name].run(RUN[name].placed(valued))
    for car, spot_only in valued.seen:
        assert (car.charger_option, car.battery_usable_kwh) == (option, battery_kwh)
        assert car.plug_in_pu == pytest.approx(hours / 18.1964, rel=1e-4)
        assert not spot_only


def test_spot_alone_is_a_setting(valued: Valued) -> None:
    RUN["PR073"].run(RUN["PR073"].placed(valued).with_condition("pays", "spot"))
    assert all(spot_only for _, spot_only in valued.seen)


def test_all_are_a_transfer() -> None:
    assert all(case.kind == "engine" and case.is_transfer for case in CASES)
