"""Turns power by tier and draw into the Potential and PotentialSummary tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.fleet.area import AreaStock, area_stock, area_stock_of
from analysis.fleet.stock import DEFAULT_READING, Numbers, StockAnchors, StockReading
from analysis.potential.capability import SERVICE_HOURS, Capability
from analysis.potential.hours import HourWeights
from analysis.potential.tiers import (
    Occasion,
    Reading,
    hour_occasions,
    interval,
    nameplate_kw,
    power_mw,
    readings,
    summary_occasions,
)
from analysis.schemas.base import SERVICES, TIERS

NATION = "SE"


@dataclass(frozen=True)
class YearPotential:
    """All that one target year's potential rests on; ``middle`` has one draw, ``spread`` many."""

    year: int
    middle: AreaStock
    spread: AreaStock
    central: Numbers
    draws: Numbers


def years_of(
    years: Sequence[int],
    fleet_stock: pd.DataFrame,
    municipalities: pd.DataFrame,
    anchors: StockAnchors,
    central: Numbers,
    draws: Numbers,
    price_areas: Sequence[str],
    reading: StockReading = DEFAULT_READING,
) -> list[YearPotential]:
    """Lay out each target year: the middle from the ``FleetStock`` table, the spread from the draws."""
    return [
        YearPotential(
            year=year,
            middle=area_stock_of(fleet_stock, year, price_areas),
            spread=area_stock(year, draws, anchors, municipalities, price_areas, reading),
            central=central,
            draws=draws,
        )
        for year in years
    ]


Powers = Mapping[tuple[str, str, str], np.ndarray]


def potential_tables(
    target: YearPotential,
    capability: Mapping[tuple[str, int], Capability],
    weights: Mapping[tuple[str, int], HourWeights],
    charger_kw: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build both tables for one target year.

    Parameters
    ----------
    target
        Stock and numbers of the year, middle and draws.
    capability, weights
        By (price area, price year).
    charger_kw
        Power of the charger that enrolled cars have.

    Returns
    -------
    tuple
        ``Potential`` (price area × hour of week × tier × service) and ``PotentialSummary`` (with ``SE`` and occasion).

    References
    ----------
    METHODS 4.
    """
    areas = target.middle.price_areas
    nameplate = nameplate_kw(charger_kw, target.central)
    middle = readings(target.year, target.middle, target.central)[0]
    stated, revealed = readings(target.year, target.spread, target.draws)

    hours, moments = hour_occasions(weights), summary_occasions(weights)
    powers = [
        power_mw(reading, areas, capability, [*hours, *moments], nameplate) for reading in (middle, stated, revealed)
    ]
    by_hour = [
        _hour_rows(area, target.year, tier, service, *cell)
        for (area, tier, service), cell in _cells(*(_part(each, slice(len(hours))) for each in powers)).items()
    ]
    at_moments = [_with_nation(_part(each, slice(len(hours), None)), areas) for each in powers]
    summary = [
        _summary_rows(area, target.year, tier, service, moments, _cars(middle, areas, area, tier), cell)
        for (area, tier, service), cell in _cells(*at_moments).items()
    ]
    return pd.concat(by_hour, ignore_index=True), pd.concat(summary, ignore_index=True)


Cell = tuple[np.ndarray, np.ndarray, np.ndarray]


def _cells(middle: Powers, stated: Powers, revealed: Powers) -> dict[tuple[str, str, str], Cell]:
    """Middle, low and high per occasion."""
    return {key: (middle[key][:, 0], *interval(stated[key], revealed[key])) for key in middle}


def _part(powers: Powers, occasions: slice) -> Powers:
    return {key: power[occasions] for key, power in powers.items()}


def _with_nation(powers: Powers, areas: Sequence[str]) -> Powers:
    """Add Sweden: the sum over areas within each draw, so that the interval is that of the sum."""
    national = {
        (NATION, tier, service): np.sum([powers[area, tier, service] for area in areas], axis=0)
        for tier in TIERS
        for service in SERVICES
    }
    return {**powers, **national}


def _cars(reading: Reading, areas: Sequence[str], area: str, tier: str) -> float:
    counts = reading.cars.of(tier)[:, 0]
    return float(counts.sum()) if area == NATION else float(counts[list(areas).index(area)])


def _hour_rows(
    area: str, year: int, tier: str, service: str, middle: np.ndarray, low: np.ndarray, high: np.ndarray
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "price_area": area,
            "year": year,
            "hour_of_week": np.arange(len(middle)),
            "tier": tier,
            "service": service,
            "power_mw": middle,
            "power_low_mw": low,
            "power_high_mw": high,
            "energy_mwh": middle * SERVICE_HOURS[service],
        }
    )


def _summary_rows(
    area: str, year: int, tier: str, service: str, occasions: Sequence[Occasion], cars: float, cell: Cell
) -> pd.DataFrame:
    middle, low, high = cell
    return pd.DataFrame(
        {
            "price_area": area,
            "year": year,
            "tier": tier,
            "service": service,
            "occasion": [occasion.name for occasion in occasions],
            "power_mw": middle,
            "power_low_mw": low,
            "power_high_mw": high,
            "energy_mwh": middle * SERVICE_HOURS[service],
            "car_count": cars,
        }
    )
