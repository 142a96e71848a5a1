"""Home and work from where and when a car stands: worked cases, with and without positions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.io import check_table, normalise
from analysis.mobility.places import clusters, days_covered, with_places
from analysis.schemas.mobility import Trips
from analysis.sources.rules import PlaceRules

HOME, WORK, SHOP = (57.7089, 11.9746), (57.6554, 12.0133), (57.6920, 11.9890)
WEEK = [
    ("2024-10-21 07:10", "2024-10-21 07:35", HOME, WORK),
    ("2024-10-21 16:40", "2024-10-21 17:10", WORK, HOME),
    ("2024-10-22 07:12", "2024-10-22 07:36", HOME, WORK),
    ("2024-10-22 16:35", "2024-10-22 16:50", WORK, SHOP),
    ("2024-10-22 17:30", "2024-10-22 17:45", SHOP, HOME),
    ("2024-10-23 07:08", "2024-10-23 07:33", HOME, WORK),
    ("2024-10-23 16:45", "2024-10-23 17:12", WORK, HOME),
]
NAMES = {HOME: "home", WORK: "work", SHOP: "other"}


def gps(rows, car="7", noise_m=0.0, seed=1):
    generator = np.random.default_rng(seed)
    columns = {"vehicle_id": [], "depart_utc": [], "arrive_utc": []}
    ends = []
    for begin, end, origin, destination in rows:
        columns["vehicle_id"].append(car)
        for name, text in (("depart_utc", begin), ("arrive_utc", end)):
            columns[name].append(pd.Timestamp(text, tz="Europe/Stockholm").tz_convert("UTC"))
        ends.append([*(origin or (np.nan, np.nan)), *(destination or (np.nan, np.nan))])
    table = pd.DataFrame(columns).assign(distance_km=10.0)
    positions = np.array(ends, dtype=float)
    positions += generator.normal(0.0, noise_m / 111_000.0, positions.shape) if noise_m else 0.0
    names = ("depart_latitude_deg", "depart_longitude_deg", "arrive_latitude_deg", "arrive_longitude_deg")
    table[list(names)] = positions
    return normalise(table.assign(purpose=pd.Series([None] * len(table), dtype="str")))


@pytest.mark.parametrize("noise_m", [0.0, 25.0])
def test_home_and_work_are_found_from_positions(noise_m):
    placed = with_places(gps(WEEK, noise_m=noise_m), PlaceRules())
    check_table(normalise(placed), Trips, "placed")
    assert placed["origin"].tolist() == [NAMES[row[2]] for row in WEEK]
    assert placed["destination"].tolist() == [NAMES[row[3]] for row in WEEK]
    assert placed["purpose"].tolist() == placed["destination"].tolist()


def test_without_positions_places_come_from_order_and_time():
    blind = [(begin, end, None, None) for begin, end, _, _ in WEEK]
    placed = with_places(gps(blind), PlaceRules())
    assert placed["destination"].tolist() == ["work", "home", "work", "other", "home", "work", "home"]
    assert placed["origin"].tolist() == ["home", "work", "home", "work", "other", "home", "work"]


def test_a_night_away_is_home_only_without_positions():
    away = [*WEEK, ("2024-10-24 17:00", "2024-10-24 19:00", HOME, (58.4, 13.0)),
            ("2024-10-25 09:00", "2024-10-25 11:00", (58.4, 13.0), HOME)]  # fmt: skip
    assert with_places(gps(away), PlaceRules())["destination"].tolist()[-2:] == ["other", "home"]
    blind = [(begin, end, None, None) for begin, end, _, _ in away]
    assert with_places(gps(blind), PlaceRules())["destination"].tolist()[-2] == "home"


def test_one_lost_position_is_filled_from_the_order_of_trips():
    lost = [(*row[:3], None) if number == 1 else row for number, row in enumerate(WEEK)]
    assert with_places(gps(lost), PlaceRules())["destination"].tolist()[1] == "home"


def test_too_few_nights_make_no_home_and_two_cars_keep_their_own():
    strict = PlaceRules(least_nights=5, least_workdays=5)
    assert set(with_places(gps(WEEK), strict)["destination"]) == {"other"}
    swapped = [(begin, end, {HOME: WORK, WORK: HOME}.get(a, a), {HOME: WORK, WORK: HOME}.get(b, b))
               for begin, end, a, b in WEEK]  # fmt: skip
    both = pd.concat([gps(WEEK), gps(swapped, car="8")], ignore_index=True)
    placed = with_places(both, PlaceRules())
    assert placed["destination"].tolist() == [NAMES[row[3]] for row in WEEK] * 2, "what is home to one is work to other"


def test_the_base_of_a_company_car_is_its_depot():
    placed = with_places(gps(WEEK), PlaceRules(base="depot"))
    assert placed["destination"].tolist()[1] == "depot"
    assert placed["origin"].tolist()[0] == "depot"


def test_a_purpose_that_the_file_tells_is_kept():
    told = gps(WEEK).assign(purpose="business")
    assert set(with_places(told, PlaceRules())["purpose"]) == {"business"}


def test_positions_within_the_radius_are_one_place():
    metre_deg = 1 / 111_195
    found = clusters(np.array([[57.0, 12.0], [57.0 + 150 * metre_deg, 12.0], [57.01, 12.0], [np.nan, 12.0]]), 200.0)
    assert found[0] == found[1] != found[2] >= 0
    assert found[3] == -1
    apart = clusters(np.array([[57.0, 12.0], [57.0 + 250 * metre_deg, 12.0]]), 200.0)
    assert len(set(apart.tolist())) == 2 and (apart >= 0).all()


@given(st.floats(0, 500), st.floats(0, 200))
@settings(max_examples=200, deadline=None)
def test_days_covered_are_those_that_a_day_by_day_count_finds(begin, length):
    end = begin + length
    for weekdays_only in (False, True):
        counted = sum(
            begin <= 24 * day + 10 and 24 * day + 14 <= end
            for day in range(40)
            if not weekdays_only or day % 7 < 5
        )  # fmt: skip
        found = days_covered(np.array([begin]), np.array([end]), (10, 14), weekdays_only)
        assert found.tolist() == [counted]
