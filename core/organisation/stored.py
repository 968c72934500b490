"""The organisation as it stands in the store, as the same plain values that files and templates give."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.catalogue.stored import Rows
from core.organisation.model import (
    AppointmentEntry,
    Desk,
    DutyEntry,
    OfficerEntry,
    Organisation,
    Sizes,
    UnitEntry,
)
from data.errors import NotFound

_UNITS = """
SELECT u.code, u.kind, u.name, u.name_en, u.aliases, p.code, u.section, u.post_kind, u.households, u.people, u.facts
FROM unit u LEFT JOIN unit p ON p.centre_id = u.centre_id AND p.id = u.parent_id
WHERE u.centre_id = :centre AND u.closed_at IS NULL ORDER BY u.sort_no, u.id
"""
_OFFICERS = "SELECT code, name, title, phone FROM officer WHERE centre_id = :centre AND active ORDER BY id"
_APPOINTMENTS = """
SELECT o.code, u.code, a.role, a.rank FROM appointment a
JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id
JOIN unit u ON u.centre_id = a.centre_id AND u.id = a.unit_id
WHERE a.centre_id = :centre AND a.to_at IS NULL AND o.active AND u.closed_at IS NULL ORDER BY a.id
"""
_DUTY = """
SELECT o.code, d.kind, d.role, d.from_at, d.to_at, d.note, d.source FROM duty d
JOIN officer o ON o.centre_id = d.centre_id AND o.id = d.officer_id
WHERE d.centre_id = :centre AND (d.to_at IS NULL OR d.to_at > :at) ORDER BY d.id
"""


def stored_organisation(rows: Rows, centre_id: int, at: int) -> Organisation:
    """The open units, active officers, standing appointments, and the duty that is not over at `at` (epoch seconds).

    Raises NotFound for an unknown centre.
    """
    head = rows("SELECT code, name, name_en, zone, calendar, labels FROM centre WHERE id = :centre", centre=centre_id)
    if not head:
        raise NotFound("centre-unknown", "没有这个中心。", "There is no such centre.")
    code, name, name_en, zone, calendar, labels = head[0]
    words: Mapping[str, Any] = _plain(labels) or {}
    desk = words.get("desk", {})
    duty = rows(_DUTY, centre=centre_id, at=at)
    return Organisation(
        code=code,
        name=name,
        name_en=name_en,
        zone=zone,
        calendar=calendar,
        aliases=tuple(words.get("aliases", ())),
        tiers=words.get("tiers", {}),
        sizes=Sizes(**words.get("sizes", {})),
        routes=words.get("routes", {}),
        desk=Desk(
            tuple(desk.get("shifts", ())),
            tuple(tuple(team) for team in desk.get("teams", ())),
            tuple(desk.get("leaders", ())),
        ),
        units=tuple(_unit(row) for row in rows(_UNITS, centre=centre_id)),
        officers=tuple(OfficerEntry(*row) for row in rows(_OFFICERS, centre=centre_id)),
        appointments=tuple(AppointmentEntry(*row) for row in rows(_APPOINTMENTS, centre=centre_id)),
        duty=tuple(_duty(row, ZoneInfo(zone)) for row in duty),
    )


def _unit(row: Sequence[Any]) -> UnitEntry:
    values = list(row)
    values[4] = tuple(_plain(values[4]) or ())
    values[5] = values[5] or ""
    values[10] = _plain(values[10]) or {}
    return UnitEntry(*values)


def _duty(row: Sequence[Any], zone: ZoneInfo) -> DutyEntry:
    officer, kind, role, from_at, to_at, note, source = row
    starts, ends = (
        "" if moment is None else datetime.fromtimestamp(moment, zone).isoformat(timespec="seconds")
        for moment in (from_at, to_at)
    )
    return DutyEntry(officer, kind, role, starts, ends, note, source)


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
