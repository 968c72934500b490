"""The B holder takes over by itself: once, with both names and the reason; A takes it back; custody adds up."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from core.desk.orders import Acknowledge, TakeBack
from core.organisation.duty import DutyBook
from data.errors import NotAllowed
from data.tables import Custody, Ticket, TicketEvent
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
    facts = {name: value for name, value in event["body"].items() if name != "effects"}
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
    rig.later(minutes=1)
    engine.once()
    assert len(covers(rig)) == 1
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
