"""Generated climate: month means, joining years, days of moved clocks; and the measured series of Örebro."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table, read_csv_table
from analysis.schemas.climate import ClimateNormals
from analysis.schemas.market import Temperature
from analysis.sources.descriptor import load_descriptor
from analysis.sources.reader import read_source
from analysis.synthetic.climate import climate_year, local_hours, monthly_normals, normal_temperature

AREAS = ("SE1", "SE2", "SE3", "SE4")


@pytest.fixture(scope="module")
def normals(root: Path) -> pd.DataFrame:
    return read_csv_table(root / "data/reference/climate_normals.csv", ClimateNormals)


@pytest.mark.parametrize(("year", "hours"), [(2023, 8760), (2024, 8784)])
def test_a_local_year_has_all_its_hours_once(normals, year, hours):
    table = check_table(climate_year(AREAS, year, normals, 5), Temperature, "temperature")
    assert table.groupby("price_area").size().tolist() == [hours] * 4
    local = table["interval_start_utc"].dt.tz_convert("Europe/Stockholm")
    assert set(local.dt.year) == {year}


def test_years_join_without_gap_or_overlap(normals):
    both = pd.concat([climate_year(["SE3"], year, normals, 5) for year in (2024, 2025)])
    assert both["interval_start_utc"].diff().dropna().unique().tolist() == [pd.Timedelta(hours=1)]


@pytest.mark.parametrize("price_area", AREAS)
def test_the_year_without_weather_meets_the_normals(normals, price_area):
    hours = local_hours(2023)
    wanted = monthly_normals(normals, price_area)
    value = pd.Series(normal_temperature(wanted, hours), index=hours + pd.Timedelta(hours=1))
    np.testing.assert_allclose(value.groupby(value.index.month).mean(), wanted, atol=0.1)


def test_weather_leaves_the_year_normal_and_moves_its_months(normals):
    table = climate_year(["SE3"], 2024, normals, 5)
    wanted = monthly_normals(normals, "SE3")
    local = table["interval_start_utc"].dt.tz_convert("Europe/Stockholm")
    found = table.groupby(local.dt.month)["temperature_deg_c"].mean()
    assert table["temperature_deg_c"].mean() == pytest.approx(wanted.mean(), abs=0.6)
    assert np.abs(found.to_numpy() - wanted).max() < 5.0
    assert np.abs(found.to_numpy() - wanted).max() > 0.2


def test_afternoons_are_warmer_than_nights(normals):
    table = climate_year(["SE4"], 2024, normals, 5)
    hour = table["interval_start_utc"].dt.tz_convert("Europe/Stockholm").dt.hour
    mean = table.groupby(hour)["temperature_deg_c"].mean()
    assert mean[15] - mean[4] > 4.0


def test_an_area_does_not_depend_on_the_others_asked_for(normals):
    alone = climate_year(["SE3"], 2024, normals, 5)
    among = climate_year(AREAS, 2024, normals, 5)
    among = among[among["price_area"] == "SE3"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among)


def test_an_area_without_normals_is_a_named_fault(normals):
    with pytest.raises(DataError, match="SE4"):
        climate_year(["SE4"], 2024, normals[normals["price_area"] != "SE4"], 5)


@pytest.mark.real
def test_normals_of_se3_beside_orebro(normals, real_root, root):
    """Örebro lies inland in SE3 and the meter sits in an air intake: its months run about 1-3 degrees warm."""
    file = real_root / "weather/orebro_vetelangden_temperature_2019_2020.csv"
    measured = read_source(load_descriptor("orebro_temperature", root / "data/sources"), [file])
    measured = measured[measured["interval_start_utc"] < pd.Timestamp("2020-02-01", tz="UTC")]
    local = measured["interval_start_utc"].dt.tz_convert("Europe/Stockholm")
    by_month = measured.groupby(local.dt.month)["temperature_deg_c"].mean()
    assert len(by_month) == 12
    wanted = monthly_normals(normals, "SE3")
    difference = by_month.to_numpy() - wanted
    assert difference.mean() == pytest.approx(1.0, abs=1.5)
    assert np.abs(difference - difference.mean())[1:].max() < 3.0
    assert 3.0 < difference[0] < 6.5  # January 2020 was the mildest on record: weather, not the meter
    hour = measured.groupby([local.dt.month, local.dt.hour])["temperature_deg_c"].mean().unstack()
    swing = (hour.max(axis=1) - hour.min(axis=1)).to_numpy() / 2
    assert np.corrcoef(swing, [1.0, 1.6, 2.9, 4.0, 4.6, 4.6, 4.4, 4.0, 3.2, 2.0, 1.1, 0.8])[0, 1] > 0.9
