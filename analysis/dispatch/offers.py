"""Turns the schedules of single cars into what the mean car of an area offers to each reserve, hour by hour."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.problem import Dispatch, Strategy, Vector
from analysis.dispatch.products import PRODUCTS
from analysis.schemas.market_depth import ReserveOffers

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


class MeanOffers:
    """Adds up the offers of cars by their weights; a car that is left out elsewhere is not added."""

    def __init__(self) -> None:
        self.sums: Offers = {}
        self.weight = 0.0

    def add(self, offers: Offers, weight: float) -> None:
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
        if not parts:
            columns = ReserveOffers.to_schema().columns
            return pd.DataFrame({name: pd.Series(dtype=str(column.dtype)) for name, column in columns.items()})
        return pd.concat(parts, ignore_index=True).astype(TEXT)
