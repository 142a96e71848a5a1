"""Household load: annual use, heating in cold, red days, moved clocks; and the committed shape beside its file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.io import check_table, read_csv_table
from analysis.schemas.base import DWELLINGS
from analysis.schemas.climate import ClimateNormals, HouseholdElectricity, HouseholdLoadShape
from analysis.schemas.market import HouseholdLoad
from analysis.sources.descriptor import load_descriptor
from analysis.sources.reader import read_source
from analysis.synthetic.climate import climate_year, local_hours
from analysis.synthetic.household_load import Heating, heating_kw, household_load, shape_kw


@pytest.fixture(scope="module")
def reference(root: Path) -> dict[str, pd.DataFrame]:
    folder = root / "data/reference"
    return {
        "shape": read_csv_table(folder / "household_load_shape.csv", HouseholdLoadShape),
        "electricity": read_csv_table(folder / "household_electricity.csv", HouseholdElectricity),
        "normals": read_csv_table(folder / "climate_normals.csv", ClimateNormals),
    }


@pytest.fixture(scope="module")
def load(reference) -> pd.DataFrame:
    weather = climate_year(("SE1", "SE3", "SE4"), 2023, reference["normals"], 5)
    table = household_load(weather, reference["shape"], reference["electricity"], reference["normals"])
    return check_table(table, HouseholdLoad, "load")


def test_annual_use_is_that_of_the_facts(load):
    annual = load.groupby(["price_area", "dwelling"])["load_kw"].sum()
    # Detached, SE3: 5 000 + 0.20 · 20 000 + 0.55 · 6 861 = 12 774 kWh in a normal year; flats 2 700.
    assert annual["SE3", "detached"] == pytest.approx(12_774, rel=0.05)
    assert annual["SE3", "flat_rental"] == pytest.approx(2_700, rel=0.01)
    assert set(load["dwelling"]) == set(DWELLINGS)


def test_colder_areas_use_more_heat_within_published_regional_factors(load):
    annual = load[load["dwelling"] == "detached"].groupby("price_area")["load_kw"].sum()
    assert annual["SE4"] < annual["SE3"] < annual["SE1"]
    assert annual["SE1"] / annual["SE4"] == pytest.approx(1.151 / 0.905, rel=0.12)


def test_a_normal_year_gives_back_the_published_heat():
    reference_deg_c = np.tile(np.array([-5.0, 5.0, 15.0, 25.0]), 2190)
    heating = Heating(0.2, 0.55, 5000.0, 15000.0, 6861.0)
    total = heating_kw(reference_deg_c, reference_deg_c, heating).sum()
    assert total == pytest.approx(0.2 * 20_000 + 0.55 * 6861, rel=1e-9)


def test_a_heat_pump_needs_more_than_in_proportion_to_the_cold():
    reference_deg_c = np.tile(np.array([-5.0, 5.0, 15.0, 25.0]), 2190)
    pump = Heating(0.0, 1.0, 0.0, 15000.0, 6861.0)
    cold, mild, none = heating_kw(np.array([-13.0, 2.0, 20.0]), reference_deg_c, pump)
    assert none == pytest.approx(0.0, abs=1e-12)
    assert cold / mild > 30 / 15


def test_red_days_are_sundays_and_the_repeated_hour_is_read_twice(reference):
    shape = reference["shape"]
    table = shape.set_index(["month", "day_kind", "hour"])["load_kw"]
    epiphany = pd.DatetimeIndex(["2023-01-06 11:00"], tz="UTC")
    np.testing.assert_allclose(shape_kw(shape, epiphany), [table[1, "sunday", 12]])
    october = pd.date_range("2023-10-29 00:00", periods=2, freq="h", tz="UTC")
    np.testing.assert_allclose(shape_kw(shape, october), [table[10, "sunday", 2]] * 2)


def test_the_shape_sums_to_a_thousand_kwh(reference):
    assert shape_kw(reference["shape"], local_hours(2023)).sum() == pytest.approx(1000.0, rel=0.01)


@pytest.mark.real
def test_committed_shape_is_that_of_the_file(reference, real_root, root):
    found = read_source(load_descriptor("bdew_h25", root / "data/sources"), [real_root / "load/bdew_h25.csv"])
    pd.testing.assert_frame_equal(found, reference["shape"].drop(columns="source"), rtol=1e-9)
