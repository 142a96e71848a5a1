"""Value per car is summed up by weight: over the cars of an area, and over Sweden by the cars of its areas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.io import check_table
from analysis.potential.value_summary import summarise_values, weighted_quantile
from analysis.schemas.value_summary import ValueSummary

AREA_CARS = pd.Series({"SE1": 100.0, "SE3": 300.0})


def dispatch_values(value_by_car, areas=("SE1", "SE3")):
    rows = [
        {
            "price_area": area,
            "price_year": 2025,
            "vehicle_id": car,
            "charger_option": "dc_11",
            "strategy": "grid_reserve",
            "reserve_level_id": "full",
            "net_value_over_smart_sek": value * (2 if area == "SE3" else 1),
            "plugged_h": 1000.0,
            "fcr_n_revenue_sek": 10.0,
            "fcr_d_up_revenue_sek": 20.0,
            "fcr_d_down_revenue_sek": 27.0,
            "afrr_up_revenue_sek": 1.5,
            "afrr_down_revenue_sek": 0.5,
            "mfrr_up_revenue_sek": 1.0,
            "mfrr_down_revenue_sek": 0.0,
            "reserve_net_revenue_sek": 45.0,
            "degradation_cost_sek": 5.0,
            "discharge_ac_kwh": 100.0,
            "full_cycle_count": 2.0,
        }
        for area in areas
        for car, value in value_by_car.items()
    ]
    return pd.DataFrame(rows)


SAMPLE = pd.DataFrame({"vehicle_id": ["a", "b"], "profile_id": ["p1", "p1"], "weight": [1.0, 3.0]})


def test_means_are_weighted_by_car_and_area():
    found = summarise_values(dispatch_values({"a": 100.0, "b": 300.0}), SAMPLE, AREA_CARS).set_index("price_area")
    assert list(found.index) == ["SE", "SE1", "SE3"]
    assert found["net_value_over_smart_sek"].tolist() == pytest.approx([437.5, 250.0, 500.0])
    assert found.loc["SE1", "net_value_over_smart_sek_per_plugged_h"] == pytest.approx(0.25)
    assert found.loc["SE1", "net_gross_value_over_smart_sek"] == pytest.approx(265.0)
    assert found.loc["SE1", ["net_value_over_smart_low_sek", "net_value_over_smart_high_sek"]].tolist() == [
        100.0,
        300.0,
    ]
    assert found["vehicle_count"].tolist() == [2, 2, 2]


def test_the_table_passes_its_schema():
    found = summarise_values(dispatch_values({"a": 1.0, "b": 2.0}), SAMPLE, AREA_CARS)
    text = ["price_area", "charger_option", "strategy", "reserve_level_id"]
    check_table(found.astype(dict.fromkeys(text, "str")), ValueSummary, "value_summary")


def test_sweden_needs_every_area():
    values = pd.concat(
        [dispatch_values({"a": 1.0}), dispatch_values({"a": 1.0}, areas=("SE1",)).assign(strategy="home")]
    )
    found = summarise_values(values, SAMPLE, AREA_CARS)
    assert sorted(zip(found["price_area"], found["strategy"], strict=True)) == [
        ("SE", "grid_reserve"),
        ("SE1", "grid_reserve"),
        ("SE1", "home"),
        ("SE3", "grid_reserve"),
    ]


def test_a_car_without_weight_is_a_fault():
    with pytest.raises(DataError, match="SE1 c"):
        summarise_values(dispatch_values({"a": 1.0, "c": 2.0}), SAMPLE, AREA_CARS)


def test_an_area_without_cars_is_a_fault():
    with pytest.raises(DataError, match="SE3 a"):
        summarise_values(dispatch_values({"a": 1.0}), SAMPLE, AREA_CARS.drop("SE3"))


def test_quantiles_of_few_cars():
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([2.0, 1.0, 1.0])
    assert [weighted_quantile(values, weights, share) for share in (0.05, 0.25, 0.5, 0.51, 1.0)] == [1, 1, 2, 3, 3]


@given(st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(0.1, 10)), min_size=1, max_size=30), st.floats(0.01, 1))
def test_at_least_the_share_lies_at_or_below_the_quantile(cars, share):
    values, weights = (np.array(part) for part in zip(*cars, strict=True))
    found = weighted_quantile(values, weights, share)
    assert weights[values <= found].sum() >= share * weights.sum() * (1 - 1e-9)
    assert weights[values < found].sum() < share * weights.sum() * (1 + 1e-9)
