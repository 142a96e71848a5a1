"""Generate private diaries from published travel statistics; add company-car logbooks where the scenario names them."""

from pathlib import Path
from typing import Any

from analysis.io import read_csv_table, write_table
from analysis.mobility.logbooks import company_cars, with_company_cars
from analysis.schemas.assumptions import Parameters
from analysis.schemas.mobility import Trips, Vehicles
from analysis.schemas.travel import TravelFacts, TravelTargets
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.descriptor import load_descriptor
from analysis.sources.locate import files_of
from analysis.sources.reader import read_source
from analysis.synthetic.travel import generate_travel
from analysis.synthetic.travel_targets import travel_targets as hold_against_targets


def main(
    *,
    travel_facts: Path,
    parameters: Path,
    trips: Path,
    vehicles: Path,
    travel_targets: Path,
    settings: dict[str, Any],
    inputs_root: str,
) -> None:
    run = Settings.model_validate(settings)
    rows = read_csv_table(parameters, Parameters)
    facts = read_csv_table(travel_facts, TravelFacts)
    cars, driven = generate_travel(
        run.scope.diary_vehicle_count,
        run.scope.diary_weeks,
        run.seed,
        facts,
        parameter_set(rows, run.assumptions.overrides),
    )
    write_table(hold_against_targets(cars, driven, facts), travel_targets, TravelTargets)
    if run.inputs.fleet_trips:
        tables = []
        for source in run.inputs.fleet_trips:
            descriptor = load_descriptor(source.descriptor)
            tables.append((descriptor.table, read_source(descriptor, files_of(source, inputs_root))))
        cars, driven = with_company_cars(cars, driven, company_cars(tables))
    write_table(driven, trips, Trips)
    write_table(cars, vehicles, Vehicles)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821
