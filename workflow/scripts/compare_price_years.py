"""Set every published price year against the embedded one: what an analyst gains and misses by running offline."""

from pathlib import Path

from analysis.io import read_csv_table, read_table, write_text
from analysis.schemas.market import DayAheadQuotes, ReserveQuotes
from analysis.schemas.price_statistics import (
    PriceStatisticQuantiles,
    PriceStatisticShapes,
    PriceStatisticValues,
    PublishedPriceFiles,
)
from analysis.synthetic.price_comparison import compare_price_years
from analysis.synthetic.price_published import published_years
from analysis.synthetic.price_reference_car import ReferenceCar
from analysis.synthetic.price_statistics import read_price_statistics


def main(
    *,
    day_ahead_quotes: Path,
    reserve_quotes: Path,
    published_files: Path,
    values: Path,
    shapes: Path,
    quantiles: Path,
    comparison: Path,
    seed: int,
    seed_count: int,
) -> None:
    statistics = read_price_statistics(
        {
            "values": read_csv_table(values, PriceStatisticValues),
            "shapes": read_csv_table(shapes, PriceStatisticShapes),
            "quantiles": read_csv_table(quantiles, PriceStatisticQuantiles),
        }
    )
    published = published_years(
        read_table(day_ahead_quotes, DayAheadQuotes),
        read_table(reserve_quotes, ReserveQuotes),
        read_table(published_files, PublishedPriceFiles),
    )
    table = compare_price_years(published, statistics, seed, seed_count, ReferenceCar())
    write_text(table.to_csv(index=False, lineterminator="\n"), comparison)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
