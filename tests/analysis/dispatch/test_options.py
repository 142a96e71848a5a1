"""Names of charger options and their physics."""

from pathlib import Path

import pytest

from analysis.dispatch.options import charger_physics, connection_limit_kw
from analysis.errors import ConfigError
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.parameters import ParameterSet, parameter_set


@pytest.fixture(scope="module")
def parameters(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


def test_names(parameters: ParameterSet) -> None:
    found = [charger_physics(name, parameters) for name in ("ac_11", "dc_20", "ac_3p7_oneway")]
    assert [(one.technology, one.power_kw, one.is_bidirectional) for one in found] == [
        ("ac", 11.0, True), ("dc", 20.0, True), ("ac", 3.7, False)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["ac", "ac_0", "hydro_11", "ac_11_open", "ac_1.1"])
def test_unknown_names_are_refused(parameters: ParameterSet, name: str) -> None:
    with pytest.raises(ConfigError, match="charger_options"):
        charger_physics(name, parameters)


def test_efficiency_is_read_at_the_reference_power(parameters: ParameterSet) -> None:
    ac, dc, big = (charger_physics(name, parameters) for name in ("ac_11", "dc_11", "dc_20"))
    assert dc.charge_efficiency_pu * dc.discharge_efficiency_pu == pytest.approx(0.87, abs=0.005)
    assert ac.charge_efficiency_pu < dc.charge_efficiency_pu == big.charge_efficiency_pu


def test_fuse_carries_charger_and_mean_load(parameters: ParameterSet) -> None:
    assert connection_limit_kw(parameters, 3.7, 1.5) == pytest.approx(11.085, abs=0.001)
    assert connection_limit_kw(parameters, 11.0, 1.5) == pytest.approx(13.856, abs=0.001)
    assert connection_limit_kw(parameters, 20.0, 1.5) == pytest.approx(24.249, abs=0.001)
    with pytest.raises(ConfigError, match="smaller"):
        connection_limit_kw(parameters, 400.0, 1.5)
