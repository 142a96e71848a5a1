"""Compute the committed price statistics from published quotes; only statistics are written, never the data."""

from pathlib import Path

import pandas as pd

from analysis.io import check_table, read_table, write_text
from analysis.schemas.market import DayAheadQuotes, ReserveQuotes
from analysis.schemas.price_statistics import (
    PriceStatisticQuantiles,
    PriceStatisticShapes,
    PriceStatisticSources,
    PriceStatisticValues,
    PublishedPriceFiles,
)
from analysis.synthetic.price_calibration import calibrate_year
from analysis.synthetic.price_published import published_years
from analysis.synthetic.price_sources import source_rows


def main(
    *,
    day_ahead_quotes: Path,
    reserve_quotes: Path,
    published_files: Path,
    values: Path,
    shapes: Path,
    quantiles: Path,
    sources: Path,
    years: list[int],
) -> None:
    published = published_years(
        read_table(day_ahead_quotes, DayAheadQuotes),
        read_table(reserve_quotes, ReserveQuotes),
        read_table(published_files, PublishedPriceFiles),
    )
    found = {year: published[year] for year in sorted(years)}
    calibrated = [calibrate_year(year, part.day_ahead, part.reserves) for year, part in found.items()]
    written = (
        (values, PriceStatisticValues, [part.values for part in calibrated]),
        (shapes, PriceStatisticShapes, [part.shapes for part in calibrated]),
        (quantiles, PriceStatisticQuantiles, [part.quantiles for part in calibrated]),
        (sources, PriceStatisticSources, [source_rows(year, part) for year, part in found.items()]),
    )
    for path, model, parts in written:
        table = check_table(pd.concat(parts, ignore_index=True), model, str(path))
        write_text(table.to_csv(index=False, lineterminator="\n"), path)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
