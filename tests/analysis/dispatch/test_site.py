"""The site: own generation, the kink between import and export, fuse, feed-in limit and capacity tariff, by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.accounts import cash_streams, use_of_battery
from analysis.dispatch.branching import SearchLimits
from analysis.dispatch.flows import charge_sources, peak_change_sek
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.requirement import uncontrolled
from analysis.dispatch.strategies import GRID, HOME, SMART
from analysis.dispatch.verify import broken_rules
from analysis.market.capacity_tariff import CapacityTariff, PeakCharge, peak_charge
from analysis.market.tariff import Tariff

Maker = Callable[..., VehicleProblem]
EXACT = SearchLimits(gap_sek=1e-7, gap_pu=0.0, solve_count=5000)
TARIFF = Tariff(0.25, 0.36, 0.25, 0.06, -0.03, 0.06, 0.0)


def solve(problem: VehicleProblem, strategy: Strategy = SMART) -> Dispatch:
    found = LinearModel(problem, with_reserves=False).solve(strategy, limits=EXACT)
    assert found is not None
    assert broken_rules(problem, strategy, found) == []
    return found


def test_surplus_costs_the_export_forgone(make_problem: Maker) -> None:
    """5 kW of sun above 1 kW of load at 0.4 SEK forgone, then import at 1: 7 kWh cost 4 × 0.4 + 3 × 1."""
    problem = make_problem([1.0, 2.0], plugged=[1, 0], driving=[0, 7.0], load=1.0, sell=[0.4, 0.0],
                           solar_kw=np.array([5.0, 0.0]))  # fmt: skip
    found = solve(problem)
    assert found.objective_sek == pytest.approx(4 * 0.4 + 3 * 1.0)
    assert uncontrolled(problem).objective_sek == pytest.approx(4 * 0.4 + 3 * 1.0)


def test_the_sunny_hour_is_taken_before_a_cheaper_import(make_problem: Maker) -> None:
    problem = make_problem([0.5, 1.0, 2.0], plugged=[1, 1, 0], driving=[0, 0, 4.0], sell=[0.0, 0.4, 0.0],
                           solar_kw=np.array([0.0, 9.0, 0.0]))  # fmt: skip
    np.testing.assert_allclose(solve(problem).charge_kw, [0, 4, 0], atol=1e-9)


def test_own_generation_covers_the_load_first(make_problem: Maker) -> None:
    """2 kW of load under 1.5 kW of sun leave 0.5 kW for the battery to serve."""
    problem = make_problem([1.0, 3.0], load=2.0, sell=-9.0, solar_kw=np.array([0.0, 1.5]))
    np.testing.assert_allclose(solve(problem, HOME).load_discharge_kw, [0.0, 0.5], atol=1e-9)


def test_what_the_feed_in_limit_spills_is_free(make_problem: Maker) -> None:
    """8 kW of sun, 3 kW may leave: 5 kW are free, the next 3 cost their export, beyond that import."""
    problem = make_problem([1.0, 2.0], plugged=[1, 0], driving=[0, 9.5], sell=[0.4, 0.0],
                           solar_kw=np.array([8.0, 0.0]), feed_in_kw=3.0)  # fmt: skip
    found = solve(problem)
    sources = charge_sources(problem, found.charge_kw)
    assert (sources.spill_kw[0], sources.surplus_kw[0]) == pytest.approx((5.0, 3.0))
    assert found.objective_sek == pytest.approx(5 * 0.0 + 3 * 0.4 + 1.5 * 1.0)


def test_export_that_pays_more_than_import_still_uses_the_sun_first(make_problem: Maker) -> None:
    """The meter knows no way to import for the car while the sun is exported; a relaxed schedule would."""
    problem = make_problem([1.0, 2.0], plugged=[1, 0], driving=[0, 4.0], sell=[3.0, 0.0],
                           solar_kw=np.array([6.0, 0.0]))  # fmt: skip
    found = solve(problem)
    assert found.simultaneous_count > 0
    assert found.objective_sek == pytest.approx(4 * 3.0)


def test_fuse_and_feed_in_limit_bind(make_problem: Maker) -> None:
    problem = make_problem([0.1, 9.0], load=[4.0, 1.0], sell=[0.0, 5.0], fuse_kw=9.0, feed_in_kw=3.0)
    found = solve(problem, GRID)
    assert found.charge_kw[0] == pytest.approx(4.0)
    flooded = replace(problem, daily_discharge_limit_kwh=np.inf, ceiling_kwh=np.full(2, 50.0))
    wide = replace(flooded, buy_sek_per_kwh=np.array([0.1, 9.0]), fuse_kw=20.0)
    assert solve(wide, GRID).discharge_kw[1] == pytest.approx(4.0)


def test_charging_at_once_is_held_by_the_fuse_too(make_problem: Maker) -> None:
    problem = make_problem([1.0, 1.0, 1.0], load=[4.0, 1.0, 1.0], driving=[0, 0, 15.0], plugged=[1, 1, 0], fuse_kw=9.0)
    found = uncontrolled(problem)
    np.testing.assert_allclose(found.charge_kw, [5.0, 8.0, 0.0])
    assert broken_rules(problem, SMART, found) == []


def test_the_check_sees_fuse_feed_in_and_a_bill_that_is_short(make_problem: Maker) -> None:
    problem = make_problem([0.1, 9.0], load=[4.0, 1.0], sell=[0.0, 5.0], fuse_kw=9.0, feed_in_kw=3.0)
    found = solve(problem, GRID)
    text = " ".join(fault.found for fault in broken_rules(replace(problem, fuse_kw=7.9), GRID, found))
    assert "import above the fuse by 0.1" in text
    text = " ".join(fault.found for fault in broken_rules(replace(problem, feed_in_kw=2.9), GRID, found))
    assert "export above the feed-in limit by 0.1" in text
    short = replace(found, objective_sek=found.objective_sek - 0.01)
    assert "an objective that is not the bill" in broken_rules(problem, GRID, short)[0].found
    budget = replace(problem, daily_discharge_limit_kwh=3.9, horizon_discharge_limit_kwh=3.8)
    text = " ".join(fault.found for fault in broken_rules(budget, GRID, found))
    assert "budget of the day by 0.1" in text and "budget of the horizon by 0.2" in text


def test_sun_and_peaks_close_the_accounts(whole_problem: Maker) -> None:
    """Every stream together is the objective, with what the sun would have earned and the capacity charge in it."""
    problem = whole_problem(2, 3)
    spot = problem.buy_sek_per_kwh / 1.25 - 0.67
    problem = replace(problem, sell_sek_per_kwh=TARIFF.sell_sek_per_kwh(spot),
                      solar_sell_sek_per_kwh=TARIFF.sell_sek_per_kwh(spot))  # fmt: skip
    found = LinearModel(problem, True).solve(Strategy("grid_reserve", "x", True, True, 1.0, 1.0, afrr_mfrr_pu=0.7))
    assert found is not None
    strategy = Strategy("grid_reserve", "x", True, True, 1.0, 1.0, afrr_mfrr_pu=0.7)
    cash = cash_streams(problem, found, strategy, TARIFF, spot)
    assert cash["net_cost_sek"] == pytest.approx(found.objective_sek, abs=1e-6)
    assert cash["net_solar_forgone_sek"] > 1
    assert cash["net_capacity_tariff_sek"] * 1.25 == pytest.approx(
        peak_change_sek(problem, found.charge_kw, found.load_discharge_kw)
    )
    use = use_of_battery(problem, found, 40.0)
    assert use["solar_charge_kwh"] == pytest.approx(charge_sources(problem, found.charge_kw).surplus_kw.sum())


# --- capacity tariff ---


def test_one_peak_is_shaved_by_the_battery(make_problem: Maker) -> None:
    """Load 6, 2, 2 kW, one peak at 10 SEK/kW, energy at one price: level at 10/3 kW saves 10 × (6 − 10/3)."""
    peak = PeakCharge(np.array([0, 1, 2]), np.zeros(3, dtype=np.int64), np.array([10.0]), np.array([1]))
    problem = make_problem([1.0] * 3, load=[6.0, 2.0, 2.0], sell=-9.0, peak=peak)
    found = solve(problem, HOME)
    assert found.objective_sek == pytest.approx(-10 * (6 - 10 / 3))
    assert (6 - found.load_discharge_kw[0]) == pytest.approx(10 / 3)


def test_charging_moves_out_of_the_hours_that_are_billed(make_problem: Maker) -> None:
    """0.5 SEK cheaper energy within the window is worth less than 10 SEK/kW of peak; outside it nothing is billed."""
    peak = PeakCharge(np.array([0, 0, -1]), np.zeros(1, dtype=np.int64), np.array([10.0]), np.array([1]))
    problem = make_problem([1.0, 1.0, 1.5], driving=[0, 0, 5.0], load=[3.0, 1.0, 1.0], peak=peak)
    found = solve(problem)
    np.testing.assert_allclose(found.charge_kw, [0, 2, 3], atol=1e-7)
    assert found.objective_sek == pytest.approx(2 * 1.0 + 3 * 1.5)


def test_quarters_within_an_hour_are_averaged(make_problem: Maker) -> None:
    """One cheap quarter may take 4 kW if the hour's mean stays at 1."""
    peak = PeakCharge(np.array([0, 1]), np.zeros(2, dtype=np.int64), np.array([100.0]), np.array([1]))
    problem = make_problem(
        [1.0, 0.5, 1.0, 1.0] + [2.0] * 4, load=[0.0] * 4 + [1.0] * 4, driving=[0.0] * 7 + [1.0], step_h=0.25, peak=peak,
    )  # fmt: skip
    found = solve(problem)
    np.testing.assert_allclose(found.charge_kw, [0, 4, 0, 0, 0, 0, 0, 0], atol=1e-7)
    assert found.objective_sek == pytest.approx(0.5)


def test_a_week_in_sollentuna_saves_its_share_of_the_month(make_problem: Maker) -> None:
    """Monday to Sunday in February 2025: 5 of 20 working days at 111.50 SEK/kW; three days with an hour of 5 kW.

    On such a day the 12 billed hours take 11 × 1 + 5 kWh; 14 kWh from the battery, filled at night, leave them level at
    1/6 kW: 27.875 SEK × (5 − 1/6).
    """
    tariff = CapacityTariff((89.2,) * 3 + (44.6,) * 7 + (89.2,) * 2)
    steps = pd.date_range("2025-02-02 23:00", periods=168, freq="h", tz="UTC")
    charge = peak_charge(tariff, steps, 1.0, 0.25)
    load = np.ones(168)
    load[[24 * day + 17 for day in range(3)]] = 5.0
    problem = make_problem(np.full(168, 1.0), load=load, sell=-9.0, peak=charge, daily_limit_kwh=24.0)
    home, smart = solve(problem, HOME), solve(problem, SMART)
    assert smart.objective_sek == pytest.approx(0.0, abs=1e-9)
    assert home.objective_sek - smart.objective_sek == pytest.approx(-111.5 * 5 / 20 * (5 - 1 / 6))


def test_the_check_works_the_tariff_out_anew(make_problem: Maker) -> None:
    peak = PeakCharge(np.array([0, 1, 2]), np.zeros(3, dtype=np.int64), np.array([10.0]), np.array([1]))
    problem = make_problem([1.0] * 3, load=[6.0, 2.0, 2.0], sell=-9.0, peak=peak)
    found = solve(problem, HOME)
    dearer = replace(problem, peak=replace(peak, price_sek_per_kw=np.array([11.0])))
    assert "an objective that is not the bill by 2.67" in broken_rules(dearer, HOME, found)[0].found
