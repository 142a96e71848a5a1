"""What the cold does to a car's week: less power, no discharge below −10 °C, trips still served, by area and season."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.battery.cold import cell_temperature_deg_c, discharge_limit_pu
from analysis.dispatch.cold import derated
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import VehicleProblem
from analysis.dispatch.strategies import GRID, SMART
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.schemas.climate import ClimateNormals
from analysis.settings.parameters import ParameterSet, parameter_set
from analysis.synthetic.climate import climate_year


@pytest.fixture(scope="module")
def parameters(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


def _value(problem: VehicleProblem) -> tuple[float, np.ndarray]:
    model = LinearModel(problem, with_reserves=False)
    smart, grid = model.solve(SMART), model.solve(GRID)
    assert smart is not None
    assert grid is not None
    return smart.objective_sek - grid.objective_sek, grid.discharge_kw


def test_a_mild_battery_is_unchanged(random_problem: Callable[..., VehicleProblem], parameters: ParameterSet) -> None:
    problem = random_problem(4)
    same = derated(problem, parameters, np.full(48, 12.0), 60.0)
    for name in ("charge_limit_kw", "discharge_limit_kw", "required_kwh"):
        np.testing.assert_array_equal(getattr(same, name), getattr(problem, name))


def test_cold_takes_power_and_value(random_problem: Callable[..., VehicleProblem], parameters: ParameterSet) -> None:
    """Half the power at −10 °C, none to give at −11 °C: V2G adds less, then nothing; trips need an earlier start."""
    problem = random_problem(4, sell=np.tile([0.2, 3.0], 24), standby_kw=0.0)
    mild, at_limit, below = (derated(problem, parameters, np.full(48, cell), 60.0) for cell in (10.0, -10.0, -11.0))
    np.testing.assert_allclose(at_limit.discharge_limit_kw, 0.5 * problem.discharge_limit_kw)
    np.testing.assert_allclose(below.charge_limit_kw, 0.5 * problem.charge_limit_kw)
    assert below.discharge_limit_kw.max() == 0
    assert (at_limit.required_kwh >= mild.required_kwh).all()
    (full, _), (half, flows), (none, idle) = _value(mild), _value(at_limit), _value(below)
    assert full > half > none
    assert none == pytest.approx(0, abs=1e-6)
    assert 0 < flows.max() <= 5.0 + 1e-6
    assert idle.max() == 0


def test_one_cold_night_moves_the_discharge(
    random_problem: Callable[..., VehicleProblem], parameters: ParameterSet
) -> None:
    cells = np.where(np.arange(48) < 24, -15.0, 5.0)
    problem = random_problem(4, sell=np.tile([0.2, 3.0], 24), standby_kw=0.0)
    _, flows = _value(derated(problem, parameters, cells, 60.0))
    assert flows[:24].max() == 0
    assert flows[24:].max() > 0


def test_cold_hours_by_area_and_season(root: Path, parameters: ParameterSet) -> None:
    """In a normal year cells outdoors in SE1 are too cold to give in part of the winter, in SE4 never in summer."""
    normals = read_csv_table(root / "data/reference/climate_normals.csv", ClimateNormals)
    weather = climate_year(("SE1", "SE4"), 2024, normals, 20261123)
    share = {}
    for area, rows in weather.groupby("price_area"):
        cells = cell_temperature_deg_c(rows["temperature_deg_c"].to_numpy(), 1.0)
        month = pd.DatetimeIndex(rows["interval_start_utc"]).month
        for season, months in (("winter", (12, 1, 2)), ("summer", (6, 7, 8))):
            share[area, season] = float(discharge_limit_pu(parameters, cells)[month.isin(months)].mean())
    assert share["SE1", "winter"] < 0.5 < share["SE4", "winter"] < 0.9
    assert share["SE4", "summer"] > 0.97
    assert share["SE1", "summer"] > share["SE4", "winter"]
