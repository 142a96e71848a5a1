"""Wear that its own dispatch confirms: rounds by hand, then real weeks, the price of a budget, and the table."""

import importlib.util
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analysis.battery.budget import budget_shadow_price
from analysis.battery.cost import BASES, CHEMISTRIES, net_wear_sek_per_kwh
from analysis.battery.warranty import LifetimeBudget
from analysis.dispatch.accounts import cash_streams
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.options import ChargerPhysics, charger_physics
from analysis.dispatch.problem import Strategy, VehicleProblem
from analysis.dispatch.strategies import GRID, SMART, Terms, build_problem, solve_strategies, terms_of
from analysis.dispatch.wear import (
    CarYear,
    WearLimits,
    budget_life,
    priced_dispatch,
    settle_car,
    settle_wear,
    warranties,
)
from analysis.dispatch.wear_table import handful, settle_vehicles, wear_strategies
from analysis.io import read_csv_table, read_table, write_table
from analysis.schemas.assumptions import Parameters
from analysis.schemas.market import DayAheadPrices, HouseholdLoad, ReservePrices
from analysis.schemas.mobility import AvailabilityWeeks, RepresentativeWeeks, Vehicles
from analysis.schemas.sample import DispatchSample
from analysis.schemas.wear import Wear
from analysis.settings.model import ReserveLevel, Settings
from analysis.settings.parameters import ParameterSet, parameter_set

STARTS = {"2024-W03": "2024-01-14T23:00Z", "2024-W28": "2024-07-07T22:00Z"}
LEVELS = (ReserveLevel(level_id="full", fcr_n_pu=1, fcr_d_pu=1), ReserveLevel(level_id="none", fcr_n_pu=0, fcr_d_pu=0))
RESERVE = Strategy("grid_reserve", "full", True, True, 1.0, 1.0)
SCHEMAS = {
    "availability_weeks": AvailabilityWeeks, "representative_weeks": RepresentativeWeeks, "vehicles": Vehicles,
    "dispatch_sample": DispatchSample, "day_ahead_prices": DayAheadPrices, "reserve_prices": ReservePrices,
    "household_load": HouseholdLoad,
}  # fmt: skip
CAPACITY_KWH = 62.0


@pytest.fixture(scope="module")
def parameters(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


def _commute(hour: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return ((hour < 7) | (hour >= 16)).astype(float), np.where((hour == 7) | (hour == 15), 4.0, 0.0)


def _spot(hour: np.ndarray, seed: int) -> np.ndarray:
    """Dear mornings and evenings, cheap nights, SEK per kWh: wide enough for V2G to pay at a low wear."""
    random = np.random.default_rng(seed)
    return 0.9 - 0.9 * np.cos((hour - 3) / 12 * 2 * np.pi) * (hour > 2) + random.normal(0, 0.25, len(hour))


@pytest.fixture(scope="module")
def terms(parameters: ParameterSet) -> Terms:
    return terms_of(parameters, LEVELS, 1.0)


@pytest.fixture(scope="module")
def charger(parameters: ParameterSet) -> ChargerPhysics:
    return charger_physics("ac_11", parameters)


@pytest.fixture(scope="module")
def weeks(terms: Terms, charger: ChargerPhysics) -> list[tuple[MarketWeek, VehicleProblem]]:
    found = []
    for seed, (week_id, start) in enumerate(STARTS.items()):
        steps = pd.date_range(start, periods=168, freq="h")
        local = steps.tz_convert("Europe/Stockholm")
        hour = local.hour.to_numpy()
        prices = np.random.default_rng(seed + 10).uniform(0.05, 0.3, (3, 168))
        week = MarketWeek(
            week_id, ("winter", "summer")[seed], 26.0, steps, np.arange(168), _spot(hour, seed),
            dict(zip(("fcr_n", "fcr_d_up", "fcr_d_down"), prices, strict=True)), {"detached": np.full(168, 0.8)},
        )  # fmt: skip
        plugged, driving = _commute(hour)
        problem = build_problem(
            terms, charger, week, plugged_pu=plugged, driving_dc_kwh=driving, load_kw=week.load_kw["detached"],
            capacity_kwh=CAPACITY_KWH,
        )  # fmt: skip
        found.append((week, problem))
    return found


@pytest.fixture(scope="module")
def car(terms: Terms, charger: ChargerPhysics, weeks: list[tuple[MarketWeek, VehicleProblem]]) -> CarYear:
    return CarYear(terms, charger, weeks, CAPACITY_KWH, GRID)


@pytest.fixture(scope="module")
def reserve_car(terms: Terms, charger: ChargerPhysics, weeks: list[tuple[MarketWeek, VehicleProblem]]) -> CarYear:
    return CarYear(terms, charger, weeks, CAPACITY_KWH, RESERVE)


def test_rounds_settle_where_ageing_confirms_wear() -> None:
    found = settle_wear(lambda wear: 0.3 - 0.5 * wear, 0.25)
    assert (found.outcome, found.is_converged) == ("settled", True)
    assert found.wear_sek_per_kwh == pytest.approx(0.2, abs=0.002)
    assert found.residual_sek_per_kwh == pytest.approx(abs(found.net_wear_sek_per_kwh - found.wear_sek_per_kwh))


def test_a_steep_response_is_held_within_a_bracket() -> None:
    """Undamped rounds would swing ever wider at a slope of −4."""
    found = settle_wear(lambda wear: 1.0 - 4.0 * wear, 0.9)
    assert found.is_converged
    assert found.wear_sek_per_kwh == pytest.approx(0.2, abs=0.005)


def test_negative_ageing_is_reported_and_no_bonus() -> None:
    found = settle_wear(lambda wear: -0.05 - wear, 0.25)
    assert found.is_converged
    assert 0 <= found.wear_sek_per_kwh <= 0.0002
    assert found.net_wear_sek_per_kwh == pytest.approx(-0.05, abs=0.001)


def test_a_step_over_the_point_of_agreement_is_told_apart() -> None:
    found = settle_wear(lambda wear: 0.5 if wear < 0.3 else 0.1, 0.25)
    assert (found.outcome, found.is_converged) == ("between_schedules", False)
    assert found.wear_sek_per_kwh == pytest.approx(0.3, abs=0.003)
    assert found.residual_sek_per_kwh == pytest.approx(0.2, abs=0.003)


def test_the_step_itself_is_given_not_a_nearer_miss_elsewhere() -> None:
    """Half an öre short at the start, far off on both sides of the step at 0.5: the wear is 0.5 all the same."""

    def respond(wear: float) -> float:
        return 0.1 if wear >= 0.5 else wear + (0.005 if wear < 0.31 else 0.3)

    found = settle_wear(respond, 0.3)
    assert found.outcome == "between_schedules"
    assert found.wear_sek_per_kwh == pytest.approx(0.5, abs=0.005)
    assert found.residual_sek_per_kwh == pytest.approx(0.3, abs=0.005)


def test_rounds_that_run_out_say_so() -> None:
    found = settle_wear(lambda wear: 0.5 if wear < 0.3 else 0.1, 0.25, WearLimits(round_count=3))
    assert (found.outcome, found.is_converged, found.iteration_count) == ("unsettled", False, 3)


@given(
    steps=st.lists(st.tuples(st.floats(0.001, 3), st.floats(-0.2, 2)), min_size=1, max_size=6),
    start=st.floats(0.01, 1.0),
)
def test_any_stepped_response_is_settled_or_told(steps: list[tuple[float, float]], start: float) -> None:
    """Ageing may rise or fall from schedule to schedule; it is bounded, so an agreement or a step over it is there."""
    ends = sorted(end for end, _ in steps)

    def respond(wear: float) -> float:
        return steps[min(int(np.searchsorted(ends, wear)), len(steps) - 1)][1]

    found = settle_wear(respond, start)
    assert found.outcome in ("settled", "between_schedules")
    gap = abs(max(respond(found.wear_sek_per_kwh), 0.0) - found.wear_sek_per_kwh)
    assert gap == pytest.approx(found.residual_sek_per_kwh)
    assert found.is_converged == (gap <= WearLimits().tolerance_sek_per_kwh(found.wear_sek_per_kwh))


@pytest.mark.parametrize("strategy", [GRID, RESERVE], ids=["grid", "reserve"])
def test_a_car_year_is_what_the_strategies_give(
    terms: Terms,
    car: CarYear,
    reserve_car: CarYear,
    weeks: list[tuple[MarketWeek, VehicleProblem]],
    strategy: Strategy,
) -> None:
    """Models kept from wear to wear give the same cost as models built anew, after any other wear was tried."""
    year = car if strategy is GRID else reserve_car
    year.use(0.9)
    for wear in (0.05, 0.25):
        cost = 0.0
        for week, problem in weeks:
            worn = replace(problem, wear_sek_per_kwh=wear)
            solved = solve_strategies(worn, LEVELS, True, terms.limits)
            cash = cash_streams(worn, solved[strategy], strategy, terms.tariff, week.spot_sek_per_kwh)
            cost += week.weight_weeks * cash["net_cost_sek"]
        assert year.use(wear).net_cost_sek == pytest.approx(cost, abs=len(weeks) * 26 * 2 * terms.limits.gap_sek)


@pytest.mark.parametrize("name", ["car", "reserve_car"])
def test_endless_wear_gives_one_way_charging(name: str, request: pytest.FixtureRequest, terms: Terms) -> None:
    year: CarYear = request.getfixturevalue(name)
    use, smart = year.use(1e4), year.smart
    assert smart.discharge_ac_kwh == 0
    assert use.discharge_ac_kwh == pytest.approx(0, abs=1e-6)
    if name == "car":
        assert use.net_cost_sek == pytest.approx(smart.net_cost_sek, abs=52 * terms.limits.gap_sek)
        assert use.duty == smart.duty


@pytest.mark.parametrize("name", ["car", "reserve_car"])
def test_discharge_falls_with_wear(name: str, request: pytest.FixtureRequest) -> None:
    year: CarYear = request.getfixturevalue(name)
    uses = [year.use(wear) for wear in (0.0, 0.1, 0.25, 0.6, 1.2, 2.5)]
    discharged = [use.discharge_ac_kwh for use in uses]
    assert discharged[0] > discharged[-1]
    assert all(later <= earlier + 1.0 for earlier, later in pairwise(discharged))
    costs = [use.net_cost_sek for use in uses]
    assert all(later >= earlier - 1.0 for earlier, later in pairwise(costs))


@pytest.mark.parametrize("chemistry", CHEMISTRIES)
@pytest.mark.parametrize("basis", BASES)
def test_a_car_settles(parameters: ParameterSet, car: CarYear, chemistry: str, basis: str) -> None:
    found = settle_car(parameters, car, chemistry, basis, parameters[f"deg.c_deg_{chemistry}"])
    settled = found.settled
    assert settled.outcome in ("settled", "between_schedules")
    again = net_wear_sek_per_kwh(
        parameters, chemistry, basis, with_v2x=found.end.duty, without=car.smart.duty,
        discharge_ac_kwh_per_year=found.end.discharge_ac_kwh,
    )  # fmt: skip
    assert settled.net_wear_sek_per_kwh == pytest.approx(again)
    assert found.end == car.use(settled.wear_sek_per_kwh)
    assert 0 < found.smart_standing_loss_pu < found.smart_capacity_loss_pu < 0.3
    cycled = [found.smart_capacity_loss_pu - found.smart_standing_loss_pu,
              found.v2x_capacity_loss_pu - found.v2x_standing_loss_pu]  # fmt: skip
    assert cycled[1] > cycled[0]
    assert found.start == car.use(parameters[f"deg.c_deg_{chemistry}"])


def test_end_of_life_wears_more_than_lost_capacity(parameters: ParameterSet, reserve_car: CarYear) -> None:
    wear = {
        (chemistry, basis): settle_car(parameters, reserve_car, chemistry, basis, 0.1).settled.wear_sek_per_kwh
        for chemistry in CHEMISTRIES
        for basis in BASES
    }
    assert wear["nmc", "capacity"] < wear["nmc", "end_of_life"]
    assert wear["lfp", "capacity"] < wear["lfp", "end_of_life"] < wear["nmc", "end_of_life"]


def test_standby_passes_through_the_cells(car: CarYear) -> None:
    """Driving is 14 trips of 4 kWh a week; what more leaves the cells is discharge and standby."""
    use = car.use(0.05)
    driving = 56.0 * 365 / 7
    assert car.smart.duty.discharge_dc_kwh_per_year == pytest.approx(driving)
    standby = use.duty.discharge_dc_kwh_per_year - driving - use.discharge_dc_kwh * 365 / 364
    assert standby == pytest.approx(0.15 * use.enabled_h * 365 / 364)
    assert standby > 0


@pytest.mark.parametrize("reading", ["discharging", "enabled"])
def test_price_of_a_budget_on_real_weeks(reserve_car: CarYear, reading: Any) -> None:
    """A tenth of the use is allowed: the price holds it there, and a little less price would not."""
    dispatch = priced_dispatch(reserve_car, 0.05, reading)
    kwh, hours = dispatch(0.0, 0.0)
    assert kwh > 100
    assert hours > 0
    ample = budget_shadow_price(dispatch, LifetimeBudget(10 * kwh, 10 * hours), 10)
    assert (ample.sek_per_kwh, ample.sek_per_h, ample.dispatch_count) == (0, 0, 1)
    scarce = budget_shadow_price(dispatch, LifetimeBudget(5 * kwh, 100 * hours), 10)
    assert scarce.is_within
    assert scarce.sek_per_kwh > 0
    assert scarce.discharge_kwh_per_year <= kwh / 2
    assert dispatch(scarce.sek_per_kwh - 0.005, 0.0)[0] > kwh / 2
    by_hours = budget_shadow_price(dispatch, LifetimeBudget(100 * kwh, 5 * hours), 10)
    assert by_hours.is_within
    assert by_hours.sek_per_h > 0
    assert by_hours.counted_h_per_year <= hours / 2


def test_enabled_hours_are_the_plugged_days(reserve_car: CarYear) -> None:
    use = reserve_car.use(0.05)
    assert use.enabled_h > use.discharge_h > 0
    assert use.enabled_h <= 364 * 15
    assert (use.enabled_h / 26 / 15) % 1 == pytest.approx(0)
    assert reserve_car.use_with_weeks_off(0.05, 0.0).enabled_h <= use.enabled_h
    assert reserve_car.use_with_weeks_off(0.05, 1e6).duty == reserve_car.smart.duty


def test_warranty_of_a_year(parameters: ParameterSet, reserve_car: CarYear) -> None:
    """The published car: 12 000 km and 3 120 kWh of V2X a year leave the late warranty after 5.8 years."""
    use = replace(reserve_car.use(0.05), discharge_dc_kwh=3_120.0)
    early, late = warranties(parameters, use, "lfp", 12_000)
    assert late.years == pytest.approx(5.8, abs=0.01)
    assert early.years < late.years
    assert early.state_at_end_pu > late.state_at_end_pu > 0.8
    one_way = warranties(parameters, reserve_car.smart, "nmc", 12_000, "euro_7")
    assert [each.years for each in one_way] == [5, 8]
    assert all(each.is_met for each in one_way)


def test_budget_of_a_year_by_both_readings(parameters: ParameterSet, reserve_car: CarYear) -> None:
    """Kept awake in all its plugged hours the car spends 4 000 h many times sooner than by discharging."""
    use = reserve_car.use(0.05)
    discharging, enabled = (budget_life(parameters, use, reading) for reading in ("discharging", "enabled"))
    assert discharging.kwh_years == enabled.kwh_years == pytest.approx(10_000 / use.discharge_ac_kwh)
    assert enabled.hour_years == pytest.approx(4_000 / use.enabled_h)
    assert enabled.binding == "hours"
    assert discharging.years > enabled.years
    awake = replace(use, enabled_h=16 * 365.0)
    assert 365 * budget_life(parameters, awake, "enabled").years == pytest.approx(250)
    assert budget_life(parameters, reserve_car.smart).binding == "none"


def test_a_handful_is_one_of_each_profile_first() -> None:
    sample = pd.DataFrame(
        {"vehicle_id": list("abcdef"), "profile_id": ["p2", "p1", "p1", "p2", "p3", "p1"],
         "weight": [1.0, 1.0, 3.0, 2.0, 1.0, 1.0]}
    )  # fmt: skip
    assert handful(sample, 4)["vehicle_id"].tolist() == ["c", "d", "e", "b"]
    assert len(handful(sample, 9)) == 6


def _tables() -> dict[str, pd.DataFrame]:
    first, second = (pd.date_range(start, periods=168, freq="h").as_unit("us") for start in STARTS.values())
    steps = first.append(second).tz_convert("UTC")
    hour = steps.tz_convert("Europe/Stockholm").hour.to_numpy()
    plugged, driving = _commute(hour)
    null = pd.array([None], dtype="str")
    random = np.random.default_rng(3)
    return {
        "availability_weeks": pd.DataFrame({
            "price_area": "SE3", "price_year": 2024, "week_id": np.repeat(list(STARTS), 168), "vehicle_id": "a",
            "interval_start_utc": steps, "plugged_pu": plugged, "driving_dc_kwh": driving}),
        "representative_weeks": pd.DataFrame({
            "price_year": 2024, "week_id": list(STARTS), "season": ["winter", "summer"], "is_extreme": False,
            "week_start_utc": pd.DatetimeIndex(list(STARTS.values())).tz_convert("UTC").as_unit("us"),
            "weight_weeks": [26.0, 26.0]}),
        "vehicles": pd.DataFrame({
            "vehicle_id": ["a"], "weight": 1.0, "observed_days": 50, "dataset": "made", "use_case": "private",
            "dwelling": pd.array(["detached"], dtype="str"), "income_quintile": pd.array([None], dtype="Int64"),
            "household_type": null, "car_type": null, "battery_usable_kwh": [CAPACITY_KWH]}),
        "dispatch_sample": pd.DataFrame({"vehicle_id": ["a"], "profile_id": "p1", "weight": [1.0]}),
        "day_ahead_prices": pd.DataFrame({
            "interval_start_utc": steps, "step_h": 1.0, "price_area": "SE3",
            "price_sek_per_mwh": 1000 * _spot(hour, 0)}),
        "reserve_prices": pd.concat([pd.DataFrame({
            "interval_start_utc": steps, "step_h": 1.0, "product": name, "price_area": "SE",
            "price_sek_per_mw_h": random.uniform(50, 300, 336), "volume_mw": 200.0})
            for name in ("fcr_n", "fcr_d_up", "fcr_d_down")], ignore_index=True),
        "household_load": pd.DataFrame({
            "interval_start_utc": steps, "price_area": "SE3", "dwelling": "detached", "load_kw": 0.8}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def run(root: Path) -> Settings:
    raw: dict[str, Any] = yaml.safe_load((root / "workflow/config/default.yaml").read_text(encoding="utf-8"))
    raw["scope"]["charger_options"] = ["ac_11", "ac_11_oneway"]
    return Settings.model_validate(raw)


def _script(root: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, root / f"workflow/scripts/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_scripts_write_the_table(root: Path, tmp_path: Path, run: Settings) -> None:
    tables = _tables()
    paths = {name: tmp_path / f"{name}.parquet" for name in SCHEMAS}
    for name, schema in SCHEMAS.items():
        write_table(tables[name], paths[name], schema)
    part, whole = tmp_path / "part.parquet", tmp_path / "wear.parquet"
    _script(root, "settle_wear").main(
        **paths, parameters=root / "data/assumptions/parameters.csv", tariffs=root / "data/assumptions/tariffs.csv",
        wear=part, price_area="SE3", price_year=2024, settings=run.model_dump(mode="json"),
    )  # fmt: skip
    _script(root, "summarise_wear").main(parts=[part], wear=whole)
    rows = read_table(whole, Wear)
    assert len(rows) == len(CHEMISTRIES) * len(BASES) * 2
    assert set(rows["charger_option"]) == {"ac_11"}
    assert (rows["net_value_over_smart_sek"] >= -1.0).all()
    assert (rows["is_converged"] == (rows["outcome"] == "settled")).all()
    gap = (rows["net_wear_sek_per_kwh"].clip(lower=0) - rows["wear_sek_per_kwh"]).abs()
    assert gap.to_numpy() == pytest.approx(rows["residual_sek_per_kwh"].to_numpy())


def test_without_a_two_way_option_the_table_is_empty(parameters: ParameterSet, run: Settings) -> None:
    scope = run.scope.model_copy(update={"charger_options": ("ac_11_oneway",)})
    rows = settle_vehicles(**_tables(), parameters=parameters, price_area="SE3", price_year=2024, scope=scope)
    assert len(Wear.validate(rows)) == 0


def test_the_ends_of_use(run: Settings) -> None:
    plain, full = wear_strategies(run.scope.reserve_levels)
    assert plain is GRID
    assert (full.level_id, full.sells_reserves, full.fcr_n_pu) == ("full", True, 1.0)
    assert SMART not in (plain, full)


def test_every_round_is_counted() -> None:
    tried: list[float] = []

    def respond(wear: float) -> float:
        tried.append(wear)
        return 0.4 - 0.2 * wear

    assert settle_wear(respond, 0.25).iteration_count == len(tried)
    assert tried[0] == 0.25
