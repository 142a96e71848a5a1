"""Sum up the dispatch values of single cars per area and for Sweden."""

from pathlib import Path

from analysis.io import read_table, write_table
from analysis.potential.value_summary import summarise_values
from analysis.schemas.results import DispatchValues, FleetStock
from analysis.schemas.sample import DispatchSample
from analysis.schemas.value_summary import ValueSummary


def main(*, dispatch_values: Path, dispatch_sample: Path, fleet_stock: Path, value_summary: Path, year: int) -> None:
    """Read the values, the sample's weights and the cars of the areas in one year; write the summary."""
    stock = read_table(fleet_stock, FleetStock)
    area_cars = stock[stock["year"] == year].set_index("price_area")["bev_count"]
    summary = summarise_values(
        read_table(dispatch_values, DispatchValues), read_table(dispatch_sample, DispatchSample), area_cars
    )
    write_table(summary, value_summary, ValueSummary)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
