"""The B holder takes over by itself: A is off duty, away, or has not acknowledged in the time that the policy gives.

Each cycle looks whether anything can have changed: somebody wrote, or the roster turned. A takeover is one event of
its ticket with both names and the reason. What the ticket says decides whether it is owed, and is read again under the
centre's lock: killed half-way, the next engine does the rest, and none is done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, cast, func, or_, select, union_all

from core.desk.actor import ENGINE
from core.desk.ledger import Ledger
from core.desk.people import People
from core.desk.timing import write_step
from core.engine.firing import notice_of
from core.engine.lease import LeaseKeeper
from core.engine.shelf import Roster, Shelf
from core.engine.wording import given_back_words, stood_in_words, taken_over_words
from core.rules.case import Case
from core.rules.cover import FACT, Cover, Pair, cover_of, goes_back, takeover, without_cover
from core.rules.policy import SILENT_STEP
from core.rules.stages import OUT
from data.store import Store
from data.tables import CentreSequence, ClockRow, Duty, DutySwap, Ticket, table
from data.terms import ClockKind, ClockState, Severity, Urgency

TAKE_OVER, TAKE_BACK = "take_over", "take_back"
NOTICE = "cover"
BATCH = 100
_SILENT = write_step((SILENT_STEP, 0))

_CLOCK, _DUTY, _SEQUENCE, _TICKET = table(ClockRow), table(Duty), table(CentreSequence), table(Ticket)


@dataclass
class Covers:
    """Who stands in for whom in one centre; kept by an engine from cycle to cycle."""

    store: Store
    lease: LeaseKeeper
    shelf: Shelf

    def __post_init__(self) -> None:
        self._seen: tuple[int, int] | None = None
        self._until: int | None = None
        """The roster's next turn."""

    def follow(self, now: int) -> int:
        """Let B take over and give back what is owed now; gives how many tickets changed hands.

        Raises LeaseLost, and StoreTrouble when the store refuses; done batches stay done.
        """
        centre_id = self.lease.centre_id
        with self.store.read() as connection:
            seen = _state(connection, centre_id)
            if seen == self._seen and (self._until is None or now < self._until):
                return 0
            until = _next_turn(connection, centre_id, now)
            ids = _candidates(connection, centre_id, self.shelf.roster(connection, now).people)
        changed = 0
        for start in range(0, len(ids), BATCH):
            with self.store.write() as connection:
                ledger = Ledger(connection, centre_id, now)
                self.lease.beat(connection, now)
                roster = self.shelf.roster(connection, now)
                for case in ledger.cases(ids[start : start + BATCH]):
                    changed += self._settle(ledger, roster, case)
                ledger.flush()
            self.lease.kept(now)
        self._seen, self._until = seen, until
        return changed

    def _settle(self, ledger: Ledger, roster: Roster, case: Case) -> bool:
        """One ticket: whether it changed hands."""
        ticket = case.ticket
        pair = roster.people.pair(ticket.holder_unit_id) if ticket.holder_unit_id is not None else None
        if pair is None or case.stage not in OUT or case.named_officer() is not None:
            return False
        policy = self.shelf.policy(ledger.connection, ticket.policy_version)
        cover, at = cover_of(ticket), ledger.moment(case)
        if cover is not None:
            if not goes_back(cover, pair, policy.gives_back):
                return False
            _give_back(ledger, roster, case, cover, at)
            return True
        minutes = max(
            (
                policy.silent_minutes(Urgency(ticket.urgency), clock.ladder)
                for clock in case.clocks
                if clock.kind == ClockKind.ACKNOWLEDGE
                and clock.state == ClockState.RUNNING
                and clock.unit_id == ticket.holder_unit_id
                and _SILENT in clock.fired
            ),
            default=0,
        )
        found = takeover(pair, ticket.holder_officer_id, minutes, at)
        if found is not None:
            _take_over(ledger, roster, case, pair, found, at)
        return found is not None


def _take_over(ledger: Ledger, roster: Roster, case: Case, pair: Pair, cover: Cover, at: int) -> None:
    facts = {**case.ticket.facts, FACT: cover.as_facts()}
    body: dict[str, Any] = {"unit": cover.unit_id, "a": pair.a.name, "b": pair.b.name, "why": cover.why}
    body |= {name: value for name, value in (("minutes", cover.minutes), ("note", cover.note)) if value}
    body["effects"] = {"set": {"facts": facts}, "hold": {"officer_id": cover.b}}
    number = ledger.append(case, TAKE_OVER, ENGINE, body, at)
    for officer, words, severity in (
        (cover.b, stood_in_words(case, pair.a.name, cover), Severity.WARNING),
        (cover.a, taken_over_words(case, pair.b.name, cover), Severity.INFO),
    ):
        for channel in roster.channels:
            ledger.notify(notice_of(ledger, case, number, NOTICE, severity, words, officer, channel))


def _give_back(ledger: Ledger, roster: Roster, case: Case, cover: Cover, at: int) -> None:
    names = {"a": roster.people.name(cover.a), "b": roster.people.name(cover.b)}
    effects = {"set": {"facts": without_cover(case.ticket.facts)}, "hold": {"officer_id": cover.a}}
    number = ledger.append(case, TAKE_BACK, ENGINE, {"unit": cover.unit_id, **names, "effects": effects}, at)
    words = given_back_words(case, names["a"], names["b"])
    for officer in (cover.a, cover.b):
        for channel in roster.channels:
            ledger.notify(notice_of(ledger, case, number, NOTICE, Severity.INFO, words, officer, channel))


# ------------------------------------------------------------------------------------------------ what to look at


def _state(connection: Connection, centre_id: int) -> tuple[int, int]:
    columns = _SEQUENCE.c
    row = connection.execute(
        select(columns.change_no, columns.organisation_no).where(columns.centre_id == centre_id)
    ).one()
    return int(row[0]), int(row[1])


def _next_turn(connection: Connection, centre_id: int, now: int) -> int | None:
    """When the roster turns next: a shift or a leave begins or ends."""
    turns = [
        select(func.min(column).label("at")).where(source.c.centre_id == centre_id, column > now)
        for source in (_DUTY, table(DutySwap))
        for column in (source.c.from_at, source.c.to_at)
    ]
    found = connection.execute(select(func.min(union_all(*turns).subquery().c.at))).scalar()
    return None if found is None else int(found)


def _candidates(connection: Connection, centre_id: int, people: People) -> list[int]:
    """Tickets that may change hands now, by number; each is looked at again before it does."""
    pairs = people.pairs()
    owed = [pair for pair in pairs if pair.b.on_duty]
    conditions = []
    away = [pair for pair in owed if not pair.a.on_duty]
    if away:
        missing = [pair.a.officer_id for pair in away]
        conditions.append(
            _TICKET.c.holder_unit_id.in_([pair.unit_id for pair in away])
            & (_TICKET.c.holder_officer_id.is_(None) | _TICKET.c.holder_officer_id.in_(missing))
        )
    if there := [pair.unit_id for pair in pairs if pair.a.on_duty]:
        conditions.append(
            _TICKET.c.holder_unit_id.in_(there)
            & _TICKET.c.holder_officer_id.is_not(None)
            & cast(_TICKET.c.facts, String).like(f'%"{FACT}"%')
        )
    tickets = set[int]()
    out = (_TICKET.c.centre_id == centre_id, _TICKET.c.open == 1, _TICKET.c.stage.in_([str(stage) for stage in OUT]))
    if conditions:
        tickets.update(connection.execute(select(_TICKET.c.id).where(*out, or_(*conditions))).scalars())
    if owed:
        tickets.update(connection.execute(_silent(centre_id, [pair.unit_id for pair in owed])).scalars())
    return sorted(tickets)


def _silent(centre_id: int, units: list[int]) -> Any:
    """Tickets that nobody has by name and whose ladder has asked the B holder."""
    asked = (
        select(_CLOCK.c.id)
        .where(
            _CLOCK.c.centre_id == _TICKET.c.centre_id,
            _CLOCK.c.ticket_id == _TICKET.c.id,
            _CLOCK.c.kind == ClockKind.ACKNOWLEDGE.value,
            _CLOCK.c.state == ClockState.RUNNING.value,
            cast(_CLOCK.c.fired, String).like(f'%"{_SILENT}"%'),
        )
        .exists()
    )
    # Not joined: an engine might begin with all clocks of the centre.
    return select(_TICKET.c.id).where(
        _TICKET.c.centre_id == centre_id,
        _TICKET.c.open == 1,
        _TICKET.c.stage == "dispatched",
        _TICKET.c.holder_officer_id.is_(None),
        _TICKET.c.holder_unit_id.in_(units),
        asked,
    )
