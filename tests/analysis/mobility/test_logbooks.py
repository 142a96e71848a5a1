"""Logbooks of company cars beside private diaries."""

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table, normalise
from analysis.mobility.logbooks import company_cars, with_company_cars
from analysis.schemas.mobility import Vehicles

ROWS = [
    ("van", "2024-01-09 08:00", "2024-01-09 09:00", 30.0, "depot", "other"),
    ("van", "2024-01-19 15:00", "2024-01-19 16:00", 30.0, "other", "depot"),
]


def test_a_car_without_a_row_is_observed_from_first_to_last_trip(trip_table):
    cars, driven = company_cars([("Trips", trip_table(ROWS))])
    check_table(normalise(cars), Vehicles, "vehicles")
    assert cars["observed_days"].tolist() == [11]
    assert cars["use_case"].tolist() == ["fleet"]
    assert len(driven) == 2


def test_private_cars_and_repeated_names_are_refused(trip_table, fleet):
    vehicles, trips = fleet
    clash = trip_table([(vehicles["vehicle_id"].iloc[0], *ROWS[0][1:])])
    with pytest.raises(DataError, match="car_00000"):
        with_company_cars(vehicles, trips, company_cars([("Trips", clash)]))
    cars, driven = with_company_cars(vehicles, trips, company_cars([("Trips", trip_table(ROWS))]))
    assert len(cars) == len(vehicles) + 1
    assert len(driven) == len(trips) + 2
    check_table(normalise(cars), Vehicles, "vehicles")


def test_a_logbook_without_trips_is_a_fault(fleet):
    with pytest.raises(DataError, match="no table of trips"):
        company_cars([("Vehicles", pd.DataFrame({"vehicle_id": ["van"]}))])
