"""Gathers the tables of all schemes side by side, and writes the five headline numbers."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from analysis.io import read_table, write_table
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.results import Accounts, Headlines, MarketBalance, PotentialSummary, SchemeResults, SchemeSummary
from analysis.schemas.sample import MarketSaturation
from analysis.schemas.schemes import MarketTier, SchemeIncidence, SchemeMunicipalities, SchemePaths
from analysis.settings.model import Settings
from analysis.uncertainty.headlines import headline_rows
from analysis.uncertainty.market_tier import market_tier


def main(
    *, results: list, summaries: list, accounts: list, draws: list, paths: list, incidence: list, places: list,
    potential_summary: Path, market_balance: Path, saturation: Path, scheme_results: Path, scheme_summary: Path,
    accounts_table: Path, scheme_paths: Path, scheme_incidence: Path, scheme_municipalities: Path, tier: Path,
    headlines: Path, settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    write_table(_gathered(results, SchemeResults), scheme_results, SchemeResults)
    write_table(_gathered(accounts, Accounts), accounts_table, Accounts)
    write_table(_gathered(summaries, SchemeSummary), scheme_summary, SchemeSummary)
    write_table(_gathered(paths, SchemePaths), scheme_paths, SchemePaths)
    write_table(_gathered(incidence, SchemeIncidence), scheme_incidence, SchemeIncidence)
    summed, deep = read_table(potential_summary, PotentialSummary), read_table(market_balance, MarketBalance)
    write_table(_gathered(places, SchemeMunicipalities), scheme_municipalities, SchemeMunicipalities)
    target = run.scope.target_years[0]
    write_table(market_tier(_gathered(paths, SchemePaths), summed, deep, target), tier, MarketTier)
    table = headline_rows(
        summed,
        deep,
        read_table(saturation, MarketSaturation),
        read_table(scheme_summary, SchemeSummary),
        _gathered(draws, SchemeDraws),
        target,
    )
    write_table(table, headlines, Headlines)


def _gathered(parts: list, model: type[pa.DataFrameModel]) -> pd.DataFrame:
    return pd.concat([read_table(Path(part), model) for part in parts])


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
