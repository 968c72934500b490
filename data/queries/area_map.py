"""The stored map of a centre, and the unit that each of its areas stands for."""

from __future__ import annotations

import json

from data.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from data.queries.overview import Place

AREA_MAP_SETTING = "area_map"


def stored_areas(reader: Reader, centre: int) -> list[dict[str, Any]]:
    """The areas of the map, each with `name`, `code` and `rings`; none where the centre has no map."""
    row = reader.one(
        "SELECT value FROM setting WHERE centre_id = :centre AND name = :name", centre=centre, name=AREA_MAP_SETTING
    )
    if row is None:
        return []
    value = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    areas: list[dict[str, Any]] = value.get("areas", [])
    return areas


def areas_with_places(
    reader: Reader, centre: int, places: Sequence[Place] | None = None
) -> list[tuple[dict[str, Any], Place | None]]:
    """The areas of the map, each with the community or grid of its code, name or alias; communities come first."""
    if places is None:
        from data.queries.overview import places as read_places

        places = read_places(reader, centre)
    known: dict[str, Place] = {}
    for place in sorted(places, key=lambda place: place.kind != "community"):
        if place.kind in ("community", "grid"):
            for word in (place.code, place.name, place.name_en, *place.aliases):
                if word:
                    known.setdefault(word, place)
    return [(area, known.get(area["code"]) or known.get(area["name"])) for area in stored_areas(reader, centre)]
