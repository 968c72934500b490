"""Notices against the logs: each is named by the event that brought it, and what became of it is on record.

What never changes of a notice (to whom, by which channel, the words, when) is under the seal that its event has of it.
What changes has an entry in the access log: it was acknowledged, it went out, it was given up. In between a notice that
goes out may wait, be tried again and say why it did not arrive. It goes away only when its time was up, which an event
of the centre's log says, or with the personal data of its ticket, which the event of the erasure says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from core.accountability.chained import FIRST
from core.accountability.findings import MISSING, Finding
from core.accountability.lookup import plain
from core.desk.seals import ARRIVED, CONSOLE, NOTICES, SEALED, seal, target_of
from core.rules.centre_log import ERASE, NOTICES_REMOVED
from data.access_terms import AccessKind
from data.reader import Reader, expand

PLACE = "notice"
AT_ONCE = 500
MARKER = "notices_held"
"""The kind of an entry among the changes of the organisation: from which event on notices are held."""
STATES = {AccessKind.NOTICE_SENT.value: "sent", AccessKind.NOTICE_FAILED.value: "failed"}
_COLUMNS = (*SEALED, *ARRIVED, "seen_at", "seen_by")
_ROWS = f"""
SELECT {", ".join(_COLUMNS)} FROM notice WHERE centre_id = :centre AND id > :after ORDER BY id LIMIT :size
"""  # noqa: S608 - names of our own
_CENTRE_EVENTS = """
SELECT id, kind, body FROM ticket_event WHERE centre_id = :centre AND ticket_id = 0 AND kind IN (:erase, :removed)
"""
_MARKS = """
SELECT body FROM organisation_event WHERE centre_id = :centre AND kind = :kind ORDER BY id
"""
_BASE = """
SELECT min(e.at) FROM access_event e JOIN access_head h ON h.centre_id = e.centre_id
WHERE e.centre_id = :centre AND h.base_no > 0
"""

Row = dict[str, Any]


class Stamp(NamedTuple):
    """What the access log says became of a notice."""

    kind: str
    at: int
    actor: str


class Named(NamedTuple):
    """A notice as its event names it."""

    seal: str
    ticket: int
    """The ticket that it is about; 0 for the centre."""


class Told:
    """The notices of one centre, held against its logs."""

    def __init__(self, reader: Reader, centre: int) -> None:
        """Reads from where on notices are held, and which went away by right."""
        self.reader, self.centre = reader, centre
        self.begin, self.newest = 0, 0
        for (body,) in reader.rows(_MARKS, centre=centre, kind=MARKER):
            self.begin, self.newest = int(plain(body)["from"]), int(plain(body)["newest"])
        base = reader.one(_BASE, centre=centre)
        self.recorded_from = int(base[0]) if base and base[0] is not None else 0
        """Entries of the access log before this instant were removed when their time was up."""

    def missing(self, events: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
        """Notices that events of one page of the log name and that are not there, by leave of nothing."""
        wanted = {number: (event, one) for event in events for number, one in names(event).items()}
        if not wanted:
            return
        with self.reader.steady():
            present = set(self._present(wanted))
            lacking = [number for number in wanted if number not in present]
            up_to, erased = self._gone() if lacking else (0, {})
        for number in lacking:
            event, one = wanted[number]
            if event["id"] > up_to and event["id"] > erased.get(one.ticket, 0):
                yield Finding(PLACE, number, one.ticket or None, "row", "(a row)", MISSING)

    def rows(self) -> Iterator[Finding]:
        """Every notice that is there."""
        after, (_, erased) = FIRST, self._gone()
        while True:
            with self.reader.steady():
                page = self.reader.rows(_ROWS, centre=self.centre, after=after, size=AT_ONCE)
                if not page:
                    return
                rows = [dict(zip(_COLUMNS, row, strict=True)) for row in page]
                held = [row for row in rows if self._is_held(row)]
                events = self._events({row["event_no"] for row in held if row["event_no"] is not None})
                stamps = self._stamps([target_of(row["id"]) for row in held])
            after = rows[-1]["id"]
            for row in held:
                if (row["event_no"] or 0) < erased.get(row["ticket_id"] or 0, 0):
                    yield Finding(PLACE, row["id"], row["ticket_id"], "row", MISSING, "(a row)")
                yield from _against_event(row, events.get(row["event_no"]))
                yield from self._against_record(row, stamps.get(target_of(row["id"]), []))

    def _is_held(self, row: Row) -> bool:
        """Whether it came after the upgrade from which on events name their notices."""
        return (row["event_no"] or 0) >= self.begin or row["id"] > self.newest

    def _present(self, wanted: Iterable[int]) -> Iterator[int]:
        numbers = sorted(wanted)
        for start in range(0, len(numbers), AT_ONCE):
            listed, values = expand("id", numbers[start : start + AT_ONCE])
            sql = f"SELECT id FROM notice WHERE centre_id = :centre AND id IN ({listed})"  # noqa: S608
            yield from (int(row[0]) for row in self.reader.rows(sql, centre=self.centre, **values))

    def _gone(self) -> tuple[int, dict[int, int]]:
        """Up to which event notices went when their time was up; and with which event those of a ticket."""
        up_to, erased = 0, dict[int, int]()
        rows = self.reader.rows(_CENTRE_EVENTS, centre=self.centre, erase=ERASE, removed=NOTICES_REMOVED)
        for number, kind, body in rows:
            with suppress(KeyError, TypeError, ValueError):  # none of ours: its hash tells
                facts = plain(body)
                if kind == NOTICES_REMOVED:
                    up_to = max(up_to, int(facts["up_to"]))
                else:
                    erased[int(facts["effects"]["erasure"]["ticket_id"])] = int(number)
        return up_to, erased

    def _events(self, numbers: set[int]) -> dict[int, Row]:
        listed, values = expand("id", sorted(numbers))
        sql = f"SELECT id, ticket_id, salt, body FROM ticket_event WHERE centre_id = :centre AND id IN ({listed})"  # noqa: S608
        found = self.reader.rows(sql, centre=self.centre, **values) if numbers else []
        return {
            int(row[0]): {"id": int(row[0]), "ticket_id": int(row[1]), "salt": str(row[2]), "body": _body(row[3])}
            for row in found
        }

    def _stamps(self, targets: list[str]) -> dict[str, list[Stamp]]:
        kinds = [AccessKind.NOTICE_SEEN.value, *STATES]
        named, values = expand("kind", kinds)
        listed, more = expand("target", targets)
        sql = (
            "SELECT target, kind, at, actor FROM access_event"  # noqa: S608 - names of parameters
            f" WHERE centre_id = :centre AND target IN ({listed}) AND kind IN ({named}) ORDER BY id"
        )
        found: dict[str, list[Stamp]] = {}
        if targets:
            for target, kind, at, actor in self.reader.rows(sql, centre=self.centre, **values, **more):
                found.setdefault(str(target), []).append(Stamp(str(kind), int(at), str(actor)))
        return found

    def _against_record(self, row: Row, stamps: list[Stamp]) -> Iterator[Finding]:
        """What became of a notice, as its row and as the access log has it."""
        seen = next((one for one in stamps if one.kind == AccessKind.NOTICE_SEEN.value), None)
        wanted: Row = {"seen_at": seen.at if seen else None, "seen_by": seen.actor if seen else ""}
        if row["channel"] != CONSOLE:
            out = next((one for one in stamps if one.kind in STATES), None)
            if out is not None or row["state"] in STATES.values():
                wanted["state"] = STATES[out.kind] if out else "pending"
            wanted["sent_at"] = out.at if out is not None and wanted["state"] == "sent" else None
        for field, value in wanted.items():
            if row[field] != value and not self._is_forgotten(row, field):
                yield Finding(PLACE, row["id"], row["ticket_id"], field, value, row[field])

    def _is_forgotten(self, row: Row, field: str) -> bool:
        """Whether the entry that says so may have been removed when its time was up."""
        at = row["seen_at"] if field.startswith("seen") else (row["sent_at"] or row["created_at"])
        return at is not None and at < self.recorded_from


def names(event: Mapping[str, Any]) -> dict[int, Named]:
    """The notices that an event names, by id. An event whose body is none of ours names none; its hash tells."""
    body = event["body"]
    listed = body.get(NOTICES, []) if isinstance(body, dict) else []
    try:
        return {int(one[0]): Named(str(one[1]), int(one[2]) if len(one) > 2 else event["ticket_id"]) for one in listed}
    except (TypeError, ValueError, IndexError):
        return {}


def _against_event(row: Row, event: Row | None) -> Iterator[Finding]:
    """Whether the event that a notice says it is of names it, as it is."""
    one = names(event).get(row["id"]) if event is not None else None
    if event is None or one is None:
        yield Finding(PLACE, row["id"], row["ticket_id"], "event", "(an event that names it)", MISSING)
    elif one.seal != seal(event["salt"], row):
        yield Finding(PLACE, row["id"], row["ticket_id"], "seal", one.seal, seal(event["salt"], row))


def _body(value: Any) -> Any:
    try:
        return plain(value)
    except ValueError:  # no JSON any more: its hash tells
        return None
