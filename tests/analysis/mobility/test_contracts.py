"""Contracts to stay plugged in: the utility by hand, who is held keeps the terms, none changes nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ConfigError
from analysis.io import check_table
from analysis.mobility import availability as rooms
from analysis.mobility.contracts import (
    CONTRACTS,
    MONTH_DAYS,
    NO_CONTRACT,
    CarDays,
    Contract,
    car_days,
    compare_contracts,
    held_stays,
    least_lift,
    payment_needed_eur_per_day,
    terms_of,
    under_contract,
)
from analysis.mobility.plug_in import plug_stays
from analysis.mobility.stays import diaries_of
from analysis.mobility.years import vehicle_year
from analysis.schemas.mobility import Availability
from analysis.schemas.plug_in import PlugInContracts


@pytest.fixture(scope="module")
def year(fleet, mild_weather, assumptions):
    vehicles, trips = fleet
    return vehicle_year(diaries_of(trips, vehicles, 62.0), mild_weather, 7, assumptions)


@pytest.fixture(scope="module")
def compared(fleet, mild_weather, behaviour, assumptions):
    vehicles, trips = fleet
    return compare_contracts(trips, vehicles, mild_weather, behaviour, 7, assumptions)


def days_of(plug_in_days: int, hours: float, of_days: int = 30) -> CarDays:
    """One car that is plugged in for some hours on some of the days."""
    return CarDays(np.array([[hours] * plug_in_days + [0.0] * (of_days - plug_in_days)]))


def test_what_an_owner_asks_for_by_hand(assumptions):
    terms = terms_of("12h_20d", assumptions)
    assert (terms.hours_h, terms.month_days) == (12.0, 20.0)
    assert terms.payment_eur_per_day == pytest.approx(724 / 240)
    month_days = 15 / 30 * MONTH_DAYS
    relief = (0.28 + 0.31) * 50
    asked = payment_needed_eur_per_day(days_of(15, 10.0), terms, "per_contract_period", assumptions).item()
    assert asked == pytest.approx((7.6 * (20 - month_days) + 10 * 2.0 - relief) / 20)
    delivered = payment_needed_eur_per_day(days_of(15, 10.0), terms, "per_delivered_hour", assumptions).item()
    assert delivered == pytest.approx((7.6 * (20 - month_days) + 10 * 2.0 * 20 - relief) / 20)


def test_a_car_that_does_it_anyway_asks_for_nothing(assumptions):
    terms = terms_of("12h_20d", assumptions)
    assert days_of(25, 14.0).meets(terms).item()
    assert payment_needed_eur_per_day(days_of(25, 14.0), terms, "per_delivered_hour", assumptions).item() == 0.0
    assert not days_of(15, 14.0).meets(terms).item()
    assert not days_of(25, 11.9).meets(terms).item()


def test_sixteen_hours_are_those_of_the_mean_day(assumptions):
    terms = terms_of("16h", assumptions)
    assert days_of(24, 20.0).meets(terms).item()
    assert not days_of(23, 20.0).meets(terms).item()


def test_experience_lowers_what_is_asked_for_and_is_off_by_default(assumptions):
    assert assumptions["plug.experience"] == 0.0
    terms = terms_of("16h", assumptions)
    asked = [
        payment_needed_eur_per_day(
            days_of(10, 12.0), terms, "per_contract_period", assumptions.with_values({"plug.experience": level})
        ).item()
        for level in (0.0, 1.0)
    ]
    relief = (0.28 + 0.31) * 50 / terms.month_days
    assert asked[1] + relief == pytest.approx((asked[0] + relief) * 0.24 / 0.61)


def test_an_unknown_contract_is_a_named_fault(assumptions):
    with pytest.raises(ConfigError, match="8h"):
        terms_of("8h", assumptions)


@pytest.mark.parametrize("name", CONTRACTS)
def test_cars_held_keep_the_terms_with_no_more_lift_than_it_takes(year, behaviour, assumptions, name):
    terms = terms_of(name, assumptions)
    lift = least_lift(year, behaviour, terms, assumptions)
    able = np.isfinite(lift)
    assert able.mean() > 0.8
    held = car_days(year, held_stays(year, behaviour, np.where(able, lift, 0.0), assumptions))
    assert held.meets(terms)[able].all()
    less = car_days(year, held_stays(year, behaviour, np.where(able, lift - 0.5, 0.0), assumptions))
    assert less.meets(terms)[able & (lift > 1.0)].mean() < 0.5


def test_no_contract_is_the_behaviour_of_today_bit_by_bit(year, behaviour, assumptions):
    plain = plug_stays(year.stays, year.habits, behaviour.rhythm, year.diaries.battery_kwh, assumptions)
    everyone = np.ones(len(plain.is_plugged), dtype=bool)
    none = under_contract(year, behaviour, NO_CONTRACT, everyone, assumptions)
    for name, values in vars(plain).items():
        np.testing.assert_array_equal(getattr(none, name), values)


def test_firms_cars_are_offered_nothing(year, behaviour, assumptions):
    plain = plug_stays(year.stays, year.habits, behaviour.rhythm, year.diaries.battery_kwh, assumptions)
    nobody = np.zeros(len(plain.is_plugged), dtype=bool)
    found = under_contract(year, behaviour, Contract("12h_20d"), nobody, assumptions)
    np.testing.assert_array_equal(found.unplug_min, plain.unplug_min)


def test_table_of_contracts(compared, behaviour):
    found = check_table(compared, PlugInContracts, "contracts").set_index(["contract", "hour_reading"])
    none, twelve, sixteen = (
        found.loc[key] for key in (("none", "none"), ("12h_20d", "per_contract_period"), ("16h", "per_contract_period"))
    )
    assert none["plugged_h_per_day"] < twelve["plugged_h_per_day"] < 24
    assert none["plugged_h_per_day"] < sixteen["held_plugged_h_per_day"]
    assert sixteen["held_plugged_h_per_day"] >= 16 * sixteen["able_pu"]
    assert sixteen["needed_eur_per_day"] > twelve["needed_eur_per_day"]
    assert sixteen["signs_pu"] < twelve["signs_pu"]
    literal = found.loc[("16h", "per_delivered_hour")]
    assert literal["needed_eur_per_day"] > 5 * sixteen["needed_eur_per_day"]
    assert literal["signs_pu"] == 0.0
    assert literal["plugged_pu"] == pytest.approx(none["plugged_pu"])
    assert behaviour.mean_per_week == pytest.approx(3.3, rel=0.01)


def test_a_higher_offer_lets_more_sign(fleet, mild_weather, behaviour, assumptions, compared):
    vehicles, trips = fleet
    dear = assumptions.with_values({"plug.offer_16h": 3000.0})
    found = compare_contracts(trips, vehicles, mild_weather, behaviour, 7, dear)
    key = ["contract", "hour_reading"]
    more, less = (table.set_index(key).loc[("16h", "per_contract_period")] for table in (found, compared))
    assert more["signs_pu"] > less["signs_pu"]
    assert more["complies_pu"] > less["complies_pu"]
    assert more["able_pu"] == less["able_pu"]


def test_availability_under_contract_is_higher_and_its_ladder_holds(fleet, mild_weather, behaviour, assumptions):
    vehicles, trips = fleet
    some = vehicles.head(20).reset_index(drop=True)
    none, paid = (
        rooms.build_availability(trips, some, mild_weather, behaviour, 7, assumptions, contract)
        for contract in (NO_CONTRACT, Contract("12h_20d"))
    )
    check_table(paid, Availability, "availability")
    assert paid["plugged_pu"].mean() > none["plugged_pu"].mean()
    pd.testing.assert_series_equal(paid["parked_home_pu"], none["parked_home_pu"])
    alone = rooms.build_availability(
        trips, some.iloc[[3]].reset_index(drop=True), mild_weather, behaviour, 7, assumptions, Contract("12h_20d")
    )
    same = paid[paid["vehicle_id"] == some["vehicle_id"].iloc[3]].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, same)


def test_a_car_never_at_home_cannot_keep_a_contract(year, behaviour, assumptions):
    stays = year.stays
    short = replace(stays, depart_min=np.minimum(stays.depart_min, stays.arrive_min + 300.0))
    lift = least_lift(replace(year, stays=short), behaviour, terms_of("12h_20d", assumptions), assumptions)
    assert np.isinf(lift).all()
