"""From tables to the foresight ratio through the scripts: one car, three valued weeks, one price area and year."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from analysis.dispatch.stretches import choose_weeks_of_cars
from analysis.io import read_table, write_table
from analysis.schemas.foresight import Foresight, ForesightVehicles, ForesightWeeks
from analysis.schemas.market import DayAheadPrices, HouseholdLoad, ReservePrices
from analysis.schemas.mobility import AvailabilityWeeks, Vehicles
from analysis.settings.load import load_settings

SCHEMAS = {
    "foresight_weeks": ForesightWeeks, "availability": AvailabilityWeeks, "vehicles": Vehicles,
    "day_ahead_prices": DayAheadPrices, "reserve_prices": ReservePrices, "household_load": HouseholdLoad,
}  # fmt: skip


def _script(root: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, root / f"workflow/scripts/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _tables() -> dict[str, pd.DataFrame]:
    random = np.random.default_rng(3)
    weeks = choose_weeks_of_cars(["a"], [2024], 3, seed=5)
    starts = weeks.sort_values("week_start_utc")["week_start_utc"]
    steps = pd.DatetimeIndex(np.concatenate([pd.date_range(at, periods=168, freq="h") for at in starts]), tz="UTC")
    steps = steps.as_unit("us")
    hour, day = np.arange(len(steps)) % 24, np.arange(len(steps)) // 24
    away = (day % 7 < 5) & (hour >= 8) & (hour < 17)
    null = pd.array([None], dtype="str")
    spot = 500 + 450 * np.sin((hour - 9) / 12 * np.pi) + random.normal(0, 80, len(steps))
    return {
        "foresight_weeks": weeks,
        "availability": pd.DataFrame({
            "price_area": "SE3", "price_year": 2024, "week_id": np.repeat(weeks["week_id"].to_numpy(), 168),
            "vehicle_id": "a", "interval_start_utc": steps, "plugged_pu": (~away).astype(float),
            "driving_dc_kwh": np.where(away & ((hour == 8) | (hour == 16)), random.uniform(3, 6, len(steps)), 0.0)}),
        "vehicles": pd.DataFrame({
            "vehicle_id": ["a"], "weight": 1.0, "observed_days": 56, "dataset": "made", "use_case": "private",
            "dwelling": null, "income_quintile": pd.array([None], dtype="Int64"), "household_type": null,
            "car_type": null, "battery_usable_kwh": [55.0]}),
        "day_ahead_prices": pd.DataFrame({
            "interval_start_utc": steps, "step_h": 1.0, "price_area": "SE3", "price_sek_per_mwh": spot}),
        "reserve_prices": pd.concat([pd.DataFrame({
            "interval_start_utc": steps, "step_h": 1.0, "product": name, "price_area": "SE",
            "price_sek_per_mw_h": price * random.uniform(0.5, 1.5, len(steps)), "volume_mw": 200.0})
            for name, price in (("fcr_n", 300.0), ("fcr_d_up", 80.0), ("fcr_d_down", 60.0))], ignore_index=True),
        "household_load": pd.DataFrame({
            "interval_start_utc": steps, "price_area": "SE3", "dwelling": "detached", "load_kw": 1.2 + (hour > 16)}),
    }  # fmt: skip


def test_scripts_write_contract_tables(root: Path, tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.parquet" for name in SCHEMAS}
    for name, table in _tables().items():
        write_table(table, paths[name], SCHEMAS[name])
    settings = load_settings("default", root / "workflow/config").model_dump(mode="json")
    part, whole = tmp_path / "part.parquet", tmp_path / "foresight.parquet"
    _script(root, "measure_foresight").main(
        **paths, parameters=root / "data/assumptions/parameters.csv", tariffs=root / "data/assumptions/tariffs.csv",
        foresight_vehicles=part, price_area="SE3", price_year=2024, settings=settings,
    )  # fmt: skip
    _script(root, "summarise_foresight").main(parts=[part], foresight=whole, settings=settings)
    cars = read_table(part, ForesightVehicles).set_index(["strategy", "bidding"])
    assert (cars["horizon_days"] == 21).all()
    ratios = read_table(whole, Foresight).set_index(["strategy", "bidding", "over"])
    assert len(ratios) == 9
    smart = ratios.loc[("smart", "none", "uncontrolled")]
    assert 0.5 < smart["ratio_pu"] <= 1.0 + 1e-3, "a driver of habit keeps most of it"
    pool = ratios.loc[("grid_reserve", "pool", "smart")]
    assert 0.5 < pool["ratio_pu"] < 1.1
    assert pool["withdrawn_pu"] < 0.2
    assert np.isnan(pool["ratio_low_pu"]), "one car makes no interval"
