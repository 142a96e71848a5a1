"""Turns municipality and price area geometry into maps of filled polygons in EPSG:3006, which ask no network."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
SHARE_LIMITS = (0.0, 0.0005, 0.0015, 0.005, 0.015)
"""Where the classes of the power map begin, share of Sweden; about three times apart."""
SHARE_OPACITY = (0.15, 0.30, 0.50, 0.75, 1.0)
POINTER_PX = 9


@dataclass(frozen=True)
class MapChoice:
    """One reading of the map: its name in the list, each municipality's share of Sweden and words, each area's words.

    ``shares`` and ``words`` are by municipality code, ``labels`` by price area; a municipality that is not in them is
    drawn faintly.
    """

    name: str
    shares: Mapping[str, float]
    words: Mapping[str, str]
    labels: Mapping[str, str]


def map_panel(
    municipalities: pd.DataFrame,
    geometry: gpd.GeoDataFrame,
    area_geometry: gpd.GeoDataFrame,
    choices: Sequence[MapChoice],
    voice: Voice,
) -> Panel:
    """Draw municipalities in the colour of their price area, area borders over them, and a number on each area.

    The reader picks one of the choices from a list on the map; the last one stands there first.

    Parameters
    ----------
    municipalities
        ``Municipalities``; gives names, areas and cars.
    geometry, area_geometry
        Polygons by ``municipality_code`` and by ``price_area``, any coordinate system.
    choices
        What the map may show, at least one.
    voice
        Language of the map.
    """
    shapes = _shapes(municipalities, geometry)
    rows = list(rows_of(shapes))
    painted = [_painted(rows, choice, voice) for choice in choices]
    traces = [
        _municipality(row) | {"fillcolor": fill, "text": words}
        for row, fill, words in zip(rows, *painted[-1], strict=True)
    ]
    notes = [_labels(shapes, choice.labels) for choice in choices]
    buttons = [
        {"label": choice.name, "method": "update",
         "args": [{"fillcolor": fills, "text": words}, {"annotations": labels}, list(range(len(traces)))]}
        for choice, (fills, words), labels in zip(choices, painted, notes, strict=True)
    ]  # fmt: skip
    menu = {
        "buttons": buttons, "active": len(choices) - 1, "x": 0, "xanchor": "left", "y": 1, "yanchor": "top",
        "bgcolor": "@surface", "bordercolor": "@rule", "font": {"color": "@text", "size": 14}, "showactive": True,
    }  # fmt: skip
    layout = _map_layout(voice, annotations=notes[-1], updatemenus=[menu])
    return Panel("", [*traces, *_borders(area_geometry)], layout, MAP_HEIGHT)


def _painted(rows: Sequence[Any], choice: MapChoice, voice: Voice) -> tuple[list[str], list[str]]:
    """Fill and words of each municipality: stronger where more of Sweden's power is."""
    fills, told = [], []
    for row in rows:
        share = choice.shares.get(row.municipality_code)
        place = 0 if share is None else max(bisect_right(SHARE_LIMITS, share) - 1, 0)
        fills.append(f"{area_token(row.price_area)}/{SHARE_OPACITY[place]}")
        plain = voice.say("map.hover", name=str(row.name), area=row.price_area, cars=voice.exact(float(row.bev_count)))
        told.append(choice.words.get(row.municipality_code, plain).replace("<", "&lt;").replace("\n", "<br>"))
    return fills, told


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


def _municipality(row: Any) -> dict[str, Any]:
    """Draw one municipality that tells something when pointed at."""
    return _lines([row.geometry]) | {
        "type": "scatter", "mode": "lines", "fill": "toself", "line": {"color": "@surface", "width": 0.6},
        "hoveron": "fills", "hoverinfo": "text",
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
