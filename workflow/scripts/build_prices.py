"""Builds day-ahead and reserve prices in real crowns, from files by descriptor or from the generator."""

from pathlib import Path

import pandas as pd

from analysis.io import read_csv_table, write_table
from analysis.schemas.assumptions import Facts
from analysis.schemas.market import DayAheadPrices, PriceIndex, ReservePrices
from analysis.schemas.price_statistics import PriceStatisticQuantiles, PriceStatisticShapes, PriceStatisticValues
from analysis.settings.model import Settings
from analysis.sources.bundle import day_ahead_quotes, in_scope, reserve_quotes
from analysis.sources.money import real_day_ahead_prices, real_reserve_prices, to_step
from analysis.synthetic.price_scaling import scaled_day_ahead, scaled_reserves
from analysis.synthetic.price_statistics import read_price_statistics
from analysis.synthetic.price_year import generate_price_year


def main(
    *,
    files: list[Path],
    price_index: Path,
    price_statistics: list[Path],
    day_ahead_prices: Path,
    reserve_prices: Path,
    settings: dict,
    inputs_root: str,
    market_facts: Path,
) -> None:
    run = Settings.model_validate(settings)
    if run.inputs.day_ahead_prices is None:
        day_ahead, reserves = _generated(run, price_statistics)
    elif run.inputs.scaled_from_year is not None:
        day_ahead, reserves = _scaled(run, run.inputs.scaled_from_year, inputs_root, files, market_facts)
    else:
        day_ahead, reserves = day_ahead_quotes(run, inputs_root, files), reserve_quotes(run, inputs_root, files)
    index = read_csv_table(price_index, PriceIndex)
    energy = to_step(real_day_ahead_prices(day_ahead, index, run.price_year), run.scope.step_h)
    reserve = to_step(real_reserve_prices(reserves, index, run.price_year), run.scope.step_h)
    write_table(energy, day_ahead_prices, DayAheadPrices)
    write_table(reserve, reserve_prices, ReservePrices)


def _generated(run: Settings, price_statistics: list[Path]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Price years of the embedded default, from statistics and seed: nominal quotes of the scope."""
    schemas = {"values": PriceStatisticValues, "shapes": PriceStatisticShapes, "quantiles": PriceStatisticQuantiles}
    paths = {Path(path).stem.removeprefix("price_statistics_"): Path(path) for path in price_statistics}
    paths["values"] = paths.pop("price_statistics")
    statistics = read_price_statistics({name: read_csv_table(paths[name], model) for name, model in schemas.items()})
    years = [generate_price_year(year, statistics, run.seed) for year in run.scope.price_years]
    day_ahead = in_scope(pd.concat([year[0] for year in years], ignore_index=True), run)
    return day_ahead, in_scope(pd.concat([year[1] for year in years], ignore_index=True), run)


def _scaled(
    run: Settings, from_year: int, inputs_root: str, files: list[Path], market_facts: Path
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One generated price year: the hours of another year, scaled to the means that are published for this one."""
    scope = run.scope.model_copy(update={"price_years": (from_year,)})
    source = run.model_copy(update={"scope": scope})
    facts, year = read_csv_table(market_facts, Facts), run.scope.price_years[0]
    day_ahead = scaled_day_ahead(day_ahead_quotes(source, inputs_root, files), facts, year)
    return day_ahead, scaled_reserves(reserve_quotes(source, inputs_root, files), facts, year)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
