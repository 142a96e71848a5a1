"""Lay published cells of day-ahead saving beside ours: battery × power × price year, spot in and out, and as taxed."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.dispatch.inputs import market_weeks
from analysis.dispatch.spot_cells import spot_cells
from analysis.io import check_table, normalise, read_csv_table, read_table, write_text
from analysis.mobility.weeks import choose_weeks
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.market import DayAheadQuotes, HouseholdLoad, PriceIndex, ReserveQuotes
from analysis.schemas.money_evidence import SpotCells
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.bundle import in_scope
from analysis.sources.money import real_day_ahead_prices, real_reserve_prices
from analysis.synthetic.price_scaling import with_scaled_year


def main(
    *, day_ahead_quotes: Path, reserve_quotes: Path, market_facts: Path, price_index: Path, parameters: Path,
    cells: Path, settings: dict[str, Any], price_area: str, years: list[int], scaled: dict[str, int],
    capacities_kwh: list[float], charger_options: list[str],
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    scope = run.scope.model_copy(update={"price_areas": (price_area,), "price_years": tuple(years)})
    run = run.model_copy(update={"scope": scope})
    index = read_csv_table(price_index, PriceIndex)
    energy, paid = with_scaled_year(
        read_table(day_ahead_quotes, DayAheadQuotes), read_table(reserve_quotes, ReserveQuotes),
        read_csv_table(market_facts, Facts), **scaled,
    )  # fmt: skip
    prices = real_day_ahead_prices(in_scope(energy, run), index, run.price_year)
    reserves = real_reserve_prices(in_scope(paid, run), index, run.price_year)
    nobody = pd.DataFrame({name: [] for name in HouseholdLoad.to_schema().columns})
    weeks = {
        year: market_weeks(
            choose_weeks(prices, reserves, year, 2, True), prices, reserves, nobody,
            price_area=price_area, price_year=year, step_h=1.0,
        )
        for year in years
    }  # fmt: skip
    rate = float(index.set_index("year")["sek_per_eur"][run.price_year])
    found = spot_cells(
        weeks, parameter_set(read_csv_table(parameters, Parameters)), capacities_kwh=tuple(capacities_kwh),
        charger_options=tuple(charger_options), sek_per_eur=rate,
    )  # fmt: skip
    found = found.assign(price_area=price_area, is_generated_year=found["price_year"] == scaled["year"])
    table = check_table(normalise(found)[list(SpotCells.to_schema().columns)], SpotCells, "spot cells")
    write_text(table.to_csv(index=False, lineterminator="\n", float_format="%.4f"), cells)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
