"""Gathers the tables of all schemes, side by side."""

from pathlib import Path

import pandas as pd

from analysis.io import read_table, write_table
from analysis.schemas.results import Accounts, SchemeResults, SchemeSummary


def main(
    *, results: list, summaries: list, accounts: list, scheme_results: Path, scheme_summary: Path, accounts_table: Path
) -> None:
    gathered = (
        (results, SchemeResults, scheme_results),
        (summaries, SchemeSummary, scheme_summary),
        (accounts, Accounts, accounts_table),
    )
    for parts, model, path in gathered:
        write_table(pd.concat([read_table(Path(part), model) for part in parts]), path, model)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
