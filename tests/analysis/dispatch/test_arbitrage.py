"""Arbitrage without taxes, wear or trips against published yearly values (check T4)."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import VehicleProblem
from analysis.dispatch.strategies import GRID
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Facts

EFFICIENCY = 0.88
MW = 1000.0


def daily_prices(path: Path) -> list[np.ndarray]:
    """Prices of each local calendar day, EUR/kWh, as published (hours that do not exist are left out)."""
    table = pd.read_csv(path)
    price = pd.to_numeric(table.iloc[:, 1], errors="coerce")
    day = table.iloc[:, 0].str.slice(0, 10)
    return [part.dropna().to_numpy() / MW for _, part in price.groupby(day, sort=False)]


def yearly_value_eur_per_mw(make_problem: Callable[..., VehicleProblem], days: list[np.ndarray], hours: float) -> float:
    """One cycle a day from empty to empty: charge 1/0.88 MW, discharge 1 MW, store ``hours`` MWh."""
    total = 0.0
    for prices in days:
        count = len(prices)
        ceiling = np.full(count, hours * MW)
        ceiling[0] = 0.0
        problem = make_problem(
            prices, sell=prices, charge_limit_kw=np.full(count, MW / EFFICIENCY),
            discharge_limit_kw=np.full(count, MW), floor_kwh=0.0, ceiling_kwh=ceiling,
            charge_efficiency_pu=EFFICIENCY, discharge_efficiency_pu=1.0, daily_discharge_limit_kwh=hours * MW,
        )  # fmt: skip
        found = LinearModel(problem, with_reserves=False).solve(GRID)
        assert found is not None
        total -= found.objective_sek
    return total


def test_one_day_by_hand(make_problem: Callable[..., VehicleProblem]) -> None:
    """Buy one MWh at 10 and one at 20 (1/0.88 each), sell two at 100 and 90: 190 − 30/0.88."""
    prices = np.array([20.0, 10.0, 50.0, 100.0, 90.0]) / MW
    assert yearly_value_eur_per_mw(make_problem, [prices], 2) == pytest.approx(190 - 30 / EFFICIENCY)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize(
    ("area", "hours", "fact"),
    [("SE3", 2, "MF0165"), ("SE3", 4, "MF0166"), ("SE4", 2, "MF0167"), ("SE4", 4, "MF0168")],
)
def test_published_values_of_2023(
    make_problem: Callable[..., VehicleProblem], real_root: Path, root: Path, area: str, hours: int, fact: str
) -> None:
    facts = read_csv_table(root / "data/reference/market_facts.csv", Facts).set_index("id")
    days = daily_prices(real_root / f"prices/entsoe/{area}_2023_entsoe.csv")
    assert len(days) == 365
    found = yearly_value_eur_per_mw(make_problem, days, hours)
    assert found == pytest.approx(float(facts.loc[fact, "value"]), rel=0.01)
