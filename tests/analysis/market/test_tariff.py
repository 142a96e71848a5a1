"""The wedge between spot and household: the table of METHODS 3.2 (check T1)."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.market.tariff import Tariff, energy_tax_sek_per_kwh, household_tariff, needed_spot_sek_per_kwh
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.tariffs import AreaTariffs
from analysis.settings.parameters import parameter_set


@pytest.fixture(scope="module")
def tariff(root: Path) -> Tariff:
    return household_tariff(parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters)))


@pytest.mark.parametrize(
    ("changed", "wear", "is_export", "needed"),
    [
        ({}, 0.25, True, 1.33),
        ({"tax_refund_pu": 1.0}, 0.25, True, 0.97),
        ({"tax_refund_pu": 1.0, "grid_fee_sek_per_kwh": 0.0}, 0.25, True, 0.61),
        ({}, 0.25, False, 0.42),
        ({}, 0.05, False, 0.26),
        ({"energy_tax_sek_per_kwh": 0.439}, 0.25, True, 1.44),
    ],
)
def test_spot_at_which_discharge_pays(
    tariff: Tariff, changed: dict[str, float], wear: float, is_export: bool, needed: float
) -> None:
    found = needed_spot_sek_per_kwh(replace(tariff, **changed), 0.10, 0.87, wear, is_export)
    assert found == pytest.approx(needed, abs=0.01)


def test_prices_by_hand(tariff: Tariff) -> None:
    spot = np.array([0.0, 1.0])
    np.testing.assert_allclose(tariff.buy_sek_per_kwh(spot), [0.67 * 1.25, 1.67 * 1.25])
    np.testing.assert_allclose(tariff.sell_sek_per_kwh(spot), [0.03, 1.03])
    np.testing.assert_allclose(replace(tariff, tax_refund_pu=1.0).sell_sek_per_kwh(spot), [0.39, 1.39])


def test_northern_households_pay_less_tax(root: Path, tariff: Tariff) -> None:
    parameters = parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))
    north = household_tariff(parameters, northern_pu=1.0)
    assert tariff.energy_tax_sek_per_kwh - north.energy_tax_sek_per_kwh == pytest.approx(0.096)


def test_share_of_cars_with_reduced_tax_follows_from_the_lists(root: Path) -> None:
    areas = read_csv_table(root / "data/assumptions/tariffs.csv", AreaTariffs).set_index("price_area")["northern_pu"]
    north = pd.read_csv(root / "data/reference/northern_tax_municipalities.csv", dtype={"municipality_code": "str"})
    cars = pd.read_csv(root / "data/reference/municipalities.csv", dtype={"municipality_code": "str"})
    reduced = cars["bev_2023_count"] * cars["municipality_code"].isin(north["municipality_code"])
    share = reduced.groupby(cars["price_area"]).sum() / cars.groupby("price_area")["bev_2023_count"].sum()
    for area, found in areas.items():
        assert found == pytest.approx(share[area], abs=1e-4)


def test_tax_by_year(root: Path) -> None:
    facts = read_csv_table(root / "data/reference/market_facts.csv", Facts)
    assert energy_tax_sek_per_kwh(facts, 2025) == 0.439
    assert energy_tax_sek_per_kwh(facts, 2026) == 0.360
    with pytest.raises(DataError, match="1999"):
        energy_tax_sek_per_kwh(facts, 1999)
