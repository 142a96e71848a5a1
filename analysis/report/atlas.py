"""Turns municipality and price area geometry into maps of filled polygons in EPSG:3006, which ask no network."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise
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
CAR_LIMITS = (0, 100, 300, 1000, 3000, 1_000_000)
"""Limits of the classes of the municipality map, cars; about three times apart, as municipalities are."""
CAR_OPACITY = (0.10, 0.25, 0.45, 0.70, 1.0)
POINTER_PX = 9


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
    shapes = _shapes(municipalities, geometry)
    traces = [_municipality(row, voice) for row in rows_of(shapes)]
    layout = _map_layout(voice, annotations=_labels(shapes, labels))
    return Panel("", [*traces, *_borders(area_geometry)], layout, MAP_HEIGHT)


def car_panel(
    municipalities: pd.DataFrame,
    geometry: gpd.GeoDataFrame,
    area_geometry: gpd.GeoDataFrame,
    words: Mapping[str, str],
    voice: Voice,
) -> Panel:
    """Draw municipalities by class of electric cars, price area borders over them, and a point to read at each.

    Parameters
    ----------
    municipalities, geometry, area_geometry
        As for :func:`map_panel`.
    words
        Municipality code and what is told when the reader points at it; a line break parts lines.
    voice
        Language of the map.
    """
    shapes = _shapes(municipalities, geometry)
    classes = [
        _lines(shapes[shapes["bev_count"].between(low, high, inclusive="left")].geometry)
        | {"type": "scatter", "mode": "lines", "fill": "toself", "fillcolor": f"@accent/{opacity}",
           "line": {"color": "@rule", "width": 0.4}, "hoverinfo": "skip"}
        for (low, high), opacity in zip(pairwise(CAR_LIMITS), CAR_OPACITY, strict=True)
    ]  # fmt: skip
    points = shapes.geometry.representative_point()
    readable = {
        "type": "scatter", "mode": "markers", "x": [round(each.x) for each in points],
        "y": [round(each.y) for each in points], "customdata": list(shapes["name"]), "hoverinfo": "text",
        "text": [words[code].replace("<", "&lt;").replace("\n", "<br>") for code in shapes["municipality_code"]],
        "marker": {"size": POINTER_PX, "color": "@warn_edge", "opacity": 0, "line": {"color": "@text", "width": 1}},
    }  # fmt: skip
    layout = _map_layout(voice, hoverdistance=40)
    return Panel("", [*classes, *_borders(area_geometry), readable], layout, MAP_HEIGHT)


def _shapes(municipalities: pd.DataFrame, geometry: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = geometry.to_crs(SWEREF).merge(municipalities, on="municipality_code", suffixes=("_geometry", ""))
    shapes["geometry"] = shapes.geometry.simplify(MUNICIPALITY_TOLERANCE_M, preserve_topology=True)
    return shapes.sort_values("municipality_code")


def _map_layout(voice: Voice, **more: Any) -> dict[str, Any]:
    bare: dict[str, Any] = {"visible": False, "fixedrange": True}
    return base_layout(
        voice,
        xaxis=axis(**bare),
        yaxis=axis(**bare, scaleanchor="x", scaleratio=1),
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        hovermode="closest",
        **more,
    )


def _rings(shape: BaseGeometry) -> Iterator[list[tuple[float, float]]]:
    """Give the outer rings of a shape; holes are lakes and enclaves too small to show."""
    for part in getattr(shape, "geoms", [shape]):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield [(point[0], point[1]) for point in part.exterior.coords]


def _lines(shapes: Iterable[BaseGeometry]) -> dict[str, list[int | None]]:
    """Lay the rings of shapes after one another with a gap between, rounded to 100 m."""
    x: list[int | None] = []
    y: list[int | None] = []
    for ring in chain.from_iterable(_rings(shape) for shape in shapes):
        if x:
            x.append(None)
            y.append(None)
        x.extend(ROUNDING_M * round(east / ROUNDING_M) for east, _ in ring)
        y.extend(ROUNDING_M * round(north / ROUNDING_M) for _, north in ring)
    return {"x": x, "y": y}


def _municipality(row: Any, voice: Voice) -> dict[str, Any]:
    """Draw one municipality; pointing at it gives its name, area and cars."""
    words = voice.say("map.hover", name=str(row.name), area=row.price_area, cars=voice.exact(float(row.bev_count)))
    return _lines([row.geometry]) | {
        "type": "scatter", "mode": "lines", "fill": "toself", "fillcolor": f"{area_token(row.price_area)}/0.55",
        "line": {"color": "@surface", "width": 0.6}, "hoveron": "fills", "hoverinfo": "text",
        "text": words.replace("<", "&lt;"),
    }  # fmt: skip


def _borders(areas: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Draw the outline of each price area."""
    borders = areas.to_crs(SWEREF)
    borders["geometry"] = borders.geometry.simplify(AREA_TOLERANCE_M, preserve_topology=True)
    return [
        _lines([row.geometry])
        | {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": {"color": "@text", "width": 1.1}}
        for row in rows_of(borders.sort_values("price_area"))
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
