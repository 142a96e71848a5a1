"""Turns the dispatch values at a few reserve price levels into offers and value at any pair of price levels.

A level is (share left of the FCR-N price, share left of the FCR-D price). ASSUME: between the designed levels the cars
that one dispatched car stands for keep its designed schedules, most of them the one that pays best at the prices of
the moment (logit). These are schedules they can run, so value is a lower bound and needs no extrapolation; and offers
change smoothly with price, as those of many cars do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import softmax

from analysis.errors import DataError, Fault
from analysis.settings.model import ReserveLevel

QUANTITIES = (
    "fcr_n_mean_kw", "fcr_d_up_mean_kw", "fcr_d_down_mean_kw", "net_value_over_smart_sek", "plugged_h",
    "degradation_cost_sek", "standby_dc_kwh", "reserve_net_revenue_sek",
)  # fmt: skip
VALUE, WEAR, STANDBY, RESERVE = (
    QUANTITIES.index(name)
    for name in ("net_value_over_smart_sek", "degradation_cost_sek", "standby_dc_kwh", "reserve_net_revenue_sek")
)

RESTORATION_PRODUCTS = ("afrr_up", "afrr_down", "mfrr_up", "mfrr_down")

GRID_COUNT = 41

# ASSUME: cars that share a dispatched car differ by some 50 SEK a year in what a schedule is worth to them.
SPREAD_SEK = 50.0

STRATEGY = "grid_reserve"

# ASSUME: a designed schedule that beats another level's own by less than this part of the largest value is noise.
OPTIMALITY_TOLERANCE_PU = 0.10


@dataclass(frozen=True)
class Surrogate:
    """Mean enrolled car over a square grid of price levels from 0 to 1; first axis in order of :data:`QUANTITIES`."""

    tables: np.ndarray

    def at(self, fcr_n_pu: np.ndarray, fcr_d_pu: np.ndarray) -> np.ndarray:
        """Interpolate all quantities at arrays of levels between 0 and 1."""
        last = self.tables.shape[1] - 1
        x = np.clip(np.asarray(fcr_n_pu, dtype=float), 0, 1) * last
        y = np.clip(np.asarray(fcr_d_pu, dtype=float), 0, 1) * last
        i, j = np.minimum(x.astype(int), last - 1), np.minimum(y.astype(int), last - 1)
        u, v = x - i, y - j
        cell = self.tables
        mixed: np.ndarray = (
            cell[:, i, j] * ((1 - u) * (1 - v))
            + cell[:, i + 1, j] * (u * (1 - v))
            + cell[:, i, j + 1] * ((1 - u) * v)
            + cell[:, i + 1, j + 1] * (u * v)
        )
        return mixed


@dataclass(frozen=True)
class Schedules:
    """What each car did at each designed level: arrays car × level (a car is one vehicle in one area and year).

    ``vehicle_ids`` names the vehicle of each car, where it matters which is which.
    """

    levels: np.ndarray
    names: tuple[str, ...]
    weight: np.ndarray
    quantities: np.ndarray
    net_fcr_n_sek: np.ndarray
    net_fcr_d_sek: np.ndarray
    vehicle_ids: tuple[str, ...] = ()
    restoration: "Restoration | None" = None


@dataclass(frozen=True)
class Restoration:
    """What each car did in aFRR and mFRR, where levels sell them.

    ``levels_pu`` by level; ``net_sek`` car × level; ``offers_kw`` product × car × level, in the order of
    :data:`RESTORATION_PRODUCTS`; ``price_areas`` by car.
    """

    levels_pu: np.ndarray
    net_sek: np.ndarray
    offers_kw: np.ndarray
    price_areas: np.ndarray


def schedules(
    dispatch_values: pd.DataFrame,
    sample: pd.DataFrame,
    area_weights: Mapping[str, float],
    charger_option: str,
    price_years: Iterable[int],
    levels: Iterable[ReserveLevel],
    price_share_pu: float,
) -> Schedules:
    """Collect the schedules of all cars, with the weight each carries in the mean enrolled car of Sweden.

    Parameters
    ----------
    dispatch_values
        ``DispatchValues``; the strategy ``grid_reserve`` is used.
    sample
        ``DispatchSample``: weights of the cars.
    area_weights
        Share of enrolled cars by price area. ASSUME: enrolled cars are spread like V2X-capable cars.
    charger_option, price_years, levels
        Which rows; price years weigh alike.
    price_share_pu
        What the household keeps of a reserve price (``reserve_shares``).

    Raises
    ------
    DataError
        If a combination of area, year and car is missing at some level.
    """
    years, design = list(price_years), list(levels)
    names = [level.level_id for level in design]
    rows = dispatch_values[
        (dispatch_values["strategy"] == STRATEGY)
        & (dispatch_values["charger_option"] == charger_option)
        & dispatch_values["price_year"].isin(years)
        & dispatch_values["price_area"].isin(list(area_weights))
        & dispatch_values["reserve_level_id"].isin(names)
        & dispatch_values["vehicle_id"].isin(sample["vehicle_id"])
    ]
    _check_whole(rows, names, len(area_weights) * len(years) * len(sample), charger_option)
    keys = ["price_area", "price_year", "vehicle_id"]
    by_level = [rows[rows["reserve_level_id"] == name].sort_values(keys) for name in names]
    car = by_level[0]
    weight = car["vehicle_id"].map(sample.set_index("vehicle_id")["weight"]).to_numpy(float)
    weight = weight * car["price_area"].map(dict(area_weights)).to_numpy(float)
    stacked = {
        name: np.stack([table[name].to_numpy(float) for table in by_level], axis=1)
        for name in (*QUANTITIES, "fcr_n_revenue_sek", "fcr_d_up_revenue_sek", "fcr_d_down_revenue_sek")
    }
    return Schedules(
        levels=np.array([(level.fcr_n_pu, level.fcr_d_pu) for level in design], dtype=float),
        names=tuple(names),
        weight=weight / weight.sum(),
        quantities=np.stack([stacked[name] for name in QUANTITIES]),
        net_fcr_n_sek=price_share_pu * stacked["fcr_n_revenue_sek"],
        net_fcr_d_sek=price_share_pu * (stacked["fcr_d_up_revenue_sek"] + stacked["fcr_d_down_revenue_sek"]),
        vehicle_ids=tuple(car["vehicle_id"]),
        restoration=_restoration(design, by_level, price_share_pu),
    )


def _restoration(design: list[ReserveLevel], by_level: list[pd.DataFrame], price_share_pu: float) -> Restoration | None:
    """None where no level sells aFRR and mFRR."""
    if not any(level.afrr_mfrr_pu > 0 for level in design):
        return None

    def stack(name: str) -> np.ndarray:
        return np.stack([table[name].to_numpy(float) for table in by_level], axis=1)

    return Restoration(
        levels_pu=np.array([level.afrr_mfrr_pu for level in design]),
        net_sek=price_share_pu * np.sum([stack(f"{name}_revenue_sek") for name in RESTORATION_PRODUCTS], axis=0),
        offers_kw=np.stack([stack(f"{name}_mean_kw") for name in RESTORATION_PRODUCTS]),
        price_areas=by_level[0]["price_area"].to_numpy(str),
    )


def _check_whole(rows: pd.DataFrame, names: list[str], expected: int, charger_option: str) -> None:
    counts = rows.groupby("reserve_level_id").size().reindex(names, fill_value=0)
    short = counts[counts != expected]
    if len(short):
        raise DataError(
            [Fault(f"dispatch_values {charger_option} {STRATEGY} level {level}", f"{count} rows",
                   f"{expected} rows (areas, years, cars)", "Run the dispatch again.")
             for level, count in short.items()]
        )  # fmt: skip


def replayed_value(
    known: Schedules, fcr_n_pu: float, fcr_d_pu: float, afrr_mfrr_pu: np.ndarray | float = 1.0
) -> np.ndarray:
    """Value of each car's designed schedules at other prices (car × level): revenue scales, all else stays.

    ``afrr_mfrr_pu``: level of restoration that each car meets in its area, where it is sold at all.

    Examples
    --------
    A schedule worth 500 SEK with 300 SEK from FCR-N at half of its price is worth 350 SEK at a quarter.
    """
    scale_n, scale_d = (
        np.divide(price, column, out=np.ones_like(column), where=column > 0)
        for price, column in ((fcr_n_pu, known.levels[:, 0]), (fcr_d_pu, known.levels[:, 1]))
    )
    value: np.ndarray = (
        known.quantities[VALUE] + known.net_fcr_n_sek * (scale_n - 1) + known.net_fcr_d_sek * (scale_d - 1)
    )
    if known.restoration is not None:
        sold = known.restoration
        price = np.broadcast_to(np.asarray(afrr_mfrr_pu, dtype=float).reshape(-1, 1), sold.net_sek.shape)
        scale = np.divide(price, sold.levels_pu, out=np.ones(price.shape), where=sold.levels_pu > 0)
        value = value + sold.net_sek * (scale - 1)
    return value


def surrogate(known: Schedules) -> Surrogate:
    """Tabulate what every car offers over the grid of price levels, and take the weighted mean.

    Raises
    ------
    DataError
        If a schedule found at one level clearly beats the one found at another level at the latter's own prices.
    """
    _check_optimal(known)
    axis = np.linspace(0, 1, GRID_COUNT)
    tables = np.zeros((len(QUANTITIES), GRID_COUNT, GRID_COUNT))
    for i, fcr_n_pu in enumerate(axis):
        for j, fcr_d_pu in enumerate(axis):
            value = replayed_value(known, float(fcr_n_pu), float(fcr_d_pu))
            kept = softmax(value / SPREAD_SEK, axis=1) * known.weight[:, None]
            tables[:, i, j] = np.tensordot(known.quantities, kept, axes=2)
            tables[VALUE, i, j] = float((value * kept).sum())
            earned = known.quantities[RESERVE] + value - known.quantities[VALUE]
            tables[RESERVE, i, j] = float((earned * kept).sum())
    return Surrogate(tables)


def car_values(known: Schedules, fcr_n_pu: np.ndarray, fcr_d_pu: np.ndarray) -> np.ndarray:
    """Value of each car at pairs of price levels (car × pair), its schedules mixed as :func:`surrogate` mixes them."""
    columns = []
    for level_n, level_d in zip(np.atleast_1d(fcr_n_pu), np.atleast_1d(fcr_d_pu), strict=True):
        value = replayed_value(known, float(level_n), float(level_d))
        columns.append((softmax(value / SPREAD_SEK, axis=1) * value).sum(axis=1))
    return np.stack(columns, axis=1)


def kept_shares(known: Schedules, fcr_n_pu: np.ndarray, fcr_d_pu: np.ndarray) -> np.ndarray:
    """Share of enrolled cars that keep the schedule of each designed level at pairs of price levels (pair × level)."""
    rows = [
        known.weight @ softmax(replayed_value(known, float(n), float(d)) / SPREAD_SEK, axis=1)
        for n, d in zip(np.atleast_1d(fcr_n_pu), np.atleast_1d(fcr_d_pu), strict=True)
    ]
    return np.stack(rows)


def _check_optimal(known: Schedules) -> None:
    means = known.weight @ known.quantities[VALUE]
    slack = OPTIMALITY_TOLERANCE_PU * max(float(np.abs(means).max()), 1.0)
    faults = []
    for own, (fcr_n_pu, fcr_d_pu) in enumerate(known.levels):
        sold_pu = 1.0 if known.restoration is None else float(known.restoration.levels_pu[own])
        replayed = known.weight @ replayed_value(known, float(fcr_n_pu), float(fcr_d_pu), sold_pu)
        other = int(replayed.argmax())
        if replayed[other] > means[own] + slack:
            faults.append(
                Fault(f"dispatch_values level {known.names[own]}", f"{means[own]:.0f} SEK a car",
                      f"at least the {replayed[other]:.0f} SEK of the schedules of {known.names[other]}",
                      "Check the dispatch.")
            )  # fmt: skip
    if faults:
        raise DataError(faults)
