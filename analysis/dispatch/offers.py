"""Turns the schedules of single cars into what the mean car of an area offers to each reserve, hour by hour."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.problem import Dispatch, Strategy, Vector
from analysis.dispatch.products import PRODUCTS
from analysis.errors import DataError, Fault
from analysis.schemas.base import Table
from analysis.schemas.market_depth import CarOffers, ReserveOffers

STRATEGY = "grid_reserve"
NAMES = tuple(f"{product.name}_kw" for product in PRODUCTS)
TEXT = {"reserve_level_id": "str", "week_id": "str"}

Offers = dict[tuple[str, str], Vector]
"""Product × step by (reserve price level, week)."""


def offers_of(week: MarketWeek, solved: Mapping[Strategy, Dispatch]) -> Offers:
    """Collect what one car offers in one week at each price level: kW of each product by step."""
    return {
        (strategy.level_id, week.week_id): np.stack([schedule.offer_kw(product) for product in PRODUCTS])
        for strategy, schedule in solved.items()
        if strategy.name == STRATEGY
    }


def empty_table(model: type[Table]) -> pd.DataFrame:
    """Make a table of the right form without rows."""
    columns = model.to_schema().columns
    return pd.DataFrame({name: pd.Series(dtype=str(column.dtype)) for name, column in columns.items()})


class MeanOffers:
    """Adds up the offers of cars by their weights; a car that is left out elsewhere is not added."""

    def __init__(self) -> None:
        self.sums: Offers = {}
        self.weight = 0.0

    def add(self, vehicle_id: str, offers: Offers, weight: float) -> None:
        """Add one car."""
        self.weight += weight
        for key, kw in offers.items():
            self.sums[key] = self.sums.get(key, np.zeros_like(kw)) + weight * kw

    def table(self, weeks: list[MarketWeek]) -> pd.DataFrame:
        """Mean offer a car (grain: reserve price level × step of the representative weeks); empty without cars."""
        by_id, parts = {week.week_id: week for week in weeks}, []
        for (level_id, week_id), kw in self.sums.items():
            week = by_id[week_id]
            parts.append(
                pd.DataFrame(
                    {"reserve_level_id": level_id, "week_id": week_id, "interval_start_utc": week.steps_utc,
                     "weight": week.weight_weeks, **dict(zip(NAMES, kw / self.weight, strict=True))}
                )
            )  # fmt: skip
        return pd.concat(parts, ignore_index=True).astype(TEXT) if parts else empty_table(ReserveOffers)


class CarsOffers:
    """Keeps the offers of each car of a chunk: sums of chunks would differ from that of all in the last digit."""

    def __init__(self) -> None:
        self.cars: dict[str, Offers] = {}

    def add(self, vehicle_id: str, offers: Offers, weight: float) -> None:
        """Add one car; its weight counts where all are gathered."""
        self.cars[vehicle_id] = offers

    def table(self, weeks: list[MarketWeek]) -> pd.DataFrame:
        """Offer of each car (CarOffers); empty without cars."""
        parts = []
        for vehicle_id, offers in self.cars.items():
            alone = MeanOffers()
            alone.add(vehicle_id, offers, 1.0)
            parts.append(alone.table(weeks).assign(vehicle_id=vehicle_id))
        return pd.concat(parts, ignore_index=True).astype({"vehicle_id": "str"}) if parts else empty_table(CarOffers)


def gather_offers(chunks: Iterable[pd.DataFrame], car_weights: Mapping[str, float]) -> pd.DataFrame:
    """Give the mean offer a car from the offers of each, chunk by chunk: the bytes do not depend on how many there are.

    Parameters
    ----------
    chunks
        CarOffers of one price area and year, the chunks in the order of the cars; one of them is in memory at a time.
    car_weights
        Weight of each car in the mean.

    Returns
    -------
    pd.DataFrame
        ReserveOffers of the price area and year.

    Raises
    ------
    DataError
        For each car whose levels or steps are not those of the first.

    Examples
    --------
    Two cars of weight 1 and 3 that offer 2 kW and 6 kW in an hour: (1 * 2 + 3 * 6) / 4 = 5 kW.
    """
    frame, summed, weight, faults = None, np.zeros(0), 0.0, []
    for chunk in chunks:
        for vehicle_id, rows in chunk.groupby("vehicle_id", sort=False):
            own = rows.drop(columns=["vehicle_id", *NAMES]).reset_index(drop=True)
            if frame is None:
                frame, summed = own, np.zeros((len(rows), len(NAMES)))
            if not own.equals(frame):
                faults.append(Fault(f"car offers {vehicle_id}", f"{len(own)} rows of other levels or steps",
                                    f"the {len(frame)} of the first car", "Dispatch all chunks anew."))  # fmt: skip
                continue
            weight += car_weights[str(vehicle_id)]
            summed = summed + car_weights[str(vehicle_id)] * rows[list(NAMES)].to_numpy()
    if faults:
        raise DataError(faults)
    if frame is None:
        return empty_table(ReserveOffers)
    return frame.assign(**dict(zip(NAMES, (summed / weight).T, strict=True)))
