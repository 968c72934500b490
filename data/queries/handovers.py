"""What a handover reads: shifts of the desk, what is open as lists with counts, and the handovers themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from data.handover_terms import HandoverPart
from data.instants import FAR
from data.masking import mask_text
from data.reader import Reader, expand

Row = dict[str, Any]
LINE = ("ticket", "title", "stage", "urgency", "kind", "holder", "who", "at", "until")
"""What a line of a pack says: empty where it has nothing to say."""
LOOK = 2 * 86_400
"""Seconds around an instant in which the shifts about it are looked for."""

_TICKET = """
SELECT t.code, t.title, t.confidential, t.stage, t.urgency, t.due_kind, t.holder,
    coalesce(u.name, '') || CASE WHEN o.name IS NULL THEN '' ELSE ' ' || o.name END, t.due_at, NULL
FROM ticket t
LEFT JOIN unit u ON u.centre_id = t.centre_id AND u.id = t.holder_unit_id
LEFT JOIN officer o ON o.centre_id = t.centre_id AND o.id = t.holder_officer_id
WHERE t.centre_id = :centre AND t.open = 1 AND {condition} ORDER BY t.due_at, t.id LIMIT :size
"""
# One walk of the index of open tickets by stage and deadline.
_STAGES = """
SELECT t.stage, count(*), sum(CASE WHEN t.due_at <= :at THEN 1 ELSE 0 END),
    sum(CASE WHEN t.due_at > :at AND t.due_at <= :until THEN 1 ELSE 0 END)
FROM ticket t WHERE t.centre_id = :centre AND t.open = 1 GROUP BY t.stage ORDER BY t.stage
"""
_HOLDERS = """
SELECT coalesce(u.code, ''), coalesce(u.name, ''), h.amount, h.late
FROM (
    SELECT t.holder_unit_id AS unit_id, count(*) AS amount, sum(CASE WHEN t.due_at <= :at THEN 1 ELSE 0 END) AS late
    FROM ticket t WHERE t.centre_id = :centre AND t.open = 1 GROUP BY t.holder_unit_id
) h LEFT JOIN unit u ON u.centre_id = :centre AND u.id = h.unit_id
ORDER BY h.late DESC, h.amount DESC, u.code LIMIT :size
"""
_SUSPENDED = """
SELECT t.code, t.title, t.confidential, t.stage, t.urgency, t.due_kind, t.holder, coalesce(u.name, ''), t.due_at,
    (SELECT max(k.due_at) FROM clock k WHERE k.centre_id = t.centre_id AND k.ticket_id = t.id
        AND k.kind = 'suspension' AND k.state = 'running')
FROM ticket t LEFT JOIN unit u ON u.centre_id = t.centre_id AND u.id = t.holder_unit_id
WHERE t.centre_id = :centre AND t.open = 1 AND t.stage = 'suspended' ORDER BY t.due_at, t.id LIMIT :size
"""
_TICKETS = {
    HandoverPart.LATE: "t.due_at <= :at",
    HandoverPart.DUE: "t.due_at > :at AND t.due_at <= :until",
    HandoverPart.WAITING: "t.stage = 'dispatched'",
    HandoverPart.CALL_BACKS: "t.stage = 'checked'",
    HandoverPart.OPEN: "1 = 1",
}


class _Others(NamedTuple):
    """A list of what is no open ticket itself: from where, in which order, and its columns as those of a ticket."""

    source: str
    columns: str
    order: str


_OWNER = """
LEFT JOIN unit u ON u.centre_id = f.centre_id AND u.code = f.owner
LEFT JOIN officer p ON p.centre_id = f.centre_id AND '@' || p.code = f.owner
"""
_OTHERS = {
    HandoverPart.REQUESTS: _Others(
        "clock k JOIN ticket t ON t.centre_id = k.centre_id AND t.id = k.ticket_id"
        " LEFT JOIN unit u ON u.centre_id = t.centre_id AND u.id = t.holder_unit_id"
        " WHERE k.centre_id = :centre AND k.kind = 'request' AND k.state = 'running'",
        "t.code, t.title, t.confidential, t.stage, t.urgency, t.pending, t.holder, coalesce(u.name, ''), k.due_at,"
        " k.started_at",
        "k.due_at, k.id",
    ),
    HandoverPart.FOLLOW_UPS: _Others(
        f"follow_up f JOIN ticket t ON t.centre_id = f.centre_id AND t.id = f.child_id {_OWNER}"
        " WHERE f.centre_id = :centre AND t.open = 1",
        "t.code, f.words, t.confidential, t.stage, t.urgency, '', '', coalesce(p.name, u.name, f.owner), f.due_at,"
        " NULL",
        "f.due_at, t.id",
    ),
    HandoverPart.DECISIONS: _Others(
        f"resolution f JOIN ticket t ON t.centre_id = f.centre_id AND t.id = f.ticket_id {_OWNER}"
        " LEFT JOIN task k ON k.centre_id = f.centre_id AND k.id = f.task_id"
        " LEFT JOIN ticket c ON c.centre_id = f.centre_id AND c.id = f.child_id"
        " WHERE f.centre_id = :centre AND (c.open = 1 OR k.state IN ('sent', 'acknowledged', 'arrived'))",
        "coalesce(c.code, t.code), f.words, t.confidential, coalesce(c.stage, t.stage), t.urgency, '', '',"
        " coalesce(p.name, u.name, f.owner), f.due_at, NULL",
        "f.due_at, f.ticket_id, f.no",
    ),
    HandoverPart.AGREEMENTS: _Others(
        "mediation f JOIN ticket t ON t.centre_id = f.centre_id AND t.id = f.ticket_id"
        " WHERE f.centre_id = :centre AND f.outcome = 'agreed' AND f.follow <> '' AND f.followed_at IS NULL"
        " AND t.open = 1",
        "t.code, f.follow, t.confidential, t.stage, t.urgency, '', '', f.mediator, NULL, f.held_at",
        "f.held_at, f.ticket_id, f.no",
    ),
    HandoverPart.MEETINGS: _Others(
        "meeting f JOIN ticket t ON t.centre_id = f.centre_id AND t.id = f.ticket_id"
        " WHERE f.centre_id = :centre AND f.meets_at > :at AND f.meets_at <= :until AND f.state = 'convened'",
        "t.code, f.agenda, t.confidential, t.stage, t.urgency, f.kind, '', f.place, f.meets_at, NULL",
        "f.meets_at, f.ticket_id, f.no",
    ),
    # The words of the partial index: see `data.tables.ticket.UPWARD_RUNNING`.
    HandoverPart.UPWARD: _Others(
        "clock k JOIN ticket t ON t.centre_id = k.centre_id AND t.id = k.ticket_id WHERE k.centre_id = :centre"
        " AND k.state = 'running' AND k.kind IN ('up_phone', 'up_written', 'up_follow')",
        "t.code, t.title, t.confidential, t.stage, t.urgency, k.kind, '', '', k.due_at, NULL",
        "k.due_at, k.id",
    ),
    HandoverPart.AWAY: _Others(
        "device d JOIN unit u ON u.centre_id = d.centre_id AND u.id = d.unit_id WHERE d.centre_id = :centre"
        " AND d.retired_at IS NULL AND d.away_from <= :at AND d.away_until > :at",
        "d.code, d.away_reason, false, '', '', d.kind, '', u.name, d.away_from, d.away_until",
        "d.away_until, d.id",
    ),
    HandoverPart.GLASS: _Others(
        "break_glass g LEFT JOIN officer o ON o.centre_id = g.centre_id AND o.id = g.officer_id"
        " WHERE g.centre_id = :centre AND g.reviewed_at IS NULL",
        "'', g.reason, false, '', '', g.role, '', o.name, g.from_at, g.to_at",
        "g.id",
    ),
    HandoverPart.OUTAGES: _Others(
        "engine_outage g WHERE g.centre_id = :centre AND g.to_at > :since",
        "'', '', false, '', '', '', '', '', g.from_at, g.to_at",
        "g.to_at DESC, g.id DESC",
    ),
}


class Span(NamedTuple):
    """The times of a pack in epoch seconds: when it is made, the start of the shift, the end of the next one."""

    at: int
    since: int
    until: int


def stages(reader: Reader, centre: int, span: Span) -> list[tuple[str, int, int, int]]:
    """(stage, open, late, due in the next shift) of all open tickets, counted and not estimated."""
    rows = reader.rows(_STAGES, centre=centre, at=span.at, until=span.until)
    return [(str(stage), int(amount), int(late), int(due)) for stage, amount, late, due in rows]


def holders(reader: Reader, centre: int, span: Span, size: int) -> list[Row]:
    """Who has how many, those with most late ones first; the centre's own queue and leaders have no code."""
    rows = reader.rows(_HOLDERS, centre=centre, at=span.at, size=size)
    return [{"unit": code, "name": name, "open": int(amount), "late": int(late)} for code, name, amount, late in rows]


def count(reader: Reader, centre: int, part: HandoverPart, span: Span) -> int:
    """How many a list has that is not told by the stages."""
    source = _OTHERS[part].source
    row = reader.one(f"SELECT count(*) FROM {source}", centre=centre, **_values(source, span))
    return int(row[0]) if row else 0


def lines(reader: Reader, centre: int, part: HandoverPart, span: Span, size: int) -> list[Row]:
    """The first lines of a list; texts are masked, confidential ones left out."""
    if part in _OTHERS:
        other = _OTHERS[part]
        sql = f"SELECT {other.columns} FROM {other.source} ORDER BY {other.order} LIMIT :size"
    elif part == HandoverPart.SUSPENDED:
        sql = _SUSPENDED
    else:
        sql = _TICKET.format(condition=_TICKETS[part])
    return [line_of(row) for row in reader.rows(sql, centre=centre, size=size, **_values(sql, span))]


def line_of(row: Sequence[Any]) -> Row:
    """A line from its columns: LINE with `confidential` behind the title."""
    code, title, confidential, *rest, at, until = row
    shown = "" if confidential else mask_text(str(title or "")).split("\n")[0]
    return dict(zip(LINE, (code, shown, *rest, None if at == FAR else at, until), strict=True))


def _values(sql: str, span: Span) -> dict[str, Any]:
    """The times that a statement asks for."""
    return {name: value for name, value in span._asdict().items() if f":{name}" in sql}


# ------------------------------------------------------------------------------------------------ shifts


class DeskTurn(NamedTuple):
    """Somebody's time at the desk, [from_at, to_at) in epoch seconds."""

    officer_id: int
    from_at: int
    to_at: int
    role: str


def desk_times(reader: Reader, centre: int, at: int, roles: Sequence[str]) -> list[tuple[int, int, int]]:
    """(officer, from, to) of everybody's time at the desk around an instant; times without an end are no shifts."""
    return [turn[:3] for turn in desk_turns(reader, centre, at, roles)]


def desk_turns(reader: Reader, centre: int, at: int, roles: Sequence[str]) -> list[DeskTurn]:
    """The same with the role, in order of time."""
    listed, values = expand("role", roles)
    rows = reader.rows(
        "SELECT officer_id, from_at, to_at, role FROM duty WHERE centre_id = :centre AND kind = 'shift'"
        f" AND role IN ({listed}) AND to_at > :since AND from_at < :until ORDER BY from_at, officer_id",
        centre=centre,
        since=at - LOOK,
        until=at + LOOK,
        **values,
    )
    return [DeskTurn(int(officer), int(start), int(end), str(role)) for officer, start, end, role in rows]


def officer_code(reader: Reader, centre: int, officer: int) -> str:
    """The code of an officer."""
    row = reader.one("SELECT code FROM officer WHERE centre_id = :centre AND id = :id", centre=centre, id=officer)
    return str(row[0]) if row else ""


# ------------------------------------------------------------------------------------------------ handovers


class HandoverLine(NamedTuple):
    """A handover as it stands; officers by id, instants in epoch seconds, `pack` as it was made."""

    number: int
    change_at: int
    attempt: int
    state: str
    from_at: int | None
    to_at: int | None
    next_from: int | None
    next_to: int | None
    leaving: list[int]
    incoming: list[int]
    made_at: int | None
    made_by: int | None
    packs: int
    pack_hash: str
    given_at: int | None
    given_by: int | None
    answered_at: int | None
    answered_by: int | None
    words: str
    bound: list[int]
    unsigned: bool
    step: int
    next_at: int | None
    pack: dict[str, Any]


class NoteLine(NamedTuple):
    """A note of the leaving shift; without a ticket it is about everything."""

    number: int
    ticket: str
    officer: str
    at: int
    words: str


_FIELDS = """
h.id, h.change_at, h.attempt, h.state, h.from_at, h.to_at, h.next_from, h.next_to, h.leaving, h.incoming, h.made_at,
h.made_by, h.packs, h.pack_hash, h.given_at, h.given_by, h.answered_at, h.answered_by, h.words, h.bound, h.unsigned,
h.step, h.next_at
"""
_LISTS = (8, 9, 19)
_WORDS, _UNSIGNED = 18, 20


def handover(reader: Reader, centre: int, number: int) -> HandoverLine | None:
    """One handover with its pack; None where there is none of this number."""
    sql = f"SELECT {_FIELDS}, h.pack FROM handover h WHERE h.centre_id = :centre AND h.id = :number"
    row = reader.one(sql, centre=centre, number=number)
    return None if row is None else _line(row[:-1], _plain(row[-1]))


def newest(reader: Reader, centre: int, packed: bool = False) -> int | None:
    """The number of the newest handover, with `packed` of the newest that has a pack."""
    condition = "AND h.packs > 0" if packed else ""
    sql = f"SELECT h.id FROM handover h WHERE h.centre_id = :centre {condition} ORDER BY h.id DESC LIMIT 1"
    row = reader.one(sql, centre=centre)
    return None if row is None else int(row[0])


def history(reader: Reader, centre: int, size: int) -> list[HandoverLine]:
    """Handovers without their packs, the newest first."""
    sql = f"SELECT {_FIELDS} FROM handover h WHERE h.centre_id = :centre ORDER BY h.id DESC LIMIT :size"
    return [_line(row, {}) for row in reader.rows(sql, centre=centre, size=size)]


def unsigned(reader: Reader, centre: int) -> list[HandoverLine]:
    """Changes of shift that wait for a signature, without their packs, the newest first."""
    sql = f"SELECT {_FIELDS} FROM handover h WHERE h.centre_id = :centre AND h.unsigned ORDER BY h.id DESC"
    return [_line(row, {}) for row in reader.rows(sql, centre=centre)]


def notes(reader: Reader, centre: int, number: int) -> list[NoteLine]:
    """Notes of a handover in the order they were written, masked."""
    rows = reader.rows(
        "SELECT n.id, coalesce(t.code, ''), coalesce(o.name, ''), n.at, n.words FROM handover_note n"
        " LEFT JOIN ticket t ON t.centre_id = n.centre_id AND t.id = n.ticket_id"
        " LEFT JOIN officer o ON o.centre_id = n.centre_id AND o.id = n.officer_id"
        " WHERE n.centre_id = :centre AND n.handover_id = :number ORDER BY n.id",
        centre=centre,
        number=number,
    )
    return [NoteLine._make((*row[:4], mask_text(str(row[4])))) for row in rows]


def began(reader: Reader, centre: int) -> int:
    """When the centre began."""
    row = reader.one("SELECT created_at FROM centre WHERE id = :centre", fanout=True, centre=centre)
    return int(row[0]) if row else 0


def attempts(reader: Reader, centre: int, change_at: int) -> int:
    """How many handovers a change has."""
    row = reader.one(
        "SELECT count(*) FROM handover h WHERE h.centre_id = :centre AND h.change_at = :at", centre=centre, at=change_at
    )
    return int(row[0]) if row else 0


def pressing(reader: Reader, centre: int, now: int) -> list[HandoverLine]:
    """Handovers that are to be pressed now, the oldest first."""
    sql = f"""
    SELECT {_FIELDS} FROM handover h WHERE h.centre_id = :centre AND h.next_at IS NOT NULL AND h.next_at <= :now
    ORDER BY h.next_at, h.id
    """
    return [_line(row, {}) for row in reader.rows(sql, centre=centre, now=now)]


def known_changes(reader: Reader, centre: int, since: int, signed: bool) -> list[int]:
    """The instants of changes since then that have a handover, with `signed` one that was signed."""
    condition = "AND h.state = 'accepted'" if signed else ""
    rows = reader.rows(
        f"SELECT h.change_at FROM handover h WHERE h.centre_id = :centre AND h.change_at > :since {condition}",
        centre=centre,
        since=since,
    )
    return [int(row[0]) for row in rows]


def signed_before(reader: Reader, centre: int, since: int, at: int) -> list[int]:
    """The instants of changes since then whose handover was signed by an instant."""
    rows = reader.rows(
        "SELECT h.change_at FROM handover h WHERE h.centre_id = :centre AND h.change_at > :since"
        " AND h.state = 'accepted' AND h.answered_at <= :at",
        centre=centre,
        since=since,
        at=at,
    )
    return [int(row[0]) for row in rows]


def _line(row: Sequence[Any], pack: dict[str, Any]) -> HandoverLine:
    values = [_plain(value) if place in _LISTS else value for place, value in enumerate(row)]
    values[_WORDS] = mask_text(values[_WORDS] or "")
    values[_UNSIGNED] = bool(values[_UNSIGNED])
    return HandoverLine._make((*values, pack))


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


# ------------------------------------------------------------------------------------------------ the whole list

_OPEN_PAGE = """
SELECT t.reported_at, t.id, t.code, t.title, t.confidential, t.stage, t.urgency, t.due_kind, t.holder,
    t.holder_unit_id, t.holder_officer_id, t.due_at
FROM ticket t WHERE t.centre_id = :centre AND t.open = 1
    AND (t.reported_at > :reported OR (t.reported_at = :reported AND t.id > :after))
ORDER BY t.reported_at, t.id LIMIT :size
"""
PAGE = 1000


def open_now(reader: Reader, centre: int) -> Iterator[Mapping[str, Any]]:
    """Every open ticket as it is now, the oldest first, page by page."""
    reported, after = -1, 0
    names = (
        *("reported_at", "id", "code", "title", "confidential", "stage", "urgency", "due_kind", "holder"),
        *("holder_unit_id", "holder_officer_id", "due_at"),
    )
    while True:
        rows = reader.rows(_OPEN_PAGE, centre=centre, reported=reported, after=after, size=PAGE)
        for row in rows:
            yield dict(zip(names, row, strict=True))
        if len(rows) < PAGE:
            return
        reported, after = int(rows[-1][0]), int(rows[-1][1])


def changed_since(reader: Reader, centre: int, event_no: int) -> list[int]:
    """Tickets with an event behind a place in the chain."""
    rows = reader.rows(
        "SELECT DISTINCT ticket_id FROM ticket_event WHERE centre_id = :centre AND id > :event AND ticket_id > 0",
        centre=centre,
        event=event_no,
    )
    return sorted(int(row[0]) for row in rows)
