"""Generated diaries against published travel statistics, and the shape that the chain needs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table, read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.schemas.mobility import Trips, Vehicles
from analysis.schemas.travel import TravelFacts, TravelTargets
from analysis.settings.parameters import ParameterSet, parameter_set
from analysis.synthetic.travel import generate_travel
from analysis.synthetic.travel_targets import travel_targets

WEEKS = 6
NOT_MET = {"used_day_p95_km"}
"""Targets that the generator cannot meet together with the others: 150 km at the 95th percentile of a used day is for
all cars and from memory, and contradicts 31 % of drivers with eleven trips over 200 km."""


@pytest.fixture(scope="module")
def assumptions(root: Path) -> ParameterSet:
    paths = [root / "data/assumptions/parameters.csv"]
    rows = [read_csv_table(path, Parameters) for path in paths]
    return parameter_set(pd.concat(rows).drop_duplicates("id"))


@pytest.fixture(scope="module")
def facts(root: Path) -> pd.DataFrame:
    return read_csv_table(root / "data/reference/travel_facts.csv", TravelFacts)


@pytest.fixture(scope="module")
def generated(facts, assumptions):
    return generate_travel(600, WEEKS, 11, facts, assumptions)


@pytest.fixture(scope="module")
def targets(generated, facts):
    table = check_table(travel_targets(*generated, facts), TravelTargets, "targets")
    return table[table["series"] == "generated"].set_index("target_id")


def test_tables_pass_their_schemas(generated):
    vehicles, trips = generated
    check_table(vehicles, Vehicles, "vehicles")
    check_table(trips, Trips, "trips")


def test_each_target_is_met_within_its_stated_tolerance(targets):
    missed = set(targets.index[~targets["is_within"]])
    assert missed <= NOT_MET, targets.loc[sorted(missed - NOT_MET), ["value", "low", "high"]]
    tolerance = (targets["high"] - targets["low"]) / (targets["high"] + targets["low"])
    assert tolerance.drop("work_share_weekend").max() <= 0.25 + 1e-9


def test_annual_distance_is_that_of_private_battery_cars(targets):
    assert targets.at["annual_km", "value"] == pytest.approx(13_000, rel=0.01)
    assert not targets.at["annual_km", "verified"]


def test_trips_of_a_car_never_overlap_and_join_in_place(generated):
    _, trips = generated
    ordered = trips.sort_values(["vehicle_id", "depart_utc"])
    before = ordered.groupby("vehicle_id").shift()
    same = before["arrive_utc"].notna()
    assert (ordered.loc[same, "depart_utc"] >= before.loc[same, "arrive_utc"]).all()
    assert (ordered.loc[same, "origin"] == before.loc[same, "destination"]).all()


def test_diaries_begin_and_end_at_home_and_most_nights_are_at_home(generated):
    _, trips = generated
    ordered = trips.sort_values(["vehicle_id", "depart_utc"])
    assert (ordered.groupby("vehicle_id")["origin"].first() == "home").all()
    assert (ordered.groupby("vehicle_id")["destination"].last() == "home").all()
    local = ordered["depart_utc"].dt.tz_convert("Europe/Stockholm")
    night = (local + pd.Timedelta(hours=-4)).dt.date
    last = ordered.groupby(["vehicle_id", night])["destination"].last()
    assert (last == "home").mean() > 0.95


def test_diaries_are_whole_local_weeks(generated):
    vehicles, trips = generated
    local = trips["depart_utc"].dt.tz_convert("Europe/Stockholm")
    assert (vehicles["observed_days"] == 7 * WEEKS).all()
    assert local.min() >= pd.Timestamp("2024-01-08", tz="Europe/Stockholm")
    end = pd.Timestamp("2024-01-08", tz="Europe/Stockholm") + pd.DateOffset(weeks=WEEKS)
    assert trips["arrive_utc"].max() < end.tz_convert("UTC")


def test_weeks_of_one_car_resemble_each_other_more_than_those_of_two(generated):
    vehicles, trips = generated
    local = trips["depart_utc"].dt.tz_convert("Europe/Stockholm").dt.tz_localize(None)
    day = (local.dt.normalize() - pd.Timestamp("2024-01-08")).dt.days
    numbers = {name: number for number, name in enumerate(vehicles["vehicle_id"])}
    km = np.zeros((len(vehicles), 7 * WEEKS))
    np.add.at(km, (trips["vehicle_id"].map(numbers).to_numpy(), day.to_numpy()), trips["distance_km"].to_numpy())
    used = (km > 0).reshape(len(vehicles), WEEKS, 7).astype(float)
    own = np.abs(used[:, 0] - used[:, 1]).mean()
    others = np.abs(used[:, 0] - np.roll(used[:, 1], 1, axis=0)).mean()
    assert own < 0.75 * others


def test_same_seed_same_diaries_and_other_seed_others(facts, assumptions):
    one, again, other = (generate_travel(25, 2, seed, facts, assumptions)[1] for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, again)
    assert len(one) != len(other) or not one["distance_km"].equals(other["distance_km"])


def test_an_annual_distance_below_fixed_trips_is_a_named_fault(facts, assumptions):
    with pytest.raises(DataError, match="fixed trips"):
        generate_travel(40, 4, 3, facts, assumptions.with_values({"veh.annual_km": 1500.0}))
