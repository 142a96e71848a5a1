"""A higher floor: it costs, it lasts longer, and the energy behind it is not sold."""

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.fleet_states import fleet_states
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.options import charger_physics
from analysis.dispatch.strategies import terms_of
from analysis.io import check_table, normalise
from analysis.resilience.backup import need_cases
from analysis.resilience.floor import floor_table, raised
from analysis.schemas.resilience import HOUSE_TYPES, SEASONS, BackupFloor
from analysis.settings.model import ReserveLevel

FULL = ReserveLevel(level_id="full", fcr_n_pu=1.0, fcr_d_pu=1.0)
HOUR = np.arange(168) % 24


@pytest.fixture(scope="module")
def states_and_terms(assumed):
    reserve = {name: np.full(168, price) for name, price in (("fcr_n", 0.3), ("fcr_d_up", 0.2), ("fcr_d_down", 0.1))}
    weeks = [
        MarketWeek(
            week_id=season, season=season, weight_weeks=13.0,
            steps_utc=pd.date_range("2025-01-12T23:00Z", periods=168, freq="h"), hour_of_week=np.arange(168),
            spot_sek_per_kwh=0.6 - 0.5 * np.sin(HOUR / 24 * 2 * np.pi), reserve_sek_per_kw_h=reserve,
            load_kw={"detached": np.full(168, 1.5)},
        )
        for season in SEASONS
    ]  # fmt: skip
    plugged = ((HOUR < 7) | (HOUR > 17)).astype(float)
    driven = {("car", week.week_id): (plugged, np.where(HOUR == 8, 8.0, 0.0)) for week in weeks}
    terms = terms_of(assumed, (FULL,), 1.0)
    states = fleet_states(terms, charger_physics("ac_11", assumed), FULL, weeks, driven, [("car", "detached", 60.0)],
                          {"car": 1.0}, {"car": np.full(168, 0.8)})  # fmt: skip
    return states, terms


def test_raising_the_floor_raises_need_and_never_lowers_the_ceiling(states_and_terms):
    problem = states_and_terms[0].problems[0][0]
    higher = raised(problem, 36.0, 48.0, 60.0)
    assert higher.floor_kwh == 36.0
    assert (higher.required_kwh >= np.maximum(problem.required_kwh, 36.0) - 1e-9).all()
    assert (higher.ceiling_kwh >= problem.ceiling_kwh - 1e-9).all()


def test_more_hours_are_paid_with_more_cost(states_and_terms, no_loss):
    states, terms = states_and_terms
    cases = need_cases({house: [np.full(168, 2.0)] * 4 for house in HOUSE_TYPES}, (0.2, 0.5, 1.5), 9.6, no_loss, 1.0)
    table = normalise(floor_table(states, terms, cases))
    check_table(table, BackupFloor, "test")
    for _, rows in table.groupby("strategy"):
        ordered = rows.sort_values("floor_pu")
        assert ordered["floor_pu"].tolist() == [0.2, 0.4, 0.6]
        assert ordered["net_cost_sek_per_week"].iloc[0] == 0.0
        assert (ordered["net_cost_sek_per_week"].diff().dropna() >= -0.01).all()
        assert (ordered["at_home_mean_h"].diff().dropna() > 0).all()
    least = 0.8 * (0.6 - 0.2) * 60 / 0.5
    assert table[table["floor_pu"] == 0.6]["at_home_mean_h"].min() >= least
