"""The only writer of the log and of its projection, inside one open write transaction.

Cases are loaded and saved in bulk, so that one ticket and ten thousand due clocks go the same way. Statements are
SQLAlchemy Core on the SQLModel tables: a sweep cannot afford an ORM unit of work, and a second way for single tickets
would be a second truth.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, text, update
from sqlmodel import SQLModel

from core.desk.actor import Actor
from core.desk.counters import COUNTED, counter_keys, ensure_counted
from core.desk.seals import NOTICES, named
from core.desk.texts import Texts
from core.rules.case import Case
from core.rules.centre_log import CentreState, apply_centre
from core.rules.erasing import covered, fresh_salt
from core.rules.projection import apply, open_case
from data.errors import NotFound, unknown_ticket
from data.store import lock_centre
from data.tables import (
    CENTRE_LOG,
    OF_TICKET,
    CentreSequence,
    ClockDue,
    ClockRecord,
    ClockRow,
    Custody,
    CustodyRecord,
    Notice,
    Task,
    TaskRecord,
    Ticket,
    TicketEvent,
    TicketRecord,
    table,
)
from data.terms import ClockState

CHUNK = 500
UNCHAINED = ("hash", "salt", "erased")
"""Columns of an event that its hash does not cover."""
Row = dict[str, Any]
Record = TypeVar("Record", bound=SQLModel)


def chain_hash(previous: str, event: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and the event's canonical JSON (without its own hash), in hex.

    Personal texts of an event with a salt are covered by commitments (`core.rules.erasing`).
    """
    plain = {name: event[name] for name in sorted(event) if name not in UNCHAINED}
    plain["body"] = covered(event)
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode("utf-8", "surrogatepass")).hexdigest()


class Ledger:
    """What one write transaction appends and changes for one centre. Call `flush` once, at the end."""

    def __init__(self, connection: Connection, centre_id: int, now: int, reading: bool = False) -> None:
        """Queue behind the centre's other writers and read the head of the chain; `reading` only looks."""
        if not reading:
            lock_centre(connection, centre_id)
        sequence = table(CentreSequence)
        head = connection.execute(
            select(sequence.c.chain_no, sequence.c.chain_hash).where(sequence.c.centre_id == centre_id)
        ).first()
        if head is None:
            raise NotFound("centre-unknown", "没有这个中心。", "There is no such centre.")
        if not reading:
            ensure_counted(connection, centre_id)
        self.connection = connection
        self.centre_id = centre_id
        self.now = now
        self.reading = reading
        self.chain_no, self.chain_hash = int(head[0]), str(head[1])
        self._events: list[Row] = []
        self._notices: list[Row] = []
        self._cases: dict[int, Case] = {}
        self._before: dict[int, dict[tuple[str, Any], Row]] = {}

    def cases(self, ticket_ids: Iterable[int], clocks_only: bool = False) -> list[Case]:
        """Load cases by ticket id; unknown ids are left out.

        With `clocks_only` a case holds its ticket, its running clocks and its tasks, which say who was asked by name:
        enough for events that touch clocks alone, and less work.
        """
        wanted = [ticket_id for ticket_id in dict.fromkeys(ticket_ids) if ticket_id not in self._cases]
        for start in range(0, len(wanted), CHUNK):
            self._load(wanted[start : start + CHUNK], clocks_only)
        return [self._cases[ticket_id] for ticket_id in ticket_ids if ticket_id in self._cases]

    def case_by_code(self, code: str) -> Case:
        """`find_case` for a ticket that must be there. Raises NotFound."""
        case = self.find_case(code)
        if case is None:
            raise unknown_ticket(code)
        return case

    def find_case(self, code: str) -> Case | None:
        """Load a case by its ticket's code, or one of this transaction that is not stored yet."""
        known = next((case for case in self._cases.values() if case.ticket.code == code), None)
        if known is not None:
            return known
        tickets = table(Ticket)
        found = self.connection.execute(
            select(tickets.c.id).where(tickets.c.centre_id == self.centre_id, tickets.c.code == code)
        ).first()
        return None if found is None else self.cases([int(found[0])])[0]

    def new_case(self, ticket_id: int) -> Case:
        """Begin a case that is not in the store yet."""
        case = open_case(self.centre_id, ticket_id)
        self._cases[ticket_id] = case
        self._before[ticket_id] = {}
        return case

    def put(self, case: Case) -> None:
        """Let a case stand in for the one that was loaded, with all that hangs on it: `flush` writes what differs."""
        known = self.cases([case.ticket.id])[0]
        for kind in OF_TICKET:
            known.rows(kind)
        self._cases[case.ticket.id] = case

    def moment(self, case: Case) -> int:
        """The time to write: now, but never before the ticket's last event (a clock may be set back)."""
        return max(self.now, case.ticket.updated_at) if case.next_seq > 1 else self.now

    def append(
        self,
        case: Case,
        kind: str,
        actor: Actor,
        body: Mapping[str, Any],
        at: int,
        seen: int | None = None,
        behalf_id: int | None = None,
    ) -> int:
        """Append one event, apply it to the case, and return its number in the centre's chain."""
        event = self._chained(case.ticket.id, case.next_seq, kind, actor, body, at, seen, behalf_id)
        apply(case, case.next_seq, at, body.get("effects", {}))
        self._events.append(event)
        return self.chain_no

    def append_to_centre(
        self,
        state: CentreState,
        kind: str,
        actor: Actor,
        body: Mapping[str, Any],
        at: int,
        behalf_id: int | None = None,
    ) -> int:
        """Append one event to the centre's own log, apply it to the rows, and return its number in that log."""
        seq = self._newest_of_centre() + 1
        self._events.append(self._chained(CENTRE_LOG, seq, kind, actor, body, at, None, behalf_id))
        apply_centre(state, body.get("effects", {}))
        return seq

    def _newest_of_centre(self) -> int:
        """The newest entry of the centre's own log, with those of this transaction."""
        here = [event["seq"] for event in self._events if event["ticket_id"] == CENTRE_LOG]
        if here:
            return int(here[-1])
        events = table(TicketEvent).c
        newest = self.connection.execute(
            select(func.max(events.seq)).where(events.centre_id == self.centre_id, events.ticket_id == CENTRE_LOG)
        ).scalar()
        return int(newest or 0)

    def _chained(
        self,
        ticket_id: int,
        seq: int,
        kind: str,
        actor: Actor,
        body: Mapping[str, Any],
        at: int,
        seen: int | None,
        behalf_id: int | None,
    ) -> Row:
        """The next event, with its number; it is hashed by `flush`, which knows its notices."""
        self.chain_no += 1
        return {
            "centre_id": self.centre_id,
            "id": self.chain_no,
            "ticket_id": ticket_id,
            "seq": seq,
            "at": at,
            "kind": kind,
            "actor_id": actor.id,
            "actor": actor.code,
            "behalf_id": behalf_id,
            "seen_revision": seen,
            "body": {**body, **_marks(actor)},
            "salt": fresh_salt(),
            "erased": None,
        }

    def notify(self, notice: Row) -> None:
        """Queue a notice for the outbox; `event_no` is the event of this transaction that brings it."""
        self._notices.append(notice)

    def _seal(self) -> None:
        """Let each event name its notices, and chain the events. Raises RuntimeError for a notice without its event."""
        brought: dict[int, list[Row]] = {}
        for notice in self._notices:
            brought.setdefault(notice["event_no"], []).append(notice)
        for event in self._events:
            if rows := brought.pop(event["id"], None):
                event["body"] = {**event["body"], NOTICES: [named(event, row) for row in rows]}
            event["hash"] = self.chain_hash = chain_hash(self.chain_hash, event)
        if brought:
            raise RuntimeError(f"notices without their event: {sorted(brought)}")

    def flush(self) -> None:
        """Write everything: events, projection, counters, notices, head of the chain."""
        self._seal()
        changes = Projection(self.connection, self.centre_id)
        for ticket_id, case in self._cases.items():
            changes.collect(case, self._before[ticket_id])
        changes.write(self._events, self._notices)
        self._events, self._notices = [], []
        self.write_head()

    def write_head(self) -> None:
        """Keep the head of the chain; a bulk writer that chains its own events calls this instead of `flush`."""
        sequence = table(CentreSequence)
        self.connection.execute(
            update(sequence)
            .where(sequence.c.centre_id == self.centre_id)
            .values(chain_no=self.chain_no, chain_hash=self.chain_hash, change_no=sequence.c.change_no + 1)
        )

    def _load(self, ids: Sequence[int], clocks_only: bool) -> None:
        for row in self._rows(Ticket, table(Ticket).c.id, ids):
            ticket = _record(TicketRecord, row)
            reading = partial(self._attached, ticket.id)
            self._cases[ticket.id] = Case(ticket=ticket, next_seq=ticket.revision + 1, read_attached=reading)
            self._before[ticket.id] = {("ticket", 0): row}
        running = table(ClockRow).c.state == ClockState.RUNNING.value if clocks_only else None
        for row in self._rows(ClockRow, table(ClockRow).c.ticket_id, ids, "id", running):
            self._cases[row["ticket_id"]].clocks.append(_record(ClockRecord, row))
            self._before[row["ticket_id"]][("clock", row["id"])] = row
        for row in self._rows(Task, table(Task).c.ticket_id, ids, "no"):
            self._cases[row["ticket_id"]].tasks.append(_record(TaskRecord, row))
            self._before[row["ticket_id"]][("task", row["id"])] = row
        if not clocks_only:
            self._load_custody(ids)

    def whole(self, case: Case) -> None:
        """Load what `clocks_only` left out of a case, before an event that touches more than clocks."""
        if case.custody:
            return
        number = case.ticket.id
        known = {clock.id for clock in case.clocks}
        for row in self._rows(ClockRow, table(ClockRow).c.ticket_id, [number], "id"):
            if row["id"] not in known:
                case.clocks.append(_record(ClockRecord, row))
                self._before[number][("clock", row["id"])] = row
        case.clocks.sort(key=lambda clock: clock.id)
        self._load_custody([number])

    def _attached(self, ticket_id: int, kind: str) -> dict[int, Any]:
        """What of a kind hangs on a ticket, by number."""
        rows = self._rows(OF_TICKET[kind].model, OF_TICKET[kind].table.c.ticket_id, [ticket_id], "no")
        for row in rows:
            self._before[ticket_id][(kind, row["no"])] = row
        return {row["no"]: _record(OF_TICKET[kind].record, row) for row in rows}

    def _load_custody(self, ids: Sequence[int]) -> None:
        for row in self._rows(Custody, table(Custody).c.ticket_id, ids, "no"):
            self._cases[row["ticket_id"]].custody.append(_record(CustodyRecord, row))
            self._before[row["ticket_id"]][("custody", row["no"])] = row

    def _rows(
        self,
        model: type[SQLModel],
        column: Any,
        ids: Sequence[int],
        order: str = "",
        condition: ColumnElement[bool] | None = None,
    ) -> list[Row]:
        source = table(model)
        query = select(source).where(source.c.centre_id == self.centre_id, column.in_(ids))
        if condition is not None:
            query = query.where(condition)
        found = self.connection.execute(query)
        names = list(found.keys())
        rows = [dict(zip(names, row, strict=True)) for row in found]
        if order:
            # Not in SQL: with ORDER BY, SQLite takes an index in that order and walks all rows of the centre.
            rows.sort(key=itemgetter("ticket_id", order))
        return rows


class Projection:
    """Collects the rows that differ from the store and writes them in few statements."""

    def __init__(self, connection: Connection, centre_id: int) -> None:
        """For one centre, on an open write transaction."""
        self.connection = connection
        self.centre_id = centre_id
        self._new: dict[type[SQLModel], list[Row]] = {}
        self._changed: dict[tuple[type[SQLModel], tuple[str, ...]], list[Row]] = {}
        self._due_gone: list[Row] = []
        self._due_new: list[Row] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._texts = Texts(centre_id)

    def collect(self, case: Case, before: dict[tuple[str, Any], Row]) -> None:
        """Compare a case with what was loaded."""
        old_ticket = before.get(("ticket", 0))
        self._compare(Ticket, ("id",), case.ticket, old_ticket)
        for task in case.tasks:
            self._compare(Task, ("id",), task, before.get(("task", task.id)))
        for clock in case.clocks:
            old = before.get(("clock", clock.id))
            if old != _complete(clock):
                self._compare(ClockRow, ("id",), clock, old)
                self._compare_due(clock, old)
        for segment in case.custody:
            self._compare(Custody, ("ticket_id", "no"), segment, before.get(("custody", segment.no)))
        for kind, rows in case.attached.items():
            for record in rows.values():
                old = before.get((kind, record.no))
                self._compare(OF_TICKET[kind].model, ("ticket_id", "no"), record, old)
        ticket = _complete(case.ticket)
        self._texts.collect(ticket, old_ticket)
        if old_ticket is None or any(old_ticket[name] != ticket[name] for name in COUNTED):
            self.count(old_ticket, -1)
            self.count(ticket, 1)

    def write(self, events: list[Row], notices: list[Row]) -> None:
        """Insert and update, parents before children."""
        run = self.connection.execute
        if rows := self._new.pop(Ticket, None):
            run(insert(table(Ticket)), rows)
        if events:
            run(insert(table(TicketEvent)), events)
        for model, rows in self._new.items():
            run(insert(table(model)), rows)
        for (model, columns), rows in self._changed.items():
            self._update(model, columns, rows)
        if self._due_gone:
            due = table(ClockDue)
            run(
                due.delete().where(
                    due.c.centre_id == bindparam("b_centre_id"),
                    due.c.next_at == bindparam("b_next_at"),
                    due.c.clock_id == bindparam("b_clock_id"),
                ),
                self._due_gone,
            )
        if self._due_new:
            run(insert(table(ClockDue)), self._due_new)
        if notices:
            run(insert(table(Notice)), notices)
        self._texts.write(self.connection, events)
        self.write_counts()

    def _compare(self, model: type[SQLModel], keys: tuple[str, ...], record: SQLModel, old: Row | None) -> None:
        new = _complete(record)
        if old is None:
            self._new.setdefault(model, []).append(new)
            return
        if new != old:
            changed = tuple(name for name, value in new.items() if old[name] != value)
            names = {f"b_{name}": new[name] for name in ("centre_id", *keys)}
            self._changed.setdefault((model, changed), []).append({**names, **{name: new[name] for name in changed}})

    def _compare_due(self, clock: ClockRecord, old: Row | None) -> None:
        before = _due_key(old) if old is not None else None
        after = _due_key(_complete(clock))
        if before == after:
            return
        if before is not None:
            self._due_gone.append({"b_centre_id": self.centre_id, "b_next_at": before, "b_clock_id": clock.id})
        if after is not None:
            self._due_new.append(
                {"centre_id": self.centre_id, "next_at": after, "clock_id": clock.id, "ticket_id": clock.ticket_id}
            )

    def _update(self, model: type[SQLModel], columns: tuple[str, ...], rows: list[Row]) -> None:
        target = table(model)
        keys = [name for name in rows[0] if name.startswith("b_")]
        statement = update(target).values({name: bindparam(name) for name in columns})
        for name in keys:
            statement = statement.where(target.c[name[2:]] == bindparam(name))
        self.connection.execute(statement, rows)

    def count(self, ticket: Mapping[str, Any] | None, step: int) -> None:
        """Add a ticket's row to the kept counters, or take it off with a step of -1."""
        if ticket is None:
            return
        for key in counter_keys(ticket):
            self._counts[key] += step

    def write_counts(self) -> None:
        """Bring the kept counters up to date."""
        rows = [
            {"centre": self.centre_id, "dimension": dimension, "item": item, "amount": amount}
            for (dimension, item), amount in sorted(self._counts.items())
            if amount
        ]
        if rows:
            self.connection.execute(
                text(
                    "INSERT INTO centre_stat (centre_id, dimension, item, amount)"
                    " VALUES (:centre, :dimension, :item, :amount)"
                    " ON CONFLICT (centre_id, dimension, item)"
                    " DO UPDATE SET amount = centre_stat.amount + excluded.amount"
                ),
                rows,
            )


def _record(kind: type[Record], row: Row) -> Record:
    """A record of a row with all its columns; a sweep cannot afford the checks of a constructor."""
    record: Record = object.__new__(kind)
    object.__setattr__(record, "__dict__", dict(row))
    object.__setattr__(record, "__pydantic_fields_set__", set(row))
    object.__setattr__(record, "__pydantic_extra__", None)
    object.__setattr__(record, "__pydantic_private__", None)
    return record


def _complete(record: SQLModel) -> Row:
    """All columns of a record; a constructed record has its defaults already."""
    return record.__dict__


def _due_key(clock: Row) -> int | None:
    """When the engine must look at a clock, or None."""
    if clock["state"] != ClockState.RUNNING or clock["next_at"] is None:
        return None
    return int(clock["next_at"])


def _marks(actor: Actor) -> Row:
    """What an event says of its actor besides the name: a use of break-glass, and where somebody came in from."""
    marks: Row = {"glass": actor.glass} if actor.glass is not None else {}
    if actor.origin is not None:
        marks["came_in"] = {name: value for name, value in asdict(actor.origin).items() if value}
    return marks
