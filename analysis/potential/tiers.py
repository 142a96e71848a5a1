"""Turns cars and their capability into power by tier, service, hour of week and occasion, per price area and Sweden.

Technical -> access -> capable -> willing -> available -> firm (METHODS 4): the first four count cars at the charger's
power, the last two what enrolled cars deliver. All is computed for draws at once; the middle is that of the default
values, the ends are the 5 and 95 % of the draws under the wider of two readings of acceptance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.errors import DataError, Fault
from analysis.fleet.area import INTERVAL_PERCENTILES, AreaStock
from analysis.fleet.stock import Numbers
from analysis.potential.acceptance import ACCEPTANCE_PARAMETERS, revealed_share, stated_share
from analysis.potential.capability import SERVICE_HOURS, Capability
from analysis.potential.firm import connected_kw, fleet_firm_share
from analysis.potential.hours import HourWeights
from analysis.schemas.base import SERVICES, TIERS
from analysis.units import HOURS_PER_WEEK, KW_PER_MW

BATTERY_PARAMETERS = ("veh.E_usable_bev", "veh.soc_max_daily", "veh.soc_min_user")
RELIABILITY_PARAMETERS = ("mc.rho_common", "res.unavailable_hw")
POTENTIAL_PARAMETERS = (*ACCEPTANCE_PARAMETERS, *BATTERY_PARAMETERS, *RELIABILITY_PARAMETERS)

COUNTED_TIERS = TIERS[:4]
DELIVERED_TIERS = TIERS[4:]

# ASSUME: at home the owner chooses car and charger as a working pair, so interoperability takes nothing away there;
# cars without a home point add nothing, since pairs elsewhere work in a few per cent of cases only.

# ASSUME: availability shocks are common to the whole country, so that the firm power of areas adds up.


@dataclass(frozen=True)
class TierCars:
    """Cars by counted tier: arrays area × draw. ``willing`` are those that enrol."""

    technical: np.ndarray
    access: np.ndarray
    capable: np.ndarray
    willing: np.ndarray

    def of(self, tier: str) -> np.ndarray:
        """Cars that stand behind a tier; the delivered tiers rest on the enrolled cars."""
        count: np.ndarray = self.willing if tier in DELIVERED_TIERS else getattr(self, tier)
        return count


def tier_cars(stock: AreaStock, acceptance: np.ndarray) -> TierCars:
    """Multiply down the counted tiers within each area; each was summed over the area's cells before."""
    access = stock.bev_count * stock.home_access_pu
    capable = access * stock.capable_home_pu
    return TierCars(stock.bev_count, access, capable, capable * np.minimum(acceptance * stock.willing_ratio_pu, 1.0))


def nameplate_kw(charger_kw: float, numbers: Numbers) -> dict[str, float]:
    """Power of one car per service: the charger's, or what the usable battery window holds for that long.

    ASSUME: the counted tiers use the mean battery of the stock at default values; its spread is in the vehicles.
    """
    energy, high, low = (float(np.ravel(np.asarray(numbers[name]))[0]) for name in BATTERY_PARAMETERS)
    return {service: min(charger_kw, energy * (high - low) / hours) for service, hours in SERVICE_HOURS.items()}


@dataclass(frozen=True)
class Occasion:
    """One kind of moment: how much each season × hour of week weighs in it, by (price area, price year)."""

    name: str
    weights: Mapping[tuple[str, int], np.ndarray]


def hour_occasions(weights: Mapping[tuple[str, int], HourWeights]) -> list[Occasion]:
    """The 168 hours of the week as occasions: in each, the seasons weigh by their hours of the year."""
    occasions = []
    for hour in range(HOURS_PER_WEEK):
        only: dict[tuple[str, int], np.ndarray] = {}
        for key, weight in weights.items():
            column = np.zeros_like(weight.all_hours)
            column[:, hour] = weight.all_hours[:, hour] / weight.all_hours[:, hour].sum()
            only[key] = column
        occasions.append(Occasion(str(hour), only))
    return occasions


def summary_occasions(weights: Mapping[tuple[str, int], HourWeights]) -> list[Occasion]:
    """The mean of the week, and the dearest and the coldest hours of each price year."""
    return [
        Occasion("week_mean", {key: weight.all_hours for key, weight in weights.items()}),
        Occasion("dearest_50", {key: weight.dearest for key, weight in weights.items()}),
        Occasion("coldest_50", {key: weight.coldest for key, weight in weights.items()}),
    ]


@dataclass(frozen=True)
class Enrolled:
    """What decides the delivered tiers: enrolled cars per draw of one area, and how reliably they are there."""

    price_area: str
    car_count: np.ndarray
    correlation_pu: np.ndarray
    working_pu: np.ndarray


def delivered_mw(
    enrolled: Enrolled, capability: Mapping[tuple[str, int], Capability], occasions: Sequence[Occasion]
) -> dict[tuple[str, str], np.ndarray]:
    """Available and firm power by (tier, service): arrays occasion × draw, mean over the price years.

    Firm power is found hour by hour and then averaged over the occasion's hours, never from a mean hour.
    """
    years = sorted(year for area, year in capability if area == enrolled.price_area)
    result = {
        (tier, service): np.zeros((len(occasions), len(enrolled.car_count)))
        for tier in DELIVERED_TIERS
        for service in SERVICES
    }
    for year in years:
        key = (enrolled.price_area, year)
        weights = np.array([occasion.weights[key].ravel() for occasion in occasions]) / len(years)
        used = np.flatnonzero(weights.any(axis=0))
        plugged = capability[key].plugged_pu.ravel()[used]
        share = fleet_firm_share(enrolled.car_count, plugged[:, None] * enrolled.working_pu, enrolled.correlation_pu)
        firm_cars = enrolled.car_count * share
        for service in SERVICES:
            power = capability[key].mean_kw[service].ravel()[used]
            per_car = weights[:, used] @ power / KW_PER_MW
            result["available", service] += per_car[:, None] * (enrolled.car_count * enrolled.working_pu)
            result["firm", service] += (weights[:, used] * connected_kw(plugged, power)) @ firm_cars / KW_PER_MW
    return result


@dataclass(frozen=True)
class Reading:
    """One reading of acceptance for one year: cars by tier, and the reliability draws that go with them."""

    cars: TierCars
    correlation_pu: np.ndarray
    working_pu: np.ndarray


def readings(year: int, stock: AreaStock, numbers: Numbers) -> tuple[Reading, Reading]:
    """Acceptance as stated (with bias and awareness) and as revealed, on the same stock and draws.

    ASSUME: the two are a bracket: the middle of a result is the stated reading, its interval spans both.
    """
    width = stock.bev_count.shape[1]
    correlation, unavailable = (
        np.broadcast_to(np.atleast_1d(np.asarray(numbers[name], dtype=float)), (width,))
        for name in RELIABILITY_PARAMETERS
    )
    stated, revealed = (
        Reading(tier_cars(stock, np.broadcast_to(share, (width,))), correlation, 1 - unavailable)
        for share in (stated_share(year, numbers), revealed_share(numbers))
    )
    return stated, revealed


def power_mw(
    reading: Reading,
    price_areas: Sequence[str],
    capability: Mapping[tuple[str, int], Capability],
    occasions: Sequence[Occasion],
    charger_kw: Mapping[str, float],
) -> dict[tuple[str, str, str], np.ndarray]:
    """Power by (price area, tier, service): arrays occasion × draw.

    Raises
    ------
    DataError
        If a tier exceeds the one before it: enrolled cars would deliver more than their chargers' nameplate.
    """
    result: dict[tuple[str, str, str], np.ndarray] = {}
    for row, area in enumerate(price_areas):
        enrolled = Enrolled(area, reading.cars.willing[row], reading.correlation_pu, reading.working_pu)
        for (tier, service), power in delivered_mw(enrolled, capability, occasions).items():
            result[area, tier, service] = power
        for service in SERVICES:
            for tier in COUNTED_TIERS:
                counted = reading.cars.of(tier)[row] * charger_kw[service] / KW_PER_MW
                result[area, tier, service] = np.broadcast_to(counted, (len(occasions), len(counted)))
            _check_nested(result, area, service)
    return result


def _check_nested(result: Mapping[tuple[str, str, str], np.ndarray], area: str, service: str) -> None:
    for outer, inner in pairwise(TIERS):
        if (result[area, inner, service] > result[area, outer, service] * (1 + 1e-9) + 1e-9).any():
            raise DataError(
                Fault(f"potential {area} {service}", f"{inner} above {outer}", "each tier within the one before",
                      "Check capability_hours against the charger's power and the battery.")
            )  # fmt: skip


def interval(stated: np.ndarray, revealed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """5 and 95 % over draws (last axis), the wider of the two readings."""
    low, high = np.percentile(stated, INTERVAL_PERCENTILES, axis=-1)
    other_low, other_high = np.percentile(revealed, INTERVAL_PERCENTILES, axis=-1)
    return np.minimum(low, other_low), np.maximum(high, other_high)
