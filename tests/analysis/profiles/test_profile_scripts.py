"""The two scripts, from files to files: tables written, and the same bytes twice."""

import sys
from pathlib import Path

import pytest

from analysis.io import read_table, write_table
from analysis.schemas.geography import Municipalities
from analysis.schemas.mobility import Availability, ProfileCounts, Profiles, Trips, Vehicles
from analysis.schemas.profile_link import CompanyCarAreas, ProfileCountSeeds, ProfileLink
from analysis.schemas.sample import DispatchSample
from analysis.settings.load import load_settings
from tests.analysis.profiles.profile_archetypes import make_tables, municipalities_table

COUNTED = {
    "profile_counts": ProfileCounts, "profile_link": ProfileLink, "profile_count_seeds": ProfileCountSeeds,
    "company_car_areas": CompanyCarAreas,
}  # fmt: skip
OUTPUTS = ("profiles", "profile_shapes", "profile_membership", "dispatch_sample")


@pytest.fixture
def scripts(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "workflow/scripts"))
    import cluster_profiles
    import compare_profile_counts
    import count_profiles

    yield cluster_profiles.main, compare_profile_counts.main, count_profiles.main
    for name in ("cluster_profiles", "compare_profile_counts", "count_profiles"):
        sys.modules.pop(name)


@pytest.fixture
def settings(root):
    scope = {"profile_count": 3, "dispatch_vehicle_count": 6}
    run = load_settings("default", root / "workflow/config")
    return run.model_copy(update={"scope": run.scope.model_copy(update=scope)}).model_dump(mode="json")


def run_both(scripts, folder: Path, root: Path, settings) -> dict[str, bytes]:
    cluster, compare, count = scripts
    availability, vehicles, trips = make_tables({"commuter": 14, "homely": 10, "night": 9}, weeks=8)
    write_table(availability, folder / "availability.parquet", Availability)
    write_table(vehicles, folder / "vehicles.parquet", Vehicles)
    write_table(trips, folder / "trips.parquet", Trips)
    write_table(municipalities_table(), folder / "municipalities.parquet", Municipalities)
    parameters = root / "data/assumptions/parameters.csv"
    paths = {name: folder / f"{name}.parquet" for name in (*OUTPUTS, "selection", *COUNTED)}
    inputs = {name: folder / f"{name}.parquet" for name in ("availability", "vehicles", "trips")}
    cluster(**inputs, parameters=parameters, **{name: paths[name] for name in OUTPUTS}, settings=settings)
    compare(**inputs, selection=paths["selection"], settings=settings)
    count(
        profile_membership=paths["profile_membership"],
        vehicles=inputs["vehicles"],
        municipalities=folder / "municipalities.parquet",
        parameters=parameters,
        **{name: paths[name] for name in COUNTED},
        settings=settings,
    )
    return {name: path.read_bytes() for name, path in paths.items()}


@pytest.mark.slow
def test_files_to_files_and_the_same_bytes_twice(scripts, tmp_path, root, settings):
    first = run_both(scripts, tmp_path / "one", root, settings)
    assert first == run_both(scripts, tmp_path / "two", root, settings)
    profiles = read_table(tmp_path / "one/profiles.parquet", Profiles)
    assert profiles["share_pu"].sum() == pytest.approx(1.0)
    assert len(read_table(tmp_path / "one/dispatch_sample.parquet", DispatchSample)) == 6
    counts = read_table(tmp_path / "one/profile_counts.parquet", ProfileCounts)
    assert counts["vehicle_count"].sum() == 1003 + 412
    for name, schema in COUNTED.items():
        assert len(read_table(tmp_path / f"one/{name}.parquet", schema)) > 0
