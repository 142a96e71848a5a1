"""Hold the plug-in model against Norwegian users that it was not fitted to."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.io import read_csv_table, write_text
from analysis.mobility.plug_in_validation import Cars, validate_plug_in
from analysis.mobility.years import reference_weather
from analysis.schemas.assumptions import Parameters
from analysis.schemas.climate import ClimateNormals
from analysis.schemas.plug_in import PlugInValidation
from analysis.schemas.travel import TravelFacts
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.descriptor import load_descriptor
from analysis.sources.publishers import without_overlap
from analysis.sources.reader import read_source
from analysis.synthetic.climate import climate_year
from analysis.synthetic.travel import generate_travel


def main(
    *, travel_facts: Path, climate_normals: Path, parameters: Path, norway12_sessions: Path, trondheim_sessions: Path,
    validation: Path, settings: dict[str, Any],
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    assumed = parameter_set(read_csv_table(parameters, Parameters), run.assumptions.overrides)
    scope, facts = run.scope, read_csv_table(travel_facts, TravelFacts)
    vehicles, trips = generate_travel(scope.diary_vehicle_count, scope.diary_weeks, run.seed, facts, assumed)
    normals = read_csv_table(climate_normals, ClimateNormals)
    temperature = pd.concat([climate_year(scope.price_areas, year, normals, run.seed) for year in scope.price_years])
    weather = reference_weather(temperature, scope.price_areas, scope.price_years)
    files = {"norway12_sessions": norway12_sessions, "trondheim_sessions": trondheim_sessions}
    readers = {name: load_descriptor(name) for name in files}
    # one site stands in both files: its users count once, else the same user could stand in both halves
    tables = without_overlap({name: read_source(readers[name], [path]) for name, path in files.items()}, readers)
    citation = "; ".join(reader.citation for reader in readers.values())
    sessions = pd.concat(tables.values(), ignore_index=True)
    found = validate_plug_in(sessions, Cars(trips, vehicles, weather, run.seed, assumed), citation)
    write_text(PlugInValidation.validate(found).to_csv(index=False, lineterminator="\n"), validation)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
