"""Gathers what moves each scheme's outcomes into one table."""

from pathlib import Path

import pandas as pd

from analysis.io import read_table, write_table
from analysis.schemas.schemes import Sensitivity


def main(*, parts: list, sensitivity: Path) -> None:
    write_table(pd.concat([read_table(Path(part), Sensitivity) for part in parts]), sensitivity, Sensitivity)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
