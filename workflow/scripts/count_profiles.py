"""Link profiles to households, and count battery electric cars per municipality and profile, with an interval."""

from pathlib import Path
from typing import Any

from analysis.io import read_csv_table, read_table, write_table
from analysis.profiles.counts import count_profiles
from analysis.schemas.assumptions import Parameters
from analysis.schemas.geography import Municipalities
from analysis.schemas.mobility import ProfileCounts, ProfileMembership, Vehicles
from analysis.schemas.profile_link import CompanyCarAreas, ProfileCountSeeds, ProfileLink
from analysis.settings.model import Settings


def main(
    *,
    profile_membership: Path,
    vehicles: Path,
    municipalities: Path,
    parameters: Path,
    profile_counts: Path,
    profile_link: Path,
    profile_count_seeds: Path,
    company_car_areas: Path,
    settings: dict[str, Any],
) -> None:
    run = Settings.model_validate(settings)
    found = count_profiles(
        read_table(profile_membership, ProfileMembership),
        read_table(vehicles, Vehicles),
        read_table(municipalities, Municipalities),
        read_csv_table(parameters, Parameters),
        run.assumptions.overrides,
        run.seed,
    )
    write_table(found.counts, profile_counts, ProfileCounts)
    write_table(found.link, profile_link, ProfileLink)
    write_table(found.seeds, profile_count_seeds, ProfileCountSeeds)
    write_table(found.company_cars, company_car_areas, CompanyCarAreas)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
