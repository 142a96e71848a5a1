"""Plans that know no more than is known: forecasts by hand, a poisoned future, what perfect foresight would give."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.branching import SearchLimits
from analysis.dispatch.execution import Moment, carry_out
from analysis.dispatch.foresight import PLAN_LIMITS, RESERVE, car_of, compare_stretch
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.known import Course, Known, Outlook, continued, foresee, known_at, ready_kwh
from analysis.dispatch.options import charger_physics
from analysis.dispatch.problem import Strategy, VehicleProblem
from analysis.dispatch.rolling import Car, Rolled, cost_sek, own_costs_sek_per_kw_h, roll
from analysis.dispatch.strategies import GRID, HOME, SMART, Terms, solve_strategies, terms_of
from analysis.dispatch.stretches import Stretch, course_of, workdays
from analysis.dispatch.verify import broken_rules
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet, parameter_set

Maker = Callable[..., VehicleProblem]
EXACT = SearchLimits(gap_sek=1e-6, gap_pu=0.0, solve_count=2000)
FULL = ReserveLevel(level_id="full", fcr_n_pu=1.0, fcr_d_pu=1.0)
PAST_WEEKS, WEEKS = 3, 4
MONDAY = pd.Timestamp("2024-01-14T23:00Z")


@pytest.fixture(scope="module")
def parameters(root: Path) -> ParameterSet:
    read = parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))
    return read.with_values({"res.kappa_fcr": 1.0})


@pytest.fixture(scope="module")
def terms(parameters: ParameterSet) -> Terms:
    return terms_of(parameters, (FULL,), 1.0)


def stretch_of(seed: int, irregular: bool = True) -> Stretch:
    """A commuter: away 8-17 on working days, plugged in most nights; prices swing by the day and by chance."""
    random = np.random.default_rng(seed)
    weeks, plugged, driving = [], [], []
    for number in range(WEEKS):
        steps = pd.date_range(MONDAY + pd.Timedelta(weeks=number), periods=168, freq="h", unit="us")
        hour, day = np.arange(168) % 24, np.arange(168) // 24
        spot = 0.5 + 0.4 * np.sin((hour - 9) / 12 * np.pi) + np.repeat(random.normal(0, 0.2, 7), 24)
        reserve = {"fcr_n": 0.3, "fcr_d_up": 0.08, "fcr_d_down": 0.06}
        weeks.append(MarketWeek(
            week_id=f"w{number}", season="winter", weight_weeks=1.0, steps_utc=steps, hour_of_week=np.arange(168),
            spot_sek_per_kwh=spot + random.normal(0, 0.1, 168),
            reserve_sek_per_kw_h={k: v * random.uniform(0.4, 1.6, 168) for k, v in reserve.items()},
            load_kw={"detached": 1.0 + (hour > 16) + random.uniform(0, 0.5, 168)},
        ))  # fmt: skip
        leaves = np.where(random.random(7) < (0.3 if irregular else 0.0), 6, 8)[day]
        nights = (random.random(7) > (0.25 if irregular else 0.0))[day]
        away = (day < 5) & (hour >= leaves) & (hour < 17)
        plugged.append((~away & (nights | (hour < leaves))).astype(float))
        driving.append(np.where(away & ((hour == leaves) | (hour == 16)), random.uniform(3, 6, 168), 0.0))
    return Stretch("car", "detached", 60.0, weeks, WEEKS - PAST_WEEKS, 21, np.concatenate(plugged),
                   np.concatenate(driving))  # fmt: skip


def car_and_course(terms: Terms, seed: int, irregular: bool = True) -> tuple[Car, Course]:
    stretch = stretch_of(seed, irregular)
    course = course_of(stretch)
    return car_of(terms, charger_physics("ac_11", terms.parameters), stretch, course), course


def clairvoyant(course: Course) -> Callable[[Known], Outlook]:
    """Expect what really comes, to the end of the stretch."""

    def outlook(known: Known) -> Outlook:
        start = known.today * 24
        gone = np.zeros(known.now - start)
        reserve = {name: price[start:] for name, price in course.reserve_sek_per_kw_h.items()}
        return Outlook(known.today, known.now, course.spot_sek_per_kwh[start:], reserve, reserve,
                       course.load_kw[start:], np.r_[gone, course.plugged_pu[known.now :]],
                       np.r_[gone, course.driving_dc_kwh[known.now :]], np.empty(0), np.empty(0))  # fmt: skip

    return outlook


def test_a_day_is_forecast_from_days_of_its_kind() -> None:
    is_workday = np.array([True] * 5 + [False] * 2 + [True] * 5)
    days = np.r_[np.arange(1.0, 6.0), 40.0, 60.0, np.arange(6.0, 8.0)]
    known = np.r_[np.repeat(days, 24), 100.0]
    found = continued(known, is_workday, 12).reshape(12, 24)
    assert found[9, 0] == 100.0
    np.testing.assert_allclose(found[9, 1:], np.arange(1, 8).mean())
    np.testing.assert_allclose(found[10], np.arange(1, 8).mean())
    weekend = continued(np.repeat(days[:7], 24), np.array([False] * 5 + [True, False, False]), 8)
    np.testing.assert_allclose(weekend[-24:], (1 + 2 + 3 + 4 + 5 + 60) / 6)


def test_an_hour_without_a_price_stays_without() -> None:
    known = np.ones(48)
    known[[5, 29]] = np.nan
    known[30] = np.nan
    found = continued(known, np.ones(3, bool), 3)[48:]
    assert np.isnan(found[5])
    assert found[6] == 1.0


def test_only_what_is_known_passes_the_door(terms: Terms) -> None:
    _, course = car_and_course(terms, 1)
    morning, noon = known_at(course, 30 * 24 - 24 * 9 + 12), known_at(course, 30 * 24 - 24 * 9 + 13)
    assert (morning.today, len(morning.spot_sek_per_kwh), len(noon.spot_sek_per_kwh)) == (21, 22 * 24, 23 * 24)
    assert {len(price) for price in noon.reserve_sek_per_kw_h.values()} == {22 * 24}
    assert (len(noon.load_kw), len(noon.driving_dc_kwh), len(noon.plugged_pu)) == (noon.now, noon.now, noon.now + 1)
    assert (morning.end_day, noon.end_day) == (24, 25)
    with pytest.raises(AttributeError):
        noon.now = 0  # type: ignore[misc]  # frozen: that this fails is the test


def test_a_red_day_is_no_working_day() -> None:
    assert workdays(pd.Timestamp("2024-12-22T23:00Z")).tolist() == [True, True, False, False, True, False, False]


def test_ready_for_what_may_come() -> None:
    """One known departure, in 3 hours, of 20 kWh, floor 10, 8 kWh an hour."""
    blank = Outlook(0, 0, np.empty(0), {}, {}, np.empty(0), np.empty(0), np.empty(0), np.array([3.0]), np.array([20.0]))
    np.testing.assert_allclose(ready_kwh(blank, 6, 8.0, 10.0, 50.0), [10, 14, 22, 30, 10, 10])
    np.testing.assert_allclose(ready_kwh(blank, 4, 8.0, 10.0, 26.0), [10, 10, 18, 26])
    often = replace(blank, stay_h=np.array([1.0] + [3.0] * 39), outing_kwh=np.array([20.0]))
    assert ready_kwh(often, 4, 8.0, 10.0, 50.0)[1] == pytest.approx(14.0), "one departure in forty is let go"
    assert len(ready_kwh(replace(blank, stay_h=np.empty(0)), 3, 8.0, 10.0, 50.0)) == 3


def test_habits_of_a_regular_driver(terms: Terms) -> None:
    """Plugged in at 17, gone from 8 on: at Monday noon it is expected back in five hours, until eight next day."""
    _, course = car_and_course(terms, 2, irregular=False)
    found = foresee(known_at(course, 21 * 24 + 13))
    expected = np.r_[np.zeros(17), np.ones(7), np.ones(8), np.zeros(9), np.ones(7)]
    np.testing.assert_allclose(found.plugged_pu[:48], expected)
    evening = foresee(known_at(course, 21 * 24 + 18))
    assert set(evening.stay_h) == {13.0, 14.0, 15.0, 61.0, 62.0, 63.0}, "nights, and weekends from Friday on"
    assert evening.outing_kwh.min() > 6
    assert not len(found.stay_h), "away: nothing to be ready for"


def _poisoned(course: Course, at: int, random: np.random.Generator) -> Course:
    """Everything that is not known at an hour is replaced by nonsense."""
    today = at // 24
    known_days = today + (2 if at % 24 >= 13 else 1)

    def spoil(values: np.ndarray, first: int, low: float, high: float) -> np.ndarray:
        spoiled = values.copy()
        spoiled[first:] = random.uniform(low, high, len(values) - min(first, len(values)))
        return spoiled

    return replace(
        course,
        spot_sek_per_kwh=spoil(course.spot_sek_per_kwh, known_days * 24, -5, -4),
        reserve_sek_per_kw_h={name: spoil(price, (today + 1) * 24, 0, 3)
                              for name, price in course.reserve_sek_per_kw_h.items()},
        load_kw=spoil(course.load_kw, at, 0, 5),
        plugged_pu=np.round(spoil(course.plugged_pu, at + 1, 0, 1)),
        driving_dc_kwh=spoil(course.driving_dc_kwh, at, 0, 3),
    )  # fmt: skip


def _spoiled_car(car: Car, step: int) -> Car:
    """The real problem, with nonsense in everything from a step on that a plan might peep at."""
    names = ("plugged_pu", "driving_dc_kwh", "buy_sek_per_kwh", "sell_sek_per_kwh", "site_load_kw",
             "fcr_n_sek_per_kw_h", "fcr_d_up_sek_per_kw_h", "fcr_d_down_sek_per_kw_h")  # fmt: skip
    spoiled = {name: getattr(car.problem, name).copy() for name in names}
    for values in spoiled.values():
        values[step:] = 0.77
    return replace(car, problem=replace(car.problem, **spoiled))


def _two_futures(terms: Terms, strategy: Strategy, pooled: bool, hour: int) -> tuple[Rolled, Rolled]:
    """The same days up to an hour, with what really came after it and with nonsense."""
    car, course = car_and_course(terms, 6)
    stop = 2 * 24 + hour
    spoiled = _poisoned(course, course.first_day * 24 + stop, np.random.default_rng(0))
    return (
        _stop_at(car, course, strategy, pooled, stop),
        _stop_at(_spoiled_car(car, stop), spoiled, strategy, pooled, stop),
    )


@pytest.mark.parametrize("hour", [12, 13, 20])
@pytest.mark.parametrize(("strategy", "pooled"), [(SMART, False), (RESERVE, True), (RESERVE, False)])
def test_a_poisoned_future_changes_nothing_before_it(terms: Terms, strategy: Strategy, pooled: bool, hour: int) -> None:
    honest, misled = _two_futures(terms, strategy, pooled, hour)
    for name in ("charge_kw", "load_discharge_kw", "export_discharge_kw", "fcr_n_kw", "fcr_d_up_kw", "state_kwh"):
        np.testing.assert_array_equal(getattr(honest.schedule, name), getattr(misled.schedule, name), err_msg=name)
    assert honest.sold_kw_h == misled.sold_kw_h


@pytest.mark.parametrize(("series", "strategy"), [("spot", SMART), ("reserve", RESERVE)])
def test_the_poison_would_show_a_peep_of_one_day(
    terms: Terms, monkeypatch: pytest.MonkeyPatch, series: str, strategy: Strategy
) -> None:
    def peep(course: Course, now: int) -> Known:
        known = known_at(course, now)
        if series == "spot":
            return replace(known, spot_sek_per_kwh=course.spot_sek_per_kwh[: len(known.spot_sek_per_kwh) + 24])
        end = (known.today + 2) * 24
        tomorrow = {name: price[:end] for name, price in course.reserve_sek_per_kw_h.items()}
        return replace(known, reserve_sek_per_kw_h=tomorrow)

    monkeypatch.setattr("analysis.dispatch.rolling.known_at", peep)
    honest, misled = _two_futures(terms, strategy, False, 12)
    assert not np.array_equal(honest.schedule.charge_kw, misled.schedule.charge_kw)


def _stop_at(car: Car, course: Course, strategy: Strategy, pooled: bool, steps: int) -> Rolled:
    """Run to an hour: later hours are cut off the result, not off what is known."""
    found = roll(car, course, strategy, PLAN_LIMITS, is_pooled=pooled)
    flows = {name: value[:steps] for name, value in vars(found.schedule).items() if isinstance(value, np.ndarray)}
    return replace(found, schedule=replace(found.schedule, **flows), sold_kw_h=float(flows["fcr_n_kw"].sum()))


@pytest.mark.parametrize("seed", [4, 5, 9])
def test_with_perfect_information_nothing_is_lost(terms: Terms, seed: int) -> None:
    car, course = car_and_course(terms, seed)
    perfect = solve_strategies(car.problem, (FULL,), True, EXACT)
    for strategy in (SMART, HOME, GRID, RESERVE):
        found = roll(car, course, strategy, EXACT, clairvoyant(course))
        assert not broken_rules(found.problem, strategy, found.schedule)
        best = cost_sek(car, strategy, perfect[strategy])
        assert cost_sek(car, strategy, found.schedule) == pytest.approx(best, abs=0.02), strategy.name


@pytest.mark.parametrize("seed", [6, 7])
def test_foresight_never_hurts_and_schedules_stand(terms: Terms, seed: int) -> None:
    rows = pd.DataFrame(compare_stretch(terms, charger_physics("ac_11", terms.parameters), stretch_of(seed)))
    assert rows[["strategy", "bidding"]].apply(tuple, axis=1).tolist() == [
        ("smart", "none"), ("home", "none"), ("grid", "none"), ("grid_reserve", "pool"), ("grid_reserve", "alone"),
    ]  # fmt: skip
    energy = rows[rows["bidding"] == "none"]
    assert (energy["net_realised_cost_sek"] >= energy["net_perfect_cost_sek"] - 0.05).all()
    assert (rows["net_perfect_cost_sek"].diff().dropna() <= 0.05).all()
    assert (rows["withdrawn_kw_h"] <= rows["sold_kw_h"] + 1e-9).all()
    assert rows.set_index("bidding").loc["pool", "sold_kw_h"] > 0


def test_a_trip_beyond_the_battery_is_charged_on_the_road_by_all(terms: Terms) -> None:
    """80 kWh on one day, out of 60: even with perfect foresight, and what it needs then is not held against it."""
    stretch = stretch_of(8)
    driving = stretch.driving_dc_kwh.copy()
    driving[PAST_WEEKS * 168 + 2 * 24 + 12] += 80.0
    long_way = replace(stretch, driving_dc_kwh=driving)
    rows = pd.DataFrame(compare_stretch(terms, charger_physics("ac_11", terms.parameters), long_way))
    assert (rows["perfect_forced_kwh"] > 20).all()
    assert (rows["realised_forced_kwh"] >= rows["perfect_forced_kwh"] - 6.0).all(), "but for the half of the reserve"


def test_a_car_that_stays_away_withdraws_what_it_sold(terms: Terms) -> None:
    """Plugged in every night of the past, and in the stretch never again after its first morning."""
    car, course = car_and_course(terms, 8, irregular=False)
    first = course.first_day * 24
    plugged = course.plugged_pu.copy()
    plugged[first + 8 :] = 0.0
    real = car.problem
    gone = np.zeros(real.step_count)
    gone[:8] = 1.0
    absent = replace(
        car,
        problem=replace(real, plugged_pu=gone, charge_limit_kw=real.charge_limit_kw * gone,
                        discharge_limit_kw=real.discharge_limit_kw * gone),
    )  # fmt: skip
    found = roll(absent, replace(course, plugged_pu=plugged), RESERVE, PLAN_LIMITS)
    assert not broken_rules(found.problem, RESERVE, found.schedule)
    kept = found.schedule.fcr_n_kw + found.schedule.fcr_d_up_kw + found.schedule.fcr_d_down_kw
    assert kept[8:].max() == 0
    assert found.withdrawn_kw_h > 100
    assert found.withdrawn_kw_h == pytest.approx(found.sold_kw_h - kept.sum())


def _moment(step: int, **changed: float | bool | tuple[float, float] | np.ndarray) -> Moment:
    plain = {"state_kwh": 30.0, "enabled_pu": 1.0, "required_kwh": (10.0, 10.0), "ceiling_kwh": (50.0, 50.0),
             "charge_kw": 0.0, "load_kw": 0.0, "export_kw": 0.0, "follows_load": False,
             "offers_kw": np.zeros(3)}  # fmt: skip
    return Moment(step=step, **{**plain, **changed})  # type: ignore[arg-type]  # fields by name, of mixed types


def test_an_hour_carried_out_by_hand(make_problem: Maker) -> None:
    real = make_problem([1.0] * 4, plugged=[1, 1, 0.5, 0], driving=[0, 0, 0, 25.0], load=3.0, sell=0.5)
    charged = carry_out(real, GRID, _moment(0, charge_kw=8.0, ceiling_kwh=(50.0, 35.0)))
    assert charged.flows[0] == pytest.approx(5.0), "no further than the plan allows"
    served = carry_out(real, GRID, _moment(0, load_kw=2.0, follows_load=True))
    assert served.flows[1] == pytest.approx(3.0), "the house is served as its load turns out"
    kept = carry_out(real, GRID, _moment(0, load_kw=2.0, required_kwh=(10.0, 29.0)))
    assert kept.flows[1] == pytest.approx(1.0), "not below what later trips need"
    sold = carry_out(real, RESERVE, _moment(0, offers_kw=np.array([4.0, 0.0, 0.0]), state_kwh=12.0))
    assert sold.flows[4] == pytest.approx(2.0), "2 kWh above the need hold 2 kW of FCR-N for an hour"
    leaving = carry_out(real, RESERVE, _moment(2, offers_kw=np.array([4.0, 0.0, 0.0])))
    assert leaving.flows[4] == 0.0, "a car that leaves within the hour holds nothing"
    off = carry_out(real, GRID, _moment(0, load_kw=2.0, enabled_pu=0.0))
    assert off.flows[1] == 0.0
    road = carry_out(real, GRID, _moment(3))
    assert road.flows[3] == pytest.approx(5.0), "30 − 25 falls 5 short of the floor"
    assert road.state_kwh == pytest.approx(10.0)


def test_own_cost_is_what_activation_takes(make_problem: Maker) -> None:
    """No losses: FCR-D up moves 0.004 kWh a kW and hour, worn at 0.25, sold at 0.5, drained and bought again at 1."""
    rules = replace(make_problem([1.0]).rules)
    rules = replace(rules, fcr_d_up=replace(rules.fcr_d_up, discharge_kwh_per_kw_h=0.004))
    plan = make_problem([1.0] * 3, sell=0.5, rules=rules, wear_sek_per_kwh=0.25, reserve_net_pu=0.5)
    np.testing.assert_allclose(own_costs_sek_per_kw_h(plan)[1], 0.004 * (0.25 - 0.5 + 1.0) / 0.5)
