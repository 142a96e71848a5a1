"""The capacity tariff by hand: which hours count, which peaks are averaged, what a part of a month bears."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.market.capacity_tariff import CapacityTariff, peak_charge

SOLLENTUNA = CapacityTariff((89.2,) * 3 + (44.6,) * 7 + (89.2,) * 2)
"""Read: 111.50 SEK/kW and month incl. VAT from November to March, else 55.75; three highest, weekdays 07-19."""


def local_hours(start: str, periods: int, step_h: float = 1.0) -> pd.DatetimeIndex:
    begin = pd.Timestamp(start, tz="Europe/Stockholm").tz_convert("UTC")
    return pd.date_range(begin, periods=periods, freq=pd.Timedelta(hours=step_h))


def test_a_month_in_sollentuna() -> None:
    """June 2025: peaks of 9, 7 and 5 kW on three days within the hours, more outside them: 55.75 × 7."""
    steps = local_hours("2025-06-01 00:00", 30 * 24)
    local = steps.tz_convert("Europe/Stockholm")
    load = np.full(len(steps), 2.0)
    for moment, power in (
        ("2025-06-02 07:00", 9.0), ("2025-06-02 18:00", 8.5),
        ("2025-06-03 12:00", 7.0), ("2025-06-12 18:00", 5.0), ("2025-06-12 19:00", 12.0), ("2025-06-13 06:00", 12.0),
        ("2025-06-07 12:00", 12.0),  # a Saturday
        ("2025-06-06 12:00", 12.0),  # the national day, a Friday
    ):  # fmt: skip
        load[local == pd.Timestamp(moment, tz="Europe/Stockholm")] = power
    charge = peak_charge(SOLLENTUNA, steps, 1.0, 0.25)
    assert charge.billed_kw(load).tolist() == pytest.approx([7.0])
    assert charge.cost_sek(load) == pytest.approx(55.75 * 7.0)


def test_a_week_over_the_turn_of_the_month_bears_both_prices() -> None:
    """Monday 27 October to Sunday 2 November 2025: five of 23 working days at 55.75; November has its weekend only."""
    charge = peak_charge(SOLLENTUNA, local_hours("2025-10-27 00:00", 7 * 24), 1.0, 0.25)
    assert charge.price_sek_per_kw.tolist() == pytest.approx([55.75 * 5 / 23])
    assert charge.peak_count.tolist() == [3]
    later = peak_charge(SOLLENTUNA, local_hours("2025-10-30 00:00", 7 * 24), 1.0, 0.25)
    assert later.price_sek_per_kw.tolist() == pytest.approx([55.75 * 2 / 23, 111.5 * 3 / 20])
    assert later.peak_count.tolist() == [2, 3]


def test_weeks_of_a_year_add_up_to_twelve_months() -> None:
    whole = peak_charge(SOLLENTUNA, local_hours("2025-01-01 00:00", 365 * 24), 1.0, 0.0)
    days = [peak_charge(SOLLENTUNA, local_hours(str(day.date()), 23), 1.0, 0.0)
            for day in pd.date_range("2025-01-01", "2025-12-31")]  # fmt: skip
    assert whole.price_sek_per_kw.sum() == pytest.approx(5 * 89.2 + 7 * 44.6)
    assert sum(day.price_sek_per_kw.sum() for day in days) == pytest.approx(whole.price_sek_per_kw.sum())


def test_quarters_are_billed_by_the_hour() -> None:
    steps = local_hours("2025-06-02 00:00", 24 * 4, 0.25)
    charge = peak_charge(SOLLENTUNA, steps, 0.25, 0.25)
    assert len(charge.slot_of_hour) == 24
    assert (charge.slot_of_hour >= 0).sum() == 12


def test_without_one_a_day_a_single_day_can_give_all_peaks() -> None:
    tariff = CapacityTariff((100.0,) * 12, peak_count=2, one_per_day=False, weekdays_only=False, first_hour=0,
                            end_hour=24)  # fmt: skip
    charge = peak_charge(tariff, local_hours("2025-06-01 00:00", 30 * 24), 1.0, 0.0)
    load = np.ones(30 * 24)
    load[5], load[6], load[100] = 6.0, 4.0, 3.0
    assert charge.cost_sek(load) == pytest.approx(100 * 5.0)


def test_a_month_without_price_is_not_billed() -> None:
    winter = CapacityTariff((100.0, 100.0, 100.0) + (0.0,) * 7 + (100.0,) * 2)
    charge = peak_charge(winter, local_hours("2025-06-02 00:00", 7 * 24), 1.0, 0.25)
    assert charge.cost_sek(np.full(7 * 24, 9.0)) == 0.0


def test_a_tariff_that_cannot_be_is_refused_with_all_faults() -> None:
    with pytest.raises(DataError) as raised:
        CapacityTariff((1.0, float("nan")), peak_count=0, first_hour=19, end_hour=7)
    assert len(raised.value.faults) == 3
