"""Energy of a trip, worked by hand from METHODS 1.2."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.mobility.energy import temperature_factor_pu, trip_energy_dc_kwh


def energy(parameters, km, deg_c, soak_h, preconditioned=False):
    return trip_energy_dc_kwh(
        np.array([km]), np.array([deg_c]), np.array([soak_h]), np.array([preconditioned]), parameters
    ).item()


def test_consumption_rises_by_the_inverse_of_the_range_that_is_left(assumptions):
    factor = temperature_factor_pu(np.array([20.0, 0.0, -20.0, 25.0, 30.0]), assumptions)
    expected = [1.0, 1 / 0.8, 1 / 0.6, 1.0, 1.0 + 0.004 * 5]
    np.testing.assert_allclose(factor, expected, rtol=1e-12)


def test_a_tenth_of_a_hundred_km_after_a_night_at_zero(assumptions):
    # 10 km · 0.17 · 1.25 = 2.125; cold start 0.6 · 20/20 = 0.6.
    assert energy(assumptions, 10.0, 0.0, 9.0) == pytest.approx(2.725)


def test_no_cold_start_when_warm_when_preconditioned_or_in_summer(assumptions):
    assert energy(assumptions, 10.0, 0.0, 2.9) == pytest.approx(2.125)
    assert energy(assumptions, 10.0, 0.0, 9.0, True) == pytest.approx(2.125)
    assert energy(assumptions, 10.0, 22.0, 9.0) == pytest.approx(1.7)


def test_cold_start_grows_below_zero(assumptions):
    # 5 km · 0.17 / 0.7 = 1.2143 at -10; cold start 0.6 · 30/20 = 0.9.
    assert energy(assumptions, 5.0, -10.0, 3.0) == pytest.approx(5 * 0.17 / 0.7 + 0.9)


@given(st.floats(-45, 24), st.floats(-45, 24))
def test_the_energy_of_the_mean_temperature_is_less_than_the_mean_energy(assumptions, one, other):
    middle = temperature_factor_pu(np.array([0.5 * (one + other)]), assumptions).item()
    mean = temperature_factor_pu(np.array([one, other]), assumptions).mean()
    assert middle <= mean + 1e-12
