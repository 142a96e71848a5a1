"""What stands in the cars at every hour: the schedules of a run, kept, with who is there."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.fleet_states import at_home, fewer_cars, fleet_states, home_habits, season_weeks
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.options import charger_physics
from analysis.dispatch.strategies import build_problem, solve_strategies, terms_of
from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet, parameter_set

FULL = ReserveLevel(level_id="full", fcr_n_pu=1.0, fcr_d_pu=1.0)
SEASONS = ("winter", "spring", "summer", "autumn")
HOUR = np.arange(168) % 24


@pytest.fixture(scope="module")
def assumed(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


def week_of(season: str, week_id: str, weight: float = 6.0) -> MarketWeek:
    reserve = {name: np.full(168, price) for name, price in (("fcr_n", 0.3), ("fcr_d_up", 0.2), ("fcr_d_down", 0.1))}
    return MarketWeek(
        week_id=week_id, season=season, weight_weeks=weight,
        steps_utc=pd.date_range("2025-01-12T23:00Z", periods=168, freq="h"), hour_of_week=np.arange(168),
        spot_sek_per_kwh=0.5 - 0.4 * np.sin(HOUR / 24 * 2 * np.pi), reserve_sek_per_kw_h=reserve,
        load_kw={"detached": np.full(168, 1.5)},
    )  # fmt: skip


def test_states_are_those_of_the_runs_own_schedules(assumed):
    weeks = [week_of(season, f"w{place}") for place, season in enumerate(SEASONS)]
    plugged = ((HOUR < 7) | (HOUR > 17)).astype(float)
    driving = np.where(HOUR == 8, 8.0, 0.0)
    driven = {("car", week.week_id): (plugged, driving) for week in weeks}
    terms, charger = terms_of(assumed, (FULL,), 1.0), charger_physics("ac_11", assumed)
    states = fleet_states(
        terms, charger, FULL, weeks, driven, [("car", "detached", 60.0)], {"car": 3.0}, {"car": np.full(168, 0.7)}
    )
    problem = build_problem(terms, charger, weeks[0], plugged_pu=plugged, driving_dc_kwh=driving,
                            load_kw=weeks[0].load_kw["detached"], capacity_kwh=60.0)  # fmt: skip
    for strategy, schedule in solve_strategies(problem, (FULL,), True, terms.limits).items():
        np.testing.assert_allclose(states.stored_kwh[strategy.name][0, 0], schedule.state_kwh[:-1])
        np.testing.assert_allclose(states.charge_kw[strategy.name][0, 0], schedule.charge_kw)
        np.testing.assert_allclose(states.discharge_kw[strategy.name][0, 0], schedule.discharge_kw)
        assert states.cost_sek[strategy.name][0, 0] == pytest.approx(schedule.objective_sek)
    assert states.car_weight.sum() == states.season_weight.sum() == 1.0
    assert (states.there_pu["at_home"][0, 0] == np.where(plugged == 1, 1.0, 0.7)).all()
    most = states.stored_kwh["grid"].max() / 60.0
    assert most < 1.0, "the battery is not full at every outage"


def test_the_week_that_stands_for_most_is_taken():
    weeks = [week_of(season, season) for season in SEASONS] + [week_of("winter", "common", 9.0)]
    assert [week.week_id for week in season_weeks(weeks)] == ["common", "spring", "summer", "autumn"]
    with pytest.raises(DataError, match="no week of summer, autumn"):
        season_weeks(weeks[:2])


def test_at_home_is_never_below_plugged_in():
    plugged = np.array([1.0, 0.4, 0.0])
    assert at_home(plugged, np.array([0.3, 0.8, 0.0])).tolist() == [1.0, 0.8, 0.0]


def test_fewer_cars_keep_each_profiles_weight():
    sample = pd.DataFrame(
        {"vehicle_id": [f"c{n:02d}" for n in range(20)], "profile_id": ["p1"] * 15 + ["p2"] * 4 + ["p3"],
         "weight": [0.04] * 15 + [0.08] * 4 + [0.08]}
    )  # fmt: skip
    kept = fewer_cars(sample, 8)
    assert kept["vehicle_id"].is_unique and set(kept["vehicle_id"]) <= set(sample["vehicle_id"])
    assert 7 <= len(kept) <= 9
    pd.testing.assert_series_equal(
        kept.groupby("profile_id")["weight"].sum(), sample.groupby("profile_id")["weight"].sum()
    )
    assert len(fewer_cars(sample, 100)) == 20


def test_a_car_without_its_hours_is_named():
    rows = pd.DataFrame({"vehicle_id": "a", "hour_of_week": np.arange(168), "parked_home_pu": 0.5})
    assert home_habits(rows, ["a"])["a"].tolist() == [0.5] * 168
    with pytest.raises(DataError, match="availability b"):
        home_habits(rows, ["a", "b"])
