"""The centre's map: set from a GeoJSON file, taken away; kept in its settings, each change on the record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert

from core.desk.actor import Actor
from core.desk.permissions import require_role
from core.organisation.geojson import DrawnMap
from core.organisation.journal import note_change
from data.clean import clean
from data.queries.area_map import AREA_MAP_SETTING
from data.tables import Setting, table

_SETTING = table(Setting)
SOURCE_LIMIT = 80


def set_area_map(connection: Connection, centre_id: int, drawn: DrawnMap, source: str, actor: Actor, at: int) -> None:
    """Keep this as the centre's map instead of the one before. `at` in epoch seconds; `source` names the file.

    Raises NotAllowed unless the actor may change the centre's map.
    """
    require_role("area_map", "设置地图", "change the map", actor)
    _remove(connection, centre_id)
    value: dict[str, Any] = {"source": clean(source, SOURCE_LIMIT), **drawn.as_dict()}
    connection.execute(insert(_SETTING), [{"centre_id": centre_id, "name": AREA_MAP_SETTING, "value": value}])
    said = {"source": value["source"], "areas": len(drawn.areas)}
    note_change(connection, centre_id, at, actor.code, "area_map", said)


def clear_area_map(connection: Connection, centre_id: int, actor: Actor, at: int) -> bool:
    """Keep no map; False when there was none. Raises NotAllowed."""
    require_role("area_map", "设置地图", "change the map", actor)
    if not _remove(connection, centre_id):
        return False
    note_change(connection, centre_id, at, actor.code, "area_map", {"source": "", "areas": 0})
    return True


def _remove(connection: Connection, centre_id: int) -> bool:
    gone = connection.execute(
        delete(_SETTING).where(_SETTING.c.centre_id == centre_id, _SETTING.c.name == AREA_MAP_SETTING)
    )
    return gone.rowcount > 0
