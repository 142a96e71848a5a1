"""The floor by hand, the grid's tables under their contracts, and the number of cars that saturates FCR-D."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table
from analysis.market.reserve_rules import reserve_rules, reserve_shares
from analysis.potential.depth import DEPTH_PARAMETERS, Volumes, balance
from analysis.potential.floor import FLOOR_PARAMETERS, import_price_sek_per_kwh, price_floors
from analysis.potential.saturation import (
    VALUE_PARAMETERS,
    Depth,
    Outlook,
    _value_of_draws,
    capable_cars,
    enrolled_grid,
    market_balance_table,
    market_of,
    saturating_count,
    saturation_table,
    spread_over_draws,
)
from analysis.potential.surrogate import RESERVE, STANDBY, WEAR, schedules, surrogate
from analysis.schemas.results import MarketBalance
from analysis.schemas.sample import MarketSaturation
from analysis.settings.draws import draw_parameters
from analysis.settings.parameters import parameter_set

VOLUMES = Volumes(226.0, 547.0, 528.0)
SHARES = {"SE1": 0.02, "SE2": 0.04, "SE3": 0.76, "SE4": 0.18}
PRICES = {"fcr_n": 300.0, "fcr_d": 90.0}
DRAWN = tuple(dict.fromkeys((*DEPTH_PARAMETERS, *FLOOR_PARAMETERS, *VALUE_PARAMETERS)))


@pytest.fixture(scope="module")
def central(parameters_table):
    return parameter_set(parameters_table)


@pytest.fixture(scope="module")
def outlook(dispatch_values, sample, run_settings, central):
    def depth(*years):
        levels = run_settings.scope.reserve_levels
        return Depth(surrogate(schedules(dispatch_values, sample, SHARES, "ac_11", years, levels, 0.36)), PRICES)

    return Outlook(depth(2024, 2025), (depth(2024), depth(2025)), VOLUMES, reserve_shares(central)[1], central, 1.2)


@pytest.fixture(scope="module")
def now(outlook, central):
    floors = price_floors(central, reserve_rules(central), 11.0, 1.2, reserve_shares(central))
    return market_of(outlook.middle, central, floors, VOLUMES, outlook.sold_pu)


def test_import_price_is_a_mean_with_vat(dispatch_values):
    # (1000 + 720 + 500 + 120) x 1.25 / 2000
    assert import_price_sek_per_kwh(dispatch_values, 0.25) == pytest.approx(1.4625)
    with pytest.raises(DataError, match="smart"):
        import_price_sek_per_kwh(dispatch_values[dispatch_values["strategy"] != "smart"], 0.25)


def test_floor_by_hand(central):
    floors = price_floors(central, reserve_rules(central), 11.0, 1.2, reserve_shares(central))
    cost = 0.25 + (1 / 0.87 - 1) * 1.2
    standby = 0.15 * 1.2 / 0.36
    assert floors.fcr_n_sek_per_mw_h[0] == pytest.approx(110 * cost / 0.8 + standby * 1000 / (11 / 1.34))
    assert floors.fcr_d_sek_per_mw_h[0] == pytest.approx(4 * cost / 2 / 0.8 + standby * 1000 / (2 * 11 / 1.2))


def test_grid_runs_from_none_to_all():
    grid = enrolled_grid(350_000.0)
    assert grid[0] == 0 and grid[-1] == pytest.approx(350_000) and (np.diff(grid) > 0).all()
    assert enrolled_grid(50.0)[-1] == pytest.approx(50)
    further = enrolled_grid(350_000.0, 2_000_000.0)
    np.testing.assert_allclose(further[: len(grid)], grid)
    assert further[-1] == pytest.approx(2e6)
    assert (np.diff(further) > 0).all()


def test_saturation_is_where_the_price_meets_its_floor(outlook, now):
    count = saturating_count(outlook.middle.car, now)[0]
    floor = now.floor_d_pu[0]
    assert 1_000 < count < 5_000_000
    below, above = balance(outlook.middle.car, np.array([0.95 * count, 1.05 * count]), now).fcr_d_level_pu
    assert above == pytest.approx(floor, abs=2e-3)
    assert below > floor + 1e-3


def test_a_price_below_its_floor_is_saturated_from_the_start_and_a_floor_of_zero_never(outlook, now):
    dear = dataclasses.replace(now, floor_d_pu=np.array([1.3]))
    assert saturating_count(outlook.middle.car, dear)[0] == 0
    free = dataclasses.replace(now, floor_d_pu=np.array([0.0]), sold_pu=0.0)
    assert np.isinf(saturating_count(outlook.middle.car, free)[0])


def test_tables_pass_their_contracts_and_value_has_an_interval_at_any_depth(outlook, now, central, parameters_table):
    draws = draw_parameters(parameters_table, DRAWN, 20, seed=1)
    rules, shares = reserve_rules(central), reserve_shares(central)
    floors = tuple(price_floors(each, rules, 11.0, 1.2, shares) for each in (central, draws))
    grid = enrolled_grid(350_000.0)
    spread = spread_over_draws(outlook, grid, draws, floors[1], 20, seed=1)
    table = check_table(market_balance_table(grid, balance(outlook.middle.car, grid, now), spread), MarketBalance, "t")
    width = table["value_high_sek_per_car_year"] - table["value_low_sek_per_car_year"]
    assert (width > 1).all(), "fee, acceptance, wear and standby move the value of the first car too"
    assert (table["value_sek_per_car_year"].diff().iloc[1:] <= 1).all()
    found = saturation_table(outlook, now, spread, floors, rules, 11.0)
    found = check_table(found, MarketSaturation, "t").set_index("measure")
    row = found.loc["saturation_cars"]
    assert row["low"] <= row["value"] <= row["high"]
    assert found.loc["fill_cars", "value"] == pytest.approx(547_000 / (11 / 1.2))
    assert found.loc["fcr_d_price", "value"] == 90.0


def test_draws_take_whole_years_in_equal_number_and_repeat(outlook, central, parameters_table):
    draws = draw_parameters(parameters_table, DRAWN, 10, seed=1)
    floors = price_floors(draws, reserve_rules(central), 11.0, 1.2, reserve_shares(central))
    grid = np.array([0.0, 30_000.0])
    first, second = (spread_over_draws(outlook, grid, draws, floors, 10, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first.value_sek, second.value_sek)


def test_capable_cars_by_area():
    stock = pd.DataFrame(
        {"price_area": ["SE3", "SE3"], "year": [2030, 2035], "bev_count": [100.0, 200.0], "capable_pu": [0.3, 0.6]}
    )
    assert capable_cars(stock, 2035).to_dict() == {"SE3": 120.0}


def test_the_value_of_a_draw_moves_by_fee_wear_and_standby(outlook, central):
    """By hand: half the acceptance halves the reserve revenue; double wear and standby cost their amount once more."""
    found = balance(outlook.middle.car, np.array([0.0]), _market_at_default(outlook, central))
    default = {name: np.array([[central[name]]]) for name in VALUE_PARAMETERS}
    quantities = outlook.middle.car.at(found.fcr_n_level_pu, found.fcr_d_level_pu)
    assert _value_of_draws(outlook, outlook.middle.car, found, default)[0, 0] == pytest.approx(found.value_sek[0])
    halved = default | {"res.accept_rate": default["res.accept_rate"] / 2}
    expected = found.value_sek[0] - quantities[RESERVE][0] / 2
    assert _value_of_draws(outlook, outlook.middle.car, found, halved)[0, 0] == pytest.approx(max(expected, 0.0))
    dearer = default | {
        "deg.c_deg_nmc": 2 * default["deg.c_deg_nmc"],
        "loss.P_standby_enabled": 2 * default["loss.P_standby_enabled"],
    }
    expected = found.value_sek[0] - quantities[WEAR][0] - quantities[STANDBY][0] * 1.2
    assert _value_of_draws(outlook, outlook.middle.car, found, dearer)[0, 0] == pytest.approx(max(expected, 0.0))


def _market_at_default(outlook, central):
    floors = price_floors(central, reserve_rules(central), 11.0, 1.2, reserve_shares(central))
    return market_of(outlook.middle, central, floors, VOLUMES, outlook.sold_pu)
