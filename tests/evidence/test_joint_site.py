"""One connection for several vehicles: peaks by hand, promises kept, and no dearer than each for itself."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.dispatch.problem import VehicleProblem
from analysis.dispatch.strategies import SMART, UNCONTROLLED
from analysis.evidence.joint_site import joint_cost_sek, joint_import_kw, joint_week, on_peak_alone
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.schedules import SiteWeek, solved_site
from analysis.market.capacity_tariff import PeakCharge
from tests.analysis.dispatch.conftest import _problem
from tests.evidence.made_weeks import of_made_weeks

ONE_PEAK = PeakCharge(np.zeros(24, np.int64), np.zeros(1, np.int64), np.array([3.0]), np.ones(1, np.int64))


def night_car(driven_kwh: float = 20.0) -> VehicleProblem:
    """Plugged in from hour 0 to 8, without losses; drives at hour 12."""
    hour = np.arange(24)
    return _problem(np.ones(24), plugged=(hour < 8).astype(float), driving=np.where(hour == 12, driven_kwh, 0.0),
                    efficiency=1.0)  # fmt: skip


def test_bill_by_hand() -> None:
    """10 kW twice in one hour: 20 kWh at 1 SEK and 20 kW at 3; in two hours 10 kW. A load of 5 kW comes on top."""
    cars = [replace(night_car(), peak=ONE_PEAK)] * 2
    together, apart = np.zeros((2, 24)), np.zeros((2, 24))
    together[:, 0] = 10.0
    apart[0, 0] = apart[1, 1] = 10.0
    assert joint_cost_sek(cars, together) == pytest.approx(20 + 60)
    assert joint_cost_sek(cars, apart) == pytest.approx(20 + 30)
    loaded = [replace(cars[0], site_load_kw=np.full(24, 5.0)), cars[1]]
    assert joint_cost_sek(loaded, apart) == pytest.approx(20 + 45)
    assert joint_import_kw(loaded, apart).max() == 15.0


def test_two_cars_share_the_night_evenly() -> None:
    """2 × 20 kWh over eight hours: 5 kW, whether the peak is all that costs or one of two things."""
    cars = [replace(night_car(), peak=ONE_PEAK)] * 2
    for problems in (cars, [on_peak_alone(car) for car in cars]):
        found = joint_week(problems)
        assert found.charge_kw.sum(axis=0).max() == pytest.approx(5.0)
        assert found.charge_kw.sum() == pytest.approx(40.0)
    assert joint_week(cars).cost_sek == pytest.approx(40 + 15)


def test_a_load_in_some_hours_leaves_the_others() -> None:
    """4 kW of load from 0 to 4 and none after: 20 kWh with 16 of load over eight hours make 4.5 kW at most."""
    load = np.where(np.arange(24) < 4, 4.0, 0.0)
    car = on_peak_alone(replace(night_car(), site_load_kw=load))
    found = joint_week([car])
    assert joint_import_kw([car], found.charge_kw).max() == pytest.approx(4.5)


def test_the_mean_of_the_two_highest_slots_is_what_costs() -> None:
    """Two of three slots are averaged: a peak alone in its slot costs half of what two would."""
    slot = np.minimum(np.arange(24) // 3, 2)
    peak = PeakCharge(slot, np.zeros(3, np.int64), np.array([4.0]), np.array([2]))
    found = joint_week([replace(night_car(), peak=peak)])
    rows = [found.charge_kw[0, slot == place].max() for place in range(3)]
    assert found.cost_sek == pytest.approx(20 + 4 * np.mean(sorted(rows)[1:]))
    assert found.cost_sek <= 20 + 4 * 2.5 + 1e-6, "2.5 kW in all eight hours is one way"


@pytest.fixture(scope="module")
def week(laboratory: Laboratory) -> SiteWeek:
    return solved_site(of_made_weeks(laboratory), laboratory.use_case("public_parking"), 2025, 6).weeks[0]


def test_every_car_leaves_with_what_it_was_promised(week: SiteWeek) -> None:
    found = joint_week(week.problems)
    at_once = [schedule[UNCONTROLLED] for schedule in week.schedules]
    for problem, charge, plain in zip(week.problems, found.charge_kw, at_once, strict=True):
        assert (charge <= problem.charge_limit_kw + 1e-9).all()
        ends = np.flatnonzero((problem.charge_limit_kw > 0) & (np.roll(problem.charge_limit_kw, -1) == 0))
        for end in ends:
            start = end
            while problem.charge_limit_kw[start - 1] > 0:
                start -= 1
            stay = slice(start, end + 1)
            assert charge[stay].sum() == pytest.approx(plain.charge_kw[stay].sum(), abs=0.3)


def test_one_bill_is_no_dearer_steered_together_than_each_for_itself(week: SiteWeek) -> None:
    each = np.array([schedule[SMART].charge_kw for schedule in week.schedules])
    found = joint_week(week.problems)
    assert found.cost_sek <= joint_cost_sek(week.problems, each) + 0.01
    least = joint_week([on_peak_alone(problem) for problem in week.problems])
    assert least.charge_kw.sum(axis=0).max() <= found.charge_kw.sum(axis=0).max() + 1e-6
