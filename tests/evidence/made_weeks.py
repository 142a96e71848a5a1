"""A laboratory of made weeks: prices by the clock, two weeks that stand for a year, cars that live by hand."""

import numpy as np
import pandas as pd

from analysis.dispatch.inputs import MarketWeek
from analysis.evidence.laboratory import Laboratory, Travel
from analysis.mobility.contracts import NO_CONTRACT

STARTS = {
    2025: {"winter": "2025-01-12T23:00Z", "summer": "2025-07-06T22:00Z"},
    2024: {"winter": "2024-01-14T23:00Z", "summer": "2024-07-07T22:00Z"},
}
"""Mondays 00 local time."""
CARS = ("a", "b", "c", "d", "e", "f")


def made_week(season: str, year: int = 2025) -> MarketWeek:
    """Cheap from 0 to 6, dear from 18 to 21 local time."""
    steps = pd.date_range(STARTS[year][season], periods=168, freq="h")
    hour = steps.tz_convert("Europe/Stockholm").hour.to_numpy()
    spot = np.select([hour < 6, (hour >= 18) & (hour < 21)], [0.2, 2.0], 0.8)
    nothing = np.full(168, np.nan)
    load = {"detached": 1.0 + 1.0 * ((hour >= 17) & (hour < 22)), "flat": np.full(168, 0.3)}
    reserves = dict.fromkeys(("fcr_n", "fcr_d_up", "fcr_d_down"), nothing)
    return MarketWeek(season, season, 26.0, steps, np.arange(168), spot, reserves, load)


class MadeWeeks(Laboratory):
    """Two made weeks in every area and year; cars at home from 17 to 8 that drive 8 kWh a day."""

    def market_weeks(self, price_area: str, price_year: int, per_season: int = 1) -> list[MarketWeek]:
        return [made_week(season, price_year) for season in STARTS[price_year]]

    def travel(self, diary_count: int = 80) -> Travel:
        vehicles = pd.DataFrame({"vehicle_id": CARS, "battery_usable_kwh": 60.0})
        return Travel(vehicles, pd.DataFrame(), None)  # type: ignore[arg-type]  # no behaviour is asked for

    def car_weeks(self, car_count, price_area, price_year, *, per_season=1, contract=NO_CONTRACT):
        rows = []
        for place, name in enumerate(CARS[:car_count]):
            for season, start in STARTS[price_year].items():
                steps = pd.date_range(start, periods=168, freq="h")
                hour = np.roll(steps.tz_convert("Europe/Stockholm").hour.to_numpy(), place % 3)
                at_home = (hour < 8) | (hour >= 17) | (place % 2 == 1) & (hour > 9)
                rows.append(pd.DataFrame(
                    {"vehicle_id": name, "week_id": season, "price_area": price_area, "price_year": price_year,
                     "interval_start_utc": steps, "plugged_pu": at_home.astype(float),
                     "driving_dc_kwh": np.where(hour == 9, 8.0, 0.0)}
                ))  # fmt: skip
        return pd.concat(rows, ignore_index=True)


def of_made_weeks(laboratory: Laboratory) -> MadeWeeks:
    """The same parameters and tables with made weeks."""
    return MadeWeeks(laboratory.parameters, laboratory.tables, laboratory.settings)
