"""Turns the stock by model year into the fleet of every year: cars by kind and charging points, per price area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.fleet.access import ACCESS_PARAMETERS, newness_by_area, owners_by_area
from analysis.fleet.area import INTERVAL_PERCENTILES, area_shares
from analysis.fleet.hybrids import HYBRID_PARAMETERS, HybridAnchors, hybrid_cohort_years
from analysis.fleet.points import POINT_PARAMETERS, home_points, other_points, public_points_2023
from analysis.fleet.regulation import DAYS_PER_YEAR
from analysis.fleet.stock import (
    FIRST_YEAR,
    LAST_YEAR,
    STOCK_PARAMETERS,
    Cohorts,
    Numbers,
    StockAnchors,
    StockReading,
    capable_share,
    cohort_years,
    stock_path,
)

TABLE_YEARS = range(2025, LAST_YEAR + 1)
YEAR_PARAMETERS = (*STOCK_PARAMETERS, *ACCESS_PARAMETERS, *HYBRID_PARAMETERS, *POINT_PARAMETERS)


@dataclass(frozen=True)
class FleetHistory:
    """What is registered: battery cars, hybrids, and both with public points by municipality."""

    bev: StockAnchors
    phev: HybridAnchors
    municipalities: pd.DataFrame


@dataclass(frozen=True)
class FleetReading:
    """How a run reads the fleet: exits and standards, whether hybrids can discharge, the day of the EPBD."""

    stock: StockReading
    has_phev_v2x: bool
    epbd_day: date


@dataclass(frozen=True)
class Fleet:
    """Sweden's cars by drive, year and model year, for single values or arrays of draws."""

    bev: dict[int, Cohorts]
    phev: dict[int, Cohorts]
    numbers: Numbers


def build_fleet_path(history: FleetHistory, numbers: Numbers, reading: StockReading) -> Fleet:
    """Lay out both drives from 2023 to 2040."""
    new_bev = stock_path(numbers, history.bev).new_count
    return Fleet(
        cohort_years(LAST_YEAR, numbers, history.bev, reading),
        hybrid_cohort_years(numbers, history.phev, new_bev, reading),
        numbers,
    )


def kinds_by_year(
    fleet: Fleet, history: FleetHistory, reading: FleetReading, price_areas: Sequence[str]
) -> dict[int, dict[str, np.ndarray]]:
    """Cars and points of every kind in every year: arrays area × draw.

    ASSUME: hybrids of a model year can discharge as often as battery cars of that year, where a run includes them: an
    upper bound, since few makers offer it. ASSUME: within an area capability does not depend on the drive's place.
    """
    bev_share = area_shares(history.municipalities, price_areas)[:, None]
    phev_share = area_shares(history.municipalities, price_areas, "phev_count")[:, None]
    owners = owners_by_area(history.municipalities, fleet.numbers, price_areas)
    points = public_points_2023(history.municipalities, price_areas)
    newness = newness_by_area(history.municipalities, fleet.numbers, price_areas)
    shift = reading.stock.shift_years

    plug_ins_2023 = bev_share * fleet.bev[FIRST_YEAR].total_count + phev_share * fleet.phev[FIRST_YEAR].total_count
    found = {}
    for year in TABLE_YEARS:
        bev, phev = fleet.bev[year], fleet.phev[year]
        bev_count, phev_count = bev_share * bev.total_count, phev_share * phev.total_count
        capable = bev_count * np.minimum(newness * capable_share(bev, fleet.numbers, shift), 1.0)
        phev_capable = phev_count * capable_share(phev, fleet.numbers, shift) * reading.has_phev_v2x
        found[year] = {
            "bev": bev_count, "bev_capable": capable, "bev_new": bev_share * bev.count[-1],
            "phev": phev_count, "phev_capable": phev_capable, "phev_new": phev_share * phev.count[-1],
            "v2x_cars": capable + phev_capable,
            **home_points(bev_count, owners, fleet.numbers, years_since(reading.epbd_day, year)),
            **other_points(bev_count, (bev_count + phev_count) / plug_ins_2023, points, fleet.numbers),
        }  # fmt: skip
    return found


def years_since(day: date, year: int) -> float:
    """How many years a day lies before the end of a year; 0 where it comes later.

    Examples
    --------
    29 May 2026 lies 0.59 years before the end of 2026.
    """
    return max(0.0, (date(year, 12, 31) - day).days / DAYS_PER_YEAR)


def middle_and_draws(central: Numbers, draws: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Put the middle value of each drawn parameter before its draws: what is built on it has the middle first."""
    return {name: np.concatenate([np.atleast_1d(central[name]), values]) for name, values in draws.items()}


def fleet_years(kinds: dict[int, dict[str, np.ndarray]], price_areas: Sequence[str]) -> pd.DataFrame:
    """Build the ``FleetYears`` table from counts whose first draw has the middle values.

    Returns
    -------
    pd.DataFrame
        Grain: price area × year × kind.
    """
    parts = []
    for year, counts in kinds.items():
        for kind, count in counts.items():
            low, high = np.percentile(count[:, 1:], INTERVAL_PERCENTILES, axis=1)
            columns = {"unit_count": count[:, 0], "unit_low_count": low, "unit_high_count": high}
            parts.append(pd.DataFrame({"price_area": list(price_areas), "year": year, "kind": kind, **columns}))
    return pd.concat(parts, ignore_index=True)


def fleet_cohorts(fleet: Fleet, history: FleetHistory, price_areas: Sequence[str]) -> pd.DataFrame:
    """Build the ``FleetCohorts`` table: the first draw of a fleet by price area and model year.

    Returns
    -------
    pd.DataFrame
        Grain: price area × year × drive × model year.
    """
    parts = []
    for drive, cohorts in (("bev", fleet.bev), ("phev", fleet.phev)):
        shares = area_shares(history.municipalities, price_areas, f"{drive}_count")
        for year, stock in cohorts.items():
            cells = shares[:, None] * stock.count[:, 0]
            parts.append(
                pd.DataFrame(
                    {
                        "price_area": np.repeat(list(price_areas), len(stock.model_years)),
                        "year": year,
                        "drive": drive,
                        "model_year": np.tile(stock.model_years, len(price_areas)),
                        "car_count": cells.ravel(),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)
