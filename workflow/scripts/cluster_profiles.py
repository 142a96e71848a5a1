"""Group vehicles into availability profiles; write the profiles, their shapes, members and the cars to dispatch."""

from pathlib import Path
from typing import Any

from analysis.io import read_batches, read_table, write_table
from analysis.profiles.cluster import cluster_vehicles
from analysis.profiles.features import HOURLY
from analysis.profiles.traits import HABIT_COLUMNS, stream_habits
from analysis.schemas.mobility import ProfileMembership, Profiles, ProfileShapes, Vehicles
from analysis.schemas.sample import DispatchSample
from analysis.settings.model import Settings

KEY = ("vehicle_id", "hour_of_week")


def main(
    *,
    availability: Path,
    vehicles: Path,
    trips: Path,
    parameters: Path,  # given by the rule; grouping rests on no listed assumption
    profiles: Path,
    profile_shapes: Path,
    profile_membership: Path,
    dispatch_sample: Path,
    settings: dict[str, Any],
) -> None:
    run = Settings.model_validate(settings)
    cars = read_table(vehicles, Vehicles)
    found = cluster_vehicles(
        lambda: read_batches(availability, [*KEY, *HOURLY]),
        cars,
        stream_habits(read_batches(trips, HABIT_COLUMNS), cars),
        run.scope.profile_count,
        run.scope.dispatch_vehicle_count,
        run.seed,
    )
    write_table(found.profiles, profiles, Profiles)
    write_table(found.shapes, profile_shapes, ProfileShapes)
    write_table(found.membership, profile_membership, ProfileMembership)
    write_table(found.sample, dispatch_sample, DispatchSample)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
