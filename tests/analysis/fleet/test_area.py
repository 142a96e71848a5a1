"""National cars are shared out by registered cars; the table passes its contract; draws surround the middle."""

import numpy as np
import pytest

from analysis.errors import DataError
from analysis.fleet.area import FLEET_PARAMETERS, area_shares, area_stock, area_stock_of, fleet_stock
from analysis.fleet.stock import stock_anchors
from analysis.io import check_table, read_csv_table
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.results import FleetStock
from analysis.schemas.sample import MunicipalityFacts
from analysis.settings.draws import draw_parameters
from analysis.settings.parameters import parameter_set
from analysis.sources.municipalities import municipalities_from_facts

AREAS = ("SE1", "SE2", "SE3", "SE4")


@pytest.fixture(scope="module")
def table(root):
    return read_csv_table(root / "data/assumptions/parameters.csv", Parameters)


@pytest.fixture(scope="module")
def anchors(root):
    return stock_anchors(read_csv_table(root / "data/reference/market_facts.csv", Facts))


@pytest.fixture(scope="module")
def municipalities(root):
    facts = read_csv_table(root / "data/reference/municipalities.csv", MunicipalityFacts)
    areas = facts[["municipality_code", "name", "price_area", "price_area_land_share_pu"]]
    return municipalities_from_facts(facts, areas.fillna({"price_area_land_share_pu": 0.0}))


def test_area_shares_are_those_of_the_register(municipalities):
    np.testing.assert_allclose(area_shares(municipalities, AREAS), [0.021, 0.041, 0.760, 0.178], atol=6e-4)
    with pytest.raises(DataError, match="SE1"):
        area_shares(municipalities[municipalities["price_area"] != "SE1"], AREAS)


def test_table_passes_its_contract_and_its_interval_holds_the_middle(table, anchors, municipalities):
    central = parameter_set(table)
    draws = draw_parameters(table, FLEET_PARAMETERS, 300, seed=1)
    stock = fleet_stock([2025, 2030], central, draws, anchors, municipalities, AREAS)
    stock = check_table(stock, FleetStock, "test")
    totals = stock.groupby("year")["bev_count"].sum()
    assert totals[2025] == pytest.approx(433_000)
    assert totals[2030] == pytest.approx(1_000_000)
    assert (stock["bev_low_count"] < stock["bev_count"]).all() and (stock["bev_count"] < stock["bev_high_count"]).all()
    assert (stock["capable_low_pu"] < stock["capable_pu"]).all()
    assert (stock["capable_pu"] < stock["capable_high_pu"]).all()
    access = stock[stock["year"] == 2030].set_index("price_area")["home_access_pu"]
    assert access["SE3"] == access.min()


def test_single_values_and_draws_give_the_same_shape_of_answer(table, anchors, municipalities):
    stock = area_stock(2030, parameter_set(table), anchors, municipalities, ("SE4", "SE1"))
    assert stock.capable_home_count.shape == (2, 1)
    assert stock.capable_home_count[0, 0] > stock.capable_home_count[1, 0]
    draws = draw_parameters(table, FLEET_PARAMETERS, 7, seed=1)
    assert area_stock(2030, draws, anchors, municipalities, ("SE4", "SE1")).capable_home_count.shape == (2, 7)


def test_the_table_gives_back_its_middle_values_in_the_order_asked(table, anchors, municipalities):
    central = parameter_set(table)
    draws = draw_parameters(table, FLEET_PARAMETERS, 5, seed=1)
    written = fleet_stock([2030], central, draws, anchors, municipalities, AREAS)
    again = area_stock_of(written, 2030, ("SE4", "SE1"))
    expected = area_stock(2030, central, anchors, municipalities, ("SE4", "SE1"))
    np.testing.assert_allclose(again.capable_home_count, expected.capable_home_count)
    with pytest.raises(DataError, match="SE4 2035"):
        area_stock_of(written, 2035, ("SE4",))
