"""Tiers nest, hours are found in local time, Sweden is the sum of its areas, and acceptance starts near 7 %."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.fleet.area import FLEET_PARAMETERS, AreaStock, area_stock, fleet_stock
from analysis.fleet.stock import stock_anchors
from analysis.io import check_table
from analysis.potential.acceptance import revealed_share, stated_share
from analysis.potential.capability import Capability, mean_capability
from analysis.potential.firm import firm_mw
from analysis.potential.hours import hour_weights, hourly, season_index
from analysis.potential.summary import YearPotential, potential_tables, years_of
from analysis.potential.tiers import POTENTIAL_PARAMETERS, Enrolled, Occasion, delivered_mw, nameplate_kw, tier_cars
from analysis.schemas.base import SERVICES, TIERS
from analysis.schemas.results import Potential, PotentialSummary
from analysis.settings.draws import draw_parameters
from analysis.settings.parameters import parameter_set

AREAS = ("SE1", "SE2", "SE3", "SE4")
KEYS = [(area, year) for area in AREAS for year in (2024, 2025)]


@pytest.fixture(scope="module")
def central(parameters_table):
    return parameter_set(parameters_table)


@pytest.fixture(scope="module")
def tables(parameters_table, central, facts, municipalities, capability_hours, sample, day_ahead_prices, temperature):
    draws = draw_parameters(parameters_table, (*FLEET_PARAMETERS, *POTENTIAL_PARAMETERS), 60, seed=1)
    anchors = stock_anchors(facts)
    stock = fleet_stock([2030], central, draws, anchors, municipalities, AREAS)
    [target] = years_of([2030], stock, municipalities, anchors, central, draws, AREAS)
    prices, weather = hourly(day_ahead_prices), hourly(temperature, "temperature_deg_c")
    capability = {key: mean_capability(capability_hours, sample, "ac_11", *key) for key in KEYS}
    weights = {key: hour_weights(prices, weather, *key) for key in KEYS}
    return potential_tables(target, capability, weights, 11.0)


def test_acceptance_starts_near_seven_per_cent_beside_the_revealed_eight(central):
    assert stated_share(2025, central)[0] == pytest.approx(0.80 * 0.35 * 0.24)
    assert stated_share(2040, central)[0] == pytest.approx(0.80 * 0.35 * 0.70)
    assert revealed_share(central)[0] == pytest.approx(0.08)


def test_counted_tiers_multiply_by_hand():
    stock = AreaStock(
        ("SE1", "SE3"), np.array([[1000.0], [2000.0]]), np.array([[0.3], [0.3]]), np.array([[0.8], [0.7]]),
        np.array([[0.35], [0.3]]), np.array([[1.1], [1.0]]),
    )  # fmt: skip
    cars = tier_cars(stock, np.array([0.1]))
    np.testing.assert_allclose(cars.of("access")[:, 0], [800, 1400])
    np.testing.assert_allclose(cars.of("capable")[:, 0], [280, 420])
    np.testing.assert_allclose(cars.of("willing")[:, 0], [30.8, 42])
    assert cars.of("firm") is cars.willing


def test_nameplate_is_bounded_by_the_battery_window(central):
    # 62 kWh x (0.8 - 0.2) = 37.2 kWh: 9.3 kW for four hours, the charger's 11 kW for one
    assert nameplate_kw(11.0, central) == pytest.approx(
        {"discharge_20min": 11.0, "discharge_1h": 11.0, "discharge_4h": 9.3}
    )


def test_seasons_by_month():
    np.testing.assert_array_equal(season_index(np.array([12, 1, 2, 3, 6, 9, 11])), [0, 0, 0, 1, 2, 3, 3])


def test_dearest_hours_are_found_in_local_time(day_ahead_prices, temperature):
    weights = hour_weights(hourly(day_ahead_prices), hourly(temperature, "temperature_deg_c"), "SE3", 2024)
    assert weights.all_hours.sum() == pytest.approx(1)
    assert weights.dearest.sum() == pytest.approx(1)
    # 31 hours at 22 local in January; the other 19 are the first hours of the year at the common price
    evening = weights.dearest[0, [day * 24 + 22 for day in range(7)]].sum()
    assert evening == pytest.approx(31 / 50)
    assert weights.dearest[0, 0] == pytest.approx(1 / 50)  # Monday 1 January 2024, 00 local


def test_coldest_hours_are_found_in_local_time(day_ahead_prices, temperature):
    weights = hour_weights(hourly(day_ahead_prices), hourly(temperature, "temperature_deg_c"), "SE3", 2024)
    assert weights.coldest.sum() == pytest.approx(1)
    # 29 hours at 06 local in February 2024; the other 21 are the first hours of the year at the common temperature
    morning = weights.coldest[0, [day * 24 + 6 for day in range(7)]].sum()
    assert morning == pytest.approx((29 + 1) / 50)
    assert weights.coldest[0, 0] == pytest.approx(1 / 50)
    assert not np.allclose(weights.coldest, weights.dearest)


def test_quarter_hours_count_as_hours(day_ahead_prices, temperature):
    weather = hourly(temperature, "temperature_deg_c")
    one = day_ahead_prices[day_ahead_prices["price_area"] == "SE3"]
    quarters = pd.concat(
        [one.assign(step_h=0.25, interval_start_utc=one["interval_start_utc"] + pd.Timedelta(minutes=15 * part))
         for part in range(4)]
    )  # fmt: skip
    expected = hour_weights(hourly(one), weather, "SE3", 2025)
    np.testing.assert_array_equal(hour_weights(hourly(quarters), weather, "SE3", 2025).dearest, expected.dearest)


def test_too_few_prices_or_degrees_are_refused(day_ahead_prices, temperature):
    prices, weather = hourly(day_ahead_prices), hourly(temperature, "temperature_deg_c")
    with pytest.raises(DataError, match="day_ahead_prices SE3 2024"):
        hour_weights(prices.head(40), weather, "SE3", 2024)
    with pytest.raises(DataError, match="temperature SE3 2024"):
        hour_weights(prices, weather.head(40), "SE3", 2024)


def test_mean_capability_weighs_the_cars(capability_hours, sample):
    mean = mean_capability(capability_hours, sample, "ac_11", "SE3", 2024)
    # weights 3 and 1, car b connected half as often: (3 + 0.5) / 4
    assert mean.plugged_pu[0, 22] == pytest.approx(0.875)
    assert mean.mean_kw["discharge_4h"][2, 22] == pytest.approx(9 * 0.875)
    assert mean.plugged_pu[0, 12] == 0


def test_missing_cars_seasons_and_hours_are_named(capability_hours, sample):
    with pytest.raises(DataError, match="no rows for cars b"):
        mean_capability(capability_hours[capability_hours["vehicle_id"] == "a"], sample, "ac_11", "SE3", 2024)
    with pytest.raises(DataError, match="winter"):
        mean_capability(capability_hours[capability_hours["season"] != "winter"], sample, "ac_11", "SE3", 2024)
    with pytest.raises(DataError, match="rows"):
        mean_capability(capability_hours[capability_hours["hour_of_week"] > 0], sample, "ac_11", "SE3", 2024)


def test_tables_pass_their_contracts(tables):
    by_hour, summary = (
        check_table(table, model, "test") for table, model in zip(tables, (Potential, PotentialSummary), strict=True)
    )
    assert len(by_hour) == 4 * 168 * 6 * 3
    assert len(summary) == 5 * 6 * 3 * 3


def test_every_tier_lies_within_the_one_before(tables):
    by_hour, summary = tables
    for table, keys in (
        (by_hour, ["price_area", "service", "hour_of_week"]),
        (summary, ["price_area", "service", "occasion"]),
    ):
        wide = table.pivot_table(index=keys, columns="tier", values="power_mw")[list(TIERS)]
        assert (wide.diff(axis=1).iloc[:, 1:] <= 1e-9).all(axis=None)
        assert (table["power_low_mw"] <= table["power_mw"] + 1e-9).all()
        assert (table["power_mw"] <= table["power_high_mw"] + 1e-9).all()


def test_sweden_is_the_sum_of_its_areas_draw_by_draw(tables):
    summary = tables[1].set_index(["price_area", "tier", "service", "occasion"])
    for tier in TIERS:
        parts = [summary.loc[(area, tier, "discharge_1h", "dearest_50")] for area in AREAS]
        whole = summary.loc[("SE", tier, "discharge_1h", "dearest_50")]
        assert whole["power_mw"] == pytest.approx(sum(part["power_mw"] for part in parts))
        assert whole["car_count"] == pytest.approx(sum(part["car_count"] for part in parts))
        assert whole["power_low_mw"] >= 0.98 * sum(part["power_low_mw"] for part in parts)
        assert whole["power_high_mw"] <= 1.02 * sum(part["power_high_mw"] for part in parts)


def test_enrolled_cars_stand_behind_the_delivered_tiers_and_deliver_by_hand(tables, central):
    summary = tables[1].set_index(["price_area", "tier", "service", "occasion"])
    enrolled = summary.loc[("SE3", "willing", "discharge_1h", "week_mean"), "car_count"]
    assert summary.loc[("SE3", "firm", "discharge_1h", "dearest_50"), "car_count"] == enrolled
    working = 1 - central["res.unavailable_hw"]
    # 31 of 50 dearest hours at 22 (connected 0.875); the rest are hours 00-18 of 1 January: 7 of 19 at night
    share = (31 + 7) / 50
    both_years = summary.loc[("SE3", "available", "discharge_1h", "dearest_50"), "power_mw"]
    assert both_years == pytest.approx(enrolled * working * 11 * 0.875 * share / 1000, rel=1e-6)


def test_more_draws_do_not_move_the_middle(
    parameters_table, central, facts, municipalities, capability_hours, sample, day_ahead_prices, temperature, tables
):
    anchors = stock_anchors(facts)
    draws = draw_parameters(parameters_table, (*FLEET_PARAMETERS, *POTENTIAL_PARAMETERS), 7, seed=2)
    middle, spread = (area_stock(2030, numbers, anchors, municipalities, AREAS) for numbers in (central, draws))
    prices, weather = hourly(day_ahead_prices), hourly(temperature, "temperature_deg_c")
    capability = {key: mean_capability(capability_hours, sample, "ac_11", *key) for key in KEYS}
    weights = {key: hour_weights(prices, weather, *key) for key in KEYS}
    again = potential_tables(YearPotential(2030, middle, spread, central, draws), capability, weights, 11.0)
    np.testing.assert_allclose(again[1]["power_mw"], tables[1]["power_mw"])


def test_delivered_power_is_the_firm_formula_hour_by_hour():
    rng = np.random.default_rng(1)
    capability = {
        ("SE3", year): Capability(rng.random((4, 168)), {service: 11 * rng.random((4, 168)) for service in SERVICES})
        for year in (2024, 2025)
    }
    weights = {key: (lambda raw: raw / raw.sum())(rng.random((4, 168))) for key in capability}
    enrolled = Enrolled("SE3", np.array([20.0, 3000.0]), np.array([0.05, 0.02]), np.array([0.9, 0.95]))
    found = delivered_mw(enrolled, capability, [Occasion("any", weights)])
    for service in SERVICES:
        by_year = [
            weights[key].ravel()
            @ firm_mw(enrolled.car_count, mean.plugged_pu.ravel()[:, None], mean.mean_kw[service].ravel()[:, None],
                      enrolled.correlation_pu, enrolled.working_pu)
            for key, mean in capability.items()
        ]  # fmt: skip
        np.testing.assert_allclose(found["firm", service][0], np.mean(by_year, axis=0))
