"""What the ladder will do in the next hours if nobody does anything. Reads only."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Connection, select, text

from core.desk.ledger import Ledger
from core.desk.people import People, people_at
from core.desk.timing import facts_of, read_step
from core.engine.shelf import Shelf
from core.rules.case import Case
from core.rules.cover import FACT, takeover
from core.rules.ladder import Firing, schedule
from core.rules.oncall import resolve
from core.rules.policy import SILENT_STEP
from data.clean import clean
from data.instants import from_seconds, to_seconds
from data.tables import ClockDue, ClockRecord, table
from data.terms import Urgency

LIMIT = 10_000
"""Steps that are shown at most."""
TITLE_LIMIT = 200

_TURNS = """
SELECT from_at AS at FROM {table} WHERE centre_id = :centre AND from_at > :since AND from_at <= :until
UNION SELECT to_at FROM {table} WHERE centre_id = :centre AND to_at > :since AND to_at <= :until
"""


class Told(NamedTuple):
    """Somebody on the roll of a step; `skipped` is why they would be passed over."""

    target: str
    officer_id: int | None
    name: str
    skipped: str = ""
    stands_in_for: str = ""


@dataclass(frozen=True)
class Upcoming:
    """A step that will be done; `at` in epoch seconds, in the past for one that is overdue."""

    at: int
    ticket_id: int
    ticket: str
    title: str
    """Cleaned for display; empty for a confidential ticket."""
    clock_kind: str
    unit_id: int | None
    """The unit whose time the clock measures; None for the ticket's own clocks."""
    due_at: int
    step: str
    repeat: int
    action: str
    severity: str
    people: tuple[Told, ...]

    @property
    def told(self) -> tuple[Told, ...]:
        """Who would be told."""
        return tuple(person for person in self.people if not person.skipped)


def upcoming(connection: Connection, centre_id: int, now: int, until: int, limit: int = LIMIT) -> list[Upcoming]:
    """Every step from now (overdue ones included) up to and including `until`, in the order in which they happen.

    People are those on duty at the step's own time, as the roster stands today.
    """
    shelf = Shelf(centre_id)
    rosters = _Rosters(connection, centre_id, now, until)
    found: list[Upcoming] = []
    planned = _planned(connection, centre_id, shelf, now, until, limit)
    silent: dict[int, Plan] = {}
    for plan in planned:
        at, _, _, case, clock, firing = plan
        asked = silent.get(case.ticket.id)
        if asked is not None and asked[0] < at:
            _let_b_have(connection, shelf, rosters, silent.pop(case.ticket.id))
        found.append(_describe(at, case, clock, firing, rosters))
        if firing.step.key == SILENT_STEP and clock.unit_id == case.ticket.holder_unit_id:
            silent[case.ticket.id] = plan
        if len(found) >= limit:
            break
    return found


Plan = tuple[int, int, int, Case, ClockRecord, Firing]


def _planned(connection: Connection, centre_id: int, shelf: Shelf, now: int, until: int, limit: int) -> list[Plan]:
    due = table(ClockDue).c
    rows = connection.execute(
        select(due.ticket_id)
        .where(due.centre_id == centre_id, due.next_at <= until)
        .order_by(due.next_at, due.clock_id)
        .limit(limit)
    )
    tickets = list(dict.fromkeys(int(row[0]) for row in rows))
    cases = Ledger(connection, centre_id, now, reading=True).cases(tickets, clocks_only=True)
    plans = (plan for case in cases for plan in _steps(connection, shelf, case, until))
    return heapq.nsmallest(limit, plans, key=lambda plan: plan[:3])


def _steps(connection: Connection, shelf: Shelf, case: Case, until: int) -> Iterator[Plan]:
    for clock in case.clocks:
        if clock.next_at is None or clock.next_at > until or case.closed:
            continue
        ladder = shelf.policy(connection, case.ticket.policy_version).ladder(clock.ladder)
        if ladder is None:
            continue
        facts = facts_of(clock)
        done = {read_step(name) for name in clock.fired}
        planned = schedule(ladder, facts.warn_at, facts.due_at, from_seconds(until), facts.pauses)
        for place, firing in enumerate(planned):
            if firing.name not in done:
                yield to_seconds(firing.nominal_at), clock.id, place, case, clock, firing


def _let_b_have(connection: Connection, shelf: Shelf, rosters: _Rosters, plan: Plan) -> None:
    """What follows the silence of an A holder is told to B, who will have taken over; the case is ours alone."""
    at, _, _, case, clock, _ = plan
    ticket = case.ticket
    pair = rosters.at(at).pair(ticket.holder_unit_id) if ticket.holder_unit_id is not None else None
    policy = shelf.policy(connection, ticket.policy_version)
    minutes = policy.silent_minutes(Urgency(ticket.urgency), clock.ladder)
    cover = takeover(pair, ticket.holder_officer_id, minutes, at) if pair is not None else None
    if cover is not None:
        ticket.facts = {**ticket.facts, FACT: cover.as_facts()}
        ticket.holder_officer_id = cover.b


def _describe(at: int, case: Case, clock: ClockRecord, firing: Firing, rosters: _Rosters) -> Upcoming:
    people = rosters.at(at)
    lines = resolve(firing.step, people.duty_for(case, clock.unit_id, clock.task_id))
    return Upcoming(
        at=at,
        ticket_id=case.ticket.id,
        ticket=case.ticket.code,
        title="" if case.ticket.confidential else clean(case.ticket.title)[:TITLE_LIMIT],
        clock_kind=clock.kind,
        unit_id=clock.unit_id,
        due_at=clock.due_at or at,
        step=firing.step.key,
        repeat=firing.repeat_no,
        action=firing.step.action,
        severity=firing.step.severity.value,
        people=tuple(
            Told(
                line.target,
                line.officer_id,
                rosters.name(line.officer_id),
                line.skipped_reason or "",
                line.stands_in_for or "",
            )
            for line in lines
        ),
    )


class _Rosters:
    """Who is on duty when: read once for each stretch between two changes of the roster."""

    def __init__(self, connection: Connection, centre_id: int, now: int, until: int) -> None:
        self._connection = connection
        self._centre_id = centre_id
        values = {"centre": centre_id, "since": now, "until": until}
        turns = {now}
        for name in ("duty", "duty_swap", "appointment"):
            turns.update(int(row[0]) for row in connection.execute(text(_TURNS.format(table=name)), values))
        starts = sorted(turns)
        self._stretches = [*pairwise(starts), (starts[-1], until + 1)]
        self._people: dict[int, People] = {}
        self._names: dict[int, str] = {}

    def at(self, moment: int) -> People:
        """The roster at an instant; what is overdue is told to who is on duty now."""
        first = self._stretches[0][0]
        start = max((start for start, _ in self._stretches if start <= moment), default=first)
        if start not in self._people:
            people = people_at(self._connection, self._centre_id, start)
            self._people[start] = people
            self._names.update({person.officer_id: person.name for person in people.appointed})
        return self._people[start]

    def name(self, officer_id: int | None) -> str:
        """The name of somebody on a roster that was read."""
        return "" if officer_id is None else clean(self._names.get(officer_id, ""))
