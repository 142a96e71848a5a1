"""The shadow price of a lifetime budget, on dispatches simple enough to solve by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.battery.budget import TOLERANCE_SEK, budget_shadow_price
from analysis.battery.warranty import LifetimeBudget
from analysis.errors import DataError


def _falling(sek_per_kwh: float, sek_per_h: float) -> tuple[float, float]:
    """3 000 kWh a year less 1 000 for each SEK/kWh; 5 kWh an hour, so that 5 SEK an hour are as good as 1 a kWh."""
    kwh = max(3_000 - 1_000 * (sek_per_kwh + sek_per_h / 5), 0.0)
    return kwh, kwh / 5


def test_energy_binds() -> None:
    price = budget_shadow_price(_falling, LifetimeBudget(10_000, 4_000), 10)
    assert price.sek_per_kwh == pytest.approx(2.0, abs=2 * TOLERANCE_SEK)
    assert price.sek_per_h == 0
    assert price.discharge_kwh_per_year == pytest.approx(1_000, abs=3)
    assert price.is_within


def test_hours_bind() -> None:
    price = budget_shadow_price(_falling, LifetimeBudget(100_000, 1_000), 10)
    assert price.sek_per_kwh == 0
    assert price.sek_per_h == pytest.approx(12.5, abs=2 * TOLERANCE_SEK)
    assert price.counted_h_per_year <= 100


def test_a_budget_that_lasts_has_no_price() -> None:
    price = budget_shadow_price(_falling, LifetimeBudget(30_000, 6_000), 10)
    assert (price.sek_per_kwh, price.sek_per_h, price.dispatch_count) == (0, 0, 1)


def test_both_parts_may_bind() -> None:
    def apart(sek_per_kwh: float, sek_per_h: float) -> tuple[float, float]:
        return max(3_000 - 1_000 * sek_per_kwh, 0.0), max(800 - 100 * sek_per_h, 0.0)

    price = budget_shadow_price(apart, LifetimeBudget(10_000, 4_000), 10)
    assert (price.sek_per_kwh, price.sek_per_h) == pytest.approx((2.0, 4.0), abs=2 * TOLERANCE_SEK)
    assert price.is_within


@given(steps=st.lists(st.floats(0.01, 3.0), min_size=1, max_size=8), years=st.integers(1, 15))
def test_a_stepped_use_is_never_overdrawn(steps: list[float], years: int) -> None:
    """Each block of 500 kWh goes when its own price is passed: the price stands just beyond the last block to go."""

    def stepped(sek_per_kwh: float, sek_per_h: float) -> tuple[float, float]:
        kwh = 500.0 * sum(step > sek_per_kwh for step in steps)
        return kwh, 0.0

    price = budget_shadow_price(stepped, LifetimeBudget(10_000, 4_000), years)
    assert price.is_within
    assert price.discharge_kwh_per_year * years <= 10_000
    if price.sek_per_kwh > 0:
        before = stepped(price.sek_per_kwh - 4 * TOLERANCE_SEK, 0.0)[0]
        assert before * years > 10_000


def test_a_dispatch_deaf_to_price_is_named() -> None:
    with pytest.raises(DataError, match="lifetime budget, kWh"):
        budget_shadow_price(lambda *_: (5_000.0, 0.0), LifetimeBudget(10_000, 4_000), 10)


def test_no_years_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        budget_shadow_price(_falling, LifetimeBudget(1, 1), 0)
