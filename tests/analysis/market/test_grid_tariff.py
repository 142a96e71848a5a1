"""Grid tariffs: the committed tables, one tariff as the dispatch takes it, and the energy tax of each price year."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.market.grid_tariff import GridTariff, grid_tariff, parameters_of_price_year
from analysis.market.tariff import household_tariff, needed_spot_sek_per_kwh
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.market import PriceIndex
from analysis.schemas.tariffs import GridTariffs
from analysis.settings.parameters import ParameterSet, parameter_set


@pytest.fixture(scope="module")
def table(root: Path) -> pd.DataFrame:
    paths = ("data/reference/grid_tariffs.csv", "data/assumptions/grid_tariff_archetypes.csv")
    return pd.concat([read_csv_table(root / path, GridTariffs) for path in paths], ignore_index=True)


@pytest.fixture(scope="module")
def facts(root: Path) -> pd.DataFrame:
    return read_csv_table(root / "data/reference/market_facts.csv", Facts)


@pytest.fixture(scope="module")
def parameters(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


def test_the_tables_together_are_one_contract(table: pd.DataFrame) -> None:
    GridTariffs.validate(table)
    assert table.loc[table["operator"] == "archetype", "verified"].eq(False).all()
    assert table.loc[table["verified"], "tariff_id"].nunique() >= 15


def test_sollentuna_by_its_page(table: pd.DataFrame) -> None:
    tariff = grid_tariff(table, "sollentuna_energi_miljo")
    charge = tariff.charge
    assert charge is not None
    assert charge.price_sek_per_kw_month == (108.0, 108.0, 108.0, *[54.0] * 7, 108.0, 108.0)
    assert (charge.peak_count, charge.one_per_day, charge.weekdays_only) == (3, True, True)
    assert (charge.first_hour, charge.end_hour) == (7, 19)
    assert tariff.energy_fee_sek_per_kwh == pytest.approx(0.05 / 1.25)
    assert tariff.network_benefit_sek_per_kwh == pytest.approx(0.07)


def test_example_of_the_method_is_an_archetype(table: pd.DataFrame) -> None:
    charge = grid_tariff(table, "power_days_two_seasons").charge
    assert charge is not None
    assert charge.price_sek_per_kw_month[0] * 1.25 == pytest.approx(111.50)
    assert charge.price_sek_per_kw_month[6] * 1.25 == pytest.approx(55.75)


@pytest.mark.parametrize(
    ("tariff_id", "found"),
    [
        ("dala_energi", "hours outside its windows"),
        ("ellevio", "a part of their height"),
        ("degerfors", "2 charges beside each other"),
        ("btea", "a window over midnight"),
        ("nacka_energi", "an energy fee that differs by hour"),
    ],
)
def test_what_dispatch_cannot_bill_is_refused_never_dropped(table: pd.DataFrame, tariff_id: str, found: str) -> None:
    tariff = grid_tariff(table, tariff_id)
    with pytest.raises(DataError, match=found):
        _ = tariff.charge


def test_the_energy_part_of_a_tariff_is_not_taken_alone(
    table: pd.DataFrame, facts: pd.DataFrame, parameters: ParameterSet
) -> None:
    for tariff_id in ("nacka_energi", "ellevio"):
        with pytest.raises(DataError, match=tariff_id):
            parameters_of_price_year(
                parameters, grid_tariff(table, tariff_id), facts, energy_tax="parameter", price_year=2025
            )


def test_every_tariff_is_read(table: pd.DataFrame) -> None:
    stated = [tariff_id for tariff_id in set(table["tariff_id"]) if _is_stated(grid_tariff(table, tariff_id))]
    assert len(stated) >= 15
    with pytest.raises(DataError, match="sollentuna"):
        grid_tariff(table, "sollentuna")


def _is_stated(tariff: GridTariff) -> bool:
    try:
        _ = tariff.charge
    except DataError:
        return False
    return True


def test_the_default_changes_nothing(table: pd.DataFrame, facts: pd.DataFrame, parameters: ParameterSet) -> None:
    tariff = grid_tariff(table, "by_parameters")
    assert tariff.charge is None
    laid = parameters_of_price_year(parameters, tariff, facts, energy_tax="parameter", price_year=2025)
    assert laid is parameters


def test_fee_and_feed_in_of_a_company_replace_the_parameters(
    table: pd.DataFrame, facts: pd.DataFrame, parameters: ParameterSet
) -> None:
    tariff = grid_tariff(table, "sollentuna_energi_miljo")
    laid = parameters_of_price_year(parameters, tariff, facts, energy_tax="parameter", price_year=2025)
    household = household_tariff(laid)
    assert household.grid_fee_sek_per_kwh == pytest.approx(0.04)
    assert household.network_benefit_sek_per_kwh == pytest.approx(0.07)
    assert household.energy_tax_sek_per_kwh == pytest.approx(0.36)
    partille = grid_tariff(table, "partille_energi")
    kept = parameters_of_price_year(parameters, partille, facts, energy_tax="parameter", price_year=2025)
    assert kept["ret.network_benefit"] == parameters["ret.network_benefit"]


@pytest.mark.parametrize(
    ("year", "tax"), [(2021, 0.356), (2022, 0.360), (2023, 0.392), (2024, 0.428), (2025, 0.439), (2026, 0.360)]
)
def test_each_price_year_pays_its_own_tax(
    table: pd.DataFrame, facts: pd.DataFrame, parameters: ParameterSet, year: int, tax: float
) -> None:
    tariff = grid_tariff(table, "by_parameters")
    laid = parameters_of_price_year(parameters, tariff, facts, energy_tax="price_year", price_year=year)
    assert household_tariff(laid).energy_tax_sek_per_kwh == pytest.approx(tax)
    north = household_tariff(laid, northern_pu=1.0).energy_tax_sek_per_kwh
    assert north == pytest.approx(tax - 0.096)


def test_wedge_with_the_tax_of_2025_in_euro_of_2025(
    root: Path, table: pd.DataFrame, facts: pd.DataFrame, parameters: ParameterSet
) -> None:
    """METHODS 3.2: with 0.439 the first row of the table (check T1) is 1.44 SEK, 130 EUR/MWh."""
    tariff = grid_tariff(table, "by_parameters")
    laid = parameters_of_price_year(parameters, tariff, facts, energy_tax="price_year", price_year=2025)
    needed = needed_spot_sek_per_kwh(household_tariff(laid), 0.10, 0.87, 0.25, is_export=True)
    rate = read_csv_table(root / "data/assumptions/price_index.csv", PriceIndex).set_index("year")["sek_per_eur"][2025]
    assert needed == pytest.approx(1.44, abs=0.01)
    assert 1000 * needed / rate == pytest.approx(130, abs=1)


def test_relief_as_written_and_without_take_up(parameters: ParameterSet) -> None:
    """RG16 refunds the tax of what is fed in again, on application: 0 by default (no take-up), 1 as written."""
    no_take_up = household_tariff(parameters)
    as_written = household_tariff(parameters.with_values({"ret.tax_refund_rho": 1.0}))
    needed = [needed_spot_sek_per_kwh(tariff, 0.10, 0.87, 0.25, is_export=True) for tariff in (no_take_up, as_written)]
    assert needed[0] - needed[1] == pytest.approx(parameters["ret.energy_tax"])
    assert as_written.buy_sek_per_kwh(0.5) == no_take_up.buy_sek_per_kwh(0.5)


def test_rates_of_price_years_are_those_of_the_facts(root: Path, facts: pd.DataFrame) -> None:
    index = read_csv_table(root / "data/assumptions/price_index.csv", PriceIndex).set_index("year")["sek_per_eur"]
    rates = facts[facts["metric"] == "SEK per EUR"].set_index("year")["value"]
    assert set(rates.index) == {str(year) for year in range(2020, 2027)}
    for year, rate in rates.items():
        assert index[int(year)] == pytest.approx(rate), year
