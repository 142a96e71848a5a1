"""Writes the five headline numbers."""

from pathlib import Path

import pandas as pd

from analysis.io import read_table, write_table
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.results import Headlines, MarketBalance, PotentialSummary, SchemeSummary
from analysis.schemas.sample import MarketSaturation
from analysis.settings.model import Settings
from analysis.uncertainty.headlines import headline_rows


def main(
    *, potential_summary: Path, market_balance: Path, saturation: Path, scheme_summary: Path, draws: list,
    headlines: Path, settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    table = headline_rows(
        read_table(potential_summary, PotentialSummary),
        read_table(market_balance, MarketBalance),
        read_table(saturation, MarketSaturation),
        read_table(scheme_summary, SchemeSummary),
        pd.concat([read_table(Path(part), SchemeDraws) for part in draws]),
        run.scope.target_years[0],
    )
    write_table(table, headlines, Headlines)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
