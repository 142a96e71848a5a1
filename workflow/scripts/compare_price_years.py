"""Set every published price year against the embedded one: what an analyst gains and misses by running offline."""

from functools import partial
from pathlib import Path

import pandas as pd

from analysis.io import atomic_path, read_csv_table
from analysis.schemas.price_statistics import PriceStatisticQuantiles, PriceStatisticShapes, PriceStatisticValues
from analysis.synthetic.price_comparison import compare_price_years
from analysis.synthetic.price_published import REAL_YEARS, published_year
from analysis.synthetic.price_reference_car import ReferenceCar
from analysis.synthetic.price_statistics import read_price_statistics

SEED_COUNT = 12


def main(*, inputs_root: Path, values: Path, shapes: Path, quantiles: Path, comparison: Path, seed: int) -> None:
    statistics = read_price_statistics(
        {
            "values": read_csv_table(values, PriceStatisticValues),
            "shapes": read_csv_table(shapes, PriceStatisticShapes),
            "quantiles": read_csv_table(quantiles, PriceStatisticQuantiles),
        }
    )
    read = partial(_read_published, Path(inputs_root))
    published = {year: published_year(year, read) for year in REAL_YEARS}
    table = compare_price_years(published, statistics, seed, SEED_COUNT, ReferenceCar())
    with atomic_path(Path(comparison)) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def _read_published(inputs_root: Path, path: str) -> pd.DataFrame:
    return pd.read_csv(inputs_root / path, dtype="str", keep_default_na=False, encoding="utf-8")


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821
