"""Areas from a GeoJSON file: checked, their names made harmless, their outlines made coarse enough to be kept small.

Outlines are snapped to a square grid, the same for all of them: neighbours that share a border still do.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from data.clean import clean
from data.errors import BadInput

SIZE_LIMIT = 16 << 20
"""Bytes of a file that are read."""
AREAS_LIMIT = 500
POINTS_LIMIT = 4000
"""Points that are kept of all outlines together."""
NAME_LIMIT = 40
FINEST, TIMES_COARSER = 2048, 5
"""Steps of the grid along the longer side; half as many, and half again, until there are few enough points."""
CODE_NAMES = ("code", "adcode")

Point = tuple[float, float]
Ring = list[Point]
Snapped = tuple[int, int]
"""A point on the grid."""


@dataclass(frozen=True)
class MapArea:
    """A named area. Rings are closed outlines and holes in them; x grows to the east and y to the north."""

    name: str
    code: str
    rings: tuple[tuple[Snapped, ...], ...]

    def as_dict(self) -> dict[str, Any]:
        """As it is stored."""
        return {"name": self.name, "code": self.code, "rings": [[list(point) for point in ring] for ring in self.rings]}


@dataclass(frozen=True)
class DrawnMap:
    """The areas of a map, and where on the ground its grid lies: a place is ((x - west) * across, (y - south) * up)."""

    areas: tuple[MapArea, ...]
    west: float
    south: float
    across: float
    up: float

    def as_dict(self) -> dict[str, Any]:
        """As it is stored."""
        grid = {"west": self.west, "south": self.south, "across": self.across, "up": self.up}
        return {"areas": [area.as_dict() for area in self.areas], "grid": grid}


def read_map(content: bytes) -> DrawnMap:
    """The areas of a GeoJSON file. Raises BadInput for whatever is none, is too large or names no area."""
    found = [
        (clean(name, NAME_LIMIT), clean(code, NAME_LIMIT), rings) for name, code, rings in _areas(_parsed(content))
    ]
    if not found:
        _refuse("里面没有区域（Polygon 或 MultiPolygon）", "it has no area (Polygon or MultiPolygon)")
    if len(found) > AREAS_LIMIT:
        _refuse(f"区域多于 {AREAS_LIMIT} 个", f"it has more than {AREAS_LIMIT} areas")
    return _coarse(found)


def _refuse(zh: str, en: str, cause: Exception | None = None) -> NoReturn:
    raise BadInput("map-file", f"地图文件不能用：{zh}。", f"The map cannot be used: {en}.") from cause


def _parsed(content: bytes) -> Any:
    if len(content) > SIZE_LIMIT:
        _refuse(f"超过 {SIZE_LIMIT >> 20} MiB", f"it has more than {SIZE_LIMIT >> 20} MiB")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        _refuse("不是 JSON 文件", "it is no JSON", error)


# ------------------------------------------------------------------------------------------------ reading


def _areas(document: Any) -> Iterator[tuple[str, str, list[Ring]]]:
    """Name, code and rings of every feature with an area: of a collection, a single feature or a bare geometry."""
    if not isinstance(document, dict):
        _refuse("不是 GeoJSON", "it is no GeoJSON")
    kind = document.get("type")
    features: list[Any]
    if kind == "FeatureCollection":
        given = document.get("features")
        if not isinstance(given, list):
            _refuse("features 不是列表", "its features are no list")
        features = given
    elif kind == "Feature":
        features = [document]
    elif kind in ("Polygon", "MultiPolygon", "GeometryCollection"):
        features = [{"properties": {}, "geometry": document}]
    else:
        _refuse("不是 GeoJSON", "it is no GeoJSON")
    for feature in features:
        if not isinstance(feature, dict):
            _refuse("有的 feature 不是对象", "a feature is no object")
        rings = list(_rings(feature.get("geometry")))
        if rings:
            properties = feature.get("properties")
            yield *_names(properties if isinstance(properties, dict) else {}, feature.get("id")), rings


def _names(properties: dict[str, Any], number: Any) -> tuple[str, str]:
    """Name and code; a number may stand for a text."""
    codes = [properties[name] for name in CODE_NAMES if properties.get(name) not in (None, "")]
    code = codes[0] if codes else number
    name = properties.get("name")
    return _text(name) or _text(code), _text(code)


def _text(value: Any) -> str:
    return str(value).strip()[:1000] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _rings(geometry: Any, depth: int = 0) -> Iterator[Ring]:
    """All rings of a geometry; points and lines have none."""
    if not isinstance(geometry, dict) or depth > 2:
        return
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        for part in parts if isinstance(parts, list) else ():
            yield from _rings(part, depth + 1)
    elif kind in ("Polygon", "MultiPolygon"):
        polygons: Any = [coordinates] if kind == "Polygon" else coordinates
        try:
            for polygon in polygons:
                for ring in polygon:
                    yield [_point(point) for point in ring]
        except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
            _refuse("坐标有误", "its coordinates are wrong", error)


def _point(point: Any) -> Point:
    if not all(isinstance(value, int | float) for value in point[:2]):
        raise TypeError(point)
    x, y = float(point[0]), float(point[1])
    if not (math.isfinite(x) and math.isfinite(y)) or max(abs(x), abs(y)) > 1e9:
        raise ValueError(point)
    return x, y


# ------------------------------------------------------------------------------------------------ coarser outlines


def _coarse(found: Sequence[tuple[str, str, list[Ring]]]) -> DrawnMap:
    """The areas on the finest grid on which they have few enough points. Raises BadInput when there is none."""
    points = [point for _name, _code, rings in found for ring in rings for point in ring]
    if not points:
        _refuse("区域没有边界", "its areas have no outline")
    (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*points, strict=True))
    degrees = max(abs(west), abs(east)) <= 360 and max(abs(south), abs(north)) <= 90
    # On the ground a degree of longitude is shorter than one of latitude.
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.1) if degrees else 1.0
    side = max((east - west) * narrow, north - south)
    if side <= 0:
        _refuse("区域没有大小", "its areas have no extent")
    across, up = FINEST / side * narrow, FINEST / side
    areas = [
        (name, code, [[(round((x - west) * across), round((y - south) * up)) for x, y in ring] for ring in rings])
        for name, code, rings in found
    ]
    for coarser in range(TIMES_COARSER):
        areas = [(name, code, _tidied(rings)) for name, code, rings in areas]
        if sum(len(ring) for _name, _code, rings in areas for ring in rings) <= POINTS_LIMIT:
            kept = tuple(MapArea(name, code, tuple(map(tuple, rings))) for name, code, rings in areas if rings)
            return DrawnMap(kept, west, south, across / 2**coarser, up / 2**coarser)
        areas = [(name, code, [[(x // 2, y // 2) for x, y in ring] for ring in rings]) for name, code, rings in areas]
    _refuse("边界过于琐碎", "its outlines are too detailed")


def _tidied(rings: Sequence[Sequence[Snapped]]) -> list[list[Snapped]]:
    """Rings without points that say nothing; rings that have become a dot or a line are dropped.

    An area that would be dropped altogether stays as one square of the grid.
    """
    kept = [ring for ring in map(_without_idle_points, rings) if len(ring) > 2]
    if not kept and rings and rings[0]:
        x, y = rings[0][0]
        kept = [[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]]
    return kept


def _without_idle_points(ring: Sequence[Snapped]) -> list[Snapped]:
    """The ring without its closing point, repeated points and points on the straight line between their neighbours."""
    kept: list[Snapped] = []
    for point in ring:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or point != kept[-1]:
            kept.append(point)
    while len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept


def _straight(first: Snapped, middle: Snapped, last: Snapped) -> bool:
    across, up = middle[0] - first[0], middle[1] - first[1]
    return across * (last[1] - first[1]) == up * (last[0] - first[0])
