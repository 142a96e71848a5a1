"""Availability: the ladder nests, energy is kept, no car is plugged while it drives, the rhythm is that of sessions."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table, read_csv_table, read_table, write_table
from analysis.mobility import availability as rooms
from analysis.mobility import calibration
from analysis.mobility.calibration import calibrated_behaviour
from analysis.mobility.plug_in import plug_ins_per_week, plug_stays
from analysis.mobility.stays import WEEK_MIN, diaries_of
from analysis.mobility.weeks import calendar_weeks
from analysis.mobility.years import WARM_UP_WEEKS, vehicle_year, weather_by_week
from analysis.schemas.climate import ClimateNormals
from analysis.schemas.mobility import Availability, AvailabilityWeeks, Trips
from analysis.synthetic.climate import climate_year


@pytest.fixture(scope="module")
def year(fleet, mild_weather, assumptions):
    vehicles, trips = fleet
    return vehicle_year(diaries_of(trips, vehicles, 62.0), mild_weather, 7, assumptions)


@pytest.fixture(scope="module")
def plugged(year, behaviour, assumptions):
    return plug_stays(year.stays, year.habits, behaviour.rhythm, year.diaries.battery_kwh, assumptions)


def edges_of(year, step_h):
    return np.arange(0.0, year.run_week_count * WEEK_MIN + 1, step_h * 60)


def test_plug_ins_and_hours_connected_meet_their_targets(behaviour, year, plugged):
    assert behaviour.mean_per_week == pytest.approx(3.3, rel=0.01)
    assert behaviour.mean_connection_h == pytest.approx(12.7, rel=0.01)
    assert behaviour.median_per_week == pytest.approx(2.6, rel=0.05)
    assert 0.1 < behaviour.rhythm.habit_share_pu < 0.5
    rates = plug_ins_per_week(year.stays, plugged, WARM_UP_WEEKS * WEEK_MIN, year.run_week_count * WEEK_MIN)
    assert rates.std() > 0.5


def test_availability_nests_and_is_less_than_parking(fleet, mild_weather, behaviour, assumptions):
    vehicles, trips = fleet
    table = rooms.build_availability(trips, vehicles, mild_weather, behaviour, 7, assumptions)
    check_table(table, Availability, "availability")
    assert len(table) == len(vehicles) * 168
    assert table["parked_pu"].mean() > 0.9
    assert table["plugged_pu"].mean() < 0.5 * table["parked_home_pu"].mean()
    np.testing.assert_allclose(table["available_pu"], 0.95 * table["plugged_pu"])


def test_chunks_of_cars_change_nothing(fleet, mild_weather, behaviour, assumptions, monkeypatch):
    vehicles, trips = fleet
    whole = rooms.build_availability(trips, vehicles, mild_weather, behaviour, 7, assumptions)
    monkeypatch.setattr(rooms, "CHUNK_COUNT", 7)
    shuffled = trips.sample(frac=1.0, random_state=1)
    parts = rooms.build_availability(shuffled, vehicles, mild_weather, behaviour, 7, assumptions)
    pd.testing.assert_frame_equal(whole, parts)


def test_availability_in_parts_read_from_a_file_is_that_of_the_whole(
    fleet, mild_weather, behaviour, assumptions, monkeypatch, tmp_path
):
    vehicles, trips = fleet
    whole = rooms.build_availability(trips, vehicles, mild_weather, behaviour, 7, assumptions)
    write_table(trips, tmp_path / "trips.parquet", Trips)
    monkeypatch.setattr(rooms, "CHUNK_COUNT", 7)
    monkeypatch.setattr(rooms, "READ_COUNT", 16)
    reads = []

    def between(first, last):
        rows = [("vehicle_id", ">=", first), ("vehicle_id", "<=", last)]
        reads.append(read_table(tmp_path / "trips.parquet", Trips, rows=rows))
        return reads[-1]

    parts = list(rooms.stream_availability(between, vehicles, mild_weather, behaviour, 7, assumptions))
    pd.testing.assert_frame_equal(whole, pd.concat(parts, ignore_index=True))
    assert len(reads) == 5 and sum(map(len, reads)) == len(trips)


def test_behaviour_is_fitted_to_a_share_of_many_cars(fleet, monkeypatch):
    vehicles, _ = fleet
    monkeypatch.setattr(calibration, "MOST_CALIBRATION_CARS", 30)
    some = calibration.calibration_cars(vehicles)
    order = vehicles.set_index("vehicle_id").index.get_indexer(some["vehicle_id"])
    assert len(some) == 30 and (np.diff(order) > 0).all() and len(set(np.diff(order))) > 1
    assert some.equals(calibration.calibration_cars(vehicles))
    monkeypatch.setattr(calibration, "MOST_CALIBRATION_CARS", 1000)
    assert len(calibration.calibration_cars(vehicles)) == (vehicles["use_case"] == "private").sum()


def test_the_year_of_hours_holds_all_energy_driven(year, plugged):
    edges = np.append(edges_of(year, 1.0), (year.run_week_count + 1) * WEEK_MIN)  # a last trip may end after Sunday
    shares = rooms.step_shares(year, plugged, edges)
    assert shares.driving_dc_kwh.sum() == pytest.approx(year.calendar.energy_dc_kwh.sum(), rel=1e-9)


def test_energy_between_stays_is_the_energy_of_the_trips(year):
    stays = year.stays
    last = stays.is_stay.sum(axis=1) - 1
    after_last = stays.energy_after_dc_kwh[np.arange(len(last)), last]
    total = stays.energy_before_dc_kwh.sum(axis=1) + after_last
    driven = np.bincount(year.calendar.vehicle_index, weights=year.calendar.energy_dc_kwh, minlength=len(last))
    np.testing.assert_allclose(total, driven, rtol=1e-9)


@pytest.mark.parametrize("step_h", [0.25, 1.0])
def test_no_car_is_plugged_while_it_drives(year, plugged, step_h):
    shares = rooms.step_shares(year, plugged, edges_of(year, step_h))
    assert (shares.plugged_pu <= shares.parked_home_pu + 1e-9).all()
    assert (shares.parked_home_pu <= shares.parked_pu + 1e-9).all()
    whole = shares.parked_pu < 1e-9
    assert whole.any()
    assert (shares.plugged_pu[whole] == 0).all()


def test_quarters_and_hours_tell_the_same_time_and_energy(year, plugged):
    hours = rooms.step_shares(year, plugged, edges_of(year, 1.0))
    quarters = rooms.step_shares(year, plugged, edges_of(year, 0.25))
    grouped = quarters.plugged_pu.reshape(len(quarters.plugged_pu), -1, 4).mean(axis=2)
    np.testing.assert_allclose(grouped, hours.plugged_pu, atol=1e-9)
    np.testing.assert_allclose(quarters.driving_dc_kwh.sum(axis=1), hours.driving_dc_kwh.sum(axis=1), rtol=1e-9)


def test_mean_slack_hides_cars_without_any(year, plugged):
    """Averaging vehicles first would say that each car is a little plugged in at night; single cars are or are not."""
    night = rooms.step_shares(year, plugged, np.array([6 * WEEK_MIN + 27 * 60.0, 6 * WEEK_MIN + 28 * 60.0])).plugged_pu
    mean = night.mean()
    assert 0.05 < mean < 0.8
    assert np.isin(night.round(6), [0.0, 1.0]).mean() > 0.9
    slack = np.maximum(night - 0.5, 0.0).mean()
    assert slack > max(mean - 0.5, 0.0)


def climate(root, years=(2024,), areas=("SE1", "SE4")):
    normals = read_csv_table(root / "data/reference/climate_normals.csv", ClimateNormals)
    return pd.concat([climate_year(areas, year, normals, 7) for year in years], ignore_index=True)


@pytest.fixture
def weeks():
    return calendar_weeks(2024).iloc[[2, 28]].assign(price_year=2024, is_extreme=False, weight_weeks=1.0)


@pytest.mark.parametrize("step_h", [0.25, 1.0])
def test_weeks_for_dispatch(root, fleet, behaviour, weeks, assumptions, step_h):
    vehicles, trips = fleet
    few = vehicles.head(6)
    weather = climate(root)
    cold, mild = (
        rooms.build_availability_weeks(trips, few, weather, weeks, behaviour, area, step_h, 7, assumptions)
        for area in ("SE1", "SE4")
    )
    check_table(cold, AvailabilityWeeks, "weeks")
    assert len(cold) == 6 * 2 * 168 / step_h
    assert cold["driving_dc_kwh"].sum() > mild["driving_dc_kwh"].sum()
    local = cold["interval_start_utc"].dt.tz_convert("Europe/Stockholm")
    assert local.min() == weeks["week_start_utc"].min()
    assert not cold.isna().any().any()


def test_a_car_of_the_sample_lives_the_same_week_as_in_the_fleet(root, fleet, behaviour, weeks, assumptions):
    vehicles, trips = fleet
    weather = climate(root)
    everyone = rooms.build_availability_weeks(trips, vehicles, weather, weeks, behaviour, "SE4", 1.0, 7, assumptions)
    name = vehicles["vehicle_id"].iloc[5]
    alone = rooms.build_availability_weeks(
        trips, vehicles.iloc[[5]].reset_index(drop=True), weather, weeks, behaviour, "SE4", 1.0, 7, assumptions
    )
    same = everyone[everyone["vehicle_id"] == name].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, same)


def test_a_sampled_car_that_is_not_there_is_a_named_fault(fleet):
    vehicles, _ = fleet
    assert rooms.sampled_vehicles(vehicles, ["car_00003", "car_00001"])["vehicle_id"].tolist() == [
        "car_00001",
        "car_00003",
    ]
    with pytest.raises(DataError, match="car_99999"):
        rooms.sampled_vehicles(vehicles, ["car_00001", "car_99999"])


def test_a_missing_hour_of_weather_is_a_named_fault(root):
    weather = climate(root).drop(index=[2000])
    with pytest.raises(DataError, match="1 hours missing"):
        weather_by_week(weather, "SE1", 2024)


def test_users_who_are_alike_need_no_habit(fleet, mild_weather, statistics, assumptions):
    """A median at the mean is met by u_i alone."""
    vehicles, trips = fleet
    alike = statistics.assign(value=[3.3, 3.3, 12.7])
    found = calibrated_behaviour(trips, vehicles, mild_weather, alike, 7, assumptions)
    assert found.rhythm.habit_share_pu == 0.0
    assert found.mean_per_week == pytest.approx(3.3, rel=0.01)


def test_missing_statistics_are_a_named_fault(fleet, mild_weather, assumptions):
    vehicles, trips = fleet
    none = pd.DataFrame({"statistic": ["connection_mean"], "value": [12.0]})
    with pytest.raises(DataError, match="plug_ins_per_week_mean"):
        calibrated_behaviour(trips, vehicles, mild_weather, none, 7, assumptions)
