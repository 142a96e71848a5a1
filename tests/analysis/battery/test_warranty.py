"""Virtual distance, warranty years and makers' lifetime budgets (check T5)."""

import pytest

from analysis.battery.warranty import LifetimeBudget, virtual_km, warranty_years

VW = LifetimeBudget(discharge_kwh=10_000, discharge_h=4_000)


def test_virtual_distance() -> None:
    assert virtual_km(10_000, 0.2) == pytest.approx(50_000)


def test_warranty_ends_by_distance_first() -> None:
    assert warranty_years(12_000, virtual_km(3_120, 0.2), 160_000, 8) == pytest.approx(5.8, abs=0.01)
    assert warranty_years(12_000, 0, 160_000, 8) == 8
    assert warranty_years(0, 0, 160_000, 8) == 8


def test_the_two_readings_of_the_hours_differ_more_than_ten_times() -> None:
    discharging, enabled = 3_120 / 8, 16 * 365
    assert VW.years_until_spent(3_120, discharging) == pytest.approx(10_000 / 3_120)
    assert VW.years_until_spent(3_120, enabled) * 365 == pytest.approx(250)
    assert enabled / discharging > 10


def test_an_unused_budget_lasts() -> None:
    assert VW.years_until_spent(0, 0) == float("inf")
