"""Generate private diaries from published travel statistics; add company-car logbooks where the scenario names them."""

from pathlib import Path
from typing import Any

from analysis.io import read_csv_table, write_table
from analysis.mobility.logbooks import company_cars, with_company_cars
from analysis.mobility.places import with_places
from analysis.schemas.assumptions import Parameters
from analysis.schemas.dropped_rows import DroppedRows
from analysis.schemas.mobility import Trips, Vehicles
from analysis.schemas.travel import TravelFacts, TravelTargets
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.logbooks import read_logbooks
from analysis.synthetic.travel import generate_travel
from analysis.synthetic.travel_targets import travel_targets as hold_against_targets


def main(
    *,
    travel_facts: Path,
    parameters: Path,
    trips: Path,
    vehicles: Path,
    travel_targets: Path,
    dropped_trips: Path,
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
    logbooks, dropped = read_logbooks(run.inputs.fleet_trips or (), inputs_root)
    if logbooks:
        tables = [
            ("Trips", with_places(book.table, book.places)) if book.kind == "GpsTrips" else (book.kind, book.table)
            for book in logbooks
        ]
        cars, driven = with_company_cars(cars, driven, company_cars(tables))
    write_table(driven, trips, Trips)
    write_table(cars, vehicles, Vehicles)
    write_table(dropped, dropped_trips, DroppedRows)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
