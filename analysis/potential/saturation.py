"""Turns the market balance over a grid of enrolled cars into two tables: value by depth, and where FCR-D is saturated.

The middle is the mean of the price years at default values. The ends are the 5 and 95 % of draws; a draw takes one
whole price year, so that spot and reserve prices stay together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.fleet.area import INTERVAL_PERCENTILES
from analysis.fleet.stock import Numbers
from analysis.market.reserve_rules import ReserveRules, symmetric_offer_kw
from analysis.potential.depth import Balance, Market, Volumes, balance
from analysis.potential.floor import Floors
from analysis.potential.surrogate import RESERVE, STANDBY, WEAR, Surrogate
from analysis.units import KW_PER_MW

# ASSUME: 200 draws give the ends of the interval well enough; each costs a whole balance.
DRAW_COUNT = 200
GRID_COUNT = 40
FURTHER_COUNT = 8
FIRST_COUNT = 100.0
MOST_CARS_COUNT = 5_000_000.0
SATURATED_PU = 1e-3
SEARCH_COUNT = 22
VALUE_PARAMETERS = (
    "res.agg_fee", "res.accept_rate", "res.kappa_fcr", "deg.c_deg_nmc", "loss.P_standby_enabled",
)  # fmt: skip
"""Beside depth and floor, what moves the value of a car from draw to draw."""


@dataclass(frozen=True)
class Depth:
    """One state of the market and of the cars: a price year, or the mean of all."""

    car: Surrogate
    prices: Mapping[str, float]


@dataclass(frozen=True)
class Outlook:
    """What the tables rest on: ``middle``, and by price year what the draws pick from."""

    middle: Depth
    years: tuple[Depth, ...]
    volumes: Volumes
    sold_pu: float
    central: Numbers
    import_sek_per_kwh: float


def market_of(depth: Depth, numbers: Numbers, floors: Floors, volumes: Volumes, sold_pu: float) -> Market:
    """Bring parameters and floors into the form of the balance; floors become shares of the year's price."""
    exponent, ratio = (
        np.atleast_1d(np.asarray(numbers[name], dtype=float)) for name in ("res.elasticity_supply", "mkt.s_ratio")
    )
    return Market(
        supply_n_mw=ratio * volumes.fcr_n_mw,
        supply_d_mw=ratio * volumes.fcr_d_mw,
        erosion_exponent=exponent,
        volumes=volumes,
        floor_n_pu=floors.fcr_n_sek_per_mw_h / depth.prices["fcr_n"],
        floor_d_pu=floors.fcr_d_sek_per_mw_h / depth.prices["fcr_d"],
        sold_pu=sold_pu,
    )


def capable_cars(fleet_stock: pd.DataFrame, year: int) -> pd.Series:
    """V2X-capable cars of one year by price area, out of the ``FleetStock`` table."""
    rows = fleet_stock[fleet_stock["year"] == year].set_index("price_area")
    return rows["bev_count"] * rows["capable_pu"]


def enrolled_grid(most_count: float, last_count: float = 0.0) -> np.ndarray:
    """Numbers of enrolled cars from none to all V2X-capable ones, dense where they are few.

    ``last_count`` are those of the last year that adoption is followed to; some coarser steps lead there.
    """
    near = np.geomspace(min(FIRST_COUNT, most_count / 10), most_count, GRID_COUNT)
    beyond = np.geomspace(most_count, last_count, FURTHER_COUNT + 1)[1:] if last_count > most_count else np.array([])
    return np.concatenate([[0.0], near, beyond])


def _columns(market: Market, chosen: np.ndarray) -> Market:
    """The draws ``chosen`` as a column, so that they broadcast against a row of enrolled cars."""

    def pick(values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values, (len(chosen),))[chosen, None]

    return Market(
        pick(market.supply_n_mw), pick(market.supply_d_mw), pick(market.erosion_exponent), market.volumes,
        pick(market.floor_n_pu), pick(market.floor_d_pu), market.sold_pu,
    )  # fmt: skip


def saturating_count(car: Surrogate, market: Market) -> np.ndarray:
    """Fewest enrolled cars that bring FCR-D to its floor, one value per draw; infinite beyond five million cars."""
    floor = np.minimum(np.atleast_1d(market.floor_d_pu), 1.0)
    shape = np.broadcast_shapes(floor.shape, np.shape(market.erosion_exponent))

    def is_saturated(count: np.ndarray) -> np.ndarray:
        return np.asarray(balance(car, count, market).fcr_d_level_pu <= floor + SATURATED_PU)

    low, high = np.zeros(shape), np.full(shape, MOST_CARS_COUNT)
    never, always = ~is_saturated(high), is_saturated(low)
    for _ in range(SEARCH_COUNT):
        middle = (low + high) / 2
        reached = is_saturated(middle)
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    count: np.ndarray = np.where(never, np.inf, np.where(always, 0.0, high))
    return count


@dataclass(frozen=True)
class Spread:
    """Over the draws: value of one car by enrolled cars (draw × grid), and the number that saturates FCR-D."""

    value_sek: np.ndarray
    saturation_count: np.ndarray


def spread_over_draws(
    outlook: Outlook, grid: np.ndarray, draws: Numbers, floors: Floors, draw_count: int, seed: int
) -> Spread:
    """Solve every draw in a price year of its own; each year serves as many draws as the others."""
    order = np.random.default_rng(seed).permutation(draw_count) % len(outlook.years)
    values, saturation = np.zeros((draw_count, len(grid))), np.zeros(draw_count)
    for number, depth in enumerate(outlook.years):
        chosen = order == number
        if not chosen.any():
            continue
        market = _columns(market_of(depth, draws, floors, outlook.volumes, outlook.sold_pu), chosen)
        found = balance(depth.car, grid[None, :], market)
        drawn = {name: np.asarray(draws[name], dtype=float)[chosen, None] for name in VALUE_PARAMETERS}
        values[chosen] = _value_of_draws(outlook, depth.car, found, drawn)
        saturation[chosen] = saturating_count(depth.car, market)[:, 0]
    return Spread(values, saturation)


def _value_of_draws(outlook: Outlook, car: Surrogate, found: Balance, drawn: Mapping[str, np.ndarray]) -> np.ndarray:
    """Value of one car when fee, acceptance, margin, wear and standby differ from the default.

    ASSUME: a car keeps its schedule (first order; a new one could only be better), and where that would cost more than
    it gives it stays with V1G, so that the value is not below zero.
    """

    def kept_pu(numbers: Numbers) -> np.ndarray:
        fee, accepted, margin = (np.asarray(numbers[name], dtype=float) for name in VALUE_PARAMETERS[:3])
        share: np.ndarray = (1 - fee) * accepted * margin
        return share

    quantities = car.at(found.fcr_n_level_pu, found.fcr_d_level_pu)
    reserve = kept_pu(drawn) / kept_pu(outlook.central) - 1
    wear, standby = (drawn[name] / float(outlook.central[name]) - 1 for name in VALUE_PARAMETERS[3:])
    moved = (
        found.value_sek
        + reserve * quantities[RESERVE]
        - wear * quantities[WEAR]
        - standby * quantities[STANDBY] * outlook.import_sek_per_kwh
    )
    return np.asarray(np.maximum(moved, 0.0))


def market_balance_table(grid: np.ndarray, middle: Balance, spread: Spread) -> pd.DataFrame:
    """Build ``MarketBalance``: grain number of enrolled cars in Sweden."""
    low, high = np.percentile(spread.value_sek, INTERVAL_PERCENTILES, axis=0)
    return pd.DataFrame(
        {
            "enrolled_count": grid,
            "fcr_n_level_pu": middle.fcr_n_level_pu,
            "fcr_d_level_pu": middle.fcr_d_level_pu,
            "fcr_n_sold_mw": middle.fcr_n_sold_mw,
            "fcr_d_sold_mw": middle.fcr_d_sold_mw,
            "value_sek_per_car_year": middle.value_sek,
            "value_low_sek_per_car_year": low,
            "value_high_sek_per_car_year": high,
        }
    )


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else float("nan")


def saturation_table(
    outlook: Outlook,
    market: Market,
    spread: Spread,
    floors: tuple[Floors, Floors],
    rules: ReserveRules,
    power_kw: float,
) -> pd.DataFrame:
    """Build ``MarketSaturation``: grain measure.

    Parameters
    ----------
    outlook, market, spread
        Default state of the market, and the draws.
    floors
        Floors at default values and over the draws.
    rules, power_kw
        What an offer binds, and the charger's power.
    """

    def ends(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.percentile(values, INTERVAL_PERCENTILES, method="nearest"))

    count = saturating_count(outlook.middle.car, market)[0]
    rows = [("saturation_cars", count, *ends(spread.saturation_count), "cars", "fcr_d_price_at_floor")]
    fill = outlook.volumes.fcr_d_up_mw * KW_PER_MW / symmetric_offer_kw(power_kw, rules)[0]
    rows.append(("fill_cars", fill, fill, fill, "cars", "full_offer_of_every_car_equals_fcr_d_up"))
    for group in ("fcr_n", "fcr_d"):
        name = f"{group}_sek_per_mw_h"
        centre = float(getattr(floors[0], name)[0])
        rows.append((f"{group}_floor", centre, *ends(getattr(floors[1], name)), "SEK/MW,h", "marginal_cost"))
        prices = [depth.prices[group] for depth in outlook.years]
        rows.append((f"{group}_price", outlook.middle.prices[group], min(prices), max(prices), "SEK/MW,h", "year_mean"))
    table = pd.DataFrame(rows, columns=["measure", "value", "low", "high", "unit", "detail"])
    table[["value", "low", "high"]] = table[["value", "low", "high"]].map(_finite)
    return table.astype({"measure": "str", "unit": "str", "detail": "str"})
