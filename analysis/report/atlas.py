"""Turns municipality and price area geometry into a map of filled polygons in EPSG:3006, which asks no network."""

from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from analysis.report.elements import Panel, rows_of
from analysis.report.figures import area_token, axis, base_layout
from analysis.report.text import Voice
from analysis.schemas.base import PRICE_AREAS

SWEREF = 3006
MUNICIPALITY_TOLERANCE_M = 400
AREA_TOLERANCE_M = 1000
ROUNDING_M = 100
MAP_HEIGHT = 720


def map_panel(
    municipalities: pd.DataFrame,
    geometry: gpd.GeoDataFrame,
    area_geometry: gpd.GeoDataFrame,
    labels: Mapping[str, str],
    voice: Voice,
) -> Panel:
    """Draw municipalities in the colour of their price area, area borders over them, and a number on each area.

    Parameters
    ----------
    municipalities
        ``Municipalities``; gives names, areas and cars.
    geometry, area_geometry
        Polygons by ``municipality_code`` and by ``price_area``, any coordinate system.
    labels
        Price area and the words to write on it.
    voice
        Language of the map.
    """
    shapes = geometry.to_crs(SWEREF).merge(municipalities, on="municipality_code", suffixes=("_geometry", ""))
    shapes["geometry"] = shapes.geometry.simplify(MUNICIPALITY_TOLERANCE_M, preserve_topology=True)
    borders = area_geometry.to_crs(SWEREF)
    borders["geometry"] = borders.geometry.simplify(AREA_TOLERANCE_M, preserve_topology=True)
    traces = [_municipality(row, voice) for row in rows_of(shapes.sort_values("municipality_code"))]
    bare: dict[str, Any] = {"visible": False, "fixedrange": True}
    layout = base_layout(
        voice,
        xaxis=axis(**bare),
        yaxis=axis(**bare, scaleanchor="x", scaleratio=1),
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        hovermode="closest",
        annotations=_labels(shapes, labels),
    )
    return Panel("", [*traces, *_borders(borders)], layout, MAP_HEIGHT)


def _rings(shape: BaseGeometry) -> Iterator[list[tuple[float, float]]]:
    """Give the outer rings of a shape; holes are lakes and enclaves too small to show."""
    for part in getattr(shape, "geoms", [shape]):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield [(point[0], point[1]) for point in part.exterior.coords]


def _line(shape: BaseGeometry) -> dict[str, list[int | None]]:
    """Lay the rings of a shape after one another with a gap between, rounded to 100 m."""
    x: list[int | None] = []
    y: list[int | None] = []
    for ring in _rings(shape):
        if x:
            x.append(None)
            y.append(None)
        x.extend(ROUNDING_M * round(east / ROUNDING_M) for east, _ in ring)
        y.extend(ROUNDING_M * round(north / ROUNDING_M) for _, north in ring)
    return {"x": x, "y": y}


def _municipality(row: Any, voice: Voice) -> dict[str, Any]:
    """Draw one municipality; pointing at it gives its name, area and cars."""
    words = voice.say("map.hover", name=str(row.name), area=row.price_area, cars=voice.number(float(row.bev_count)))
    return _line(row.geometry) | {
        "type": "scatter", "mode": "lines", "fill": "toself", "fillcolor": f"{area_token(row.price_area)}/0.55",
        "line": {"color": "@surface", "width": 0.6}, "hoveron": "fills", "hoverinfo": "text",
        "text": words.replace("<", "&lt;"),
    }  # fmt: skip


def _borders(areas: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Draw the outline of each price area."""
    return [
        _line(row.geometry)
        | {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": {"color": "@text", "width": 1.1}}
        for row in rows_of(areas.sort_values("price_area"))
    ]


def _labels(shapes: gpd.GeoDataFrame, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Write the number of each area at its middle, on a plain ground."""
    shown = [area for area in PRICE_AREAS if area in labels]
    middles = [shapes[shapes["price_area"] == area].geometry.union_all().representative_point() for area in shown]
    return [
        {"x": round(point.x), "y": round(point.y), "text": f"<b>{area}</b><br>{labels[area]}", "showarrow": False,
         "bgcolor": "@surface/0.85", "borderpad": 3, "font": {"size": 14, "color": "@text"}}
        for area, point in zip(shown, middles, strict=True)
    ]  # fmt: skip
