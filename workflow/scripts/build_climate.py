"""Generate a normal year's hourly temperature per price area, and the household load that follows it."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.io import read_csv_table, write_table
from analysis.schemas.climate import ClimateNormals, HouseholdElectricity, HouseholdLoadShape
from analysis.schemas.market import HouseholdLoad, Temperature
from analysis.settings.model import Settings
from analysis.synthetic.climate import climate_year
from analysis.synthetic.household_load import household_load as load_of_households


def main(
    *,
    climate_normals: Path,
    household_electricity: Path,
    load_shape: Path,
    temperature: Path,
    household_load: Path,
    settings: dict[str, Any],
) -> None:
    run = Settings.model_validate(settings)
    normals = read_csv_table(climate_normals, ClimateNormals)
    years = sorted(run.scope.price_years)
    weather = pd.concat([climate_year(run.scope.price_areas, year, normals, run.seed) for year in years])
    write_table(weather, temperature, Temperature)
    shape = read_csv_table(load_shape, HouseholdLoadShape)
    electricity = read_csv_table(household_electricity, HouseholdElectricity)
    write_table(load_of_households(weather, shape, electricity, normals), household_load, HouseholdLoad)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
