"""Who works with whose charger: by hand, by property, and never fewer pairs for an earlier standard."""

import dataclasses
import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.fleet.brands import OPEN_CHARGERS, TECHNOLOGIES, read_makes
from analysis.fleet.hybrids import hybrid_anchors
from analysis.fleet.interop_tables import (
    INTEROP_PARAMETERS,
    capability_ladder,
    cases_of,
    interop_pairs,
    interoperability,
    meeting_of,
)
from analysis.fleet.interoperability import Vintages, open_by_model_year, point_vintages, works_elsewhere
from analysis.fleet.openness import OpenStandards, new_rungs, service_pu
from analysis.fleet.regulation import CASES, regulation_timeline
from analysis.fleet.stock import Cohorts, StockReading, stock_anchors
from analysis.fleet.stranding import stranded_pu, stranding_per_year, working_share_open_pu
from analysis.fleet.years import (
    YEAR_PARAMETERS,
    FleetHistory,
    FleetReading,
    build_fleet_path,
    kinds_by_year,
    middle_and_draws,
)
from analysis.io import check_table, read_csv_table
from analysis.schemas import regulation as contracts
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.sample import MunicipalityFacts
from analysis.settings.draws import draw_parameters
from analysis.settings.parameters import parameter_set
from analysis.sources.municipalities import municipalities_from_facts

AREAS = ("SE1", "SE2", "SE3", "SE4")
KEYS = ["year", "standards", "place", "technology"]


@pytest.fixture(scope="module")
def table(root):
    return read_csv_table(root / "data/assumptions/parameters.csv", Parameters)


@pytest.fixture(scope="module")
def makes(root):
    return read_makes(
        read_csv_table(root / "data/reference/brand_shares.csv", contracts.BrandShares),
        read_csv_table(root / "data/reference/interop_matrix.csv", contracts.InteropMatrix),
    )


@pytest.fixture(scope="module")
def cases(root):
    levers = read_csv_table(root / "data/assumptions/regulation_levers.csv", contracts.RegulationLevers)
    rows = read_csv_table(root / "data/reference/regulation.csv", contracts.Regulation)
    return cases_of(regulation_timeline(levers, rows, "reference"))


@pytest.fixture(scope="module")
def history(root):
    facts = read_csv_table(root / "data/reference/market_facts.csv", Facts)
    places = read_csv_table(root / "data/reference/municipalities.csv", MunicipalityFacts)
    areas = places[["municipality_code", "name", "price_area", "price_area_land_share_pu"]]
    municipalities = municipalities_from_facts(places, areas.fillna({"price_area_land_share_pu": 0.0}))
    return FleetHistory(stock_anchors(facts), hybrid_anchors(facts), municipalities)


def meeting(numbers, history):
    reading = FleetReading(StockReading(), False, datetime.date(2026, 5, 29))
    fleet = build_fleet_path(history, numbers, reading.stock)
    return meeting_of(fleet, kinds_by_year(fleet, history, reading, AREAS))


@pytest.fixture(scope="module")
def met(table, history):
    """The middle values, then draws."""
    draws = draw_parameters(table, {*YEAR_PARAMETERS, *INTEROP_PARAMETERS}, 40, seed=3)
    return meeting(middle_and_draws(parameter_set(table), draws), history)


@pytest.fixture(scope="module")
def works(met, makes, cases):
    return check_table(interoperability(met, makes, cases), contracts.Interoperability, "test")


def test_makes_are_those_of_the_stock_and_eleven_pairs_are_named(makes):
    assert makes.stock_pu.sum() == pytest.approx(1)
    assert makes.new_pu.sum() == pytest.approx(1)
    assert sum(makes.named[technology].sum() for technology in TECHNOLOGIES) == 11
    share = dict(zip(makes.brands, makes.new_pu, strict=True))
    assert share["Tesla"] == pytest.approx(0.073)
    assert share["BMW"] / share["Ford"] == pytest.approx(6)
    for technology in TECHNOLOGIES:
        assert makes.chargers[technology][-1] == OPEN_CHARGERS[technology]
        assert not makes.named[technology][:, -1].any()


def test_named_share_by_hand(makes):
    """DC: BMW 1, Ford 1, Nissan 1, Volvo 1 and VW 2 of five named chargers and an open one."""
    by_hand = (0.06 + 0.01 + 0.03 + 0.17 + 2 * 0.14) / 6
    np.testing.assert_allclose(makes.named_share("dc", np.array([False])), by_hand)


def test_shares_that_do_not_sum_and_makers_without_a_stock_are_named_at_once(root):
    shares = read_csv_table(root / "data/reference/brand_shares.csv", contracts.BrandShares)
    matrix = read_csv_table(root / "data/reference/interop_matrix.csv", contracts.InteropMatrix)
    broken = shares[~((shares["basis"] == "BEV stock share") & (shares["brand"] == "BYD"))]
    with pytest.raises(DataError) as caught:
        read_makes(broken, matrix)
    assert len(caught.value.faults) == 2


def test_a_pair_is_as_able_as_its_older_part(cases):
    """One car of 2028 and points of 2026, 2028 and 2030 a third each, all numbers by hand."""
    numbers = {
        "iop.p_bpt_given_iso20": 0.2, "iop.p_bpt_2030": 0.6, "iop.p_handshake": 0.5, "iop.p_unnamed_pair": 0.0,
        "iop.p_iso20_chargers_new_2027": 1.0, "iop.iso20_cars_my2026": 0.5, "iop.iso20_cars_my2030": 1.0,
    }  # fmt: skip
    points = Vintages(np.array([2026, 2028, 2030]), np.full((3, 1), 1 / 3))
    speaks, discharges = open_by_model_year(np.array([2028]), points, "dc", numbers, cases["reference"])
    # Points of 2026 do not speak; the car of 2028 speaks with 0.75; the service of 2028 is 0.4 in both other pairs.
    assert speaks[0, 0] == pytest.approx(0.75 * 2 / 3)
    assert discharges[0, 0] == pytest.approx(0.75 * 2 / 3 * 0.4)
    _, older = open_by_model_year(np.array([2027]), points, "ac", numbers, cases["reference"])
    assert older[0, 0] == 0, "a car sold before AC discharge was standard never has it"
    _, newer = open_by_model_year(np.array([2030]), points, "dc", numbers, cases["reference"])
    assert newer[0, 0] == pytest.approx((0.4 + 0.6) / 3)


def test_works_elsewhere_by_hand(makes, cases, table):
    """Before any standard: named pairs work, all others with the prior of 0.03."""
    numbers = parameter_set(table)
    stock = Cohorts(np.array([2024]), np.array([[100.0]]))
    points = Vintages(np.array([2025]), np.ones((1, 1)))
    found = works_elsewhere(stock, points, "dc", makes, numbers, cases["reference"])
    named = makes.stock_pu @ makes.named["dc"].mean(axis=1)
    assert found.of_capable_pu[0] == pytest.approx(named + (1 - named) * 0.03)
    assert found.of_stock_pu[0] == pytest.approx(0.06 * found.of_capable_pu[0])
    none = works_elsewhere(
        stock, points, "dc", makes, numbers.with_values({"iop.p_unnamed_pair": 0.0}), cases["reference"]
    )
    assert none.of_capable_pu[0] == pytest.approx(named)


def test_points_renew_themselves():
    points = point_vintages(
        {2025: np.array([100.0]), 2026: np.array([120.0]), 2027: np.array([120.0])}, np.array([10.0])
    )
    np.testing.assert_allclose(points[2026].share_pu[:, 0], [0.75, 0.25])
    np.testing.assert_allclose(points[2027].share_pu[:, 0] * 120, [81, 27, 12])


def test_today_other_points_work_in_about_a_tenth_and_home_pairs_always(works):
    now = works[(works["year"] == 2025) & (works["standards"] == "reference")].set_index(["place", "technology"])
    assert (now.loc["home", "works_pu"] == 1).all()
    elsewhere = now.drop(index="home", level="place")["works_pu"]
    assert ((elsewhere > 0.03) & (elsewhere < 0.15)).all()


def test_pairs_of_2030_are_those_that_adoption_reckons_with(met, makes, cases, table):
    pairs = check_table(interop_pairs(met, makes, cases["reference"]), contracts.InteropPairs, "test")
    assert (pairs.loc[pairs["is_named"], "works_pu"] == 1).all()
    unknown = pairs[~pairs["is_named"]]
    np.testing.assert_allclose(unknown.loc[unknown["year"] <= 2026, "works_pu"], 0.03)
    numbers = parameter_set(table)
    expected = working_share_open_pu(
        *(numbers[f"iop.{name}"] for name in ("p_bpt_2030", "p_handshake", "p_unnamed_pair"))
    )
    np.testing.assert_allclose(unknown.loc[unknown["year"] == 2030, "works_pu"], expected)
    assert pairs.groupby("year")["is_named"].sum().eq(11).all()
    stock = pairs[pairs["charger"] == "open AC"].pivot(index="year", columns="brand", values="brand_stock_pu")
    np.testing.assert_allclose(stock.sum(axis=1), 1)
    assert stock.loc[2025, "Tesla"] == pytest.approx(0.16), "shares are those of the stock, not of sales"
    assert stock["Tesla"].is_monotonic_decreasing
    assert stock.loc[2040, "Tesla"] > 0.073


def test_the_service_of_2030_is_the_parameter_itself_in_every_draw(table, cases):
    draws = draw_parameters(table, INTEROP_PARAMETERS, 200, seed=5)
    for technology in TECHNOLOGIES:
        found = service_pu(np.array([2030]), technology, draws, cases["reference"])[0]
        np.testing.assert_array_equal(found, draws["iop.p_bpt_2030"])


def test_stranding_by_hand():
    """Methods 9: omega 0.55 strands 36 % in five years, omega 0.9 strands 10 %."""
    for omega, expected in ((0.55, 0.36), (0.9, 0.10)):
        loyalty = 0.5
        hazard = stranding_per_year(0.20, loyalty, (omega - loyalty) / (1 - loyalty))
        assert stranded_pu(hazard, 5) == pytest.approx(expected, abs=0.006)


@given(st.floats(0, 0.5), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 20))
def test_stranding_is_monotone(change, loyalty, works, other, years):
    low, high = sorted((works, other))
    more, less = (stranded_pu(stranding_per_year(change, loyalty, each), years) for each in (low, high))
    assert 0 <= less <= more <= 1
    assert stranded_pu(stranding_per_year(change, loyalty, low), years + 1) >= more


def test_an_open_charger_strands_no_more_than_a_closed_one_and_lock_in_makes_them_alike(works):
    home = works[works["place"] == "home"]
    assert (home["stranded_open_pu"] <= home["stranded_closed_pu"] + 1e-12).all()
    assert works.loc[works["place"] != "home", ["stranded_open_pu", "stranded_closed_pu"]].isna().all(axis=None)
    locked = home[home["standards"] == "proprietary_lock_in"]
    np.testing.assert_allclose(locked["stranded_open_pu"], locked["stranded_closed_pu"])
    later = home[home["year"] == 2030].pivot(index="technology", columns="standards", values="stranded_open_pu")
    assert (later["late_standards"] > later["reference"]).all()


def ordered(found, value):
    """The four cases of one value side by side."""
    keys = [name for name in ("year", "place", "technology", "basis", "rung") if name in found]
    return found.pivot(index=keys, columns="standards", values=value)


def check_order(wide):
    slack = 1e-12
    assert (wide["late_standards"] <= wide["reference"] + slack).all()
    assert (wide["reference"] <= wide["early_standards"] + slack).all()
    assert (wide["proprietary_lock_in"] <= wide["reference"] + slack).all()
    assert (wide["early_standards"] > wide["late_standards"] + 1e-4).any()


def test_earlier_standards_never_give_fewer_working_cars(works):
    check_order(ordered(works, "works_of_stock_pu"))


def test_the_ladder_only_narrows_and_rises_with_earlier_standards(met, cases):
    ladder = check_table(capability_ladder(met, cases), contracts.CapabilityLadder, "test")
    wide = ladder.pivot(index=["year", "standards", "technology", "basis"], columns="rung", values="share_pu")
    assert (wide["discharges"] <= wide["speaks"] + 1e-12).all()
    assert (wide["shakes_hands"] <= wide["discharges"] + 1e-12).all()
    for rung in ("discharges", "shakes_hands"):
        check_order(ordered(ladder[ladder["rung"] == rung], "share_pu"))
    both = ladder[ladder["rung"] == "shakes_hands"].pivot(
        index=["year", "standards", "basis"], columns="technology", values="share_pu"
    )
    assert (both["ac"] <= both["dc"] + 1e-12).all(), "AC waits for what DC does not need"
    today = ladder[(ladder["year"] <= 2026) & (ladder["rung"] != "speaks")]
    assert not today["share_pu"].any(), "speaking the standard is not discharging"
    assert ladder[ladder["basis"] == "in_use"].groupby(["standards", "technology", "rung"])["share_pu"].apply(
        lambda share: share.is_monotonic_increasing
    ).all()  # fmt: skip


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_whatever_is_drawn_earlier_standards_never_give_fewer_pairs(table, history, makes, cases, seed):
    numbers = draw_parameters(table, {*YEAR_PARAMETERS, *INTEROP_PARAMETERS}, 12, seed)
    drawn = meeting(numbers, history)
    for technology in TECHNOLOGIES:
        for year in (2027, 2029, 2032, 2040):
            late, told, early, locked = (
                works_elsewhere(
                    drawn.fleet.bev[year], drawn.points["public"][year], technology, makes, numbers, cases[name]
                ).of_stock_pu
                for name in ("late_standards", "reference", "early_standards", "proprietary_lock_in")
            )
            assert (late <= told + 1e-12).all() and (told <= early + 1e-12).all() and (locked <= told + 1e-12).all()


@given(st.integers(2025, 2035), st.integers(0, 6))
def test_a_later_day_of_any_gate_never_opens_a_pair(year, years_later):
    numbers = {
        "iop.p_bpt_given_iso20": 0.2, "iop.p_bpt_2030": 0.6, "iop.p_handshake": 0.5,
        "iop.p_iso20_chargers_new_2027": 1.0, "iop.iso20_cars_my2026": 0.5, "iop.iso20_cars_my2030": 1.0,
    }  # fmt: skip
    told = OpenStandards(CASES["reference"], datetime.date(2027, 1, 1), (datetime.date(2028, 1, 1),))
    later = dataclasses.replace(
        told, points_day=datetime.date(2027 + years_later, 1, 1), ac_days=(datetime.date(2028 + years_later, 1, 1),)
    )
    for technology in TECHNOLOGIES:
        now, then = (new_rungs(np.array([year]), technology, numbers, each) for each in (told, later))
        assert all((b <= a).all() for a, b in zip(now, then, strict=True))


def test_every_year_place_and_case_has_its_row(works):
    assert len(works) == 16 * 4 * 4 * 2
    assert not works.duplicated(KEYS).any()
    assert (works["works_low_pu"] <= works["works_pu"] + 1e-9).all()
    assert (works["works_pu"] <= works["works_high_pu"] + 1e-9).all()
    assert isinstance(works, pd.DataFrame)
