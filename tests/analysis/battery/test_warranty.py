"""Virtual distance, warranty years and makers' lifetime budgets (check T5)."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.battery.ageing import Duty, nmc_loss_pu
from analysis.battery.warranty import (
    LifetimeBudget,
    Requirement,
    counted_hours,
    maker_budget,
    requirements,
    virtual_km,
    warranty_of,
    warranty_years,
)
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.parameters import ParameterSet, parameter_set

VW = LifetimeBudget(discharge_kwh=10_000, discharge_h=4_000)


@pytest.fixture(scope="module")
def parameters(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


def test_virtual_distance() -> None:
    assert virtual_km(10_000, 0.2) == pytest.approx(50_000)


def test_warranty_ends_by_distance_first() -> None:
    assert warranty_years(12_000, virtual_km(3_120, 0.2), 160_000, 8) == pytest.approx(5.8, abs=0.01)
    assert warranty_years(12_000, 0, 160_000, 8) == 8
    assert warranty_years(0, 0, 160_000, 8) == 8


def test_the_two_readings_of_the_hours_differ_more_than_ten_times() -> None:
    discharging, enabled = 3_120 / 8, 16 * 365
    assert VW.years_until_spent(3_120, discharging) == pytest.approx(10_000 / 3_120)
    assert VW.years_until_spent(3_120, enabled) * 365 == pytest.approx(250)
    assert enabled / discharging > 10


def test_an_unused_budget_lasts() -> None:
    assert VW.years_until_spent(0, 0) == float("inf")


def test_the_binding_part_is_named() -> None:
    kwh, hours, unused = VW.life(3_120, 600), VW.life(100, 1_000), VW.life(0, 0)
    assert (kwh.binding, kwh.years) == ("kwh", pytest.approx(3.205, abs=0.001))
    assert (kwh.hour_years, hours.kwh_years) == (pytest.approx(6.667, abs=0.001), pytest.approx(100))
    assert (hours.binding, hours.years) == ("hours", 4)
    assert unused.binding == "none"


def test_hours_by_either_reading() -> None:
    day = {reading: counted_hours(reading, 1.0, 16.0) for reading in ("discharging", "enabled")}
    assert VW.life(0, day["enabled"]).hour_years == pytest.approx(250)
    assert VW.life(0, day["discharging"]).hour_years == pytest.approx(4000)


def test_budget_of_the_parameters(parameters: ParameterSet) -> None:
    assert maker_budget(parameters) == VW


def test_requirements_of_both_rules(parameters: ParameterSet) -> None:
    assert requirements(parameters) == (Requirement(0.8, 5, 100_000), Requirement(0.7, 8, 160_000))
    assert requirements(parameters, "euro_7") == (Requirement(0.8, 5, 100_000), Requirement(0.72, 8, 160_000))


def test_virtual_distance_ends_both_requirements_early(parameters: ParameterSet) -> None:
    """12 000 km a year and 3 120 kWh of V2X (METHODS 3.7), a battery that loses five points a year."""
    virtual = virtual_km(3_120, parameters["deg.wltp_worst"])
    early, late = (
        warranty_of(each, 12_000, virtual, lambda years: 1 - 0.05 * years) for each in requirements(parameters)
    )
    assert (early.years, late.years) == (pytest.approx(3.62, abs=0.01), pytest.approx(5.80, abs=0.01))
    assert early.is_ended_by_distance
    assert late.is_ended_by_distance
    assert late.state_at_end_pu == pytest.approx(0.71, abs=0.001)
    assert early.is_met
    assert late.is_met
    assert not warranty_of(
        requirements(parameters, "euro_7")[1], 12_000, virtual, lambda years: 1 - 0.05 * years
    ).is_met
    without = warranty_of(requirements(parameters)[1], 12_000, 0, lambda years: 1 - 0.05 * years)
    assert (without.years, without.is_ended_by_distance, without.is_met) == (8, False, False)


def test_an_ageing_cell_is_held_against_its_warranty(parameters: ParameterSet) -> None:
    """NMC at 25 °C and 80 % stands out the eight years with little driving, and fails Euro 7 a little sooner."""
    duty = Duty(1, 25, 0.80, 0.3, 4_000, 60)
    late = warranty_of(
        requirements(parameters)[1], 12_000, 0, lambda years: 1 - nmc_loss_pu(parameters, replace(duty, years=years))
    )
    assert late.years == 8
    assert 0.6 < late.state_at_end_pu < 0.8
    assert late.is_met == (late.state_at_end_pu >= 0.7)
