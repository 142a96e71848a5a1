"""What use cases are worth: owners' objectives, the split that closes, and orders that must hold."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.options import charger_physics
from analysis.dispatch.promise import left_as_promised
from analysis.dispatch.requirement import uncontrolled
from analysis.dispatch.strategies import build_problem, solve_strategies, terms_of
from analysis.dispatch.use_cases import WHOLE_PRICE, GridTerms, dispatch_use_cases, owner_parameters, season_weeks
from analysis.errors import DataError
from analysis.fleet.use_cases import UseCase, habit, seeded, use_cases, vehicle_week
from analysis.io import check_table, normalise, read_csv_table
from analysis.market.capacity_tariff import CapacityTariff
from analysis.schemas.assumptions import Parameters
from analysis.schemas.use_cases import UseCases, UseCaseValues
from analysis.settings.parameters import ParameterSet, parameter_set
from tests.conftest import ROOT

CASES = {case.use_case: case for case in use_cases(read_csv_table(ROOT / "data/reference/use_cases.csv", UseCases))}
CHARGE = CapacityTariff(price_sek_per_kw_month=(60.0,) * 12)


def week(season: str = "winter", weight_weeks: float = 52.0, start: str = "2025-01-13") -> MarketWeek:
    """Cheap nights, dear evenings and FCR; a house of 1 kW."""
    steps = pd.date_range(start, periods=168, freq="h", tz="Europe/Stockholm").tz_convert("UTC")
    hour = np.arange(168) % 24
    spot = 0.6 - 0.4 * (hour < 6) + 1.4 * ((hour >= 17) & (hour < 20)) + 0.01 * (np.arange(168) % 7)
    reserve = {"fcr_n": np.full(168, 0.25), "fcr_d_up": np.full(168, 0.05), "fcr_d_down": np.full(168, 0.05)}
    load = {"detached": np.full(168, 1.0)}
    return MarketWeek(f"{season}-{start}", season, weight_weeks, steps, np.arange(168), spot, reserve, load)


@pytest.fixture(scope="module")
def parameters() -> ParameterSet:
    return parameter_set(read_csv_table(ROOT / "data/assumptions/parameters.csv", Parameters))


def solved(cases: list[UseCase], parameters: ParameterSet, count: int = 2, **more: object) -> pd.DataFrame:
    charged = GridTerms(parameters, CHARGE)
    grids = {"by_parameters": GridTerms(parameters), "power_winter_days": charged, "power_all_hours": charged}
    found = dispatch_use_cases(
        cases, {"SE3": [week()]}, grids, price_year=2025, step_h=1.0, seed=1, vehicle_count=count,
        northern_pu={"SE3": 0.0}, **more,
    )  # fmt: skip
    table = normalise(found)[list(UseCaseValues.to_schema().columns)]
    return check_table(table, UseCaseValues, "use cases").set_index(["use_case", "strategy"])


@pytest.fixture(scope="module")
def table(parameters: ParameterSet) -> pd.DataFrame:
    return solved(list(CASES.values()), parameters)


def test_each_case_has_the_strategies_open_to_it(table: pd.DataFrame) -> None:
    for name, case in CASES.items():
        own = {"building" if case.charger_owner != "household" else "home"} if case.has_site else set()
        reserves = {"grid_reserve"} if case.market == "spot_and_reserves" else set()
        assert set(table.loc[name].index) == {"uncontrolled", "smart", "grid", *own, *reserves}
        assert (table.loc[name, "simulated_count"] == 2).all(), "several houses of one car each"


def test_each_strategy_may_do_what_the_one_before_may(table: pd.DataFrame) -> None:
    value = table["net_value_over_smart_sek"]
    for name in CASES:
        ranked = [s for s in ("uncontrolled", "smart", "home", "building", "grid", "grid_reserve") if s in value[name]]
        assert (np.diff(value[name][ranked]) >= -1e-6).all(), name
    assert (value.xs("smart", level="strategy") == 0).all()


def test_the_split_closes_and_follows_the_owner(table: pd.DataFrame) -> None:
    np.testing.assert_allclose(table["net_owner_sek"] + table["net_user_sek"], table["net_value_over_smart_sek"])
    for name, case in CASES.items():
        rows = table.loc[name]
        two_way = rows.drop(["uncontrolled", "smart"])
        np.testing.assert_allclose(
            two_way["net_user_sek"], case.user_share_pu * two_way["net_value_over_smart_sek"], atol=1e-9
        )
        assert not rows.loc[["uncontrolled", "smart"], "net_user_sek"].any()
        if case.charger_owner == "aggregator":
            assert not rows["aggregator_fee_sek"].any()
    assert table.loc[("villa", "grid_reserve"), "aggregator_fee_sek"] > 0
    assert not table["aggregator_fee_sek"].drop("grid_reserve", level="strategy").any()


def test_energy_closes_over_a_year_that_ends_as_it_began(table: pd.DataFrame, parameters: ParameterSet) -> None:
    """Spot only: charged energy less discharge, losses and standby drives the vehicle; cycles count what went out."""
    rows = table.xs("smart", level="strategy")
    for name, case in CASES.items():
        if rows["forced_charge_count"][name] == 0:
            efficiency = rows["driving_dc_kwh"][name] / rows["charge_ac_kwh"][name]
            assert 0.92 < efficiency < 0.95, name
        assert (
            table.loc[(name, "grid"), "full_cycle_count"] * case.battery_usable_kwh
            >= (table.loc[(name, "grid"), "discharge_ac_kwh"])
        )


def test_power_stays_within_charger_site_and_what_is_there(table: pd.DataFrame) -> None:
    for name, case in CASES.items():
        rows = table.loc[name]
        assert (rows["deliverable_1h_kw"] <= case.power_kw + 1e-9).all()
        assert (rows["joint_discharge_max_kw"] <= case.power_kw + 1e-9).all()
        assert (rows["peak_import_ac_kw"] <= case.site_limit_kw / case.vehicle_count + 1e-6).all()
        assert not rows.loc[["uncontrolled", "smart"], "discharge_ac_kwh"].any()


def test_the_owner_changes_the_objective(parameters: ParameterSet) -> None:
    """Own VAT, own fee: the same vehicles cost a household more than a firm, and reserves pay an aggregator more."""
    van = replace(CASES["depot_vans"], market="spot_and_reserves", grid_tariff="by_parameters")
    kinds = {
        "household": replace(van, use_case="a", tariff_kind="household", charger_owner="household"),
        "operator": replace(van, use_case="a"),
        "aggregator": replace(van, use_case="a", charger_owner="aggregator"),
    }
    cost = {kind: solved([case], parameters)["net_cost_sek"]["a"] for kind, case in kinds.items()}
    assert cost["household"]["uncontrolled"] == pytest.approx(1.25 * cost["operator"]["uncontrolled"])
    assert cost["aggregator"]["smart"] < cost["operator"]["smart"], "no supplier's margin"
    gain = {kind: rows["grid"] - rows["grid_reserve"] for kind, rows in cost.items()}
    assert gain["aggregator"] > gain["operator"] > 0


def test_owner_parameters_by_hand(parameters: ParameterSet) -> None:
    bus = owner_parameters(replace(CASES["school_buses"], chemistry="lfp"), parameters)
    assert (bus["ret.vat"], bus["res.agg_fee"], bus["ret.supplier_markup"]) == (0.0, 0.0, 0.0)
    assert bus["deg.c_deg_nmc"] == parameters["deg.c_deg_lfp"]
    assert bus["trv.forced_charge_price"] == pytest.approx(5.5 / 1.25)
    villa = owner_parameters(CASES["villa"], parameters)
    assert villa.values == parameters.values


def test_a_power_charge_makes_discharge_to_the_building_worth_more(parameters: ParameterSet) -> None:
    charged = CASES["grid_company_fleet"]
    plain = replace(charged, grid_tariff="by_parameters")
    worth = [solved([case], parameters).loc[("grid_company_fleet", "building"), "net_value_over_smart_sek"]
             for case in (plain, charged)]  # fmt: skip
    assert worth[1] > worth[0]


def test_spot_for_spot_is_worth_more_than_under_taxes(parameters: ParameterSet) -> None:
    vans = [CASES["depot_vans"]]
    taxed, free = (solved(vans, parameters, spot_only=only).loc["depot_vans"] for only in (False, True))
    assert free["net_value_over_smart_sek"]["grid"] > 1.2 * taxed["net_value_over_smart_sek"]["grid"]
    assert free["discharge_ac_kwh"]["grid"] >= taxed["discharge_ac_kwh"]["grid"]
    assert free["net_cost_sek"]["uncontrolled"] < taxed["net_cost_sek"]["uncontrolled"]


def test_unknown_areas_and_tariffs_are_all_named(parameters: ParameterSet) -> None:
    with pytest.raises(DataError) as caught:
        solved(
            [replace(CASES["villa"], price_area="SE1"), replace(CASES["depot_vans"], grid_tariff="none")], parameters
        )
    assert "SE1" in caught.value.message
    assert "grid_tariff" in caught.value.message


def test_the_heaviest_week_stands_for_its_season() -> None:
    weeks = [week("winter", 5.0), week("winter", 8.0, "2025-02-03"), week("summer", 13.0, "2025-06-09")]
    kept = season_weeks(weeks)
    assert [(w.season, w.weight_weeks) for w in kept] == [("winter", 13.0), ("summer", 13.0)]
    assert kept[0].week_id == "winter-2025-02-03"
    assert sum(w.weight_weeks for w in season_weeks(weeks, 2)) == pytest.approx(26.0)


# ---- a visitor leaves with what it came for ----


def test_a_stay_ends_as_by_charging_at_once(make_problem) -> None:
    """Three hours at 10 kW from 20 kWh to a limit of 40: 20 on arrival, 30, 40 at the departure."""
    plugged = np.r_[np.zeros(8), np.ones(3), np.zeros(13)]
    driving = np.where(plugged == 0, 20 / 21, 0.0)
    problem = make_problem([1.0] * 24, power_kw=10.0, plugged=plugged, driving=driving, daily_limit_kwh=40.0)
    held = left_as_promised(problem)
    state = uncontrolled(problem).state_kwh
    assert held.ready_kwh is not None
    assert held.ready_kwh[11] == pytest.approx(state[11], abs=1e-5)
    assert held.ready_kwh[[8, 9, 10]] == pytest.approx(np.maximum(state[11] - [30, 20, 10], 0.0), abs=1e-5)
    assert not held.ready_kwh[:8].any()
    assert (held.required_kwh >= problem.required_kwh).all()


@pytest.mark.parametrize("name", ["public_parking", "workplace_solar", "airport_long_stay"])
def test_no_energy_is_carried_from_one_stay_to_the_next(name: str, parameters: ParameterSet) -> None:
    """Every strategy leaves each stay with the energy of charging at once; without the promise some leave with less."""
    case = replace(CASES[name], weekday_used_pu=1.0)
    terms = terms_of(owner_parameters(case, parameters), (WHOLE_PRICE,), 1.0)
    random = seeded(case, 3, 0)
    plugged, driving = vehicle_week(case, habit(case, random), "winter", 168, 1.0, random)
    plain = build_problem(
        terms, charger_physics(case.charger_option, parameters), week(), plugged_pu=plugged, driving_dc_kwh=driving,
        load_kw=np.zeros(168), capacity_kwh=62.0, site_limit_kw=11.0,
    )  # fmt: skip
    ends = np.flatnonzero((plugged == 0) & (np.roll(plugged, 1) > 0))
    least = uncontrolled(plain).state_kwh[ends]
    short = {}
    for kind, problem in (("promised", left_as_promised(plain)), ("free", plain)):
        solved_ = solve_strategies(problem, terms.levels, True, terms.limits)
        short[kind] = max(float((least - schedule.state_kwh[ends]).max()) for schedule in solved_.values())
    assert short["promised"] < 1e-4
    assert short["free"] > 1.0


def test_a_car_that_is_always_or_never_there_promises_nothing(make_problem) -> None:
    for plugged in (np.ones(24), np.zeros(24)):
        held = left_as_promised(make_problem([1.0] * 24, plugged=plugged))
        assert held.ready_kwh is not None
        assert not held.ready_kwh.any()
