"""Maps from GeoJSON: whatever the file is, there are areas or a sentence that says why not."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.organisation.geojson import AREAS_LIMIT, POINTS_LIMIT, SIZE_LIMIT, MapArea, read_map
from data.errors import BadInput

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
HOLE = [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]]


def areas_of(content: bytes) -> tuple[MapArea, ...]:
    """The areas of a GeoJSON file."""
    return read_map(content).areas


def feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def collection(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def test_polygons_and_multipolygons_with_holes() -> None:
    many = {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [[[20, 0], [30, 0], [30, 10], [20, 0]]]]}
    one, two = areas_of(collection(feature(polygon(SQUARE, HOLE), name="甲", code="A"), feature(many, name="乙")))
    assert (one.name, one.code, len(one.rings)) == ("甲", "A", 2)
    assert (two.name, two.code, len(two.rings)) == ("乙", "", 3)
    assert len(one.rings[0]) == 4, "the closing point says nothing"


@pytest.mark.parametrize(
    "document",
    [
        feature(polygon(SQUARE), name="x"),
        polygon(SQUARE),
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 1]}, polygon(SQUARE)]},
        {"type": "FeatureCollection", "features": [feature({"type": "Point", "coordinates": [1, 1]}), polygon(SQUARE)
         | {"type": "Feature", "geometry": polygon(SQUARE)}]},
    ],
)  # fmt: skip
def test_other_forms_of_a_map(document: dict[str, Any]) -> None:
    assert len(areas_of(json.dumps(document).encode())) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no GeoJSON"),
        (b'{"type": "Topology"}', "no GeoJSON"),
        (b'{"type": "FeatureCollection"}', "no list"),
        (b'{"type": "FeatureCollection", "features": []}', "no area"),
        (b'{"type": "FeatureCollection", "features": [5]}', "no object"),
        (collection(feature({"type": "Point", "coordinates": [1, 2]})), "no area"),
        (collection(feature(polygon([[1]]))), "coordinates"),
        (collection(feature(polygon([["1", "2"], [0, 0]]))), "coordinates"),
        (collection(feature(polygon("ab"))), "coordinates"),
        (collection(feature({"type": "Polygon"})), "coordinates"),
        (b'{"type": "Polygon", "coordinates": [[[NaN, 1], [1, 1], [2, 2]]]}', "coordinates"),
        (b'{"type": "Polygon", "coordinates": [[[1e400, 1], [1, 1], [2, 2]]]}', "coordinates"),
        (b'{"type": "Polygon", "coordinates": [[[1' + b"0" * 400 + b", 1], [1, 1], [2, 2]]]}", "coordinates"),
        (collection(feature(polygon([]))), "outline"),
        (collection(feature(polygon([[5, 5], [5, 5], [5, 5]]))), "extent"),
        (collection(*[feature(polygon(SQUARE))] * (AREAS_LIMIT + 1)), "areas"),
        (b" " * (SIZE_LIMIT + 1), "MiB"),
    ],
)
def test_what_is_no_map_is_refused_in_both_languages(content: bytes, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        areas_of(content)
    assert caught.value.code == "map-file"
    assert words in caught.value.en
    assert caught.value.zh.startswith("地图文件不能用")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "features", "geometry", "geometries", "coordinates", "properties", "name", "id"]),
            inner | st.sampled_from(["Feature", "FeatureCollection", "Polygon", "MultiPolygon", "GeometryCollection"]),
            max_size=4,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_no_json_at_all_gets_past_the_reader_unread(document: Any) -> None:
    try:
        areas = areas_of(json.dumps(document).encode())
    except BadInput:
        return
    assert areas
    assert all(len(ring) > 2 for area in areas for ring in area.rings)


def test_names_from_outside_are_made_harmless() -> None:
    (area,) = areas_of(collection(feature(polygon(SQUARE), name="\x1b[2J\u202e坏\n" + "长" * 500, code=7)))
    assert not {"\x1b", "\u202e", "\n"} & set(area.name)
    assert len(area.name) <= 40
    assert area.code == "7"


def coast(points: int, x: float, turns: int = 40) -> list[list[float]]:
    """A winding outline of many points."""
    angles = [2 * math.pi * step / points for step in range(points)]
    return [[x + math.cos(a) * (2 + math.sin(turns * a)), math.sin(a) * (2 + math.sin(turns * a))] for a in angles]


def test_a_huge_map_becomes_small_and_keeps_its_shape() -> None:
    areas = areas_of(collection(*[feature(polygon(coast(5_000, 7 * place)), name=str(place)) for place in range(9)]))
    assert len(areas) == 9
    assert sum(len(ring) for area in areas for ring in area.rings) <= POINTS_LIMIT
    across, up = ([point[axis] for area in areas[:1] for point in area.rings[0]] for axis in (0, 1))
    assert max(across) - min(across) == pytest.approx(max(up) - min(up), rel=0.1), "as wide as it is high"


def test_a_map_without_end_is_refused() -> None:
    zigzag = [[step % 2 * 50 + step / 1000, step % 89] for step in range(12_000)]
    with pytest.raises(BadInput) as caught:
        areas_of(collection(feature(polygon(zigzag))))
    assert "too detailed" in caught.value.en


def test_neighbours_still_share_their_border() -> None:
    border = [[5 + math.sin(step) / 3, step / 10] for step in range(101)]
    west = [[0, 0], *border, [0, 10]]
    east = [[10, 0], *border, [10, 10]]
    one, two = areas_of(collection(feature(polygon(west), name="w"), feature(polygon(east), name="e")))
    assert len(set(one.rings[0]) & set(two.rings[0])) > 50


def test_a_speck_stays_on_the_map() -> None:
    speck = [[5, 5], [5.0001, 5], [5.0001, 5.0001], [5, 5]]
    areas = areas_of(collection(feature(polygon(SQUARE), name="big"), feature(polygon(speck), name="speck")))
    assert [area.name for area in areas] == ["big", "speck"]


def test_a_real_map(shared_data: Path) -> None:
    areas = areas_of((shared_data / "chongqing" / "districts.geojson").read_bytes())
    assert len(areas) == 38
    assert areas[0].name == "万州区"
    assert 1000 < sum(len(ring) for area in areas for ring in area.rings) <= POINTS_LIMIT
