"""Waterfalls of value: the ladder of strategies and what is taken from gross to net close exactly, car by car."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.values import dispatch_vehicles
from analysis.errors import DataError
from analysis.io import check_table, normalise, read_csv_table, read_table, write_table
from analysis.market.capacity_tariff import CapacityTariff
from analysis.potential.value_steps import value_steps
from analysis.schemas.assumptions import Parameters
from analysis.schemas.results import DispatchValues, FleetStock
from analysis.schemas.sample import DispatchSample
from analysis.schemas.value_summary import LADDER, PARTS, ValueSteps
from analysis.settings.load import load_settings
from analysis.settings.parameters import ParameterSet, parameter_set
from tests.analysis.dispatch.test_values import _tables

AREA_CARS = pd.Series({"SE1": 100.0, "SE3": 300.0})
SAMPLE = pd.DataFrame({"vehicle_id": ["a", "b"], "profile_id": ["p", "p"], "weight": [1.0, 3.0]})
COSTS = ("net_spot_import_sek", "net_spot_export_sek", "retail_margin_sek", "energy_tax_sek", "grid_fee_sek",
         "net_vat_sek", "net_export_margin_sek", "degradation_cost_sek", "forced_charge_cost_sek")  # fmt: skip
GAINS = ("network_benefit_sek", "tax_refund_sek", "reserve_net_revenue_sek")


@pytest.fixture(scope="module")
def parameters(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


def dispatched(parameters: ParameterSet, options: tuple[str, ...] = ("ac_11",)) -> pd.DataFrame:
    """Rows of DispatchValues that close, with streams drawn at random."""
    random = np.random.default_rng(7)
    left = (1 - parameters["res.agg_fee"]) * parameters["res.accept_rate"] * parameters["res.kappa_fcr"]
    rows = []
    for area in ("SE1", "SE3"):
        for car in ("a", "b"):
            for option in options:
                smart_cost = 0.0
                for strategy in LADDER if not option.endswith("oneway") else LADDER[:2]:
                    row = dict.fromkeys(DispatchValues.to_schema().columns, 0.0)
                    row |= {name: float(amount) for name, amount in zip(COSTS, random.uniform(1, 900, 9), strict=True)}
                    row |= {"import_kwh": 2500.0, "charge_ac_kwh": 3000.0, "plugged_h": 4000.0}
                    if strategy not in ("uncontrolled", "smart"):
                        row |= {"standby_dc_kwh": 120.0, "network_benefit_sek": 20.0}
                    if strategy == "grid_reserve":
                        row |= {"fcr_n_revenue_sek": 600.0, "fcr_d_up_revenue_sek": 400.0}
                        row["reserve_net_revenue_sek"] = left * 1000.0
                    row["net_cost_sek"] = sum(row[n] for n in COSTS) - sum(row[n] for n in GAINS)
                    smart_cost = row["net_cost_sek"] if strategy == "smart" else smart_cost
                    row["net_value_over_smart_sek"] = smart_cost - row["net_cost_sek"]
                    level = "full" if strategy == "grid_reserve" else "none"
                    rows.append(
                        row | {"price_area": area, "price_year": 2025, "vehicle_id": car, "charger_option": option,
                               "strategy": strategy, "reserve_level_id": level}
                    )  # fmt: skip
    return pd.DataFrame(rows)


def test_steps_add_up_in_every_place(parameters: ParameterSet) -> None:
    values = dispatched(parameters, ("ac_11", "dc_20", "ac_11_oneway"))
    found = value_steps(values, SAMPLE, AREA_CARS, parameters, "full")
    ValueSteps.validate(normalise(found))
    assert set(found["price_area"]) == {"SE", "SE1", "SE3"}
    ladder = found[found["waterfall"] == "ladder"]
    weight = values["vehicle_id"].map({"a": 0.25, "b": 0.75})
    last = values[values["strategy"] == "grid_reserve"].assign(weight=weight)
    for (area, option), steps in ladder[ladder["price_area"] != "SE"].groupby(["price_area", "charger_option"]):
        rows = last[(last["price_area"] == area) & (last["charger_option"] == option)]
        if len(rows):
            assert steps["net_value_sek"].sum() == pytest.approx(
                -(rows["net_cost_sek"] * rows["weight"]).sum(), abs=1e-6
            )
        assert len(steps) == (2 if option == "ac_11_oneway" else 5)
    for key, steps in found[found["waterfall"] != "ladder"].groupby(["price_area", "charger_option", "waterfall"]):
        whole = steps.set_index("step")["net_value_sek"]
        assert set(whole.index) == set(PARTS)
        assert whole.drop("net").sum() == pytest.approx(whole["net"], abs=1e-9), key
    assert "ac_11_oneway" not in set(found.loc[found["waterfall"] != "ladder", "charger_option"])


def test_reserves_from_gross_to_net_by_hand(parameters: ParameterSet) -> None:
    found = value_steps(dispatched(parameters), SAMPLE, AREA_CARS, parameters, "full")
    steps = found[(found["waterfall"] == "grid_reserve") & (found["price_area"] == "SE3")].set_index("step")
    parts = ["reserve_at_full_acceptance", "acceptance", "availability_margin", "aggregator_fee"]
    assert steps.loc[parts, "net_value_sek"].tolist() == pytest.approx([1000.0, -400.0, -150.0, -90.0])
    assert steps.loc[parts[0], "net_value_sek_per_kw"] == pytest.approx(1000 / 11)
    assert steps.loc[parts[0], "net_value_sek_per_plugged_h"] == pytest.approx(0.25)
    assert steps.loc["standby", "net_value_sek"] < 0


def test_another_fee_than_that_of_the_dispatch_is_a_fault(parameters: ParameterSet) -> None:
    values = dispatched(parameters)
    with pytest.raises(DataError, match="parts that miss the net value"):
        value_steps(values, SAMPLE, AREA_CARS, parameters.with_values({"res.agg_fee": 0.3}), "full")


def test_a_stream_without_its_part_is_a_fault(parameters: ParameterSet) -> None:
    values = dispatched(parameters)
    values["net_value_over_smart_sek"] -= (values["strategy"] == "grid") * 5.0
    with pytest.raises(DataError, match="dispatch_values grid "):
        value_steps(values, SAMPLE, AREA_CARS, parameters, "full")


def test_script_takes_the_full_level_of_the_scope(root: Path, tmp_path: Path, parameters: ParameterSet) -> None:
    values = normalise(dispatched(parameters).assign(price_year=np.int64(2025)))
    stock = pd.DataFrame(
        {"price_area": ["SE1", "SE3"], "year": [2030, 2030], "bev_count": [100.0, 300.0],
         "bev_low_count": 1.0, "bev_high_count": 1.0, "capable_pu": 0.5, "capable_low_pu": 0.5, "capable_high_pu": 0.5,
         "home_access_pu": 0.5, "capable_home_pu": 0.5, "willing_ratio_pu": 1.0}
    )  # fmt: skip
    paths = {name: tmp_path / f"{name}.parquet" for name in ("dispatch_values", "dispatch_sample", "fleet_stock")}
    write_table(check_table(values, DispatchValues, "v"), paths["dispatch_values"], DispatchValues)
    write_table(SAMPLE, paths["dispatch_sample"], DispatchSample)
    write_table(stock, paths["fleet_stock"], FleetStock)
    spec = importlib.util.spec_from_file_location("steps", root / "workflow/scripts/summarise_values.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run = load_settings("default", root / "workflow/config")
    module.main(
        **paths, parameters=root / "data/assumptions/parameters.csv", value_summary=tmp_path / "summary.parquet",
        steps=tmp_path / "steps.parquet",        year=2030, settings=run.model_dump(mode="json"),
    )  # fmt: skip
    written = read_table(tmp_path / "steps.parquet", ValueSteps)
    assert len(written) == 3 * (5 + 3 * len(PARTS))


def test_a_power_charge_is_a_part_of_the_tariff(root: Path, parameters: ParameterSet) -> None:
    """Dispatched for real: two cars, one house, a charge on the three highest working-day hours."""
    run = load_settings("default", root / "workflow/config")
    levels = tuple(level for level in run.scope.reserve_levels if level.level_id in ("full", "none"))
    scope = run.scope.model_copy(update={"reserve_levels": levels, "charger_options": ("ac_11",)})
    charge = CapacityTariff((89.2,) * 3 + (44.6,) * 7 + (89.2,) * 2)
    tables = _tables()
    found = dispatch_vehicles(
        **tables, parameters=parameters, price_area="SE3", price_year=2024, scope=scope, capacity=charge
    )
    assert found.values["net_capacity_tariff_sek"].abs().max() > 1
    cars = pd.Series({"SE3": 100.0})
    sample = tables["dispatch_sample"].assign(weight=1.0)
    steps = value_steps(found.values, sample, cars, parameters, "full")
    parts = steps[(steps["waterfall"] == "home") & (steps["price_area"] == "SE3")].set_index("step")["net_value_sek"]
    assert parts.drop("net").sum() == pytest.approx(parts["net"], abs=1e-6)
