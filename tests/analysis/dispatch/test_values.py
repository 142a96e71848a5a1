"""A year of two cars from small tables, through the scripts: keys, signs, and what must hold across strategies."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.dispatch.inputs import market_weeks, northern_share
from analysis.dispatch.left_out import solved_sample
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.options import charger_physics
from analysis.dispatch.problem import Strategy
from analysis.dispatch.strategies import HOME, SMART, build_problem, terms_of
from analysis.dispatch.values import dispatch_vehicles
from analysis.errors import DataError
from analysis.io import check_table, read_csv_table, read_table, write_table
from analysis.market.capacity_tariff import CapacityTariff
from analysis.schemas.assumptions import Parameters
from analysis.schemas.market import DayAheadPrices, HouseholdLoad, ReservePrices
from analysis.schemas.market_depth import ReserveOffers
from analysis.schemas.mobility import AvailabilityWeeks, RepresentativeWeeks, Vehicles
from analysis.schemas.results import CapabilityHours, DispatchValues
from analysis.schemas.sample import DispatchSample, InfeasibleCars
from analysis.settings.model import ReserveLevel, Settings
from analysis.settings.parameters import ParameterSet, parameter_set

LEVELS = {"full": 1.0, "high": 0.75, "half": 0.5, "low": 0.15, "none": 0.0}
STARTS = {"2024-W03": "2024-01-14T23:00Z", "2024-W28": "2024-07-07T22:00Z"}
SCHEMAS = {
    "availability_weeks": AvailabilityWeeks, "representative_weeks": RepresentativeWeeks, "vehicles": Vehicles,
    "dispatch_sample": DispatchSample, "day_ahead_prices": DayAheadPrices, "reserve_prices": ReservePrices,
    "household_load": HouseholdLoad,
}  # fmt: skip


def _tables() -> dict[str, pd.DataFrame]:
    random = np.random.default_rng(1)
    first, second = (pd.date_range(start, periods=168, freq="h").as_unit("us") for start in STARTS.values())
    steps = first.append(second).tz_convert("UTC")
    hour = steps.tz_convert("Europe/Stockholm").hour.to_numpy()
    week_id = np.repeat(list(STARTS), 168)
    area = {"price_area": "SE3"}
    cars = []
    for car, away in (("a", 8), ("b", 11)):
        plugged = ((hour < 7) | (hour >= 7 + away)).astype(float)
        driving = np.where((hour == 7) | (hour == 6 + away), 4.0, 0.0)
        cars.append(pd.DataFrame({**area, "price_year": 2024, "week_id": week_id, "vehicle_id": car,
                                  "interval_start_utc": steps, "plugged_pu": plugged,
                                  "driving_dc_kwh": driving}))  # fmt: skip
    spot = 500 + 400 * np.sin((hour - 12) / 24 * 2 * np.pi) + random.normal(0, 150, 336)
    products = [("fcr_n", 300.0), ("fcr_d_up", 80.0), ("fcr_d_down", 60.0)]
    null = pd.array([None, None], dtype="str")
    return {
        "availability_weeks": pd.concat(cars, ignore_index=True),
        "representative_weeks": pd.DataFrame({
            "price_year": 2024, "week_id": list(STARTS), "season": ["winter", "summer"], "is_extreme": False,
            "week_start_utc": pd.DatetimeIndex(list(STARTS.values())).tz_convert("UTC").as_unit("us"),
            "weight_weeks": [26.0, 26.0]}),
        "vehicles": pd.DataFrame({
            "vehicle_id": ["a", "b"], "weight": 1.0, "observed_days": 50, "dataset": "made", "use_case": "private",
            "dwelling": pd.array([None, "flat_rental"], dtype="str"),
            "income_quintile": pd.array([None, None], dtype="Int64"),
            "household_type": null, "car_type": null, "battery_usable_kwh": [np.nan, 40.0]}),
        "dispatch_sample": pd.DataFrame({"vehicle_id": ["a", "b"], "profile_id": "p1", "weight": [1.0, 2.0]}),
        "day_ahead_prices": pd.DataFrame({
            "interval_start_utc": steps, "step_h": 1.0, **area, "price_sek_per_mwh": spot}),
        "reserve_prices": pd.concat([pd.DataFrame({
            "interval_start_utc": steps, "step_h": 1.0, "product": name, "price_area": "SE",
            "price_sek_per_mw_h": price * random.uniform(0.5, 1.5, 336), "volume_mw": 200.0})
            for name, price in products], ignore_index=True),
        "household_load": pd.concat([pd.DataFrame({
            "interval_start_utc": steps, **area, "dwelling": kind, "load_kw": size * (1 + (hour > 16))})
            for kind, size in (("detached", 1.2), ("flat_rental", 0.3))], ignore_index=True),
    }  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return _tables()


@pytest.fixture(scope="module")
def run(root: Path) -> Settings:
    raw: dict[str, Any] = yaml.safe_load((root / "workflow/config/default.yaml").read_text(encoding="utf-8"))
    raw["scope"]["charger_options"] = ["ac_11", "dc_20", "ac_11_oneway"]
    raw["scope"]["reserve_levels"] = [
        {"level_id": name, "fcr_n_pu": share, "fcr_d_pu": share} for name, share in LEVELS.items()
    ]
    return Settings.model_validate(raw)


@pytest.fixture(scope="module")
def parameters(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


@pytest.fixture(scope="module")
def solved(
    tables: dict[str, pd.DataFrame], run: Settings, parameters: ParameterSet
) -> tuple[pd.DataFrame, pd.DataFrame]:
    found = dispatch_vehicles(**tables, parameters=parameters, price_area="SE3", price_year=2024, scope=run.scope)
    assert found.infeasible.empty
    return found.values, found.capability


def test_keys(solved: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    values, hours = solved
    counts = values.groupby(["charger_option", "strategy"]).size()
    assert counts["ac_11"].to_dict() == {
        "grid": 2,
        "grid_reserve": 2 * len(LEVELS),
        "home": 2,
        "smart": 2,
        "uncontrolled": 2,
    }
    assert counts["ac_11_oneway"].to_dict() == {"smart": 2, "uncontrolled": 2}
    assert set(values.loc[values["strategy"] != "grid_reserve", "reserve_level_id"]) == {"none"}
    assert len(hours) == 2 * 2 * 2 * 168


def test_value_over_one_way_charging(solved: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """V2X never loses to V1G, falls with the price of reserves, and without reserves is V2G (check T10)."""
    value = (
        solved[0]
        .set_index(["vehicle_id", "charger_option", "strategy", "reserve_level_id"])["net_value_over_smart_sek"]
        .unstack(["strategy", "reserve_level_id"])
    )
    two_way = value.loc[[("a", "ac_11"), ("b", "ac_11"), ("a", "dc_20"), ("b", "dc_20")]]
    assert (two_way["uncontrolled", "none"] <= 0).all()
    ladder = [("home", "none"), ("grid", "none"), ("grid_reserve", "low"), ("grid_reserve", "half"),
              ("grid_reserve", "full")]  # fmt: skip
    steps = two_way[ladder].to_numpy()
    assert (steps[:, 0] >= -1e-6).all()
    assert (np.diff(steps, axis=1) >= -1.0).all()
    assert (two_way["grid_reserve", "full"] > 100).all()
    assert np.allclose(two_way["grid_reserve", "none"], two_way["grid", "none"])


def test_annual_energy_closes(solved: tuple[pd.DataFrame, pd.DataFrame], parameters: ParameterSet) -> None:
    """52 weeks of 14 trips of 4 kWh; a year's charging covers driving, losses and standby."""
    values = solved[0]
    smart = values[(values["strategy"] == "smart") & (values["charger_option"] == "dc_20")]
    efficiency = charger_physics("dc_20", parameters).charge_efficiency_pu
    assert (smart["charge_ac_kwh"] * efficiency).to_numpy() == pytest.approx(52 * 56.0)
    reserve = values[values["strategy"] == "grid_reserve"]
    assert (reserve["discharge_ac_kwh"] <= reserve["charge_ac_kwh"]).all()
    assert (reserve["virtual_km"] * 0.2 >= reserve["discharge_ac_kwh"] - 1e-6).all()


def test_capability_is_bounded_by_the_plug(solved: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    hours = solved[1]
    power = hours["charger_option"].map({"ac_11": 11.0, "dc_20": 20.0})
    for name in ("discharge_20min_kw", "discharge_1h_kw", "discharge_4h_kw"):
        assert (hours[name] <= power * hours["plugged_pu"] + 1e-9).all()
    assert (hours["discharge_4h_kw"] <= hours["discharge_1h_kw"] + 1e-9).all()
    noon = hours[(hours["hour_of_week"] == 12)]
    assert (noon["plugged_pu"] == 0).all()


def test_the_same_input_gives_the_same_rows(
    tables: dict[str, pd.DataFrame], run: Settings, parameters: ParameterSet, solved: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    again = dispatch_vehicles(**tables, parameters=parameters, price_area="SE3", price_year=2024, scope=run.scope)
    for first, second in zip(solved, again[:2], strict=True):
        pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_all_gaps_are_named_at_once(tables: dict[str, pd.DataFrame], run: Settings, parameters: ParameterSet) -> None:
    broken = dict(tables)
    weeks = broken["availability_weeks"]
    broken["availability_weeks"] = weeks[~((weeks["vehicle_id"] == "a") & (weeks["week_id"] == "2024-W28"))]
    broken["vehicles"] = broken["vehicles"].assign(dwelling=["castle", None])
    with pytest.raises(DataError) as error:
        dispatch_vehicles(**broken, parameters=parameters, price_area="SE3", price_year=2024, scope=run.scope)
    assert len(error.value.faults) == 2
    assert "castle" in str(error.value)
    assert "2024-W28" in str(error.value)


def test_a_car_without_a_schedule_is_reported_and_the_others_go_on(
    tables: dict[str, pd.DataFrame], run: Settings, parameters: ParameterSet, solved: tuple[pd.DataFrame, pd.DataFrame],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """A battery of 1 kWh cannot hold the energy that its user keeps in reserve."""
    broken = {**tables, "vehicles": tables["vehicles"].assign(battery_usable_kwh=[np.nan, 1.0])}
    found = dispatch_vehicles(**broken, parameters=parameters, price_area="SE3", price_year=2024, scope=run.scope)
    assert found.infeasible[["vehicle_id", "price_area"]].to_numpy().tolist() == [["b", "SE3"]]
    assert "floor below every ceiling" in found.infeasible["reason"].iloc[0]
    assert "SE3 2024: b is left out" in caplog.text
    check_table(found.infeasible, InfeasibleCars, "infeasible")
    of_a = solved[0][solved[0]["vehicle_id"] == "a"].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.values, of_a, check_exact=True)
    sample = solved_sample(tables["dispatch_sample"], found.infeasible)
    assert sample[["vehicle_id", "weight"]].to_numpy().tolist() == [["a", 3.0]]
    with pytest.raises(DataError, match="profile p2"):
        solved_sample(tables["dispatch_sample"].assign(profile_id=["p1", "p2"]), found.infeasible)


def test_no_car_with_a_schedule_stops_the_run(
    tables: dict[str, pd.DataFrame], run: Settings, parameters: ParameterSet
) -> None:
    broken = {**tables, "vehicles": tables["vehicles"].assign(battery_usable_kwh=[1.0, -3.0])}
    with pytest.raises(DataError, match="2 faults"):
        dispatch_vehicles(**broken, parameters=parameters, price_area="SE3", price_year=2024, scope=run.scope)


def test_restoration_is_sold_at_its_own_level_and_a_peak_is_billed(
    tables: dict[str, pd.DataFrame], run: Settings, parameters: ParameterSet, solved: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    """aFRR up is bought in this area only; a level without it is as before; a capacity tariff rewards V2H."""
    up = tables["reserve_prices"].query("product == 'fcr_d_up'")
    prices = [up.assign(product="afrr_up", price_area=area, price_sek_per_mw_h=400.0) for area in ("SE3", "SE4")]
    prices[1]["price_sek_per_mw_h"] = 9000.0
    priced = {**tables, "reserve_prices": pd.concat([tables["reserve_prices"], *prices], ignore_index=True)}
    levels = (*run.scope.reserve_levels, ReserveLevel(level_id="afrr", fcr_n_pu=0, fcr_d_pu=0, afrr_mfrr_pu=0.5))
    scope = run.scope.model_copy(update={"reserve_levels": levels, "charger_options": ("ac_11",)})
    place: dict[str, Any] = {"parameters": parameters, "price_area": "SE3", "price_year": 2024, "scope": scope}
    found = dispatch_vehicles(**priced, **place).values.set_index(["vehicle_id", "strategy", "reserve_level_id"])
    sold = found.loc[("a", "grid_reserve", "afrr")]
    assert sold["afrr_up_mean_kw"] > 0.5
    assert sold["afrr_up_revenue_sek"] == pytest.approx(sold["afrr_up_mean_kw"] * 0.4 * 0.5 * 8736, rel=1e-6)
    assert (
        found.drop(index=[("a", "grid_reserve", "afrr"), ("b", "grid_reserve", "afrr")])["afrr_up_mean_kw"].max() == 0
    )
    before = solved[0].set_index(["charger_option", *found.index.names]).loc["ac_11"]
    pd.testing.assert_series_equal(found["net_cost_sek"].reindex(before.index), before["net_cost_sek"], atol=0.5)
    tariff = CapacityTariff((89.2,) * 3 + (44.6,) * 7 + (89.2,) * 2)
    billed = dispatch_vehicles(**tables, **place, capacity=tariff).values.set_index(found.index.names)
    home = billed.loc[("a", "home", "none")]
    assert home["net_capacity_tariff_sek"] < -100
    assert home["net_value_over_smart_sek"] > before.loc[("a", "home", "none"), "net_value_over_smart_sek"] + 100


def test_reduced_tax_is_carried_by_area(
    tables: dict[str, pd.DataFrame], run: Settings, parameters: ParameterSet
) -> None:
    scope = run.scope.model_copy(update={"charger_options": ("ac_11_oneway",)})
    place: dict[str, Any] = {"parameters": parameters, "price_area": "SE3", "price_year": 2024, "scope": scope}
    south, north = (dispatch_vehicles(**tables, **place, northern_pu=share)[0] for share in (0.0, 0.5))
    assert (south["energy_tax_sek"] / south["import_kwh"]).to_numpy() == pytest.approx(0.36)
    assert (north["energy_tax_sek"] / north["import_kwh"]).to_numpy() == pytest.approx(0.36 - 0.048)
    assert northern_share(pd.DataFrame({"price_area": ["SE3"], "northern_pu": [0.25]}), "SE3") == 0.25


def test_a_gap_in_prices_is_named(tables: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(DataError, match=r"day_ahead_prices SE3 week 2024-W03: found 1 steps"):
        market_weeks(tables["representative_weeks"], tables["day_ahead_prices"].drop(index=5), tables["reserve_prices"],
                     tables["household_load"], price_area="SE3", price_year=2024, step_h=1.0)  # fmt: skip


def test_quarterly_prices_are_averaged_and_hourly_ones_repeated(tables: dict[str, pd.DataFrame]) -> None:
    hourly = tables["day_ahead_prices"]
    quarterly = pd.concat(
        [hourly.assign(interval_start_utc=hourly["interval_start_utc"] + pd.Timedelta(minutes=15 * k), step_h=0.25,
                       price_sek_per_mwh=hourly["price_sek_per_mwh"] + 10 * k) for k in range(4)]
    )  # fmt: skip
    rest = (tables["reserve_prices"], tables["household_load"])
    place: dict[str, Any] = {"price_area": "SE3", "price_year": 2024}
    weeks = tables["representative_weeks"]
    coarse = market_weeks(weeks, quarterly, *rest, **place, step_h=1.0)[0].spot_sek_per_kwh
    fine = market_weeks(weeks, hourly, *rest, **place, step_h=0.25)[0].spot_sek_per_kwh
    expected = hourly["price_sek_per_mwh"].to_numpy()[:168] / 1000
    np.testing.assert_allclose(coarse, expected + 0.015)
    np.testing.assert_allclose(fine, np.repeat(expected, 4))


def test_hours_without_a_reserve_price_are_not_zero(tables: dict[str, pd.DataFrame]) -> None:
    fewer = tables["reserve_prices"].drop(index=7)
    week = market_weeks(tables["representative_weeks"], tables["day_ahead_prices"], fewer, tables["household_load"],
                        price_area="SE3", price_year=2024, step_h=1.0)[0]  # fmt: skip
    assert np.flatnonzero(np.isnan(week.reserve_sek_per_kw_h["fcr_n"])).tolist() == [7]


def test_forced_on_costs_more_than_a_daily_choice(
    tables: dict[str, pd.DataFrame], run: Settings, parameters: ParameterSet
) -> None:
    """Kept awake all week without reserves, the small gain of V2H turns negative (check T10)."""
    terms = terms_of(parameters, run.scope.reserve_levels, 1.0)
    week = market_weeks(tables["representative_weeks"], tables["day_ahead_prices"], tables["reserve_prices"],
                        tables["household_load"], price_area="SE3", price_year=2024, step_h=1.0)[0]  # fmt: skip
    one = tables["availability_weeks"].query("vehicle_id == 'a' and week_id == '2024-W03'")
    problem = build_problem(
        terms, charger_physics("ac_11", parameters), week, plugged_pu=one["plugged_pu"].to_numpy(),
        driving_dc_kwh=one["driving_dc_kwh"].to_numpy(), load_kw=np.full(168, 0.3), capacity_kwh=62.0,
    )  # fmt: skip
    model = LinearModel(problem, with_reserves=False)
    smart, forced = model.solve(SMART), model.solve(Strategy("home", self_use=True, always_on=True))
    assert smart is not None
    assert forced is not None
    assert forced.enabled_pu.min() == 1
    assert forced.objective_sek > smart.objective_sek
    chosen = model.solve(HOME)
    assert chosen is not None
    assert chosen.objective_sek <= smart.objective_sek + 1e-6


def _script(root: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, root / f"workflow/scripts/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_scripts_write_contract_tables(
    root: Path, tmp_path: Path, tables: dict[str, pd.DataFrame], run: Settings
) -> None:
    paths = {name: tmp_path / f"{name}.parquet" for name in SCHEMAS}
    for name, schema in SCHEMAS.items():
        write_table(tables[name], paths[name], schema)
    values, capability = tmp_path / "values.parquet", tmp_path / "capability.parquet"
    _script(root, "dispatch_vehicles").main(
        **paths, parameters=root / "data/assumptions/parameters.csv", values=values, capability=capability,
        infeasible=tmp_path / "infeasible.parquet", offers=tmp_path / "offers.parquet",
        price_area="SE3", price_year=2024, settings=run.model_dump(mode="json"),
        tariffs=root / "data/assumptions/tariffs.csv", market_facts=root / "data/reference/market_facts.csv",
        grid_tariffs=[root / "data/reference/grid_tariffs.csv", root / "data/assumptions/grid_tariff_archetypes.csv"],
    )  # fmt: skip
    _script(root, "summarise_dispatch").main(
        values=[values], capability=[capability], infeasible=[tmp_path / "infeasible.parquet"],
        dispatch_sample=paths["dispatch_sample"], dispatch_values=tmp_path / "v.parquet",
        capability_hours=tmp_path / "c.parquet", infeasible_cars=tmp_path / "i.parquet", sample=tmp_path / "s.parquet",
    )  # fmt: skip
    assert read_table(tmp_path / "i.parquet", InfeasibleCars).empty
    _check_offers(read_table(tmp_path / "offers.parquet", ReserveOffers), read_table(values, DispatchValues), tables)
    pd.testing.assert_frame_equal(read_table(tmp_path / "s.parquet", DispatchSample), tables["dispatch_sample"])
    assert len(read_table(tmp_path / "v.parquet", DispatchValues)) == 40
    assert len(read_table(tmp_path / "c.parquet", CapabilityHours)) == 2 * 2 * 2 * 168


def _check_offers(offers: pd.DataFrame, values: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> None:
    """Hours of the mean car have the yearly means of its cars; none is offered where nothing is bought."""
    weights = tables["dispatch_sample"].set_index("vehicle_id")["weight"]
    sold = values[(values["strategy"] == "grid_reserve") & (values["charger_option"] == "ac_11")]
    for level, hours in offers.groupby("reserve_level_id"):
        cars = sold[sold["reserve_level_id"] == level]
        weight = cars["vehicle_id"].map(weights)
        for product in ("fcr_n", "fcr_d_up", "fcr_d_down"):
            mean = (hours[f"{product}_kw"] * hours["weight"]).sum() / hours["weight"].sum()
            expected = (cars[f"{product}_mean_kw"] * weight).sum() / weight.sum()
            assert mean == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert offers["fcr_n_kw"].max() > 0
