"""Energy need, ceiling and the uncontrolled schedule, by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis.dispatch.problem import VehicleProblem
from analysis.dispatch.requirement import energy_ceiling_kwh, required_energy_kwh, uncontrolled

Maker = Callable[..., VehicleProblem]


def test_need_recedes_by_what_can_be_charged() -> None:
    driving = np.array([0.0, 0.0, 20.0, 0.0])
    power = np.array([12.0, 8.0, 0.0, 0.0])
    found = required_energy_kwh(driving, power, 1.0, 1.0, 10.0)
    np.testing.assert_allclose(found, [10.0, 22.0, 30.0, 10.0])


def test_need_counts_losses_and_steps() -> None:
    found = required_energy_kwh(np.array([0.0, 0.0, 9.0]), np.array([40.0, 40.0, 0.0]), 0.25, 0.8, 5.0)
    np.testing.assert_allclose(found, [5.0, 6.0, 14.0])


def test_need_looks_past_the_end_of_the_horizon() -> None:
    found = required_energy_kwh(np.array([6.0, 0.0]), np.array([0.0, 10.0]), 1.0, 1.0, 5.0)
    np.testing.assert_allclose(found, [11.0, 5.0])
    assert required_energy_kwh(np.array([6.0, 0.0]), np.array([0.0, 4.0]), 1.0, 1.0, 5.0)[1] == pytest.approx(7.0)


def test_ceiling_rises_only_where_a_trip_needs_it() -> None:
    found = energy_ceiling_kwh(np.array([10.0, 52.0, 70.0]), 50.0, 60.0)
    np.testing.assert_allclose(found, [50.0, 52.0, 60.0])


def test_uncontrolled_charges_at_once_to_the_daily_limit(make_problem: Maker) -> None:
    problem = make_problem([1.0] * 5, plugged=[0, 1, 1, 1, 1], driving=[15.0, 0, 0, 0, 0])
    found = uncontrolled(problem)
    np.testing.assert_allclose(found.charge_kw, [0, 10, 5, 0, 0])
    np.testing.assert_allclose(found.state_kwh, [50, 35, 45, 50, 50, 50])
    assert found.objective_sek == pytest.approx(15.0)


def test_uncontrolled_closes_on_itself(random_problem: Maker) -> None:
    for seed in range(20):
        found = uncontrolled(random_problem(seed, days=7))
        assert found.state_kwh[-1] == pytest.approx(found.state_kwh[0], abs=1e-6)


@pytest.mark.parametrize("count", [23, 24, 25])
def test_days_of_23_and_25_hours_lose_no_energy(random_problem: Maker, count: int) -> None:
    whole = random_problem(4, days=2)
    cut = {name: value[:count] for name, value in vars(whole).items() if isinstance(value, np.ndarray)}
    found = uncontrolled(VehicleProblem(**{**vars(whole), **cut}))
    assert 0.93 * found.charge_kw.sum() + found.forced_dc_kwh.sum() == pytest.approx(cut["driving_dc_kwh"].sum())
