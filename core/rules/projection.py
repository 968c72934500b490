"""How the log becomes rows: apply an event's effects to a case.

An event carries facts, not intentions: what a rule decided is in its effects, so a replay years later gives the same
rows whatever the rules say then. `audit verify` replays with this same function.

Effects (each part may be absent):
    set      {ticket field: value}
    hold     {"holder", "unit_id", "officer_id", "tier"} the next hands, or null when the ticket's life ends
    tasks    [{"id", …fields}] new or changed tasks
    clocks   [{"id", …fields}] new or changed clocks
    attached {kind: [{"no", …fields}]} new or changed rows of what else hangs on the ticket
    engine   {"from", "to"} a time without engine inside the open custody segment
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.rules.case import Case
from data.instants import FAR
from data.tables import OF_TICKET, ClockRecord, CustodyRecord, TaskRecord, TicketRecord
from data.terms import CLOSED_STAGES, ClockKind, ClockState, Holder

HOLD_FIELDS = ("holder", "unit_id", "officer_id", "tier")
TICKET_FIELDS = frozenset(TicketRecord.model_fields)
Effects = Mapping[str, Any]
RUNNING = ClockState.RUNNING.value
ASIDE = frozenset({ClockKind.HANDLE.value, ClockKind.SUSPENSION.value})
"""Clocks that are no deadline of the ticket: a unit's bundle clock, the end of a suspension."""


def open_case(centre_id: int, ticket_id: int) -> Case:
    """An empty case, before its first event."""
    return Case(ticket=TicketRecord.model_construct(centre_id=centre_id, id=ticket_id, revision=0))


def apply(case: Case, seq: int, at: int, effects: Effects) -> None:
    """Bring a case up to date with one event.

    `seq` is the event's number in the ticket and `at` its time in epoch seconds. Raises ValueError for effects that
    no event of this product has, so that a forged log is noticed.
    """
    ticket = case.ticket
    for name, value in effects.get("set", {}).items():
        if name not in TICKET_FIELDS:
            raise ValueError(f"no such ticket field: {name}")
        setattr(ticket, name, value)
    for facts in effects.get("tasks", ()):
        _upsert(case, case.tasks, TaskRecord, facts)
    for facts in effects.get("clocks", ()):
        _upsert(case, case.clocks, ClockRecord, facts)
    for kind, rows in effects.get("attached", {}).items():
        for facts in rows:
            _upsert_attached(case, kind, facts)
    if "engine" in effects:
        _book_outage(case, effects["engine"]["from"], min(effects["engine"]["to"], at))
    _move_custody(case, seq, at, effects)
    ticket.revision = seq
    ticket.updated_at = at
    case.next_seq = seq + 1
    ticket.open = 0 if case.stage in CLOSED_STAGES else 1
    if any("due_at" in facts or "state" in facts for facts in effects.get("clocks", ())):
        _refresh_deadline(case)


def _upsert(case: Case, records: list[Any], kind: type[TaskRecord | ClockRecord], facts: Mapping[str, Any]) -> None:
    _demand_fields(kind, facts)
    known = case.by_id(kind)
    record = known.get(facts["id"])
    if record is not None:
        for name, value in facts.items():
            setattr(record, name, value)
        return
    base: dict[str, Any] = {"centre_id": case.ticket.centre_id, "ticket_id": case.ticket.id}
    if kind is TaskRecord:
        base["no"] = len(records) + 1
    known[facts["id"]] = kind.model_construct(**base, **facts)
    records.append(known[facts["id"]])


def _upsert_attached(case: Case, kind: str, facts: Mapping[str, Any]) -> None:
    if kind not in OF_TICKET:
        raise ValueError(f"no such record: {kind}")
    rows, record = case.rows(kind), OF_TICKET[kind].record
    _demand_fields(record, facts)
    if facts["no"] not in rows:
        rows[facts["no"]] = record.model_construct(centre_id=case.ticket.centre_id, ticket_id=case.ticket.id, **facts)
        return
    for name, value in facts.items():
        setattr(rows[facts["no"]], name, value)


def _demand_fields(kind: type[Any], facts: Mapping[str, Any]) -> None:
    known = _fields_of(kind)
    for name in facts:
        if name not in known:
            raise ValueError(f"no such field: {name}")


def _fields_of(kind: type[Any]) -> frozenset[str]:
    """The fields of a record; looked up once, because pydantic works them out anew each time."""
    if kind not in _KNOWN_FIELDS:
        _KNOWN_FIELDS[kind] = frozenset(kind.model_fields)
    return _KNOWN_FIELDS[kind]


_KNOWN_FIELDS: dict[type[Any], frozenset[str]] = {}


def _move_custody(case: Case, seq: int, at: int, effects: Effects) -> None:
    """Close the open segment and open the next one where hands or stage changed."""
    ticket = case.ticket
    hold = effects.get("hold", ())
    current = case.custody[-1] if case.custody and case.custody[-1].to_at is None else None
    if hold is None:
        if current is not None:
            current.to_at = at
        return
    if current is None and not hold:
        return
    wanted = {name: getattr(current, name) for name in HOLD_FIELDS} if current is not None else {}
    wanted.update(dict(hold))
    ticket.holder = wanted["holder"]
    ticket.holder_unit_id = wanted.get("unit_id")
    ticket.holder_officer_id = wanted.get("officer_id")
    ticket.tier = wanted["tier"]
    wanted["stage"] = ticket.stage
    if current is not None:
        if all(getattr(current, name) == wanted.get(name) for name in (*HOLD_FIELDS, "stage")):
            return
        if current.from_at == at:
            for name, value in wanted.items():
                setattr(current, name, value)
            return
        current.to_at = at
    _open_segment(case, at, None, wanted)


def _open_segment(case: Case, start: int, end: int | None, hands: Mapping[str, Any]) -> None:
    number = len(case.custody) + 1
    case.custody.append(
        CustodyRecord.model_construct(
            centre_id=case.ticket.centre_id,
            ticket_id=case.ticket.id,
            no=number,
            holder=hands["holder"],
            unit_id=hands.get("unit_id"),
            officer_id=hands.get("officer_id"),
            tier=hands["tier"],
            stage=hands["stage"],
            from_at=start,
            to_at=end,
        )
    )


def _book_outage(case: Case, start: int, end: int) -> None:
    """Charge [start, end) of the open segment to the engine: nobody could know then that a step was due."""
    current = case.custody[-1] if case.custody else None
    if current is None or current.to_at is not None:
        return
    start = max(start, current.from_at)
    if end <= start:
        return
    hands = {name: getattr(current, name) for name in (*HOLD_FIELDS, "stage")}
    engine = {**hands, "holder": Holder.ENGINE.value}
    if start == current.from_at:
        current.holder = Holder.ENGINE.value
        current.to_at = end
    else:
        current.to_at = start
        _open_segment(case, start, end, engine)
    _open_segment(case, end, None, hands)


def _refresh_deadline(case: Case) -> None:
    """The ticket's next deadline: the earliest one of its running clocks."""
    ticket = case.ticket
    ticket.due_at, ticket.due_kind, ticket.warn_at = FAR, "", None
    for clock in case.clocks:
        if clock.state != RUNNING or clock.due_at is None or clock.kind in ASIDE:
            continue
        if clock.due_at < ticket.due_at:
            ticket.due_at, ticket.due_kind, ticket.warn_at = clock.due_at, clock.kind, clock.warn_at
