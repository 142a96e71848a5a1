"""A feeder's year by hand, and the cases on it: signs, shares and what a hybrid ages."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.battery.ageing import Duty
from analysis.battery.cost import loss_pu
from analysis.evidence.case import Case
from analysis.evidence.cases.feeder import CASES
from analysis.evidence.feeders import (
    FeederTerms,
    FeederWeek,
    daily_variance_kw2,
    extra_loss_pu_per_year,
    feeder_year,
    solar_used_pu,
    variance_kw2,
    weighted,
)
from analysis.evidence.laboratory import Laboratory
from tests.analysis.dispatch.conftest import _problem
from tests.evidence.made_weeks import MadeWeeks, of_made_weeks

RUN = {case.published_id: case for case in CASES}
TERMS = FeederTerms("SE3", 2025, 3, 1.0, 1.0, 4.0, "mean", "none", 11.0)


def even_week(base: float, solar: float, charge: float = 0.0, discharge: float = 0.0, weight: float = 26.0
              ) -> FeederWeek:  # fmt: skip
    """A week of constant powers with one car that charges so by steering, and not at all otherwise."""
    flat = np.ones(168)
    car = _problem(flat, plugged=flat, efficiency=0.5)
    powers = (charge * flat[None], discharge * flat[None])
    return FeederWeek(weight, base * flat, solar * flat, np.zeros((1, 168)), *powers, (car,))


def test_a_years_variance_holds_its_seasons_and_a_days_does_not() -> None:
    weeks = even_week(1.0, 0.0), even_week(3.0, 0.0)
    assert variance_kw2(weeks, True) == pytest.approx(1.0)
    assert daily_variance_kw2(weeks, True) == pytest.approx(0.0)
    uneven = even_week(1.0, 0.0, weight=39.0), even_week(3.0, 0.0, weight=13.0)
    assert variance_kw2(uneven, True) == pytest.approx(0.75)
    assert weighted(uneven, lambda week: float(week.base_kw.mean())) == pytest.approx(1.5)


def test_solar_energy_is_used_as_far_as_houses_and_charging_take_it() -> None:
    """Sun 4 over base 1: a quarter; with 2 of charging three quarters; what is discharged does not count against it."""
    weeks = (even_week(1.0, 4.0, charge=2.0),)
    assert solar_used_pu(weeks, False) == pytest.approx(0.25)
    assert solar_used_pu(weeks, True) == pytest.approx(0.75)


def test_extra_ageing_is_that_of_what_leaves_the_cells(laboratory: Laboratory) -> None:
    """An hour of charging and one of discharge at efficiency 0.5: 2 kWh out of the cells every other hour.

    8 760 kWh a year from 10 kWh of battery, days that swing by 2 kWh; without steering nothing at all.
    """
    odd = np.arange(168) % 2 == 1
    car = _problem(np.ones(168), plugged=np.ones(168), efficiency=0.5)
    week = FeederWeek(52.0, np.ones(168), np.zeros(168), np.zeros((1, 168)), np.where(odd, 0.0, 4.0)[None],
                      np.where(odd, 1.0, 0.0)[None], (car,))  # fmt: skip
    value = laboratory.parameters
    steered = Duty(10.0, 10.0, 0.5, 0.2, 8760.0, 10.0)
    expected = loss_pu(value, "nmc", steered) - loss_pu(value, "nmc", replace(
        steered, depth_pu=0.0, discharge_dc_kwh_per_year=0.0))  # fmt: skip
    found = extra_loss_pu_per_year((week,), value, np.array([10.0]))
    assert found == pytest.approx([expected / 10])


@pytest.fixture(scope="module")
def lab(laboratory: Laboratory) -> MadeWeeks:
    return of_made_weeks(laboratory)


def test_a_feeder_holds_as_many_houses_as_cars_ask_for(lab: MadeWeeks) -> None:
    few = feeder_year(lab, replace(TERMS, car_share_pu=0.5))
    for week, made in zip(few, lab.market_weeks("SE3", 2025), strict=True):
        np.testing.assert_allclose(week.base_kw, 6 * made.load_kw["detached"])
        assert week.solar_kw.max() <= 6 * 4.0 * 1.1
    assert feeder_year(lab, TERMS)[0].base_kw.max() == pytest.approx(3 * 2.0)
    no_heat = feeder_year(lab, replace(TERMS, house="detached_district"))
    assert no_heat[0].base_kw.mean() == pytest.approx(3 * 5000 / 8760, rel=0.3)


def test_steering_is_more_even_than_charging_at_once_and_two_ways_more_than_one(lab: MadeWeeks) -> None:
    both, one = feeder_year(lab, TERMS), feeder_year(lab, TERMS, is_two_way=False)
    within = [daily_variance_kw2(both, True), daily_variance_kw2(one, True), daily_variance_kw2(one, False)]
    assert within[0] < within[1] < within[2]
    assert all((week.discharge_kw == 0).all() for week in one)


def test_a_hybrid_keeps_no_reserve_and_no_more_than_it_holds(lab: MadeWeeks) -> None:
    year = feeder_year(lab, replace(TERMS, battery_kwh=10.0, has_engine=True))
    problem = year[0].problems[0]
    assert problem.floor_kwh == pytest.approx(10 * lab.parameters["veh.soc_min_user"])
    assert problem.ceiling_kwh.max() <= 10.0
    day = year[0].discharge_kw[0].reshape(7, 24).sum(axis=1)
    assert day.max() <= 2 * 10.0, "a battery of ten empties at most twice a day"


def central(lab: MadeWeeks, case: Case, **changed: float | str) -> float:
    placed = case.placed(lab)
    for name, value in changed.items():
        placed = placed.with_condition(name, value)
    return case.run(placed).central


def test_cases_have_the_published_signs(lab: MadeWeeks) -> None:
    assert -100 < central(lab, RUN["PR042"]) < 0
    assert central(lab, RUN["PR042"], variance_of="day") < 0
    assert central(lab, RUN["PR043"]) > central(lab, RUN["PR043"], counted_in="points") > 0
    assert central(lab, RUN["PR044"]) > 0
    case = RUN["PR044"].run(RUN["PR044"].placed(lab))
    assert case.high > case.central == case.low, "the first year ages most"


def test_a_hybrid_that_fed_as_much_as_a_battery_car_would_age_more(lab: MadeWeeks) -> None:
    own, as_much = (central(lab, RUN["PR045"], hybrid_feeds=name) for name in ("what_it_can", "as_much"))
    assert as_much > 1
    assert 0 < own < as_much, "with 8 kWh to drive a battery of ten has little left to feed"
