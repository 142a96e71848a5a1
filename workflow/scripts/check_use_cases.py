"""Hold use cases against published results, on published prices of years, as the owner pays and spot for spot."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.dispatch.inputs import market_weeks, northern_share
from analysis.dispatch.use_case_check import Scale, compared_cases, use_case_check
from analysis.dispatch.use_cases import GridTerms, dispatch_use_cases
from analysis.fleet.use_cases import use_cases as rows_to_cases
from analysis.io import check_table, normalise, read_csv_table, read_table, write_text
from analysis.market.grid_tariff import TAX_OF_TODAY, grid_tariff, parameters_of_price_year
from analysis.mobility.weeks import choose_weeks
from analysis.schemas import assumptions, climate, market, tariffs, use_cases
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.bundle import in_scope
from analysis.sources.money import real_day_ahead_prices, real_reserve_prices
from analysis.synthetic.climate import climate_year
from analysis.synthetic.household_load import household_load


def main(
    *, day_ahead_quotes: Path, reserve_quotes: Path, price_index: Path, climate_normals: Path,
    household_electricity: Path, load_shape: Path, parameters: Path, area_tariffs: Path, grid_tariffs: list[Path],
    market_facts: Path, cases: Path, published: Path,
    checks: Path, settings: dict[str, Any], price_area: str, price_years: list[int], vehicle_count: dict[str, int],
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    scope = run.scope.model_copy(update={"price_areas": (price_area,), "price_years": tuple(price_years)})
    run = run.model_copy(update={"scope": scope})
    assumed = parameter_set(read_csv_table(parameters, assumptions.Parameters))
    index = read_csv_table(price_index, market.PriceIndex)
    energy, paid = read_table(day_ahead_quotes, market.DayAheadQuotes), read_table(reserve_quotes, market.ReserveQuotes)
    prices = real_day_ahead_prices(in_scope(energy, run), index, run.price_year)
    reserves = real_reserve_prices(in_scope(paid, run), index, run.price_year)
    normals = read_csv_table(climate_normals, climate.ClimateNormals)
    weather = pd.concat([climate_year(scope.price_areas, year, normals, run.seed) for year in price_years])
    load = household_load(
        weather, read_csv_table(load_shape, climate.HouseholdLoadShape),
        read_csv_table(household_electricity, climate.HouseholdElectricity), normals,
    )  # fmt: skip
    north = {price_area: northern_share(read_csv_table(area_tariffs, tariffs.AreaTariffs), price_area)}
    rate = float(index.set_index("year")["sek_per_eur"][run.price_year])
    scale = Scale(sek_per_eur=rate, working_pu=1 - assumed["res.unavailable_hw"])
    results = read_csv_table(published, use_cases.PublishedResults)
    compared = compared_cases(rows_to_cases(read_csv_table(cases, use_cases.UseCases)))
    listed = pd.concat([read_csv_table(path, tariffs.GridTariffs) for path in grid_tariffs], ignore_index=True)
    charged = {name: grid_tariff(listed, name) for name in sorted({case.grid_tariff for case in compared})}
    facts = read_csv_table(market_facts, assumptions.Facts)
    parts = []
    for year in price_years:
        grids = {
            name: GridTerms(
                parameters_of_price_year(assumed, tariff, facts, energy_tax=TAX_OF_TODAY, price_year=year),
                tariff.charge,
            )
            for name, tariff in charged.items()
        }
        weeks = market_weeks(
            choose_weeks(prices, reserves, year, 1, True), prices, reserves, load,
            price_area=price_area, price_year=year, step_h=1.0,
        )  # fmt: skip
        for pays in ("owner", "spot"):
            solved = [
                dispatch_use_cases(
                    [case], {price_area: weeks}, grids, price_year=year, step_h=1.0, seed=run.seed,
                    vehicle_count=vehicle_count.get(case.use_case, vehicle_count["others"]), northern_pu=north,
                    spot_only=pays == "spot",
                )
                for case in compared
            ]  # fmt: skip
            parts.append(use_case_check(pd.concat(solved), results, scale).assign(pays=pays))
    model = use_cases.UseCaseChecks
    found = pd.concat(parts, ignore_index=True)
    table = check_table(normalise(found)[list(model.to_schema().columns)], model, "use case check")
    write_text(table.to_csv(index=False, lineterminator="\n", float_format="%.4f"), checks)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
