"""Taking back: the A holder has the ticket again that the B holder took over."""

from __future__ import annotations

from core.desk.orders import TakeBack
from core.desk.people import people_at
from core.desk.work import Decision, Work
from core.rules.cover import Cover, cover_of, without_cover
from data.errors import NotAllowed


def decide_take_back(work: Work, order: TakeBack) -> Decision:
    """A answers for it again. For A alone, or the desk that writes down A's word, and only while A is there."""
    ticket = work.case.ticket
    cover = cover_of(ticket)
    if cover is None:
        raise NotAllowed("not-covered", f"{ticket.code} 未由B岗接手。", f"Post B has not taken over {ticket.code}.")
    people = people_at(work.refs.connection, ticket.centre_id, work.at)
    name = people.name(cover.a)
    if work.actor.id != cover.a and not work.is_desk():
        raise NotAllowed("take-back-a", f"只有A岗 {name} 可以收回。", f"Only {name}, who has post A, takes it back.")
    if cover.a in people.away:
        raise NotAllowed("a-away", f"A岗 {name} 不在岗，不能收回。", f"{name}, who has post A, is not on duty.")
    work.effects.hold = {"officer_id": cover.a}
    end_cover(work, cover)
    return work.decision(a=name, b=people.name(cover.b), note=order.note, by_desk=work.actor.id != cover.a)


def end_cover(work: Work, cover: Cover) -> None:
    """B stands in no longer, and is told."""
    ticket = work.case.ticket
    work.effects.set["facts"] = without_cover(ticket.facts)
    zh = f"{ticket.code} 已由A岗收回：{work.subject('zh')}"
    work.tell_person(cover.b, "cover", zh, f"{ticket.code} is taken back by post A: {work.subject('en')}")
