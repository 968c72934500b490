"""The B holder takes over by itself: once, with both names and the reason; A takes it back; custody adds up."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, update

from core.desk.orders import Acknowledge, TakeBack
from core.desk.people import people_at
from core.organisation.duty import DutyBook
from core.organisation.swaps import SwapBook
from data.errors import BadInput, Conflict, NotAllowed
from data.queries.tickets import UNSAID
from data.tables import Catalogue, Custody, OrganisationEvent, Ticket, TicketEvent, table
from tests.core.engine.rig import CENTRE, Rig, judge

LI, SUN = 2, 6


def away(rig: Rig, officer: str, minutes: int | None = None) -> None:
    with rig.store.write() as connection:
        until = None if minutes is None else rig.now() + minutes * 60
        DutyBook(connection, CENTRE, rig.now(), rig.desk.actor("wang")).leave(officer, rig.now(), until, "培训")


def back(rig: Rig, officer: str) -> None:
    with rig.store.write() as connection:
        DutyBook(connection, CENTRE, rig.now(), rig.desk.actor("wang")).end(officer, "leave", rig.now())


def covers(rig: Rig, kind: str = "take_over") -> list[dict[str, Any]]:
    return [event for event in rig.rows(TicketEvent) if event["kind"] == kind]


def told(rig: Rig) -> list[int]:
    return [notice["officer_id"] for notice in rig.notices() if notice["kind"] == "cover"]


def holder(rig: Rig) -> int | None:
    officer: int | None = rig.rows(Ticket)[0]["holder_officer_id"]
    return officer


def lived(rig: Rig) -> None:
    """Custody is whole to the second, from the report until now."""
    segments = rig.rows(Custody, "no")
    assert all(one["to_at"] == two["from_at"] for one, two in pairwise(segments))
    total = sum((one["to_at"] or rig.now()) - one["from_at"] for one in segments)
    assert total == rig.now() - rig.rows(Ticket)[0]["reported_at"]


def test_a_on_leave_b_has_it_once_and_a_takes_it_back_when_there(rig: Rig) -> None:
    away(rig, "li")
    code = rig.dispatched()
    engine = rig.engine()
    assert engine.once().covered == 1
    assert engine.once().covered == 0
    (event,) = covers(rig)
    facts = {name: value for name, value in event["body"].items() if name not in UNSAID}
    assert facts == {"unit": 3, "a": "李强", "b": "孙伟", "why": "leave", "note": "培训"}
    assert holder(rig) == SUN
    assert told(rig) == [SUN, LI]
    li, sun = rig.desk.actor("li"), rig.desk.actor("sun")
    with pytest.raises(NotAllowed) as refused:
        rig.desk.do(TakeBack(ticket=code), li)
    assert refused.value.code == "a-away"
    back(rig, "li")
    rig.later(minutes=5)
    assert engine.once().covered == 0, "the shipped policy waits for A's word"
    with pytest.raises(NotAllowed) as refused:
        rig.desk.do(TakeBack(ticket=code), sun)
    assert refused.value.code == "take-back-a"
    rig.desk.do(TakeBack(ticket=code, note="回来了"), li)
    assert holder(rig) == LI
    assert told(rig) == [SUN, LI, SUN]
    with pytest.raises(NotAllowed) as refused:
        rig.desk.do(TakeBack(ticket=code), li)
    assert refused.value.code == "not-covered"
    rig.later(minutes=10)
    engine.once()
    assert "silent#0" in rig.steps()
    assert len(covers(rig)) == 1, "A has it by name: silence takes nothing away"
    lived(rig)
    judge(rig.store)


def test_leave_that_begins_later_and_b_who_goes_as_well(rig: Rig) -> None:
    code = rig.dispatched()
    rig.desk.do(Acknowledge(ticket=code), rig.desk.actor("li"))
    engine = rig.engine()
    assert engine.once().covered == 0
    with rig.store.write() as connection:
        DutyBook(connection, CENTRE, rig.now(), rig.desk.actor("wang")).leave("li", rig.now() + 600, rig.now() + 1200)
    assert engine.once().covered == 0
    rig.later(seconds=600)
    assert engine.once().covered == 1
    assert holder(rig) == SUN
    rig.later(seconds=600)
    assert engine.once().covered == 0
    away(rig, "sun")
    assert engine.once().covered == 1, "B is away and A is there"
    assert holder(rig) == LI
    assert [event["actor"] for event in covers(rig, "take_back")] == ["engine"]
    lived(rig)
    judge(rig.store)


def test_silence_for_the_policys_minutes_and_an_engine_that_dies_between(rig: Rig) -> None:
    rig.dispatched()
    engine = rig.engine()
    rig.later(minutes=9)
    engine.once()
    assert not covers(rig)
    rig.later(minutes=1)
    # The step is done, and the engine dies before the takeover.
    engine.sweep.run()
    assert "silent#0" in rig.steps()
    assert not covers(rig)
    engine.close()
    other = rig.engine()
    assert other.once().covered == 1
    (event,) = covers(rig)
    assert (event["body"]["why"], event["body"]["minutes"]) == ("silent", 10)
    assert other.once().covered == 0
    lived(rig)
    judge(rig.store)


def test_a_who_acknowledges_after_all_has_it_and_the_desks_note_does_not_change_it(rig: Rig) -> None:
    one = rig.dispatched()
    engine = rig.engine()
    engine.once()
    rig.later(minutes=10)
    assert engine.once().covered == 1
    rig.desk.do(Acknowledge(ticket=one), rig.duty)
    assert holder(rig) == SUN
    two = rig.dispatched("另一井盖")
    rig.later(minutes=10)
    assert engine.once().covered == 1
    rig.desk.do(Acknowledge(ticket=two), rig.desk.actor("li"))
    assert rig.rows(Ticket)[1]["holder_officer_id"] == LI
    assert "cover" not in rig.rows(Ticket)[1]["facts"]
    engine.once()
    assert len(covers(rig)) == 2
    judge(rig.store)


def test_with_both_away_nobody_takes_over(rig: Rig) -> None:
    away(rig, "li")
    away(rig, "sun", minutes=30)
    rig.dispatched()
    engine = rig.engine()
    assert engine.once().covered == 0
    rig.later(minutes=30)
    assert engine.once().covered == 1, "B is back before A"
    judge(rig.store)


def test_who_keeps_shifts_is_off_duty_between_them(rig: Rig) -> None:
    with rig.store.write() as connection:
        DutyBook(connection, CENTRE, rig.now(), rig.desk.actor("li")).on("li", "", rig.now(), rig.now() + 3600)
    code = rig.dispatched()
    rig.desk.do(Acknowledge(ticket=code), rig.desk.actor("li"))
    engine = rig.engine()
    assert engine.once().covered == 0
    rig.later(hours=1)
    assert engine.once().covered == 1
    assert [event["body"]["why"] for event in covers(rig)] == ["off_duty"]
    lived(rig)


def test_the_policy_may_give_back_by_itself(rig: Rig) -> None:
    with rig.store.write() as connection:
        source = table(Catalogue)
        shipped = (source.c.centre_id == CENTRE, source.c.kind == "policy")
        policy = connection.execute(select(source.c.body).where(*shipped)).scalar_one()
        connection.execute(update(source).where(*shipped).values(body={**policy, "cover": {"back": "present"}}))
    away(rig, "li")
    rig.dispatched()
    engine = rig.engine()
    assert engine.once().covered == 1
    back(rig, "li")
    rig.later(minutes=1)
    assert engine.once().covered == 1
    assert holder(rig) == LI
    lived(rig)
    judge(rig.store)


def test_a_swap_is_agreed_by_both_and_honoured_for_its_time(rig: Rig) -> None:
    def book(officer: str, deed: str, *more: Any) -> Any:
        with rig.store.write() as connection:
            return getattr(SwapBook(connection, CENTRE, rig.now(), rig.desk.actor(officer)), deed)("li", "sun", *more)

    def first() -> str:
        with rig.store.read() as connection:
            pair = people_at(connection, CENTRE, rig.now()).pair(3)
        assert pair is not None
        return pair.a.name

    span = (rig.now(), rig.now() + 7200, "家中有事")
    for wrong in ((rig.now(), rig.now(), "x"), (rig.now(), rig.now() + 60, " ")):
        with pytest.raises(BadInput):
            book("li", "ask", *wrong)
    with pytest.raises(NotAllowed):
        book("zhao", "ask", *span)
    book("li", "ask", *span)
    assert first() == "李强", "not agreed yet"
    with pytest.raises(NotAllowed):
        book("li", "agree")
    with pytest.raises(Conflict):
        book("wang", "ask", *span)
    book("sun", "agree")
    assert first() == "孙伟"
    rig.dispatched()
    engine = rig.engine()
    engine.once()
    rig.later(minutes=10)
    engine.once()
    (event,) = covers(rig)
    assert (event["body"]["a"], event["body"]["b"]) == ("孙伟", "李强"), "the other way round while it lasts"
    rig.later(hours=2)
    assert first() == "李强"
    book("wang", "ask", rig.now(), rig.now() + 3600, "调岗")
    assert first() == "孙伟", "a leader sets it"
    book("li", "end")
    assert first() == "李强"
    noted = [(row["body"]["what"], row["actor"]) for row in rig.rows(OrganisationEvent) if row["kind"] == "swap"]
    assert noted == [("ask", "li"), ("agree", "sun"), ("set", "wang"), ("end", "li")]
    judge(rig.store)
