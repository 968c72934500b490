"""Naming who sees a confidential ticket (知悉人)."""

from __future__ import annotations

from core.desk.hands import PERSON, Person
from core.desk.visibility_orders import NameReaders
from core.desk.work import Decision, Work
from data.errors import BadInput
from data.tables import TicketReaderRecord

ROW = "reader"


def decide_name_readers(work: Work, order: NameReaders) -> Decision:
    """Name officers, or take them off; each is told, without what the ticket is about."""
    ticket = work.case.ticket
    named, off = _people(work, order.officers), _people(work, order.off)
    if not named and not off:
        raise BadInput("no-officer-named", "请写明知悉人。", "Say who is to see it.")
    if both := [person.name for person in named if person.id in {one.id for one in off}]:
        raise BadInput("named-and-off", f"{both[0]} 不能既指定又取消。", f"{both[0]} cannot be named and taken off.")
    now = {row.officer_id: row for row in work.case.rows(ROW).values() if row.until_at is None}
    _require_change(named, off, now)
    number = len(work.case.rows(ROW))
    for place, person in enumerate(named, start=number + 1):
        work.effects.attach(
            ROW, place, officer_id=person.id, named_by=work.actor.id, at=work.at, until_at=None, reason=order.reason
        )
        work.tell_person(
            person.id,
            "named",
            f"{ticket.code}：您被指定为知悉人",
            f"{ticket.code}: you are named among those who see it",
        )
    for person in off:
        work.effects.attach(ROW, now[person.id].no, until_at=work.at)
    return work.decision(
        reason=order.reason, officers=[person.code for person in named], off=[person.code for person in off]
    )


def _people(work: Work, names: list[str]) -> list[Person]:
    found = {person.id: person for person in (work.finder.person(name.lstrip(PERSON)) for name in names if name)}
    return list(found.values())


def _require_change(named: list[Person], off: list[Person], now: dict[int, TicketReaderRecord]) -> None:
    for person in named:
        if person.id in now:
            raise BadInput(
                "named-already", f"{person.name} 已是知悉人。", f"{person.code} is named on this ticket already."
            )
    for person in off:
        if person.id not in now:
            raise BadInput("not-named", f"{person.name} 不是知悉人。", f"{person.code} is not named on this ticket.")
