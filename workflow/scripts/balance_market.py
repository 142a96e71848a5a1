"""Dispatch values at designed price levels to the depth of the reserve markets and the value of a car at that depth."""

from pathlib import Path

import pandas as pd

from analysis.dispatch.options import charger_physics
from analysis.io import read_csv_table, read_table, write_table
from analysis.market.reserve_rules import reserve_rules, reserve_shares
from analysis.potential import floor, market_tables
from analysis.potential.balance import depth_tables, outlook_of
from analysis.potential.capture import capture_prices
from analysis.potential.depth import DEPTH_PARAMETERS, required_volumes
from analysis.potential.hourly_sale import offer_hours
from analysis.potential.portfolio import minimum_bid_mw, portfolio_values
from analysis.potential.restoration import restoration_table
from analysis.potential.saturation import DRAW_COUNT, VALUE_PARAMETERS, capable_cars, market_of
from analysis.potential.surrogate import schedules
from analysis.schemas import assumptions, erosion, market, market_depth, results, sample
from analysis.settings.draws import draw_parameters
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *, dispatch_values: Path, capability_hours: Path, reserve_offers: list[Path], reserve_prices: Path,
    fleet_stock: Path, dispatch_sample: Path, parameters: Path, market_facts: Path, prequalified_volumes: Path,
    market_balance: Path, saturation: Path, market_products: Path, market_sales: Path, capture: Path,
    portfolios: Path, profile_values: Path, restoration: Path, settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    scope, fixed = run.scope, run.assumptions.overrides
    table = read_csv_table(parameters, assumptions.Parameters)
    central = parameter_set(table, fixed)
    drawn = dict.fromkeys((*DEPTH_PARAMETERS, *floor.FLOOR_PARAMETERS, *VALUE_PARAMETERS))
    draws = draw_parameters(table, tuple(drawn), DRAW_COUNT, run.seed, fixed)
    values = read_table(dispatch_values, results.DispatchValues)
    cars = read_table(dispatch_sample, sample.DispatchSample)
    prices, facts = read_table(reserve_prices, market.ReservePrices), read_csv_table(market_facts, assumptions.Facts)
    stock = read_table(fleet_stock, results.FleetStock)
    capable = capable_cars(stock, max(scope.target_years))
    most = float(capable.sum()), float(capable_cars(stock, int(stock["year"].max())).sum())
    shares, rules = reserve_shares(central), reserve_rules(central)
    # ASSUME: the depth is found for cars with the first charger option of the scope.
    option = charger_physics(scope.charger_options[0], central)
    energy = floor.import_price_sek_per_kwh(values, central["ret.vat"])
    dispatched = {"dispatch_values": values, "sample": cars, "charger_option": option.charger_option,
                  "price_years": scope.price_years, "levels": scope.reserve_levels}  # fmt: skip
    outlook = outlook_of(
        **dispatched, reserve_prices=prices, capable=capable, volumes=required_volumes(facts), shares=shares,
        central=central, import_sek_per_kwh=energy,
    )  # fmt: skip
    floors = tuple(floor.price_floors(each, rules, option.power_kw, energy, shares) for each in (central, draws))
    tables = depth_tables(outlook, most, (central, draws), floors, rules, option.power_kw, run.seed)
    write_table(tables[0], market_balance, results.MarketBalance)
    write_table(tables[1], saturation, sample.MarketSaturation)

    weights = dict(capable / capable.sum())
    offers = pd.concat([read_table(path, market_depth.ReserveOffers) for path in reserve_offers], ignore_index=True)
    names, required = [level.level_id for level in scope.reserve_levels], market_tables.sweden_requirements_mw(facts)
    years = [offer_hours(offers, weights, names, prices, year, required) for year in scope.price_years]
    known = schedules(**dispatched, area_weights=weights, price_share_pu=shares[0])
    car, minimum = outlook.middle.car, minimum_bid_mw("fcr_n", central)
    volumes = read_csv_table(prequalified_volumes, erosion.PrequalifiedVolumes)
    products = market_tables.market_products(prices, facts, volumes, central)
    write_table(products, market_products, market_depth.MarketProducts)
    fcr = market_of(outlook.middle, central, floors[0], outlook.volumes, outlook.sold_pu)
    sales = market_tables.market_sales(car, known, tables[0], fcr, years)
    write_table(sales, market_sales, market_depth.MarketSales)
    connected = read_table(capability_hours, results.CapabilityHours)
    met = capture_prices(values, connected, cars, prices, weights, option.charger_option, scope.full_reserve_level_id)
    write_table(met, capture, market_depth.CapturePrices)
    alone = portfolio_values(car, known, years, minimum, central["res.kappa_fcr"])
    write_table(alone, portfolios, market_depth.PortfolioValues)
    write_table(market_tables.profile_depth(known, cars, tables[0]), profile_values, market_depth.ProfileDepth)
    lowest = floor.restoration_floor_sek_per_mw_h(central, option.power_kw, energy, shares[0])
    some = tables[0]["enrolled_count"].to_numpy(float)[::4]
    restored = restoration_table(known, some, fcr, products, central["mkt.s_ratio"], lowest)
    write_table(restored, restoration, market_depth.RestorationBalance)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
