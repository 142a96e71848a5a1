"""Conversion losses: the fitted curve, the constants read off it, and the extra loss of AC."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.battery.losses import LossCurve, load_following_efficiency_pu, loss_curve, reference_power_kw
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.parameters import ParameterSet, parameter_set


@pytest.fixture(scope="module")
def parameters(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


@pytest.mark.parametrize(("power_kw", "round_trip"), [(11, 0.87), (5, 0.87), (2, 0.81), (1, 0.70)])
def test_round_trip_of_the_fitted_curve(parameters: ParameterSet, power_kw: float, round_trip: float) -> None:
    assert loss_curve(parameters, "dc").round_trip_pu(power_kw) == pytest.approx(round_trip, abs=0.005)


@pytest.mark.parametrize("technology", ["ac", "dc"])
def test_curve_stands_within_the_field_test(parameters: ParameterSet, technology: str) -> None:
    """EX004: 87.0 % at 3 × 16 A, 93.3 % one way there, 79.1-87.8 % over all currents, lower at low current.

    The fit peaks at 10 A, 0.05 points above the best that was measured, and reads 87.4 % at 16 A.
    """
    curve = loss_curve(parameters, technology)
    three_phase_kw = np.array([6, 8, 10, 13, 16]) * 0.4 * np.sqrt(3)
    found = curve.round_trip_pu(three_phase_kw)
    assert (found >= 0.791).all()
    assert (found <= 0.879).all()
    assert found[-1] == pytest.approx(parameters["loss.rte_11kw"], abs=0.005)
    assert curve.round_trip_pu(0.23 * 6) < found.min()
    if technology == "dc":
        one_way = curve.charge_efficiency_pu(11.085), curve.discharge_efficiency_pu(11.085)
        assert one_way == pytest.approx((0.933, 0.933), abs=0.005)


@pytest.mark.parametrize(("extra", "lost_points"), [(0.0, 0.0), (0.005, 0.87), (0.02, 3.45)])
def test_extra_loss_of_ac_over_its_range(parameters: ParameterSet, extra: float, lost_points: float) -> None:
    """0.5 points, range 0-2, each way: what that takes off the round trip at 11 kW."""
    curves = [loss_curve(parameters.with_values({"loss.ac_extra": extra}), kind) for kind in ("dc", "ac")]
    dc, ac = (float(curve.round_trip_pu(11.0)) for curve in curves)
    assert 100 * (dc - ac) == pytest.approx(lost_points, abs=0.03)


def test_ac_loses_half_a_point_more_each_way(parameters: ParameterSet) -> None:
    ac, dc = loss_curve(parameters, "ac"), loss_curve(parameters, "dc")
    assert dc.charge_efficiency_pu(11.0) - ac.charge_efficiency_pu(11.0) == pytest.approx(0.005)
    assert 0 < dc.round_trip_pu(11.0) - ac.round_trip_pu(11.0) < 0.012


def test_no_loss_at_rest() -> None:
    assert LossCurve(0.15, 0.025, 0.0026).loss_kw(np.array([0.0, 1.0])).tolist() == [0.0, 0.15 + 0.025 + 0.0026]


def test_following_a_small_load_is_less_efficient(parameters: ParameterSet) -> None:
    curve = loss_curve(parameters, "dc")
    found = load_following_efficiency_pu(curve, np.array([0.0, 1.0, 30.0]), 20.0, reference_power_kw(20.0, 11.0))
    np.testing.assert_allclose(found, [0.1 / 0.252526, 1 / 1.1776, 11 / 11.7396], rtol=1e-6)


@given(power=st.floats(0.2, 11.0), share=st.floats(0.0, 1.0))
def test_losses_never_create_energy(power: float, share: float) -> None:
    curve = LossCurve(0.15, 0.025, 0.0026, extra_pu=0.02 * share)
    assert 0 <= curve.round_trip_pu(power) < 1
