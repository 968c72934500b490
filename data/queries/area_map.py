"""The stored map of a centre, and the unit that each of its areas stands for."""

from __future__ import annotations

import json
import math
from typing import NamedTuple

from data.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from data.queries.overview import Place

AREA_MAP_SETTING = "area_map"


LONGITUDE, LATITUDE = "lon", "lat"
"""Names of the facts of a ticket that tell its place, in the coordinates of the map's file."""
PLACED_CAP = 2_000
"""Open tickets that are looked at for a place, the nearest deadlines first."""


class PlacedTicket(NamedTuple):
    """An open ticket's point on the grid of the map, and its deadline in epoch seconds."""

    x: float
    y: float
    due: int


def _stored(reader: Reader, centre: int) -> dict[str, Any]:
    row = reader.one(
        "SELECT value FROM setting WHERE centre_id = :centre AND name = :name", centre=centre, name=AREA_MAP_SETTING
    )
    value: dict[str, Any] = {} if row is None else json.loads(row[0]) if isinstance(row[0], str) else row[0]
    return value


def stored_areas(reader: Reader, centre: int) -> list[dict[str, Any]]:
    """The areas of the map, each with `name`, `code` and `rings`; none where the centre has no map."""
    areas: list[dict[str, Any]] = _stored(reader, centre).get("areas", [])
    return areas


def stored_grid(reader: Reader, centre: int) -> dict[str, float]:
    """Where the map's grid lies: `west`, `south`, `across`, `up`; empty without a map, and for one set long ago."""
    grid: dict[str, float] = _stored(reader, centre).get("grid", {})
    return grid


def placed_tickets(reader: Reader, centre: int, grid: Mapping[str, float]) -> list[PlacedTicket]:
    """Open tickets that were imported with coordinates; confidential ones have no place on a map."""
    rows = reader.rows(
        "SELECT t.facts, t.due_at FROM ticket t WHERE t.centre_id = :centre AND t.open = 1 AND NOT t.confidential"
        " ORDER BY t.due_at, t.id LIMIT :cap",
        centre=centre,
        cap=PLACED_CAP,
    )
    found = []
    for stored, due in rows:
        facts = json.loads(stored) if isinstance(stored, str) else stored or {}
        point = _point(facts.get(LONGITUDE), facts.get(LATITUDE))
        if point is not None:
            x, y = (point[0] - grid["west"]) * grid["across"], (point[1] - grid["south"]) * grid["up"]
            found.append(PlacedTicket(x, y, int(due)))
    return found


def _point(longitude: object, latitude: object) -> tuple[float, float] | None:
    """Two facts as a point: as imported they are texts. None for whatever is no number."""
    try:
        x, y = float(str(longitude)), float(str(latitude))
    except ValueError:
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


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
