"""All tickets that a filter lets through, page by page, in the order in which they were made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from data.queries.filters import Condition
from data.queries.searching import narrowed
from data.reader import Reader

PAGE = 1_000
EVERY = Condition("1 = 1", {})
COLUMNS = {
    "code": "t.code",
    "title": "t.title",
    "body": "t.body",
    "address": "t.address",
    "reporter_name": "t.reporter_name",
    "reporter_phone": "t.reporter_phone",
    "source": "t.source",
    "stage": "t.stage",
    "urgency": "t.urgency",
    "affair": "t.affair",
    "tier": "t.tier",
    "section": "t.section",
    "matter": "t.matter_code",
    "community": "c.code",
    "community_name": "c.name",
    "grid": "g.code",
    "grid_name": "g.name",
    "holder": "t.holder",
    "unit": "h.code",
    "unit_name": "h.name",
    "lead": "l.code",
    "lead_name": "l.name",
    "reported_at": "t.reported_at",
    "accepted_at": "t.accepted_at",
    "dispatched_at": "t.dispatched_at",
    "completed_at": "t.completed_at",
    "closed_at": "t.closed_at",
    "official_due_at": "t.official_due_at",
    "final_due_at": "t.final_due_at",
    "due_at": "t.due_at",
    "due_kind": "t.due_kind",
    "on_time": "t.on_time",
    "bounces": "t.bounces",
    "reworks": "t.reworks",
    "reminders": "t.reminders",
    "hops": "t.hops",
    "supervised": "t.supervised",
    "confidential": "t.confidential",
    "outcome": "t.outcome",
    "public_reply": "t.public_reply",
    "satisfaction": "t.satisfaction",
    "reason": "t.reason",
    "origin": "t.origin",
    "external_id": "t.external_id",
    "revision": "t.revision",
}
"""The columns of an export and where they come from. Names and order are stable; new ones come at the end."""

_SELECT = (
    f"SELECT t.id, {', '.join(COLUMNS.values())} FROM ticket t"
    " LEFT JOIN unit h ON h.centre_id = t.centre_id AND h.id = t.holder_unit_id"
    " LEFT JOIN unit l ON l.centre_id = t.centre_id AND l.id = t.lead_unit_id"
    " LEFT JOIN unit c ON c.centre_id = t.centre_id AND c.id = t.community_id"
    " LEFT JOIN unit g ON g.centre_id = t.centre_id AND g.id = t.grid_id"
    " WHERE t.centre_id = :centre AND t.id > :after AND ({condition}) ORDER BY t.id LIMIT :size"
)


def tickets(reader: Reader, centre: int, condition: Condition | None = None) -> Iterator[list[Any]]:
    """The values of COLUMNS for each ticket. No read lasts longer than a page."""
    chosen = narrowed(reader, centre, condition or EVERY)
    sql = _SELECT.format(condition=chosen.sql)
    after = -1
    while page := reader.rows(sql, centre=centre, after=after, size=PAGE, **chosen.values):
        for row in page:
            yield list(row[1:])
        after = page[-1][0]


def count(reader: Reader, centre: int, condition: Condition | None = None) -> int:
    """How many tickets the filter lets through: for the bar of a long export."""
    chosen = narrowed(reader, centre, condition or EVERY)
    sql = f"SELECT count(*) FROM ticket t WHERE t.centre_id = :centre AND ({chosen.sql})"
    row = reader.one(sql, centre=centre, **chosen.values)
    return int(row[0]) if row else 0
