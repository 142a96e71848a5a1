"""The cases of one car by hand: solved costs in, signs, weeks, per cents and ranges out."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.battery.ageing import Duty
from analysis.errors import DataError
from analysis.evidence.case import Case
from analysis.evidence.cases import one_car
from analysis.evidence.cases.one_car import CASES, GOTHENBURG
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.solved_years import SolvedYear
from tests.evidence.weeks import OneWeek, market_week, one_week

RUN = {case.published_id: case for case in CASES}
DUTY = Duty(10.0, 10.0, 0.5, 0.3, 4000.0, 60.0)


def numbers(case: Case, laboratory: Laboratory) -> tuple[float, float, float]:
    ours = case.run(case.placed(laboratory))
    return ours.low, ours.central, ours.high


def solved_as(monkeypatch: pytest.MonkeyPatch, costs: dict[tuple[str, bool], float]) -> None:
    """Put costs in place of the solver, by level (``smart`` for one-way charging) and whether V2X is kept on."""

    def solved(laboratory, case, price_year, strategy):
        level = "smart" if not strategy.is_two_way else strategy.level_id
        return SolvedYear(costs[level, strategy.always_on], 1000.0 * strategy.is_two_way, DUTY)

    monkeypatch.setattr(one_car, "_solved", solved)


SOLVED = {
    ("smart", False): 2000.0, ("full", False): -1000.0, ("low", False): 1600.0, ("full", True): -900.0,
    ("low", True): 2300.0,
}  # fmt: skip


def test_two_way_must_pay_in_both_and_less_at_collapsed_prices(
    monkeypatch: pytest.MonkeyPatch, laboratory: Laboratory
) -> None:
    """By wear: 3 000 and 400, falling by 2 600: 400. By cell the wear of 250 SEK is handed back and 500 more spent."""
    solved_as(monkeypatch, SOLVED)
    spent = iter([1000.0, 1500.0, 1500.0, 1000.0, 1500.0, 1500.0])
    monkeypatch.setattr(one_car, "spent_sek", lambda parameters, chemistry, year: next(spent))
    # by cell 400 + 250 - 500 = 150; kept on 2000 - 2300 + 250 - 500 = -550
    assert numbers(RUN["PR020"], laboratory) == pytest.approx((-550, 400, 400))


def test_a_value_that_does_not_fall_with_the_price_breaks_the_order(
    monkeypatch: pytest.MonkeyPatch, laboratory: Laboratory
) -> None:
    solved_as(monkeypatch, {**SOLVED, ("low", False): -1200.0})
    placed = RUN["PR020"].placed(laboratory)
    assert one_car._gains_sek(placed, always_on=False, is_by_cell=False) == pytest.approx(-200)


def test_an_unknown_level_is_refused(laboratory: Laboratory) -> None:
    with pytest.raises(DataError, match="'lower'"):
        one_car._level(laboratory, "lower")


class Valued(Laboratory):
    """A laboratory whose use cases have been solved: cost by strategy and year."""

    costs: dict[int, dict[str, float]]

    def sek_per(self, currency: str) -> float:
        return {"EUR": 10.0}[currency]

    def use_case_values(self, case, price_year, *, vehicle_count, per_season=1, spot_only=False):
        assert not spot_only
        self.seen.append(case)
        return pd.DataFrame({"net_cost_sek": self.costs[price_year]})


def valued(laboratory: Laboratory, costs: dict[int, dict[str, float]]) -> Valued:
    made = type("Made", (Valued,), {"costs": costs, "seen": []})
    return made(laboratory.parameters, laboratory.tables, laboratory.settings)


def test_reserves_a_week(laboratory: Laboratory) -> None:
    """2022: (4 200 + 1 000)/52/10 = 10 EUR; 2023: 20, 2025: 5."""
    costs = {2022: (4200, -1000), 2023: (9000, -1400), 2025: (1600, -1000)}
    by_year = {year: {"grid": grid, "grid_reserve": reserve} for year, (grid, reserve) in costs.items()}
    assert numbers(RUN["PR021"], valued(laboratory, by_year)) == pytest.approx((5, 10, 20))


def test_cost_turns_into_profit(laboratory: Laboratory) -> None:
    """From 4 000 SEK to an income of 5 100: −227.5 per cent."""
    solved = valued(laboratory, {2022: {"uncontrolled": 4000.0, "grid_reserve": -5100.0}})
    assert numbers(RUN["PR029"], solved) == pytest.approx((-227.5, -227.5, -227.5))
    (car,) = solved.seen
    assert (car.weekday_depart_h, car.weekend_arrive_h, car.plug_in_pu, car.spread_h) == (9, 17, 1, 0)
    assert (car.weekday_used_pu, car.weekend_used_pu) == (1, 1)
    assert car.energy_dc_kwh_per_day == pytest.approx(13_000 * 0.17 / 365)


def test_the_gothenburg_car_is_plugged_in_sixteen_hours_every_day(laboratory: Laboratory) -> None:
    lively: OneWeek = one_week(laboratory, market_week(0.1, 2.1, 400.0))
    car = one_car._gothenburg_car(lively.with_conditions(GOTHENBURG))
    values = lively.use_case_values(replace(car, price_area="SE3"), 2025, vehicle_count=1)
    assert values["plugged_pu"]["smart"] == pytest.approx(16 / 24)
    # a day's energy varies by 0.3 on the logarithm, the mean of seven days by 0.11
    assert values["driving_dc_kwh"]["smart"] == pytest.approx(52 * 7 * 13_000 * 0.17 / 365, rel=0.33)


def test_the_range_straddles_zero_by_the_nearer_end(monkeypatch: pytest.MonkeyPatch, laboratory: Laboratory) -> None:
    """Kept on: from −50 to 400 EUR, by 50. The other year from −30: 30. Chosen by the day from 20 up: −20."""
    ranges = {(2025, True): (-50.0, 400.0), (2024, True): (-30.0, 900.0), (2025, False): (20.0, 420.0)}
    monkeypatch.setattr(one_car, "_range_eur", lambda laboratory, year, *, always_on: ranges[year, always_on])
    assert numbers(RUN["PR046"], laboratory) == pytest.approx((-20, 50, 50))


def test_the_range_is_over_powers_batteries_tariffs_and_markets(
    monkeypatch: pytest.MonkeyPatch, laboratory: Laboratory
) -> None:
    """The least is 3.7 kW with the smaller battery and no reserves, the most 11 kW with the larger and reserves."""

    def solved(laboratory, case, price_year, strategy):
        asked = case.power_kw + case.battery_usable_kwh + 100 * strategy.sells_reserves
        return SolvedYear(-asked if strategy.is_two_way else 100.0 * (case.grid_tariff != "by_parameters"), 0.0, DUTY)

    monkeypatch.setattr(one_car, "_solved", solved)
    placed, rate = RUN["PR046"].placed(laboratory), laboratory.sek_per("EUR")
    least, most = one_car._range_eur(placed, 2025, always_on=True)
    assert (least * rate, most * rate) == pytest.approx((43.7, 100 + 11 + 85 + 100))


def test_the_range_and_the_cases_of_2022_are_transfers() -> None:
    """Its hours are those of 2023, scaled."""
    assert {name for name, case in RUN.items() if case.is_transfer} == {"PR021", "PR029", "PR046"}
    assert all(case.kind == "engine" for case in CASES)
