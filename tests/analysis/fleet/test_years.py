"""Cars and points of every year: anchors met, areas sum to the nation, hybrids apart, standards and law only add."""

import dataclasses
import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ConfigError, DataError
from analysis.fleet.area import FLEET_PARAMETERS, fleet_stock
from analysis.fleet.exits import BY_AGE
from analysis.fleet.hybrids import HYBRID_PARAMETERS, hybrid_anchors, hybrid_cohort_years
from analysis.fleet.points import other_points, public_points_2023
from analysis.fleet.stock import STOCK_PARAMETERS, StockReading, stock_anchors, stock_path
from analysis.fleet.years import (
    YEAR_PARAMETERS,
    FleetHistory,
    FleetReading,
    build_fleet_path,
    fleet_cohorts,
    fleet_years,
    kinds_by_year,
    middle_and_draws,
    years_since,
)
from analysis.io import check_table, read_csv_table
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.fleet import FLEET_KINDS, POINT_KINDS, FleetCohorts, FleetYears
from analysis.schemas.sample import MunicipalityFacts
from analysis.settings.draws import draw_parameters
from analysis.settings.parameters import parameter_set
from analysis.sources.municipalities import municipalities_from_facts

AREAS = ("SE1", "SE2", "SE3", "SE4")
EPBD = datetime.date(2026, 5, 29)
READING = FleetReading(StockReading(), False, EPBD)


@pytest.fixture(scope="module")
def table(root):
    return read_csv_table(root / "data/assumptions/parameters.csv", Parameters)


@pytest.fixture(scope="module")
def history(root):
    facts = read_csv_table(root / "data/reference/market_facts.csv", Facts)
    places = read_csv_table(root / "data/reference/municipalities.csv", MunicipalityFacts)
    areas = places[["municipality_code", "name", "price_area", "price_area_land_share_pu"]]
    municipalities = municipalities_from_facts(places, areas.fillna({"price_area_land_share_pu": 0.0}))
    return FleetHistory(stock_anchors(facts), hybrid_anchors(facts), municipalities)


def kinds_of(numbers, history, reading=READING, areas=AREAS):
    return kinds_by_year(build_fleet_path(history, numbers, reading.stock), history, reading, areas)


@pytest.fixture(scope="module")
def middle(table, history):
    return kinds_of(parameter_set(table), history)


def test_history_of_hybrids_is_the_registered_one(history):
    assert dataclasses.astuple(history.phev) == (187_905, 239_500, 272_342, 63_113)


def test_a_missing_year_of_hybrids_is_named(root):
    facts = read_csv_table(root / "data/reference/market_facts.csv", Facts)
    gap = facts[~((facts["metric"] == "PHEV in traffic") & (facts["year"] == "2021"))]
    with pytest.raises(DataError, match="PHEV in traffic 2021"):
        hybrid_anchors(gap)


@pytest.mark.parametrize("profile", ["even", BY_AGE])
def test_hybrids_meet_their_anchors(table, history, profile):
    numbers = parameter_set(table)
    new_bev = stock_path(numbers, history.bev).new_count
    cohorts = hybrid_cohort_years(numbers, history.phev, new_bev, StockReading(profile))
    assert cohorts[2023].total_count[0] == pytest.approx(272_342)
    assert cohorts[2025].total_count[0] == pytest.approx(325_000)
    assert cohorts[2024].total_count[0] == pytest.approx(295_000, rel=0.01)
    assert all((stock.count >= 0).all() for stock in cohorts.values())


def test_an_impossible_stock_of_hybrids_is_refused(table, history):
    numbers = parameter_set(table, {"tim.phev_stock_2025": 900_000.0})
    with pytest.raises(ConfigError, match=r"tim\.phev_stock_2025"):
        hybrid_cohort_years(numbers, history.phev, stock_path(numbers, history.bev).new_count)


def test_tables_pass_their_contracts_and_agree_with_each_other(table, history, middle):
    draws = draw_parameters(table, YEAR_PARAMETERS, 60, seed=1)
    kinds = kinds_of(middle_and_draws(parameter_set(table), draws), history)
    years = check_table(fleet_years(kinds, AREAS), FleetYears, "test")
    for year, counts in middle.items():
        for kind, count in counts.items():
            np.testing.assert_allclose(kinds[year][kind][:, :1], count, rtol=1e-12)
    assert set(years["kind"]) == set(FLEET_KINDS)
    assert set(years["year"]) == set(range(2025, 2041))
    assert (years["unit_low_count"] <= years["unit_high_count"] + 1e-9).all()
    fleet = build_fleet_path(history, parameter_set(table), READING.stock)
    cohorts = check_table(fleet_cohorts(fleet, history, AREAS), FleetCohorts, "test")
    for drive in ("bev", "phev"):
        summed = cohorts[(cohorts["drive"] == drive) & (cohorts["year"] >= 2025)].groupby(["price_area", "year"])
        told = years[years["kind"] == drive].set_index(["price_area", "year"])["unit_count"].sort_index()
        np.testing.assert_allclose(summed["car_count"].sum().to_numpy(), told.to_numpy())


def test_areas_sum_to_the_nation_and_the_anchors_are_met(middle):
    total = {year: {kind: float(count.sum()) for kind, count in kinds.items()} for year, kinds in middle.items()}
    assert total[2025]["bev"] == pytest.approx(433_000)
    assert total[2030]["bev"] == pytest.approx(1_000_000)
    assert total[2040]["bev"] == pytest.approx(3_300_000)
    assert total[2025]["phev"] == pytest.approx(325_000)
    assert total[2025]["bev_new"] == pytest.approx(99_000)


def test_a_year_of_the_table_is_the_fleet_stock_of_that_year(table, history, middle):
    central = parameter_set(table)
    draws = draw_parameters(table, FLEET_PARAMETERS, 5, seed=1)
    stock = fleet_stock([2030], central, draws, history.bev, history.municipalities, AREAS)
    kinds = middle[2030]
    np.testing.assert_allclose(kinds["bev"][:, 0], stock["bev_count"])
    np.testing.assert_allclose(kinds["bev_capable"][:, 0], stock["bev_count"] * stock["capable_pu"])
    home = sum(kinds[kind] for kind in POINT_KINDS if "home" in kind)[:, 0]
    np.testing.assert_allclose(home, stock["bev_count"] * stock["home_access_pu"])


def test_hybrids_discharge_only_where_a_run_includes_them(table, history, middle):
    included = kinds_of(parameter_set(table), history, dataclasses.replace(READING, has_phev_v2x=True))
    for year, kinds in included.items():
        assert not middle[year]["phev_capable"].any()
        np.testing.assert_array_equal(middle[year]["v2x_cars"], middle[year]["bev_capable"])
        assert (kinds["phev_capable"] > 0).all() and (kinds["phev_capable"] <= kinds["phev"]).all()
        np.testing.assert_array_equal(kinds["bev_capable"], middle[year]["bev_capable"])


def test_public_points_are_those_counted_and_grow_with_cars_as_assumed(table, history):
    points = public_points_2023(history.municipalities, AREAS)
    np.testing.assert_array_equal(points, [607, 1978, 25797, 6008])
    numbers = parameter_set(table)
    twice = other_points(np.ones((4, 1)), np.full((4, 1), 2.0), points, numbers)["point_public"]
    np.testing.assert_allclose(twice[:, 0] / points, 2**0.6)
    none = history.municipalities.assign(public_charge_point_count=None)
    with pytest.raises(DataError, match="SE1"):
        public_points_2023(none.astype({"public_charge_point_count": "Int64"}), AREAS)


def test_law_on_buildings_adds_points_in_shared_buildings_only_and_only_where_asked(table, history, middle):
    grown = kinds_of(parameter_set(table, {"plug.epbd_access_growth": 0.01}), history)
    shared = ("point_home_association", "point_home_rental")
    for kind in FLEET_KINDS:
        before, after = middle[2035][kind], grown[2035][kind]
        assert (after > before).all() if kind in shared else (after == before).all()
    late = dataclasses.replace(READING, epbd_day=datetime.date(2029, 5, 29))
    later = kinds_of(parameter_set(table, {"plug.epbd_access_growth": 0.01}), history, late)
    assert (later[2035]["point_home_association"] < grown[2035]["point_home_association"]).all()


def test_years_since_a_day():
    assert years_since(EPBD, 2025) == 0
    assert years_since(EPBD, 2026) == pytest.approx(0.591, abs=1e-3)
    assert years_since(EPBD, 2030) == pytest.approx(4.591, abs=1e-3)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000), profile=st.sampled_from(["even", BY_AGE]))
def test_whatever_is_drawn_counts_hold_together(table, history, seed, profile):
    draws = draw_parameters(table, dict.fromkeys((*YEAR_PARAMETERS, *STOCK_PARAMETERS, *HYBRID_PARAMETERS)), 20, seed)
    found = {
        shift: kinds_of(draws, history, FleetReading(StockReading(profile, shift), True, EPBD)) for shift in (-2, 0, 3)
    }
    for year, kinds in found[0].items():
        assert all((count >= 0).all() for count in kinds.values())
        assert (kinds["bev_capable"] <= kinds["bev"]).all()
        assert (kinds["bev_new"] <= kinds["bev"] * (1 + 1e-9)).all()
        late, early = (found[shift][year]["bev_capable"] for shift in (3, -2))
        assert (late <= kinds["bev_capable"] * (1 + 1e-12)).all()
        assert (kinds["bev_capable"] <= early * (1 + 1e-12)).all()
