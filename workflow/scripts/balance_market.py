"""Dispatch values at designed price levels to the depth of the reserve markets and the value of a car at that depth."""

from pathlib import Path

from analysis.dispatch.options import charger_physics
from analysis.io import read_csv_table, read_table, write_table
from analysis.market.reserve_rules import reserve_rules, reserve_shares
from analysis.potential.balance import depth_tables, outlook_of
from analysis.potential.depth import DEPTH_PARAMETERS, required_volumes
from analysis.potential.floor import FLOOR_PARAMETERS, import_price_sek_per_kwh, price_floors
from analysis.potential.saturation import DRAW_COUNT, VALUE_PARAMETERS, capable_cars
from analysis.schemas import assumptions, market, results, sample
from analysis.settings.draws import draw_parameters
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *, dispatch_values: Path, reserve_prices: Path, fleet_stock: Path, dispatch_sample: Path, parameters: Path,
    market_facts: Path, market_balance: Path, saturation: Path, settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    scope, fixed = run.scope, run.assumptions.overrides
    table = read_csv_table(parameters, assumptions.Parameters)
    central = parameter_set(table, fixed)
    drawn = dict.fromkeys((*DEPTH_PARAMETERS, *FLOOR_PARAMETERS, *VALUE_PARAMETERS))
    draws = draw_parameters(table, tuple(drawn), DRAW_COUNT, run.seed, fixed)
    values = read_table(dispatch_values, results.DispatchValues)
    capable = capable_cars(read_table(fleet_stock, results.FleetStock), max(scope.target_years))
    shares, rules = reserve_shares(central), reserve_rules(central)
    # ASSUME: the depth is found for cars with the first charger option of the scope.
    option = charger_physics(scope.charger_options[0], central)
    energy = import_price_sek_per_kwh(values, central["ret.vat"])
    outlook = outlook_of(
        dispatch_values=values,
        reserve_prices=read_table(reserve_prices, market.ReservePrices),
        sample=read_table(dispatch_sample, sample.DispatchSample),
        capable=capable,
        charger_option=option.charger_option,
        price_years=scope.price_years,
        levels=scope.reserve_levels,
        volumes=required_volumes(read_csv_table(market_facts, assumptions.Facts)),
        shares=shares,
        central=central,
        import_sek_per_kwh=energy,
    )
    floors = tuple(price_floors(each, rules, option.power_kw, energy, shares) for each in (central, draws))
    tables = depth_tables(outlook, float(capable.sum()), (central, draws), floors, rules, option.power_kw, run.seed)
    write_table(tables[0], market_balance, results.MarketBalance)
    write_table(tables[1], saturation, sample.MarketSaturation)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
