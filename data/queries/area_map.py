"""The stored map of a centre."""

from __future__ import annotations

import json

from data.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AREA_MAP_SETTING = "area_map"


def stored_map(reader: Reader, centre: int) -> dict[str, Any]:
    """The map as it is kept: `source` (the file it came from) and `areas`; empty where the centre has none."""
    row = reader.one(
        "SELECT value FROM setting WHERE centre_id = :centre AND name = :name", centre=centre, name=AREA_MAP_SETTING
    )
    if row is None:
        return {}
    value: dict[str, Any] = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    return value


def stored_areas(reader: Reader, centre: int) -> list[dict[str, Any]]:
    """The areas of the map, each with `name`, `code` and `rings`."""
    areas: list[dict[str, Any]] = stored_map(reader, centre).get("areas", [])
    return areas
