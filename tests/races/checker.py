"""Holds what officers were told against the log: each finding is a sentence; none means that all of it is true."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.desk.desk import HARMLESS
from data.store import Store
from data.tables import Ticket, TicketEvent, table
from tests.core.engine.rig import judge
from tests.races.doors import IN_DOUBT, LOST
from tests.races.history import BROKEN, OK, UNSURE, Deed, History
from tests.races.street import CENTRE

MACHINE = re.compile(r"locked|deadlock|traceback|sqlite3?\.|psycopg|sqlalchemy|errno", re.IGNORECASE)
"""Words of machines that no officer is ever told."""
OF_STORE = (IN_DOUBT, LOST)
SYSTEM = frozenset({"engine", "import", "sensor"})


@dataclass(frozen=True)
class Event:
    """A row of the log."""

    number: int
    ticket: str
    seq: int
    kind: str
    actor: str
    title: str | None
    """What a correction made of the title."""


def check(store: Store, history: History) -> list[str]:
    """Everything that does not hold; at most a handful of each kind."""
    found: list[str] = []
    try:
        judge(store, per_clock=True)
    except AssertionError as error:
        found.append(f"log and rows: {error}")
    events = _events(store)
    for look in (_errors, _told_is_written, _written_was_told, _keys, _order, _updates, _counts, _numbers, _reads):
        kind = list(look(history, events))
        found += kind[:3] + ([f"… and {len(kind) - 3} more of the kind"] if len(kind) > 3 else [])
    return found


def _events(store: Store) -> dict[int, Event]:
    log, tickets = table(TicketEvent).c, table(Ticket).c
    with store.read() as connection:
        codes = dict(connection.execute(select(tickets.id, tickets.code).where(tickets.centre_id == CENTRE)).all())
        rows = connection.execute(select(log.id, log.ticket_id, log.seq, log.kind, log.actor, log.body)
                                  .where(log.centre_id == CENTRE, log.ticket_id != 0).order_by(log.id))  # fmt: skip
        return {
            row.id: Event(row.id, codes[row.ticket_id], row.seq, row.kind, row.actor, _title(row.body)) for row in rows
        }


def _title(body: dict[str, Any]) -> str | None:
    title = body.get("effects", {}).get("set", {}).get("title")
    return None if title is None else str(title)


def _errors(history: History, _: dict[int, Event]) -> Iterator[str]:
    """No error but the refusals of the field, and no word of a machine in them; of a cut connection only after cuts."""
    for deed in history.deeds:
        if deed.answer.code in OF_STORE and not history.deaths:
            yield f"{deed.name} ({deed.verb}) was told {deed.answer.code}, and nothing was cut"
        if deed.answer.was == BROKEN or MACHINE.search(deed.answer.said):
            yield f"{deed.name} ({deed.verb}) was told {deed.answer.code}: {deed.answer.said[:120]}"


def _told_is_written(history: History, events: dict[int, Event]) -> Iterator[str]:
    """What was acknowledged stands in the log as it was acknowledged."""
    for deed in history.deeds:
        if deed.answer.was != OK:
            continue
        event = events.get(deed.answer.event)
        wanted = (deed.answer.ticket, deed.answer.revision, deed.verb, deed.who)
        if event is None or (event.ticket, event.seq, event.kind, event.actor) != wanted:
            yield f"{deed.name} was acknowledged as event {deed.answer.event} {wanted}, the log has {event}"


def _written_was_told(history: History, events: dict[int, Event]) -> Iterator[str]:
    """No event that nobody gave, and none twice: each is one acknowledged order, or one of which nobody was told."""
    claims: dict[int, str] = {}
    for deed in history.deeds:
        if deed.answer.was == OK and not deed.answer.replayed:
            if deed.answer.event in claims:
                yield f"event {deed.answer.event} was acknowledged to {claims[deed.answer.event]} and to {deed.name}"
            claims[deed.answer.event] = deed.name
    told = {deed.answer.event for deed in history.deeds if deed.answer.was == OK}
    unsure = Counter(
        (deed.who, deed.verb, deed.ticket) for deed in history.deeds if deed.answer.was == UNSURE
    )  # fmt: skip
    racers = {deed.who for deed in history.deeds}
    first = min((deed.answer.event for deed in history.deeds if deed.answer.was == OK), default=0)
    for event in events.values():
        if event.number < first or event.number in told or event.actor in SYSTEM or event.actor not in racers:
            continue
        what = (event.actor, event.kind, "" if event.kind == "report" else event.ticket)
        if not unsure[what]:
            yield f"nobody was told of {event}"
        unsure[what] -= 1


def _keys(history: History, _: dict[int, Event]) -> Iterator[str]:
    """One key, one event, however often it was sent."""
    done: dict[str, set[int]] = defaultdict(set)
    first: Counter[str] = Counter()
    for deed in history.deeds:
        if deed.key and deed.answer.was == OK:
            done[deed.key].add(deed.answer.event)
            first[deed.key] += not deed.answer.replayed
    for key, numbers in done.items():
        if len(numbers) > 1 or first[key] > 1:
            yield f"key {key} was done {max(len(numbers), first[key])} times: events {sorted(numbers)}"


def _order(history: History, _: dict[int, Event]) -> Iterator[str]:
    """What was over before another began stands before it."""
    done = sorted(_done(history), key=lambda deed: deed.answer.event)
    latest: Deed | None = None
    for deed in done:
        if latest is not None and deed.until < latest.asked:
            yield f"{deed.name} was over before {latest.name} was asked, and stands behind it in the log"
        if latest is None or deed.asked > latest.asked:
            latest = deed


def _done(history: History) -> list[Deed]:
    """Acknowledged orders that were done then, and not found done."""
    return [deed for deed in history.deeds if deed.answer.was == OK and not deed.answer.replayed]


def _updates(history: History, events: dict[int, Event]) -> Iterator[str]:
    """Nobody decided on what they had not seen: between a look and the deed lies nothing that matters."""
    kinds: dict[str, dict[int, str]] = defaultdict(dict)
    for event in events.values():
        kinds[event.ticket][event.seq] = event.kind
    for deed in _done(history):
        if deed.seen is None:
            continue
        between = [kinds[deed.answer.ticket].get(seq) for seq in range(deed.seen + 1, deed.answer.revision)]
        if missed := [kind for kind in between if kind not in HARMLESS]:
            yield f"{deed.name} ({deed.verb}) saw revision {deed.seen} and became {deed.answer.revision} over {missed}"


def _counts(_: History, events: dict[int, Event]) -> Iterator[str]:
    """Corrections count upward without a gap: no two wrote over the same number, and none was lost."""
    stands: dict[str, int] = defaultdict(int)
    for event in events.values():
        if event.title is None:
            continue
        number = int(event.title.partition(" ")[0])
        if event.kind == "amend" and number != stands[event.ticket] + 1:
            yield f"{event.ticket}: a correction to {number} over {stands[event.ticket]} (event {event.number})"
        stands[event.ticket] = number


def _numbers(history: History, events: dict[int, Event]) -> Iterator[str]:
    """One report of another system, one ticket."""
    tickets: dict[str, set[str]] = defaultdict(set)
    for deed in history.deeds:
        if deed.verb == "report" and deed.answer.was == OK:
            tickets[deed.order["external_id"]].add(deed.answer.ticket)
    titles = Counter(event.title for event in events.values() if event.kind == "report")
    for number, codes in tickets.items():
        if len(codes) > 1 or titles[f"0 转办 {number.partition('-')[2]}"] != 1:
            yield f"number {number} became {sorted(codes)}"


def _reads(history: History, events: dict[int, Event]) -> Iterator[str]:
    """Who looks sees at least what was over by then, and nothing that was not yet asked for."""
    done: dict[str, list[Deed]] = defaultdict(list)
    for deed in _done(history):
        done[deed.answer.ticket].append(deed)
    for look in history.looks:
        over = max((deed.answer.revision for deed in done[look.ticket] if deed.until < look.asked), default=0)
        if look.revision < over:
            yield f"{look.who} saw revision {look.revision} of {look.ticket} after {over} was acknowledged"
        ahead = [deed for deed in done[look.ticket] if deed.asked > look.told and deed.answer.revision <= look.revision]
        if ahead:
            yield f"{look.who} saw {ahead[0].name} before it was asked for"
