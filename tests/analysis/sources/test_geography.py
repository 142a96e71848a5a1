"""The overlay gives the committed price areas, hand-drawn squares give the expected shares, outlines stay whole."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from analysis.errors import DataError
from analysis.io import check_table, read_csv_table
from analysis.schemas.geography import MunicipalityAreas
from analysis.schemas.sample import MunicipalityFacts
from analysis.sources.geography import (
    SWEDISH_GRID,
    municipality_areas,
    municipality_polygons,
    package_folder,
    price_area_outlines,
    price_area_polygons,
    read_outlines,
    simplified_outlines,
    write_outlines,
)


@pytest.fixture(scope="module")
def polygons():
    return municipality_polygons()


def test_overlay_gives_the_committed_price_areas(root, polygons):
    facts = read_csv_table(root / "data/reference/municipalities.csv", MunicipalityFacts)
    areas = check_table(municipality_areas(polygons, price_area_polygons()), MunicipalityAreas, "overlay")
    both = facts.merge(areas, on="municipality_code", suffixes=("_facts", ""), validate="1:1")
    assert len(both) == 290
    assert (both["price_area_facts"] == both["price_area"]).all()
    stated = both["price_area_land_share_pu_facts"].fillna(0.0)
    np.testing.assert_allclose(both["price_area_land_share_pu"], stated, atol=0.01)
    assert both.set_index("municipality_code").loc["1407", "price_area_land_share_pu"] == 0.0


def test_a_cut_municipality_goes_where_most_of_its_land_lies_and_an_island_to_the_nearest():
    municipalities = gpd.GeoDataFrame(
        {"municipality_code": ["0001", "0002", "0003"], "name": ["Whole", "Cut", "Island"]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(9, 0, 13, 1), shapely.box(24, 0, 25, 1)],
        crs=SWEDISH_GRID,
    )
    areas = gpd.GeoDataFrame(
        {"price_area": ["SE1", "SE2"]}, geometry=[shapely.box(0, 0, 10, 9), shapely.box(10, 0, 20, 9)], crs=SWEDISH_GRID
    )
    expected = pd.DataFrame(
        {
            "municipality_code": ["0001", "0002", "0003"],
            "name": ["Whole", "Cut", "Island"],
            "price_area": ["SE1", "SE2", "SE2"],
            "price_area_land_share_pu": [1.0, 0.75, 0.0],
        }
    )
    assert_frame_equal(municipality_areas(municipalities, areas), expected)


def test_outlines_keep_their_areas_their_borders_and_their_weight(tmp_path, polygons):
    outlines = simplified_outlines(polygons)
    assert (abs(outlines.area / polygons.area - 1) < 0.02).all()
    overlap = outlines.area.sum() - outlines.union_all().area
    assert abs(overlap) < 1e-4 * outlines.area.sum()
    write_outlines(outlines, tmp_path / "geometry.parquet")
    assert (tmp_path / "geometry.parquet").stat().st_size < 180_000
    again = read_outlines(tmp_path / "geometry.parquet")
    assert again.crs.to_epsg() == 3006
    assert len(again) == 290


def test_price_areas_dissolve_to_four_outlines_without_loss(root, polygons):
    outlines = simplified_outlines(polygons)
    facts = read_csv_table(root / "data/reference/municipalities.csv", MunicipalityFacts)
    dissolved = price_area_outlines(outlines, facts.set_index("municipality_code")["price_area"])
    assert dissolved["price_area"].tolist() == ["SE1", "SE2", "SE3", "SE4"]
    assert dissolved.area.sum() == pytest.approx(outlines.union_all().area, rel=1e-4)


def test_a_missing_package_is_named():
    with pytest.raises(DataError, match="no_such_package"):
        package_folder("no_such_package")
