"""The register that is measured is whole; its table keeps one row a stage and size, and the committed one has all."""

import pandas as pd
import pytest

from analysis.io import read_table
from analysis.schemas.mobility import Trips, Vehicles
from tests.conftest import ROOT
from workflow import bench_scale


def test_copies_of_a_few_cars_are_a_register(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_scale, "KIND_COUNT", 20)
    trips = bench_scale.write_register(tmp_path, 50)
    bench_scale.run_stage("ingest_trips", tmp_path, 4)
    cars, driven = read_table(tmp_path / "vehicles.parquet", Vehicles), read_table(tmp_path / "trips.parquet", Trips)
    assert len(cars) == 50 and trips > 50 * 10
    assert set(driven["vehicle_id"]) <= set(cars["vehicle_id"])
    # clocks are in whole minutes and copies are shifted, so that a few trips may touch and be left out
    assert 0.97 * trips <= len(driven) <= trips
    counts = driven.groupby("vehicle_id").size().to_numpy()
    assert len(set(counts)) > 5 and not (counts[:20] == counts[20:40]).all(), "copies stand in another order"
    assert driven["vehicle_id"].is_monotonic_increasing


def test_a_size_measured_again_replaces_its_row(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_scale, "TABLE", tmp_path / "scale.csv")

    def row(stage, vehicles, seconds):
        return dict.fromkeys(bench_scale.COLUMNS, 0) | {"stage": stage, "vehicles": vehicles, "cpu_seconds": seconds}

    bench_scale.keep([row("a", 10, 1.0), row("a", 100, 2.0), row("b", 10, 3.0)])
    bench_scale.keep([row("a", 10, 9.0)])
    kept = pd.read_csv(tmp_path / "scale.csv")
    assert kept[["stage", "vehicles", "cpu_seconds"]].values.tolist() == [
        ["a", 10, 9.0],
        ["a", 100, 2.0],
        ["b", 10, 3.0],
    ]


@pytest.mark.parametrize("stage", list(bench_scale.MADE))
def test_every_stage_was_measured_at_three_sizes(stage):
    table = pd.read_csv(ROOT / "workflow/scale.csv")
    rows = table[table["stage"] == stage].set_index("vehicles")
    assert list(rows.index) == [10_000, 100_000, 1_000_000]
    assert rows[["machine", "date"]].notna().all(axis=None)
    assert (rows["cpu_seconds"] > 0).all()
