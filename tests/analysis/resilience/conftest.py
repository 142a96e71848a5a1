"""A small fleet whose state of charge, presence and battery can be set; no dispatch is run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.battery.losses import LossCurve
from analysis.dispatch.fleet_states import FleetStates
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.parameters import ParameterSet, parameter_set

STRATEGIES = ("uncontrolled", "smart", "home", "grid", "grid_reserve")
STEPS = 168


def _fleet(cars: int = 4, stored_kwh: Any = 30.0, plugged: Any = 0.5, home: Any = 0.8, capacity_kwh: Any = 60.0,
           ) -> FleetStates:  # fmt: skip
    shape = (cars, 4, STEPS)

    def filled(value: Any) -> np.ndarray:
        return np.broadcast_to(np.asarray(value, float), shape).copy()

    starts = pd.to_datetime(["2025-01-12T23:00Z", "2025-04-06T22:00Z", "2025-07-06T22:00Z", "2025-10-05T22:00Z"])
    return FleetStates(
        car_weight=np.full(cars, 1 / cars), season_weight=np.full(4, 0.25),
        capacity_kwh=np.broadcast_to(np.asarray(capacity_kwh, float), cars).copy(),
        hour_of_week=np.tile(np.arange(STEPS), (4, 1)),
        steps_utc=tuple(pd.date_range(start, periods=STEPS, freq="h") for start in starts),
        there_pu={"plugged_in": filled(plugged), "at_home": filled(home)},
        stored_kwh={name: filled(stored_kwh) for name in STRATEGIES},
        charge_kw={name: filled(0.0) for name in STRATEGIES}, discharge_kw={name: filled(0.0) for name in STRATEGIES},
        cost_sek={name: np.zeros((cars, 4)) for name in STRATEGIES},
        problems=(), step_h=1.0,
    )  # fmt: skip


@pytest.fixture(scope="session")
def fleet() -> Callable[..., FleetStates]:
    """Build a fleet; see ``_fleet`` for what can be set."""
    return _fleet


@pytest.fixture(scope="session")
def no_loss() -> LossCurve:
    return LossCurve(0.0, 0.0, 0.0)


@pytest.fixture(scope="session")
def assumed(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))
