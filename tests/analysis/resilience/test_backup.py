"""Hours of backup: published claims, the floor, losses, and that more battery never lasts less."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.battery.losses import LossCurve, loss_curve
from analysis.io import check_table, normalise
from analysis.resilience.backup import Need, backup_table, expected_kwh, lasting_h, need_cases, served_kwh, usable_kwh
from analysis.schemas.resilience import HOUSE_TYPES, LOAD_CASES, Resilience

CURVE = LossCurve(0.15, 0.025, 0.0026)


def flat(load_kw: float, curve: LossCurve, limit_kw: float = 9.6, count: int = 168) -> Need:
    return Need(np.full(count, load_kw), limit_kw, 1.0, curve)


@pytest.mark.parametrize(("battery_kwh", "mean_kw"), [(98.0, 1.36), (131.0, 1.82)])
def test_the_makers_three_days_are_a_mean_load_of_1_4_to_1_8_kw(no_loss, battery_kwh, mean_kw):
    """PR096: 98-131 kWh over 72 h; full battery, no losses, nothing kept: the maker's terms, not ours."""
    assert lasting_h(np.full(168, battery_kwh), flat(mean_kw, no_loss)) == pytest.approx(72.0, rel=0.01)


def test_an_electrically_heated_house_gets_about_half_of_the_makers_days(no_loss):
    """METHODS 8: 3 kW in winter against 1.4-1.8 kW."""
    claimed = lasting_h(np.full(168, 98.0), flat(1.36, no_loss))[0]
    assert lasting_h(np.full(168, 98.0), flat(3.0, no_loss))[0] / claimed == pytest.approx(0.45, abs=0.06)


def test_a_floor_of_a_fifth_takes_a_fifth_of_a_full_battery(fleet, no_loss):
    states = fleet(stored_kwh=60.0)
    whole, kept = (lasting_h(usable_kwh(states, "grid", share), flat(1.0, no_loss)) for share in (0.0, 0.2))
    assert kept == pytest.approx(0.8 * whole)


def test_low_power_pays_the_no_load_loss():
    """0.5 kW takes 0.66 kW out of the battery: 20 kWh last 30 h, not the 37 h of a constant 93 %."""
    need = flat(0.5, CURVE)
    assert need.draw_kw[0] == pytest.approx(0.5 + 0.15 + 0.0125 + 0.00065)
    assert lasting_h(np.full(168, 20.0), need)[0] == pytest.approx(20.0 / 0.66315, rel=1e-9)


def test_a_battery_that_outlasts_the_week_is_counted_on():
    need = flat(0.1, LossCurve(0.0, 0.0, 0.0))
    assert lasting_h(np.full(168, 40.0), need) == pytest.approx(400.0)
    assert served_kwh(np.full(168, 40.0), need, 300.0) == pytest.approx(30.0)


def test_what_is_over_the_limit_is_shed_and_does_not_empty_the_battery(no_loss):
    """12 kW behind 9.6 kW: 19.2 kWh last two hours and give 9.6 kW in each."""
    need = flat(12.0, no_loss)
    assert lasting_h(np.full(168, 19.2), need) == pytest.approx(2.0)
    assert served_kwh(np.full(168, 19.2), need, 1.0) == pytest.approx(9.6)


def test_hours_follow_the_load_from_the_moment_of_the_outage(no_loss):
    """1 kW by night, 4 kW by day: 12 kWh at midnight last 12 h less the day's start."""
    load = np.tile(np.where(np.arange(24) < 8, 1.0, 4.0), 7)
    hours = lasting_h(np.full(168, 12.0), Need(load, 9.6, 1.0, no_loss))
    assert hours[0] == pytest.approx(9.0)  # 8 h of 1 kW, 1 h of 4 kW
    assert hours[8] == pytest.approx(3.0)
    assert hours[-1] == pytest.approx(1.0 + 8.0)  # 23-24 at 4 kW, then the night: over the end of the week


load_lists = st.lists(st.floats(0.1, 14.0), min_size=12, max_size=12)


@given(load_lists, st.floats(0.0, 80.0), st.floats(0.0, 40.0), st.floats(0.1, 100.0))
@settings(max_examples=60, deadline=None)
def test_more_battery_never_lasts_less_and_a_larger_load_never_longer(loads, energy, more, duration):
    small, large = np.full(12, energy), np.full(12, energy + more)
    need = Need(np.array(loads), 9.6, 1.0, CURVE)
    heavier = replace(need, load_kw=need.load_kw * 1.5)
    assert (lasting_h(large, need) >= lasting_h(small, need) - 1e-9).all()
    assert (lasting_h(small, heavier) <= lasting_h(small, need) + 1e-9).all()
    served = served_kwh(small, need, duration)
    assert (served <= served_kwh(large, need, duration) + 1e-9).all()
    assert (served <= energy + 1e-9).all()
    assert (served <= need.served_kw.max() * duration + 1e-9).all()
    assert (served_kwh(small, need, duration * 2) >= served - 1e-9).all()


def loads_of(watts: float = 2.0) -> dict[str, list[np.ndarray]]:
    return {house: [np.full(168, watts)] * 4 for house in HOUSE_TYPES}


def test_the_table_weighs_who_is_there(fleet, no_loss):
    """Half of the cars are plugged in with 30 kWh, 12 of them kept: 18 h of 1 kW for them, 9 h on the mean."""
    states = fleet(stored_kwh=30.0, plugged=0.5, home=0.8)
    cases = need_cases(loads_of(), (0.5, 1.0, 1.5), 9.6, no_loss, 1.0)
    table = backup_table(states, cases, (0.0, 0.2), 72.0)
    check_table(normalise(table.assign(price_area="SE3", price_year=2025)), Resilience, "test")
    rows = table[(table["load_case"] == "critical") & (table["kept_pu"] == 0.2) & (table["strategy"] == "grid")]
    plugged = rows[rows["presence"] == "plugged_in"]
    assert plugged["hours_median_h"].tolist() == pytest.approx([18.0] * 4)
    assert plugged["hours_mean_h"].tolist() == pytest.approx([9.0] * 4)
    assert plugged["there_pu"].tolist() == pytest.approx([0.5] * 4)
    assert rows[rows["presence"] == "at_home"]["hours_mean_h"].tolist() == pytest.approx([14.4] * 4)
    assert set(table["load_case"]) == set(LOAD_CASES)


def test_a_fleet_that_is_never_there_gives_nothing_and_no_quantile(fleet, no_loss):
    cases = need_cases(loads_of(), (0.5, 1.0, 1.5), 9.6, no_loss, 1.0)
    table = backup_table(fleet(plugged=0.0, home=0.0), cases, (0.0,), 72.0)
    assert table["hours_mean_h"].eq(0).all() and table["there_pu"].eq(0).all()
    assert table["hours_median_h"].isna().all()
    check_table(normalise(table.assign(price_area="SE3", price_year=2025)), Resilience, "test")


def test_a_car_away_delivers_nothing_and_a_full_one_no_more_than_is_needed(fleet, no_loss):
    case = need_cases(loads_of(), (0.5, 1.0, 1.5), 9.6, no_loss, 1.0)[1]
    assert expected_kwh(fleet(stored_kwh=60.0, home=0.8), case, "grid", "at_home", 0.2, 10.0) == pytest.approx(8.0)
    assert expected_kwh(fleet(stored_kwh=15.0, home=0.8), case, "grid", "at_home", 0.2, 10.0) == pytest.approx(2.4)
    assert expected_kwh(fleet(home=0.0), case, "grid", "at_home", 0.0, 10.0) == 0.0


def test_the_charger_of_the_run_loses_more_on_small_loads(assumed):
    curve = loss_curve(assumed, "ac")
    assert curve.discharge_efficiency_pu(0.5) < 0.77 < curve.discharge_efficiency_pu(5.0)
