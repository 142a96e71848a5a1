"""Ageing: the published ten-year numbers of both cells, monotone wear, and what a kWh discharged costs (check T6)."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.battery.ageing import (
    Duty,
    ageing_cost_per_kwh,
    anode_potential_v,
    cell_voltage_v,
    lfp_calendar_loss_pu,
    lfp_cycle_loss_pu,
    lfp_loss_pu,
    nmc_calendar_loss_pu,
    nmc_cycle_loss_pu,
    nmc_loss_pu,
)
from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.parameters import ParameterSet, parameter_set

ROOT = Path(__file__).resolve().parents[3]
PARAMETERS = parameter_set(read_csv_table(ROOT / "data/assumptions/parameters.csv", Parameters))
SEK_PER_USD = 9.79
DRIVING_CYCLES, ALL_CYCLES = 25_000 / 60, 40_000 / 60


@pytest.fixture
def parameters() -> ParameterSet:
    return PARAMETERS


@pytest.mark.parametrize(
    ("temperature_deg_c", "voltage_v", "loss"), [(10, 3.6, 0.032), (10, 3.9, 0.053), (25, 3.6, 0.110), (25, 3.9, 0.184)]
)
def test_ten_years_of_standing(
    parameters: ParameterSet, temperature_deg_c: float, voltage_v: float, loss: float
) -> None:
    assert nmc_calendar_loss_pu(parameters, 10, temperature_deg_c, voltage_v) == pytest.approx(loss, rel=0.05)


def test_nmc_extra_loss_and_cost(parameters: ParameterSet) -> None:
    with_v2x, without = (nmc_cycle_loss_pu(parameters, cycles, 0.3, 3.65) for cycles in (ALL_CYCLES, DRIVING_CYCLES))
    extra = with_v2x - without
    as_capacity, end_of_life = ageing_cost_per_kwh(extra, 60, 128 * SEK_PER_USD, 15_000, 0.7)
    assert extra == pytest.approx(0.022, rel=0.05)
    assert as_capacity == pytest.approx(0.11, rel=0.05)
    assert end_of_life == pytest.approx(0.37, rel=0.05)


def test_lfp_extra_loss_and_cost(parameters: ParameterSet) -> None:
    with_v2x, without = (lfp_cycle_loss_pu(parameters, cycles, 0.3, 0.2) for cycles in (ALL_CYCLES, DRIVING_CYCLES))
    as_capacity, end_of_life = ageing_cost_per_kwh(with_v2x - without, 60, 81 * SEK_PER_USD, 15_000, 0.7)
    assert with_v2x - without == pytest.approx(0.002, rel=0.05)
    assert as_capacity == pytest.approx(0.006, rel=0.06)
    assert end_of_life == pytest.approx(0.021, rel=0.05)


def test_lfp_refit_is_held_below_a_quarter(parameters: ParameterSet) -> None:
    per_cycle = lfp_cycle_loss_pu(parameters, 1, 0.25, 0.2)
    assert per_cycle == pytest.approx(1.79e-6, rel=0.01)
    assert lfp_cycle_loss_pu(parameters, 1, 0.18, 0.2) == per_cycle


def test_anode_potential_meets_its_published_reference() -> None:
    """0.123 V at one half is the reference potential of the models built on it; it falls as lithium enters."""
    assert anode_potential_v(0.5) == pytest.approx(0.123, abs=0.001)
    potentials = [anode_potential_v(state) for state in (0.05, 0.2, 0.4, 0.6, 0.8, 1.0)]
    assert potentials == sorted(potentials, reverse=True)


@pytest.mark.parametrize(
    ("temperature_deg_c", "state", "loss"), [(10, 0.5, 0.0551), (25, 0.5, 0.1124), (25, 0.9, 0.1408), (40, 0.1, 0.1406)]
)
def test_ten_years_of_standing_lfp(
    parameters: ParameterSet, temperature_deg_c: float, state: float, loss: float
) -> None:
    """Reckoned once by the trajectory as BLAST-Lite states it, 2·q1·(1/2 − 1/(1 + exp((q2·t)^q3)))."""
    assert lfp_calendar_loss_pu(parameters, 10, temperature_deg_c, state) == pytest.approx(loss, abs=0.0001)


@given(cool=st.floats(10, 45), warm=st.floats(10, 45), low=st.floats(0.05, 0.95), high=st.floats(0.05, 0.95))
def test_lfp_stands_worse_when_warm_and_full(cool: float, warm: float, low: float, high: float) -> None:
    (cool, warm), (low, high) = sorted((cool, warm)), sorted((low, high))
    least = lfp_calendar_loss_pu(PARAMETERS, 10, cool, low)
    assert least <= lfp_calendar_loss_pu(PARAMETERS, 10, warm, low) + 1e-12
    assert least <= lfp_calendar_loss_pu(PARAMETERS, 10, cool, high) + 1e-12


def test_lfp_is_not_extrapolated_into_the_cold(parameters: ParameterSet) -> None:
    duty = Duty(10, 9.9, 0.5, 0.3, 2500, 60)
    with pytest.raises(DataError, match=r"9\.9 °C; expected at least 10 °C"):
        lfp_loss_pu(parameters, duty)


def test_lfp_loss_is_standing_and_cycling(parameters: ParameterSet) -> None:
    duty = Duty(10, 10, 0.5, 0.3, 2500, 60, c_rate_per_h=0.2)
    parts = lfp_calendar_loss_pu(parameters, 10, 10, 0.5) + lfp_cycle_loss_pu(parameters, DRIVING_CYCLES, 0.3, 0.2)
    assert lfp_loss_pu(parameters, duty) == pytest.approx(parts)


def test_the_two_forms_of_lfp_cycling(parameters: ParameterSet) -> None:
    """The source raises the product, METHODS 3.7 the cycles: the extra loss of the example is 0.20 or 0.04 points."""
    extra = [
        lfp_cycle_loss_pu(parameters, ALL_CYCLES, 0.3, 0.2, is_product_raised=form)
        - lfp_cycle_loss_pu(parameters, DRIVING_CYCLES, 0.3, 0.2, is_product_raised=form)
        for form in (False, True)
    ]
    assert extra == pytest.approx([0.00196, 0.00038], abs=0.00001)


@given(shallow=st.floats(0, 1), deep=st.floats(0, 1), c_rate=st.floats(0.01, 1))
def test_wear_never_falls_with_depth(shallow: float, deep: float, c_rate: float) -> None:
    low, high = sorted((shallow, deep))
    lfp = [lfp_cycle_loss_pu(PARAMETERS, 500, depth, c_rate) for depth in (low, high)]
    nmc = [nmc_cycle_loss_pu(PARAMETERS, 500, depth, 3.7) for depth in (low, high)]
    assert lfp[0] <= lfp[1] + 1e-15
    assert nmc[0] <= nmc[1] + 1e-15


def test_a_lower_state_of_charge_can_outweigh_cycling(parameters: ParameterSet) -> None:
    full = Duty(10, 25, 0.80, 0.3, 2500, 60)
    cycled = Duty(10, 25, 0.45, 0.3, 4000, 60)
    assert nmc_loss_pu(parameters, cycled) < nmc_loss_pu(parameters, full)


def test_voltage_passes_through_its_anchors() -> None:
    assert [cell_voltage_v(0.45), cell_voltage_v(0.75)] == pytest.approx([3.6, 3.9])


def test_cost_without_discharge_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        ageing_cost_per_kwh(0.01, 60, 1000, 0, 0.7)
