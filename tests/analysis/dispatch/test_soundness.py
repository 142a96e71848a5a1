"""Bad input is refused with every fault named; what is odd but possible is solved."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import VehicleProblem
from analysis.dispatch.strategies import GRID, SMART
from analysis.dispatch.verify import broken_rules
from analysis.errors import DataError

Maker = Callable[..., VehicleProblem]


def places(make_problem: Maker, **changed: object) -> list[str]:
    with pytest.raises(DataError) as raised:
        replace(make_problem([1.0, 2.0]), **changed)
    return [fault.place.removeprefix("dispatch problem: ") for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("buy_sek_per_kwh", np.array([1.0, np.nan])),
        ("driving_dc_kwh", np.array([-1.0, 0.0])),
        ("charge_limit_kw", np.array([np.inf, 1.0])),
        ("discharge_limit_kw", np.array([-0.1, 1.0])),
        ("plugged_pu", np.array([0.5, 1.2])),
        ("ceiling_kwh", np.array([-5.0, 50.0])),
        ("site_load_kw", np.array([np.nan, 1.0])),
        ("solar_kw", np.array([-1.0, 1.0])),
        ("load_efficiency_pu", np.array([0.0, 0.9])),
        ("sell_sek_per_kwh", np.array([1.0])),
        ("fcr_n_sek_per_kw_h", np.array([1.0, 1.0, 1.0])),
        ("afrr_up_sek_per_kw_h", np.array([np.inf, 1.0])),
        ("charge_efficiency_pu", 1.01),
        ("discharge_efficiency_pu", 0.0),
        ("charge_efficiency_pu", float("nan")),
        ("floor_kwh", -1.0),
        ("standby_kw", float("nan")),
        ("wear_sek_per_kwh", float("inf")),
        ("fuse_kw", -1.0),
        ("horizon_discharge_limit_kwh", float("nan")),
        ("step_h", 0.0),
        ("step_h", 0.7),
        ("step_h", 2.0),
        ("start_kwh", float("nan")),
    ],
)
def test_each_fault_is_named(make_problem: Maker, name: str, value: object) -> None:
    assert places(make_problem, **{name: value}) == [name]


def test_all_faults_come_at_once(make_problem: Maker) -> None:
    found = places(make_problem, buy_sek_per_kwh=np.array([np.nan, 1.0]), charge_efficiency_pu=1.2, floor_kwh=-3.0,
                   sell_sek_per_kwh=np.ones(3))  # fmt: skip
    assert found == ["buy_sek_per_kwh", "charge_efficiency_pu", "floor_kwh", "sell_sek_per_kwh"]


def test_a_floor_above_the_ceiling_is_refused(make_problem: Maker) -> None:
    assert places(make_problem, floor_kwh=60.0) == ["floor_kwh"]


def test_a_battery_of_less_than_nothing_is_refused(make_problem: Maker) -> None:
    with pytest.raises(DataError, match="ceiling_kwh"):
        make_problem([1.0, 2.0], capacity_kwh=-40.0, daily_limit_kwh=-30.0)


def test_a_car_without_power_drives_on_what_it_charges_on_the_road(make_problem: Maker) -> None:
    problem = make_problem([1.0, 2.0, 3.0], power_kw=0.0, driving=[0, 4.0, 0])
    found = LinearModel(problem, False).solve(GRID)
    assert found is not None and broken_rules(problem, GRID, found) == []
    assert found.charge_kw.sum() == 0 and found.forced_dc_kwh.sum() == pytest.approx(4.0)


def test_a_trip_longer_than_the_battery_is_charged_on_the_road(make_problem: Maker) -> None:
    """10 kWh must remain; before so long a trip it fills to 60: 50 of 90 come from home."""
    problem = make_problem([1.0] * 8, plugged=[1] * 7 + [0], driving=[0] * 7 + [90.0])
    found = LinearModel(problem, False).solve(SMART)
    assert found is not None and broken_rules(problem, SMART, found) == []
    assert found.forced_dc_kwh.sum() == pytest.approx(90 - 50)
    assert found.charge_kw.sum() == pytest.approx(50)


def test_a_car_never_at_home_is_solved(make_problem: Maker) -> None:
    problem = make_problem([1.0, 1.0], plugged=0.0, driving=[2.0, 3.0])
    found = LinearModel(problem, True).solve(GRID)
    assert found is not None and broken_rules(problem, GRID, found) == []
    assert found.forced_dc_kwh.sum() == pytest.approx(5.0)


def test_a_horizon_that_ends_within_an_hour_or_a_day_is_solved(random_problem: Maker, whole_problem: Maker) -> None:
    """46.5 hours by the quarter: the last half hour offers nothing, the last day is short."""
    problem = whole_problem(3, 2, 0.25)
    cut = {name: value[:186] for name, value in vars(problem).items()
           if isinstance(value, np.ndarray) and len(value) == 192}  # fmt: skip
    peak = replace(problem.peak, slot_of_hour=problem.peak.slot_of_hour[:47])
    short = replace(problem, **cut, peak=peak)
    model = LinearModel(short, True)
    found = model.solve(GRID)
    assert found is not None and broken_rules(short, GRID, found) == []
    assert model.layout.hour_starts.max() < 184
