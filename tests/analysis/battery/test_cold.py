"""A cold battery: the share of its power, none to give below −10 °C, and cells that lag behind the air."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.battery.cold import cell_temperature_deg_c, charge_limit_pu, discharge_limit_pu
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.parameters import parameter_set

ROOT = Path(__file__).resolve().parents[3]
PARAMETERS = parameter_set(read_csv_table(ROOT / "data/assumptions/parameters.csv", Parameters))


def test_share_of_power_by_temperature() -> None:
    cells = np.array([25.0, 10.0, 0.0, -10.0, -10.1, -30.0])
    np.testing.assert_allclose(charge_limit_pu(PARAMETERS, cells), [1, 1, 0.75, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(discharge_limit_pu(PARAMETERS, cells), [1, 1, 0.75, 0.5, 0, 0])


def test_share_follows_its_parameter() -> None:
    harsh = PARAMETERS.with_values({"veh.cold_power_derate": 0.3})
    assert float(discharge_limit_pu(harsh, 0.0)) == pytest.approx(0.65)


@given(cold=st.floats(-40, 40), warm=st.floats(-40, 40))
def test_a_warmer_battery_never_has_less_power(cold: float, warm: float) -> None:
    cold, warm = sorted((cold, warm))
    for share in (charge_limit_pu, discharge_limit_pu):
        assert 0 <= float(share(PARAMETERS, cold)) <= float(share(PARAMETERS, warm)) <= 1


def test_cells_lag_behind_the_air() -> None:
    steady = np.full(48, -5.0)
    np.testing.assert_allclose(cell_temperature_deg_c(steady, 1.0), steady)
    air = -12 - 8 * np.cos(np.arange(168) / 24 * 2 * np.pi)
    cells = cell_temperature_deg_c(air, 1.0)
    assert cells.mean() == pytest.approx(air.mean())
    assert np.ptp(cells) == pytest.approx(np.ptp(air) / np.hypot(1, 12 * 2 * np.pi / 24), rel=0.02)
    assert 2 <= (int(cells[:24].argmin()) - int(air[:24].argmin())) % 24 <= 6


def test_a_finer_step_gives_the_same_cells() -> None:
    hourly = -5 + 6 * np.sin(np.arange(168) / 24 * 2 * np.pi)
    quarterly = cell_temperature_deg_c(np.repeat(hourly, 4), 0.25).reshape(-1, 4).mean(axis=1)
    np.testing.assert_allclose(quarterly, cell_temperature_deg_c(hourly, 1.0), atol=0.3)
