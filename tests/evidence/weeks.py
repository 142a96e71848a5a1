"""Hand-made weeks of prices, and a laboratory that has no others."""

import numpy as np
import pandas as pd

from analysis.dispatch.inputs import MarketWeek
from analysis.evidence.laboratory import Laboratory
from analysis.units import HOURS_PER_WEEK

DEAR_FROM, DEAR_TO = 16, 20


def market_week(cheap_sek: float, dear_sek: float, fcr_d_sek_per_mw_h: float = 0.0) -> MarketWeek:
    """A winter week that stands for the year: dear from 16 to 20 local time, cheap otherwise; FCR-D at one price."""
    steps = pd.date_range("2025-01-05T23:00Z", periods=HOURS_PER_WEEK, freq="h", unit="us")
    hour = np.arange(HOURS_PER_WEEK) % 24
    spot = np.where((hour >= DEAR_FROM) & (hour < DEAR_TO), dear_sek, cheap_sek)
    disturbance = np.full(HOURS_PER_WEEK, fcr_d_sek_per_mw_h / 1000)
    load = np.full(HOURS_PER_WEEK, 1.0)
    return MarketWeek(
        "2025-W02", "winter", 52.0, steps, np.arange(HOURS_PER_WEEK), spot,
        {"fcr_n": np.full(HOURS_PER_WEEK, np.nan), "fcr_d_up": disturbance, "fcr_d_down": disturbance},
        {"detached": load, "flat_cooperative": 0.3 * load},
    )  # fmt: skip


class OneWeek(Laboratory):
    """A laboratory whose years are one hand-made week."""

    week: MarketWeek

    def market_weeks(self, price_area: str, price_year: int, per_season: int = 1) -> list[MarketWeek]:
        return [self.week]


def one_week(laboratory: Laboratory, week: MarketWeek) -> OneWeek:
    """The laboratory with that week in every year, and a memory of its own."""
    made = type("Made", (OneWeek,), {"week": week})
    return made(laboratory.parameters, laboratory.tables, laboratory.settings, laboratory.laws)
