"""Writing many new tickets in one transaction: the same log and the same projection as the desk's, in few statements.

Events are chained as core.desk.ledger chains them, and their effects are applied by core.rules.projection, so that a
replay of the log gives these rows. What is saved is the way: one JSON text per event, plain tuples, no model per row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Connection, select, text
from sqlmodel import SQLModel

from core.desk.actor import IMPORT
from core.desk.ledger import Ledger, Projection
from core.desk.texts import text_row
from core.exchange.drafts import Draft
from core.exchange.steps import Step
from core.rules.case import Case
from core.rules.erasing import covered, fresh_salt
from core.rules.projection import apply
from data.ids import new_id
from data.tables import (
    ClockDue,
    ClockRow,
    Custody,
    DailyNumber,
    Task,
    Ticket,
    TicketEvent,
    TicketRecord,
    TicketText,
    table,
)
from data.terms import ClockState

Row = tuple[Any, ...]

encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
"""Canonical JSON, as core.desk.ledger.chain_hash has it."""


class _Rows:
    """Rows of one table on their way in."""

    def __init__(self, model: type[SQLModel]) -> None:
        columns = table(model).columns
        self.name = table(model).name
        self.columns = [column.name for column in columns]
        self.json = [column.name for column in columns if isinstance(column.type, JSON)]
        self._values: Callable[[Mapping[str, Any]], Row] = itemgetter(*self.columns)
        self.rows: list[Row] = []

    def add(self, values: Mapping[str, Any]) -> None:
        """Take a row; its JSON columns are written as text."""
        if self.json:
            values = {**values, **{name: encode(values[name]) for name in self.json}}
        self.rows.append(self._values(values))

    def insert(self, connection: Connection) -> None:
        """Insert what was taken."""
        if not self.rows:
            return
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        names = ", ".join(f'"{column}"' for column in self.columns)
        marks = ", ".join(mark for _ in self.columns)
        # Names of our own tables and columns only; every value is bound.
        connection.exec_driver_sql(f"INSERT INTO {self.name} ({names}) VALUES ({marks})", self.rows)  # noqa: S608


class Prepared:
    """A new ticket with its effects applied and its events put into words, all but what only the transaction knows."""

    __slots__ = ("case", "draft", "events", "first", "steps")

    def __init__(self, centre_id: int, draft: Draft, steps: Sequence[Step]) -> None:
        """Apply the steps in order; the ticket's code comes with the transaction."""
        # Only a holder of values: a validating model would cost more than all the rest of the row.
        ticket = SimpleNamespace(**_DEFAULTS, centre_id=centre_id, id=new_id())
        self.draft, self.steps = draft, steps
        self.case = Case(ticket=cast(TicketRecord, ticket))
        for seq, step in enumerate(steps, 1):
            apply(self.case, seq, step.at, step.effects)
        self.first = {**steps[0].facts, "effects": steps[0].effects}
        self.events = [_put(step.kind, {**step.facts, "effects": step.effects}) for step in steps[1:]]

    def number(self, code: str) -> list[_Event]:
        """Give the ticket its code; returns its events in words."""
        self.case.ticket.code = self.first["effects"]["set"]["code"] = code
        return [_put(self.steps[0].kind, self.first), *self.events]


class _Event(NamedTuple):
    """The body of an event as canonical JSON, its salt, and the JSON that the chain covers."""

    body: str
    salt: str
    covered: str


def _put(kind: str, body: dict[str, Any]) -> _Event:
    salt = fresh_salt()
    return _Event(encode(body), salt, encode(covered({"kind": kind, "body": body, "salt": salt})))


class Bulk:
    """New tickets of one write transaction. Call `flush` once, at the end."""

    def __init__(self, connection: Connection, centre_id: int, now: int, zone: ZoneInfo) -> None:
        """Queue behind the centre's other writers and read the head of the chain; `zone` dates the tickets' codes."""
        self._ledger = Ledger(connection, centre_id, now)
        self._connection, self._centre_id, self._zone = connection, centre_id, zone
        self._counts = Projection(connection, centre_id)
        self._tickets, self._events = _Rows(Ticket), _Rows(TicketEvent)
        self._parts = {"tasks": _Rows(Task), "clocks": _Rows(ClockRow), "custody": _Rows(Custody)}
        self._due, self._texts = _Rows(ClockDue), _Rows(TicketText)

    @property
    def chain_no(self) -> int:
        """The number of the last event in the centre's chain."""
        return self._ledger.chain_no

    def add(self, tickets: Sequence[Prepared]) -> None:
        """Number the tickets, chain their events, and take their rows."""
        codes = self._codes([prepared.draft.reported_at for prepared in tickets])
        for prepared, code in zip(tickets, codes, strict=True):
            events = prepared.number(code)
            case = prepared.case
            for seq, (step, event) in enumerate(zip(prepared.steps, events, strict=True), 1):
                self._chain(case.ticket.id, seq, step, event)
            values = vars(case.ticket)
            facts = [step.facts for step in prepared.steps]
            self._texts.add(text_row(values, facts, self._ledger.chain_no))
            self._counts.count(values, 1)
            self._tickets.add(values)
            for name, rows in self._parts.items():
                for record in getattr(case, name):
                    rows.add(vars(record))
            for clock in case.clocks:
                if clock.state == ClockState.RUNNING and clock.next_at is not None:
                    self._due.add(
                        {
                            "centre_id": self._centre_id,
                            "next_at": clock.next_at,
                            "clock_id": clock.id,
                            "ticket_id": case.ticket.id,
                        }
                    )

    def flush(self) -> None:
        """Write everything: tickets first, then what belongs to them, counters, and the head of the chain."""
        for rows in (self._tickets, self._events, *self._parts.values(), self._due, self._texts):
            rows.insert(self._connection)
        self._counts.write_counts()
        self._ledger.write_head()

    def _codes(self, reported: Sequence[int]) -> list[str]:
        """Ticket numbers for reports at these instants: each the next one of its own day in the centre's zone."""
        days = [datetime.fromtimestamp(at, self._zone).strftime("%Y%m%d") for at in reported]
        numbers = table(DailyNumber)
        last: dict[str, int] = dict.fromkeys(days, 0)
        found = self._connection.execute(
            select(numbers.c.day, numbers.c.last).where(
                numbers.c.centre_id == self._centre_id, numbers.c.day.in_(sorted(last))
            )
        )
        last.update({row.day: row.last for row in found})
        codes = []
        for day in days:
            last[day] += 1
            codes.append(f"{day}-{last[day]:04d}")
        if last:
            self._connection.execute(
                text(
                    "INSERT INTO daily_number (centre_id, day, last) VALUES (:centre, :day, :last)"
                    " ON CONFLICT (centre_id, day) DO UPDATE SET last = excluded.last"
                ),
                [{"centre": self._centre_id, "day": day, "last": number} for day, number in sorted(last.items())],
            )
        return codes

    def _chain(self, ticket_id: int, seq: int, step: Step, event: _Event) -> None:
        """Number, hash and take one event. The text is chain_hash's canonical one: keys in alphabetical order."""
        ledger = self._ledger
        ledger.chain_no += 1
        canonical = (
            f'{{"actor":"{IMPORT.code}","actor_id":null,"at":{step.at},"behalf_id":null,"body":{event.covered},'
            f'"centre_id":{self._centre_id},"id":{ledger.chain_no},"kind":"{step.kind}","seen_revision":null,'
            f'"seq":{seq},"ticket_id":{ticket_id}}}'
        )
        ledger.chain_hash = hashlib.sha256(f"{ledger.chain_hash}\n{canonical}".encode()).hexdigest()
        self._events.rows.append(
            (self._centre_id, ledger.chain_no, ticket_id, seq, step.at, step.kind, None, IMPORT.code, None, None,
             event.body, ledger.chain_hash, event.salt, None)
        )  # fmt: skip


_DEFAULTS = {
    name: info.get_default(call_default_factory=True)
    for name, info in TicketRecord.model_fields.items()
    if name not in ("centre_id", "id")
}
