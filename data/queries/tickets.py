"""One ticket with everything that belongs to it."""

from __future__ import annotations

import json
from typing import Any

from data.errors import unknown_ticket
from data.reader import Reader

Row = dict[str, Any]
UNSAID = frozenset(("effects", "notices"))
"""Parts of an event's body that are no facts for people: what it changed, and the notices that it brought."""


def ticket_id(reader: Reader, centre: int, code: str) -> int:
    """The id behind a ticket's code. Raises NotFound."""
    row = reader.one("SELECT id FROM ticket WHERE centre_id = :centre AND code = :code", centre=centre, code=code)
    if row is None:
        raise unknown_ticket(code)
    return int(row[0])


def ticket(reader: Reader, centre: int, ticket: int) -> Row | None:
    """The ticket's row with the names of its units, or None."""
    found = _rows(
        reader,
        "SELECT t.*, h.name AS holder_name, h.code AS holder_code, l.name AS lead_name, l.code AS lead_code,"
        " c.name AS community_name, g.name AS grid_name, o.name AS holder_officer_name,"
        " (SELECT max(s.name) FROM unit s WHERE s.centre_id = t.centre_id AND s.kind = 'section'"
        " AND s.code = t.section AND s.closed_at IS NULL) AS section_name"
        " FROM ticket t"
        " LEFT JOIN unit h ON h.centre_id = t.centre_id AND h.id = t.holder_unit_id"
        " LEFT JOIN unit l ON l.centre_id = t.centre_id AND l.id = t.lead_unit_id"
        " LEFT JOIN unit c ON c.centre_id = t.centre_id AND c.id = t.community_id"
        " LEFT JOIN unit g ON g.centre_id = t.centre_id AND g.id = t.grid_id"
        " LEFT JOIN officer o ON o.centre_id = t.centre_id AND o.id = t.holder_officer_id"
        " WHERE t.centre_id = :centre AND t.id = :ticket",
        centre,
        ticket,
        ("facts",),
    )
    return found[0] if found else None


def events(reader: Reader, centre: int, ticket: int) -> list[Row]:
    """The ticket's log in order, with the names of the officers."""
    return _rows(
        reader,
        "SELECT e.id, e.seq, e.at, e.kind, e.actor, e.actor_id, e.seen_revision, e.body, e.hash, o.name AS actor_name"
        " FROM ticket_event e LEFT JOIN officer o ON o.centre_id = e.centre_id AND o.id = e.actor_id"
        " WHERE e.centre_id = :centre AND e.ticket_id = :ticket ORDER BY e.seq",
        centre,
        ticket,
        ("body",),
    )


def tasks(reader: Reader, centre: int, ticket: int) -> list[Row]:
    """The ticket's tasks in order, with the names of units and officers.

    `hand` is whose task it is, as orders name it: the unit's code, or `@` and the code of the officer asked by name.
    """
    found = _rows(
        reader,
        "SELECT k.*, u.name AS unit_name, u.code AS unit_code, o.name AS officer_name,"
        " o.code AS officer_code FROM task k"
        " LEFT JOIN unit u ON u.centre_id = k.centre_id AND u.id = k.unit_id"
        " LEFT JOIN officer o ON o.centre_id = k.centre_id AND o.id = k.officer_id"
        " WHERE k.centre_id = :centre AND k.ticket_id = :ticket ORDER BY k.no",
        centre,
        ticket,
    )
    for row in found:
        row["hand"] = f"@{row['officer_code']}" if row["addressed"] else row["unit_code"]
    return found


def clocks(reader: Reader, centre: int, ticket: int) -> list[Row]:
    """The ticket's clocks in the order in which they started, with the names of the units."""
    return _rows(
        reader,
        "SELECT k.*, u.name AS unit_name, u.code AS unit_code FROM clock k"
        " LEFT JOIN unit u ON u.centre_id = k.centre_id AND u.id = k.unit_id"
        " WHERE k.centre_id = :centre AND k.ticket_id = :ticket ORDER BY k.started_at, k.id",
        centre,
        ticket,
        ("segments", "fired"),
    )


def named(reader: Reader, centre: int, ticket: int) -> list[Row]:
    """Officers named on a confidential ticket now, in the order in which they were named."""
    return _rows(
        reader,
        "SELECT r.at, o.code, o.name, n.name AS named_by FROM ticket_reader r"
        " JOIN officer o ON o.centre_id = r.centre_id AND o.id = r.officer_id"
        " LEFT JOIN officer n ON n.centre_id = r.centre_id AND n.id = r.named_by"
        " WHERE r.centre_id = :centre AND r.ticket_id = :ticket AND r.until_at IS NULL ORDER BY r.no",
        centre,
        ticket,
    )


def custody(reader: Reader, centre: int, ticket: int) -> list[Row]:
    """The ticket's custody segments in order, with the names of units and officers."""
    return _rows(
        reader,
        "SELECT k.*, u.name AS unit_name, u.code AS unit_code, o.name AS officer_name FROM custody k"
        " LEFT JOIN unit u ON u.centre_id = k.centre_id AND u.id = k.unit_id"
        " LEFT JOIN officer o ON o.centre_id = k.centre_id AND o.id = k.officer_id"
        " WHERE k.centre_id = :centre AND k.ticket_id = :ticket ORDER BY k.no",
        centre,
        ticket,
    )


def ladder_steps(reader: Reader, centre: int, ticket: int) -> list[Row]:
    """What the ladder did for a ticket, in order."""
    return _rows(
        reader,
        "SELECT s.*, k.kind AS clock_kind FROM ladder_step s"
        " LEFT JOIN clock k ON k.centre_id = s.centre_id AND k.id = s.clock_id"
        " WHERE s.centre_id = :centre AND s.ticket_id = :ticket ORDER BY s.fired_at, s.id",
        centre,
        ticket,
        ("people",),
    )


def changed_since(reader: Reader, centre: int, event_no: int, limit: int = 500) -> list[tuple[int, int]]:
    """(event number, ticket id) of what happened after an event of the centre's chain, oldest first."""
    rows = reader.bare_rows(
        "SELECT id, ticket_id FROM ticket_event WHERE centre_id = :centre AND id > :event_no ORDER BY id LIMIT :size",
        centre=centre,
        event_no=event_no,
        size=limit,
    )
    return [(int(number), int(found)) for number, found in rows]


def change_numbers(reader: Reader, centre: int) -> tuple[int, int, int]:
    """(last event number, change number, organisation number) of a centre: what watchers poll."""
    row = reader.one(
        "SELECT chain_no, change_no, organisation_no FROM centre_seq WHERE centre_id = :centre", centre=centre
    )
    return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)


def newest_id(reader: Reader, centre: int) -> int:
    """The greatest ticket id of a centre; 0 where there is none."""
    row = reader.one("SELECT max(id) FROM ticket WHERE centre_id = :centre", centre=centre)
    return int(row[0] or 0) if row else 0


def _rows(reader: Reader, sql: str, centre: int, ticket: int, json_columns: tuple[str, ...] = ()) -> list[Row]:
    names, rows = reader.columns(sql, centre=centre, ticket=ticket)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for row in found:
        for name in json_columns:
            if isinstance(row[name], str):
                row[name] = json.loads(row[name])
    return found
