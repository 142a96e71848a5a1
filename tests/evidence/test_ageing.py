"""The cases of ageing in control by hand: pairs of solved years in, extra cost, rise and order out."""

import pytest

from analysis.battery.ageing import Duty
from analysis.errors import DataError
from analysis.evidence.case import Case
from analysis.evidence.cases import ageing
from analysis.evidence.cases.ageing import CASES, SITE, Pair, extra_cost_sek, rise_percent
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.solved_years import SolvedYear
from tests.evidence.weeks import OneWeek, market_week, one_week

RUN = {case.published_id: case for case in CASES}
DUTY = Duty(10.0, 10.0, 0.5, 0.3, 4000.0, 60.0)
PAIRS = {
    2025: Pair(SolvedYear(100.0, 800.0, DUTY), SolvedYear(-150.0, 1200.0, DUTY)),
    2023: Pair(SolvedYear(-80.0, 1000.0, DUTY), SolvedYear(-400.0, 2000.0, DUTY)),
}


def numbers(case: Case, laboratory: Laboratory) -> tuple[float, float, float]:
    ours = case.run(case.placed(laboratory))
    return ours.low, ours.central, ours.high


@pytest.fixture
def paired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solved pairs, and cells that lose 500 SEK a year when run blind and 380 when not."""
    monkeypatch.setattr(ageing, "_pair", lambda laboratory, year: PAIRS[year])
    spent = {id(PAIRS[2025].blind): 500.0, id(PAIRS[2025].aware): 380.0}
    monkeypatch.setattr(ageing, "spent_sek", lambda parameters, chemistry, year: spent[id(year)])


@pytest.mark.usefixtures("paired")
def test_extra_cost(laboratory: Laboratory) -> None:
    """2025: −150 + 0.25·1 200 − 100 = 50; 2023: −400 + 500 + 80 = 180; by cell −150 − (100 − 200) + 120 = 70."""
    assert numbers(RUN["PR022"], laboratory) == pytest.approx((50, 50, 180))


@pytest.mark.usefixtures("paired")
def test_rise_of_ageing(laboratory: Laboratory) -> None:
    """1 200 over 800 kWh is 50 per cent more; 2023: 100; by cell 500 over 380: 31.6."""
    assert numbers(RUN["PR023"], laboratory) == pytest.approx((31.579, 50, 100), abs=1e-3)


def test_a_battery_at_rest_has_no_rise() -> None:
    with pytest.raises(DataError, match="above 0"):
        rise_percent(10.0, 0.0)


@pytest.mark.parametrize("dear_sek", [0.4, 0.8, 1.6])
def test_running_blind_never_costs_less_and_never_ages_less(laboratory: Laboratory, dear_sek: float) -> None:
    lively: OneWeek = one_week(laboratory, market_week(0.1, dear_sek))
    pair = ageing._pair(lively.with_conditions({**SITE, "grid_tariff": "by_parameters"}), 2025)
    assert extra_cost_sek(pair, 0.25) >= -1e-6
    assert pair.blind.discharge_ac_kwh >= pair.aware.discharge_ac_kwh - 1e-6


def test_blind_control_wears_what_does_not_pay(laboratory: Laboratory) -> None:
    """Bought at (0.10 + 0.61)·1.25/0.87 = 1.02, sold at (0.40 + 0.61)·1.25 = 1.26 SEK: 0.24 is less than the wear."""
    lively = one_week(laboratory, market_week(0.1, 0.38))
    conditions = {**SITE, "grid_tariff": "by_parameters", "solar_peak_kw": 0.0}
    pair = ageing._pair(lively.with_conditions(conditions), 2025)
    assert pair.aware.discharge_ac_kwh == pytest.approx(0, abs=1e-6)
    assert pair.blind.discharge_ac_kwh > 3000
    gain = -pair.blind.net_cost_sek / pair.blind.discharge_ac_kwh
    assert 0 < gain < 0.25
    assert extra_cost_sek(pair, 0.25) == pytest.approx((0.25 - gain) * pair.blind.discharge_ac_kwh)


def test_order_of_ageing(monkeypatch: pytest.MonkeyPatch, laboratory: Laboratory) -> None:
    """Loss in ten years 15 % by trade in energy, 10 by FCR-D, 17 by both; in the other year 12 and 11."""
    loss = {("grid", 2025): 0.15, ("fcr_d", 2025): 0.10, ("grid_fcr_d", 2025): 0.17, ("grid", 2023): 0.12,
            ("fcr_d", 2023): 0.11}  # fmt: skip
    monkeypatch.setattr(ageing, "_car", lambda laboratory, year: year)
    monkeypatch.setattr(ageing, "solved_year", lambda year, strategy: SolvedYear(0.0, 0.0, (strategy.name, year)))
    monkeypatch.setattr(ageing, "loss_pu", lambda parameters, chemistry, duty: loss[duty])
    assert numbers(RUN["PR024"], laboratory) == pytest.approx((-2, 5, 5))


def test_none_is_a_transfer() -> None:
    assert all(case.kind == "engine" and not case.is_transfer for case in CASES)
