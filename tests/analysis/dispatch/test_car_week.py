"""One car's week for a reader: the same schedule as a run's, with its state and offers, step by step."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.car_week import busiest_week, car_week
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.options import charger_physics
from analysis.dispatch.strategies import terms_of
from analysis.errors import DataError
from analysis.io import check_table, normalise, read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.schemas.explain import CarWeek
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet, parameter_set

CAPACITY_KWH = 60.0


@pytest.fixture(scope="module")
def assumed(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


def a_week(week_id: str = "2025-W03", season: str = "winter", start: str = "2025-01-12T23:00Z") -> MarketWeek:
    steps = pd.date_range(start, periods=168, freq="h").as_unit("us")
    hour = np.arange(168) % 24
    reserve = {name: np.full(168, price) for name, price in (("fcr_n", 0.3), ("fcr_d_up", 0.2), ("fcr_d_down", 0.1))}
    return MarketWeek(
        week_id=week_id, season=season, weight_weeks=6.0, steps_utc=steps, hour_of_week=np.arange(168),
        spot_sek_per_kwh=0.5 - 0.4 * np.sin(hour / 24 * 2 * np.pi), reserve_sek_per_kw_h=reserve,
        load_kw={"detached": np.full(168, 1.5)},
    )  # fmt: skip


def test_every_step_of_every_strategy_with_offers_and_state(assumed: ParameterSet) -> None:
    week = a_week()
    hour = np.arange(168) % 24
    plugged = ((hour < 7) | (hour > 17)).astype(float)
    driving = np.where(hour == 8, 8.0, 0.0)
    levels = (ReserveLevel(level_id="full", fcr_n_pu=1.0, fcr_d_pu=1.0),
              ReserveLevel(level_id="half", fcr_n_pu=0.5, fcr_d_pu=0.5))  # fmt: skip
    found = car_week(
        terms_of(assumed, levels, 1.0), charger_physics("ac_11", assumed), week, plugged_pu=plugged,
        driving_dc_kwh=driving, load_kw=week.load_kw["detached"], capacity_kwh=CAPACITY_KWH,
    )  # fmt: skip
    whole = found.assign(
        price_area="SE3", price_year=2025, week_id=week.week_id, vehicle_id="car", charger_option="ac_11"
    )
    check_table(normalise(whole), CarWeek, "test")
    assert found.groupby("strategy").size().eq(168).all() and found["strategy"].nunique() == 5
    by = {name: rows.reset_index(drop=True) for name, rows in found.groupby("strategy")}
    assert by["grid_reserve"][["fcr_n_kw", "fcr_d_up_kw"]].sum().sum() > 0
    assert by["smart"][["discharge_kw", "fcr_n_kw", "fcr_d_up_kw", "fcr_d_down_kw"]].sum().sum() == 0
    for rows in by.values():
        assert (rows.loc[rows["plugged_pu"] == 0, ["charge_kw", "discharge_kw"]].to_numpy() == 0).all()
    spent = by["uncontrolled"]["charge_kw"] @ by["uncontrolled"]["buy_sek_per_kwh"]
    assert by["smart"]["charge_kw"] @ by["smart"]["buy_sek_per_kwh"] < spent


def test_the_winter_week_with_the_most_plugged_hours_is_shown() -> None:
    weeks = [a_week("2025-W02"), a_week("2025-W03"), a_week("2025-W28", "summer")]
    zero = np.zeros(168)
    driven = {
        ("car", week.week_id): (np.full(168, share), zero) for week, share in zip(weeks, (0.2, 0.4, 0.9), strict=True)
    }
    assert busiest_week(weeks, driven, "car").week_id == "2025-W03"
    with pytest.raises(DataError, match="no winter week"):
        busiest_week(weeks[2:], driven, "car")
