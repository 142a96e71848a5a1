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
