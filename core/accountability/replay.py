"""Replays the log with the function that wrote the rows, and compares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import JSON, Boolean
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from core.accountability.findings import MISSING, Finding, Place
from core.accountability.firings import Key, Proof, proof_findings, proofs_of, read_proofs
from core.accountability.lookup import plain
from core.rules.case import Case
from core.rules.centre_log import CentreState, apply_centre
from core.rules.projection import apply, open_case
from data.counting import kept_dimensions, recount_sql
from data.reader import Reader
from data.tables import (
    CENTRE_LOG,
    OF_CENTRE,
    OF_TICKET,
    ClockRecord,
    ClockRow,
    Custody,
    CustodyRecord,
    Projected,
    Task,
    TaskRecord,
    Ticket,
    TicketRecord,
)

Row = dict[str, Any]
FAR_ID = 1 << 62

_IDS = """
SELECT ticket_id FROM ticket_event WHERE centre_id = :centre AND ticket_id > :after
GROUP BY ticket_id ORDER BY ticket_id LIMIT :size
"""
_TICKET_IDS = "SELECT id FROM ticket WHERE centre_id = :centre AND id > :after ORDER BY id LIMIT :size"
_EVENTS = """
SELECT id, ticket_id, seq, at, kind, body FROM ticket_event
WHERE centre_id = :centre AND ticket_id > :after AND ticket_id <= :last ORDER BY ticket_id, seq
"""
_CENTRE_EVENTS = """
SELECT id, seq, body FROM ticket_event WHERE centre_id = :centre AND ticket_id = :log ORDER BY seq
"""
_RECORDS: dict[Place, Projected] = {
    "ticket": Projected(TicketRecord, Ticket, ""),
    "task": Projected(TaskRecord, Task, ""),
    "clock": Projected(ClockRecord, ClockRow, ""),
    "custody": Projected(CustodyRecord, Custody, ""),
    **OF_TICKET,
}
_BY_NO = frozenset({"custody", *OF_TICKET})
"""Rows that are numbered inside their ticket."""

# Due rows that no running clock asks for, and running clocks without theirs.
_DUE_EXTRA = """
SELECT d.clock_id, d.ticket_id, d.next_at, k.next_at, k.state FROM clock_due d
LEFT JOIN clock k ON k.centre_id = d.centre_id AND k.id = d.clock_id
WHERE d.centre_id = :centre AND (k.id IS NULL OR k.state <> 'running' OR k.next_at IS NULL
    OR k.next_at <> d.next_at OR k.ticket_id <> d.ticket_id)
"""
_DUE_LACKING = """
SELECT k.id, k.ticket_id, k.next_at FROM clock k
LEFT JOIN clock_due d ON d.centre_id = k.centre_id AND d.next_at = k.next_at AND d.clock_id = k.id
WHERE k.centre_id = :centre AND k.state = 'running' AND k.next_at IS NOT NULL AND d.clock_id IS NULL
"""


@dataclass
class Replay:
    """The projection of one centre, compared in batches of tickets."""

    reader: Reader
    centre: int
    size: int

    def check(self, tell: Callable[[int], None]) -> Iterator[Finding]:
        """Every ticket that has events or a row, up to the newest one at the time of asking."""
        after, done, newest = CENTRE_LOG, 0, self._newest()
        while True:
            with self.reader.steady():
                ids = [number for number in self._next_ids(after) if number <= newest]
                if not ids:
                    return
                stored = {place: self._read(place, after, ids[-1]) for place in _RECORDS}
                events = self._events(after, ids[-1])
                proofs = read_proofs(self.reader, self.centre, after, ids[-1])
            for ticket_id in ids:
                yield from self._ticket(ticket_id, events.get(ticket_id, []), stored, proofs.get(ticket_id, {}))
            after, done = ids[-1], done + len(ids)
            tell(done)

    def centre_rows(self) -> Iterator[Finding]:
        """Emergencies and telephone log are what the centre's own log says."""
        state = CentreState(self.centre)
        with self.reader.steady():
            events = self.reader.rows(_CENTRE_EVENTS, centre=self.centre, log=CENTRE_LOG)
            stored = {place: self._rows_of(place) for place in OF_CENTRE}
        for number, (event, seq, body) in enumerate(events, 1):
            if seq != number:
                yield Finding("event", event, None, "seq", number, seq)
            try:
                apply_centre(state, plain(body).get("effects", {}))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                yield Finding("event", event, None, "effects", "effects of this product", repr(error))
        for place in OF_CENTRE:
            yield from _compare(place, None, list(state.of(place).values()), stored[place])

    def _rows_of(self, place: Place) -> list[Row]:
        """Stored rows of the centre itself, as plain values."""
        columns, select = _select(OF_CENTRE[place])
        return [
            {name: _value(kind, value) for (name, kind), value in zip(columns.items(), row, strict=True)}
            for row in self.reader.rows(select, centre=self.centre)
        ]

    def due_rows(self) -> Iterator[Finding]:
        """The engine's due rows are those of the running clocks."""
        with self.reader.steady():
            extra = self.reader.rows(_DUE_EXTRA, centre=self.centre)
            lacking = self.reader.rows(_DUE_LACKING, centre=self.centre)
        for clock, ticket, found, wanted, state in extra:
            expected = wanted if state == "running" and wanted is not None else MISSING
            yield Finding("clock_due", clock, ticket, "next_at", expected, found)
        for clock, ticket, wanted in lacking:
            yield Finding("clock_due", clock, ticket, "next_at", wanted, MISSING)

    def counters(self) -> Iterator[Finding]:
        """The kept counters are what counting gives."""
        with self.reader.steady():
            counted = {
                (dimension, str(item)): int(amount)
                for dimension in kept_dimensions(self.reader, self.centre)
                for item, amount in self.reader.rows(recount_sql(dimension), centre=self.centre)
            }
            kept = {
                (str(dimension), str(item)): int(amount)
                for dimension, item, amount in self.reader.rows(
                    "SELECT dimension, item, amount FROM centre_stat WHERE centre_id = :centre", centre=self.centre
                )
            }
        for key in sorted(counted.keys() | kept.keys()):
            if counted.get(key, 0) != kept.get(key, 0):
                yield Finding("counter", key[0], None, key[1], counted.get(key, 0), kept.get(key, 0))

    def _newest(self) -> int:
        """The greatest ticket id; with tickets coming in faster than they are checked, an audit would never end."""
        found = (
            self.reader.one("SELECT max(id) FROM ticket WHERE centre_id = :centre", centre=self.centre),
            self.reader.one("SELECT max(ticket_id) FROM ticket_event WHERE centre_id = :centre", centre=self.centre),
        )
        return max(int(row[0] or 0) for row in found if row is not None)

    def _next_ids(self, after: int) -> list[int]:
        """The next tickets in order, whether they have events, a row, or both."""
        found = {
            int(row[0])
            for sql in (_IDS, _TICKET_IDS)
            for row in self.reader.rows(sql, centre=self.centre, after=after, size=self.size)
        }
        return sorted(found)[: self.size]

    def _events(self, after: int, last: int) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for row in self.reader.rows(_EVENTS, centre=self.centre, after=after, last=last):
            found[int(row[1])].append(row)
        return found

    def _read(self, place: Place, after: int, last: int) -> dict[int, list[Row]]:
        """Stored rows by ticket, as plain values."""
        columns, select = _select(_RECORDS[place])
        number = "id" if place == "ticket" else "ticket_id"
        found: dict[int, list[Row]] = defaultdict(list)
        between = f"{select} AND {number} > :after AND {number} <= :last"
        for values in self.reader.rows(between, centre=self.centre, after=after, last=last):
            row = {name: _value(kind, value) for (name, kind), value in zip(columns.items(), values, strict=True)}
            found[row[number]].append(row)
        return found

    def _ticket(
        self,
        ticket_id: int,
        events: list[tuple[Any, ...]],
        stored: Mapping[Place, dict[int, list[Row]]],
        proofs: Mapping[Key, Proof],
    ) -> Iterator[Finding]:
        rows = stored["ticket"].get(ticket_id, [])
        shown = rows[0]["code"] if rows else ticket_id
        case = open_case(self.centre, ticket_id)
        fired: dict[Key, Proof] = {}
        for number, _, seq, at, kind, body in events:
            if seq != case.next_seq:
                yield Finding("event", number, shown, "seq", case.next_seq, seq)
            try:
                facts = plain(body)
                # A step that is in the log twice has one row, of the first time.
                fired = {**proofs_of(case, kind, at, facts), **fired}
                apply(case, seq, at, facts.get("effects", {}))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                yield Finding("event", number, shown, "effects", "effects of this product", repr(error))
        expected = _rows_of(case) if events else {place: [] for place in _RECORDS}
        for place in _RECORDS:
            yield from _compare(place, shown, expected[place], stored[place].get(ticket_id, []))
        yield from proof_findings(shown, fired, proofs)


def _rows_of(case: Case) -> dict[Place, list[SQLModel]]:
    """What a replayed case says the rows are."""
    return {
        "ticket": [case.ticket],
        "task": list(case.tasks),
        "clock": list(case.clocks),
        "custody": list(case.custody),
        **{kind: list(case.rows(kind).values()) for kind in OF_TICKET},
    }


def _compare(place: Place, ticket: int | str | None, expected: list[SQLModel], stored: list[Row]) -> Iterator[Finding]:
    model = (_RECORDS | OF_CENTRE)[place].record
    key = "no" if place in _BY_NO else "id"
    wanted = {getattr(record, key): record for record in expected}
    found = {row[key]: row for row in stored}
    for number in sorted(wanted.keys() - found.keys()):
        yield Finding(place, number, ticket, "row", "(a row)", MISSING)
    for number in sorted(found.keys() - wanted.keys()):
        yield Finding(place, number, ticket, "row", MISSING, "(a row)")
    for number in sorted(wanted.keys() & found.keys()):
        record, row = wanted[number], found[number]
        for name in model.model_fields:
            value = getattr(record, name)
            if value != row[name]:
                yield Finding(place, number, ticket, name, value, row[name])


@cache
def _select(projected: Projected) -> tuple[dict[str, TypeEngine[Any]], str]:
    """The columns of a record with their types, and the statement that reads them for a centre."""
    columns = {name: projected.table.c[name].type for name in projected.record.model_fields}
    return columns, f"SELECT {', '.join(columns)} FROM {projected.table.name} WHERE centre_id = :centre"  # noqa: S608 - names of our own


def _value(kind: TypeEngine[Any], value: Any) -> Any:
    """A stored value as the log has it: SQLite keeps booleans as numbers and JSON as text."""
    if isinstance(kind, JSON):
        return plain(value)
    return bool(value) if isinstance(kind, Boolean) and value is not None else value
