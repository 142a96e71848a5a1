"""Gathers the settled wear of all areas and years into one table."""

from pathlib import Path

import pandas as pd

from analysis.io import read_table, write_table
from analysis.schemas.wear import Wear


def main(*, parts: list[Path], wear: Path) -> None:
    rows = [read_table(Path(path), Wear) for path in parts]
    write_table(pd.concat(rows, ignore_index=True), wear, Wear)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
