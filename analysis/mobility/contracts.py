"""Turns a paid contract to stay plugged in into behaviour: who can keep it, who signs, what it takes, what it gives.

Two contracts that are on offer (METHODS 1.4): 12 hours a day on 20 days a month, and 16 hours a day. A car that has
signed is held to its terms: its wish to plug in is lifted by just as much as they ask for, and it stays connected
until it leaves. Days run from noon to noon, so that a night is one plug-in day.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import ConfigError, Fault
from analysis.mobility.calibration import Behaviour, calibration_cars
from analysis.mobility.plug_in import PluggedStays, plug_stays
from analysis.mobility.stays import WEEK_MIN, FloatArray, diaries_of, overlap_per_step
from analysis.mobility.years import WARM_UP_WEEKS, VehicleYear, vehicle_year
from analysis.settings.parameters import ParameterSet
from analysis.units import MINUTES_PER_HOUR

DAY_MIN = 1440.0
MONTH_DAYS = 365.25 / 12.0
HOURS_16 = 16.0  # SOURCE: PR073
MOST_LIFT_LOGIT = 20.0
LIFT_ROUNDS = 12
QUARTILES = (0.25, 0.5, 0.75)
NONE = "none"
CONTRACTS = ("12h_20d", "16h")
HOUR_READINGS = ("per_contract_period", "per_delivered_hour")

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Contract:
    """Which contract the cars are offered, and how the 10 EUR per extra hour a day are read."""

    name: str = NONE
    hour_reading: str = HOUR_READINGS[0]


NO_CONTRACT = Contract()


@dataclass(frozen=True)
class Terms:
    """Hours a day on days a month; whether the hours are those of each counted day or of the mean day; the offer."""

    hours_h: float
    month_days: float
    is_mean: bool
    payment_eur_per_year: float

    @property
    def days_per_year(self) -> float:
        """Plug-in days a year."""
        return 12.0 * self.month_days

    @property
    def payment_eur_per_day(self) -> float:
        """The offer per plug-in day."""
        return self.payment_eur_per_year / self.days_per_year


@dataclass(frozen=True)
class CarDays:
    """Per car: mean hours plugged a day, plug-in days of a month, hours on such a day; vehicle × day hours."""

    day_h: FloatArray

    @property
    def mean_h(self) -> FloatArray:
        """Hours plugged in, mean over all days."""
        mean: FloatArray = self.day_h.mean(axis=1)
        return mean

    @property
    def month_days(self) -> FloatArray:
        """Days of a mean month with any time plugged in."""
        days: FloatArray = (self.day_h > 0).mean(axis=1) * MONTH_DAYS
        return days

    @property
    def plug_in_day_h(self) -> FloatArray:
        """Hours plugged in on a plug-in day; 0 for a car without any."""
        count = (self.day_h > 0).sum(axis=1)
        hours: FloatArray = self.day_h.sum(axis=1) / np.maximum(count, 1)
        return hours

    def meets(self, terms: Terms) -> BoolArray:
        """Say which cars keep the terms in a mean month."""
        kept: BoolArray = (
            self.mean_h >= terms.hours_h
            if terms.is_mean
            else (self.day_h >= terms.hours_h).mean(axis=1) * MONTH_DAYS >= terms.month_days
        )
        return kept


def terms_of(name: str, parameters: ParameterSet) -> Terms:
    """Give the terms of a contract by its name.

    Raises
    ------
    ConfigError
        If there is no such contract; ``none`` has no terms.

    References
    ----------
    PR073 (16 h a day, 600 EUR a year), PR075 (12 h on 20 days, 620 GBP a year).
    """
    if name == CONTRACTS[0]:
        hours, days = parameters["plug.contract_hours_home"], parameters["plug.contract_days"]
        return Terms(hours, days, False, parameters["plug.offer_12h_20d"])
    if name == CONTRACTS[1]:
        return Terms(HOURS_16, MONTH_DAYS, True, parameters["plug.offer_16h"])
    raise ConfigError(Fault("plug-in contract", repr(name), f"one of {', '.join(CONTRACTS)}", "Correct the name."))


def car_days(year: VehicleYear, plugged: PluggedStays) -> CarDays:
    """Add up the hours plugged in from noon to noon, after the weeks that warm up."""
    edges = np.arange(WARM_UP_WEEKS * WEEK_MIN + DAY_MIN / 2, year.run_week_count * WEEK_MIN, DAY_MIN)
    hours = np.empty((len(plugged.is_plugged), len(edges) - 1))
    for row, flag in enumerate(plugged.is_plugged):
        begin, end = year.stays.arrive_min[row][flag], plugged.unplug_min[row][flag]
        hours[row] = overlap_per_step(begin, end, end - begin, edges) / MINUTES_PER_HOUR
    return CarDays(hours)


def held_stays(
    year: VehicleYear, behaviour: Behaviour, lift_logit: FloatArray, parameters: ParameterSet
) -> PluggedStays:
    """Plug in with a lifted wish, and stay connected until the car leaves."""
    # ASSUME: who is paid for hours leaves the car connected until it is driven, also beyond the hours of the contract.
    found = plug_stays(
        year.stays, year.habits, behaviour.rhythm, year.diaries.battery_kwh, parameters, payment_logit=lift_logit
    )
    return replace(found, unplug_min=year.stays.depart_min)


def least_lift(year: VehicleYear, behaviour: Behaviour, terms: Terms, parameters: ParameterSet) -> FloatArray:
    """Find by how many logits each car's wish to plug in must rise for it to keep the terms; inf where it cannot.

    Examples
    --------
    A car that is home every night and plugs in on ten days a month needs the lift that makes it twenty; one that comes
    home for five hours a day can never give twelve.
    """
    low = np.zeros(len(year.diaries.vehicle_ids))
    high = np.full(len(low), MOST_LIFT_LOGIT)

    def kept(lift: FloatArray) -> BoolArray:
        return car_days(year, held_stays(year, behaviour, lift, parameters)).meets(terms)

    is_able = kept(high)
    for _ in range(LIFT_ROUNDS):
        middle = 0.5 * (low + high)
        is_kept = kept(middle)
        low, high = np.where(is_kept, low, middle), np.where(is_kept, middle, high)
    lift: FloatArray = np.where(is_able, high, np.inf)
    return lift


def payment_needed_eur_per_day(days: CarDays, terms: Terms, hour_reading: str, parameters: ParameterSet) -> FloatArray:
    """Give the payment per plug-in day at which U_contract is zero: what a car's owner asks for, never below zero.

    U = w·τ - 7.6·(extra plug-in days per 10 days) - 10·(extra hours a day) + 0.28·(km during) + 0.31·(km after).
    All is told for a month, the period in which offers count days: 7.6 EUR for each extra day of its three periods.

    Parameters
    ----------
    days
        Days of the cars without contract.
    terms
        What is asked for.
    hour_reading
        ``per_contract_period``: 10 EUR for an extra hour a day, once a month. ``per_delivered_hour``: 10 EUR for each
        extra hour of each plug-in day, which is far above every offer.

    Returns
    -------
    FloatArray
        EUR per plug-in day, per car.

    References
    ----------
    METHODS 1.4, PR038-PR041; PR050, PR051 (``plug.experience``).

    Examples
    --------
    14 plug-in days a month of 12 h each against 12 h on 20 days: 6 days at 7.6 EUR less 29.5 EUR for 50 km during and
    after are 16.1 EUR a month, 0.8 EUR a day.
    """
    extra_days = np.maximum(terms.month_days - days.month_days, 0.0)
    extra_h = np.maximum(terms.hours_h - days.plug_in_day_h, 0.0)
    paid_times = terms.month_days if hour_reading == HOUR_READINGS[1] else 1.0
    # ASSUME: a contract guarantees the reserve for unplanned trips, during and after; no offer states another distance.
    guaranteed_km = parameters["veh.reserve_km"]
    burden = parameters["plug.comp_per_plug_day"] * extra_days + parameters["plug.comp_per_daily_hour"] * (
        extra_h * paid_times
    )
    worry_before, worry_after = parameters["plug.worried_before"], parameters["plug.worried_after"]
    burden = burden * (1.0 - parameters["plug.experience"] * (worry_before - worry_after) / worry_before)
    relief = -(parameters["plug.comp_km_during"] + parameters["plug.comp_km_after"]) * guaranteed_km
    asked: FloatArray = np.maximum(burden - relief, 0.0) / terms.month_days
    return asked


@dataclass(frozen=True)
class Outcome:
    """What a contract does, per car: baseline days, lift and payment it takes, who signs, and the cars held or not."""

    without: CarDays
    lift_logit: FloatArray
    needed_eur_per_day: FloatArray
    signs: BoolArray
    plugged: PluggedStays


def under_contract(
    year: VehicleYear, behaviour: Behaviour, contract: Contract, is_private: BoolArray, parameters: ParameterSet
) -> PluggedStays:
    """Plug in as offered: those who sign are held to the terms, all others and firms' cars behave as without.

    Parameters
    ----------
    year
        Stays of the cars.
    contract
        ``none`` gives the behaviour without contract, bit by bit.
    is_private
        Which cars are offered the contract.
    """
    without = plug_stays(year.stays, year.habits, behaviour.rhythm, year.diaries.battery_kwh, parameters)
    if contract.name == NONE:
        return without
    terms = terms_of(contract.name, parameters)
    return _outcome(year, behaviour, terms, contract.hour_reading, without, is_private, parameters).plugged


def _outcome(
    year: VehicleYear, behaviour: Behaviour, terms: Terms, hour_reading: str, without: PluggedStays,
    is_private: BoolArray, parameters: ParameterSet, lift: FloatArray | None = None,
) -> Outcome:  # fmt: skip
    days = car_days(year, without)
    lift = least_lift(year, behaviour, terms, parameters) if lift is None else lift
    needed = payment_needed_eur_per_day(days, terms, hour_reading, parameters)
    # ASSUME: an owner signs where the offer is at least what the utility asks for and the car is home enough.
    signs = is_private & np.isfinite(lift) & (needed <= terms.payment_eur_per_day)
    held = held_stays(year, behaviour, np.where(signs, lift, 0.0), parameters)
    mixed = replace(
        without,
        **{
            name: np.where(signs.reshape(-1, *[1] * (values.ndim - 1)), getattr(held, name), values)
            for name, values in vars(without).items()
        },
    )
    return Outcome(days, lift, needed, signs, mixed)


def burden_eur_per_year(contracts: pd.DataFrame, contract: Contract) -> float:
    """What the terms of a contract ask of the mean private owner in a year, in money; owners who do not sign give 0.

    Parameters
    ----------
    contracts
        ``PlugInContracts``.

    Examples
    --------
    Eight in ten sign, and each of them would have taken 100 EUR: 80 EUR.
    """
    reading = NONE if contract.name == NONE else contract.hour_reading
    chosen = contracts[(contracts["contract"] == contract.name) & (contracts["hour_reading"] == reading)]
    return float(chosen["burden_eur_per_year"].iloc[0])


def compare_contracts(
    trips: pd.DataFrame, vehicles: pd.DataFrame, weather_deg_c: FloatArray, behaviour: Behaviour, seed: int,
    parameters: ParameterSet,
) -> pd.DataFrame:  # fmt: skip
    """Set the contracts beside no contract, over private cars with a charge point at home, in both readings.

    Of many cars only :func:`analysis.mobility.calibration.calibration_cars` are followed: a mean needs no more.

    Returns
    -------
    pd.DataFrame
        PlugInContracts. Cars count by their weight.

    References
    ----------
    METHODS 1.4.
    """
    private = calibration_cars(vehicles)
    year = vehicle_year(diaries_of(trips, private, parameters["veh.E_usable_bev"]), weather_deg_c, seed, parameters)
    weight = private["weight"].to_numpy(float)
    everyone = np.ones(len(private), dtype=bool)
    without = plug_stays(year.stays, year.habits, behaviour.rhythm, year.diaries.battery_kwh, parameters)
    days = car_days(year, without)
    levels = {**_levels(days, weight), **_levels(days, weight, "held_")}
    rows = [{"contract": NONE, "hour_reading": NONE, "burden_eur_per_year": 0.0, **levels}]
    for name in CONTRACTS:
        terms, lift = terms_of(name, parameters), None
        for reading in HOUR_READINGS:
            found = _outcome(year, behaviour, terms, reading, without, everyone, parameters, lift)
            lift = found.lift_logit
            able = np.where(np.isfinite(lift), lift, 0.0)
            held = car_days(year, held_stays(year, behaviour, able, parameters))
            outcome = _row(found, held, car_days(year, found.plugged), terms, weight, parameters)
            rows.append({"contract": name, "hour_reading": reading, **outcome})
    table = pd.DataFrame(rows).assign(car_count=len(private))
    return table.astype({"contract": "str", "hour_reading": "str", "car_count": "int64"})[list(COLUMNS)]


COLUMNS = (
    "contract", "hour_reading", "car_count", "offer_eur_per_day", "able_pu", "meets_without_pu", "complies_pu",
    "signs_pu", "plugged_pu", "plugged_h_per_day", "month_plug_in_days", "plug_in_day_h", "held_plugged_pu",
    "held_plugged_h_per_day", "held_month_plug_in_days", "held_plug_in_day_h", "needed_low_eur_per_day",
    "needed_eur_per_day", "needed_high_eur_per_day", "burden_eur_per_year",
)  # fmt: skip


def _levels(days: CarDays, weight: FloatArray, prefix: str = "") -> dict[str, float]:
    hours = float(np.average(days.mean_h, weights=weight))
    return {
        f"{prefix}plugged_pu": hours / 24.0,
        f"{prefix}plugged_h_per_day": hours,
        f"{prefix}month_plug_in_days": float(np.average(days.month_days, weights=weight)),
        f"{prefix}plug_in_day_h": float(np.average(days.plug_in_day_h, weights=weight)),
    }


def _row(
    found: Outcome, held: CarDays, offered: CarDays, terms: Terms, weight: FloatArray, parameters: ParameterSet
) -> dict[str, float]:
    def share(flag: BoolArray) -> float:
        return float(np.average(flag, weights=weight))

    needed = np.quantile(found.needed_eur_per_day, QUARTILES, weights=weight, method="inverted_cdf")
    asked = np.where(found.signs, found.needed_eur_per_day, 0.0)
    moved = found.lift_logit <= parameters["plug.b_pay"] * terms.payment_eur_per_day
    return {
        "offer_eur_per_day": terms.payment_eur_per_day,
        "able_pu": share(np.isfinite(found.lift_logit)),
        "meets_without_pu": share(found.without.meets(terms)),
        "complies_pu": share(moved),
        "signs_pu": share(found.signs),
        **_levels(offered, weight),
        **_levels(held, weight, "held_"),
        "needed_low_eur_per_day": float(needed[0]),
        "needed_eur_per_day": float(needed[1]),
        "needed_high_eur_per_day": float(needed[2]),
        "burden_eur_per_year": terms.days_per_year * float(np.average(asked, weights=weight)),
    }
