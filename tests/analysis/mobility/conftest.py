"""Assumptions, a generated fleet and a flat climate for the tests of this room."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.io import read_csv_table
from analysis.mobility.calibration import calibrated_behaviour
from analysis.schemas.assumptions import Parameters
from analysis.schemas.travel import TravelFacts
from analysis.settings.parameters import ParameterSet, parameter_set
from analysis.synthetic.travel import generate_travel


@pytest.fixture(scope="session")
def assumptions(root: Path) -> ParameterSet:
    paths = [root / "data/assumptions/parameters.csv"]
    rows = [read_csv_table(path, Parameters) for path in paths]
    return parameter_set(pd.concat(rows).drop_duplicates("id"))


@pytest.fixture(scope="session")
def fleet(root: Path, assumptions: ParameterSet) -> tuple[pd.DataFrame, pd.DataFrame]:
    facts = read_csv_table(root / "data/reference/travel_facts.csv", TravelFacts)
    return generate_travel(80, 4, 7, facts, assumptions)


@pytest.fixture(scope="session")
def mild_weather() -> np.ndarray:
    return np.full((52, 168), 8.0)


@pytest.fixture(scope="session")
def statistics() -> pd.DataFrame:
    names = ["plug_ins_per_week_mean", "plug_ins_per_week_median", "connection_mean"]
    return pd.DataFrame({"statistic": names, "value": [3.3, 2.6, 12.7]})


@pytest.fixture(scope="session")
def behaviour(fleet, mild_weather, statistics, assumptions):
    vehicles, trips = fleet
    return calibrated_behaviour(trips, vehicles, mild_weather, statistics, 7, assumptions)


def trip_table(rows: list[tuple[str, str, str, float, str, str]]) -> pd.DataFrame:
    """Trips from local clock times."""
    table = pd.DataFrame(rows, columns=["vehicle_id", "depart", "arrive", "distance_km", "origin", "destination"])
    for name in ("depart", "arrive"):
        local = pd.to_datetime(table.pop(name)).dt.tz_localize("Europe/Stockholm")
        table[f"{name}_utc"] = local.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    return table.assign(purpose="work")


def vehicle_table(names: list[str], days: int = 7, use_case: str = "private") -> pd.DataFrame:
    """Vehicles with a battery of 60 kWh."""
    return pd.DataFrame(
        {"vehicle_id": names, "weight": 1.0, "observed_days": days, "use_case": use_case, "battery_usable_kwh": 60.0}
    )


@pytest.fixture(name="trip_table")
def trip_table_fixture():
    return trip_table


@pytest.fixture(name="vehicle_table")
def vehicle_table_fixture():
    return vehicle_table
