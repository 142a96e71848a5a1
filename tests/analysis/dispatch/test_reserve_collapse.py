"""Years of reserves side by side: capture price by hand, absent markets, the case car's week, what is refused."""

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.reserve_collapse import CASE_CAR, case_weeks, published_gross_eur, reserve_collapse
from analysis.dispatch.spot_cells import Van, van_week
from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.results import DispatchValues
from analysis.settings.parameters import parameter_set


@pytest.fixture(scope="module")
def parameters(root):
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


@pytest.fixture(scope="module")
def facts(root):
    return read_csv_table(root / "data/reference/market_facts.csv", Facts)


def values(years=(2021, 2023), cars=("a",)):
    rows = []
    for year in years:
        for car in cars:
            for strategy, cost in (
                ("uncontrolled", 5000.0),
                ("smart", 4000.0),
                ("grid", 3900.0),
                ("grid_reserve", 1900.0),
            ):
                row = dict.fromkeys(DispatchValues.to_schema().columns, 0.0)
                row |= {"price_area": "SE3", "price_year": year, "vehicle_id": car, "charger_option": "ac_11"}
                row |= {"strategy": strategy, "reserve_level_id": "none", "net_cost_sek": cost, "plugged_h": 4000.0}
                rows.append(row)
                if strategy == "grid_reserve":
                    row |= {"reserve_level_id": "full", "fcr_n_mean_kw": 2.0, "fcr_n_revenue_sek": 8760.0}
                    rows.append(row | {"reserve_level_id": "none", "net_cost_sek": 3900.0, "fcr_n_revenue_sek": 0.0})
    return pd.DataFrame(rows)


def prices():
    hours = pd.date_range("2023-01-10", periods=4, freq="h", tz="UTC", unit="us")
    return pd.DataFrame(
        {"interval_start_utc": hours, "step_h": 1.0, "product": "fcr_n", "price_area": "SE",
         "price_sek_per_mw_h": [300.0, 500.0, 400.0, 400.0], "volume_mw": 100.0}
    )  # fmt: skip


def test_years_by_hand(facts, parameters):
    found = reserve_collapse(values(), prices(), facts, parameters, "full").set_index("price_year")
    row = found.loc[2023]
    assert row["fcr_n_capture_sek_per_mw_h"] == pytest.approx(500.0)  # 8 760 SEK for 2 kW in 8 760 h
    assert row["fcr_n_price_sek_per_mw_h"] == pytest.approx(400.0)
    assert np.isnan(row["fcr_d_up_capture_sek_per_mw_h"])
    assert np.isnan(found.loc[2021, "fcr_n_price_sek_per_mw_h"])
    assert row["net_value_over_smart_sek"] == pytest.approx(2100.0)
    assert row["net_value_over_grid_sek"] == pytest.approx(2000.0)
    assert row["net_grid_reserve_change_pu"] == pytest.approx(-0.62)
    assert row["net_value_over_smart_sek_per_plugged_h"] == pytest.approx(0.525)


def test_other_cars_in_other_years_are_refused(facts, parameters):
    mixed = pd.concat([values((2021,), ("a",)), values((2023,), ("a", "b"))])
    with pytest.raises(DataError, match="other cars in other years"):
        reserve_collapse(mixed, prices(), facts, parameters, "full")


def test_published_gross_takes_the_dearer_product(facts, parameters):
    assert published_gross_eur(facts, 2025, parameters) == pytest.approx(1289, rel=0.02)
    assert published_gross_eur(facts, 2022, parameters) == pytest.approx(5103, rel=0.02)
    # FCR-D down was no market: 44.86 EUR upward only, for 9.17 kW
    assert published_gross_eur(facts, 2021, parameters) == pytest.approx(44.86 * 11 / 1.2 / 1000 * 5840, rel=1e-6)


def test_case_car_is_plugged_in_sixteen_hours_of_every_day(parameters):
    weeks = pd.DataFrame({"price_year": [2024], "week_id": ["2024-W13"],
                          "week_start_utc": [pd.Timestamp("2024-03-24 23:00", tz="UTC")]})  # fmt: skip
    found = case_weeks(weeks, "SE3", parameters)
    assert set(found["vehicle_id"]) == {CASE_CAR}
    assert found["plugged_pu"].sum() == 7 * 16
    driven = parameters["veh.annual_km"] * parameters["veh.eps0"] * 7 / 365
    assert found["driving_dc_kwh"].sum() == pytest.approx(driven)
    assert (found.loc[found["driving_dc_kwh"] > 0, "plugged_pu"] == 0).all()


def test_van_is_away_on_working_days():
    steps = pd.date_range("2024-01-07 23:00", periods=168, freq="h", tz="UTC")
    plugged, driven = van_week(steps, Van())
    assert (1 - plugged).sum() == 5 * 10
    assert driven.sum() == pytest.approx(75.0)
    assert (plugged[driven > 0] == 0).all()
