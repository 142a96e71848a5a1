"""Compute the committed price statistics from published price files; only statistics are written, never the data."""

from functools import partial
from pathlib import Path

import pandas as pd

from analysis.io import atomic_path, check_table
from analysis.schemas.price_statistics import (
    PriceStatisticQuantiles,
    PriceStatisticShapes,
    PriceStatisticSources,
    PriceStatisticValues,
)
from analysis.synthetic.price_calibration import calibrate_year
from analysis.synthetic.price_published import published_year
from analysis.synthetic.price_sources import source_rows


def main(*, inputs_root: Path, values: Path, shapes: Path, quantiles: Path, sources: Path, years: list[int]) -> None:
    read = partial(_read_published, Path(inputs_root))
    found = {year: published_year(year, read) for year in sorted(years)}
    calibrated = [calibrate_year(year, part.day_ahead, part.reserves) for year, part in found.items()]
    written = (
        (values, PriceStatisticValues, [part.values for part in calibrated]),
        (shapes, PriceStatisticShapes, [part.shapes for part in calibrated]),
        (quantiles, PriceStatisticQuantiles, [part.quantiles for part in calibrated]),
        (sources, PriceStatisticSources, [source_rows(year, part) for year, part in found.items()]),
    )
    for path, model, parts in written:
        table = check_table(pd.concat(parts, ignore_index=True), model, str(path))
        with atomic_path(Path(path)) as temporary:
            table.to_csv(temporary, index=False, lineterminator="\n")


def _read_published(inputs_root: Path, path: str) -> pd.DataFrame:
    return pd.read_csv(inputs_root / path, dtype="str", keep_default_na=False, encoding="utf-8")


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821
