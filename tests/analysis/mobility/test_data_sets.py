"""Data sets on driving and charging, described by the same measures: two cars by hand, and the committed table."""

import pandas as pd
import pytest

from analysis.io import read_csv_table
from analysis.mobility.data_sets import base_stays_h, describe_trips, side_by_side
from analysis.schemas.driving_data import DrivingData
from analysis.sources.descriptor import load_descriptor
from analysis.sources.reader import read_source

# Local summer time is two hours ahead: the last trip departs at 23:30 on the day that its car is used.
TRIPS = pd.DataFrame(
    [
        ("a", "2024-06-03T06:00Z", "2024-06-03T07:00Z", 10.0, "home", "work"),
        ("a", "2024-06-03T15:00Z", "2024-06-03T16:00Z", 10.0, "work", "home"),
        ("a", "2024-06-04T06:00Z", "2024-06-04T07:00Z", 20.0, "home", "work"),
        ("b", "2024-06-03T21:30Z", "2024-06-03T21:50Z", 4.0, "other", "home"),
    ],
    columns=["vehicle_id", "depart_utc", "arrive_utc", "distance_km", "origin", "destination"],
).astype({"depart_utc": "datetime64[us, UTC]", "arrive_utc": "datetime64[us, UTC]"})


def cars(**days: int) -> pd.DataFrame:
    return pd.DataFrame({"vehicle_id": list(days), "observed_days": list(days.values())})


def values(measures: list) -> dict[str, float]:
    return {name: value for name, value, _, _ in measures}


def test_two_cars_by_hand() -> None:
    found = values(describe_trips(TRIPS, cars(a=4, b=2, c=10)))
    assert found["vehicle_count"] == 3
    assert found["distance_mean"] == pytest.approx((40 / 4 + 4 / 2 + 0) / 3)
    assert found["used_days_mean"] == pytest.approx((2 / 4 + 1 / 2 + 0) / 3)
    assert found["trips_per_used_day"] == pytest.approx(4 / 3)
    assert found["trip_distance_median"] == 10.0
    assert found["base_stay_median"] == 14.0
    assert found["base_stay_over_10h"] == 1.0


def test_only_stays_at_base_between_two_trips_count() -> None:
    assert base_stays_h(TRIPS).tolist() == [14.0]
    assert base_stays_h(TRIPS.sample(frac=1.0, random_state=3)).tolist() == [14.0]


def test_a_one_day_diary_has_no_nights() -> None:
    found = values(describe_trips(TRIPS[:2], cars(a=1)))
    assert "base_stay_median" not in found
    assert found["used_days_mean"] == 1.0


def test_a_measure_that_is_missing_has_no_row() -> None:
    table = side_by_side(
        [("one", "diary", "x", describe_trips(TRIPS[:2], cars(a=1))),
         ("many", "logbook", "y", describe_trips(TRIPS, cars(a=4, b=2)))]
    )  # fmt: skip
    assert len(DrivingData.validate(table)) == 7 + 9


def test_private_cars_stand_at_home_over_ten_hours(root) -> None:
    """Stays at home are long against about two hours of charging, unlike those of company cars."""
    table = read_csv_table(root / "data/evidence/driving_data.csv", DrivingData).set_index(["dataset", "measure"])
    value = table["value"]
    assert value["embedded", "base_stay_median"] > 10.0
    hours_to_charge = value["norway12", "energy_mean"] / 7.0
    assert value["embedded", "base_stay_median"] / hours_to_charge > 5.0
    assert value["champpy", "base_stay_median"] < value["embedded", "base_stay_median"]


@pytest.mark.real
def test_the_committed_logbook_rows_are_those_of_the_file(root, real_root) -> None:
    folder = real_root / "trips/champpy_logbook"
    trips = read_source(load_descriptor("champpy_trips"), [folder / "champpy_t_logbook.csv"])
    vehicles = read_source(load_descriptor("champpy_vehicles"), [folder / "champpy_t_vehicle.csv"])
    table = read_csv_table(root / "data/evidence/driving_data.csv", DrivingData)
    committed = table[table["dataset"] == "champpy"].set_index("measure")["value"].to_dict()
    assert values(describe_trips(trips, vehicles)) == pytest.approx(committed)
