"""Municipalities, registered history and assumptions to cars and V2X-capable cars per price area and target year."""

from pathlib import Path

from analysis.fleet import area
from analysis.fleet.stock import stock_anchors, stock_reading
from analysis.io import read_csv_table, read_table, write_table
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.geography import Municipalities
from analysis.schemas.results import FleetStock
from analysis.settings.draws import draw_parameters
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(*, municipalities: Path, parameters: Path, market_facts: Path, fleet_stock: Path, settings: dict) -> None:
    run = Settings.model_validate(settings)
    table = read_csv_table(parameters, Parameters)
    overrides = run.assumptions.overrides
    stock = area.fleet_stock(
        years=run.scope.target_years,
        central=parameter_set(table, overrides),
        draws=draw_parameters(table, area.FLEET_PARAMETERS, run.scope.draw_count, run.seed, overrides),
        anchors=stock_anchors(read_csv_table(market_facts, Facts)),
        municipalities=read_table(municipalities, Municipalities),
        price_areas=run.scope.price_areas,
        reading=stock_reading(run.assumptions),
    )
    write_table(stock, fleet_stock, FleetStock)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
