"""Worth of backup: the published outage minutes, break-even by hand, and that ordinary outages never pay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.io import check_table, normalise
from analysis.resilience.backup import need_cases
from analysis.resilience.value import (
    EQUIPMENT_SEK,
    annuity_years,
    break_even_sek,
    crises_to_repay,
    outage_value_sek,
    value_tables,
    value_terms,
)
from analysis.schemas.resilience import HOUSE_TYPES, BackupThreshold, BackupValue


@pytest.mark.parametrize(
    ("minutes", "cost", "expected"), [(95, 25.0, 40.0), (95, 79.8, 126.0), (80, 25.0, 33.0), (156, 25.0, 65.0)]
)
def test_ordinary_outages_at_one_kw_are_worth_what_the_reference_says(minutes, cost, expected):
    """METHODS 8: about 40 SEK a year at 25 SEK/kWh, 126 SEK at the official value, SAIDI 80-156 minutes."""
    assert outage_value_sek(minutes / 60, cost) == pytest.approx(expected, abs=0.7)


def test_break_even_by_hand():
    """40 SEK a year and 1 % of 1 800 SEK, ten years at 3.5 %: 58 × 8.3166."""
    assert annuity_years(0.035, 10) == pytest.approx(8.3166, abs=1e-4)
    assert break_even_sek(40.0, 1800.0, 0.01, 0.035, 10) == pytest.approx(58 * 8.3166, abs=0.01)
    assert annuity_years(0.0, 10) == 10.0


def test_crises_to_repay_by_hand():
    assert crises_to_repay(15_000, 0.0, 287.0, 0.035, 10) == pytest.approx(15_000 / 8.3166 / 287, rel=1e-4)
    assert crises_to_repay(100, 40.0, 287.0, 0.035, 10) == 0.0
    assert np.isnan(crises_to_repay(15_000, 0.0, 0.0, 0.035, 10))


@given(st.floats(0, 500), st.floats(1, 5000), st.floats(0.0, 0.2), st.floats(1_000, 60_000))
def test_the_threshold_is_where_break_even_meets_the_price(ordinary, crisis, rate, price):
    chance = crises_to_repay(price, ordinary, crisis, rate, 10)
    worth = break_even_sek(ordinary, crisis, chance, rate, 10)
    assert worth == pytest.approx(price) if chance > 0 else worth >= price * (1 - 1e-9)


@pytest.fixture
def tables(fleet, no_loss, assumed):
    loads = {house: [np.full(168, 2.0)] * 4 for house in HOUSE_TYPES}
    cases = need_cases(loads, (0.2, 0.5, 1.5), 9.6, no_loss, 1.0)
    return value_tables(fleet(stored_kwh=30.0, plugged=0.25, home=0.8), cases, value_terms(assumed))


def test_tables_keep_their_contract_and_grow_with_cost_and_chance(tables):
    values, thresholds = (normalise(table) for table in tables)
    check_table(values, BackupValue, "test")
    check_table(thresholds, BackupThreshold, "test")
    key = ["house_type", "load_case", "strategy", "presence", "discount_rate_pu"]
    for axis, other in (
        ("outage_cost_sek_per_kwh", "crisis_chance_pu"),
        ("crisis_chance_pu", "outage_cost_sek_per_kwh"),
    ):
        for _, rows in values.groupby([*key, other]):
            assert rows.sort_values(axis)["break_even_sek"].is_monotonic_increasing
    for _, rows in thresholds.groupby([*key, "outage_cost_sek_per_kwh"]):
        assert rows.sort_values("equipment_sek")["crisis_count_per_year"].is_monotonic_increasing


def test_ordinary_outages_never_pay_for_any_equipment(tables):
    """Critical load, any cost of an outage in the reference, even counting all cars at home."""
    values, thresholds = tables
    critical = values[values["load_case"] == "critical"]
    alone = critical["ordinary_value_sek"] * annuity_years(0.035, 10)
    assert alone.max() < min(EQUIPMENT_SEK)
    assert thresholds["crisis_count_per_year"].gt(0).all()


def test_a_car_at_home_a_quarter_of_the_time_serves_a_quarter(tables):
    values = tables[0]
    row = values[(values["load_case"] == "critical") & (values["strategy"] == "grid")]
    plugged = row[row["presence"] == "plugged_in"]["ordinary_kwh"].iloc[0]
    assert plugged == pytest.approx(0.25 * 0.5 * 95 / 60)
