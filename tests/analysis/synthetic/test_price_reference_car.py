"""The reference car's values, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.synthetic.price_reference_car import (
    ReferenceCar,
    car_year,
    energy_values,
    least_cost_eur,
    reserve_values,
    uncontrolled_cost_eur,
)

CAR = ReferenceCar()


def hours_of(days: int) -> pd.DatetimeIndex:
    """Hours from Monday 6 January 2025, local midnight."""
    return pd.date_range("2025-01-06", periods=24 * days, freq="h", tz="Europe/Stockholm").tz_convert("UTC")


def test_calendar_of_a_week():
    year = car_year(hours_of(7), CAR)
    assert year.plugged.reshape(7, 24).sum(axis=1).tolist() == [14] * 5 + [16] * 2
    assert year.driving_kwh.reshape(7, 24).sum(axis=1) == pytest.approx(7.0)
    assert not (year.plugged & (year.driving_kwh > 0)).any()


def test_uncontrolled_charging_pays_the_hour_of_return():
    price = np.full(48, 50.0)
    price[[17, 41]] = 100.0
    cost = uncontrolled_cost_eur(price, car_year(hours_of(2), CAR), CAR)
    assert cost == pytest.approx(2 * 7 / 0.9327 * 0.1)


def test_flat_price_gives_nothing_to_shift():
    values = energy_values(np.full(48, 50.0), car_year(hours_of(2), CAR), CAR)
    assert values["arbitrage"] == pytest.approx(0.0, abs=1e-9)
    assert values["smart_saving"] == pytest.approx(0.0, abs=1e-9)


def test_one_dear_hour_is_sold_at_full_power():
    price = np.full(48, 50.0)
    price[20] = 500.0
    values = energy_values(price, car_year(hours_of(2), CAR), CAR)
    bought_back = 11 / CAR.one_way_efficiency_pu**2
    assert values["arbitrage_gross"] == pytest.approx(11 * 0.5 - bought_back * 0.05)
    assert values["arbitrage"] == pytest.approx(11 * (0.5 - 0.0226) - bought_back * 0.05)


def test_more_freedom_never_costs_more():
    price = np.random.default_rng(3).normal(40, 40, 24 * 14)
    year = car_year(hours_of(14), CAR)
    smart = least_cost_eur(price, year, CAR, can_discharge=False)
    assert least_cost_eur(price, year, CAR, can_discharge=True, wear_eur_per_mwh=22.6) <= smart + 1e-9
    assert least_cost_eur(price, year, CAR, can_discharge=True, wear_eur_per_mwh=1e6) == pytest.approx(smart)


def test_reserves_pay_in_plugged_hours_only():
    year = car_year(hours_of(1), CAR)
    price = np.where(year.plugged, 10.0, 999.0)
    values = reserve_values({"fcr_n": price, "fcr_d_up": price}, year, CAR)
    assert values["fcr_n"] == pytest.approx(14 * 10 * 0.011 / 1.34)
    assert values["fcr_d"] == pytest.approx(14 * 10 * 0.011 / 1.2)


def test_a_missing_hour_is_refused():
    with pytest.raises(DataError, match="hours missing"):
        car_year(hours_of(2).delete(5), CAR)
