"""One car and one stationary battery through a hand-made year: as the use cases draw it, by hand, and in order."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.battery.ageing import Duty
from analysis.dispatch.problem import Strategy
from analysis.dispatch.strategies import SMART
from analysis.dispatch.use_cases import WHOLE_PRICE, dispatch_use_cases
from analysis.errors import DataError
from analysis.evidence import solved_years
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.solved_years import (
    BatterySite,
    SolvedYear,
    battery_of,
    car_of,
    connected,
    home_car,
    home_hours_per_day,
    solved_year,
    spent_sek,
    two_way,
)
from analysis.units import DAYS_PER_WEEK
from tests.evidence.weeks import DEAR_FROM, DEAR_TO, OneWeek, market_week, one_week

SITE = BatterySite("SE3", 29, 0.0, 10.0, 5.0, 69.3, "by_parameters")


@pytest.fixture(scope="module")
def lively(laboratory: Laboratory) -> OneWeek:
    """0.10 and 2.10 SEK/kWh, FCR-D at 60 SEK/MW,h each way."""
    return one_week(laboratory, market_week(0.1, 2.1, 60.0))


def test_a_car_is_that_of_the_use_cases(lively: OneWeek) -> None:
    """The same draw, site and tariff: cost and discharge of each strategy are those of UseCaseValues."""
    villa = connected(lively.use_case("villa"), 16.0)
    drawn = dispatch_use_cases(
        [villa], {"SE3": lively.market_weeks("SE3", 2025)}, {"by_parameters": lively.grid_terms("by_parameters", 2025)},
        price_year=2025, step_h=1.0, seed=lively.settings.seed, vehicle_count=1,
        northern_pu={"SE3": lively.northern_pu("SE3")},
    ).set_index("strategy")  # fmt: skip
    car = car_of(lively, villa, 2025)
    for name, strategy in (("smart", SMART), ("grid", two_way()), ("grid_reserve", two_way(WHOLE_PRICE))):
        solved = solved_year(car, strategy)
        assert solved.net_cost_sek == pytest.approx(drawn["net_cost_sek"][name], abs=0.1)
        assert solved.discharge_ac_kwh == pytest.approx(drawn["discharge_ac_kwh"][name], rel=0.02, abs=1)


def test_a_battery_cycles_once_a_day_by_hand(lively: OneWeek) -> None:
    """29 flats draw 8.7 kW: all of four dear hours at 5 kW is served until 10 kWh are out, seven days a week."""
    battery = battery_of(lively, SITE, 2025)
    solved = solved_year(battery, two_way())
    problem = battery.weeks[0][1]
    taken = 10.0 * problem.discharge_efficiency_pu * DAYS_PER_WEEK * 52
    assert solved.discharge_ac_kwh == pytest.approx(taken, rel=0.03)  # standby takes the rest
    assert problem.floor_kwh == 0
    assert set(problem.ceiling_kwh) == {10.0}
    assert problem.load_limit_kw[DEAR_FROM:DEAR_TO] == pytest.approx([5.0] * 4)
    # a day: 10 kWh, and what standby draws in the twenty hours in which it is put back
    assert solved.duty.full_cycle_count == pytest.approx(365 * (10 + 20 * 0.012), rel=1e-3)
    assert solved.duty.depth_pu == pytest.approx(1.0, abs=0.02)


def test_a_battery_that_ages_enough_rests(lively: OneWeek) -> None:
    rests = solved_year(battery_of(lively, SITE, 2025), two_way(), 50.0)
    assert (rests.net_cost_sek, rests.discharge_ac_kwh) == pytest.approx((0, 0))


def test_own_generation_is_charged(laboratory: Laboratory) -> None:
    """A battery under a roof pays less than one without: what would be exported cheaply replaces import."""
    flat = one_week(laboratory, market_week(0.5, 0.5))
    bare = solved_year(battery_of(flat, SITE, 2025), two_way(), 0.0)
    roofed = solved_year(battery_of(flat, replace(SITE, flat_count=1, solar_peak_kw=40.0), 2025), two_way(), 0.0)
    assert bare.discharge_ac_kwh == pytest.approx(0, abs=1e-6)
    assert roofed.net_cost_sek < 0
    assert roofed.discharge_ac_kwh > 0


def test_kept_on_costs_standby(laboratory: Laboratory) -> None:
    """At one price all week two-way charging moves nothing; awake all week it pays 0.15 kW of every plugged hour."""
    flat = one_week(laboratory, market_week(0.5, 0.5))
    car = car_of(flat, connected(flat.use_case("villa"), 16.0), 2025)
    smart, chosen, kept_on = (solved_year(car, each) for each in (SMART, two_way(), two_way(always_on=True)))
    assert chosen.net_cost_sek == pytest.approx(smart.net_cost_sek)
    plugged_h = 52 * float(car.weeks[0][1].plugged_pu.sum())
    buy = float(car.weeks[0][1].buy_sek_per_kwh[0])
    standby_sek = plugged_h * 0.15 * buy / car.charger.charge_efficiency_pu
    assert kept_on.net_cost_sek - smart.net_cost_sek == pytest.approx(standby_sek, rel=0.02)


def test_reserves_alone_move_only_what_is_activated(lively: OneWeek) -> None:
    """FCR-D by itself discharges 0.004 kWh per kW and hour of what is sold upward, and nothing else."""
    car = car_of(lively, connected(lively.use_case("villa"), 16.0), 2025)
    alone = solved_year(car, Strategy("fcr_d", "fcr_d", fcr_d_pu=1.0))
    assert 0 < alone.discharge_ac_kwh < 0.004 * 11 * 8760
    assert alone.discharge_ac_kwh < solved_year(car, two_way()).discharge_ac_kwh
    assert alone.net_cost_sek < solved_year(car, SMART).net_cost_sek


def test_hours_at_home(laboratory: Laboratory) -> None:
    """Away 9.5 h on 0.75 of five days and 5 h on half of two: 24 − (35.625 + 5)/7 = 18.196."""
    villa = laboratory.use_case("villa")
    assert home_hours_per_day(villa) == pytest.approx(18.1964, abs=1e-4)
    assert connected(villa, 16.0).plug_in_pu == pytest.approx(16 / 18.1964, abs=1e-5)
    with pytest.raises(DataError, match=r"at most the 18\.2"):
        connected(villa, 19.0)


def test_a_larger_charger_has_a_larger_fuse(laboratory: Laboratory) -> None:
    """Beside a mean load of 2.2 kW 11 kW needs 20 A (13.9 kW) and 22 kW needs 35 A (24.2 kW)."""
    limits = [home_car(laboratory, "SE3", power).site_limit_kw for power in (11.0, 22.0)]
    assert limits == pytest.approx([20 * 0.4 * np.sqrt(3), 35 * 0.4 * np.sqrt(3)])
    assert home_car(laboratory, "SE3", 7.36).charger_option == "ac_7p4"


def test_what_is_spent_of_a_battery(laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    """9 % in ten years of 60 kWh: 0.54 kWh a year at 1 253.12 SEK over 0.3: 2 255.6 SEK."""
    monkeypatch.setattr(solved_years, "loss_pu", lambda parameters, chemistry, duty: 0.09)
    year = SolvedYear(0.0, 0.0, Duty(10.0, 10.0, 0.5, 0.3, 4000.0, 60.0))
    assert spent_sek(laboratory.parameters, "nmc", year) == pytest.approx(2255.6, abs=0.1)
