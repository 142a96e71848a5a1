"""Read the published price files that calibration and comparison use, by descriptor, into hourly quotes."""

from pathlib import Path

import pandas as pd

from analysis.io import write_table
from analysis.schemas.market import DayAheadQuotes, ReserveQuotes
from analysis.schemas.price_statistics import PublishedPriceFiles
from analysis.sources.descriptor import load_descriptor
from analysis.sources.money import to_step
from analysis.sources.publishers import combine_quotes, combine_reserve_quotes
from analysis.sources.reader import read_source
from analysis.synthetic.price_published import published_file_rows


def main(
    *,
    elprisetjustnu_day_ahead: list[Path],
    entsoe_day_ahead: list[Path],
    mimer_fcr: list[Path],
    day_ahead_quotes: Path,
    reserve_quotes: Path,
    published_files: Path,
    inputs_root: str,
) -> None:
    day_ahead = {"elprisetjustnu_day_ahead": elprisetjustnu_day_ahead, "entsoe_day_ahead": entsoe_day_ahead}
    reserves = {"mimer_fcr": mimer_fcr}
    named = {name: load_descriptor(name) for name in (*day_ahead, *reserves)}
    energy = combine_quotes({name: read_source(named[name], paths) for name, paths in day_ahead.items()})
    paid = combine_reserve_quotes({name: read_source(named[name], paths) for name, paths in reserves.items()})
    files = [
        published_file_rows(named[name].table, named[name].citation, [path.relative_to(inputs_root) for path in paths])
        for name, paths in {**day_ahead, **reserves}.items()
    ]
    write_table(to_step(energy, 1.0), day_ahead_quotes, DayAheadQuotes)
    write_table(to_step(paid, 1.0), reserve_quotes, ReserveQuotes)
    write_table(pd.concat(files, ignore_index=True), published_files, PublishedPriceFiles)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
