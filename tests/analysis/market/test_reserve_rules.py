"""The matrix of requirements for limited reservoirs, and the gross value of constant offers (checks T2, T3)."""

from pathlib import Path

import pytest

from analysis.io import read_csv_table
from analysis.market.reserve_rules import (
    ProductRule,
    ReserveRules,
    gross_reserve_value,
    reserve_rules,
    reserve_shares,
    symmetric_offer_kw,
)
from analysis.schemas.assumptions import Facts, Parameters
from analysis.settings.parameters import ParameterSet, parameter_set

HOURS = 16 * 365


@pytest.fixture(scope="module")
def parameters(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


@pytest.fixture(scope="module")
def rules(parameters: ParameterSet) -> ReserveRules:
    return reserve_rules(parameters)


def test_matrix(rules: ReserveRules) -> None:
    assert rules.fcr_n == ProductRule(1.34, 1.34, 1.0, 1.0, 0.11, 0.11)
    assert rules.fcr_d_up == ProductRule(1.0, 0.2, 0.3333, 0.0, 0.004, 0.0)
    assert rules.fcr_d_down == ProductRule(0.2, 1.0, 0.0, 0.3333, 0.0, 0.004)


def test_shares_left(parameters: ParameterSet) -> None:
    assert reserve_shares(parameters) == pytest.approx((0.36, 0.45))


def test_most_an_11_kw_car_can_offer(rules: ReserveRules) -> None:
    assert symmetric_offer_kw(11.0, rules) == pytest.approx((9.17, 8.21), abs=0.005)


@pytest.mark.parametrize(
    ("year", "disturbance_eur", "normal_eur"),
    [("2022", 5103, 3110), ("2023", 5835, 3176), ("2024", 2004, 2281), ("2025", 642, 1289), ("2026", 449, 1076)],
)
def test_gross_value_at_mean_prices(
    root: Path, rules: ReserveRules, year: str, disturbance_eur: float, normal_eur: float
) -> None:
    facts = read_csv_table(root / "data/reference/market_facts.csv", Facts)
    rows = facts[(facts["year"] == year) & (facts["area"] == "SE")].set_index("metric")["value"]
    offer_d, offer_n = symmetric_offer_kw(11.0, rules)
    both = rows["FCR-D up price mean"] + rows["FCR-D down price mean"]
    assert gross_reserve_value(offer_d, both, HOURS) == pytest.approx(disturbance_eur, rel=0.02)
    assert gross_reserve_value(offer_n, rows["FCR-N price mean"], HOURS) == pytest.approx(normal_eur, rel=0.02)
