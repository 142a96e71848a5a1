"""Sessions alone become weeks: plugged hours and driven energy by hand, nothing lost, users too short left out."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table, normalise, read_csv_table
from analysis.mobility.session_weeks import session_availability, session_weeks
from analysis.schemas.assumptions import Parameters
from analysis.schemas.mobility import AvailabilityWeeks
from analysis.settings.parameters import parameter_set


@pytest.fixture(scope="module")
def parameters(root):
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters), {})


def weekly(user="u1", weeks=6, start="2024-01-08 20:00", hours=12, kwh=10.0, every="7D"):
    begin = pd.date_range(start, periods=weeks, freq=every, tz="Europe/Stockholm")
    table = pd.DataFrame({"user_id": user, "plug_in_utc": begin, "plug_out_utc": begin + pd.Timedelta(hours=hours)})
    table["session_id"] = [f"{user}_{number}" for number in range(weeks)]
    for name in ("plug_in_utc", "plug_out_utc"):
        table[name] = table[name].dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    return table.assign(energy_ac_kwh=kwh, place="home", site=None)


def test_a_weekly_session_by_hand(parameters):
    found = session_weeks(weekly(), parameters)
    assert found.users[["vehicle_id", "observed_days"]].to_numpy().tolist() == [["u1", 28]]
    plugged, driven = found.plugged_pu["u1"], found.driving_dc_kwh["u1"]
    assert plugged.shape == driven.shape == (4, 168)
    np.testing.assert_allclose(plugged.sum(axis=1), 12.0)
    assert (plugged[:, 20:32] == 1.0).all()
    # Driven evenly over the 156 hours between plug-out and plug-in, never while plugged in.
    np.testing.assert_allclose(
        driven[1], np.where(plugged[1] > 0, 0.0, 10.0 * parameters["plug.charge_efficiency"] / 156)
    )
    np.testing.assert_allclose(found.mean_plugged_pu[0], plugged[0])


def test_what_is_charged_is_driven(parameters):
    found = session_weeks(weekly(weeks=60, hours=7, kwh=6.0, every="19h"), parameters)
    whole_weeks = found.driving_dc_kwh["u1"].sum() / len(found.driving_dc_kwh["u1"])
    assert whole_weeks == pytest.approx(168 / 19 * 6.0 * parameters["plug.charge_efficiency"], rel=0.05)


def test_sessions_that_overlap_are_one_connection(parameters):
    twice = pd.concat([weekly(hours=12), weekly(start="2024-01-08 23:00", hours=12)], ignore_index=True)
    plugged = session_weeks(twice, parameters).plugged_pu["u1"]
    np.testing.assert_allclose(plugged.sum(axis=1), 15.0)
    assert plugged.max() <= 1.0


def test_a_large_session_needs_a_large_battery(parameters):
    pair = pd.concat([weekly(), weekly("u2", kwh=70.0)], ignore_index=True)
    battery = session_weeks(pair, parameters).users.set_index("vehicle_id")["battery_usable_kwh"]
    assert battery["u1"] == parameters["veh.E_usable_bev"]
    needed = 70.0 * parameters["plug.charge_efficiency"] / (1 - parameters["veh.soc_min_user"])
    assert battery["u2"] == pytest.approx(needed)


def test_users_of_few_weeks_are_left_out(parameters):
    pair = pd.concat([weekly(), weekly("u2", weeks=3)], ignore_index=True)
    assert session_weeks(pair, parameters).users["vehicle_id"].tolist() == ["u1"]
    with pytest.raises(DataError, match="four whole weeks"):
        session_weeks(weekly(weeks=3), parameters)


def test_each_representative_week_is_one_of_the_users_own(parameters):
    found = session_weeks(pd.concat([weekly(weeks=9), weekly("u2", weeks=7, hours=3)], ignore_index=True), parameters)
    weeks = pd.DataFrame(
        {"price_year": 2025, "week_id": ["2025-W03", "2025-W30"],
         "week_start_utc": pd.to_datetime(["2025-01-12 23:00", "2025-07-20 22:00"], utc=True)}
    )  # fmt: skip
    table = session_availability(found, weeks, "SE3", 1)
    check_table(normalise(table), AvailabilityWeeks, "test")
    assert len(table) == 2 * 2 * 168
    lived = table[(table["vehicle_id"] == "u2") & (table["week_id"] == "2025-W30")]["plugged_pu"].to_numpy()
    assert any((lived == week).all() for week in found.plugged_pu["u2"])
    pd.testing.assert_frame_equal(table, session_availability(found, weeks, "SE3", 1))
