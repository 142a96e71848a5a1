"""Weigh other numbers of profiles beside the one in use: stability, BIC, silhouette; nothing later rests on it."""

from pathlib import Path
from typing import Any

from analysis.io import read_batches, read_table, write_table
from analysis.profiles.cluster import compare_profile_counts
from analysis.profiles.features import HOURLY
from analysis.profiles.traits import HABIT_COLUMNS, stream_habits
from analysis.schemas.mobility import Vehicles
from analysis.schemas.profile_selection import ProfileSelection
from analysis.settings.model import Settings

KEY = ("vehicle_id", "hour_of_week")


def main(*, availability: Path, vehicles: Path, trips: Path, selection: Path, settings: dict[str, Any]) -> None:
    run = Settings.model_validate(settings)
    cars = read_table(vehicles, Vehicles)
    found = compare_profile_counts(
        lambda: read_batches(availability, [*KEY, *HOURLY]),
        cars,
        stream_habits(read_batches(trips, HABIT_COLUMNS), cars),
        run.scope.profile_count,
        run.seed,
    )
    write_table(found, selection, ProfileSelection)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
